//! `numpy`: what its classes and functions are called, and how scalars and arrays show themselves.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::iterate::range_length;
use crate::interp::shown::{Amount, Shown};
use crate::interp::truthiness::{float_text, repr_text};
use crate::interp::{Object, name};

pub(super) const MODELS: Models = &[
    ("numpy.dtype", dtype),
    ("numpy.float64", float64),
    ("numpy.double", float64),
    ("numpy.array", array),
    ("numpy.asarray", array),
    ("numpy.arange", arange),
    ("numpy.zeros", filled),
    ("numpy.ones", filled),
    ("numpy.empty", filled),
    ("numpy.full", filled),
    ("numpy.linspace", linspace),
    ("numpy.eye", filled),
];

/// Constants that are plain numbers.
pub(in crate::interp) fn number(path: &str) -> Option<Value> {
    Some(match path.strip_prefix("numpy.")? {
        "nan" => Value::Float(f64::NAN),
        "inf" => Value::Float(f64::INFINITY),
        "pi" => Value::Float(std::f64::consts::PI),
        "e" => Value::Float(std::f64::consts::E),
        "newaxis" => Value::None,
        _ => return None,
    })
}

impl Interp<'_> {
    /// `numpy.typecodes`, which numpy 2 adds letters to.
    pub(in crate::interp) fn type_codes(&mut self, path: &str) -> Option<Value> {
        if path != "numpy.typecodes" || !self.is_modern_numpy()? {
            return None;
        }
        let codes = [
            ("Character", "c"),
            ("Integer", "bhilqnp"),
            ("UnsignedInteger", "BHILQNP"),
            ("Float", "efdg"),
            ("Complex", "FDG"),
            ("AllInteger", "bBhHiIlLqQnNpP"),
            ("AllFloat", "efdgFDG"),
            ("Datetime", "Mm"),
            ("All", "?bhilqnpBHILQNPefdgFDGSUVOMm"),
        ];
        Some(self.new_dict(codes.map(|(kind, letters)| (name(kind), Value::str(letters)))))
    }

    /// Whether numpy is installed in release 2 or later.
    pub(super) fn is_modern_numpy(&self) -> Option<bool> {
        let version: pep440_rs::Version = self.installed_version("numpy.__version__")?.parse().ok()?;
        version.release().first().map(|major| *major >= 2)
    }
}

/// The `__name__` of a class: an alias has another one than it is reached by.
pub(super) fn class_name(path: &str, modern: Option<bool>) -> Option<&'static str> {
    let name = path.strip_prefix("numpy.")?;
    let plain = PLAIN_CLASSES.iter().find(|known| **known == name);
    if let Some(plain) = plain {
        return Some(plain);
    }
    Some(match name {
        "byte" => "int8",
        "ubyte" => "uint8",
        "short" => "int16",
        "ushort" => "uint16",
        "half" => "float16",
        "single" => "float32",
        "double" => "float64",
        "csingle" => "complex64",
        "cdouble" => "complex128",
        "bool_" | "bool" if modern? => "bool",
        "bool_" | "bool" => "bool_",
        _ => return None,
    })
}

/// The `__name__` of a function.
pub(super) fn function_name(path: &str) -> Option<&'static str> {
    let name = path.strip_prefix("numpy.")?;
    FUNCTIONS.iter().copied().find(|known| *known == name).or_else(|| {
        Some(match name {
            "abs" => "absolute",
            "bitwise_not" => "invert",
            "conj" => "conjugate",
            "mod" => "remainder",
            _ => return None,
        })
    })
}

/// Classes that are called as they are reached.
const PLAIN_CLASSES: &[&str] = &[
    "bytes_",
    "character",
    "complex128",
    "complex64",
    "complexfloating",
    "datetime64",
    "dtype",
    "flexible",
    "float16",
    "float32",
    "float64",
    "floating",
    "generic",
    "inexact",
    "int16",
    "int32",
    "int64",
    "int8",
    "integer",
    "matrix",
    "ndarray",
    "number",
    "object_",
    "recarray",
    "signedinteger",
    "str_",
    "timedelta64",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "unsignedinteger",
    "void",
];

