//! `from module import names`.

use std::sync::Arc;

use ruff_python_ast::StmtImportFrom;
use ruff_python_ast::name::Name;

use super::flow::{Eval, Stop};
use super::{Cause, Id, Interp, ModuleKind, ModuleState, Object, Value, name};
use crate::environment::{Presence, ThirdParty, stdlib};

impl<'a> Interp<'a> {
    pub(super) fn exec_import_from(&mut self, stmt: &'a StmtImportFrom) -> Eval<()> {
        let from = stmt.module.as_ref().map_or("", |module| module.as_str());
        if from == "__future__" {
            for alias in &stmt.names {
                let target = alias.asname.as_ref().unwrap_or(&alias.name);
                self.bind_name(&target.id, Value::external(&format!("__future__.{}", alias.name)));
            }
            return Ok(());
        }
        let dotted = if stmt.level == 0 { from.to_owned() } else { self.absolute_name(from, stmt.level)? };
        let module = self.import_module(&dotted)?;
        for alias in &stmt.names {
            self.at(stmt);
            if alias.name.as_str() == "*" {
                self.import_star(&module, &dotted)?;
                continue;
            }
            let value = self.import_name(&module, &dotted, &alias.name.id)?;
            let target = alias.asname.as_ref().unwrap_or(&alias.name);
            self.bind_name(&target.id, value);
        }
        Ok(())
    }

    /// The absolute name of `from ..x import`.
    fn absolute_name(&mut self, from: &str, level: u32) -> Eval<String> {
        let module = self.frame().module;
        let package = match self.heap.value(module, "__package__") {
            Some(Value::Str(package)) => package.to_string(),
            _ => String::new(),
        };
        if package.is_empty() {
            return self.raise(
                "ImportError",
                "attempted relative import with no known parent package",
                Cause::RelativeImport,
            );
        }
        let mut base = package.as_str();
        for _ in 1..level {
            match base.rsplit_once('.') {
                Some((parent, _)) => base = parent,
                None => {
                    return self.raise(
                        "ImportError",
                        "attempted relative import beyond top-level package",
                        Cause::RelativeImport,
                    );
                }
            }
        }
        Ok(if from.is_empty() { base.to_owned() } else { format!("{base}.{from}") })
    }

    fn import_name(&mut self, module: &Value, dotted: &str, wanted: &Name) -> Eval {
        let Some(id) = module.as_id().filter(|&id| matches!(self.heap.get(id), Object::Module(_))) else {
            return match self.attribute(module, wanted) {
                Err(Stop::Raise(raised)) if matches!(raised.cause, Cause::MissingAttribute { .. }) => {
                    self.no_name(dotted, wanted, false)
                }
                other => other,
            };
        };
        if self.is_lacking(id, dotted, wanted) {
            return self.no_name(dotted, wanted, false);
        }
        let found = match self.known_module_attribute(id, wanted) {
            // `from m import name` takes an AttributeError of `__getattr__` for "no such name"
            Err(Stop::Raise(raised))
                if self.derives(&raised.class, "builtins.AttributeError") == super::Truth::Yes =>
            {
                None
            }
            other => other?,
        };
        let submodule = format!("{dotted}.{wanted}");
        let hidden = self.environment.absent.contains(&submodule);
        if let Some(value) = found
            && !hidden
        {
            return Ok(value);
        }
        let Object::Module(owner) = self.heap.get(id) else { return Ok(Value::Unknown) };
        let (is_package, initializing, kind) = (
            owner.search.is_some() || matches!(owner.kind, ModuleKind::Namespace),
            owner.state == ModuleState::Initializing,
            owner.kind.clone(),
        );
        let library = kind == ModuleKind::StandardLibrary && stdlib::is_package(dotted);
        if (is_package || library) && !hidden {
            let name = Arc::<str>::from(submodule.as_str());
            match self.import_module(&submodule) {
                // only that the submodule itself is missing counts as "no such name"
                Err(Stop::Raise(raised)) if matches!(&raised.cause, Cause::MissingModule { name: missing, .. } if *missing == name) =>
                    {}
                other => return other,
            }
        }
        if self.is_filled_from_outside(id) {
            return Ok(Value::Unknown);
        }
        self.no_name(dotted, wanted, initializing)
    }

    /// Whether the source of a module that is not interpreted decides that it has no such name.
    fn is_lacking(&self, id: Id, dotted: &str, wanted: &Name) -> bool {
        let Object::Module(module) = self.heap.get(id) else { return false };
        let ThirdParty::Site(site) = &self.environment.third_party else { return false };
        // what plugins add to pytest itself is not seen
        matches!(module.kind, ModuleKind::ThirdParty | ModuleKind::Pytest)
            && dotted != "pytest"
            && module.names.get(wanted).is_none()
            && !module.names.open
            && *module.name == *dotted
            && site.lacks(dotted, wanted)
    }

