//! Builtin functions.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value, nothing, something};
use crate::interp::{Cause, Truth};

pub(super) const MODELS: Models = &[
    ("builtins.print", nothing),
    ("builtins.breakpoint", something),
    ("builtins.id", something),
    ("builtins.hash", something),
    ("builtins.dir", something),
    ("builtins.ascii", something),
    ("builtins.memoryview", something),
    ("builtins.complex", something),
    ("builtins.pow", something),
    ("builtins.divmod", something),
    ("builtins.len", len),
    ("builtins.input", input),
    ("builtins.open", open),
    ("builtins.exec", exec),
    ("builtins.eval", evaluate),
    ("builtins.compile", something),
    ("builtins.abs", abs),
    ("builtins.round", round),
    ("builtins.min", min),
    ("builtins.max", max),
    ("builtins.sum", sum),
    ("builtins.any", any),
    ("builtins.all", all),
    ("builtins.ord", ord),
    ("builtins.chr", chr),
    ("builtins.repr", repr),
    ("builtins.format", format),
    ("builtins.bin", bin),
    ("builtins.hex", hex),
    ("builtins.oct", oct),
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
fn exec(interp: &mut Interp<'_>, _: Args) -> Eval {
    interp.open_scope();
    interp.may_raise_anything();
    Ok(Value::None)
}

fn evaluate(interp: &mut Interp<'_>, _: Args) -> Eval {
    interp.may_raise_anything();
    Ok(Value::Unknown)
}

fn abs(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match args.only() {
        Some(Value::Int(value)) => value.checked_abs().map_or(Value::Unknown, Value::Int),
        Some(Value::Float(value)) => Value::Float(value.abs()),
        Some(value @ (Value::None | Value::Str(_))) => {
            let kind = interp.type_name(value);
            return interp.type_error(format!("bad operand type for abs(): '{kind}'"));
        }
        _ => Value::Unknown,
    })
}

fn round(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match args.only() {
        Some(Value::Int(value)) => Value::Int(*value),
        _ => Value::Unknown,
    })
}

fn extreme(interp: &mut Interp<'_>, args: &Args, wanted: std::cmp::Ordering) -> Eval {
    if args.open || !args.keywords.is_empty() {
        return Ok(Value::Unknown);
    }
    let items = match args.positional.as_slice() {
        [only] => match interp.iterate(only)? {
            Some(items) => items,
            None => return Ok(Value::Unknown),
        },
        several => several.to_vec(),
    };
    let Some((first, rest)) = items.split_first() else {
        let which = if wanted == std::cmp::Ordering::Less { "min" } else { "max" };
        return interp.raise("ValueError", format!("{which}() iterable argument is empty"), Cause::Python);
    };
    let mut best = first.clone();
    for item in rest {
        match (item, &best) {
            (Value::Int(a), Value::Int(b)) => {
                if a.cmp(b) == wanted {
                    best = item.clone();
                }
            }
            _ => return Ok(Value::Unknown),
        }
    }
    Ok(best)
}

fn min(interp: &mut Interp<'_>, args: Args) -> Eval {
    extreme(interp, &args, std::cmp::Ordering::Less)
}

fn max(interp: &mut Interp<'_>, args: Args) -> Eval {
    extreme(interp, &args, std::cmp::Ordering::Greater)
}

fn sum(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(items) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let Some(items) = interp.iterate(&items)? else { return Ok(Value::Unknown) };
    let mut total = args.get(1, "start").cloned().unwrap_or(Value::Int(0));
    for item in items {
        total = interp.add(&total, &item)?;
    }
    Ok(total)
}

fn fold(interp: &mut Interp<'_>, args: &Args, start: Truth, with: impl Fn(Truth, Truth) -> Truth) -> Eval {
    let Some(items) = args.only().cloned() else { return Ok(Value::Unknown) };
    let Some(items) = interp.iterate(&items)? else { return Ok(Value::Unknown) };
    let mut truth = start;
    for item in &items {
        truth = with(truth, interp.truth(item)?);
    }
    Ok(truth.known().map_or(Value::Unknown, Value::Bool))
}

fn any(interp: &mut Interp<'_>, args: Args) -> Eval {
    fold(interp, &args, Truth::No, Truth::or)
}

fn all(interp: &mut Interp<'_>, args: Args) -> Eval {
    fold(interp, &args, Truth::Yes, Truth::and)
}

fn ord(_: &mut Interp<'_>, args: Args) -> Eval {
    let text = args.only().and_then(Value::as_str).unwrap_or_default();
    let mut characters = text.chars();
    Ok(match (characters.next(), characters.next()) {
        (Some(single), None) => Value::Int(i64::from(u32::from(single))),
        _ => Value::Unknown,
    })
}

fn chr(_: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Int(code)) = args.only() else { return Ok(Value::Unknown) };
    let character = u32::try_from(*code).ok().and_then(char::from_u32);
    Ok(character.map_or(Value::Unknown, |character| Value::str(character.to_string())))
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

fn radix(args: &Args, write: impl Fn(u64) -> String) -> Value {
    match args.only() {
        Some(Value::Int(value)) => {
            let sign = if *value < 0 { "-" } else { "" };
            Value::Str(Arc::from(format!("{sign}{}", write(value.unsigned_abs()))))
        }
        _ => Value::Unknown,
    }
}

fn bin(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(radix(&args, |value| format!("{value:#b}")))
}

fn hex(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(radix(&args, |value| format!("{value:#x}")))
}

fn oct(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(radix(&args, |value| format!("{value:#o}")))
}
