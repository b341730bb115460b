//! The predictions that are judged: one for each environment.

use std::collections::BTreeSet;

use super::environments;
use super::{CheckError, Request, predict_in};
use crate::environment::{Environment, Presence};
use crate::interp::{EventKind, Guard};
use crate::outcome::Prediction;
use crate::rules::Run;
use crate::syntax::Sources;

/// With more optional modules than this, each one alone is not looked at: only all of them missing.
const MOST_ALONE: usize = 12;

/// Predicts in every environment: everything there, each optional module missing alone, all of them
/// missing.
pub(super) fn all(sources: &Sources<'_>, request: &Request) -> Result<Vec<Run>, CheckError> {
    let environment = environments::stated(request, sources.fs())?;
    let prediction = predict_in(sources, &environment, request);
    let optional = optional_modules(&environment, &prediction);
    if !request.target.absent.is_empty() || (optional.is_empty() && !request.target.bare) {
        return Ok(vec![Run { environment, absent: Vec::new(), prediction }]);
    }
    let mut missing: Vec<(String, Vec<String>)> = Vec::new();
    if optional.len() <= MOST_ALONE {
        missing.extend(optional.iter().map(|module| (format!("without {module}"), vec![module.clone()])));
    }
    if optional.len() != 1 || missing.is_empty() {
        missing.push(("bare".to_owned(), optional.iter().cloned().collect()));
    }
    let environments: Vec<(Environment, Vec<String>)> = missing
        .into_iter()
        .map(|(name, absent)| {
            let mut other = environment.clone();
            other.name = name;
            other.absent.extend(absent.iter().cloned());
            (other, absent)
        })
        .collect();
    let mut runs = in_parallel(sources, request, environments);
    if request.target.bare {
        return Ok(runs.split_off(runs.len().saturating_sub(1)));
    }
    runs.insert(0, Run { environment, absent: Vec::new(), prediction });
    Ok(runs)
}

/// One prediction for each environment, as many at a time as there are threads.
fn in_parallel(
    sources: &Sources<'_>,
    request: &Request,
    environments: Vec<(Environment, Vec<String>)>,
) -> Vec<Run> {
    use rayon::prelude::{IntoParallelIterator as _, ParallelIterator as _};
    environments
        .into_par_iter()
        .map(|(environment, absent)| {
            let prediction = predict_in(sources, &environment, request);
            Run { environment, absent, prediction }
        })
        .collect()
}

/// Modules of third parties that some code of the project guards: they may be missing.
fn optional_modules(environment: &Environment, prediction: &Prediction) -> BTreeSet<String> {
    let modules = prediction.modules.iter().flat_map(|module| &module.events);
    let conftests = prediction.conftests.iter().flat_map(|conftest| &conftest.events);
    modules
        .chain(conftests)
        .filter_map(|event| match &event.kind {
            EventKind::Import {
                module,
                guard: Guard::Handler | Guard::ImportOrSkip | Guard::FindSpec,
                ..
            } => {
                let top = module.split('.').next().unwrap_or(module);
                (!matches!(top, "pytest" | "_pytest")).then(|| top.to_owned())
            }
            _ => None,
        })
        .filter(|module| environment.third_party(module) != Presence::Absent)
        .collect()
}
