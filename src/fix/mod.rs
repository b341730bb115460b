//! Repairs: which fixes go together, what the texts are afterwards, and again until nothing is left to
//! repair. Nothing is written here but by [`write`].

pub mod diff;
mod original;
mod select;
pub mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::check::Checked;
use crate::diagnostic::{Applicability, Diagnostic, RuleCode};
use crate::fs::FileSystem;
use crate::syntax::Sources;

use original::Originals;
pub use original::Refusal;

/// Rounds after which repairing ends, whatever is left: fixes that undo each other must not go on for ever.
const ROUNDS: usize = 20;

/// Contents by absolute path.
type Contents = BTreeMap<PathBuf, Arc<[u8]>>;

/// One file before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub path: PathBuf,
    /// `None` for a file that is created.
    pub before: Option<Arc<[u8]>>,
    pub after: Arc<[u8]>,
}

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Applied {
    /// Where its finding was.
    pub path: PathBuf,
    pub code: RuleCode,
    pub name: &'static str,
    pub message: String,
}

impl Applied {
    fn new(diagnostic: &Diagnostic) -> Self {
        Self {
            path: diagnostic.primary.path.to_path_buf(),
            code: diagnostic.code,
            name: diagnostic.name,
            message: diagnostic.fix.as_ref().map(|fix| fix.message.clone()).unwrap_or_default(),
        }
    }
}

/// All that repairing came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// By path.
    pub changes: Vec<Change>,
    pub applied: Vec<Applied>,
    /// What is found in the repaired texts.
    pub rest: Checked,
    /// Files that could not be edited, and why.
    pub refused: BTreeMap<PathBuf, Refusal>,
}

impl Repaired {
    /// The files of `fs` as they are after the repair.
    pub fn over(&self, fs: &FileSystem) -> FileSystem {
        let changes = self.changes.iter().map(|change| (change.path.clone(), Arc::clone(&change.after)));
        over(fs, changes)
    }
}

/// Applies the fixes that are at least as safe as `wanted` to the files of `fs`, in memory, and checks
/// again, until no fix is left.
///
/// `first` is what was found in `fs`. `check` says what is found in repaired texts; it offers as safe only
/// what it has verified.
pub fn repair<E>(
    fs: &FileSystem,
    first: Checked,
    wanted: Applicability,
    check: &mut dyn FnMut(&FileSystem) -> Result<Checked, E>,
) -> Result<Repaired, E> {
    let mut repaired = Repaired { rest: first, ..Repaired::default() };
    let mut contents = Contents::new();
    let mut seen = BTreeSet::from([contents.clone()]);
    for _round in 0..ROUNDS {
        let current = over(fs, contents.clone());
        let sources = Sources::new(&current);
        let mut originals = Originals::new(&sources);
        let chosen = select::together(&repaired.rest.diagnostics, wanted, &mut originals);
        let mut next = contents.clone();
        next.extend(originals.edited(&chosen));
        let applied: Vec<_> = chosen.iter().map(|diagnostic| Applied::new(diagnostic)).collect();
        repaired.refused.extend(originals.refusals());
        // NOTE: texts that were there before come from fixes that undo each other.
        if applied.is_empty() || !seen.insert(next.clone()) {
            break;
        }
        repaired.applied.extend(applied);
        contents = next;
        repaired.rest = check(&over(fs, contents.clone()))?;
    }
    repaired.applied.sort();
    repaired.changes = contents
        .into_iter()
        .map(|(path, after)| Change { before: fs.read(&path).ok(), path, after })
        .filter(|change| change.before.as_ref() != Some(&change.after))
        .collect();
    Ok(repaired)
}

/// `contents` over all that `fs` has.
fn over(fs: &FileSystem, contents: impl IntoIterator<Item = (PathBuf, Arc<[u8]>)>) -> FileSystem {
    let below = fs.overlay().map(|(path, content)| (path.to_path_buf(), Arc::clone(content)));
    FileSystem::with_overlay(below.chain(contents))
}

#[cfg(test)]
mod tests;
