//! Which names code uses, and when.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprContext, ModModule, Parameters, Stmt};
use ruff_text_size::Ranged as _;

use super::super::span;
use crate::text::Span;

/// What a name is used for while a module is imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AtImport {
    pub(super) in_annotations: bool,
    pub(super) elsewhere: bool,
}

/// Names that are used, at any time.
pub(super) fn names_used(body: &[Stmt]) -> BTreeSet<String> {
    struct Names(BTreeSet<String>);
    impl<'a> Visitor<'a> for Names {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Name(name) = expr
                && name.ctx != ExprContext::Store
            {
                self.0.insert(name.id.to_string());
            }
            visitor::walk_expr(self, expr);
        }
    }
    let mut names = Names(BTreeSet::new());
    names.visit_body(body);
    names.0
}

/// Names that are used while the module is imported, outside of `except_in`.
pub(super) fn at_import(module: &ModModule, except_in: Span) -> BTreeMap<String, AtImport> {
    let mut search = ImportTime { except_in, annotation: false, found: BTreeMap::new() };
    search.visit_body(&module.body);
    search.found
}

struct ImportTime {
    except_in: Span,
    annotation: bool,
    found: BTreeMap<String, AtImport>,
}

impl ImportTime {
    fn annotations<'a>(&mut self, annotations: impl Iterator<Item = &'a Expr>) {
        self.annotation = true;
        annotations.for_each(|annotation| self.visit_expr(annotation));
        self.annotation = false;
    }

    fn defaults(&mut self, parameters: &Parameters) {
        parameters.iter_non_variadic_params().filter_map(|parameter| parameter.default()).for_each(
            |default| {
                self.visit_expr(default);
            },
        );
    }
}

impl<'a> Visitor<'a> for ImportTime {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if span(stmt.range()) == self.except_in {
            return;
        }
        match stmt {
            Stmt::FunctionDef(function) => {
                function.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                self.defaults(&function.parameters);
                let annotations =
                    function.parameters.iter().filter_map(ruff_python_ast::AnyParameterRef::annotation);
                self.annotations(annotations.chain(function.returns.as_deref()));
            }
            Stmt::AnnAssign(assign) => {
                self.annotations(std::iter::once(&*assign.annotation));
                assign.value.iter().for_each(|value| self.visit_expr(value));
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.defaults(parameters);
                }
            }
            Expr::Name(name) if name.ctx == ExprContext::Load => {
                let uses = self.found.entry(name.id.to_string()).or_default();
                if self.annotation {
                    uses.in_annotations = true;
                } else {
                    uses.elsewhere = true;
                }
            }
            _ => visitor::walk_expr(self, expr),
        }
    }
}
