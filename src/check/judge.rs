//! The rules' judgement over predictions.

use super::{Request, environments};
use crate::diagnostic::{Diagnostic, Fix};
use crate::interp::is_installed;
use crate::rules::{self, Evidence, Run, Selection, Used};
use crate::syntax::Sources;
use crate::syntax::suppression::Match;

pub(super) fn evidence<'p>(sources: &'p Sources<'p>, runs: &'p [Run], request: &Request) -> Evidence<'p> {
    let style = request.options.fix_style.unwrap_or_default();
    let mut evidence = Evidence::new(sources, runs, style);
    evidence.clash_style = request.options.clash_style.unwrap_or_default();
    evidence.is_complete = environments::are_open(request);
    evidence
}

/// What the rules in use find and no comment silences, sorted by path and place.
pub(super) fn findings(evidence: &Evidence<'_>, selection: &Selection) -> Vec<Diagnostic> {
    // Whether a comment is of use does not depend on which rules are in use.
    let judges_comments = evidence.is_complete
        && rules::find("unused-suppression").is_some_and(|rule| selection.uses(rule.code));
    let mut all = Vec::new();
    for rule in rules::ALL.iter().filter(|rule| judges_comments || selection.uses(rule.code)) {
        (rule.check)(evidence, &mut all);
    }
    all.retain_mut(|diagnostic| is_of_project(evidence, diagnostic));
    let mut used = Used::new();
    all.retain(|diagnostic| !is_suppressed(evidence.sources, diagnostic, &mut used));
    if judges_comments {
        let unused = rules::unused(evidence, &used);
        // A comment that silences everything does not silence that it is of no use.
        all.extend(unused.into_iter().filter(|diagnostic| {
            let matched = matching(evidence.sources, diagnostic);
            matched.is_none_or(|matched| matched.rule.is_none())
        }));
    }
    let mut found = selection.keep(all);
    found.sort_by(|a, b| {
        (&a.primary.path, a.primary.span, a.code, &a.message).cmp(&(
            &b.primary.path,
            b.primary.span,
            b.code,
            &b.message,
        ))
    });
    found
}

/// Whether a finding is about a file that is the project's to change. No fix changes another.
fn is_of_project(evidence: &Evidence<'_>, diagnostic: &mut Diagnostic) -> bool {
    let Some(run) = evidence.runs.first() else { return true };
    let root = &run.prediction.settings.rootdir;
    let changes_others = |fix: &Fix| fix.edits.iter().any(|edit| is_installed(root, &edit.path));
    if diagnostic.fix.as_ref().is_some_and(changes_others) {
        diagnostic.fix = None;
    }
    !is_installed(root, &diagnostic.primary.path)
}

fn is_suppressed(sources: &Sources<'_>, diagnostic: &Diagnostic, used: &mut Used) -> bool {
    let Some(matched) = matching(sources, diagnostic) else { return false };
    used.insert((diagnostic.primary.path.to_path_buf(), matched.suppression.span, matched.rule));
    true
}

/// The comment that silences a finding.
fn matching<'s>(sources: &'s Sources<'_>, diagnostic: &Diagnostic) -> Option<Match<'s>> {
    let file = sources.get(&diagnostic.primary.path).ok()?;
    file.suppressions().find(diagnostic.code, diagnostic.name, diagnostic.primary.span)
}
