//! The jobs that run the tests, as the project's workflows state them.
//!
//! Every job with every combination of its matrix is played through on a
//! [`Runner`](super::command::Runner); each start of pytest is a [`Found`]. What an expression hides is
//! unknown, never guessed. Jobs that never start pytest leave nothing.

mod actions;
mod azure;
mod expression;
mod github;
mod gitlab;
mod labels;
mod matrix;

use std::path::Path;

use super::command::{Files, Session};
use super::document::{Document, DocumentError, Format};
use crate::fs::{EntryKind, FileSystem};

/// One start of pytest in one combination of a job.
#[derive(Clone, Debug)]
pub struct Found {
    pub session: Session,
    /// The job's key in the workflow.
    pub job: String,
    /// The step's name, where it has one.
    pub step: Option<String>,
    /// The values of the matrix, without those of the Python version and the system.
    pub values: Vec<String>,
}

/// All jobs of all workflows of a repository that start pytest, in the order of the files.
pub fn read(files: &Files<'_>) -> (Vec<Found>, Vec<DocumentError>) {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    let mut each = |path: &Path, read: &dyn Fn(&Document, &Files<'_>) -> Vec<Found>| match Document::read(
        files.fs,
        path,
        Format::Yaml,
    ) {
        Some(Ok(document)) => found.extend(read(&document, files)),
        Some(Err(error)) => errors.push(error),
        None => {}
    };
    for path in yaml_files(files.fs, &files.root.join(".github").join("workflows")) {
        each(&path, &github::jobs);
    }
    each(&files.root.join(".gitlab-ci.yml"), &gitlab::jobs);
    for name in ["azure-pipelines.yml", ".azure-pipelines.yml", "azure-pipelines.yaml"] {
        each(&files.root.join(name), &azure::jobs);
    }
    (found, errors)
}

fn yaml_files(fs: &FileSystem, directory: &Path) -> Vec<std::path::PathBuf> {
    let Some(listing) = fs.list(directory) else { return Vec::new() };
    let files =
        listing.iter().filter(|(_, kind)| **kind == EntryKind::File).map(|(name, _)| directory.join(name));
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml"))
        .collect()
}

#[cfg(test)]
mod tests;
