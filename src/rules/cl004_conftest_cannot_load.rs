//! A conftest cannot be loaded, or a plugin that it asks for.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};

use super::{Evidence, FixAvailability, Rule, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL004"),
    name: "conftest-cannot-load",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL004.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        // what may be raised is known of nearly every call
        if !incident.failure.certain {
            continue;
        }
        let message = format!("`{}` in what pytest loads first: {}", incident.says(), incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some(
            "let it load without what is missing: a conftest takes all tests of its folder with it"
                .to_owned(),
        );
        finding.symbol.clone_from(&incident.failure.exception);
        found.push(finding);
    }
}
