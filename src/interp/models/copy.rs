//! `copy`.

use super::dicts::dict;
use super::lists::list;
use super::{Args, Eval, Interp, Models, Value};
use crate::interp::Object;

pub(super) const MODELS: Models = &[("copy.copy", copy), ("copy.deepcopy", deepcopy)];

/// Containers inside each other are copied up to here.
const DEEPEST: usize = 24;

fn copy(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.first() else { return Ok(Value::Unknown) };
    match interp.object(value) {
        Some(Object::List(_)) => list(interp, args),
        Some(Object::Dict(_)) => dict(interp, args),
        Some(Object::Function(_) | Object::Class(_)) => Ok(value.clone()),
        Some(_) => Ok(Value::Unknown),
        None => Ok(value.clone()),
    }
}

fn deepcopy(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.first() else { return Ok(Value::Unknown) };
    Ok(copied(interp, value, 0))
}

fn copied(interp: &mut Interp<'_>, value: &Value, depth: usize) -> Value {
    if depth > DEEPEST {
        return Value::Unknown;
    }
    match interp.object(value).cloned() {
        None => match value {
            Value::Tuple(items) => Value::tuple(items.iter().map(|item| copied(interp, item, depth + 1))),
            _ => value.clone(),
        },
        Some(Object::List(mut list)) => {
            list.items = list.items.iter().map(|item| copied(interp, item, depth + 1)).collect();
            Value::Object(interp.heap.add(Object::List(list)))
        }
        Some(Object::Dict(mut dict)) => {
            for (_, item) in dict.entries.values_mut() {
                *item = copied(interp, item, depth + 1);
            }
            Value::Object(interp.heap.add(Object::Dict(dict)))
        }
        Some(Object::Function(_) | Object::Class(_)) => value.clone(),
        Some(_) => Value::Unknown,
    }
}
