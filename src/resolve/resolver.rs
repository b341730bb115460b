//! Dotted name → origin.

use std::path::{Path, PathBuf};

use crate::environment::installed::LocationKind;
use crate::environment::names::{Knowledge, Names};
use crate::environment::stdlib::{self, Availability};
use crate::environment::{Environment, Platform, Presence, ThirdParty};
use crate::fs::FileSystem;

use super::built::may_be_built;
use super::directory::{self, Hit};
use super::search_path::{PathEntry, SearchPath};
use super::suffixes::{Loader, suffixes};

/// Where a module comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Compiled into the interpreter: no file can come before it.
    BuiltIn,
    StandardLibrary,
    /// A Python file; for a package its `__init__.py`.
    Source {
        path: PathBuf,
        package: bool,
    },
    /// Machine code: it is there, and that is all.
    Extension {
        path: PathBuf,
        package: bool,
    },
    /// A `.pyc` without its source.
    Bytecode {
        path: PathBuf,
        package: bool,
    },
    /// Directories without `__init__.py`, in the order of the search path.
    Namespace {
        portions: Vec<PathBuf>,
    },
    /// Not a file of the project. Never `Presence::Absent`.
    ThirdParty(Presence),
    Missing,
}

impl Origin {
    /// `__path__`, for packages whose files are known.
    pub fn search_locations(&self) -> Option<Vec<PathBuf>> {
        match self {
            Self::Source { path, package: true }
            | Self::Extension { path, package: true }
            | Self::Bytecode { path, package: true } => {
                path.parent().map(|parent| vec![parent.to_path_buf()])
            }
            Self::Namespace { portions } => Some(portions.clone()),
            Self::Source { .. }
            | Self::Extension { .. }
            | Self::Bytecode { .. }
            | Self::BuiltIn
            | Self::StandardLibrary
            | Self::ThirdParty(_)
            | Self::Missing => None,
        }
    }
}

/// What a lookup found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    pub origin: Origin,
    /// Whether it is sure. If not, something that cannot be seen may come before it or, where it is
    /// missing, be there: an unknown entry of `sys.path`, a zip file, a module that a build makes.
    pub certain: bool,
}

/// Finds modules in one environment.
#[derive(Clone, Copy)]
pub struct Resolver<'a> {
    pub fs: &'a FileSystem,
    pub environment: &'a Environment,
    /// Whether pytest or the interpreter has imported a top-level module of the standard library or of
    /// a third party before the first conftest: such a module is in `sys.modules`, and no file shadows it.
    pub loaded: &'a dyn Fn(&str) -> bool,
}

