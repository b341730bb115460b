//! `unittest.mock`, as far as it changes what can be imported.

#![expect(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "the shape of a model")]

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value, update_with};
use crate::interp::{Dict, Id, Instance, Namespace, Object, Payload, name};

pub(super) const MODELS: Models = &[
    ("unittest.mock.patch.dict", patch_dict),
    ("mock.patch.dict", patch_dict),
    ("unittest.mock.Mock", mock),
    ("unittest.mock.MagicMock", magic_mock),
    ("unittest.mock.NonCallableMock", mock),
    ("unittest.mock.NonCallableMagicMock", magic_mock),
    ("mock.Mock", mock),
    ("mock.MagicMock", magic_mock),
    ("unittest.mock._patch_dict.start", start),
    ("unittest.mock._patch_dict.stop", stop),
];

/// Whether something is a mock, or was got from one.
pub(in crate::interp) fn is_mock(path: &str) -> bool {
    matches!(path, MOCK | MAGIC_MOCK)
}

const MOCK: &str = "unittest.mock.Mock";
const MAGIC_MOCK: &str = "unittest.mock.MagicMock";

/// `Mock(…)`. What is made to look like something, or is given attributes, may be anything.
fn mock(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(new_mock(interp, MOCK, &args))
}

fn magic_mock(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(new_mock(interp, MAGIC_MOCK, &args))
}

fn new_mock(interp: &mut Interp<'_>, path: &str, args: &Args) -> Value {
    let is_plain = |keyword: &str| matches!(keyword, "name" | "return_value" | "side_effect");
    if args.open
        || !args.positional.is_empty()
        || args.keywords.iter().any(|(keyword, _)| !is_plain(keyword) && keyword.starts_with(['_', 's', 'w']))
    {
        interp.may_raise_anything();
        return Value::Unknown;
    }
    Value::computed(&Arc::from(path))
}

/// `patch.dict(…).start()`
fn start(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(manager) = args.only().cloned() {
        interp.enter_patch(&manager)?;
    }
    Ok(Value::Unknown)
}

fn stop(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(manager) = args.only().cloned() {
        interp.leave_patch(&manager);
    }
    Ok(Value::Unknown)
}

/// What `patch.dict(…)` makes.
const PATCH: &str = "unittest.mock._patch_dict";

/// `patch.dict(target, values, clear=False, **more)`: a context manager, or a decorator.
fn patch_dict(interp: &mut Interp<'_>, args: Args) -> Eval {
    let target = match args.get(0, "in_dict") {
        Some(Value::Str(dotted)) => match &**dotted {
            "sys.modules" => Value::Object(interp.modules_id()),
            "os.environ" => Value::Object(interp.environ_id()),
            _ => Value::Unknown,
        },
        Some(target) => target.clone(),
        None => Value::Unknown,
    };
    let values = match args.get(1, "values") {
        Some(values) => values.clone(),
        None => Value::Object(interp.heap.add(Object::Dict(Dict::default()))),
    };
    let mut attributes = Namespace::default();
    attributes.bind("in_dict", target);
    attributes.bind("values", values);
    let own = ["in_dict", "values", "clear"];
    let more = args.keywords.iter().filter(|(key, _)| !own.contains(&key.as_str()));
    let more: Vec<_> = more.map(|(key, value)| (key.clone(), value.clone())).collect();
    let more = interp.new_dict(more);
    attributes.bind("kwargs", more);
    attributes.open = true;
    let instance = Instance { class: Value::external(PATCH), attributes, payload: Payload::Nothing };
    Ok(Value::Object(interp.heap.add(Object::Instance(instance))))
}

impl Interp<'_> {
    /// The dictionary that a manager patches.
    fn patched(&self, manager: &Value) -> Option<(Id, Id)> {
        let id = manager.as_id()?;
        let Object::Instance(instance) = self.heap.get(id) else { return None };
        if !instance.class.is_extern(PATCH) {
            return None;
        }
        let target = instance.attributes.value("in_dict")?.as_id()?;
        matches!(self.heap.get(target), Object::Dict(_)).then_some((id, target))
    }

    /// `patch.dict(…).__enter__()`: the values are there now.
    pub(in crate::interp) fn enter_patch(&mut self, manager: &Value) -> Eval<bool> {
        let Some((id, target)) = self.patched(manager) else { return Ok(false) };
        let before = self.heap.get(target).clone();
        let before = Value::Object(self.heap.add(before));
        self.heap.bind(id, &name("_original"), before);
        for part in ["values", "kwargs"] {
            let source = self.heap.value(id, part).cloned().unwrap_or(Value::Unknown);
            update_with(self, &Value::Object(target), &source)?;
        }
        Ok(true)
    }

    /// `patch.dict(…).__exit__()`: what was there before is there again.
    pub(in crate::interp) fn leave_patch(&mut self, manager: &Value) {
        let Some((id, target)) = self.patched(manager) else { return };
        let before = self.heap.value(id, "_original").and_then(Value::as_id);
        if let Some(Object::Dict(before)) = before.map(|before| self.heap.get(before).clone())
            && let Object::Dict(dict) = self.heap.change(target)
        {
            *dict = before;
        }
    }
}
