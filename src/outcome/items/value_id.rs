//! `_idval_from_value`: the id of one value.

use super::collector::Collector;
use super::library_numbers;
use super::lookup::{self, Found};
use crate::environment::PythonVersion;
use crate::environment::stdlib::{self, Attribute, Kind};
use crate::interp::{Args, Id, Instance, Object, Payload, Shown, Stub, Truth, Value, float_text};

/// The id of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ValueId {
    Text(String),
    /// It has none: the name of the argument and the number of the set stand for it.
    None,
    /// Not known; perhaps this.
    Unknown(Option<String>),
}

impl Collector<'_, '_> {
    pub(super) fn value_id(&mut self, value: &Value) -> ValueId {
        match value {
            Value::Str(text) => ValueId::Text(self.escaped_by_setting(text)),
            Value::Bytes(bytes) => ValueId::Text(escaped_bytes(bytes)),
            Value::None => ValueId::Text("None".to_owned()),
            Value::Bool(value) => ValueId::Text(if *value { "True" } else { "False" }.to_owned()),
            Value::Int(value) => ValueId::Text(value.to_string()),
            Value::Float(value) => ValueId::Text(float_text(*value)),
            Value::Tuple(_) | Value::Ellipsis | Value::NotImplemented => ValueId::None,
            Value::Object(id) => self.object_id(*id, value),
            Value::Extern(_) => self.external_id(value),
            Value::OneOf(values) => {
                let values = values.clone();
                let mut ids: Vec<ValueId> = values.iter().map(|value| self.value_id(value)).collect();
                ids.dedup();
                match ids.as_slice() {
                    [only] => only.clone(),
                    _ => ValueId::Unknown(None),
                }
            }
            Value::Unknown => ValueId::Unknown(None),
        }
    }

    fn escaped_by_setting(&self, text: &str) -> String {
        if self.settings.escape_ids { escaped(text) } else { text.to_owned() }
    }

    fn object_id(&mut self, id: Id, value: &Value) -> ValueId {
        match self.interp.heap.get(id) {
            Object::Function(function) => match function.attributes.value("__name__") {
                Some(Value::Str(name)) => ValueId::Text(name.to_string()),
                Some(_) => ValueId::Unknown(None),
                None => ValueId::Text(function.name.to_string()),
            },
            Object::Class(class) => match class.names.value("__name__") {
                Some(Value::Str(name)) => ValueId::Text(name.to_string()),
                Some(_) => ValueId::Unknown(None),
                None => ValueId::Text(class.name.to_string()),
            },
            Object::Module(module) => ValueId::Text(module.name.to_string()),
            Object::Method(method) => {
                let function = method.function.clone();
                match (&function, function.extern_path()) {
                    (Value::Object(_), _) => self.value_id(&function),
                    (_, Some(path)) => {
                        let name = path.rsplit('.').next().unwrap_or(path).to_owned();
                        let is_data = matches!(name.as_str(), "real" | "imag" | "numerator" | "denominator");
                        if path.starts_with("builtins.") && !is_data {
                            ValueId::Text(name)
                        } else {
                            ValueId::Unknown(Some(name))
                        }
                    }
                    _ => ValueId::Unknown(None),
                }
            }
            Object::Fixture(fixture) => {
                let function = fixture.function.clone();
                self.value_id(&function)
            }
            Object::Wrapper(wrapper) => {
                let inner = wrapper.inner.clone();
                match self.value_id(&inner) {
                    ValueId::Text(name) => ValueId::Unknown(Some(name)),
                    other => other,
                }
            }
            Object::Generator(generator) => match generator.body {
                Some((function, _)) => self.object_id(function, &Value::Object(function)),
                None if generator.lazy.is_some() => ValueId::Text("<genexpr>".to_owned()),
                None => ValueId::Unknown(None),
            },
            Object::List(_)
            | Object::Dict(_)
            | Object::Set(_)
            | Object::Partial(_)
            | Object::Mark(_)
            | Object::Parameter(_) => ValueId::None,
            Object::Instance(instance) => {
                let instance = instance.clone();
                self.instance_id(&instance, value)
            }
            Object::Scope(_) | Object::Gone | Object::Super(_) => ValueId::Unknown(None),
        }
    }

