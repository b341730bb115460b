//! A file needs another Python version than the tests run on.

use super::guards;
use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL402"),
    name: "unsupported-syntax",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL402.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::Compile(error)) = incident.cause() else { continue };
        let Some(python) = guards::compiles_elsewhere(evidence, incident) else { continue };
        let impact = incident.impact();
        let words = &error.message;
        let message =
            format!("syntax of Python {python}, which this Python refuses with `{words}`: {impact}");
        found.push(evidence.finding(&RULE, incident, message));
    }
}
