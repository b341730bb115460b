//! The names of the standard library's modules.

use super::table::{Block, Cell, Named, block};
use crate::environment::{Observed, Platform, PythonVersion, observed};

/// What a name of a module stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Function,
    Class,
    Exception,
    Module,
    Variable,
}

impl Kind {
    pub(in crate::environment) fn read(tag: &str) -> Option<Self> {
        match tag {
            "f" => Some(Self::Function),
            "c" => Some(Self::Class),
            "e" => Some(Self::Exception),
            "m" => Some(Self::Module),
            "v" => Some(Self::Variable),
            _ => None,
        }
    }
}

/// Whether a module has a name.
///
/// | the table says of this version and platform | answer |
/// | --- | --- |
/// | it is there | `Present` |
/// | it may be there (a later patch release, another build) | `Unknown` |
/// | it is there elsewhere, but not here | `Absent` |
/// | never heard of, and the list of the module's names is complete | `Absent` |
/// | never heard of otherwise, or the module answers names itself | `Unknown` |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    Present(Kind),
    Absent,
    Unknown,
}

/// Every module object has these.
const OF_MODULES: [&str; 7] =
    ["__name__", "__doc__", "__spec__", "__loader__", "__package__", "__dict__", "__class__"];

/// Whether `module.name` is there once `module` has been imported.
///
/// A submodule counts only where importing the package binds it: it is the caller who knows which others
/// have been imported meanwhile ([`super::Loaded`]).
pub fn attribute(
    module: &str,
    name: &str,
    python: impl Into<Observed<PythonVersion>>,
    platform: impl Into<Observed<Platform>>,
) -> Attribute {
    let Some(block) = block(module) else { return Attribute::Unknown };
    observed::conclude(python.into(), platform.into(), |python, platform| {
        attribute_in(block, name, Cell::new(python, platform))
    })
}

fn attribute_in(block: &Block, name: &str, cell: Cell) -> Attribute {
    if !cell.is_in(block.available) {
        return Attribute::Unknown;
    }
    if OF_MODULES.contains(&name) || (name == "__path__" && block.package) {
        return Attribute::Present(Kind::Variable);
    }
    let facts = block.facts();
    let mut known = false;
    for named in facts.named(name) {
        if cell.is_in(named.group.present) {
            return Attribute::Present(named.group.kind.unwrap_or(Kind::Variable));
        }
        if cell.is_in(named.group.maybe) {
            return Attribute::Unknown;
        }
        known = true;
    }
    // the table holds no names that every module has; a version is not one of them
    let is_dunder = name.starts_with("__") && name.ends_with("__") && name != "__version__";
    let certain = cell.exact
        && !cell.is_in(facts.dynamic)
        && !is_dunder
        && (known
            || cell.is_in(facts.complete)
            || (cell.is_in(facts.complete_public) && !name.starts_with('_')));
    if certain { Attribute::Absent } else { Attribute::Unknown }
}

/// What `from module import *` binds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exports {
    pub names: Vec<&'static str>,
    /// These may be bound too.
    pub maybe: Vec<&'static str>,
    /// Nothing beyond `names` and `maybe` is bound.
    pub complete: bool,
}

/// The names that `from module import *` binds: those of `__all__`, or the public ones.
pub fn exports(
    module: &str,
    python: impl Into<Observed<PythonVersion>>,
    platform: impl Into<Observed<Platform>>,
) -> Exports {
    let Some(block) = block(module) else { return Exports::default() };
    let cell = Cell::new(python, platform);
    let facts = block.facts();
    let has_all = cell.is_in(facts.has_all);
    let mut exports = Exports {
        complete: cell.exact && (cell.is_in(facts.complete) || cell.is_in(facts.complete_public)),
        ..Exports::default()
    };
    for Named { name, group, .. } in facts.all() {
        let listed = if has_all { cell.is_in(group.exported) } else { !name.starts_with('_') };
        if !listed {
            continue;
        }
        if cell.is_in(group.present) {
            exports.names.push(name);
        } else if cell.is_in(group.maybe) {
            exports.maybe.push(name);
        }
    }
    exports
}

/// Names that `site` adds to the builtins of every ordinary Python.
const OF_SITE: [(&str, Kind); 6] = [
    ("copyright", Kind::Function),
    ("credits", Kind::Function),
    ("exit", Kind::Function),
    ("help", Kind::Function),
    ("license", Kind::Function),
    ("quit", Kind::Function),
];

/// Whether `name` is a builtin.
pub fn builtin(
    name: &str,
    python: impl Into<Observed<PythonVersion>>,
    platform: impl Into<Observed<Platform>>,
) -> Attribute {
    match OF_SITE.iter().find(|(known, _)| *known == name) {
        Some((_, kind)) => Attribute::Present(*kind),
        None if name == "__debug__" || name == "__import__" || name == "__build_class__" => {
            Attribute::Present(if name == "__debug__" { Kind::Variable } else { Kind::Function })
        }
        None => attribute("builtins", name, python, platform),
    }
}

