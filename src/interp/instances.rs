//! Making instances: what calling a class does.

use ruff_python_ast::name::Name;

use super::call::Args;
use super::class_attribute::lacks;
use super::config::is_node_class;
use super::flow::Eval;
use super::{Cause, ClassKind, Id, Instance, Interp, Object, Payload, Truth, Value, models, name};
use crate::environment::{Observed, PythonVersion};

/// Builtin types whose instances hold a value, with whether it can change.
const HOLDERS: [(&str, bool); 9] = [
    ("str", false),
    ("int", false),
    ("float", false),
    ("bytes", false),
    ("tuple", false),
    ("frozenset", false),
    ("list", true),
    ("dict", true),
    ("set", true),
];

impl Interp<'_> {
    /// `Class(…)`
    pub(super) fn instantiate(&mut self, id: Id, args: Args) -> Eval {
        let Object::Class(class) = self.heap.get(id) else { return Ok(Value::Unknown) };
        if class.mro.iter().any(|base| base.extern_path().is_some_and(is_node_class)) {
            return self.refuse_construction(id);
        }
        let metaclass = class.metaclass.clone();
        if self.is_copied_version(id)
            && let Some(known) = args.only().and_then(|given| self.version_of(given))
        {
            return Ok(self.new_version(Value::Object(id), &known));
        }
        if metaclass.as_id().is_some() {
            if let Ok(Some(call)) = self.special_of_class(&metaclass, "__call__")
                && matches!(self.object(&call), Some(Object::Function(_)))
            {
                return self.call(&call, args.bound(Value::Object(id)));
            }
            // a metaclass: calling it makes a class
            if self.derives(&Value::Object(id), "builtins.type") == Truth::Yes {
                return self.call_metaclass(id, args);
            }
        } else if self.derives(&Value::Object(id), "builtins.type") == Truth::Yes {
            return self.call_metaclass(id, args);
        }
        self.instantiate_plainly(id, args)
    }

    /// `type.__call__(Class, …)`
    pub(crate) fn instantiate_plainly(&mut self, id: Id, args: Args) -> Eval {
        let Object::Class(class) = self.heap.get(id) else { return Ok(Value::Unknown) };
        let (kind, open, class_name) = (class.kind, class.open, class.name.clone());
        let class_value = Value::Object(id);
        match kind {
            ClassKind::Enum => return self.member_of_value(id, &args),
            ClassKind::TypedDict => return self.call(&Value::builtin("dict"), args),
            ClassKind::Protocol
                if class.bases.iter().any(|base| {
                    matches!(base.extern_path(), Some("typing.Protocol" | "typing_extensions.Protocol"))
                }) =>
            {
                return self.type_error("Protocols cannot be instantiated");
            }
            ClassKind::Plain | ClassKind::Dataclass | ClassKind::NamedTuple | ClassKind::Protocol => {}
        }
        if !class.abstract_names.is_empty() {
            let message = abstract_message(&class_name, &class.abstract_names, self.environment.python);
            return self.type_error(message);
        }
        let new = self.special_of_class(&class_value, "__new__");
        let init = self.special_of_class(&class_value, "__init__");
        let instance = match &new {
            Ok(Some(new)) => {
                let function = match self.object(new) {
                    Some(Object::Wrapper(wrapper)) => wrapper.inner.clone(),
                    _ => new.clone(),
                };
                let made = self.call(&function, args.clone().bound(class_value))?;
                match self.object(&made) {
                    Some(Object::Instance(instance)) if self.is_instance_of(&instance.class, id) => made,
                    _ if made.is_unknown() => return Ok(self.likely_instance(id)),
                    _ => return Ok(made),
                }
            }
            Ok(None) if matches!(init, Ok(Some(_))) => self.bare_instance(id, &args)?,
            Ok(None) => {
                self.refuse_arguments(id, &args)?;
                self.filled_instance(id, &args)?
            }
            Err(()) => {
                let instance = self.bare_instance(id, &args)?;
                if let Some(id) = instance.as_id() {
                    self.heap.open_names(id);
                }
                instance
            }
        };
        match init {
            Ok(Some(Value::None | Value::Unknown | Value::OneOf(_))) => {
                if let Some(id) = instance.as_id() {
                    self.heap.open_names(id);
                }
                self.may_raise_anything();
            }
            Ok(Some(init)) => {
                let init = self.bind_function(&init, &instance)?;
                let result = self.call(&init, args)?;
                if !matches!(result, Value::None) && self.is_builtin_value(&result) {
                    let kind = self.type_name(&result);
                    return self.type_error(format!("__init__() should return None, not '{kind}'"));
                }
            }
            Ok(None) => {}
            Err(()) => {
                self.may_raise_anything();
                if let Some(id) = instance.as_id() {
                    self.heap.open_names(id);
                }
            }
        }
        if open && let Some(id) = instance.as_id() {
            self.heap.open_names(id);
        }
        Ok(instance)
    }

    /// Whether a class is another one or derives from it.
    fn is_instance_of(&self, class: &Value, wanted: Id) -> bool {
        match self.object(class) {
            Some(Object::Class(class)) => class.mro.iter().any(|base| base.as_id() == Some(wanted)),
            _ => false,
        }
    }

    /// `object()` takes no arguments, nor does a class without `__init__` and `__new__`.
    fn refuse_arguments(&mut self, id: Id, args: &Args) -> Eval<()> {
        let Object::Class(class) = self.heap.get(id) else { return Ok(()) };
        let plain = !class.open
            && class.mro.iter().all(|base| {
                base.as_id().is_some_and(|id| !self.heap.names(id).is_some_and(|names| names.open))
                    || base.is_extern("builtins.object")
                    || base.is_extern("abc.ABC")
                    || matches!(base.extern_path(), Some("typing.Generic")) && lacks(base, "__call__")
            });
        let given = !args.positional.is_empty() || !args.keywords.is_empty();
        if plain && given && !args.open {
            let class_name = class.name.clone();
            return self.type_error(format!("{class_name}() takes no arguments"));
        }
        Ok(())
    }

    /// An instance of a class that neither has `__new__` nor `__init__` of its own.
    fn filled_instance(&mut self, id: Id, args: &Args) -> Eval {
        let instance = self.bare_instance(id, args)?;
        if let Some(kind) = self.holder_of(id, true)
            && let Some(Object::Instance(made)) = self.object(&instance)
            && let Payload::Data(data) = &made.payload
        {
            let data = data.clone();
            models::fill(self, kind, &data, args)?;
        }
        Ok(instance)
    }

    /// The builtin type that instances of a class hold a value of.
    fn holder_of(&self, id: Id, changing: bool) -> Option<&'static str> {
        let class = Value::Object(id);
        HOLDERS
            .iter()
            .filter(|(_, changes)| *changes == changing)
            .map(|(kind, _)| *kind)
            .find(|kind| self.derives(&class, &format!("builtins.{kind}")) == Truth::Yes)
    }

    /// An instance whose `__init__` has not run.
    pub(super) fn bare_instance(&mut self, id: Id, args: &Args) -> Eval {
        let class = Value::Object(id);
        let payload = if self.derives(&class, "builtins.BaseException") == Truth::Yes {
            Payload::Exception(args.positional.clone())
        } else if let Some(kind) = self.holder_of(id, true) {
            Payload::Data(self.call(&Value::builtin(kind), Args::default())?)
        } else if let Some(kind) = self.holder_of(id, false) {
            let data = self.call(&Value::builtin(kind), args.clone())?;
            if data.is_unknown() { Payload::Nothing } else { Payload::Data(data) }
        } else {
            Payload::Nothing
        };
        let unknown = matches!(payload, Payload::Nothing) && self.holder_of(id, false).is_some();
        let keeps_keywords = self.derives(&class, "_pytest.outcomes.OutcomeException") == Truth::Yes;
        let instance = self.new_instance(class, payload);
        if keeps_keywords && let Some(id) = instance.as_id() {
            for (keyword, value) in &args.keywords {
                self.heap.bind(id, keyword, value.clone());
            }
        }
        if unknown && let Some(id) = instance.as_id() {
            self.heap.open_names(id);
        }
        Ok(instance)
    }

    /// An attribute of an instance of a library's class that models know.
    pub(super) fn model_instance_attribute(
        &mut self,
        id: Id,
        path: &str,
        attribute: &Name,
    ) -> Eval<Option<Value>> {
        if path == "sys.version_info"
            && let Object::Instance(Instance { payload: Payload::Data(Value::Tuple(parts)), .. }) =
                self.heap.get(id)
        {
            let names = ["major", "minor", "micro", "releaselevel", "serial"];
            let place = names.iter().position(|name| attribute == name);
            return Ok(place.and_then(|place| parts.get(place)).cloned());
        }
        // only the workers of pytest-xdist have it
        if path == "pytest.Config" && matches!(&**attribute, "workerinput" | "slaveinput" | "workeroutput") {
            return self.no_attribute("Config", attribute);
        }
        if path != "types.SimpleNamespace" || attribute.starts_with("__") {
            return Ok(None);
        }
        if self.heap.names(id).is_none_or(|names| names.open) {
            return Ok(Some(Value::Unknown));
        }
        self.no_attribute(path, attribute)
    }

    /// Names of the annotated attributes of a class itself, in the order of their definition, with
    /// their annotations.
    pub(crate) fn own_annotations(&self, class: Id) -> Vec<(Name, Value)> {
        let Some(annotations) = self.heap.value(class, "__annotations__") else { return Vec::new() };
        let entries = self.string_entries(annotations).unwrap_or_default();
        entries.into_iter().map(|(field, value)| (name(&field), value)).collect()
    }

    /// Raises `AttributeError` for writing what a library's class does not let be written.
    pub(super) fn refuse_writing<T>(&mut self, message: impl Into<String>) -> Eval<T> {
        self.raise("AttributeError", message, Cause::Python)
    }
}

/// What Python says of an abstract class that is called.
fn abstract_message(class: &Name, names: &[Name], python: Observed<PythonVersion>) -> String {
    let mut names: Vec<&str> = names.iter().map(Name::as_str).collect();
    names.sort_unstable();
    let plural = if names.len() == 1 { "" } else { "s" };
    if python >= PythonVersion::new(3, 12) {
        let listed: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        let listed = listed.join(", ");
        format!(
            "Can't instantiate abstract class {class} without an implementation for abstract method{plural} \
             {listed}"
        )
    } else {
        format!("Can't instantiate abstract class {class} with abstract method{plural} {}", names.join(", "))
    }
}
