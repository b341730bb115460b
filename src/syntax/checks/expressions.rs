//! Expressions: awaiting, yielding, comprehensions, stars, calls.

use ruff_python_ast::visitor::{self, Visitor as _};
use ruff_python_ast::{
    Arguments, Comprehension as Generator, Expr, ExprContext, InterpolatedStringElement, Parameters,
};
use ruff_text_size::Ranged as _;

use super::problem::Place;
use super::scopes::{Comprehension, ScopeKind};
use super::{Checker, Kind, Phase, Problem, since, span};
use crate::text::Span;

const DEBUG: Kind = Kind::Fixed("cannot assign to __debug__");

impl<'a> Checker<'a> {
    pub(super) fn expression(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.name(name.id.as_str(), name.ctx, span(name.range)),
            Expr::Attribute(attribute) => {
                if attribute.attr.as_str() == "__debug__" && attribute.ctx == ExprContext::Store {
                    self.report(Phase::Code, span(attribute.range()), DEBUG);
                }
                self.expression(&attribute.value);
            }
            Expr::Starred(starred) => {
                let message = if starred.ctx == ExprContext::Store {
                    "starred assignment target must be in a list or tuple"
                } else {
                    "can't use starred expression here"
                };
                self.report(Phase::Code, span(starred.range), Kind::Fixed(message));
                self.expression(&starred.value);
            }
            Expr::Tuple(tuple) => {
                self.unpacking(&tuple.elts, tuple.ctx, span(tuple.range));
                self.elements(&tuple.elts);
            }
            Expr::List(list) => {
                self.unpacking(&list.elts, list.ctx, span(list.range));
                self.elements(&list.elts);
            }
            Expr::Set(set) => self.elements(&set.elts),
            Expr::Subscript(subscript) => {
                self.expression(&subscript.value);
                self.element(&subscript.slice);
            }
            Expr::Call(call) => {
                self.expression(&call.func);
                self.arguments(&call.arguments);
            }
            Expr::Named(named) => self.assignment_expression(named),
            Expr::Lambda(lambda) => {
                let place = span(lambda.range);
                if let Some(parameters) = &lambda.parameters {
                    self.defaults(parameters);
                }
                self.open_scope(ScopeKind::Lambda, place);
                if let Some(parameters) = &lambda.parameters {
                    self.parameters(parameters, place);
                }
                self.expression(&lambda.body);
                self.close_scope();
            }
            Expr::ListComp(comp) => {
                self.comprehension(
                    Comprehension::List,
                    [Some(&*comp.elt), None],
                    &comp.generators,
                    span(comp.range),
                );
            }
            Expr::SetComp(comp) => {
                self.comprehension(
                    Comprehension::Set,
                    [Some(&*comp.elt), None],
                    &comp.generators,
                    span(comp.range),
                );
            }
            Expr::DictComp(comp) => {
                let elements = [comp.key.as_deref(), Some(&*comp.value)];
                self.comprehension(Comprehension::Dict, elements, &comp.generators, span(comp.range));
            }
            Expr::Generator(comp) => {
                let elements = [Some(&*comp.elt), None];
                self.comprehension(Comprehension::Generator, elements, &comp.generators, span(comp.range));
            }
            Expr::Await(_) => {
                self.await_expression(span(expr.range()));
                visitor::walk_expr(self, expr);
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.yield_expression(expr);
                visitor::walk_expr(self, expr);
            }
            Expr::BoolOp(_)
            | Expr::BinOp(_)
            | Expr::UnaryOp(_)
            | Expr::If(_)
            | Expr::Dict(_)
            | Expr::Compare(_)
            | Expr::FString(_)
            | Expr::TString(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::Slice(_)
            | Expr::IpyEscapeCommand(_) => visitor::walk_expr(self, expr),
        }
    }

