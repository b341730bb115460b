//! What several rules repair in the same way.

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Label};
use crate::settings::project::FixStyle;
use crate::syntax::repairs::{Placeholder, Repairer};
use crate::text::Span;

use super::Evidence;

/// A repair, as long as nobody has looked at what it does.
pub(super) fn proposal(message: impl Into<String>, edits: Option<Vec<Edit>>) -> Option<Fix> {
    let mut merged: Vec<Edit> = Vec::new();
    for edit in edits? {
        // Insertions at one place are one edit: their order is that of the repair.
        let same = merged.iter_mut().find(|other| {
            other.path == edit.path && other.span == edit.span && edit.span.start == edit.span.end
        });
        match same {
            Some(same) if same.content != edit.content => same.content.push_str(&edit.content),
            Some(_) => {}
            None => merged.push(edit),
        }
    }
    Some(Fix { applicability: Applicability::Unsafe, message: message.into(), edits: merged })
}

/// Repairs of the test module that a finding is in; nothing for other files: what they do is their own.
pub(super) fn of_test_module<'e>(evidence: &Evidence<'e>, place: &Label) -> Option<Repairer<'e>> {
    if !evidence.is_test_module(&place.path) {
        return None;
    }
    evidence.sources.get(&place.path).ok()?.repairer()
}

/// What ends the session at import does no more: a module that lacks something is skipped, and a script
/// only runs as one.
pub(super) fn of_exit(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let place = &finding.primary;
    let Some(repairer) = of_test_module(evidence, place) else { return Vec::new() };
    let Ok(file) = evidence.sources.get(&place.path) else { return Vec::new() };
    let skip = || proposal("skip the module instead", repairer.skip_instead(place.span));
    if file.guard_handling(place.span.start).is_some() {
        let importorskip = || {
            proposal(
                "skip the module with `pytest.importorskip` instead",
                repairer.importorskip_instead(place.span),
            )
        };
        let tests = evidence.tests_of(&place.path);
        let placeholders = [Some(Placeholder::None), None, Some(Placeholder::Object)];
        let skipif = placeholders.into_iter().filter_map(|placeholder| {
            let edits = repairer.skipif_instead(place.span, &tests, placeholder);
            proposal("skip the tests that need it with `pytest.mark.skipif` instead", edits)
        });
        return match evidence.style {
            FixStyle::SkipModule => skip().into_iter().collect(),
            FixStyle::Importorskip => importorskip().into_iter().chain(skip()).collect(),
            FixStyle::Skipif => skipif.chain(skip()).collect(),
        };
    }
    let outermost = statement_of_module(evidence, finding);
    let script = || proposal("run it only as a script", repairer.main_guard(outermost));
    let at_the_end = repairer.is_at_the_end(outermost);
    let called = outermost != place.span;
    let (first, second) = if at_the_end { (script(), skip()) } else { (skip(), script()) };
    // What a function does when a script calls it is nothing that a skip could stand for.
    let second = second.filter(|_| !(at_the_end && called));
    first.into_iter().chain(second).collect()
}

/// Where the file of a finding begins what ends there: the call at module level, not the body of the
/// function.
fn statement_of_module(evidence: &Evidence<'_>, finding: &Diagnostic) -> Span {
    let place = &finding.primary;
    let first = evidence.incident_at(place).and_then(|incident| {
        let steps = incident.failure.trace.0.iter();
        steps.map(|step| &step.site).find(|site| site.path == place.path).map(|site| site.span)
    });
    first.unwrap_or(place.span)
}
