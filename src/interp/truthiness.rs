//! Truth values, keys and texts of values.

use std::fmt::Write as _;

use super::flow::Eval;
use super::{ClassKind, Instance, Interp, Key, Object, Payload, Truth, Value};

impl Interp<'_> {
    /// `bool(value)`; calls `__bool__` and `__len__` of interpreted classes.
    pub(super) fn truth(&mut self, value: &Value) -> Eval<Truth> {
        if let Some(Object::Instance(instance)) = self.object(value)
            && instance.class.as_id().is_some()
            && matches!(instance.payload, Payload::Nothing)
        {
            for method in ["__bool__", "__len__"] {
                if let Some(method) = self.find_method(value, method) {
                    let result = self.call(&method, super::Args::default())?;
                    return Ok(self.plain_truth(&result));
                }
            }
        }
        Ok(self.plain_truth(value))
    }

    /// `bool(value)` as far as it is known without running anything.
    pub(crate) fn plain_truth(&self, value: &Value) -> Truth {
        match value {
            Value::Unknown => Truth::Maybe,
            Value::None => Truth::No,
            Value::NotImplemented | Value::Ellipsis => Truth::Yes,
            Value::Bool(value) => Truth::from(*value),
            Value::Int(value) => Truth::from(*value != 0),
            Value::Float(value) => Truth::from(*value != 0.0),
            Value::Str(text) => Truth::from(!text.is_empty()),
            Value::Bytes(bytes) => Truth::from(!bytes.is_empty()),
            Value::Tuple(items) => Truth::from(!items.is_empty()),
            Value::OneOf(values) => {
                values.iter().map(|value| self.plain_truth(value)).reduce(Truth::join).unwrap_or(Truth::Maybe)
            }
            Value::Extern(_) => match value.extern_path() {
                Some(path) if path.starts_with("builtins.") => Truth::Yes,
                Some(path) if self.exception_names(path).is_some() => Truth::Yes,
                _ => Truth::Maybe,
            },
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(list) => known_or_open(!list.items.is_empty(), list.open),
                Object::Dict(dict) => {
                    if dict.open {
                        Truth::Maybe
                    } else {
                        Truth::from(!dict.entries.is_empty())
                    }
                }
                Object::Set(set) => known_or_open(!set.items.is_empty(), set.open),
                Object::Module(_)
                | Object::Function(_)
                | Object::Method(_)
                | Object::Generator(_)
                | Object::Partial(_)
                | Object::Mark(_)
                | Object::Fixture(_) => Truth::Yes,
                Object::Class(class) => {
                    if class.metaclass.is_extern("builtins.type") && !class.open {
                        Truth::Yes
                    } else {
                        Truth::Maybe
                    }
                }
                Object::Instance(instance) => self.instance_truth(instance),
                Object::Wrapper(_) | Object::Scope(_) | Object::Super(_) | Object::Parameter(_) => {
                    Truth::Maybe
                }
            },
        }
    }

    fn instance_truth(&self, instance: &Instance) -> Truth {
        match &instance.payload {
            Payload::Path(_) | Payload::Exception(_) | Payload::Expects { .. } => Truth::Yes,
            Payload::Range(start, stop, step) => {
                Truth::from(if *step > 0 { start < stop } else { start > stop })
            }
            Payload::Iterator(_) => Truth::Yes,
            Payload::Data(value) => self.plain_truth(value),
            Payload::EnumMember { value, .. } => {
                let plain_enum = match self.object(&instance.class) {
                    Some(Object::Class(class)) => {
                        class.kind == ClassKind::Enum
                            && class.mro.iter().all(|base| !base.is_extern("enum.Flag"))
                    }
                    _ => false,
                };
                if plain_enum && !matches!(value, Value::Int(0)) { Truth::Yes } else { Truth::Maybe }
            }
            Payload::Nothing => match self.object(&instance.class) {
                Some(Object::Class(class)) => {
                    let custom = class.mro.iter().filter_map(Value::as_id).any(|id| {
                        self.heap.value(id, "__bool__").is_some() || self.heap.value(id, "__len__").is_some()
                    });
                    if custom || class.open { Truth::Maybe } else { Truth::Yes }
                }
                _ => Truth::Maybe,
            },
        }
    }

    /// What makes a value equal to another as a key; `None` where that is not known. Raises
    /// `TypeError` for what cannot be hashed.
    pub(crate) fn key(&mut self, value: &Value) -> Eval<Option<Key>> {
        if let Some(kind) = self.unhashable(value) {
            return self.type_error(format!("unhashable type: '{kind}'"));
        }
        Ok(self.plain_key(value))
    }

    fn unhashable(&self, value: &Value) -> Option<&'static str> {
        match value {
            Value::Tuple(items) => items.iter().find_map(|item| self.unhashable(item)),
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(_) => Some("list"),
                Object::Dict(_) => Some("dict"),
                Object::Set(set) if !set.frozen => Some("set"),
                _ => None,
            },
            _ => None,
        }
    }

    /// [`Self::key`] without the error.
    pub(crate) fn plain_key(&self, value: &Value) -> Option<Key> {
        Some(match value {
            Value::None => Key::None,
            Value::Ellipsis => Key::Ellipsis,
            Value::NotImplemented => Key::NotImplemented,
            Value::Bool(value) => Key::Int(i64::from(*value)),
            Value::Int(value) => Key::Int(*value),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                reason = "checked to be whole"
            )]
            Value::Float(value) if value.fract() == 0.0 && value.abs() < (i64::MAX as f64) => {
                Key::Int(*value as i64)
            }
            Value::Float(value) => Key::Float(value.to_bits()),
            Value::Str(text) => Key::Str(text.clone()),
            Value::Bytes(bytes) => Key::Bytes(bytes.clone()),
            Value::Tuple(items) => {
                Key::Tuple(items.iter().map(|item| self.plain_key(item)).collect::<Option<Vec<_>>>()?)
            }
            Value::Extern(external) => match value.extern_path() {
                Some(_) => Key::Extern(external.path.clone()),
                None => return None,
            },
            Value::Object(id) => match self.heap.get(*id) {
                Object::Instance(Instance { payload: Payload::Data(data), .. }) => {
                    return self.plain_key(data);
                }
                // NOTE: an interpreted class may define `__eq__`; then two instances may be one key
                Object::Instance(Instance { payload: Payload::Nothing, class, .. }) => {
                    match self.object(class) {
                        Some(Object::Class(class)) if class.kind == ClassKind::Plain && !class.open => {
                            Key::Object(*id)
                        }
                        _ => return None,
                    }
                }
                Object::Instance(Instance { payload: Payload::EnumMember { .. }, .. })
                | Object::Function(_)
                | Object::Class(_)
                | Object::Module(_) => Key::Object(*id),
                _ => return None,
            },
            Value::Unknown | Value::OneOf(_) => return None,
        })
    }

    /// `str(value)`, where it is known.
    pub(crate) fn text_of(&self, value: &Value) -> Option<String> {
        match value {
            Value::Str(text) => Some(text.to_string()),
            Value::Object(id) => match self.heap.get(*id) {
                Object::Instance(Instance { payload: Payload::Path(text), .. }) => Some(text.to_string()),
                Object::Instance(Instance { payload: Payload::Exception(_), .. }) => {
                    self.exception_text(value)
                }
                Object::Instance(Instance { payload: Payload::EnumMember { name, .. }, class, .. }) => {
                    match self.object(class) {
                        Some(Object::Class(class))
                            if !class.mro.iter().any(|base| {
                                matches!(
                                    base.extern_path(),
                                    Some(
                                        "enum.IntEnum"
                                            | "enum.StrEnum"
                                            | "enum.Flag"
                                            | "enum.IntFlag"
                                            | "builtins.str"
                                            | "builtins.int"
                                    )
                                ) || base.as_id().is_some_and(|id| self.heap.value(id, "__str__").is_some())
                            }) =>
                        {
                            Some(format!("{}.{name}", class.name))
                        }
                        _ => None,
                    }
                }
                Object::Instance(Instance { payload: Payload::Data(data), .. }) => self.text_of(data),
                _ => self.repr_of(value),
            },
            _ => self.repr_of(value),
        }
    }

    /// `repr(value)`, where it is known.
    pub fn repr_of(&self, value: &Value) -> Option<String> {
        match value {
            Value::None => Some("None".to_owned()),
            Value::NotImplemented => Some("NotImplemented".to_owned()),
            Value::Ellipsis => Some("Ellipsis".to_owned()),
            Value::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
            Value::Int(value) => Some(value.to_string()),
            Value::Float(value) => Some(float_text(*value)),
            Value::Str(text) => Some(repr_text(text)),
            Value::Bytes(bytes) => Some(repr_bytes(bytes)),
            Value::Tuple(items) => {
                let texts: Vec<String> =
                    items.iter().map(|item| self.repr_of(item)).collect::<Option<_>>()?;
                Some(match texts.as_slice() {
                    [single] => format!("({single},)"),
                    several => format!("({})", several.join(", ")),
                })
            }
            Value::Extern(external) => match value.extern_path() {
                Some(path) if self.exception_names(path).is_some() || is_builtin_type(path) => {
                    Some(format!("<class '{}'>", path.strip_prefix("builtins.").unwrap_or(&external.path)))
                }
                _ => None,
            },
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(list) if !list.open => {
                    let texts: Vec<String> =
                        list.items.iter().map(|item| self.repr_of(item)).collect::<Option<_>>()?;
                    Some(format!("[{}]", texts.join(", ")))
                }
                Object::Dict(dict) if !dict.open => {
                    let mut texts = Vec::new();
                    for (key, value) in dict.entries.values() {
                        texts.push(format!("{}: {}", self.repr_of(key)?, self.repr_of(value)?));
                    }
                    Some(format!("{{{}}}", texts.join(", ")))
                }
                _ => None,
            },
            Value::Unknown | Value::OneOf(_) => None,
        }
    }
}

