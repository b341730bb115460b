//! Builtins about objects: types, attributes, descriptors, namespaces.

use std::sync::Arc;

use crate::environment::stdlib;

use super::{Args, Eval, Interp, Models, Value, nothing, something};
use crate::interp::builtin_names;
use crate::interp::class::NewClass;
use crate::interp::{
    Dict, FrameKind, Id, Instance, Key, Namespace, Object, Payload, Stop, Truth, Wrapper, WrapperKind, name,
};

pub(super) const MODELS: Models = &[
    ("builtins.type", type_of),
    ("builtins.isinstance", isinstance),
    ("builtins.issubclass", issubclass),
    ("builtins.callable", callable),
    ("builtins.getattr", getattr),
    ("builtins.hasattr", hasattr),
    ("builtins.setattr", setattr),
    ("builtins.delattr", delattr),
    ("builtins.property", property),
    ("builtins.staticmethod", staticmethod),
    ("builtins.classmethod", classmethod),
    ("builtins.globals", globals),
    ("builtins.locals", locals),
    ("builtins.vars", vars),
    ("builtins.super", two_argument_super),
    ("builtins.object", object),
    ("builtins.object.__new__", object_new),
    ("builtins.object.__init__", nothing),
    ("builtins.str.__new__", value_new),
    ("builtins.int.__new__", value_new),
    ("builtins.float.__new__", value_new),
    ("builtins.bytes.__new__", value_new),
    ("builtins.tuple.__new__", value_new),
    ("builtins.frozenset.__new__", value_new),
    ("builtins.list.__new__", object_new),
    ("builtins.dict.__new__", object_new),
    ("builtins.set.__new__", object_new),
    ("builtins.object.__init_subclass__", nothing),
    ("builtins.object.__setattr__", object_setattr),
    ("builtins.type.__new__", type_new),
    ("abc.ABCMeta.__new__", type_new),
    ("builtins.type.__init__", nothing),
    ("builtins.type.__call__", type_call),
    ("builtins.type.__subclasses__", something),
    ("builtins.type.mro", something),
    ("collectlint.property.setter", set_setter),
    ("collectlint.property.deleter", set_deleter),
    ("collectlint.property.getter", set_getter),
    ("types.ModuleType", module_type),
    ("types.SimpleNamespace", simple_namespace),
    ("builtins.help", something),
];

fn type_of(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.positional.as_slice() {
        [value] => Ok(match value {
            Value::Object(id) => match interp.heap.get(*id) {
                Object::Instance(instance) => instance.class.clone(),
                Object::Class(class) => class.metaclass.clone(),
                Object::List(_) | Object::Dict(_) | Object::Set(_) => {
                    Value::builtin(&interp.type_name(value))
                }
                _ => Value::Unknown,
            },
            Value::Extern(_) => {
                interp.class_of_external(value).map_or(Value::Unknown, |class| Value::external(&class))
            }
            Value::OneOf(values) => {
                let mut classes = Vec::with_capacity(values.len());
                for value in values.iter() {
                    classes.push(type_of(interp, Args::of([value.clone()]))?);
                }
                classes.into_iter().reduce(|one, other| one.join(&other)).unwrap_or(Value::Unknown)
            }
            Value::Unknown => Value::Unknown,
            Value::None => Value::external("types.NoneType"),
            _ => Value::builtin(&interp.type_name(value)),
        }),
        [class_name, bases, namespace] => {
            let class_name = class_name.as_str().map_or_else(|| name("Unknown"), name);
            let namespace = namespace.clone();
            let Some(bases) = interp.iterate(bases)? else { return Ok(Value::Unknown) };
            make(interp, &class_name, bases, &namespace, None, args.keywords)
        }
        _ => Ok(Value::Unknown),
    }
}

/// `type.__new__(metaclass, name, bases, namespace)`
fn type_new(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [metaclass, class_name, bases, namespace, ..] = args.positional.as_slice() else {
        return Ok(Value::Unknown);
    };
    let class_name = class_name.as_str().map_or_else(|| name("Unknown"), name);
    let (metaclass, namespace) = (metaclass.clone(), namespace.clone());
    let Some(bases) = interp.iterate(bases)? else { return Ok(Value::Unknown) };
    make(interp, &class_name, bases, &namespace, Some(metaclass), args.keywords)
}

