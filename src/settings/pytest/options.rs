//! pytest's own command-line options, release by release.

use Takes::{Directory, Float, Int, Nothing, OneOf, OneOfLower, Word};

use super::Arity;
use crate::environment::PytestVersion;

/// What an option's word must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    /// One word of any kind.
    Word,
    /// One word or none.
    Optional,
    Int,
    Float,
    OneOf(&'static [&'static str]),
    /// One of these after it was put in lower case.
    OneOfLower(&'static [&'static str]),
    Directory,
    FileName,
    /// Neither empty nor a directory that the tests are run in.
    TemporaryDirectory,
    /// `module:class`.
    Debugger,
}

impl Takes {
    pub(super) const fn arity(self) -> Arity {
        match self {
            Self::Nothing => Arity::Flag,
            Self::Optional => Arity::Optional,
            Self::Word
            | Self::Int
            | Self::Float
            | Self::OneOf(_)
            | Self::OneOfLower(_)
            | Self::Directory
            | Self::FileName
            | Self::TemporaryDirectory
            | Self::Debugger => Arity::One,
        }
    }
}

/// An option under all its names.
#[derive(Debug)]
pub(super) struct OptionSpec {
    /// As error messages list them.
    pub(super) names: &'static [&'static str],
    pub(super) takes: Takes,
    /// The plugin of pytest that defines it: `-p no:PLUGIN` on the command line takes it away.
    plugin: &'static str,
    since: (u16, u16),
}

impl OptionSpec {
    /// The name that tells it from the others.
    pub(super) fn name(&self) -> &'static str {
        self.names.iter().find(|name| name.starts_with("--")).or(self.names.first()).copied().unwrap_or("")
    }
}

/// The option called `name`, unless `version` does not have it or its plugin is blocked.
pub(super) fn find(
    name: &str,
    version: PytestVersion,
    is_blocked: impl Fn(&str) -> bool,
) -> Option<&'static OptionSpec> {
    all(version).find(|option| option.names.contains(&name)).filter(|option| !is_blocked(option.plugin))
}

/// All options of `version`.
pub(super) fn all(version: PytestVersion) -> impl Iterator<Item = &'static OptionSpec> {
    OPTIONS.iter().filter(move |option| version.at_least(option.since.0, option.since.1))
}

/// The option that `name` looks like a misspelling of.
pub(super) fn nearest(name: &str, version: PytestVersion) -> Option<&'static str> {
    let name = name.split('=').next().unwrap_or(name);
    if !name.starts_with("--") {
        return None;
    }
    all(version)
        .flat_map(|option| option.names.iter().copied())
        .filter(|known| known.starts_with("--") && known.len() > "--lfnf".len())
        .map(|known| (strsim::normalized_damerau_levenshtein(name, known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}

const fn option(names: &'static [&'static str], takes: Takes, plugin: &'static str) -> OptionSpec {
    OptionSpec { names, takes, plugin, since: (0, 0) }
}

const fn since(
    names: &'static [&'static str],
    takes: Takes,
    plugin: &'static str,
    since: (u16, u16),
) -> OptionSpec {
    OptionSpec { names, takes, plugin, since }
}

