//! Guards that hold too much.

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged as _;

use super::super::edits::TrailingComment;
use super::super::guards::bound_by;
use super::super::span;
use super::Repairer;
use crate::diagnostic::Edit;

impl Repairer<'_> {
    /// Moves the import that binds `name` out of the guard of other modules, above it: where one of those is
    /// missing, the import is never reached, or what it binds is given up for nothing.
    pub fn narrow_guard(&self, name: &str) -> Option<Vec<Edit>> {
        let guards = self.file.guarded_imports();
        let guard = guards.iter().find(|guard| guard.imported.iter().any(|found| found.name == name))?;
        let is_of_module = self.file.tree()?.body.iter().any(|stmt| span(stmt.range()) == guard.span());
        let import = guard.node.body.iter().find(|stmt| {
            matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_))
                && bound_by(std::slice::from_ref(stmt)).iter().any(|bound| bound == name)
        })?;
        if !is_of_module || guard.node.body.len() == 1 {
            return None;
        }
        let statement = span(import.range());
        let code = self.file.source.slice(statement);
        if code.contains('\n') {
            return None;
        }
        let mut edits = self.editor.insert_before(guard.span(), code)?;
        edits.extend(self.editor.delete_statement(statement, TrailingComment::Delete)?);
        Some(edits)
    }
}
