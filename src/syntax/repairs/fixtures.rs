//! Fixtures with marks.

use ruff_python_ast::{Decorator, Expr, Stmt};

use super::Repairer;
use crate::diagnostic::Edit;
use crate::syntax::guards::is_named;

impl Repairer<'_> {
    /// Ways to take the marks off the fixture at an offset, the most certain one first. What a name that
    /// stands for a decorator means is not to be told from the text.
    pub fn unmark_fixture(&self, at: u32) -> Vec<Vec<Edit>> {
        let Some(Stmt::FunctionDef(function)) = self.editor.statement_at(at) else { return Vec::new() };
        let (fixtures, others): (Vec<&Decorator>, Vec<&Decorator>) =
            function.decorator_list.iter().partition(|decorator| is_fixture(decorator));
        if fixtures.is_empty() || others.is_empty() {
            return Vec::new();
        }
        let marks: Vec<&Decorator> = others.iter().copied().filter(|decorator| is_mark(decorator)).collect();
        let mut choices = vec![marks];
        choices.extend(others.iter().map(|&single| vec![single]));
        choices.push(others);
        choices.retain(|choice| !choice.is_empty());
        choices.dedup_by(|one, other| one.len() == other.len() && std::ptr::eq(one[0], other[0]));
        choices.into_iter().filter_map(|choice| self.editor.undecorate(&choice)).collect()
    }
}

fn is_fixture(decorator: &Decorator) -> bool {
    is_named(callee(decorator), "fixture")
}

/// `@pytest.mark.x`, `@mark.x(…)`
fn is_mark(decorator: &Decorator) -> bool {
    let Expr::Attribute(attribute) = callee(decorator) else { return false };
    is_named(&attribute.value, "mark")
}

fn callee(decorator: &Decorator) -> &Expr {
    match &decorator.expression {
        Expr::Call(call) => &call.func,
        other => other,
    }
}
