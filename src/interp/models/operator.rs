//! `operator`: functions that look something up.

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Method, Object, name};

pub(super) const MODELS: Models = &[
    ("operator.itemgetter", item_getter),
    ("operator.attrgetter", attribute_getter),
    (GET_ITEMS, get_items),
    (GET_ATTRIBUTES, get_attributes),
];

const GET_ITEMS: &str = "collectlint.itemgetter";
const GET_ATTRIBUTES: &str = "collectlint.attrgetter";

fn getter(interp: &mut Interp<'_>, args: Args, model: &str) -> Value {
    if args.open || args.positional.is_empty() || !args.keywords.is_empty() {
        return Value::Unknown;
    }
    let getter = Method { function: Value::external(model), receiver: Value::tuple(args.positional) };
    Value::Object(interp.heap.add(Object::Method(getter)))
}

/// `operator.itemgetter(0, 2)`
#[expect(clippy::unnecessary_wraps, reason = "the shape of a model")]
fn item_getter(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(getter(interp, args, GET_ITEMS))
}

/// `operator.attrgetter("a.b", "c")`
#[expect(clippy::unnecessary_wraps, reason = "the shape of a model")]
fn attribute_getter(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(getter(interp, args, GET_ATTRIBUTES))
}

/// One value for one thing that is looked up, else a tuple.
fn one_or_all(mut found: Vec<Value>) -> Value {
    if found.len() == 1 { found.pop().unwrap_or(Value::Unknown) } else { Value::tuple(found) }
}

fn get_items(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [Value::Tuple(asked), owner] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let (asked, owner) = (std::sync::Arc::clone(asked), owner.clone());
    let mut found = Vec::new();
    for index in asked.iter() {
        found.push(interp.item(&owner, index)?);
    }
    Ok(one_or_all(found))
}

fn get_attributes(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [Value::Tuple(asked), owner] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let (asked, owner) = (std::sync::Arc::clone(asked), owner.clone());
    let mut found = Vec::new();
    for dotted in asked.iter() {
        let mut value = owner.clone();
        let Some(dotted) = dotted.as_str() else { return Ok(Value::Unknown) };
        for part in dotted.split('.') {
            value = interp.attribute(&value, &name(part))?;
        }
        found.push(value);
    }
    Ok(one_or_all(found))
}
