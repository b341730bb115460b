//! All files of a run, read and parsed once.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::ParsedFile;
use crate::fs::FileSystem;

/// All files that were read, each parsed once, shared by all threads and environments.
pub struct Sources<'fs> {
    fs: &'fs FileSystem,
    files: elsa::sync::FrozenMap<PathBuf, Box<OnceLock<Result<ParsedFile, io::Error>>>>,
}

impl<'fs> Sources<'fs> {
    pub fn new(fs: &'fs FileSystem) -> Self {
        Self { fs, files: elsa::sync::FrozenMap::new() }
    }

    pub fn fs(&self) -> &'fs FileSystem {
        self.fs
    }

    /// The parsed file at an absolute path; waits where another thread is parsing it. The error is the
    /// operating system's.
    pub fn get(&self, path: &Path) -> Result<&ParsedFile, &io::Error> {
        let known = self.files.get(path);
        let file = known.unwrap_or_else(|| self.files.insert(path.to_path_buf(), Box::default()));
        let parse = || self.fs.read(path).map(|bytes| ParsedFile::new(path.to_path_buf(), &bytes));
        file.get_or_init(parse).as_ref()
    }

    /// The files that were asked for until now, sorted.
    pub fn paths(&self) -> Vec<PathBuf> {
        let mut paths = self.files.keys_cloned();
        paths.sort();
        paths
    }
}
