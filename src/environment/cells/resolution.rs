//! From what is installed by name to everything that is there.
//!
//! | statement | what it leads to |
//! | --- | --- |
//! | a project | its dependencies, the chosen extras and groups, and those the installer adds |
//! | a requirements file | its lines and the files it includes; a lock says that nothing else comes |
//! | a distribution | what lock files, installed metadata or the table say that it needs |
//! | anything hidden | the answer is open: nobody may conclude that something is missing |

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pep440_rs::VersionSpecifiers;
use pep508_rs::{ExtraName, PackageName};

use super::Project;
use crate::environment::declare::{
    Applies, Declarations, DefaultGroups, Dependencies, Dependency, Item, MarkerContext,
};
use crate::environment::install::{
    GroupName, Install, Installer, Installs, Parts, ProjectInstall, Selection, What,
};
use crate::environment::lock::Root;

/// What one environment holds.
#[derive(Debug, Default)]
pub(super) struct Resolution {
    pub installed: BTreeSet<PackageName>,
    pub possible: BTreeSet<PackageName>,
    /// Whether the two are everything there can be.
    pub closed: bool,
    /// Directories of projects whose own modules are installed.
    pub projects: Vec<PathBuf>,
    /// What is asked of pytest's version.
    pub pytest: Vec<VersionSpecifiers>,
    /// Whether a lock file decides the versions.
    pub locked: bool,
}

pub(super) fn resolve(project: &Project, installs: &Installs, context: &MarkerContext) -> Resolution {
    let mut resolver = Resolver {
        project,
        context,
        roots: Vec::new(),
        settled: BTreeSet::new(),
        seen: BTreeMap::new(),
        complete: installs.everything_known,
        resolution: Resolution::default(),
    };
    for install in installs.steps.iter().filter(|install| !is_manager(install, installs)) {
        resolver.add(install);
    }
    let Resolver { roots, settled, complete, mut resolution, .. } = resolver;
    let closure = project.graph.closure(&roots, context);
    for (name, applies) in closure.reached {
        match applies {
            Applies::Yes => drop(resolution.installed.insert(name)),
            Applies::Maybe => drop(resolution.possible.insert(name)),
            Applies::No => {}
        }
    }
    resolution.closed = complete && closure.open.iter().all(|name| settled.contains(name));
    resolution
}

/// Whether a step installs the tool that makes the project an environment of its own: what it needs itself is not
/// in there.
fn is_manager(install: &Install, installs: &Installs) -> bool {
    let What::Package(Dependency { name: Some(name), .. }) = &install.what else { return false };
    let manages = |installer: Installer| match installer {
        Installer::Poetry => name.as_ref() == "poetry",
        Installer::Pdm => name.as_ref() == "pdm",
        Installer::Uv => name.as_ref() == "uv",
        Installer::Pip | Installer::Hatch => false,
    };
    installs.steps.iter().any(|step| match &step.what {
        What::Project(project) => manages(project.installer),
        What::Pipfile { .. } => name.as_ref() == "pipenv",
        What::Requirements(_) | What::Package(_) | What::CondaEnvironment(_) => false,
    })
}

/// A list of dependencies that may be met several times.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum List {
    Main(PathBuf),
    Extra(PathBuf, ExtraName),
    Group(PathBuf, GroupName),
    File(PathBuf),
}

struct Resolver<'a> {
    project: &'a Project,
    context: &'a MarkerContext,
    roots: Vec<Root>,
    /// Distributions that bring nothing that is not listed with them.
    settled: BTreeSet<PackageName>,
    seen: BTreeMap<List, Applies>,
    complete: bool,
    resolution: Resolution,
}

