//! What a `for` loop, a star or `list()` gets out of a value.

use super::call::Args;
use super::flow::Eval;
use super::{ClassKind, Generator, GeneratorKind, Instance, Interp, Key, Object, Payload, Value};

impl Interp<'_> {
    /// The items of an iterable, or `None` where they are not known. Runs generators to their end.
    pub(crate) fn iterate(&mut self, value: &Value) -> Eval<Option<Vec<Value>>> {
        match value {
            Value::Tuple(items) => Ok(Some(items.to_vec())),
            Value::Str(text) => Ok(Some(text.chars().map(|c| Value::str(c.to_string())).collect())),
            Value::Bytes(bytes) => Ok(Some(bytes.iter().map(|&byte| Value::Int(i64::from(byte))).collect())),
            Value::None | Value::Int(_) | Value::Bool(_) | Value::Float(_) => {
                let kind = self.type_name(value);
                self.type_error(format!("'{kind}' object is not iterable"))
            }
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(list) => Ok((!list.open).then(|| list.items.clone())),
                Object::Dict(dict) => {
                    let special = *id == self.environ || *id == self.modules;
                    Ok((!dict.open && !special)
                        .then(|| dict.entries.values().map(|(key, _)| key.clone()).collect()))
                }
                Object::Set(set) => Ok((!set.open).then(|| set.items.values().cloned().collect())),
                Object::Class(class) if class.kind == ClassKind::Enum => {
                    let open = class.names.open;
                    let members = self.enum_members(*id);
                    Ok((!open).then_some(members))
                }
                Object::Function(_) => self.type_error("'function' object is not iterable"),
                Object::Fixture(_) => {
                    let kind = if self.environment.pytest.at_least(8, 4) {
                        "FixtureFunctionDefinition"
                    } else {
                        "function"
                    };
                    self.type_error(format!("'{kind}' object is not iterable"))
                }
                Object::Module(_) => self.type_error("'module' object is not iterable"),
                Object::Generator(_) => self.run_generator(*id),
                Object::Instance(Instance { payload, class, .. }) => match payload {
                    Payload::Range(start, stop, step) => Ok(range_items(*start, *stop, *step)),
                    Payload::Iterator(Some(items)) => {
                        let items = items.clone();
                        if let Object::Instance(instance) = self.heap.change(*id) {
                            instance.payload = Payload::Iterator(Some(Vec::new()));
                        }
                        Ok(Some(items))
                    }
                    Payload::Data(data) => {
                        let data = data.clone();
                        self.iterate(&data)
                    }
                    Payload::Nothing if class.as_id().is_some() => self.iterate_instance(value),
                    _ => Ok(None),
                },
                _ => Ok(None),
            },
            _ => {
                self.may_raise_anything();
                Ok(None)
            }
        }
    }

    fn iterate_instance(&mut self, value: &Value) -> Eval<Option<Vec<Value>>> {
        let Some(method) = self.find_method(value, "__iter__") else { return Ok(None) };
        let iterator = self.call(&method, Args::default())?;
        if iterator.same(value) {
            return Ok(None);
        }
        self.iterate(&iterator)
    }

    /// Members of an enumeration, in order, without aliases.
    pub(crate) fn enum_members(&self, class: super::Id) -> Vec<Value> {
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

    /// Runs the body of a generator; `None` where what it yields is not known.
    fn run_generator(&mut self, id: super::Id) -> Eval<Option<Vec<Value>>> {
        let Object::Generator(generator) = self.heap.get(id) else { return Ok(None) };
        if generator.kind != GeneratorKind::Generator {
            let kind = match generator.kind {
                GeneratorKind::Coroutine => "coroutine",
                GeneratorKind::AsyncGenerator | GeneratorKind::Generator => "async_generator",
            };
            return self.type_error(format!("'{kind}' object is not iterable"));
        }
        let Some((function, scope)) = generator.body else { return Ok(Some(Vec::new())) };
        if let Object::Generator(generator) = self.heap.change(id) {
            *generator = Generator { kind: GeneratorKind::Generator, body: None };
        }
        let before = self.pending.len();
        let (_, yields) = self.run_body(function, scope, true)?;
        // what may have ended it early may have left items out
        Ok(if self.pending.len() == before { yields } else { None })
    }

    /// Awaits a coroutine, as `asyncio.run` does.
    pub(super) fn run_coroutine(&mut self, value: &Value) -> Eval {
        let Some(Object::Generator(Generator {
            kind: GeneratorKind::Coroutine,
            body: Some((function, scope)),
        })) = self.object(value)
        else {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        };
        let (function, scope) = (*function, *scope);
        self.run_body(function, scope, false).map(|(value, _)| value)
    }

    /// The number of items, where it is known.
    pub(crate) fn length(&mut self, value: &Value) -> Eval<Option<usize>> {
        match self.object(value) {
            Some(Object::Generator(_)) => Ok(None),
            Some(Object::Instance(Instance { payload: Payload::Iterator(_), .. })) => Ok(None),
            _ => Ok(self.iterate(value)?.map(|items| items.len())),
        }
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

/// The numbers of a range, unless there are very many.
fn range_items(start: i64, stop: i64, step: i64) -> Option<Vec<Value>> {
    let count = if step > 0 {
        (stop.saturating_sub(start)).max(0).checked_add(step - 1)? / step
    } else if step < 0 {
        (start.saturating_sub(stop)).max(0).checked_add(-step - 1)? / -step
    } else {
        return None;
    };
    if count > 100_000 {
        return None;
    }
    Some((0..count).map(|index| Value::Int(start + index * step)).collect())
}