fn make(
    interp: &mut Interp<'_>,
    class_name: &ruff_python_ast::name::Name,
    bases: Vec<Value>,
    namespace: &Value,
    metaclass: Option<Value>,
    keywords: Vec<(ruff_python_ast::name::Name, Value)>,
) -> Eval {
    let mut names = Namespace::default();
    names.open = true;
    if let Some(Object::Dict(dict)) = interp.object(namespace) {
        names.open = dict.open;
        let entries: Vec<(String, Value)> = interp.string_entries(namespace).unwrap_or_default();
        for (entry, value) in entries {
            names.bind(name(&entry), value);
        }
    }
    let body = interp.heap.add(Object::Scope(names));
    let kind = interp.kind_of_class(&bases);
    interp.make_class(NewClass {
        name: class_name.clone(),
        bases,
        open: false,
        metaclass,
        body,
        kind,
        keywords,
    })
}

fn type_call(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut args = args;
    if args.positional.is_empty() {
        return Ok(Value::Unknown);
    }
    let class = args.positional.remove(0);
    match class.as_id() {
        Some(id) if matches!(interp.heap.get(id), Object::Class(_)) => interp.instantiate_plainly(id, args),
        _ => Ok(Value::Unknown),
    }
}

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
                            Some(Object::Class(definition)) => {
                                if definition.mro.iter().any(|base| base.as_id() == Some(*wanted)) {
                                    Truth::Yes
                                } else if definition.open {
                                    Truth::Maybe
                                } else {
                                    Truth::No
                                }
                            }
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

    /// Whether a library module certainly has no such attribute.
    pub(in crate::interp) fn library_lacks(&self, module: &str, attribute: &str) -> bool {
        let (python, platform) = (self.environment.python, self.environment.platform);
        stdlib::module(module, python, platform) == stdlib::Availability::Available
            && stdlib::attribute(module, attribute, python, platform) == stdlib::Attribute::Absent
    }

    /// Whether a library module certainly has an attribute.
    fn library_has(&self, module: &str, attribute: &str) -> bool {
        let (python, platform) = (self.environment.python, self.environment.platform);
        matches!(stdlib::attribute(module, attribute, python, platform), stdlib::Attribute::Present(_))
    }

    /// Whether a dict is the globals of the running module, and nothing runs inside of it.
    pub(crate) fn is_own_globals(&self, dict: Id) -> bool {
        let frame = self.frame();
        frame.kind == FrameKind::Module && self.mirrors.get(&dict) == Some(&frame.names)
    }

    /// `exec(code, scope)` may bind anything in a dict.
    pub(crate) fn forget_scope(&mut self, scope: &Value) {
        if let Some(id) = scope.as_id() {
            self.forget_mirrored(id);
            self.heap.forget_content(id);
        }
    }

    /// `exec` or `globals().update(...)` may bind anything here.
    pub(crate) fn open_scope(&mut self) {
        let (here, module) = {
            let frame = self.frame();
            (frame.names, frame.module)
        };
        self.heap.open_names(here);
        self.heap.open_names(module);
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
        (Some(Object::Class(definition)), Value::Object(of)) => {
            if definition.mro.iter().any(|base| base.as_id() == Some(*of)) {
                Truth::Yes
            } else if definition.open {
                Truth::Maybe
            } else {
                Truth::No
            }
        }
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

fn callable(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match args.only() {
        Some(
            Value::None | Value::Int(_) | Value::Str(_) | Value::Bool(_) | Value::Float(_) | Value::Tuple(_),
        ) => Value::Bool(false),
        Some(value) => match interp.object(value) {
            Some(Object::Function(_) | Object::Class(_) | Object::Method(_) | Object::Partial(_)) => {
                Value::Bool(true)
            }
            Some(Object::List(_) | Object::Dict(_) | Object::Set(_) | Object::Module(_)) => {
                Value::Bool(false)
            }
            _ => Value::Unknown,
        },
        None => Value::Unknown,
    })
}

fn getattr(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(owner), Some(attribute)) = (args.positional.first().cloned(), args.positional.get(1)) else {
        return Ok(Value::Unknown);
    };
    let Some(attribute) = attribute.as_str().map(name) else {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    let default = args.positional.get(2).cloned();
    match (interp.attribute(&owner, &attribute), default) {
        (Err(Stop::Raise(raised)), Some(default))
            if interp.derives(&raised.class, "builtins.AttributeError") != Truth::No =>
        {
            Ok(if raised.certain || interp.derives(&raised.class, "builtins.AttributeError") == Truth::Yes {
                default
            } else {
                Value::Unknown
            })
        }
        // what is not interpreted may lack it
        (Ok(value), Some(default))
            if matches!(value, Value::Extern(_))
                && !matches!(owner.as_id().map(|id| interp.heap.get(id)), Some(Object::Instance(_))) =>
        {
            let known = value.extern_path().is_some_and(|path| {
                path.starts_with("builtins.")
                    || path.starts_with("sys.")
                    || interp.installed_version(path).is_some()
            });
            Ok(if known { value } else { value.join(&default) })
        }
        (result, _) => result,
    }
}