    fn instance_id(&mut self, instance: &Instance, value: &Value) -> ValueId {
        match &instance.payload {
            Payload::Path(_)
            | Payload::Exception(_)
            | Payload::Expects { .. }
            | Payload::Range(..)
            | Payload::Iterator(_) => ValueId::None,
            Payload::Data(Value::Str(text)) => ValueId::Text(self.escaped_by_setting(text)),
            Payload::Data(data @ (Value::Int(_) | Value::Float(_))) => {
                match instance.class.as_id().map(|class| self.has_in_class(class, "__str__")) {
                    Some(Truth::No) => {
                        let data = data.clone();
                        self.value_id(&data)
                    }
                    _ => self.text_by_method(value, &instance.class),
                }
            }
            Payload::Data(_) => ValueId::Unknown(None),
            Payload::EnumMember { name, value: plain } => self.member_id(instance, name, plain, value),
            Payload::Nothing => self.plain_instance_id(instance),
        }
    }

    fn plain_instance_id(&self, instance: &Instance) -> ValueId {
        let Some(class) = instance.class.as_id() else {
            let Some(path) = instance.class.extern_path() else { return ValueId::Unknown(None) };
            if path == "re.Pattern" {
                return match instance.attributes.value("pattern") {
                    Some(Value::Str(pattern)) => ValueId::Text(self.escaped_by_setting(pattern)),
                    Some(Value::Bytes(pattern)) => ValueId::Text(escaped_bytes(pattern)),
                    _ => ValueId::Unknown(None),
                };
            }
            return if path.starts_with("pytest.") || self.is_opaque_library_class(path) {
                ValueId::None
            } else {
                ValueId::Unknown(None)
            };
        };
        if instance.attributes.contains("__name__") {
            return ValueId::Unknown(None);
        }
        let like_a_number = ["str", "bytes", "int", "float", "complex"]
            .iter()
            .map(|kind| self.interp.derives(&instance.class, &format!("builtins.{kind}")))
            .fold(Truth::No, Truth::or)
            .or(self.interp.derives(&instance.class, "enum.Enum"));
        let named = self.has_in_class(class, "__name__").or(self.has_in_class(class, "__getattr__"));
        let caught = self.has_in_class(class, "__getattribute__");
        match like_a_number.or(named).or(caught) {
            Truth::No => ValueId::None,
            Truth::Yes | Truth::Maybe => ValueId::Unknown(None),
        }
    }

    /// Whether instances of a class of the library have no id of their own.
    fn is_opaque_library_class(&self, path: &str) -> bool {
        let Some(names) = self.interp.class_names(path) else { return false };
        !names.iter().any(|name| {
            matches!(
                name.as_str(),
                "builtins.str"
                    | "builtins.bytes"
                    | "builtins.int"
                    | "builtins.float"
                    | "builtins.complex"
                    | "builtins.type"
                    | "enum.Enum"
                    | "re.Pattern"
            ) || name.starts_with("unittest.mock.")
        })
    }

    /// `str(member)`, but the text itself of a member that is a text.
    fn member_id(&mut self, instance: &Instance, name: &str, plain: &Value, value: &Value) -> ValueId {
        let is = |ancestor: &str| self.interp.derives(&instance.class, ancestor);
        if is("builtins.str").or(is("builtins.bytes")) == Truth::Yes {
            let plain = plain.clone();
            return match plain {
                Value::Str(_) | Value::Bytes(_) => self.value_id(&plain),
                _ => ValueId::Unknown(None),
            };
        }
        let Some(class) = instance.class.as_id() else { return ValueId::Unknown(None) };
        if self.defines(class, "__str__") {
            return self.text_by_method(value, &instance.class);
        }
        let numeric = is("enum.IntEnum").or(is("enum.IntFlag"));
        if numeric == Truth::Yes && self.interp.environment.python >= PythonVersion::new(3, 11) {
            let plain = plain.clone();
            return match plain {
                Value::Int(_) => self.value_id(&plain),
                _ => ValueId::Unknown(None),
            };
        }
        ValueId::Text(format!("{}.{name}", self.interp.class_name(&instance.class)))
    }

    /// Whether an interpreted class among the bases defines a method.
    fn defines(&self, class: Id, method: &str) -> bool {
        self.holders(class)
            .iter()
            .filter_map(Value::as_id)
            .any(|holder| self.interp.heap.names(holder).is_some_and(|names| names.contains(method)))
    }

