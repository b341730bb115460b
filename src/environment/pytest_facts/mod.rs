//! What each pytest release is: its names, hooks, fixtures, marks, options and settings, the modules it
//! has loaded before it imports the first test module, and what comes with it.
//!
//! Read from one generated table (`src/environment/data/pytest.txt`). A release between two of the
//! table is taken for the older one, an older one for the oldest; of a newer one nothing is said to be
//! missing.

mod loaded;
mod modules;
mod options;
mod table;

pub use loaded::{Stage, is_loaded};
pub use modules::{attribute, exception_bases, has_module};
pub use options::{CommandLineOption, IniOption, Takes};
pub(super) use table::dependency;

use super::PytestVersion;
use table::{Release, table};

/// A hook that pytest declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    pub name: &'static str,
    pub arguments: Vec<&'static str>,
    /// An implementation that takes one of these is warned about.
    pub deprecated_arguments: Vec<&'static str>,
    /// The first result that is not `None` is the only one.
    pub first_result: bool,
    /// Called at once for plugins that are registered later.
    pub historic: bool,
    /// Implementing it is warned about.
    pub deprecated: bool,
}

/// The hook of that name.
pub fn hook(name: &str, pytest: PytestVersion) -> Option<&'static Hook> {
    hooks(pytest).find(|hook| hook.name == name)
}

pub fn hooks(pytest: PytestVersion) -> impl Iterator<Item = &'static Hook> {
    let release = Release::of(pytest);
    table().hooks.iter().filter(move |(releases, _)| release.is_in(*releases)).map(|(_, hook)| hook)
}

/// The command-line options of pytest without plugins.
pub fn options(pytest: PytestVersion) -> impl Iterator<Item = &'static CommandLineOption> {
    let release = Release::of(pytest);
    table().options.iter().filter(move |(releases, _)| release.is_in(*releases)).map(|(_, option)| option)
}

/// The option that is called exactly so (`-k`, `--import-mode`).
pub fn option(name: &str, pytest: PytestVersion) -> Option<&'static CommandLineOption> {
    options(pytest).find(|option| option.names.contains(&name))
}

/// The settings of pytest without plugins, under all names.
pub fn ini_options(pytest: PytestVersion) -> impl Iterator<Item = &'static IniOption> {
    let release = Release::of(pytest);
    table().ini_options.iter().filter(move |(releases, _)| release.is_in(*releases)).map(|(_, option)| option)
}

pub fn ini_option(name: &str, pytest: PytestVersion) -> Option<&'static IniOption> {
    ini_options(pytest).find(|option| option.name == name)
}

/// The marks that pytest registers itself.
pub fn marks(pytest: PytestVersion) -> impl Iterator<Item = &'static str> {
    let release = Release::of(pytest);
    table().marks.iter().filter(move |(releases, _)| release.is_in(*releases)).map(|(_, mark)| *mark)
}

pub fn is_mark(name: &str, pytest: PytestVersion) -> bool {
    marks(pytest).any(|mark| mark == name)
}

/// The fixtures that pytest supplies; those of `pytester`, which must be asked for, are not among them.
pub fn fixtures(pytest: PytestVersion) -> impl Iterator<Item = &'static str> {
    in_groups(&table().fixtures, pytest)
}

pub fn is_fixture(name: &str, pytest: PytestVersion) -> bool {
    fixtures(pytest).any(|fixture| fixture == name)
}

/// The plugins that are part of pytest, as `-p NAME` and `-p no:NAME` call them.
pub fn builtin_plugins(pytest: PytestVersion) -> impl Iterator<Item = &'static str> {
    in_groups(&table().plugins, pytest)
}

fn in_groups(
    groups: &'static [(table::Releases, Vec<&'static str>)],
    pytest: PytestVersion,
) -> impl Iterator<Item = &'static str> {
    let release = Release::of(pytest);
    groups
        .iter()
        .filter(move |(releases, _)| release.is_in(*releases))
        .flat_map(|(_, names)| names.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    const V7: PytestVersion = PytestVersion::new(7, 4, 4);
    const V8: PytestVersion = PytestVersion::new(8, 4, 2);
    const V9: PytestVersion = PytestVersion::NEWEST;

    #[test]
    fn hooks_lose_and_gain_arguments() {
        let of = |version| hook("pytest_collect_file", version).unwrap();
        assert_eq!(of(V7).arguments, ["file_path", "path", "parent"]);
        assert_eq!(of(V8).deprecated_arguments, ["path"]);
        assert_eq!(of(V9).arguments, ["file_path", "parent"]);
        assert!(hook("pytest_collect_directory", V7).is_none());
        assert!(hook("pytest_collect_directory", V8).unwrap().first_result);
        assert!(hook("pytest_configure", V9).unwrap().historic);
    }

    #[test]
    fn options_say_what_they_take() {
        let of = |name, version| option(name, version).unwrap();
        assert_eq!(of("-k", V9).takes, Takes::One);
        assert_eq!(of("--collect-only", V9).takes, Takes::Nothing);
        assert_eq!(of("--cache-show", V9).takes, Takes::AtMostOne);
        assert_eq!(of("--import-mode", V7).choices, ["prepend", "append", "importlib"]);
        assert_eq!(of("--ignore", V8).dest, "ignore");
        assert!(option("--max-warnings", V8).is_none());
        assert!(option("--cov", V9).is_none());
        assert!(option("-n", V9).is_none());
    }

    #[test]
    fn settings_have_a_type_and_a_default() {
        let files = ini_option("python_files", V9).unwrap();
        assert_eq!((files.kind, files.default), ("args", Some("['test_*.py', '*_test.py']")));
        assert!(ini_option("strict_markers", V8).is_none());
        assert_eq!(ini_option("strict_markers", V9).unwrap().kind, "bool");
        assert!(ini_option("asyncio_mode", V9).is_none());
    }

    #[test]
    fn marks_fixtures_and_plugins_are_known() {
        for name in ["parametrize", "skip", "skipif", "xfail", "usefixtures", "filterwarnings", "tryfirst"] {
            assert!(is_mark(name, V7) && is_mark(name, V9), "{name}");
        }
        assert!(!is_mark("parametize", V9) && !is_mark("asyncio", V9));
        assert!(is_fixture("tmp_path", V7) && !is_fixture("subtests", V8) && is_fixture("subtests", V9));
        assert!(
            builtin_plugins(V7).any(|name| name == "nose") && !builtin_plugins(V8).any(|name| name == "nose")
        );
    }
}
