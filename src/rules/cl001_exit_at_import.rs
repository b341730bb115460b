//! `SystemExit` leaves a module while pytest imports it.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL001"),
    name: "exit-at-import",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repairs::of_exit),
    page: include_str!("../../rules/CL001.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::Exit { call }) = incident.cause() else { continue };
        let impact = incident.impact();
        let runs = if incident.failure.certain { "runs" } else { "may run" };
        let mut finding = evidence.finding(&RULE, incident, format!("`{call}` {runs} at import: {impact}"));
        finding.help = Some("skip the module with `pytest.skip(..., allow_module_level=True)`".to_owned());
        finding.symbol = call.to_string();
        found.push(finding);
    }
}
