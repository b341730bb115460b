//! The texts that findings point into.

use std::path::{Path, PathBuf};

use elsa::sync::FrozenMap;

use crate::syntax::Sources;
use crate::text::SourceFile;

/// Texts by absolute path: Python files as they were analysed, any other file as it is on disk.
pub struct Texts<'a> {
    sources: &'a Sources<'a>,
    others: FrozenMap<PathBuf, Box<Option<SourceFile>>>,
}

impl std::fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts").finish_non_exhaustive()
    }
}

impl<'a> Texts<'a> {
    pub fn new(sources: &'a Sources<'a>) -> Self {
        Self { sources, others: FrozenMap::new() }
    }

    /// `None` for what is no readable file: a folder, a file that a fix would create.
    pub fn get(&self, path: &Path) -> Option<&SourceFile> {
        if path.extension().is_some_and(|extension| extension == "py") {
            return self.sources.get(path).ok().map(|file| &file.source);
        }
        let known = self.others.get(path);
        known.unwrap_or_else(|| self.others.insert(path.to_path_buf(), Box::new(self.read(path)))).as_ref()
    }

    fn read(&self, path: &Path) -> Option<SourceFile> {
        let bytes = self.sources.fs().read(path).ok()?;
        Some(SourceFile::new(path, String::from_utf8_lossy(&bytes)))
    }
}
