//! Keys of dicts and items of sets: which values are equal and can be hashed.

use super::flow::Eval;
use super::{Instance, Interp, Key, Object, Payload, Value};

impl Interp<'_> {
    /// What makes a value equal to another as a key; `None` where that is not known. Raises
    /// `TypeError` for what cannot be hashed.
    pub(crate) fn key(&mut self, value: &Value) -> Eval<Option<Key>> {
        if let Some(kind) = self.unhashable(value) {
            return self.type_error(format!("unhashable type: '{kind}'"));
        }
        if let Some(Object::Instance(instance)) = self.object(value) {
            let class = instance.class.clone();
            if let Ok(Some(hash)) = self.special_of_class(&class, "__hash__")
                && matches!(self.object(&hash), Some(Object::Function(_)))
            {
                // it may raise; which keys are equal is not known
                let hash = self.bind_function(&hash, value)?;
                self.call(&hash, super::Args::default())?;
                return Ok(None);
            }
        }
        Ok(self.plain_key(value))
    }

    /// Whether a value certainly has no hash.
    pub(super) fn cannot_be_hashed(&self, value: &Value) -> bool {
        self.unhashable(value).is_some()
    }

    /// The type of what certainly has no hash: of the value, or of what is in it.
    pub(crate) fn unhashable(&self, value: &Value) -> Option<String> {
        match value {
            Value::Tuple(items) => items.iter().find_map(|item| self.unhashable(item)),
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(_) => Some("list".to_owned()),
                Object::Dict(_) => Some("dict".to_owned()),
                Object::Set(set) if !set.frozen => Some("set".to_owned()),
                // a dataclass with `__eq__`
                Object::Mark(_) => Some("MarkDecorator".to_owned()),
                Object::Instance(instance) => {
                    let kind = || self.class_name(&instance.class);
                    match self.own_hash(&instance.class) {
                        Hash::None => Some(kind()),
                        Hash::Own | Hash::Unknown => None,
                        Hash::Builtin => match &instance.payload {
                            Payload::Data(data) if !instance.class.is_extern("builtins.slice") => {
                                self.unhashable(data).map(|_| kind())
                            }
                            _ => instance.class.is_extern("types.SimpleNamespace").then(kind),
                        },
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// What the classes of an instance say about hashing. A class that defines `__eq__` alone cannot be hashed.
    fn own_hash(&self, class: &Value) -> Hash {
        let Some(Object::Class(definition)) = self.object(class) else { return Hash::Builtin };
        for base in &definition.mro {
            let Some(id) = base.as_id() else {
                match base.extern_path() {
                    Some(path) if self.is_understood(path) => continue,
                    _ => return Hash::Unknown,
                }
            };
            if let Some(hash) = self.heap.value(id, "__hash__") {
                return match hash {
                    Value::None => Hash::None,
                    Value::Extern(_) => Hash::Builtin,
                    _ => Hash::Own,
                };
            }
            if self.heap.value(id, "__eq__").is_some() || self.dataclass_has_no_hash(&Value::Object(id)) {
                return Hash::None;
            }
            if self.heap.names(id).is_some_and(|names| names.open) {
                return Hash::Unknown;
            }
        }
        if definition.open { Hash::Unknown } else { Hash::Builtin }
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
            Value::Float(value) if value.is_nan() => return None,
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
                Object::Instance(instance) => return self.instance_key(value, instance),
                Object::Set(set) if set.frozen && !set.open => {
                    let mut keys: Vec<Key> = set.items.keys().cloned().collect();
                    keys.sort();
                    Key::Set(keys)
                }
                Object::Function(_) | Object::Class(_) | Object::Module(_) => Key::Object(*id),
                _ => return None,
            },
            Value::Unknown | Value::OneOf(_) => return None,
        })
    }

    fn instance_key(&self, value: &Value, instance: &Instance) -> Option<Key> {
        let id = value.as_id()?;
        if !matches!(self.own_hash(&instance.class), Hash::Builtin) {
            return None;
        }
        match &instance.payload {
            Payload::Data(_) if instance.class.extern_path().is_some() => None,
            Payload::Data(data) => self.plain_key(data),
            Payload::EnumMember { value: own, .. } if self.is_mixed_enum(&instance.class) => {
                self.plain_key(&self.plain(own))
            }
            Payload::EnumMember { .. } | Payload::Exception(_) => Some(Key::Object(id)),
            Payload::Path(text) => {
                Some(Key::Tuple(vec![Key::Extern("pathlib.Path".into()), Key::Str(text.clone())]))
            }
            Payload::Nothing => {
                let class = instance.class.as_id()?;
                if let Some(fields) = self.dataclass_compared_fields(&instance.class)
                    && self.dataclass_flag(&instance.class, "eq") != super::Truth::No
                {
                    let mut keys = vec![Key::Object(class)];
                    for field in fields {
                        keys.push(self.plain_key(instance.attributes.value(&field)?)?);
                    }
                    return Some(Key::Tuple(keys));
                }
                Some(Key::Object(id))
            }
            Payload::Expects { .. } | Payload::Range(..) | Payload::Iterator(_) => None,
        }
    }
}

/// How instances of a class are hashed.
enum Hash {
    /// They are not.
    None,
    /// By an interpreted method.
    Own,
    /// As the builtin type does it.
    Builtin,
    Unknown,
}
