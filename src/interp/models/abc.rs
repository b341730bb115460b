//! `abc`.

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::name;

pub(super) const MODELS: Models = &[
    ("abc.abstractmethod", abstract_method),
    ("abc.ABCMeta.register", register),
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

/// `Abstract.register(other)`: from then on, instances of the other class are instances of the abstract one.
fn register(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [Value::Object(class), other] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    interp.heap.watch.change(*class);
    interp.virtual_subclasses.push((*class, other.clone(), interp.is_certain()));
    Ok(other.clone())
}

fn second(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(args.positional.get(1).cloned().unwrap_or(Value::Unknown))
}
