//! Attributes of instances: where they are looked up, and what descriptors make of them.

use std::sync::Arc;

use ruff_python_ast::name::Name;

use super::attribute::object_has;
use super::call::Args;
use super::class_attribute::lacks;
use super::flow::Eval;
use super::models::DEFAULT_DICT;
use super::{Id, Instance, Interp, Method, Object, Payload, Truth, Value, WrapperKind, builtin_names};

impl Interp<'_> {
    pub(super) fn instance_attribute(&mut self, id: Id, name: &Name) -> Eval {
        let Object::Instance(instance) = self.heap.get(id) else { return Ok(Value::Unknown) };
        let class = instance.class.clone();
        if name.as_str() == "__class__" {
            return Ok(class);
        }
        if let Some(part) = self.part_of_version(id, name) {
            return Ok(part);
        }
        let value = Value::Object(id);
        if class.as_id().is_some()
            && let Ok(Some(getter)) = self.special_of_class(&class, "__getattribute__")
            && matches!(self.object(&getter), Some(Object::Function(_)))
        {
            let getter = self.bind_function(&getter, &value)?;
            return self.call(&getter, Args::of([Value::str(name)]));
        }
        self.own_attribute(id, name)
    }

    /// `object.__getattribute__(instance, name)`, and `__getattr__` where it finds nothing.
    pub(super) fn own_attribute(&mut self, id: Id, name: &Name) -> Eval {
        let Object::Instance(instance) = self.heap.get(id) else { return Ok(Value::Unknown) };
        let (class, open) = (instance.class.clone(), instance.attributes.open);
        let found = instance.attributes.get(name).cloned();
        if let Some(descriptor) = self.data_descriptor(&class, name)? {
            return self.bind_function(&descriptor, &Value::Object(id));
        }
        if let Some(binding) = found {
            if binding.maybe_unbound {
                self.may_raise_anything();
            }
            return Ok(binding.value);
        }
        if name.as_str() == "__dict__" && self.has_only_slots(&class) {
            let class_name = self.class_name(&class);
            return self.no_attribute(&class_name, name);
        }
        if name.as_str() == "__dict__" && !open && class.as_id().is_some() {
            return Ok(self.instance_dict(id));
        }
        let Some(Object::Class(definition)) = self.object(&class) else {
            return self.external_instance_attribute(id, &class, name);
        };
        let (mro, class_open) = (definition.mro.clone(), definition.open);
        let class_name = definition.name.clone();
        match self.find_in_classes(&mro, class_open, name) {
            Ok(Some(value)) if self.is_cached_property(&value) => {
                let computed = self.bind_function(&value, &Value::Object(id))?;
                self.heap.bind(id, name, computed.clone());
                Ok(computed)
            }
            // what `__set__` has put somewhere
            Ok(Some(value)) if self.is_write_only(&value) => Ok(Value::Unknown),
            Ok(Some(value)) => self.bind_function(&value, &Value::Object(id)),
            Ok(None) => {
                if let Some(value) = self.payload_attribute(id, name)? {
                    return Ok(value);
                }
                if let Some(found) =
                    self.call_special(&Value::Object(id), "__getattr__", [Value::str(name)])?
                {
                    return Ok(found);
                }
                if object_has(name) {
                    let function = Value::external(&format!("builtins.object.{name}"));
                    return Ok(self.method(function, Value::Object(id)));
                }
                if open || name.as_str() == "__dict__" {
                    return Ok(Value::Unknown);
                }
                self.no_attribute(&class_name, name)
            }
            Err(base) => {
                if let Some(value) = self.payload_attribute(id, name)? {
                    return Ok(value);
                }
                let is_builtin = base.extern_path().is_some_and(|path| self.is_understood(path));
                if is_builtin && !open {
                    let all = self.special_of_class(&class, name);
                    if matches!(all, Ok(None)) && self.lacks_attribute(&Value::Object(id), &class, name) {
                        if let Some(found) =
                            self.call_special(&Value::Object(id), "__getattr__", [Value::str(name)])?
                        {
                            return Ok(found);
                        }
                        return self.no_attribute(&class_name, name);
                    }
                }
                self.may_raise_anything();
                Ok(match base.extern_path() {
                    Some(path) => self.inherited_from_outside(id, path, name),
                    None => Value::Unknown,
                })
            }
        }
    }

    /// Whether none of the external bases of a class supplies an attribute, as far as they are known.
    fn lacks_attribute(&self, value: &Value, class: &Value, name: &Name) -> bool {
        let plain = self.plain(value);
        let kind = self.type_name(&plain);
        let by_value =
            plain.same(value) || builtin_names::has(&kind, name, self.environment.python) == Some(false);
        let decided = self.mro_of(class).iter().all(|base| {
            base.as_id().is_some()
                || lacks(base, name)
                || base.extern_path().is_some_and(|path| match path.strip_prefix("builtins.") {
                    Some(kind) => {
                        builtin_names::has(kind, name, self.environment.python) == Some(false)
                            || self.exception_names(path).is_some()
                                && !matches!(name.as_str(), "args" | "with_traceback" | "add_note")
                                && self.exception_names(path).is_some_and(|names| {
                                    names.iter().all(|name| {
                                        matches!(
                                            name.as_str(),
                                            "builtins.Exception"
                                                | "builtins.BaseException"
                                                | "builtins.ValueError"
                                                | "builtins.TypeError"
                                                | "builtins.RuntimeError"
                                                | "builtins.LookupError"
                                                | "builtins.KeyError"
                                        )
                                    })
                                })
                    }
                    None => false,
                })
        });
        !name.starts_with("__") && by_value && decided
    }

    pub(super) fn method(&mut self, function: Value, receiver: Value) -> Value {
        Value::Object(self.heap.add(Object::Method(Method { function, receiver })))
    }

    fn external_instance_attribute(&mut self, id: Id, class: &Value, name: &Name) -> Eval {
        if let Some(value) = self.payload_attribute(id, name)? {
            return Ok(value);
        }
        Ok(match class.extern_path() {
            Some(path) => {
                if let Some(value) = self.model_instance_attribute(id, path, name)? {
                    return Ok(value);
                }
                // what there is a model of is there
                if super::models::lookup(&format!("{path}.{name}")).is_none() {
                    self.may_raise_anything();
                }
                self.inherited_from_outside(id, path, name)
            }
            None => Value::Unknown,
        })
    }

    /// An attribute that an instance has from a class that is not interpreted: a method where that is
    /// known, else a method or a property.
    fn inherited_from_outside(&mut self, id: Id, class: &str, name: &Name) -> Value {
        let path = format!("{class}.{name}");
        if self.is_understood(class) || super::models::lookup(&path).is_some() {
            return self.method(Value::external(&path), Value::Object(id));
        }
        Value::computed(&path.into())
    }

    fn instance_dict(&mut self, id: Id) -> Value {
        let names = self.heap.names(id).cloned().unwrap_or_default();
        let maybe = names.iter().any(|(_, binding)| binding.maybe_unbound);
        let entries: Vec<(Name, Value)> =
            names.iter().map(|(name, binding)| (name.clone(), binding.value.clone())).collect();
        let dict = self.new_dict(entries);
        self.mirror_of(id, &dict);
        if maybe && let Some(Object::Dict(dict)) = dict.as_id().map(|id| self.heap.change(id)) {
            dict.open = true;
        }
        dict
    }

    fn is_cached_property(&self, value: &Value) -> bool {
        matches!(self.object(value), Some(Object::Wrapper(wrapper)) if wrapper.by.as_deref() == Some("functools.cached_property"))
    }

    /// A property, or an instance of an interpreted class with `__set__`: it goes before what the instance
    /// itself holds.
    fn data_descriptor(&mut self, class: &Value, name: &Name) -> Eval<Option<Value>> {
        let Ok(Some(value)) = self.find_in_classes(&self.mro_of(class), false, name) else { return Ok(None) };
        let is_data = match self.object(&value) {
            Some(Object::Wrapper(wrapper)) => {
                wrapper.kind == WrapperKind::Property && !self.is_cached_property(&value)
            }
            Some(Object::Instance(Instance { class, .. })) if class.as_id().is_some() => {
                // without `__get__` what the instance holds comes first
                let class = class.clone();
                self.is_descriptor(&class, "__set__") && self.is_descriptor(&class, "__get__")
            }
            _ => false,
        };
        Ok(is_data.then_some(value))
    }

    fn is_descriptor(&self, class: &Value, method: &str) -> bool {
        matches!(self.special_of_class(class, method), Ok(Some(_)))
    }

    /// Whether a value of a class is a descriptor that only knows how to be set.
    fn is_write_only(&self, value: &Value) -> bool {
        match self.object(value) {
            Some(Object::Instance(Instance { class, .. })) if class.as_id().is_some() => {
                self.is_descriptor(class, "__set__") && !self.is_descriptor(class, "__get__")
            }
            _ => false,
        }
    }

    /// Attributes of what the library makes: exceptions, paths, members of enumerations.
    fn payload_attribute(&mut self, id: Id, name: &Name) -> Eval<Option<Value>> {
        let Object::Instance(Instance { payload, class, .. }) = self.heap.get(id) else { return Ok(None) };
        match payload {
            Payload::EnumMember { name: member, value } => {
                let (member, value) = (member.clone(), value.clone());
                match &**name {
                    "name" | "_name_" => Ok(Some(Value::str(&member))),
                    "value" | "_value_" => Ok(Some(value)),
                    _ if self.is_mixed_enum(&class.clone()) => {
                        let plain = self.plain(&value);
                        let kind = self.type_name(&plain);
                        if builtin_names::has(&kind, name, self.environment.python) == Some(true) {
                            return self.attribute(&plain, name).map(Some);
                        }
                        Ok(None)
                    }
                    _ => Ok(None),
                }
            }
            Payload::Exception(args) => {
                let (args, class) = (args.clone(), class.clone());
                Ok(self.exception_attribute(&class, args, name))
            }
            Payload::Path(text) => {
                let text = Arc::clone(text);
                self.path_attribute(id, &text, name)
            }
            Payload::Data(data) => {
                let (data, class) = (data.clone(), class.clone());
                if let (Some(fields), Value::Tuple(items)) = (self.named_tuple_fields(&class), &data)
                    && let Some(place) = fields.iter().position(|field| *field == name.as_str())
                {
                    return Ok(items.get(place).cloned());
                }
                if let Some(path) = class.extern_path()
                    && !path.starts_with("builtins.")
                    && (path != DEFAULT_DICT || name.as_str() == "copy")
                {
                    return Ok(None);
                }
                let kind = self.type_name(&data);
                if builtin_names::has(&kind, name, self.environment.python) == Some(true) {
                    return self.attribute(&data, name).map(Some);
                }
                Ok(None)
            }
            Payload::Range(start, stop, step) => Ok(match &**name {
                "start" => Some(Value::Int(*start)),
                "stop" => Some(Value::Int(*stop)),
                "step" => Some(Value::Int(*step)),
                _ => None,
            }),
            Payload::Nothing | Payload::Expects { .. } | Payload::Iterator(_) => Ok(None),
        }
    }

    fn exception_attribute(&self, class: &Value, args: Vec<Value>, name: &Name) -> Option<Value> {
        let is = |of: &str| self.derives(class, of) != Truth::No;
        let first = || args.first().cloned().unwrap_or(Value::None);
        match &**name {
            "args" => Some(Value::tuple(args)),
            "code" if is("builtins.SystemExit") => Some(match args.as_slice() {
                [] => Value::None,
                [single] => single.clone(),
                several => Value::Tuple(several.to_vec().into()),
            }),
            "value" if is("builtins.StopIteration") => Some(first()),
            "__cause__" => Some(Value::None),
            "__traceback__" | "__context__" => Some(Value::Unknown),
            "name" if is("builtins.NameError") || is("builtins.AttributeError") => Some(Value::Unknown),
            "name" | "path" | "name_from" | "msg" if is("builtins.ImportError") => Some(Value::Unknown),
            "obj" if is("builtins.AttributeError") => Some(Value::Unknown),
            "errno" | "strerror" | "filename" | "filename2" | "winerror" if is("builtins.OSError") => {
                Some(Value::Unknown)
            }
            "msg" | "filename" | "lineno" | "offset" | "text" | "end_lineno" | "end_offset"
                if is("builtins.SyntaxError") =>
            {
                Some(Value::Unknown)
            }
            _ => None,
        }
    }

    pub(super) fn class_of(&self, id: Id) -> Value {
        match self.heap.get(id) {
            Object::Instance(instance) => instance.class.clone(),
            Object::Class(class) => class.metaclass.clone(),
            _ => Value::Unknown,
        }
    }

    /// What `instance.name` gives for what its class holds under that name.
    pub(super) fn bind_function(&mut self, value: &Value, receiver: &Value) -> Eval {
        match self.object(value) {
            Some(Object::Function(_)) => Ok(self.method(value.clone(), receiver.clone())),
            Some(Object::Wrapper(wrapper)) => {
                let (kind, inner) = (wrapper.kind, wrapper.inner.clone());
                if wrapper.by.as_deref() == Some(super::models::CONTEXT_MANAGER) {
                    return Ok(self.method(value.clone(), receiver.clone()));
                }
                match kind {
                    WrapperKind::StaticMethod => Ok(inner),
                    WrapperKind::ClassMethod => {
                        let class = match self.object(receiver) {
                            Some(Object::Instance(instance)) => instance.class.clone(),
                            _ => receiver.clone(),
                        };
                        Ok(self.method(inner, class))
                    }
                    WrapperKind::Property => self.call(&inner, Args::of([receiver.clone()])),
                    WrapperKind::Decorated => {
                        // a method that something unknown decorates is read to be called: it may set attributes
                        if let Some(id) = receiver.as_id() {
                            self.heap.forget_state(id);
                        }
                        Ok(Value::Unknown)
                    }
                }
            }
            None if value.extern_path().is_some_and(|path| path.starts_with("collectlint.")) => {
                Ok(self.method(value.clone(), receiver.clone()))
            }
            Some(Object::Instance(instance)) if instance.class.as_id().is_some() => {
                // an interpreted descriptor
                let class = receiver.as_id().map_or(Value::Unknown, |id| self.class_of(id));
                let found = self.call_special(value, "__get__", [receiver.clone(), class])?;
                Ok(found.unwrap_or_else(|| value.clone()))
            }
            _ => Ok(value.clone()),
        }
    }

    pub(super) fn super_attribute(&mut self, class: &Value, receiver: &Value, name: &Name) -> Eval {
        let of = match self.object(receiver) {
            Some(Object::Instance(instance)) => instance.class.clone(),
            Some(Object::Class(definition)) => {
                // `super()` in a metaclass's method, or in a class method
                if definition.mro.iter().any(|base| base.same(class)) {
                    receiver.clone()
                } else {
                    definition.metaclass.clone()
                }
            }
            _ => return Ok(Value::Unknown),
        };
        let mro = self.mro_of(&of);
        let open = matches!(self.object(&of), Some(Object::Class(class)) if class.open);
        let after = mro.iter().position(|base| base.same(class)).map_or(mro.len(), |place| place + 1);
        match self.find_in_classes(&mro[after..], open, name) {
            Ok(Some(value)) if name.as_str() == "__new__" => Ok(match self.object(&value) {
                Some(Object::Wrapper(wrapper)) => wrapper.inner.clone(),
                _ => value,
            }),
            Ok(Some(value)) => self.bind_function(&value, receiver),
            Ok(None) if name.as_str() == "__new__" => Ok(Value::external("builtins.object.__new__")),
            Ok(None) if object_has(name) => {
                let function = Value::external(&format!("builtins.object.{name}"));
                Ok(self.method(function, receiver.clone()))
            }
            Ok(None) => self.no_attribute("super", name),
            Err(base) => Ok(match base.extern_path() {
                Some(path) if name.as_str() == "__new__" => Value::external(&format!("{path}.__new__")),
                Some(path) => {
                    let function = Value::external(&format!("{path}.{name}"));
                    self.method(function, receiver.clone())
                }
                None => Value::Unknown,
            }),
        }
    }
}
