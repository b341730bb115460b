//! `[tool.collectlint.cells.NAME]`: cells that the configuration states.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Cell;
use crate::environment::command::PytestCall;
use crate::environment::declare::dependency::normalize;
use crate::environment::declare::{Declarations, Dependency};
use crate::environment::install::{Install, Installer, Installs, Parts, ProjectInstall, Selection, What};
use crate::environment::variables::{self, Host};
use crate::environment::{Machine, Place, Platform, PythonVersion};
use crate::text::Span;

/// A cell that the configuration states. What it leaves out is taken from the project: where it says nothing about
/// what is installed, that is everything that the project declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatedCell {
    pub name: String,
    /// `python = "3.9"`
    pub python: Option<PythonVersion>,
    /// `platform = "windows"`
    pub platform: Option<Platform>,
    /// `machine = "aarch64"`
    pub machine: Option<Machine>,
    /// `extras = ["test"]`
    pub extras: Option<Vec<String>>,
    /// `groups = ["dev"]`
    pub groups: Option<Vec<String>>,
    /// `requirements = ["requirements-dev.txt"]`, relative to the configuration file.
    pub requirements: Option<Vec<PathBuf>>,
    /// `packages = ["numpy>=2"]`
    pub packages: Option<Vec<String>>,
    /// `env = { KEY = "value" }`
    pub variables: BTreeMap<String, String>,
    /// `pytest-args = ["-m", "not slow"]`
    pub pytest_arguments: Vec<String>,
    /// The table in the configuration file.
    pub place: Option<Place>,
}

impl StatedCell {
    /// The cell, for the project of `declarations`.
    pub(super) fn cell(&self, declarations: &Declarations) -> Cell {
        let root = &declarations.root;
        let place = self.place.clone().unwrap_or_else(|| Place {
            path: Arc::new(root.join("pyproject.toml")),
            span: Span::default(),
            line: 1,
        });
        let directory = place.path.parent().unwrap_or(Path::new("")).to_path_buf();
        let says_nothing = self.extras.is_none()
            && self.groups.is_none()
            && self.requirements.is_none()
            && self.packages.is_none();
        let chosen = |names: &Option<Vec<String>>| Selection {
            all: says_nothing,
            named: names.iter().flatten().filter_map(|name| name.parse().ok()).collect(),
            ..Selection::default()
        };
        let mut whats = vec![What::Project(ProjectInstall {
            root: root.clone(),
            installer: Installer::Pip,
            parts: Parts::Both,
            extras: chosen(&self.extras),
            groups: chosen(&self.groups),
            default_groups: false,
            locked: false,
        })];
        let files = self.requirements.iter().flatten().map(|file| normalize(&directory.join(file)));
        whats.extend(files.map(What::Requirements));
        if says_nothing {
            whats.extend(declarations.requirements.keys().cloned().map(What::Requirements));
        }
        let packages = self.packages.iter().flatten();
        whats.extend(
            packages.filter_map(|text| Dependency::parse(text, &directory, &place)).map(What::Package),
        );
        let install = |what| Install { what, certain: true, place: place.clone() };
        let platform = self.platform.unwrap_or_else(Platform::host);
        let mut variables = variables::well_known(platform, self.machine, Host::Anyone);
        variables.extend(self.variables.iter().map(|(name, value)| (name.clone(), Some(value.clone()))));
        Cell {
            name: self.name.clone(),
            python: self.python,
            platform: self.platform,
            machine: self.machine,
            installed: Installs {
                steps: whats.into_iter().map(install).collect(),
                everything_known: !says_nothing,
            },
            variables,
            pytest: PytestCall { arguments: self.pytest_arguments.clone(), complete: true, as_module: false },
            working_directory: root.clone(),
            place,
        }
    }
}