impl<'a> Resolver<'a> {
    fn add(&mut self, install: &Install) {
        let applies = if install.certain { Applies::Yes } else { Applies::Maybe };
        match &install.what {
            What::Project(project) => self.project(project, applies),
            What::Requirements(path) => self.file(path, applies),
            What::Package(dependency) => self.dependency(dependency, None, applies),
            What::CondaEnvironment(path) => match self.project.conda(path) {
                Some(environment) => self.items(&environment.dependencies, None, applies),
                None => self.complete = false,
            },
            What::Pipfile { directory, dev } => {
                let declarations = self.project.declarations.get(directory);
                match declarations.and_then(|declarations| declarations.pipfile.as_ref()) {
                    Some(pipfile) => {
                        self.items(&pipfile.packages, declarations, applies);
                        if *dev {
                            self.items(&pipfile.dev_packages, declarations, applies);
                        }
                    }
                    None => self.complete = false,
                }
            }
        }
    }

    /// Whether a list was not met before, or not with as much certainty.
    fn is_new(&mut self, list: List, applies: Applies) -> bool {
        let known = self.seen.entry(list).or_insert(Applies::No);
        let is_new = applies > *known;
        *known = applies.max(*known);
        is_new
    }

    fn project(&mut self, install: &ProjectInstall, applies: Applies) {
        let Some(declarations) = self.project.declarations.get(&install.root) else {
            self.complete = false;
            return;
        };
        if matches!(install.parts, Parts::Both | Parts::Itself) && declarations.is_project {
            self.itself(declarations, applies);
        }
        if matches!(install.parts, Parts::Both | Parts::Dependencies) {
            self.main(declarations, applies);
        }
        self.resolution.locked |= install.locked;
        let is_pdm = install.installer == Installer::Pdm;
        self.extras(declarations, &install.extras, applies, is_pdm);
        let mut groups: BTreeSet<&GroupName> = BTreeSet::new();
        if install.groups.all {
            groups.extend(declarations.groups.keys());
        }
        if install.default_groups {
            groups.extend(default_groups(declarations, install.installer));
        }
        groups.extend(&install.groups.named);
        for group in groups {
            if !install.groups.without.contains(group) {
                // PDM's `-G` names extras too: what is no group may be one.
                let is_extra = is_pdm && declarations.extras.contains_key(group);
                if !is_extra || declarations.groups.contains_key(group) {
                    self.group(declarations, group, applies);
                }
            }
        }
    }

    fn itself(&mut self, declarations: &Declarations, applies: Applies) {
        if !self.resolution.projects.contains(&declarations.root) {
            self.resolution.projects.push(declarations.root.clone());
        }
        if let Some(name) = &declarations.name {
            let set = match applies {
                Applies::Yes => &mut self.resolution.installed,
                Applies::Maybe | Applies::No => &mut self.resolution.possible,
            };
            set.insert(name.clone());
        }
    }

    fn main(&mut self, declarations: &'a Declarations, applies: Applies) {
        if self.is_new(List::Main(declarations.root.clone()), applies) {
            self.items(&declarations.dependencies, Some(declarations), applies);
        }
    }

    fn extras(
        &mut self,
        declarations: &'a Declarations,
        chosen: &Selection<ExtraName>,
        applies: Applies,
        may_be_groups: bool,
    ) {
        let mut names: BTreeSet<&ExtraName> = chosen.named.iter().collect();
        if chosen.all {
            names.extend(declarations.extras.keys());
            self.complete &= !declarations.hidden_extras;
        }
        for name in names {
            let is_group = may_be_groups && declarations.groups.contains_key(name);
            if !is_group && !chosen.without.contains(name) {
                self.extra(declarations, name, applies);
            }
        }
    }

    fn extra(&mut self, declarations: &'a Declarations, name: &ExtraName, applies: Applies) {
        match declarations.extras.get(name) {
            Some(list) => {
                if self.is_new(List::Extra(declarations.root.clone(), name.clone()), applies) {
                    self.items(list, Some(declarations), applies);
                }
            }
            // pip only warns where there is no such extra.
            None => self.complete &= !declarations.hidden_extras,
        }
    }

