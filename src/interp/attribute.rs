//! Attributes: of modules, classes, instances, and of what is not interpreted.

use std::sync::Arc;

use ruff_python_ast::name::Name;

use super::call::Args;
use super::flow::Eval;
use super::pytest_facts;
use super::{
    Cause, ClassKind, Id, Instance, Interp, Method, Module, ModuleKind, ModuleState, Nature, Object, Payload,
    Value, WrapperKind,
};
use crate::environment::stdlib::{self, Attribute, Availability, Kind};

impl<'a> Interp<'a> {
    /// `value.name`
    pub(crate) fn attribute(&mut self, value: &Value, name: &Name) -> Eval {
        match value {
            Value::Unknown => {
                self.may_raise_anything();
                Ok(Value::Unknown)
            }
            Value::OneOf(values) => self.attribute_of_any(values, name),
            Value::Extern(external) => {
                if external.nature == Nature::Computed {
                    self.may_raise_anything();
                    return Ok(Value::Extern(external.clone()));
                }
                let path = external.path.clone();
                self.external_attribute(&path, name)
            }
            Value::Object(id) => self.object_attribute(*id, name),
            Value::None => match &**name {
                "__class__" | "__doc__" | "__bool__" | "__eq__" | "__hash__" | "__repr__" | "__str__"
                | "__init__" | "__dir__" | "__ne__" | "__reduce__" | "__reduce_ex__" | "__sizeof__"
                | "__format__" | "__getattribute__" | "__setattr__" | "__delattr__" | "__new__"
                | "__init_subclass__" | "__subclasshook__" | "__lt__" | "__le__" | "__gt__" | "__ge__" => {
                    Ok(Value::Unknown)
                }
                _ => self.no_attribute("NoneType", name),
            },
            Value::NotImplemented | Value::Ellipsis => Ok(Value::Unknown),
            Value::Str(_)
            | Value::Bytes(_)
            | Value::Int(_)
            | Value::Bool(_)
            | Value::Float(_)
            | Value::Tuple(_) => self.builtin_method(value, name),
        }
    }

    fn attribute_of_any(&mut self, values: &[Value], name: &Name) -> Eval {
        let mut result: Option<Value> = None;
        let mut failed = None;
        for value in values {
            self.maybe += 1;
            let found = self.attribute(value, name);
            self.maybe -= 1;
            match found {
                Ok(found) => result = Some(result.map_or(found.clone(), |known: Value| known.join(&found))),
                Err(stop) => failed = Some(stop),
            }
        }
        match (result, failed) {
            (Some(value), None) => Ok(value),
            (Some(value), Some(stop)) => {
                if !self.catching.is_empty() {
                    self.perhaps(stop);
                }
                Ok(value)
            }
            (None, Some(stop)) => Err(stop),
            (None, None) => Ok(Value::Unknown),
        }
    }

    pub(super) fn no_attribute<T>(&mut self, kind: &str, name: &str) -> Eval<T> {
        let cause = Cause::MissingAttribute { owner: Arc::from(kind), name: Arc::from(name) };
        self.raise("AttributeError", format!("'{kind}' object has no attribute '{name}'"), cause)
    }

    /// A method of a builtin type, bound: models know it as `builtins.str.format`.
    fn builtin_method(&mut self, receiver: &Value, name: &Name) -> Eval {
        let kind = self.type_name(receiver);
        if scalar_lacks(&kind, name) {
            return self.no_attribute(&kind, name);
        }
        let function = Value::external(&format!("builtins.{kind}.{name}"));
        Ok(Value::Object(self.heap.add(Object::Method(Method { function, receiver: receiver.clone() }))))
    }

