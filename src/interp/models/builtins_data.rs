//! Builtin containers and numbers: how they are made, and their methods.

use crate::environment::PythonVersion;
use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value, nothing, something};
use crate::interp::{Cause, Dict, Id, Key, List, Object, Payload, Set, Truth};

pub(super) const MODELS: Models = &[
    ("builtins.list", list),
    ("builtins.tuple", tuple),
    ("builtins.set", set),
    ("builtins.frozenset", frozenset),
    ("builtins.dict", dict),
    ("builtins.range", range),
    ("builtins.enumerate", enumerate),
    ("builtins.zip", zip),
    ("builtins.map", map),
    ("builtins.filter", filter),
    ("builtins.sorted", sorted),
    ("builtins.reversed", reversed),
    ("builtins.iter", iter),
    ("builtins.next", next),
    ("builtins.int", int),
    ("builtins.float", float),
    ("builtins.bool", boolean),
    ("builtins.str", text),
    ("builtins.bytes", something),
    ("builtins.bytearray", something),
    ("builtins.list.append", append),
    ("builtins.list.extend", extend),
    ("builtins.list.insert", insert),
    ("builtins.list.remove", remove),
    ("builtins.list.pop", list_pop),
    ("builtins.list.clear", clear),
    ("builtins.list.copy", list),
    ("builtins.list.sort", sort),
    ("builtins.list.reverse", reverse),
    ("builtins.list.index", something),
    ("builtins.list.count", something),
    ("builtins.tuple.index", something),
    ("builtins.tuple.count", something),
    ("builtins.dict.get", get),
    ("builtins.dict.setdefault", setdefault),
    ("builtins.dict.pop", dict_pop),
    ("builtins.dict.update", update),
    ("builtins.dict.keys", keys),
    ("builtins.dict.values", values),
    ("builtins.dict.items", items),
    ("builtins.dict.copy", dict),
    ("builtins.dict.clear", clear),
    ("builtins.dict.fromkeys", fromkeys),
    ("builtins.list.__init__", init),
    ("builtins.dict.__init__", init),
    ("builtins.set.__init__", init),
    ("builtins.dict.__setitem__", set_item),
    ("builtins.dict.__getitem__", item),
    ("builtins.list.__getitem__", item),
    ("builtins.list.__setitem__", set_item),
    ("builtins.generator.close", nothing),
    ("builtins.coroutine.close", nothing),
    ("collections.OrderedDict", dict),
    ("collections.defaultdict", something),
    ("collections.deque", something),
    ("collections.Counter", something),
    ("itertools.product", product),
    ("itertools.chain", chain),
    ("itertools.chain.from_iterable", chain_from),
    ("itertools.combinations", combinations),
    ("itertools.permutations", permutations),
    ("itertools.count", unknown_iterator),
    ("itertools.cycle", unknown_iterator),
    ("itertools.repeat", repeat),
    ("copy.copy", something),
    ("copy.deepcopy", deepcopy),
];

fn open_list(interp: &mut Interp<'_>) -> Value {
    Value::Object(interp.heap.add(Object::List(List { items: Vec::new(), open: true })))
}

fn iterator(interp: &mut Interp<'_>, kind: &str, items: Option<Vec<Value>>) -> Value {
    interp.new_instance(Value::builtin(kind), Payload::Iterator(items))
}

fn list(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return Ok(interp.new_list(Vec::new())) };
    Ok(match interp.iterate(&source)? {
        Some(items) => interp.new_list(items),
        None => open_list(interp),
    })
}

fn tuple(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return Ok(Value::tuple([])) };
    Ok(interp.iterate(&source)?.map_or(Value::Unknown, Value::tuple))
}

fn set(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return interp.make_set(Vec::new(), false) };
    match interp.iterate(&source)? {
        Some(items) => interp.make_set(items, false),
        None => interp.make_set(Vec::new(), true),
    }
}

fn frozenset(interp: &mut Interp<'_>, args: Args) -> Eval {
    let made = set(interp, args)?;
    if let Some(id) = made.as_id()
        && let Object::Set(set) = interp.heap.change(id)
    {
        set.frozen = true;
    }
    Ok(made)
}