fn known_or_open(some: bool, open: bool) -> Truth {
    match (some, open) {
        (true, _) => Truth::Yes,
        (false, false) => Truth::No,
        (false, true) => Truth::Maybe,
    }
}

fn is_builtin_type(path: &str) -> bool {
    matches!(
        path.strip_prefix("builtins."),
        Some(
            "int"
                | "str"
                | "float"
                | "bool"
                | "bytes"
                | "bytearray"
                | "list"
                | "tuple"
                | "dict"
                | "set"
                | "frozenset"
                | "object"
                | "type"
                | "complex"
                | "range"
                | "slice"
                | "memoryview"
                | "property"
        )
    )
}

/// `repr` of a float: the shortest digits that give it back, with an exponent outside 1e-4…1e16.
pub(crate) fn float_text(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let magnitude = value.abs();
    if value == 0.0 || (1e-4..1e16).contains(&magnitude) {
        let text = value.to_string();
        return if text.contains('.') { text } else { format!("{text}.0") };
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, exponent) = exponent.strip_prefix('-').map_or(("+", exponent), |rest| ("-", rest));
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => text,
    }
}

/// `repr` of a string.
pub(crate) fn repr_text(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push(quote);
    for character in text.chars() {
        match character {
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            _ if character == quote => {
                shown.push('\\');
                shown.push(quote);
            }
            _ if (character as u32) < 0x20 || character as u32 == 0x7f => {
                let _ = write!(shown, "\\x{:02x}", character as u32);
            }
            _ => shown.push(character),
        }
    }
    shown.push(quote);
    shown
}

fn repr_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut shown = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\\' => shown.push_str("\\\\"),
            b'\n' => shown.push_str("\\n"),
            b'\r' => shown.push_str("\\r"),
            b'\t' => shown.push_str("\\t"),
            _ if char::from(byte) == quote => {
                shown.push('\\');
                shown.push(quote);
            }
            0x20..=0x7e => shown.push(char::from(byte)),
            _ => {
                let _ = write!(shown, "\\x{byte:02x}");
            }
        }
    }
    shown.push(quote);
    shown
}
