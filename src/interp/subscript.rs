//! Items: `value[index]`, its assignment and deletion.

use std::sync::Arc;

use ruff_python_ast::ExprSlice;

use super::call::Args;
use super::flow::Eval;
use super::{Cause, ClassKind, EventKind, Instance, Interp, Key, Object, Payload, Value};

impl<'a> Interp<'a> {
    pub(super) fn make_slice(&mut self, slice: &'a ExprSlice) -> Eval {
        let mut parts = Vec::with_capacity(3);
        for part in [&slice.lower, &slice.upper, &slice.step] {
            parts.push(match part {
                Some(part) => self.eval(part)?,
                None => Value::None,
            });
        }
        let payload = Payload::Data(Value::Tuple(parts.into()));
        Ok(self.new_instance(Value::builtin("slice"), payload))
    }

    /// Lower, upper, step of a slice.
    fn slice_parts(&self, index: &Value) -> Option<[Value; 3]> {
        let Some(Object::Instance(Instance { class, payload: Payload::Data(Value::Tuple(parts)), .. })) =
            self.object(index)
        else {
            return None;
        };
        let [lower, upper, step] = &**parts else { return None };
        class.is_extern("builtins.slice").then(|| [lower.clone(), upper.clone(), step.clone()])
    }

    pub(super) fn item(&mut self, owner: &Value, index: &Value) -> Eval {
        match owner {
            Value::Tuple(items) => {
                let items = items.to_vec();
                self.sequence_item(&items, false, index, "tuple")
            }
            Value::Str(text) => {
                let characters: Vec<Value> = text.chars().map(|c| Value::str(c.to_string())).collect();
                if self.slice_parts(index).is_some() {
                    let part = self.sequence_item(&characters, false, index, "string")?;
                    return Ok(match part {
                        Value::Tuple(parts) => {
                            Value::str(parts.iter().filter_map(Value::as_str).collect::<String>())
                        }
                        other => other,
                    });
                }
                self.sequence_item(&characters, false, index, "string")
            }
            Value::None => self.type_error("'NoneType' object is not subscriptable"),
            Value::Int(_) | Value::Bool(_) | Value::Float(_) => {
                let kind = self.type_name(owner);
                self.type_error(format!("'{kind}' object is not subscriptable"))
            }
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(list) => {
                    let (items, open) = (list.items.clone(), list.open);
                    let part = self.sequence_item(&items, open, index, "list")?;
                    Ok(match part {
                        Value::Tuple(parts) if self.slice_parts(index).is_some() => {
                            self.new_list(parts.to_vec())
                        }
                        other => other,
                    })
                }
                Object::Dict(_) => self.dict_item(owner, index),
                Object::Class(class) => {
                    if class.kind == ClassKind::Enum {
                        return self.member_of_name(*id, index);
                    }
                    self.class_item(owner, index)
                }
                Object::Instance(instance) if instance.class.as_id().is_some() => {
                    match self.find_method(owner, "__getitem__") {
                        Some(method) => self.call(&method, Args::of([index.clone()])),
                        None => Ok(Value::Unknown),
                    }
                }
                _ => Ok(Value::Unknown),
            },
            Value::Extern(external) => {
                let path = Arc::clone(&external.path);
                if owner.extern_path().is_some() {
                    // a generic alias: list[int], typing.Optional[X]
                    return Ok(self.subscript_external(&path, index));
                }
                self.may_raise_anything();
                Ok(owner.clone())
            }
            _ => {
                self.may_raise_anything();
                Ok(Value::Unknown)
            }
        }
    }

    /// `name[index]` of something that is not interpreted: a generic alias stands for its class.
    fn subscript_external(&mut self, path: &Arc<str>, _index: &Value) -> Value {
        match self.class_names(path) {
            Some(_) => Value::external(path),
            None => {
                if !path.starts_with("typing.") && !path.starts_with("builtins.") {
                    self.may_raise_anything();
                }
                match &**path {
                    "typing.Generic" | "typing.Protocol" | "typing_extensions.Protocol" => {
                        Value::external(path)
                    }
                    _ => Value::computed(path),
                }
            }
        }
    }

    /// `Class[T]`: a generic alias, which stands for the class.
    fn class_item(&mut self, class: &Value, index: &Value) -> Eval {
        let Some(Object::Class(definition)) = self.object(class) else { return Ok(Value::Unknown) };
        let (mro, open) = (definition.mro.clone(), definition.open);
        match self.find_in_classes(&mro, open, "__class_getitem__") {
            Ok(Some(method)) => {
                let inner = match self.object(&method) {
                    Some(Object::Wrapper(wrapper)) => wrapper.inner.clone(),
                    _ => method,
                };
                self.call(&inner, Args::of([class.clone(), index.clone()]))
            }
            _ => Ok(class.clone()),
        }
    }

    fn sequence_item(&mut self, items: &[Value], open: bool, index: &Value, kind: &str) -> Eval {
        if let Some([lower, upper, step]) = self.slice_parts(index) {
            if open {
                return Ok(Value::Unknown);
            }
            return Ok(
                slice(items, &lower, &upper, &step).map_or(Value::Unknown, |part| Value::Tuple(part.into()))
            );
        }
        let position = match index {
            Value::Int(position) => *position,
            Value::Bool(position) => i64::from(*position),
            Value::Str(_) | Value::None | Value::Float(_) => {
                let index = self.type_name(index);
                let message = match kind {
                    "string" => format!("string indices must be integers, not '{index}'"),
                    _ => format!("{kind} indices must be integers or slices, not {index}"),
                };
                return self.type_error(message);
            }
            _ => {
                self.may_raise_anything();
                return Ok(Value::Unknown);
            }
        };
        let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let place = if position < 0 { position + length } else { position };
        let found = usize::try_from(place).ok().and_then(|place| items.get(place));
        match found {
            Some(value) if !open || position >= 0 => Ok(value.clone()),
            _ if open => Ok(Value::Unknown),
            _ => self.raise("IndexError", format!("{kind} index out of range"), Cause::Python),
        }
    }

    fn dict_item(&mut self, owner: &Value, index: &Value) -> Eval {
        let key = self.key(index)?;
        let Some(Object::Dict(dict)) = self.object(owner) else { return Ok(Value::Unknown) };
        let Some(key) = key else {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        };
        if let Some((_, value)) = dict.entries.get(&key) {
            let value = value.clone();
            return Ok(if dict.open { Value::Unknown } else { value });
        }
        let open = dict.open;
        if owner.as_id() == Some(self.environ) {
            return self.missing_variable(index);
        }
        if owner.as_id() == Some(self.modules)
            && let Some(name) = index.as_str()
            && self.is_loaded(index) != super::Truth::No
        {
            let name = name.to_owned();
            return self.import_module(&name);
        }
        if open {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        }
        let shown = self.repr_of(index).unwrap_or_default();
        self.raise("KeyError", shown, Cause::Python)
    }

    /// `os.environ[name]` where nothing is known to set it.
    fn missing_variable(&mut self, index: &Value) -> Eval {
        let Some(name) = index.as_str() else {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        };
        let cause = Cause::EnvironmentVariable { name: Arc::from(name) };
        let shown = super::truthiness::repr_text(name);
        self.raise("KeyError", shown, cause)
    }

    pub(super) fn set_item(&mut self, owner: &Value, index: &Value, value: Value) -> Eval<()> {
        match self.object(owner) {
            Some(Object::Dict(_)) => {
                let key = self.key(index)?;
                let Some(id) = owner.as_id() else { return Ok(()) };
                if let Object::Dict(dict) = self.heap.change(id) {
                    match key {
                        Some(key) => {
                            dict.entries.insert(key, (index.clone(), value));
                        }
                        None => dict.open = true,
                    }
                }
                if id == self.modules
                    && let Some(name) = index.as_str()
                {
                    let name = Arc::from(name);
                    self.note(EventKind::ModuleReplaced { name });
                }
                Ok(())
            }
            Some(Object::List(list)) => {
                let (length, open) = (list.items.len(), list.open);
                let Some(id) = owner.as_id() else { return Ok(()) };
                let place = match index {
                    Value::Int(position) if *position < 0 => {
                        usize::try_from(position + i64::try_from(length).unwrap_or(0)).ok()
                    }
                    Value::Int(position) => usize::try_from(*position).ok(),
                    _ => None,
                };
                // sys.path[:] = [...]
                if let Some([Value::None, Value::None, Value::None]) = self.slice_parts(index) {
                    let items = self.iterate(&value)?;
                    if let Object::List(list) = self.heap.change(id) {
                        list.open = items.is_none();
                        list.items = items.unwrap_or_default();
                    }
                    return Ok(());
                }
                if let (Some([Value::Int(0), Value::Int(0), Value::None]), Some(items)) =
                    (self.slice_parts(index), self.iterate(&value)?)
                {
                    if let Object::List(list) = self.heap.change(id) {
                        list.items.splice(0..0, items);
                    }
                    return Ok(());
                }
                match place {
                    Some(place) if place < length && !open => {
                        if let Object::List(list) = self.heap.change(id) {
                            list.items[place] = value;
                        }
                        Ok(())
                    }
                    Some(_) if !open => {
                        self.raise("IndexError", "list assignment index out of range", Cause::Python)
                    }
                    _ => {
                        self.heap.forget_content(id);
                        Ok(())
                    }
                }
            }
            Some(Object::Instance(instance)) if instance.class.as_id().is_some() => {
                match self.find_method(owner, "__setitem__") {
                    Some(method) => self.call(&method, Args::of([index.clone(), value])).map(drop),
                    None => Ok(()),
                }
            }
            None if matches!(owner, Value::Tuple(_) | Value::Str(_) | Value::None | Value::Int(_)) => {
                let kind = self.type_name(owner);
                self.type_error(format!("'{kind}' object does not support item assignment"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn delete_item(&mut self, owner: &Value, index: &Value) -> Eval<()> {
        match self.object(owner) {
            Some(Object::Dict(dict)) => {
                let open = dict.open;
                let key = self.key(index)?;
                let Some(id) = owner.as_id() else { return Ok(()) };
                let known = match (&key, self.heap.get(id)) {
                    (Some(key), Object::Dict(dict)) => dict.entries.contains_key(key),
                    _ => false,
                };
                if known {
                    if let (Some(key), Object::Dict(dict)) = (key, self.heap.change(id)) {
                        dict.entries.shift_remove(&key);
                    }
                    return Ok(());
                }
                if key.is_none() {
                    self.heap.forget_content(id);
                    return Ok(());
                }
                if open || id == self.modules && self.is_loaded(index) != super::Truth::No {
                    return Ok(());
                }
                if id == self.environ {
                    return self.missing_variable(index).map(drop);
                }
                let shown = self.repr_of(index).unwrap_or_default();
                self.raise("KeyError", shown, Cause::Python)
            }
            Some(Object::List(_)) => {
                if let Some(id) = owner.as_id() {
                    self.delete_list_item(id, index);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn delete_list_item(&mut self, id: super::Id, index: &Value) {
        let Object::List(list) = self.heap.get(id) else { return };
        let length = list.items.len();
        let place = match index {
            Value::Int(position) if *position < 0 => {
                usize::try_from(position + i64::try_from(length).unwrap_or(0)).ok()
            }
            Value::Int(position) => usize::try_from(*position).ok(),
            _ => None,
        };
        match place {
            Some(place) if place < length => {
                if let Object::List(list) = self.heap.change(id) {
                    list.items.remove(place);
                }
            }
            _ => self.heap.forget_content(id),
        }
    }

    pub(super) fn update_dict(&mut self, left: &Value, right: &Value) -> Eval {
        let other = match self.object(right) {
            Some(Object::Dict(dict)) => Some(dict.clone()),
            _ => None,
        };
        if let Some(id) = left.as_id()
            && let Object::Dict(dict) = self.heap.change(id)
        {
            match other {
                Some(other) => {
                    dict.open |= other.open;
                    dict.entries.extend(other.entries);
                }
                None => dict.open = true,
            }
        }
        Ok(left.clone())
    }

    /// The value of a string key in a dict, where it is known.
    pub(crate) fn dict_get(&self, dict: &Value, key: &str) -> Option<Value> {
        let Some(Object::Dict(dict)) = self.object(dict) else { return None };
        dict.entries.get(&Key::Str(Arc::from(key))).map(|(_, value)| value.clone())
    }
}

/// `items[lower:upper:step]`, where the bounds are known.
fn slice(items: &[Value], lower: &Value, upper: &Value, step: &Value) -> Option<Vec<Value>> {
    let bound = |value: &Value| match value {
        Value::None => Some(None),
        Value::Int(value) => Some(Some(*value)),
        _ => None,
    };
    let (lower, upper, step) = (bound(lower)?, bound(upper)?, bound(step)?.unwrap_or(1));
    let length = i64::try_from(items.len()).ok()?;
    if step == 0 {
        return None;
    }
    let clamp = |value: i64, least: i64, most: i64| {
        let value = if value < 0 { value.saturating_add(length) } else { value };
        value.clamp(least, most)
    };
    let mut part = Vec::new();
    if step > 0 {
        let start = lower.map_or(0, |value| clamp(value, 0, length));
        let end = upper.map_or(length, |value| clamp(value, 0, length));
        let mut place = start;
        while place < end {
            part.push(items[usize::try_from(place).ok()?].clone());
            place = place.checked_add(step)?;
        }
    } else {
        let start = lower.map_or(length - 1, |value| clamp(value, -1, length - 1));
        let end = upper.map_or(-1, |value| clamp(value, -1, length - 1));
        let mut place = start;
        while place > end {
            part.push(items[usize::try_from(place).ok()?].clone());
            place = place.checked_add(step)?;
        }
    }
    Some(part)
}
