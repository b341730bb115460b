//! The standard library by version and platform.

use super::{Platform, PythonVersion};

/// Whether something of the standard library is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    Available,
    /// It is known, but not in this version or on this platform.
    Unavailable,
    /// The table does not know it in any version.
    Unknown,
}

/// Whether the module `dotted` (`tomllib`, `os.path`, `xml.dom`) belongs to the standard library.
pub fn module(dotted: &str, python: PythonVersion, _platform: Platform) -> Availability {
    let top = dotted.split('.').next().unwrap_or(dotted);
    if ruff_python_stdlib::sys::is_known_standard_library(python.minor, top) {
        Availability::Available
    } else {
        Availability::Unknown
    }
}