/// All builtins, sorted, those of `site` included.
pub fn builtins(
    python: impl Into<Observed<PythonVersion>>,
    platform: impl Into<Observed<Platform>>,
) -> Vec<(&'static str, Kind)> {
    let cell = Cell::new(python, platform);
    let mut names: Vec<_> = OF_SITE.to_vec();
    if let Some(block) = block("builtins") {
        names.extend(
            block
                .facts()
                .all()
                .filter(|named| cell.is_in(named.group.present))
                .map(|named| (named.name, named.group.kind.unwrap_or(Kind::Variable))),
        );
    }
    names.sort_unstable();
    names.dedup_by_key(|(name, _)| *name);
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: Platform = Platform::Linux;
    const MACOS: Platform = Platform::MacOs;
    const WINDOWS: Platform = Platform::Windows;

    fn on(minor: u8, platform: Platform, module: &str, name: &str) -> Attribute {
        attribute(module, name, PythonVersion::new(3, minor), platform)
    }

    #[test]
    fn names_depend_on_the_version() {
        assert_eq!(on(10, LINUX, "inspect", "getargspec"), Attribute::Present(Kind::Function));
        assert_eq!(on(11, LINUX, "inspect", "getargspec"), Attribute::Absent);
        assert_eq!(on(14, MACOS, "inspect", "getargspec"), Attribute::Absent);
        assert_eq!(on(10, WINDOWS, "asyncio", "coroutine"), Attribute::Present(Kind::Function));
        assert_eq!(on(11, WINDOWS, "asyncio", "coroutine"), Attribute::Absent);
        assert_eq!(on(8, LINUX, "functools", "cache"), Attribute::Absent);
        assert_eq!(on(9, MACOS, "functools", "cache"), Attribute::Present(Kind::Function));
        assert_eq!(on(10, LINUX, "typing", "Self"), Attribute::Absent);
        assert_eq!(on(15, LINUX, "datetime", "UTC"), Attribute::Present(Kind::Variable));
    }

    #[test]
    fn names_depend_on_the_platform() {
        assert_eq!(on(11, LINUX, "os", "geteuid"), Attribute::Present(Kind::Function));
        assert_eq!(on(11, MACOS, "os", "geteuid"), Attribute::Present(Kind::Function));
        assert_eq!(on(11, WINDOWS, "os", "geteuid"), Attribute::Absent);
        assert_eq!(on(11, WINDOWS, "os", "startfile"), Attribute::Present(Kind::Function));
        assert_eq!(on(11, LINUX, "os", "startfile"), Attribute::Absent);
        assert_eq!(on(11, WINDOWS, "signal", "SIGKILL"), Attribute::Absent);
        assert_eq!(on(11, WINDOWS, "os", "_exit"), Attribute::Present(Kind::Function));
    }

    #[test]
    fn misspelled_names_are_absent_where_the_list_is_complete() {
        for platform in Platform::ALL {
            assert_eq!(on(11, platform, "os", "getcwdd"), Attribute::Absent);
        }
        assert_eq!(on(11, LINUX, "os", "_nope"), Attribute::Absent);
        assert_eq!(on(11, WINDOWS, "os", "_nope"), Attribute::Unknown);
        assert_eq!(on(11, LINUX, "no_such_module", "x"), Attribute::Unknown);
        assert_eq!(on(11, LINUX, "typing", "nope"), Attribute::Absent);
    }

    #[test]
    fn what_a_later_patch_release_may_add_is_unknown() {
        // Added to 3.12.? and 3.11.? while those were maintained.
        assert_ne!(on(12, LINUX, "tarfile", "data_filter"), Attribute::Absent);
        assert_eq!(on(16, LINUX, "os", "getcwdd"), Attribute::Unknown);
        assert_eq!(on(7, LINUX, "functools", "cache"), Attribute::Unknown);
    }

    #[test]
    fn names_a_module_imports_for_itself_are_there() {
        assert_eq!(on(11, LINUX, "os", "sys"), Attribute::Present(Kind::Module));
        assert_ne!(on(11, WINDOWS, "os", "sys"), Attribute::Absent);
        assert_eq!(on(11, LINUX, "os", "path"), Attribute::Present(Kind::Module));
        assert_eq!(on(11, WINDOWS, "os", "path"), Attribute::Present(Kind::Module));
    }

    #[test]
    fn a_submodule_that_the_package_does_not_import_is_absent() {
        for platform in Platform::ALL {
            assert_eq!(on(11, platform, "xml", "dom"), Attribute::Absent);
            assert_eq!(on(11, platform, "xml", "nope"), Attribute::Absent);
            assert_eq!(on(11, platform, "importlib", "util"), Attribute::Absent);
        }
    }

    #[test]
    fn lazily_supplied_names_are_there() {
        assert_eq!(
            on(11, LINUX, "concurrent.futures", "ThreadPoolExecutor"),
            Attribute::Present(Kind::Class)
        );
        assert_eq!(on(12, LINUX, "ast", "Num"), Attribute::Present(Kind::Class));
    }

    #[test]
    fn star_imports_follow_all() {
        let exports_of = |module, minor| exports(module, PythonVersion::new(3, minor), LINUX);
        let os = exports_of("os", 11);
        assert!(os.names.contains(&"path") && os.names.contains(&"_exit") && !os.names.contains(&"sys"));
        assert!(os.complete);
        let typing = exports_of("typing", 11);
        assert!(typing.names.contains(&"Self") && !typing.names.contains(&"sys"));
        let constants = exports_of("errno", 11);
        assert!(constants.names.contains(&"ENOENT"));
    }

    #[test]
    fn builtins_depend_on_version_and_platform() {
        let python = PythonVersion::new(3, 9);
        assert_eq!(builtin("exit", python, LINUX), Attribute::Present(Kind::Function));
        assert_eq!(builtin("aiter", python, LINUX), Attribute::Absent);
        assert_eq!(
            builtin("ExceptionGroup", PythonVersion::new(3, 11), LINUX),
            Attribute::Present(Kind::Exception)
        );
        assert_eq!(builtin("WindowsError", python, LINUX), Attribute::Absent);
        assert_eq!(builtin("WindowsError", python, WINDOWS), Attribute::Present(Kind::Exception));
        assert_eq!(builtin("reduce", python, MACOS), Attribute::Absent);
        let names = builtins(python, LINUX);
        assert!(
            names.len() > 140
                && names.contains(&("len", Kind::Function))
                && names.contains(&("int", Kind::Class))
        );
    }
}
