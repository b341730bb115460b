//! A session: initial conftests first, then everything else.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use crate::fs::FileSystem;

use super::argument::{self, Argument, UsageError};
use super::conftests::{Conftests, initial_directories};
use super::fnmatch::path_matches;
use super::ignore::{Ignored, Rules};
use super::node::{ModuleFile, ModuleKind, node_path};
use super::request::Request;
use super::visitor::{Control, Entry, Stage, Visitor};
use super::{legacy, tree};

/// How a collection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything was met.
    Completed,
    /// The visitor stopped it.
    Stopped,
    /// With 7.x: a conftest failed or was skipped while pytest looked for modules. Nothing is collected.
    Abandoned,
}

/// An argument that matched nothing: pytest ends with exit code 4. All arguments have been looked up then,
/// but of what they name only the modules were imported of which a part is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFound {
    /// As pytest prints it: an absolute path with the selected names.
    pub argument: String,
    /// What pytest searched in vain, as it prints it: `<Module test_a.py>`.
    pub searched: Vec<String>,
}

impl NotFound {
    /// What pytest prints after `ERROR: `.
    pub fn message(&self, request: &Request) -> String {
        let Self { argument, searched } = self;
        if searched.is_empty() {
            return format!("found no collectors for {argument}");
        }
        let searched = searched.join(", ");
        if request.pytest.at_least(8, 0) {
            format!("not found: {argument}\n(no match in any of [{searched}])")
        } else {
            format!("not found: {argument}\n(no name '{argument}' in any of [{searched}])")
        }
    }
}

/// What a collection came to.
#[derive(Clone, Debug)]
pub struct Collection {
    pub end: End,
    pub not_found: Vec<NotFound>,
    /// The walk met so many links into its own ancestors that it gave up following them.
    pub truncated: bool,
}

/// One session's walk.
#[derive(Debug)]
pub struct Session<'a> {
    pub(super) request: &'a Request,
    pub(super) fs: &'a FileSystem,
    pub(super) conftests: Conftests,
    pub(super) initial: FxHashSet<PathBuf>,
    pub(super) initial_and_above: FxHashSet<PathBuf>,
    pub(super) not_found: Vec<NotFound>,
}

impl<'a> Session<'a> {
    pub fn new(request: &'a Request, fs: &'a FileSystem) -> Self {
        Self {
            request,
            fs,
            conftests: Conftests::default(),
            initial: FxHashSet::default(),
            initial_and_above: FxHashSet::default(),
            not_found: Vec::new(),
        }
    }

    /// Has the visitor load the conftests that pytest loads before the session. Anything but
    /// [`Control::Continue`] means that one of them failed, and pytest ended.
    pub fn load_initial_conftests(&mut self, visitor: &mut dyn Visitor) -> Control {
        for directory in initial_directories(self.request, self.fs) {
            match self.conftests.load(self.request, self.fs, visitor, &directory, Stage::Initial) {
                Control::Continue => {}
                end @ (Control::Abandon | Control::Stop) => return end,
            }
        }
        Control::Continue
    }

    /// Walks everything.
    ///
    /// # Errors
    ///
    /// The first argument that names nothing: pytest then ends with exit code 4 and collects nothing.
    pub fn collect(&mut self, visitor: &mut dyn Visitor) -> Result<Collection, UsageError> {
        let arguments = argument::resolve(self.request, self.fs, visitor)?;
        for Argument { path, .. } in &arguments {
            self.initial.insert(path.clone());
            self.initial_and_above.extend(path.ancestors().map(Path::to_path_buf));
        }
        let (end, truncated) = if self.request.pytest.at_least(8, 0) {
            tree::collect(self, visitor, &arguments)
        } else {
            legacy::collect(self, visitor, &arguments)
        };
        Ok(Collection { end, not_found: std::mem::take(&mut self.not_found), truncated })
    }

    pub(super) fn load_conftests(&mut self, visitor: &mut dyn Visitor, directory: &Path) -> Control {
        self.conftests.load(self.request, self.fs, visitor, directory, Stage::Collection)
    }

    pub(super) fn node(&self, path: &Path) -> String {
        let initial = self.initial.iter().map(PathBuf::as_path);
        node_path(&self.request.rootdir, initial, path).unwrap_or_else(|| path.display().to_string())
    }

    /// What pytest's own plugins make of a file, in the order in which they are asked: the doctest
    /// plugin comes before the python plugin.
    pub(super) fn kinds(&self, path: &Path, patterns: &[&str]) -> Vec<ModuleKind> {
        let request = self.request;
        let explicit = self.initial.contains(path);
        let mut kinds = Vec::new();
        let suffix = suffix(path);
        if suffix == ".py" {
            if request.doctest && request.doctest_modules && !self.is_exempt_from_doctest(path) {
                kinds.push(ModuleKind::Doctest);
            }
            let named = || patterns.iter().any(|pattern| path_matches(pattern, path, request.platform));
            if request.python && (explicit || named()) {
                kinds.push(ModuleKind::Module);
            }
        } else if request.doctest {
            let named = || request.doctest_glob.iter().any(|glob| path_matches(glob, path, request.platform));
            if explicit && matches!(suffix.as_str(), ".txt" | ".rst") || named() {
                kinds.push(ModuleKind::TextDoctest);
            }
        }
        kinds
    }

    pub(super) fn python_patterns(&self) -> Vec<&'a str> {
        self.request.python_files.iter().map(String::as_str).collect()
    }

    fn is_exempt_from_doctest(&self, path: &Path) -> bool {
        let Some(name) = path.file_name() else { return false };
        if name == "__main__.py" {
            return true;
        }
        name == "setup.py"
            && self.fs.read(path).is_ok_and(|content| {
                let mentions = |word: &[u8]| content.windows(word.len()).any(|window| window == word);
                mentions(b"setuptools") || mentions(b"distutils")
            })
    }

    /// Whether the entry of a directory is passed over.
    pub(super) fn ignored(
        &self,
        visitor: &mut dyn Visitor,
        rules: &Rules,
        path: &Path,
        is_dir: bool,
        conftests: &[PathBuf],
    ) -> Ignored {
        rules.ignores(self.request, self.fs, visitor, Entry { path, is_dir, conftests })
    }

    pub(super) fn module_file(&self, path: &Path, kind: ModuleKind, certain: bool) -> ModuleFile {
        ModuleFile {
            path: path.to_path_buf(),
            kind,
            node: self.node(path),
            explicit: self.initial.contains(path),
            selection: None,
            cached: false,
            conftests: path
                .parent()
                .map(|directory| self.conftests.of(directory).to_vec())
                .unwrap_or_default(),
            certain,
        }
    }
}

/// `PurePath.suffix`: a leading dot begins no suffix.
fn suffix(path: &Path) -> String {
    let extension = path.extension().filter(|extension| !extension.is_empty());
    extension.map(|extension| format!(".{}", extension.to_string_lossy())).unwrap_or_default()
}
