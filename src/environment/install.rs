//! What workflows, tox, nox and the like install before they run the tests.

use std::collections::BTreeSet;
use std::path::PathBuf;

use pep508_rs::ExtraName;

use super::Place;
use super::declare::Dependency;

/// A dependency group's name: it is normalised as an extra's is.
pub type GroupName = ExtraName;

/// What the steps before the tests install, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installs {
    pub steps: Vec<Install>,
    /// Whether `steps` is all there is: no step's effect is hidden.
    pub everything_known: bool,
}

impl Default for Installs {
    fn default() -> Self {
        Self { steps: Vec::new(), everything_known: true }
    }
}

/// One thing that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Install {
    pub what: What,
    /// Whether the step certainly runs.
    pub certain: bool,
    /// The line of the workflow, or of the tox or nox environment.
    pub place: Place,
}

/// What one step installs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A project's own directory.
    Project(ProjectInstall),
    /// `-r FILE`, absolute.
    Requirements(PathBuf),
    /// A requirement by its name.
    Package(Dependency),
    /// `environment.yml`, absolute.
    CondaEnvironment(PathBuf),
    /// The dependencies of `Pipfile` in this directory; with `dev-packages` too.
    Pipfile { directory: PathBuf, dev: bool },
}

/// The tool that installs a project; each has its own idea of what belongs to it by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Installer {
    /// `pip`, `uv pip`, tox, nox: the dependencies and nothing else.
    Pip,
    /// `uv sync`, `uv run`: `default-groups` too.
    Uv,
    /// `poetry install`: every group that is not optional.
    Poetry,
    /// `pdm install`: every group for development.
    Pdm,
    /// `hatch test`, `hatch run`.
    Hatch,
}

/// A project that is installed from its directory, or only its dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectInstall {
    /// The directory that holds `pyproject.toml` or `setup.py`.
    pub root: PathBuf,
    pub installer: Installer,
    pub parts: Parts,
    pub extras: Selection<ExtraName>,
    /// Groups beside those that the installer takes by default.
    pub groups: Selection<GroupName>,
    /// Whether the installer's default groups are taken.
    pub default_groups: bool,
    /// Whether a lock file decides what comes with it.
    pub locked: bool,
}

/// What of a project is installed, beside the chosen groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// Its own modules and its dependencies.
    Both,
    /// `--no-install-project`, `--no-root`
    Dependencies,
    /// `--no-deps`
    Itself,
    /// `--only-group`
    Neither,
}

/// Names chosen on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection<Name: Ord> {
    pub all: bool,
    pub named: BTreeSet<Name>,
    pub without: BTreeSet<Name>,
}

impl<Name: Ord> Default for Selection<Name> {
    fn default() -> Self {
        Self { all: false, named: BTreeSet::new(), without: BTreeSet::new() }
    }
}
