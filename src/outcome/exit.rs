//! pytest's exit codes.

use std::fmt;

/// What the shell sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitCode {
    Code(i32),
    /// pytest never ends.
    Hangs,
    /// It cannot be told.
    Unknown,
}

impl ExitCode {
    pub const OK: Self = Self::Code(0);
    pub const TESTS_FAILED: Self = Self::Code(1);
    pub const INTERRUPTED: Self = Self::Code(2);
    pub const INTERNAL_ERROR: Self = Self::Code(3);
    pub const USAGE_ERROR: Self = Self::Code(4);
    pub const NO_TESTS: Self = Self::Code(5);
    pub const MAX_WARNINGS: Self = Self::Code(6);

    pub fn code(self) -> Option<i32> {
        match self {
            Self::Code(code) => Some(code),
            Self::Hangs | Self::Unknown => None,
        }
    }
}

impl fmt::Display for ExitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Hangs => f.write_str("hangs"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}
