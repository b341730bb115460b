//! Which attributes the builtin types have.

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

/// The special names of the values of a type, besides those that every object has.
fn special(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "str" => {
            "__add__ __contains__ __getitem__ __getnewargs__ __iter__ __len__ __mod__ __mul__ __rmod__ __rmul__"
        }
        "bytes" => {
            "__add__ __buffer__ __bytes__ __contains__ __getitem__ __getnewargs__ __iter__ __len__ __mod__ __mul__ \
             __rmod__ __rmul__"
        }
        "int" | "bool" => {
            "__abs__ __add__ __and__ __bool__ __ceil__ __divmod__ __float__ __floor__ __floordiv__ __getnewargs__ \
             __index__ __int__ __invert__ __lshift__ __mod__ __mul__ __neg__ __or__ __pos__ __pow__ __radd__ \
             __rand__ __rdivmod__ __rfloordiv__ __rlshift__ __rmod__ __rmul__ __ror__ __round__ __rpow__ \
             __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __sub__ __truediv__ __trunc__ __xor__"
        }
        "float" => {
            "__abs__ __add__ __bool__ __ceil__ __divmod__ __float__ __floor__ __floordiv__ __getformat__ \
             __getnewargs__ __int__ __mod__ __mul__ __neg__ __pos__ __pow__ __radd__ __rdivmod__ __rfloordiv__ \
             __rmod__ __rmul__ __round__ __rpow__ __rsub__ __rtruediv__ __sub__ __truediv__ __trunc__"
        }
        "complex" => {
            "__abs__ __add__ __bool__ __complex__ __getnewargs__ __mul__ __neg__ __pos__ __pow__ __radd__ __rmul__ \
             __rpow__ __rsub__ __rtruediv__ __sub__ __truediv__"
        }
        "tuple" => {
            "__add__ __class_getitem__ __contains__ __getitem__ __getnewargs__ __iter__ __len__ __mul__ __rmul__"
        }
        "list" => {
            "__add__ __class_getitem__ __contains__ __delitem__ __getitem__ __iadd__ __imul__ __iter__ __len__ \
             __mul__ __reversed__ __rmul__ __setitem__"
        }
        "dict" => {
            "__class_getitem__ __contains__ __delitem__ __getitem__ __ior__ __iter__ __len__ __or__ __reversed__ \
             __ror__ __setitem__"
        }
        "set" => {
            "__and__ __class_getitem__ __contains__ __iand__ __ior__ __isub__ __iter__ __ixor__ __len__ __or__ \
             __rand__ __ror__ __rsub__ __rxor__ __sub__ __xor__"
        }
        "frozenset" => {
            "__and__ __class_getitem__ __contains__ __iter__ __len__ __or__ __rand__ __ror__ __rsub__ __rxor__ \
             __sub__ __xor__"
        }
        "range" => "__bool__ __contains__ __getitem__ __iter__ __len__ __reversed__",
        "generator" => "__class_getitem__ __del__ __iter__ __name__ __next__ __qualname__",
        "coroutine" => "__await__ __class_getitem__ __del__ __name__ __qualname__",
        "NoneType" | "NotImplementedType" => "__bool__",
        "slice" | "ellipsis" => "",
        _ => return None,
    })
}

/// Special names that some types have in some versions of Python.
const BY_VERSION: [&str; 10] = [
    "__getformat__",
    "__set_format__",
    "__setformat__",
    "__divmod__",
    "__float__",
    "__floordiv__",
    "__int__",
    "__mod__",
    "__rdivmod__",
    "__rmod__",
];

fn has_special(kind: &str, name: &str, python: Observed<PythonVersion>) -> Option<bool> {
    let since = |minor| Some(python >= PythonVersion::new(3, minor));
    let names = special(kind)?;
    match (kind, name) {
        (_, "__getstate__") => since(11),
        // of classes that a program makes
        (_, "__dict__" | "__module__" | "__weakref__") => Some(false),
        _ if super::attribute::object_has(name) => Some(true),
        ("float" | "complex", _) if BY_VERSION.contains(&name) => None,
        ("bytes", "__bytes__") | ("complex", "__complex__") => since(11),
        ("bytes", "__buffer__") => since(12),
        ("float", "__ceil__" | "__floor__") | ("NotImplementedType", "__bool__") => since(9),
        ("dict", "__or__" | "__ror__" | "__ior__") => since(9),
        ("generator" | "coroutine", "__class_getitem__") => since(13),
        ("tuple" | "list" | "dict" | "set" | "frozenset", "__class_getitem__") => since(9),
        _ => Some(names.split_ascii_whitespace().any(|known| known == name)),
    }
}

/// Whether values of a builtin type have an attribute; `None` where it is not known.
pub(super) fn has(kind: &str, name: &str, python: impl Into<Observed<PythonVersion>>) -> Option<bool> {
    if name.starts_with("__") {
        return has_special(kind, name, python.into());
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
    fn special_names_are_those_of_the_type() {
        let python = PythonVersion::new(3, 11);
        for (kind, name, expected) in [
            ("str", "__name__", Some(false)),
            ("str", "__len__", Some(true)),
            ("int", "__len__", Some(false)),
            ("list", "__hash__", Some(true)),
            ("list", "__priority__", Some(false)),
            ("generator", "__name__", Some(true)),
            ("complex", "__mod__", None),
            ("array", "__len__", None),
            ("array", "append", None),
        ] {
            assert_eq!(has(kind, name, python), expected, "{kind} {name}");
        }
        assert_eq!(has("dict", "__or__", PythonVersion::new(3, 8)), Some(false));
        assert_eq!(has("bytes", "__buffer__", PythonVersion::new(3, 12)), Some(true));
    }
}
