//! `functools`.

use super::{Args, Eval, Interp, Models, Value};
use crate::environment::PythonVersion;
use crate::interp::{Function, Method, Object, Partial, Truth, name};

pub(super) const MODELS: Models = &[
    ("functools.partial", partial),
    ("functools.wraps", wraps),
    ("collectlint.update_wrapper", update_wrapper_bound),
    ("functools.update_wrapper", update_wrapper),
    ("functools.lru_cache", lru_cache),
    (CACHE_INFO, super::something),
    ("collectlint.cache_clear", super::nothing),
    ("functools.cache", lru_cache),
    ("functools.cached_property", super::builtins_objects::cached_property),
    ("functools.total_ordering", super::identity),
    (REGISTER, register),
    (DECORATE, super::identity),
    ("typing.get_type_hints", get_type_hints),
    ("inspect.signature", signature),
];

/// `register` of what `singledispatch` and `singledispatchmethod` make.
pub(in crate::interp) const REGISTER: &str = "collectlint.singledispatch.register";
/// What `register(class)` gives.
const DECORATE: &str = "collectlint.singledispatch.decorate";

/// `@f.register(class)`, or `@f.register` on a function whose annotations say which class it is for: they
/// are evaluated.
fn register(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (class, function) = match args.positional.as_slice() {
        [_, class] if !args.open && args.keywords.is_empty() => (class.clone(), None),
        [_, class, function] if !args.open => (class.clone(), Some(function.clone())),
        _ => return Ok(Value::Unknown),
    };
    if let Some(function) = function {
        return Ok(function);
    }
    if interp.environment.python >= PythonVersion::new(3, 14) {
        return Ok(Value::Unknown);
    }
    let refused = match interp.object(&class) {
        Some(Object::Function(_)) => match class.as_id() {
            Some(id) => !interp.evaluate_hints(id)?,
            None => false,
        },
        Some(Object::Wrapper(_) | Object::Method(_) | Object::Partial(_)) => return Ok(class),
        _ => matches!(class, Value::None | Value::Int(_) | Value::Str(_) | Value::Bool(_) | Value::Tuple(_)),
    };
    if refused {
        let shown = interp.repr_of(&class).unwrap_or_default();
        return interp.type_error(format!(
            "Invalid first argument to `register()`: {shown}. Use either `@register(some_class)` or plain \
             `@register` on an annotated function."
        ));
    }
    match interp.object(&class) {
        Some(Object::Function(_)) => Ok(class),
        _ => Ok(Value::external(DECORATE)),
    }
}

/// `typing.get_type_hints(function)`
fn get_type_hints(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(of) = args.only().and_then(Value::as_id)
        && interp.environment.python < PythonVersion::new(3, 14)
    {
        match interp.heap.get(of) {
            Object::Function(_) => drop(interp.evaluate_hints(of)?),
            Object::Class(_) => interp.evaluate_class_hints(of)?,
            _ => {}
        }
    }
    Ok(Value::Unknown)
}

/// `inspect.signature(function, eval_str=True)`
fn signature(interp: &mut Interp<'_>, args: Args) -> Eval {
    let evaluates = args.keyword("eval_str").is_some_and(|flag| interp.plain_truth(flag) == Truth::Yes);
    match args.positional.as_slice() {
        [Value::Object(of)]
            if evaluates
                && args.keywords.len() == 1
                && interp.environment.python >= PythonVersion::new(3, 10)
                && interp.environment.python < PythonVersion::new(3, 14) =>
        {
            let of = *of;
            interp.evaluate_hints(of)?;
        }
        [Value::Object(of)] if matches!(interp.heap.get(*of), Object::Function(_)) => {}
        _ => interp.may_raise_anything(),
    }
    Ok(Value::Unknown)
}

fn partial(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((function, positional)) = args.positional.split_first() else {
        return interp.type_error("type 'partial' takes at least one argument");
    };
    if args.open {
        return Ok(Value::Unknown);
    }
    let partial = Partial {
        function: function.clone(),
        positional: positional.to_vec(),
        keywords: args.keywords.clone(),
    };
    Ok(Value::Object(interp.heap.add(Object::Partial(partial))))
}

/// `@functools.wraps(original)` gives a decorator.
fn wraps(interp: &mut Interp<'_>, args: Args) -> Eval {
    let original = args.positional.first().cloned().unwrap_or(Value::Unknown);
    let function = Value::external("collectlint.update_wrapper");
    Ok(Value::Object(interp.heap.add(Object::Method(Method { function, receiver: original }))))
}

fn update_wrapper_bound(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [original, wrapper] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    Ok(adopt(interp, wrapper, original))
}

fn update_wrapper(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [wrapper, original, ..] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    Ok(adopt(interp, wrapper, original))
}

/// The wrapper gets the original's name and attributes, and `__wrapped__`.
fn adopt(interp: &mut Interp<'_>, wrapper: &Value, original: &Value) -> Value {
    let Some(id) = wrapper.as_id() else { return wrapper.clone() };
    if let Some(of) = original.as_id()
        && let Some(attributes) = interp.heap.names(of).cloned()
        && matches!(interp.heap.get(of), Object::Function(_) | Object::Wrapper(_))
    {
        // a function's defaults and code are not in its `__dict__`
        let own = ["__defaults__", "__kwdefaults__", "__code__"];
        for (key, binding) in attributes.iter().filter(|(key, _)| !own.contains(&key.as_str())) {
            interp.heap.bind(id, key, binding.value.clone());
        }
    }
    if matches!(interp.object(original), Some(Object::Function(_))) {
        for attribute in ["__name__", "__qualname__", "__module__", "__doc__"] {
            let attribute = name(attribute);
            if let Ok(value) = interp.attribute(original, &attribute) {
                interp.heap.bind(id, &attribute, value);
            }
        }
    }
    interp.heap.bind(id, &name("__wrapped__"), original.clone());
    wrapper.clone()
}

/// What `cache_info` of a cached function is.
const CACHE_INFO: &str = "collectlint.cache_info";

/// Whether `lru_cache` made the function of another one.
pub(super) fn is_cached(function: &Function<'_>) -> bool {
    function.attributes.value("cache_info").is_some_and(|value| value.is_extern(CACHE_INFO))
}

/// `@lru_cache` and `@lru_cache(maxsize=None)`: another function, with methods to look at what is kept.
fn lru_cache(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(original) = args.only().cloned() else { return Ok(Value::external("functools.cache")) };
    if matches!(original, Value::None | Value::Int(_) | Value::Bool(_)) {
        // `maxsize`
        return Ok(Value::external("functools.cache"));
    }
    let Some(Object::Function(function)) = interp.object(&original) else { return Ok(Value::Unknown) };
    let mut cached = function.clone();
    for (attribute, model) in [
        ("cache_info", CACHE_INFO),
        ("cache_parameters", CACHE_INFO),
        ("cache_clear", "collectlint.cache_clear"),
    ] {
        cached.attributes.bind(attribute, Value::external(model));
    }
    cached.attributes.bind("__wrapped__", original);
    Ok(Value::Object(interp.heap.add(Object::Function(cached))))
}
