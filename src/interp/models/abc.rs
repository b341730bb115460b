//! `abc`.

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::name;

pub(super) const MODELS: Models = &[
    ("abc.abstractmethod", abstract_method),
    ("abc.abstractproperty", super::builtins_objects::property),
    ("typing.overload", super::identity),
    ("typing.final", super::identity),
    ("typing.override", super::identity),
    ("typing.runtime_checkable", super::identity),
    ("typing.no_type_check", super::identity),
    ("typing.cast", second),
    ("typing.TypeVar", super::something),
    ("typing.NewType", super::something),
    ("typing.ParamSpec", super::something),
];

fn abstract_method(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(function) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    if let Some(id) = function.as_id() {
        interp.heap.bind(id, &name("__isabstractmethod__"), Value::Bool(true));
    }
    Ok(function)
}

fn second(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(args.positional.get(1).cloned().unwrap_or(Value::Unknown))
}
