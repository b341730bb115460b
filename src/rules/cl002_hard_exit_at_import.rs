//! The process ends while pytest imports a module.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::HaltKind;

use super::{Evidence, FixAvailability, Rule, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL002"),
    name: "hard-exit-at-import",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repairs::of_exit),
    page: include_str!("../../rules/CL002.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(HaltKind::Exit(_) | HaltKind::Signal(_)) = incident.failure.halt else { continue };
        let call = incident.failure.message.clone().unwrap_or_default();
        let impact = incident.impact();
        let message = format!("`{call}` ends the process at import, and no handler can stop it: {impact}");
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("move it into a function that no import calls".to_owned());
        finding.symbol = call;
        found.push(finding);
    }
}
