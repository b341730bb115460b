//! What a pytest release offers.

use crate::environment::pytest_facts::{self as facts, Stage};
use crate::environment::stdlib::Attribute;
use crate::environment::{PytestVersion, PythonVersion};

pub(crate) fn attribute(name: &str, pytest: PytestVersion) -> Attribute {
    facts::pytest_attribute(name, pytest)
}

pub(crate) fn is_loaded(dotted: &str, pytest: PytestVersion, python: PythonVersion) -> bool {
    facts::is_loaded(dotted, Stage::TestModule, pytest, python)
}

pub(crate) fn is_builtin_mark(name: &str, pytest: PytestVersion) -> bool {
    facts::is_mark(name, pytest)
}

pub(crate) fn is_builtin_plugin(name: &str, pytest: PytestVersion) -> bool {
    facts::builtin_plugins(pytest).any(|plugin| plugin == name)
}

pub(crate) fn hook(name: &str, pytest: PytestVersion) -> Option<Vec<&'static str>> {
    if let Some(hook) = facts::hook(name, pytest) {
        return Some(hook.arguments.clone());
    }
    Some(vec![
        "config",
        "session",
        "items",
        "item",
        "parser",
        "pluginmanager",
        "report",
        "call",
        "nextitem",
        "metafunc",
        "collector",
        "name",
        "obj",
        "file_path",
        "parent",
        "collection_path",
        "module_path",
        "path",
        "fixturedef",
        "request",
        "start_path",
        "terminalreporter",
        "exitstatus",
        "early_config",
        "args",
    ])
}
