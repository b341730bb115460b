//! `dict`: how it is made, and its methods.

use std::sync::Arc;

use super::lists::container;
use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Cause, Dict, Id, Instance, Key, List, Object, Payload, Set, name};

/// The class that supplies what is missing.
pub(in crate::interp) const DEFAULT_DICT: &str = "collections.defaultdict";

pub(super) const MODELS: Models = &[
    ("builtins.dict", dict),
    ("builtins.dict.get", get),
    ("builtins.dict.setdefault", setdefault),
    ("builtins.dict.pop", pop),
    ("builtins.dict.popitem", popitem),
    ("builtins.dict.update", update),
    ("builtins.dict.keys", keys),
    ("builtins.dict.values", values),
    ("builtins.dict.items", items),
    ("builtins.dict.copy", dict),
    ("builtins.dict.clear", clear),
    ("builtins.dict.fromkeys", fromkeys),
    ("builtins.set.clear", clear),
    ("collections.OrderedDict", dict),
    ("collections.defaultdict", defaultdict),
];

pub(super) fn dict(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut dict = Dict { open: args.open, ..Dict::default() };
    if let Some(source) = args.positional.first().cloned() {
        let plain = interp.plain(&source);
        if let Some(names) = plain.as_id().and_then(|id| interp.names_of_module(id)) {
            dict.entries = names.entries;
        } else if let Some(Object::Dict(other)) = interp.object(&plain) {
            dict.open |= other.open;
            dict.entries = other.entries.clone();
        } else if let Some(pairs) = interp.iterate(&source)? {
            for (place, pair) in pairs.iter().enumerate() {
                add_pair(interp, &mut dict, place, pair)?;
            }
        } else {
            dict.open = true;
        }
    }
    for (name, value) in args.keywords {
        dict.set(Key::Str(Arc::from(name.as_str())), Value::str(&name), value);
    }
    Ok(Value::Object(interp.heap.add(Object::Dict(dict))))
}

/// `defaultdict(default_factory, …)`
fn defaultdict(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let factory = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
    let factory = if args.open { Value::Unknown } else { factory };
    let data = dict(interp, args)?;
    let made = interp.new_instance(Value::external(DEFAULT_DICT), Payload::Data(data));
    if let Some(id) = made.as_id() {
        interp.heap.bind(id, &name("default_factory"), factory);
    }
    Ok(made)
}

fn add_pair(interp: &mut Interp<'_>, dict: &mut Dict, place: usize, pair: &Value) -> Eval<()> {
    if interp.refuses_iteration(pair)? {
        return interp
            .type_error(format!("cannot convert dictionary update sequence element #{place} to a sequence"));
    }
    match interp.iterate(pair)?.as_deref() {
        Some([name, value]) => match interp.key(name)? {
            Some(key) => dict.set(key, name.clone(), value.clone()),
            None => dict.open = true,
        },
        Some(odd) => {
            let length = odd.len();
            let message =
                format!("dictionary update sequence element #{place} has length {length}; 2 is required");
            return interp.raise("ValueError", message, Cause::Python);
        }
        None => dict.open = true,
    }
    Ok(())
}

fn receiver(interp: &Interp<'_>, args: &Args) -> Option<Id> {
    container(interp, args).filter(|&id| matches!(interp.heap.get(id), Object::Dict(_)))
}

fn clear(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(id) = container(interp, &args) {
        interp.forget_mirrored(id);
        match interp.heap.change(id) {
            Object::Dict(dict) => *dict = Dict::default(),
            Object::Set(set) => *set = Set::default(),
            _ => {}
        }
    }
    Ok(Value::None)
}

fn get(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = receiver(interp, &args) else { return Ok(Value::Unknown) };
    if id == interp.environ_id() {
        return super::os::getenv(interp, args);
    }
    let Some(wanted) = args.positional.get(1).cloned() else { return Ok(Value::Unknown) };
    let default = args.positional.get(2).cloned().unwrap_or(Value::None);
    if let Some(module) = interp.registered(&Value::Object(id), &wanted) {
        return Ok(module);
    }
    let key = interp.key(&wanted)?;
    let Object::Dict(dict) = interp.heap.get(id) else { return Ok(Value::Unknown) };
    Ok(match key.as_ref().and_then(|key| dict.entries.get(key)) {
        Some((_, value)) if !dict.open => value.clone(),
        Some(_) => Value::Unknown,
        None if dict.open || key.is_none() || id == interp.modules_id() => Value::Unknown,
        None => default,
    })
}

fn setdefault(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(id), Some(name)) = (receiver(interp, &args), args.positional.get(1).cloned()) else {
        return Ok(Value::Unknown);
    };
    let default = args.positional.get(2).cloned().unwrap_or(Value::None);
    interp.forget_mirrored(id);
    let Some(key) = interp.key(&name)? else {
        interp.heap.forget_content(id);
        return Ok(Value::Unknown);
    };
    let Object::Dict(dict) = interp.heap.get(id) else { return Ok(Value::Unknown) };
    if let Some((_, value)) = dict.entries.get(&key) {
        return Ok(value.clone());
    }
    // it may be there already: a variable of the process may have been set before
    let doubtful = id == interp.environ_id() || dict.open;
    let value = if doubtful { default.join(&Value::Unknown) } else { default };
    if let Object::Dict(dict) = interp.heap.change(id) {
        dict.set(key, name, value.clone());
    }
    Ok(value)
}

