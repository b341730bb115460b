//! Builtin functions.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value, nothing, something};
use crate::interp::snippet::{Mode, Snippet};
use crate::interp::{Cause, Object};

pub(super) const MODELS: Models = &[
    ("builtins.print", nothing),
    ("builtins.breakpoint", something),
    ("builtins.id", something),
    ("builtins.hash", something),
    ("builtins.dir", dir),
    ("builtins.ascii", ascii),
    ("builtins.memoryview", something),
    ("builtins.len", len),
    ("builtins.input", input),
    ("builtins.open", open),
    ("builtins.exec", exec),
    ("builtins.eval", evaluate),
    ("builtins.compile", compile),
    ("ast.parse", parse),
    ("builtins.str", text),
    ("builtins.repr", repr),
    ("builtins.format", format),
];

fn len(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.only() else { return Ok(Value::Unknown) };
    let length = interp.length_of(value)?;
    Ok(length.map_or(Value::Unknown, Value::Int))
}

/// `dir(module)`
fn dir(interp: &mut Interp<'_>, args: Args) -> Eval {
    let module = args.only().filter(|value| matches!(interp.object(value), Some(Object::Module(_))));
    let Some(module) = module.and_then(Value::as_id) else { return Ok(Value::Unknown) };
    if interp.heap.value(module, "__dir__").is_some() {
        return Ok(Value::Unknown);
    }
    let Value::Object(dict) = super::namespace(interp, module) else { return Ok(Value::Unknown) };
    let Some(names) = interp.names_of_module(dict) else { return Ok(Value::Unknown) };
    let mut names: Vec<Value> = names.entries.into_values().map(|(name, _)| name).collect();
    names.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
    Ok(interp.new_list(names))
}

/// `input()`: pytest's capture makes it an `OSError`, `-s` without a terminal an `EOFError`.
fn input(interp: &mut Interp<'_>, _: Args) -> Eval {
    if interp.options.captured {
        interp.raise(
            "OSError",
            "pytest: reading from stdin while output is captured!  Consider using `-s`.",
            Cause::Input,
        )
    } else {
        interp.raise("EOFError", "EOF when reading a line", Cause::Input)
    }
}

/// `sys.stdin.read()`: not while pytest captures.
pub(super) fn input_read(interp: &mut Interp<'_>, args: Args) -> Eval {
    if interp.options.captured { input(interp, args) } else { Ok(Value::Unknown) }
}

fn open(interp: &mut Interp<'_>, args: Args) -> Eval {
    super::pathlib::read(interp, args)
}

/// `exec` of a text that is not known may bind anything.
fn exec(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(result) = run(interp, &args, Mode::Exec) {
        return result.map(|_| Value::None);
    }
    let scopes: Vec<Value> =
        args.positional.iter().skip(1).chain(args.keywords.iter().map(|(_, v)| v)).cloned().collect();
    let is_here = |scope: &Value| scope.as_id().is_some_and(|id| interp.is_own_globals(id));
    if scopes.is_empty() || args.open || scopes.iter().any(is_here) {
        // what a module has others run in its own place may be anything: imports among it
        interp.open_modules();
    }
    if scopes.is_empty() || args.open {
        interp.open_scope();
    }
    for scope in scopes {
        interp.forget_scope(&scope);
    }
    interp.may_raise_anything();
    Ok(Value::None)
}

/// `exec` or `eval` of a text that is known, in names that are; `None` where something is not.
fn run(interp: &mut Interp<'_>, args: &Args, mode: Mode) -> Option<Eval> {
    if args.open || args.positional.len() + args.keywords.len() > 3 {
        return None;
    }
    let known = |place: usize, name: &str| match args.get(place, name) {
        Some(Value::None) => None,
        given => given.cloned(),
    };
    let (globals, locals) = (known(1, "globals"), known(2, "locals"));
    let snippet = interp.snippet_of(args.positional.first()?, mode)?;
    let here = |names: &Option<Value>| {
        names.as_ref().and_then(Value::as_id).is_some_and(|id| interp.is_own_globals(id))
    };
    match (globals, locals) {
        (None, None) => Some(interp.run_text_here(&snippet)),
        (globals, locals) if here(&globals) && locals.as_ref().is_none_or(|_| here(&locals)) => {
            Some(interp.run_text_here(&snippet))
        }
        (Some(globals), None) => interp.run_text_in(&snippet, &globals),
        (_, Some(_)) => None,
    }
}

fn compile(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mode = match args.get(2, "mode").and_then(Value::as_str) {
        Some("exec") => Mode::Exec,
        Some("eval") => Mode::Eval,
        _ => return Ok(Value::Unknown),
    };
    if let Some(Value::Str(text)) = args.get(0, "source")
        && !args.open
        && args.positional.len() + args.keywords.len() == 3
    {
        let delays_annotations = interp.delays_annotations();
        let snippet = Snippet { text: Arc::clone(text), delays_annotations, mode };
        let file_name = args.get(1, "filename").cloned().unwrap_or(Value::Unknown);
        interp.compile_snippet(&snippet)?;
        return Ok(interp.code_object(&snippet, file_name));
    }
    Ok(Value::Unknown)
}

fn parse(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(Value::Str(text)) = args.only() {
        interp.compile_text(&Arc::clone(text), Mode::Exec)?;
    }
    Ok(Value::Unknown)
}

fn evaluate(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(result) = run(interp, &args, Mode::Eval) {
        return result;
    }
    // What `compile` made may be statements, which bind names.
    let is_expression = matches!(args.positional.first(), Some(Value::Str(_)));
    if !is_expression && (args.positional.len() > 1 || !args.keywords.is_empty()) {
        exec(interp, args)?;
    } else {
        interp.may_raise_anything();
    }
    Ok(Value::Unknown)
}

fn repr(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.only() else { return Ok(Value::Unknown) };
    let shown = interp.repr_value(value)?;
    Ok(shown.map_or(Value::Unknown, Value::str))
}

fn format(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.first() else { return Ok(Value::Unknown) };
    let Some(specification) = args.positional.get(1).map_or(Some(""), Value::as_str) else {
        return Ok(Value::Unknown);
    };
    let shown = interp.format_value(value, specification)?;
    Ok(shown.map_or(Value::Unknown, Value::str))
}

fn ascii(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.only() else { return Ok(Value::Unknown) };
    let shown = interp.repr_value(value)?;
    Ok(shown.map_or(Value::Unknown, |shown| Value::str(super::escaped(&shown))))
}

fn text(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.positional.as_slice() {
        [] if args.keywords.is_empty() && !args.open => Ok(Value::str("")),
        [value] if args.keywords.is_empty() => {
            let value = value.clone();
            Ok(interp.str_value(&value)?.map_or(Value::Unknown, Value::str))
        }
        _ => Ok(Value::Unknown),
    }
}