    fn group(&mut self, declarations: &'a Declarations, name: &GroupName, applies: Applies) {
        // A group that does not exist is an error of the installer: the tests never run.
        if let Some(group) = declarations.groups.get(name)
            && self.is_new(List::Group(declarations.root.clone(), name.clone()), applies)
        {
            self.items(&group.dependencies, Some(declarations), applies);
        }
    }

    fn file(&mut self, path: &Path, applies: Applies) {
        if !self.is_new(List::File(path.to_path_buf()), applies) {
            return;
        }
        if let Some(roots) = self.project.pylock(path, self.context) {
            for root in roots {
                self.settled.insert(root.name.clone());
                self.roots.push(Root { applies: root.applies.and(applies), ..root });
            }
            return;
        }
        let Some(file) = self.project.requirements.get(path) else {
            self.complete = false;
            return;
        };
        self.complete &= file.complete;
        for item in &file.items {
            if let Item::Dependency(dependency) = item
                && file.locked
            {
                self.settled.extend(dependency.name.clone());
            }
            self.item(item, None, applies);
        }
    }

    fn items(&mut self, list: &'a Dependencies, declarations: Option<&'a Declarations>, applies: Applies) {
        self.complete &= list.complete;
        for item in &list.items {
            self.item(item, declarations, applies);
        }
    }

    fn item(&mut self, item: &Item, declarations: Option<&'a Declarations>, applies: Applies) {
        match item {
            Item::Dependency(dependency) => self.dependency(dependency, declarations, applies),
            Item::Requirements(path, _) => self.file(path, applies),
            Item::Group(name, _) => {
                if let Some(declarations) = declarations {
                    self.group(declarations, name, applies);
                }
            }
        }
    }

    fn dependency(
        &mut self,
        dependency: &Dependency,
        declarations: Option<&'a Declarations>,
        applies: Applies,
    ) {
        let applies = applies.and(self.context.evaluate(&dependency.marker, &[]));
        if applies == Applies::No {
            return;
        }
        if let Some(local) = self.local(dependency, declarations) {
            self.itself(local, applies);
            self.main(local, applies);
            for extra in &dependency.extras {
                self.extra(local, extra, applies);
            }
        } else if let Some(name) = &dependency.name {
            if name.as_ref() == "pytest" {
                self.resolution.pytest.extend(dependency.specifiers.clone());
            }
            self.roots.push(Root { name: name.clone(), extras: dependency.extras.clone(), applies });
        } else {
            self.complete = false;
        }
    }

    /// The project of the repository that a dependency means.
    fn local(
        &self,
        dependency: &Dependency,
        declarations: Option<&'a Declarations>,
    ) -> Option<&'a Declarations> {
        let name = dependency.name.as_ref();
        let source = declarations.zip(name).and_then(|(declarations, name)| declarations.sources.get(name));
        let directory = dependency.directory.as_ref().or(source);
        if let Some(directory) = directory {
            return self.project.declarations.get(directory);
        }
        let own = declarations
            .filter(|declarations| declarations.name.is_some() && declarations.name.as_ref() == name);
        own.or_else(|| {
            let members = self.project.declarations.values();
            members.into_iter().find(|member| member.name.is_some() && member.name.as_ref() == name)
        })
    }
}

/// The groups that an installer takes without being asked.
fn default_groups(declarations: &Declarations, installer: Installer) -> Vec<&GroupName> {
    let all = declarations.groups.keys();
    match installer {
        Installer::Pip | Installer::Hatch => Vec::new(),
        Installer::Uv => match &declarations.uv_default_groups {
            DefaultGroups::All => all.collect(),
            DefaultGroups::Named(names) => names.iter().collect(),
        },
        Installer::Poetry => all.filter(|name| !declarations.groups[*name].optional).collect(),
        Installer::Pdm => all.collect(),
    }
}
