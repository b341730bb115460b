//! `isinstance` and `issubclass`.

use std::sync::Arc;

use super::contextlib::CONTEXT_MANAGER;
use super::{Args, Eval, Interp, Models, Value};
use crate::environment::stdlib;
use crate::interp::protocol::Special;
use crate::interp::value::Nature;
use crate::interp::{ClassKind, Id, Instance, Key, ModuleKind, Object, Truth, WrapperKind};

pub(super) const MODELS: Models = &[("builtins.isinstance", isinstance), ("builtins.issubclass", issubclass)];

impl Interp<'_> {
    /// Whether a dotted name is that of a class of the standard library.
    pub(super) fn is_library_class(&self, path: &str) -> bool {
        let (python, platform) = (self.environment.python, self.environment.platform);
        stdlib::class(path, python, platform).is_some()
    }

    /// `isinstance(value, class)`
    pub(crate) fn is_instance(&self, value: &Value, class: &Value) -> Truth {
        match self.is_made_instance(value, class) {
            Truth::No => self.is_virtual_subclass(self.type_of(value).as_ref(), class),
            known => known,
        }
    }

    /// Whether an abstract class of the project takes a class for a subclass that does not derive from it.
    fn is_virtual_subclass(&self, class: Option<&Value>, of: &Value) -> Truth {
        let (Value::Object(wanted), Some(Object::Class(definition))) = (of, self.object(of)) else {
            return Truth::No;
        };
        if !definition.metaclass.is_extern("abc.ABCMeta") {
            return Truth::No;
        }
        let hooks = |base: &Value| {
            base.as_id().and_then(|id| self.heap.names(id)).is_some_and(|it| it.contains("__subclasshook__"))
        };
        if definition.kind == ClassKind::Protocol || definition.mro.iter().any(hooks) {
            return Truth::Maybe;
        }
        let is_under = |abstract_class: Id| match self.heap.get(abstract_class) {
            Object::Class(definition) => definition.derives_from(*wanted),
            _ => Truth::No,
        };
        let takes = |(abstract_class, member, certain): &(Id, Value, bool)| match is_under(*abstract_class) {
            Truth::No => Truth::No,
            _ => match class.map_or(Truth::Maybe, |class| self.is_subclass(class, member)) {
                Truth::Yes if !certain => Truth::Maybe,
                known => known,
            },
        };
        self.virtual_subclasses.iter().map(takes).fold(Truth::No, Truth::or)
    }

    /// Whether a class is another one or derives from it.
    pub(in crate::interp) fn is_subclass(&self, class: &Value, of: &Value) -> Truth {
        match (self.object(class), of) {
            _ if class.same(of) && !of.is_unknown() => Truth::Yes,
            (Some(Object::Class(definition)), Value::Object(of)) => definition.derives_from(*of),
            (_, Value::Extern(_)) => of.extern_path().map_or(Truth::Maybe, |path| self.derives(class, path)),
            // the library and third parties do not derive from classes of the project
            (None, Value::Object(_)) if class.extern_path().is_some_and(|path| !self.is_of_project(path)) => {
                Truth::No
            }
            _ => Truth::Maybe,
        }
    }

    /// Whether a dotted name lies in a package of the project: in a compiled module of it, then.
    fn is_of_project(&self, path: &str) -> bool {
        let top = path.split('.').next().unwrap_or(path);
        let package = self.heap.registry().and_then(|modules| modules.entries.get(&Key::Str(Arc::from(top))));
        match package.and_then(|(_, package)| self.object(package)) {
            Some(Object::Module(package)) => {
                matches!(package.kind, ModuleKind::Source(_) | ModuleKind::Namespace | ModuleKind::Made)
            }
            _ => false,
        }
    }

    /// `type(value)`, where that is known.
    fn type_of(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Unknown | Value::OneOf(_) | Value::Extern(_) => None,
            Value::Object(id) if matches!(self.heap.get(*id), Object::Instance(_) | Object::Class(_)) => {
                Some(self.class_of(*id))
            }
            _ => Some(Value::builtin(&self.type_name(value))),
        }
    }

    /// Whether a value is a class.
    fn is_class(&self, value: &Value) -> Truth {
        match value {
            Value::Unknown => Truth::Maybe,
            Value::OneOf(values) => {
                values.iter().map(|value| self.is_class(value)).reduce(Truth::join).unwrap_or(Truth::Maybe)
            }
            Value::Extern(external) => match &external.nature {
                Nature::Named if self.is_library_class(&external.path) => Truth::Yes,
                Nature::Named if self.is_library_function(&external.path) => Truth::No,
                Nature::Named if external.path.starts_with("__future__.") => Truth::No,
                Nature::Shown(shown) if shown.certain_class().is_some() => Truth::No,
                _ => Truth::Maybe,
            },
            Value::Object(id) => match self.heap.get(*id) {
                Object::Class(_) => Truth::Yes,
                Object::Instance(instance) => self.derives(&instance.class, "builtins.type"),
                Object::Wrapper(_) => Truth::Maybe,
                _ => Truth::No,
            },
            _ => Truth::No,
        }
    }

    /// [`Self::is_instance`] by the class that a value was made of.
    fn is_made_instance(&self, value: &Value, class: &Value) -> Truth {
        let union = self.union_parts(class);
        if union.len() > 1 {
            return union.iter().map(|class| self.is_instance(value, class)).fold(Truth::No, Truth::or);
        }
        if matches!(class, Value::None) {
            return match value {
                Value::Unknown | Value::OneOf(_) | Value::Extern(_) => Truth::Maybe,
                _ => Truth::from(matches!(value, Value::None)),
            };
        }
        if let Value::Tuple(classes) = class {
            return classes.iter().map(|class| self.is_instance(value, class)).fold(Truth::No, Truth::or);
        }
        if let Value::OneOf(values) = value {
            return values
                .iter()
                .map(|value| self.is_instance(value, class))
                .reduce(Truth::join)
                .unwrap_or(Truth::Maybe);
        }
        let own = match value {
            Value::Object(id) => match self.heap.get(*id) {
                Object::Instance(Instance { class: own, .. }) => {
                    return match class {
                        Value::Object(wanted) => match self.object(own) {
                            Some(Object::Class(definition)) => definition.derives_from(*wanted),
                            _ => Truth::Maybe,
                        },
                        Value::Extern(_) => class.extern_path().map_or(Truth::Maybe, |path| {
                            if path == "builtins.object" {
                                Truth::Yes
                            } else {
                                match self.derives(own, path) {
                                    // an abstract class may know its instances otherwise
                                    Truth::No
                                        if !path.starts_with("builtins.") && !OF_CODE.contains(&path) =>
                                    {
                                        Truth::Maybe
                                    }
                                    known => known,
                                }
                            }
                        }),
                        _ => Truth::Maybe,
                    };
                }
                Object::List(_) => "list",
                Object::Dict(_) => "dict",
                Object::Set(set) => {
                    if set.frozen {
                        "frozenset"
                    } else {
                        "set"
                    }
                }
                Object::Class(definition) => match (&definition.metaclass, class.as_id()) {
                    (Value::Object(own), Some(wanted)) => {
                        return match self.heap.get(*own) {
                            Object::Class(own) => own.derives_from(wanted),
                            _ => Truth::Maybe,
                        };
                    }
                    (own, Some(_)) if !own.is_extern("builtins.type") => return Truth::Maybe,
                    _ => "type",
                },
                Object::Function(_) => {
                    return is_of_library_type(class, &["types.FunctionType", "types.LambdaType"]);
                }
                Object::Module(_) => return is_of_library_type(class, &["types.ModuleType"]),
                Object::Method(method)
                    if method
                        .function
                        .as_id()
                        .is_some_and(|id| matches!(self.heap.get(id), Object::Function(_))) =>
                {
                    return is_of_library_type(class, &["types.MethodType"]);
                }
                Object::Wrapper(wrapper) => match wrapper.kind {
                    WrapperKind::ClassMethod => return is_of_library_type(class, &["builtins.classmethod"]),
                    WrapperKind::StaticMethod => {
                        return is_of_library_type(class, &["builtins.staticmethod"]);
                    }
                    WrapperKind::Property => return is_of_library_type(class, &["builtins.property"]),
                    // it makes functions
                    WrapperKind::Decorated if wrapper.by.as_deref() == Some(CONTEXT_MANAGER) => {
                        return is_of_library_type(class, &["types.FunctionType", "types.LambdaType"]);
                    }
                    WrapperKind::Decorated => return Truth::Maybe,
                },
                _ => return Truth::Maybe,
            },
            Value::Str(_) => "str",
            Value::Int(_) => "int",
            Value::Bool(_) => "bool",
            Value::Float(_) => "float",
            Value::Bytes(_) => "bytes",
            Value::Tuple(_) => "tuple",
            Value::None => "NoneType",
            Value::NotImplemented => "NotImplementedType",
            Value::Ellipsis => "ellipsis",
            Value::Extern(external) => match &external.nature {
                Nature::Named if self.is_library_class(&external.path) => "type",
                Nature::Named if external.path.starts_with("__future__.") => "_Feature",
                Nature::Shown(shown) => match shown.certain_class() {
                    Some(own) if !is_made_of_value(own) => own.strip_prefix("builtins.").unwrap_or(own),
                    _ => return Truth::Maybe,
                },
                Nature::Named | Nature::Computed => return Truth::Maybe,
            },
            Value::Unknown | Value::OneOf(_) => return Truth::Maybe,
        };
        let Some(wanted) = class.extern_path().and_then(|path| path.strip_prefix("builtins.")) else {
            let is_of_code = class.extern_path().is_some_and(|path| OF_CODE.contains(&path));
            return if class.as_id().is_some() || is_of_code { Truth::No } else { Truth::Maybe };
        };
        match (own, wanted) {
            (_, "object") | ("bool", "int") => Truth::Yes,
            (own, wanted) if own == wanted => Truth::Yes,
            (
                _,
                "str" | "int" | "bool" | "float" | "bytes" | "tuple" | "list" | "dict" | "set" | "frozenset"
                | "type" | "complex" | "property" | "classmethod" | "staticmethod" | "slice" | "range",
            ) => Truth::No,
            _ => Truth::Maybe,
        }
    }
}

