//! Calls: of functions, classes, bound methods, and of what is not interpreted.

use crate::environment::PythonVersion;
use ruff_python_ast::name::Name;

use super::flow::Eval;
use super::protocol::Special;
use super::{
    Cause, Instance, Interp, Mark, Method, Namespace, Nature, Object, Payload, Refused, Value, Wrapper,
    WrapperKind, models,
};

/// Evaluated arguments of a call.
#[derive(Clone, Debug, Default)]
pub struct Args {
    pub positional: Vec<Value>,
    pub keywords: Vec<(Name, Value)>,
    /// Whether there may be more arguments than these (`*unknown`).
    pub open: bool,
}

impl Args {
    pub(crate) fn of(positional: impl IntoIterator<Item = Value>) -> Self {
        Self { positional: positional.into_iter().collect(), ..Self::default() }
    }

    /// The argument at a position, or of that name.
    pub(crate) fn get(&self, position: usize, name: &str) -> Option<&Value> {
        self.positional.get(position).or_else(|| self.keyword(name))
    }

    pub(crate) fn keyword(&self, name: &str) -> Option<&Value> {
        self.keywords.iter().find(|(keyword, _)| keyword == name).map(|(_, value)| value)
    }

    /// The same arguments behind a receiver.
    #[must_use]
    pub(crate) fn bound(mut self, receiver: Value) -> Self {
        self.positional.insert(0, receiver);
        self
    }

    /// The single positional argument, where there is nothing else.
    pub(crate) fn only(&self) -> Option<&Value> {
        match self.positional.as_slice() {
            [only] if self.keywords.is_empty() && !self.open => Some(only),
            _ => None,
        }
    }
}

