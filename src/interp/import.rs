//! The import system: `sys.modules`, finding, loading, and what failed imports leave behind.

use std::path::Path;
use std::sync::Arc;

use ruff_python_ast::StmtImport;

use super::flow::{Eval, Stop};
use super::pytest_facts;
use super::{
    Cause, EventKind, FrameKind, Guard, Id, Interp, Key, Missing, Module, ModuleKind, ModuleState, Namespace,
    Object, Truth, Value, name,
};
use crate::environment::Presence;
use crate::environment::stdlib::{self, Availability};
use crate::resolve::{Lookup, Origin};

impl<'a> Interp<'a> {
    pub(super) fn exec_import(&mut self, stmt: &'a StmtImport) -> Eval<()> {
        for alias in &stmt.names {
            self.at(stmt);
            let module = self.import_module(&alias.name)?;
            match &alias.asname {
                Some(target) => {
                    let value = self.attribute_of_package(&alias.name).unwrap_or(module);
                    self.bind_name(&target.id, value);
                }
                None => {
                    let top = alias.name.split('.').next().unwrap_or(&alias.name);
                    let value = if alias.name.contains('.') { self.import_module(top)? } else { module };
                    self.bind_name(&name(top), value);
                }
            }
        }
        Ok(())
    }

    /// `import a.b as c` binds the attribute `b` of `a`, which may be something else than the module.
    fn attribute_of_package(&self, dotted: &str) -> Option<Value> {
        let (parent, tail) = dotted.rsplit_once('.')?;
        self.heap
            .names(self.module(parent)?)?
            .get(tail)
            .filter(|bound| !bound.maybe_unbound)
            .map(|bound| bound.value.clone())
    }

    /// Whether an imported thing certainly has no `__path__`.
    pub(super) fn is_no_package(&self, imported: &Value) -> bool {
        match self.object(imported) {
            Some(Object::Module(module)) => match module.kind {
                ModuleKind::StandardLibrary => !stdlib::is_package(&module.name),
                ModuleKind::Source(_) | ModuleKind::Made => {
                    module.search.is_none() && !module.names.open && !module.names.contains("__path__")
                }
                ModuleKind::Namespace | ModuleKind::Pytest | ModuleKind::ThirdParty => false,
            },
            _ => !self.may_be_a_package(imported) && !self.has_open_modules(),
        }
    }

    /// `importlib.import_module(dotted)`
    pub(crate) fn import_module(&mut self, dotted: &str) -> Eval {
        if let Some(loaded) = self.loaded_module(dotted)? {
            // somebody else needs it; this place could do without
            let is_foreign = matches!(
                self.object(&loaded),
                Some(Object::Module(Module { kind: ModuleKind::ThirdParty, .. }))
            );
            if is_foreign && self.import_guard().spares() {
                self.note_import(dotted, true);
            }
            return Ok(loaded);
        }
        let Some((parent, tail)) = dotted.rsplit_once('.') else {
            let found = self.find_top(dotted);
            return self.load(dotted, found);
        };
        let package = self.import_module(parent)?;
        // importing the package may have imported the submodule
        if let Some(loaded) = self.loaded_module(dotted)? {
            return Ok(loaded);
        }
        let module = self.import_submodule(&package, parent, tail, dotted)?;
        if let Some(id) = package.as_id()
            && matches!(self.heap.get(id), Object::Module(_))
        {
            self.heap.bind_submodule(id, &name(tail), module.clone());
        }
        Ok(module)
    }

