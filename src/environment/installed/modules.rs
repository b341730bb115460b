//! Looks for modules as Python's path finders do.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::hooks::Hooks;
use super::layout::Layout;
use crate::environment::PythonVersion;
use crate::fs::{EntryKind, FileSystem, Listing};

/// What a module is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocationKind {
    /// A `.py` file: the module itself, or a package's `__init__.py`.
    Source,
    /// Compiled: nobody reads it.
    Binary,
    /// Folders without `__init__.py`.
    Namespace,
}

/// Where a module was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    pub kind: LocationKind,
    /// The file; for a namespace package its first folder, if it has one.
    pub path: PathBuf,
    /// `__path__` of packages; empty for other modules.
    pub search: Vec<PathBuf>,
}

/// Why a module was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Absent,
    /// Some package above it supplies its submodules in a way that cannot be read from file names.
    Hidden,
}

/// The endings of files that this Python imports, in the order in which it tries them.
#[derive(Debug)]
pub(super) struct Suffixes {
    python: PythonVersion,
    threads: bool,
}

impl Suffixes {
    pub(super) fn new(layout: &Layout) -> Self {
        Self { python: layout.python, threads: layout.threads }
    }

    /// `foo` and what it is, for `foo.py`, `foo.so`, `foo.cpython-311-x86_64-linux-gnu.so`, `foo.pyc`.
    fn module<'a>(&self, file: &'a str) -> Option<(&'a str, FileKind)> {
        let (name, rest) = file.split_once('.')?;
        let kind = match rest {
            "py" | "pyw" => FileKind::Source,
            "pyc" => FileKind::Bytecode,
            rest => {
                let tag = match rest.rsplit_once('.') {
                    Some((tag, "so" | "pyd")) => Some(tag),
                    None if matches!(rest, "so" | "pyd") => None,
                    _ => return None,
                };
                if !tag.is_none_or(|tag| self.fits(tag)) {
                    return None;
                }
                FileKind::Extension
            }
        };
        Some((name, kind))
    }

    /// Whether an extension module with this tag was built for this Python.
    fn fits(&self, tag: &str) -> bool {
        if tag == "abi3" {
            return !self.threads;
        }
        let threads = if self.threads { "t" } else { "" };
        let PythonVersion { major, minor } = self.python;
        let cpython = format!("cpython-{major}{minor}{threads}");
        let windows = format!("cp{major}{minor}{threads}");
        let pypy = format!("pypy{major}{minor}");
        [cpython, windows, pypy].iter().any(|prefix| {
            tag.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum FileKind {
    Extension,
    Source,
    Bytecode,
}

impl FileKind {
    const fn location(self) -> LocationKind {
        match self {
            Self::Source => LocationKind::Source,
            Self::Extension | Self::Bytecode => LocationKind::Binary,
        }
    }
}

pub(super) struct Finder<'a> {
    pub(super) fs: &'a FileSystem,
    pub(super) paths: &'a [PathBuf],
    pub(super) hooks: &'a Hooks,
    pub(super) suffixes: &'a Suffixes,
}

impl Finder<'_> {
    pub(super) fn find(&self, dotted: &str) -> Result<Location, Missing> {
        let mut search = self.paths.to_vec();
        let mut above: Vec<Location> = Vec::new();
        let mut end = 0;
        for part in dotted.split('.') {
            end += part.len() + usize::from(end > 0);
            let so_far = &dotted[..end];
            let Some(location) = self.in_folders(&search, part).or_else(|| self.in_hooks(so_far)) else {
                let hidden = above.iter().any(|location| self.hides_submodules(location));
                return Err(if hidden { Missing::Hidden } else { Missing::Absent });
            };
            search.clone_from(&location.search);
            if location.kind == LocationKind::Namespace {
                search.extend(self.hooks.namespace(so_far).unwrap_or_default());
            }
            above.push(location);
        }
        above.pop().ok_or(Missing::Absent)
    }

    fn in_folders(&self, folders: &[PathBuf], name: &str) -> Option<Location> {
        let mut portions = Vec::new();
        for folder in folders {
            let Some(listing) = self.fs.list(folder) else { continue };
            let below = folder.join(name);
            let is_folder = listing.get(OsStr::new(name)) == Some(&EntryKind::Directory);
            if is_folder
                && let Some(inside) = self.fs.list(&below)
                && let Some((file, kind)) = self.file(&inside, "__init__")
            {
                return Some(Location { kind, path: below.join(file), search: vec![below] });
            }
            if let Some((file, kind)) = self.file(&listing, name) {
                return Some(Location { kind, path: folder.join(file), search: Vec::new() });
            }
            if is_folder {
                portions.push(below);
            }
        }
        let path = portions.first()?.clone();
        Some(Location { kind: LocationKind::Namespace, path, search: portions })
    }

    /// The file of a module in a folder; of several the one Python prefers.
    fn file(&self, listing: &Listing, name: &str) -> Option<(String, LocationKind)> {
        let start = format!("{name}.");
        listing
            .range(OsString::from(&start)..)
            .map_while(|(file, kind)| {
                Some((file.to_str()?, kind)).filter(|(file, _)| file.starts_with(&start))
            })
            .filter(|(_, kind)| **kind == EntryKind::File)
            .filter_map(|(file, _)| self.suffixes.module(file).map(|(_, kind)| (kind, file)))
            .min()
            .map(|(kind, file)| (file.to_owned(), kind.location()))
    }

    fn in_hooks(&self, dotted: &str) -> Option<Location> {
        for (path, rest) in self.hooks.mapped(dotted) {
            let path = rest
                .split('.')
                .filter(|part| !part.is_empty())
                .fold(path.to_path_buf(), |path, part| path.join(part));
            if self.fs.is_file(&path) {
                return Some(Location { kind: LocationKind::Source, path, search: Vec::new() });
            }
            let (folder, name) = (path.parent()?.to_path_buf(), path.file_name()?.to_str()?.to_owned());
            if let Some(location) = self.in_folders(&[folder], &name) {
                return Some(location);
            }
        }
        let folders = self.hooks.namespace(dotted)?;
        let path = folders.first().cloned().unwrap_or_default();
        Some(Location { kind: LocationKind::Namespace, path, search: folders })
    }

    /// Whether the module's own code may supply submodules that its folder does not hold.
    fn hides_submodules(&self, location: &Location) -> bool {
        match location.kind {
            LocationKind::Binary => true,
            LocationKind::Namespace => false,
            LocationKind::Source => match self.fs.read(&location.path) {
                Ok(bytes) => {
                    let text = String::from_utf8_lossy(&bytes);
                    [
                        "__path__",
                        "sys.modules",
                        "meta_path",
                        "path_hooks",
                        "extend_path",
                        "declare_namespace",
                        "apipkg",
                    ]
                    .iter()
                    .any(|word| text.contains(word))
                }
                Err(_) => true,
            },
        }
    }
}

/// The names that can be imported from these folders; a folder without `__init__` only if it holds modules.
pub(super) fn top_level(fs: &FileSystem, paths: &[PathBuf], suffixes: &Suffixes) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in paths {
        let Some(listing) = fs.list(folder) else { continue };
        for (name, kind) in listing.iter() {
            let Some(name) = name.to_str() else { continue };
            let module = match kind {
                EntryKind::File => suffixes.module(name).map(|(module, _)| module),
                EntryKind::Directory
                    if name != "__pycache__" && holds_modules(fs, &folder.join(name), suffixes, 0) =>
                {
                    Some(name)
                }
                EntryKind::Directory => None,
            };
            names.extend(module.filter(|module| is_importable(module)).map(str::to_owned));
        }
    }
    names
}

fn is_importable(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn holds_modules(fs: &FileSystem, folder: &Path, suffixes: &Suffixes, depth: u8) -> bool {
    const DEEPEST: u8 = 6;
    let Some(listing) = fs.list(folder) else { return false };
    let is_module = |name: &str| suffixes.module(name).is_some();
    listing.iter().any(|(name, kind)| *kind == EntryKind::File && name.to_str().is_some_and(is_module))
        || (depth < DEEPEST
            && listing.iter().any(|(name, kind)| {
                *kind == EntryKind::Directory
                    && name.to_str().is_some_and(|name| is_importable(name) && name != "__pycache__")
                    && holds_modules(fs, &folder.join(name), suffixes, depth + 1)
            }))
}
