//! What rules judge: the predictions of all environments, and what breaks in them, each cause once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::discovery::ModuleKind;
use crate::environment::Environment;
use crate::environment::cells::{Cell, Project};
use crate::environment::git::Repository;
use crate::interp::{Cause, Site, StepKind};
use crate::outcome::{Failure, ModulePrediction, Outcome, Prediction};
use crate::settings::project::{ClashStyle, FixStyle};
use crate::settings::pytest::Invocation;
use crate::syntax::{ParsedFile, Sources};
use crate::text::Span;

use super::{Rule, optional};

/// One environment, and what pytest does in it.
#[derive(Clone, Debug)]
pub struct Run {
    pub environment: Environment,
    /// The optional modules that are missing in it, and not in the first run.
    pub absent: Vec<String>,
    pub origin: Origin,
    /// How pytest is started in it.
    pub invocation: Invocation,
    pub prediction: Prediction,
    /// Cells whose environments answer all that was asked as this one does, so that the prediction holds in
    /// them too. They are among those of the origin.
    pub alike: Vec<(Vec<Cell>, Environment)>,
}

/// Why an environment is looked at.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The user states it, or it is found or assumed.
    Stated,
    /// An optional module is taken away.
    Supposed(Supposition),
    /// Cells of the matrix that no module can tell apart; there is at least one.
    Cells(Vec<Cell>),
    /// A clean checkout, which lacks at least one module.
    Checkout {
        missing: Vec<Missing>,
        /// All files and folders that are not there.
        hidden: Vec<PathBuf>,
    },
}

/// A module of the project that a clean checkout does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    pub module: String,
    pub path: PathBuf,
    /// `.gitignore` says that git is not to be told of it.
    pub is_ignored: bool,
}

/// What says that a module may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supposition {
    /// Code of the project that guards an import of it.
    Guard,
    /// Only an extra declares it.
    Extra,
}

impl Run {
    /// The cells that it stands for.
    pub fn cells(&self) -> &[Cell] {
        match &self.origin {
            Origin::Cells(cells) => cells,
            Origin::Stated | Origin::Supposed(_) | Origin::Checkout { .. } => &[],
        }
    }

    /// The names of the cells that it stands for, else of the environment.
    pub fn names(&self) -> Vec<String> {
        match self.cells() {
            [] => vec![self.environment.name.clone()],
            cells => cells.iter().map(|cell| cell.name.clone()).collect(),
        }
    }
}

/// Something that breaks collection, wherever it is met.
#[derive(Clone, Debug)]
pub struct Incident {
    pub failure: Failure,
    pub outcome: Outcome,
    /// Places in [`Evidence::runs`].
    pub runs: Vec<usize>,
    /// The modules that pytest does not collect because of it, sorted.
    pub stops: Vec<PathBuf>,
    /// pytest's exit code in the first run that it breaks.
    pub exit_code: Option<i32>,
    /// The file that it is in.
    pub path: Arc<PathBuf>,
    pub reach: Reach,
}

/// What is lost with an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The modules that it stops.
    Modules,
    /// It keeps pytest from starting: it is in the configuration, or in a conftest that is loaded before the
    /// session.
    Start,
    /// It ends the session when modules have been collected.
    Session,
}

/// All that is known.
pub struct Evidence<'p> {
    pub sources: &'p Sources<'p>,
    pub runs: &'p [Run],
    /// What the runs say of a file, in the order of the runs.
    modules: FxHashMap<&'p Path, Vec<&'p ModulePrediction>>,
    pub incidents: Vec<Incident>,
    /// How the user wants modules with optional dependencies repaired.
    pub style: FixStyle,
    /// How the user wants files of the same name told apart.
    pub clash_style: ClashStyle,
    /// What the repository declares.
    pub project: Option<&'p Project>,
    /// What git knows of it.
    pub repository: Option<&'p Repository>,
    /// What the first environment lacks, and the project can do without.
    dispensable: BTreeSet<String>,
    /// Whether nothing on the command line narrows what is looked at.
    pub is_complete: bool,
    /// Modules that need others to be collected before them.
    pub dependents: Vec<Dependent>,
}

