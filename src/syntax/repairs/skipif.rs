//! Only the tests that need an optional module are skipped where it is missing.

use ruff_text_size::Ranged as _;

use super::super::edits::TrailingComment;
use super::super::span;
use super::binding::{Placeholder, assignment};
use super::markers::Condition;
use super::{Repairer, not_installed};
use crate::diagnostic::Edit;
use crate::text::Span;

impl Repairer<'_> {
    /// The statement at `place`, in a handler of a guard, no longer ends the process: a flag tells what
    /// is missing, names that are used while the module is imported are bound (unless annotations are to be
    /// postponed), and the `tests` (`TestLogin::test_page`) that need the import are skipped.
    pub fn skipif_instead(
        &self,
        place: Span,
        tests: &[String],
        placeholder: Option<Placeholder>,
    ) -> Option<Vec<Edit>> {
        let guard = self.file.guard_handling(place.start)?;
        let handler = guard.handler_at(place.start)?;
        let statement = span(self.editor.statement_at(place.start)?.range());
        if !handler.body.iter().any(|stmt| span(stmt.range()) == statement) {
            return None;
        }
        let module = guard.modules().first().map(|module| (*module).to_owned())?;
        let handled = guard.bound_in_handlers();
        let known_flag = guard.flag();
        let flag = known_flag.clone().unwrap_or_else(|| flag_for(&module));
        let mut code = Vec::new();
        let mut edits = Vec::new();
        if !handled.contains(&flag) {
            code.push(format!("{flag} = False"));
        }
        if known_flag.is_none() {
            let last = guard.node.body.last()?;
            edits.extend(self.editor.insert_after(span(last.range()), &format!("{flag} = True"))?);
        }
        let unbound = self.unbound_at_import(&guard);
        match placeholder {
            Some(placeholder) => {
                let names: Vec<String> = unbound.into_iter().map(|(name, _)| name).collect();
                code.extend(assignment(&names, placeholder));
            }
            None if unbound.iter().all(|(_, uses)| !uses.elsewhere) && !unbound.is_empty() => {
                edits.extend(self.editor.future_annotations()?);
            }
            None => return None,
        }
        edits.extend(if code.is_empty() {
            self.editor.delete_statement(statement, TrailingComment::Delete)?
        } else {
            self.editor.replace_statement(statement, &code.join("\n"))?
        });
        let names: Vec<String> = guard.imported.iter().map(|imported| imported.name.clone()).collect();
        let condition = Condition { test: format!("not {flag}"), reason: not_installed(&module) };
        edits.extend(self.mark(&names, tests, &condition)?);
        Some(edits)
    }
}

/// `HAS_PLAYWRIGHT`
pub(super) fn flag_for(module: &str) -> String {
    let top = module.split('.').next().unwrap_or(module);
    format!("HAS_{}", top.to_uppercase())
}
