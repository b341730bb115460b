//! A comment silences nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Edit, Fix, Label, RuleCode, Severity};
use crate::syntax::ParsedFile;
use crate::syntax::suppression::{Style, Suppression};
use crate::text::Span;

use super::{Evidence, FixAvailability, Rule, find, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL903"),
    name: "unused-suppression",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL903.md"),
    // What is unused shows only after all other rules: `unused` is called then.
    check: |_, _| {},
};

/// The comments that silenced something: the file, the comment, and which of its rules.
pub type Used = BTreeSet<(PathBuf, Span, Option<usize>)>;

/// Findings about the other comments of the test modules and conftests.
pub fn unused(evidence: &Evidence<'_>, used: &Used) -> Vec<Diagnostic> {
    let predictions = evidence.runs.iter().map(|run| &run.prediction);
    let files: BTreeSet<&Path> = predictions
        .flat_map(|prediction| {
            let modules = prediction.modules.iter().map(|module| module.path.as_path());
            modules.chain(prediction.conftests.iter().map(|conftest| conftest.path.as_path()))
        })
        .collect();
    let mut found = Vec::new();
    for path in files {
        let Ok(file) = evidence.sources.get(path) else { continue };
        let path = Arc::new(path.to_path_buf());
        for suppression in file.suppressions().iter() {
            found.extend(unused_parts(&path, suppression, used));
        }
        for malformed in file.suppressions().malformed() {
            found.push(finding(
                &path,
                malformed.span,
                format!("this comment silences nothing: {}", malformed.message),
            ));
        }
    }
    found
}

fn unused_parts(path: &Arc<PathBuf>, suppression: &Suppression, used: &Used) -> Vec<Diagnostic> {
    let is_used = |rule: Option<usize>| used.contains(&(path.to_path_buf(), suppression.span, rule));
    let is_ours = suppression.style == Style::Collectlint;
    if suppression.rules.is_empty() {
        // A bare `# noqa` is for other tools.
        let is_unused = is_ours && !is_used(None);
        let message = "this comment silences nothing";
        return is_unused.then(|| finding(path, suppression.span, message.to_owned())).into_iter().collect();
    }
    let rules = suppression.rules.iter().enumerate();
    rules
        .filter(|(place, _)| !is_used(Some(*place)))
        .filter_map(|(_, (name, span))| match find(name) {
            Some(rule) => {
                let mut finding = finding(path, *span, format!("there is no {rule:?} to silence here"));
                finding.symbol.clone_from(name);
                Some(finding)
            }
            None if is_ours => Some(finding(path, *span, format!("there is no rule `{name}`"))),
            None => None,
        })
        .collect()
}

fn finding(path: &Arc<PathBuf>, span: Span, message: String) -> Diagnostic {
    let primary = Label { path: Arc::clone(path), span, text: String::new() };
    let mut finding = Diagnostic::new(RULE.code, RULE.name, RULE.severity, message, primary);
    finding.help = Some("take the comment out".to_owned());
    finding
}

/// Takes the comment out, if it names no other rule.
fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let place = &finding.primary;
    let Ok(file) = evidence.sources.get(&place.path) else { return Vec::new() };
    let contains =
        |comment: &&Suppression| comment.span.start <= place.span.start && place.span.end <= comment.span.end;
    let Some(comment) = file.suppressions().iter().find(contains) else { return Vec::new() };
    if comment.rules.len() > 1 {
        return Vec::new();
    }
    let edit =
        Edit { path: Arc::clone(&place.path), span: removed(file, comment.span), content: String::new() };
    repairs::proposal("take the comment out", Some(vec![edit])).into_iter().collect()
}

/// The comment with the blanks before it, or its whole line if it has it for itself.
fn removed(file: &ParsedFile, comment: Span) -> Span {
    let text = file.source.text();
    let before = text.get(..comment.start as usize).unwrap_or_default();
    let start = before.trim_end_matches([' ', '\t']).len();
    let rest = text.get(comment.end as usize..).unwrap_or_default();
    let begins_line = before[..start].is_empty() || before[..start].ends_with(['\n', '\r']);
    let mut end = comment.end as usize;
    if begins_line && rest.starts_with(['\n', '\r']) {
        end += if rest.starts_with("\r\n") { 2 } else { 1 };
    }
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(start), offset(end))
}
