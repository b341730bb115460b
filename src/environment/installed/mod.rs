//! What an environment's site-packages hold, read from disk; Python is never started.
//!
//! Modules are looked for as Python's own finders do: along `sys.path` after the standard library, a
//! package before an extension module before a source file, folders without `__init__.py` as
//! namespace packages last. What an import hook, a `.pth` file or a package that changes its own
//! `__path__` may supply is never called absent.

mod distributions;
mod hooks;
mod lacking;
mod layout;
mod modules;
mod pth;
mod sources;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use elsa::sync::FrozenMap;

pub(super) use distributions::normalised;
pub use distributions::{Distribution, Plugin};
pub use layout::EnvironmentError;
pub use modules::{Location, LocationKind};

use super::{PytestVersion, PythonVersion};
use crate::fs::FileSystem;
use hooks::Hooks;
use layout::Layout;
use modules::Suffixes;
use sources::Sources;

/// Whether a third-party module can be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is there, at this place where it is known to be source on disk.
    Installed(Option<PathBuf>),
    /// Nothing says that it is missing.
    Assumed,
    Absent,
    /// It may be missing: what is known about the environment does not decide it.
    Unknown,
}

/// The importable modules of one environment.
#[derive(Debug)]
pub struct Installed {
    fs: FileSystem,
    layout: Layout,
    /// `sys.path` after the standard library.
    paths: Vec<PathBuf>,
    hooks: Hooks,
    suffixes: Suffixes,
    found: FrozenMap<String, Box<Presence>>,
    distributions: OnceLock<Vec<Distribution>>,
    plugins: OnceLock<Vec<Plugin>>,
    providers: OnceLock<BTreeMap<String, Vec<usize>>>,
    sources: FrozenMap<String, Box<Sources>>,
    plain: lacking::Plain,
}

impl Installed {
    /// `python` is a virtual environment's folder, its interpreter (`bin/python`,
    /// `Scripts\python.exe`), or the interpreter or folder of a base installation.
    pub fn read(python: &Path) -> Result<Self, EnvironmentError> {
        let fs = FileSystem::new();
        let layout = Layout::find(&fs, python)?;
        let suffixes = Suffixes::new(&layout);
        let pth::SearchPath { paths, hooks } = pth::search_path(&fs, &layout.site);
        Ok(Self {
            fs,
            layout,
            paths,
            hooks,
            suffixes,
            found: FrozenMap::new(),
            distributions: OnceLock::new(),
            plugins: OnceLock::new(),
            providers: OnceLock::new(),
            sources: FrozenMap::new(),
            plain: lacking::Plain::default(),
        })
    }

    /// From `pyvenv.cfg`, or from the names of the installation's files.
    pub fn python_version(&self) -> PythonVersion {
        self.layout.python
    }

    /// The environment's folder, `sys.prefix`.
    pub fn prefix(&self) -> &Path {
        &self.layout.prefix
    }

    /// The entries of `sys.path` after those of the standard library, in order.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Whether lines of code in `.pth` files may supply modules, or find them elsewhere.
    pub fn has_import_hooks(&self) -> bool {
        self.hooks.are_there()
    }

    /// Whether the module `dotted` can be imported.
    pub fn find(&self, dotted: &str) -> Presence {
        if let Some(known) = self.found.get(dotted) {
            return known.clone();
        }
        let presence = self.look_for(dotted);
        self.found.insert(dotted.to_owned(), Box::new(presence)).clone()
    }

    fn look_for(&self, dotted: &str) -> Presence {
        if dotted.is_empty() || dotted.split('.').any(str::is_empty) {
            return Presence::Absent;
        }
        let hidden = self.hooks.may_supply(dotted.split('.').next().unwrap_or(dotted));
        match self.locate(dotted) {
            Ok(location) if location.kind == LocationKind::Source => Presence::Installed(Some(location.path)),
            Ok(_) => Presence::Installed(None),
            Err(modules::Missing::Hidden) => Presence::Assumed,
            Err(modules::Missing::Absent) if hidden => Presence::Assumed,
            Err(modules::Missing::Absent) => Presence::Absent,
        }
    }

    /// Where the module's code is, for modules that are files.
    pub fn location(&self, dotted: &str) -> Option<Location> {
        self.locate(dotted).ok()
    }

    fn locate(&self, dotted: &str) -> Result<Location, modules::Missing> {
        modules::Finder { fs: &self.fs, paths: &self.paths, hooks: &self.hooks, suffixes: &self.suffixes }
            .find(dotted)
    }

    /// Whether the source of the top-level module of `module` holds `word` by itself, `-` and `_` being the
    /// same; also where its source cannot be had.
    pub fn may_mention(&self, module: &str, word: &str) -> bool {
        let top = module.split('.').next().unwrap_or(module);
        let sources = match self.sources.get(top) {
            Some(sources) => sources,
            None => {
                let sources = Sources::read(&self.fs, self.location(top));
                self.sources.insert(top.to_owned(), Box::new(sources))
            }
        };
        sources.may_mention(word)
    }

    /// The installed distributions, in the order of `sys.path`; of two that share a name the first counts.
    pub fn distributions(&self) -> &[Distribution] {
        self.distributions.get_or_init(|| distributions::read(&self.fs, &self.paths))
    }

    /// The distribution of this name, however it is written.
    pub fn distribution(&self, name: &str) -> Option<&Distribution> {
        let wanted = normalised(name);
        self.distributions().iter().find(|distribution| distribution.normalised == wanted)
    }

    /// The pytest that is installed.
    pub fn pytest_version(&self) -> Option<PytestVersion> {
        self.distribution("pytest")?.version.parse().ok()
    }

    /// What the `pytest11` entry points of the distributions load, in pytest's order.
    pub fn plugins(&self) -> &[Plugin] {
        self.plugins.get_or_init(|| distributions::plugins(&self.fs, self.distributions()))
    }

    /// The names that `import name` finds: packages, namespace packages that hold modules, files.
    pub fn top_level_modules(&self) -> BTreeSet<String> {
        let mut names = modules::top_level(&self.fs, &self.paths, &self.suffixes);
        names.extend(self.hooks.supplied().map(str::to_owned));
        names
    }

    /// The distributions that say they supply the top-level module of `module`.
    pub fn distributions_of(&self, module: &str) -> Vec<&Distribution> {
        let top = module.split('.').next().unwrap_or(module);
        let providers = self.providers.get_or_init(|| {
            let mut providers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (index, distribution) in self.distributions().iter().enumerate() {
                for name in distribution.top_level(&self.fs) {
                    providers.entry(name).or_default().push(index);
                }
            }
            providers
        });
        let known = self.distributions();
        providers.get(top).into_iter().flatten().filter_map(|index| known.get(*index)).collect()
    }
}
