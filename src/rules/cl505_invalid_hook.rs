//! A hook that pytest does not know, that asks for what there is not, or that raises.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};

use super::{Evidence, FixAvailability, Rule, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL505"),
    name: "invalid-hook",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL505.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let hook = owner::hook_of(incident).map_or_else(|| "a hook".to_owned(), |hook| format!("`{hook}`"));
        let message = format!("{hook} fails with `{}`: {}", incident.says(), incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("give it the name and the arguments of one of pytest's hooks".to_owned());
        if owner::hook_of(incident).is_some() {
            finding.help =
                Some("let the hook handle what it meets: an exception in it ends pytest".to_owned());
        }
        finding.symbol = hook;
        found.push(finding);
    }
}
