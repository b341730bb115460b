//! Finds modules on the search path.

use std::path::{Path, PathBuf};

use crate::environment::stdlib::{self, Availability};
use crate::environment::{Environment, Presence};
use crate::fs::FileSystem;

pub(super) struct SearchPath {
    pub before: Vec<PathBuf>,
    pub behind: Vec<PathBuf>,
}

pub(super) enum Origin {
    StandardLibrary,
    Source { path: PathBuf, package: bool },
    Namespace { portions: Vec<PathBuf> },
    Extension,
    ThirdParty(Presence),
    Missing,
}

fn in_folder(folder: &Path, name: &str, fs: &FileSystem) -> Option<Origin> {
    let listing = fs.list(folder)?;
    let package = folder.join(name);
    if listing.contains_key(std::ffi::OsStr::new(name)) && fs.is_file(&package.join("__init__.py")) {
        return Some(Origin::Source { path: package.join("__init__.py"), package: true });
    }
    let has_extension = listing.keys().any(|entry| {
        let entry = entry.to_string_lossy();
        entry
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('.') && (rest.ends_with(".so") || rest.ends_with(".pyd")))
    });
    if has_extension {
        return Some(Origin::Extension);
    }
    let file = folder.join(format!("{name}.py"));
    fs.is_file(&file).then_some(Origin::Source { path: file, package: false })
}

fn search(folders: &[PathBuf], name: &str, fs: &FileSystem, portions: &mut Vec<PathBuf>) -> Option<Origin> {
    for folder in folders {
        if let Some(found) = in_folder(folder, name, fs) {
            return Some(found);
        }
        if fs.is_dir(&folder.join(name)) {
            portions.push(folder.join(name));
        }
    }
    None
}

pub(super) fn find_top(
    name: &str,
    path: &SearchPath,
    fs: &FileSystem,
    environment: &Environment,
    loaded: &dyn Fn(&str) -> bool,
) -> Origin {
    let known = stdlib::module(name, environment.python, environment.platform);
    if known == Availability::Available && loaded(name) {
        return Origin::StandardLibrary;
    }
    let mut portions = Vec::new();
    if let Some(found) = search(&path.before, name, fs, &mut portions) {
        return found;
    }
    if known == Availability::Available {
        return Origin::StandardLibrary;
    }
    if !portions.is_empty() && !matches!(environment.third_party(name), Presence::Installed(_)) {
        return Origin::Namespace { portions };
    }
    if let Some(found) = search(&path.behind, name, fs, &mut portions) {
        return found;
    }
    match environment.third_party(name) {
        Presence::Absent if portions.is_empty() => Origin::Missing,
        Presence::Absent => Origin::Namespace { portions },
        presence if known == Availability::Unavailable && presence == Presence::Assumed => Origin::Missing,
        presence => Origin::ThirdParty(presence),
    }
}

pub(super) fn find_in(
    package: &[PathBuf],
    name: &str,
    fs: &FileSystem,
    _environment: &Environment,
) -> Origin {
    let mut portions = Vec::new();
    match search(package, name, fs, &mut portions) {
        Some(found) => found,
        None if portions.is_empty() => Origin::Missing,
        None => Origin::Namespace { portions },
    }
}
