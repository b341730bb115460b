//! Which names a function binds: they are local in all of it, before they are bound as well.

use std::sync::Arc;

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{ExceptHandler, Expr, ExprContext, Parameters, Pattern, Stmt};
use rustc_hash::FxHashSet;

/// The names of one function's scope.
#[derive(Clone, Debug, Default)]
pub(super) struct ScopeInfo {
    pub locals: FxHashSet<Name>,
    pub globals: FxHashSet<Name>,
    pub nonlocals: FxHashSet<Name>,
    /// Whether the function is a generator.
    pub yields: bool,
    /// Whether the local variables may be seen after the call: something that is made in it refers to them.
    pub outlives: bool,
}

/// What runs a text where it stands, or shows the names there.
const RUNS_TEXT: [&str; 4] = ["exec", "eval", "locals", "vars"];

impl ScopeInfo {
    pub(super) fn of_function(parameters: &Parameters, body: &[Stmt]) -> Arc<Self> {
        let mut collector = Collector::default();
        for parameter in parameters {
            collector.info.locals.insert(parameter.name().id.clone());
        }
        collector.visit_body(body);
        Arc::new(collector.finish())
    }

    pub(super) fn of_lambda(parameters: Option<&Parameters>, body: &Expr) -> Arc<Self> {
        let mut collector = Collector::default();
        for parameter in parameters.into_iter().flatten() {
            collector.info.locals.insert(parameter.name().id.clone());
        }
        collector.visit_expr(body);
        Arc::new(collector.finish())
    }

    /// Names that a class body declares global or nonlocal.
    pub(super) fn of_class(body: &[Stmt]) -> Arc<Self> {
        let mut collector = Collector::default();
        collector.visit_body(body);
        Arc::new(collector.finish())
    }
}

/// The names that some statements bind in the scope they stand in, in order.
pub(super) fn bound_names(body: &[Stmt]) -> Vec<Name> {
    let mut collector = Collector::default();
    collector.visit_body(body);
    collector.order
}

#[derive(Default)]
struct Collector {
    info: ScopeInfo,
    order: Vec<Name>,
    /// How many comprehensions are around: only a walrus binds in the scope outside.
    comprehensions: usize,
}

impl Collector {
    fn bind(&mut self, name: &Name) {
        if self.info.locals.insert(name.clone()) {
            self.order.push(name.clone());
        }
    }

    fn finish(mut self) -> ScopeInfo {
        for name in self.info.globals.iter().chain(&self.info.nonlocals) {
            self.info.locals.remove(name);
        }
        self.info
    }
}

impl<'s> Visitor<'s> for Collector {
    fn visit_stmt(&mut self, stmt: &'s Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.bind(&def.name.id);
                self.info.outlives = true;
                for decorator in &def.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
            }
            Stmt::ClassDef(def) => {
                self.bind(&def.name.id);
                self.info.outlives = true;
                for decorator in &def.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
            }
            Stmt::Import(stmt) => {
                for alias in &stmt.names {
                    match &alias.asname {
                        Some(name) => self.bind(&name.id),
                        None => {
                            let top = alias.name.split('.').next().unwrap_or(&alias.name);
                            self.bind(&Name::new(top));
                        }
                    }
                }
            }
            Stmt::ImportFrom(stmt) => {
                for alias in &stmt.names {
                    self.bind(&alias.asname.as_ref().unwrap_or(&alias.name).id);
                }
            }
            Stmt::Global(stmt) => self.info.globals.extend(stmt.names.iter().map(|name| name.id.clone())),
            Stmt::Nonlocal(stmt) => self.info.nonlocals.extend(stmt.names.iter().map(|name| name.id.clone())),
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'s Expr) {
        match expr {
            Expr::Name(name) => {
                if self.comprehensions == 0 && matches!(name.ctx, ExprContext::Store | ExprContext::Del) {
                    self.bind(&name.id);
                }
                self.info.outlives |= RUNS_TEXT.contains(&name.id.as_str());
            }
            Expr::Attribute(attribute) => {
                self.info.outlives |= RUNS_TEXT.contains(&attribute.attr.as_str());
                visitor::walk_expr(self, expr);
            }
            Expr::Named(named) => {
                if let Expr::Name(target) = &*named.target {
                    self.bind(&target.id);
                }
                self.visit_expr(&named.value);
            }
            Expr::Lambda(_) => self.info.outlives = true,
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.info.outlives |= matches!(expr, Expr::Generator(_));
                self.comprehensions += 1;
                visitor::walk_expr(self, expr);
                self.comprehensions -= 1;
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.info.yields = true;
                visitor::walk_expr(self, expr);
            }
            _ => visitor::walk_expr(self, expr),
        }
    }

    fn visit_except_handler(&mut self, handler: &'s ExceptHandler) {
        let ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &inner.name {
            self.bind(&name.id);
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'s Pattern) {
        match pattern {
            Pattern::MatchAs(pattern) => pattern.name.iter().for_each(|name| self.bind(&name.id)),
            Pattern::MatchStar(pattern) => pattern.name.iter().for_each(|name| self.bind(&name.id)),
            Pattern::MatchMapping(pattern) => pattern.rest.iter().for_each(|name| self.bind(&name.id)),
            _ => {}
        }
        visitor::walk_pattern(self, pattern);
    }
}
