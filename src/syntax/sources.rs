//! All files of a run, read and parsed once.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::ParsedFile;
use crate::fs::FileSystem;

/// All files that were read, each parsed once, shared by all threads and environments.
pub struct Sources<'fs> {
    fs: &'fs FileSystem,
    files: elsa::sync::FrozenMap<PathBuf, Box<Result<ParsedFile, std::io::Error>>>,
}

impl<'fs> Sources<'fs> {
    pub fn new(fs: &'fs FileSystem) -> Self {
        Self { fs, files: elsa::sync::FrozenMap::new() }
    }

    pub fn fs(&self) -> &'fs FileSystem {
        self.fs
    }

    /// The parsed file at an absolute path. The error is the operating system's.
    pub fn get(&self, path: &Path) -> Result<&ParsedFile, &std::io::Error> {
        let known = self.files.get(path);
        let file = match known {
            Some(file) => file,
            None => {
                let file = self.fs.read(path).map(|bytes| ParsedFile::new(path.to_path_buf(), &bytes));
                self.files.insert(path.to_path_buf(), Box::new(file))
            }
        };
        file.as_ref()
    }

    /// Reads and parses these files, many at a time; errors wait for [`Self::get`].
    pub fn prefetch<P: AsRef<Path> + Sync>(&self, paths: &[P]) {
        paths.par_iter().for_each(|path| {
            let _ = self.get(path.as_ref());
        });
    }
}
