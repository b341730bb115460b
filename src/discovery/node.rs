//! What a walk meets.

use std::path::{Path, PathBuf};

use super::argument::Selection;
use super::request::Request;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DirectoryKind {
    /// Only known from 8.0 on.
    Dir,
    /// It has an `__init__.py`.
    Package,
}

/// A directory that pytest collects.
#[derive(Clone, Debug)]
pub struct Directory {
    pub path: PathBuf,
    pub kind: DirectoryKind,
    /// As pytest prints it: relative to rootdir, with `/`.
    pub node: String,
    /// Whether it is certain that pytest comes here.
    pub certain: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ModuleKind {
    /// A test module: it is imported.
    Module,
    /// A file that `--doctest-modules` imports and searches for docstrings.
    ///
    /// NOTE: a `conftest.py` is the plugin it was loaded as up to 8.0, and is imported like any other
    /// module from 8.1 on: by then `conftest` in `sys.modules` may be another one.
    Doctest,
    /// A text file that is parsed as a doctest; nothing is imported.
    TextDoctest,
}

/// A file that pytest collects.
#[derive(Clone, Debug)]
pub struct ModuleFile {
    pub path: PathBuf,
    pub kind: ModuleKind,
    /// As pytest prints it: relative to rootdir, with `/`.
    pub node: String,
    /// It is an argument itself.
    pub explicit: bool,
    /// What is asked for of it, where it is not all.
    pub selection: Option<Selection>,
    /// pytest has collected this very node before: it is neither imported nor reported again, only
    /// asked for another selection.
    pub cached: bool,
    /// The conftests that apply to it, outermost first.
    pub conftests: Vec<PathBuf>,
    /// Whether it is certain that pytest collects it.
    pub certain: bool,
}

/// The path of a node id: relative to rootdir, else to the argument it was found below, with `/`;
/// `None` where it is neither. `initial` are the paths of the arguments.
pub fn node_path<'a>(
    rootdir: &Path,
    initial: impl IntoIterator<Item = &'a Path>,
    path: &Path,
) -> Option<String> {
    if let Ok(relative) = path.strip_prefix(rootdir) {
        let text = with_slashes(relative);
        return Some(if text.is_empty() { ".".to_owned() } else { text });
    }
    let below = initial.into_iter().filter_map(|argument| path.strip_prefix(argument).ok());
    below.min_by_key(|rest| rest.components().count()).map(with_slashes)
}

fn with_slashes(relative: &Path) -> String {
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

impl Request {
    /// Whether a namespace package can be an argument under `--pyargs`.
    pub(super) fn namespace_arguments(&self) -> bool {
        self.pytest.at_least(9, 0) && self.consider_namespace_packages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_paths_are_relative_to_rootdir_or_to_their_argument() {
        let rootdir = Path::new("/p");
        let none: [&Path; 0] = [];
        assert_eq!(node_path(rootdir, none, Path::new("/p/tests/test_a.py")).unwrap(), "tests/test_a.py");
        assert_eq!(node_path(rootdir, none, Path::new("/p")).unwrap(), ".");
        assert_eq!(node_path(rootdir, none, Path::new("/q/test_a.py")), None);
        let initial = [Path::new("/q"), Path::new("/q/r")];
        assert_eq!(node_path(rootdir, initial, Path::new("/q/r/test_a.py")).unwrap(), "test_a.py");
    }
}
