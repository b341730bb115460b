//! Whether the category of a filter exists: pytest imports its module while it starts.

use ruff_python_stdlib::builtins::python_builtins;

use crate::environment::stdlib::{self, Attribute, Availability};
use crate::environment::{Environment, Presence, PytestVersion, PythonVersion};

/// Why a category cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::settings::pytest) enum Problem {
    /// Its module is not there: `nosuch`.
    Module(String),
    /// Anything else, as Python words it: `AttributeError: module 'builtins' has no attribute 'X'`.
    Class(String),
}

/// What is certainly wrong with `category`. `is_first_party` tells of a top-level name whether a file
/// or folder of the project may be meant.
pub(in crate::settings::pytest) fn problem(
    category: &str,
    environment: &Environment,
    is_first_party: impl Fn(&str) -> bool,
) -> Option<Problem> {
    let Some((module, class)) = category.rsplit_once('.') else {
        return builtin(category, environment);
    };
    if module.is_empty() {
        return Some(Problem::Class("ValueError: Empty module name".to_owned()));
    }
    if module == "builtins" {
        return builtin(class, environment);
    }
    if module == "pytest" {
        // A release newer than those that are known may have new ones.
        let is_known = environment.pytest <= PytestVersion::NEWEST;
        let named = class.starts_with("Pytest") || class.ends_with("Warning");
        let is_missing = is_known && named && !of_pytest(class, environment.pytest);
        return is_missing
            .then(|| Problem::Class(format!("AttributeError: module 'pytest' has no attribute '{class}'")));
    }
    let top = module.split('.').next().unwrap_or(module);
    if is_first_party(top) {
        return None;
    }
    match stdlib::module(top, environment.python, environment.platform) {
        Availability::Available => {
            let missing = stdlib::attribute(module, class, environment.python, environment.platform)
                == Attribute::Absent;
            missing.then(|| {
                Problem::Class(format!("AttributeError: module '{module}' has no attribute '{class}'"))
            })
        }
        Availability::Unavailable => Some(Problem::Module(top.to_owned())),
        Availability::Unknown => {
            let is_absent = |name: &str| environment.third_party(name) == Presence::Absent;
            let missing = [top, module].into_iter().find(|name| is_absent(name));
            missing.map(|name| Problem::Module(name.to_owned()))
        }
    }
}

fn builtin(class: &str, environment: &Environment) -> Option<Problem> {
    const WARNINGS: [&str; 11] = [
        "Warning",
        "UserWarning",
        "DeprecationWarning",
        "PendingDeprecationWarning",
        "SyntaxWarning",
        "RuntimeWarning",
        "FutureWarning",
        "ImportWarning",
        "UnicodeWarning",
        "BytesWarning",
        "ResourceWarning",
    ];
    let python = environment.python;
    if WARNINGS.contains(&class) || (class == "EncodingWarning" && python >= PythonVersion::new(3, 10)) {
        return None;
    }
    if python.ask(|python| python_builtins(python.minor, false).any(|name| name == class)) {
        return Some(Problem::Class(format!("UsageError: <class '{class}'> is not a Warning subclass")));
    }
    Some(Problem::Class(format!("AttributeError: module 'builtins' has no attribute '{class}'")))
}

/// Whether `version` exports a warning class called so.
fn of_pytest(class: &str, version: PytestVersion) -> bool {
    let from = |major: u16, minor: u16| version.at_least(major, minor);
    match class {
        "PytestRemovedIn8Warning" => !from(8, 1),
        "PytestRemovedIn9Warning" => from(8, 0) && !from(9, 1),
        "PytestRemovedIn10Warning" => from(9, 0),
        "PytestUnhandledCoroutineWarning" => !from(8, 4),
        "PytestFDWarning" => from(8, 4),
        "PytestApproxDecimalToleranceWarning" => from(9, 2),
        "PytestAssertRewriteWarning"
        | "PytestCacheWarning"
        | "PytestCollectionWarning"
        | "PytestConfigWarning"
        | "PytestDeprecationWarning"
        | "PytestExperimentalApiWarning"
        | "PytestReturnNotNoneWarning"
        | "PytestUnhandledThreadExceptionWarning"
        | "PytestUnknownMarkWarning"
        | "PytestUnraisableExceptionWarning"
        | "PytestWarning" => true,
        _ => false,
    }
}
