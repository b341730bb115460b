//! `owner.name = value` and `del owner.name`.

use std::sync::Arc;

use ruff_python_ast::name::Name;

use super::call::Args;
use super::flow::Eval;
use super::{
    Cause, Id, Instance, Interp, Module, Nature, Object, Payload, Truth, Value, WrapperKind, builtin_names,
};
use crate::environment::PythonVersion;

impl Interp<'_> {
    pub(super) fn set_attribute(&mut self, owner: &Value, name: &Name, value: Value) -> Eval<()> {
        if name.starts_with("__") && owner.as_id().is_none() {
            self.stub_names.insert(name.clone());
            self.heap.watch.change_shared();
        }
        match owner {
            Value::Object(id) => {
                if let Object::Instance(instance) = self.heap.get(*id) {
                    let class = instance.class.clone();
                    if let Ok(Some(setter)) = self.special_of_class(&class, "__setattr__")
                        && matches!(self.object(&setter), Some(Object::Function(_)))
                    {
                        self.call(&setter, Args::of([owner.clone(), Value::str(name), value]))?;
                        return Ok(());
                    }
                    return self.set_own_attribute(*id, name, value);
                }
                if self.heap.names(*id).is_some() {
                    self.heap.bind(*id, name, value);
                    self.note_module_change(*id, name);
                    return Ok(());
                }
                self.refuse_builtin_attribute(owner, name)
            }
            Value::Extern(external) if external.nature == Nature::Named => {
                let path = Arc::clone(&external.path);
                self.set_external_attribute(&path, name, value);
                Ok(())
            }
            Value::Extern(_) | Value::Unknown | Value::OneOf(_) => Ok(()),
            _ => self.refuse_builtin_attribute(owner, name),
        }
    }

    /// Values of builtin types take no attributes.
    fn refuse_builtin_attribute(&mut self, owner: &Value, name: &Name) -> Eval<()> {
        let kind = self.type_name(owner);
        if builtin_names::has(&kind, name, self.environment.python) == Some(false) {
            return self.no_attribute(&kind, name);
        }
        Ok(())
    }

    /// `object.__setattr__(instance, name, value)`
    pub(crate) fn set_own_attribute(&mut self, id: Id, name: &Name, value: Value) -> Eval<()> {
        let owner = Value::Object(id);
        let class = self.class_of(id);
        if let Ok(Some(descriptor)) = self.find_in_classes(&self.mro_of(&class), false, name) {
            match self.object(&descriptor) {
                Some(Object::Wrapper(wrapper))
                    if wrapper.kind == WrapperKind::Property && wrapper.by.is_none() =>
                {
                    return match wrapper.attributes.value("fset").cloned() {
                        Some(setter) => self.call(&setter, Args::of([owner, value])).map(drop),
                        None => self.refuse_property(&class, name, "setter", "set"),
                    };
                }
                Some(Object::Instance(Instance { class: kind, .. })) if kind.as_id().is_some() => {
                    let kind = kind.clone();
                    if matches!(self.special_of_class(&kind, "__set__"), Ok(Some(_))) {
                        self.call_special(&descriptor, "__set__", [owner, value])?;
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        if self.dataclass_flag(&class, "frozen") == Truth::Yes {
            return self.raise(
                "dataclasses.FrozenInstanceError",
                format!("cannot assign to field '{name}'"),
                Cause::Python,
            );
        }
        if let Some(fields) = self.named_tuple_fields(&class)
            && fields.iter().any(|field| *field == name.as_str())
        {
            return self.refuse_writing("can't set attribute");
        }
        if self.slots_refuse(&class, name) {
            let kind = self.class_name(&class);
            return self.no_attribute(&kind, name);
        }
        self.heap.bind(id, name, value);
        Ok(())
    }

    fn refuse_property<T>(&mut self, class: &Value, name: &Name, part: &str, verb: &str) -> Eval<T> {
        let class = self.class_name(class);
        let python = self.environment.python;
        let message = if python >= PythonVersion::new(3, 11) {
            format!("property '{name}' of '{class}' object has no {part}")
        } else if python >= PythonVersion::new(3, 10) {
            format!("can't {verb} attribute '{name}'")
        } else {
            format!("can't {verb} attribute")
        };
        self.raise("AttributeError", message, Cause::Python)
    }

    /// Whether `__slots__` of all the classes leave no place for a name.
    fn slots_refuse(&self, class: &Value, name: &Name) -> bool {
        let Some(Object::Class(definition)) = self.object(class) else { return false };
        let mut some = false;
        for base in &definition.mro {
            let Some(id) = base.as_id() else {
                if base.is_extern("builtins.object") {
                    continue;
                }
                return false;
            };
            let slots = match self.heap.value(id, "__slots__") {
                Some(Value::Str(single)) => vec![Value::Str(single.clone())],
                Some(Value::Tuple(items)) => items.to_vec(),
                Some(other) => match self.object(other) {
                    Some(Object::List(list)) if !list.open => list.items.clone(),
                    _ => return false,
                },
                None => return false,
            };
            some = true;
            let allows = |slot: &Value| match slot {
                Value::Str(slot) => &**slot == name.as_str() || &**slot == "__dict__",
                _ => true,
            };
            if slots.iter().any(allows) {
                return false;
            }
        }
        some
    }

    /// The program changes a module of the library: `sys.path = […]`, `sys.exit = …`.
    fn note_module_change(&mut self, id: Id, name: &Name) {
        let Object::Module(Module { name: owner, .. }) = self.heap.get(id) else { return };
        if owner.as_ref() != "sys" {
            return;
        }
        let kept = match name.as_str() {
            "path" => self.search_path,
            "meta_path" => self.finders.meta_path,
            "path_hooks" => self.finders.path_hooks,
            _ => return,
        };
        let new = self.heap.value(id, name).and_then(Value::as_id).map(|new| self.heap.get(new).clone());
        if let Object::List(known) = self.heap.change(kept) {
            match new {
                Some(Object::List(list)) => *known = list,
                _ => known.open = true,
            }
        }
    }

    fn set_external_attribute(&mut self, path: &str, name: &Name, value: Value) {
        // what is set on a thing that is not interpreted is remembered under its dotted name
        let dotted: Arc<str> = Arc::from(format!("{path}.{name}"));
        let holder = self.external_holder();
        self.heap.bind(holder, &Name::new(&*dotted), value);
    }

    pub(super) fn delete_attribute(&mut self, owner: &Value, name: &Name) -> Eval<()> {
        let Value::Object(id) = owner else { return Ok(()) };
        if let Object::Instance(instance) = self.heap.get(*id) {
            let (class, payload) = (instance.class.clone(), instance.payload.clone());
            if let Ok(Some(deleter)) = self.special_of_class(&class, "__delattr__")
                && matches!(self.object(&deleter), Some(Object::Function(_)))
            {
                return self.call(&deleter, Args::of([owner.clone(), Value::str(name)])).map(drop);
            }
            if let Ok(Some(descriptor)) = self.find_in_classes(&self.mro_of(&class), false, name)
                && let Some(Object::Wrapper(wrapper)) = self.object(&descriptor)
                && wrapper.kind == WrapperKind::Property
                && wrapper.by.is_none()
            {
                return match wrapper.attributes.value("fdel").cloned() {
                    Some(deleter) => self.call(&deleter, Args::of([owner.clone()])).map(drop),
                    None => self.refuse_property(&class, name, "deleter", "delete"),
                };
            }
            let names = self.heap.names(*id);
            let (known, open) = names.map_or((false, true), |names| (names.contains(name), names.open));
            let decided = matches!(payload, Payload::Nothing) && self.is_decided(owner);
            if !known && !open && decided {
                let kind = self.class_name(&class);
                let cause = Cause::MissingAttribute { owner: Arc::from(&*kind), name: Arc::from(&**name) };
                let message = if self.environment.python >= PythonVersion::new(3, 11) {
                    format!("'{kind}' object has no attribute '{name}'")
                } else {
                    name.to_string()
                };
                return self.raise("AttributeError", message, cause);
            }
        }
        if self.heap.names(*id).is_some_and(|names| names.contains(name)) {
            self.heap.unbind(*id, name);
        }
        Ok(())
    }
}
