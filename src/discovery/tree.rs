//! The collection tree of pytest 8.0 and newer: directories are nodes, entries are sorted by name,
//! files and directories together.
//!
//! First every argument is looked up from the outermost directory down, which lists the directories on
//! the way and imports modules of which only a part is selected. Then what was found is collected.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::environment::PytestVersion;
use crate::fs::EntryKind;

use super::argument::{Argument, Selection};
use super::ignore::{Ignored, Rules};
use super::links::Links;
use super::node::{Directory, DirectoryKind, ModuleKind};
use super::session::{End, NotFound, Session};
use super::visitor::{Collected, Control, Entry, Visitor};

pub(super) fn collect(
    session: &mut Session<'_>,
    visitor: &mut dyn Visitor,
    arguments: &[Argument],
) -> (End, bool) {
    let mut walk = Walk {
        session,
        visitor,
        nodes: Vec::new(),
        roots: FxHashMap::default(),
        reports: FxHashMap::default(),
        collected: FxHashSet::default(),
        links: Links::default(),
    };
    let end = match walk.run(arguments) {
        Ok(()) => End::Completed,
        Err(Stopped) => End::Stopped,
    };
    (end, walk.links.truncated)
}

/// The visitor stopped the session.
struct Stopped;

type NodeId = usize;

#[derive(Clone, Copy, Debug)]
enum What {
    Directory(DirectoryKind),
    File(ModuleKind),
}

#[derive(Debug)]
struct Node {
    path: PathBuf,
    what: What,
    certain: bool,
    /// It lies below a link into one of its own ancestors.
    looped: bool,
}

/// The children of a listed directory; `None` where it failed or was skipped.
type Report = Option<Arc<[NodeId]>>;

struct Walk<'w, 'a> {
    session: &'w mut Session<'a>,
    visitor: &'w mut dyn Visitor,
    nodes: Vec<Node>,
    /// The outermost nodes of the arguments.
    roots: FxHashMap<PathBuf, Arc<[NodeId]>>,
    reports: FxHashMap<NodeId, Report>,
    /// Files that have been collected.
    collected: FxHashSet<NodeId>,
    links: Links,
}

