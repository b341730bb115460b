//! The walk of pytest 7.x: files before directories, and only packages are nodes.
//!
//! Everything below the arguments is looked through first, which loads the conftest of every directory
//! that is entered; only then are the modules imported. A conftest that fails on the way fails the session.

mod package;
mod visit;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::argument::{Argument, Selection};
use super::ignore::{Ignored, Rules};
use super::links::Links;
use super::node::ModuleKind;
use super::session::{End, NotFound, Session};
use super::visitor::{Collected, Control, Entry, Visitor};
use package::Extent;
use visit::{Visit, Visited};

pub(super) fn collect(
    session: &mut Session<'_>,
    visitor: &mut dyn Visitor,
    arguments: &[Argument],
) -> (End, bool) {
    let mut walk = Walk {
        session,
        visitor,
        nodes: Vec::new(),
        by_path: FxHashMap::default(),
        packages: FxHashMap::default(),
        duplicates: FxHashSet::default(),
        collected: FxHashSet::default(),
        rules: FxHashMap::default(),
        links: Links::default(),
    };
    let end = match walk.run(arguments) {
        Ok(()) => End::Completed,
        Err(Halt::Stop) => End::Stopped,
        Err(Halt::Abandon) => End::Abandoned,
    };
    (end, walk.links.truncated)
}

/// Why a collector came to no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Halt {
    Abandon,
    Stop,
}

impl From<Control> for Result<(), Halt> {
    fn from(control: Control) -> Self {
        match control {
            Control::Continue => Ok(()),
            Control::Abandon => Err(Halt::Abandon),
            Control::Stop => Err(Halt::Stop),
        }
    }
}

type NodeId = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// By its `__init__.py`.
    Package,
    File(ModuleKind),
}

#[derive(Clone, Debug)]
struct Node {
    path: PathBuf,
    what: What,
    certain: bool,
    /// The directory of the package it was collected by.
    package: Option<PathBuf>,
}

struct Walk<'w, 'a> {
    session: &'w mut Session<'a>,
    visitor: &'w mut dyn Visitor,
    nodes: Vec<Node>,
    /// Nodes of arguments and of the packages above them.
    by_path: FxHashMap<PathBuf, Vec<NodeId>>,
    /// Packages by their directory.
    packages: FxHashMap<PathBuf, NodeId>,
    /// Files below directories, which are collected once.
    duplicates: FxHashSet<PathBuf>,
    /// Modules that were imported to look up an argument.
    collected: FxHashSet<NodeId>,
    rules: FxHashMap<PathBuf, Arc<Rules>>,
    links: Links,
}

impl Walk<'_, '_> {
    fn run(&mut self, arguments: &[Argument]) -> Result<(), Halt> {
        let mut found = Vec::new();
        for argument in arguments {
            self.packages_above(argument)?;
            if self.session.fs.is_dir(&argument.path) {
                self.look_through(&argument.path, &mut found)?;
            } else {
                self.look_up(argument, &mut found)?;
            }
        }
        if !self.session.not_found.is_empty() {
            return Ok(());
        }
        for (node, selection) in found {
            match selection {
                Some(selection) => self.selected(node, selection),
                None => self.generate(node)?,
            }
        }
        Ok(())
    }

    /// The packages an argument lies in, however far up; pytest does not look for them under
    /// `--doctest-modules`.
    fn packages_above(&mut self, argument: &Argument) -> Result<(), Halt> {
        if self.session.request.doctest_modules || !self.session.request.in_confcutdir(&argument.path) {
            return Ok(());
        }
        for directory in argument.path.ancestors() {
            let init = directory.join("__init__.py");
            if !self.session.fs.is_file(&init) || self.by_path.contains_key(&init) {
                continue;
            }
            let nodes = self.collect_file(&init, None, true, false)?;
            if let Some(&first) = nodes.first() {
                if self.nodes[first].what == What::Package {
                    self.packages.insert(directory.to_path_buf(), first);
                }
                self.by_path.insert(init, vec![first]);
            }
        }
        Ok(())
    }

    /// A directory argument: `visit` and collect what it comes across.
    fn look_through(
        &mut self,
        directory: &Path,
        found: &mut Vec<(NodeId, Option<Selection>)>,
    ) -> Result<(), Halt> {
        let mut seen = FxHashSet::default();
        let mut visit = Visit::new(directory, true);
        while let Some(Visited { path, is_dir, certain }) = self.next(&mut visit)? {
            if is_dir {
                continue;
            }
            let Some(parent) = path.parent().map(Path::to_path_buf) else { continue };
            if seen.insert(parent.clone()) {
                let init = parent.join("__init__.py");
                if self.session.fs.is_file(&init) {
                    for node in self.collect_file(&init, None, certain, true)? {
                        if self.nodes[node].what == What::Package {
                            self.packages.insert(parent.clone(), node);
                        }
                        found.push((node, None));
                    }
                }
            }
            if !self.packages.contains_key(&parent) {
                let nodes = self.collect_file(&path, None, certain, true)?;
                found.extend(nodes.into_iter().map(|node| (node, None)));
            }
        }
        Ok(())
    }