/// Functions that have been called as they are reached in every release.
const FUNCTIONS: &[&str] = &[
    "absolute",
    "add",
    "all",
    "allclose",
    "any",
    "append",
    "arange",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "argmax",
    "argmin",
    "argsort",
    "array",
    "array_equal",
    "asarray",
    "average",
    "bincount",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "cbrt",
    "ceil",
    "clip",
    "concatenate",
    "conjugate",
    "copysign",
    "corrcoef",
    "cos",
    "cosh",
    "count_nonzero",
    "cov",
    "cumprod",
    "cumsum",
    "deg2rad",
    "degrees",
    "diff",
    "divmod",
    "dot",
    "empty",
    "equal",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "float_power",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "full",
    "gcd",
    "greater",
    "greater_equal",
    "heaviside",
    "hypot",
    "invert",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isnat",
    "lcm",
    "less",
    "less_equal",
    "linspace",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "logaddexp2",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "matmul",
    "maximum",
    "mean",
    "median",
    "minimum",
    "multiply",
    "nanmax",
    "nanmean",
    "nanmedian",
    "nanmin",
    "nanstd",
    "nansum",
    "nanvar",
    "negative",
    "nextafter",
    "not_equal",
    "ones",
    "positive",
    "power",
    "prod",
    "ptp",
    "quantile",
    "rad2deg",
    "radians",
    "reciprocal",
    "remainder",
    "repeat",
    "reshape",
    "rint",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sort",
    "spacing",
    "sqrt",
    "square",
    "std",
    "subtract",
    "sum",
    "take",
    "tan",
    "tanh",
    "transpose",
    "trunc",
    "unique",
    "var",
    "where",
    "zeros",
];

/// What an element type shows itself as.
pub(in crate::interp) fn element_type(kind: &str) -> Shown {
    // NOTE: the class depends on the release
    let text: Arc<str> = Arc::from(kind);
    Shown { repr: Some(format!("dtype({})", repr_text(&text)).into()), text: Some(text), ..Shown::default() }
}

/// The name of an element type that is given by name or class.
fn element_kind(value: &Value) -> Option<&'static str> {
    const NAMES: &[(&str, &str)] = &[
        ("i1", "int8"),
        ("i2", "int16"),
        ("i4", "int32"),
        ("i8", "int64"),
        ("u1", "uint8"),
        ("u2", "uint16"),
        ("u4", "uint32"),
        ("u8", "uint64"),
        ("f2", "float16"),
        ("f4", "float32"),
        ("f8", "float64"),
        ("c8", "complex64"),
        ("c16", "complex128"),
        ("O", "object"),
        ("object", "object"),
        ("bool", "bool"),
        ("float", "float64"),
        ("complex", "complex128"),
    ];
    let name = match value {
        Value::Str(text) => &**text,
        _ => {
            let path = value.extern_path()?;
            path.strip_prefix("builtins.").or_else(|| path.strip_prefix("numpy."))?
        }
    };
    NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, kind)| *kind)
        .or_else(|| NAMES.iter().map(|(_, kind)| *kind).find(|kind| *kind == name))
}

fn opaque(interp: &mut Interp<'_>, path: &str, args: Args) -> Value {
    interp.call_opaque(Some(&Arc::from(path)), args)
}

fn dtype(interp: &mut Interp<'_>, args: Args) -> Eval {
    let kind = args.only().and_then(element_kind);
    let made = opaque(interp, "numpy.dtype", args);
    Ok(match kind {
        Some(kind) => Value::of_shown("numpy.dtype", element_type(kind)),
        None => made,
    })
}

