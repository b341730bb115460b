//! A file is opened at import that is not there.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL604"),
    name: "missing-file-at-import",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL604.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let Some(Cause::MissingFile { path }) = incident.cause() else { continue };
        let message = format!("`{path}` is opened at import and not there: {}", incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("open it in a fixture, by a path that starts from `__file__`".to_owned());
        finding.symbol = path.to_string();
        found.push(finding);
    }
}