    /// What the program's own `__str__` gives.
    fn text_by_method(&mut self, value: &Value, class: &Value) -> ValueId {
        let Some(class) = class.as_id() else { return ValueId::Unknown(None) };
        let Found::Value(method) = lookup::in_class(self.interp, class, "__str__") else {
            return ValueId::Unknown(None);
        };
        let args = Args::of([value.clone()]);
        match self.interp.outside(|interp| interp.call(&method, args)).certain() {
            Some(Value::Str(text)) => ValueId::Text(text.to_string()),
            _ => ValueId::Unknown(None),
        }
    }

    /// The `__name__` of a function or class that is not interpreted.
    fn external_id(&self, value: &Value) -> ValueId {
        let Value::Extern(external) = value else { return ValueId::Unknown(None) };
        if let Some(shown) = self.interp.shown_of(value) {
            return self.shown_id(&shown);
        }
        let Some(path) = value.extern_path() else {
            return if &*external.path == "builtins.object" { ValueId::None } else { ValueId::Unknown(None) };
        };
        if let Some(name) = self.interp.third_party_name(path) {
            return ValueId::Text(name.to_owned());
        }
        let (python, platform) = (self.interp.environment.python, self.interp.environment.platform);
        let last = external.last().to_owned();
        if path.starts_with("builtins.") {
            let known = matches!(
                stdlib::builtin(&last, python, platform),
                Attribute::Present(Kind::Function | Kind::Class | Kind::Exception)
            );
            return if known { ValueId::Text(last) } else { ValueId::Unknown(Some(last)) };
        }
        if path.starts_with("pytest.") && self.interp.exception_names(path).is_some() {
            return ValueId::Text(self.interp.class_name(value));
        }
        if let Some(facts) = stdlib::class(path, python, platform) {
            let name = facts.name.rsplit('.').next().unwrap_or(facts.name);
            return ValueId::Text(name.to_owned());
        }
        let Some((module, name)) = path.rsplit_once('.') else { return ValueId::Unknown(None) };
        if let Some(number) = library_numbers::of(path, platform) {
            return ValueId::Text(number.text(python));
        }
        match stdlib::attribute(module, name, python, platform) {
            Attribute::Present(Kind::Function) => ValueId::Text(last),
            Attribute::Present(Kind::Variable) => ValueId::Unknown(None),
            _ if let Some(stub) = self.interp.stub(path) => ValueId::Unknown(match stub {
                Stub::Callable(name) | Stub::Member(name) => Some(name),
                Stub::Instance(_) => None,
            }),
            // most likely a constant: functions and classes are written otherwise
            _ if !last.contains(char::is_lowercase) => ValueId::Unknown(None),
            _ => ValueId::Unknown(Some(last)),
        }
    }
}

impl Collector<'_, '_> {
    /// The id of a value of which is only known how it shows itself.
    fn shown_id(&self, shown: &Shown) -> ValueId {
        let text =
            || shown.text.as_ref().map_or(ValueId::Unknown(None), |text| ValueId::Text(text.to_string()));
        match shown.certain_class() {
            Some("builtins.int" | "builtins.complex" | "re.RegexFlag" | "numpy.float64") => text(),
            Some(class) if class.starts_with("numpy.") || class.starts_with("pyarrow.") => ValueId::None,
            Some(class) if class.starts_with("pytz.") || class.starts_with("dateutil.") => ValueId::None,
            Some(class) if self.is_opaque_library_class(class) => ValueId::None,
            Some(_) | None => ValueId::Unknown(None),
        }
    }
}

/// `ascii_escaped` of a text.
pub(super) fn escaped(text: &str) -> String {
    use std::fmt::Write as _;

    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            ' '..='~' => shown.push(character),
            _ => {
                let code = u32::from(character);
                let _ = match code {
                    0..=0xff => write!(shown, "\\x{code:02x}"),
                    0x100..=0xffff => write!(shown, "\\u{code:04x}"),
                    _ => write!(shown, "\\U{code:08x}"),
                };
            }
        }
    }
    shown
}

/// `ascii_escaped` of bytes: a backslash stays as it is.
fn escaped_bytes(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    let mut shown = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\n' => shown.push_str("\\n"),
            b'\r' => shown.push_str("\\r"),
            b'\t' => shown.push_str("\\t"),
            b' '..=b'~' => shown.push(char::from(byte)),
            _ => {
                let _ = write!(shown, "\\x{byte:02x}");
            }
        }
    }
    shown
}