impl Resolver<'_> {
    /// A top-level module.
    pub fn find_top(&self, name: &str, path: &SearchPath) -> Lookup {
        if self.is_built_in(name) {
            return Lookup { origin: Origin::BuiltIn, certain: true };
        }
        // What is loaded is known of one platform; no other has what its standard library lacks.
        if (self.loaded)(name) && self.stdlib(name) != Availability::Unavailable {
            let origin = match self.stdlib(name) {
                Availability::Available => Origin::StandardLibrary,
                Availability::Unavailable | Availability::Unknown => {
                    match self.environment.third_party(name) {
                        Presence::Absent | Presence::Unknown => installed(name, Presence::Assumed),
                        there @ (Presence::Installed(_) | Presence::Assumed) => installed(name, there),
                    }
                }
            };
            return Lookup { origin, certain: true };
        }
        let suffixes = suffixes(self.environment);
        let mut search = Search::default();
        let mut assumed = None;
        for entry in path.entries() {
            match entry {
                PathEntry::Directory(directory) => {
                    if let Some(origin) = self.look_into(directory, name, &suffixes, &mut search) {
                        return Lookup { origin, certain: search.certain };
                    }
                }
                PathEntry::Interpreter => {}
                PathEntry::StandardLibrary => {
                    if self.stdlib(name) == Availability::Available {
                        return Lookup { origin: Origin::StandardLibrary, certain: search.certain };
                    }
                }
                PathEntry::SitePackages => match self.environment.third_party(name) {
                    Presence::Absent => {}
                    // Assumed only because nothing is known about any module: files say more.
                    Presence::Assumed if matches!(self.environment.third_party, ThirdParty::Everything) => {
                        assumed = Some(Presence::Assumed);
                    }
                    Presence::Unknown => {
                        assumed = Some(Presence::Unknown);
                        search.certain = false;
                    }
                    there @ (Presence::Installed(_) | Presence::Assumed) => {
                        let Some(portions) = self.installed_portions(name, &search) else {
                            return Lookup { origin: installed(name, there), certain: search.certain };
                        };
                        search.portions.extend(portions);
                    }
                },
                PathEntry::Unknown => search.certain = false,
            }
        }
        match assumed {
            // A directory called as something that may be installed: the installed one would win. Where
            // nothing is known about any module, that is taken for real only of names that are known.
            Some(presence) if !search.portions.is_empty() => {
                let unlikely = presence == Presence::Assumed
                    && Names::default().providers(name).knowledge == Knowledge::Suggested;
                let certain = search.certain && unlikely;
                Lookup { origin: Origin::Namespace { portions: search.portions }, certain }
            }
            Some(presence) => Lookup { origin: installed(name, presence), certain: search.certain },
            None => search.end(),
        }
    }

    /// The directories of an installed namespace package, where the project has a part in it.
    fn installed_portions(&self, name: &str, search: &Search) -> Option<Vec<PathBuf>> {
        let ThirdParty::Site(site) = &self.environment.third_party else { return None };
        let location = site.location(name).filter(|location| location.kind == LocationKind::Namespace)?;
        let is_site = |directory: &Path| {
            directory.iter().any(|part| part == "site-packages" || part == "dist-packages")
        };
        let shared = !search.portions.is_empty() || location.search.iter().any(|portion| !is_site(portion));
        shared.then_some(location.search)
    }

    /// A submodule of a package with this `__path__`.
    pub fn find_in(&self, package_path: &[PathBuf], name: &str) -> Lookup {
        let suffixes = suffixes(self.environment);
        let mut search = Search::default();
        for directory in package_path {
            if let Some(origin) = self.look_into(directory, name, &suffixes, &mut search) {
                return Lookup { origin, certain: search.certain };
            }
        }
        if search.portions.is_empty() {
            let built = || package_path.iter().any(|directory| may_be_built(self.fs, directory, name));
            search.certain &= self.is_built() || !built();
        }
        search.end()
    }

    /// `importlib.util.find_spec(dotted)`, where no package changes its `__path__`.
    pub fn find_spec(&self, dotted: &str, path: &SearchPath) -> Lookup {
        let mut parts = dotted.split('.');
        let mut found = self.find_top(parts.next().unwrap_or(dotted), path);
        for part in parts {
            let Some(locations) = found.origin.search_locations() else {
                let origin = match &found.origin {
                    // What is inside is not looked at here.
                    outside @ (Origin::StandardLibrary | Origin::ThirdParty(_)) => outside.clone(),
                    _ => Origin::Missing,
                };
                return Lookup { origin, certain: false };
            };
            let inner = self.find_in(&locations, part);
            found = Lookup { origin: inner.origin, certain: found.certain && inner.certain };
        }
        found
    }

    /// Whether `import dotted` would load exactly this file or namespace directory.
    pub fn is_importable(&self, dotted: &str, path: &SearchPath, file: &Path) -> bool {
        match self.find_spec(dotted, path).origin {
            Origin::Source { path, .. } | Origin::Extension { path, .. } | Origin::Bytecode { path, .. } => {
                path == file
            }
            Origin::Namespace { portions } => portions.iter().any(|portion| portion == file),
            Origin::BuiltIn | Origin::StandardLibrary | Origin::ThirdParty(_) | Origin::Missing => false,
        }
    }

    fn look_into(
        &self,
        entry: &Path,
        name: &str,
        suffixes: &[(String, Loader)],
        search: &mut Search,
    ) -> Option<Origin> {
        match directory::find(self.fs, suffixes, entry, name) {
            Some(Hit::Regular(origin)) => return Some(origin),
            Some(Hit::Portion(portion)) => search.portions.push(portion),
            Some(Hit::Unbuilt) => search.certain &= self.is_built(),
            // A zip file.
            None if self.fs.is_file(entry) => search.certain = false,
            None => {}
        }
        None
    }

    /// Whether nothing is left to be built: the environment is there, and what is not in the project's folders is
    /// not to be had, unless an import hook supplies it.
    fn is_built(&self) -> bool {
        matches!(&self.environment.third_party, ThirdParty::Site(site) if !site.has_import_hooks())
    }

    fn stdlib(&self, name: &str) -> Availability {
        if name == TABLED {
            return Availability::Unknown;
        }
        stdlib::module(name, self.environment.python, self.environment.platform)
    }

    fn is_built_in(&self, name: &str) -> bool {
        BUILT_IN.contains(&name)
            || self.environment.platform.ask(|platform| match platform {
                Platform::Windows => BUILT_IN_ON_WINDOWS.contains(&name),
                Platform::Linux | Platform::MacOs => matches!(name, "posix" | "pwd"),
            })
    }
}

/// Not of the standard library, but what it holds is in the same tables.
const TABLED: &str = "typing_extensions";

/// A third-party module that is there.
fn installed(name: &str, presence: Presence) -> Origin {
    if name == TABLED { Origin::StandardLibrary } else { Origin::ThirdParty(presence) }
}

/// What a search has come across so far.
struct Search {
    portions: Vec<PathBuf>,
    certain: bool,
}

impl Default for Search {
    fn default() -> Self {
        Self { portions: Vec::new(), certain: true }
    }
}

impl Search {
    fn end(self) -> Lookup {
        let Self { portions, certain } = self;
        let origin = if portions.is_empty() { Origin::Missing } else { Origin::Namespace { portions } };
        Lookup { origin, certain }
    }
}

/// `sys.builtin_module_names` of every CPython.
const BUILT_IN: [&str; 29] = [
    "_abc",
    "_ast",
    "_codecs",
    "_collections",
    "_functools",
    "_imp",
    "_io",
    "_locale",
    "_operator",
    "_signal",
    "_sre",
    "_stat",
    "_string",
    "_symtable",
    "_thread",
    "_tracemalloc",
    "_warnings",
    "_weakref",
    "atexit",
    "builtins",
    "errno",
    "faulthandler",
    "gc",
    "itertools",
    "marshal",
    "sys",
    "time",
    "_frozen_importlib",
    "_frozen_importlib_external",
];

/// What python.org's builds for Windows have on top.
const BUILT_IN_ON_WINDOWS: [&str; 32] = [
    "_bisect",
    "_blake2",
    "_codecs_cn",
    "_codecs_hk",
    "_codecs_iso2022",
    "_codecs_jp",
    "_codecs_kr",
    "_codecs_tw",
    "_contextvars",
    "_csv",
    "_datetime",
    "_heapq",
    "_json",
    "_lsprof",
    "_md5",
    "_multibytecodec",
    "_opcode",
    "_pickle",
    "_random",
    "_sha1",
    "_sha3",
    "_statistics",
    "_struct",
    "_winapi",
    "array",
    "audioop",
    "binascii",
    "cmath",
    "math",
    "mmap",
    "msvcrt",
    "nt",
];
