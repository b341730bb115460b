//! Names: `global`, `nonlocal` and assignment expressions, which is all that makes them matter here.

use ruff_python_ast::{Expr, ExprContext, ExprNamed, Identifier};

use super::problem::{Declaration, Place};
use super::scopes::{Against, Nonlocal, Scope, ScopeKind, uses};
use super::{Checker, Kind, Names, Phase, span};
use crate::text::Span;

impl<'a> Checker<'a> {
    pub(super) fn add_name(&mut self, name: &'a str, how: u16) {
        if self.names == Names::Followed {
            self.scope().add(name, how);
        }
    }

    pub(super) fn bind(&mut self, name: &'a Identifier) {
        self.add_name(name.as_str(), uses::LOCAL);
    }

    /// A name in an expression.
    pub(super) fn name(&mut self, name: &'a str, context: ExprContext, place: Span) {
        if name == "__debug__" {
            match context {
                ExprContext::Store => {
                    self.report(Phase::Code, place, Kind::Fixed("cannot assign to __debug__"));
                }
                ExprContext::Del => {
                    self.report_in(
                        Phase::Code,
                        place,
                        super::since(10),
                        Kind::Fixed("cannot delete __debug__"),
                    );
                }
                ExprContext::Load | ExprContext::Invalid => {}
            }
        }
        if self.names == Names::Ignored {
            return;
        }
        if context == ExprContext::Load || context == ExprContext::Invalid {
            self.use_name(name);
            return;
        }
        if self.scope().in_target {
            let known = self.scope().known(name);
            if known & (uses::GLOBAL | uses::NONLOCAL) != 0 {
                let comprehension = self.scope().span;
                let kind = Kind::InnerLoopRebinds(name.to_owned());
                self.report_elsewhere_before_310(Phase::Names, place, comprehension, kind);
            }
            self.scope().add(name, uses::LOCAL | uses::ITERATION);
        } else {
            self.scope().add(name, uses::LOCAL);
        }
    }

    fn use_name(&mut self, name: &'a str) {
        let in_annotation = self.kind() == ScopeKind::Restricted(Place::Annotation);
        if !in_annotation {
            self.scope().add(name, uses::USE);
            return;
        }
        // Older versions know no scope of the annotation's own.
        let outer =
            self.scopes.iter_mut().rev().find(|scope| !matches!(scope.kind, ScopeKind::Restricted(_)));
        if let Some(scope) = outer {
            scope.add(name, uses::USE_IN_ANNOTATION);
        }
    }

    pub(super) fn declaration(&mut self, declaration: Declaration, names: &'a [Identifier], statement: Span) {
        if self.kind() == ScopeKind::Module && declaration == Declaration::Nonlocal {
            let kind = Kind::Fixed("nonlocal declaration not allowed at module level");
            self.report(Phase::Scopes, statement, kind);
        }
        for name in names {
            let name = name.as_str();
            match self.scope().against(declaration, name) {
                None => {}
                Some(Against::Parameter) => {
                    self.report(
                        Phase::Names,
                        statement,
                        Kind::ParameterDeclared(declaration, name.to_owned()),
                    );
                }
                Some(Against::Annotated) => {
                    self.report(
                        Phase::Names,
                        statement,
                        Kind::AnnotatedDeclared(declaration, name.to_owned()),
                    );
                }
                Some(Against::Earlier(how)) => {
                    self.report(Phase::Names, statement, Kind::Declared(declaration, how, name.to_owned()));
                }
                Some(Against::UsedInAnnotation) => {
                    let kind = Kind::Declared(declaration, "used prior to", name.to_owned());
                    let last = self.restricted_since(Place::Annotation) - 1;
                    self.report_in(Phase::Names, statement, (0, last), kind);
                }
            }
            let order = self.scope().order;
            let other = self.scope().known(name);
            let (flag, opposite) = match declaration {
                Declaration::Global => (uses::GLOBAL, uses::NONLOCAL),
                Declaration::Nonlocal => (uses::NONLOCAL, uses::GLOBAL),
            };
            if other & opposite != 0 {
                let first = self.scope().declared.iter().find(|(known, _)| *known == name);
                let place = first.map_or(statement, |(_, place)| *place);
                self.push_resolved(place, order, Kind::NonlocalAndGlobal(name.to_owned()));
            }
            self.scope().declared.push((name, statement));
            self.scope().add(name, flag);
            if declaration == Declaration::Nonlocal && self.kind() != ScopeKind::Module {
                self.scope().nonlocals.push(Nonlocal { name, span: statement, order, own: true });
            }
        }
    }

    fn push_resolved(&mut self, span: Span, order: u32, kind: Kind) {
        self.push(super::Problem {
            phase: Phase::Scopes,
            order,
            span,
            elsewhere: None,
            minors: super::ALL,
            kind,
        });
    }

