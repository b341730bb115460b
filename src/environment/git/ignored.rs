//! `.gitignore` and `.git/info/exclude`. The user's global file is not read: no other machine has it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::fs::FileSystem;

/// The rules of one work tree; each file is read when it is first asked for.
#[derive(Debug)]
pub(super) struct Ignored {
    root: PathBuf,
    exclude: PathBuf,
    rules: Mutex<BTreeMap<PathBuf, Arc<Gitignore>>>,
}

impl Ignored {
    pub(super) fn new(root: &Path, git: &Path) -> Self {
        Self { root: root.to_path_buf(), exclude: git.join("info").join("exclude"), rules: Mutex::default() }
    }

    /// Whether a file, or a directory above it, is ignored.
    pub(super) fn is_ignored(&self, fs: &FileSystem, path: &Path) -> bool {
        let Ok(relative) = path.strip_prefix(&self.root) else { return false };
        let mut current = self.root.clone();
        let mut parts = relative.components().peekable();
        while let Some(part) = parts.next() {
            current.push(part);
            let is_directory = parts.peek().is_some() || fs.is_dir(&current);
            // What is inside an ignored directory cannot be taken back.
            if self.matches(fs, &current, is_directory) {
                return true;
            }
        }
        false
    }

    /// The nearest file that says something decides.
    fn matches(&self, fs: &FileSystem, path: &Path, is_directory: bool) -> bool {
        let folders = path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root));
        let files = folders.map(|folder| (folder.to_path_buf(), folder.join(".gitignore")));
        let files = files.chain([(self.root.clone(), self.exclude.clone())]);
        for (folder, file) in files {
            match self.rules_of(fs, folder, file).matched(path, is_directory) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        false
    }

    fn rules_of(&self, fs: &FileSystem, folder: PathBuf, file: PathBuf) -> Arc<Gitignore> {
        let known = self.rules.lock().ok().and_then(|rules| rules.get(&file).cloned());
        known.unwrap_or_else(|| {
            let mut builder = GitignoreBuilder::new(folder);
            if let Ok(bytes) = fs.read(&file) {
                for line in String::from_utf8_lossy(&bytes).lines() {
                    // A pattern that is no glob matches nothing, as for git.
                    let _ = builder.add_line(None, line);
                }
            }
            let rules = Arc::new(builder.build().unwrap_or_else(|_| Gitignore::empty()));
            if let Ok(mut known) = self.rules.lock() {
                known.insert(file, Arc::clone(&rules));
            }
            rules
        })
    }
}
