//! Python cannot compile a file, in any version.

use super::guards;
use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL401"),
    name: "syntax-error",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL401.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::Compile(error)) = incident.cause() else { continue };
        if guards::compiles_elsewhere(evidence, incident).is_some()
            || guards::is_undecodable(evidence, incident)
        {
            continue;
        }
        let impact = incident.impact();
        let words = &error.message;
        found.push(evidence.finding(&RULE, incident, format!("{words}: {impact}")));
    }
}
