//! A name is taken from a module that is still being imported.

use super::blame::{self, Blame};
use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL109"),
    name: "circular-import",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL109.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        if blame::of(evidence, incident) != Some(Blame::Circle) {
            continue;
        }
        let Some(Cause::Circular { module, name } | Cause::MissingAttribute { owner: module, name }) =
            incident.cause()
        else {
            continue;
        };
        let impact = incident.impact();
        let message = format!("`{module}` does not have `{name}` yet, its import is under way: {impact}");
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some(format!(
            "import `{module}` inside the function that needs it, or move `{name}` to a module of its own"
        ));
        finding.symbol = format!("{module}.{name}");
        found.push(finding);
    }
}
