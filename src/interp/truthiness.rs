//! Truth values and texts of values, as far as they are known without running anything.

use std::fmt::Write as _;
use std::sync::OnceLock;

use super::{Instance, Interp, Object, Payload, Truth, Value, WrapperKind};

impl Interp<'_> {
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
                Some(path) if path.starts_with("builtins.") || path.starts_with("collectlint.") => Truth::Yes,
                Some(path) if self.exception_names(path).is_some() => Truth::Yes,
                Some(path) if self.installed_version(path).is_some() => Truth::Yes,
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
                Object::Wrapper(wrapper) if wrapper.kind != WrapperKind::Decorated => Truth::Yes,
                Object::Wrapper(_)
                | Object::Scope(_)
                | Object::Gone
                | Object::Super(_)
                | Object::Parameter(_) => Truth::Maybe,
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
            Payload::Nothing if instance.class.is_extern("re.Match") => Truth::Yes,
            Payload::EnumMember { value, .. } => {
                if self.is_mixed_enum(&instance.class) {
                    return self.plain_truth(value);
                }
                match self.object(&instance.class) {
                    Some(Object::Class(class))
                        if class.mro.iter().all(|base| !base.is_extern("enum.Flag")) =>
                    {
                        Truth::Yes
                    }
                    _ => self.plain_truth(value),
                }
            }
            Payload::Nothing => match self.object(&instance.class) {
                Some(Object::Class(class)) => {
                    let custom = class.mro.iter().filter_map(Value::as_id).any(|id| {
                        self.heap.value(id, "__bool__").is_some() || self.heap.value(id, "__len__").is_some()
                    });
                    let decided = matches!(self.special_of_class(&instance.class, "__bool__"), Ok(None));
                    if custom || class.open || !decided { Truth::Maybe } else { Truth::Yes }
                }
                _ => Truth::Maybe,
            },
        }
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
                Object::Instance(Instance { payload: Payload::EnumMember { .. }, .. }) => {
                    self.enum_text(value)
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
                _ => self.shown_of(value)?.repr.map(|text| text.to_string()),
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
        let code = character as u32;
        match character {
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            _ if character == quote => {
                shown.push('\\');
                shown.push(quote);
            }
            ' '..='~' => shown.push(character),
            _ if is_printable(character) => shown.push(character),
            _ => {
                let _ = match code {
                    0..=0xff => write!(shown, "\\x{code:02x}"),
                    0x100..=0xffff => write!(shown, "\\u{code:04x}"),
                    _ => write!(shown, "\\U{code:08x}"),
                };
            }
        }
    }
    shown.push(quote);
    shown
}

/// `character.isprintable()`
pub(crate) fn is_printable(character: char) -> bool {
    static OTHERS: OnceLock<Option<regex::Regex>> = OnceLock::new();
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    let others = OTHERS.get_or_init(|| regex::Regex::new(r"[\p{C}\p{Z}]").ok());
    let mut buffer = [0; 4];
    others.as_ref().is_none_or(|others| !others.is_match(character.encode_utf8(&mut buffer)))
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