fn dict(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut dict = Dict { open: args.open, ..Dict::default() };
    if let Some(source) = args.positional.first().cloned() {
        match interp.object(&source) {
            Some(Object::Dict(other)) => {
                dict.open |= other.open;
                dict.entries = other.entries.clone();
            }
            _ => match interp.iterate(&source)? {
                Some(pairs) => {
                    for pair in pairs {
                        match interp.iterate(&pair)?.as_deref() {
                            Some([name, value]) => match interp.key(name)? {
                                Some(key) => {
                                    dict.entries.insert(key, (name.clone(), value.clone()));
                                }
                                None => dict.open = true,
                            },
                            _ => dict.open = true,
                        }
                    }
                }
                None => dict.open = true,
            },
        }
    }
    for (name, value) in args.keywords {
        dict.entries.insert(Key::Str(Arc::from(name.as_str())), (Value::str(&name), value));
    }
    Ok(Value::Object(interp.heap.add(Object::Dict(dict))))
}

fn range(interp: &mut Interp<'_>, args: Args) -> Eval {
    let numbers: Option<Vec<i64>> = args
        .positional
        .iter()
        .map(|value| match value {
            Value::Int(number) => Some(*number),
            Value::Bool(number) => Some(i64::from(*number)),
            _ => None,
        })
        .collect();
    if let Some(wrong) =
        args.positional.iter().find(|value| matches!(value, Value::None | Value::Str(_) | Value::Float(_)))
    {
        let kind = interp.type_name(wrong);
        return interp.type_error(format!("'{kind}' object cannot be interpreted as an integer"));
    }
    let (start, stop, step) = match numbers.as_deref() {
        Some([stop]) => (0, *stop, 1),
        Some([start, stop]) => (*start, *stop, 1),
        Some([_, _, 0]) => {
            return interp.raise("ValueError", "range() arg 3 must not be zero", Cause::Python);
        }
        Some([start, stop, step]) => (*start, *stop, *step),
        _ => return Ok(Value::Unknown),
    };
    Ok(interp.new_instance(Value::builtin("range"), Payload::Range(start, stop, step)))
}

fn enumerate(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let start = match args.get(1, "start") {
        None => Some(0),
        Some(Value::Int(start)) => Some(*start),
        Some(_) => None,
    };
    let items = interp.iterate(&source)?.zip(start).map(|(items, start)| {
        items.into_iter().zip(start..).map(|(item, index)| Value::tuple([Value::Int(index), item])).collect()
    });
    Ok(iterator(interp, "enumerate", items))
}

fn zip(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(strict) = args.keyword("strict")
        && interp.environment.python < PythonVersion::new(3, 10)
    {
        let _ = strict;
        return interp.type_error("zip() takes no keyword arguments");
    }
    let mut columns = Vec::new();
    for source in &args.positional {
        columns.push(interp.iterate(source)?);
    }
    let columns: Option<Vec<Vec<Value>>> = columns.into_iter().collect();
    let items = columns.filter(|_| !args.open).map(|columns| {
        let rows = columns.iter().map(Vec::len).min().unwrap_or(0);
        (0..rows).map(|row| Value::tuple(columns.iter().map(|column| column[row].clone()))).collect()
    });
    Ok(iterator(interp, "zip", items))
}

fn map(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((function, sources)) = args.positional.split_first() else { return Ok(Value::Unknown) };
    let [source] = sources else { return Ok(iterator(interp, "map", None)) };
    let (function, source) = (function.clone(), source.clone());
    let mut mapped = Vec::new();
    let Some(items) = interp.iterate(&source)? else { return Ok(iterator(interp, "map", None)) };
    // NOTE: `map` is lazy: what the function raises, it raises when it is used, which nearly always is at once
    for item in items {
        mapped.push(interp.call(&function, Args::of([item]))?);
    }
    Ok(iterator(interp, "map", Some(mapped)))
}

