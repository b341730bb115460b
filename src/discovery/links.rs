//! Links into their own ancestors. pytest follows them until the operating system refuses, some forty
//! times; two of them side by side would go on for ever.

use std::path::Path;

use crate::fs::FileSystem;

/// So many directories below such links are walked.
const BUDGET: usize = 4000;

#[derive(Debug, Default)]
pub(super) struct Links {
    looped: usize,
    /// Some were not walked.
    pub(super) truncated: bool,
}

impl Links {
    /// Whether `directory` is a link to a directory that holds it.
    pub(super) fn is_loop(fs: &FileSystem, directory: &Path) -> bool {
        let Some(target) = fs.link_target(directory) else { return false };
        directory.parent().is_some_and(|parent| fs.real_path(parent).starts_with(&target))
    }

    /// Whether a directory may be walked, `looped` or not.
    pub(super) fn admits(&mut self, looped: bool) -> bool {
        if looped {
            self.looped += 1;
            if self.looped > BUDGET {
                self.truncated = true;
                return false;
            }
        }
        true
    }
}
