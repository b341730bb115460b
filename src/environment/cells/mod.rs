//! Cells: the environments in which the project's tests are run, by its workflows or by hand.
//!
//! [`Project::read`] brings together what a repository declares, its lock files and its workflows;
//! [`Project::environments`] says of every cell which third-party modules are there. The answer has three
//! values: certainly there, certainly absent, unknown.

mod naming;
mod optional;
mod release;
mod resolution;
mod stated;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pep508_rs::PackageName;

use super::ci::{self, Found};
use super::command::Files;
pub use super::command::PytestCall;
use super::declare::{
    Applies, CondaEnvironment, Declarations, Item, MarkerContext, ReadOutline, RequirementsFile,
};
use super::declared::Declared;
use super::document::{Document, DocumentError, Format};
use super::install::{Installs, What};
use super::interpreter::Interpreter;
use super::lock::{self, Graph, Lock, Root};
use super::names::Names;
use super::variables::Variables;
use super::{Environment, Installed, Machine, Place, Platform, PytestVersion, PythonVersion, ThirdParty};
use crate::fs::FileSystem;

pub use optional::{DeclaredAt, List, OptionalModule};
pub use stated::StatedCell;

/// One run of the tests: a job of a workflow with one combination of its matrix, a tox environment in it,
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
    pub variables: Variables,
    pub pytest: PytestCall,
    /// Where pytest is started, absolute.
    pub working_directory: PathBuf,
    /// The step that runs the tests, or the table that states the cell.
    pub place: Place,
}

/// What is known besides the repository's own files.
#[derive(Clone, Copy, Default)]
pub struct Knowledge<'a> {
    /// `[tool.collectlint.cells]`
    pub stated: &'a [StatedCell],
    /// `package-module-name-map`: distribution → modules.
    pub module_names: Option<&'a BTreeMap<String, Vec<String>>>,
    /// An environment of the user's: it knows which distribution has which modules and needs what.
    pub installed: Option<&'a Installed>,
}

/// A repository with everything it says about the environments of its tests.
#[derive(Debug)]
pub struct Project {
    pub root: PathBuf,
    /// Those of the configuration first, then those of the workflows in the order of the files.
    pub cells: Vec<Cell>,
    /// By directory: the root, and every project of the repository that a cell installs.
    pub declarations: BTreeMap<PathBuf, Declarations>,
    pub requirements: BTreeMap<PathBuf, RequirementsFile>,
    pub locks: Vec<Lock>,
    /// Files that are not in their own language.
    pub errors: Vec<DocumentError>,
    conda: Vec<CondaEnvironment>,
    pylocks: BTreeMap<PathBuf, Document>,
    names: Arc<Names>,
    graph: Graph,
}

/// Projects of one repository that are read at most.
const MOST_PROJECTS: usize = 200;

impl Project {
    /// Reads the repository at an absolute path. `outline` reads `setup.py` and `noxfile.py`.
    pub fn read(fs: &FileSystem, root: &Path, outline: &ReadOutline<'_>, knowledge: Knowledge<'_>) -> Self {
        let files = Files::new(fs, root, outline);
        let (found, mut errors) = ci::read(&files);
        let own = files.declarations(root);
        let mut cells: Vec<Cell> = knowledge.stated.iter().map(|stated| stated.cell(own)).collect();
        for mut cell in from_workflows(found) {
            if cells.iter().any(|known| known.name == cell.name) {
                cell.name.push_str("-workflow");
            }
            cells.push(cell);
        }
        let mut project = Self {
            root: root.to_path_buf(),
            cells,
            declarations: BTreeMap::new(),
            requirements: BTreeMap::new(),
            locks: Vec::new(),
            errors: Vec::new(),
            conda: Vec::new(),
            pylocks: BTreeMap::new(),
            names: Arc::new(names(knowledge)),
            graph: Graph::default(),
        };
        project.read_members(fs, outline);
        project.read_locks(fs);
        if let Some(installed) = knowledge.installed {
            project.graph.complement(&metadata_graph(installed));
        }
        errors.append(&mut project.errors);
        project.errors = errors;
        project
    }

