//! `numpy`: what its classes and functions are called, and how scalars and arrays show themselves.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::name;
use crate::interp::shown::{Amount, Shown};
use crate::interp::truthiness::{float_text, repr_text};

pub(super) const MODELS: Models = &[
    ("numpy.dtype", dtype),
    ("numpy.float64", float64),
    ("numpy.double", float64),
    ("numpy.array", array),
    ("numpy.asarray", array),
    ("numpy.arange", array),
    ("numpy.zeros", array),
    ("numpy.ones", array),
    ("numpy.empty", array),
    ("numpy.full", array),
    ("numpy.linspace", array),
    ("numpy.eye", array),
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
    let kind = args.keyword("dtype").and_then(element_kind);
    opaque(interp, "numpy.array", args);
    let shown = Shown::instance("numpy.ndarray");
    Ok(Value::of_shown(
        "numpy.array",
        match kind {
            Some(kind) => shown.with(Amount::Elements(Arc::from(kind))),
            None => shown,
        },
    ))
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
