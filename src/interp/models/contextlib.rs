//! `contextlib`.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Instance, Namespace, Object, Payload, Wrapper, WrapperKind};

pub(super) const MODELS: Models = &[
    ("contextlib.suppress", suppress),
    ("contextlib.nullcontext", super::something),
    ("contextlib.contextmanager", context_manager),
];

/// Who wrapped a generator function that makes context managers.
pub(in crate::interp) const CONTEXT_MANAGER: &str = "contextlib.contextmanager";

fn suppress(interp: &mut Interp<'_>, args: Args) -> Eval {
    let classes = if args.open { Value::Unknown } else { Value::Tuple(args.positional.into()) };
    let payload = Payload::Expects { classes, must_raise: false };
    Ok(interp.new_instance(Value::external("contextlib.suppress"), payload))
}

/// `@contextmanager`
fn context_manager(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(function) = args.only().cloned() else { return Ok(Value::Unknown) };
    let attributes = match interp.object(&function) {
        Some(Object::Function(function)) => function.attributes.clone(),
        _ => Namespace::default(),
    };
    let by = Some(Arc::from(CONTEXT_MANAGER));
    let wrapper = Wrapper { kind: WrapperKind::Decorated, inner: function, by, attributes };
    Ok(Value::Object(interp.heap.add(Object::Wrapper(wrapper))))
}

/// A call of a function that `@contextmanager` decorates.
pub(in crate::interp) fn make_manager(interp: &mut Interp<'_>, function: &Value, args: Args) -> Eval {
    let generator = interp.call(function, args)?;
    let mut attributes = Namespace::default();
    attributes.bind("gen", generator);
    let class = Value::external("contextlib._GeneratorContextManager");
    let instance = Instance { class, attributes, payload: Payload::Nothing };
    Ok(Value::Object(interp.heap.add(Object::Instance(instance))))
}
