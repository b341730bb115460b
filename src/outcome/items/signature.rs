//! `getfuncargnames`: which parameters of a function pytest fills.

use ruff_python_ast::{Decorator, Expr, ExprCall};

use super::lookup::{self, Found};
use crate::interp::{Code, Function, Id, Interp, Object, Value, WrapperKind};

/// The parameters of a function, as `inspect.signature` tells them.
#[derive(Clone, Debug, Default)]
pub(super) struct Signature {
    pub(super) parameters: Vec<Parameter>,
    /// Whether some parameter can only be given by position.
    pub(super) positional_only: bool,
    /// Whether this is certainly its signature.
    pub(super) certain: bool,
    /// Arguments that `mock.patch` decorators fill.
    pub(super) mocked: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) has_default: bool,
}

/// What pytest takes the parameters of a function for.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments {
    /// Names of fixtures.
    pub(super) names: Vec<String>,
    /// Names of parameters with a default value.
    pub(super) with_default: Vec<String>,
    pub(super) certain: bool,
}

/// Wrappers within wrappers deeper than this are not looked at.
const DEEPEST: usize = 32;

/// The signature of a function, through what wraps it.
pub(super) fn signature(interp: &Interp<'_>, function: &Value) -> Signature {
    unwrap(interp, function, 0)
}

fn unwrap(interp: &Interp<'_>, value: &Value, depth: usize) -> Signature {
    let Some(object) = interp.object(value).filter(|_| depth < DEEPEST) else {
        return Signature::default();
    };
    match object {
        Object::Function(function) => {
            if function.attributes.contains("__signature__") {
                return Signature::default();
            }
            match lookup::of_object(interp, value, "__wrapped__") {
                Found::Value(inner) => unwrap(interp, &inner, depth + 1),
                Found::Unknown => Signature { certain: false, ..own(function) },
                Found::Absent => own(function),
            }
        }
        Object::Wrapper(wrapper) => {
            let mut inner = unwrap(interp, &wrapper.inner, depth + 1);
            if wrapper.kind == WrapperKind::Decorated {
                match wrapper.by.as_deref() {
                    Some(by) if is_mock_patch(by) => {
                        inner.mocked = innermost(interp, &wrapper.inner)
                            .map_or(0, |function| mocked_arguments(decorators(function)));
                    }
                    Some(by) if keeps_signature(by) => {}
                    Some("hypothesis.given" | "hypothesis.core.given") => {
                        inner.certain = innermost(interp, &wrapper.inner)
                            .is_some_and(|function| fill_given(&mut inner, decorators(function)));
                    }
                    // assumed to work as `functools.wraps` does, but that is not certain
                    _ => inner.certain = false,
                }
            }
            inner
        }
        Object::Method(method) => {
            let mut signature = unwrap(interp, &method.function, depth + 1);
            if !signature.parameters.is_empty() {
                signature.parameters.remove(0);
            }
            signature
        }
        Object::Partial(partial) => {
            let mut signature = unwrap(interp, &partial.function, depth + 1);
            let given = partial.positional.len().min(signature.parameters.len());
            signature.parameters.drain(..given);
            for (name, _) in &partial.keywords {
                if let Some(bound) = signature.parameters.iter_mut().find(|p| p.name == name.as_str()) {
                    bound.has_default = true;
                }
            }
            signature
        }
        Object::Fixture(fixture) => unwrap(interp, &fixture.function, depth + 1),
        _ => Signature::default(),
    }
}

fn own(function: &Function<'_>) -> Signature {
    let parameters = match function.code {
        Code::Def(def) => Some(&*def.parameters),
        Code::Lambda(lambda) => lambda.parameters.as_deref(),
    };
    let Some(parameters) = parameters else { return Signature { certain: true, ..Signature::default() } };
    let by_name = parameters
        .args
        .iter()
        .chain(&parameters.kwonlyargs)
        .map(|parameter| Parameter {
            name: parameter.parameter.name.id.to_string(),
            has_default: parameter.default.is_some(),
        })
        .collect();
    Signature {
        parameters: by_name,
        positional_only: !parameters.posonlyargs.is_empty(),
        certain: true,
        mocked: 0,
    }
}

