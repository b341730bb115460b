//! One directory of a search path, as Python's `FileFinder` sees it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::fs::{EntryKind, FileSystem};

use super::resolver::Origin;
use super::suffixes::{Loader, may_be_built};

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
    let kind = |entry: &str| listing.get(OsStr::new(entry)).copied();
    let base = directory.join(name);
    let mut portion = false;
    if kind(name) == Some(EntryKind::Directory) {
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
    let start: &OsStr = OsStr::new(name);
    listing
        .range::<OsStr, _>((std::ops::Bound::Included(start), std::ops::Bound::Unbounded))
        .map_while(|(entry, kind)| {
            let entry = entry.to_str()?;
            entry.starts_with(name).then_some((entry, *kind))
        })
        .any(|(entry, kind)| kind == EntryKind::File && may_be_built(entry, name))
        .then_some(Hit::Unbuilt)
}

fn origin(path: PathBuf, loader: Loader, package: bool) -> Origin {
    match loader {
        Loader::Source => Origin::Source { path, package },
        Loader::Extension => Origin::Extension { path, package },
        Loader::Bytecode => Origin::Bytecode { path, package },
    }
}
