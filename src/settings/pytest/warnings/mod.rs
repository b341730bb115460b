//! Warning filters: `filterwarnings`, `-W`, and what pytest itself puts below them.
//!
//! | filter | the warning |
//! | --- | --- |
//! | all of its parts match | gets its action |
//! | some part cannot be decided (a regular expression that only Python understands) | unknown, unless every filter that may decide says the same |
//! | none matches | `default`: shown once |

mod category;
mod parse;

use std::sync::OnceLock;

pub(super) use category::{Problem, problem as category_problem};
pub(super) use parse::parse;
use regex::Regex;

use super::Origin;
use crate::environment::PytestVersion;

/// What Python's `warnings` module does with a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Default,
    Error,
    Ignore,
    Always,
    Module,
    Once,
}

/// A regular expression of a filter.
#[derive(Clone, Debug)]
pub enum Pattern {
    Anything,
    Regex(Expression),
    /// What it matches is not known.
    Unknown,
}

/// A regular expression, compiled when it is needed: most runs meet no warning at all.
#[derive(Clone, Debug)]
pub struct Expression {
    text: String,
    /// `None`: only Python's `re` understands it.
    compiled: OnceLock<Option<Regex>>,
}

impl Expression {
    fn new(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    fn matches(&self, text: &str) -> Option<bool> {
        let regex = self.compiled.get_or_init(|| Regex::new(&self.text).ok());
        regex.as_ref().map(|regex| regex.is_match(text))
    }
}

impl Pattern {
    fn matches(&self, text: &str) -> Option<bool> {
        match self {
            Self::Anything => Some(true),
            Self::Regex(expression) => expression.matches(text),
            Self::Unknown => None,
        }
    }

    /// A regular expression, held against the beginning; `None` is not known.
    fn of(text: Option<&str>, flags: &str, end: &str) -> Self {
        match text {
            Some("") => Self::Anything,
            Some(text) => Self::Regex(Expression::new(format!("^(?{flags}:{text}){end}"))),
            None => Self::Unknown,
        }
    }
}

/// One filter, as `warnings.filterwarnings` takes it.
#[derive(Clone, Debug)]
pub struct WarningFilter {
    pub action: Action,
    /// Held against the message, ignoring case.
    pub message: Pattern,
    /// Dotted name of the category, `Warning` when none was given.
    pub category: String,
    /// Held against the name of the module that warns.
    pub module: Pattern,
    /// 0 is any line.
    pub line: u32,
    /// `None`: a filter of pytest's own.
    pub origin: Option<Origin>,
}

impl WarningFilter {
    /// What a program adds with `warnings.filterwarnings`; a text that is `None` is not known.
    pub fn of_program(
        action: Action,
        message: Option<&str>,
        category: &str,
        module: Option<&str>,
        line: u32,
    ) -> Self {
        Self {
            action,
            message: Pattern::of(message, "i", ""),
            category: category.to_owned(),
            module: Pattern::of(module, "-i", ""),
            line,
            origin: None,
        }
    }

    /// Whether it depends on the message what it applies to.
    pub fn asks_for_message(&self) -> bool {
        !matches!(self.message, Pattern::Anything)
    }

    fn matches(&self, category: &[&str], message: &str, module: &str) -> Option<bool> {
        let name = self.category.rsplit('.').next().unwrap_or(&self.category);
        if name != "Warning" && !category.contains(&name) {
            return Some(false);
        }
        match (self.message.matches(message), self.module.matches(module)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) if self.line == 0 => Some(true),
            _ => None,
        }
    }
}

/// All filters, in the order in which they are applied: the last that matches decides.
#[derive(Clone, Debug, Default)]
pub struct WarningFilters {
    pub filters: Vec<WarningFilter>,
    /// `-p no:warnings`: pytest leaves warnings to Python, which turns none into an error.
    pub switched_off: bool,
    /// Their number decides how the session ends.
    pub is_counted: bool,
}

impl WarningFilters {
    /// The filters that `version` applies before any of the user's.
    pub(super) fn of(version: PytestVersion) -> Self {
        let category = match (version.major, version.minor) {
            (8, 0) => Some("PytestRemovedIn8Warning"),
            (9, 0) => Some("PytestRemovedIn9Warning"),
            _ => None,
        };
        let filters = category.map(|category| WarningFilter {
            action: Action::Error,
            message: Pattern::Anything,
            category: format!("pytest.{category}"),
            module: Pattern::Anything,
            line: 0,
            origin: None,
        });
        Self { filters: filters.into_iter().collect(), ..Self::default() }
    }

    /// Every warning is an error.
    pub fn all_errors() -> Self {
        let everything = WarningFilter {
            action: Action::Error,
            message: Pattern::Anything,
            category: "Warning".to_owned(),
            module: Pattern::Anything,
            line: 0,
            origin: None,
        };
        Self { filters: vec![everything], ..Self::default() }
    }

