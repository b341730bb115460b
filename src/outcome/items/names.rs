//! Which names pytest looks at.

use crate::discovery::fnmatch;
use crate::environment::{Observed, Platform};

/// Whether a name has one of the prefixes, or matches one of the patterns, of `python_functions`
/// or `python_classes`.
pub(super) fn matches(name: &str, options: &[String], platform: Observed<Platform>) -> bool {
    options.iter().any(|option| {
        name.starts_with(option.as_str())
            || (option.contains(['*', '?', '[']) && fnmatch(name, option, platform))
    })
}

/// Whether pytest never looks at an attribute: every module, class or object has it.
pub(super) fn is_ignored(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}