    fn import_submodule(&mut self, package: &Value, parent: &str, tail: &str, dotted: &str) -> Eval {
        let Some(Object::Module(module)) = self.object(package) else {
            // a stub in sys.modules that is no module has no __path__
            if self.may_be_a_package(package) || self.may_be_put(dotted) {
                return Ok(Value::Unknown);
            }
            return self.not_a_package(dotted, parent);
        };
        match module.kind.clone() {
            ModuleKind::StandardLibrary => {
                let (python, platform) = (self.environment.python, self.environment.platform);
                match stdlib::module(dotted, python, platform) {
                    Availability::Available => Ok(self.library_module(dotted)),
                    _ if !stdlib::is_package(parent) => self.not_a_package(dotted, parent),
                    Availability::Unavailable => self.not_found(dotted, Missing::StandardLibrary),
                    Availability::Unknown => self.not_found(dotted, Missing::StandardLibrary),
                }
            }
            ModuleKind::Pytest | ModuleKind::ThirdParty => match self.environment.third_party(dotted) {
                Presence::Absent
                    if !self.is_unseen(dotted)
                        && !self.may_be_put(dotted)
                        && !self.may_be_supplied(dotted) =>
                {
                    self.not_found(dotted, Missing::ThirdParty)
                }
                presence => {
                    if let Some(absent) = self.absent_requirement(dotted) {
                        return self.not_found(&absent, Missing::ThirdParty);
                    }
                    self.note_import(dotted, true);
                    let kind = module_kind(dotted, &presence);
                    if kind == ModuleKind::ThirdParty {
                        self.import_may_raise(dotted);
                    }
                    Ok(self.register_external(dotted, kind))
                }
            },
            ModuleKind::Source(_) | ModuleKind::Namespace | ModuleKind::Made => {
                let open = module.names.open;
                let Some(search) = self.package_search(package) else {
                    if open || self.has_unknown_path(package) || self.may_be_put(dotted) {
                        return Ok(Value::Unknown);
                    }
                    return self.not_a_package(dotted, parent);
                };
                let found = self.find_in(&search, tail);
                if found.origin == Origin::Missing
                    && (self.has_unknown_path(package) || self.may_be_put(dotted))
                {
                    self.import_may_raise(dotted);
                    return Ok(Value::Unknown);
                }
                if found.origin == Origin::Missing && found.certain && !self.may_be_supplied(dotted) {
                    return self.not_found(dotted, Missing::FirstParty);
                }
                self.load(dotted, found)
            }
        }
    }

    /// Whether a module that was imported is not where it can be seen: then nothing is known of what is in it.
    pub(super) fn is_unseen(&self, dotted: &str) -> bool {
        let top = dotted.split('.').next().unwrap_or(dotted);
        self.environment.third_party(top) == Presence::Absent
    }

    /// Whether something in `sys.modules` that is no module of ours may have a `__path__`.
    fn may_be_a_package(&self, stub: &Value) -> bool {
        // a mock answers for any name, but not for one between double underscores
        if let Value::Extern(external) = stub {
            return self.stub_names.contains("__path__") || !super::models::is_mock(&external.path);
        }
        if matches!(stub, Value::Unknown | Value::OneOf(_)) {
            return true;
        }
        let Some(Object::Instance(instance)) = self.object(stub) else { return false };
        let is_foreign = |class: &Value| class.as_id().is_none() && !class.is_extern("builtins.object");
        instance.attributes.open
            || instance.attributes.contains("__path__")
            || self.mro_of(&instance.class).iter().any(is_foreign)
    }

    fn not_a_package<T>(&mut self, dotted: &str, parent: &str) -> Eval<T> {
        let cause = Cause::MissingModule { name: Arc::from(dotted), why: Missing::FirstParty };
        let message = format!("No module named '{dotted}'; '{parent}' is not a package");
        self.raise("ModuleNotFoundError", message, cause)
    }

    pub(super) fn not_found<T>(&mut self, dotted: &str, why: Missing) -> Eval<T> {
        self.journal.miss(dotted);
        if why == Missing::ThirdParty {
            self.note_import(dotted, false);
        }
        let cause = Cause::MissingModule { name: Arc::from(dotted), why };
        self.raise("ModuleNotFoundError", format!("No module named '{dotted}'"), cause)
    }

    pub(super) fn note_import(&mut self, dotted: &str, found: bool) {
        let guard = self.import_guard();
        self.note(EventKind::Import { module: Arc::from(dotted), guard, found });
    }

    /// What protects an import at this place.
    fn import_guard(&self) -> Guard {
        if self.skipping_imports > 0 {
            return Guard::ImportOrSkip;
        }
        let mut guards = self.catching.iter().rev().map(|catching| catching.guard);
        guards.find(|guard| *guard != Guard::None).unwrap_or(Guard::None)
    }

