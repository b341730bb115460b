//! Where a file says something that rules point at.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged as _;

use super::{ParsedFile, span};
use crate::text::Span;

impl ParsedFile {
    /// The first assignment to a name at the top of the module.
    pub fn assignment_of(&self, name: &str) -> Option<Span> {
        let named = |target: &Expr| matches!(target, Expr::Name(target) if target.id.as_str() == name);
        self.tree()?.body.iter().find_map(|statement| match statement {
            Stmt::Assign(assign) if assign.targets.iter().any(named) => Some(span(assign.range())),
            Stmt::AnnAssign(assign) if named(&assign.target) => Some(span(assign.range())),
            Stmt::AugAssign(assign) if named(&assign.target) => Some(span(assign.range())),
            _ => None,
        })
    }
}
