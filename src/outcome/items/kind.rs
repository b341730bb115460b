//! What pytest takes a name of a module or class for.

use super::collector::Collector;
use super::lookup;
use super::names;
use crate::interp::{Id, Object, Truth, Value, WrapperKind};

/// What a value under a name is for pytest.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Not its business.
    Nothing,
    /// The name is right, but it is no function: pytest warns.
    NotAFunction,
    /// A function that is a fixture.
    Fixture,
    /// The function, without what wraps it in a class.
    Function(Value),
    Class(Id),
    /// An abstract class: from 8.3 on it is left alone.
    AbstractClass(Id),
    TestCase(Id),
    /// `unittest.FunctionTestCase`, imported: a test case with `runTest` alone.
    FunctionTestCase,
    /// It may be a test.
    Unknown,
}

impl Collector<'_, '_> {
    pub(super) fn is_function_name(&self, name: &str) -> bool {
        names::matches(name, &self.settings.python_functions, self.interp.environment.platform)
    }

    pub(super) fn is_class_name(&self, name: &str) -> bool {
        names::matches(name, &self.settings.python_classes, self.interp.environment.platform)
    }

    /// What pytest takes a value for that is bound to `name`.
    pub(super) fn kind_of(&self, name: &str, value: &Value) -> Kind {
        match value {
            Value::Object(id) if matches!(self.interp.heap.get(*id), Object::Class(_)) => {
                self.kind_of_class(name, *id)
            }
            Value::Extern(_) | Value::Unknown => self.kind_of_external(name, value),
            Value::OneOf(values) => self.kind_of_any(name, values),
            _ => self.kind_of_function(name, value),
        }
    }

    fn kind_of_class(&self, name: &str, class: Id) -> Kind {
        let value = Value::Object(class);
        let skips_abstract = self.settings.version.at_least(8, 3);
        let is_abstract = match self.interp.heap.get(class) {
            Object::Class(definition) => !definition.abstract_names.is_empty(),
            _ => false,
        };
        let is_test_case = if self.settings.blocks("unittest") {
            Truth::No
        } else {
            self.interp.derives(&value, "unittest.TestCase").or(self.derives_known_test_case(class))
        };
        let named = self.is_class_name(name) || lookup::is_nose_test(self.interp, &value) == Truth::Yes;
        match is_test_case {
            Truth::Yes if is_abstract && skips_abstract => Kind::AbstractClass(class),
            Truth::Yes => Kind::TestCase(class),
            Truth::No | Truth::Maybe if named && is_abstract && skips_abstract => Kind::AbstractClass(class),
            Truth::No | Truth::Maybe if named => Kind::Class(class),
            Truth::No => Kind::Nothing,
            Truth::Maybe if self.holds_tests(class) => Kind::Unknown,
            Truth::Maybe => Kind::Nothing,
        }
    }

    /// Whether a class of a third party, which is known to derive from `TestCase`, is among the bases.
    fn derives_known_test_case(&self, class: Id) -> Truth {
        let Object::Class(definition) = self.interp.heap.get(class) else { return Truth::No };
        Truth::from(definition.mro.iter().any(|base| base.extern_path().is_some_and(is_known_test_case)))
    }

    /// Whether a class defines something named as a test method itself.
    pub(super) fn holds_tests(&self, class: Id) -> bool {
        let Object::Class(definition) = self.interp.heap.get(class) else { return false };
        definition.mro.iter().filter_map(Value::as_id).any(|base| {
            self.interp.heap.names(base).is_some_and(|names| {
                names.iter().any(|(name, binding)| {
                    name.starts_with("test")
                        && matches!(
                            self.interp.object(&binding.value),
                            Some(Object::Function(_) | Object::Wrapper(_))
                        )
                })
            })
        })
    }

    /// Whether it may be a function that something unknown has wrapped.
    fn is_open(&self, value: &Value) -> bool {
        matches!(value, Value::Unknown | Value::Extern(_) | Value::OneOf(_))
            || matches!(self.interp.object(value), Some(Object::Mark(_)))
    }

    /// Something of a module that is not interpreted: imported, or made by it.
    fn kind_of_external(&self, name: &str, value: &Value) -> Kind {
        let (is_function_name, is_class_name) = (self.is_function_name(name), self.is_class_name(name));
        if self.interp.derives(value, "unittest.FunctionTestCase") == Truth::Yes {
            return if self.settings.blocks("unittest") { Kind::Nothing } else { Kind::FunctionTestCase };
        }
        if !is_function_name && !is_class_name {
            return Kind::Nothing;
        }
        match value {
            Value::Extern(external) => match value.extern_path() {
                // a function that stands under the name of a class
                Some("collectlint.skip_decorator") if !is_function_name => Kind::Nothing,
                Some(path) if path.starts_with("builtins.") && self.interp.class_names(path).is_none() => {
                    Kind::NotAFunction
                }
                // imported: classes of the library hold no tests, and most are called otherwise
                Some(path)
                    if lookup::is_library_class(self.interp, value) || is_known_to_be_no_test(path) =>
                {
                    Kind::Nothing
                }
                Some(_) => Kind::Unknown,
                // `test_client = TestClient(app)`: an instance
                None if external.last().starts_with(char::is_uppercase) => Kind::NotAFunction,
                None => Kind::Unknown,
            },
            _ => Kind::Unknown,
        }
    }

