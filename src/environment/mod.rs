//! What the tests are imported in: Python version, platform, which modules are importable,
//! environment variables, pytest's version and plugins.

pub mod bare;
pub mod cells;
pub mod ci;
pub mod command;
pub mod declare;
pub mod declared;
pub mod document;
pub mod git;
pub mod install;
pub mod installed;
pub mod interpreter;
pub mod lock;
pub mod names;
pub mod observed;
pub mod place;
pub mod platform;
pub mod plugins;
pub mod pytest_facts;
pub mod stdlib;
pub mod tox;
pub mod variables;
pub mod version;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use cells::{Cell, StatedCell};
pub use declared::Declared;
pub use installed::{Installed, Presence};
pub use observed::Observed;
pub use place::Place;
pub use platform::{Machine, Platform};
pub use version::{PytestVersion, PythonVersion};

/// For whom the modules are absent that are stated to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Absence {
    /// The user states it: they are absent for installed packages as well.
    Stated,
    /// They are supposed to be, one at a time: whether installed packages need them is not looked at.
    #[default]
    Supposed,
}

/// Which third-party modules there are.
#[derive(Clone, Debug)]
pub enum ThirdParty {
    /// Whatever is imported is there, unless it is stated to be absent.
    Everything,
    /// Exactly these top-level modules (pytest and its dependencies are always there).
    Stated(BTreeSet<String>),
    /// What an environment's site-packages hold.
    Site(Arc<Installed>),
    /// What the project's declarations, lock files and workflows say is installed.
    Declared(Arc<Declared>),
}

/// One environment of the project; `name` is the cell's name where it is a cell of a CI matrix.
#[derive(Clone, Debug)]
pub struct Environment {
    pub name: String,
    pub python: Observed<PythonVersion>,
    pub platform: Observed<Platform>,
    pub machine: Observed<Machine>,
    pub pytest: PytestVersion,
    pub third_party: ThirdParty,
    /// Top-level or dotted module names that are made to look uninstalled.
    pub absent: BTreeSet<String>,
    /// Environment variables that are known to be set, with their value where it is known.
    pub variables: BTreeMap<String, Option<String>>,
    /// Whether no other variables are set than those.
    pub all_variables: bool,
    /// `PYTHONPATH` of the process, split.
    pub python_path: Vec<std::path::PathBuf>,
    /// Where this knowledge comes from, for the JSON report: `venv`, `stated`, `default`, `cell`.
    pub source: &'static str,
}

impl Environment {
    /// Whether the third-party module `dotted` can be imported here. First-party files and the
    /// standard library are not its business.
    pub fn third_party(&self, dotted: &str) -> Presence {
        let presence = self.find_third_party(dotted);
        observed::third_party(dotted, &presence);
        presence
    }

    fn find_third_party(&self, dotted: &str) -> Presence {
        let top = dotted.split('.').next().unwrap_or(dotted);
        let hidden = self.absent.iter().any(|name| {
            dotted == name || dotted.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'))
        });
        if hidden {
            return Presence::Absent;
        }
        match &self.third_party {
            // Nobody offers what the standard library of another version has, but for a few backports.
            ThirdParty::Everything if self.is_standard_elsewhere(top) && !names::is_backported(top) => {
                Presence::Absent
            }
            ThirdParty::Everything => Presence::Assumed,
            ThirdParty::Stated(names) if names.contains(top) => Presence::Assumed,
            ThirdParty::Stated(_) => {
                bare::bare_pytest(dotted, self.pytest, self.python.value, self.platform.value)
            }
            ThirdParty::Site(site) => site.find(dotted),
            ThirdParty::Declared(declared) => {
                match bare::bare_pytest(dotted, self.pytest, self.python.value, self.platform.value) {
                    Presence::Absent => declared.find(dotted),
                    there @ (Presence::Installed(_) | Presence::Assumed | Presence::Unknown) => there,
                }
            }
        }
    }

    /// Whether a top-level module is pytest's own, or one that pytest cannot do without.
    pub fn is_of_pytest(&self, top: &str) -> bool {
        let ask =
            |python| self.platform.ask(|platform| bare::pytest_needs(top, self.pytest, python, platform));
        self.python.ask(ask)
    }

    /// Whether the standard library has a module of that name in other versions or on other platforms alone.
    fn is_standard_elsewhere(&self, top: &str) -> bool {
        stdlib::module(top, self.python, self.platform) == stdlib::Availability::Unavailable
    }
}
