//! The command line as it is typed. The comments here are what `--help` says.

mod environment;
mod output;
mod selection;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::settings::project;

pub(super) use environment::EnvironmentArgs;
pub(super) use output::{Destination, OutputArgs};
pub(super) use selection::SelectionArgs;

/// Predicts what pytest will do when it collects a test suite, without running Python, and repairs what
/// would break.
///
/// `collectlint [PATHS]` is short for `collectlint check [PATHS]`.
#[derive(Debug, Parser)]
#[command(name = "collectlint", version, about, long_about, max_term_width = 100)]
#[command(override_usage = "collectlint [OPTIONS] [PATHS]...\n       collectlint [OPTIONS] <COMMAND>")]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,

    #[command(flatten)]
    pub(super) global: GlobalArgs,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Find what breaks collection, and repair it (the default)
    Check(Box<CheckArgs>),
    /// Say what pytest will do with each module, and its exit code
    Predict(PredictArgs),
    /// Tell why a module or a test is what `predict` says it is
    Explain(ExplainArgs),
    /// Run the project's pytest and list where the prediction differs
    Verify(VerifyArgs),
    /// Draw the modules that break against the cells of the CI matrix
    Matrix(MatrixArgs),
    /// Print the page of a rule
    Rule(RuleArgs),
    /// Print the configuration's keys, or the one named
    Config(ConfigArgs),
    /// Start the language server, which speaks over standard input and output
    Server(ServerArgs),
    /// Print the version and what this release knows about Python and pytest
    Version(VersionArgs),
    /// Print the completion script of a shell
    Completions(CompletionsArgs),
}

/// Options of every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct GlobalArgs {
    /// A configuration file instead of the nearest one, or a key with its value such as
    /// `select = ["CL0"]`; repeatable, the last one wins
    #[arg(long, global = true, value_name = "FILE|KEY=VALUE")]
    pub(super) config: Vec<String>,

    /// Read no configuration file of collectlint (pytest's are still read)
    #[arg(long, global = true)]
    pub(super) isolated: bool,

    /// Print the findings and nothing else
    #[arg(short, long, global = true, conflicts_with_all = ["silent", "verbose"])]
    pub(super) quiet: bool,

    /// Print nothing; only the exit code tells
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) silent: bool,

    /// Tell on standard error what is being done; twice for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,

    /// Whether to colour the output; without it `NO_COLOR`, `FORCE_COLOR` and the terminal decide
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Colour::Auto, hide_default_value = true)]
    pub(super) color: Colour,

    /// Show no progress, on a terminal either
    #[arg(long, global = true)]
    pub(super) no_progress: bool,

    /// How many threads to use; all cores if it is not given
    #[arg(short = 'j', long, global = true, value_name = "N")]
    pub(super) threads: Option<std::num::NonZeroUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    /// Files and folders; by default pytest's `testpaths`, else the current folder; `-` reads standard
    /// input
    #[arg(value_name = "PATHS")]
    pub(super) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) fixes: FixArgs,

    #[command(flatten)]
    pub(super) output: OutputArgs,

    #[command(flatten)]
    pub(super) selection: SelectionArgs,

    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,

    #[command(flatten)]
    pub(super) session: SessionArgs,
}

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Repairs")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct FixArgs {
    /// Apply the safe fixes
    #[arg(long)]
    pub(super) fix: bool,

    /// Take the unsafe fixes too: they may change what the tests mean
    #[arg(long)]
    pub(super) unsafe_fixes: bool,

    /// Apply the fixes and report nothing of what is left; implies `--fix`
    #[arg(long, conflicts_with = "diff")]
    pub(super) fix_only: bool,

    /// List the fixes that were applied
    #[arg(long)]
    pub(super) show_fixes: bool,

    /// Write no file but show what `--fix` would change; exits with 1 if that is anything
    #[arg(long, conflicts_with = "show_fixes")]
    pub(super) diff: bool,

    /// How a module with an optional dependency is to be repaired
    #[arg(long, value_enum, value_name = "STYLE")]
    pub(super) fix_style: Option<FixStyle>,

    /// How test files of the same name are to be told apart
    #[arg(long, value_enum, value_name = "STYLE")]
    pub(super) clash_style: Option<ClashStyle>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FixStyle {
    /// Where the dependency is missing, the whole module is skipped, by `pytest.skip`
    SkipModule,
    /// The same by `pytest.importorskip`, in place of the guard
    Importorskip,
    /// Only the tests that need the dependency are skipped, by `pytest.mark.skipif`
    Skipif,
}

