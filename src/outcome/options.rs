//! What `pytest_addoption` of conftests adds to the command line and the configuration file.

use super::Failure;
use super::conftest::Hook;
use crate::interp::Interp;
use crate::settings::pytest::ConftestAdditions;

/// What the hooks add, and what pytest refuses of it.
pub(super) struct Additions {
    pub known: ConftestAdditions,
    /// Exit code and failure.
    pub refusal: Option<(i32, Failure)>,
}

pub(super) fn additions<'h>(
    _interp: &mut Interp<'_>,
    conftests: impl Iterator<Item = &'h Vec<Hook>>,
) -> Additions {
    let mut known = ConftestAdditions::default();
    known.open = conftests.flatten().any(|hook| hook.name == "pytest_addoption");
    Additions { known, refusal: None }
}