    /// The root's declarations, and those of every directory that cells and declarations mention.
    fn read_members(&mut self, fs: &FileSystem, outline: &ReadOutline<'_>) {
        let mut pending = vec![self.root.clone()];
        let mut files: BTreeSet<PathBuf> = BTreeSet::new();
        for cell in &self.cells {
            for install in &cell.installed.steps {
                match &install.what {
                    What::Project(project) => pending.push(project.root.clone()),
                    What::Pipfile { directory, .. } => pending.push(directory.clone()),
                    What::Requirements(path) | What::CondaEnvironment(path) => {
                        files.insert(path.clone());
                    }
                    What::Package(dependency) => pending.extend(dependency.directory.clone()),
                }
            }
        }
        while let Some(directory) = pending.pop() {
            if self.declarations.contains_key(&directory) || self.declarations.len() >= MOST_PROJECTS {
                continue;
            }
            let mut declarations = Declarations::read(fs, &directory, outline);
            if directory == self.root {
                for path in &files {
                    declarations.add_requirements(fs, path);
                }
            }
            pending.extend(declarations.sources.values().cloned());
            pending.extend(declarations.members.iter().cloned());
            pending.extend(local_directories(&declarations));
            self.errors.append(&mut declarations.errors);
            self.declarations.insert(directory, declarations);
        }
        for declarations in self.declarations.values() {
            self.requirements
                .extend(declarations.requirements.iter().map(|(path, file)| (path.clone(), file.clone())));
            self.conda.extend(declarations.conda.iter().cloned());
        }
        for path in files {
            if path.extension().is_some_and(|extension| extension == "toml") {
                if let Some(Ok(document)) = Document::read(fs, &path, Format::Toml) {
                    self.pylocks.insert(path, document);
                }
            } else if !self.conda.iter().any(|known| known.path == path)
                && let Some(environment) = CondaEnvironment::read(fs, &path)
            {
                self.conda.push(environment);
            }
        }
    }

    fn read_locks(&mut self, fs: &FileSystem) {
        for directory in self.declarations.keys() {
            let (locks, errors) = lock::read(fs, directory);
            self.locks.extend(locks);
            self.errors.extend(errors);
        }
        for lock in &self.locks {
            self.graph.complement(&lock.graph);
        }
    }

    fn conda(&self, path: &Path) -> Option<&CondaEnvironment> {
        self.conda.iter().find(|environment| environment.path == path)
    }

    fn pylock(&self, path: &Path, context: &MarkerContext) -> Option<Vec<Root>> {
        self.pylocks.get(path).map(|document| lock::read_pylock(document, context))
    }

    /// Every cell with its environment. What a cell does not say is taken from `usual`.
    pub fn environments(&self, usual: &Environment) -> Vec<(Cell, Environment)> {
        let mentioned: BTreeSet<PackageName> = self.mentioned().into_keys().collect();
        let locked = self.locks.iter().flat_map(|lock| lock.packages.keys().cloned());
        let steps = self.cells.iter().flat_map(|cell| &cell.installed.steps);
        let elsewhere = steps.filter_map(|step| match &step.what {
            What::Package(dependency) => dependency.name.clone(),
            What::Project(_) | What::Requirements(_) | What::CondaEnvironment(_) | What::Pipfile { .. } => {
                None
            }
        });
        let mentioned: BTreeSet<PackageName> = mentioned.into_iter().chain(locked).chain(elsewhere).collect();
        let environment = |cell: &Cell| (cell.clone(), self.environment(cell, usual, &mentioned));
        self.cells.iter().map(environment).collect()
    }

    fn environment(
        &self,
        cell: &Cell,
        usual: &Environment,
        mentioned: &BTreeSet<PackageName>,
    ) -> Environment {
        let context = MarkerContext::new(cell.python, cell.platform, cell.machine);
        let resolution = resolution::resolve(self, &cell.installed, &context);
        let python = cell.python.unwrap_or(usual.python.peek());
        let platform = cell.platform.unwrap_or(Platform::Linux);
        let locked = if resolution.locked { self.locked_pytest(&context) } else { None };
        let pytest = locked.or_else(|| release::choose(&resolution.pytest, python)).unwrap_or(usual.pytest);
        let is_there =
            |name: &PackageName| resolution.installed.contains(name) || resolution.possible.contains(name);
        let left_out = mentioned.iter().filter(|name| !is_there(name)).cloned().collect();
        let declared = Declared {
            left_out,
            installed: resolution.installed,
            possible: resolution.possible,
            // A machine's own Python may hold anything.
            closed: resolution.closed && cell.python.is_some(),
            projects: resolution.projects,
            names: Arc::clone(&self.names),
        };
        let mut variables = cell.variables.clone();
        if pytest.at_least(8, 2) {
            variables.insert("PYTEST_VERSION".to_owned(), Some(pytest.to_string()));
        }
        Environment {
            name: cell.name.clone(),
            python: python.into(),
            platform: platform.into(),
            machine: cell.machine.unwrap_or_default().into(),
            pytest,
            third_party: ThirdParty::Declared(Arc::new(declared)),
            absent: usual.absent.clone(),
            all_variables: false,
            python_path: python_path(cell),
            variables,
            source: "cell",
        }
    }

