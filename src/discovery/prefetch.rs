//! The Python files a walk may meet, listed in parallel so that they can be parsed beforehand.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::fs::{EntryKind, FileSystem};

use super::argument::path_part;
use super::conftests::initial_directories;
use super::fnmatch::path_matches;
use super::ignore::{Ignored, Rules};
use super::node::ModuleFile;
use super::request::Request;
use super::visitor::{Collected, Control, Stage, Visitor};

/// The conftests, `__init__.py` files and modules below the arguments, sorted. Conftests are not asked
/// what to ignore, links to directories are not followed, and dotted names are not looked up: a walk can
/// meet fewer files, and some more.
pub fn candidates(request: &Request, fs: &FileSystem) -> Vec<PathBuf> {
    let rules = Rules::of(request, &mut Nobody, &[]);
    let arguments: Vec<PathBuf> =
        request.args.iter().map(|argument| request.absolute(path_part(argument))).collect();
    let mut files: Vec<PathBuf> = arguments
        .par_iter()
        .flat_map(|argument| {
            if fs.is_file(argument) { vec![argument.clone()] } else { below(request, fs, &rules, argument) }
        })
        .collect();
    let initial = initial_directories(request, fs);
    for directory in arguments.iter().chain(&initial).flat_map(|path| path.ancestors()) {
        let special = ["conftest.py", "__init__.py"].map(|name| directory.join(name));
        files.extend(special.into_iter().filter(|file| fs.is_file(file)));
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "py"));
    files.sort();
    files.dedup();
    files
}

fn below(request: &Request, fs: &FileSystem, rules: &Rules, directory: &Path) -> Vec<PathBuf> {
    let Some(listing) = fs.list(directory) else { return Vec::new() };
    let entries: Vec<_> = listing.iter().collect();
    entries
        .into_par_iter()
        .flat_map_iter(|(name, entry)| {
            let path = directory.join(name);
            let is_dir = *entry == EntryKind::Directory;
            if rules.standing(request, fs, &path, is_dir) == Ignored::Yes || name == "__pycache__" {
                return Vec::new();
            }
            if is_dir {
                if fs.link_target(&path).is_some() { Vec::new() } else { below(request, fs, rules, &path) }
            } else if is_candidate(request, &path) {
                vec![path]
            } else {
                Vec::new()
            }
        })
        .collect()
}

fn is_candidate(request: &Request, path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "conftest.py" || name == "__init__.py")
        || request.doctest_modules
        || request.python_files.iter().any(|pattern| path_matches(pattern, path, request.platform))
}

/// Conftests are not known yet.
struct Nobody;

impl Visitor for Nobody {
    fn conftest(&mut self, _path: &Path, _stage: Stage) -> Control {
        Control::Continue
    }

    fn module(&mut self, _module: &ModuleFile) -> Collected {
        Collected::Passed
    }
}
