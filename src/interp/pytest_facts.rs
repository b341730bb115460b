//! What a pytest release and the plugins of an environment offer.

use crate::environment::plugins::{self, ActivePlugins, Known};
use crate::environment::pytest_facts::{self as facts, Stage};
use crate::environment::stdlib::Attribute;
use crate::environment::{Environment, Observed, PytestVersion, PythonVersion};

/// Whether a module of pytest, `pytest` or one of `_pytest`, has a name. Plugins add names to `pytest` now and
/// then; those that are known to are asked.
pub(crate) fn attribute(module: &str, name: &str, environment: &Environment) -> Attribute {
    let known = facts::attribute(module, name, environment.pytest);
    let of_a_plugin = || {
        plugins::known().iter().any(|plugin| plugin.pytest_names.contains(&name))
            && ActivePlugins::of(environment).pytest_name(name) != Known::No
    };
    if known == Attribute::Absent && module == "pytest" && of_a_plugin() { Attribute::Unknown } else { known }
}

pub(crate) fn is_loaded(dotted: &str, pytest: PytestVersion, python: Observed<PythonVersion>) -> bool {
    python.ask(|python| facts::is_loaded(dotted, Stage::TestModule, pytest, python))
}

pub(crate) fn is_builtin_mark(name: &str, pytest: PytestVersion) -> bool {
    facts::is_mark(name, pytest)
}

pub(crate) fn is_builtin_plugin(name: &str, pytest: PytestVersion) -> bool {
    facts::builtin_plugins(pytest).any(|plugin| plugin == name)
}

/// The arguments of a hook that pytest or a plugin declares.
pub(crate) fn hook(name: &str, environment: &Environment) -> Known<&'static [&'static str]> {
    match facts::hook(name, environment.pytest) {
        Some(hook) => Known::Yes(&hook.arguments),
        None => ActivePlugins::of(environment).hook(name).map(|hook| hook.arguments.as_slice()),
    }
}

/// What pytest itself says of a hook.
pub(crate) fn declared(name: &str, pytest: PytestVersion) -> Option<&'static facts::Hook> {
    facts::hook(name, pytest)
}

/// Whether a plugin registers the mark.
pub(crate) fn plugin_mark(name: &str, environment: &Environment) -> Known<()> {
    ActivePlugins::of(environment).mark(name)
}
