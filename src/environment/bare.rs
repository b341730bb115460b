//! What is there in an environment that holds pytest and its dependencies alone.

use super::{Presence, PytestVersion, PythonVersion};

/// Whether `dotted` can be imported where nothing but pytest is installed.
pub fn bare_pytest(dotted: &str, _pytest: PytestVersion, _python: PythonVersion) -> Presence {
    let top = dotted.split('.').next().unwrap_or(dotted);
    if matches!(top, "pytest" | "_pytest" | "pluggy" | "iniconfig" | "packaging" | "pygments") {
        Presence::Assumed
    } else {
        Presence::Absent
    }
}
