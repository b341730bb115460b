//! What comes with what: the dependencies of distributions, from lock files, installed metadata and a
//! table of some that everybody uses.
//!
//! | source | its word |
//! | --- | --- |
//! | `uv.lock`, `poetry.lock`, `pdm.lock`, `pylock.toml` | exactly these, under their markers |
//! | installed metadata (`Requires-Dist`) | exactly these, under their markers |
//! | `known.txt` | nothing but these; most of them perhaps |
//! | none | unknown: anything may come with it |

pub mod graph;
mod known;
mod pdm;
mod poetry;
mod pylock;
mod uv;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pep508_rs::PackageName;

use crate::fs::FileSystem;

use super::Place;
use super::declare::Marker;
use super::document::{Document, DocumentError, Format, Node};

pub use graph::{Closure, Graph, Root};
pub use pylock::read_all as read_pylock;

/// A lock file of a project's directory.
#[derive(Debug)]
pub struct Lock {
    pub path: PathBuf,
    /// The tool that wrote it.
    pub tool: Tool,
    pub graph: Graph,
    /// Every distribution that it names, with its versions.
    pub packages: BTreeMap<PackageName, Locked>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Uv,
    Poetry,
    Pdm,
    /// `pylock.toml` is of no tool.
    Pep751,
}

/// A distribution that a lock file names.
#[derive(Clone, Debug)]
pub struct Locked {
    /// With the environments that each is for.
    pub versions: Vec<(String, Marker)>,
    pub place: Place,
}

const FILES: [(&str, Tool); 4] = [
    ("uv.lock", Tool::Uv),
    ("poetry.lock", Tool::Poetry),
    ("pdm.lock", Tool::Pdm),
    ("pylock.toml", Tool::Pep751),
];

/// The lock files of an absolute directory.
pub fn read(fs: &FileSystem, directory: &Path) -> (Vec<Lock>, Vec<DocumentError>) {
    let mut locks = Vec::new();
    let mut errors = Vec::new();
    for (name, tool) in FILES {
        match Document::read(fs, &directory.join(name), Format::Toml) {
            Some(Ok(document)) => locks.push(parse(&document, tool)),
            Some(Err(error)) => errors.push(error),
            None => {}
        }
    }
    (locks, errors)
}

fn parse(document: &Document, tool: Tool) -> Lock {
    let graph = match tool {
        Tool::Uv => uv::graph(document),
        Tool::Poetry => poetry::graph(document),
        Tool::Pdm => pdm::graph(document),
        Tool::Pep751 => pylock::graph(document),
    };
    let list = if tool == Tool::Pep751 { "packages" } else { "package" };
    let mut packages: BTreeMap<PackageName, Locked> = BTreeMap::new();
    for package in document.root.at(&[list]).items() {
        let name = package.at(&["name"]);
        let Some(Ok(parsed)) = name.text().map(str::parse) else { continue };
        let locked = packages
            .entry(parsed)
            .or_insert_with(|| Locked { versions: Vec::new(), place: document.place(name.span) });
        if let Some(version) = package.at(&["version"]).text()
            && !locked.versions.iter().any(|(known, _)| known == version)
        {
            locked.versions.push((version.to_owned(), environments_of(package)));
        }
    }
    Lock { path: document.path().to_path_buf(), tool, graph, packages }
}

/// The environments that an entry is for: uv has a list of markers, the others have one.
fn environments_of(package: &Node) -> Marker {
    let forks = package.at(&["resolution-markers"]).items().iter();
    let single = ["marker", "markers"].iter().map(|key| package.at(&[key]));
    let markers = forks.chain(single).filter_map(Node::text).map(Marker::parse);
    markers.reduce(|all, one| all.or(&one)).unwrap_or(Marker::ALWAYS)
}

#[cfg(test)]
mod tests;