impl From<FixStyle> for project::FixStyle {
    fn from(style: FixStyle) -> Self {
        match style {
            FixStyle::SkipModule => Self::SkipModule,
            FixStyle::Importorskip => Self::Importorskip,
            FixStyle::Skipif => Self::Skipif,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ClashStyle {
    /// Their folders become packages, with an `__init__.py`
    Package,
    /// pytest imports by path, with `--import-mode=importlib` in its configuration
    Importlib,
}

impl From<ClashStyle> for project::ClashStyle {
    fn from(style: ClashStyle) -> Self {
        match style {
            ClashStyle::Package => Self::Package,
            ClashStyle::Importlib => Self::Importlib,
        }
    }
}

/// How pytest is started: for the commands that predict a session.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "How pytest is started")]
pub(super) struct SessionArgs {
    /// As `python -m pytest`: the current folder is then on `sys.path`
    #[arg(long)]
    pub(super) python_m: bool,

    /// pytest's own arguments, understood as pytest does
    #[arg(last = true, value_name = "PYTEST ARGUMENTS", allow_hyphen_values = true)]
    pub(super) pytest_arguments: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TextFormat {
    Text,
    Json,
}

#[derive(Args, Debug)]
pub(super) struct PredictArgs {
    /// Files and folders; by default pytest's `testpaths`, else the current folder
    #[arg(value_name = "PATHS")]
    pub(super) paths: Vec<PathBuf>,

    /// How to write it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = TextFormat::Text)]
    pub(super) output_format: TextFormat,

    /// Write to this file instead of standard output
    #[arg(short = 'o', long, value_name = "FILE")]
    pub(super) output_file: Option<PathBuf>,

    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,

    #[command(flatten)]
    pub(super) session: SessionArgs,
}

#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// A module, or a test's node id such as `tests/test_x.py::test_a`
    #[arg(value_name = "PATH[::NODE]")]
    pub(super) target: String,

    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,

    #[command(flatten)]
    pub(super) session: SessionArgs,
}

#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    /// Files and folders; by default pytest's `testpaths`, else the current folder
    #[arg(value_name = "PATHS")]
    pub(super) paths: Vec<PathBuf>,

    /// How to write it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = TextFormat::Text)]
    pub(super) output_format: TextFormat,

    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,

    #[command(flatten)]
    pub(super) session: SessionArgs,
}

#[derive(Args, Debug)]
pub(super) struct MatrixArgs {
    /// Files and folders; by default pytest's `testpaths`, else the current folder
    #[arg(value_name = "PATHS")]
    pub(super) paths: Vec<PathBuf>,

    /// How to write it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = TextFormat::Text)]
    pub(super) output_format: TextFormat,

    /// Write the grid as a page for the browser, complete in one file
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,

    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,
}

#[derive(Args, Debug)]
pub(super) struct RuleArgs {
    /// A rule's code or name, such as CL001 or exit-at-import
    #[arg(value_name = "RULE", required_unless_present = "all")]
    pub(super) rule: Option<String>,

    /// All rules
    #[arg(long, conflicts_with = "rule")]
    pub(super) all: bool,

    /// How to write it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = RuleFormat::Text)]
    pub(super) output_format: RuleFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RuleFormat {
    Text,
    Json,
    #[value(alias = "markdown")]
    Md,
}

#[derive(Args, Debug)]
pub(super) struct ConfigArgs {
    /// A key of `[tool.collectlint]`; all of them if it is not given
    #[arg(value_name = "KEY")]
    pub(super) key: Option<String>,

    /// How to write it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = TextFormat::Text)]
    pub(super) output_format: TextFormat,
}

#[derive(Args, Debug)]
pub(super) struct ServerArgs {
    /// Accepted for editors that pass it; it is the only way
    #[arg(long, hide = true)]
    pub(super) stdio: bool,
}

#[derive(Args, Debug)]
pub(super) struct VersionArgs {
    /// How to write it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = TextFormat::Text)]
    pub(super) output_format: TextFormat,
}

#[derive(Args, Debug)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub(super) enum Shell {
    Bash,
    Elvish,
    Fish,
    Nushell,
    Powershell,
    Zsh,
}

/// The arguments with `check` put in where no command is named: `collectlint --fix tests/`.
///
/// The first argument that is neither an option of every command nor the value of one decides; to check
/// a folder that is called like a command, write `./predict`.
pub(super) fn with_command(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut cli = Cli::command();
    cli.build();
    let mut at = 1;
    while let Some(argument) = arguments.get(at).and_then(|argument| argument.to_str()) {
        if cli.find_subcommand(argument).is_some() || is_own_flag(argument) {
            return arguments;
        }
        match global_option(&cli, argument) {
            Some(consumed) => at += consumed,
            None => break,
        }
    }
    arguments.insert(at.min(arguments.len()), "check".into());
    arguments
}

/// Flags that are answered without a command.
fn is_own_flag(argument: &str) -> bool {
    matches!(argument, "-h" | "--help" | "-V" | "--version")
}

/// How many arguments an option of every command takes up; `None` if it is no such option.
fn global_option(cli: &clap::Command, argument: &str) -> Option<usize> {
    let (name, has_value) = match argument.split_once('=') {
        Some((name, _)) => (name, true),
        None => (argument, false),
    };
    let option = cli.get_arguments().filter(|option| option.is_global_set()).find(|option| {
        let letter = name.strip_prefix('-').and_then(|letters| letters.chars().next());
        let is_short = option.get_short().is_some() && option.get_short() == letter;
        let is_long = option.get_long().is_some() && option.get_long() == name.strip_prefix("--");
        is_short || is_long
    })?;
    // `-j4` carries its value, `-vv` and `-qv` carry none.
    let is_alone = name.starts_with("--") || name.chars().count() == 2;
    let wants_value = option.get_action().takes_values() && !has_value && is_alone;
    Some(if wants_value { 2 } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(arguments: &[&str]) -> Vec<String> {
        let arguments = ["collectlint"].iter().chain(arguments).map(OsString::from);
        with_command(arguments).into_iter().skip(1).map(|part| part.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn check_is_meant_where_no_command_is_named() {
        assert_eq!(completed(&[]), ["check"]);
        assert_eq!(completed(&["tests"]), ["check", "tests"]);
        assert_eq!(completed(&["--fix", "tests"]), ["check", "--fix", "tests"]);
        assert_eq!(completed(&["-j", "2", "tests"]), ["-j", "2", "check", "tests"]);
        assert_eq!(completed(&["--color=never", "./predict"]), ["--color=never", "check", "./predict"]);
        assert_eq!(completed(&["-"]), ["check", "-"]);
        assert_eq!(completed(&["--", "predict"]), ["check", "--", "predict"]);
    }

    #[test]
    fn a_named_command_is_left_alone() {
        assert_eq!(completed(&["predict", "tests"]), ["predict", "tests"]);
        assert_eq!(completed(&["--color", "never", "check", "x"]), ["--color", "never", "check", "x"]);
        assert_eq!(completed(&["-qj2", "rule", "CL001"]), ["-qj2", "rule", "CL001"]);
        assert_eq!(completed(&["--help"]), ["--help"]);
        assert_eq!(completed(&["-V"]), ["-V"]);
        assert_eq!(completed(&["help", "check"]), ["help", "check"]);
    }
}
