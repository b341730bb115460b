//! All files of a run, read and parsed once.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::ParsedFile;
use crate::fs::FileSystem;

/// What code that is in no file has for a path.
pub(super) const SNIPPET: &str = "<string>";

/// All files that were read, each parsed once, shared by all threads and environments.
pub struct Sources<'fs> {
    fs: &'fs FileSystem,
    files: elsa::sync::FrozenMap<PathBuf, Box<OnceLock<Result<ParsedFile, io::Error>>>>,
    snippets: [elsa::sync::FrozenMap<String, Box<ParsedFile>>; 2],
}

impl<'fs> Sources<'fs> {
    pub fn new(fs: &'fs FileSystem) -> Self {
        Self { fs, files: elsa::sync::FrozenMap::new(), snippets: Default::default() }
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

    /// A text of the program that is run as code. Its annotations may be delayed because those of the code are
    /// that compiles it.
    pub fn snippet(&self, text: &str, delays_annotations: bool) -> &ParsedFile {
        let snippets = &self.snippets[usize::from(delays_annotations)];
        snippets.get(text).unwrap_or_else(|| {
            let mut file = ParsedFile::new(PathBuf::from(SNIPPET), text.as_bytes());
            file.delays_annotations = delays_annotations;
            snippets.insert(text.to_owned(), Box::new(file))
        })
    }
}
