//! The bytes of a file are not text in its encoding.

use super::guards;
use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL403"),
    name: "undecodable-source",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL403.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::Compile(error)) = incident.cause() else { continue };
        if !guards::is_undecodable(evidence, incident) {
            continue;
        }
        let impact = incident.impact();
        let words = &error.message;
        found.push(evidence.finding(&RULE, incident, format!("{words}: {impact}")));
    }
}
