//! How pytest imports a test module or conftest, and what becomes of what that raises.

use std::path::Path;

use crate::interp::{Cause, Id, Interp, ModuleKind, Object, Stop, Truth, Value};
use crate::resolve::{ImportContext, Manner, ModuleImport, ParentOrigin, PathChange, Resolver};
use crate::settings::pytest::PytestSettings;

use crate::resolve::FileCheck;

/// What importing a file came to.
pub(super) enum Imported {
    Module(Id),
    /// It raised.
    Stopped(Stop),
    /// Another file of that name was imported before.
    Mismatch {
        message: String,
    },
    /// The module has no `__file__`: pytest itself raises.
    NoFile {
        message: String,
    },
}

/// How `path` becomes a module: its name, and what happens to `sys.path`.
pub(super) fn plan(interp: &Interp<'_>, settings: &PytestSettings, path: &Path) -> ModuleImport {
    let loaded = |module: &str| interp.is_imported(module);
    let resolver = Resolver { fs: interp.sources.fs(), environment: interp.environment, loaded: &loaded };
    ImportContext::from(settings).import(path, &resolver, &interp.search_path())
}

/// What pytest does to `sys.path` before it imports a module by its name.
pub(super) fn enter_path(interp: &mut Interp<'_>, change: &PathChange) {
    let mut search_path = interp.search_path();
    let before = search_path.clone();
    change.apply(&mut search_path);
    if search_path != before {
        interp.set_search_path(&search_path);
    }
}

/// Imports a file as pytest does.
pub(super) fn import(
    interp: &mut Interp<'_>,
    settings: &PytestSettings,
    path: &Path,
    plan: &ModuleImport,
) -> Imported {
    match &plan.manner {
        Manner::ByName(change) => {
            enter_path(interp, change);
            let module = match interp.import_module(&plan.name) {
                Ok(module) => module,
                Err(stop) => return Imported::Stopped(stop),
            };
            check_file(interp, settings, path, &plan.name, &module)
        }
        Manner::ByPath { loads, parents, inserts_missing } => {
            if let Some(known) = interp.module(&plan.name) {
                return Imported::Module(known);
            }
            // the outermost parent that is not imported yet comes first
            let missing = parents.iter().take_while(|parent| interp.module(&parent.name).is_none()).count();
            for parent in parents[..missing].iter().rev() {
                let result = match &parent.origin {
                    ParentOrigin::Init(init) => {
                        let search = init.parent().map(|folder| vec![folder.to_path_buf()]);
                        interp.execute_file_for_good(&parent.name, init, search).map(drop)
                    }
                    ParentOrigin::Namespace(folder) => {
                        interp.add_namespace(&parent.name, folder);
                        Ok(())
                    }
                };
                if let Err(stop) = result {
                    return Imported::Stopped(stop);
                }
            }
            let is_package = loads.file_name().is_some_and(|file| file == "__init__.py");
            let search = is_package
                .then(|| loads.parent().map(Path::to_path_buf))
                .flatten()
                .map(|folder| vec![folder]);
            match interp.execute_file_for_good(&plan.name, loads, search) {
                Ok(module) => {
                    interp.bind_to_parent(&plan.name, module);
                    if *inserts_missing {
                        interp.insert_missing_parents(&plan.name);
                    }
                    Imported::Module(module)
                }
                Err(stop) => Imported::Stopped(stop),
            }
        }
    }
}

/// Whether the module that came is the file that was wanted.
fn check_file(
    interp: &Interp<'_>,
    settings: &PytestSettings,
    path: &Path,
    name: &str,
    module: &Value,
) -> Imported {
    let Some(id) = module.as_id() else {
        return Imported::Stopped(Stop::Budget);
    };
    let is_source =
        matches!(interp.heap.get(id), Object::Module(module) if matches!(module.kind, ModuleKind::Source(_)));
    let file = interp.heap.value(id, "__file__").cloned();
    let file = match file {
        Some(Value::Str(file)) => Some(file),
        Some(Value::None) => None,
        Some(_) => return Imported::Module(id),
        None => {
            if !path.starts_with(&settings.rootdir) {
                // files outside of the rootdir are not interpreted
                return Imported::Stopped(Stop::Budget);
            }
            if matches!(interp.heap.get(id), Object::Module(_)) && !is_source {
                // a module of the library or of a third party, under the test module's name
                let message = FileCheck::message(name, Some("elsewhere"), path);
                return Imported::Mismatch { message };
            }
            let kind = interp.type_name(module);
            return Imported::NoFile { message: format!("'{kind}' object has no attribute '__file__'") };
        }
    };
    match FileCheck::of(interp.sources.fs(), path, file.as_deref(), &settings.invocation_dir) {
        FileCheck::Same => Imported::Module(id),
        FileCheck::Mismatch => {
            Imported::Mismatch { message: FileCheck::message(name, file.as_deref(), path) }
        }
    }
}

/// What pytest makes of an exception that leaves a module's import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    Skipped,
    Error,
    /// The session ends.
    Aborts,
}

/// How pytest takes an exception while it imports a test module.
pub(super) fn judge(interp: &Interp<'_>, settings: &PytestSettings, stop: &Stop) -> Judged {
    match stop {
        Stop::Halt(_) => Judged::Aborts,
        Stop::Budget => Judged::Error,
        Stop::Raise(raised) => {
            let is = |ancestor: &str| interp.derives(&raised.class, ancestor) == Truth::Yes;
            // pytest re-raises these two from 8.2.1 on
            let reraises = settings.version >= crate::environment::PytestVersion::new(8, 2, 1);
            if reraises && (is("builtins.SystemExit") || is("builtins.KeyboardInterrupt")) {
                return Judged::Aborts;
            }
            match &raised.cause {
                Cause::Skip { module_level: true, .. } => Judged::Skipped,
                _ if is("unittest.SkipTest") => Judged::Skipped,
                _ => Judged::Error,
            }
        }
    }
}
