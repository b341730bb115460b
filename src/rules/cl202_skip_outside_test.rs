//! `pytest.skip` outside of a test is an error unless it says `allow_module_level=True`.

use crate::diagnostic::{Diagnostic, Fix, RuleCode, Severity};
use crate::interp::Cause;
use crate::outcome::Outcome;

use super::{Evidence, FixAvailability, Rule, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL202"),
    name: "skip-outside-test",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL202.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::Skip { call, module_level: false }) = incident.cause() else { continue };
        if incident.outcome != Outcome::Error {
            continue;
        }
        let impact = incident.impact();
        let message =
            format!("`{call}` outside of a test is an error without `allow_module_level=True`: {impact}");
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help =
            Some("pass `allow_module_level=True`, or use `@pytest.mark.skip` on a test".to_owned());
        finding.symbol = call.to_string();
        found.push(finding);
    }
}

fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let Some(repairer) = repairs::of_test_module(evidence, &finding.primary) else { return Vec::new() };
    let edits = repairer.allow_module_level(finding.primary.span);
    repairs::proposal("skip the whole module", edits).into_iter().collect()
}
