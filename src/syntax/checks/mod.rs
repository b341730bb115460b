//! What only `compile()` finds: the errors of `future.c`, `symtable.c` and the code generator, and
//! the few that the parser leaves to its caller.
//!
//! One visit of the tree collects the problems of all versions; nearly always there are none. They
//! are ordered as Python meets them, since it only ever reports the first.

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Expr, InterpolatedStringElement, ModModule, Stmt};

use super::span;
use crate::text::Span;

mod definitions;
mod expressions;
mod names;
mod patterns;
mod problem;
mod scopes;
mod statements;

use problem::Place;
pub(super) use problem::{Kind, Phase, Problem};
use scopes::{Scope, ScopeKind};

/// More than enough: only the first of each version is reported.
const MAX_PROBLEMS: usize = 256;

/// All that is wrong with a module whose text the parser accepts.
pub(super) fn check(tree: &ModModule, text: &str, names: Names) -> Vec<Problem> {
    let mut checker = Checker {
        scopes: vec![Scope::new(ScopeKind::Module, span(tree.range), 0, 0)],
        problems: Vec::new(),
        order: 0,
        text,
        names,
        future_annotations: false,
        formats: 0,
        future_imports_end: 0,
    };
    checker.future_imports_at_top(&tree.body);
    checker.visit_body(&tree.body);
    checker.close_scope();
    checker.problems
}

/// Whether names must be followed: only `global`, `nonlocal` and `:=` make them matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Followed,
    Ignored,
}

struct Checker<'a> {
    scopes: Vec<Scope<'a>>,
    problems: Vec<Problem>,
    order: u32,
    text: &'a str,
    names: Names,
    future_annotations: bool,
    /// Format specifications around this place.
    formats: u32,
    /// Where the `__future__` imports at the top end.
    future_imports_end: u32,
}

/// Any Python 3.
const ALL: (u8, u8) = (0, u8::MAX);

const fn since(minor: u8) -> (u8, u8) {
    (minor, u8::MAX)
}

impl<'a> Checker<'a> {
    fn tick(&mut self) -> u32 {
        self.order += 1;
        self.order
    }

    fn push(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    fn report(&mut self, phase: Phase, span: Span, kind: Kind) {
        self.report_in(phase, span, ALL, kind);
    }

    fn report_in(&mut self, phase: Phase, span: Span, minors: (u8, u8), kind: Kind) {
        let order = self.tick();
        self.push(Problem { phase, order, span, elsewhere: None, minors, kind });
    }

    /// A problem that Python 3.8 and 3.9 see elsewhere.
    fn report_elsewhere_before_310(&mut self, phase: Phase, span: Span, before: Span, kind: Kind) {
        self.report_elsewhere(phase, span, ((8, 9), before), kind);
    }

    fn report_elsewhere(&mut self, phase: Phase, span: Span, elsewhere: ((u8, u8), Span), kind: Kind) {
        let order = self.tick();
        self.push(Problem { phase, order, span, elsewhere: Some(elsewhere), minors: ALL, kind });
    }

    /// The innermost scope.
    fn scope(&mut self) -> &mut Scope<'a> {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::new(ScopeKind::Module, Span::default(), 0, 0));
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    fn kind(&self) -> ScopeKind {
        self.scopes.last().map_or(ScopeKind::Module, |scope| scope.kind)
    }

    /// The innermost scope that is not that of an annotation.
    fn unrestricted_kind(&self) -> ScopeKind {
        let kinds = self.scopes.iter().rev().map(|scope| scope.kind);
        kinds
            .into_iter()
            .find(|kind| !matches!(kind, ScopeKind::Restricted(_) | ScopeKind::TypeParameters))
            .unwrap_or(ScopeKind::Module)
    }

    fn open_scope(&mut self, kind: ScopeKind, span: Span) {
        self.hides_class(kind, span);
        let order = self.tick();
        let in_iterables = self.scope().in_iterables;
        self.scopes.push(Scope::new(kind, span, order, in_iterables));
    }

    /// Python 3.12 has no lambdas and comprehensions in the annotation scopes of a class.
    fn hides_class(&mut self, kind: ScopeKind, span: Span) {
        let what = match kind {
            ScopeKind::Lambda => "Cannot use lambda in annotation scope within class scope",
            ScopeKind::Comprehension(_) => "Cannot use comprehension in annotation scope within class scope",
            ScopeKind::Module
            | ScopeKind::Class
            | ScopeKind::Function { .. }
            | ScopeKind::TypeParameters
            | ScopeKind::Restricted(_) => return,
        };
        let in_annotation_scope = match self.kind() {
            ScopeKind::TypeParameters => true,
            ScopeKind::Restricted(place) => place != Place::Annotation,
            ScopeKind::Module
            | ScopeKind::Class
            | ScopeKind::Function { .. }
            | ScopeKind::Lambda
            | ScopeKind::Comprehension(_) => false,
        };
        if in_annotation_scope && self.unrestricted_kind() == ScopeKind::Class {
            self.report_in(Phase::Code, span, (12, 12), Kind::Fixed(what));
        }
    }

    fn close_scope(&mut self) {
        let Some(scope) = self.scopes.pop() else { return };
        let async_generator = scope.kind == (ScopeKind::Function { is_async: true }) && scope.has_yield;
        if let Some((order, span)) = scope.returns_value.filter(|_| async_generator) {
            let kind = Kind::Fixed("'return' with value in async generator");
            let minors = ALL;
            self.push(Problem { phase: Phase::Code, order, span, elsewhere: None, minors, kind });
        }
        if self.names == Names::Followed {
            self.resolve_nonlocals(scope);
        }
    }
}

impl<'a> Visitor<'a> for Checker<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.statement(stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.expression(expr);
    }

    fn visit_interpolated_string_element(&mut self, element: &'a InterpolatedStringElement) {
        self.interpolation(element);
    }
}
