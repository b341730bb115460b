//! The one pipeline: the command line, the language server, the tests and the fuzzers all call it.

use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::environment::{Platform, PytestVersion, PythonVersion};
use crate::syntax::Sources;

/// Which environments the tests are predicted in. What is left empty is read from the project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// An interpreter, or the folder of a virtual environment.
    pub python: Option<PathBuf>,
    pub python_versions: Vec<PythonVersion>,
    pub platforms: Vec<Platform>,
    pub pytest: Option<PytestVersion>,
    pub absent: Vec<String>,
    /// Every optional module is absent.
    pub bare: bool,
    /// Exactly these third-party modules are importable, besides pytest and its dependencies.
    pub installed: Option<Vec<String>>,
    /// Names of cells of the CI matrix.
    pub cells: Vec<String>,
    pub all_cells: bool,
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pub working_directory: PathBuf,
    /// Files and folders, absolute; empty means what a plain `pytest` would take.
    pub paths: Vec<PathBuf>,
    /// Arguments as pytest itself would get them, after the paths.
    pub pytest_arguments: Vec<String>,
    /// pytest is started as `python -m pytest`.
    pub python_m: bool,
    pub target: Target,
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Sorted by path and place.
    pub diagnostics: Vec<Diagnostic>,
    /// How many test modules pytest would meet.
    pub modules: usize,
    /// How many environments were looked at.
    pub environments: usize,
}

/// Why nothing could be said at all.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The user named a file or folder that is not there.
    #[error("`{}` does not exist", .0.display())]
    NoSuchPath(PathBuf),
}

/// Predicts what pytest does with the tests of `request`, and judges it.
pub fn run(sources: &Sources<'_>, request: &Request) -> Result<Checked, CheckError> {
    match request.paths.iter().find(|path| !sources.fs().exists(path)) {
        Some(missing) => Err(CheckError::NoSuchPath(missing.clone())),
        None => Ok(Checked::default()),
    }
}
