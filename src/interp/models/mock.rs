//! `unittest.mock`, as far as it changes what can be imported.

#![expect(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "the shape of a model")]

use super::{Args, Eval, Interp, Models, Value, update_with};
use crate::interp::{Dict, Id, Instance, Namespace, Object, Payload, name};

pub(super) const MODELS: Models =
    &[("unittest.mock.patch.dict", patch_dict), ("mock.patch.dict", patch_dict)];

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