    fn object_attribute(&mut self, id: Id, name: &Name) -> Eval {
        match self.heap.get(id) {
            Object::Module(_) => self.module_attribute(id, name),
            Object::Class(_) => self.class_attribute(id, name),
            Object::Instance(_) => self.instance_attribute(id, name),
            Object::List(_) | Object::Dict(_) | Object::Set(_) | Object::Generator(_) => {
                if name.as_str() == "__class__" {
                    return Ok(Value::builtin(&self.type_name(&Value::Object(id))));
                }
                self.builtin_method(&Value::Object(id), name)
            }
            Object::Function(function) => match &**name {
                "__name__" | "__qualname__" if function.attributes.value(name).is_none() => {
                    Ok(Value::str(&function.name))
                }
                "__module__" => Ok(self.module_name_value(function.module)),
                _ => match function.attributes.value(name) {
                    Some(value) => Ok(value.clone()),
                    None if name.starts_with("__") || function.attributes.open => Ok(Value::Unknown),
                    None => self.no_attribute("function", name),
                },
            },
            Object::Method(method) => {
                let function = method.function.clone();
                match &**name {
                    "__self__" => Ok(method.receiver.clone()),
                    "__func__" => Ok(function),
                    _ => self.attribute(&function, name),
                }
            }
            Object::Wrapper(wrapper) => match wrapper.attributes.value(name) {
                Some(value) => Ok(value.clone()),
                None => match (&**name, wrapper.kind) {
                    ("__wrapped__" | "__func__" | "fget", _) => Ok(wrapper.inner.clone()),
                    ("setter" | "getter" | "deleter", WrapperKind::Property) => {
                        // @x.setter keeps the property: the getter is all that matters here
                        let identity = Value::external("collectlint.keep_property");
                        let receiver = Value::Object(id);
                        Ok(Value::Object(
                            self.heap.add(Object::Method(Method { function: identity, receiver })),
                        ))
                    }
                    _ => Ok(Value::Unknown),
                },
            },
            Object::Super(found) => {
                let (class, receiver) = (found.class.clone(), found.receiver.clone());
                self.super_attribute(&class, &receiver, name)
            }
            Object::Mark(mark) => {
                let (mark_name, args) = (mark.name.clone(), mark.positional.clone());
                match &**name {
                    "name" => Ok(Value::Str(mark_name)),
                    "args" => Ok(Value::Tuple(args.into())),
                    "mark" => Ok(Value::Object(id)),
                    "kwargs" | "combined" | "with_args" | "markname" => Ok(Value::Unknown),
                    _ if name.starts_with("__") => Ok(Value::Unknown),
                    _ => self.no_attribute("MarkDecorator", name),
                }
            }
            Object::Partial(partial) => match &**name {
                "func" => Ok(partial.function.clone()),
                _ => Ok(Value::Unknown),
            },
            Object::Parameter(parameter) => match &**name {
                "values" => Ok(Value::Tuple(parameter.values.clone().into())),
                "marks" => Ok(parameter.marks.clone()),
                "id" => Ok(parameter.id.clone()),
                _ => Ok(Value::Unknown),
            },
            Object::Fixture(_) | Object::Scope(_) => Ok(Value::Unknown),
        }
    }

    fn module_name_value(&self, module: Id) -> Value {
        match self.heap.get(module) {
            Object::Module(module) => Value::Str(module.name.clone()),
            _ => Value::Unknown,
        }
    }

    /// `module.name`
    pub(super) fn module_attribute(&mut self, id: Id, name: &Name) -> Eval {
        if let Some(found) = self.known_module_attribute(id, name)? {
            return Ok(found);
        }
        let Object::Module(module) = self.heap.get(id) else { return Ok(Value::Unknown) };
        let owner = Arc::clone(&module.name);
        let initializing =
            module.state == ModuleState::Initializing && matches!(module.kind, ModuleKind::Source(_));
        let hint = if initializing {
            format!(
                "partially initialized module '{owner}' has no attribute '{name}' (most likely due to a circular import)"
            )
        } else {
            format!("module '{owner}' has no attribute '{name}'")
        };
        let name = Arc::from(name.as_str());
        let cause = if initializing {
            Cause::Circular { module: owner, name }
        } else {
            Cause::MissingAttribute { owner, name }
        };
        self.raise("AttributeError", hint, cause)
    }

