//! pytest's configuration: which file it reads, what its command line says, and every setting that
//! decides what is collected, as the environment's pytest release understands them.
//!
//! Reading never fails. What pytest would reject is listed in [`PytestSettings::refusals`], and the
//! setting keeps its default, so that the rest can still be judged.

mod arguments;
pub mod edit;
mod file;
mod getini;
mod invocation;
mod keys;
mod options;
mod read;
mod refusal;
mod rootdir;
mod value;
mod warnings;

use std::path::PathBuf;

pub use invocation::{AnyPlugins, Arity, ConftestAdditions, Invocation, Known, NoPlugins, Plugins};
pub use read::read;
pub use refusal::{Mistake, Origin, Phase, Refusal};
pub use warnings::{Action, Expression, Pattern, WarningFilter, WarningFilters};

use crate::environment::{Environment, PytestVersion};

/// `--import-mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImportMode {
    #[default]
    Prepend,
    Append,
    Importlib,
}

/// Where the arguments that are collected come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgsSource {
    Arguments,
    Testpaths,
    InvocationDirectory,
}

/// `empty_parameter_set_mark`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmptyParameterSet {
    #[default]
    Skip,
    Xfail,
    FailAtCollect,
}

/// `--capture`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Capture {
    #[default]
    Fd,
    Sys,
    No,
    TeeSys,
}

/// One thing pytest is asked to collect: a path, or a node id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// As given: `tests/test_a.py::TestA::test_b[1]`; relative to the invocation directory, or a
    /// dotted name under `--pyargs`.
    pub text: String,
    pub origin: Origin,
}

/// A plugin that is asked for or blocked, `-p NAME` or `-p no:NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginArgument {
    /// Without `no:`.
    pub name: String,
    pub blocked: bool,
    pub origin: Origin,
}

