//! `list` and `tuple`: how they are made, and their methods; sorting.

use super::{Args, Eval, Interp, Models, Value};
use crate::environment::PythonVersion;
use crate::interp::{Cause, Id, List, Object, Truth};

pub(super) const MODELS: Models = &[
    ("builtins.list", list),
    ("builtins.tuple", tuple),
    ("builtins.sorted", sorted),
    ("builtins.list.append", append),
    ("builtins.list.extend", extend),
    ("builtins.list.insert", insert),
    ("builtins.list.remove", remove),
    ("builtins.list.pop", pop),
    ("builtins.list.clear", clear),
    ("builtins.list.copy", list),
    ("builtins.list.sort", sort),
    ("builtins.list.reverse", reverse),
    ("builtins.list.index", index),
    ("builtins.list.count", count),
    ("builtins.tuple.index", index),
    ("builtins.tuple.count", count),
    ("builtins.list.__init__", init),
    ("builtins.dict.__init__", init),
    ("builtins.set.__init__", init),
    ("builtins.list.__getitem__", item),
    ("builtins.tuple.__getitem__", item),
    ("builtins.dict.__getitem__", item),
    ("builtins.list.__setitem__", set_item),
    ("builtins.dict.__setitem__", set_item),
];

pub(super) fn open_list(interp: &mut Interp<'_>) -> Value {
    Value::Object(interp.heap.add(Object::List(List { items: Vec::new(), open: true })))
}

pub(super) fn list(interp: &mut Interp<'_>, args: Args) -> Eval {
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

/// The list, dict or set that a method is called on.
pub(super) fn container(interp: &Interp<'_>, args: &Args) -> Option<Id> {
    let id = interp.plain(args.positional.first()?).as_id()?;
    matches!(interp.heap.get(id), Object::List(_) | Object::Dict(_) | Object::Set(_)).then_some(id)
}

fn receiver(interp: &Interp<'_>, args: &Args) -> Option<Id> {
    container(interp, args).filter(|&id| matches!(interp.heap.get(id), Object::List(_)))
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
    let Some(id) = container(interp, &args) else { return Ok(Value::None) };
    let kind = match interp.heap.get(id) {
        Object::List(_) => "list",
        Object::Dict(_) => "dict",
        _ => "set",
    };
    args.positional.remove(0);
    fill(interp, kind, &Value::Object(id), &args)?;
    Ok(Value::None)
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

/// A place counted from the start or, if negative, from the end; `None` before the start.
fn absolute(place: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    usize::try_from(if place < 0 { place.saturating_add(length) } else { place }).ok()
}

fn insert(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(id), Some(index), Some(value)) =
        (receiver(interp, &args), args.positional.get(1).cloned(), args.positional.get(2).cloned())
    else {
        return Ok(Value::None);
    };
    let place = interp.int_of(&index);
    if let Object::List(list) = interp.heap.change(id) {
        let length = list.items.len();
        match place {
            Some(place) => list.items.insert(absolute(place, length).unwrap_or(0).min(length), value),
            None => list.open = true,
        }
    }
    Ok(Value::None)
}

/// The place of an item equal to a value: `Err` where it is not known.
fn find(interp: &mut Interp<'_>, items: &[Value], value: &Value) -> Eval<Result<Option<usize>, ()>> {
    for (place, item) in items.iter().enumerate() {
        match interp.any_equal(std::slice::from_ref(item), value)? {
            Truth::Yes => return Ok(Ok(Some(place))),
            Truth::Maybe => return Ok(Err(())),
            Truth::No => {}
        }
    }
    Ok(Ok(None))
}

fn remove(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(id), Some(value)) = (receiver(interp, &args), args.positional.get(1).cloned()) else {
        return Ok(Value::None);
    };
    let Object::List(list) = interp.heap.get(id) else { return Ok(Value::None) };
    let (items, open) = (list.items.clone(), list.open);
    match find(interp, &items, &value)? {
        Ok(Some(place)) => {
            if let Object::List(list) = interp.heap.change(id)
                && place < list.items.len()
            {
                list.items.remove(place);
            }
            Ok(Value::None)
        }
        Ok(None) if !open => interp.raise("ValueError", "list.remove(x): x not in list", Cause::Python),
        _ => {
            interp.heap.forget_content(id);
            interp.may_raise_anything();
            Ok(Value::None)
        }
    }
}

