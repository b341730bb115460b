//! `getattr` on what a module holds, as far as pytest asks: three answers, without running anything.

use ruff_python_ast::{Expr, StmtClassDef};

use crate::environment::stdlib;
use crate::interp::{ClassKind, Id, Interp, Object, Truth, Value};

/// What an attribute look-up gives.
#[derive(Debug)]
pub(super) enum Found {
    Value(Value),
    Absent,
    Unknown,
}

impl Found {
    /// `bool(getattr(object, name, default))`
    pub(super) fn truth(&self, interp: &Interp<'_>, default: Truth) -> Truth {
        match self {
            Self::Value(value) => interp.plain_truth(value),
            Self::Absent => default,
            Self::Unknown => Truth::Maybe,
        }
    }

    /// `getattr(object, name, False) is True`
    fn is_true(&self) -> Truth {
        match self {
            Self::Value(Value::Bool(value)) => Truth::from(*value),
            Self::Value(Value::Unknown | Value::OneOf(_) | Value::Extern(_)) | Self::Unknown => Truth::Maybe,
            Self::Value(_) | Self::Absent => Truth::No,
        }
    }
}

/// An attribute of a class, along its bases.
pub(super) fn in_class(interp: &Interp<'_>, class: Id, wanted: &str) -> Found {
    let Object::Class(definition) = interp.heap.get(class) else { return Found::Unknown };
    for base in &definition.mro {
        match base {
            Value::Object(id) => {
                let Some(names) = interp.heap.names(*id) else { return Found::Unknown };
                match names.get(wanted) {
                    Some(binding) if binding.maybe_unbound => return Found::Unknown,
                    Some(binding) => return Found::Value(binding.value.clone()),
                    // a decorator that is not interpreted adds no such thing by itself
                    None => {}
                }
            }
            _ if is_library_class(interp, base) => {}
            _ => return Found::Unknown,
        }
    }
    if has_unknown_base(interp, class) { Found::Unknown } else { Found::Absent }
}

/// Whether some base of a class is not known at all.
pub(super) fn has_unknown_base(interp: &Interp<'_>, class: Id) -> bool {
    let Object::Class(definition) = interp.heap.get(class) else { return true };
    definition.mro.iter().any(|base| match base {
        Value::Object(id) => match interp.heap.get(*id) {
            Object::Class(base) => base.bases.iter().any(|base| match base {
                Value::Object(id) => !matches!(interp.heap.get(*id), Object::Class(_)),
                _ => !is_library_class(interp, base),
            }),
            _ => true,
        },
        _ => !is_library_class(interp, base),
    }) || (definition.open && definition.definition.is_none())
}

/// Whether it is a class of the standard library, of which it is known what it has.
pub(super) fn is_library_class(interp: &Interp<'_>, class: &Value) -> bool {
    let Some(path) = class.extern_path() else { return false };
    path == "builtins.object"
        || matches!(path, "typing.NamedTuple" | "typing_extensions.NamedTuple" | "typing_extensions.Protocol")
        || stdlib::class(path, interp.environment.python, interp.environment.platform).is_some()
}

/// An attribute of a function or of what a decorator made of it.
pub(super) fn of_object(interp: &Interp<'_>, value: &Value, wanted: &str) -> Found {
    match value {
        Value::Object(id) => match interp.heap.get(*id) {
            Object::Class(_) => in_class(interp, *id, wanted),
            Object::Function(_) | Object::Wrapper(_) => match interp.heap.names(*id) {
                Some(names) => match names.get(wanted) {
                    Some(binding) if binding.maybe_unbound => Found::Unknown,
                    Some(binding) => Found::Value(binding.value.clone()),
                    None if names.open => Found::Unknown,
                    None => Found::Absent,
                },
                None => Found::Unknown,
            },
            Object::Method(method) => of_object(interp, &method.function, wanted),
            Object::Instance(instance) => match instance.attributes.value(wanted) {
                Some(value) => Found::Value(value.clone()),
                None => match instance.class.as_id() {
                    Some(class) if matches!(in_class(interp, class, "__getattr__"), Found::Absent) => {
                        in_class(interp, class, wanted)
                    }
                    _ => Found::Unknown,
                },
            },
            Object::Module(_) | Object::Super(_) | Object::Scope(_) | Object::Gone => Found::Unknown,
            Object::List(_)
            | Object::Dict(_)
            | Object::Set(_)
            | Object::Generator(_)
            | Object::Partial(_)
            | Object::Mark(_)
            | Object::Parameter(_)
            | Object::Fixture(_) => Found::Absent,
        },
        Value::Unknown | Value::OneOf(_) | Value::Extern(_) => Found::Unknown,
        Value::None
        | Value::NotImplemented
        | Value::Ellipsis
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Str(_)
        | Value::Bytes(_)
        | Value::Tuple(_) => Found::Absent,
    }
}

