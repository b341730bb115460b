//! `pyproject.toml`: PEP 621, and what its tools add.

use std::path::PathBuf;

use crate::environment::Place;
use crate::environment::document::{Document, Node};
use crate::fs::{EntryKind, FileSystem};

use super::dependency::{Dependency, normalize};
use super::{Declarations, DefaultGroups, Dependencies, Item, groups, hatch, pdm, poetry};

/// What `[project]` fixes; the rest setuptools takes from `setup.cfg` and `setup.py`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stated {
    pub dependencies: bool,
    pub extras: bool,
}

impl Stated {
    pub(super) const NOTHING: Self = Self { dependencies: false, extras: false };
    pub(super) const EVERYTHING: Self = Self { dependencies: true, extras: true };
}

pub(super) fn read(document: &Document, fs: &FileSystem, to: &mut Declarations) -> Stated {
    let root = &document.root;
    let project = root.at(&["project"]);
    let mut stated = Stated::NOTHING;
    if project.is_table() {
        to.is_project = true;
        stated = read_project(document, project, to);
    }
    groups::read(document, to);
    poetry::read(document, &mut stated, to);
    pdm::read(document, to);
    read_uv(document, to);
    to.members = workspace_members(document, fs);
    hatch::read(document, to);
    to.is_project |= !root.at(&["build-system"]).is_null();
    stated
}

fn read_project(document: &Document, project: &Node, to: &mut Declarations) -> Stated {
    to.name = project.at(&["name"]).text().and_then(|name| name.parse().ok());
    to.requires_python = project.at(&["requires-python"]).text().and_then(|text| text.parse().ok());
    let is_dynamic =
        |field: &str| project.at(&["dynamic"]).items().iter().any(|item| item.text() == Some(field));
    let mut stated = Stated::EVERYTHING;
    if is_dynamic("dependencies") {
        let dynamic = document.root.at(&["tool", "setuptools", "dynamic", "dependencies"]);
        stated.dependencies = !dynamic.is_null();
        if stated.dependencies {
            to.dependencies = from_files(document, dynamic);
        } else {
            to.dependencies.complete = false;
        }
    } else {
        to.dependencies = list(document, project.at(&["dependencies"]));
    }
    if is_dynamic("optional-dependencies") {
        let dynamic = document.root.at(&["tool", "setuptools", "dynamic", "optional-dependencies"]);
        stated.extras = !dynamic.is_null();
        to.hidden_extras = !stated.extras;
        for (key, value) in dynamic.entries() {
            if let Ok(extra) = key.text.parse() {
                to.extras.insert(extra, from_files(document, value));
            }
        }
    } else {
        for (key, value) in project.at(&["optional-dependencies"]).entries() {
            if let Ok(extra) = key.text.parse() {
                to.extras.insert(extra, list(document, value));
            }
        }
    }
    stated
}

/// A list of PEP 508 requirements.
pub(super) fn list(document: &Document, node: &Node) -> Dependencies {
    let mut dependencies =
        Dependencies { complete: node.is_null() || node.is_list(), ..Dependencies::default() };
    for item in node.items() {
        dependencies.push(requirement(document, item));
    }
    dependencies
}

pub(super) fn requirement(document: &Document, item: &Node) -> Option<Dependency> {
    Dependency::parse(item.text()?, document.directory(), &document.place(item.span))
}

/// `{ file = ["requirements.txt"] }`
fn from_files(document: &Document, node: &Node) -> Dependencies {
    let files = node.at(&["file"]).one_or_more();
    let mut dependencies = Dependencies { complete: !files.is_empty(), ..Dependencies::default() };
    for file in files {
        match file.text() {
            Some(path) => {
                let path = normalize(&document.directory().join(path));
                dependencies.items.push(Item::Requirements(path, document.place(file.span)));
            }
            None => dependencies.complete = false,
        }
    }
    dependencies
}

fn read_uv(document: &Document, to: &mut Declarations) {
    let uv = document.root.at(&["tool", "uv"]);
    let legacy = uv.at(&["dev-dependencies"]);
    if !legacy.is_null()
        && let Ok(dev) = "dev".parse()
    {
        let more = list(document, legacy);
        let group = to.groups.entry(dev).or_default();
        group.dependencies.items.extend(more.items);
        group.dependencies.complete &= more.complete;
    }
    let defaults = uv.at(&["default-groups"]);
    if defaults.text() == Some("all") {
        to.uv_default_groups = DefaultGroups::All;
    } else if defaults.is_list() {
        let names = defaults.items().iter().filter_map(|item| item.text()?.parse().ok());
        to.uv_default_groups = DefaultGroups::Named(names.collect());
    }
    for (name, source) in uv.at(&["sources"]).entries() {
        let Ok(name) = name.text.parse() else { continue };
        if let Some(path) = source.one_or_more().iter().find_map(|source| source.at(&["path"]).text()) {
            to.sources.insert(name, normalize(&document.directory().join(path)));
        }
    }
}

/// `members = ["packages/*"]`: a star stands for the whole last part.
fn workspace_members(document: &Document, fs: &FileSystem) -> Vec<PathBuf> {
    let mut members = Vec::new();
    for pattern in
        document.root.at(&["tool", "uv", "workspace", "members"]).items().iter().filter_map(Node::text)
    {
        let path = normalize(&document.directory().join(pattern));
        match pattern.rsplit('/').next() {
            Some("*") => {
                let Some(parent) = path.parent() else { continue };
                let Some(listing) = fs.list(parent) else { continue };
                let folders = listing.iter().filter(|(_, kind)| **kind == EntryKind::Directory);
                members.extend(folders.map(|(name, _)| parent.join(name)));
            }
            Some(_) | None => members.push(path),
        }
    }
    members.retain(|member| fs.is_file(&member.join("pyproject.toml")));
    members
}

/// The place of a table's key, or of the document's start.
pub(super) fn place_of_key(document: &Document, table: &Node, key: &str) -> Place {
    document.place(table.entry(key).map_or(table.span, |(key, _)| key.span))
}
