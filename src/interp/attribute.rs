//! Attributes: of modules, classes, instances, and of what is not interpreted.

use std::sync::Arc;

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, Stmt};

use super::flow::Eval;
use super::models::is_mock;
use super::{Cause, Code, Id, Interp, Module, ModuleKind, Nature, Object, Value, WrapperKind, builtin_names};
use crate::environment::PythonVersion;
use crate::environment::stdlib::{self, Attribute, Kind};

impl Interp<'_> {
    /// `value.name`
    pub(crate) fn attribute(&mut self, value: &Value, name: &Name) -> Eval {
        match value {
            Value::Unknown => {
                self.may_raise_anything();
                Ok(Value::Unknown)
            }
            Value::OneOf(values) => self.attribute_of_any(values, name),
            Value::Extern(external) => {
                if external.nature != Nature::Named {
                    if let Some(known) = self.shown_attribute(value, name) {
                        return Ok(known);
                    }
                    let of_module = matches!(
                        name.as_str(),
                        "__version__"
                            | "__version_info__"
                            | "__path__"
                            | "__file__"
                            | "__name__"
                            | "__spec__"
                            | "__all__"
                    );
                    // a mock answers for any name, but not for one between double underscores
                    if of_module && is_mock(&external.path) && !self.stub_names.contains(name) {
                        let cause = Cause::MissingAttribute {
                            owner: Arc::from("MagicMock"),
                            name: Arc::from(name.as_str()),
                        };
                        return self.raise("AttributeError", name.as_str(), cause);
                    }
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
            | Value::Tuple(_) => self.builtin_attribute(value, name),
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

    /// An attribute of a value of a builtin type; models know its methods as `builtins.str.format`.
    fn builtin_attribute(&mut self, receiver: &Value, name: &Name) -> Eval {
        let kind = self.type_name(receiver);
        match (receiver, &**name) {
            (_, "__class__") => return Ok(Value::builtin(&kind)),
            (Value::Int(_) | Value::Bool(_), "real" | "numerator") => {
                return Ok(self.int_of(receiver).map_or(Value::Unknown, Value::Int));
            }
            (Value::Int(_) | Value::Bool(_), "imag") => return Ok(Value::Int(0)),
            (Value::Int(_) | Value::Bool(_), "denominator") => return Ok(Value::Int(1)),
            (Value::Float(_), "real") => return Ok(receiver.clone()),
            (Value::Float(_), "imag") => return Ok(Value::Float(0.0)),
            _ => {}
        }
        if builtin_names::has(&kind, name, self.environment.python) == Some(false) {
            return self.no_attribute(&kind, name);
        }
        let function = Value::external(&format!("builtins.{kind}.{name}"));
        Ok(self.method(function, receiver.clone()))
    }

    fn object_attribute(&mut self, id: Id, name: &Name) -> Eval {
        match self.heap.get(id) {
            Object::Module(_) => self.module_attribute(id, name),
            Object::Class(_) => self.class_attribute(id, name),
            Object::Instance(_) => self.instance_attribute(id, name),
            Object::List(_) | Object::Dict(_) | Object::Set(_) | Object::Generator(_) => {
                self.builtin_attribute(&Value::Object(id), name)
            }
            Object::Function(_) => self.function_attribute(id, name),
            Object::Method(method) => {
                let function = method.function.clone();
                match &**name {
                    "__self__" => Ok(method.receiver.clone()),
                    "__func__" => Ok(function),
                    _ => self.attribute(&function, name),
                }
            }
            Object::Wrapper(_) => Ok(self.wrapper_attribute(id, name)),
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
                "args" => Ok(Value::Tuple(partial.positional.clone().into())),
                "keywords" => {
                    let keywords = partial.keywords.clone();
                    Ok(self.new_dict(keywords))
                }
                _ => Ok(Value::Unknown),
            },
            Object::Parameter(parameter) => match &**name {
                "values" => Ok(Value::Tuple(parameter.values.clone().into())),
                "marks" => Ok(parameter.marks.clone()),
                "id" => Ok(parameter.id.clone()),
                _ => Ok(Value::Unknown),
            },
            Object::Fixture(_) | Object::Scope(_) | Object::Gone => Ok(Value::Unknown),
        }
    }

    fn function_attribute(&mut self, id: Id, name: &Name) -> Eval {
        let Object::Function(function) = self.heap.get(id) else { return Ok(Value::Unknown) };
        if let Some(value) = function.attributes.value(name) {
            return Ok(value.clone());
        }
        match &**name {
            "__name__" => Ok(Value::str(&function.name)),
            "__qualname__" => Ok(Value::Str(Arc::clone(&function.qualified))),
            "__module__" => Ok(match self.heap.get(function.module) {
                // made by `exec` in a dict without such a name
                Object::Module(Module { kind: ModuleKind::Made, names, .. })
                    if !names.open && !names.contains("__name__") =>
                {
                    Value::None
                }
                _ => self.module_name_value(function.module),
            }),
            "__doc__" => Ok(match function.code {
                Code::Def(def) => self.docstring(&def.body),
                Code::Lambda(_) => Value::None,
            }),
            "__code__" => Ok(self.code_of_function(id)),
            "__annotations__" => {
                // the program may change the dictionary
                let annotations = self.annotations_of_function(id);
                if matches!(annotations, Value::Object(_)) {
                    self.heap.bind(id, name, annotations.clone());
                }
                Ok(annotations)
            }
            "__defaults__" => Ok(self.default_values(id, false)),
            "__kwdefaults__" => {
                // the program may change the dictionary
                let values = self.default_values(id, true);
                if matches!(values, Value::Object(_)) {
                    self.heap.bind(id, name, values.clone());
                }
                Ok(values)
            }
            _ if function.attributes.open || builtin_names::function_has(name, self.environment.python) => {
                Ok(Value::Unknown)
            }
            _ => self.no_attribute("function", name),
        }
    }

    fn default_values(&mut self, id: Id, keyword_only: bool) -> Value {
        let (Some(parameters), Object::Function(function)) = (self.parameters_of(id), self.heap.get(id))
        else {
            return Value::None;
        };
        let defaults = Arc::clone(&function.defaults);
        let is_keyword_only =
            |name: &Name| parameters.kwonlyargs.iter().any(|parameter| parameter.parameter.name.id == *name);
        let chosen: Vec<(Name, Value)> =
            defaults.iter().filter(|(name, _)| is_keyword_only(name) == keyword_only).cloned().collect();
        if chosen.is_empty() {
            return Value::None;
        }
        if keyword_only {
            return self.new_dict(chosen);
        }
        Value::tuple(chosen.into_iter().map(|(_, value)| value))
    }

    /// `__doc__` of a body.
    pub(super) fn docstring(&self, body: &[Stmt]) -> Value {
        let Some(Stmt::Expr(first)) = body.first() else { return Value::None };
        let Expr::StringLiteral(text) = &*first.value else { return Value::None };
        let text = text.value.to_str();
        // from 3.13 on the compiler takes the indentation away
        if self.environment.python >= PythonVersion::new(3, 13) && text.contains(['\n', '\t']) {
            return Value::Unknown;
        }
        Value::str(text)
    }

    fn wrapper_attribute(&mut self, id: Id, name: &Name) -> Value {
        let Object::Wrapper(wrapper) = self.heap.get(id) else { return Value::Unknown };
        if let Some(value) = wrapper.attributes.value(name) {
            return value.clone();
        }
        match (&**name, wrapper.kind) {
            ("__wrapped__" | "__func__" | "fget", _) => wrapper.inner.clone(),
            ("setter" | "getter" | "deleter", WrapperKind::Property) => {
                let function = Value::external(&format!("collectlint.property.{name}"));
                self.method(function, Value::Object(id))
            }
            ("fset" | "fdel", WrapperKind::Property) => Value::None,
            ("register", WrapperKind::Decorated)
                if matches!(
                    wrapper.by.as_deref(),
                    Some("functools.singledispatch" | "functools.singledispatchmethod")
                ) =>
            {
                let function = Value::external(super::models::REGISTER);
                self.method(function, Value::Object(id))
            }
            _ => Value::Unknown,
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
        if name.as_str() == "__name__" && (self.class_names(path).is_some() || self.is_library_function(path))
        {
            return Ok(Value::str(path.rsplit('.').next().unwrap_or(path)));
        }
        if name.as_str() == "__name__"
            && let Some(known) = self.third_party_name(path)
        {
            return Ok(Value::str(known));
        }
        // most likely: whoever asks for that is told so
        if name.as_str() == "__name__" && self.supposes {
            return Ok(self.supposed_name(path));
        }
        match path.strip_prefix("builtins.") {
            Some(class) if self.builtin_class_lacks(class, name) => {
                return self.no_class_attribute(class, name);
            }
            Some(_) => {}
            None => self.may_raise_anything(),
        }
        // what it is called need not be what it is reached by
        if matches!(&**name, "__name__" | "__qualname__" | "__module__" | "__doc__") {
            return Ok(Value::Unknown);
        }
        Ok(Value::external(&format!("{path}.{name}")))
    }

    /// Whether a builtin class has no such attribute: `object.nan`, `str.reverse`.
    fn builtin_class_lacks(&self, class: &str, name: &str) -> bool {
        let has = match class {
            "object" => Some(object_has(name)),
            _ => builtin_names::has(class, name, self.environment.python),
        };
        has == Some(false) && !type_has(name) && !name.starts_with("__")
    }

    pub(super) fn is_library_function(&self, path: &str) -> bool {
        let (python, platform) = (self.environment.python, self.environment.platform);
        path.rsplit_once('.').is_some_and(|(module, function)| {
            stdlib::attribute(module, function, python, platform) == Attribute::Present(Kind::Function)
        })
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
pub(super) fn type_has(name: &str) -> bool {
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