    /// What `sys.modules` holds.
    pub(super) fn loaded_module(&mut self, dotted: &str) -> Eval<Option<Value>> {
        let Some(modules) = self.heap.registry() else { return Ok(None) };
        let key = Key::Str(Arc::from(dotted));
        match modules.entries.get(&key) {
            // what the program put there on one of the paths that were joined, if it is not what an import makes
            Some((_, value)) if modules.doubtful.contains(&key) && !self.is_imported_module(value) => {
                Ok(Some(Value::Unknown))
            }
            Some((_, Value::None)) => {
                let cause = Cause::MissingModule { name: Arc::from(dotted), why: Missing::Blocked };
                let message = format!("import of {dotted} halted; None in sys.modules");
                self.raise("ModuleNotFoundError", message, cause)
            }
            // What was taken out again on this path may still be there on one that was joined with it.
            Some((_, value)) if value.as_id().is_some_and(|id| self.unloaded.contains(&id)) => Ok(None),
            Some((_, value)) => {
                let value = value.clone();
                if let Some(id) = value.as_id() {
                    self.rely_on(dotted, id);
                }
                Ok(Some(value))
            }
            None => Ok(None),
        }
    }

    /// Whether a module is in `sys.modules`; what pytest and the library have loaded is not listed there.
    pub(super) fn is_loaded(&self, module: &Value) -> Truth {
        let Some(dotted) = module.as_str() else { return Truth::Maybe };
        let Some(modules) = self.heap.registry() else { return Truth::Maybe };
        if modules.entries.contains_key(&Key::Str(Arc::from(dotted))) {
            return Truth::Yes;
        }
        let top = dotted.split('.').next().unwrap_or(dotted);
        if matches!(top, "pytest" | "_pytest" | "pluggy" | "sys" | "builtins" | "os") {
            return Truth::Yes;
        }
        if self.is_library_loaded(dotted) {
            return Truth::Yes;
        }
        self.heap.watch.look();
        match self.environment.third_party(dotted) {
            Presence::Absent => Truth::No,
            _ => Truth::Maybe,
        }
    }

    /// Whether something is a mock that certainly has no attribute of that name.
    pub(super) fn stub_lacks(&self, stub: &Value, dunder: &str) -> bool {
        matches!(stub, Value::Extern(external) if super::models::is_mock(&external.path))
            && !self.stub_names.contains(dunder)
    }

    /// What `find_spec` says of a stub in `sys.modules` that has no `__spec__`.
    pub(super) fn lacks_spec(&mut self, dotted: &str) -> Option<String> {
        let Ok(Some(loaded)) = self.loaded_module(dotted) else { return None };
        match (&loaded, self.object(&loaded)) {
            _ if self.stub_lacks(&loaded, "__spec__") => Some(format!("{dotted}.__spec__ is not set")),
            (_, Some(Object::Module(module))) if module.kind == ModuleKind::Made => {
                let known = module.names.open || module.names.contains("__spec__");
                (!known).then(|| format!("{dotted}.__spec__ is None"))
            }
            _ => None,
        }
    }

    /// Whether a module that has just been imported has taken itself out of `sys.modules`.
    pub(super) fn is_gone(&self, dotted: &str) -> bool {
        self.heap.registry().is_some_and(|modules| {
            !modules.open && !modules.entries.contains_key(&Key::Str(Arc::from(dotted)))
        })
    }

    pub(crate) fn register_module(&mut self, dotted: &str, module: Id) {
        self.unloaded.remove(&module);
        self.journal.enter(dotted, module);
        if let Some(modules) = self.heap.registry_mut() {
            modules.set(Key::Str(Arc::from(dotted)), Value::str(dotted), Value::Object(module));
        }
    }

    pub(super) fn unregister_module(&mut self, dotted: &str) {
        if let Some(modules) = self.heap.registry_mut() {
            let removed = modules.entries.shift_remove(&Key::Str(Arc::from(dotted)));
            self.unloaded.extend(removed.and_then(|(_, module)| module.as_id()));
        }
    }

    /// A module of the standard library, loaded with its packages.
    pub(crate) fn library_module(&mut self, dotted: &str) -> Value {
        if let Ok(Some(loaded)) = self.loaded_module(dotted) {
            return loaded;
        }
        if let Some(&known) = self.external_modules.get(dotted) {
            self.register_module(dotted, known);
            return Value::Object(known);
        }
        self.load_library(dotted);
        let id = self.external_module(dotted, ModuleKind::StandardLibrary);
        match dotted {
            "sys" => {
                let lists = [
                    ("modules", self.modules),
                    ("path", self.search_path),
                    ("meta_path", self.finders.meta_path),
                    ("path_hooks", self.finders.path_hooks),
                ];
                for (bound, list) in lists {
                    self.heap.bind_submodule(id, &name(bound), Value::Object(list));
                }
            }
            "os" => {
                let environ = self.environ;
                self.heap.bind_submodule(id, &name("environ"), Value::Object(environ));
            }
            _ => {}
        }
        if let Some((parent, tail)) = dotted.rsplit_once('.') {
            let parent = self.library_module(parent);
            if let Some(parent) = parent.as_id() {
                self.heap.bind_submodule(parent, &name(tail), Value::Object(id));
            }
        }
        Value::Object(id)
    }

