//! What a 7.x session comes across below a directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::fs::EntryKind;

use super::{Halt, Walk};
use crate::discovery::ignore::{Ignored, Rules};
use crate::discovery::links::Links;

/// An entry that a visit comes across.
pub(super) struct Visited {
    pub(super) path: PathBuf,
    pub(super) is_dir: bool,
    pub(super) certain: bool,
}

/// A directory that a visit has yet to enter.
struct Pending {
    path: PathBuf,
    certain: bool,
    looped: bool,
    /// The visit starts here: it was not found in another directory.
    root: bool,
}

/// `_pytest.pathlib.visit`, one entry at a time. Both stacks hold what comes next at their end.
pub(super) struct Visit {
    entries: Vec<Visited>,
    pending: Vec<Pending>,
}

impl Visit {
    pub(super) fn new(directory: &Path, certain: bool) -> Self {
        let path = directory.to_path_buf();
        Self { entries: Vec::new(), pending: vec![Pending { path, certain, looped: false, root: true }] }
    }
}

impl Walk<'_, '_> {
    /// The next entry of a visit: all entries of a directory, then its subdirectories one by one.
    pub(super) fn next(&mut self, visit: &mut Visit) -> Result<Option<Visited>, Halt> {
        loop {
            if let Some(visited) = visit.entries.pop() {
                return Ok(Some(visited));
            }
            let Some(Pending { path, certain, looped, root }) = visit.pending.pop() else { return Ok(None) };
            let mut certain = certain;
            if !root {
                // `_recurse`
                if path.file_name().is_some_and(|name| name == "__pycache__") {
                    continue;
                }
                let parent = path.parent().unwrap_or(&path).to_path_buf();
                Result::from(self.session.load_conftests(self.visitor, &parent))?;
                match self.ignored(&path, true) {
                    Ignored::Yes => continue,
                    Ignored::No => {}
                    Ignored::Unknown => certain = false,
                }
            }
            let looped = looped || Links::is_loop(self.session.fs, &path);
            if !self.links.admits(looped) {
                continue;
            }
            let Some(listing) = self.session.fs.list(&path) else {
                self.visitor.unreadable(&path);
                return Err(Halt::Abandon);
            };
            for (name, kind) in listing.iter().rev() {
                let child = path.join(name);
                let is_dir = *kind == EntryKind::Directory;
                if is_dir {
                    visit.pending.push(Pending { path: child.clone(), certain, looped, root: false });
                }
                visit.entries.push(Visited { path: child, is_dir, certain });
            }
        }
    }

    pub(super) fn ignored(&mut self, path: &Path, is_dir: bool) -> Ignored {
        let directory = path.parent().unwrap_or(path);
        let conftests = self.session.conftests.of(directory);
        let rules = if let Some(rules) = self.rules.get(directory) {
            Arc::clone(rules)
        } else {
            let rules = Arc::new(Rules::of(self.session.request, self.visitor, &conftests));
            self.rules.insert(directory.to_path_buf(), Arc::clone(&rules));
            rules
        };
        self.session.ignored(self.visitor, &rules, path, is_dir, &conftests)
    }
}