    /// `module.name`, or `None` where the module certainly has no such attribute.
    pub(super) fn known_module_attribute(&mut self, id: Id, name: &Name) -> Eval<Option<Value>> {
        let Object::Module(module) = self.heap.get(id) else { return Ok(Some(Value::Unknown)) };
        if let Some(binding) = module.names.get(name) {
            let value = binding.value.clone();
            if binding.maybe_unbound {
                self.may_raise_anything();
            }
            return Ok(Some(value));
        }
        match &**name {
            "__name__" => return Ok(Some(Value::Str(Arc::clone(&module.name)))),
            "__dict__" => return Ok(Some(Value::external("collectlint.module_dict"))),
            "__path__" if module.search.is_none() && module.kind != ModuleKind::ThirdParty => {}
            "__class__" | "__doc__" | "__loader__" | "__spec__" | "__package__" | "__path__" | "__file__"
            | "__cached__" | "__builtins__" | "__init__" | "__repr__" | "__dir__" | "__getattribute__"
            | "__setattr__" | "__delattr__" | "__hash__" | "__eq__" | "__annotations__" => {
                return Ok(Some(Value::Unknown));
            }
            _ => {}
        }
        let (owner, kind, open) = (Arc::clone(&module.name), module.kind.clone(), module.names.open);
        match kind {
            ModuleKind::Source(_) | ModuleKind::Made | ModuleKind::Namespace => {
                if let Some(getter) = self.heap.value(id, "__getattr__").cloned() {
                    return self.call(&getter, Args::of([Value::str(name)])).map(Some);
                }
                Ok(open.then_some(Value::Unknown))
            }
            ModuleKind::StandardLibrary => Ok(self.library_attribute(id, &owner, name)),
            ModuleKind::Pytest => {
                let known = if owner.as_ref() == "pytest" && !open {
                    pytest_facts::attribute(name, self.environment)
                } else {
                    Attribute::Unknown
                };
                Ok(match known {
                    Attribute::Absent => None,
                    Attribute::Present(_) | Attribute::Unknown => {
                        Some(Value::external(&pytest_path(&owner, name)))
                    }
                })
            }
            ModuleKind::ThirdParty => {
                self.may_raise_anything();
                Ok(Some(Value::external(&format!("{owner}.{name}"))))
            }
        }
    }

    fn library_attribute(&mut self, id: Id, owner: &str, name: &Name) -> Option<Value> {
        let (python, platform) = (self.environment.python, self.environment.platform);
        let dotted = format!("{owner}.{name}");
        match stdlib::attribute(owner, name, python, platform) {
            Attribute::Absent => {
                // a submodule that something else has imported is an attribute, too
                let submodule = stdlib::module(&dotted, python, platform) == Availability::Available;
                (submodule && self.is_library_loaded(&dotted)).then(|| self.library_module(&dotted))
            }
            Attribute::Present(Kind::Module) => {
                if stdlib::module(&dotted, python, platform) == Availability::Available {
                    Some(self.library_module(&dotted))
                } else {
                    Some(Value::external(&canonical(&dotted)))
                }
            }
            Attribute::Present(Kind::Function | Kind::Class | Kind::Exception | Kind::Variable) => {
                if let Some(known) = self.library_constant(&dotted) {
                    return Some(known);
                }
                Some(Value::external(&canonical(&dotted)))
            }
            Attribute::Unknown => {
                if let Some(known) = self.library_constant(&dotted) {
                    return Some(known);
                }
                if stdlib::module(&dotted, python, platform) == Availability::Available {
                    return Some(self.library_module(&dotted));
                }
                let _ = id;
                self.may_raise_anything();
                Some(Value::external(&canonical(&dotted)))
            }
        }
    }