/// `PyCollector.isnosetest`: `__test__ is True`.
pub(super) fn is_nose_test(interp: &Interp<'_>, value: &Value) -> Truth {
    match of_object(interp, value, "__test__").is_true() {
        // what is not known has no `__test__`, as far as one can tell
        Truth::Maybe => Truth::No,
        known => known,
    }
}

/// `hasinit(class)`: it has an `__init__` other than `object`'s.
pub(super) fn has_init(interp: &Interp<'_>, class: Id) -> Truth {
    constructor(interp, class, "__init__")
}

/// `hasnew(class)`
pub(super) fn has_new(interp: &Interp<'_>, class: Id) -> Truth {
    constructor(interp, class, "__new__")
}

fn constructor(interp: &Interp<'_>, class: Id, wanted: &str) -> Truth {
    let Object::Class(definition) = interp.heap.get(class) else { return Truth::Maybe };
    let is_init = wanted == "__init__";
    let mut unknown = false;
    for base in &definition.mro {
        match base {
            Value::Object(id) => {
                let Object::Class(base) = interp.heap.get(*id) else { return Truth::Maybe };
                match base.names.get(wanted) {
                    Some(binding) if binding.maybe_unbound => return Truth::Maybe,
                    Some(binding) => return interp.plain_truth(&binding.value),
                    None => {}
                }
                match (base.kind, is_init) {
                    (ClassKind::Protocol | ClassKind::Dataclass | ClassKind::TypedDict, true)
                    | (ClassKind::NamedTuple | ClassKind::Enum, false) => return Truth::Yes,
                    _ => {}
                }
                if is_init && base.definition.is_some_and(|(def, _)| makes_init(def)) {
                    return Truth::Yes;
                }
                unknown |= base.names.open && base.definition.is_none();
            }
            _ if base.is_extern("builtins.object") => {}
            _ => match base.extern_path() {
                Some("typing.Protocol" | "typing_extensions.Protocol") if is_init => return Truth::Yes,
                Some("typing.NamedTuple" | "typing_extensions.NamedTuple") if !is_init => {
                    return Truth::Yes;
                }
                Some(path) => {
                    let (python, platform) = (interp.environment.python, interp.environment.platform);
                    match stdlib::class(path, python, platform) {
                        Some(facts) if facts.shallow => unknown = true,
                        Some(facts) if is_init && facts.has_init || !is_init && facts.has_new => {
                            return Truth::Yes;
                        }
                        Some(_) => {}
                        None => unknown = true,
                    }
                }
                None => unknown = true,
            },
        }
    }
    if unknown || has_unknown_base(interp, class) { Truth::Maybe } else { Truth::No }
}

/// Whether a decorator writes an `__init__`: `@dataclass`, `@attrs.define`.
fn makes_init(def: &StmtClassDef) -> bool {
    def.decorator_list.iter().any(|decorator| {
        let (callee, arguments) = match &decorator.expression {
            Expr::Call(call) => (&*call.func, Some(&call.arguments)),
            other => (other, None),
        };
        let last = match callee {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return false,
        };
        let init = arguments.and_then(|arguments| arguments.find_keyword("init"));
        let switched_off = init
            .is_some_and(|keyword| matches!(&keyword.value, Expr::BooleanLiteral(literal) if !literal.value));
        let known = matches!(last, "dataclass" | "attrs" | "define" | "frozen" | "mutable")
            || matches!(callee, Expr::Attribute(attribute)
                if last == "s" && matches!(&*attribute.value, Expr::Name(module) if module.id == "attr"));
        known && !switched_off
    })
}
