//! `inspect`: what a thing is, and the arguments of a function.

use super::{Args, Eval, Interp, Models, Value};
use crate::environment::stdlib::{self, Attribute, Kind};
use crate::interp::{Code, Id, Instance, Namespace, Object, Payload, Truth, WrapperKind};

pub(super) const MODELS: Models = &[
    ("inspect.isclass", is_class),
    ("inspect.isfunction", is_function),
    ("inspect.ismethod", is_method),
    ("inspect.ismodule", is_module),
    ("inspect.iscode", is_code),
    ("inspect.isgeneratorfunction", is_generator_function),
    ("inspect.iscoroutinefunction", is_coroutine_function),
    ("asyncio.iscoroutinefunction", is_coroutine_function),
    ("inspect.isasyncgenfunction", is_async_generator_function),
    ("inspect.getfullargspec", full_argument_specification),
    ("inspect.get_annotations", get_annotations),
    ("inspect.getmro", method_resolution_order),
    ("inspect.unwrap", unwrap),
];

/// The flags of a code object, as `inspect` names them.
const VARARGS: i64 = 4;
const VARKEYWORDS: i64 = 8;
const GENERATOR: i64 = 32;
const COROUTINE: i64 = 128;
const ASYNC_GENERATOR: i64 = 512;

/// `inspect.CO_…`
pub(super) fn constant(dotted: &str) -> Option<Value> {
    Some(Value::Int(match dotted {
        "inspect.CO_OPTIMIZED" => 1,
        "inspect.CO_NEWLOCALS" => 2,
        "inspect.CO_VARARGS" => VARARGS,
        "inspect.CO_VARKEYWORDS" => VARKEYWORDS,
        "inspect.CO_NESTED" => 16,
        "inspect.CO_GENERATOR" => GENERATOR,
        "inspect.CO_COROUTINE" => COROUTINE,
        "inspect.CO_ASYNC_GENERATOR" => ASYNC_GENERATOR,
        _ => return None,
    }))
}

/// What a value is, as the questions of `inspect` tell things apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Class,
    Function(Id),
    Method(Id),
    Module,
    Code,
    Other,
}

fn what(interp: &Interp<'_>, value: &Value) -> Option<What> {
    Some(match value {
        Value::Unknown | Value::OneOf(_) => return None,
        Value::Extern(external) => {
            let (python, platform) = (interp.environment.python, interp.environment.platform);
            if stdlib::class(&external.path, python, platform).is_some() {
                return Some(What::Class);
            }
            let (owner, name) = external.path.rsplit_once('.')?;
            match stdlib::attribute(owner, name, python, platform) {
                Attribute::Present(Kind::Class | Kind::Exception) => What::Class,
                // a function of a module that is written in C is none for `isfunction`
                _ => return None,
            }
        }
        Value::Object(id) => match interp.heap.get(*id) {
            Object::Class(_) => What::Class,
            // it is made in C
            Object::Function(function) if super::functools::is_cached(function) => return None,
            Object::Function(_) => What::Function(*id),
            Object::Method(method) => match method.function.as_id() {
                Some(function) if matches!(interp.heap.get(function), Object::Function(_)) => {
                    What::Method(function)
                }
                _ => return None,
            },
            Object::Module(_) => What::Module,
            Object::Instance(instance) if instance.class.is_extern("types.CodeType") => What::Code,
            Object::Instance(instance) if instance.class.as_id().is_none() => return None,
            Object::Wrapper(wrapper) if wrapper.kind == WrapperKind::Decorated => return None,
            // what a fixture is depends on the version of pytest
            Object::Fixture(_) | Object::Super(_) | Object::Scope(_) | Object::Gone => return None,
            Object::Instance(_)
            | Object::Wrapper(_)
            | Object::List(_)
            | Object::Dict(_)
            | Object::Set(_)
            | Object::Generator(_)
            | Object::Partial(_)
            | Object::Mark(_)
            | Object::Parameter(_) => What::Other,
        },
        Value::None
        | Value::NotImplemented
        | Value::Ellipsis
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Str(_)
        | Value::Bytes(_)
        | Value::Tuple(_) => What::Other,
    })
}

