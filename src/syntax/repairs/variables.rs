//! Environment variables that a module reads while it is imported.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprSubscript, Stmt};
use ruff_text_size::Ranged as _;

use super::super::guards::is_named;
use super::super::span;
use super::markers::Condition;
use super::{Repairer, quoted};
use crate::diagnostic::Edit;
use crate::text::Span;

impl Repairer<'_> {
    /// `NAME = os.environ["VARIABLE"]` becomes `os.environ.get("VARIABLE")`, and the `tests` that use the name
    /// are skipped where it is `None`.
    pub fn skipif_unset(&self, place: Span, variable: &str, tests: &[String]) -> Option<Vec<Edit>> {
        let stmt = self.editor.statement_at(place.start)?;
        let is_of_module = self.file.tree()?.body.iter().any(|other| other.range() == stmt.range());
        let Stmt::Assign(assign) = stmt else { return None };
        let [Expr::Name(target)] = assign.targets.as_slice() else { return None };
        let lookup = lookup_in(stmt, variable)
            .filter(|lookup| is_of_module && lookup.range() == assign.value.range())?;
        let text = |expr: &Expr| self.file.source.slice(span(expr.range()));
        let read = format!("{}.get({})", text(&lookup.value), text(&lookup.slice));
        let mut edits = self.editor.replace(span(lookup.range()), &read);
        let name = target.id.to_string();
        let condition = Condition { test: format!("{name} is None"), reason: not_set(variable) };
        edits.extend(self.mark(&[name], tests, &condition)?);
        Some(edits)
    }

    /// The module is skipped above `outermost`, its statement that leads to the lookup at `place`, where the
    /// variable is not set.
    pub fn skip_unset(&self, place: Span, outermost: Span, variable: &str) -> Option<Vec<Edit>> {
        let lookup = lookup_in(self.editor.statement_at(place.start)?, variable)?;
        let environ = self.file.source.slice(span(lookup.value.range()));
        let body = &self.file.tree()?.body;
        let statement =
            body.iter().map(|stmt| span(stmt.range())).find(|span| span.contains(outermost.start))?;
        let (pytest, mut edits) = self.pytest(statement.start)?;
        let code = format!(
            "if {} not in {environ}:\n    {pytest}.skip({}, allow_module_level=True)",
            quoted(variable),
            quoted(&not_set(variable))
        );
        edits.extend(self.editor.insert_before(statement, &code)?);
        Some(edits)
    }
}

fn not_set(variable: &str) -> String {
    format!("{variable} is not set")
}

/// `os.environ["VARIABLE"]` in a statement.
fn lookup_in<'a>(stmt: &'a Stmt, variable: &str) -> Option<&'a ExprSubscript> {
    struct Search<'a, 'v> {
        variable: &'v str,
        found: Option<&'a ExprSubscript>,
    }
    impl<'a> Visitor<'a> for Search<'a, '_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Subscript(subscript) = expr
                && is_named(&subscript.value, "environ")
                && let Expr::StringLiteral(key) = &*subscript.slice
                && key.value.to_str() == self.variable
            {
                self.found = Some(subscript);
            }
            visitor::walk_expr(self, expr);
        }
    }
    let mut search = Search { variable, found: None };
    search.visit_stmt(stmt);
    search.found
}
