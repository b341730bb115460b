//! `isinstance` and `issubclass`.

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Instance, Object, Truth, WrapperKind};

pub(super) const MODELS: Models = &[("builtins.isinstance", isinstance), ("builtins.issubclass", issubclass)];

impl Interp<'_> {
    /// `isinstance(value, class)`
    pub(crate) fn is_instance(&self, value: &Value, class: &Value) -> Truth {
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
                                    Truth::No if !path.starts_with("builtins.") => Truth::Maybe,
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
                Object::Class(_) => "type",
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
            Value::Unknown | Value::Extern(_) | Value::OneOf(_) | Value::NotImplemented | Value::Ellipsis => {
                return Truth::Maybe;
            }
        };
        let Some(wanted) = class.extern_path().and_then(|path| path.strip_prefix("builtins.")) else {
            return if class.as_id().is_some() { Truth::No } else { Truth::Maybe };
        };
        match (own, wanted) {
            (_, "object") | ("bool", "int") => Truth::Yes,
            (own, wanted) if own == wanted => Truth::Yes,
            (
                _,
                "str" | "int" | "bool" | "float" | "bytes" | "tuple" | "list" | "dict" | "set" | "frozenset"
                | "type" | "complex",
            ) => Truth::No,
            _ => Truth::Maybe,
        }
    }
}

/// Whether a class is one of those that a function, a module, … is an instance of.
fn is_of_library_type(class: &Value, own: &[&str]) -> Truth {
    const OTHERS: [&str; 8] = [
        "types.FunctionType",
        "types.LambdaType",
        "types.ModuleType",
        "types.MethodType",
        "types.CodeType",
        "builtins.classmethod",
        "builtins.staticmethod",
        "builtins.property",
    ];
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
        Some(path) if OTHERS.contains(&path) || VALUES.contains(&path) => Truth::No,
        Some(_) => Truth::Maybe,
        None if class.as_id().is_some() => Truth::No,
        None => Truth::Maybe,
    }
}

fn isinstance(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [value, class] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    if matches!(class, Value::None | Value::Str(_) | Value::Int(_)) {
        return interp.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union");
    }
    Ok(interp.is_instance(value, class).known().map_or(Value::Unknown, Value::Bool))
}

fn issubclass(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [class, of] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let truth = match (interp.object(class), of) {
        (Some(Object::Class(definition)), Value::Object(of)) => definition.derives_from(*of),
        (_, Value::Extern(_)) => match of.extern_path() {
            Some(path) => match interp.derives(class, path) {
                Truth::No => Truth::Maybe,
                known => known,
            },
            None => Truth::Maybe,
        },
        _ => Truth::Maybe,
    };
    Ok(truth.known().map_or(Value::Unknown, Value::Bool))
}
