//! What a pytest release offers.

use crate::environment::stdlib::Attribute;
use crate::environment::{PytestVersion, PythonVersion};

pub(crate) fn attribute(_name: &str, _pytest: PytestVersion) -> Attribute {
    Attribute::Unknown
}

pub(crate) fn is_loaded(dotted: &str, _pytest: PytestVersion, _python: PythonVersion) -> bool {
    matches!(
        dotted,
        "string"
            | "os.path"
            | "importlib.util"
            | "collections.abc"
            | "unittest"
            | "logging"
            | "json"
            | "importlib.metadata"
            | "types"
            | "re"
            | "ast"
            | "inspect"
            | "pathlib"
            | "typing"
            | "tokenize"
            | "argparse"
            | "dataclasses"
            | "enum"
            | "abc"
            | "functools"
            | "itertools"
            | "warnings"
            | "traceback"
            | "contextlib"
            | "io"
            | "copy"
            | "email"
    )
}

pub(crate) fn is_builtin_mark(name: &str, _pytest: PytestVersion) -> bool {
    matches!(
        name,
        "parametrize"
            | "skip"
            | "skipif"
            | "xfail"
            | "usefixtures"
            | "filterwarnings"
            | "tryfirst"
            | "trylast"
    )
}

pub(crate) fn is_builtin_plugin(name: &str, _pytest: PytestVersion) -> bool {
    matches!(
        name,
        "pytester" | "doctest" | "unittest" | "python" | "terminal" | "cacheprovider" | "capture" | "logging"
    )
}

pub(crate) fn hook(name: &str, _pytest: PytestVersion) -> Option<Vec<&'static str>> {
    let _ = name;
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
