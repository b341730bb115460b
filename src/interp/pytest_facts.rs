//! What a pytest release offers.

use crate::environment::stdlib::Attribute;
use crate::environment::{PytestVersion, PythonVersion};

pub(super) fn attribute(_name: &str, _pytest: PytestVersion) -> Attribute {
    Attribute::Unknown
}

pub(super) fn is_loaded(dotted: &str, _pytest: PytestVersion, _python: PythonVersion) -> bool {
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

pub(super) fn is_builtin_mark(name: &str, _pytest: PytestVersion) -> bool {
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
