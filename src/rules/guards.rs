//! Which guard the author of an import gave it.

use super::{Evidence, Incident};
use crate::environment::PythonVersion;
use crate::interp::Cause;
use crate::text::Span;

/// What guards an import that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImportGuard {
    None,
    /// It is in the body of a `try` with handlers.
    Handlers,
    /// An `importorskip` for it stands further down.
    Later(Span),
    /// A `pytestmark` that skips stands above it.
    Marker(Span),
}

/// The guard of the import that an incident is about.
pub(super) fn of(evidence: &Evidence<'_>, incident: &Incident) -> ImportGuard {
    let (Some(site), Some(Cause::MissingModule { name, .. })) = (&incident.failure.site, incident.cause())
    else {
        return ImportGuard::None;
    };
    let Some(file) = evidence.file(site) else { return ImportGuard::None };
    if file.guard_around(site.span.start).is_some() {
        return ImportGuard::Handlers;
    }
    if let Some(later) = file.importorskip_behind(name, site.span.start) {
        return ImportGuard::Later(later);
    }
    file.skip_mark_above(site.span.start).map_or(ImportGuard::None, ImportGuard::Marker)
}

/// The optional module whose guarded import, in the incident's file, binds a name.
pub(super) fn optional_import_of(evidence: &Evidence<'_>, incident: &Incident, name: &str) -> Option<String> {
    let file = evidence.file(incident.failure.site.as_ref()?)?;
    file.guarded_imports()
        .into_iter()
        .flat_map(|guard| guard.imported)
        .find(|imported| imported.name == name && evidence.is_optional(&imported.module))
        .map(|imported| imported.module)
}

/// The oldest Python version that compiles the file of an incident, if any does.
pub(super) fn compiles_elsewhere(evidence: &Evidence<'_>, incident: &Incident) -> Option<PythonVersion> {
    let file = evidence.file(incident.failure.site.as_ref()?)?;
    (8..=14).map(|minor| PythonVersion::new(3, minor)).find(|&python| file.compile_error(python).is_none())
}

/// Whether the file of an incident cannot be decoded.
pub(super) fn is_undecodable(evidence: &Evidence<'_>, incident: &Incident) -> bool {
    let Some(file) = incident.failure.site.as_ref().and_then(|site| evidence.file(site)) else {
        return false;
    };
    file.is_undecodable()
}
