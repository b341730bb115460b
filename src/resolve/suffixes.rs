//! The file names an interpreter imports.

use crate::environment::{Environment, Machine, Platform};

/// How a file is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loader {
    Extension,
    Source,
    /// A `.pyc` beside the sources, not in `__pycache__`.
    Bytecode,
}

/// The suffixes in the order in which they are tried. Only where there is a file with one that depends on the
/// environment does it matter which they are: [`depends_on_environment`].
pub(super) fn suffixes(environment: &Environment) -> Vec<(String, Loader)> {
    let python = environment.python.peek();
    let number = format!("{}{}", python.major, python.minor);
    let extensions: Vec<String> = match environment.platform.peek() {
        Platform::Linux => {
            let machine = match environment.machine.peek() {
                Machine::X86_64 => "x86_64",
                Machine::Aarch64 => "aarch64",
            };
            vec![format!(".cpython-{number}-{machine}-linux-gnu.so"), ".abi3.so".to_owned(), ".so".to_owned()]
        }
        Platform::MacOs => {
            vec![format!(".cpython-{number}-darwin.so"), ".abi3.so".to_owned(), ".so".to_owned()]
        }
        Platform::Windows => {
            let machine = match environment.machine.peek() {
                Machine::X86_64 => "win_amd64",
                Machine::Aarch64 => "win_arm64",
            };
            vec![format!(".cp{number}-{machine}.pyd"), ".pyd".to_owned()]
        }
    };
    let mut suffixes: Vec<(String, Loader)> =
        extensions.into_iter().map(|suffix| (suffix, Loader::Extension)).collect();
    suffixes.push((".py".to_owned(), Loader::Source));
    if environment.platform.peek() == Platform::Windows {
        suffixes.push((".pyw".to_owned(), Loader::Source));
    }
    suffixes.push((".pyc".to_owned(), Loader::Bytecode));
    suffixes
}

/// Whether some interpreters take `file` for the module `name`, and others do not.
pub(super) fn depends_on_environment(file: &str, name: &str) -> bool {
    let suffix = file.strip_prefix(name).filter(|rest| rest.starts_with('.'));
    suffix.is_some_and(|suffix| [".so", ".pyd", ".pyw"].iter().any(|known| suffix.ends_with(known)))
}

/// Whether `file` is what an extension module called `name` is built from, or was built into for
/// another interpreter: then the module may well be there where the tests run.
pub(super) fn may_be_built(file: &str, name: &str) -> bool {
    let Some(rest) = file.strip_prefix(name) else { return false };
    let tagged = |suffix: &str, tags: &[&str]| {
        rest.strip_suffix(suffix).is_some_and(|tag| tags.iter().any(|known| tag.starts_with(known)))
    };
    matches!(rest, ".pyx" | ".pxd" | ".pyi" | ".c" | ".cc" | ".cpp" | ".cxx" | ".f90" | ".pyf")
        || matches!(rest, ".py.in" | ".py.jinja" | ".py.tmpl")
        || tagged(".so", &[".cpython-", ".pypy", ".abi3"])
        || tagged(".pyd", &[".cp", ".pypy"])
}
