//! Known calls: what functions of the library and of pytest do, as far as collection depends on it.
//!
//! One file per library. A model is found by the dotted name of what is called; a method of a
//! builtin type (`builtins.str.format`) gets its receiver as the first argument. What has no model
//! is opaque: it may raise, and nothing is known of what it returns.

mod abc;
mod argparse;
mod arrow;
mod asyncio;
mod builtins;
mod builtins_objects;
mod configparser;
mod contextlib;
mod copy;
mod dataclass_instances;
mod dataclasses;
mod dicts;
mod enums;
mod format;
mod functools;
mod importlib;
mod inspect;
mod instance_checks;
mod iterators;
mod json;
mod lists;
mod loaders;
mod mock;
mod named_tuples;
mod numbers;
mod numpy;
mod operator;
mod os;
mod pathlib;
mod patterns;
mod pytest;
mod pytest_config;
mod pytest_marks;
mod pytest_nodes;
mod regexes;
mod sets;
mod sys;
mod templates;
mod text;
mod times;
mod unittest;
mod versions;
mod warnings;

use std::sync::{Arc, OnceLock};

use ruff_python_ast::name::Name;
use rustc_hash::FxHashMap;

use super::call::Args;
use super::flow::Eval;
use super::shown::Shown;
use super::{Interp, Value};

pub(super) use self::builtins_objects::namespace;
pub(super) use self::contextlib::{CONTEXT_MANAGER, make_manager};
pub(super) use self::dicts::{DEFAULT_DICT, update_with};
pub(super) use self::functools::REGISTER;
pub(super) use self::lists::fill;
pub(super) use self::mock::is_mock;
pub(super) use self::named_tuples::is_named_tuple;
pub(super) use self::numpy::{element_type, number};
pub(crate) use self::pytest_nodes::MadeNode;
pub(super) use self::sets::combine as combine_sets;
pub(super) use self::templates::escaped;

pub(super) type Model = fn(&mut Interp<'_>, Args) -> Eval;

/// Models of one library.
type Models = &'static [(&'static str, Model)];

const ALL: &[Models] = &[
    abc::MODELS,
    argparse::MODELS,
    arrow::MODELS,
    asyncio::MODELS,
    builtins::MODELS,
    builtins_objects::MODELS,
    configparser::MODELS,
    contextlib::MODELS,
    copy::MODELS,
    dataclasses::MODELS,
    dicts::MODELS,
    enums::MODELS,
    functools::MODELS,
    importlib::MODELS,
    inspect::MODELS,
    instance_checks::MODELS,
    iterators::MODELS,
    json::MODELS,
    lists::MODELS,
    loaders::MODELS,
    mock::MODELS,
    named_tuples::MODELS,
    numbers::MODELS,
    numpy::MODELS,
    operator::MODELS,
    os::MODELS,
    pathlib::MODELS,
    patterns::MODELS,
    pytest::MODELS,
    pytest_config::MODELS,
    pytest_marks::MODELS,
    pytest_nodes::MODELS,
    regexes::MODELS,
    sets::MODELS,
    sys::MODELS,
    text::MODELS,
    times::MODELS,
    unittest::MODELS,
    versions::MODELS,
    warnings::MODELS,
];

pub(super) fn lookup(path: &str) -> Option<Model> {
    static BY_NAME: OnceLock<FxHashMap<&'static str, Model>> = OnceLock::new();
    BY_NAME.get_or_init(|| ALL.iter().flat_map(|models| models.iter().copied()).collect()).get(path).copied()
}

/// How a value shows itself that is reached by its name.
pub(super) fn constant(path: &str) -> Option<Shown> {
    times::constant(path).or_else(|| patterns::constant(path))
}

/// The class that calling a thing of the library or of a third party certainly makes an instance of.
pub(super) fn class_of_call(path: &str) -> Option<&str> {
    const CLASSES: [&str; 13] = [
        "builtins.slice",
        "datetime.date",
        "datetime.datetime",
        "datetime.time",
        "decimal.Decimal",
        "fractions.Fraction",
        "io.BytesIO",
        "io.StringIO",
        "uuid.UUID",
        "numpy.datetime64",
        "numpy.timedelta64",
        "numpy.float32",
        "numpy.float16",
    ];
    const SCALARS: [&str; 8] = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"];
    let is_scalar = path.strip_prefix("numpy.").is_some_and(|name| SCALARS.contains(&name));
    (is_scalar || CLASSES.contains(&path)).then_some(path)
}

impl Interp<'_> {
    /// The `__name__` of a class or function of a third party.
    pub(crate) fn third_party_name(&self, path: &str) -> Option<&'static str> {
        if !path.starts_with("numpy.") {
            return None;
        }
        numpy::function_name(path).or_else(|| numpy::class_name(path, self.is_modern_numpy()))
    }

    /// An attribute of an external thing that models supply: `pytest.mark.x`.
    pub(super) fn model_attribute(&mut self, path: &Arc<str>, name: &Name) -> Eval<Option<Value>> {
        let holder = self.external_holder();
        if let Some(set) = self.heap.value(holder, &format!("{path}.{name}")) {
            return Ok(Some(set.clone()));
        }
        match &**path {
            "pytest.mark" => self.mark_attribute(name).map(Some),
            _ => Ok(None),
        }
    }

    /// Values of the library that the environment decides: `sys.platform`.
    pub(super) fn library_constant(&mut self, dotted: &str) -> Option<Value> {
        inspect::constant(dotted).or_else(|| sys::constant(self, dotted))
    }
}

/// Nothing happens, `None` comes back.
fn nothing(_: &mut Interp<'_>, _: Args) -> Eval {
    Ok(Value::None)
}

/// The first argument comes back.
#[expect(clippy::unnecessary_wraps, reason = "the shape of a model")]
fn identity(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(args.positional.into_iter().next().unwrap_or(Value::Unknown))
}

/// A value of which nothing is known, without any effect and without raising.
#[expect(clippy::unnecessary_wraps, reason = "the shape of a model")]
fn something(_: &mut Interp<'_>, _: Args) -> Eval {
    Ok(Value::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_function_has_two_models() {
        let mut names: Vec<&str> =
            ALL.iter().flat_map(|models| models.iter()).map(|(name, _)| *name).collect();
        let count = names.len();
        names.sort_unstable();
        let twice: Vec<&[&str]> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?} of {count}");
    }
}
