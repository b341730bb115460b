//! `pytest_plugins` stands in a conftest below rootdir.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};

use super::{Evidence, FixAvailability, Rule, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL307"),
    name: "nested-pytest-plugins",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL307.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let message =
            format!("`pytest_plugins` in a conftest that is not the top one: {}", incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("move it into the conftest in rootdir".to_owned());
        "pytest_plugins".clone_into(&mut finding.symbol);
        found.push(finding);
    }
}
