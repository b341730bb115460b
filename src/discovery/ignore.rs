//! What pytest passes over: its own `pytest_ignore_collect`.

use std::path::{Path, PathBuf};

use crate::environment::Platform;
use crate::fs::FileSystem;

use super::fnmatch::{fnmatch, path_matches};
use super::request::{Request, absolute};
use super::visitor::{Declared, Entry, IgnoreEntry, Verdict, Visitor};

/// Whether an entry is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ignored {
    Yes,
    No,
    Unknown,
}

/// What one directory's listing is held against: asked of the conftests once per directory.
#[derive(Debug)]
pub(super) struct Rules {
    paths: Vec<PathBuf>,
    globs: Vec<String>,
    /// A conftest declares more, of unknown value.
    open: bool,
}

impl Rules {
    pub(super) fn of(request: &Request, visitor: &mut dyn Visitor, conftests: &[PathBuf]) -> Self {
        let mut rules = Self {
            paths: request.ignore.iter().map(|path| request.absolute(path)).collect(),
            globs: request.ignore_glob.iter().map(|glob| display(&request.absolute(glob))).collect(),
            open: false,
        };
        let declared = nearest(conftests, |conftest| visitor.collect_ignore(conftest));
        rules.paths.extend(rules_of(declared, &mut rules.open));
        let declared = nearest(conftests, |conftest| visitor.collect_ignore_glob(conftest));
        rules.globs.extend(rules_of(declared, &mut rules.open).iter().map(|path| display(path)));
        rules
    }

    /// Whether `entry` is passed over, hooks of conftests included.
    pub(super) fn ignores(
        &self,
        request: &Request,
        fs: &FileSystem,
        visitor: &mut dyn Visitor,
        entry: Entry<'_>,
    ) -> Ignored {
        match visitor.ignore(entry) {
            Verdict::Ignore => Ignored::Yes,
            Verdict::Keep => Ignored::No,
            Verdict::Undecided => self.standing(request, fs, entry.path, entry.is_dir),
            Verdict::Unknown => match self.standing(request, fs, entry.path, entry.is_dir) {
                Ignored::Yes => Ignored::Yes,
                Ignored::No | Ignored::Unknown => Ignored::Unknown,
            },
        }
    }

    /// pytest's own answer.
    pub(super) fn standing(&self, request: &Request, fs: &FileSystem, path: &Path, is_dir: bool) -> Ignored {
        let text = display(path);
        let ignored = path.file_name().is_some_and(|name| name == "__pycache__")
            && request.pytest.at_least(8, 1)
            || self.paths.iter().any(|ignored| ignored == path)
            || self.globs.iter().any(|glob| fnmatch(&text, glob, request.platform))
            || is_dir && !request.collect_in_virtualenv && is_virtualenv(request, fs, path)
            || is_dir
                && request.norecursedirs.iter().any(|pattern| path_matches(pattern, path, request.platform));
        if ignored {
            Ignored::Yes
        } else if self.open {
            Ignored::Unknown
        } else {
            Ignored::No
        }
    }
}

fn display(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The declaration of the innermost conftest that has one, with that conftest.
fn nearest(
    conftests: &[PathBuf],
    mut declared: impl FnMut(&Path) -> Declared<Vec<IgnoreEntry>>,
) -> Option<(&Path, Declared<Vec<IgnoreEntry>>)> {
    conftests.iter().rev().find_map(|conftest| match declared(conftest) {
        Declared::Absent => None,
        found @ (Declared::Value(_) | Declared::Unknown) => Some((conftest.as_path(), found)),
    })
}

fn rules_of(found: Option<(&Path, Declared<Vec<IgnoreEntry>>)>, open: &mut bool) -> Vec<PathBuf> {
    match found {
        Some((conftest, Declared::Value(entries))) => {
            let base = conftest.parent().unwrap_or(conftest);
            let resolve = |entry| match entry {
                IgnoreEntry::Text(text) => absolute(base, text),
                IgnoreEntry::Path(path) => path,
            };
            entries.into_iter().map(resolve).collect()
        }
        Some((_, Declared::Unknown)) => {
            *open = true;
            Vec::new()
        }
        Some((_, Declared::Absent)) | None => Vec::new(),
    }
}

/// The root of a virtual environment: by `pyvenv.cfg` from 8.3 on, by its activation scripts before.
fn is_virtualenv(request: &Request, fs: &FileSystem, directory: &Path) -> bool {
    if request.pytest.at_least(8, 3) {
        return fs.is_file(&directory.join("pyvenv.cfg"))
            || fs.is_file(&directory.join("conda-meta").join("history"));
    }
    let scripts = if request.platform == Platform::Windows { "Scripts" } else { "bin" };
    let activation =
        ["activate", "activate.csh", "activate.fish", "Activate", "Activate.bat", "Activate.ps1"];
    fs.list(&directory.join(scripts))
        .is_some_and(|listing| activation.iter().any(|name| listing.contains_key(std::ffi::OsStr::new(name))))
}
