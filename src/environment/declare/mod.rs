//! What a project says is installed for its tests.
//!
//! Every reader takes one file format and adds to [`Declarations`]; nothing is resolved here: extras,
//! groups and files that refer to each other stay references, markers stay conditions. Where a file
//! hides something (`dynamic`, code in `setup.py`), `complete` is false and nobody may conclude
//! that a distribution is missing.

mod conda;
pub(crate) mod dependency;
pub mod edit;
mod groups;
pub mod hatch;
pub mod literal;
pub mod marker;
mod pdm;
mod pipfile;
mod poetry;
mod pyproject;
pub mod requirements;
mod setup_cfg;
mod setup_py;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pep440_rs::VersionSpecifiers;
use pep508_rs::{ExtraName, PackageName};

use crate::fs::{EntryKind, FileSystem};

use super::Place;
use super::document::{Document, DocumentError, Format, ini::Ini};
use super::install::GroupName;

pub use dependency::Dependency;
pub use hatch::HatchEnvironment;
pub use literal::Outline;
pub use marker::{Applies, Marker, MarkerContext};
pub use requirements::RequirementsFile;

/// One line of a list of dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Dependency(Dependency),
    /// All of another file, absolute.
    Requirements(PathBuf, Place),
    /// All of another group.
    Group(GroupName, Place),
}

/// A list of dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependencies {
    pub items: Vec<Item>,
    /// Whether `items` is all of it.
    pub complete: bool,
}

impl Default for Dependencies {
    fn default() -> Self {
        Self { items: Vec::new(), complete: true }
    }
}

impl Dependencies {
    /// Something of which nothing is known.
    pub fn hidden() -> Self {
        Self { items: Vec::new(), complete: false }
    }

    fn push(&mut self, dependency: Option<Dependency>) {
        match dependency {
            Some(dependency) => self.items.push(Item::Dependency(dependency)),
            None => self.complete = false,
        }
    }
}

/// A dependency group.
#[derive(Clone, Debug, Default)]
pub struct Group {
    pub dependencies: Dependencies,
    /// Poetry: only with `--with`.
    pub optional: bool,
}

/// `Pipfile`
#[derive(Clone, Debug, Default)]
pub struct Pipfile {
    pub packages: Dependencies,
    pub dev_packages: Dependencies,
}

/// `environment.yml`: its names are conda's, brought to what PyPI calls them.
#[derive(Clone, Debug)]
pub struct CondaEnvironment {
    pub path: PathBuf,
    pub dependencies: Dependencies,
}

impl CondaEnvironment {
    /// The file at an absolute path; `None` where there is none, or it is no YAML.
    pub fn read(fs: &FileSystem, path: &Path) -> Option<Self> {
        Some(conda::read(&Document::read(fs, path, Format::Yaml)?.ok()?))
    }
}

/// `default-groups` of uv.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultGroups {
    All,
    Named(Vec<GroupName>),
}

/// Everything that the files of one directory declare.
#[derive(Debug)]
pub struct Declarations {
    /// The directory of `pyproject.toml`, `setup.cfg`, `setup.py`.
    pub root: PathBuf,
    /// Whether there is a project that can be installed from here.
    pub is_project: bool,
    pub name: Option<PackageName>,
    pub requires_python: Option<VersionSpecifiers>,
    pub dependencies: Dependencies,
    pub extras: BTreeMap<ExtraName, Dependencies>,
    /// Whether there may be extras beside `extras`.
    pub hidden_extras: bool,
    pub groups: BTreeMap<GroupName, Group>,
    pub uv_default_groups: DefaultGroups,
    /// Local directories of `[tool.uv.sources]`.
    pub sources: BTreeMap<PackageName, PathBuf>,
    /// Directories of `[tool.uv.workspace]`.
    pub members: Vec<PathBuf>,
    pub hatch: BTreeMap<String, HatchEnvironment>,
    pub pipfile: Option<Pipfile>,
    pub conda: Vec<CondaEnvironment>,
    /// Requirements files of the directory and of those with telling names below it.
    pub requirements: BTreeMap<PathBuf, RequirementsFile>,
    /// What is named and installed by no command: `tests_require`.
    pub mentioned: Dependencies,
    pub errors: Vec<DocumentError>,
}

