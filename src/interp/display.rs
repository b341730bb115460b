//! `str(value)` and `repr(value)`, with the methods that interpreted classes define.

use super::call::Args;
use super::flow::Eval;
use super::protocol::Special;
use super::{ClassKind, Instance, Interp, Object, Payload, Value};
use crate::environment::{Platform, PythonVersion};

/// Containers inside each other are shown up to here.
const DEEPEST: usize = 24;

impl Interp<'_> {
    /// `str(value)`, where it is known.
    pub(crate) fn str_value(&mut self, value: &Value) -> Eval<Option<String>> {
        match value {
            Value::Str(text) => return Ok(Some(text.to_string())),
            Value::Object(id) if matches!(self.heap.get(*id), Object::Instance(_) | Object::Class(_)) => {}
            Value::Extern(_) if let Some(shown) = self.shown_of(value) => {
                return Ok(shown.text.map(|text| text.to_string()));
            }
            _ => return self.repr_value(value),
        }
        match self.text_by_method(value, "__str__")? {
            Shown::Text(text) => return Ok(text),
            Shown::Missing => {}
        }
        match self.object(value) {
            Some(Object::Instance(Instance { payload, class, .. })) => match payload {
                Payload::Exception(args) => {
                    let (args, class) = (args.clone(), class.clone());
                    self.exception_str(&class, &args)
                }
                Payload::Path(text) => Ok(Some(text.to_string())),
                Payload::EnumMember { .. } => self.enum_str(value),
                Payload::Data(data) if matches!(data, Value::Str(_)) => {
                    let data = data.clone();
                    self.str_value(&data)
                }
                _ => self.repr_value(value),
            },
            _ => self.repr_value(value),
        }
    }

    /// `repr(value)`, where it is known.
    pub(crate) fn repr_value(&mut self, value: &Value) -> Eval<Option<String>> {
        self.repr_inside(value, 0)
    }

    fn repr_inside(&mut self, value: &Value, depth: usize) -> Eval<Option<String>> {
        if depth > DEEPEST {
            return Ok(None);
        }
        match value {
            Value::Tuple(items) => {
                let items = items.clone();
                let Some(texts) = self.repr_all(&items, depth)? else { return Ok(None) };
                Ok(Some(match texts.as_slice() {
                    [single] => format!("({single},)"),
                    several => format!("({})", several.join(", ")),
                }))
            }
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(list) if !list.open => {
                    let items = list.items.clone();
                    Ok(self.repr_all(&items, depth)?.map(|texts| format!("[{}]", texts.join(", "))))
                }
                Object::Dict(dict) if !dict.open && *id != self.environ && *id != self.modules => {
                    let entries: Vec<(Value, Value)> = dict.entries.values().cloned().collect();
                    let mut texts = Vec::with_capacity(entries.len());
                    for (key, value) in entries {
                        let key = self.repr_inside(&key, depth + 1)?;
                        let value = self.repr_inside(&value, depth + 1)?;
                        let (Some(key), Some(value)) = (key, value) else { return Ok(None) };
                        texts.push(format!("{key}: {value}"));
                    }
                    Ok(Some(format!("{{{}}}", texts.join(", "))))
                }
                Object::Set(set) if !set.open && set.items.len() < 2 => {
                    // NOTE: the order of a set's items is not known
                    let items: Vec<Value> = set.items.values().cloned().collect();
                    let frozen = set.frozen;
                    let Some(texts) = self.repr_all(&items, depth)? else { return Ok(None) };
                    Ok(Some(match (texts.first(), frozen) {
                        (None, false) => "set()".to_owned(),
                        (None, true) => "frozenset()".to_owned(),
                        (Some(text), false) => format!("{{{text}}}"),
                        (Some(text), true) => format!("frozenset({{{text}}})"),
                    }))
                }
                Object::Instance(_) => self.instance_repr(value, depth),
                Object::Class(_) => match self.text_by_method(value, "__repr__")? {
                    Shown::Text(text) => Ok(text),
                    Shown::Missing => Ok(self.class_repr(value)),
                },
                _ => Ok(self.repr_of(value)),
            },
            _ => Ok(self.repr_of(value)),
        }
    }

    fn repr_all(&mut self, items: &[Value], depth: usize) -> Eval<Option<Vec<String>>> {
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match self.repr_inside(item, depth + 1)? {
                Some(text) => texts.push(text),
                None => return Ok(None),
            }
        }
        Ok(Some(texts))
    }

    fn instance_repr(&mut self, value: &Value, depth: usize) -> Eval<Option<String>> {
        match self.text_by_method(value, "__repr__")? {
            Shown::Text(text) => return Ok(text),
            Shown::Missing => {}
        }
        let Some(Object::Instance(instance)) = self.object(value) else { return Ok(None) };
        let (class, payload) = (instance.class.clone(), instance.payload.clone());
        let name = self.class_name(&class);
        match payload {
            Payload::Exception(args) => {
                let Some(texts) = self.repr_all(&args, depth)? else { return Ok(None) };
                Ok(Some(format!("{name}({})", texts.join(", "))))
            }
            Payload::Range(start, stop, step) => Ok(Some(if step == 1 {
                format!("range({start}, {stop})")
            } else {
                format!("range({start}, {stop}, {step})")
            })),
            Payload::Path(text) if class.is_extern("pathlib.Path") => {
                let kind =
                    if self.environment.platform == Platform::Windows { "WindowsPath" } else { "PosixPath" };
                Ok(Some(format!("{kind}({})", super::truthiness::repr_text(&text))))
            }
            Payload::EnumMember { name: member, value: own } => {
                Ok(self.repr_inside(&own, depth)?.map(|own| format!("<{name}.{member}: {own}>")))
            }
            Payload::Data(data) if class.is_extern("builtins.slice") => {
                Ok(self.repr_inside(&data, depth)?.map(|text| format!("slice{text}")))
            }
            Payload::Data(data) => {
                if let Some(fields) = self.named_tuple_fields(&class) {
                    let Value::Tuple(items) = &data else { return Ok(None) };
                    let Some(texts) = self.repr_all(items, depth)? else { return Ok(None) };
                    let pairs: Vec<String> =
                        fields.iter().zip(texts).map(|(field, text)| format!("{field}={text}")).collect();
                    return Ok(Some(format!("{name}({})", pairs.join(", "))));
                }
                let shown = self.repr_inside(&data, depth)?;
                Ok(shown.and_then(|shown| self.collection_repr(&class, &data, shown)))
            }
            Payload::Nothing => self.record_repr(value, &class, depth),
            Payload::Expects { .. } | Payload::Iterator(_) | Payload::Path(_) => Ok(None),
        }
    }

    /// A dataclass's instance or a `SimpleNamespace`.
    fn record_repr(&mut self, value: &Value, class: &Value, depth: usize) -> Eval<Option<String>> {
        let shown_name = if class.is_extern("types.SimpleNamespace") {
            "namespace".to_owned()
        } else if let Some(text) = self.dataclass_qualname(class) {
            text
        } else {
            return Ok(None);
        };
        let Some(names) = value.as_id().and_then(|id| self.heap.names(id)) else { return Ok(None) };
        if names.open {
            return Ok(None);
        }
        let fields: Vec<(String, Value)> = match class.as_id() {
            Some(_) => {
                let Some(fields) = self.dataclass_shown_fields(class) else { return Ok(None) };
                let Some(names) = value.as_id().and_then(|id| self.heap.names(id)) else { return Ok(None) };
                let found: Option<Vec<_>> = fields
                    .into_iter()
                    .map(|field| names.value(&field).cloned().map(|value| (field, value)))
                    .collect();
                let Some(found) = found else { return Ok(None) };
                found
            }
            None => names.iter().map(|(name, binding)| (name.to_string(), binding.value.clone())).collect(),
        };
        let mut texts = Vec::new();
        for (field, value) in fields {
            let Some(text) = self.repr_inside(&value, depth + 1)? else { return Ok(None) };
            texts.push(format!("{field}={text}"));
        }
        Ok(Some(format!("{shown_name}({})", texts.join(", "))))
    }

    /// A subclass of a builtin container, or one of `collections`.
    fn collection_repr(&self, class: &Value, data: &Value, shown: String) -> Option<String> {
        let name = self.class_name(class);
        match class.extern_path() {
            None => {
                let is_set = matches!(self.object(data), Some(Object::Set(_)));
                let Some(Object::Class(definition)) = self.object(class) else { return None };
                let builtin = definition.mro.iter().all(|base| {
                    base.as_id().is_some()
                        || base.extern_path().is_some_and(|path| path.starts_with("builtins."))
                });
                (builtin && !is_set).then_some(shown)
            }
            Some("collections.Counter") => {
                let empty = shown == "{}";
                empty.then(|| format!("{name}()"))
            }
            Some("collections.deque") => Some(format!("{name}({shown})")),
            Some("collections.OrderedDict") => {
                if shown == "{}" {
                    return Some(format!("{name}()"));
                }
                if self.environment.python >= PythonVersion::new(3, 12) {
                    return Some(format!("{name}({shown})"));
                }
                None
            }
            Some(_) => None,
        }
    }

    /// `<class 'module.Name'>`
    pub(super) fn class_repr(&self, value: &Value) -> Option<String> {
        let Some(Object::Class(class)) = self.object(value) else { return None };
        let Value::Str(qualified) = class.names.value("__qualname__")? else { return None };
        let module = match self.heap.get(class.module) {
            Object::Module(module) => &module.name,
            _ => return None,
        };
        let kind = if class.kind == ClassKind::Enum {
            return Some(format!("<enum '{}'>", class.name));
        } else {
            "class"
        };
        Some(format!("<{kind} '{module}.{qualified}'>"))
    }

    /// The text that a method of an interpreted class gives.
    fn text_by_method(&mut self, value: &Value, name: &str) -> Eval<Shown> {
        match self.special(value, name)? {
            Special::Method(method) => {
                let text = self.call(&method, Args::default())?;
                match self.plain(&text) {
                    Value::Str(text) => Ok(Shown::Text(Some(text.to_string()))),
                    Value::None | Value::Int(_) | Value::Bool(_) | Value::Float(_) | Value::Tuple(_) => {
                        let kind = self.type_name(&text);
                        self.type_error(format!("{name} returned non-string (type {kind})"))
                    }
                    _ => Ok(Shown::Text(None)),
                }
            }
            Special::Missing => Ok(Shown::Missing),
            Special::Unknown => Ok(Shown::Text(None)),
        }
    }

    /// `format(value, specification)` where an interpreted class says how; the outer `None` where none does.
    pub(super) fn format_by_class(
        &mut self,
        value: &Value,
        specification: &str,
    ) -> Eval<Option<Option<String>>> {
        match self.special(value, "__format__")? {
            Special::Method(method) => {
                let text = self.call(&method, Args::of([Value::str(specification)]))?;
                Ok(Some(text.as_str().map(str::to_owned)))
            }
            Special::Unknown => Ok(Some(None)),
            Special::Missing => Ok(None),
        }
    }

    /// `str(exception)`
    fn exception_str(&mut self, class: &Value, args: &[Value]) -> Eval<Option<String>> {
        match args {
            [] => Ok(Some(String::new())),
            [single] => {
                if self.derives(class, "builtins.KeyError") == super::Truth::Yes {
                    return self.repr_value(single);
                }
                self.str_value(single)
            }
            [number, text] if self.derives(class, "builtins.OSError") == super::Truth::Yes => {
                let (number, text) = (self.str_value(number)?, self.str_value(text)?);
                Ok(number.zip(text).map(|(number, text)| format!("[Errno {number}] {text}")))
            }
            _ if self.derives(class, "builtins.OSError") != super::Truth::No => Ok(None),
            _ if self.derives(class, "builtins.SyntaxError") != super::Truth::No => Ok(None),
            several => self.repr_value(&Value::Tuple(several.to_vec().into())),
        }
    }

    /// What `format` sees of a value: that of a subclass of `str` or `int`.
    pub(super) fn formatted_as(&self, value: &Value) -> Value {
        self.plain(value)
    }
}

enum Shown {
    Text(Option<String>),
    Missing,
}
