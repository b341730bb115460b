//! The questions a walk asks while it walks.

use std::path::{Path, PathBuf};

use super::node::{Directory, ModuleFile};

/// When a conftest is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before the session: an exception ends pytest.
    Initial,
    /// While the session is collected.
    Collection,
}

/// How the walk goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Continue,
    /// What is being collected failed or was skipped: the directory, or with 7.x the whole session where
    /// pytest was still looking for modules. What it holds is not met.
    Abandon,
    /// The session ends here.
    Stop,
}

/// What collecting a module came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Collected {
    /// It was imported, and everything selected in it is there.
    Passed,
    /// It was imported, and holds nothing of that name. What was searched last, as pytest prints it
    /// (`<Class TestA>`); the module itself where that is empty.
    NotFound(Vec<String>),
    /// It failed or was skipped.
    Abandoned,
    /// The session ends here.
    Stop,
}

/// What the hook `pytest_ignore_collect` of conftests and plugins answers for an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// No hook, or `None`: pytest's own rules decide.
    #[default]
    Undecided,
    /// `True`.
    Ignore,
    /// `False`: pytest's own rules, `norecursedirs` among them, are not asked.
    Keep,
    /// It cannot be told.
    Unknown,
}

/// An entry of the directory that is being listed.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub path: &'a Path,
    pub is_dir: bool,
    /// The conftests whose hooks are asked, outermost first.
    pub conftests: &'a [PathBuf],
}

/// The value of a module's variable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Declared<T> {
    /// The module has no such variable.
    #[default]
    Absent,
    Value(T),
    /// It has or may have one, of unknown value.
    Unknown,
}

/// One element of `collect_ignore` or `collect_ignore_glob`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IgnoreEntry {
    /// A string: relative to the conftest's directory.
    Text(String),
    /// A path object: taken as it is.
    Path(PathBuf),
}

/// Where `importlib.util.find_spec` finds a dotted name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Located {
    Module(PathBuf),
    /// A package, by its `__init__.py`.
    Package(PathBuf),
    /// A namespace package, by its first directory.
    Namespace(PathBuf),
}

/// Who drives a walk: it imports what pytest imports, in the order of the calls.
pub trait Visitor {
    /// pytest imports this conftest. Called once per conftest, unless it fails.
    fn conftest(&mut self, path: &Path, stage: Stage) -> Control;

    /// pytest collects this file: for [`ModuleKind::Module`](super::ModuleKind) it imports it. It can
    /// be called again for the same file, where pytest collects a file twice.
    fn module(&mut self, module: &ModuleFile) -> Collected;

    /// What was selected in a module becomes items now; it was imported when its arguments were looked up.
    fn selected(&mut self, _module: &ModuleFile) {}

    /// pytest is about to list this directory; its conftests are loaded. With 7.x only packages are
    /// announced.
    fn directory(&mut self, _directory: &Directory) -> Control {
        Control::Continue
    }

    /// `collect_ignore` of a loaded conftest.
    fn collect_ignore(&mut self, _conftest: &Path) -> Declared<Vec<IgnoreEntry>> {
        Declared::Absent
    }

    /// `collect_ignore_glob` of a loaded conftest.
    fn collect_ignore_glob(&mut self, _conftest: &Path) -> Declared<Vec<IgnoreEntry>> {
        Declared::Absent
    }

    /// The hook `pytest_ignore_collect`.
    fn ignore(&mut self, _entry: Entry<'_>) -> Verdict {
        Verdict::Undecided
    }

    /// The hook `pytest_collect_file`: only where it raises does it matter here.
    fn file(&mut self, _entry: Entry<'_>) -> Control {
        Control::Continue
    }

    /// pytest cannot list this directory: the collection error is its own.
    fn unreadable(&mut self, _directory: &Path) {}

    /// `importlib.util.find_spec`, for `--pyargs`; it imports the parent packages.
    fn locate(&mut self, _dotted: &str) -> Option<Located> {
        None
    }
}
