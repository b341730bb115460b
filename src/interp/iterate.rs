//! What a `for` loop, a star or `list()` gets out of a value.

use super::budget::ITEMS;
use super::call::Args;
use super::flow::{Eval, Stop};
use super::protocol::Special;
use super::shown::Shown;
use super::{ClassKind, Id, Instance, Interp, Key, Object, Payload, Truth, Value};

/// Items that an interpreted iterator gives before nothing is known of the rest.
const MOST: usize = 1_000;

impl Interp<'_> {
    /// The items of an iterable, or `None` where they are not known. Runs generators to their end.
    pub(crate) fn iterate(&mut self, value: &Value) -> Eval<Option<Vec<Value>>> {
        match value {
            Value::Tuple(items) => Ok(Some(items.to_vec())),
            Value::Str(text) => Ok(Some(text.chars().map(|c| Value::str(c.to_string())).collect())),
            Value::Bytes(bytes) => Ok(Some(bytes.iter().map(|&byte| Value::Int(i64::from(byte))).collect())),
            Value::Object(id) => self.iterate_object(*id, value),
            Value::Extern(_)
                if value.shown().is_some_and(|shown| shown.length.is_some_and(|n| n <= ITEMS)) =>
            {
                Ok(value.shown().and_then(Shown::items))
            }
            Value::Extern(_) | Value::Unknown | Value::OneOf(_) => {
                self.may_raise_anything();
                Ok(None)
            }
            _ => self.not_iterable(value),
        }
    }

    fn iterate_object(&mut self, id: Id, value: &Value) -> Eval<Option<Vec<Value>>> {
        if let Some(names) = self.names_of_module(id) {
            return Ok(Some(names.entries.into_values().map(|(key, _)| key).collect()));
        }
        match self.heap.get(id) {
            Object::List(list) => Ok((!list.open).then(|| list.items.clone())),
            Object::Dict(dict) => {
                let special = id == self.environ || id == self.modules;
                Ok((!dict.open && !special)
                    .then(|| dict.entries.values().map(|(key, _)| key.clone()).collect()))
            }
            Object::Set(set) => Ok((!set.open).then(|| set.items.values().cloned().collect())),
            Object::Class(class) => {
                let (kind, open) = (class.kind, class.names.open);
                if kind == ClassKind::Enum && !matches!(self.special(value, "__iter__")?, Special::Method(_))
                {
                    let members = self.enum_members(id);
                    return Ok((!open).then_some(members));
                }
                self.iterate_by_method(value)
            }
            Object::Function(_) | Object::Module(_) | Object::Method(_) => self.not_iterable(value),
            Object::Fixture(_) => {
                let kind = if self.environment.pytest.at_least(8, 4) {
                    "FixtureFunctionDefinition"
                } else {
                    "function"
                };
                self.type_error(format!("'{kind}' object is not iterable"))
            }
            Object::Generator(_) => {
                let collected = self.collect_generator(id, None)?;
                match collected.stop {
                    Some(stop) => Err(stop),
                    None if collected.cut => Ok(None),
                    None => Ok(collected.items),
                }
            }
            Object::Instance(Instance { payload, .. }) => match payload {
                Payload::Range(start, stop, step) => Ok(range_items(*start, *stop, *step)),
                Payload::Iterator(Some(items)) => {
                    let items = items.clone();
                    if let Object::Instance(instance) = self.heap.change(id) {
                        instance.payload = Payload::Iterator(Some(Vec::new()));
                    }
                    Ok(Some(items))
                }
                Payload::Data(data) => {
                    let data = data.clone();
                    match self.special(value, "__iter__")? {
                        Special::Method(_) => self.iterate_by_method(value),
                        Special::Missing => self.iterate(&data),
                        Special::Unknown => Ok(None),
                    }
                }
                Payload::Iterator(None) | Payload::Expects { .. } => Ok(None),
                Payload::Nothing if self.is_lazy_iterator(value) => {
                    Ok(self.run_lazy_iterator(value)?.flatten())
                }
                Payload::Nothing | Payload::Exception(_) | Payload::Path(_) | Payload::EnumMember { .. } => {
                    self.iterate_by_method(value)
                }
            },
            _ => Ok(None),
        }
    }

    pub(super) fn not_iterable<T>(&mut self, value: &Value) -> Eval<T> {
        let kind = self.type_name(value);
        self.type_error(format!("'{kind}' object is not iterable"))
    }

    /// Whether a value certainly cannot be iterated over.
    pub(super) fn refuses_iteration(&mut self, value: &Value) -> Eval<bool> {
        Ok(match value {
            Value::None
            | Value::NotImplemented
            | Value::Ellipsis
            | Value::Int(_)
            | Value::Bool(_)
            | Value::Float(_) => true,
            Value::Object(id) => match self.heap.get(*id) {
                Object::Function(_) | Object::Module(_) | Object::Method(_) => true,
                Object::Instance(Instance { payload: Payload::Nothing, class, .. })
                    if class.as_id().is_some() && self.is_decided(value) =>
                {
                    matches!(self.special(value, "__iter__")?, Special::Missing)
                        && matches!(self.special(value, "__getitem__")?, Special::Missing)
                }
                _ => false,
            },
            _ => false,
        })
    }

    /// `__iter__` and `__next__`, or `__getitem__` with 0, 1, …
    fn iterate_by_method(&mut self, value: &Value) -> Eval<Option<Vec<Value>>> {
        match self.special(value, "__iter__")? {
            Special::Method(method) => {
                let iterator = self.call(&method, Args::default())?;
                self.drain(&iterator)
            }
            Special::Unknown => {
                self.may_raise_anything();
                Ok(None)
            }
            Special::Missing => match self.special(value, "__getitem__")? {
                Special::Method(method) => self.iterate_by_index(&method),
                Special::Unknown => Ok(None),
                Special::Missing => {
                    let refuses = match self.object(value) {
                        Some(Object::Class(class)) => {
                            !class.open && class.metaclass.is_extern("builtins.type")
                        }
                        _ => self.is_decided(value),
                    };
                    if refuses { self.not_iterable(value) } else { Ok(None) }
                }
            },
        }
    }

    /// The items of what `__iter__` returned.
    fn drain(&mut self, iterator: &Value) -> Eval<Option<Vec<Value>>> {
        match self.special(iterator, "__next__")? {
            Special::Method(next) => {
                let mut items = Vec::new();
                let before = self.pending.len();
                while items.len() < MOST {
                    match self.call(&next, Args::default()) {
                        Ok(item) => items.push(item),
                        Err(Stop::Raise(raised))
                            if self.derives(&raised.class, "builtins.StopIteration") == Truth::Yes =>
                        {
                            return Ok((self.pending.len() == before).then_some(items));
                        }
                        Err(stop) => return Err(stop),
                    }
                }
                Ok(None)
            }
            Special::Unknown => Ok(None),
            Special::Missing => {
                let is_iterator = matches!(
                    self.object(iterator),
                    Some(
                        Object::Generator(_)
                            | Object::Instance(Instance { payload: Payload::Iterator(_), .. })
                    )
                );
                if !is_iterator && self.is_builtin_value(iterator) {
                    let kind = self.type_name(iterator);
                    return self.type_error(format!("iter() returned non-iterator of type '{kind}'"));
                }
                self.iterate(iterator)
            }
        }
    }

    fn iterate_by_index(&mut self, method: &Value) -> Eval<Option<Vec<Value>>> {
        let mut items = Vec::new();
        let before = self.pending.len();
        for index in 0..MOST {
            let index = i64::try_from(index).unwrap_or(0);
            match self.call(method, Args::of([Value::Int(index)])) {
                Ok(item) => items.push(item),
                Err(Stop::Raise(raised))
                    if self.derives(&raised.class, "builtins.IndexError") == Truth::Yes =>
                {
                    return Ok((self.pending.len() == before).then_some(items));
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok(None)
    }

    /// Members of an enumeration, in order, without aliases.
    pub(crate) fn enum_members(&self, class: Id) -> Vec<Value> {
        let Some(names) = self.heap.names(class) else { return Vec::new() };
        let mut members: Vec<Value> = Vec::new();
        for (name, binding) in names.iter() {
            if let Some(Object::Instance(Instance {
                payload: Payload::EnumMember { name: own, .. },
                class: of,
                ..
            })) = self.object(&binding.value)
                && own == name
                && of.as_id() == Some(class)
            {
                members.push(binding.value.clone());
            }
        }
        members
    }

    /// The keys of a dict that are strings, with their values.
    pub(crate) fn string_entries(&self, value: &Value) -> Option<Vec<(String, Value)>> {
        let Some(Object::Dict(dict)) = self.object(value) else { return None };
        Some(
            dict.entries
                .iter()
                .filter_map(|(key, (_, value))| match key {
                    Key::Str(text) => Some((text.to_string(), value.clone())),
                    _ => None,
                })
                .collect(),
        )
    }
}

/// How many numbers a range has.
pub(super) fn range_length(start: i64, stop: i64, step: i64) -> Option<i64> {
    match step {
        0 => None,
        1.. => Some(stop.checked_sub(start)?.max(0).checked_add(step - 1)? / step),
        _ => {
            let step = step.checked_neg()?;
            Some(start.checked_sub(stop)?.max(0).checked_add(step - 1)? / step)
        }
    }
}

/// The numbers of a range, unless there are very many.
fn range_items(start: i64, stop: i64, step: i64) -> Option<Vec<Value>> {
    let count = range_length(start, stop, step)?;
    if count > 100_000 {
        return None;
    }
    Some((0..count).map(|index| Value::Int(start + index * step)).collect())
}