/// NOTE: `-r` has a long name since 9.1, so messages differ; nothing is decided by it.
static OPTIONS: &[OptionSpec] = &[
    option(&["-k"], Word, "mark"),
    option(&["-m"], Word, "mark"),
    option(&["--markers"], Nothing, "mark"),
    option(&["-x", "--exitfirst"], Nothing, "main"),
    option(&["--maxfail"], Int, "main"),
    option(&["--strict-config"], Nothing, "main"),
    option(&["--strict-markers"], Nothing, "main"),
    option(&["--strict"], Nothing, "main"),
    option(&["-W", "--pythonwarnings"], Word, "main"),
    since(&["--max-warnings"], Int, "main", (9, 1)),
    option(&["--collectonly", "--collect-only", "--co"], Nothing, "main"),
    option(&["--pyargs"], Nothing, "main"),
    option(&["--ignore"], Word, "main"),
    option(&["--ignore-glob"], Word, "main"),
    option(&["--deselect"], Word, "main"),
    option(&["--confcutdir"], Directory, "main"),
    option(&["--noconftest"], Nothing, "main"),
    option(&["--keepduplicates", "--keep-duplicates"], Nothing, "main"),
    option(&["--collect-in-virtualenv"], Nothing, "main"),
    option(&["--continue-on-collection-errors"], Nothing, "main"),
    option(&["--import-mode"], OneOf(&["prepend", "append", "importlib"]), "main"),
    option(&["-c", "--config-file"], Word, "main"),
    option(&["--rootdir"], Word, "main"),
    option(&["--basetemp"], Takes::TemporaryDirectory, "main"),
    option(&["--durations"], Int, "runner"),
    option(&["--durations-min"], Float, "runner"),
    option(&["--fixtures", "--funcargs"], Nothing, "python"),
    option(&["--fixtures-per-test"], Nothing, "python"),
    option(&["-V", "--version"], Nothing, "helpconfig"),
    option(&["-h", "--help"], Nothing, "helpconfig"),
    option(&["-p"], Word, "helpconfig"),
    since(&["--disable-plugin-autoload"], Nothing, "helpconfig", (8, 4)),
    option(&["--traceconfig", "--trace-config"], Nothing, "helpconfig"),
    option(&["--debug"], Takes::Optional, "helpconfig"),
    option(&["-o", "--override-ini"], Word, "helpconfig"),
    option(&["-v", "--verbose"], Nothing, "terminal"),
    option(&["--no-header"], Nothing, "terminal"),
    option(&["--no-summary"], Nothing, "terminal"),
    since(&["--no-fold-skipped"], Nothing, "terminal", (8, 3)),
    since(&["--force-short-summary"], Nothing, "terminal", (8, 4)),
    option(&["-q", "--quiet"], Nothing, "terminal"),
    option(&["--verbosity"], Int, "terminal"),
    option(&["-r"], Word, "terminal"),
    since(&["--report-chars"], Word, "terminal", (9, 1)),
    option(&["--disable-warnings", "--disable-pytest-warnings"], Nothing, "terminal"),
    option(&["-l", "--showlocals"], Nothing, "terminal"),
    option(&["--no-showlocals"], Nothing, "terminal"),
    option(&["--tb"], OneOf(&["auto", "long", "short", "no", "line", "native"]), "terminal"),
    since(&["--xfail-tb"], Nothing, "terminal", (8, 3)),
    option(&["--show-capture"], OneOf(&["no", "stdout", "stderr", "log", "all"]), "terminal"),
    option(&["--fulltrace", "--full-trace"], Nothing, "terminal"),
    option(&["--color"], OneOf(&["yes", "no", "auto"]), "terminal"),
    option(&["--code-highlight"], OneOf(&["yes", "no"]), "terminal"),
    option(&["--pdb"], Nothing, "debugging"),
    option(&["--pdbcls"], Takes::Debugger, "debugging"),
    option(&["--trace"], Nothing, "debugging"),
    option(&["--capture"], OneOf(&["fd", "sys", "no", "tee-sys"]), "capture"),
    option(&["-s"], Nothing, "capture"),
    option(&["--runxfail"], Nothing, "skipping"),
    option(&["--pastebin"], OneOf(&["failed", "all"]), "pastebin"),
    option(&["--assert"], OneOf(&["rewrite", "plain"]), "assertion"),
    option(&["--junitxml", "--junit-xml"], Takes::FileName, "junitxml"),
    option(&["--junitprefix", "--junit-prefix"], Word, "junitxml"),
    option(&["--doctest-modules"], Nothing, "doctest"),
    option(
        &["--doctest-report"],
        OneOfLower(&["none", "cdiff", "ndiff", "udiff", "only_first_failure"]),
        "doctest",
    ),
    option(&["--doctest-glob"], Word, "doctest"),
    option(&["--doctest-ignore-import-errors"], Nothing, "doctest"),
    option(&["--doctest-continue-on-failure"], Nothing, "doctest"),
    option(&["--lf", "--last-failed"], Nothing, "cacheprovider"),
    option(&["--ff", "--failed-first"], Nothing, "cacheprovider"),
    option(&["--nf", "--new-first"], Nothing, "cacheprovider"),
    option(&["--cache-show"], Takes::Optional, "cacheprovider"),
    option(&["--cache-clear"], Nothing, "cacheprovider"),
    option(&["--lfnf", "--last-failed-no-failures"], OneOf(&["all", "none"]), "cacheprovider"),
    option(&["--setuponly", "--setup-only"], Nothing, "setuponly"),
    option(&["--setupshow", "--setup-show"], Nothing, "setuponly"),
    option(&["--setupplan", "--setup-plan"], Nothing, "setupplan"),
    option(&["--sw", "--stepwise"], Nothing, "stepwise"),
    option(&["--sw-skip", "--stepwise-skip"], Nothing, "stepwise"),
    since(&["--sw-reset", "--stepwise-reset"], Nothing, "stepwise", (8, 4)),
    option(&["--log-level"], Word, "logging"),
    option(&["--log-format"], Word, "logging"),
    option(&["--log-date-format"], Word, "logging"),
    option(&["--log-cli-level"], Word, "logging"),
    option(&["--log-cli-format"], Word, "logging"),
    option(&["--log-cli-date-format"], Word, "logging"),
    option(&["--log-file"], Word, "logging"),
    since(&["--log-file-mode"], OneOf(&["w", "a"]), "logging", (8, 1)),
    option(&["--log-file-level"], Word, "logging"),
    option(&["--log-file-format"], Word, "logging"),
    option(&["--log-file-date-format"], Word, "logging"),
    option(&["--log-auto-indent"], Word, "logging"),
    option(&["--log-disable"], Word, "logging"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_and_blocked_plugins_decide_what_there_is() {
        let nothing = |_: &str| false;
        assert!(find("--disable-plugin-autoload", PytestVersion::new(8, 3, 5), nothing).is_none());
        assert!(find("--disable-plugin-autoload", PytestVersion::new(8, 4, 0), nothing).is_some());
        let doctest = |plugin: &str| plugin == "doctest";
        assert!(find("--doctest-modules", PytestVersion::NEWEST, doctest).is_none());
    }

    #[test]
    fn a_misspelling_is_recognised_and_an_option_of_a_plugin_is_not_taken_for_one() {
        assert_eq!(nearest("--strict-marker", PytestVersion::NEWEST), Some("--strict-markers"));
        assert_eq!(nearest("--cov=app", PytestVersion::NEWEST), None);
        assert_eq!(nearest("--asyncio-mode=auto", PytestVersion::NEWEST), None);
    }
}
