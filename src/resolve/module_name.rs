//! File → dotted name, as pytest derives it.

use std::path::{Path, PathBuf};

use crate::environment::PytestVersion;
use crate::fs::FileSystem;

use super::import::ImportContext;
use super::resolver::Resolver;
use super::search_path::SearchPath;

/// A module within its package root: the directory that has to be on `sys.path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resolved {
    pub(super) root: PathBuf,
    pub(super) name: String,
}

/// `resolve_package_path`: the outermost directory of the package that `path` is in, if it is in one.
/// A directory whose name is no identifier ends the package.
pub(super) fn package_path(fs: &FileSystem, path: &Path) -> Option<PathBuf> {
    let mut outermost = None;
    for directory in path.ancestors() {
        if !fs.is_dir(directory) {
            continue;
        }
        let named = directory.file_name().is_some_and(|name| is_identifier(&name.to_string_lossy()));
        if !fs.is_file(&directory.join("__init__.py")) || !named {
            break;
        }
        outermost = Some(directory.to_path_buf());
    }
    outermost
}

/// `str.isidentifier`; keywords are identifiers.
fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}

/// `resolve_pkg_root_and_module_name`; `None` where the file belongs to no package.
pub(super) fn resolve(
    path: &Path,
    context: &ImportContext<'_>,
    resolver: &Resolver<'_>,
    search_path: &SearchPath,
) -> Option<Resolved> {
    let mut root =
        package_path(resolver.fs, path).and_then(|package| package.parent().map(Path::to_path_buf));
    if context.consider_namespace_packages {
        if context.pytest.at_least(8, 2) {
            let start = root.as_deref().or_else(|| path.parent());
            let importable = |candidate: &&Path| {
                compute(candidate, path).is_some_and(|name| resolver.is_importable(&name, search_path, path))
            };
            if let Some(found) = start.into_iter().flat_map(Path::ancestors).find(importable) {
                root = Some(found.to_path_buf());
            }
        } else if context.pytest.at_least(8, 1)
            && let Some(package_root) = &root
        {
            let above = package_root.ancestors().skip(1);
            let mut outside = above.take_while(|parent| !resolver.fs.is_file(&parent.join("__init__.py")));
            if let Some(found) = outside.find(|parent| search_path.contains(parent)) {
                root = Some(found.to_path_buf());
            }
        }
    }
    let root = root?;
    compute(&root, path).map(|name| Resolved { root, name })
}

/// `compute_module_name`: `path` relative to `root`, with dots; `None` where nothing is left of it.
fn compute(root: &Path, path: &Path) -> Option<String> {
    let mut names = parts(path.with_extension("").strip_prefix(root).ok()?);
    if names.last().is_some_and(|last| last == "__init__") {
        names.pop();
    }
    (!names.is_empty()).then(|| names.join("."))
}

/// `module_name_from_path`: made up from the path relative to rootdir.
pub(super) fn from_path(path: &Path, rootdir: &Path, pytest: PytestVersion) -> String {
    let path = path.with_extension("");
    let mut names = match path.strip_prefix(rootdir) {
        Ok(relative) => parts(relative),
        Err(_) => parts(&path),
    };
    if names.len() >= 2 && names.last().is_some_and(|last| last == "__init__") {
        names.pop();
    }
    if pytest.at_least(8, 1) {
        for name in &mut names {
            *name = name.replace('.', "_");
        }
    }
    names.join(".")
}

/// The names a path consists of, without the root.
fn parts(path: &Path) -> Vec<String> {
    path.components()
        .filter_map(|component| match component {
            std::path::Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect()
}