/// A test module that is collected with the others, and cannot be imported alone.
#[derive(Clone, Debug)]
pub struct Dependent {
    pub path: PathBuf,
    /// The file that it imports, in a folder that is not on its own `sys.path`.
    pub found: PathBuf,
    /// The first module for which pytest puts that folder there; `None` if the program does it.
    pub brought_by: Option<PathBuf>,
    /// What happens if it is collected alone.
    pub failure: Failure,
}

impl<'p> Evidence<'p> {
    pub fn new(sources: &'p Sources<'p>, runs: &'p [Run], style: FixStyle) -> Self {
        let mut modules: FxHashMap<&Path, Vec<&ModulePrediction>> = FxHashMap::default();
        for module in runs.iter().flat_map(|run| &run.prediction.modules) {
            modules.entry(&module.path).or_default().push(module);
        }
        Self {
            sources,
            runs,
            modules,
            incidents: incidents(runs),
            style,
            clash_style: ClashStyle::default(),
            project: None,
            repository: None,
            dispensable: BTreeSet::new(),
            is_complete: false,
            dependents: Vec::new(),
        }
    }

    /// The same, with what is known of the repository.
    #[must_use]
    pub fn in_project(self, project: Option<&'p Project>, repository: Option<&'p Repository>) -> Self {
        let dispensable = project.map(|project| optional::missing(self.runs, project)).unwrap_or_default();
        Self { project, repository, dispensable, ..self }
    }

    /// The incident at the place of a finding.
    pub fn incident_at(&self, place: &Label) -> Option<&Incident> {
        self.incidents.iter().find(|incident| {
            incident.path == place.path
                && incident.failure.site.as_ref().is_some_and(|site| site.span == place.span)
        })
    }

    /// Whether pytest collects the file as a test module, and not only for its doctests.
    pub fn is_test_module(&self, path: &Path) -> bool {
        self.modules_at(path).iter().any(|module| module.kind == ModuleKind::Module)
    }

    /// What the runs that collect a file as a test module make of it.
    pub fn modules_at(&self, path: &Path) -> &[&'p ModulePrediction] {
        self.modules.get(path).map_or(&[], Vec::as_slice)
    }