impl Interp<'_> {
    pub(crate) fn call(&mut self, callee: &Value, args: Args) -> Eval {
        match callee {
            Value::Object(id) => self.call_object(*id, callee, args),
            Value::Extern(external) => {
                if external.nature == Nature::Named {
                    let path = external.path.clone();
                    return self.call_external(&path, args);
                }
                let path = external.path.clone();
                let made = self.call_opaque(Some(&path), args);
                // a part of what has that name: `Delta(1).to_text()` need not be an instance of `Delta`
                Ok(if made.shown().is_some() { Value::computed(&path) } else { made })
            }
            Value::Unknown => Ok(self.call_opaque(None, args)),
            Value::OneOf(values) => {
                let Some((first, rest)) = values.split_first() else { return Ok(Value::Unknown) };
                let (one, other) = (
                    first.clone(),
                    match rest {
                        [single] => single.clone(),
                        several => Value::OneOf(several.to_vec().into()),
                    },
                );
                let again = args.clone();
                self.fork_value(|interp| interp.call(&one, args), |interp| interp.call(&other, again))
            }
            Value::None
            | Value::NotImplemented
            | Value::Ellipsis
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Tuple(_) => {
                let kind = self.type_name(callee);
                self.type_error(format!("'{kind}' object is not callable"))
            }
        }
    }

    fn call_object(&mut self, id: super::Id, callee: &Value, args: Args) -> Eval {
        match self.heap.get(id) {
            Object::Function(_) => self.call_function(id, args),
            Object::Method(method) => {
                let (function, receiver) = (method.function.clone(), method.receiver.clone());
                self.call(&function, args.bound(receiver))
            }
            Object::Class(_) => self.instantiate(id, args),
            Object::Partial(partial) => {
                let (function, mut positional) = (partial.function.clone(), partial.positional.clone());
                let mut keywords: Vec<(Name, Value)> = partial.keywords.clone();
                positional.extend(args.positional);
                for (name, value) in args.keywords {
                    keywords.retain(|(known, _)| *known != name);
                    keywords.push((name, value));
                }
                self.call(&function, Args { positional, keywords, open: args.open })
            }
            Object::Wrapper(wrapper) => match wrapper.kind {
                WrapperKind::StaticMethod if self.environment.python >= PythonVersion::new(3, 10) => {
                    let inner = wrapper.inner.clone();
                    self.call(&inner, args)
                }
                WrapperKind::StaticMethod => self.type_error("'staticmethod' object is not callable"),
                WrapperKind::ClassMethod => self.type_error("'classmethod' object is not callable"),
                WrapperKind::Property => self.type_error("'property' object is not callable"),
                WrapperKind::Decorated if wrapper.by.as_deref() == Some(models::CONTEXT_MANAGER) => {
                    let inner = wrapper.inner.clone();
                    models::make_manager(self, &inner, args)
                }
                WrapperKind::Decorated => {
                    let by = wrapper.by.clone();
                    // the function that was decorated is probably called: it may set attributes of its receiver
                    for value in args.positional.iter().chain(args.keywords.iter().map(|(_, value)| value)) {
                        if let Some(id) = value.as_id() {
                            self.heap.forget_state(id);
                        }
                    }
                    Ok(self.call_opaque(by.as_ref(), args))
                }
            },
            Object::Instance(Instance { class, payload, .. }) => {
                if matches!(payload, Payload::Nothing | Payload::Data(_)) && class.as_id().is_some() {
                    return match self.special(callee, "__call__")? {
                        Special::Method(method) => self.call(&method, args),
                        Special::Missing if self.is_decided(callee) => {
                            let kind = self.type_name(callee);
                            self.type_error(format!("'{kind}' object is not callable"))
                        }
                        Special::Missing | Special::Unknown => Ok(self.call_opaque(None, args)),
                    };
                }
                // `@contextlib.suppress(…)`: a context manager that is no decorator
                if matches!(payload, Payload::Expects { .. }) {
                    let kind = self.type_name(callee);
                    return self.type_error(format!("'{kind}' object is not callable"));
                }
                let path = class.extern_path().map(std::sync::Arc::from);
                Ok(self.call_opaque(path.as_ref(), args))
            }
            Object::Mark(_) => self.call_mark(id, args),
            Object::Fixture(fixture) => {
                let name = self.object(&fixture.function).map(|function| match function {
                    Object::Function(function) => function.name.to_string(),
                    _ => String::new(),
                });
                let name = name.unwrap_or_default();
                self.raise(
                    "pytest.fail.Exception",
                    format!(
                        "Fixture \"{name}\" called directly. Fixtures are not meant to be called directly,\n\
                         but are created automatically when test functions request them as parameters."
                    ),
                    Cause::Refused(Refused::Fixture),
                )
            }
            Object::Module(_)
            | Object::List(_)
            | Object::Dict(_)
            | Object::Set(_)
            | Object::Generator(_)
            | Object::Parameter(_) => {
                let kind = self.type_name(callee);
                self.type_error(format!("'{kind}' object is not callable"))
            }
            Object::Super(_) | Object::Scope(_) | Object::Gone => Ok(Value::Unknown),
        }
    }

    /// `pytest.mark.x(…)` gives the mark its arguments, or marks the one function it is given.
    fn call_mark(&mut self, id: super::Id, args: Args) -> Eval {
        let Object::Mark(mark) = self.heap.get(id) else { return Ok(Value::Unknown) };
        let mut mark: Mark = mark.clone();
        if let Some(target) = args.only()
            && let Some(marked) = self.mark_target(target)
        {
            let target = target.clone();
            if marked {
                return self.apply_mark(id, &target);
            }
        }
        mark.open |= args.open;
        mark.positional.extend(args.positional);
        mark.keywords.extend(args.keywords);
        mark.site = self.site();
        Ok(Value::Object(self.heap.add(Object::Mark(mark))))
    }

    fn call_external(&mut self, path: &std::sync::Arc<str>, args: Args) -> Eval {
        let holder = self.external_holder();
        if self.heap.value(holder, path).is_some() {
            // NOTE: whoever read it before the program replaced it has the original: `saved = C.m; C.m = wrap(saved)`
            return Ok(self.call_opaque(None, args));
        }
        if let Some(model) = models::lookup(path) {
            return model(self, args);
        }
        if let Some(function) = path.strip_suffix(".__get__")
            && (function.starts_with("builtins.") || self.is_library_function(function))
            && let Some(receiver) =
                args.positional.first().filter(|receiver| !matches!(receiver, Value::None))
        {
            // object.__setattr__.__get__(instance) is bound to the instance
            let method = Method { function: Value::external(function), receiver: receiver.clone() };
            return Ok(Value::Object(self.heap.add(Object::Method(method))));
        }
        if let Some(class) = path.strip_suffix(".__init__")
            && self.exception_names(class).is_some()
        {
            self.set_exception_arguments(args);
            return Ok(Value::None);
        }
        if is_method_of_container(path)
            && let Some(id) = args.positional.first().and_then(|receiver| self.plain(receiver).as_id())
        {
            self.forget_mirrored(id);
            self.heap.forget_content(id);
        }
        if self.exception_names(path).is_some() {
            let class = Value::external(path);
            return Ok(self.new_exception(class, args));
        }
        Ok(self.call_opaque(Some(path), args))
    }

    /// `super().__init__(…)` in an exception's `__init__`: its arguments are `args`.
    fn set_exception_arguments(&mut self, args: Args) {
        let mut positional = args.positional.into_iter();
        if let Some(id) = positional.next().and_then(|receiver| receiver.as_id())
            && let Object::Instance(Instance { payload: Payload::Exception(known), .. }) =
                self.heap.change(id)
        {
            *known = positional.collect();
        }
    }

    /// An exception of an external class.
    pub(super) fn new_exception(&mut self, class: Value, args: Args) -> Value {
        let mut attributes = Namespace::default();
        for (name, value) in args.keywords {
            attributes.bind(name, value);
        }
        let instance = Instance { class, attributes, payload: Payload::Exception(args.positional) };
        Value::Object(self.heap.add(Object::Instance(instance)))
    }

    /// A call of what is not interpreted. It may raise, may change what it is given, and is taken to
    /// keep a function that it is given, or a class that it decorates.
    pub(super) fn call_opaque(&mut self, path: Option<&std::sync::Arc<str>>, args: Args) -> Value {
        self.opaque_calls += 1;
        self.may_raise_anything();
        if let Some(path) = path.filter(|path| models::is_mock(path)) {
            return Value::computed(path);
        }
        let builtin = path.is_some_and(|path| path.starts_with("builtins."));
        if let Some(only) = args.only().filter(|_| !builtin) {
            match self.object(only) {
                Some(Object::Function(function)) => {
                    let attributes = function.attributes.clone();
                    let by = path.cloned();
                    let inner = only.clone();
                    let wrapper = Wrapper { kind: WrapperKind::Decorated, inner, by, attributes };
                    return Value::Object(self.heap.add(Object::Wrapper(wrapper)));
                }
                Some(Object::Wrapper(wrapper)) if wrapper.kind == WrapperKind::Decorated => {
                    let attributes = wrapper.attributes.clone();
                    let by = path.cloned();
                    let inner = only.clone();
                    let wrapper = Wrapper { kind: WrapperKind::Decorated, inner, by, attributes };
                    return Value::Object(self.heap.add(Object::Wrapper(wrapper)));
                }
                Some(Object::Class(_)) if self.decorates_class => {
                    let only = only.clone();
                    if let Some(id) = only.as_id() {
                        self.heap.open_names(id);
                    }
                    return only;
                }
                _ => {}
            }
        }
        let library = path.is_some_and(|path| {
            let top = path.split('.').next().unwrap_or(path);
            self.environment.python.ask(|python| ruff_is_library(top, python.minor))
        });
        if !library {
            for value in args.positional.iter().chain(args.keywords.iter().map(|(_, value)| value)) {
                if let Some(id) = value.as_id() {
                    self.escape(id);
                    let is_handled = |raised: &super::Raised| raised.value.as_id() == Some(id);
                    self.handed_over += u64::from(self.handling.last().is_some_and(is_handled));
                }
            }
        }
        if path.is_some_and(|path| &**path == "pkgutil.walk_packages") {
            self.note_unknown_import();
        }
        match path {
            Some(path) => Value::of_call(path),
            None => Value::Unknown,
        }
    }

    /// What is given to code that is not interpreted may be changed by it.
    pub(super) fn escape(&mut self, id: super::Id) {
        match self.heap.get(id) {
            Object::List(list) if !list.open => {
                if let Object::List(list) = self.heap.change(id) {
                    list.open = true;
                }
            }
            Object::Dict(_) if self.mirrors.contains_key(&id) => self.forget_mirrored(id),
            Object::Dict(dict) if !dict.open => {
                if let Object::Dict(dict) = self.heap.change(id) {
                    dict.open = true;
                }
            }
            Object::Set(set) if !set.open && !set.frozen => {
                if let Object::Set(set) = self.heap.change(id) {
                    set.open = true;
                }
            }
            Object::Instance(instance) => {
                let held = match &instance.payload {
                    Payload::Data(data) => data.as_id(),
                    _ => None,
                };
                self.heap.open_names(id);
                if let Some(held) = held.filter(|&held| !matches!(self.heap.get(held), Object::Instance(_))) {
                    self.escape(held);
                }
            }
            // `venusian.scan(package)`
            Object::Module(_) => self.note_unknown_import(),
            _ => {}
        }
    }

    /// `super()` in a method.
    pub(super) fn bare_super(&mut self) -> Value {
        let found = self.frames.iter().rev().find_map(|frame| Some((frame.class?, frame.receiver.clone()?)));
        match found {
            Some((class, receiver)) => Value::Object(
                self.heap.add(Object::Super(super::value::Super { class: Value::Object(class), receiver })),
            ),
            None => Value::Unknown,
        }
    }
}

/// Whether a function is a method of a builtin type whose values can change.
fn is_method_of_container(path: &str) -> bool {
    ["builtins.list.", "builtins.dict.", "builtins.set.", "builtins.bytearray."]
        .iter()
        .any(|start| path.starts_with(start))
}

/// Whether a top-level module belongs to the standard library: its functions are taken not to change
/// their arguments, unless a model says so.
fn ruff_is_library(top: &str, minor: u8) -> bool {
    top == "builtins" || ruff_python_stdlib::sys::is_known_standard_library(minor, top)
}