/// How `setup.py` is read: the parser is in a layer above this one.
pub type ReadOutline<'a> = dyn Fn(&Path) -> Option<Outline> + Sync + 'a;

impl Declarations {
    fn empty(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            is_project: false,
            name: None,
            requires_python: None,
            dependencies: Dependencies::default(),
            extras: BTreeMap::new(),
            hidden_extras: false,
            groups: BTreeMap::new(),
            uv_default_groups: DefaultGroups::Named("dev".parse().into_iter().collect()),
            sources: BTreeMap::new(),
            members: Vec::new(),
            hatch: BTreeMap::new(),
            pipfile: None,
            conda: Vec::new(),
            requirements: BTreeMap::new(),
            mentioned: Dependencies::default(),
            errors: Vec::new(),
        }
    }

    /// Reads the files of an absolute directory.
    pub fn read(fs: &FileSystem, root: &Path, outline: &ReadOutline<'_>) -> Self {
        let mut declarations = Self::empty(root);
        let pyproject = declarations.document(fs, "pyproject.toml", Format::Toml);
        let stated = pyproject
            .as_ref()
            .map_or(pyproject::Stated::NOTHING, |document| pyproject::read(document, fs, &mut declarations));
        // setuptools takes from its older files what `[project]` does not fix.
        if stated != pyproject::Stated::EVERYTHING {
            if let Some(ini) = Ini::read(fs, &root.join("setup.cfg")) {
                setup_cfg::read(&ini, stated, &mut declarations);
            }
            if fs.is_file(&root.join("setup.py")) {
                match outline(&root.join("setup.py")) {
                    Some(outline) => setup_py::read(&outline, stated, &mut declarations),
                    None => setup_py::hide(stated, &mut declarations),
                }
            }
        }
        if let Some(document) = declarations.document(fs, "Pipfile", Format::Toml) {
            declarations.pipfile = Some(pipfile::read(&document));
        }
        for name in conda::FILES {
            if let Some(document) = declarations.document(fs, name, Format::Yaml) {
                declarations.conda.push(conda::read(&document));
            }
        }
        declarations.read_requirements(fs, root, Depth::Top);
        declarations
    }

    fn document(&mut self, fs: &FileSystem, name: &str, format: Format) -> Option<Document> {
        match Document::read(fs, &self.root.join(name), format)? {
            Ok(document) => Some(document),
            Err(error) => {
                self.errors.push(error);
                None
            }
        }
    }

    /// Requirements files by their names, and whatever they refer to.
    fn read_requirements(&mut self, fs: &FileSystem, directory: &Path, depth: Depth) {
        let Some(listing) = fs.list(directory) else { return };
        for (name, kind) in listing.iter() {
            let Some(name) = name.to_str() else { continue };
            let path = directory.join(name);
            let is_text = Path::new(name).extension().is_some_and(|extension| extension == "txt");
            match (kind, depth) {
                (EntryKind::File, Depth::Top) if is_text && name.contains("requirements") => {
                    self.add_requirements(fs, &path);
                }
                (EntryKind::File, Depth::Below) if is_text => self.add_requirements(fs, &path),
                (EntryKind::Directory, Depth::Top) if matches!(name, "requirements" | "reqs") => {
                    self.read_requirements(fs, &path, Depth::Below);
                }
                (EntryKind::File | EntryKind::Directory, Depth::Top | Depth::Below) => {}
            }
        }
    }

    /// Reads a requirements file and those it includes, each once.
    pub fn add_requirements(&mut self, fs: &FileSystem, path: &Path) {
        let mut pending = vec![path.to_path_buf()];
        while let Some(path) = pending.pop() {
            if self.requirements.contains_key(&path) {
                continue;
            }
            let Some(file) = RequirementsFile::read(fs, &path) else { continue };
            for item in &file.items {
                if let Item::Requirements(included, _) = item {
                    pending.push(included.clone());
                }
            }
            self.requirements.insert(path, file);
        }
    }
}

#[derive(Clone, Copy)]
enum Depth {
    Top,
    Below,
}

#[cfg(test)]
mod tests;