    /// A piece of an f-string; Python limits how deep format specifications nest.
    pub(super) fn interpolation(&mut self, element: &'a InterpolatedStringElement) {
        let InterpolatedStringElement::Interpolation(interpolation) = element else { return };
        let outer = std::mem::take(&mut self.formats);
        self.expression(&interpolation.expression);
        self.formats = outer + 1;
        let kind = Kind::Fixed("f-string: expressions nested too deeply");
        if self.formats == 3 {
            self.report_in(Phase::Parse, span(interpolation.range), (0, 11), kind);
        } else if self.formats == 4 {
            self.report_in(Phase::Parse, span(interpolation.range), since(12), kind);
        }
        if let Some(format) = &interpolation.format_spec {
            for element in &format.elements {
                self.interpolation(element);
            }
        }
        self.formats = outer;
    }

    fn elements(&mut self, elements: &'a [Expr]) {
        for element in elements {
            self.element(element);
        }
    }

    /// An expression where a star is fine.
    pub(super) fn element(&mut self, element: &'a Expr) {
        match element {
            Expr::Starred(starred) => self.expression(&starred.value),
            other => self.expression(other),
        }
    }

    fn unpacking(&mut self, elements: &[Expr], context: ExprContext, place: Span) {
        if context != ExprContext::Store {
            return;
        }
        let mut stars = elements.iter().enumerate().filter(|(_, element)| element.is_starred_expr());
        if stars.next().is_some_and(|(index, _)| index >= 1 << 8) {
            let message = "too many expressions in star-unpacking assignment";
            self.report(Phase::Code, place, Kind::Fixed(message));
        } else if stars.next().is_some() {
            self.report(Phase::Code, place, Kind::MultipleStarred);
        }
    }

    pub(super) fn arguments(&mut self, arguments: &'a Arguments) {
        let named = || arguments.keywords.iter().filter_map(|keyword| keyword.arg.as_ref());
        for (index, name) in named().enumerate() {
            let call = Span::at(span(arguments.range).start);
            if name.as_str() == "__debug__" {
                self.report_elsewhere(Phase::Code, span(name.range), ((9, 11), call), DEBUG);
            }
            // NOTE: few enough in practice; a call with thousands of keywords is looked at in part.
            if index > 0 && named().take(index.min(1000)).any(|other| other.id == name.id) {
                let kind = Kind::DuplicateKeyword(name.to_string());
                self.report_elsewhere(Phase::Code, span(name.range), ((9, 9), call), kind);
            }
        }
        self.elements(&arguments.args);
        for keyword in &arguments.keywords {
            self.expression(&keyword.value);
        }
    }

    /// Evaluated outside of the function.
    pub(super) fn defaults(&mut self, parameters: &'a Parameters) {
        let defaults =
            parameters.iter_non_variadic_params().filter_map(|parameter| parameter.default.as_deref());
        for default in defaults {
            self.expression(default);
        }
    }