    /// The version of pytest that the lock files agree on.
    fn locked_pytest(&self, context: &MarkerContext) -> Option<PytestVersion> {
        let pytest: PackageName = "pytest".parse().ok()?;
        let locked = self.locks.iter().filter_map(|lock| lock.packages.get(&pytest));
        let versions = locked.flat_map(|locked| &locked.versions);
        let fitting = versions.filter(|(_, marker)| context.evaluate(marker, &[]) != Applies::No);
        let mut fitting = fitting.map(|(version, _)| version);
        let only = fitting.next()?;
        fitting.all(|other| other == only).then(|| only.parse().ok())?
    }
}

/// `PYTHONPATH` of the cell, made absolute.
fn python_path(cell: &Cell) -> Vec<PathBuf> {
    let Some(Some(value)) = cell.variables.get("PYTHONPATH") else { return Vec::new() };
    let separator = if cell.platform == Some(Platform::Windows) { ';' } else { ':' };
    let parts = value.split(separator).filter(|part| !part.is_empty());
    parts.map(|part| super::declare::dependency::normalize(&cell.working_directory.join(part))).collect()
}

/// The cells of the workflows. Runs that differ in nothing but their place are one cell.
fn from_workflows(mut found: Vec<Found>) -> Vec<Cell> {
    let mut kept: Vec<Found> = Vec::new();
    for one in found.drain(..) {
        if !kept.iter().any(|known| is_same(known, &one)) {
            kept.push(one);
        }
    }
    let names = naming::names(&kept);
    kept.into_iter()
        .zip(names)
        .map(|(found, name)| {
            let state = found.session.state;
            Cell {
                name,
                python: state.python.version(),
                platform: state.platform,
                machine: state.machine,
                installed: state.installed,
                variables: state.variables,
                pytest: found.session.pytest,
                working_directory: state.directory,
                place: found.session.place,
            }
        })
        .collect()
}

fn is_same(left: &Found, right: &Found) -> bool {
    let (a, b) = (&left.session.state, &right.session.state);
    let installs = |installed: &Installs| {
        let whats = installed.steps.iter().map(|step| (without_place(&step.what), step.certain));
        (whats.collect::<Vec<_>>(), installed.everything_known)
    };
    left.session.pytest == right.session.pytest
        && (a.python, a.platform, a.machine, a.host) == (b.python, b.platform, b.machine, b.host)
        && a.python != Interpreter::Unknown
        && a.directory == b.directory
        && a.variables == b.variables
        && installs(&a.installed) == installs(&b.installed)
}

/// What is installed, whatever line says so.
fn without_place(what: &What) -> What {
    match what {
        What::Package(dependency) => {
            let mut same = dependency.clone();
            same.place.line = 0;
            same.place.span = crate::text::Span::default();
            same.place.path = Arc::default();
            What::Package(same)
        }
        What::Project(_) | What::Requirements(_) | What::CondaEnvironment(_) | What::Pipfile { .. } => {
            what.clone()
        }
    }
}

/// Directories that dependencies name.
fn local_directories(declarations: &Declarations) -> Vec<PathBuf> {
    let groups = declarations.groups.values().map(|group| &group.dependencies);
    let lists = [&declarations.dependencies].into_iter().chain(declarations.extras.values()).chain(groups);
    let files = declarations.requirements.values().flat_map(|file| &file.items);
    let items = lists.flat_map(|list| &list.items).chain(files);
    items
        .filter_map(|item| match item {
            Item::Dependency(dependency) => dependency.directory.clone(),
            Item::Requirements(..) | Item::Group(..) => None,
        })
        .collect()
}

fn names(knowledge: Knowledge<'_>) -> Names {
    let mut metadata: BTreeMap<PackageName, BTreeSet<String>> = BTreeMap::new();
    if let Some(installed) = knowledge.installed {
        for module in installed.top_level_modules() {
            for distribution in installed.distributions_of(&module) {
                if let Ok(name) = distribution.name.parse() {
                    metadata.entry(name).or_default().insert(module.clone());
                }
            }
        }
    }
    let configured = knowledge.module_names.into_iter().flatten();
    let configured = configured
        .filter_map(|(name, modules)| Some((name.parse().ok()?, modules.iter().cloned().collect())));
    Names::new(metadata, configured.collect())
}

fn metadata_graph(installed: &Installed) -> Graph {
    let distributions = installed.distributions().iter().filter_map(|distribution| {
        let requires = distribution.requires.iter().map(String::as_str).collect();
        Some((distribution.name.parse().ok()?, requires))
    });
    Graph::from_metadata(distributions)
}

#[cfg(test)]
mod tests;