fn filter(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [function, source] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let (function, source) = (function.clone(), source.clone());
    let Some(items) = interp.iterate(&source)? else { return Ok(iterator(interp, "filter", None)) };
    let mut kept = Vec::new();
    for item in items {
        let result = match function {
            Value::None => item.clone(),
            _ => interp.call(&function, Args::of([item.clone()]))?,
        };
        match interp.plain_truth(&result) {
            Truth::Yes => kept.push(item),
            Truth::No => {}
            Truth::Maybe => return Ok(iterator(interp, "filter", None)),
        }
    }
    Ok(iterator(interp, "filter", Some(kept)))
}

/// Sorted texts or numbers; `None` where the order is not known.
fn order(items: &mut [Value]) -> bool {
    if items.iter().all(|item| matches!(item, Value::Str(_))) {
        items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        return true;
    }
    if items.iter().all(|item| matches!(item, Value::Int(_))) {
        items.sort_by_key(|item| match item {
            Value::Int(number) => *number,
            _ => 0,
        });
        return true;
    }
    items.len() < 2
}

fn sorted(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let Some(mut items) = interp.iterate(&source)? else { return Ok(open_list(interp)) };
    let known = args.keyword("key").is_none_or(|key| matches!(key, Value::None)) && order(&mut items);
    match args.keyword("reverse") {
        Some(Value::Bool(true)) => items.reverse(),
        None | Some(Value::Bool(false)) => {}
        Some(_) => items.fill(Value::Unknown),
    }
    if !known {
        // the number of items is known, their order is not
        let any = items.clone().into_iter().reduce(|one, other| one.join(&other)).unwrap_or(Value::Unknown);
        items.fill(any);
    }
    Ok(interp.new_list(items))
}

fn reversed(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.only().cloned() else { return Ok(Value::Unknown) };
    let items = interp.iterate(&source)?.map(|mut items| {
        items.reverse();
        items
    });
    Ok(iterator(interp, "reversed", items))
}

fn iter(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.only().cloned() else { return Ok(iterator(interp, "iterator", None)) };
    let items = interp.iterate(&source)?;
    Ok(iterator(interp, "iterator", items))
}

