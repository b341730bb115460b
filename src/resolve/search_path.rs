//! `sys.path`.

use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::settings::pytest::PytestSettings;

/// One entry of `sys.path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathEntry {
    /// A directory of the project, absolute.
    Directory(PathBuf),
    /// An entry of the interpreter that holds nothing of interest, such as the directory of the
    /// `pytest` script; it only counts for positions.
    Interpreter,
    StandardLibrary,
    SitePackages,
    /// Something was inserted that is not known.
    Unknown,
}

/// `sys.path`, first entry first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPath {
    entries: Vec<PathEntry>,
}

impl SearchPath {
    /// `sys.path` when pytest loads the first conftest.
    pub fn at_start(settings: &PytestSettings, environment: &Environment) -> Self {
        let started = |directory: &PathBuf| PathEntry::Directory(directory.clone());
        let mut entries: Vec<PathEntry> = settings.pythonpath.iter().map(started).collect();
        entries.push(if settings.python_m {
            started(&settings.invocation_dir)
        } else {
            PathEntry::Interpreter
        });
        entries.extend(environment.python_path.iter().map(started));
        // The zip file, the directory and its `lib-dynload`.
        entries.extend([PathEntry::Interpreter, PathEntry::StandardLibrary, PathEntry::Interpreter]);
        entries.push(PathEntry::SitePackages);
        Self { entries }
    }

    /// `directories`, then the interpreter's own.
    pub fn new(directories: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut entries: Vec<PathEntry> = directories.into_iter().map(PathEntry::Directory).collect();
        entries.extend([PathEntry::StandardLibrary, PathEntry::SitePackages]);
        Self { entries }
    }

    pub fn entries(&self) -> &[PathEntry] {
        &self.entries
    }

    /// `sys.path[:] = entries`
    pub fn replace(&mut self, entries: Vec<PathEntry>) {
        self.entries = entries;
    }

    /// The directories of the project, in order.
    pub fn directories(&self) -> impl Iterator<Item = &Path> {
        self.entries.iter().filter_map(|entry| match entry {
            PathEntry::Directory(directory) => Some(directory.as_path()),
            PathEntry::Interpreter
            | PathEntry::StandardLibrary
            | PathEntry::SitePackages
            | PathEntry::Unknown => None,
        })
    }

    /// `directory in sys.path`
    pub fn contains(&self, directory: &Path) -> bool {
        self.directories().any(|known| known == directory)
    }

    /// `sys.path.insert(index, entry)`, with Python's meaning of negative and too large positions.
    pub fn insert(&mut self, index: isize, entry: PathEntry) {
        let length = self.entries.len();
        let at = if index < 0 {
            length.saturating_sub(index.unsigned_abs())
        } else {
            index.unsigned_abs().min(length)
        };
        self.entries.insert(at, entry);
    }

    /// `sys.path.append(entry)`
    pub fn push(&mut self, entry: PathEntry) {
        self.entries.push(entry);
    }

    /// `sys.path.remove(directory)`; whether it was there.
    pub fn remove(&mut self, directory: &Path) -> bool {
        let at = self
            .entries
            .iter()
            .position(|entry| matches!(entry, PathEntry::Directory(known) if known.as_path() == directory));
        at.map(|at| self.entries.remove(at)).is_some()
    }

    /// What pytest does in prepend mode: `directory` becomes the first entry, unless it is.
    pub fn prepend(&mut self, directory: &Path) {
        if !matches!(self.entries.first(), Some(PathEntry::Directory(first)) if first == directory) {
            self.entries.insert(0, PathEntry::Directory(directory.to_path_buf()));
        }
    }

    /// What pytest does in append mode: `directory` becomes the last entry, unless it is on the path.
    pub fn append(&mut self, directory: &Path) {
        if !self.contains(directory) {
            self.entries.push(PathEntry::Directory(directory.to_path_buf()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directories(path: &SearchPath) -> Vec<&str> {
        path.directories().filter_map(Path::to_str).collect()
    }

    #[test]
    fn prepending_looks_at_the_first_entry_only_and_appending_at_all() {
        let mut path = SearchPath::new([PathBuf::from("/a"), PathBuf::from("/b")]);
        path.prepend(Path::new("/a"));
        assert_eq!(directories(&path), ["/a", "/b"]);
        path.prepend(Path::new("/b"));
        assert_eq!(directories(&path), ["/b", "/a", "/b"]);
        path.append(Path::new("/a"));
        assert_eq!(directories(&path), ["/b", "/a", "/b"]);
        path.append(Path::new("/c"));
        assert_eq!(path.entries().last(), Some(&PathEntry::Directory(PathBuf::from("/c"))));
    }

    #[test]
    fn positions_are_pythons() {
        let mut path = SearchPath::new([PathBuf::from("/a")]);
        path.insert(-1, PathEntry::Unknown);
        assert_eq!(path.entries()[2], PathEntry::Unknown);
        path.insert(99, PathEntry::Directory(PathBuf::from("/z")));
        path.insert(-99, PathEntry::Directory(PathBuf::from("/y")));
        assert_eq!(directories(&path), ["/y", "/a", "/z"]);
        assert!(path.remove(Path::new("/a")));
        assert!(!path.remove(Path::new("/a")));
    }
}