    pub fn file(&self, site: &Site) -> Option<&'p ParsedFile> {
        self.sources.get(&site.path).ok()
    }

    /// The tests of a module in any run, without parameters: `TestLogin::test_page`.
    pub fn tests_of(&self, path: &Path) -> Vec<String> {
        let items = self.modules_at(path).iter().flat_map(|module| &module.items);
        let mut known: FxHashSet<&str> = FxHashSet::default();
        let mut tests = Vec::new();
        for item in items {
            let name = item.text.split_once("::").map_or("", |(_, name)| name);
            let name = name.split('[').next().unwrap_or(name);
            if known.insert(name) {
                tests.push(name.to_owned());
            }
        }
        tests
    }

    /// The same; where no run collects any, those that are written there.
    pub fn tests_to_mark(&self, path: &Path) -> Vec<String> {
        let collected = self.tests_of(path);
        match self.sources.get(path) {
            Ok(file) if collected.is_empty() => {
                file.written_tests().into_iter().map(|test| test.name).collect()
            }
            _ => collected,
        }
    }

    /// Whether a module is missing in some run, and not in the first; or it is missing in the first one, and
    /// the project says that it may.
    pub fn is_optional(&self, module: &str) -> bool {
        let top = module.split('.').next().unwrap_or(module);
        self.runs.iter().any(|run| run.absent.iter().any(|absent| absent == top || absent == module))
            || self.dispensable.contains(top)
    }

    /// A finding about an incident: its place, its trace, what it stops and where it strikes.
    pub fn finding(&self, rule: &Rule, incident: &Incident, message: impl Into<String>) -> Diagnostic {
        let failure = &incident.failure;
        let span = failure.site.as_ref().map_or_else(Span::default, |site| site.span);
        let primary = Label { path: Arc::clone(&incident.path), span, text: String::new() };
        let is_stated = |&run: &usize| !matches!(self.runs[run].origin, Origin::Supposed(Supposition::Extra));
        let is_certain = failure.certain && incident.runs.iter().any(is_stated);
        let severity = if is_certain { rule.severity } else { Severity::Warning.min(rule.severity) };
        let mut finding = Diagnostic::new(rule.code, rule.name, severity, message, primary);
        let steps = failure.trace.0.split_last().map_or(&[][..], |(_, before)| before);
        finding.related = steps
            .iter()
            .map(|step| Label {
                path: Arc::clone(&step.site.path),
                span: step.site.span,
                text: match &step.kind {
                    StepKind::Import(module) => format!("`{module}` is imported here"),
                    StepKind::Call(function) => format!("`{function}` is called here"),
                    StepKind::Branch => "this branch is taken".to_owned(),
                    StepKind::Statement => String::new(),
                },
            })
            .collect();
        finding.pytest_says = Some(incident.says());
        self.locate(&mut finding, &incident.runs);
        finding.stops = incident.stops.iter().filter(|path| **path != *incident.path).cloned().collect();
        finding.exit_code = incident.exit_code.and_then(|code| u8::try_from(code).ok());
        finding
    }
}

impl Evidence<'_> {
    /// Says where a finding strikes: in cells where the project has some, else in the environments that were
    /// looked at.
    pub fn locate(&self, finding: &mut Diagnostic, struck: &[usize]) {
        let count = |counts: &dyn Fn(&Run) -> bool| -> usize {
            self.runs.iter().filter(|run| counts(run)).map(|run| run.names().len()).sum()
        };
        let is_cell = |run: &Run| !run.cells().is_empty();
        let in_cells = struck.iter().any(|&run| is_cell(&self.runs[run]));
        let counts = |run: &Run| is_cell(run) == in_cells;
        finding.cells_are_of_matrix = in_cells;
        finding.cells_total = count(&counts);
        let struck = struck.iter().map(|&run| &self.runs[run]).filter(|run| counts(run));
        let mut names: Vec<String> = struck.flat_map(Run::names).collect();
        if let Some(project) = self.project {
            names.sort_by_key(|name| project.cells.iter().position(|cell| cell.name == *name));
        }
        finding.cells = if names.len() < finding.cells_total { names } else { Vec::new() };
    }
}

/// Failures of all runs, each cause once, in the order of their places.
fn incidents(runs: &[Run]) -> Vec<Incident> {
    let mut found: BTreeMap<(PathBuf, Span, String), Incident> = BTreeMap::new();
    for (place, run) in runs.iter().enumerate() {
        let exit_code = run.prediction.session.exit_code.code();
        let modules = run.prediction.modules.iter().filter(|module| module.outcome.fails());
        for module in modules {
            let Some(failure) = &module.failure else { continue };
            // how the session ends if it happens is not how it ends as far as is known
            let exit_code = exit_code.filter(|_| failure.certain);
            enter(&mut found, failure, module.outcome, place, exit_code, &module.path, Reach::Modules);
        }
        let conftests = run.prediction.conftests.iter().filter(|conftest| conftest.initial);
        for conftest in conftests {
            let Some(failure) = &conftest.failure else { continue };
            enter(&mut found, failure, Outcome::Aborts, place, exit_code, &conftest.path, Reach::Start);
        }
        if let Some(failure) = &run.prediction.session.failure {
            let settings = &run.prediction.settings;
            let path = settings.inipath.as_ref().unwrap_or(&settings.rootdir);
            let has_begun = !run.prediction.modules.is_empty();
            let reach = if has_begun { Reach::Session } else { Reach::Start };
            enter(&mut found, failure, Outcome::Aborts, place, exit_code, path, reach);
        }
    }
    possible_exits(runs, &mut found);
    let mut incidents: Vec<Incident> = found.into_values().collect();
    for incident in &mut incidents {
        incident.stops.sort();
        incident.stops.dedup();
    }
    incidents
}

