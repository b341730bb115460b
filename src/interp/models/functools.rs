//! `functools`.

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Method, Object, Partial, name};

pub(super) const MODELS: Models = &[
    ("functools.partial", partial),
    ("functools.wraps", wraps),
    ("collectlint.update_wrapper", update_wrapper_bound),
    ("functools.update_wrapper", update_wrapper),
    ("functools.lru_cache", lru_cache),
    ("functools.cache", super::identity),
    ("functools.cached_property", super::builtins_objects::cached_property),
    ("functools.total_ordering", super::identity),
];

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

/// `@lru_cache` and `@lru_cache(maxsize=None)`
fn lru_cache(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.only().and_then(|only| interp.object(only)) {
        Some(Object::Function(_)) => super::identity(interp, args),
        _ => Ok(Value::external("functools.cache")),
    }
}