/// Whether a class of a third party derives from a builtin one that holds a value.
fn is_made_of_value(class: &str) -> bool {
    const NUMPY: [&str; 5] =
        ["numpy.float64", "numpy.complex128", "numpy.str_", "numpy.bytes_", "numpy.longdouble"];
    NUMPY.contains(&class)
}

/// The classes of what a program is made of.
const OF_CODE: [&str; 5] =
    ["types.FunctionType", "types.LambdaType", "types.ModuleType", "types.MethodType", "types.CodeType"];

/// Whether a class is one of those that a function, a module, … is an instance of.
fn is_of_library_type(class: &Value, own: &[&str]) -> Truth {
    const OTHERS: [&str; 3] = ["builtins.classmethod", "builtins.staticmethod", "builtins.property"];
    const VALUES: [&str; 11] = [
        "builtins.str",
        "builtins.int",
        "builtins.bool",
        "builtins.float",
        "builtins.bytes",
        "builtins.tuple",
        "builtins.list",
        "builtins.dict",
        "builtins.set",
        "builtins.frozenset",
        "builtins.type",
    ];
    match class.extern_path() {
        Some("builtins.object") => Truth::Yes,
        Some(path) if own.contains(&path) => Truth::Yes,
        Some(path) if OF_CODE.contains(&path) || OTHERS.contains(&path) || VALUES.contains(&path) => {
            Truth::No
        }
        Some(_) => Truth::Maybe,
        None if class.as_id().is_some() => Truth::No,
        None => Truth::Maybe,
    }
}

