//! Numbers: how they are made, and functions of them.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value, something};
use crate::environment::PythonVersion;
use crate::interp::{Cause, Object};
use ruff_python_ast::Operator;

pub(super) const MODELS: Models = &[
    ("builtins.int", int),
    ("builtins.float", float),
    ("builtins.bool", boolean),
    ("builtins.complex", complex),
    ("builtins.abs", abs),
    ("builtins.round", round),
    ("builtins.pow", pow),
    ("builtins.divmod", divmod),
    ("builtins.ord", ord),
    ("builtins.chr", chr),
    ("builtins.bin", bin),
    ("builtins.hex", hex),
    ("builtins.oct", oct),
    ("builtins.bytes", bytes),
    ("builtins.bytearray", something),
];

fn complex(interp: &mut Interp<'_>, args: Args) -> Eval {
    let part = |place: usize, name: &str| match args.get(place, name) {
        None => Some(0.0),
        Some(value) => interp.float_of(value),
    };
    let known = part(0, "real").zip(part(1, "imag"));
    Ok(known
        .filter(|_| !args.open)
        .map_or(Value::Unknown, |(real, imaginary)| Value::complex(real, imaginary)))
}

fn int(interp: &mut Interp<'_>, args: Args) -> Eval {
    if args.positional.len() != 1 || !args.keywords.is_empty() {
        return Ok(if args.positional.is_empty() { Value::Int(0) } else { Value::Unknown });
    }
    match &args.positional[0] {
        Value::Int(number) => Ok(Value::Int(*number)),
        Value::Bool(number) => Ok(Value::Int(i64::from(*number))),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "Python truncates as well; huge ones are not known"
        )]
        Value::Float(number) if number.abs() < 9e15 => Ok(Value::Int(*number as i64)),
        Value::Str(text) => {
            let digits = text.trim().replace('_', "");
            match digits.parse() {
                Ok(number) => Ok(Value::Int(number)),
                Err(_)
                    if digits.trim_start_matches(['+', '-']).chars().all(|c| c.is_ascii_digit())
                        && !digits.is_empty() =>
                {
                    Ok(Value::Unknown)
                }
                Err(_) if text.is_ascii() => {
                    let shown = crate::interp::truthiness::repr_text(text);
                    let message = format!("invalid literal for int() with base 10: {shown}");
                    interp.raise("ValueError", message, Cause::Python)
                }
                Err(_) => Ok(Value::Unknown),
            }
        }
        other @ (Value::None | Value::Tuple(_)) => refuse_number(interp, "int", other),
        other if is_container(interp, other) => refuse_number(interp, "int", other),
        _ => {
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
    }
}

fn is_container(interp: &Interp<'_>, value: &Value) -> bool {
    matches!(
        interp.object(value),
        Some(Object::List(_) | Object::Dict(_) | Object::Set(_) | Object::Function(_))
    )
}

/// `int(None)`
fn refuse_number(interp: &mut Interp<'_>, function: &str, value: &Value) -> Eval {
    let kind = interp.type_name(value);
    let bytes = if function == "int" { ", a bytes-like object" } else { "" };
    let number =
        if interp.environment.python >= PythonVersion::new(3, 10) { "real number" } else { "number" };
    interp.type_error(format!("{function}() argument must be a string{bytes} or a {number}, not '{kind}'"))
}

