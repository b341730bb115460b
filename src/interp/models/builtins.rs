//! Builtin functions.

use super::{Args, Eval, Interp, Models, Value, nothing, something};
use crate::interp::Cause;

pub(super) const MODELS: Models = &[
    ("builtins.print", nothing),
    ("builtins.breakpoint", something),
    ("builtins.id", something),
    ("builtins.hash", something),
    ("builtins.dir", something),
    ("builtins.ascii", ascii),
    ("builtins.memoryview", something),
    ("builtins.len", len),
    ("builtins.input", input),
    ("builtins.open", open),
    ("builtins.exec", exec),
    ("builtins.eval", evaluate),
    ("builtins.compile", something),
    ("builtins.str", text),
    ("builtins.repr", repr),
    ("builtins.format", format),
];

fn len(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.only() else { return Ok(Value::Unknown) };
    let length = interp.length_of(value)?;
    Ok(length.map_or(Value::Unknown, Value::Int))
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

fn open(interp: &mut Interp<'_>, args: Args) -> Eval {
    super::pathlib::read(interp, args)
}

/// `exec` may bind anything.
fn exec(interp: &mut Interp<'_>, args: Args) -> Eval {
    let scopes: Vec<Value> =
        args.positional.iter().skip(1).chain(args.keywords.iter().map(|(_, v)| v)).cloned().collect();
    if scopes.is_empty() || args.open {
        interp.open_scope();
    }
    for scope in scopes {
        interp.forget_scope(&scope);
    }
    interp.may_raise_anything();
    Ok(Value::None)
}

fn evaluate(interp: &mut Interp<'_>, args: Args) -> Eval {
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
