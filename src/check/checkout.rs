//! A clean checkout: the same tests without the files that git does not track.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::environment::git::{Repository, Tracking};
use crate::fs::FileSystem;
use crate::interp::EventKind;
use crate::outcome::Prediction;
use crate::rules::Missing;

/// The modules that are imported here and that a clean checkout does not have.
///
/// Only what the project's own code imports counts: test modules and conftests that git does not track are not
/// collected there, and nothing is wrong with that.
pub(super) fn missing(first: &Prediction, repository: &Repository, fs: &FileSystem) -> Vec<Missing> {
    let mut missing: Vec<Missing> = imported(first)
        .into_iter()
        .filter_map(|(module, path)| {
            let is_ignored = is_lacking(repository, fs, path)?;
            Some(Missing { module: module.to_owned(), path: path.to_path_buf(), is_ignored })
        })
        .collect();
    missing.sort();
    missing.dedup();
    missing
}

/// Everything that is not there in a clean checkout, of what was met: files, and folders that would be empty.
pub(super) fn hidden(
    first: &Prediction,
    missing: &[Missing],
    repository: &Repository,
    fs: &FileSystem,
) -> Vec<PathBuf> {
    let modules = first.modules.iter().map(|module| module.path.as_path());
    let conftests = first.conftests.iter().map(|conftest| conftest.path.as_path());
    let met = modules.chain(conftests).filter(|path| is_lacking(repository, fs, path).is_some());
    let files: BTreeSet<&Path> = met.chain(missing.iter().map(|missing| missing.path.as_path())).collect();
    let folders = files.iter().flat_map(|file| file.ancestors().skip(1));
    let folders = folders.filter(|folder| folder.starts_with(repository.root()));
    let folders: BTreeSet<&Path> = folders.filter(|folder| !repository.has_directory(folder)).collect();
    files.into_iter().chain(folders).map(Path::to_path_buf).collect()
}

/// Whether a clean checkout lacks the file, and if so, whether it is ignored.
fn is_lacking(repository: &Repository, fs: &FileSystem, path: &Path) -> Option<bool> {
    match repository.tracking(fs, path) {
        Tracking::Untracked => Some(false),
        Tracking::Ignored => Some(true),
        Tracking::Tracked | Tracking::InSubmodule | Tracking::Outside => None,
    }
}

/// The project's modules that are imported, with their files.
fn imported(prediction: &Prediction) -> BTreeSet<(&str, &Path)> {
    let modules = prediction.modules.iter().flat_map(|module| &module.events);
    let conftests = prediction.conftests.iter().flat_map(|conftest| &conftest.events);
    let events = modules.chain(conftests);
    events
        .filter_map(|event| match &event.kind {
            EventKind::FirstParty { module, path } => Some((&**module, path.as_path())),
            _ => None,
        })
        .collect()
}
