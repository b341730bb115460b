//! What a module's items make of its prediction.

use super::items::ModuleItems;
use super::{ModulePrediction, Outcome};

/// Enters what was collected from an imported module.
pub(super) fn apply(prediction: &mut ModulePrediction, found: ModuleItems) {
    if let Some(failure) = found.failure {
        prediction.outcome = Outcome::Error;
        prediction.certain &= failure.certain;
        prediction.failure = Some(failure);
        prediction.tests = Some(0);
        return;
    }
    prediction.tests = found.exact.then_some(found.items.len());
    prediction.items = found.items.into_iter().map(|item| item.id).collect();
    if let Some((_, failure)) = found.class_failures.into_iter().next() {
        // the module is imported, but one class is lost: pytest reports an error of it
        prediction.outcome = Outcome::Error;
        prediction.certain &= failure.certain;
        prediction.failure = Some(failure);
    }
}