fn ask(interp: &Interp<'_>, args: &Args, is: impl Fn(What) -> bool) -> Value {
    let answer = |value: &Value| what(interp, value).map_or(Truth::Maybe, |what| Truth::from(is(what)));
    let Some(value) = args.only() else { return Value::Unknown };
    let answer = value.alternatives().iter().map(answer).reduce(Truth::join).unwrap_or(Truth::Maybe);
    answer.known().map_or(Value::Unknown, Value::Bool)
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn is_class(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(ask(interp, &args, |what| what == What::Class))
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn is_function(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(ask(interp, &args, |what| matches!(what, What::Function(_))))
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn is_method(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(ask(interp, &args, |what| matches!(what, What::Method(_))))
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn is_module(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(ask(interp, &args, |what| what == What::Module))
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn is_code(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(ask(interp, &args, |what| what == What::Code))
}

/// Whether a `def` is asynchronous, and whether it yields.
fn ask_of_body(interp: &Interp<'_>, args: &Args, wanted: (bool, bool)) -> Value {
    let Some(mut value) = args.only().cloned() else { return Value::Unknown };
    while let Some(Object::Partial(partial)) = interp.object(&value) {
        value = partial.function.clone();
    }
    match what(interp, &value) {
        None => Value::Unknown,
        Some(What::Function(id) | What::Method(id)) => {
            Value::Bool(flavour(interp, id).is_some_and(|flavour| flavour == wanted))
        }
        Some(What::Class | What::Module | What::Code | What::Other) => Value::Bool(false),
    }
}

fn flavour(interp: &Interp<'_>, function: Id) -> Option<(bool, bool)> {
    let Object::Function(made) = interp.heap.get(function) else { return None };
    Some(match made.code {
        Code::Def(def) => (def.is_async, interp.yields(def)),
        Code::Lambda(lambda) => (false, Interp::lambda_yields(lambda)),
    })
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn is_generator_function(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(ask_of_body(interp, &args, (false, true)))
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn is_coroutine_function(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(ask_of_body(interp, &args, (true, false)))
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn is_async_generator_function(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(ask_of_body(interp, &args, (true, true)))
}

/// The names of a function's parameters.
#[derive(Debug, Default)]
struct Names {
    by_position: Vec<Value>,
    only_by_position: usize,
    by_keyword: Vec<Value>,
    rest: Option<Value>,
    rest_by_keyword: Option<Value>,
}

fn names(interp: &Interp<'_>, function: Id) -> Names {
    let Some(parameters) = interp.parameters_of(function) else { return Names::default() };
    let named = |parameter: &ruff_python_ast::ParameterWithDefault| Value::str(&parameter.parameter.name.id);
    Names {
        by_position: parameters.posonlyargs.iter().chain(&parameters.args).map(named).collect(),
        only_by_position: parameters.posonlyargs.len(),
        by_keyword: parameters.kwonlyargs.iter().map(named).collect(),
        rest: parameters.vararg.as_ref().map(|parameter| Value::str(&parameter.name.id)),
        rest_by_keyword: parameters.kwarg.as_ref().map(|parameter| Value::str(&parameter.name.id)),
    }
}

/// `inspect.getfullargspec(function)`: it does not look behind `__wrapped__`.
fn full_argument_specification(interp: &mut Interp<'_>, args: Args) -> Eval {
    let asked = args.only().and_then(|value| what(interp, value));
    let function = match asked {
        Some(What::Function(function) | What::Method(function)) => function,
        Some(What::Module | What::Code | What::Other) => return interp.type_error("unsupported callable"),
        Some(What::Class) | None => {
            interp.may_raise_anything();
            return Ok(Value::Unknown);
        }
    };
    if interp.heap.names(function).is_some_and(|names| names.contains("__signature__")) {
        return Ok(Value::Unknown);
    }
    let Names { by_position, by_keyword, rest, rest_by_keyword, .. } = names(interp, function);
    let of = Value::Object(function);
    let part = |interp: &mut Interp<'_>, attribute: &str| {
        interp.attribute(&of, &crate::interp::name(attribute)).unwrap_or(Value::Unknown)
    };
    let parts = [
        ("args", interp.new_list(by_position)),
        ("varargs", rest.unwrap_or(Value::None)),
        ("varkw", rest_by_keyword.unwrap_or(Value::None)),
        ("defaults", part(interp, "__defaults__")),
        ("kwonlyargs", interp.new_list(by_keyword)),
        ("kwonlydefaults", part(interp, "__kwdefaults__")),
        ("annotations", part(interp, "__annotations__")),
    ];
    let mut attributes = Namespace::default();
    attributes.open = true;
    for (attribute, value) in &parts {
        attributes.bind(*attribute, value.clone());
    }
    let payload = Payload::Data(Value::tuple(parts.into_iter().map(|(_, value)| value)));
    let instance = Instance { class: Value::external("inspect.FullArgSpec"), attributes, payload };
    Ok(Value::Object(interp.heap.add(Object::Instance(instance))))
}

/// `inspect.get_annotations(function)`: a dict of its own.
fn get_annotations(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Object(function)) = args.only().cloned() else { return Ok(Value::Unknown) };
    if !matches!(interp.heap.get(function), Object::Function(_)) {
        return Ok(Value::Unknown);
    }
    let annotations = interp.attribute(&Value::Object(function), &crate::interp::name("__annotations__"))?;
    Ok(match interp.object(&annotations) {
        Some(Object::Dict(dict)) => {
            let dict = dict.clone();
            Value::Object(interp.heap.add(Object::Dict(dict)))
        }
        _ => Value::Unknown,
    })
}

impl Interp<'_> {
    /// `function.__code__`
    pub(in crate::interp) fn code_of_function(&mut self, function: Id) -> Value {
        let Object::Function(made) = self.heap.get(function) else { return Value::Unknown };
        let (name, path) = (Value::str(&made.name), made.file.source.path().to_string_lossy().into_owned());
        let locals = match made.code {
            Code::Def(def) => self.locals_of(def),
            Code::Lambda(_) => 0,
        };
        let Names { by_position, only_by_position, by_keyword, rest, rest_by_keyword } =
            names(self, function);
        let flags = match flavour(self, function) {
            Some((false, true)) => GENERATOR,
            Some((true, false)) => COROUTINE,
            Some((true, true)) => ASYNC_GENERATOR,
            Some((false, false)) | None => 0,
        };
        let flags = flags + i64::from(rest.is_some()) * VARARGS;
        let flags = flags + i64::from(rest_by_keyword.is_some()) * VARKEYWORDS;
        let count = |length: usize| i64::try_from(length).map_or(Value::Unknown, Value::Int);
        let counts = [
            ("co_argcount", count(by_position.len())),
            ("co_posonlyargcount", count(only_by_position)),
            ("co_kwonlyargcount", count(by_keyword.len())),
            // optimized, with locals of its own
            ("co_flags", Value::Int(3 + flags)),
            ("co_name", name),
            ("co_filename", Value::str(path)),
        ];
        let parameters = by_position.into_iter().chain(by_keyword).chain(rest).chain(rest_by_keyword);
        // NOTE: in which order the compiler numbers the other variables is not modelled
        let variables: Vec<Value> = parameters.chain(std::iter::repeat_n(Value::Unknown, locals)).collect();
        let mut attributes = Namespace::default();
        attributes.open = true;
        for (attribute, value) in counts {
            attributes.bind(attribute, value);
        }
        attributes.bind("co_varnames", Value::tuple(variables));
        let class = Value::external("types.CodeType");
        let instance = Instance { class, attributes, payload: Payload::Nothing };
        Value::Object(self.heap.add(Object::Instance(instance)))
    }
}

/// The class itself, then its bases.
#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn method_resolution_order(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(args.only().map_or(Value::Unknown, |class| mro(interp, class)))
}

/// `class.__mro__`, where it is known.
pub(super) fn mro(interp: &Interp<'_>, class: &Value) -> Value {
    match interp.object(class) {
        Some(Object::Class(class)) if !class.open => Value::tuple(class.mro.iter().cloned()),
        _ => Value::Unknown,
    }
}

/// `inspect.unwrap(function)` follows `__wrapped__`.
#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a model")]
fn unwrap(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(mut value) = args.only().cloned() else { return Ok(Value::Unknown) };
    for _ in 0..100 {
        let inner = match value.as_id().map(|id| interp.heap.get(id)) {
            Some(Object::Function(function)) => function.attributes.value("__wrapped__").cloned(),
            Some(Object::Wrapper(wrapper)) if wrapper.kind == WrapperKind::Decorated => {
                Some(wrapper.inner.clone())
            }
            Some(Object::Class(_)) => None,
            _ => return Ok(Value::Unknown),
        };
        match inner {
            Some(inner) => value = inner,
            None => return Ok(value),
        }
    }
    Ok(Value::Unknown)
}
