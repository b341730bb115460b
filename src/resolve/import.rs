//! How pytest imports a file: `import_path` and `_importconftest` of each release.

use std::path::{Path, PathBuf};

use crate::environment::PytestVersion;
use crate::fs::FileSystem;
use crate::settings::pytest::{ImportMode, PytestSettings};

use super::directory::{self, Hit};
use super::module_name::{from_path, package_path, resolve};
use super::resolver::{Origin, Resolver};
use super::search_path::SearchPath;
use super::suffixes::suffixes;

/// The settings that decide how files are imported.
#[derive(Clone, Copy, Debug)]
pub struct ImportContext<'a> {
    pub pytest: PytestVersion,
    pub mode: ImportMode,
    pub rootdir: &'a Path,
    /// Ignored before 8.1.
    pub consider_namespace_packages: bool,
}

impl<'a> From<&'a PytestSettings> for ImportContext<'a> {
    fn from(settings: &'a PytestSettings) -> Self {
        Self {
            pytest: settings.version,
            mode: settings.import_mode,
            rootdir: &settings.rootdir,
            consider_namespace_packages: settings.consider_namespace_packages,
        }
    }
}

/// What happens to `sys.path` before the import, for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathChange {
    /// [`SearchPath::prepend`]
    Prepend(PathBuf),
    /// [`SearchPath::append`]
    Append(PathBuf),
}

impl PathChange {
    pub fn apply(&self, path: &mut SearchPath) {
        match self {
            Self::Prepend(directory) => path.prepend(directory),
            Self::Append(directory) => path.append(directory),
        }
    }
}

/// A package that pytest imports before a module in importlib mode, if it is not in `sys.modules`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    pub name: String,
    pub origin: ParentOrigin,
}

/// What becomes of a parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParentOrigin {
    /// Its `__init__.py` is executed.
    Init(PathBuf),
    /// A namespace package of this directory.
    Namespace(PathBuf),
}

/// How a file becomes a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleImport {
    /// Its key in `sys.modules`.
    pub name: String,
    pub manner: Manner,
}

/// The two ways of importing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Prepend and append mode: `importlib.import_module(name)`, after `sys.path` was changed. What
    /// comes back must be the file, see [`FileCheck`].
    ByName(PathChange),
    /// Importlib mode: if `name` is in `sys.modules` that is the module, whatever its file is.
    /// Otherwise `loads` is executed under this name.
    ///
    /// NOTE: this is not Python's import system. A module or parent that raises stays in `sys.modules`
    /// half done, and whoever asks for it next gets it without an error.
    ByPath {
        /// The file itself; releases before 8.2 could get hold of another one.
        loads: PathBuf,
        /// Imported first, innermost first in this list: pytest goes up to the first one that is in
        /// `sys.modules` (from 8.3.5 on: and has a `__path__`), and imports from there down.
        parents: Vec<Parent>,
        /// Afterwards every parent that is still not in `sys.modules` is imported by its name, or
        /// becomes an empty module where there is none of that name.
        inserts_missing: bool,
    },
}

/// How a conftest becomes a module.
///
/// pytest then registers the module as a plugin. A module that is one already makes that a `ValueError`,
/// `Plugin already registered`: two conftests that resolve to the same name in importlib mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConftestImport {
    /// `conftest` is removed from `sys.modules` first: all conftests outside packages share that name.
    pub forgets_conftest: bool,
    pub import: ModuleImport,
}