fn next(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let default = args.positional.get(1).cloned();
    let Some(Object::Instance(instance)) = interp.object(&source) else {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    let Payload::Iterator(Some(items)) = instance.payload.clone() else {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    match (items.split_first(), default) {
        (Some((first, rest)), _) => {
            if let Some(id) = source.as_id()
                && let Object::Instance(instance) = interp.heap.change(id)
            {
                instance.payload = Payload::Iterator(Some(rest.to_vec()));
            }
            Ok(first.clone())
        }
        (None, Some(default)) => Ok(default),
        (None, None) => interp.raise("StopIteration", "", Cause::Python),
    }
}

fn int(interp: &mut Interp<'_>, args: Args) -> Eval {
    if args.positional.len() != 1 || !args.keywords.is_empty() {
        return Ok(if args.positional.is_empty() { Value::Int(0) } else { Value::Unknown });
    }
    match &args.positional[0] {
        Value::Int(number) => Ok(Value::Int(*number)),
        Value::Bool(number) => Ok(Value::Int(i64::from(*number))),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "Python truncates as well; huge ones are not known"
        )]
        Value::Float(number) if number.abs() < 9e15 => Ok(Value::Int(*number as i64)),
        Value::Str(text) => {
            let digits = text.trim().replace('_', "");
            match digits.parse() {
                Ok(number) => Ok(Value::Int(number)),
                Err(_)
                    if digits.trim_start_matches(['+', '-']).chars().all(|c| c.is_ascii_digit())
                        && !digits.is_empty() =>
                {
                    Ok(Value::Unknown)
                }
                Err(_) if text.is_ascii() => {
                    let shown = crate::interp::truthiness::repr_text(text);
                    let message = format!("invalid literal for int() with base 10: {shown}");
                    interp.raise("ValueError", message, Cause::Python)
                }
                Err(_) => Ok(Value::Unknown),
            }
        }
        Value::None => interp.type_error(
            "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'",
        ),
        _ => {
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
    }
}

fn float(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.only() {
        Some(Value::Float(number)) => Ok(Value::Float(*number)),
        #[expect(clippy::cast_precision_loss, reason = "Python rounds in the same way")]
        Some(Value::Int(number)) => Ok(Value::Float(*number as f64)),
        Some(Value::Str(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "nan" | "+nan" | "-nan" => Ok(Value::Float(f64::NAN)),
            "inf" | "+inf" | "infinity" => Ok(Value::Float(f64::INFINITY)),
            "-inf" | "-infinity" => Ok(Value::Float(f64::NEG_INFINITY)),
            trimmed => match trimmed.parse() {
                Ok(number) => Ok(Value::Float(number)),
                Err(_) if trimmed.contains('_') || !trimmed.is_ascii() => Ok(Value::Unknown),
                Err(_) => {
                    let shown = crate::interp::truthiness::repr_text(text);
                    interp.raise(
                        "ValueError",
                        format!("could not convert string to float: {shown}"),
                        Cause::Python,
                    )
                }
            },
        },
        Some(Value::None) => {
            interp.type_error("float() argument must be a string or a real number, not 'NoneType'")
        }
        _ => {
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
    }
}

fn boolean(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.first().cloned() else { return Ok(Value::Bool(false)) };
    let truth = interp.truth(&value)?;
    Ok(truth.known().map_or(Value::Unknown, Value::Bool))
}

fn text(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match args.positional.first() {
        None => Value::str(""),
        Some(value) => {
            let value = value.clone();
            interp.str_value(&value)?.map_or(Value::Unknown, Value::str)
        }
    })
}

/// The list that a method is called on.
fn receiver(interp: &Interp<'_>, args: &Args) -> Option<Id> {
    let id = interp.plain(args.positional.first()?).as_id()?;
    matches!(interp.heap.get(id), Object::List(_) | Object::Dict(_) | Object::Set(_)).then_some(id)
}

fn append(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let (Some(id), Some(value)) = (receiver(interp, &args), args.positional.get(1).cloned())
        && let Object::List(list) = interp.heap.change(id)
    {
        list.items.push(value);
    }
    Ok(Value::None)
}

fn extend(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(id), Some(source)) = (receiver(interp, &args), args.positional.get(1).cloned()) else {
        return Ok(Value::None);
    };
    let items = interp.iterate(&source)?;
    if let Object::List(list) = interp.heap.change(id) {
        match items {
            Some(items) => list.items.extend(items),
            None => list.open = true,
        }
    }
    Ok(Value::None)
}

fn insert(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(id), Some(index), Some(value)) =
        (receiver(interp, &args), args.positional.get(1).cloned(), args.positional.get(2).cloned())
    else {
        return Ok(Value::None);
    };
    if let Object::List(list) = interp.heap.change(id) {
        let length = list.items.len();
        let place = match index {
            Value::Int(place) if place < 0 => {
                Some(usize::try_from(place + i64::try_from(length).unwrap_or(0)).unwrap_or(0))
            }
            Value::Int(place) => Some(usize::try_from(place).unwrap_or(length).min(length)),
            _ => None,
        };
        match place {
            Some(place) => list.items.insert(place, value),
            None => list.open = true,
        }
    }
    Ok(Value::None)
}

fn remove(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(id), Some(value)) = (receiver(interp, &args), args.positional.get(1).cloned()) else {
        return Ok(Value::None);
    };
    let Object::List(list) = interp.heap.get(id) else { return Ok(Value::None) };
    let (items, open) = (list.items.clone(), list.open);
    let known: Vec<Truth> = items.iter().map(|item| interp.equal(item, &value)).collect();
    match known.iter().position(|truth| *truth != Truth::No) {
        Some(place) if known[place] == Truth::Yes => {
            if let Object::List(list) = interp.heap.change(id) {
                list.items.remove(place);
            }
            Ok(Value::None)
        }
        None if !open => interp.raise("ValueError", "list.remove(x): x not in list", Cause::Python),
        _ => {
            interp.heap.forget_content(id);
            interp.may_raise_anything();
            Ok(Value::None)
        }
    }
}

