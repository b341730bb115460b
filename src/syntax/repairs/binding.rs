//! Placeholders for names that only a working import binds.

use ruff_python_ast::Expr;
use ruff_text_size::Ranged as _;

use super::super::guards::GuardedImport;
use super::super::span;
use super::Repairer;
use super::uses::{AtImport, at_import};
use crate::diagnostic::Edit;
use crate::text::Span;

/// What stands in for a name where its import fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    None,
    /// It may be a base class.
    Object,
}

impl Placeholder {
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Object => "object",
        }
    }
}

impl Repairer<'_> {
    /// Names that `guard` binds, that its handlers do not, and that are used while the module is
    /// imported, with what they are used for.
    pub(super) fn unbound_at_import(&self, guard: &GuardedImport<'_>) -> Vec<(String, AtImport)> {
        let Some(tree) = self.file.tree() else { return Vec::new() };
        let used = at_import(tree, guard.span());
        let handled = guard.bound_in_handlers();
        let mut names: Vec<(String, AtImport)> = Vec::new();
        for imported in &guard.imported {
            if let Some(uses) = used.get(&imported.name)
                && !handled.contains(&imported.name)
                && !names.iter().any(|(name, _)| *name == imported.name)
            {
                names.push((imported.name.clone(), *uses));
            }
        }
        names
    }

    /// Binds, in the handlers of the guard that imports `name`, what the import would have bound and
    /// what is used while the module is imported.
    pub fn bind_in_handlers(&self, name: &str, placeholder: Placeholder) -> Option<Vec<Edit>> {
        let guards = self.file.guarded_imports();
        let guard = guards.iter().find(|guard| guard.imported.iter().any(|found| found.name == name))?;
        let names: Vec<String> = self.unbound_at_import(guard).into_iter().map(|(name, _)| name).collect();
        let code = assignment(&names, placeholder)?;
        let mut edits = Vec::new();
        for handler in guard.handlers() {
            let last = handler.body.last()?;
            let is_placeholder = handler.body.len() == 1
                && (last.is_pass_stmt()
                    || last.as_expr_stmt().is_some_and(|expr| expr.value.is_ellipsis_literal_expr()));
            edits.extend(if is_placeholder {
                self.editor.bind_in_handler(handler, &code)?
            } else {
                self.editor.insert_after(span(last.range()), &code)?
            });
        }
        Some(edits)
    }

    /// The first handler of the guard around `place` catches `ImportError` as well.
    pub fn widen_handler(&self, place: Span) -> Option<Vec<Edit>> {
        let guard = self.file.guard_around(place.start)?;
        let handler = guard.handlers().next()?;
        let caught = handler.type_.as_deref()?;
        let text = self.file.source.slice(span(caught.range()));
        let code = match caught {
            Expr::Tuple(tuple) if tuple.elts.is_empty() => "ImportError".to_owned(),
            Expr::Tuple(tuple) => {
                let first = span(tuple.elts.first()?.range()).start;
                let last = span(tuple.elts.last()?.range()).end;
                format!("({}, ImportError)", self.file.source.slice(Span::new(first, last)))
            }
            _ => format!("({text}, ImportError)"),
        };
        Some(self.editor.replace(span(caught.range()), &code))
    }

    /// `from __future__ import annotations`, where all uses of the names that the guard of `name` binds
    /// are annotations.
    pub fn postpone_annotations(&self, name: &str) -> Option<Vec<Edit>> {
        let guards = self.file.guarded_imports();
        let guard = guards.iter().find(|guard| guard.imported.iter().any(|found| found.name == name))?;
        let unbound = self.unbound_at_import(guard);
        if unbound.iter().any(|(_, uses)| uses.elsewhere) {
            return None;
        }
        self.editor.future_annotations()
    }
}

/// `Browser = Page = None`
pub(super) fn assignment(names: &[String], placeholder: Placeholder) -> Option<String> {
    (!names.is_empty()).then(|| format!("{} = {}", names.join(" = "), placeholder.code()))
}