    /// Adds filters of which nothing is known.
    pub fn add_unknown(&mut self) {
        let unknown = |action| WarningFilter::of_program(action, None, "Warning", None, 0);
        self.filters.extend([Action::Error, Action::Ignore].map(unknown));
    }

    /// Whether some filter makes an error of something.
    pub fn makes_errors(&self) -> bool {
        !self.switched_off && self.filters.iter().any(|filter| filter.action == Action::Error)
    }

    /// What happens to a warning that the module `module` issues; `category` is its class and its
    /// base classes, without their modules: `PytestCollectionWarning`, `PytestWarning`,
    /// `UserWarning`, `Warning`. `None` where the text does not tell.
    pub fn action(&self, category: &[&str], message: &str, module: &str) -> Option<Action> {
        let mut possible: Option<Action> = None;
        let mut agree = |action: Action| match possible {
            None => {
                possible = Some(action);
                true
            }
            Some(known) => known == action,
        };
        for filter in self.filters.iter().rev() {
            match filter.matches(category, message, module) {
                Some(false) => {}
                Some(true) => return agree(filter.action).then_some(filter.action),
                None if agree(filter.action) => {}
                None => return None,
            }
        }
        agree(Action::Default).then_some(Action::Default)
    }

    /// Whether a warning becomes an exception; `None` where the text does not tell.
    pub fn is_error(&self, category: &[&str], message: &str, module: &str) -> Option<bool> {
        if self.switched_off {
            return Some(false);
        }
        match self.action(category, message, module) {
            Some(action) => Some(action == Action::Error),
            // Filters that disagree, none of which makes an error of it.
            None if self.filters.iter().all(|filter| filter.action != Action::Error) => Some(false),
            None => None,
        }
    }

    /// Whether a warning about the configuration itself becomes an exception.
    pub(super) fn is_config_error(&self, message: &str) -> bool {
        let category = ["PytestConfigWarning", "PytestWarning", "UserWarning", "Warning"];
        self.is_error(&category, message, "_pytest.config") == Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(lines: &[&str]) -> WarningFilters {
        let parsed = lines.iter().map(|line| parse(line, false, Origin::CommandLine).unwrap());
        WarningFilters { filters: parsed.collect(), ..WarningFilters::default() }
    }

    const UNKNOWN_MARK: [&str; 4] = ["PytestUnknownMarkWarning", "PytestWarning", "UserWarning", "Warning"];

    #[test]
    fn the_last_filter_that_matches_decides() {
        let both = filters(&["error", "ignore::pytest.PytestUnknownMarkWarning"]);
        assert_eq!(both.is_error(&UNKNOWN_MARK, "Unknown pytest.mark.x", "m"), Some(false));
        assert_eq!(both.is_error(&["DeprecationWarning", "Warning"], "old", "m"), Some(true));
        let reversed = filters(&["ignore::pytest.PytestUnknownMarkWarning", "error"]);
        assert_eq!(reversed.is_error(&UNKNOWN_MARK, "Unknown pytest.mark.x", "m"), Some(true));
    }

    #[test]
    fn messages_match_from_their_beginning_and_ignore_case() {
        let one = filters(&["error:unknown .*mark"]);
        assert_eq!(one.is_error(&UNKNOWN_MARK, "Unknown pytest.mark.x", "m"), Some(true));
        assert_eq!(one.is_error(&UNKNOWN_MARK, "An unknown mark", "m"), Some(false));
        let escaped = parse("error:a.b:UserWarning:pkg", true, Origin::CommandLine).unwrap();
        let escaped = WarningFilters { filters: vec![escaped], ..WarningFilters::default() };
        assert_eq!(escaped.is_error(&["UserWarning", "Warning"], "axb", "pkg"), Some(false));
        assert_eq!(escaped.is_error(&["UserWarning", "Warning"], "A.B c", "pkg"), Some(true));
        assert_eq!(escaped.is_error(&["UserWarning", "Warning"], "A.B c", "pkg.x"), Some(false));
    }

    #[test]
    fn what_only_python_can_match_is_unknown_unless_it_does_not_matter() {
        let unsure = filters(&["error:(?!x)y"]);
        assert_eq!(unsure.is_error(&UNKNOWN_MARK, "Unknown", "m"), None);
        let agreed = filters(&["error", "error:(?!x)y"]);
        assert_eq!(agreed.is_error(&UNKNOWN_MARK, "Unknown", "m"), Some(true));
        let harmless = filters(&["once:(?!x)y"]);
        assert_eq!(harmless.is_error(&UNKNOWN_MARK, "Unknown", "m"), Some(false));
    }
}