impl ImportContext<'_> {
    /// How pytest imports the file `path`, with `search_path` as it is before.
    pub fn import(&self, path: &Path, resolver: &Resolver<'_>, search_path: &SearchPath) -> ModuleImport {
        let resolved = resolve(path, self, resolver, search_path);
        let change = match self.mode {
            ImportMode::Prepend => PathChange::Prepend,
            ImportMode::Append => PathChange::Append,
            ImportMode::Importlib => {
                return self.by_path(path, resolver, resolved.map(|found| (found.root, found.name)));
            }
        };
        let (root, name) = if let Some(found) = resolved {
            (found.root, found.name)
        } else {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            (path.parent().unwrap_or(path).to_path_buf(), name)
        };
        ModuleImport { name, manner: Manner::ByName(change(root)) }
    }

    /// How pytest imports a `conftest.py`.
    pub fn import_conftest(
        &self,
        path: &Path,
        resolver: &Resolver<'_>,
        search_path: &SearchPath,
    ) -> ConftestImport {
        ConftestImport {
            forgets_conftest: package_path(resolver.fs, path).is_none(),
            import: self.import(path, resolver, search_path),
        }
    }

    fn by_path(
        &self,
        path: &Path,
        resolver: &Resolver<'_>,
        resolved: Option<(PathBuf, String)>,
    ) -> ModuleImport {
        let directory = path.parent().unwrap_or(path);
        // Before 8.1 pytest always made the name up.
        let (name, location, inserts_missing) = match resolved {
            Some((root, name)) if self.pytest.at_least(8, 1) => (name, root, false),
            _ => (from_path(path, self.rootdir, self.pytest), directory.to_path_buf(), true),
        };
        if self.pytest.at_least(8, 2) {
            let parents = self.parents(path, &name, resolver.fs);
            let manner = Manner::ByPath { loads: path.to_path_buf(), parents, inserts_missing };
            return ModuleImport { name, manner };
        }
        let tail = name.rsplit('.').next().unwrap_or(&name);
        let found = directory::find(resolver.fs, &suffixes(resolver.environment), &location, tail);
        let loads = match found {
            // NOTE: nobody checked that this is the file.
            Some(Hit::Regular(Origin::Source { path, .. })) => path,
            _ => path.to_path_buf(),
        };
        let manner = Manner::ByPath { loads, parents: Vec::new(), inserts_missing };
        ModuleImport { name, manner }
    }

    /// The parents of `_import_module_using_spec`.
    fn parents(&self, path: &Path, name: &str, fs: &FileSystem) -> Vec<Parent> {
        let namespaces = self.pytest >= PytestVersion::new(8, 3, 4);
        let mut parents = Vec::new();
        let mut module_path = path.to_path_buf();
        let mut name = name;
        while let Some((parent_name, _)) = name.rsplit_once('.') {
            // Out of a package first, then into its parent.
            let levels =
                if module_path.file_name().is_some_and(|file| file == "__init__.py") { 2 } else { 1 };
            let Some(directory) = module_path.ancestors().nth(levels).map(Path::to_path_buf) else { break };
            let init = directory.join("__init__.py");
            let (origin, next) = if fs.is_file(&init) {
                (ParentOrigin::Init(init.clone()), init)
            } else if namespaces {
                (ParentOrigin::Namespace(directory.clone()), directory)
            } else {
                break;
            };
            parents.push(Parent { name: parent_name.to_owned(), origin });
            module_path = next;
            name = parent_name;
        }
        parents
    }
}

/// Whether the module that an import by name gave is the file that pytest wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileCheck {
    Same,
    /// `ImportPathMismatchError`, "import file mismatch".
    Mismatch,
}

impl FileCheck {
    /// Compares `path` with the `__file__` of the module in `sys.modules`, relative to `cwd`. `None`: its
    /// `__file__` is `None`. (A module without the attribute is an `AttributeError` in pytest.)
    ///
    /// NOTE: with `PY_IGNORE_IMPORTMISMATCH=1` pytest does not check.
    pub fn of(fs: &FileSystem, path: &Path, module_file: Option<&str>, cwd: &Path) -> Self {
        if path.file_name().is_some_and(|name| name == "__init__.py") {
            return Self::Same;
        }
        let Some(file) = module_file else { return Self::Mismatch };
        let compiled = file.strip_suffix(".pyc").or_else(|| file.strip_suffix(".pyo"));
        let file = cwd.join(compiled.map_or_else(|| file.to_owned(), |stem| format!("{stem}.py")));
        let file = if file.file_name().is_some_and(|name| name == "__init__.py") {
            file.parent().map_or_else(|| file.clone(), Path::to_path_buf)
        } else {
            file
        };
        let there = fs.exists(&file) || file.parent().is_none();
        if there && (file == path || fs.real_path(&file) == fs.real_path(path)) {
            Self::Same
        } else {
            Self::Mismatch
        }
    }

    /// What pytest reports then, from its first line on.
    pub fn message(name: &str, module_file: Option<&str>, path: &Path) -> String {
        let file = module_file.unwrap_or("None");
        format!(
            "import file mismatch:\nimported module '{name}' has this __file__ attribute:\n  {file}\nwhich is \
             not the same as the test file we want to collect:\n  {}\nHINT: remove __pycache__ / .pyc files \
             and/or use a unique basename for your test file modules",
            path.display()
        )
    }
}
