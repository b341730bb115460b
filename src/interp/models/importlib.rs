//! `importlib`: imports by name.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Cause, EventKind, Guard, Missing, Stop, Truth};

pub(super) const MODELS: Models = &[
    ("importlib.import_module", import_module),
    ("builtins.__import__", dunder_import),
    ("importlib.util.find_spec", find_spec),
    ("importlib.find_loader", find_spec),
    ("pkgutil.find_loader", find_spec),
    ("pkgutil.get_loader", find_spec),
    ("importlib.reload", reload),
    ("site.addsitedir", add_site),
    ("importlib.invalidate_caches", super::nothing),
];

fn import_module(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(wanted) = args.get(0, "name").and_then(Value::as_str).map(str::to_owned) else {
        interp.note_unknown_import();
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    let dots = wanted.len() - wanted.trim_start_matches('.').len();
    if dots == 0 {
        return interp.import_module(&wanted);
    }
    match args.get(1, "package") {
        Some(Value::Str(package)) if !package.is_empty() => {
            let mut base: &str = package;
            for _ in 1..dots {
                base = base.rsplit_once('.').map_or("", |(parent, _)| parent);
            }
            let dotted = format!("{base}.{}", &wanted[dots..]);
            interp.import_module(dotted.trim_end_matches('.'))
        }
        None | Some(Value::None | Value::Str(_)) => interp.type_error(format!(
            "the 'package' argument is required to perform a relative import for '{wanted}'"
        )),
        Some(_) => {
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
    }
}

fn reload(interp: &mut Interp<'_>, args: Args) -> Eval {
    let is_other = match args.positional.first() {
        Some(Value::Str(_) | Value::None | Value::Int(_)) => true,
        Some(Value::Extern(external)) => super::is_mock(&external.path),
        _ => false,
    };
    if is_other {
        return interp.type_error("reload() argument must be a module");
    }
    super::identity(interp, args)
}

/// `site.addsitedir(folder)` appends to `sys.path`.
fn add_site(interp: &mut Interp<'_>, args: Args) -> Eval {
    let folder = args.positional.first().and_then(|folder| interp.path_text(folder));
    interp.append_to_path(folder.as_deref());
    Ok(Value::None)
}

/// `__import__("a.b")` gives `a`.
fn dunder_import(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(wanted) = args.get(0, "name").and_then(Value::as_str).map(str::to_owned) else {
        interp.note_unknown_import();
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    if args.get(4, "level").is_some_and(|level| interp.plain_truth(level) != Truth::No) {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    }
    let module = interp.import_module(&wanted)?;
    let from_list = args.get(3, "fromlist").map_or(Truth::No, |list| interp.plain_truth(list));
    match (wanted.split_once('.'), from_list) {
        (Some((top, _)), Truth::No) => interp.import_module(top),
        _ => Ok(module),
    }
}

/// `find_spec(name)` is `None` where there is no such module; it imports the packages above it.
fn find_spec(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(wanted) = args.get(0, "name").and_then(Value::as_str).map(str::to_owned) else {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    if wanted.starts_with('.') && args.get(1, "package").is_none_or(|package| matches!(package, Value::None))
    {
        let message = format!("no package specified for '{wanted}' (required for relative module names)");
        return interp.raise("ImportError", message, Cause::RelativeImport);
    }
    if wanted.starts_with('.') {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    }
    if let Some((parent, _)) = wanted.rsplit_once('.') {
        let package = interp.import_module(parent)?;
        if interp.is_no_package(&package) {
            let cause = Cause::MissingModule { name: Arc::from(wanted.as_str()), why: Missing::FirstParty };
            let message =
                format!("__path__ attribute not found on '{parent}' while trying to find '{wanted}'");
            return interp.raise("ModuleNotFoundError", message, cause);
        }
    }
    if let Some(message) = interp.lacks_spec(&wanted) {
        return interp.raise("ValueError", message, Cause::Python);
    }
    let found = interp.find_module(&wanted);
    interp.note(EventKind::Import {
        module: Arc::from(wanted.as_str()),
        guard: Guard::FindSpec,
        found: found != Truth::No,
    });
    Ok(match found {
        Truth::Yes => Value::external("importlib.machinery.ModuleSpec")
            .join(&Value::external("importlib.machinery.ModuleSpec")),
        Truth::No => Value::None,
        Truth::Maybe => Value::Unknown,
    })
}

impl Interp<'_> {
    /// Whether a module could be imported as far as finding it goes. Nothing stays of trying.
    fn find_module(&mut self, dotted: &str) -> Truth {
        let mark = self.heap.mark();
        let base = self.pending.len();
        let result = self.locate_module(dotted);
        self.take_back(&mark, base);
        for pending in self.take_pending(base, |_| true) {
            self.heap.close(pending.mark);
        }
        self.heap.close(mark);
        result
    }

    fn locate_module(&mut self, dotted: &str) -> Truth {
        match self.loaded_module(dotted) {
            Ok(Some(_)) => return Truth::Yes,
            Ok(None) => {}
            Err(_) => return Truth::No,
        }
        let events = self.events.len();
        let found = self.spec_of(dotted);
        self.events.truncate(events);
        match found {
            Ok(known) => known,
            Err(Stop::Raise(raised)) if matches!(raised.cause, Cause::MissingModule { .. }) => Truth::No,
            Err(_) => Truth::Maybe,
        }
    }
}