fn list_pop(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = receiver(interp, &args) else { return Ok(Value::Unknown) };
    let Object::List(list) = interp.heap.get(id) else { return Ok(Value::Unknown) };
    let (length, open) = (list.items.len(), list.open);
    if open {
        interp.heap.forget_content(id);
        return Ok(Value::Unknown);
    }
    let place = match args.positional.get(1) {
        None => length.checked_sub(1),
        Some(Value::Int(place)) if *place < 0 => {
            usize::try_from(place + i64::try_from(length).unwrap_or(0)).ok()
        }
        Some(Value::Int(place)) => usize::try_from(*place).ok(),
        Some(_) => {
            interp.heap.forget_content(id);
            return Ok(Value::Unknown);
        }
    };
    match place {
        Some(place) if place < length => match interp.heap.change(id) {
            Object::List(list) => Ok(list.items.remove(place)),
            _ => Ok(Value::Unknown),
        },
        _ => {
            let message = if length == 0 { "pop from empty list" } else { "pop index out of range" };
            interp.raise("IndexError", message, Cause::Python)
        }
    }
}

fn clear(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(id) = receiver(interp, &args) {
        match interp.heap.change(id) {
            Object::List(list) => *list = List::default(),
            Object::Dict(dict) => *dict = Dict::default(),
            Object::Set(set) => *set = Set::default(),
            _ => {}
        }
    }
    Ok(Value::None)
}

fn sort(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = receiver(interp, &args) else { return Ok(Value::None) };
    let plain = args.keywords.is_empty();
    if let Object::List(list) = interp.heap.change(id)
        && !(plain && order(&mut list.items))
    {
        let any = list.items.iter().cloned().reduce(|one, other| one.join(&other));
        list.items.fill(any.unwrap_or(Value::Unknown));
    }
    Ok(Value::None)
}

fn reverse(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(id) = receiver(interp, &args)
        && let Object::List(list) = interp.heap.change(id)
    {
        list.items.reverse();
    }
    Ok(Value::None)
}

fn get(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(owner) = args.positional.first() else { return Ok(Value::Unknown) };
    if owner.as_id() == Some(interp.environ_id()) {
        return super::os::getenv(interp, args);
    }
    let Some(wanted) = args.positional.get(1).cloned() else { return Ok(Value::Unknown) };
    let default = args.positional.get(2).cloned().unwrap_or(Value::None);
    let key = interp.key(&wanted)?;
    let Some(Object::Dict(dict)) = args.positional.first().and_then(|owner| interp.object(owner)) else {
        return Ok(Value::Unknown);
    };
    Ok(match key.and_then(|key| dict.entries.get(&key)) {
        Some((_, value)) if !dict.open => value.clone(),
        Some(_) => Value::Unknown,
        None if dict.open || interp.plain_key(&wanted).is_none() => Value::Unknown,
        None => {
            if args.positional.first().and_then(Value::as_id) == Some(interp.modules_id()) {
                Value::Unknown
            } else {
                default
            }
        }
    })
}

fn setdefault(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(owner), Some(name)) = (args.positional.first().cloned(), args.positional.get(1).cloned())
    else {
        return Ok(Value::Unknown);
    };
    let default = args.positional.get(2).cloned().unwrap_or(Value::None);
    let key = interp.key(&name)?;
    let (Some(id), Some(key)) = (owner.as_id(), key) else { return Ok(Value::Unknown) };
    let Object::Dict(dict) = interp.heap.get(id) else { return Ok(Value::Unknown) };
    if let Some((_, value)) = dict.entries.get(&key) {
        return Ok(value.clone());
    }
    // a variable of the process may have been set before
    let value = if id == interp.environ_id() { default.join(&Value::Unknown) } else { default };
    if let Object::Dict(dict) = interp.heap.change(id) {
        dict.entries.insert(key, (name, value.clone()));
    }
    Ok(value)
}

fn dict_pop(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(owner), Some(name)) = (args.positional.first().cloned(), args.positional.get(1).cloned())
    else {
        return Ok(Value::Unknown);
    };
    let default = args.positional.get(2).cloned();
    let key = interp.key(&name)?;
    let (Some(id), Some(key)) = (owner.as_id(), key) else { return Ok(Value::Unknown) };
    let Object::Dict(dict) = interp.heap.get(id) else { return Ok(Value::Unknown) };
    let (found, open) = (dict.entries.get(&key).map(|(_, value)| value.clone()), dict.open);
    match (found, default) {
        (Some(value), _) => {
            if let Object::Dict(dict) = interp.heap.change(id) {
                dict.entries.shift_remove(&key);
            }
            Ok(value)
        }
        (None, Some(default)) => Ok(default.join(&Value::Unknown)),
        (None, None) if open || id == interp.environ_id() || id == interp.modules_id() => {
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
        (None, None) => {
            let shown = interp.repr_of(&name).unwrap_or_default();
            interp.raise("KeyError", shown, Cause::Python)
        }
    }
}

