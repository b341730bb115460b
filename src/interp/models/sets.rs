//! Sets: their methods and operators.

use ruff_python_ast::Operator;

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Id, Object, Set};

pub(super) const MODELS: Models = &[
    ("builtins.set", set),
    ("builtins.frozenset", frozenset),
    ("builtins.set.add", add),
    ("builtins.set.discard", discard),
    ("builtins.set.remove", remove),
    ("builtins.set.pop", pop),
    ("builtins.set.symmetric_difference_update", symmetric_difference_update),
    ("builtins.set.update", update),
    ("builtins.set.difference_update", difference_update),
    ("builtins.set.intersection_update", intersection_update),
    ("builtins.set.copy", copy),
    ("builtins.set.union", union),
    ("builtins.set.difference", difference),
    ("builtins.set.intersection", intersection),
    ("builtins.set.symmetric_difference", symmetric_difference),
    ("builtins.set.issubset", is_subset),
    ("builtins.set.issuperset", is_superset),
    ("builtins.set.isdisjoint", is_disjoint),
    ("builtins.frozenset.copy", copy),
    ("builtins.frozenset.union", union),
    ("builtins.frozenset.difference", difference),
    ("builtins.frozenset.intersection", intersection),
    ("builtins.frozenset.symmetric_difference", symmetric_difference),
    ("builtins.frozenset.issubset", is_subset),
    ("builtins.frozenset.issuperset", is_superset),
    ("builtins.frozenset.isdisjoint", is_disjoint),
];

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