    fn comprehension(
        &mut self,
        kind: Comprehension,
        elements: [Option<&'a Expr>; 2],
        generators: &'a [Generator],
        place: Span,
    ) {
        if let Some(first) = generators.first() {
            self.iterable(&first.iter);
        }
        self.open_scope(ScopeKind::Comprehension(kind), place);
        let order = self.order;
        for (index, generator) in generators.iter().enumerate() {
            self.scope().in_target = true;
            self.expression(&generator.target);
            self.scope().in_target = false;
            if index > 0 {
                self.iterable(&generator.iter);
            }
            for condition in &generator.ifs {
                self.expression(condition);
            }
            self.scope().awaits |= generator.is_async;
        }
        for element in elements.into_iter().flatten() {
            self.element(element);
        }
        let (awaits, within) = (self.scope().awaits, self.scope().awaits_within);
        for (order, place) in std::mem::take(&mut self.scope().awaiting) {
            if !awaits {
                self.async_comprehension_problem(order, place, (0, 10));
            }
        }
        self.close_scope();
        if kind != Comprehension::Generator {
            self.async_comprehension(awaits, within, order, place);
        }
    }

    fn iterable(&mut self, iterable: &'a Expr) {
        self.scope().in_iterables += 1;
        self.expression(iterable);
        self.scope().in_iterables -= 1;
    }

    /// Up to 3.10 a comprehension that awaits must be in an async function, or in a comprehension that
    /// awaits by itself; from 3.11 on it makes the comprehension around it await.
    fn async_comprehension(&mut self, awaits: bool, within: bool, order: u32, place: Span) {
        if !awaits && !within {
            return;
        }
        match self.unrestricted_kind() {
            ScopeKind::Function { is_async: true } => {}
            ScopeKind::Comprehension(_) => {
                self.scope().awaits_within = true;
                if awaits {
                    self.scope().awaiting.push((order, place));
                }
            }
            _ => self.async_comprehension_problem(order, place, if awaits { super::ALL } else { since(11) }),
        }
    }

    fn async_comprehension_problem(&mut self, order: u32, span: Span, minors: (u8, u8)) {
        let kind = Kind::AsyncComprehension;
        self.push(Problem { phase: Phase::Code, order, span, elsewhere: None, minors, kind });
    }

    fn await_expression(&mut self, place: Span) {
        let Some(minors) = self.unrestricted_minors("await expression", place) else { return };
        let message = match self.unrestricted_kind() {
            ScopeKind::Function { is_async: true } => return,
            ScopeKind::Comprehension(_) => {
                self.scope().awaits = true;
                return;
            }
            ScopeKind::Function { is_async: false } | ScopeKind::Lambda => "'await' outside async function",
            ScopeKind::Module | ScopeKind::Class | ScopeKind::TypeParameters | ScopeKind::Restricted(_) => {
                "'await' outside function"
            }
        };
        self.report_in(Phase::Code, place, minors, Kind::Fixed(message));
    }

    /// The versions in which an expression belongs to the scope around its annotation, having said what
    /// the others think of it.
    fn unrestricted_minors(&mut self, what: &'static str, at: Span) -> Option<(u8, u8)> {
        let ScopeKind::Restricted(place) = self.kind() else { return Some(super::ALL) };
        self.in_place(what, place, at);
        // Annotations that are strings are not compiled.
        let is_string = place == Place::Annotation && self.future_annotations;
        (!is_string).then(|| (0, self.restricted_since(place) - 1))
    }

    fn yield_expression(&mut self, expr: &Expr) {
        let place = span(expr.range());
        let Some(minors) = self.unrestricted_minors("yield expression", place) else { return };
        match self.unrestricted_kind() {
            ScopeKind::Comprehension(comprehension) => {
                let outer = self.scope().span;
                let kind = Kind::YieldInComprehension(comprehension.name());
                self.report_elsewhere_before_310(Phase::Names, place, outer, kind);
            }
            ScopeKind::Function { is_async: true } if expr.is_yield_from_expr() => {
                self.report_in(Phase::Code, place, minors, Kind::Fixed("'yield from' inside async function"));
            }
            ScopeKind::Function { .. } | ScopeKind::Lambda => {
                if !matches!(self.kind(), ScopeKind::Restricted(_)) {
                    self.scope().has_yield = true;
                }
            }
            ScopeKind::Module | ScopeKind::Class | ScopeKind::TypeParameters | ScopeKind::Restricted(_) => {
                self.report_in(Phase::Code, place, minors, Kind::Fixed("'yield' outside function"));
            }
        }
    }
}

impl<'a> Checker<'a> {
    /// Names of parameters; their defaults and annotations belong to the scope around.
    pub(super) fn parameters(&mut self, parameters: &'a Parameters, definition: Span) {
        let mut seen: Vec<&str> = Vec::new();
        for parameter in parameters {
            let name = parameter.name();
            if name.as_str() == "__debug__" {
                self.report_elsewhere(Phase::Code, span(name.range), ((9, 11), definition), DEBUG);
            }
            if seen.iter().take(1000).any(|other| *other == name.as_str()) {
                let kind = Kind::DuplicateArgument(name.to_string());
                self.report_elsewhere_before_310(Phase::Names, span(name.range), definition, kind);
            }
            seen.push(name.as_str());
            self.add_name(name.as_str(), super::scopes::uses::PARAMETER);
        }
    }

    pub(super) fn body(&mut self, body: &'a [ruff_python_ast::Stmt]) {
        self.visit_body(body);
    }
}
