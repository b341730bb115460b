//! Who finds a module: `sys.path`, and what the program puts beside it.

use std::path::{Path, PathBuf};

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement};
use rustc_hash::FxHashSet;

use super::call::Args;
use super::flow::Eval;
use super::heap::Heap;
use super::{Id, Interp, List, ModuleKind, Object, Truth, Value, name};
use crate::environment::{Presence, observed};
use crate::resolve::{Lookup, Origin, Resolver};

/// `sys.meta_path` of a Python that runs pytest.
const META_PATH: [&str; 4] = [
    "_pytest.assertion.rewrite.AssertionRewritingHook",
    "_frozen_importlib.BuiltinImporter",
    "_frozen_importlib.FrozenImporter",
    "_frozen_importlib_external.PathFinder",
];

const PATH_HOOKS: [&str; 2] = ["zipimport.zipimporter", "_frozen_importlib_external.FileFinder.path_hook"];

/// What the program can change about how modules are found.
#[derive(Debug)]
pub(super) struct Finders {
    pub(super) meta_path: Id,
    pub(super) path_hooks: Id,
    /// A finder of the program is being asked.
    asking: bool,
    /// Something was imported by a name that is not known.
    unknown_import: bool,
    /// Packages whose submodules the program may have put into `sys.modules` itself.
    open_packages: FxHashSet<Name>,
    /// Modules that import all names of a module that cannot be seen.
    blind: FxHashSet<Id>,
}

impl Finders {
    pub(super) fn new(heap: &mut Heap<'_>) -> Self {
        let mut list = |paths: &[&str]| {
            let items = paths.iter().map(|path| Value::external(path)).collect();
            heap.add(Object::List(List { items, open: false }))
        };
        Self {
            meta_path: list(&META_PATH),
            path_hooks: list(&PATH_HOOKS),
            asking: false,
            unknown_import: false,
            open_packages: FxHashSet::default(),
            blind: FxHashSet::default(),
        }
    }
}

