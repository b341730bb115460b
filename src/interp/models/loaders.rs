//! Files that are run without `import`: `spec_from_file_location`, `SourceFileLoader`, `runpy`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::os::{missing_file, normalized, on_disk};
use super::{Args, Eval, Interp, Models, Value, namespace};
use crate::interp::{Module, ModuleKind, Object, name};

pub(super) const MODELS: Models = &[
    ("importlib.util.spec_from_file_location", spec_from_file),
    ("importlib.util.module_from_spec", module_from_spec),
    ("importlib.machinery.SourceFileLoader", loader),
    (EXEC_MODULE, exec_module),
    (LOAD_MODULE, load_module),
    ("runpy.run_path", run_path),
];

const SPEC: &str = "importlib.machinery.ModuleSpec";
const EXEC_MODULE: &str = "collectlint.loader.exec_module";
const LOAD_MODULE: &str = "collectlint.loader.load_module";

/// A file of the project that would be run, by its absolute path.
fn project_file(interp: &Interp<'_>, location: &Value) -> Option<PathBuf> {
    let text = interp.path_text(location)?;
    interp.working_directory()?;
    let path = PathBuf::from(normalized(&interp.absolute_path(&text)));
    interp.is_interpreted(&path).then_some(path)
}

fn opaque(interp: &mut Interp<'_>) -> Eval {
    interp.may_raise_anything();
    Ok(Value::Unknown)
}

/// `spec_from_file_location(name, location)`: `None` where the suffix is not one of Python's.
fn spec_from_file(interp: &mut Interp<'_>, args: Args) -> Eval {
    let plain = !args.open && args.keyword("loader").is_none() && args.positional.len() <= 2;
    let (Some(Value::Str(dotted)), Some(location)) = (args.get(0, "name"), args.get(1, "location")) else {
        return opaque(interp);
    };
    let Some(path) = project_file(interp, location).filter(|_| plain) else { return opaque(interp) };
    match path.extension().and_then(|suffix| suffix.to_str()) {
        Some("py") => {}
        Some("so" | "pyc" | "pyd") => return opaque(interp),
        _ => return Ok(Value::None),
    }
    let origin = Value::str(path.to_string_lossy());
    let loader = new_loader(interp, Value::Str(Arc::clone(dotted)), origin.clone());
    let spec = interp.object_of_pytest(SPEC, &Value::None, &[]);
    if let Some(id) = spec.as_id() {
        let values = [("name", Value::Str(Arc::clone(dotted))), ("origin", origin), ("loader", loader)];
        for (attribute, value) in values {
            interp.heap.bind(id, &name(attribute), value);
        }
    }
    Ok(spec)
}

fn new_loader(interp: &mut Interp<'_>, dotted: Value, path: Value) -> Value {
    let told = Value::tuple([dotted, path]);
    let methods = [("exec_module", EXEC_MODULE), ("load_module", LOAD_MODULE)];
    interp.object_of_pytest("importlib.machinery.SourceFileLoader", &told, &methods)
}

fn loader(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(dotted), Some(path)) = (args.get(0, "fullname"), args.get(1, "path")) else {
        return opaque(interp);
    };
    let (dotted, Some(text)) = (dotted.clone(), interp.path_text(path)) else { return opaque(interp) };
    Ok(new_loader(interp, dotted, Value::Str(text)))
}

/// A module that is not in `sys.modules`, and in which nothing has run.
fn module_from_spec(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(spec) = args.only().cloned() else { return opaque(interp) };
    if matches!(spec, Value::None) {
        return interp.no_attribute("NoneType", "loader");
    }
    let part = |interp: &Interp<'_>, attribute: &str| {
        let id = spec.as_id()?;
        interp.heap.value(id, attribute).and_then(Value::as_str).map(str::to_owned)
    };
    let (Some(dotted), Some(origin)) = (part(interp, "name"), part(interp, "origin")) else {
        return opaque(interp);
    };
    match interp.sources.get(Path::new(&origin)) {
        Ok(file) => {
            let search =
                origin.ends_with("/__init__.py").then(|| Path::new(&origin).parent().map(Path::to_path_buf));
            let search = search.flatten().map(|folder| vec![folder]);
            Ok(Value::Object(interp.new_source_module(&dotted, file, search)))
        }
        Err(_) => {
            let module = Value::external("types.ModuleType");
            interp.call(&module, Args::of([Value::str(&dotted)]))
        }
    }
}

/// `loader.exec_module(module)`
fn exec_module(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [Value::Tuple(told), module] = args.positional.as_slice() else { return opaque(interp) };
    let (Some(location), module) = (told.get(1).cloned(), module.clone()) else { return opaque(interp) };
    if on_disk(interp, &location, crate::fs::FileSystem::exists) == Some(false) {
        return missing_file(interp, &location);
    }
    let Some(path) = project_file(interp, &location) else { return opaque(interp) };
    let Some(id) = module.as_id() else { return opaque(interp) };
    let Object::Module(Module { name: dotted, kind: ModuleKind::Source(own), .. }) = interp.heap.get(id)
    else {
        interp.heap.open_names(id);
        return opaque(interp);
    };
    if *own != path {
        return opaque(interp);
    }
    let dotted = Arc::clone(dotted);
    let file = interp.source(&path)?;
    interp.run_source(id, &dotted, file)?;
    Ok(Value::None)
}

/// `loader.load_module()`: imports the file under the loader's name.
fn load_module(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Tuple(told)) = args.positional.first() else { return opaque(interp) };
    let [Value::Str(dotted), location] = &**told else { return opaque(interp) };
    let (dotted, location) = (Arc::clone(dotted), location.clone());
    if on_disk(interp, &location, crate::fs::FileSystem::exists) == Some(false) {
        return missing_file(interp, &location);
    }
    let Some(path) = project_file(interp, &location) else { return opaque(interp) };
    interp.execute_file(&dotted, &path, None).map(Value::Object)
}

/// `runpy.run_path(path, run_name=…)` runs a file as a script; gives its globals.
fn run_path(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(location) = args.get(0, "path_name").or_else(|| args.keyword("path")).cloned() else {
        return opaque(interp);
    };
    let run_name = match args.get(2, "run_name") {
        None | Some(Value::None) => Arc::from("<run_path>"),
        Some(Value::Str(run_name)) => Arc::clone(run_name),
        Some(_) => return opaque(interp),
    };
    if on_disk(interp, &location, crate::fs::FileSystem::exists) == Some(false) {
        return missing_file(interp, &location);
    }
    let Some(path) =
        project_file(interp, &location).filter(|path| path.extension().is_some_and(|e| e == "py"))
    else {
        return opaque(interp);
    };
    let has_globals = args.get(1, "init_globals").is_some_and(|globals| !matches!(globals, Value::None));
    let file = interp.source(&path)?;
    let id = interp.new_source_module(&run_name, file, None);
    if has_globals {
        interp.heap.open_names(id);
    }
    interp.run_source(id, &run_name, file)?;
    Ok(namespace(interp, id))
}