fn pop(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(id), Some(name)) = (receiver(interp, &args), args.positional.get(1).cloned()) else {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    let default = args.positional.get(2).cloned();
    interp.forget_mirrored(id);
    let Some(key) = interp.key(&name)? else {
        interp.heap.forget_content(id);
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    let Object::Dict(dict) = interp.heap.get(id) else { return Ok(Value::Unknown) };
    let (found, open) = (dict.entries.get(&key).map(|(_, value)| value.clone()), dict.open);
    let shared = id == interp.environ_id() || id == interp.modules_id();
    match (found, default) {
        (Some(value), _) => {
            if let Object::Dict(dict) = interp.heap.change(id) {
                dict.entries.shift_remove(&key);
            }
            Ok(if open { Value::Unknown } else { value })
        }
        (None, Some(_)) if open || shared => Ok(Value::Unknown),
        (None, Some(default)) => Ok(default),
        (None, None) if open || shared => {
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
        (None, None) => interp.key_error(&name),
    }
}

fn popitem(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = receiver(interp, &args) else { return Ok(Value::Unknown) };
    let shared = id == interp.environ_id() || id == interp.modules_id();
    let open = matches!(interp.heap.get(id), Object::Dict(dict) if dict.open);
    if open || shared {
        interp.heap.forget_content(id);
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    }
    let popped = match interp.heap.change(id) {
        Object::Dict(dict) => dict.entries.pop(),
        _ => None,
    };
    match popped {
        Some((_, (name, value))) => Ok(Value::tuple([name, value])),
        None => interp.key_error(&Value::str("popitem(): dictionary is empty")),
    }
}

fn update(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = receiver(interp, &args) else { return Ok(Value::None) };
    if let Some(other) = args.positional.get(1).cloned() {
        update_with(interp, &Value::Object(id), &other)?;
    }
    if args.open {
        interp.forget_mirrored(id);
    }
    if let Object::Dict(dict) = interp.heap.change(id) {
        dict.open |= args.open;
    }
    let keywords = interp.new_dict(args.keywords);
    interp.update_dict(&Value::Object(id), &keywords)?;
    Ok(Value::None)
}

/// `dict.update(source)` and `dict |= source`
pub(in crate::interp) fn update_with(interp: &mut Interp<'_>, owner: &Value, source: &Value) -> Eval<()> {
    let is_made = matches!(
        interp.object(source),
        Some(Object::Instance(Instance { class, payload: Payload::Nothing, .. })) if class.as_id().is_some()
    );
    let source = if is_made {
        match interp.mapping_of(source)? {
            Some(dict) => Value::Object(interp.heap.add(Object::Dict(dict))),
            None => Value::Unknown,
        }
    } else {
        interp.plain(source)
    };
    let other = dict(interp, Args::of([source]))?;
    interp.update_dict(owner, &other).map(drop)
}

/// A view of a dict: what is in it now, in order.
fn view(interp: &mut Interp<'_>, args: &Args, kind: &str, part: impl Fn(&Value, &Value) -> Value) -> Eval {
    let Some(id) = receiver(interp, args) else { return Ok(Value::Unknown) };
    let names = interp.names_of_module(id);
    let dict = match (&names, interp.heap.get(id)) {
        (Some(names), _) => names,
        (None, Object::Dict(dict)) => dict,
        _ => return Ok(Value::Unknown),
    };
    let open = dict.open || id == interp.environ_id() || id == interp.modules_id();
    let items: Vec<Value> = dict.entries.values().map(|(name, value)| part(name, value)).collect();
    let keys: Option<Vec<Key>> = items.iter().map(|item| interp.plain_key(item)).collect();
    // views of keys and of pairs are like sets
    let data = match keys {
        Some(keys) if kind != "dict_values" => {
            let items = keys.into_iter().zip(items).collect();
            Object::Set(Set { items, frozen: false, open })
        }
        _ => Object::List(List { items, open }),
    };
    let data = Value::Object(interp.heap.add(data));
    Ok(interp.new_instance(Value::builtin(kind), Payload::Data(data)))
}

fn keys(interp: &mut Interp<'_>, args: Args) -> Eval {
    view(interp, &args, "dict_keys", |name, _| name.clone())
}

fn values(interp: &mut Interp<'_>, args: Args) -> Eval {
    view(interp, &args, "dict_values", |_, value| value.clone())
}

fn items(interp: &mut Interp<'_>, args: Args) -> Eval {
    view(interp, &args, "dict_items", |name, value| Value::tuple([name.clone(), value.clone()]))
}

/// `dict.fromkeys(names, value=None)`
fn fromkeys(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let value = args.positional.get(1).cloned().unwrap_or(Value::None);
    let Some(names) = interp.iterate(&source)? else { return Ok(Value::Unknown) };
    let mut dict = Dict::default();
    for name in names {
        match interp.key(&name)? {
            Some(key) => dict.set(key, name, value.clone()),
            None => dict.open = true,
        }
    }
    Ok(Value::Object(interp.heap.add(Object::Dict(dict))))
}
