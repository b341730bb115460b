//! The one pipeline: the command line, the language server, the tests and the fuzzers all call it.

mod environments;
mod judge;
mod runs;
mod verify;

use std::path::PathBuf;
use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::diagnostic::Diagnostic;
use crate::environment::plugins::ActivePlugins;
use crate::environment::{Environment, Platform, PytestVersion, PythonVersion};
use crate::outcome::{self, Prediction};
use crate::rules::{Selection, UnknownRule};
use crate::settings::project::Options;
use crate::settings::pytest::Invocation;
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
    /// The system refuses a thread.
    #[error("cannot start a thread: {0}")]
    Thread(String),
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
    on_deep_stack(|| {
        let prediction = predict_in(sources, &environment, request);
        Ok(Predicted { environment, prediction })
    })
}

fn predict_in(sources: &Sources<'_>, environment: &Environment, request: &Request) -> Prediction {
    let mut arguments: Vec<String> =
        request.paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    arguments.extend(request.pytest_arguments.iter().cloned());
    let invocation = Invocation {
        cwd: request.working_directory.clone(),
        arguments,
        python_m: request.python_m,
        ..Invocation::default()
    };
    let plugins = ActivePlugins::of(environment);
    let request = outcome::Request { invocation, plugins: &plugins, installed_roots: Vec::new() };
    outcome::predict(sources, environment, &request)
}

/// Python code may call itself a thousand times; the interpreter follows it on its own stack. All work
/// is done by threads that have one. They wait for each other by working, so that none blocks the others.
fn on_deep_stack<T: Send>(work: impl FnOnce() -> Result<T, CheckError> + Send) -> Result<T, CheckError> {
    const STACK: usize = 1 << 30;
    static POOL: OnceLock<Result<ThreadPool, String>> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        ThreadPoolBuilder::new()
            .num_threads(rayon::current_num_threads())
            .stack_size(STACK)
            .build()
            .map_err(|error| error.to_string())
    });
    match pool {
        Ok(pool) => pool.install(work),
        Err(error) => Err(CheckError::Thread(error.clone())),
    }
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
        let runs = runs::all(sources, request)?;
        let evidence = judge::evidence(sources, &runs, request);
        let mut diagnostics = judge::findings(&evidence, &selection);
        verify::offer(&evidence, &selection, request, &mut diagnostics);
        let modules = runs.first().map_or(0, |run| run.prediction.modules.len());
        Ok(Checked { diagnostics, modules, environments: runs.len() })
    })
}
