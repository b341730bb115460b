//! Importing a test module raises an exception that no other rule tells of.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Origin, Rule, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL603"),
    name: "raise-at-import",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL603.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        // what may be raised is known of nearly every call
        if !incident.failure.certain {
            continue;
        }
        let is_supposed = |&run: &usize| matches!(evidence.runs[run].origin, Origin::Supposed(_));
        let is_supposed = incident.runs.iter().all(is_supposed);
        // who raises where a module is missing has thought of it, and wants it there
        if is_supposed && matches!(incident.cause(), Some(Cause::Statement)) {
            continue;
        }
        let message = format!("`{}` at import: {}", incident.says(), incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        if is_supposed {
            finding.severity = Severity::Warning;
        }
        finding.help = Some("move what raises into a test or a fixture".to_owned());
        finding.symbol.clone_from(&incident.failure.exception);
        found.push(finding);
    }
}
