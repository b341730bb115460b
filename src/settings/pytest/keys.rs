//! The keys of pytest's configuration file, release by release: their types, and when pytest reads
//! those whose values can be wrong. A value that is never read while tests are collected never hurts.

use super::Phase;
use crate::environment::PytestVersion;

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    /// Words, split as a shell does.
    Args,
    Paths,
    Lines,
    Bool,
    /// One of these; any text before pytest 9.2.
    Literal(&'static [&'static str]),
    /// A number, or what the second field says; any text before pytest 9.2.
    Number(Or),
}

/// What a number may be instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Or {
    Text,
    /// `auto`.
    Auto,
    BoolOrText,
}

/// A key.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) value: Type,
    since: (u16, u16),
    /// Another name since pytest 9.0.
    alias: Option<&'static str>,
    read: Read,
}

/// When a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    Always(Phase),
    /// Only where the tests contain something that asks for it.
    Perhaps(Phase),
    /// Never while tests are collected.
    Never,
}

/// When the value of `key` is read, and whether that is certain; `None`: not while collecting.
pub(super) fn read_at(key: &str, version: PytestVersion) -> Option<(Phase, bool)> {
    match (key, find(key, version)?.read) {
        // The import hook reads it early, and takes only a `ValueError` for an unset value.
        ("python_files", _) if version.at_least(9, 2) => Some((Phase::Startup, true)),
        // Only since 9.2 is a wrong text noticed before it is used.
        ("console_output_style", _) if !version.at_least(9, 2) => None,
        (_, Always(phase)) => Some((phase, true)),
        (_, Perhaps(phase)) => Some((phase, false)),
        (_, Never) => None,
    }
}

/// The key called `name`, or that `name` is an alias of.
pub(super) fn find(name: &str, version: PytestVersion) -> Option<&'static Key> {
    all(version).find(|key| key.name == name || (key.alias == Some(name) && version.at_least(9, 0)))
}

/// All names of keys that `version` knows.
pub(super) fn names(version: PytestVersion) -> impl Iterator<Item = &'static str> {
    all(version).flat_map(move |key| {
        let alias = key.alias.filter(|_| version.at_least(9, 0));
        std::iter::once(key.name).chain(alias)
    })
}

/// The key that `name` looks like a misspelling of.
pub(super) fn nearest(name: &str, version: PytestVersion) -> Option<&'static str> {
    names(version)
        .map(|known| (strsim::normalized_damerau_levenshtein(name, known), known))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}

fn all(version: PytestVersion) -> impl Iterator<Item = &'static Key> {
    let renamed = version.at_least(9, 0);
    KEYS.iter()
        .filter(move |key| version.at_least(key.since.0, key.since.1))
        .filter(move |key| key.name != "xfail_strict" || !renamed)
}

const fn key(name: &'static str, value: Type, read: Read) -> Key {
    Key { name, value, since: (0, 0), alias: None, read }
}

const fn since(since: (u16, u16), name: &'static str, value: Type, read: Read) -> Key {
    Key { name, value, since, alias: None, read }
}

use Or::{Auto, BoolOrText};
use Read::{Always, Never, Perhaps};
use Type::{Args, Bool, Lines, Literal, Number, Paths, Text};