fn float(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.only() {
        Some(Value::Float(number)) => Ok(Value::Float(*number)),
        #[expect(clippy::cast_precision_loss, reason = "Python rounds in the same way")]
        Some(Value::Int(number)) => Ok(Value::Float(*number as f64)),
        Some(Value::Str(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "nan" | "+nan" | "-nan" => Ok(Value::Float(f64::NAN)),
            "inf" | "+inf" | "infinity" => Ok(Value::Float(f64::INFINITY)),
            "-inf" | "-infinity" => Ok(Value::Float(f64::NEG_INFINITY)),
            trimmed => match trimmed.parse() {
                Ok(number) => Ok(Value::Float(number)),
                Err(_) if trimmed.contains('_') || !trimmed.is_ascii() => Ok(Value::Unknown),
                Err(_) => {
                    let shown = crate::interp::truthiness::repr_text(text);
                    interp.raise(
                        "ValueError",
                        format!("could not convert string to float: {shown}"),
                        Cause::Python,
                    )
                }
            },
        },
        Some(other @ (Value::None | Value::Tuple(_))) => refuse_number(interp, "float", other),
        Some(other) if is_container(interp, other) => refuse_number(interp, "float", other),
        _ => {
            interp.may_raise_anything();
            Ok(Value::Unknown)
        }
    }
}

fn boolean(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.first().cloned() else { return Ok(Value::Bool(false)) };
    let truth = interp.truth(&value)?;
    Ok(truth.known().map_or(Value::Unknown, Value::Bool))
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

fn ord(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.only() {
        Some(Value::Str(text)) => {
            let mut characters = text.chars();
            match (characters.next(), characters.next()) {
                (Some(single), None) => Ok(Value::Int(i64::from(u32::from(single)))),
                _ => {
                    let length = text.chars().count();
                    interp.type_error(format!(
                        "ord() expected a character, but string of length {length} found"
                    ))
                }
            }
        }
        Some(Value::Bytes(bytes)) if bytes.len() == 1 => Ok(Value::Int(i64::from(bytes[0]))),
        Some(other @ (Value::None | Value::Int(_) | Value::Bool(_) | Value::Float(_))) => {
            let kind = interp.type_name(other);
            interp.type_error(format!("ord() expected string of length 1, but {kind} found"))
        }
        _ => Ok(Value::Unknown),
    }
}

fn chr(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Int(code)) = args.only() else { return Ok(Value::Unknown) };
    if !(0..0x11_0000).contains(code) {
        return interp.raise("ValueError", "chr() arg not in range(0x110000)", Cause::Python);
    }
    let character = u32::try_from(*code).ok().and_then(char::from_u32);
    Ok(character.map_or(Value::Unknown, |character| Value::str(character.to_string())))
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

fn round(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.first() else { return Ok(Value::Unknown) };
    let digits = args.get(1, "ndigits");
    Ok(match (value, digits) {
        (Value::Int(value), None | Some(Value::None)) => Value::Int(*value),
        (Value::Bool(value), None | Some(Value::None)) => Value::Int(i64::from(*value)),
        (Value::Int(_), Some(Value::Int(0..))) => value.clone(),
        // halves are rounded to even
        #[expect(clippy::cast_possible_truncation, reason = "checked to be small")]
        (Value::Float(value), None | Some(Value::None)) if value.abs() < 9e15 => {
            Value::Int(value.round_ties_even() as i64)
        }
        (Value::None | Value::Str(_), _) => {
            let kind = interp.type_name(value);
            return interp.type_error(format!("type {kind} doesn't define __round__ method"));
        }
        _ => Value::Unknown,
    })
}

fn pow(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.positional.as_slice() {
        [base, exponent] if args.keywords.is_empty() => interp.binary(Operator::Pow, base, exponent),
        _ => Ok(Value::Unknown),
    }
}

fn divmod(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [left, right] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let quotient = interp.binary(Operator::FloorDiv, left, right)?;
    let rest = interp.binary(Operator::Mod, left, right)?;
    Ok(Value::tuple([quotient, rest]))
}

/// `bytes()`, `bytes(3)`, `bytes([1, 2])`, `bytes("x", "utf-8")`
fn bytes(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.positional.as_slice() {
        [] if args.keywords.is_empty() && !args.open => Ok(Value::Bytes(Arc::from([].as_slice()))),
        [Value::Bytes(bytes)] => Ok(Value::Bytes(Arc::clone(bytes))),
        [Value::Str(_)] if args.keywords.is_empty() && !args.open => {
            interp.type_error("string argument without an encoding")
        }
        [Value::Int(count)] => {
            let count = usize::try_from(*count).ok().filter(|&count| count < 1 << 16);
            Ok(count.map_or(Value::Unknown, |count| Value::Bytes(vec![0; count].into())))
        }
        [source] if matches!(interp.object(source), Some(Object::List(_) | Object::Instance(_))) => {
            let source = source.clone();
            let Some(items) = interp.iterate(&source)? else { return Ok(Value::Unknown) };
            let bytes: Option<Vec<u8>> = items
                .iter()
                .map(|item| interp.int_of(item).and_then(|byte| u8::try_from(byte).ok()))
                .collect();
            Ok(bytes.map_or(Value::Unknown, |bytes| Value::Bytes(bytes.into())))
        }
        _ => Ok(Value::Unknown),
    }
}
