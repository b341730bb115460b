//! Python's and pytest's versions.

use std::fmt;
use std::str::FromStr;

/// A Python version; tests are collected by CPython.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PythonVersion {
    pub major: u8,
    pub minor: u8,
}

impl PythonVersion {
    pub const fn new(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A text that is no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a version such as `{example}`")]
pub struct InvalidVersion {
    text: String,
    example: &'static str,
}

impl FromStr for PythonVersion {
    type Err = InvalidVersion;

    /// `3.11`, `3.11.4`; what follows the minor number is not kept.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidVersion { text: text.to_owned(), example: "3.11" };
        let mut parts = text.trim().split('.');
        let mut number = || parts.next().and_then(|part| part.parse().ok());
        match (number(), number()) {
            (Some(major), Some(minor)) => Ok(Self { major, minor }),
            _ => Err(invalid()),
        }
    }
}

/// A pytest release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PytestVersion {
    pub major: u16,
    pub minor: u16,
    pub patch: u16,
}

impl PytestVersion {
    /// The newest release whose behaviour is known.
    pub const NEWEST: Self = Self::new(9, 2, 0);

    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// Whether it is `major.minor` or newer.
    pub const fn at_least(self, major: u16, minor: u16) -> bool {
        self.major > major || (self.major == major && self.minor >= minor)
    }
}

impl fmt::Display for PytestVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for PytestVersion {
    type Err = InvalidVersion;

    /// `9.2.0`, `8.4` (the patch release is then 0), `9`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidVersion { text: text.to_owned(), example: "9.2.0" };
        let mut parts = text.trim().split('.');
        let mut number = |needed: bool| match parts.next() {
            Some(part) => {
                let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
                digits.parse().map_err(|_| invalid())
            }
            None if needed => Err(invalid()),
            None => Ok(0),
        };
        Ok(Self { major: number(true)?, minor: number(false)?, patch: number(false)? })
    }
}
