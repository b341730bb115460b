//! Libraries that make tests, or take part in collecting them, in ways of their own.

use ruff_python_ast::{Decorator, Expr};

use super::collector::Collector;
use super::function::Flavour;
use crate::environment::plugins::{ActivePlugins, Known};
use crate::interp::{Id, Object, Value};

/// Whether a library replaces what it decorates by tests of its own making.
fn makes_tests(path: &str) -> bool {
    let top = path.split('.').next().unwrap_or(path);
    matches!(
        top,
        "parameterized"
            | "nose_parameterized"
            | "ddt"
            | "genty"
            | "pytest_cases"
            | "pytest_bdd"
            | "schemathesis"
            | "absl"
            | "testscenarios"
    )
}

/// Decorators of classes that leave their tests as they are.
const HARMLESS: &[&str] = &[
    "override_settings",
    "modify_settings",
    "override_config",
    "tag",
    "freeze_time",
    "travel",
    "patch",
    "object",
    "dict",
    "multiple",
    "skip",
    "skipIf",
    "skipUnless",
    "skipif",
    "usefixtures",
    "dataclass",
    "define",
    "attrs",
    "final",
    "total_ordering",
    "runtime_checkable",
    "expectedFailure",
    "activate",
    "mock",
];

impl Collector<'_, '_> {
    /// Notes where a library may make tests out of a function.
    pub(super) fn note_wrappers(&mut self, function: &Value) {
        let mut value = function.clone();
        for _ in 0..32 {
            let Some(Object::Wrapper(wrapper)) = self.interp.object(&value) else { return };
            if wrapper.by.as_deref().is_some_and(makes_tests) {
                self.inexact();
                return;
            }
            value = wrapper.inner.clone();
        }
    }

    /// Notes where a class may have other tests: a decorator that is not known, or names that it got while the
    /// program ran.
    pub(super) fn note_open_class(&mut self, class: Id) {
        let mut unknown = false;
        for holder in self.holders(class).iter().filter_map(Value::as_id) {
            let Object::Class(definition) = self.interp.heap.get(holder) else { continue };
            if !definition.names.open {
                continue;
            }
            let decorators = definition.definition.map_or(&[][..], |(def, _)| &def.decorator_list);
            let is_harmless = |decorator: &Decorator| {
                let callee = match &decorator.expression {
                    Expr::Call(call) => &*call.func,
                    other => other,
                };
                match callee {
                    Expr::Name(name) => HARMLESS.contains(&name.id.as_str()),
                    Expr::Attribute(attribute) => {
                        let is_mark = matches!(&*attribute.value, Expr::Attribute(inner) if inner.attr.as_str() == "mark");
                        is_mark || HARMLESS.contains(&attribute.attr.as_str())
                    }
                    _ => false,
                }
            };
            unknown |= decorators.is_empty() || !decorators.iter().all(is_harmless);
        }
        if unknown {
            self.inexact();
        }
    }

    /// Whether the plugin of `anyio` has a coroutine run with each of its backends.
    pub(super) fn runs_with_anyio(&mut self, function: &Value, marks: &[Id]) -> bool {
        if self.flavour(function) != Flavour::Coroutine {
            return false;
        }
        let is_auto = self.settings.plugin_option("anyio_mode") == Some("auto");
        let is_marked = |&mark: &Id| self.mark(mark).is_some_and(|mark| &*mark.name == "anyio");
        if !is_auto && !marks.iter().any(is_marked) {
            return false;
        }
        match ActivePlugins::of(self.interp.environment).fixture("anyio_backend") {
            Known::Yes(()) => true,
            Known::Maybe(_) => {
                self.inexact();
                false
            }
            Known::No => false,
        }
    }

    /// Notes where a library puts tests into the module: `pytest_bdd.scenarios(…)`.
    pub(super) fn note_test_makers(&mut self) {
        let Some(names) = self.interp.heap.names(self.module) else { return };
        let makes = names.iter().any(|(_, binding)| {
            binding.value.extern_path().is_some_and(|path| path == "pytest_bdd.scenarios")
        });
        if makes {
            self.inexact();
        }
    }
}
