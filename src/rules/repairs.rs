//! What several rules repair in the same way.

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Label};
use crate::settings::project::FixStyle;
use crate::syntax::repairs::{Placeholder, Repairer};
use crate::text::Span;

use super::Evidence;

/// A repair that is safe if the prediction on the repaired text says so.
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
    Some(Fix { applicability: Applicability::Safe, message: message.into(), edits: merged })
}

/// The same repair where only the user knows whether it is what the tests mean, whatever is predicted.
pub(super) fn doubtful(fix: Fix) -> Fix {
    Fix { applicability: Applicability::Unsafe, ..fix }
}

/// The edit that makes `old`, the text of a file, into `new`.
pub(super) fn rewriting(path: &Path, old: &str, new: &str) -> Vec<Edit> {
    let same = |(one, other): &(u8, u8)| one == other;
    let mut start = old.bytes().zip(new.bytes()).take_while(same).count();
    while !old.is_char_boundary(start) || !new.is_char_boundary(start) {
        start -= 1;
    }
    let (left, wanted) = (&old[start..], &new[start..]);
    let mut kept = left.bytes().rev().zip(wanted.bytes().rev()).take_while(same).count();
    while !left.is_char_boundary(left.len() - kept) || !wanted.is_char_boundary(wanted.len() - kept) {
        kept -= 1;
    }
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let span = Span::new(offset(start), offset(old.len() - kept));
    let content = wanted[..wanted.len() - kept].to_owned();
    vec![Edit { path: Arc::new(path.to_path_buf()), span, content }]
}

/// How many folders may become packages at once.
const DEEPEST: usize = 3;

/// The folder of a finding's test module becomes a package: alone, else with the folders above it.
pub(super) fn packages(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let path = &finding.primary.path;
    let rootdir = evidence.runs.first().map(|run| run.prediction.settings.rootdir.as_path());
    let (Some(folder), Some(rootdir)) = (path.parent(), rootdir) else { return Vec::new() };
    if !evidence.is_test_module(path) {
        return Vec::new();
    }
    let inits = folder.ancestors().take_while(|folder| folder.starts_with(rootdir) && *folder != rootdir);
    let missing: Vec<Edit> = inits
        .map(|folder| folder.join("__init__.py"))
        .filter(|init| !evidence.sources.fs().exists(init))
        .take(DEEPEST)
        .map(|init| Edit { path: Arc::new(init), span: Span::default(), content: String::new() })
        .collect();
    let proposal = |count: usize| {
        let what = if count == 1 { "make its folder a package" } else { "make its folders packages" };
        proposal(what, Some(missing[..count].to_vec()))
    };
    (1..=missing.len()).filter_map(proposal).collect()
}

/// The name of a mark behind `mark.`, in the statement at a place.
pub(super) fn rename_mark(evidence: &Evidence<'_>, place: &Label, name: &str, meant: &str) -> Option<Fix> {
    let file = evidence.sources.get(&place.path).ok()?;
    let wanted = format!("mark.{name}");
    let start = place.span.start as usize;
    let found = file.source.text().get(start..)?.find(&wanted)?;
    let first = u32::try_from(start + found + "mark.".len()).ok()?;
    let length = u32::try_from(name.len()).ok()?;
    let edit = Edit {
        path: Arc::clone(&place.path),
        span: Span::new(first, first + length),
        content: meant.to_owned(),
    };
    proposal(format!("write `{meant}`"), Some(vec![edit]))
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
        let tests = evidence.tests_to_mark(&place.path);
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
pub(super) fn statement_of_module(evidence: &Evidence<'_>, finding: &Diagnostic) -> Span {
    let place = &finding.primary;
    let first = evidence.incident_at(place).and_then(|incident| {
        let steps = incident.failure.trace.0.iter();
        steps.map(|step| &step.site).find(|site| site.path == place.path).map(|site| site.span)
    });
    first.unwrap_or(place.span)
}
