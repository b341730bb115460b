//! Which conftests are loaded, and which of them apply to a directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::environment::PytestVersion;
use crate::fs::{EntryKind, FileSystem};

use super::argument::path_part;
use super::request::Request;
use super::visitor::{Control, Stage, Visitor};

/// The conftests loaded so far.
#[derive(Debug, Default)]
pub(super) struct Conftests {
    loaded: FxHashSet<PathBuf>,
    by_directory: FxHashMap<PathBuf, Arc<[PathBuf]>>,
}

impl Conftests {
    /// The conftests of the loaded `directory`, outermost first.
    pub(super) fn of(&self, directory: &Path) -> Arc<[PathBuf]> {
        self.by_directory.get(directory).map_or_else(|| Arc::from([]), Arc::clone)
    }

    /// Loads the conftests of `directory` and above it, outermost first, where that has not happened yet.
    pub(super) fn load(
        &mut self,
        request: &Request,
        fs: &FileSystem,
        visitor: &mut dyn Visitor,
        directory: &Path,
        stage: Stage,
    ) -> Control {
        if request.noconftest || self.by_directory.contains_key(directory) {
            return Control::Continue;
        }
        let mut ancestors: Vec<&Path> = directory.ancestors().collect();
        ancestors.reverse();
        let mut applicable = Vec::new();
        for ancestor in ancestors {
            if !request.in_confcutdir(ancestor) {
                continue;
            }
            let conftest = ancestor.join("conftest.py");
            if !fs.is_file(&conftest) {
                continue;
            }
            if !self.loaded.contains(&conftest) {
                match visitor.conftest(&conftest, stage) {
                    Control::Continue => {}
                    end @ (Control::Abandon | Control::Stop) => return end,
                }
                self.loaded.insert(conftest.clone());
            }
            applicable.push(conftest);
        }
        self.by_directory.insert(directory.to_path_buf(), applicable.into());
        Control::Continue
    }
}

/// The directories whose conftests are loaded before the session, in order: those of the arguments
/// that exist, each with its subdirectories called `test*`, or else of the invocation directory.
pub(super) fn initial_directories(request: &Request, fs: &FileSystem) -> Vec<PathBuf> {
    let mut directories = Vec::new();
    for argument in &request.initial_args {
        let anchor = request.absolute(path_part(argument));
        if fs.is_dir(&anchor) {
            with_test_directories(request, fs, anchor, &mut directories);
        } else if fs.is_file(&anchor)
            && let Some(parent) = anchor.parent()
        {
            directories.push(parent.to_path_buf());
        }
    }
    if directories.is_empty() {
        let start = request.invocation_dir.clone();
        // NOTE: 9.1.0 forgot the subdirectories here.
        if request.pytest == PytestVersion::new(9, 1, 0) {
            directories.push(start);
        } else {
            with_test_directories(request, fs, start, &mut directories);
        }
    }
    directories
}

/// NOTE: pytest takes the subdirectories in the order of the file system, which no text tells; here
/// they are sorted.
fn with_test_directories(
    request: &Request,
    fs: &FileSystem,
    anchor: PathBuf,
    directories: &mut Vec<PathBuf>,
) {
    let listing = fs.list(&anchor);
    let entries = listing.iter().flat_map(|listing| listing.iter());
    let below: Vec<PathBuf> = entries
        .filter(|(_, kind)| **kind == EntryKind::Directory)
        .filter(|(name, _)| super::fnmatch(&name.to_string_lossy(), "test*", request.platform))
        .map(|(name, _)| anchor.join(name))
        .collect();
    directories.push(anchor);
    directories.extend(below);
}
