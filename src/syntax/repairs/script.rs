//! `if __name__ == "__main__":` around what only a script should do.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged as _;

use super::super::edits::bound_names;
use super::super::span;
use super::Repairer;
use super::uses::names_used;
use crate::diagnostic::Edit;
use crate::text::Span;

const HEADER: &str = "if __name__ == \"__main__\":";

impl Repairer<'_> {
    /// Puts the statement of the module that holds `place` under a main guard, with the statements
    /// right above it that only work for it.
    pub fn main_guard(&self, place: Span) -> Option<Vec<Edit>> {
        let body = &self.file.tree()?.body;
        let last = body.iter().position(|stmt| span(stmt.range()).contains(place.start))?;
        if !is_script(&body[last]) {
            return None;
        }
        let mut first = last;
        while let Some(previous) = first.checked_sub(1).map(|index| &body[index]) {
            let bound: Vec<&str> =
                bound_names(std::slice::from_ref(previous)).into_iter().map(|bound| bound.name).collect();
            let works_for_it = is_work(previous)
                && !bound.is_empty()
                && bound.iter().all(|name| {
                    let used_by = |stmts: &[Stmt]| names_used(stmts).contains(*name);
                    used_by(&body[first..=last])
                        && !used_by(&body[..first - 1])
                        && !used_by(&body[last + 1..])
                });
            if !works_for_it {
                break;
            }
            first -= 1;
        }
        // Names that it binds would be missing in what comes after.
        let wrapped = &body[first..=last];
        let bound = bound_names(wrapped);
        let elsewhere = names_used(&body[..first]);
        let behind = names_used(&body[last + 1..]);
        if bound.iter().any(|bound| elsewhere.contains(bound.name) || behind.contains(bound.name)) {
            return None;
        }
        self.editor.wrap(span(body[first].range()), span(body[last].range()), HEADER)
    }

    /// Whether only definitions, or nothing, come after the statement of the module that holds `place`.
    pub fn is_at_the_end(&self, place: Span) -> bool {
        let Some(tree) = self.file.tree() else { return false };
        tree.body.iter().skip_while(|stmt| !span(stmt.range()).contains(place.start)).skip(1).all(is_script)
    }
}

/// What a script does at its end.
fn is_script(stmt: &Stmt) -> bool {
    matches!(
        stmt,
        Stmt::Expr(_)
            | Stmt::Raise(_)
            | Stmt::If(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::With(_)
            | Stmt::Try(_)
    ) || is_work(stmt)
}

/// An assignment of what a call returns.
fn is_work(stmt: &Stmt) -> bool {
    let value = match stmt {
        Stmt::Assign(assign) => &*assign.value,
        Stmt::AnnAssign(assign) => match assign.value.as_deref() {
            Some(value) => value,
            None => return false,
        },
        _ => return false,
    };
    matches!(value, Expr::Call(_) | Expr::Await(_) | Expr::Attribute(_) | Expr::Subscript(_))
}