static KEYS: &[Key] = &[
    key("addopts", Args, Always(Phase::Startup)),
    key("minversion", Text, Always(Phase::Startup)),
    key("required_plugins", Args, Always(Phase::Startup)),
    key("pythonpath", Paths, Always(Phase::Startup)),
    key("testpaths", Args, Always(Phase::BeforeConftests)),
    since((8, 1), "consider_namespace_packages", Bool, Always(Phase::BeforeConftests)),
    key("markers", Lines, Always(Phase::Configure)),
    key("empty_parameter_set_mark", Literal(&["skip", "xfail", "fail_at_collect"]), Always(Phase::Configure)),
    key(
        "console_output_style",
        Literal(&["classic", "progress", "count", "times", "progress-even-when-capture-no"]),
        Always(Phase::Configure),
    ),
    key("tmp_path_retention_count", Number(Or::Text), Always(Phase::Configure)),
    key("tmp_path_retention_policy", Literal(&["all", "failed", "none"]), Always(Phase::Configure)),
    key("log_level", Number(Or::Text), Always(Phase::Configure)),
    key("log_file_level", Number(Or::Text), Always(Phase::Configure)),
    key("log_cli", Bool, Always(Phase::Configure)),
    since((8, 1), "log_file_mode", Literal(&["w", "a"]), Always(Phase::Configure)),
    since((9, 1), "assertion_text_diff_style", Literal(&["ndiff", "block"]), Always(Phase::Configure)),
    key("usefixtures", Args, Always(Phase::Configure)),
    key("python_files", Args, Always(Phase::Collection)),
    key("python_functions", Args, Perhaps(Phase::Collection)),
    key("python_classes", Args, Perhaps(Phase::Collection)),
    key("norecursedirs", Args, Perhaps(Phase::Collection)),
    since((8, 4), "collect_imported_tests", Bool, Always(Phase::Collection)),
    key("enable_assertion_pass_hook", Bool, Perhaps(Phase::Collection)),
    key(
        "disable_test_id_escaping_and_forfeit_all_rights_to_community_support",
        Bool,
        Perhaps(Phase::Collection),
    ),
    key("doctest_optionflags", Args, Perhaps(Phase::Collection)),
    key("doctest_encoding", Text, Perhaps(Phase::Collection)),
    since((9, 0), "strict", Bool, Perhaps(Phase::Collection)),
    since((9, 0), "strict_config", Bool, Perhaps(Phase::AfterCollection)),
    since((9, 0), "strict_markers", Bool, Perhaps(Phase::Collection)),
    since((9, 0), "strict_parametrization_ids", Bool, Perhaps(Phase::Collection)),
    since(
        (9, 2),
        "parametrize_long_str_id_strategy",
        Literal(&["short", "sha256", "legacy", "disallow"]),
        Perhaps(Phase::Collection),
    ),
    key("filterwarnings", Lines, Always(Phase::BeforeConftests)),
    Key { alias: Some("xfail_strict"), ..since((9, 0), "strict_xfail", Bool, Never) },
    key("xfail_strict", Bool, Never),
    since((9, 1), "max_warnings", Number(Or::Text), Perhaps(Phase::AfterCollection)),
    since((8, 1), "verbosity_test_cases", Number(Auto), Perhaps(Phase::AfterCollection)),
    since((8, 0), "verbosity_assertions", Number(Auto), Never),
    since((9, 0), "verbosity_subtests", Number(Auto), Never),
    since((8, 4), "truncation_limit_lines", Number(Or::Text), Never),
    since((8, 4), "truncation_limit_chars", Number(Or::Text), Never),
    key("junit_suite_name", Text, Never),
    key("junit_logging", Literal(&["no", "log", "system-out", "system-err", "out-err", "all"]), Never),
    key("junit_log_passing_tests", Bool, Never),
    key("junit_duration_report", Literal(&["total", "call"]), Never),
    key("junit_family", Literal(&["legacy", "xunit1", "xunit2"]), Never),
    key("cache_dir", Text, Never),
    key("log_format", Text, Never),
    key("log_date_format", Text, Never),
    key("log_cli_level", Number(Or::Text), Always(Phase::Configure)),
    key("log_cli_format", Text, Never),
    key("log_cli_date_format", Text, Never),
    key("log_file", Text, Never),
    key("log_file_format", Text, Never),
    key("log_file_date_format", Text, Never),
    key("log_auto_indent", Number(BoolOrText), Never),
    key("faulthandler_timeout", Number(Or::Text), Never),
    since((9, 0), "faulthandler_exit_on_timeout", Bool, Never),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_known_from_the_release_on_that_renamed_the_key() {
        let (old, new) = (PytestVersion::new(8, 4, 2), PytestVersion::new(9, 0, 0));
        assert_eq!(find("xfail_strict", old).map(|key| key.name), Some("xfail_strict"));
        assert_eq!(find("xfail_strict", new).map(|key| key.name), Some("strict_xfail"));
        assert!(find("strict", old).is_none());
        assert!(names(new).any(|name| name == "xfail_strict"));
    }

    #[test]
    fn a_misspelled_key_has_a_nearest_one_and_a_plugins_key_has_none() {
        assert_eq!(nearest("testpath", PytestVersion::NEWEST), Some("testpaths"));
        assert_eq!(nearest("asyncio_mode", PytestVersion::NEWEST), None);
    }
}
