//! One line of `filterwarnings`, or one `-W`: `action:message:category:module:line`.

use regex_syntax::ast::{self, ErrorKind};

use super::{Action, Expression, Pattern, WarningFilter};
use crate::settings::pytest::Origin;
use crate::settings::python::{repr, strip};

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::settings::pytest) enum Invalid {
    #[error("Too many fields ({0}), expected at most 5 separated by colons")]
    Fields(usize),
    #[error("invalid action: {}", repr(.0))]
    Action(String),
    #[error("invalid lineno {}: {problem}", repr(.text))]
    Line { text: String, problem: String },
    #[error("Invalid regex {}: {problem}", repr(.text))]
    Regex { text: String, problem: String },
}

impl Invalid {
    /// Python's own message for a regular expression, where it is one.
    pub(in crate::settings::pytest) fn regex_problem(&self) -> Option<&str> {
        match self {
            Self::Regex { problem, .. } => Some(problem),
            Self::Fields(_) | Self::Action(_) | Self::Line { .. } => None,
        }
    }
}

/// `parse_warning_filter`. On the command line message and module are plain text, not regular
/// expressions. Whether the category exists is not its business.
pub(in crate::settings::pytest) fn parse(
    line: &str,
    escape: bool,
    origin: Origin,
) -> Result<WarningFilter, Invalid> {
    let parts: Vec<&str> = line.split(':').collect();
    if parts.len() > 5 {
        return Err(Invalid::Fields(parts.len()));
    }
    let part = |index: usize| parts.get(index).map_or("", |part| strip(part));
    let action = action(part(0))?;
    let lineno = part(4);
    let number = if lineno.is_empty() {
        0
    } else if crate::settings::pytest::arguments::is_integer(lineno) {
        if lineno.starts_with('-') && lineno.contains(|digit: char| ('1'..='9').contains(&digit)) {
            return Err(Invalid::Line { text: lineno.to_owned(), problem: "number is negative".to_owned() });
        }
        lineno.replace(['_', '+', '-'], "").parse().unwrap_or(u32::MAX)
    } else {
        let problem = format!("invalid literal for int() with base 10: {}", repr(lineno));
        return Err(Invalid::Line { text: lineno.to_owned(), problem });
    };
    let pattern = |text: &str, flags: &str, end: &str| {
        if text.is_empty() {
            Ok(Pattern::Anything)
        } else if escape {
            let escaped = regex::escape(text);
            Ok(Pattern::Regex(Expression::new(format!("^(?{flags}:{escaped}){end}"))))
        } else {
            check(text).map(|()| Pattern::of(Some(text), flags, ""))
        }
    };
    Ok(WarningFilter {
        action,
        message: pattern(part(1), "i", "")?,
        module: pattern(part(3), "-i", r"\z")?,
        category: if part(2).is_empty() { "Warning".to_owned() } else { part(2).to_owned() },
        line: number,
        origin: Some(origin),
    })
}

/// `warnings._getaction`: any beginning of an action's name will do.
fn action(text: &str) -> Result<Action, Invalid> {
    const ACTIONS: [(&str, Action); 6] = [
        ("default", Action::Default),
        ("always", Action::Always),
        ("ignore", Action::Ignore),
        ("module", Action::Module),
        ("once", Action::Once),
        ("error", Action::Error),
    ];
    if text.is_empty() {
        return Ok(Action::Default);
    }
    if text == "all" {
        return Ok(Action::Always);
    }
    let found = ACTIONS.iter().find(|(name, _)| name.starts_with(text));
    found.map(|(_, action)| *action).ok_or_else(|| Invalid::Action(text.to_owned()))
}

/// Refuses what is an error for Python's `re` too. Its syntax is larger than that of the crate, so
/// only mistakes count that are mistakes in both.
fn check(pattern: &str) -> Result<(), Invalid> {
    let Err(error) = ast::parse::Parser::new().parse(pattern) else { return Ok(()) };
    let offset = error.span().start.offset;
    let position = pattern.get(..offset).map_or(0, |before| before.chars().count());
    let problem = match error.kind() {
        ErrorKind::GroupUnclosed => format!("missing ), unterminated subpattern at position {position}"),
        ErrorKind::GroupUnopened => format!("unbalanced parenthesis at position {position}"),
        ErrorKind::RepetitionMissing => format!("nothing to repeat at position {position}"),
        // Python knows no classes within classes: `[[]` is closed for it.
        ErrorKind::ClassUnclosed if pattern.matches('[').count() == 1 => {
            format!("unterminated character set at position {position}")
        }
        _ => return Ok(()),
    };
    Err(Invalid::Regex { text: pattern.to_owned(), problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(line: &str) -> String {
        parse(line, false, Origin::CommandLine).unwrap_err().to_string()
    }

    #[test]
    fn mistakes_are_worded_as_pytest_words_them() {
        assert_eq!(error("explode"), "invalid action: 'explode'");
        assert_eq!(error("a:b:c:d:e:f"), "Too many fields (6), expected at most 5 separated by colons");
        assert_eq!(error("error::::-1"), "invalid lineno '-1': number is negative");
        assert_eq!(error("error::::x"), "invalid lineno 'x': invalid literal for int() with base 10: 'x'");
        assert_eq!(error("error:(:"), "Invalid regex '(': missing ), unterminated subpattern at position 0");
        assert_eq!(error("error:::["), "Invalid regex '[': unterminated character set at position 0");
    }

    #[test]
    fn beginnings_of_actions_and_missing_parts_are_accepted() {
        let action = |line: &str| parse(line, false, Origin::CommandLine).unwrap().action;
        assert_eq!(action("e"), Action::Error);
        assert_eq!(action(":"), Action::Default);
        assert_eq!(action("al"), Action::Always);
        assert_eq!(action("all"), Action::Always);
    }

    #[test]
    fn a_pattern_of_pythons_own_syntax_is_not_refused() {
        assert!(parse("error:(?P<a>x)(?P=a)(?<!y)[[]z", false, Origin::CommandLine).is_ok());
    }
}
