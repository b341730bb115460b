//! Cells: the environments in which the project's tests are run, by its workflows or by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use pep508_rs::{ExtraName, PackageName};

use super::{Machine, Place, Platform, PythonVersion};

/// One run of the tests: a job of a workflow with one combination of its matrix, a tox environment,
/// or a cell that the configuration states.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Unique in the project: `py3.9-windows`.
    pub name: String,
    /// `None` where an expression hides it.
    pub python: Option<PythonVersion>,
    pub platform: Option<Platform>,
    pub machine: Option<Machine>,
    pub installed: Installs,
    /// Environment variables that are known to be set, with their value where it is known.
    pub variables: BTreeMap<String, Option<String>>,
    pub pytest: PytestCall,
    /// Where pytest is started, absolute.
    pub working_directory: PathBuf,
    /// The step that runs the tests, or the table that states the cell.
    pub place: Place,
}

/// How a cell starts pytest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PytestCall {
    /// The arguments that are literal.
    pub arguments: Vec<String>,
    /// Whether `arguments` are all of them.
    pub complete: bool,
    /// `python -m pytest`: the working directory is then on `sys.path`.
    pub as_module: bool,
}

/// What the steps before the tests install, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installs {
    pub steps: Vec<Install>,
    /// Whether `steps` is all there is: no step's effect is hidden.
    pub everything_known: bool,
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
    /// A PEP 508 requirement, as it is written.
    Package(String),
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
    pub groups: Selection<PackageName>,
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

/// `[tool.collectlint.cells.NAME]`: a cell that the configuration states. What it leaves out is taken
/// from the project: no `installs` at all means the project with everything it declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatedCell {
    pub name: String,
    /// `python = "3.9"`
    pub python: Option<PythonVersion>,
    /// `platform = "windows"`
    pub platform: Option<Platform>,
    /// `machine = "aarch64"`
    pub machine: Option<Machine>,
    /// `extras = ["test"]`
    pub extras: Option<Vec<String>>,
    /// `groups = ["dev"]`
    pub groups: Option<Vec<String>>,
    /// `requirements = ["requirements-dev.txt"]`, relative to the configuration file.
    pub requirements: Option<Vec<PathBuf>>,
    /// `packages = ["numpy>=2"]`
    pub packages: Option<Vec<String>>,
    /// `env = { KEY = "value" }`
    pub variables: BTreeMap<String, String>,
    /// `pytest-args = ["-m", "not slow"]`
    pub pytest_arguments: Vec<String>,
    /// The table in the configuration file.
    pub place: Option<Place>,
}