/// The items of the list or tuple that a method is called on, where they are known.
fn known_items(interp: &Interp<'_>, args: &Args) -> Option<Vec<Value>> {
    let plain = interp.plain(args.positional.first()?);
    match (&plain, interp.object(&plain)) {
        (Value::Tuple(items), _) => Some(items.to_vec()),
        (_, Some(Object::List(list))) if !list.open => Some(list.items.clone()),
        _ => None,
    }
}

fn index(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(items), Some(value)) = (known_items(interp, &args), args.positional.get(1).cloned()) else {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    if args.positional.len() > 2 {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    }
    match find(interp, &items, &value)? {
        Ok(Some(place)) => Ok(i64::try_from(place).map_or(Value::Unknown, Value::Int)),
        Ok(None) => {
            let message = match (&args.positional[0], interp.repr_value(&value)?) {
                (Value::Tuple(_), _) => "tuple.index(x): x not in tuple".to_owned(),
                (_, _) if interp.environment.python >= PythonVersion::new(3, 14) => {
                    "list.index(x): x not in list".to_owned()
                }
                (_, Some(shown)) => format!("{shown} is not in list"),
                (_, None) => String::new(),
            };
            interp.raise("ValueError", message, Cause::Python)
        }
        Err(()) => {
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
    }
}

fn count(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(items), Some(value)) = (known_items(interp, &args), args.positional.get(1).cloned()) else {
        return Ok(Value::Unknown);
    };
    let mut count = 0;
    for item in &items {
        match interp.any_equal(std::slice::from_ref(item), &value)? {
            Truth::Yes => count += 1,
            Truth::No => {}
            Truth::Maybe => return Ok(Value::Unknown),
        }
    }
    Ok(Value::Int(count))
}

fn pop(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = receiver(interp, &args) else { return Ok(Value::Unknown) };
    let Object::List(list) = interp.heap.get(id) else { return Ok(Value::Unknown) };
    let (length, open) = (list.items.len(), list.open);
    let place = match args.positional.get(1) {
        None => Some(length.checked_sub(1)),
        Some(place) => interp.int_of(place).map(|place| absolute(place, length)),
    };
    let Some(place) = place.filter(|_| !open) else {
        interp.heap.forget_content(id);
        return Ok(Value::Unknown);
    };
    match (place, interp.heap.change(id)) {
        (Some(place), Object::List(list)) if place < length => Ok(list.items.remove(place)),
        _ => {
            let message = if length == 0 { "pop from empty list" } else { "pop index out of range" };
            interp.raise("IndexError", message, Cause::Python)
        }
    }
}

fn clear(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(id) = receiver(interp, &args) {
        *interp.heap.change(id) = Object::List(List::default());
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

/// Items in sorted order. Where it is not known each item may be any of them.
fn in_order(interp: &mut Interp<'_>, items: Vec<Value>, args: &Args) -> Eval<Vec<Value>> {
    let reverse = args.keyword("reverse").map_or(Truth::No, |reverse| interp.plain_truth(reverse));
    let keys = match args.keyword("key").cloned() {
        None | Some(Value::None) => items.clone(),
        Some(key) => {
            let mut keys = Vec::with_capacity(items.len());
            for item in &items {
                keys.push(interp.call(&key, Args::of([item.clone()]))?);
            }
            keys
        }
    };
    let places = match reverse.known() {
        Some(reverse) if !keys.iter().any(Value::is_unknown) => interp.sorted_places(&keys, reverse)?,
        _ => None,
    };
    Ok(match places {
        Some(places) => places.into_iter().map(|place| items[place].clone()).collect(),
        None => {
            let any = items.iter().cloned().reduce(|one, other| one.join(&other));
            vec![any.unwrap_or(Value::Unknown); items.len()]
        }
    })
}

fn sorted(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(source) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let Some(items) = interp.iterate(&source)? else { return Ok(open_list(interp)) };
    let items = in_order(interp, items, &args)?;
    Ok(interp.new_list(items))
}

fn sort(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = receiver(interp, &args) else { return Ok(Value::None) };
    let Object::List(list) = interp.heap.get(id) else { return Ok(Value::None) };
    let items = list.items.clone();
    let items = in_order(interp, items, &args)?;
    if let Object::List(list) = interp.heap.change(id) {
        list.items = items;
    }
    Ok(Value::None)
}
