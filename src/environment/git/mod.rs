//! What git knows of a repository, read from its files; git is never started.
//!
//! A clean checkout holds what the index holds. Everything else (untracked, ignored, generated files) is on
//! this machine alone, and the contents of submodules are somewhere else.

mod ignored;
mod index;
mod modules;
mod urls;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::fs::FileSystem;

pub use modules::{Entry, GitModules, Setting};

/// The user's repository is at fault, or it is of a kind that is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    #[error("cannot read the index of the repository `{}`: {reason}", root.display())]
    Index { root: PathBuf, reason: String },
}

/// Whether a clean checkout has a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracking {
    Tracked,
    /// It is there, and git was never told.
    Untracked,
    /// `.gitignore` says that git is not to be told.
    Ignored,
    /// It belongs to a submodule, which a checkout may leave empty.
    InSubmodule,
    /// It lies outside the repository.
    Outside,
}

/// A repository's work tree with its index.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    /// Where git keeps its own files.
    git: PathBuf,
    /// Relative to the root, with `/`.
    tracked: BTreeSet<String>,
    /// Directories that a sparse index does not list.
    sparse: Vec<String>,
    gitlinks: BTreeSet<String>,
    modules: Option<GitModules>,
    ignored: ignored::Ignored,
}

/// What is wrong between the index and `.gitmodules`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmoduleProblem<'r> {
    /// No entry describes the gitlink. `git submodule status` fails.
    WithoutEntry { path: &'r str },
    /// `git submodule init` and `update` fail; `status` does not.
    WithoutUrl { entry: &'r Entry },
    /// The entry describes no gitlink: nothing is checked out.
    WithoutGitlink { entry: &'r Entry },
    /// The entry does not say where the submodule is.
    WithoutPath { entry: &'r Entry },
    /// Two entries are for the same path; git takes the later one.
    Duplicate { entry: &'r Entry, first: &'r Entry },
}

/// The directory of the work tree that holds an absolute path: the nearest with a `.git`.
pub fn root(fs: &FileSystem, directory: &Path) -> Option<PathBuf> {
    directory.ancestors().find(|ancestor| fs.exists(&ancestor.join(".git"))).map(Path::to_path_buf)
}

impl Repository {
    /// The repository whose work tree holds an absolute directory; `None` where there is none.
    pub fn read(fs: &FileSystem, directory: &Path) -> Option<Result<Self, GitError>> {
        let root = root(fs, directory)?;
        let git = git_directory(fs, &root)?;
        Some(Self::read_in(fs, root, &git))
    }

    fn read_in(fs: &FileSystem, root: PathBuf, git: &Path) -> Result<Self, GitError> {
        // A fresh repository has no index yet: nothing is tracked.
        let index = match fs.read(&git.join("index")) {
            Ok(bytes) => {
                index::read(&bytes).map_err(|reason| GitError::Index { root: root.clone(), reason })?
            }
            Err(_) => index::Index::default(),
        };
        let modules = GitModules::read(fs, &root.join(".gitmodules"));
        let ignored = ignored::Ignored::new(&root, git);
        let index::Index { tracked, sparse, gitlinks } = index;
        Ok(Self { root, git: git.to_path_buf(), tracked, sparse, gitlinks, modules, ignored })
    }

    /// The directory of the work tree.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The paths of the gitlinks, relative to the root.
    pub fn gitlinks(&self) -> &BTreeSet<String> {
        &self.gitlinks
    }

    pub fn modules(&self) -> Option<&GitModules> {
        self.modules.as_ref()
    }

    /// From where the submodule at a path, relative to the root, can be had, where git's files say so.
    pub fn submodule_url(&self, fs: &FileSystem, path: &str) -> Option<String> {
        urls::of_submodule(fs, &self.root, &self.git, path)
    }

    /// Whether a clean checkout has the file at an absolute path.
    pub fn tracking(&self, fs: &FileSystem, path: &Path) -> Tracking {
        let Some(relative) = self.relative(path) else { return Tracking::Outside };
        if self.tracked.contains(&relative)
            || self.sparse.iter().any(|directory| is_below(&relative, directory))
        {
            Tracking::Tracked
        } else if self.gitlinks.iter().any(|link| is_below(&relative, link)) {
            Tracking::InSubmodule
        } else if self.ignored.is_ignored(fs, path) {
            Tracking::Ignored
        } else {
            Tracking::Untracked
        }
    }

    /// Whether a clean checkout has anything in the directory.
    pub fn has_directory(&self, path: &Path) -> bool {
        let Some(relative) = self.relative(path) else { return false };
        if relative.is_empty() {
            return true;
        }
        let start = format!("{relative}/");
        self.tracked.range(start.clone()..).next().is_some_and(|first| first.starts_with(&start))
            || self.gitlinks.contains(&relative)
            || self.sparse.iter().any(|directory| is_below(&relative, directory) || relative == *directory)
    }

    /// What is wrong with the submodules, in the order of their paths.
    pub fn submodule_problems(&self) -> Vec<SubmoduleProblem<'_>> {
        let mut problems = Vec::new();
        let entries = self.modules.as_ref().map_or(&[][..], |modules| &modules.entries);
        let mut by_path: BTreeMap<&str, &Entry> = BTreeMap::new();
        for entry in entries {
            let Some(path) = &entry.path else {
                problems.push(SubmoduleProblem::WithoutPath { entry });
                continue;
            };
            if let Some(first) = by_path.insert(&path.value, entry) {
                problems.push(SubmoduleProblem::Duplicate { entry, first });
            }
        }
        for link in &self.gitlinks {
            if !by_path.contains_key(link.as_str()) {
                problems.push(SubmoduleProblem::WithoutEntry { path: link });
            }
        }
        for (path, entry) in by_path {
            if !self.gitlinks.contains(path) {
                problems.push(SubmoduleProblem::WithoutGitlink { entry });
            } else if entry.url.is_none() {
                problems.push(SubmoduleProblem::WithoutUrl { entry });
            }
        }
        problems
    }

    /// With `/`, as git writes paths.
    fn relative(&self, path: &Path) -> Option<String> {
        let relative = path.strip_prefix(&self.root).ok()?;
        let parts: Option<Vec<&str>> = relative.components().map(|part| part.as_os_str().to_str()).collect();
        Some(parts?.join("/"))
    }
}

/// `.git`, or what a file of that name points at: worktrees and submodules have one.
fn git_directory(fs: &FileSystem, root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if fs.is_dir(&git) {
        return Some(git);
    }
    let bytes = fs.read(&git).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let target = text.lines().next()?.strip_prefix("gitdir:")?.trim().to_owned();
    Some(super::declare::dependency::normalize(&root.join(target)))
}

fn is_below(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests;
