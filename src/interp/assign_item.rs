//! `owner[index] = value` and `del owner[index]`.

use super::call::Args;
use super::flow::Eval;
use super::protocol::Special;
use super::{Cause, EventKind, Id, Interp, Object, Payload, Truth, Value, name};
use crate::environment::PythonVersion;

impl Interp<'_> {
    pub(crate) fn set_item(&mut self, owner: &Value, index: &Value, value: Value) -> Eval<()> {
        if matches!(self.object(owner), Some(Object::Instance(_))) {
            match self.special(owner, "__setitem__")? {
                Special::Method(method) => {
                    return self.call(&method, Args::of([index.clone(), value])).map(drop);
                }
                Special::Unknown => {
                    self.may_raise_anything();
                    return Ok(());
                }
                Special::Missing => {}
            }
        }
        let plain = self.plain(owner);
        match self.object(&plain) {
            Some(Object::Dict(_)) => self.set_dict_item(&plain, index, value),
            Some(Object::List(_)) => match plain.as_id() {
                Some(id) => self.set_list_item(id, index, value),
                None => Ok(()),
            },
            _ if self.refuses_items(owner) => {
                let kind = self.type_name(owner);
                self.type_error(format!("'{kind}' object does not support item assignment"))
            }
            _ => {
                self.may_raise_anything();
                Ok(())
            }
        }
    }

    /// Whether the items of a value can certainly not be changed.
    fn refuses_items(&self, owner: &Value) -> bool {
        let plain = self.plain(owner);
        match self.object(owner) {
            Some(Object::Instance(instance)) => match instance.payload {
                Payload::Nothing => instance.class.as_id().is_some() && self.is_decided(owner),
                _ => plain.as_id().is_none(),
            },
            Some(Object::Function(_) | Object::Set(_) | Object::Module(_) | Object::Generator(_)) => true,
            Some(_) => false,
            None => self.is_builtin_value(owner),
        }
    }

    fn set_dict_item(&mut self, owner: &Value, index: &Value, value: Value) -> Eval<()> {
        let key = self.key(index)?;
        let Some(id) = owner.as_id() else { return Ok(()) };
        if id == self.environ
            && let Some(odd) = [index, &value]
                .into_iter()
                .find(|part| self.is_builtin_value(part) && part.as_str().is_none())
        {
            let kind = self.type_name(odd);
            return self.type_error(format!("str expected, not {kind}"));
        }
        match index.as_str() {
            Some(bound) => self.mirror(id, bound, Some(value.clone())),
            None => self.forget_mirrored(id),
        }
        if let Object::Dict(dict) = self.heap.change(id) {
            match key {
                Some(key) => dict.set(key, index.clone(), value),
                None => dict.open = true,
            }
        }
        if id == self.modules
            && let Some(module) = index.as_str()
        {
            self.note(EventKind::ModuleReplaced { name: module.into() });
        }
        Ok(())
    }

    fn set_list_item(&mut self, id: Id, index: &Value, value: Value) -> Eval<()> {
        let Object::List(list) = self.heap.get(id) else { return Ok(()) };
        let (length, open) = (list.items.len(), list.open);
        if self.slice_parts(index).is_some() {
            return self.set_slice(id, index, &value);
        }
        let plain = self.plain(index);
        let Some(position) = self.int_of(&plain) else {
            self.heap.forget_content(id);
            return self.refuse_index(index, "list").map(drop);
        };
        match place_of(position, length) {
            _ if open => {
                self.heap.forget_content(id);
                Ok(())
            }
            Some(place) => {
                if let Object::List(list) = self.heap.change(id) {
                    list.items[place] = value;
                }
                Ok(())
            }
            None => self.raise("IndexError", "list assignment index out of range", Cause::Python),
        }
    }

    /// `list[lower:upper:step] = value`
    fn set_slice(&mut self, id: Id, index: &Value, value: &Value) -> Eval<()> {
        let Some([lower, upper, step]) = self.slice_parts(index) else { return Ok(()) };
        self.check_slice([&lower, &upper, &step])?;
        if self.refuses_iteration(value)? {
            let extended = self.environment.python >= PythonVersion::new(3, 13)
                || !matches!(step, Value::None | Value::Int(1));
            return self.type_error(if extended {
                "must assign iterable to extended slice"
            } else {
                "can only assign an iterable"
            });
        }
        let items = self.iterate(value)?;
        let Object::List(list) = self.heap.get(id) else { return Ok(()) };
        let whole =
            matches!((&lower, &upper, &step), (Value::None, Value::None, Value::None | Value::Int(1)));
        if whole {
            if let Object::List(list) = self.heap.change(id) {
                list.open = items.is_none();
                list.items = items.unwrap_or_default();
            }
            return Ok(());
        }
        let at_start = matches!((&lower, &upper), (Value::Int(0) | Value::None, Value::Int(0)));
        let places =
            if list.open && !at_start { None } else { places(list.items.len(), &lower, &upper, &step) };
        let (Some(items), Some(places)) = (items, places) else {
            self.heap.forget_content(id);
            return Ok(());
        };
        if matches!(step, Value::None | Value::Int(1)) {
            if let Object::List(list) = self.heap.change(id) {
                list.items.splice(places.start..places.start + places.chosen.len(), items);
            }
            return Ok(());
        }
        if items.len() != places.chosen.len() {
            let (given, size) = (items.len(), places.chosen.len());
            let message =
                format!("attempt to assign sequence of size {given} to extended slice of size {size}");
            return self.raise("ValueError", message, Cause::Python);
        }
        if let Object::List(list) = self.heap.change(id) {
            for (place, item) in places.chosen.into_iter().zip(items) {
                list.items[place] = item;
            }
        }
        Ok(())
    }

    pub(super) fn delete_item(&mut self, owner: &Value, index: &Value) -> Eval<()> {
        if matches!(self.object(owner), Some(Object::Instance(_))) {
            match self.special(owner, "__delitem__")? {
                Special::Method(method) => return self.call(&method, Args::of([index.clone()])).map(drop),
                Special::Unknown => {
                    self.may_raise_anything();
                    return Ok(());
                }
                Special::Missing => {}
            }
        }
        let plain = self.plain(owner);
        match (plain.as_id(), self.object(&plain)) {
            (Some(id), Some(Object::Dict(_))) => self.delete_dict_item(id, index),
            (Some(id), Some(Object::List(_))) => self.delete_list_item(id, index),
            _ if self.refuses_items(owner) => {
                let kind = self.type_name(owner);
                self.type_error(format!("'{kind}' object doesn't support item deletion"))
            }
            _ => {
                self.may_raise_anything();
                Ok(())
            }
        }
    }

    fn delete_dict_item(&mut self, id: Id, index: &Value) -> Eval<()> {
        let key = self.key(index)?;
        let Object::Dict(dict) = self.heap.get(id) else { return Ok(()) };
        let open = dict.open;
        let Some(key) = key else {
            self.heap.forget_content(id);
            return Ok(());
        };
        if let Some(bound) = index.as_str() {
            self.mirror(id, bound, None);
        }
        let Object::Dict(dict) = self.heap.get(id) else { return Ok(()) };
        if dict.entries.contains_key(&key) {
            if let Object::Dict(dict) = self.heap.change(id) {
                dict.entries.shift_remove(&key);
            }
            return Ok(());
        }
        if open || id == self.modules && self.is_loaded(index) != Truth::No {
            return Ok(());
        }
        if id == self.environ {
            return self.missing_variable(index);
        }
        self.key_error(index)
    }

    fn delete_list_item(&mut self, id: Id, index: &Value) -> Eval<()> {
        let Object::List(list) = self.heap.get(id) else { return Ok(()) };
        let (length, open) = (list.items.len(), list.open);
        if let Some([lower, upper, step]) = self.slice_parts(index) {
            self.check_slice([&lower, &upper, &step])?;
            match places(length, &lower, &upper, &step).filter(|_| !open) {
                Some(mut places) => {
                    places.chosen.sort_unstable();
                    if let Object::List(list) = self.heap.change(id) {
                        for place in places.chosen.into_iter().rev() {
                            list.items.remove(place);
                        }
                    }
                }
                None => self.heap.forget_content(id),
            }
            return Ok(());
        }
        let plain = self.plain(index);
        let Some(position) = self.int_of(&plain) else {
            self.heap.forget_content(id);
            return self.refuse_index(index, "list").map(drop);
        };
        match place_of(position, length) {
            _ if open => {
                self.heap.forget_content(id);
                Ok(())
            }
            Some(place) => {
                if let Object::List(list) = self.heap.change(id) {
                    list.items.remove(place);
                }
                Ok(())
            }
            None => self.raise("IndexError", "list assignment index out of range", Cause::Python),
        }
    }

    /// What is done to the dict of an object's names is done to the object.
    fn mirror(&mut self, dict: Id, bound: &str, value: Option<Value>) {
        let Some(&target) = self.mirrors.get(&dict) else { return };
        match value {
            Some(value) => self.heap.bind(target, &name(bound), value),
            None => self.heap.unbind(target, &name(bound)),
        }
    }

    /// Nothing is known of the names of an object whose dict changes in an unknown way.
    pub(super) fn forget_mirrored(&mut self, dict: Id) {
        if let Some(&target) = self.mirrors.get(&dict) {
            self.heap.open_names(target);
        }
    }

    /// A dict that stands for the names of an object.
    pub(super) fn mirror_of(&mut self, target: Id, dict: &Value) {
        if let Some(id) = dict.as_id() {
            self.mirrors.insert(id, target);
        }
    }

    pub(super) fn update_dict(&mut self, left: &Value, right: &Value) -> Eval {
        let other = match self.object(right) {
            Some(Object::Dict(dict)) => Some(dict.clone()),
            _ => None,
        };
        let Some(id) = left.as_id() else { return Ok(left.clone()) };
        match &other {
            Some(other) if !other.open => {
                for (name, value) in other.entries.values() {
                    match name.as_str() {
                        Some(bound) => self.mirror(id, bound, Some(value.clone())),
                        None => self.forget_mirrored(id),
                    }
                }
            }
            _ => self.forget_mirrored(id),
        }
        if let Object::Dict(dict) = self.heap.change(id) {
            match other {
                Some(other) => {
                    dict.open |= other.open;
                    for (key, (name, value)) in other.entries {
                        dict.set(key, name, value);
                    }
                }
                None => dict.open = true,
            }
        }
        Ok(left.clone())
    }
}

/// The place that an index means, where there is one.
fn place_of(position: i64, length: usize) -> Option<usize> {
    let end = i64::try_from(length).ok()?;
    let place = if position < 0 { position.checked_add(end)? } else { position };
    usize::try_from(place).ok().filter(|&place| place < length)
}

/// The places that a slice means.
struct Places {
    /// Where a slice without a step begins, also if it is empty.
    start: usize,
    chosen: Vec<usize>,
}

fn places(length: usize, lower: &Value, upper: &Value, step: &Value) -> Option<Places> {
    let all: Vec<Value> = (0..i64::try_from(length).ok()?).map(Value::Int).collect();
    let chosen: Option<Vec<usize>> = super::subscript::slice(&all, lower, upper, step)?
        .into_iter()
        .map(|place| match place {
            Value::Int(place) => usize::try_from(place).ok(),
            _ => None,
        })
        .collect();
    let start = match lower {
        Value::Int(lower) if *lower < 0 => length.saturating_sub(usize::try_from(lower.unsigned_abs()).ok()?),
        Value::Int(lower) => usize::try_from(*lower).ok()?.min(length),
        _ => 0,
    };
    Some(Places { start, chosen: chosen? })
}
