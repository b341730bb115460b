//! Test modules that are imported only because of those that pytest met before them.
//!
//! pytest puts the folder of every test module on `sys.path` and leaves it there. What lies beside one module can
//! be imported by all that come later, as long as the first is collected, too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::Request;
use super::runs::{invocation, predict_session};
use crate::discovery::ModuleKind;
use crate::environment::{Absence, Presence};
use crate::fs::FileSystem;
use crate::interp::{Cause, EventKind};
use crate::outcome::{ModulePrediction, Outcome};
use crate::resolve::{PathEntry, SearchPath};
use crate::rules::{Dependent, Run};
use crate::settings::pytest::ImportMode;
use crate::syntax::Sources;

/// Modules that are predicted alone at most.
const MOST: usize = 50;

/// A test module, and what it imports from folders that others bring in.
type Candidate<'r> = (&'r ModulePrediction, BTreeMap<&'r str, &'r Path>);

/// The modules that are collected with the others, and cannot be imported alone.
pub(super) fn dependents(sources: &Sources<'_>, request: &Request, first: &Run) -> Vec<Dependent> {
    let candidates = candidates(sources, first);
    candidates
        .into_par_iter()
        .take(MOST)
        .filter_map(|(module, borrowed)| alone(sources, request, first, module, &borrowed))
        .collect()
}

fn candidates<'r>(sources: &'r Sources<'_>, first: &'r Run) -> Vec<Candidate<'r>> {
    let prediction = &first.prediction;
    let settings = &prediction.settings;
    if settings.import_mode == ImportMode::Importlib {
        return Vec::new();
    }
    let events = prediction.modules.iter().flat_map(|module| &module.events);
    let events = events.chain(prediction.conftests.iter().flat_map(|conftest| &conftest.events));
    let loaded: BTreeMap<&str, &Path> = events
        .filter_map(|event| match &event.kind {
            EventKind::FirstParty { module, path } if !module.contains('.') => {
                Some((&**module, path.as_path()))
            }
            _ => None,
        })
        .collect();
    let start = SearchPath::at_start(settings, &first.environment);
    let start: BTreeSet<&Path> = start_directories(&start).collect();
    let is_module = |module: &&ModulePrediction| {
        module.kind == ModuleKind::Module && module.outcome == Outcome::Collected && module.failure.is_none()
    };
    let candidate = |module: &'r ModulePrediction| {
        let above = prediction.conftests.iter().map(|conftest| conftest.path.as_path());
        let above = above.filter(|path| path.parent().is_some_and(|folder| module.path.starts_with(folder)));
        let own: BTreeSet<PathBuf> =
            above.chain([module.path.as_path()]).filter_map(|path| base(sources.fs(), path)).collect();
        let imported = sources.get(&module.path).ok()?.imported_modules();
        let borrowed: BTreeMap<&str, &Path> = imported
            .into_iter()
            .filter_map(|name| Some((name, *loaded.get(name)?)))
            .filter(|(name, path)| {
                let installed = matches!(
                    first.environment.third_party(name),
                    Presence::Installed(Some(known)) if known == **path
                );
                !installed && root_of(path).is_some_and(|root| !own.contains(root) && !start.contains(root))
            })
            .collect();
        (!borrowed.is_empty()).then_some((module, borrowed))
    };
    prediction.modules.iter().filter(is_module).filter_map(candidate).collect()
}

fn start_directories(path: &SearchPath) -> impl Iterator<Item = &Path> {
    path.entries().iter().filter_map(|entry| match entry {
        PathEntry::Directory(directory) => Some(directory.as_path()),
        PathEntry::Interpreter
        | PathEntry::StandardLibrary
        | PathEntry::SitePackages
        | PathEntry::Unknown => None,
    })
}

/// What becomes of a module if pytest is asked for it alone.
fn alone(
    sources: &Sources<'_>,
    request: &Request,
    first: &Run,
    module: &ModulePrediction,
    borrowed: &BTreeMap<&str, &Path>,
) -> Option<Dependent> {
    let mut environment = first.environment.clone();
    // What is a file of the project is not installed besides.
    environment.absent.extend(borrowed.keys().map(|name| (*name).to_owned()));
    let only = Request { paths: vec![module.path.clone()], ..request.clone() };
    let prediction = predict_session(sources, request, &environment, invocation(&only), Absence::Stated);
    let again = prediction.modules.into_iter().find(|other| other.path == module.path)?;
    let failure =
        again.failure.filter(|failure| failure.certain && again.outcome.fails() && again.certain)?;
    let Some(Cause::MissingModule { name, .. }) = &failure.cause else { return None };
    let found = borrowed.get(name.split('.').next()?)?;
    let root = root_of(found)?;
    let brings = |other: &&ModulePrediction| {
        other.path != module.path && base(sources.fs(), &other.path).as_deref() == Some(root)
    };
    let brought_by = first.prediction.modules.iter().find(brings).map(|other| other.path.clone());
    Some(Dependent { path: module.path.clone(), found: found.to_path_buf(), brought_by, failure })
}

/// The folder that pytest puts on `sys.path` for a file: the first above it that is no package.
fn base(fs: &FileSystem, path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find(|folder| !fs.is_file(&folder.join("__init__.py"))).map(Path::to_path_buf)
}

/// The folder that has to be on `sys.path` for a top-level module.
fn root_of(path: &Path) -> Option<&Path> {
    let folder = path.parent()?;
    if path.ends_with("__init__.py") { folder.parent() } else { Some(folder) }
}
