//! Modules that a project can do without, as its code and its declarations say.

use std::collections::BTreeSet;

use super::Run;
use crate::environment::Presence;
use crate::environment::cells::{List, Project};
use crate::interp::{Event, EventKind};
use crate::outcome::Prediction;

fn events(prediction: &Prediction) -> impl Iterator<Item = &Event> {
    let modules = prediction.modules.iter().flat_map(|module| &module.events);
    let conftests = prediction.conftests.iter().flat_map(|conftest| &conftest.events);
    modules.chain(conftests)
}

/// The modules of third parties that a prediction met.
pub fn imports(prediction: &Prediction) -> impl Iterator<Item = &str> {
    events(prediction).filter_map(|event| match &event.kind {
        EventKind::Import { module, .. } => Some(&**module),
        _ => None,
    })
}

/// Modules of third parties that some code of the project guards: they may be missing.
pub fn guarded(run: &Run) -> BTreeSet<String> {
    events(&run.prediction)
        .filter_map(|event| match &event.kind {
            EventKind::Import { module, guard, .. } if guard.spares() => Some(module),
            _ => None,
        })
        .map(|module| module.split('.').next().unwrap_or(module).to_owned())
        // What pytest itself needs is there wherever pytest is.
        .filter(|module| !run.environment.is_of_pytest(module))
        .collect()
}

/// Modules that a project declares only in extras that are not for its tests.
pub fn of_extras(project: &Project) -> BTreeSet<String> {
    let is_extra = |list: &List| matches!(list, List::Extra(_)) && !list.is_for_tests();
    let optional = project.optional_modules(&[]).into_iter();
    optional
        .filter(|optional| optional.declared.iter().all(|at| is_extra(&at.list)))
        .map(|optional| optional.module)
        .collect()
}

/// What the first environment certainly lacks of both.
pub(super) fn missing(runs: &[Run], project: &Project) -> BTreeSet<String> {
    let Some(first) = runs.first() else { return BTreeSet::new() };
    let is_missing = |module: &String| first.environment.third_party(module) == Presence::Absent;
    let mut modules: BTreeSet<String> =
        guarded(first).into_iter().chain(of_extras(project)).filter(is_missing).collect();
    if !modules.is_empty() {
        let always_there = project.always_there();
        modules.retain(|module| !always_there.contains(module));
    }
    modules
}