fn update(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(owner) = args.positional.first().cloned() else { return Ok(Value::None) };
    if let Some(other) = args.positional.get(1).cloned() {
        let other = dict(interp, Args::of([other]))?;
        interp.update_dict(&owner, &other)?;
    }
    if let Some(id) = receiver(interp, &args)
        && let Object::Dict(dict) = interp.heap.change(id)
    {
        dict.open |= args.open;
        for (name, value) in args.keywords {
            dict.entries.insert(Key::Str(Arc::from(name.as_str())), (Value::str(&name), value));
        }
    }
    Ok(Value::None)
}

/// `dict.update(source)` and `dict |= source`
pub(in crate::interp) fn update_with(interp: &mut Interp<'_>, owner: &Value, source: &Value) -> Eval<()> {
    let source = interp.plain(source);
    let other = dict(interp, Args::of([source]))?;
    interp.update_dict(owner, &other).map(drop)
}

/// Fills a fresh list, dict or set, as `list(…)` does.
pub(in crate::interp) fn fill(
    interp: &mut Interp<'_>,
    kind: &'static str,
    data: &Value,
    args: &Args,
) -> Eval<()> {
    if args.positional.is_empty() && args.keywords.is_empty() && !args.open {
        return Ok(());
    }
    let made = interp.call(&Value::builtin(kind), args.clone())?;
    let (Some(id), Some(content)) = (data.as_id(), interp.object(&made).cloned()) else { return Ok(()) };
    *interp.heap.change(id) = content;
    Ok(())
}

/// `list.__init__(self, …)` and the like, of a subclass.
fn init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = receiver(interp, &args) else { return Ok(Value::None) };
    let kind = match interp.heap.get(id) {
        Object::List(_) => "list",
        Object::Dict(_) => "dict",
        _ => "set",
    };
    args.positional.remove(0);
    fill(interp, kind, &Value::Object(id), &args)?;
    Ok(Value::None)
}

fn view(interp: &mut Interp<'_>, args: &Args, part: impl Fn(&Value, &Value) -> Value) -> Eval {
    let Some(id) = receiver(interp, args) else { return Ok(Value::Unknown) };
    let Object::Dict(dict) = interp.heap.get(id) else { return Ok(Value::Unknown) };
    let open = dict.open || id == interp.environ_id() || id == interp.modules_id();
    let items = dict.entries.values().map(|(name, value)| part(name, value)).collect();
    Ok(Value::Object(interp.heap.add(Object::List(List { items, open }))))
}

fn keys(interp: &mut Interp<'_>, args: Args) -> Eval {
    view(interp, &args, |name, _| name.clone())
}

fn values(interp: &mut Interp<'_>, args: Args) -> Eval {
    view(interp, &args, |_, value| value.clone())
}

fn items(interp: &mut Interp<'_>, args: Args) -> Eval {
    view(interp, &args, |name, value| Value::tuple([name.clone(), value.clone()]))
}

fn fromkeys(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let value = args.positional.get(1).cloned().unwrap_or(Value::None);
    let Some(names) = interp.iterate(&source)? else { return Ok(Value::Unknown) };
    let pairs: Vec<Value> = names.into_iter().map(|name| Value::tuple([name, value.clone()])).collect();
    let pairs = interp.new_list(pairs);
    dict(interp, Args::of([pairs]))
}

/// `dict.__getitem__(self, name)`
fn item(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [owner, index] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let owner = interp.plain(owner);
    interp.item(&owner, index)
}

/// `dict.__setitem__(self, name, value)`
fn set_item(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [owner, index, value] = args.positional.as_slice() else { return Ok(Value::None) };
    let owner = interp.plain(owner);
    interp.set_item(&owner, index, value.clone())?;
    Ok(Value::None)
}

