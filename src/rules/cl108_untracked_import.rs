//! What is imported is only on this machine: git does not track it.

use std::sync::Arc;

use super::blame::{self, Blame};
use crate::diagnostic::{Diagnostic, Label, RuleCode, Severity};
use crate::interp::Cause;
use crate::text::Span;

use super::evidence::{Missing, Origin};
use super::{Evidence, FixAvailability, Incident, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL108"),
    name: "untracked-import",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL108.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        if blame::of(evidence, incident) != Some(Blame::Untracked) {
            continue;
        }
        let Some(missing) = missing(evidence, incident) else { continue };
        let Missing { module, path, is_ignored } = missing;
        let root = evidence.repository.map(crate::environment::git::Repository::root);
        let shown = root.and_then(|root| path.strip_prefix(root).ok()).unwrap_or(path).display();
        let does = if *is_ignored { "git ignores" } else { "git does not track" };
        let impact = incident.impact();
        let message =
            format!("`{module}` is imported from a file that {does}: in a clean checkout this {impact}");
        let mut finding = evidence.finding(&RULE, incident, message);
        if *is_ignored {
            // Something may make it there: who ignores a file knows of it.
            finding.severity = Severity::Warning;
            finding.help =
                Some(format!("add it with `git add --force {shown}`, or make it before the tests run"));
        } else {
            finding.help = Some(format!("add it with `git add {shown}`"));
        }
        finding.related.push(Label {
            path: Arc::new(path.clone()),
            span: Span::default(),
            text: format!("the file that {does}"),
        });
        finding.symbol.clone_from(module);
        found.push(finding);
    }
}

/// The file that the incident's import finds here.
fn missing<'e>(evidence: &'e Evidence<'_>, incident: &Incident) -> Option<&'e Missing> {
    let Origin::Checkout { missing, .. } = &evidence.runs[*incident.runs.first()?].origin else {
        return None;
    };
    let wanted = match incident.cause()? {
        Cause::MissingModule { name, .. } => name.to_string(),
        Cause::MissingName { module, name } => format!("{module}.{name}"),
        _ => return None,
    };
    let is_part = |module: &str| module.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('.'));
    let exact = missing.iter().find(|missing| missing.module == wanted);
    exact.or_else(|| missing.iter().find(|missing| is_part(&missing.module)))
}