    /// Importing a module that is not there yet may raise.
    fn import_may_raise(&mut self, dotted: &str) {
        if !self.catching.is_empty()
            && let Some(importer) = self.frames.iter().rev().find(|frame| frame.kind == FrameKind::Module)
        {
            let importer = Arc::clone(&importer.title);
            self.journal.doubt(&importer, dotted);
        }
        self.may_raise_anything();
    }

    fn external_module(&mut self, dotted: &str, kind: ModuleKind) -> Id {
        let module = Module {
            name: Arc::from(dotted),
            kind,
            state: ModuleState::Loaded,
            names: Namespace::default(),
            search: None,
        };
        let id = self.heap.add(Object::Module(module));
        self.external_modules.insert(Arc::from(dotted), id);
        self.register_module(dotted, id);
        id
    }

    fn register_external(&mut self, dotted: &str, kind: ModuleKind) -> Value {
        match self.external_modules.get(dotted) {
            Some(&known) => {
                self.register_module(dotted, known);
                Value::Object(known)
            }
            None => Value::Object(self.external_module(dotted, kind)),
        }
    }

    /// What is remembered of attributes that the program sets on external things.
    pub(super) fn external_holder(&mut self) -> Id {
        self.externals
    }

    fn load(&mut self, dotted: &str, found: Lookup) -> Eval {
        if !found.certain {
            self.import_may_raise(dotted);
        }
        match found.origin {
            Origin::BuiltIn | Origin::StandardLibrary => {
                let (python, platform) = (self.environment.python, self.environment.platform);
                if let Some(failure) = stdlib::failure(dotted, python, platform) {
                    let cause =
                        Cause::MissingModule { name: Arc::from(dotted), why: Missing::StandardLibrary };
                    return self.raise(failure.exception, failure.message, cause);
                }
                Ok(self.library_module(dotted))
            }
            Origin::Source { path, package } => self.load_source(dotted, &path, package),
            Origin::Namespace { portions } => {
                let module = Module {
                    name: Arc::from(dotted),
                    kind: ModuleKind::Namespace,
                    state: ModuleState::Loaded,
                    names: Namespace::default(),
                    search: Some(portions),
                };
                let id = self.heap.add(Object::Module(module));
                self.register_module(dotted, id);
                Ok(Value::Object(id))
            }
            Origin::Extension { .. } | Origin::Bytecode { .. } => {
                if !std::mem::replace(&mut self.has_extensions, true) {
                    self.heap.watch.change_shared();
                }
                Ok(self.register_external(dotted, ModuleKind::ThirdParty))
            }
            Origin::ThirdParty(presence) => {
                if let Some(absent) = self.absent_requirement(dotted) {
                    return self.not_found(&absent, Missing::ThirdParty);
                }
                self.note_import(dotted, true);
                if presence == Presence::Unknown {
                    self.import_may_raise(dotted);
                }
                if let Presence::Installed(Some(path)) = &presence
                    && self.is_interpreted(path)
                {
                    let package = path.file_name().is_some_and(|file| file == "__init__.py");
                    return self.load_source(dotted, path, package);
                }
                let kind = module_kind(dotted, &presence);
                Ok(self.register_external(dotted, kind))
            }
            Origin::Missing if !found.certain || self.may_be_put(dotted) || self.may_be_supplied(dotted) => {
                // something that cannot be seen may supply it
                Ok(self.register_external(dotted, ModuleKind::ThirdParty))
            }
            Origin::Missing => {
                let (python, platform) = (self.environment.python, self.environment.platform);
                match stdlib::module(dotted, python, platform) {
                    Availability::Unavailable => self.not_found(dotted, Missing::StandardLibrary),
                    Availability::Available | Availability::Unknown => {
                        self.not_found(dotted, Missing::ThirdParty)
                    }
                }
            }
        }
    }

