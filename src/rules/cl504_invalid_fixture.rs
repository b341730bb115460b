//! pytest refuses a fixture.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};

use super::{Evidence, FixAvailability, Rule, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL504"),
    name: "invalid-fixture",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL504.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let message = format!("pytest refuses a fixture with `{}`: {}", incident.says(), incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some(
            "define it as a function with `@pytest.fixture`, once, without marks, and request it by name"
                .to_owned(),
        );
        finding.symbol.clone_from(&incident.failure.exception);
        found.push(finding);
    }
}