/// Something pytest says about the configuration without rejecting it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub kind: RemarkKind,
    pub message: String,
    pub origin: Option<Origin>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemarkKind {
    /// A key that neither pytest nor a plugin knows; the nearest one it knows.
    UnknownKey { key: String, nearest: Option<&'static str> },
    /// `testpaths` names nothing that exists.
    NothingInTestpaths,
    /// A filter's category is in a module that is not there.
    FilterModule(String),
    /// An option in `addopts` that has no effect there.
    IgnoredArgument(String),
}

/// pytest's settings in one environment.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of pytest's own")]
#[derive(Clone, Debug)]
pub struct PytestSettings {
    pub version: PytestVersion,
    pub rootdir: PathBuf,
    /// The configuration file in force.
    pub inipath: Option<PathBuf>,
    /// Files beside it that also hold a configuration and lose.
    pub ignored_files: Vec<PathBuf>,
    pub invocation_dir: PathBuf,
    pub python_m: bool,

    /// All words of the command line: `addopts`, `PYTEST_ADDOPTS`, then the arguments.
    pub words: Vec<String>,
    /// What pytest looks at to find the initial conftests: the arguments, before options of
    /// conftests are known.
    pub initial_args: Vec<String>,
    /// What is collected; never empty.
    pub args: Vec<Argument>,
    pub args_source: ArgsSource,

    pub confcutdir: PathBuf,
    pub noconftest: bool,
    pub import_mode: ImportMode,
    pub pyargs: bool,
    pub ignore: Vec<String>,
    pub ignore_glob: Vec<String>,
    pub deselect: Vec<String>,
    pub keyword: Option<String>,
    pub mark_expression: Option<String>,
    pub keep_duplicates: bool,
    pub collect_in_virtualenv: bool,
    pub continue_on_collection_errors: bool,
    /// `-x` is 1; 0 is no limit.
    pub maxfail: i64,
    pub collect_only: bool,
    pub capture: Capture,
    /// `--assert=plain` switches assertion rewriting off.
    pub rewrite_asserts: bool,
    pub doctest_modules: bool,
    /// Patterns of text files that are collected as doctests.
    pub doctest_glob: Vec<String>,
    pub doctest_ignore_import_errors: bool,
    pub doctest_continue_on_failure: bool,
    pub last_failed: bool,
    pub plugins: Vec<PluginArgument>,
    /// `--disable-plugin-autoload` or `PYTEST_DISABLE_PLUGIN_AUTOLOAD`.
    pub disable_plugin_autoload: bool,
    /// `PYTEST_PLUGINS`.
    pub environment_plugins: Vec<String>,

    /// `pythonpath`, made absolute.
    pub pythonpath: Vec<PathBuf>,
    pub testpaths: Vec<String>,
    pub python_files: Vec<String>,
    pub python_classes: Vec<String>,
    pub python_functions: Vec<String>,
    pub norecursedirs: Vec<String>,
    /// Lines of `markers`, as written: `slow(reason): takes long`.
    pub markers: Vec<String>,
    pub usefixtures: Vec<String>,
    pub strict_markers: bool,
    pub strict_config: bool,
    pub strict_xfail: bool,
    pub strict_parametrization_ids: bool,
    /// `None`: a release without this setting; node ids of long strings are not shortened.
    pub long_string_ids: Option<String>,
    /// `max_warnings`: more than these end the session with its own exit code.
    pub max_warnings: Option<i64>,
    pub escape_ids: bool,
    pub consider_namespace_packages: bool,
    pub collect_imported_tests: bool,
    pub empty_parameter_set: EmptyParameterSet,
    pub doctest_optionflags: Vec<String>,
    pub doctest_encoding: String,
    pub required_plugins: Vec<String>,
    pub warnings: WarningFilters,
    /// Texts of keys that are not pytest's own but a plugin's (`anyio_mode`); the last of equals is in force.
    pub plugin_values: Vec<(String, String)>,

    /// What pytest rejects, in the order in which it would notice.
    pub refusals: Vec<Refusal>,
    pub remarks: Vec<Remark>,
}

impl PytestSettings {
    /// What ends the session in `phase` or earlier, for certain.
    pub fn refused(&self, phase: Phase) -> Option<&Refusal> {
        self.refusals.iter().find(|refusal| refusal.certain && refusal.phase <= phase)
    }

    /// Registered marker names, as `markers` declares them.
    pub fn marker_names(&self) -> impl Iterator<Item = &str> {
        self.markers.iter().map(|line| {
            let signature = line.split(':').next().unwrap_or(line);
            signature.split('(').next().unwrap_or(signature).trim()
        })
    }

    /// What an option of a plugin is set to, which has the same name on the command line (`--anyio-mode`) and in the
    /// configuration file (`anyio_mode`); the command line wins.
    pub fn plugin_option(&self, key: &str) -> Option<&str> {
        let option = format!("--{}", key.replace('_', "-"));
        let given = self.words.iter().enumerate().rev().find_map(|(place, word)| {
            match word.strip_prefix(option.as_str())?.strip_prefix('=') {
                Some(value) => Some(value),
                None if *word == option => self.words.get(place + 1).map(String::as_str),
                None => None,
            }
        });
        let written = || self.plugin_values.iter().rev().find(|(known, _)| known == key);
        given.or_else(|| written().map(|(_, value)| value.as_str()))
    }

    /// Whether `-p no:NAME` blocks a plugin and nothing later asks for it again.
    pub fn blocks(&self, plugin: &str) -> bool {
        self.plugins.iter().rev().find(|argument| argument.name == plugin).is_some_and(|found| found.blocked)
    }

    fn defaults(environment: &Environment, invocation: &Invocation) -> Self {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        Self {
            version: environment.pytest,
            rootdir: invocation.cwd.clone(),
            inipath: None,
            ignored_files: Vec::new(),
            invocation_dir: invocation.cwd.clone(),
            python_m: invocation.python_m,
            words: Vec::new(),
            initial_args: vec![invocation.cwd.display().to_string()],
            args: vec![Argument { text: invocation.cwd.display().to_string(), origin: Origin::CommandLine }],
            args_source: ArgsSource::InvocationDirectory,
            confcutdir: invocation.cwd.clone(),
            noconftest: false,
            import_mode: ImportMode::default(),
            pyargs: false,
            ignore: Vec::new(),
            ignore_glob: Vec::new(),
            deselect: Vec::new(),
            keyword: None,
            mark_expression: None,
            keep_duplicates: false,
            collect_in_virtualenv: false,
            continue_on_collection_errors: false,
            maxfail: 0,
            collect_only: false,
            capture: Capture::default(),
            rewrite_asserts: true,
            doctest_modules: false,
            doctest_glob: vec!["test*.txt".to_owned()],
            doctest_ignore_import_errors: false,
            doctest_continue_on_failure: false,
            last_failed: false,
            plugins: Vec::new(),
            disable_plugin_autoload: false,
            environment_plugins: Vec::new(),
            pythonpath: Vec::new(),
            testpaths: Vec::new(),
            python_files: words("test_*.py *_test.py"),
            python_classes: words("Test"),
            python_functions: words("test"),
            norecursedirs: words("*.egg .* _darcs build CVS dist node_modules venv {arch}"),
            markers: Vec::new(),
            usefixtures: Vec::new(),
            strict_markers: false,
            strict_config: false,
            strict_xfail: false,
            strict_parametrization_ids: false,
            long_string_ids: None,
            max_warnings: None,
            escape_ids: true,
            consider_namespace_packages: false,
            collect_imported_tests: true,
            empty_parameter_set: EmptyParameterSet::default(),
            doctest_optionflags: words("ELLIPSIS"),
            doctest_encoding: "utf-8".to_owned(),
            required_plugins: Vec::new(),
            warnings: WarningFilters::default(),
            plugin_values: Vec::new(),
            refusals: Vec::new(),
            remarks: Vec::new(),
        }
    }
}