/// Where a condition that is not known decides whether a test module ends the process: nobody means it to take
/// all the others with it, whatever the condition. What a module that it imports may do is not told, nor are
/// other failures that only may happen.
fn possible_exits(runs: &[Run], found: &mut BTreeMap<(PathBuf, Span, String), Incident>) {
    let mut possible = BTreeMap::new();
    for (place, run) in runs.iter().enumerate() {
        let modules = run.prediction.modules.iter().filter(|module| module.kind == ModuleKind::Module);
        for module in modules {
            let is_exit = |failure: &&Failure| {
                let mut steps = failure.trace.0.iter();
                matches!(failure.cause, Some(Cause::Exit { .. }))
                    && !steps.any(|step| matches!(step.kind, StepKind::Import(_)))
            };
            for failure in module.perhaps.iter().filter(is_exit) {
                let failure = Failure { certain: false, ..failure.clone() };
                enter(&mut possible, &failure, Outcome::Aborts, place, None, &module.path, Reach::Modules);
            }
        }
    }
    for (key, incident) in possible {
        found.entry(key).or_insert(incident);
    }
}

fn enter(
    found: &mut BTreeMap<(PathBuf, Span, String), Incident>,
    failure: &Failure,
    outcome: Outcome,
    run: usize,
    exit_code: Option<i32>,
    path: &Path,
    reach: Reach,
) {
    let at =
        failure.site.as_ref().map_or_else(|| Arc::new(path.to_path_buf()), |site| Arc::clone(&site.path));
    let span = failure.site.as_ref().map_or_else(Span::default, |site| site.span);
    let key = (at.to_path_buf(), span, failure.exception.clone());
    let incident = found.entry(key).or_insert_with(|| Incident {
        failure: failure.clone(),
        outcome,
        runs: Vec::new(),
        stops: Vec::new(),
        exit_code,
        path: at,
        reach,
    });
    if failure.certain && !incident.failure.certain {
        incident.failure = failure.clone();
        incident.exit_code = exit_code;
    }
    incident.outcome = incident.outcome.max(outcome);
    if incident.runs.last() != Some(&run) {
        incident.runs.push(run);
    }
    incident.stops.push(path.to_path_buf());
}

impl Incident {
    pub fn cause(&self) -> Option<&Cause> {
        self.failure.cause.as_ref()
    }

    /// The last line of pytest's traceback, without what further lines of the message say.
    pub fn says(&self) -> String {
        let message = self.failure.message.as_deref().and_then(|message| message.lines().next());
        match message.unwrap_or_default() {
            "" => self.failure.exception.clone(),
            message => format!("{}: {message}", self.failure.exception),
        }
    }

    /// The first line of the message.
    pub fn words(&self) -> String {
        let message = self.failure.message.as_deref().and_then(|message| message.lines().next());
        message.unwrap_or(&self.failure.exception).to_owned()
    }

    /// "stops 3 test modules; pytest exits with 3"
    pub fn impact(&self) -> String {
        let modules = match self.stops.len() {
            1 => "1 test module".to_owned(),
            several => format!("{several} test modules"),
        };
        let stops = match self.reach {
            Reach::Modules => format!("stops {modules}"),
            Reach::Start => "keeps pytest from starting".to_owned(),
            Reach::Session => "ends the session".to_owned(),
        };
        match self.exit_code {
            Some(code) => format!("{stops}; pytest exits with {code}"),
            None => stops,
        }
    }
}
