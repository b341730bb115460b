//! What pytest makes of an imported test module: its items in pytest's order, what fails while they
//! are collected, and what its author takes for a test and pytest does not.
//!
//! It promises that what is certain here is certain: a failure that may happen is none, it only
//! makes [`ModuleItems::exact`] false. It follows `_pytest/python.py`, `_pytest/unittest.py`,
//! `_pytest/fixtures.py` and `_pytest/mark/structures.py` of pytest 7.4 to 9.2.

mod class;
mod collector;
mod ended;
mod fixtures;
mod function;
mod generate;
mod hooks;
mod ids;
mod kind;
mod library_numbers;
mod lookup;
mod lost;
mod makeitem;
mod marks;
mod metafunc;
mod names;
mod overlooked;
mod parameters;
mod signature;
mod testcase;
mod third_party;
mod value_id;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::Failure;
use crate::interp::{Id, Interp, Site};
use crate::settings::pytest::PytestSettings;

pub use self::ended::{CollectFailure, FailureKind};
pub use self::fixtures::Fixtures;
pub use self::lost::{Lost, LostKind};

/// Where a module is.
#[derive(Clone, Debug)]
pub struct ModulePlace {
    pub path: PathBuf,
    /// As pytest prints it.
    pub node: String,
}

/// `tests/test_a.py::TestA::test_b[1]`
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId {
    pub text: Arc<str>,
    /// Whether what is in brackets is known; if it is not, something likely stands there.
    pub known: bool,
}

impl NodeId {
    pub fn known(text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), known: true }
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)?;
        if self.known { Ok(()) } else { formatter.write_str(" (what is in brackets is not known)") }
    }
}

/// One test, as pytest would run it. What a function's items have in common, they share.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: NodeId,
    /// The name of the function, without brackets.
    pub name: Arc<str>,
    /// The function on the interpreter's heap, where it is one.
    pub function: Option<Id>,
    /// Its marks: its own, then those of its classes and module.
    pub marks: Arc<[Id]>,
    /// Names of the fixtures that it needs, directly or not.
    pub fixtures: Arc<[String]>,
    /// Where it is defined.
    pub site: Option<Site>,
}

/// What pytest collects from one module.
#[derive(Clone, Debug, Default)]
pub struct ModuleItems {
    /// In pytest's order. Where they are not exact, those that are likely.
    pub items: Vec<Item>,
    /// Whether the number of items is certain.
    pub exact: bool,
    /// The whole module is an error.
    pub failure: Option<CollectFailure>,
    /// Only these classes are an error, by node id.
    pub class_failures: Vec<(String, CollectFailure)>,
    /// The module, or a class of it, is skipped while it is collected.
    pub skipped: Option<Failure>,
    /// The session ends while the module is collected.
    pub aborts: Option<Failure>,
    /// What looks like a test and is none.
    pub lost: Vec<Lost>,
}

/// What pytest makes of an imported test module.
pub fn collect(
    interp: &mut Interp<'_>,
    module: Id,
    place: &ModulePlace,
    fixtures: &mut Fixtures,
    settings: &PytestSettings,
) -> ModuleItems {
    collector::Collector::new(interp, fixtures, settings, place, module).collect_module()
}

#[cfg(test)]
mod tests;