impl Walk<'_, '_> {
    fn run(&mut self, arguments: &[Argument]) -> Result<(), Stopped> {
        let mut found = Vec::new();
        for argument in arguments {
            self.look_up(argument, &mut found)?;
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

    /// `Session.collect` for one argument.
    fn look_up(
        &mut self,
        argument: &Argument,
        found: &mut Vec<(NodeId, Option<Selection>)>,
    ) -> Result<(), Stopped> {
        let pytest = self.session.request.pytest;
        let parts = self.parts(argument);
        let mut matched = false;
        let mut searched = Vec::new();
        let Some(outermost) = parts.first() else { return Ok(()) };
        let roots = self.root(outermost)?;
        let mut work: Vec<(NodeId, usize)> = roots.iter().rev().map(|&root| (root, 1)).collect();
        while let Some((node, depth)) = work.pop() {
            let Some(part) = parts.get(depth) else {
                match argument.selection(pytest) {
                    None => {
                        matched = true;
                        found.push((node, None));
                    }
                    Some(selection) => match self.select(node, &selection)? {
                        Collected::Passed => {
                            matched = true;
                            found.push((node, Some(selection)));
                        }
                        Collected::NotFound(last) if last.is_empty() => searched.push(self.repr(node)),
                        Collected::NotFound(last) => searched.extend(last),
                        Collected::Abandoned | Collected::Stop => {}
                    },
                }
                continue;
            };
            if matches!(self.nodes[node].what, What::File(_)) {
                continue;
            }
            // A file that is given twice is collected twice.
            let afresh =
                depth + 1 == parts.len() && argument.names.is_empty() && self.session.fs.is_file(part);
            let Some(children) = self.list(node, afresh)? else { continue };
            let same = children.iter().filter(|&&child| self.nodes[child].path == *part);
            let mut next: Vec<(NodeId, usize)> = same.map(|&child| (child, depth + 1)).collect();
            if next.is_empty() {
                searched.push(self.repr(node));
            }
            // NOTE: 8.0.0 took a file's nodes last first: the module before its doctests.
            if pytest != PytestVersion::new(8, 0, 0) {
                next.reverse();
            }
            work.append(&mut next);
        }
        if !matched {
            self.session.not_found.push(NotFound { argument: argument.report(), searched });
        }
        Ok(())
    }

    /// The argument's path with those above it that count, outermost first.
    fn parts(&self, argument: &Argument) -> Vec<PathBuf> {
        let request = self.session.request;
        let mut parts = vec![argument.path.clone()];
        let above = argument.path.ancestors().skip(1);
        match &argument.module_name {
            // NOTE: 8.0 drops what lies outside from the outside in, later releases stop at the first
            // directory that lies outside; both come to the same.
            None => parts.extend(
                above.take_while(|directory| request.in_confcutdir(directory)).map(Path::to_path_buf),
            ),
            Some(name) => {
                let names = name.split('.').rev().skip(1);
                let pairs = above.zip(names);
                let same = |(directory, name): &(&Path, &str)| {
                    directory.file_stem().is_some_and(|stem| stem.to_string_lossy() == *name)
                };
                parts.extend(pairs.take_while(same).map(|(directory, _)| directory.to_path_buf()));
            }
        }
        parts.reverse();
        parts
    }

    /// `Session._collect_path`.
    fn root(&mut self, path: &Path) -> Result<Arc<[NodeId]>, Stopped> {
        if let Some(roots) = self.roots.get(path) {
            return Ok(Arc::clone(roots));
        }
        let roots: Arc<[NodeId]> = if self.session.fs.is_dir(path) {
            Arc::from([self.directory_node(path, true, false)])
        } else {
            let directory = path.parent().unwrap_or(path);
            let conftests = self.session.conftests.of(directory);
            match self.visitor.file(Entry { path, is_dir: false, conftests: &conftests }) {
                Control::Continue => Arc::from(self.file_nodes(path, true, false)),
                Control::Abandon => Arc::from([]),
                Control::Stop => return Err(Stopped),
            }
        };
        self.roots.insert(path.to_path_buf(), Arc::clone(&roots));
        Ok(roots)
    }

    fn directory_node(&mut self, path: &Path, certain: bool, looped: bool) -> NodeId {
        let package = self.session.fs.is_file(&path.join("__init__.py"));
        let kind = if package { DirectoryKind::Package } else { DirectoryKind::Dir };
        self.nodes.push(Node { path: path.to_path_buf(), what: What::Directory(kind), certain, looped });
        self.nodes.len() - 1
    }

    fn file_nodes(&mut self, path: &Path, certain: bool, looped: bool) -> Vec<NodeId> {
        let kinds = self.session.kinds(path, &self.session.python_patterns());
        kinds
            .into_iter()
            .map(|kind| {
                self.nodes.push(Node { path: path.to_path_buf(), what: What::File(kind), certain, looped });
                self.nodes.len() - 1
            })
            .collect()
    }

    /// Collects a directory, unless that was done before.
    fn list(&mut self, node: NodeId, afresh: bool) -> Result<Report, Stopped> {
        if !afresh && let Some(report) = self.reports.get(&node) {
            return Ok(report.clone());
        }
        let report = self.list_now(node)?;
        self.reports.insert(node, report.clone());
        Ok(report)
    }

    fn list_now(&mut self, node: NodeId) -> Result<Report, Stopped> {
        let Node { path, what: What::Directory(kind), certain, looped } = &self.nodes[node] else {
            return Ok(None);
        };
        let (path, kind, certain, looped) = (path.clone(), *kind, *certain, *looped);
        match self.session.load_conftests(self.visitor, &path) {
            Control::Continue => {}
            Control::Abandon => return Ok(None),
            Control::Stop => return Err(Stopped),
        }
        let directory = Directory { node: self.session.node(&path), path: path.clone(), kind, certain };
        match self.visitor.directory(&directory) {
            Control::Continue => {}
            Control::Abandon => return Ok(None),
            Control::Stop => return Err(Stopped),
        }
        let Some(listing) = self.session.fs.list(&path) else {
            self.visitor.unreadable(&path);
            return Ok(None);
        };
        let conftests = self.session.conftests.of(&path);
        let rules = Rules::of(self.session.request, self.visitor, &conftests);
        let mut children = Vec::new();
        // A package's `__init__.py` comes first.
        let mut entries: Vec<_> = listing.iter().collect();
        if kind == DirectoryKind::Package {
            entries.sort_by_key(|(name, _)| *name != "__init__.py");
        }
        for (name, entry) in entries {
            let child = path.join(name);
            let is_dir = *entry == EntryKind::Directory;
            if is_dir && name == "__pycache__" && !self.session.request.pytest.at_least(8, 1) {
                continue;
            }
            let wanted =
                if is_dir { &self.session.initial_and_above } else { &self.session.initial }.contains(&child);
            let ignored = if wanted {
                Ignored::No
            } else {
                self.session.ignored(self.visitor, &rules, &child, is_dir, &conftests)
            };
            let certain = match ignored {
                Ignored::Yes => continue,
                Ignored::No => certain,
                Ignored::Unknown => false,
            };
            if is_dir {
                let looped = looped || Links::is_loop(self.session.fs, &child);
                if self.links.admits(looped) {
                    children.push(self.directory_node(&child, certain, looped));
                }
                continue;
            }
            match self.visitor.file(Entry { path: &child, is_dir, conftests: &conftests }) {
                Control::Continue => children.extend(self.file_nodes(&child, certain, looped)),
                Control::Abandon => return Ok(None),
                Control::Stop => return Err(Stopped),
            }
        }
        Ok(Some(children.into()))
    }

    /// Imports a module of which only a part is selected.
    fn select(&mut self, node: NodeId, selection: &Selection) -> Result<Collected, Stopped> {
        let Node { path, what: What::File(kind), certain, .. } = &self.nodes[node] else {
            return Ok(Collected::NotFound(Vec::new()));
        };
        let mut module = self.session.module_file(path, *kind, *certain);
        module.selection = Some(selection.clone());
        module.cached = !self.collected.insert(node);
        match self.visitor.module(&module) {
            Collected::Stop => Err(Stopped),
            other => Ok(other),
        }
    }

    fn selected(&mut self, node: NodeId, selection: Selection) {
        let Node { path, what: What::File(kind), certain, .. } = &self.nodes[node] else { return };
        let mut module = self.session.module_file(path, *kind, *certain);
        module.selection = Some(selection);
        module.cached = true;
        self.visitor.selected(&module);
    }

    /// `Session.genitems`.
    fn generate(&mut self, node: NodeId) -> Result<(), Stopped> {
        let request = self.session.request;
        let keeps = request.keep_duplicates || request.pytest.at_least(9, 0);
        let mut work = vec![node];
        while let Some(node) = work.pop() {
            match self.nodes[node].what {
                What::Directory(_) => {
                    // NOTE: until 9.0 a directory that was listed to look up another argument is
                    // taken for a duplicate, and everything else in it is lost.
                    if !keeps && self.reports.contains_key(&node) {
                        continue;
                    }
                    if let Some(children) = self.list(node, false)? {
                        work.extend(children.iter().rev());
                    }
                }
                What::File(kind) => {
                    if !self.collected.insert(node) && !keeps {
                        continue;
                    }
                    let Node { path, certain, .. } = &self.nodes[node];
                    let module = self.session.module_file(path, kind, *certain);
                    if self.visitor.module(&module) == Collected::Stop {
                        return Err(Stopped);
                    }
                }
            }
        }
        Ok(())
    }

    /// How pytest prints a node.
    fn repr(&self, node: NodeId) -> String {
        let node = &self.nodes[node];
        let class = match node.what {
            What::Directory(DirectoryKind::Dir) => "Dir",
            What::Directory(DirectoryKind::Package) => "Package",
            What::File(ModuleKind::Module) => "Module",
            What::File(ModuleKind::Doctest) => "DoctestModule",
            What::File(ModuleKind::TextDoctest) => "DoctestTextfile",
        };
        format!("<{class} {}>", node.path.file_name().unwrap_or_default().to_string_lossy())
    }
}