fn hasattr(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(owner), Some(attribute)) = (args.positional.first().cloned(), args.positional.get(1)) else {
        return Ok(Value::Unknown);
    };
    let Some(attribute) = attribute.as_str().map(name) else { return Ok(Value::Unknown) };
    match interp.attribute(&owner, &attribute) {
        Err(Stop::Raise(raised)) => match interp.derives(&raised.class, "builtins.AttributeError") {
            Truth::Yes => Ok(Value::Bool(false)),
            Truth::No => Err(Stop::Raise(raised)),
            Truth::Maybe => Ok(Value::Unknown),
        },
        Err(stop) => Err(stop),
        Ok(value) => {
            let certain = match interp.object(&owner) {
                Some(Object::Module(module)) => {
                    module.names.contains(&attribute) || interp.library_has(&module.name, &attribute)
                }
                Some(Object::Instance(_) | Object::Class(_)) => {
                    !matches!(value, Value::Unknown | Value::Extern(_))
                        && !matches!(interp.object(&value), Some(Object::Method(_)))
                }
                Some(Object::Function(function)) => {
                    !function.attributes.open
                        && (function.attributes.contains(&attribute)
                            || builtin_names::function_has(&attribute, interp.environment.python))
                }
                Some(Object::Parameter(_)) => matches!(&*attribute, "values" | "marks" | "id"),
                _ => false,
            };
            Ok(if certain { Value::Bool(true) } else { Value::Unknown })
        }
    }
}

fn setattr(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [owner, attribute, value] = args.positional.as_slice() else { return Ok(Value::None) };
    match attribute.as_str().map(name) {
        Some(attribute) => {
            let (owner, value) = (owner.clone(), value.clone());
            interp.set_attribute(&owner, &attribute, value)?;
        }
        None => {
            if let Some(id) = owner.as_id() {
                interp.heap.open_names(id);
            }
        }
    }
    Ok(Value::None)
}

fn delattr(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [owner, attribute] = args.positional.as_slice() else { return Ok(Value::None) };
    match attribute.as_str().map(name) {
        Some(attribute) => {
            let owner = owner.clone();
            interp.delete_attribute(&owner, &attribute)?;
        }
        None => {
            if let Some(id) = owner.as_id() {
                interp.heap.open_names(id);
            }
        }
    }
    Ok(Value::None)
}

fn wrap(interp: &mut Interp<'_>, args: &Args, kind: WrapperKind) -> Value {
    let inner = args.get(0, "fget").cloned().unwrap_or(Value::None);
    let wrapper = Wrapper { kind, inner, by: None, attributes: Namespace::default() };
    Value::Object(interp.heap.add(Object::Wrapper(wrapper)))
}

/// `property(fget=None, fset=None, fdel=None, doc=None)`
pub(super) fn property(interp: &mut Interp<'_>, args: Args) -> Eval {
    let property = wrap(interp, &args, WrapperKind::Property);
    for (place, part) in [(1, "fset"), (2, "fdel")] {
        if let Some(function) = args.get(place, part).filter(|function| !matches!(function, Value::None)) {
            let function = function.clone();
            bind_part(interp, &property, part, function);
        }
    }
    Ok(property)
}

fn bind_part(interp: &mut Interp<'_>, property: &Value, part: &str, function: Value) {
    if let Some(id) = property.as_id() {
        interp.heap.bind(id, &name(part), function);
    }
}

/// `@cached_property`
pub(super) fn cached_property(interp: &mut Interp<'_>, args: Args) -> Eval {
    let property = wrap(interp, &args, WrapperKind::Property);
    if let Some(id) = property.as_id()
        && let Object::Wrapper(wrapper) = interp.heap.change(id)
    {
        wrapper.by = Some(Arc::from("functools.cached_property"));
    }
    Ok(property)
}