    fn kind_of_any(&self, name: &str, values: &[Value]) -> Kind {
        let kinds: Vec<Kind> = values.iter().map(|value| self.kind_of(name, value)).collect();
        if kinds.iter().all(|kind| matches!(kind, Kind::Nothing | Kind::NotAFunction | Kind::Fixture)) {
            return kinds.into_iter().next().unwrap_or(Kind::Nothing);
        }
        Kind::Unknown
    }

    fn kind_of_function(&self, name: &str, value: &Value) -> Kind {
        if !self.is_function_name(name) && lookup::is_nose_test(self.interp, value) != Truth::Yes {
            return Kind::Nothing;
        }
        let Value::Object(id) = value else { return Kind::Nothing };
        match self.interp.heap.get(*id) {
            Object::Fixture(_) => Kind::Fixture,
            Object::Function(_) => Kind::Function(value.clone()),
            Object::Wrapper(wrapper) => match wrapper.kind {
                WrapperKind::StaticMethod | WrapperKind::ClassMethod => {
                    self.kind_of_function_inside(&wrapper.inner)
                }
                WrapperKind::Decorated => Kind::Function(value.clone()),
                WrapperKind::Property => Kind::Nothing,
            },
            // `test_x = obj.method` is taken for the function of the class
            Object::Method(method) => self.kind_of_function_inside(&method.function),
            Object::Partial(partial) => match self.kind_of_function_inside(&partial.function) {
                Kind::Function(_) => Kind::Function(value.clone()),
                other => other,
            },
            Object::Instance(instance) => match instance.class.as_id() {
                Some(class) => match lookup::in_class(self.interp, class, "__call__") {
                    lookup::Found::Value(_) => Kind::NotAFunction,
                    lookup::Found::Absent => Kind::Nothing,
                    lookup::Found::Unknown => Kind::Nothing,
                },
                None => Kind::Nothing,
            },
            // `@pytest.mark.slow` above a decorator that nothing is known of
            Object::Mark(mark) if mark.open || mark.positional.iter().any(|value| self.is_open(value)) => {
                Kind::Unknown
            }
            // a mark can be called, but it is no function
            Object::Mark(_) => Kind::NotAFunction,
            Object::Module(_)
            | Object::Class(_)
            | Object::List(_)
            | Object::Dict(_)
            | Object::Set(_)
            | Object::Scope(_)
            | Object::Gone
            | Object::Generator(_)
            | Object::Super(_)
            | Object::Parameter(_) => Kind::Nothing,
        }
    }

    /// What is left of a wrapped function: it must be one itself.
    fn kind_of_function_inside(&self, inner: &Value) -> Kind {
        match self.interp.object(inner) {
            Some(Object::Function(_)) => Kind::Function(inner.clone()),
            Some(Object::Wrapper(wrapper)) => match wrapper.kind {
                WrapperKind::Decorated => Kind::Function(inner.clone()),
                WrapperKind::StaticMethod | WrapperKind::ClassMethod | WrapperKind::Property => Kind::Unknown,
            },
            Some(Object::Fixture(_)) => Kind::Fixture,
            Some(Object::Partial(partial)) => self.kind_of_function_inside(&partial.function),
            Some(_) => Kind::NotAFunction,
            None if inner.extern_path().is_some_and(|path| path.starts_with("builtins.")) => {
                Kind::NotAFunction
            }
            None => Kind::Unknown,
        }
    }
}

/// Classes of third parties that derive from `unittest.TestCase`.
pub(super) fn is_known_test_case(path: &str) -> bool {
    let (module, class) = path.rsplit_once('.').unwrap_or(("", path));
    let top = module.split('.').next().unwrap_or(module);
    match top {
        "django" | "rest_framework" | "wagtail" | "flask_testing" | "channels" => {
            class.ends_with("TestCase") && class != "SimpleTestCaseMixin"
        }
        "twisted" => matches!(class, "TestCase" | "SynchronousTestCase"),
        "tornado" => matches!(class, "AsyncTestCase" | "AsyncHTTPTestCase" | "AsyncHTTPSTestCase"),
        "testtools" | "asynctest" | "unittest2" | "fixtures" | "oslotest" => class.ends_with("TestCase"),
        "aiohttp" => class == "AioHTTPTestCase",
        "absl" | "tensorflow" => class == "TestCase",
        _ => false,
    }
}

/// What libraries offer under names that look like tests'.
fn is_known_to_be_no_test(path: &str) -> bool {
    let (module, last) = path.rsplit_once('.').unwrap_or(("", path));
    is_known_test_case(path)
        || matches!(last, "TestClient" | "TestServer" | "TestRequest" | "TestResponse" | "TestSettings")
        || matches!(
            module,
            "unittest" | "pytest" | "_pytest" | "hypothesis" | "testcontainers" | "testfixtures"
        )
}