    fn load_source(&mut self, dotted: &str, path: &Path, package: bool) -> Eval {
        if !self.is_interpreted(path) {
            return Ok(self.register_external(dotted, ModuleKind::ThirdParty));
        }
        if self.is_installed(path) && !std::mem::replace(&mut self.has_copies, true) {
            self.heap.watch.change_shared();
        }
        let search =
            package.then(|| path.parent().map(Path::to_path_buf)).flatten().map(|folder| vec![folder]);
        self.execute_file(dotted, path, search).map(Value::Object)
    }

    /// Whether something has imported a module of the standard library by now: pytest itself, or
    /// what was imported since.
    pub(super) fn is_library_loaded(&self, dotted: &str) -> bool {
        let (python, platform) = (self.environment.python, self.environment.platform);
        self.loaded_library.contains(dotted, python, platform)
            || pytest_facts::is_loaded(dotted, self.environment.pytest, self.environment.python)
    }

    fn load_library(&mut self, dotted: &str) {
        self.loaded_library.import(dotted);
    }

    /// Removes a module, as pytest does with `conftest`.
    pub fn forget_module(&mut self, dotted: &str) {
        self.unregister_module(dotted);
    }

    /// The module of that name in `sys.modules`.
    pub fn module(&self, dotted: &str) -> Option<Id> {
        let modules = self.heap.registry()?;
        modules.entries.get(&Key::Str(Arc::from(dotted))).and_then(|(_, value)| value.as_id())
    }

    /// Whether a top-level module of the library or of a third party is in `sys.modules`.
    pub fn is_imported(&self, module: &str) -> bool {
        let is_loaded = self.is_library_loaded(module);
        if !is_loaded && self.is_of_library(module) {
            self.heap.watch.look();
        }
        is_loaded
    }

    pub(super) fn is_of_library(&self, module: &str) -> bool {
        let (python, platform) = (self.environment.python, self.environment.platform);
        stdlib::module(module, python, platform) == Availability::Available
    }

    /// A namespace package of one folder, as pytest makes it for a test module's folders.
    pub fn add_namespace(&mut self, dotted: &str, folder: &Path) {
        let module = Module {
            name: Arc::from(dotted),
            kind: ModuleKind::Namespace,
            state: ModuleState::Loaded,
            names: Namespace::default(),
            search: Some(vec![folder.to_path_buf()]),
        };
        let id = self.heap.add(Object::Module(module));
        self.register_module(dotted, id);
        self.bind_to_parent(dotted, id);
    }

    /// A submodule becomes an attribute of its package.
    pub fn bind_to_parent(&mut self, dotted: &str, module: Id) {
        if let Some((parent, tail)) = dotted.rsplit_once('.')
            && let Some(parent) = self.module(parent)
        {
            self.heap.bind_submodule(parent, &name(tail), Value::Object(module));
        }
    }

    /// What pytest's `insert_missing_modules` does: every parent that is not in `sys.modules` is
    /// imported by its name, or becomes an empty module.
    pub fn insert_missing_parents(&mut self, dotted: &str) {
        let mut name = dotted;
        while let Some((parent, _)) = name.rsplit_once('.') {
            if self.module(parent).is_none() && self.import_module(parent).is_err() {
                let module = Module {
                    name: Arc::from(parent),
                    kind: ModuleKind::Made,
                    state: ModuleState::Loaded,
                    names: Namespace::default(),
                    search: None,
                };
                let id = self.heap.add(Object::Module(module));
                self.register_module(parent, id);
            }
            if let Some(module) = self.module(name) {
                self.bind_to_parent(name, module);
            }
            name = parent;
        }
    }

    /// Imports a plugin by its name, from outside of any module.
    pub fn import_plugin(&mut self, dotted: &str) -> Result<(), Stop> {
        let result = self.import_module(dotted).map(drop);
        self.take_ways_out();
        result
    }

    /// What stops evaluation at the top: nothing a module's import leaves pending is lost.
    pub fn take_ways_out(&mut self) -> Vec<Stop> {
        self.take_pending(0, |_| true)
            .into_iter()
            .filter_map(|pending| {
                self.heap.close(pending.mark);
                match pending.what {
                    super::flow::Way::Stop(stop) => Some(stop),
                    _ => None,
                }
            })
            .collect()
    }
}

fn module_kind(dotted: &str, _presence: &Presence) -> ModuleKind {
    match dotted.split('.').next() {
        Some("pytest" | "_pytest") => ModuleKind::Pytest,
        _ => ModuleKind::ThirdParty,
    }
}
