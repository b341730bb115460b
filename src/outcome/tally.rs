//! What a module's items make of its prediction.

use super::items::{Item, ModuleItems};
use super::{ModulePrediction, Outcome};

/// Enters what was collected from an imported module; the items that the session gets.
pub(super) fn apply(prediction: &mut ModulePrediction, found: ModuleItems) -> Vec<Item> {
    prediction.lost = found.lost;
    let ending = match (found.aborts, found.failure, found.skipped) {
        (Some(failure), _, _) => Some((Outcome::Aborts, failure)),
        (None, Some(refused), _) => Some((Outcome::Error, refused.failure)),
        (None, None, Some(failure)) if found.items.is_empty() => Some((Outcome::Skipped, failure)),
        (None, None, _) => None,
    };
    if let Some((outcome, failure)) = ending {
        prediction.outcome = outcome;
        prediction.nothing_collected = outcome == Outcome::Error;
        prediction.certain &= failure.certain;
        prediction.failure = Some(failure);
        prediction.tests = Some(0);
        return Vec::new();
    }
    prediction.tests = found.exact.then_some(found.items.len());
    prediction.items = found.items.iter().map(|item| item.id.clone()).collect();
    if let Some((_, refused)) = found.class_failures.into_iter().next() {
        // the module is imported, but one class is lost: pytest reports an error of it
        prediction.outcome = Outcome::Error;
        prediction.certain &= refused.failure.certain;
        prediction.failure = Some(refused.failure);
    }
    found.items
}
