//! What pytest makes of an imported test module: its items.

use std::path::PathBuf;

use super::Failure;
use crate::environment::Environment;
use crate::interp::{Id, Interp, Object};
use crate::settings::pytest::PytestSettings;

/// Where a module is.
#[derive(Clone, Debug)]
pub struct ModulePlace {
    pub path: PathBuf,
    /// As pytest prints it.
    pub node: String,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub id: String,
    pub known: bool,
}

#[derive(Clone, Debug, Default)]
pub struct ModuleItems {
    pub items: Vec<Item>,
    pub exact: bool,
    pub failure: Option<Failure>,
    pub class_failures: Vec<(String, Failure)>,
}

/// Fixtures that are visible.
#[derive(Debug, Default)]
pub struct Fixtures {}

impl Fixtures {
    pub fn new(_environment: &Environment, _settings: &PytestSettings) -> Self {
        Self {}
    }

    pub fn add_conftest(
        &mut self,
        _interp: &mut Interp<'_>,
        _module: Id,
        _node: &str,
    ) -> Result<(), Failure> {
        Ok(())
    }
}

/// What pytest makes of an imported test module.
pub fn collect(
    interp: &mut Interp<'_>,
    module: Id,
    place: &ModulePlace,
    _fixtures: &mut Fixtures,
    _settings: &PytestSettings,
) -> ModuleItems {
    let mut items = Vec::new();
    if let Some(names) = interp.heap.names(module) {
        for (name, binding) in names.iter() {
            let is_function = matches!(interp.object(&binding.value), Some(Object::Function(_)));
            if is_function && name.starts_with("test") {
                items.push(Item { id: format!("{}::{name}", place.node), known: true });
            }
        }
    }
    ModuleItems { items, exact: true, ..ModuleItems::default() }
}
