//! One directory of a search path, as Python's `FileFinder` sees it.

use std::ffi::OsStr;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use crate::environment::observed;
use crate::fs::{EntryKind, FileSystem, Listing};

use super::resolver::Origin;
use super::suffixes::{Loader, depends_on_environment, may_be_built};

/// What a directory holds under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hit {
    /// A module or a package with an `__init__`.
    Regular(Origin),
    /// A directory without one: a part of a namespace package.
    Portion(PathBuf),
    /// Only the sources of an extension module, or one for another interpreter.
    Unbuilt,
}

/// Looks `name` up. Names are compared exactly, also where the disk does not care about case.
pub(super) fn find(
    fs: &FileSystem,
    suffixes: &[(String, Loader)],
    directory: &Path,
    name: &str,
) -> Option<Hit> {
    let listing = fs.list(directory)?;
    note_dependence(&listing, name);
    let kind = |entry: &str| listing.get(OsStr::new(entry)).copied();
    let base = directory.join(name);
    let mut portion = false;
    if kind(name) == Some(EntryKind::Directory) {
        if let Some(package) = fs.list(&base) {
            note_dependence(&package, "__init__");
        }
        for (suffix, loader) in suffixes {
            let init = base.join(format!("__init__{suffix}"));
            if fs.is_file(&init) {
                return Some(Hit::Regular(origin(init, *loader, true)));
            }
        }
        portion = true;
    }
    for (suffix, loader) in suffixes {
        let file = format!("{name}{suffix}");
        if kind(&file) == Some(EntryKind::File) {
            return Some(Hit::Regular(origin(directory.join(file), *loader, false)));
        }
    }
    if portion {
        return Some(Hit::Portion(base));
    }
    let is_unbuilt = files_of(&listing, name).any(|entry| may_be_built(entry, name));
    is_unbuilt.then_some(Hit::Unbuilt)
}

/// The files whose names begin so.
fn files_of<'l>(listing: &'l Listing, name: &str) -> impl Iterator<Item = &'l str> {
    let start: &OsStr = OsStr::new(name);
    listing
        .range::<OsStr, _>((Bound::Included(start), Bound::Unbounded))
        .map_while(move |(entry, kind)| {
            let entry = entry.to_str()?;
            entry.starts_with(name).then_some((entry, *kind))
        })
        .filter_map(|(entry, kind)| (kind == EntryKind::File).then_some(entry))
}

/// An extension module is there for some interpreters, and not for others.
fn note_dependence(listing: &Listing, name: &str) {
    if observed::is_watched() && files_of(listing, name).any(|file| depends_on_environment(file, name)) {
        observed::everything();
    }
}

fn origin(path: PathBuf, loader: Loader, package: bool) -> Origin {
    match loader {
        Loader::Source => Origin::Source { path, package },
        Loader::Extension => Origin::Extension { path, package },
        Loader::Bytecode => Origin::Bytecode { path, package },
    }
}