/// `@x.setter` makes another property.
fn changed_property(interp: &mut Interp<'_>, args: &Args, part: &str) -> Value {
    let [property, function] = args.positional.as_slice() else { return Value::Unknown };
    let (Some(Object::Wrapper(wrapper)), function) = (interp.object(property), function.clone()) else {
        return Value::Unknown;
    };
    let mut wrapper = wrapper.clone();
    if part == "fget" {
        wrapper.inner = function;
        return Value::Object(interp.heap.add(Object::Wrapper(wrapper)));
    }
    let made = Value::Object(interp.heap.add(Object::Wrapper(wrapper)));
    bind_part(interp, &made, part, function);
    made
}

fn set_setter(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(changed_property(interp, &args, "fset"))
}

fn set_deleter(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(changed_property(interp, &args, "fdel"))
}

fn set_getter(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(changed_property(interp, &args, "fget"))
}

fn staticmethod(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(wrap(interp, &args, WrapperKind::StaticMethod))
}

fn classmethod(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(wrap(interp, &args, WrapperKind::ClassMethod))
}

fn globals(interp: &mut Interp<'_>, _: Args) -> Eval {
    let module = interp.frame().module;
    Ok(namespace(interp, module))
}

fn locals(interp: &mut Interp<'_>, _: Args) -> Eval {
    let (here, kind) = (interp.frame().names, interp.frame().kind);
    if kind == FrameKind::Function {
        // what is done to it has no effect
        let dict = Object::Dict(Dict { open: true, ..Dict::default() });
        return Ok(Value::Object(interp.heap.add(dict)));
    }
    Ok(namespace(interp, here))
}

fn vars(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.positional.first().and_then(Value::as_id) {
        Some(id) if interp.heap.names(id).is_some() => Ok(namespace(interp, id)),
        Some(_) => Ok(Value::Unknown),
        None => locals(interp, args),
    }
}

/// Some names as a dict. What is bound later is not seen in it, so that it is open.
pub(in crate::interp) fn namespace(interp: &mut Interp<'_>, id: Id) -> Value {
    let mut dict = Dict { open: true, ..Dict::default() };
    if let Some(names) = interp.heap.names(id) {
        for (bound, binding) in names.iter() {
            let key = Key::Str(Arc::from(bound.as_str()));
            dict.entries.insert(key, (Value::str(bound), binding.value.clone()));
        }
    }
    let made = Value::Object(interp.heap.add(Object::Dict(dict)));
    interp.mirror_of(id, &made);
    made
}

fn two_argument_super(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [class, receiver] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let found = crate::interp::value::Super { class: class.clone(), receiver: receiver.clone() };
    Ok(Value::Object(interp.heap.add(Object::Super(found))))
}

fn object(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(interp.new_instance(Value::builtin("object"), Payload::Nothing))
}

fn object_new(interp: &mut Interp<'_>, args: Args) -> Eval {
    let class = args
        .positional
        .iter()
        .find_map(|value| value.as_id().filter(|&id| matches!(interp.heap.get(id), Object::Class(_))));
    match class {
        Some(id) => interp.bare_instance(id, &Args::default()),
        None => Ok(Value::Unknown),
    }
}

/// `str.__new__(cls, value)`
fn value_new(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let class = args
        .positional
        .first()
        .and_then(Value::as_id)
        .filter(|&id| matches!(interp.heap.get(id), Object::Class(_)));
    let Some(id) = class else { return Ok(Value::Unknown) };
    args.positional.remove(0);
    interp.bare_instance(id, &args)
}

fn object_setattr(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let [owner, attribute, value] = args.positional.as_slice()
        && let (Some(id), Some(attribute)) = (owner.as_id(), attribute.as_str())
    {
        interp.heap.bind(id, &name(attribute), value.clone());
    }
    Ok(Value::None)
}

fn module_type(interp: &mut Interp<'_>, args: Args) -> Eval {
    use crate::interp::{Module, ModuleKind, ModuleState};
    let module_name = args.get(0, "name").and_then(Value::as_str).unwrap_or("unknown");
    let module = Module {
        name: Arc::from(module_name),
        kind: ModuleKind::Made,
        state: ModuleState::Loaded,
        names: Namespace::default(),
        search: None,
    };
    Ok(Value::Object(interp.heap.add(Object::Module(module))))
}

fn simple_namespace(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut attributes = Namespace::default();
    attributes.open = args.open || !args.positional.is_empty();
    for (attribute, value) in args.keywords {
        attributes.bind(attribute, value);
    }
    let class = Value::external("types.SimpleNamespace");
    let instance = Instance { class, attributes, payload: Payload::Nothing };
    Ok(Value::Object(interp.heap.add(Object::Instance(instance))))
}
