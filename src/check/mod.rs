//! The one pipeline: the command line, the language server, the tests and the fuzzers all call it.

pub mod baseline;
mod checkout;
mod choice;
mod environments;
mod judge;
mod order;
mod runs;
mod surroundings;
mod threads;
mod verify;

use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::environment::{Absence, Environment, Platform, PytestVersion, PythonVersion};
use crate::outcome::Prediction;
use crate::rules::{Run, Selection, UnknownRule};
use crate::settings::project::Options;
use crate::settings::pytest::Invocation;
use crate::syntax::Sources;

use baseline::Baseline;

use surroundings::Surroundings;
use threads::on_deep_stack;

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
    /// pytest is started by this process: it has its environment variables.
    pub process: bool,
    /// Names of cells of the CI matrix.
    pub cells: Vec<String>,
    pub all_cells: bool,
}

impl Target {
    /// What the configuration says.
    pub fn configured(options: &Options) -> Self {
        Self {
            python: options.python.clone(),
            python_versions: options.python_versions.clone(),
            platforms: options.platforms.clone(),
            pytest: options.pytest,
            absent: options.absent.clone(),
            cells: options.use_cells.clone().unwrap_or_default(),
            ..Self::default()
        }
    }

    /// This where it says something, else `base`.
    #[must_use]
    pub fn over(self, base: Self) -> Self {
        Self {
            python: self.python.or(base.python),
            python_versions: or(self.python_versions, base.python_versions),
            platforms: or(self.platforms, base.platforms),
            pytest: self.pytest.or(base.pytest),
            absent: or(self.absent, base.absent),
            bare: self.bare || base.bare,
            installed: self.installed.or(base.installed),
            process: self.process || base.process,
            cells: or(self.cells, base.cells),
            all_cells: self.all_cells || base.all_cells,
        }
    }
}

fn or<T>(one: Vec<T>, other: Vec<T>) -> Vec<T> {
    if one.is_empty() { other } else { one }
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
    /// What is configured: in files, and on the command line.
    pub options: Options,
    /// Findings that are not to be told.
    pub baseline: Option<Baseline>,
    /// In how many parts the modules of a session are collected at a time; by default one for each thread
    /// that is worth it. What comes out is the same.
    pub parts: Option<usize>,
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
    /// The user names rules that there are none of.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    UnknownRules(Vec<UnknownRule>),
    /// The interpreter that the user named cannot be read.
    #[error(transparent)]
    Environment(Box<crate::environment::installed::EnvironmentError>),
    /// The user names a cell that there is none of.
    #[error("there is no cell `{name}`: {}", known_cells(known))]
    UnknownCell { name: String, known: Vec<String> },
    /// The system refuses a thread.
    #[error("cannot start a thread: {0}")]
    Thread(String),
}

fn known_cells(known: &[String]) -> String {
    match known {
        [] => "no workflow has any, and `[tool.collectlint.cells]` states none".to_owned(),
        known => known.join(", "),
    }
}

/// What pytest does in the one environment that the request states.
pub struct Predicted {
    pub environment: Environment,
    pub prediction: Prediction,
}

/// Predicts a session in the environment that `request` states.
///
/// # Errors
///
/// The user named something that is not there.
pub fn predict(sources: &Sources<'_>, request: &Request) -> Result<Predicted, CheckError> {
    if let Some(missing) = request.paths.iter().find(|path| !sources.fs().exists(path)) {
        return Err(CheckError::NoSuchPath(missing.clone()));
    }
    let environment = environments::stated(request, sources.fs())?;
    let (environment, invocation) = if request.target.cells.is_empty() {
        (environment, runs::invocation(request))
    } else {
        cell(sources, request, &environment)?
    };
    on_deep_stack(|| {
        let prediction = runs::predict_session(sources, request, &environment, invocation, Absence::Stated);
        Ok(Predicted { environment, prediction })
    })
}

/// The first of the cells that the request names, and how it starts pytest: what the user states beside it
/// counts.
fn cell(
    sources: &Sources<'_>,
    request: &Request,
    usual: &Environment,
) -> Result<(Environment, Invocation), CheckError> {
    let surroundings = Surroundings::read(request, sources.fs(), usual);
    let named = surroundings.named(&request.target.cells)?;
    let Some((cell, environment)) = named.first() else {
        return Ok((usual.clone(), runs::invocation(request)));
    };
    let stated = runs::invocation(request);
    let invocation = if stated.arguments.is_empty() { runs::invocation_of(cell) } else { stated };
    Ok((environment.clone(), invocation))
}

/// Predicts what pytest does with the tests of `request` in every environment, and judges it.
///
/// # Errors
///
/// The user named something that is not there.
pub fn run(sources: &Sources<'_>, request: &Request) -> Result<Checked, CheckError> {
    if let Some(missing) = request.paths.iter().find(|path| !sources.fs().exists(path)) {
        return Err(CheckError::NoSuchPath(missing.clone()));
    }
    let selection = Selection::new(&request.options).map_err(CheckError::UnknownRules)?;
    on_deep_stack(|| {
        let (surroundings, runs) = survey(sources, request)?;
        let mut evidence = judge::evidence(sources, &runs, request)
            .in_project(Some(&surroundings.project), surroundings.repository.as_ref());
        if let Some(first) = runs.first() {
            evidence.dependents = order::dependents(sources, request, first);
        }
        let mut diagnostics = judge::findings(&evidence, &selection);
        verify::offer(&evidence, &selection, request, &mut diagnostics);
        if let Some(baseline) = &request.baseline {
            diagnostics = baseline.unknown(diagnostics);
        }
        let modules = runs.iter().map(|run| run.prediction.modules.len()).max().unwrap_or_default();
        Ok(Checked { diagnostics, modules, environments: runs.len() })
    })
}

/// What lies around the tests, and what pytest does with them in every environment.
fn survey(sources: &Sources<'_>, request: &Request) -> Result<(Surroundings, Vec<Run>), CheckError> {
    let mut base = environments::stated(request, sources.fs())?;
    let surroundings = Surroundings::read(request, sources.fs(), &base);
    environments::settle(&mut base, request, &surroundings);
    let runs = runs::all(sources, request, &surroundings, base)?;
    Ok((surroundings, runs))
}

/// What pytest does in every cell of the project; where it has none, in the environments that are looked at.
///
/// # Errors
///
/// The user named something that is not there.
pub fn matrix(sources: &Sources<'_>, request: &Request) -> Result<Vec<Run>, CheckError> {
    if let Some(missing) = request.paths.iter().find(|path| !sources.fs().exists(path)) {
        return Err(CheckError::NoSuchPath(missing.clone()));
    }
    on_deep_stack(|| {
        let mut base = environments::stated(request, sources.fs())?;
        let surroundings = Surroundings::read(request, sources.fs(), &base);
        environments::settle(&mut base, request, &surroundings);
        if surroundings.cells.is_empty() || !environments::are_open(request) {
            return runs::all(sources, request, &surroundings, base);
        }
        runs::of_matrix(sources, request, &surroundings)
    })
}

#[cfg(test)]
mod tests;
