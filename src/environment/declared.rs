//! Which third-party modules there are where only declarations, lock files and workflows tell.
//!
//! | the distribution that provides the module | the rest of the environment | answer |
//! | --- | --- | --- |
//! | is installed | – | assumed |
//! | is installed by its name: `python-x` provides `x` | – | assumed |
//! | may be installed | – | unknown |
//! | is named by the project, but not installed here | all known | absent |
//! | is named nowhere, and no other can provide the module | all known | absent |
//! | anything else | – | unknown |

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use pep508_rs::PackageName;

use super::Presence;
use super::names::{Hint, Knowledge, Names};
use crate::fs::FileSystem;

/// The distributions of one environment, as far as texts tell.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// They are there.
    pub installed: BTreeSet<PackageName>,
    /// They may be there: a condition that cannot be decided, or a dependency of a dependency.
    pub possible: BTreeSet<PackageName>,
    /// The project names them, but not for this environment.
    pub left_out: BTreeSet<PackageName>,
    /// Whether `installed` and `possible` together are everything there can be.
    pub closed: bool,
    /// Directories of projects whose own modules are installed.
    pub projects: Vec<PathBuf>,
    pub names: Arc<Names>,
}

impl Declared {
    /// Whether the third-party module `dotted` can be imported.
    pub fn find(&self, dotted: &str) -> Presence {
        let providers = self.names.providers(dotted);
        let any_in =
            |set: &BTreeSet<PackageName>| providers.distributions.iter().any(|name| set.contains(name));
        if any_in(&self.installed) {
            return Presence::Assumed;
        }
        let hint = self.hint(dotted, &self.installed);
        if hint == Hint::Strong {
            return Presence::Assumed;
        }
        let undecided = any_in(&self.possible)
            || !self.closed
            || hint == Hint::Weak
            || self.hint(dotted, &self.possible) != Hint::None;
        if undecided {
            return Presence::Unknown;
        }
        match providers.knowledge {
            Knowledge::Complete => Presence::Absent,
            Knowledge::Suggested if any_in(&self.left_out) => Presence::Absent,
            Knowledge::Suggested => Presence::Unknown,
        }
    }

    /// The folders from which the installed projects' own modules are imported: `src` where there is one.
    pub fn import_roots(&self, fs: &FileSystem) -> Vec<PathBuf> {
        let root_of = |project: &PathBuf| {
            let source = project.join("src");
            if fs.is_dir(&source) { source } else { project.clone() }
        };
        self.projects.iter().map(root_of).collect()
    }

    /// The best hint that one of the distributions, whose modules are not known, provides `dotted`.
    fn hint(&self, dotted: &str, distributions: &BTreeSet<PackageName>) -> Hint {
        distributions.iter().map(|name| self.names.hint(name, dotted)).max().unwrap_or(Hint::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<PackageName> {
        names.iter().map(|name| PackageName::new((*name).to_owned()).unwrap()).collect()
    }

    #[test]
    fn a_left_out_distribution_is_absent_only_where_everything_is_known() {
        let mut declared =
            Declared { installed: set(&["requests"]), left_out: set(&["playwright"]), ..Declared::default() };
        assert_eq!(declared.find("playwright.async_api"), Presence::Unknown);
        declared.closed = true;
        assert_eq!(declared.find("playwright.async_api"), Presence::Absent);
        assert_eq!(declared.find("requests"), Presence::Assumed);
        assert_eq!(declared.find("never_heard_of"), Presence::Unknown);
    }

    #[test]
    fn a_name_may_hint_at_the_module() {
        let declared = Declared {
            installed: set(&["python-frobnicate", "frob-tools"]),
            left_out: set(&["frob"]),
            closed: true,
            ..Declared::default()
        };
        assert_eq!(declared.find("frobnicate"), Presence::Assumed);
        assert_eq!(declared.find("frob"), Presence::Unknown);
    }
}
