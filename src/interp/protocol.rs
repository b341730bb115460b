//! Special methods: what operators, statements and builtin functions ask of a value's class.

use super::call::Args;
use super::flow::Eval;
use super::{ClassKind, Instance, Interp, Object, Payload, Truth, Value};

/// What a class says about a special method.
#[derive(Clone, Debug)]
pub(super) enum Special {
    /// It is interpreted; bound to the value.
    Method(Value),
    /// There is none but what the value's builtin type has.
    Missing,
    /// A class that is not interpreted may have it.
    Unknown,
}

impl Interp<'_> {
    /// The special method `name` of a value, as operators look it up: in its class only.
    pub(super) fn special(&mut self, value: &Value, name: &str) -> Eval<Special> {
        let class = match value {
            Value::Object(id) => match self.heap.get(*id) {
                Object::Instance(instance) => instance.class.clone(),
                Object::Class(class) => class.metaclass.clone(),
                _ => return Ok(Special::Missing),
            },
            Value::Extern(_) | Value::Unknown | Value::OneOf(_) => return Ok(Special::Unknown),
            _ => return Ok(Special::Missing),
        };
        match self.special_of_class(&class, name) {
            Ok(Some(found)) => Ok(match found {
                Value::None => Special::Missing,
                Value::Unknown | Value::OneOf(_) | Value::Extern(_) => Special::Unknown,
                found => Special::Method(self.bind_function(&found, value)?),
            }),
            Ok(None) => Ok(Special::Missing),
            Err(()) => Ok(Special::Unknown),
        }
    }

    /// What an interpreted class holds under a special name; `Err` where a class that is not
    /// interpreted may supply it.
    pub(super) fn special_of_class(&self, class: &Value, name: &str) -> Result<Option<Value>, ()> {
        let Some(Object::Class(definition)) = self.object(class) else {
            return match class.extern_path() {
                Some(path) if self.is_understood(path) => Ok(None),
                _ => Err(()),
            };
        };
        for class in &definition.mro {
            match class {
                Value::Object(id) => {
                    let Some(names) = self.heap.names(*id) else { continue };
                    match names.get(name) {
                        Some(binding) if binding.maybe_unbound => return Err(()),
                        Some(binding) => return Ok(Some(binding.value.clone())),
                        None if names.open => return Err(()),
                        None => {}
                    }
                }
                other => match other.extern_path() {
                    // it has its own, which calls no other
                    Some("unittest.TestCase") if name == "__init__" => return Ok(None),
                    Some(path) if self.is_understood(path) => {}
                    _ => return Err(()),
                },
            }
        }
        if definition.open { Err(()) } else { Ok(None) }
    }

    /// Whether the special methods of an external class are known here: it has none of its own, or its
    /// instances hold a builtin value that has them.
    pub(super) fn is_understood(&self, path: &str) -> bool {
        match path {
            "builtins.object" | "builtins.str" | "builtins.int" | "builtins.float" | "builtins.bool"
            | "builtins.bytes" | "builtins.tuple" | "builtins.list" | "builtins.dict" | "builtins.set"
            | "builtins.frozenset" | "builtins.type" | "builtins.range" | "builtins.slice" => true,
            "abc.ABC"
            | "abc.ABCMeta"
            | "typing.Generic"
            | "typing.Protocol"
            | "typing_extensions.Protocol"
            | "types.SimpleNamespace"
            | "unittest.TestCase" => true,
            "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" | "enum.Flag" | "enum.IntFlag"
            | "enum.ReprEnum" | "enum.EnumMeta" | "enum.EnumType" => true,
            "collections.OrderedDict"
            | "collections.defaultdict"
            | "collections.Counter"
            | "collections.deque"
            | "pathlib.Path" => true,
            "sys.version_info" | "builtins.dict_keys" | "builtins.dict_values" | "builtins.dict_items" => {
                true
            }
            _ => self.exception_names(path).is_some(),
        }
    }

    /// The builtin value that a value of a subclass stands for: that of `class Name(str)`, the integer of an
    /// `IntEnum`'s member; itself for all others.
    pub(crate) fn plain(&self, value: &Value) -> Value {
        let Some(Object::Instance(Instance { class, payload, .. })) = self.object(value) else {
            return value.clone();
        };
        match payload {
            Payload::Data(_) if class.is_extern("builtins.slice") => value.clone(),
            Payload::Data(data) => data.clone(),
            Payload::EnumMember { value: own, .. } if self.is_mixed_enum(class) => self.plain(own),
            _ => value.clone(),
        }
    }

    /// Whether members of an enumeration are numbers or texts as well.
    pub(super) fn is_mixed_enum(&self, class: &Value) -> bool {
        let Some(Object::Class(class)) = self.object(class) else { return false };
        class.mro.iter().any(|base| {
            matches!(
                base.extern_path(),
                Some(
                    "builtins.int" | "builtins.str" | "builtins.float" | "builtins.bytes" | "builtins.tuple"
                )
            )
        })
    }

    /// Whether a value's type is builtin, so that all its operators are known.
    pub(super) fn is_builtin_value(&self, value: &Value) -> bool {
        match value {
            Value::None
            | Value::NotImplemented
            | Value::Ellipsis
            | Value::Int(_)
            | Value::Bool(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Tuple(_) => true,
            Value::Object(id) => matches!(
                self.heap.get(*id),
                Object::List(_)
                    | Object::Dict(_)
                    | Object::Set(_)
                    | Object::Function(_)
                    | Object::Module(_)
                    | Object::Method(_)
                    | Object::Generator(_)
            ),
            Value::Extern(_) | Value::Unknown | Value::OneOf(_) => false,
        }
    }

    /// Whether no class that is not interpreted decides what operators do with the value.
    pub(super) fn is_decided(&self, value: &Value) -> bool {
        if self.is_builtin_value(value) {
            return true;
        }
        match self.object(value) {
            Some(Object::Instance(Instance { class, payload: Payload::Nothing, .. })) => {
                class.as_id().is_some()
                    && matches!(self.special_of_class(class, "__no_such_method__"), Ok(None))
            }
            Some(Object::Instance(Instance { payload: Payload::Data(data), class, .. })) => {
                let is_view = class.extern_path().is_some_and(|path| path.starts_with("builtins.dict_"));
                self.is_builtin_value(data) && !is_view
            }
            _ => false,
        }
    }

    /// Calls a special method that the class of a value defines; `None` where there is none, an unknown
    /// value where that is not known.
    pub(super) fn call_special(
        &mut self,
        value: &Value,
        name: &str,
        args: impl IntoIterator<Item = Value>,
    ) -> Eval<Option<Value>> {
        match self.special(value, name)? {
            Special::Method(method) => self.call(&method, Args::of(args)).map(Some),
            Special::Missing => Ok(None),
            Special::Unknown => {
                self.may_raise_anything();
                Ok(Some(Value::Unknown))
            }
        }
    }

    /// `bool(value)`; calls `__bool__` and `__len__`.
    pub(crate) fn truth(&mut self, value: &Value) -> Eval<Truth> {
        if let Value::Object(id) = value
            && matches!(self.heap.get(*id), Object::Instance(_) | Object::Class(_))
        {
            match self.special(value, "__bool__")? {
                Special::Method(method) => {
                    let result = self.call(&method, Args::default())?;
                    return match result {
                        Value::Bool(truth) => Ok(Truth::from(truth)),
                        Value::Int(_) | Value::Str(_) | Value::None | Value::Float(_) => {
                            let kind = self.type_name(&result);
                            self.type_error(format!("__bool__ should return bool, returned {kind}"))
                        }
                        other => Ok(self.plain_truth(&other)),
                    };
                }
                Special::Unknown => return Ok(self.plain_truth(value)),
                Special::Missing => {}
            }
            if let Special::Method(_) = self.special(value, "__len__")? {
                let length = self.length_of(value)?;
                return Ok(length.map_or(Truth::Maybe, |length| Truth::from(length != 0)));
            }
        }
        Ok(self.plain_truth(value))
    }

    /// `len(value)`, where it is known.
    pub(crate) fn length_of(&mut self, value: &Value) -> Eval<Option<i64>> {
        if let Some(length) = self.call_special(value, "__len__", [])? {
            return match length {
                Value::Int(length) if length < 0 => {
                    self.raise("ValueError", "__len__() should return >= 0", super::Cause::Python)
                }
                Value::Int(length) => Ok(Some(length)),
                Value::Bool(length) => Ok(Some(i64::from(length))),
                Value::Str(_) | Value::Float(_) | Value::None => {
                    let kind = self.type_name(&length);
                    self.type_error(format!("'{kind}' object cannot be interpreted as an integer"))
                }
                _ => Ok(None),
            };
        }
        let plain = self.plain(value);
        let count = match &plain {
            Value::Str(text) => Some(text.chars().count()),
            Value::Bytes(bytes) => Some(bytes.len()),
            Value::Tuple(items) => Some(items.len()),
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(list) => (!list.open).then_some(list.items.len()),
                Object::Dict(dict) => {
                    let special = *id == self.environ || *id == self.modules;
                    (!dict.open && !special).then_some(dict.entries.len())
                }
                Object::Set(set) => (!set.open).then_some(set.items.len()),
                Object::Instance(Instance { payload: Payload::Range(start, stop, step), .. }) => {
                    return Ok(super::iterate::range_length(*start, *stop, *step));
                }
                Object::Class(class) if class.kind == ClassKind::Enum => {
                    let open = class.names.open;
                    let members = self.enum_members(*id).len();
                    (!open).then_some(members)
                }
                Object::Instance(Instance { class, payload, .. }) => {
                    let sized = !matches!(
                        payload,
                        Payload::Nothing
                            | Payload::EnumMember { .. }
                            | Payload::Exception(_)
                            | Payload::Path(_)
                    );
                    if sized || class.as_id().is_none() || !self.is_decided(value) {
                        return Ok(None);
                    }
                    return self.no_length(value);
                }
                Object::Function(_) | Object::Generator(_) | Object::Module(_) | Object::Method(_) => {
                    return self.no_length(value);
                }
                _ => return Ok(None),
            },
            Value::Extern(_) => value.shown().and_then(|shown| shown.length),
            Value::Unknown | Value::OneOf(_) => return Ok(None),
            _ => return self.no_length(value),
        };
        Ok(count.and_then(|count| i64::try_from(count).ok()))
    }

    fn no_length<T>(&mut self, value: &Value) -> Eval<T> {
        let kind = self.type_name(value);
        self.type_error(format!("object of type '{kind}' has no len()"))
    }
}
