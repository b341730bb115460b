//! Modules that some environment of the project lacks, and where the project declares them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use pep508_rs::{ExtraName, PackageName};

use super::{Cell, Project};
use crate::environment::declare::{Declarations, Dependencies, Dependency, Item, Marker};
use crate::environment::install::GroupName;
use crate::environment::{Environment, Place, Presence};

/// A list in which the project declares a distribution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// The project's own dependencies: they are always installed with it.
    Dependencies,
    Extra(ExtraName),
    Group(GroupName),
    Requirements(PathBuf),
    /// An environment of hatch.
    Environment(String),
    Pipfile,
    PipfileDev,
    Conda,
    /// `tests_require`: no command installs it.
    Nothing,
}

/// One place where a distribution is declared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeclaredAt {
    pub list: List,
    pub place: Place,
    /// The directory of the project that declares it.
    pub project: PathBuf,
}

/// A module that may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionalModule {
    /// Dotted where it lies in a namespace package.
    pub module: String,
    pub distribution: PackageName,
    pub declared: Vec<DeclaredAt>,
    /// The cells that certainly lack it.
    pub missing_in: Vec<String>,
    /// The cells that may lack it.
    pub unsure_in: Vec<String>,
}

impl List {
    /// Whether its name says that it is for the tests or for development.
    pub fn is_for_tests(&self) -> bool {
        let is_word = |text: &str| {
            text.to_lowercase().split(['-', '_', '.', '/', '\\']).any(|word| {
                ["test", "tests", "testing", "dev", "develop", "development", "ci", "qa"].contains(&word)
            })
        };
        match self {
            Self::Dependencies | Self::PipfileDev => true,
            Self::Extra(name) | Self::Group(name) => is_word(name.as_ref()),
            Self::Requirements(path) => path.file_name().and_then(|name| name.to_str()).is_some_and(is_word),
            Self::Environment(name) => is_word(name),
            Self::Pipfile | Self::Conda => true,
            Self::Nothing => false,
        }
    }
}

impl Project {
    /// Everywhere that the project declares a distribution.
    pub fn declared_at(&self, distribution: &PackageName) -> Vec<DeclaredAt> {
        self.mentioned().remove(distribution).unwrap_or_default()
    }

    /// The modules that a cell lacks or may lack, and those that the project declares only beside its own
    /// dependencies. pytest itself is not among them.
    pub fn optional_modules(&self, environments: &[(Cell, Environment)]) -> Vec<OptionalModule> {
        let mut modules = Vec::new();
        for (distribution, declared) in self.mentioned() {
            if distribution.as_ref() == "pytest" || self.is_own(&distribution) {
                continue;
            }
            for module in self.modules_of(&distribution) {
                let lacking = |wanted: Presence| -> Vec<String> {
                    let cells = environments
                        .iter()
                        .filter(|(_, environment)| environment.third_party(&module) == wanted);
                    cells.map(|(cell, _)| cell.name.clone()).collect()
                };
                let (missing_in, unsure_in) = (lacking(Presence::Absent), lacking(Presence::Unknown));
                let is_optional = declared.iter().all(|at| at.list != List::Dependencies);
                if is_optional || !missing_in.is_empty() || !unsure_in.is_empty() {
                    let (distribution, declared) = (distribution.clone(), declared.clone());
                    modules.push(OptionalModule { module, distribution, declared, missing_in, unsure_in });
                }
            }
        }
        modules
    }

    /// The modules that are there wherever the project is installed: its own, and those of what it always
    /// depends on.
    pub fn always_there(&self) -> BTreeSet<String> {
        let mut modules = BTreeSet::new();
        for member in self.declarations.values() {
            let needed = member.dependencies.items.iter().filter_map(|item| match item {
                Item::Dependency(Dependency { name: Some(name), marker, .. })
                    if *marker == Marker::ALWAYS =>
                {
                    Some(name)
                }
                _ => None,
            });
            for distribution in member.name.iter().chain(needed) {
                modules.extend(self.modules_of(distribution));
            }
        }
        modules
    }

    /// The modules of a distribution, as far as they are known; else what its name suggests.
    pub fn modules_of(&self, distribution: &PackageName) -> BTreeSet<String> {
        match self.names.modules(distribution) {
            Some(modules) => modules.clone(),
            None => {
                let name = distribution.as_ref();
                let short = ["python-", "py-", "django-", "flask-"]
                    .iter()
                    .find_map(|prefix| name.strip_prefix(prefix));
                [name].into_iter().chain(short).map(|name| name.replace('-', "_")).collect()
            }
        }
    }

    fn is_own(&self, distribution: &PackageName) -> bool {
        self.declarations.values().any(|member| member.name.as_ref() == Some(distribution))
    }

    /// Every distribution that the project names, with the places.
    pub(super) fn mentioned(&self) -> BTreeMap<PackageName, Vec<DeclaredAt>> {
        let mut all = BTreeMap::new();
        for member in self.declarations.values() {
            let mut add = |list: List, dependencies: &Dependencies| {
                add_all(&mut all, member, &list, dependencies.items.iter());
            };
            add(List::Dependencies, &member.dependencies);
            for (name, extra) in &member.extras {
                add(List::Extra(name.clone()), extra);
            }
            for (name, group) in &member.groups {
                add(List::Group(name.clone()), &group.dependencies);
            }
            for (name, environment) in &member.hatch {
                add(List::Environment(name.clone()), &environment.dependencies);
            }
            if let Some(pipfile) = &member.pipfile {
                add(List::Pipfile, &pipfile.packages);
                add(List::PipfileDev, &pipfile.dev_packages);
            }
            for environment in &member.conda {
                add(List::Conda, &environment.dependencies);
            }
            add(List::Nothing, &member.mentioned);
            for file in member.requirements.values() {
                add_all(&mut all, member, &List::Requirements(file.path.to_path_buf()), file.items.iter());
            }
        }
        for places in all.values_mut() {
            places.sort();
            places.dedup();
        }
        all
    }
}

fn add_all<'a>(
    all: &mut BTreeMap<PackageName, Vec<DeclaredAt>>,
    member: &Declarations,
    list: &List,
    items: impl Iterator<Item = &'a Item>,
) {
    for item in items {
        if let Item::Dependency(Dependency { name: Some(name), place, .. }) = item {
            let at = DeclaredAt { list: list.clone(), place: place.clone(), project: member.root.clone() };
            all.entry(name.clone()).or_default().push(at);
        }
    }
}