/// The `def` in the middle of all wrappers.
fn innermost<'i, 'a>(interp: &'i Interp<'a>, value: &Value) -> Option<&'i Function<'a>> {
    let mut value = value.clone();
    for _ in 0..DEEPEST {
        match interp.object(&value)? {
            Object::Function(function) => return Some(function),
            Object::Wrapper(wrapper) => value = wrapper.inner.clone(),
            _ => return None,
        }
    }
    None
}

fn decorators<'a>(function: &Function<'a>) -> &'a [Decorator] {
    match function.code {
        Code::Def(def) => &def.decorator_list,
        Code::Lambda(_) => &[],
    }
}

/// How many arguments the `mock.patch` decorators among these supply: those that are given no `new`.
pub(super) fn mocked_arguments(decorators: &[Decorator]) -> usize {
    decorators.iter().filter(|decorator| supplies_mock(&decorator.expression)).count()
}

fn supplies_mock(decorator: &Expr) -> bool {
    let Expr::Call(call) = decorator else { return false };
    let place_of_new = match &*call.func {
        Expr::Name(name) if name.id == "patch" => 1,
        Expr::Attribute(attribute) => match attribute.attr.as_str() {
            "patch" => 1,
            "object" => 2,
            _ => return false,
        },
        _ => return false,
    };
    let arguments = &call.arguments;
    arguments.args.len() <= place_of_new && arguments.find_keyword("new").is_none()
}

/// Takes away what `@hypothesis.given` supplies; whether that is known.
fn fill_given(signature: &mut Signature, decorators: &[Decorator]) -> bool {
    let is_given = |call: &&ExprCall| match &*call.func {
        Expr::Name(name) => name.id == "given",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "given",
        _ => false,
    };
    let mut calls = decorators.iter().filter_map(|decorator| decorator.expression.as_call_expr());
    let Some(arguments) = calls.find(is_given).map(|call| &call.arguments) else { return false };
    let by_position = &arguments.args;
    if by_position.iter().any(Expr::is_starred_expr) {
        return false;
    }
    // `given(...)` supplies everything
    if by_position.iter().any(Expr::is_ellipsis_literal_expr) {
        signature.parameters.truncate(1);
        return false;
    }
    let kept = signature.parameters.len().saturating_sub(by_position.len());
    signature.parameters.truncate(kept);
    for keyword in &arguments.keywords {
        let Some(name) = &keyword.arg else { return false };
        signature.parameters.retain(|parameter| parameter.name != name.as_str());
    }
    true
}

pub(super) fn is_mock_patch(path: &str) -> bool {
    let path = path.strip_prefix("unittest.").unwrap_or(path);
    path.strip_prefix("mock.").is_some_and(|rest| rest.trim_start_matches("mock.").starts_with("patch"))
}

/// Decorators of the library and of pytest that keep the signature.
fn keeps_signature(by: &str) -> bool {
    by.starts_with("functools.")
        || by.starts_with("pytest.")
        || by.starts_with("contextlib.")
        || by.starts_with("unittest.")
}

impl Signature {
    /// The fixtures that a test function or fixture asks for. `bound` is whether the first
    /// parameter is filled by Python: a method's `self`.
    pub(super) fn arguments(&self, bound: bool) -> Arguments {
        let mut names: Vec<String> = self
            .parameters
            .iter()
            .filter(|parameter| !parameter.has_default)
            .map(|parameter| parameter.name.clone())
            .collect();
        if bound && !names.is_empty() {
            names.remove(0);
        }
        names.drain(..self.mocked.min(names.len()));
        let with_default = self
            .parameters
            .iter()
            .filter(|parameter| parameter.has_default)
            .map(|parameter| parameter.name.clone())
            .collect();
        Arguments { names, with_default, certain: self.certain }
    }
}

/// `class.__dict__[name]` of a class or its bases is a static method.
pub(super) fn is_static(interp: &Interp<'_>, class: Id, name: &str) -> bool {
    match lookup::in_class(interp, class, name) {
        Found::Value(value) => match interp.object(&value) {
            Some(Object::Wrapper(wrapper)) => wrapper.kind == WrapperKind::StaticMethod,
            _ => false,
        },
        Found::Absent | Found::Unknown => false,
    }
}
