//! Which attributes the builtin types have, besides those with two underscores.

use crate::environment::{Observed, PythonVersion};

const TEXT: &str = "capitalize casefold center count encode endswith expandtabs find format format_map index \
    isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle \
    isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex rjust \
    rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill";

const BYTES: &str = "capitalize center count decode endswith expandtabs find fromhex hex index isalnum isalpha \
    isascii isdigit islower isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix \
    removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase \
    title translate upper zfill";

const INT: &str = "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag is_integer \
    numerator real to_bytes";

const FLOAT: &str = "as_integer_ratio conjugate fromhex from_number hex imag is_integer real";

const LIST: &str = "append clear copy count extend index insert pop remove reverse sort";

const DICT: &str = "clear copy fromkeys get items keys pop popitem setdefault update values";

const SET: &str = "add clear copy difference difference_update discard intersection intersection_update \
    isdisjoint issubset issuperset pop remove symmetric_difference symmetric_difference_update union update";

const FROZENSET: &str =
    "copy difference intersection isdisjoint issubset issuperset symmetric_difference union";

const GENERATOR: &str = "close gi_code gi_frame gi_running gi_suspended gi_yieldfrom send throw";

const COROUTINE: &str = "close cr_await cr_code cr_frame cr_origin cr_running cr_suspended send throw";

/// Names that came later than Python 3.8.
const ADDED: [(&str, PythonVersion); 6] = [
    ("removeprefix", PythonVersion::new(3, 9)),
    ("removesuffix", PythonVersion::new(3, 9)),
    ("bit_count", PythonVersion::new(3, 10)),
    ("gi_suspended", PythonVersion::new(3, 11)),
    ("cr_suspended", PythonVersion::new(3, 11)),
    ("from_number", PythonVersion::new(3, 14)),
];

/// The special names of functions, besides those that every object has.
const FUNCTION: &str = "__annotations__ __builtins__ __call__ __closure__ __code__ __defaults__ __get__ \
    __globals__ __kwdefaults__ __name__ __qualname__";

/// Whether functions have a special name, which nobody has set.
pub(super) fn function_has(name: &str, python: Observed<PythonVersion>) -> bool {
    let since = |minor| python >= PythonVersion::new(3, minor);
    match name {
        "__builtins__" => since(10),
        "__getstate__" => since(11),
        "__type_params__" => since(12),
        "__annotate__" => since(14),
        "__weakref__" => false,
        _ => {
            super::attribute::object_has(name) || FUNCTION.split_ascii_whitespace().any(|known| known == name)
        }
    }
}

/// What functions, classes and context managers have, and no number, text or container.
const LACKING: [&str; 9] = [
    "__name__",
    "__qualname__",
    "__bases__",
    "__mro__",
    "__dict__",
    "__wrapped__",
    "__code__",
    "__enter__",
    "__exit__",
];

/// Whether values of a builtin type have an attribute; `None` where it is not known.
pub(super) fn has(kind: &str, name: &str, python: impl Into<Observed<PythonVersion>>) -> Option<bool> {
    if name.starts_with("__") {
        let is_plain = matches!(
            kind,
            "str" | "bytes" | "int" | "bool" | "float" | "complex" | "tuple" | "list" | "dict" | "set"
        );
        return (is_plain && LACKING.contains(&name)).then_some(false);
    }
    let names = match kind {
        "str" => TEXT,
        "bytes" => BYTES,
        "int" | "bool" => INT,
        "float" => FLOAT,
        "complex" => "conjugate imag real",
        "tuple" => "count index",
        "list" => LIST,
        "dict" => DICT,
        "set" => SET,
        "frozenset" => FROZENSET,
        "range" => "count index start step stop",
        "slice" => "indices start step stop",
        "generator" => GENERATOR,
        "coroutine" => COROUTINE,
        "NoneType" | "ellipsis" | "NotImplementedType" => "",
        _ => return None,
    };
    let there = names.split_ascii_whitespace().any(|known| known == name);
    let python = python.into();
    let early = ADDED.iter().any(|(added, since)| *added == name && python < *since)
        || name == "is_integer" && kind != "float" && python < PythonVersion::new(3, 12);
    Some(there && !early)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_methods_are_not_there_before() {
        assert_eq!(has("str", "removeprefix", PythonVersion::new(3, 8)), Some(false));
        assert_eq!(has("str", "removeprefix", PythonVersion::new(3, 9)), Some(true));
        assert_eq!(has("int", "is_integer", PythonVersion::new(3, 11)), Some(false));
        assert_eq!(has("float", "is_integer", PythonVersion::new(3, 8)), Some(true));
    }

    #[test]
    fn texts_and_numbers_have_no_name() {
        let python = PythonVersion::new(3, 11);
        assert_eq!(has("str", "__name__", python), Some(false));
        assert_eq!(has("generator", "__name__", python), None);
        assert_eq!(has("str", "__len__", python), None);
    }

    #[test]
    fn nothing_is_said_of_special_names_and_other_types() {
        assert_eq!(has("list", "__len__", PythonVersion::new(3, 11)), None);
        assert_eq!(has("array", "append", PythonVersion::new(3, 11)), None);
    }
}
