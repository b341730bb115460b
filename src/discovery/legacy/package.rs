//! Packages of a 7.x session: what they hold, and what is selected in them.

use std::path::PathBuf;

use super::visit::{Visit, Visited};
use super::{Halt, Node, NodeId, Walk, What};
use crate::discovery::argument::Selection;
use crate::discovery::node::{Directory, DirectoryKind, ModuleKind};
use crate::discovery::path_matches;
use crate::discovery::visitor::Collected;

/// How much of a package is collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    All,
    First,
}

impl Walk<'_, '_> {
    /// `Package.collect`
    pub(super) fn package_children(&mut self, package: NodeId, extent: Extent) -> Result<Vec<NodeId>, Halt> {
        let Node { path: init, certain, .. } = self.nodes[package].clone();
        let directory = init.parent().unwrap_or(&init).to_path_buf();
        let announced = Directory {
            node: self.session.node(&init),
            path: directory.clone(),
            kind: DirectoryKind::Package,
            certain,
        };
        Result::from(self.visitor.directory(&announced))?;
        let mut children = Vec::new();
        let request = self.session.request;
        let named = |pattern: &String| path_matches(pattern, &init, request.platform);
        if request.python_files.iter().any(named) {
            let what = What::File(ModuleKind::Module);
            children.push(self.add(Node {
                path: init.clone(),
                what,
                certain,
                package: Some(directory.clone()),
            }));
        }
        let mut subpackages: Vec<PathBuf> = Vec::new();
        let mut visit = Visit::new(&directory, certain);
        while extent == Extent::All || children.is_empty() {
            let Some(Visited { path, is_dir, certain }) = self.next(&mut visit)? else { break };
            if path == init {
                continue;
            }
            let inner = subpackages
                .iter()
                .any(|subpackage| path.starts_with(subpackage) && path != subpackage.join("__init__.py"));
            if inner {
                continue;
            }
            if !is_dir {
                children.extend(self.collect_file(&path, Some(&directory), certain, true)?);
            } else if self.session.fs.is_file(&path.join("__init__.py")) {
                subpackages.push(path);
            }
        }
        Ok(children)
    }

    /// Imports a module of which only a part is selected, or looks for that part in a package.
    pub(super) fn select(
        &mut self,
        node: NodeId,
        selection: Selection,
        matching: &mut Vec<(NodeId, Option<Selection>)>,
    ) -> Result<(), Halt> {
        let Node { path, what, certain, .. } = &self.nodes[node];
        let What::File(kind) = what else {
            let children = match self.package_children(node, Extent::All) {
                Ok(children) => children,
                Err(Halt::Abandon) => return Ok(()),
                Err(Halt::Stop) => return Err(Halt::Stop),
            };
            for child in children {
                if !selection.matches(0, &self.name(child)) {
                    continue;
                }
                match selection.inner() {
                    Some(inner) => self.select(child, inner, matching)?,
                    None => matching.push((child, None)),
                }
            }
            return Ok(());
        };
        let mut module = self.session.module_file(path, *kind, *certain);
        module.selection = Some(selection.clone());
        module.cached = !self.collected.insert(node);
        match self.visitor.module(&module) {
            Collected::Passed => matching.push((node, Some(selection))),
            Collected::NotFound(_) | Collected::Abandoned => {}
            Collected::Stop => return Err(Halt::Stop),
        }
        Ok(())
    }

    pub(super) fn selected(&mut self, node: NodeId, selection: Selection) {
        let Node { path, what: What::File(kind), certain, .. } = &self.nodes[node] else { return };
        let mut module = self.session.module_file(path, *kind, *certain);
        module.selection = Some(selection);
        module.cached = true;
        self.visitor.selected(&module);
    }
}