    fn no_name<T>(&mut self, dotted: &str, wanted: &Name, initializing: bool) -> Eval<T> {
        let module: Arc<str> = Arc::from(dotted);
        let name: Arc<str> = Arc::from(wanted.as_str());
        let path = match self.loaded_module(dotted)?.and_then(|module| module.as_id()) {
            Some(id) => match self.heap.get(id) {
                Object::Module(module) => match &module.kind {
                    ModuleKind::Source(path) => path.to_string_lossy().into_owned(),
                    ModuleKind::ThirdParty | ModuleKind::Pytest => {
                        match self.environment.third_party(dotted) {
                            Presence::Installed(Some(path)) => path.to_string_lossy().into_owned(),
                            _ => "unknown location".to_owned(),
                        }
                    }
                    _ => "unknown location".to_owned(),
                },
                _ => "unknown location".to_owned(),
            },
            None => "unknown location".to_owned(),
        };
        if initializing {
            let message = format!(
                "cannot import name '{wanted}' from partially initialized module '{dotted}' \
                 (most likely due to a circular import) ({path})"
            );
            return self.raise("ImportError", message, Cause::Circular { module, name });
        }
        let message = format!("cannot import name '{wanted}' from '{dotted}' ({path})");
        self.raise("ImportError", message, Cause::MissingName { module, name })
    }

    fn import_star(&mut self, module: &Value, dotted: &str) -> Eval<()> {
        let here = self.frame().names;
        let Some(id) = module.as_id().filter(|&id| matches!(self.heap.get(id), Object::Module(_))) else {
            self.import_blindly(here);
            return Ok(());
        };
        let Object::Module(owner) = self.heap.get(id) else { return Ok(()) };
        match owner.kind {
            ModuleKind::StandardLibrary => {
                let exports = stdlib::exports(dotted, self.environment.python, self.environment.platform);
                for exported in exports.names {
                    let exported = name(exported);
                    let value = self.known_module_attribute(id, &exported)?.unwrap_or(Value::Unknown);
                    self.bind_name(&exported, value);
                }
                if !exports.complete || !exports.maybe.is_empty() {
                    self.heap.open_names(here);
                }
                Ok(())
            }
            ModuleKind::ThirdParty if self.is_unseen(dotted) => {
                self.import_blindly(here);
                Ok(())
            }
            ModuleKind::ThirdParty | ModuleKind::Pytest => {
                self.heap.open_names(here);
                Ok(())
            }
            ModuleKind::Source(_) | ModuleKind::Namespace | ModuleKind::Made => {
                let is_package = owner.search.is_some();
                if owner.names.open {
                    self.heap.open_names(here);
                }
                match self.heap.value(id, "__all__").cloned() {
                    Some(all) => self.import_listed(module, id, dotted, &all),
                    None => {
                        if is_package {
                            // submodules that somebody has imported are names of it as well
                            self.heap.watch.look();
                        }
                        let Some(names) = self.heap.names(id) else { return Ok(()) };
                        let public: Vec<(Name, super::Binding)> = names
                            .iter()
                            .filter(|(name, _)| !name.starts_with('_'))
                            .map(|(name, binding)| (name.clone(), binding.clone()))
                            .collect();
                        for (name, binding) in public {
                            let value = if binding.maybe_unbound { Value::Unknown } else { binding.value };
                            self.bind_name(&name, value);
                        }
                        Ok(())
                    }
                }
            }
        }
    }

    /// Binds what `__all__` lists.
    fn import_listed(&mut self, module: &Value, id: Id, dotted: &str, all: &Value) -> Eval<()> {
        let here = self.frame().names;
        let Some(listed) = self.iterate(all)? else {
            self.heap.open_names(here);
            return Ok(());
        };
        for entry in listed {
            let Some(entry) = entry.as_str().map(name) else {
                self.heap.open_names(here);
                continue;
            };
            // submodules that __all__ lists are imported
            let value = match self.import_name(module, dotted, &entry) {
                Err(Stop::Raise(raised)) if matches!(raised.cause, Cause::MissingName { .. }) => {
                    let _ = id;
                    let message = format!("module '{dotted}' has no attribute '{entry}'");
                    let cause =
                        Cause::MissingAttribute { owner: Arc::from(dotted), name: Arc::from(entry.as_str()) };
                    return self.raise("AttributeError", message, cause);
                }
                other => other?,
            };
            self.bind_name(&entry, value);
        }
        Ok(())
    }
}