    fn external_attribute(&mut self, path: &Arc<str>, name: &Name) -> Eval {
        if let Some(value) = self.model_attribute(path, name)? {
            return Ok(value);
        }
        if let Some(short) = path.strip_prefix("builtins.")
            && name.as_str() == "__name__"
        {
            return Ok(Value::str(short));
        }
        if name.as_str() == "__name__" && self.class_names(path).is_some() {
            return Ok(Value::str(path.rsplit('.').next().unwrap_or(path)));
        }
        if !path.starts_with("builtins.") {
            self.may_raise_anything();
        }
        Ok(Value::external(&format!("{path}.{name}")))
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
                Value::Extern(_) if class.is_extern("builtins.object") => {}
                other => return Err(other.clone()),
            }
        }
        if open { Err(Value::Unknown) } else { Ok(None) }
    }

    fn class_attribute(&mut self, id: Id, name: &Name) -> Eval {
        let Object::Class(class) = self.heap.get(id) else { return Ok(Value::Unknown) };
        match &**name {
            "__name__" | "__qualname__" if !class.names.contains(name) => return Ok(Value::str(&class.name)),
            "__module__" if !class.names.contains(name) => {
                let module = class.module;
                return Ok(self.module_name_value(module));
            }
            "__mro__" if !class.open => return Ok(Value::tuple(class.mro.clone())),
            "__bases__" => return Ok(Value::tuple(class.bases.clone())),
            _ => {}
        }
        let (mro, open, metaclass) = (class.mro.clone(), class.open, class.metaclass.clone());
        let class_name = class.name.clone();
        let enumeration = class.kind == ClassKind::Enum;
        match self.find_in_classes(&mro, open, name) {
            Ok(Some(value)) => self.bind_class_attribute(id, value),
            Ok(None) => {
                if object_has(name) {
                    return Ok(Value::external(&format!("builtins.object.{name}")));
                }
                if let Some(meta) = metaclass.as_id() {
                    let metas = self.mro_of(&metaclass);
                    let open = matches!(self.heap.get(meta), Object::Class(class) if class.open);
                    return match self.find_in_classes(&metas, open, name) {
                        Ok(Some(value)) => self.bind_function(&value, &Value::Object(id)),
                        Ok(None) | Err(_) => Ok(Value::Unknown),
                    };
                }
                if !metaclass.is_extern("builtins.type") || enumeration {
                    return Ok(Value::Unknown);
                }
                if type_has(name) {
                    return Ok(Value::external(&format!("builtins.type.{name}")));
                }
                let cause =
                    Cause::MissingAttribute { owner: Arc::from(&*class_name), name: Arc::from(&**name) };
                self.raise(
                    "AttributeError",
                    format!("type object '{class_name}' has no attribute '{name}'"),
                    cause,
                )
            }
            Err(base) => {
                if !base.is_extern("builtins.object") {
                    self.may_raise_anything();
                }
                Ok(match base.extern_path() {
                    Some(path) => Value::external(&format!("{path}.{name}")),
                    None => Value::Unknown,
                })
            }
        }
    }

    /// What `Class.name` gives for what the class holds under that name.
    fn bind_class_attribute(&mut self, class: Id, value: Value) -> Eval {
        if let Some(Object::Wrapper(wrapper)) = self.object(&value) {
            let inner = wrapper.inner.clone();
            return match wrapper.kind {
                WrapperKind::StaticMethod => Ok(inner),
                WrapperKind::ClassMethod => Ok(Value::Object(
                    self.heap.add(Object::Method(Method { function: inner, receiver: Value::Object(class) })),
                )),
                WrapperKind::Property | WrapperKind::Decorated => Ok(value),
            };
        }
        Ok(value)
    }

    fn instance_attribute(&mut self, id: Id, name: &Name) -> Eval {
        let Object::Instance(instance) = self.heap.get(id) else { return Ok(Value::Unknown) };
        if let Some(binding) = instance.attributes.get(name) {
            return Ok(binding.value.clone());
        }
        let (class, open) = (instance.class.clone(), instance.attributes.open);
        if name.as_str() == "__class__" {
            return Ok(class);
        }
        if let Some(value) = self.payload_attribute(id, name)? {
            return Ok(value);
        }
        let Some(Object::Class(definition)) = self.object(&class) else {
            return Ok(match class.extern_path() {
                Some(path) => {
                    self.may_raise_anything();
                    let function = Value::external(&format!("{path}.{name}"));
                    Value::Object(
                        self.heap.add(Object::Method(Method { function, receiver: Value::Object(id) })),
                    )
                }
                None => Value::Unknown,
            });
        };
        let (mro, class_open) = (definition.mro.clone(), definition.open);
        let class_name = definition.name.clone();
        let special = definition.kind != ClassKind::Plain;
        match self.find_in_classes(&mro, class_open, name) {
            Ok(Some(value)) => self.bind_function(&value, &Value::Object(id)),
            Ok(None) => {
                if let Ok(Some(getter)) = self.find_in_classes(&mro, class_open, "__getattr__") {
                    let getter = self.bind_function(&getter, &Value::Object(id))?;
                    return self.call(&getter, Args::of([Value::str(name)]));
                }
                let overridden =
                    !matches!(self.find_in_classes(&mro, class_open, "__getattribute__"), Ok(None));
                if open || special || overridden || object_has(name) || name.as_str() == "__dict__" {
                    return Ok(Value::Unknown);
                }
                self.no_attribute(&class_name, name)
            }
            Err(base) => {
                self.may_raise_anything();
                Ok(match base.extern_path() {
                    Some(path) => {
                        let function = Value::external(&format!("{path}.{name}"));
                        Value::Object(
                            self.heap.add(Object::Method(Method { function, receiver: Value::Object(id) })),
                        )
                    }
                    None => Value::Unknown,
                })
            }
        }
    }

    /// Attributes of what the library makes: exceptions, paths, members of enumerations.
    fn payload_attribute(&mut self, id: Id, name: &Name) -> Eval<Option<Value>> {
        let Object::Instance(Instance { payload, .. }) = self.heap.get(id) else { return Ok(None) };
        match payload {
            Payload::EnumMember { name: member, value } => Ok(match &**name {
                "name" | "_name_" => Some(Value::str(member)),
                "value" | "_value_" => Some(value.clone()),
                _ => None,
            }),
            Payload::Exception(args) => Ok(match &**name {
                "args" => Some(Value::tuple(args.clone())),
                "code" => Some(args.first().cloned().unwrap_or(Value::None)),
                "__traceback__" | "__cause__" | "__context__" | "name" | "path" | "errno" | "strerror"
                | "filename" => Some(Value::Unknown),
                _ => None,
            }),
            Payload::Path(text) => {
                let text = Arc::clone(text);
                self.path_attribute(id, &text, name)
            }
            Payload::Data(data) => {
                let data = data.clone();
                let found = self.find_in_classes(&self.mro_of(&self.class_of(id)), false, name);
                if let Ok(Some(_)) = found {
                    return Ok(None);
                }
                self.attribute(&data, name).map(Some)
            }
            Payload::Nothing | Payload::Expects { .. } | Payload::Range(..) | Payload::Iterator(_) => {
                Ok(None)
            }
        }
    }

    fn class_of(&self, id: Id) -> Value {
        match self.heap.get(id) {
            Object::Instance(instance) => instance.class.clone(),
            _ => Value::Unknown,
        }
    }

    /// What `instance.name` gives for what its class holds under that name.
    pub(super) fn bind_function(&mut self, value: &Value, receiver: &Value) -> Eval {
        match self.object(value) {
            Some(Object::Function(_)) => Ok(Value::Object(
                self.heap.add(Object::Method(Method { function: value.clone(), receiver: receiver.clone() })),
            )),
            Some(Object::Wrapper(wrapper)) => {
                let (kind, inner) = (wrapper.kind, wrapper.inner.clone());
                match kind {
                    WrapperKind::StaticMethod => Ok(inner),
                    WrapperKind::ClassMethod => {
                        let class = match receiver.as_id().map(|id| self.class_of(id)) {
                            Some(class @ Value::Object(_)) => class,
                            _ => receiver.clone(),
                        };
                        Ok(Value::Object(
                            self.heap.add(Object::Method(Method { function: inner, receiver: class })),
                        ))
                    }
                    WrapperKind::Property => self.call(&inner, Args::of([receiver.clone()])),
                    WrapperKind::Decorated => Ok(Value::Unknown),
                }
            }
            Some(Object::Instance(instance)) if instance.class.as_id().is_some() => {
                // an interpreted descriptor
                match self.find_method(value, "__get__") {
                    Some(getter) => {
                        let class = receiver.as_id().map_or(Value::Unknown, |id| self.class_of(id));
                        self.call(&getter, Args::of([receiver.clone(), class]))
                    }
                    None => Ok(value.clone()),
                }
            }
            _ => Ok(value.clone()),
        }
    }

    /// A method that an interpreted class of an instance defines, bound.
    pub(super) fn find_method(&mut self, receiver: &Value, name: &str) -> Option<Value> {
        let id = receiver.as_id()?;
        let class = self.class_of(id);
        let Some(Object::Class(definition)) = self.object(&class) else { return None };
        let (mro, open) = (definition.mro.clone(), definition.open);
        let found = self.find_in_classes(&mro, open, name).ok()??;
        self.bind_function(&found, receiver).ok()
    }

    fn super_attribute(&mut self, class: &Value, receiver: &Value, name: &Name) -> Eval {
        let of = match self.object(receiver) {
            Some(Object::Instance(instance)) => instance.class.clone(),
            Some(Object::Class(_)) => receiver.clone(),
            _ => return Ok(Value::Unknown),
        };
        let mro = self.mro_of(&of);
        let open = matches!(self.object(&of), Some(Object::Class(class)) if class.open);
        let after = mro.iter().position(|base| base.same(class)).map_or(mro.len(), |place| place + 1);
        match self.find_in_classes(&mro[after..], open, name) {
            Ok(Some(value)) => self.bind_function(&value, receiver),
            Ok(None) if object_has(name) => {
                let function = Value::external(&format!("builtins.object.{name}"));
                Ok(Value::Object(
                    self.heap.add(Object::Method(Method { function, receiver: receiver.clone() })),
                ))
            }
            Ok(None) => self.no_attribute("super", name),
            Err(base) => Ok(match base.extern_path() {
                Some(path) => {
                    let function = Value::external(&format!("{path}.{name}"));
                    Value::Object(
                        self.heap.add(Object::Method(Method { function, receiver: receiver.clone() })),
                    )
                }
                None => Value::Unknown,
            }),
        }
    }

    pub(super) fn set_attribute(&mut self, owner: &Value, name: &Name, value: Value) -> Eval<()> {
        match owner {
            Value::Object(id) => {
                if let Object::Instance(instance) = self.heap.get(*id) {
                    let class = instance.class.clone();
                    let mro = self.mro_of(&class);
                    if let Ok(Some(setter)) = self.find_in_classes(&mro, true, "__setattr__")
                        && matches!(self.object(&setter), Some(Object::Function(_)))
                    {
                        self.call(&setter, Args::of([owner.clone(), Value::str(name), value]))?;
                        return Ok(());
                    }
                }
                if self.heap.names(*id).is_some() {
                    self.heap.bind(*id, name, value);
                    self.note_module_change(*id, name);
                }
                Ok(())
            }
            Value::None => {
                let kind = "NoneType";
                let cause = Cause::MissingAttribute { owner: Arc::from(kind), name: Arc::from(&**name) };
                self.raise("AttributeError", format!("'{kind}' object has no attribute '{name}'"), cause)
            }
            Value::Extern(external) if external.nature == Nature::Named => {
                let path = Arc::clone(&external.path);
                self.set_external_attribute(&path, name, value);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The program changes a module of the library: `sys.path = […]`, `sys.exit = …`.
    fn note_module_change(&mut self, id: Id, name: &Name) {
        let Object::Module(Module { name: owner, .. }) = self.heap.get(id) else { return };
        if owner.as_ref() == "sys"
            && name.as_str() == "path"
            && let Some(new) = self.heap.value(id, "path").and_then(Value::as_id)
            && let Object::List(list) = self.heap.get(new).clone()
            && let Object::List(path) = self.heap.change(self.search_path)
        {
            *path = list;
        }
    }

    fn set_external_attribute(&mut self, path: &str, name: &Name, value: Value) {
        // what is set on a thing that is not interpreted is remembered under its dotted name
        let dotted: Arc<str> = Arc::from(format!("{path}.{name}"));
        let holder = self.external_holder();
        self.heap.bind(holder, &Name::new(&*dotted), value);
    }

    pub(super) fn delete_attribute(&mut self, owner: &Value, name: &Name) {
        if let Value::Object(id) = owner
            && self.heap.names(*id).is_some_and(|names| names.contains(name))
        {
            self.heap.unbind(*id, name);
        }
    }
}

/// Whether numbers and texts lack an attribute, in every version of Python.
fn scalar_lacks(kind: &str, name: &str) -> bool {
    const INTEGER: &str = "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag \
        is_integer numerator real to_bytes";
    const FLOAT: &str = "as_integer_ratio conjugate from_number fromhex hex imag is_integer real";
    const TEXT: &str = "capitalize casefold center count decode encode endswith expandtabs find format \
        format_map fromhex hex index isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric \
        isprintable isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix \
        removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip \
        swapcase title translate upper zfill";
    let known = match kind {
        "int" | "bool" => INTEGER,
        "float" => FLOAT,
        "str" | "bytes" => TEXT,
        _ => return false,
    };
    !name.starts_with('_') && !known.split_whitespace().any(|known| known == name)
}

/// Names that pytest offers in one place, whatever its module.
fn pytest_path(owner: &str, name: &str) -> String {
    match (owner, name) {
        ("_pytest.outcomes", "skip" | "fail" | "xfail" | "exit" | "importorskip") => format!("pytest.{name}"),
        ("_pytest.outcomes", "Skipped") => "pytest.skip.Exception".to_owned(),
        ("_pytest.outcomes", "Failed") => "pytest.fail.Exception".to_owned(),
        ("_pytest.outcomes", "Exit") => "pytest.exit.Exception".to_owned(),
        ("_pytest.mark" | "_pytest.mark.structures", "param" | "MarkDecorator" | "Mark" | "ParameterSet") => {
            format!("pytest.{name}")
        }
        ("_pytest.fixtures", "fixture") => "pytest.fixture".to_owned(),
        ("_pytest.python_api", "raises" | "approx") | ("_pytest.raises", "raises") => {
            format!("pytest.{name}")
        }
        _ => format!("{owner}.{name}"),
    }
}

/// One name for what the library offers under several.
pub(super) fn canonical(path: &str) -> String {
    match path {
        "unittest.case.TestCase" => "unittest.TestCase",
        "unittest.case.SkipTest" => "unittest.SkipTest",
        "unittest.case.skip" => "unittest.skip",
        "unittest.async_case.IsolatedAsyncioTestCase" => "unittest.IsolatedAsyncioTestCase",
        "posixpath.join" | "ntpath.join" => "os.path.join",
        "typing_extensions.TYPE_CHECKING" => "typing.TYPE_CHECKING",
        "socket.error" | "select.error" | "os.error" | "shutil.error" => "builtins.OSError",
        "io.open" => "builtins.open",
        "asyncio.runners.run" => "asyncio.run",
        "posix._exit" | "nt._exit" => "os._exit",
        _ => path,
    }
    .to_owned()
}

/// Whether `builtins.object` has an attribute.
pub(super) fn object_has(name: &str) -> bool {
    matches!(
        name,
        "__class__"
            | "__delattr__"
            | "__dir__"
            | "__doc__"
            | "__eq__"
            | "__format__"
            | "__ge__"
            | "__getattribute__"
            | "__getstate__"
            | "__gt__"
            | "__hash__"
            | "__init__"
            | "__init_subclass__"
            | "__le__"
            | "__lt__"
            | "__ne__"
            | "__new__"
            | "__reduce__"
            | "__reduce_ex__"
            | "__repr__"
            | "__setattr__"
            | "__sizeof__"
            | "__str__"
            | "__subclasshook__"
            | "__module__"
            | "__dict__"
            | "__weakref__"
    )
}

/// Whether classes have an attribute from `type`.
fn type_has(name: &str) -> bool {
    matches!(
        name,
        "__base__"
            | "__bases__"
            | "__basicsize__"
            | "__call__"
            | "__dictoffset__"
            | "__flags__"
            | "__instancecheck__"
            | "__itemsize__"
            | "__mro__"
            | "__name__"
            | "__or__"
            | "__prepare__"
            | "__qualname__"
            | "__ror__"
            | "__subclasscheck__"
            | "__subclasses__"
            | "__text_signature__"
            | "__type_params__"
            | "__weakrefoffset__"
            | "mro"
            | "__abstractmethods__"
            | "__annotations__"
            | "__annotate__"
            | "__firstlineno__"
            | "__static_attributes__"
    )
}