impl Interp<'_> {
    /// Something is imported by a name that is not known: any submodule may be an attribute of its
    /// package from here on.
    pub(super) fn note_unknown_import(&mut self) {
        self.finders.unknown_import = true;
        self.heap.watch.change_shared();
    }

    /// Whether a submodule that nothing is known to have imported may have been imported nevertheless.
    pub(super) fn may_have_submodule(&self, package: Id, tail: &str) -> bool {
        self.finders.unknown_import
            && self
                .package_search(&Value::Object(package))
                .is_some_and(|search| self.find_in(&search, tail).origin != Origin::Missing)
    }

    /// A package has no such attribute, unless somebody imports the submodule of that name.
    pub(super) fn look_for_submodule(&self, package: Id, tail: &str) {
        let is_there = |search: Vec<PathBuf>| self.find_in(&search, tail).origin != Origin::Missing;
        if self.package_search(&Value::Object(package)).is_some_and(is_there) {
            self.heap.watch.look();
        }
    }

    /// Whether the program may have put modules into `sys.modules` that are not known.
    pub(super) fn has_open_modules(&self) -> bool {
        self.heap.registry().is_some_and(|modules| modules.open)
    }

    /// All names are imported from a module that cannot be seen: hooks of pytest may be among them.
    pub(super) fn import_blindly(&mut self, here: Id) {
        self.finders.blind.insert(here);
        self.heap.open_names(here);
    }

    /// Whether a module may have hooks that it does not mention.
    pub(crate) fn may_hide_hooks(&self, module: Id) -> bool {
        self.finders.blind.contains(&module)
    }

    /// Code that is not known may have put any module into `sys.modules`.
    pub(crate) fn open_modules(&mut self) {
        self.note_unknown_import();
        if let Object::Dict(modules) = self.heap.change(self.modules) {
            modules.open = true;
        }
    }

    /// Whether it may have put this one there.
    pub(super) fn may_be_put(&self, dotted: &str) -> bool {
        let top = dotted.split('.').next().unwrap_or(dotted);
        self.has_open_modules() || dotted != top && self.finders.open_packages.contains(top)
    }

    /// `sys.modules[f"package.vendored.{name}"] = module`: only submodules of that package are unknown from
    /// here on. Whether it is that.
    pub(super) fn puts_submodule(&mut self, owner: &Value, index: &Expr) -> bool {
        if owner.as_id() != Some(self.modules) {
            return false;
        }
        let Expr::FString(text) = index else { return false };
        let start = match text.value.iter().next() {
            Some(FStringPart::Literal(literal)) => literal.as_str(),
            Some(FStringPart::FString(text)) => match text.elements.first() {
                Some(InterpolatedStringElement::Literal(literal)) => &*literal.value,
                _ => return false,
            },
            None => return false,
        };
        let Some((top, _)) = start.split_once('.') else { return false };
        self.finders.open_packages.insert(name(top));
        self.heap.watch.change_shared();
        true
    }

    /// Whether it is what an import of its name makes, rather than something that the program put
    /// into `sys.modules`.
    pub(super) fn is_imported_module(&self, value: &Value) -> bool {
        matches!(self.object(value), Some(Object::Module(module)) if module.kind != ModuleKind::Made)
    }

    /// Whether a finder that the program installed may supply a module that is nowhere on `sys.path`.
    pub(super) fn may_be_supplied(&mut self, dotted: &str) -> bool {
        let added = |id: Id, own: &[&str]| match self.heap.get(id) {
            Object::List(list) if !list.open => {
                let own = |item: &&Value| !item.extern_path().is_some_and(|path| own.contains(&path));
                Some(list.items.iter().filter(own).cloned().collect::<Vec<Value>>())
            }
            _ => None,
        };
        if added(self.finders.path_hooks, &PATH_HOOKS).is_none_or(|hooks| !hooks.is_empty()) {
            return true;
        }
        match added(self.finders.meta_path, &META_PATH) {
            Some(finders) => finders.iter().any(|finder| self.may_find(finder, dotted)),
            None => true,
        }
    }

    /// Asks a finder of the program. Nothing stays of it.
    fn may_find(&mut self, finder: &Value, dotted: &str) -> bool {
        if self.finders.asking || !matches!(self.object(finder), Some(Object::Instance(_) | Object::Class(_)))
        {
            return true;
        }
        self.finders.asking = true;
        let (mark, base, events) = (self.heap.mark(), self.pending.len(), self.events.len());
        let args = Args::of([Value::str(dotted), Value::Unknown]);
        let found =
            self.attribute(finder, &name("find_spec")).and_then(|find_spec| self.call(&find_spec, args));
        self.take_back(&mark, base);
        for pending in self.take_pending(base, |_| true) {
            self.heap.close(pending.mark);
        }
        self.heap.close(mark);
        self.events.truncate(events);
        self.finders.asking = false;
        !matches!(found, Ok(Value::None))
    }

    /// Whether a module would be found, without loading it; the packages above it are loaded.
    pub(super) fn spec_of(&mut self, dotted: &str) -> Eval<Truth> {
        let Some((parent, tail)) = dotted.rsplit_once('.') else {
            let found = self.find_top(dotted);
            return Ok(match found.origin {
                Origin::Missing if found.certain && !self.may_be_supplied(dotted) => Truth::No,
                Origin::Missing | Origin::ThirdParty(Presence::Unknown) => Truth::Maybe,
                _ => Truth::Yes,
            });
        };
        let package = self.import_module(parent)?;
        if let Some(search) = self.package_search(&package) {
            let found = self.find_in(&search, tail);
            let open = self.has_unknown_path(&package);
            return Ok(match found.origin {
                Origin::Missing if found.certain && !open && !self.may_be_supplied(dotted) => Truth::No,
                Origin::Missing => Truth::Maybe,
                _ => Truth::Yes,
            });
        }
        self.import_module(dotted).map(|_| Truth::Yes)
    }

    pub(super) fn find_top(&self, top: &str) -> Lookup {
        let is_own = |found: &Lookup| !matches!(found.origin, Origin::BuiltIn | Origin::StandardLibrary);
        if observed::is_watched() && self.is_of_library(top) {
            // where nothing shadows it, nobody needs to know whether it is loaded: that differs between versions
            let found = self.find_unless(top, &|_| false);
            if found.certain && !is_own(&found) {
                return found;
            }
        }
        let found = self.find_unless(top, &|module| self.is_library_loaded(module));
        if is_own(&found) && self.is_of_library(top) {
            // it shadows the library's, if that was not imported before
            self.heap.watch.look();
        }
        found
    }

    fn find_unless(&self, top: &str, loaded: &dyn Fn(&str) -> bool) -> Lookup {
        let resolver = Resolver { fs: self.sources.fs(), environment: self.environment, loaded };
        resolver.find_top(top, &self.search_path())
    }

    pub(super) fn find_in(&self, search: &[PathBuf], tail: &str) -> Lookup {
        let loaded = |module: &str| self.is_library_loaded(module);
        let resolver = Resolver { fs: self.sources.fs(), environment: self.environment, loaded: &loaded };
        resolver.find_in(search, tail)
    }

    /// `__path__` of a package: what the program made of it, else what it was.
    pub(super) fn package_search(&self, package: &Value) -> Option<Vec<PathBuf>> {
        let Some(Object::Module(module)) = self.object(package) else { return None };
        let changed = module.names.value("__path__").and_then(|value| match self.object(value) {
            Some(Object::List(list)) if !list.open => Some(
                list.items
                    .iter()
                    .filter_map(|entry| self.path_text(entry))
                    .map(|text| self.absolute(Path::new(&*text)))
                    .collect(),
            ),
            _ => None,
        });
        changed.or_else(|| module.search.clone())
    }

    /// Whether `__path__` of a package may lead to folders that are not known.
    pub(super) fn has_unknown_path(&self, package: &Value) -> bool {
        let Some(Object::Module(module)) = self.object(package) else { return false };
        module.names.value("__path__").is_some_and(|value| match self.object(value) {
            Some(Object::List(list)) => {
                list.open || list.items.iter().any(|entry| self.path_text(entry).is_none())
            }
            _ => true,
        })
    }
}
