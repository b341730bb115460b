//! The repository that the tests belong to: what it declares, its cells, what git tracks.

use std::path::{Path, PathBuf};

use super::{CheckError, Request};
use crate::environment::cells::{Cell, Knowledge, Project};
use crate::environment::git::{self, Repository};
use crate::environment::{Environment, Platform, PythonVersion, ThirdParty};
use crate::fs::FileSystem;
use crate::syntax::literals;

/// The versions whose standard library and grammar are known.
const KNOWN_PYTHONS: std::ops::RangeInclusive<u8> = 8..=14;

/// Files beside which a repository's root is, where there is no `.git`.
const AT_THE_ROOT: [&str; 3] = [".github/workflows", ".gitlab-ci.yml", "azure-pipelines.yml"];

/// What lies around the tests.
#[derive(Debug)]
pub(super) struct Surroundings {
    pub project: Project,
    pub repository: Option<Repository>,
    /// The cells that can be judged, each with its environment.
    pub cells: Vec<(Cell, Environment)>,
}

impl Surroundings {
    /// Reads the repository; what its cells leave open is taken from `usual`.
    pub(super) fn read(request: &Request, fs: &FileSystem, usual: &Environment) -> Self {
        let root = root(&request.working_directory, fs);
        let outline = |path: &Path| literals::outline(path, &fs.read(path).ok()?);
        let installed = match &usual.third_party {
            ThirdParty::Site(site) => Some(&**site),
            ThirdParty::Everything | ThirdParty::Stated(_) | ThirdParty::Declared(_) => None,
        };
        let knowledge = Knowledge {
            stated: &request.options.cells,
            module_names: Some(&request.options.module_names),
            installed,
        };
        let project = Project::read(fs, &root, &outline, knowledge);
        let mut cells = project.environments(usual);
        let is_known = |python: PythonVersion| python.major == 3 && KNOWN_PYTHONS.contains(&python.minor);
        // Another repository may be checked out where nothing is here.
        let is_here = |cell: &Cell| fs.is_dir(&cell.working_directory);
        cells.retain(|(cell, environment)| is_known(environment.python.peek()) && is_here(cell));
        let repository = Repository::read(fs, &request.working_directory).and_then(Result::ok);
        Self { project, repository, cells }
    }

    /// The cells with these names, in the order of the project.
    pub(super) fn named(&self, names: &[String]) -> Result<Vec<&(Cell, Environment)>, CheckError> {
        let is_there = |name: &&String| self.cells.iter().any(|(cell, _)| cell.name == **name);
        match names.iter().find(|name| !is_there(name)) {
            Some(unknown) => Err(CheckError::UnknownCell {
                name: unknown.clone(),
                known: self.cells.iter().map(|(cell, _)| cell.name.clone()).collect(),
            }),
            None => Ok(self.cells.iter().filter(|(cell, _)| names.contains(&cell.name)).collect()),
        }
    }

    /// The Python, platform and pytest to assume where the user states none: those of the newest cell, which is
    /// returned, else the newest Python that the project accepts.
    pub(super) fn settle(&self, environment: &mut Environment, request: &Request) -> Option<&Environment> {
        let target = &request.target;
        let host = Platform::host();
        let usual = self.cells.iter().filter(|(cell, _)| cell.python.is_some());
        let newest = usual.map(|(_, known)| known).max_by_key(|known| (known.python, known.platform == host));
        if let Some(newest) = newest {
            if target.python_versions.is_empty() {
                environment.python = newest.python;
                if target.pytest.is_none() {
                    environment.pytest = newest.pytest;
                }
            }
            if target.platforms.is_empty() && !self.cells.iter().any(|(_, known)| known.platform == host) {
                environment.platform = newest.platform;
            }
        } else if target.python_versions.is_empty()
            && let Some(newest) = self.newest_accepted(environment.python.peek())
        {
            environment.python = newest.into();
        }
        newest
    }

    /// `requires-python`, as far as it excludes `usual`.
    fn newest_accepted(&self, usual: PythonVersion) -> Option<PythonVersion> {
        let accepted = self.project.declarations.get(&self.project.root)?.requires_python.as_ref()?;
        let is_accepted = |python: &PythonVersion| {
            let releases = [python.to_string(), format!("{python}.99")];
            releases.iter().any(|release| release.parse().is_ok_and(|version| accepted.contains(&version)))
        };
        KNOWN_PYTHONS
            .rev()
            .map(|minor| PythonVersion::new(3, minor))
            .filter(|python| *python <= usual)
            .find(is_accepted)
    }
}

/// The nearest directory that is the root of a repository; the directory itself where none is.
fn root(directory: &Path, fs: &FileSystem) -> PathBuf {
    let is_root = |folder: &&Path| AT_THE_ROOT.iter().any(|name| fs.exists(&folder.join(name)));
    let git = git::root(fs, directory);
    let marked = directory.ancestors().find(is_root);
    match (git, marked) {
        // A project with workflows of its own may lie in a larger repository.
        (Some(git), Some(marked)) if marked.starts_with(&git) => marked.to_path_buf(),
        (Some(git), _) => git,
        (None, Some(marked)) => marked.to_path_buf(),
        (None, None) => directory.to_path_buf(),
    }
}
