//! Known calls: what functions of the library and of pytest do, as far as collection depends on it.
//!
//! One file per library. A model is found by the dotted name of what is called; a method of a
//! builtin type (`builtins.str.format`) gets its receiver as the first argument. What has no model
//! is opaque: it may raise, and nothing is known of what it returns.

mod abc;
mod argparse;
mod builtins;
mod builtins_objects;
mod contextlib;
mod copy;
mod dataclass_instances;
mod dataclasses;
mod dicts;
mod enums;
mod format;
mod functools;
mod importlib;
mod iterators;
mod json;
mod lists;
mod loaders;
mod mock;
mod named_tuples;
mod numbers;
mod os;
mod pathlib;
mod patterns;
mod pytest;
mod pytest_config;
mod pytest_marks;
mod sets;
mod sys;
mod templates;
mod text;
mod unittest;
mod versions;
mod warnings;

use std::sync::{Arc, OnceLock};

use ruff_python_ast::name::Name;
use rustc_hash::FxHashMap;

use super::call::Args;
use super::flow::Eval;
use super::{Interp, Value};

pub(super) use self::builtins_objects::namespace;
pub(super) use self::contextlib::{CONTEXT_MANAGER, make_manager};
pub(super) use self::dicts::{DEFAULT_DICT, update_with};
pub(super) use self::functools::REGISTER;
pub(super) use self::lists::fill;
pub(super) use self::mock::is_mock;
pub(super) use self::named_tuples::is_named_tuple;
pub(super) use self::sets::combine as combine_sets;
pub(super) use self::templates::escaped;

pub(super) type Model = fn(&mut Interp<'_>, Args) -> Eval;

/// Models of one library.
type Models = &'static [(&'static str, Model)];

const ALL: &[Models] = &[
    abc::MODELS,
    argparse::MODELS,
    builtins::MODELS,
    builtins_objects::MODELS,
    contextlib::MODELS,
    copy::MODELS,
    dataclasses::MODELS,
    dicts::MODELS,
    enums::MODELS,
    functools::MODELS,
    importlib::MODELS,
    iterators::MODELS,
    json::MODELS,
    lists::MODELS,
    loaders::MODELS,
    mock::MODELS,
    named_tuples::MODELS,
    numbers::MODELS,
    os::MODELS,
    pathlib::MODELS,
    patterns::MODELS,
    pytest::MODELS,
    pytest_config::MODELS,
    pytest_marks::MODELS,
    sets::MODELS,
    sys::MODELS,
    text::MODELS,
    unittest::MODELS,
    versions::MODELS,
    warnings::MODELS,
];

pub(super) fn lookup(path: &str) -> Option<Model> {
    static BY_NAME: OnceLock<FxHashMap<&'static str, Model>> = OnceLock::new();
    BY_NAME.get_or_init(|| ALL.iter().flat_map(|models| models.iter().copied()).collect()).get(path).copied()
}

impl Interp<'_> {
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
        sys::constant(self, dotted)
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
