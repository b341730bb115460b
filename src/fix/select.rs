//! Which fixes can be applied together: their edits may not touch each other.

use std::collections::BTreeMap;
use std::path::Path;

use super::original::Originals;
use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix};
use crate::text::Span;

/// Edits that do not touch each other, by path and span.
pub(super) type Edits<'a> = BTreeMap<&'a Path, BTreeMap<Span, &'a Edit>>;

/// The findings whose fixes are applied in one go, in the order of the report: a fix that touches one
/// before it waits for the next round. The same edit may be part of several (`import pytest`).
pub(super) fn together<'a>(
    diagnostics: &'a [Diagnostic],
    wanted: Applicability,
    originals: &mut Originals<'_>,
) -> Vec<&'a Diagnostic> {
    let mut edits = Edits::new();
    diagnostics
        .iter()
        .filter(|diagnostic| {
            let Some(fix) = wanted_fix(diagnostic, wanted) else { return false };
            let fits = fix.edits.iter().all(|edit| originals.accept(edit) && fits(&edits, edit));
            if fits {
                for edit in &fix.edits {
                    edits.entry(edit.path.as_path()).or_default().insert(edit.span, edit);
                }
            }
            fits
        })
        .collect()
}

/// All the edits of `chosen`, each once.
pub(super) fn edits<'a>(chosen: &[&'a Diagnostic]) -> Edits<'a> {
    let mut edits = Edits::new();
    for edit in chosen.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()).flat_map(|fix| &fix.edits) {
        edits.entry(edit.path.as_path()).or_default().insert(edit.span, edit);
    }
    edits
}

fn wanted_fix(diagnostic: &Diagnostic, wanted: Applicability) -> Option<&Fix> {
    let wanted = wanted.max(Applicability::Unsafe);
    diagnostic.fix.as_ref().filter(|fix| fix.applicability >= wanted && !fix.edits.is_empty())
}

/// Whether `edit` touches none of `edits`, or is one of them.
fn fits(edits: &Edits<'_>, edit: &Edit) -> bool {
    let Some(others) = edits.get(edit.path.as_path()) else { return true };
    if let Some(same) = others.get(&edit.span) {
        return same.content == edit.content;
    }
    // Since the others do not touch each other, only the neighbours can touch this one.
    let before = others.range(..edit.span).next_back();
    let after = others.range(edit.span..).next();
    !before.into_iter().chain(after).any(|(span, _)| touch(*span, edit.span))
}

/// Two replacements may stand side by side; an insertion next to another edit has no certain place.
fn touch(one: Span, other: Span) -> bool {
    if one.start == one.end || other.start == other.end {
        one.start <= other.end && other.start <= one.end
    } else {
        one.start < other.end && other.start < one.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacements_may_be_neighbours_and_insertions_may_not() {
        assert!(!touch(Span::new(0, 3), Span::new(3, 5)));
        assert!(touch(Span::new(0, 4), Span::new(3, 5)));
        assert!(touch(Span::at(3), Span::new(3, 5)));
        assert!(touch(Span::new(0, 3), Span::at(3)));
        assert!(!touch(Span::at(2), Span::new(3, 5)));
    }
}