/// What a class's own metaclass answers when it is asked about a value; `None` where it leaves that to `type`.
fn asked(interp: &mut Interp<'_>, class: &Value, method: &str, value: &Value) -> Eval<Option<Value>> {
    let Some(Object::Class(definition)) = interp.object(class) else { return Ok(None) };
    if definition.metaclass.as_id().is_none() {
        return Ok(None);
    }
    Ok(match interp.special(class, method)? {
        Special::Method(method) => {
            let answer = interp.call(&method, Args::of([value.clone()]))?;
            Some(interp.truth(&answer)?.known().map_or(Value::Unknown, Value::Bool))
        }
        Special::Unknown => Some(Value::Unknown),
        Special::Missing => None,
    })
}

fn isinstance(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [value, class] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    if matches!(class, Value::None | Value::Str(_) | Value::Int(_)) {
        return interp.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union");
    }
    if let Some(answer) = asked(interp, class, "__instancecheck__", value)? {
        return Ok(answer);
    }
    Ok(interp.is_instance(value, class).known().map_or(Value::Unknown, Value::Bool))
}

fn issubclass(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [class, of] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    if let Some(answer) = asked(interp, of, "__subclasscheck__", class)? {
        return Ok(answer);
    }
    match interp.is_class(class) {
        Truth::No => return interp.type_error("issubclass() arg 1 must be a class"),
        Truth::Yes => {}
        // what a third party offers under that name may be no class
        Truth::Maybe if class.extern_path().is_some() => interp.may_raise(&Value::builtin("TypeError")),
        Truth::Maybe => {}
    }
    let by_stub = match (class.extern_path(), of.extern_path()) {
        (Some(class), Some(of)) => interp.stub_derives(class, of),
        _ => Truth::Maybe,
    };
    if let Some(known) = by_stub.known() {
        return Ok(Value::Bool(known));
    }
    let truth = match (interp.is_subclass(class, of), of) {
        (Truth::No, Value::Extern(_)) => Truth::Maybe,
        (Truth::No, _) => interp.is_virtual_subclass(Some(class), of),
        (known, _) => known,
    };
    Ok(truth.known().map_or(Value::Unknown, Value::Bool))
}