    /// Finds in a closed scope, whose names are all known now, what the `nonlocal` declarations of the
    /// scopes within refer to; the rest is up to the scope around it.
    pub(super) fn resolve_nonlocals(&mut self, closed: Scope<'a>) {
        for nonlocal in closed.nonlocals {
            let Nonlocal { name, span, order, own } = nonlocal;
            let known = closed.names.get(name).copied().unwrap_or(0);
            let problem = match closed.kind {
                ScopeKind::Module => Some(Kind::NoBinding(name.to_owned())),
                _ if own => None,
                ScopeKind::TypeParameters if known & uses::PARAMETER != 0 => {
                    Some(Kind::NonlocalTypeParameter(name.to_owned()))
                }
                ScopeKind::Class if name == "__class__" => continue,
                kind if kind.is_function_like() && known & uses::GLOBAL != 0 => {
                    Some(Kind::NoBinding(name.to_owned()))
                }
                // Its own `nonlocal` is resolved for itself.
                kind if kind.is_function_like() && known & (uses::BOUND | uses::NONLOCAL) != 0 => continue,
                ScopeKind::Class
                | ScopeKind::Function { .. }
                | ScopeKind::Lambda
                | ScopeKind::Comprehension(_)
                | ScopeKind::TypeParameters
                | ScopeKind::Restricted(_) => None,
            };
            match problem {
                Some(kind) => self.push_resolved(span, order, kind),
                None => self.scope().nonlocals.push(Nonlocal { own: false, ..nonlocal }),
            }
        }
    }

    /// `target := value`
    pub(super) fn assignment_expression(&mut self, named: &'a ExprNamed) {
        let place = span(named.range);
        if let ScopeKind::Restricted(restriction) = self.kind() {
            self.in_place("named expression", restriction, place);
        }
        let Expr::Name(target) = named.target.as_ref() else {
            self.expression(&named.value);
            return;
        };
        if self.scope().in_iterables > 0 {
            let message = "assignment expression cannot be used in a comprehension iterable expression";
            self.report(Phase::Names, place, Kind::Fixed(message));
        } else if let ScopeKind::Comprehension(_) = self.kind() {
            self.bind_outside_comprehensions(target.id.as_str(), span(target.range));
        }
        self.expression(&named.value);
        self.expression(&named.target);
    }

    /// Python binds the target in the scope around all comprehensions.
    fn bind_outside_comprehensions(&mut self, name: &'a str, place: Span) {
        let mut problem = None;
        let mut flag = uses::NONLOCAL;
        // NOTE: Python looks for the name without the prefix that it gives it in a class.
        let in_class = self.scopes.iter().any(|scope| scope.kind == ScopeKind::Class);
        let is_private = in_class && name.starts_with("__") && !name.ends_with("__");
        for scope in self.scopes.iter_mut().rev() {
            match scope.kind {
                ScopeKind::Comprehension(_) => {
                    if scope.known(name) & uses::ITERATION != 0 && !is_private {
                        problem = Some(Kind::RebindsIteration(name.to_owned()));
                        break;
                    }
                }
                ScopeKind::Function { .. } | ScopeKind::Lambda => {
                    if scope.known(name) & uses::GLOBAL != 0 {
                        flag = uses::GLOBAL;
                    }
                    scope.add(name, uses::LOCAL);
                    break;
                }
                ScopeKind::Module => {
                    flag = uses::GLOBAL;
                    scope.add(name, uses::GLOBAL);
                    break;
                }
                ScopeKind::Class => {
                    let message =
                        "assignment expression within a comprehension cannot be used in a class body";
                    problem = Some(Kind::Fixed(message));
                    break;
                }
                ScopeKind::Restricted(Place::Annotation) => {}
                ScopeKind::Restricted(restriction) => {
                    problem = Some(Kind::WalrusInComprehensionOf(restriction));
                    break;
                }
                ScopeKind::TypeParameters => {
                    problem = Some(Kind::WalrusInComprehensionOf(Place::GenericDefinition));
                    break;
                }
            }
        }
        if let Some(kind) = problem {
            self.report(Phase::Names, place, kind);
        } else {
            self.scope().add(name, flag);
        }
    }

    /// An expression that may not be in an annotation and the like.
    pub(super) fn in_place(&mut self, what: &'static str, place: Place, at: Span) {
        let minors = self.restricted_since(place);
        self.report_in(Phase::Names, at, super::since(minors), Kind::InPlace(what, place));
    }

    /// The first Python in which `place` is a scope of its own.
    pub(super) fn restricted_since(&self, place: Place) -> u8 {
        match (place, self.future_annotations) {
            (Place::Annotation, true) => 10,
            (Place::Annotation, false) => 14,
            (
                Place::TypeAlias
                | Place::TypeVarBound
                | Place::TypeVarDefault
                | Place::TypeVarTupleDefault
                | Place::ParamSpecDefault
                | Place::GenericDefinition,
                _,
            ) => 12,
        }
    }
}
