//! What an environment's site-packages hold, read from disk; Python is never started.

use std::path::PathBuf;

use super::{PytestVersion, PythonVersion};

/// Whether a third-party module can be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is there, at this place where it is known to be source on disk.
    Installed(Option<PathBuf>),
    /// Nothing says that it is missing.
    Assumed,
    Absent,
    /// It may be missing: what is known about the environment does not decide it.
    Unknown,
}

/// The importable modules of one environment.
#[derive(Debug, Default)]
pub struct Installed {}

impl Installed {
    pub fn find(&self, _dotted: &str) -> Presence {
        Presence::Assumed
    }
}

/// What is there in an environment that holds pytest and its dependencies alone.
pub fn bare_pytest(dotted: &str, _pytest: PytestVersion, _python: PythonVersion) -> Presence {
    let top = dotted.split('.').next().unwrap_or(dotted);
    if matches!(top, "pytest" | "_pytest" | "pluggy" | "iniconfig" | "packaging" | "pygments") {
        Presence::Assumed
    } else {
        Presence::Absent
    }
}
