//! Builtins about objects: types, attributes, descriptors, namespaces.

use std::sync::Arc;

use crate::environment::stdlib;

use super::{Args, Eval, Interp, Models, Value, nothing, something};
use crate::interp::builtin_names;
use crate::interp::class::NewClass;
use crate::interp::protocol::Special;
use crate::interp::{
    Dict, FrameKind, Id, Instance, Key, Module, ModuleKind, Namespace, Nature, Object, Payload, Stop, Truth,
    Wrapper, WrapperKind, name,
};

pub(super) const MODELS: Models = &[
    ("builtins.type", type_of),
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
    ("typing.Generic.__init_subclass__", nothing),
    ("builtins.object.__setattr__", object_setattr),
    ("builtins.type.__new__", type_new),
    ("abc.ABCMeta.__new__", type_new),
    ("builtins.type.__init__", nothing),
    ("builtins.type.__call__", type_call),
    ("builtins.type.__subclasses__", something),
    ("builtins.type.mro", mro),
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

/// `class.mro()`
fn mro(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match args.only().map(|class| super::inspect::mro(interp, class)) {
        Some(Value::Tuple(classes)) => interp.new_list(classes.to_vec()),
        _ => Value::Unknown,
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

    /// Whether a value of a builtin type certainly has an attribute.
    fn value_has(&self, value: &Value, attribute: &str) -> bool {
        builtin_names::has(&self.type_name(value), attribute, self.environment.python) == Some(true)
    }

    /// What is in a dict that stands for the names of a module of the project, as of now; `None` where it stands
    /// for no such thing, or not all names are known.
    pub(in crate::interp) fn names_of_module(&self, dict: Id) -> Option<Dict> {
        let target = *self.mirrors.get(&dict)?;
        let Object::Module(Module { kind: ModuleKind::Source(path), names, .. }) = self.heap.get(target)
        else {
            return None;
        };
        if names.open || names.iter().any(|(_, binding)| binding.maybe_unbound) {
            return None;
        }
        let mut dict = Dict::default();
        let mut enter = |name: &str, value: Value| {
            dict.set(Key::Str(Arc::from(name)), Value::str(name), value);
        };
        for (name, binding) in names.iter() {
            enter(name, binding.value.clone());
        }
        if self.is_rewritten(path) {
            // what the rewritten assertions use
            enter("@py_builtins", Value::Unknown);
            enter("@pytest_ar", Value::Unknown);
        }
        Some(dict)
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

fn callable(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.only().cloned() else { return Ok(Value::Unknown) };
    let mut known = None;
    for (place, value) in value.alternatives().iter().enumerate() {
        let answer = is_callable(interp, value)?;
        known = if place == 0 { answer } else { known.filter(|known| answer == Some(*known)) };
    }
    Ok(known.map_or(Value::Unknown, Value::Bool))
}

fn is_callable(interp: &mut Interp<'_>, value: &Value) -> Eval<Option<bool>> {
    Ok(match value {
        Value::None
        | Value::Int(_)
        | Value::Str(_)
        | Value::Bytes(_)
        | Value::Bool(_)
        | Value::Float(_)
        | Value::Tuple(_)
        | Value::Ellipsis
        | Value::NotImplemented => Some(false),
        Value::Extern(external) => match &external.nature {
            Nature::Named if interp.is_library_class(&external.path) => Some(true),
            Nature::Named if interp.is_library_function(&external.path) => Some(true),
            // what `from __future__ import` binds
            Nature::Named if external.path.starts_with("__future__.") => Some(false),
            Nature::Named => interp.stub_is_callable(&external.path),
            Nature::Shown(shown) => {
                const PLAIN: [&str; 4] = [
                    "builtins.str",
                    "builtins.dict",
                    "importlib.machinery.ModuleSpec",
                    "importlib.machinery.SourceFileLoader",
                ];
                shown.certain_class().filter(|class| PLAIN.contains(class)).map(|_| false)
            }
            Nature::Computed => None,
        },
        _ => match interp.object(value) {
            Some(Object::Function(_) | Object::Class(_) | Object::Method(_) | Object::Partial(_)) => {
                Some(true)
            }
            Some(Object::List(_) | Object::Dict(_) | Object::Set(_) | Object::Module(_)) => Some(false),
            Some(Object::Wrapper(wrapper)) if wrapper.kind == WrapperKind::Decorated => {
                return is_callable(interp, &wrapper.inner.clone());
            }
            Some(Object::Instance(instance)) if instance.class.as_id().is_some() => {
                match interp.special(value, "__call__")? {
                    Special::Method(_) => Some(true),
                    Special::Missing if interp.is_decided(value) => Some(false),
                    Special::Missing | Special::Unknown => None,
                }
            }
            _ => None,
        },
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
                Some(Object::List(_) | Object::Dict(_) | Object::Set(_)) => {
                    interp.value_has(&owner, &attribute)
                }
                None if !owner.is_unknown() && owner.extern_path().is_none() => {
                    interp.value_has(&owner, &attribute)
                }
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
        return Ok(snapshot(interp, here));
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
    let made = snapshot(interp, id);
    interp.mirror_of(id, &made);
    made
}

fn snapshot(interp: &mut Interp<'_>, id: Id) -> Value {
    let mut dict = Dict { open: true, ..Dict::default() };
    if let Some(names) = interp.heap.names(id) {
        for (bound, binding) in names.iter() {
            let key = Key::Str(Arc::from(bound.as_str()));
            if binding.maybe_unbound {
                dict.doubtful.insert(key.clone());
            }
            dict.entries.insert(key, (Value::str(bound), binding.value.clone()));
        }
    }
    Value::Object(interp.heap.add(Object::Dict(dict)))
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
