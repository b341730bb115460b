//! `pytest.importorskip`: above an import, in place of a guard.

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged as _;

use super::super::edits::TrailingComment;
use super::super::guards::bound_by;
use super::super::span;
use super::{Repairer, quoted};
use crate::diagnostic::Edit;
use crate::text::Span;

impl Repairer<'_> {
    /// `pytest.importorskip("module")` above the import at `place`.
    pub fn importorskip_above(&self, place: Span, module: &str) -> Option<Vec<Edit>> {
        let stmt = self.editor.statement_at(place.start)?;
        if !matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_)) {
            return None;
        }
        let statement = span(stmt.range());
        let (pytest, mut edits) = self.pytest(statement.start)?;
        let code = format!("{pytest}.importorskip({})", quoted(module));
        edits.extend(self.editor.insert_before(statement, &code)?);
        Some(edits)
    }

    /// The same, and the call at `late` that came too late goes, if it is a statement of its own.
    pub fn importorskip_moved(&self, place: Span, module: &str, late: Span) -> Option<Vec<Edit>> {
        let mut edits = self.importorskip_above(place, module)?;
        let stmt = self.editor.statement_at(late.start)?;
        if matches!(stmt, Stmt::Expr(_)) && span(stmt.range()) == late {
            edits.extend(self.editor.delete_statement(late, TrailingComment::Delete)?);
        }
        Some(edits)
    }

    /// `pytest.importorskip(…)` in place of the guard whose handler holds `place`, followed by what the
    /// guard's body does.
    pub fn importorskip_instead(&self, place: Span) -> Option<Vec<Edit>> {
        let guard = self.file.guard_handling(place.start)?;
        let body: Vec<&Stmt> = guard.node.body.iter().chain(&guard.node.orelse).collect();
        let simple = |stmt: &&Stmt| {
            matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Assign(_) | Stmt::AnnAssign(_))
        };
        let kept =
            bound_by(&guard.node.body).into_iter().chain(bound_by(&guard.node.orelse)).collect::<Vec<_>>();
        let lost = guard.bound_in_handlers().into_iter().any(|name| !kept.contains(&name));
        if lost || !guard.node.finalbody.is_empty() || !body.iter().all(simple) {
            return None;
        }
        let (pytest, mut edits) = self.pytest(guard.span().start)?;
        let modules = guard.modules();
        let mut lines: Vec<String> =
            modules.iter().map(|module| format!("{pytest}.importorskip({})", quoted(module))).collect();
        for stmt in body {
            let text = self.file.source.slice(span(stmt.range()));
            let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
            lines.push(first.trim_end().to_owned());
            // Continuation lines lose the one level that the guard gave them.
            lines.extend(
                rest.lines().map(|line| line.strip_prefix("    ").unwrap_or(line).trim_end().to_owned()),
            );
        }
        edits.extend(self.editor.replace_statement(guard.span(), &lines.join("\n"))?);
        Some(edits)
    }
}
