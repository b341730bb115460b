//! Warning filters: `filterwarnings` and `-W`.

use super::Origin;

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

/// One filter, as `warnings.filterwarnings` takes it.
#[derive(Clone, Debug)]
pub struct WarningFilter {
    pub action: Action,
    /// A regular expression that the message's beginning must match, ignoring case.
    pub message: Option<regex::Regex>,
    /// Dotted name of the category, `Warning` when none was given.
    pub category: String,
    /// A regular expression that the module's name must match.
    pub module: Option<regex::Regex>,
    pub line: u32,
    pub origin: Origin,
}

/// All filters, in the order in which they are applied: the last that matches decides.
#[derive(Clone, Debug, Default)]
pub struct WarningFilters {
    pub filters: Vec<WarningFilter>,
}

impl WarningFilters {
    /// What happens to a warning that the module `module` issues; `category` is its class and its
    /// base classes, most derived first, without their modules (`PytestCollectionWarning`,
    /// `PytestWarning`, `UserWarning`, `Warning`).
    pub fn action(&self, category: &[&str], message: &str, module: &str) -> Action {
        let _ = (category, message, module);
        Action::Default
    }

    /// Whether a warning becomes an exception.
    pub fn is_error(&self, category: &[&str], message: &str, module: &str) -> bool {
        self.action(category, message, module) == Action::Error
    }
}
