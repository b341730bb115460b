//! A name is used at import that nothing has bound.

use crate::diagnostic::{Diagnostic, Fix, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule, owner, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL602"),
    name: "undefined-name-at-import",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL602.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let Some(Cause::Unbound { name }) = incident.cause() else { continue };
        let message = format!("name `{name}` is not defined at import: {}", incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some(format!("define or import `{name}` above this line"));
        finding.symbol = name.to_string();
        found.push(finding);
    }
}

/// The import stands in the guard of another module, which is missing.
fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let Some(repairer) = repairs::of_test_module(evidence, &finding.primary) else { return Vec::new() };
    let name = &finding.symbol;
    let message = format!("import `{name}` above the guard of the other modules");
    repairs::proposal(message, repairer.narrow_guard(name)).into_iter().collect()
}
