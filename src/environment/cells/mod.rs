//! Cells: the environments in which the project's tests are run, by its workflows or by hand.

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use super::command::PytestCall;
use super::install::Installs;
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
