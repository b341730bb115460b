//! Doctests: the docstrings of a module and text files, as pytest's doctest plugin collects them.
//!
//! It promises the names and number of tests where all of a module's definitions are known, and the
//! mistakes for which Python's `doctest` refuses to parse an example.

mod finder;
mod parser;

pub(super) use finder::find;
pub(super) use parser::{Flags, examples};