    /// A file argument.
    fn look_up(
        &mut self,
        argument: &Argument,
        found: &mut Vec<(NodeId, Option<Selection>)>,
    ) -> Result<(), Halt> {
        let path = &argument.path;
        let nodes = if let Some(nodes) = self.by_path.get(path) {
            nodes.clone()
        } else {
            let package = path.parent().filter(|parent| self.packages.contains_key(*parent));
            let nodes = self.collect_file(path, package, true, false)?;
            if !nodes.is_empty() {
                self.by_path.insert(path.clone(), nodes.clone());
            }
            nodes
        };
        let searched = nodes.iter().map(|&node| self.repr(node)).collect();
        let mut matching = Vec::new();
        match argument.selection(self.session.request.pytest) {
            None => matching.extend(nodes.into_iter().map(|node| (node, None))),
            Some(selection) => {
                for node in nodes {
                    self.select(node, selection.clone(), &mut matching)?;
                }
            }
        }
        let Some((first, _)) = matching.first() else {
            self.session.not_found.push(NotFound { argument: argument.report(), searched });
            return Ok(());
        };
        if path.file_name().is_some_and(|name| name == "__init__.py")
            && self.nodes[*first].what == What::Package
        {
            // NOTE: pytest means the package's `__init__.py` here, and takes whatever comes first.
            let first = *first;
            let children = self.package_children(first, Extent::First)?;
            found.extend(children.first().map(|&child| (child, None)));
            return Ok(());
        }
        found.append(&mut matching);
        Ok(())
    }

    /// `_collectfile`: what the plugins make of a file.
    fn collect_file(
        &mut self,
        path: &Path,
        package: Option<&Path>,
        certain: bool,
        once: bool,
    ) -> Result<Vec<NodeId>, Halt> {
        let directory = path.parent().unwrap_or(path);
        Result::from(self.session.load_conftests(self.visitor, directory))?;
        let mut certain = certain;
        if !self.session.initial.contains(path) {
            match self.ignored(path, false) {
                Ignored::Yes => return Ok(Vec::new()),
                Ignored::No => {}
                Ignored::Unknown => certain = false,
            }
        }
        if once && !self.session.request.keep_duplicates && !self.duplicates.insert(path.to_path_buf()) {
            return Ok(Vec::new());
        }
        let conftests = self.session.conftests.of(directory);
        Result::from(self.visitor.file(Entry { path, is_dir: false, conftests: &conftests }))?;
        let mut patterns = self.session.python_patterns();
        patterns.push("__init__.py");
        let is_init = path.file_name().is_some_and(|name| name == "__init__.py");
        let kinds = self.session.kinds(path, &patterns);
        Ok(kinds
            .into_iter()
            .map(|kind| match kind {
                ModuleKind::Module if is_init => What::Package,
                kind => What::File(kind),
            })
            .map(|what| {
                self.add(Node {
                    path: path.to_path_buf(),
                    what,
                    certain,
                    package: package.map(Path::to_path_buf),
                })
            })
            .collect())
    }

    fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// `Session.genitems`.
    fn generate(&mut self, node: NodeId) -> Result<(), Halt> {
        let mut work = vec![node];
        while let Some(node) = work.pop() {
            match self.nodes[node].what {
                What::Package => match self.package_children(node, Extent::All) {
                    Ok(children) => work.extend(children.into_iter().rev()),
                    // Only this package is lost.
                    Err(Halt::Abandon) => {}
                    Err(Halt::Stop) => return Err(Halt::Stop),
                },
                What::File(kind) => {
                    let Node { path, certain, .. } = &self.nodes[node];
                    let module = self.session.module_file(path, kind, *certain);
                    if self.visitor.module(&module) == Collected::Stop {
                        return Err(Halt::Stop);
                    }
                }
            }
        }
        Ok(())
    }

    /// How pytest prints a node.
    fn repr(&self, node: NodeId) -> String {
        let class = match self.nodes[node].what {
            What::Package => "Package",
            What::File(ModuleKind::Module) => "Module",
            What::File(ModuleKind::Doctest) => "DoctestModule",
            What::File(ModuleKind::TextDoctest) => "DoctestTextfile",
        };
        format!("<{class} {}>", self.name(node))
    }

    /// A node's name: a package's directory, a file's path below its parent.
    fn name(&self, node: NodeId) -> String {
        let Node { path, what, package, .. } = &self.nodes[node];
        if *what == What::Package {
            let directory = path.parent().and_then(Path::file_name).unwrap_or_default();
            return directory.to_string_lossy().into_owned();
        }
        // NOTE: a package's path is its `__init__.py`, below which there is nothing.
        let below = match package {
            Some(_) => path.file_name().map(Path::new),
            None => path.strip_prefix(&self.session.request.rootdir).ok(),
        };
        let name = below.unwrap_or_else(|| Path::new(path.file_name().unwrap_or_default()));
        name.to_string_lossy().into_owned()
    }
}
