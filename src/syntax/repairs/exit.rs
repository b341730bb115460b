//! A module skip in place of what ends the process.

use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged as _;

use super::super::edits::suites;
use super::super::guards::is_named;
use super::super::span;
use super::{Repairer, not_installed, quoted};
use crate::diagnostic::Edit;
use crate::text::Span;

impl Repairer<'_> {
    /// `pytest.skip("…", allow_module_level=True)` in place of the statement at `place`, which does
    /// nothing but end the process. The reason is what the code around it says.
    pub fn skip_instead(&self, place: Span) -> Option<Vec<Edit>> {
        let stmt = self.editor.statement_at(place.start)?;
        let ending = ending(stmt)?;
        let statement = span(stmt.range());
        let reason = self
            .file
            .guard_handling(place.start)
            .and_then(|guard| guard.modules().first().map(|module| not_installed(module)))
            .or_else(|| ending.argument.and_then(text_of))
            .or_else(|| self.printed_before(statement))
            .unwrap_or_else(|| "cannot run in this environment".to_owned());
        let (pytest, mut edits) = self.pytest(statement.start)?;
        let code = format!("{pytest}.skip({}, allow_module_level=True)", quoted(&reason));
        edits.extend(self.editor.replace_statement(statement, &code)?);
        Some(edits)
    }

    /// `allow_module_level=True` for the `pytest.skip` in the statement at `place`.
    pub fn allow_module_level(&self, place: Span) -> Option<Vec<Edit>> {
        let stmt = self.editor.statement_at(place.start)?;
        let Expr::Call(call) = &*stmt.as_expr_stmt()?.value else { return None };
        is_named(&call.func, "skip").then(|| self.editor.set_keyword(call, "allow_module_level", "True"))
    }

    /// What the `print` right before a statement prints.
    fn printed_before(&self, statement: Span) -> Option<String> {
        fn search(body: &[Stmt], statement: Span) -> Option<&Stmt> {
            if let Some(index) = body.iter().position(|stmt| span(stmt.range()) == statement) {
                return body.get(index.checked_sub(1)?);
            }
            let around = body.iter().find(|stmt| span(stmt.range()).contains(statement.start))?;
            suites(around).into_iter().find_map(|suite| search(suite, statement))
        }
        match search(&self.file.tree()?.body, statement)? {
            Stmt::Expr(expr) => match &*expr.value {
                Expr::Call(call) if is_output(call) => call.arguments.args.first().and_then(text_of),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A statement that may do nothing but end the process: a call, or `raise SystemExit(…)`.
struct Ending<'a> {
    /// What it says as it ends.
    argument: Option<&'a Expr>,
}

fn ending(stmt: &Stmt) -> Option<Ending<'_>> {
    let value = match stmt {
        Stmt::Expr(expr) => &*expr.value,
        Stmt::Raise(raise) => raise.exc.as_deref()?,
        _ => return None,
    };
    match value {
        Expr::Call(call) => {
            let reason = call.arguments.keywords.iter().find(|keyword| {
                keyword.arg.as_ref().is_some_and(|name| matches!(name.as_str(), "reason" | "msg"))
            });
            let first = call.arguments.args.first();
            Some(Ending { argument: first.or_else(|| reason.map(|keyword| &keyword.value)) })
        }
        Expr::Name(_) | Expr::Attribute(_) => Some(Ending { argument: None }),
        _ => None,
    }
}

fn is_output(call: &ExprCall) -> bool {
    match &*call.func {
        Expr::Name(name) => name.id == "print",
        Expr::Attribute(attribute) => {
            matches!(attribute.attr.as_str(), "write" | "error" | "warning" | "info" | "warn")
        }
        _ => false,
    }
}

fn text_of(expr: &Expr) -> Option<String> {
    let text = expr.as_string_literal_expr()?.value.to_str().trim();
    let line = text.lines().next()?.trim();
    (!line.is_empty()).then(|| line.to_owned())
}
