//! Where a file says something that rules point at.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Parameter, Stmt, StmtFunctionDef};
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

    /// The name in the first definition of a function, in the module or in a class of it.
    pub fn definition_of(&self, name: &str) -> Option<Span> {
        self.function(name).map(|def| span(def.name.range()))
    }

    /// Whether a function or fixture asks for something by this name, or a text holds it.
    pub fn mentions(&self, name: &str) -> bool {
        let Some(tree) = self.tree() else { return false };
        let mut search = Search { name, found: false };
        search.visit_body(&tree.body);
        search.found
    }

    /// Whether the function of this name asserts something.
    pub fn asserts_in(&self, name: &str) -> bool {
        let asserts = |body: &[Stmt]| body.iter().any(|statement| matches!(statement, Stmt::Assert(_)));
        self.function(name).is_some_and(|def| asserts(&def.body))
    }

    fn function(&self, name: &str) -> Option<&StmtFunctionDef> {
        find_function(&self.tree()?.body, name)
    }
}

fn find_function<'a>(body: &'a [Stmt], name: &str) -> Option<&'a StmtFunctionDef> {
    body.iter().find_map(|statement| match statement {
        Stmt::FunctionDef(def) if def.name.as_str() == name => Some(def),
        Stmt::ClassDef(class) => find_function(&class.body, name),
        _ => None,
    })
}

struct Search<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Search<'_> {
    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.found |= parameter.name.as_str() == self.name;
        visitor::walk_parameter(self, parameter);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.found |= match expression {
            Expr::Name(name) => name.id.as_str() == self.name,
            Expr::StringLiteral(text) => text.value.to_str() == self.name,
            _ => false,
        };
        visitor::walk_expr(self, expression);
    }
}
