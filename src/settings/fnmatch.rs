//! Patterns as Python's `fnmatch` understands them, and as pytest applies them to paths.

use std::path::Path;

use crate::environment::{Observed, Platform};

/// `fnmatch.fnmatch(name, pattern)`: `*` also matches separators.
pub fn fnmatch(name: &str, pattern: &str, platform: impl Into<Observed<Platform>>) -> bool {
    platform.into().ask(|platform| matches_on(platform, name, pattern))
}

fn matches_on(platform: Platform, name: &str, pattern: &str) -> bool {
    let (name, pattern) = (normcase(name, platform), normcase(pattern, platform));
    matches(&name, &parse(&pattern))
}

/// `_pytest.pathlib.fnmatch_ex`: a pattern with a separator is held against the whole path, any
/// other against the last part.
pub fn path_matches(pattern: &str, path: &Path, platform: impl Into<Observed<Platform>>) -> bool {
    platform.into().ask(|platform| path_matches_on(platform, pattern, path))
}

fn path_matches_on(platform: Platform, pattern: &str, path: &Path) -> bool {
    let has_separator = pattern.contains('/') || (platform == Platform::Windows && pattern.contains('\\'));
    if !has_separator {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        return matches_on(platform, &name, pattern);
    }
    let whole = path.to_string_lossy();
    if path.is_absolute() && !is_absolute(pattern, platform) {
        matches_on(platform, &whole, &format!("*/{pattern}"))
    } else {
        matches_on(platform, &whole, pattern)
    }
}

/// `os.path.isabs`.
fn is_absolute(pattern: &str, platform: Platform) -> bool {
    match platform {
        Platform::Windows => {
            pattern.starts_with(['/', '\\']) || matches!(pattern.as_bytes(), [_, b':', b'/' | b'\\', ..])
        }
        Platform::Linux | Platform::MacOs => pattern.starts_with('/'),
    }
}

/// `os.path.normcase`, with `/` as the separator everywhere.
fn normcase(text: &str, platform: Platform) -> Vec<char> {
    match platform {
        Platform::Windows => text.to_lowercase().chars().map(|c| if c == '\\' { '/' } else { c }).collect(),
        Platform::Linux | Platform::MacOs => text.chars().collect(),
    }
}

#[derive(Debug)]
enum Token {
    /// `*`
    Any,
    /// `?`
    One,
    Exactly(char),
    /// `[a-z]`, `[!a-z]`
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Token {
    fn accepts(&self, c: char) -> bool {
        match self {
            Self::Any | Self::One => true,
            Self::Exactly(expected) => *expected == c,
            Self::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
        }
    }
}

fn parse(pattern: &[char]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = pattern.get(at) {
        at += 1;
        match c {
            '*' => {
                if !matches!(tokens.last(), Some(Token::Any)) {
                    tokens.push(Token::Any);
                }
            }
            '?' => tokens.push(Token::One),
            '[' => match class_end(pattern, at) {
                Some(end) => {
                    tokens.push(class(&pattern[at..end]));
                    at = end + 1;
                }
                None => tokens.push(Token::Exactly('[')),
            },
            _ => tokens.push(Token::Exactly(c)),
        }
    }
    tokens
}

/// Where the `]` of a class is whose inside starts at `start`; a `]` that comes first is a member.
fn class_end(pattern: &[char], start: usize) -> Option<usize> {
    let mut from = start;
    if pattern.get(from) == Some(&'!') {
        from += 1;
    }
    if pattern.get(from) == Some(&']') {
        from += 1;
    }
    (from..pattern.len()).find(|&at| pattern[at] == ']')
}

fn class(inside: &[char]) -> Token {
    let (negated, members) = match inside {
        ['!', rest @ ..] => (true, rest),
        _ => (false, inside),
    };
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(&low) = members.get(at) {
        if let (Some('-'), Some(&high)) = (members.get(at + 1), members.get(at + 2)) {
            // An empty range such as `z-a` matches nothing.
            if low <= high {
                ranges.push((low, high));
            }
            at += 3;
        } else {
            ranges.push((low, low));
            at += 1;
        }
    }
    Token::Class { negated, ranges }
}

/// Greedy with one point of return, which is enough for `*` and takes no more than quadratic time.
fn matches(name: &[char], tokens: &[Token]) -> bool {
    let (mut at, mut token) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match tokens.get(token) {
            Some(Token::Any) => {
                token += 1;
                retry = Some((at, token));
                continue;
            }
            Some(other) => {
                if let Some(&c) = name.get(at)
                    && other.accepts(c)
                {
                    at += 1;
                    token += 1;
                    continue;
                }
            }
            None if at == name.len() => return true,
            None => {}
        }
        match retry {
            Some((start, resume)) if start < name.len() => {
                at = start + 1;
                token = resume;
                retry = Some((at, resume));
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(name: &str, pattern: &str) -> bool {
        fnmatch(name, pattern, Platform::Linux)
    }

    #[test]
    fn stars_and_classes_match_as_in_python() {
        assert!(matched("test_a.py", "test_*.py"));
        assert!(!matched("test_a.pyc", "test_*.py"));
        assert!(matched("a/b/test_c.py", "*test_*.py"));
        assert!(matched("x1", "x[0-9]"));
        assert!(!matched("x1", "x[!0-9]"));
        assert!(matched("x]", "x[]]"));
        assert!(matched("x[", "x["));
        assert!(matched("x-", "x[a-]"));
        assert!(!matched("xm", "x[z-a]"));
        assert!(matched("{arch}", "{arch}"));
        assert!(matched("", "*"));
        assert!(!matched("", "?"));
        assert!(matched("aXbXc", "a*b*c"));
        assert!(!matched("Test.py", "test*"));
    }

    #[test]
    fn windows_ignores_case_and_the_kind_of_separator() {
        assert!(fnmatch("C:\\X\\Test_A.py", "c:/x/test_*.PY", Platform::Windows));
    }

    #[test]
    fn a_pattern_with_a_separator_is_held_against_the_whole_path() {
        let path = Path::new("/p/tests/unit/test_a.py");
        assert!(path_matches("test_*.py", path, Platform::Linux));
        assert!(path_matches("tests/*.py", path, Platform::Linux));
        assert!(path_matches("unit/test_a.py", path, Platform::Linux));
        assert!(!path_matches("/tests/*.py", path, Platform::Linux));
        assert!(!path_matches("nit/test_a.py", path, Platform::Linux));
    }

    #[test]
    fn many_stars_do_not_take_for_ever() {
        assert!(!matched(&"a".repeat(5000), &format!("{}b", "a*".repeat(2000))));
    }
}
