//! The standard library by version and platform: which modules there are, what they hold, and what
//! importing them loads.
//!
//! Everything is read from one generated table (`src/environment/data/stdlib.txt`), one module's
//! block at a time and at most once. When in doubt the answer is `Unknown`, and a module that may be
//! there counts as available: nobody is told that something is missing unless the table knows it.
//!
//! Not known here: `distutils` on Python 3.12 and later is there when setuptools is installed (its
//! shim supplies it); the table says `Unavailable`, the caller knows what is installed.

mod classes;
mod loaded;
mod names;
mod table;

pub use classes::{ClassFacts, class, class_attribute, exception_bases, is_exception_subclass};
pub use loaded::Loaded;
pub use names::{Attribute, Exports, Kind, attribute, builtin, builtins, exports};

use super::{Observed, Platform, PythonVersion};
use table::{Cell, block};

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
///
/// A module whose file is there, but whose import raises, is available: see [`failure`].
pub fn module(
    dotted: &str,
    python: impl Into<Observed<PythonVersion>>,
    platform: impl Into<Observed<Platform>>,
) -> Availability {
    let Some(block) = block(dotted) else { return Availability::Unknown };
    let cell = Cell::new(python, platform);
    if cell.is_in(block.available) || cell.is_in(block.maybe) {
        Availability::Available
    } else {
        Availability::Unavailable
    }
}

/// Whether the module can have submodules.
pub fn is_package(dotted: &str) -> bool {
    block(dotted).is_some_and(|block| block.package)
}

/// What importing a module raises although its file is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `ImportError` or `ModuleNotFoundError`.
    pub exception: &'static str,
    /// `No module named 'msvcrt'`, `win32 only`; empty where it is not known.
    pub message: &'static str,
}

/// `curses` on Windows, `asyncio.windows_events` elsewhere: modules that are there and cannot be imported.
pub fn failure(
    dotted: &str,
    python: impl Into<Observed<PythonVersion>>,
    platform: impl Into<Observed<Platform>>,
) -> Option<Failure> {
    let cell = Cell::new(python, platform);
    let facts = block(dotted)?.facts();
    facts.failures.iter().find(|(cells, _)| cell.is_in(*cells)).map(|(_, failure)| *failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: Platform = Platform::Linux;
    const WINDOWS: Platform = Platform::Windows;
    const MACOS: Platform = Platform::MacOs;

    fn python(minor: u8) -> PythonVersion {
        PythonVersion::new(3, minor)
    }

    #[test]
    fn modules_come_and_go_with_versions() {
        assert_eq!(module("tomllib", python(10), LINUX), Availability::Unavailable);
        assert_eq!(module("tomllib", python(11), WINDOWS), Availability::Available);
        assert_eq!(module("distutils", python(11), LINUX), Availability::Available);
        for platform in Platform::ALL {
            assert_eq!(module("distutils", python(12), platform), Availability::Unavailable);
            assert_eq!(module("distutils.version", python(12), platform), Availability::Unavailable);
        }
        assert_eq!(module("imp", python(12), LINUX), Availability::Unavailable);
        assert_eq!(module("cgi", python(13), MACOS), Availability::Unavailable);
        assert_eq!(module("compression.zstd", python(14), LINUX), Availability::Available);
        assert_eq!(module("compression.zstd", python(13), LINUX), Availability::Unavailable);
    }

    #[test]
    fn modules_depend_on_the_platform() {
        assert_eq!(module("fcntl", python(11), LINUX), Availability::Available);
        assert_eq!(module("fcntl", python(11), MACOS), Availability::Available);
        assert_eq!(module("fcntl", python(11), WINDOWS), Availability::Unavailable);
        for name in ["msvcrt", "winreg", "_winapi"] {
            assert_eq!(module(name, python(11), WINDOWS), Availability::Available);
            assert_eq!(module(name, python(11), LINUX), Availability::Unavailable);
            assert_eq!(module(name, python(14), MACOS), Availability::Unavailable);
        }
    }

    #[test]
    fn submodules_are_modules() {
        for name in
            ["os.path", "xml.dom.minidom", "concurrent.futures.thread", "importlib.util", "unittest.mock"]
        {
            assert_eq!(module(name, python(9), WINDOWS), Availability::Available, "{name}");
        }
        assert_eq!(module("xml.nope", python(9), LINUX), Availability::Unknown);
        assert!(is_package("xml") && is_package("concurrent.futures") && !is_package("os"));
    }

    #[test]
    fn a_build_without_a_module_does_not_make_it_missing() {
        assert_eq!(module("_gdbm", python(11), LINUX), Availability::Available);
        assert_eq!(failure("dbm.gnu", python(11), LINUX), None);
    }

    #[test]
    fn some_modules_are_there_and_cannot_be_imported() {
        assert_eq!(module("pty", python(11), WINDOWS), Availability::Available);
        assert_eq!(
            failure("pty", python(11), WINDOWS),
            Some(Failure { exception: "ModuleNotFoundError", message: "No module named 'termios'" })
        );
        assert_eq!(
            failure("curses", python(14), WINDOWS).map(|f| f.message),
            Some("No module named '_curses'")
        );
        assert_eq!(failure("curses", python(11), LINUX), None);
        assert_eq!(
            failure("asyncio.windows_events", python(11), MACOS),
            Some(Failure { exception: "ImportError", message: "win32 only" })
        );
        assert_eq!(failure("asyncio.windows_events", python(11), WINDOWS), None);
        assert_eq!(failure("subprocess", python(11), WINDOWS), None);
    }
}