fn forget(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(id) = receiver(interp, &args) {
        interp.heap.forget_content(id);
    }
    Ok(Value::None)
}

/// Lists of several iterables; `None` where one is not known or the result would be very long.
fn columns(interp: &mut Interp<'_>, args: &Args) -> Eval<Option<Vec<Vec<Value>>>> {
    let mut columns = Vec::new();
    for source in &args.positional {
        match interp.iterate(source)? {
            Some(items) => columns.push(items),
            None => return Ok(None),
        }
    }
    Ok(Some(columns).filter(|_| !args.open))
}

/// Longer results are not built.
const LONGEST: usize = 100_000;

fn product(interp: &mut Interp<'_>, args: Args) -> Eval {
    let columns = columns(interp, &args)?;
    let repeat = match args.keyword("repeat") {
        None => Some(1),
        Some(Value::Int(count)) => usize::try_from(*count).ok(),
        Some(_) => None,
    };
    let items = columns.zip(repeat).and_then(|(columns, repeat)| {
        let columns = vec![columns; repeat.min(64)].concat();
        let count = columns.iter().try_fold(1_usize, |count, column| count.checked_mul(column.len()))?;
        if count > LONGEST {
            return None;
        }
        let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
        for column in &columns {
            rows = rows
                .iter()
                .flat_map(|row| {
                    column.iter().map(move |item| {
                        let mut row = row.clone();
                        row.push(item.clone());
                        row
                    })
                })
                .collect();
        }
        Some(rows.into_iter().map(Value::tuple).collect())
    });
    Ok(iterator(interp, "product", items))
}

fn chain(interp: &mut Interp<'_>, args: Args) -> Eval {
    let items = columns(interp, &args)?.map(|columns| columns.concat());
    Ok(iterator(interp, "chain", items))
}

fn chain_from(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.only().cloned() else { return Ok(Value::Unknown) };
    match interp.iterate(&source)? {
        Some(parts) => chain(interp, Args::of(parts)),
        None => Ok(iterator(interp, "chain", None)),
    }
}

fn chosen(items: &[Value], count: usize, ordered: bool) -> Option<Vec<Value>> {
    let mut rows: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..count {
        let mut next = Vec::new();
        for row in &rows {
            for place in 0..items.len() {
                let fits =
                    if ordered { !row.contains(&place) } else { row.last().is_none_or(|&last| place > last) };
                if fits {
                    let mut row = row.clone();
                    row.push(place);
                    next.push(row);
                }
            }
            if next.len() > LONGEST {
                return None;
            }
        }
        rows = next;
    }
    Some(
        rows.into_iter().map(|row| Value::tuple(row.into_iter().map(|place| items[place].clone()))).collect(),
    )
}

fn choose(interp: &mut Interp<'_>, args: &Args, ordered: bool) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let items = interp.iterate(&source)?;
    let count = match args.get(1, "r") {
        Some(Value::Int(count)) => usize::try_from(*count).ok(),
        None => items.as_ref().map(Vec::len),
        Some(_) => None,
    };
    let rows = items.zip(count).and_then(|(items, count)| chosen(&items, count, ordered));
    Ok(iterator(interp, "combinations", rows))
}

fn combinations(interp: &mut Interp<'_>, args: Args) -> Eval {
    choose(interp, &args, false)
}

fn permutations(interp: &mut Interp<'_>, args: Args) -> Eval {
    choose(interp, &args, true)
}

fn unknown_iterator(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(iterator(interp, "iterator", None))
}

fn repeat(interp: &mut Interp<'_>, args: Args) -> Eval {
    let items = match args.positional.as_slice() {
        [value, Value::Int(count)] => usize::try_from(*count)
            .ok()
            .filter(|&count| count <= LONGEST)
            .map(|count| vec![value.clone(); count]),
        _ => None,
    };
    Ok(iterator(interp, "repeat", items))
}

fn deepcopy(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.first() else { return Ok(Value::Unknown) };
    match interp.object(value) {
        Some(Object::List(_)) => list(interp, args),
        Some(Object::Dict(_)) => dict(interp, args),
        Some(_) => Ok(Value::Unknown),
        None => Ok(value.clone()),
    }
}
