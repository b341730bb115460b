//! The rules' judgement over predictions.

use super::Request;
use crate::diagnostic::Diagnostic;
use crate::rules::{self, Evidence, Run, Selection};
use crate::syntax::Sources;

pub(super) fn evidence<'p>(sources: &'p Sources<'p>, runs: &'p [Run], request: &Request) -> Evidence<'p> {
    Evidence::new(sources, runs, request.options.fix_style.unwrap_or_default())
}

/// What the rules in use find and no comment silences, sorted by path and place.
pub(super) fn findings(evidence: &Evidence<'_>, selection: &Selection) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in rules::ALL.iter().filter(|rule| selection.uses(rule.code)) {
        (rule.check)(evidence, &mut found);
    }
    let mut found = selection.keep(found);
    found.retain(|diagnostic| !is_suppressed(evidence.sources, diagnostic));
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

fn is_suppressed(sources: &Sources<'_>, diagnostic: &Diagnostic) -> bool {
    let Ok(file) = sources.get(&diagnostic.primary.path) else { return false };
    file.suppressions().find(diagnostic.code, diagnostic.name, diagnostic.primary.span).is_some()
}
