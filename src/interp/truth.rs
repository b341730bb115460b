//! Three-valued logic (Kleene): what a condition is known to be.
//!
//! | and   | Yes   | Maybe | No |     | or    | Yes | Maybe | No    |
//! |-------|-------|-------|----|-----|-------|-----|-------|-------|
//! | Yes   | Yes   | Maybe | No |     | Yes   | Yes | Yes   | Yes   |
//! | Maybe | Maybe | Maybe | No |     | Maybe | Yes | Maybe | Maybe |
//! | No    | No    | No    | No |     | No    | Yes | Maybe | No    |

use std::ops::Not;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truth {
    Yes,
    No,
    Maybe,
}

impl Truth {
    pub fn known(self) -> Option<bool> {
        match self {
            Self::Yes => Some(true),
            Self::No => Some(false),
            Self::Maybe => None,
        }
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Maybe,
        }
    }

    #[must_use]
    pub fn or(self, other: Self) -> Self {
        !((!self).and(!other))
    }

    /// What is known when it is the one or the other.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        if self == other { self } else { Self::Maybe }
    }
}

impl From<bool> for Truth {
    fn from(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{Maybe, No, Yes};

    #[test]
    fn kleene_tables_hold() {
        assert_eq!(Maybe.and(No), No);
        assert_eq!(Maybe.and(Yes), Maybe);
        assert_eq!(Maybe.or(Yes), Yes);
        assert_eq!(Maybe.or(No), Maybe);
        assert_eq!(!Maybe, Maybe);
        assert_eq!(Yes.join(No), Maybe);
    }
}
