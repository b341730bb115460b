//! Fixtures with marks.

use ruff_python_ast::{Decorator, Expr, Stmt, StmtFunctionDef};

use super::Repairer;
use crate::diagnostic::Edit;
use crate::syntax::edits::suites;
use crate::syntax::guards::is_named;
use crate::syntax::span;

impl Repairer<'_> {
    /// Ways to take the marks off the fixture at an offset, the most certain one first; the last one takes
    /// the same marks off the other fixtures, too. What a name that stands for a decorator means is not to
    /// be told from the text.
    pub fn unmark_fixture(&self, at: u32) -> Vec<Vec<Edit>> {
        let Some(Stmt::FunctionDef(function)) = self.editor.statement_at(at) else { return Vec::new() };
        let Some(others) = marked_fixture(function) else { return Vec::new() };
        let marks: Vec<&Decorator> = others.iter().copied().filter(|decorator| is_mark(decorator)).collect();
        let mut choices = Vec::new();
        if marks.len() < others.len() {
            choices.push(marks);
            choices.extend(others.iter().map(|&single| vec![single]));
        }
        choices.push(others.clone());
        let text = |decorator: &Decorator| self.file.source.slice(span(decorator.range));
        let same = |decorator: &Decorator| {
            is_mark(decorator) || others.iter().any(|other| text(other) == text(decorator))
        };
        let mut everywhere = Vec::new();
        if let Some(tree) = self.file.tree() {
            functions(&tree.body, &mut |function| {
                let found = marked_fixture(function).unwrap_or_default();
                everywhere.extend(found.into_iter().filter(|decorator| same(decorator)));
            });
        }
        choices.push(everywhere);
        choices.retain(|choice| !choice.is_empty());
        choices.into_iter().filter_map(|choice| self.editor.undecorate(&choice)).collect()
    }
}

fn functions<'a>(body: &'a [Stmt], visit: &mut impl FnMut(&'a StmtFunctionDef)) {
    for stmt in body {
        if let Stmt::FunctionDef(function) = stmt {
            visit(function);
        }
        for suite in suites(stmt) {
            functions(suite, visit);
        }
    }
}

/// The other decorators of a fixture, if it has any.
fn marked_fixture(function: &StmtFunctionDef) -> Option<Vec<&Decorator>> {
    let (fixtures, others): (Vec<&Decorator>, Vec<&Decorator>) =
        function.decorator_list.iter().partition(|decorator| is_named(callee(decorator), "fixture"));
    (!fixtures.is_empty() && !others.is_empty()).then_some(others)
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
