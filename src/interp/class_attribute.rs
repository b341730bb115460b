//! Attributes of classes: where they are looked up, and what descriptors and metaclasses make of them.

use std::sync::Arc;

use ruff_python_ast::name::Name;

use super::attribute::{object_has, type_has};
use super::flow::Eval;
use super::{Cause, ClassKind, Id, Interp, Method, Object, Value, WrapperKind, builtin_names};

impl Interp<'_> {
    /// Whether every class of an instance says which attributes there are: it has no `__dict__`.
    pub(super) fn has_only_slots(&self, class: &Value) -> bool {
        let Some(Object::Class(definition)) = self.object(class) else { return false };
        let slots = Name::new_static("__slots__");
        !definition.open
            && definition.mro.iter().all(|base| match base.as_id() {
                Some(id) => self.heap.value(id, &slots).is_some(),
                None => base.extern_path() == Some("builtins.object"),
            })
    }

    /// The classes in which an attribute of a class is looked up, in order.
    pub(super) fn mro_of(&self, class: &Value) -> Vec<Value> {
        match self.object(class) {
            Some(Object::Class(class)) => class.mro.clone(),
            _ => vec![class.clone()],
        }
    }

    /// Looks a name up along the order of base classes; `Err` where it may come from a class that is
    /// not interpreted, with that class.
    pub(super) fn find_in_classes(
        &self,
        mro: &[Value],
        open: bool,
        name: &str,
    ) -> Result<Option<Value>, Value> {
        for class in mro {
            match class {
                Value::Object(id) => {
                    if let Some(names) = self.heap.names(*id) {
                        if let Some(binding) = names.get(name) {
                            return Ok(Some(binding.value.clone()));
                        }
                        if names.open {
                            return Err(Value::Unknown);
                        }
                    }
                }
                Value::Extern(_) if lacks(class, name) => {}
                other => return Err(other.clone()),
            }
        }
        if open { Err(Value::Unknown) } else { Ok(None) }
    }

    pub(super) fn class_attribute(&mut self, id: Id, name: &Name) -> Eval {
        let Object::Class(class) = self.heap.get(id) else { return Ok(Value::Unknown) };
        match &**name {
            "__name__" => return Ok(Value::str(&class.name)),
            "__qualname__" => {
                let qualified = class.names.value(name).cloned();
                return Ok(qualified.unwrap_or_else(|| Value::str(&class.name)));
            }
            "__module__" if !class.names.contains(name) => {
                let module = class.module;
                return Ok(self.module_name_value(module));
            }
            "__mro__" if !class.open => return Ok(Value::tuple(class.mro.clone())),
            "__bases__" if class.bases.is_empty() => return Ok(Value::tuple([Value::builtin("object")])),
            "__bases__" => return Ok(Value::tuple(class.bases.clone())),
            "__base__" if !class.open => {
                let base = class.bases.first().cloned();
                return Ok(base.unwrap_or_else(|| Value::builtin("object")));
            }
            "__class__" => return Ok(class.metaclass.clone()),
            "__dict__" if !class.names.open => {
                let entries: Vec<(Name, Value)> =
                    class.names.iter().map(|(name, binding)| (name.clone(), binding.value.clone())).collect();
                return Ok(self.new_dict(entries));
            }
            "__abstractmethods__" if !class.abstract_names.is_empty() => {
                let names = class.abstract_names.iter().map(Value::str).collect();
                return self.make_frozenset(names);
            }
            _ => {}
        }
        let (mro, open, metaclass) = (class.mro.clone(), class.open, class.metaclass.clone());
        let class_name = class.name.clone();
        let special = class.kind;
        if let Some(found) = self.metaclass_property(id, &metaclass, name)? {
            return Ok(found);
        }
        match self.find_in_classes(&mro, open, name) {
            Ok(Some(value)) => self.bind_class_attribute(id, value),
            Ok(None) => {
                if object_has(name) {
                    return Ok(Value::external(&format!("builtins.object.{name}")));
                }
                if metaclass.as_id().is_some() {
                    return self.metaclass_attribute(id, &metaclass, name);
                }
                if !metaclass.is_extern("builtins.type") && !metaclass.is_extern("abc.ABCMeta")
                    || matches!(special, ClassKind::TypedDict | ClassKind::NamedTuple)
                {
                    return self.enum_attribute(id, special, name);
                }
                if metaclass.is_extern("abc.ABCMeta") && name.as_str() == "register" {
                    let (function, receiver) = (Value::external("abc.ABCMeta.register"), Value::Object(id));
                    return Ok(Value::Object(self.heap.add(Object::Method(Method { function, receiver }))));
                }
                if type_has(name) {
                    return Ok(self.type_method(id, name));
                }
                self.no_class_attribute(&class_name, name)
            }
            Err(base) => {
                if type_has(name) && base.extern_path().is_none_or(|path| self.is_understood(path)) {
                    return Ok(self.type_method(id, name));
                }
                let builtin = base.extern_path().and_then(|path| path.strip_prefix("builtins."));
                let is_there = builtin.is_some_and(|kind| {
                    kind == "object"
                        || object_has(name)
                        || builtin_names::has(kind, name, self.environment.python) == Some(true)
                });
                if !is_there {
                    self.may_raise_anything();
                }
                Ok(match base.extern_path() {
                    Some(path) => Value::external(&format!("{path}.{name}")),
                    None => Value::Unknown,
                })
            }
        }
    }

    pub(super) fn no_class_attribute<T>(&mut self, class_name: &str, name: &Name) -> Eval<T> {
        let cause = Cause::MissingAttribute { owner: Arc::from(class_name), name: Arc::from(&**name) };
        self.raise("AttributeError", format!("type object '{class_name}' has no attribute '{name}'"), cause)
    }

    /// A method that classes have from `type`, bound to one.
    fn type_method(&mut self, class: Id, name: &Name) -> Value {
        let function = Value::external(&format!("builtins.type.{name}"));
        Value::Object(self.heap.add(Object::Method(Method { function, receiver: Value::Object(class) })))
    }

    /// A property of an interpreted metaclass goes before what the class itself has.
    fn metaclass_property(&mut self, id: Id, metaclass: &Value, name: &Name) -> Eval<Option<Value>> {
        if metaclass.as_id().is_none() {
            return Ok(None);
        }
        let Ok(Some(value)) = self.special_of_class(metaclass, name) else { return Ok(None) };
        match self.object(&value) {
            Some(Object::Wrapper(wrapper)) if wrapper.kind == WrapperKind::Property => {
                self.bind_function(&value, &Value::Object(id)).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn metaclass_attribute(&mut self, id: Id, metaclass: &Value, name: &Name) -> Eval {
        let class = Value::Object(id);
        match self.special_of_class(metaclass, name) {
            Ok(Some(value)) => self.bind_function(&value, &class),
            Ok(None) => {
                if let Some(found) = self.call_special(&class, "__getattr__", [Value::str(name)])? {
                    return Ok(found);
                }
                if type_has(name) || name.starts_with("__") {
                    return Ok(self.type_method(id, name));
                }
                let class_name = self.class_name(&class);
                let open = matches!(self.heap.get(id), Object::Class(class) if class.open || class.names.open || class.kind == ClassKind::Enum);
                if open { Ok(Value::Unknown) } else { self.no_class_attribute(&class_name, name) }
            }
            Err(()) => {
                self.may_raise_anything();
                Ok(Value::Unknown)
            }
        }
    }

    /// What `Class.name` gives for what the class holds under that name.
    fn bind_class_attribute(&mut self, class: Id, value: Value) -> Eval {
        match self.object(&value) {
            Some(Object::Wrapper(wrapper)) => {
                let inner = wrapper.inner.clone();
                match wrapper.kind {
                    WrapperKind::StaticMethod => Ok(inner),
                    WrapperKind::ClassMethod => Ok(Value::Object(
                        self.heap
                            .add(Object::Method(Method { function: inner, receiver: Value::Object(class) })),
                    )),
                    WrapperKind::Property | WrapperKind::Decorated => Ok(value),
                }
            }
            Some(Object::Instance(instance)) if instance.class.as_id().is_some() => {
                let getter = self.call_special(&value, "__get__", [Value::None, Value::Object(class)])?;
                Ok(getter.unwrap_or(value))
            }
            _ => Ok(value),
        }
    }
}

/// Whether an external class certainly does not have a name that matters.
pub(super) fn lacks(class: &Value, name: &str) -> bool {
    match class.extern_path() {
        Some("builtins.object") => true,
        Some("abc.ABC") => name != "__slots__" && name != "_abc_impl",
        Some("typing.Generic" | "typing.Protocol" | "typing_extensions.Protocol") => {
            !matches!(
                name,
                "__class_getitem__"
                    | "__init_subclass__"
                    | "__slots__"
                    | "__parameters__"
                    | "__init__"
                    | "__new__"
            ) && !name.starts_with("_is_")
        }
        Some(
            "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" | "enum.Flag" | "enum.IntFlag" | "enum.ReprEnum",
        ) => !name.starts_with('_') && name != "name" && name != "value",
        // it has no private names: `_Class__name` is one of another class
        Some("unittest.TestCase" | "unittest.IsolatedAsyncioTestCase") => {
            name.strip_prefix('_').is_some_and(|name| !name.starts_with('_') && name.contains("__"))
        }
        _ => false,
    }
}
