//! Importing never ends, or waits for input that nobody gives.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule, owner, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL005"),
    name: "never-ends-at-import",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repairs::of_exit),
    page: include_str!("../../rules/CL005.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let impact = incident.impact();
        let (call, message) = if incident.cause() == Some(&Cause::Input) {
            ("input()".to_owned(), format!("`{}` when input is read at import: {impact}", incident.says()))
        } else {
            let call = incident.failure.message.clone().unwrap_or_default();
            let message = format!("`{call}` never ends at import: {impact}");
            (call, message)
        };
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("move it into a function that no import calls".to_owned());
        finding.symbol = call;
        found.push(finding);
    }
}
