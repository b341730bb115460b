//! Functions, classes, type parameters and type aliases.

use ruff_python_ast::{
    Expr, Parameters, StmtClassDef, StmtFunctionDef, StmtTypeAlias, TypeParam, TypeParams,
};
use ruff_text_size::Ranged as _;

use super::problem::Place;
use super::scopes::{ScopeKind, uses};
use super::{Checker, Kind, Phase, since, span};
use crate::text::Span;

impl<'a> Checker<'a> {
    pub(super) fn function(&mut self, function: &'a StmtFunctionDef) {
        let place = span(function.name.range);
        self.bound_identifier(&function.name, place);
        for decorator in &function.decorator_list {
            self.expression(&decorator.expression);
        }
        self.defaults(&function.parameters);
        self.open_type_parameters(function.type_params.as_deref());
        let annotation =
            if function.type_params.is_some() { Place::GenericDefinition } else { Place::Annotation };
        self.annotations(&function.parameters, function.returns.as_deref(), annotation);
        self.open_scope(ScopeKind::Function { is_async: function.is_async }, place);
        self.parameters(&function.parameters, place);
        self.body(&function.body);
        self.close_scope();
        self.close_type_parameters(function.type_params.as_deref());
    }

    fn annotations(&mut self, parameters: &'a Parameters, returns: Option<&'a Expr>, place: Place) {
        for parameter in parameters {
            if let Some(annotation) = parameter.annotation() {
                self.restricted(annotation, place);
            }
        }
        if let Some(returns) = returns {
            self.restricted(returns, place);
        }
    }

    /// An expression that has a scope of its own in some versions.
    pub(super) fn restricted(&mut self, expression: &'a Expr, place: Place) {
        self.open_scope(ScopeKind::Restricted(place), span(expression.range()));
        self.element(expression);
        self.close_scope();
    }

    pub(super) fn class(&mut self, class: &'a StmtClassDef) {
        let place = span(class.name.range);
        self.bound_identifier(&class.name, place);
        for decorator in &class.decorator_list {
            self.expression(&decorator.expression);
        }
        self.open_type_parameters(class.type_params.as_deref());
        if let Some(arguments) = &class.arguments {
            if class.type_params.is_some() {
                self.open_scope(ScopeKind::Restricted(Place::GenericDefinition), span(arguments.range));
                self.arguments(arguments);
                self.close_scope();
            } else {
                self.arguments(arguments);
            }
        }
        self.open_scope(ScopeKind::Class, place);
        self.body(&class.body);
        self.close_scope();
        self.close_type_parameters(class.type_params.as_deref());
    }

    pub(super) fn type_alias(&mut self, alias: &'a StmtTypeAlias) {
        self.expression(&alias.name);
        self.open_type_parameters(alias.type_params.as_deref());
        self.restricted(&alias.value, Place::TypeAlias);
        self.close_type_parameters(alias.type_params.as_deref());
    }

    fn open_type_parameters(&mut self, parameters: Option<&'a TypeParams>) {
        let Some(parameters) = parameters else { return };
        self.open_scope(ScopeKind::TypeParameters, span(parameters.range));
        let mut seen: Vec<&str> = Vec::new();
        let mut default_before = false;
        for parameter in parameters.iter().take(1000) {
            let name = parameter.name();
            let place = span(parameter.range());
            if seen.contains(&name.as_str()) {
                let kind = Kind::DuplicateTypeParameter(name.to_string());
                self.report(Phase::Names, place, kind);
            }
            seen.push(name.as_str());
            if name.as_str() == "__debug__" {
                self.report(Phase::Code, place, Kind::Fixed("cannot assign to __debug__"));
            }
            self.add_name(name.as_str(), uses::PARAMETER);
            let (bound, default, of) = match parameter {
                TypeParam::TypeVar(var) => {
                    (var.bound.as_deref(), var.default.as_deref(), Place::TypeVarDefault)
                }
                TypeParam::TypeVarTuple(var) => (None, var.default.as_deref(), Place::TypeVarTupleDefault),
                TypeParam::ParamSpec(var) => (None, var.default.as_deref(), Place::ParamSpecDefault),
            };
            if let Some(bound) = bound {
                self.restricted(bound, Place::TypeVarBound);
            }
            if let Some(default) = default {
                // The parser tells of those of type variables.
                if !parameter.is_type_var() {
                    self.report_in(
                        Phase::Parse,
                        span(default.range()),
                        (0, 12),
                        Kind::Fixed("invalid syntax"),
                    );
                }
                self.restricted(default, of);
            } else if default_before {
                self.report_in(Phase::Code, place, since(13), Kind::TypeParameterOrder(name.to_string()));
            }
            default_before |= default.is_some();
        }
    }

    fn close_type_parameters(&mut self, parameters: Option<&'a TypeParams>) {
        if parameters.is_some() {
            self.close_scope();
        }
    }

    /// A name bound by a statement, of which Python points at the whole.
    pub(super) fn bound_identifier(&mut self, name: &'a ruff_python_ast::Identifier, place: Span) {
        if name.as_str() == "__debug__" {
            self.report(Phase::Code, place, Kind::Fixed("cannot assign to __debug__"));
        }
        self.bind(name);
    }
}