fn float64(interp: &mut Interp<'_>, args: Args) -> Eval {
    let number = args.only().and_then(|given| match given {
        Value::Str(text) => text.trim().parse().ok(),
        other => interp.float_of(other),
    });
    opaque(interp, "numpy.float64", args);
    let shown = Shown::instance("numpy.float64");
    let text = number.map(|number| Arc::from(float_text(number)));
    Ok(Value::of_shown("numpy.float64", Shown { text, ..shown }))
}

fn array(interp: &mut Interp<'_>, args: Args) -> Eval {
    let length = match args.positional.first() {
        Some(Value::Object(id)) => match interp.heap.get(*id) {
            Object::List(list) if !list.open && args.keyword("ndmin").is_none() => Some(list.items.len()),
            _ => None,
        },
        _ => None,
    };
    Ok(new_array(interp, "numpy.array", args, None, length))
}

/// Arrays of a given shape.
fn filled(interp: &mut Interp<'_>, args: Args) -> Eval {
    let shape = args.get(0, "shape").or_else(|| args.get(0, "N")).cloned();
    let first = match &shape {
        Some(Value::Tuple(sides)) => sides.first(),
        other => other.as_ref(),
    };
    let length = first.and_then(count);
    Ok(new_array(interp, "numpy.array", args, None, length))
}

/// `numpy.arange` of integers.
fn arange(interp: &mut Interp<'_>, args: Args) -> Eval {
    let numbers: Option<Vec<i64>> = args
        .positional
        .iter()
        .map(|value| if let Value::Int(number) = value { Some(*number) } else { None })
        .collect();
    let only_dtype = args.keywords.iter().all(|(name, _)| name.as_str() == "dtype");
    let length = match numpy_range(numbers.as_deref()) {
        Some((start, stop, step)) if only_dtype && !args.open => range_length(start, stop, step),
        _ => None,
    };
    let kind = length.is_some().then_some("int64");
    let length = length.and_then(|length| usize::try_from(length).ok());
    Ok(new_array(interp, "numpy.array", args, kind, length))
}

fn numpy_range(numbers: Option<&[i64]>) -> Option<(i64, i64, i64)> {
    match numbers? {
        [stop] => Some((0, *stop, 1)),
        [start, stop] => Some((*start, *stop, 1)),
        [start, stop, step] if *step != 0 => Some((*start, *stop, *step)),
        _ => None,
    }
}

/// `numpy.linspace(start, stop, num=50)`
fn linspace(interp: &mut Interp<'_>, args: Args) -> Eval {
    let is_array = args.keyword("retstep").is_none() && args.positional.len() < 5 && !args.open;
    let number = match args.get(2, "num") {
        None => Some(50),
        Some(number) => count(number),
    };
    let is_number = |place, name| matches!(args.get(place, name), Some(Value::Int(_) | Value::Float(_)));
    let kind = (is_number(0, "start") && is_number(1, "stop")).then_some("float64");
    let length = number.filter(|_| is_array);
    Ok(new_array(interp, "numpy.linspace", args, kind, length))
}

fn count(value: &Value) -> Option<usize> {
    match value {
        Value::Int(number) => usize::try_from(*number).ok(),
        _ => None,
    }
}

/// An array, of elements of that kind where the call asks for no other.
fn new_array(
    interp: &mut Interp<'_>,
    path: &str,
    args: Args,
    kind: Option<&'static str>,
    length: Option<usize>,
) -> Value {
    let kind = match args.keyword("dtype") {
        Some(given) => element_kind(given),
        None => kind,
    };
    opaque(interp, path, args);
    let shown = Shown { length, ..Shown::instance("numpy.ndarray") };
    Value::of_shown(
        path,
        match kind {
            Some(kind) => shown.with(Amount::Elements(Arc::from(kind))),
            None => shown,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn element_types_have_one_name() {
        for (given, expected) in [
            (Value::str("i8"), Some("int64")),
            (Value::str("int64"), Some("int64")),
            (Value::builtin("float"), Some("float64")),
            (Value::external("numpy.uint8"), Some("uint8")),
            (Value::str("datetime64[ns]"), None),
        ] {
            assert_eq!(element_kind(&given), expected);
        }
    }
}
