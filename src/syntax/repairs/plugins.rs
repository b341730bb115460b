//! `pytest_plugins` of a conftest.

use ruff_python_ast::{Expr, Stmt, StmtAssign};
use ruff_text_size::Ranged as _;

use super::super::edits::TrailingComment;
use super::super::span;
use super::{Repairer, quoted};
use crate::diagnostic::Edit;
use crate::text::Span;

const NAME: &str = "pytest_plugins";

impl Repairer<'_> {
    /// Takes the assignment at `place` away; with it the plugins that it names, where they are literal.
    pub fn take_plugins(&self, place: Span) -> Option<(Vec<String>, Vec<Edit>)> {
        let (assign, statement) = self.plugins()?;
        if !statement.contains(place.start) {
            return None;
        }
        let edits = self.editor.delete_statement(statement, TrailingComment::Delete)?;
        Some((names(&assign.value)?, edits))
    }

    /// Names plugins in this conftest as well.
    pub fn add_plugins(&self, added: &[String]) -> Option<Vec<Edit>> {
        if let Some((assign, _)) = self.plugins() {
            let known = names(&assign.value)?;
            let new = added.iter().filter(|name| !known.contains(name));
            let all: Vec<String> = known.iter().chain(new).cloned().collect();
            return Some(self.editor.replace(span(assign.value.range()), &list(&all)));
        }
        let body = &self.file.tree()?.body;
        if body.iter().any(|stmt| self.file.source.slice(span(stmt.range())).contains(NAME)) {
            return None;
        }
        let code = format!("{NAME} = {}", list(added));
        let header = body.iter().take_while(|stmt| is_header(stmt)).last();
        match (header, body.first()) {
            (Some(last), _) => self.editor.insert_after(span(last.range()), &format!("\n{code}")),
            (None, Some(first)) => self.editor.insert_before(span(first.range()), &format!("{code}\n")),
            (None, None) => {
                let text = self.file.source.text();
                let end = u32::try_from(text.len()).ok()?;
                let separator = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
                Some(self.editor.replace(Span::at(end), &format!("{separator}{code}\n")))
            }
        }
    }

    /// The one assignment of plugins that stands in the module itself.
    fn plugins(&self) -> Option<(&StmtAssign, Span)> {
        let mut found = self.file.tree()?.body.iter().filter_map(|stmt| {
            let assign = stmt.as_assign_stmt()?;
            let [Expr::Name(name)] = assign.targets.as_slice() else { return None };
            (name.id == NAME).then(|| (assign, span(stmt.range())))
        });
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }
}

/// A conftest with only this in it.
pub fn conftest_of_plugins(names: &[String]) -> String {
    format!("{NAME} = {}\n", list(names))
}

fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    format!("[{}]", names.join(", "))
}

fn names(value: &Expr) -> Option<Vec<String>> {
    let elements = match value {
        Expr::StringLiteral(one) => return Some(vec![one.value.to_str().to_owned()]),
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return None,
    };
    elements.iter().map(|element| Some(element.as_string_literal_expr()?.value.to_str().to_owned())).collect()
}

/// What stands above the settings of a module: its docstring and its imports.
fn is_header(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Import(_) | Stmt::ImportFrom(_) => true,
        Stmt::Expr(expr) => expr.value.is_string_literal_expr(),
        _ => false,
    }
}
