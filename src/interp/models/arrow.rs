//! `pyarrow`: how its types show themselves.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::shown::Shown;

pub(super) const MODELS: Models = &[
    ("pyarrow.null", |interp, args| plain(interp, args, "null", "null")),
    ("pyarrow.bool_", |interp, args| plain(interp, args, "bool_", "bool")),
    ("pyarrow.int8", |interp, args| plain(interp, args, "int8", "int8")),
    ("pyarrow.int16", |interp, args| plain(interp, args, "int16", "int16")),
    ("pyarrow.int32", |interp, args| plain(interp, args, "int32", "int32")),
    ("pyarrow.int64", |interp, args| plain(interp, args, "int64", "int64")),
    ("pyarrow.uint8", |interp, args| plain(interp, args, "uint8", "uint8")),
    ("pyarrow.uint16", |interp, args| plain(interp, args, "uint16", "uint16")),
    ("pyarrow.uint32", |interp, args| plain(interp, args, "uint32", "uint32")),
    ("pyarrow.uint64", |interp, args| plain(interp, args, "uint64", "uint64")),
    ("pyarrow.float16", |interp, args| plain(interp, args, "float16", "halffloat")),
    ("pyarrow.float32", |interp, args| plain(interp, args, "float32", "float")),
    ("pyarrow.float64", |interp, args| plain(interp, args, "float64", "double")),
    ("pyarrow.string", |interp, args| plain(interp, args, "string", "string")),
    ("pyarrow.utf8", |interp, args| plain(interp, args, "utf8", "string")),
    ("pyarrow.large_string", |interp, args| plain(interp, args, "large_string", "large_string")),
    ("pyarrow.binary", |interp, args| plain(interp, args, "binary", "binary")),
    ("pyarrow.large_binary", |interp, args| plain(interp, args, "large_binary", "large_binary")),
    ("pyarrow.date32", |interp, args| plain(interp, args, "date32", "date32[day]")),
    ("pyarrow.date64", |interp, args| plain(interp, args, "date64", "date64[ms]")),
    ("pyarrow.time32", |interp, args| with_unit(interp, args, "time32", "Time32Type", &["s", "ms"])),
    ("pyarrow.time64", |interp, args| with_unit(interp, args, "time64", "Time64Type", &["us", "ns"])),
    ("pyarrow.duration", |interp, args| {
        with_unit(interp, args, "duration", "DurationType", &["s", "ms", "us", "ns"])
    }),
    ("pyarrow.timestamp", timestamp),
    ("pyarrow.decimal128", |interp, args| decimal(interp, args, "decimal128", "Decimal128Type", 38)),
    ("pyarrow.decimal256", |interp, args| decimal(interp, args, "decimal256", "Decimal256Type", 76)),
];

fn known(function: &str, class: &str, text: &str) -> Value {
    let repr = Some(format!("{class}({text})").into());
    let shown = Shown { repr, ..Shown::alike(&format!("pyarrow.{class}"), text) };
    Value::of_shown(&format!("pyarrow.{function}"), shown)
}

/// What is not understood may raise.
fn opaque(interp: &mut Interp<'_>, function: &str, args: Args) -> Value {
    interp.call_opaque(Some(&Arc::from(format!("pyarrow.{function}"))), args)
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a model")]
fn plain(interp: &mut Interp<'_>, args: Args, function: &str, text: &str) -> Eval {
    let is_plain = args.positional.is_empty() && args.keywords.is_empty() && !args.open;
    Ok(if is_plain { known(function, "DataType", text) } else { opaque(interp, function, args) })
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a model")]
fn with_unit(interp: &mut Interp<'_>, args: Args, function: &str, class: &str, units: &[&str]) -> Eval {
    match args.get(0, "unit").and_then(Value::as_str).filter(|unit| units.contains(unit)) {
        Some(unit) if !args.open => Ok(known(function, class, &format!("{function}[{unit}]"))),
        _ => Ok(opaque(interp, function, args)),
    }
}

fn timestamp(interp: &mut Interp<'_>, args: Args) -> Eval {
    let unit =
        args.get(0, "unit").and_then(Value::as_str).filter(|unit| ["s", "ms", "us", "ns"].contains(unit));
    let text = match (unit, args.get(1, "tz")) {
        (Some(unit), None | Some(Value::None)) => Some(format!("timestamp[{unit}]")),
        (Some(unit), Some(Value::Str(zone))) => Some(format!("timestamp[{unit}, tz={zone}]")),
        _ => None,
    };
    match text {
        Some(text) if !args.open => Ok(known("timestamp", "TimestampType", &text)),
        _ => Ok(opaque(interp, "timestamp", args)),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a model")]
fn decimal(interp: &mut Interp<'_>, args: Args, function: &str, class: &str, most: i64) -> Eval {
    let precision = args.get(0, "precision").and_then(|value| interp.int_of(value));
    let scale = args.get(1, "scale").map_or(Some(0), |value| interp.int_of(value));
    match precision.filter(|precision| (1..=most).contains(precision)).zip(scale) {
        Some((precision, scale)) if !args.open => {
            Ok(known(function, class, &format!("{function}({precision}, {scale})")))
        }
        _ => Ok(opaque(interp, function, args)),
    }
}