/// `a | b`, `a & b`, `a - b`, `a ^ b`; `None` for other operators. A frozen set stays one.
pub(in crate::interp) fn combine(op: Operator, a: &Set, b: &Set) -> Option<Set> {
    let mut result = Set { frozen: a.frozen, open: a.open || b.open, ..Set::default() };
    let mut take = |of: &Set, unless: Option<&Set>, only: Option<&Set>| {
        for (key, value) in &of.items {
            let stays = unless.is_none_or(|set| !set.items.contains_key(key));
            if stays && only.is_none_or(|set| set.items.contains_key(key)) {
                result.items.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    };
    match op {
        Operator::BitOr => {
            take(a, None, None);
            take(b, None, None);
        }
        Operator::BitAnd => take(a, None, Some(b)),
        // what an open set may hold as well may be taken away
        Operator::Sub if b.open => {}
        Operator::Sub => take(a, Some(b), None),
        Operator::BitXor if a.open || b.open => {}
        Operator::BitXor => {
            take(a, Some(b), None);
            take(b, Some(a), None);
        }
        _ => return None,
    }
    Some(result)
}

fn receiver(interp: &Interp<'_>, args: &Args) -> Option<(Id, Set)> {
    let id = interp.plain(args.positional.first()?).as_id()?;
    match interp.heap.get(id) {
        Object::Set(set) => Some((id, set.clone())),
        _ => None,
    }
}

/// The items of an iterable, as a set.
fn as_set(interp: &mut Interp<'_>, value: &Value) -> Eval<Set> {
    let plain = interp.plain(value);
    if let Some(Object::Set(set)) = interp.object(&plain) {
        return Ok(set.clone());
    }
    let items = interp.iterate(&plain)?;
    let open = items.is_none();
    let made = interp.make_set(items.unwrap_or_default(), open)?;
    Ok(match interp.object(&made) {
        Some(Object::Set(set)) => set.clone(),
        _ => Set { open: true, ..Set::default() },
    })
}

/// The receiver combined with each argument in turn.
fn combined(interp: &mut Interp<'_>, args: &Args, op: Operator) -> Eval<Option<(Id, Set)>> {
    let Some((id, mut result)) = receiver(interp, args) else { return Ok(None) };
    for other in &args.positional[1..] {
        let other = as_set(interp, other)?;
        result = combine(op, &result, &other).unwrap_or(result);
    }
    result.open |= args.open;
    Ok(Some((id, result)))
}

fn made(interp: &mut Interp<'_>, args: &Args, op: Operator) -> Eval {
    Ok(match combined(interp, args, op)? {
        Some((_, set)) => Value::Object(interp.heap.add(Object::Set(set))),
        None => Value::Unknown,
    })
}

fn changed(interp: &mut Interp<'_>, args: &Args, op: Operator) -> Eval {
    if let Some((id, set)) = combined(interp, args, op)? {
        *interp.heap.change(id) = Object::Set(set);
    }
    Ok(Value::None)
}

fn union(interp: &mut Interp<'_>, args: Args) -> Eval {
    made(interp, &args, Operator::BitOr)
}

fn difference(interp: &mut Interp<'_>, args: Args) -> Eval {
    made(interp, &args, Operator::Sub)
}

fn intersection(interp: &mut Interp<'_>, args: Args) -> Eval {
    made(interp, &args, Operator::BitAnd)
}

fn symmetric_difference(interp: &mut Interp<'_>, args: Args) -> Eval {
    made(interp, &args, Operator::BitXor)
}

fn copy(interp: &mut Interp<'_>, args: Args) -> Eval {
    made(interp, &args, Operator::BitOr)
}

fn update(interp: &mut Interp<'_>, args: Args) -> Eval {
    changed(interp, &args, Operator::BitOr)
}

fn difference_update(interp: &mut Interp<'_>, args: Args) -> Eval {
    changed(interp, &args, Operator::Sub)
}

fn intersection_update(interp: &mut Interp<'_>, args: Args) -> Eval {
    changed(interp, &args, Operator::BitAnd)
}

fn add(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some((id, _)), Some(value)) = (receiver(interp, &args), args.positional.get(1).cloned()) else {
        return Ok(Value::None);
    };
    let key = interp.key(&value)?;
    if let Object::Set(set) = interp.heap.change(id) {
        match key {
            Some(key) => {
                set.items.entry(key).or_insert(value);
            }
            None => set.open = true,
        }
    }
    Ok(Value::None)
}

fn symmetric_difference_update(interp: &mut Interp<'_>, args: Args) -> Eval {
    changed(interp, &args, Operator::BitXor)
}

/// Which item comes out is not known, unless there is only one.
fn pop(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((id, set)) = receiver(interp, &args) else { return Ok(Value::Unknown) };
    match set.items.values().next() {
        Some(only) if set.items.len() == 1 && !set.open => {
            *interp.heap.change(id) = Object::Set(Set::default());
            Ok(only.clone())
        }
        None if !set.open => interp.key_error(&Value::str("pop from an empty set")),
        _ => {
            interp.heap.forget_content(id);
            Ok(Value::Unknown)
        }
    }
}

fn discard(interp: &mut Interp<'_>, args: Args) -> Eval {
    take(interp, &args, false)
}

fn remove(interp: &mut Interp<'_>, args: Args) -> Eval {
    take(interp, &args, true)
}

fn take(interp: &mut Interp<'_>, args: &Args, must_be_there: bool) -> Eval {
    let (Some((id, set)), Some(value)) = (receiver(interp, args), args.positional.get(1).cloned()) else {
        return Ok(Value::None);
    };
    match interp.key(&value)? {
        Some(key) if set.items.contains_key(&key) => {
            if let Object::Set(set) = interp.heap.change(id) {
                set.items.shift_remove(&key);
            }
        }
        Some(_) if !set.open => {
            if must_be_there {
                return interp.key_error(&value);
            }
        }
        _ => {
            interp.heap.forget_content(id);
            if must_be_there {
                interp.may_raise_anything();
            }
        }
    }
    Ok(Value::None)
}

/// A question about two sets; unknown where one of them is.
fn ask(interp: &mut Interp<'_>, args: &Args, holds: impl Fn(&Set, &Set) -> bool) -> Eval {
    let (Some((_, own)), Some(other)) = (receiver(interp, args), args.positional.get(1).cloned()) else {
        return Ok(Value::Unknown);
    };
    let other = as_set(interp, &other)?;
    Ok(if own.open || other.open { Value::Unknown } else { Value::Bool(holds(&own, &other)) })
}

fn is_subset(interp: &mut Interp<'_>, args: Args) -> Eval {
    ask(interp, &args, |own, other| own.items.keys().all(|key| other.items.contains_key(key)))
}

fn is_superset(interp: &mut Interp<'_>, args: Args) -> Eval {
    ask(interp, &args, |own, other| other.items.keys().all(|key| own.items.contains_key(key)))
}

fn is_disjoint(interp: &mut Interp<'_>, args: Args) -> Eval {
    ask(interp, &args, |own, other| !own.items.keys().any(|key| other.items.contains_key(key)))
}
