//! A name is imported that its module does not have.

use super::blame::{self, Blame};
use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL106"),
    name: "missing-name",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL106.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::MissingName { module, name }) = incident.cause() else { continue };
        if blame::of(evidence, incident) != Some(Blame::Name) {
            continue;
        }
        let impact = incident.impact();
        let message = format!("`{module}` has no name `{name}`: {impact}");
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some(format!("define `{name}` in `{module}`, or import what it is called now"));
        finding.symbol = format!("{module}.{name}");
        found.push(finding);
    }
}
