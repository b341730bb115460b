//! Which rule tells of an import that fails: one alone, so that a cause is reported once.
//!
//! | what is missing | rule |
//! | --- | --- |
//! | a module or name of the standard library, there in another version or on another platform | CL107 |
//! | a file that git does not track, in a clean checkout | CL108 |
//! | what a file of the project has in place of a module of the same name | CL303 |
//! | a module that an `importorskip` further down names | CL103 |
//! | a module below a `pytestmark` that skips | CL203 |
//! | a third party's, inside a `try` with handlers | CL102 |
//! | a third party's that code of the project takes for optional | CL101 |
//! | a third party's, in a job of a workflow | CL902 |
//! | any other module | CL105 |
//! | a name that is not there yet, because its module is still being imported | CL109 |
//! | any other name | CL106 |

use std::path::PathBuf;

use super::guards::{self, ImportGuard};
use super::{Evidence, Incident, Origin};
use crate::environment::stdlib::{self, Attribute, Availability};
use crate::environment::{Platform, Presence, PythonVersion, ThirdParty};
use crate::interp::{Cause, EventKind, Missing};

/// The versions of Python that the table of the standard library knows.
const PYTHONS: std::ops::RangeInclusive<u8> = 8..=14;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blame {
    Guard,
    Optional,
    Module,
    Name,
    StandardLibrary,
    Untracked,
    Circle,
    Job,
    Shadow,
}

/// Whom an incident belongs to; `None` where it is not about an import.
pub(super) fn of(evidence: &Evidence<'_>, incident: &Incident) -> Option<Blame> {
    match incident.cause()? {
        Cause::MissingModule { name, why } => Some(of_module(evidence, incident, name, *why)),
        Cause::MissingName { .. } if is_only_in_checkout(evidence, incident) => Some(Blame::Untracked),
        Cause::MissingName { module, .. } if is_shadowed(evidence, incident, module) => Some(Blame::Shadow),
        Cause::MissingName { module, .. } if is_standard(module) => Some(Blame::StandardLibrary),
        Cause::MissingName { .. } => Some(Blame::Name),
        Cause::Circular { .. } => Some(Blame::Circle),
        Cause::MissingAttribute { owner, name } => {
            let message = incident.failure.message.as_deref().unwrap_or_default();
            if message.starts_with("partially initialized module") {
                Some(Blame::Circle)
            } else if message.starts_with("module '") && is_elsewhere(owner, name) {
                Some(Blame::StandardLibrary)
            } else {
                None
            }
        }
        _ => None,
    }
}

fn of_module(evidence: &Evidence<'_>, incident: &Incident, name: &str, why: Missing) -> Blame {
    if why == Missing::StandardLibrary {
        return Blame::StandardLibrary;
    }
    if is_only_in_checkout(evidence, incident) {
        return Blame::Untracked;
    }
    let guard = guards::of(evidence, incident);
    if is_shadowed(evidence, incident, name) {
        return Blame::Shadow;
    }
    if matches!(guard, ImportGuard::Later(_) | ImportGuard::Marker(_)) {
        return Blame::Guard;
    }
    if why != Missing::ThirdParty {
        return Blame::Module;
    }
    if guard == ImportGuard::Handlers {
        Blame::Guard
    } else if evidence.is_optional(name) {
        Blame::Optional
    } else if incident.runs.iter().any(|&run| is_of_workflow(evidence, run)) {
        Blame::Job
    } else {
        Blame::Module
    }
}

/// Whether a file of the project is imported in place of another module.
fn is_shadowed(evidence: &Evidence<'_>, incident: &Incident, module: &str) -> bool {
    shadow_of(evidence, incident, module).is_some()
}

/// The file of the project that stands in the way of a module of the standard library, or of a third
/// party's.
pub(super) fn shadow_of(evidence: &Evidence<'_>, incident: &Incident, module: &str) -> Option<PathBuf> {
    let top = module.split('.').next().unwrap_or(module);
    let run = &evidence.runs[*incident.runs.first()?];
    let is_third_party = match &run.environment.third_party {
        ThirdParty::Everything | ThirdParty::Declared(_) => false,
        ThirdParty::Stated(_) | ThirdParty::Site(_) => {
            !matches!(run.environment.third_party(top), Presence::Absent | Presence::Unknown)
        }
    };
    if !is_third_party && !has_module(top, run.environment.python.peek(), run.environment.platform.peek()) {
        return None;
    }
    run.prediction.modules.iter().flat_map(|module| &module.events).find_map(|event| match &event.kind {
        EventKind::FirstParty { module, path } if &**module == top => Some(path.clone()),
        _ => None,
    })
}

/// Whether a run is one of a workflow's job.
pub(super) fn is_of_workflow(evidence: &Evidence<'_>, run: usize) -> bool {
    let mut cells = evidence.runs[run].cells().iter();
    cells.any(|cell| cell.place.path.extension().is_some_and(|extension| extension != "toml"))
}

fn is_only_in_checkout(evidence: &Evidence<'_>, incident: &Incident) -> bool {
    incident.runs.iter().all(|&run| matches!(evidence.runs[run].origin, Origin::Checkout { .. }))
}

fn is_standard(module: &str) -> bool {
    stdlib::module(module, PythonVersion::new(3, *PYTHONS.end()), Platform::Linux) != Availability::Unknown
}

/// Whether some version or platform has the attribute of a standard module.
fn is_elsewhere(module: &str, name: &str) -> bool {
    somewhere().any(|(python, platform)| has_name(module, name, python, platform))
}

/// Whether importing the module works.
pub(super) fn has_module(module: &str, python: PythonVersion, platform: Platform) -> bool {
    stdlib::module(module, python, platform) == Availability::Available
        && stdlib::failure(module, python, platform).is_none()
}

pub(super) fn has_name(module: &str, name: &str, python: PythonVersion, platform: Platform) -> bool {
    matches!(stdlib::attribute(module, name, python, platform), Attribute::Present(_))
        || has_module(&format!("{module}.{name}"), python, platform)
}

/// Every version of Python on every platform, the oldest first.
pub(super) fn somewhere() -> impl DoubleEndedIterator<Item = (PythonVersion, Platform)> {
    PYTHONS.flat_map(|minor| {
        Platform::ALL.into_iter().map(move |platform| (PythonVersion::new(3, minor), platform))
    })
}
