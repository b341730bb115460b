//! `.pth` files: lines that name folders, and lines of code.

use std::path::{Path, PathBuf};

use super::hooks::Hooks;
use crate::fs::{EntryKind, FileSystem};

/// `sys.path` after the standard library, and what the lines of code may do to imports.
#[derive(Debug, Default)]
pub(super) struct SearchPath {
    pub(super) paths: Vec<PathBuf>,
    pub(super) hooks: Hooks,
}

/// The site folders and what their `.pth` files add, as `site.addsitedir` does it.
pub(super) fn search_path(fs: &FileSystem, site: &[PathBuf]) -> SearchPath {
    let mut found = SearchPath::default();
    for folder in site {
        push(fs, folder, &mut found.paths);
        let Some(listing) = fs.list(folder) else { continue };
        for (name, kind) in listing.iter() {
            let Some(name) = name.to_str() else { continue };
            let is_path_file = Path::new(name).extension().is_some_and(|extension| extension == "pth")
                && !name.starts_with('.');
            if *kind == EntryKind::File && is_path_file {
                read(fs, folder, name, &mut found);
            }
        }
    }
    found
}

fn read(fs: &FileSystem, folder: &Path, name: &str, found: &mut SearchPath) {
    let Ok(bytes) = fs.read(&folder.join(name)) else { return };
    let text = String::from_utf8_lossy(&bytes);
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim_end();
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with("import ") || line.starts_with("import\t") {
            found.hooks.line_of_code(fs, folder, line);
            continue;
        }
        let path = folder.join(line);
        if fs.is_dir(&path) {
            push(fs, &path, &mut found.paths);
        } else if fs.is_file(&path) {
            // A zipped egg: nobody looks into it here.
            found.hooks.archive();
        }
    }
}

fn push(fs: &FileSystem, path: &Path, paths: &mut Vec<PathBuf>) {
    let path = fs.real_path(path);
    if !paths.contains(&path) {
        paths.push(path);
    }
}
