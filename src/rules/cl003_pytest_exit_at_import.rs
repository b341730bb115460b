//! `pytest.exit` does not exit while a module is imported.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL003"),
    name: "pytest-exit-at-import",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repairs::of_exit),
    page: include_str!("../../rules/CL003.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::PytestExit { .. }) = incident.cause() else { continue };
        let impact = incident.impact();
        let message = format!("`pytest.exit` at import ends the session: {impact}");
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("skip the module with `pytest.skip(..., allow_module_level=True)`".to_owned());
        "pytest.exit".clone_into(&mut finding.symbol);
        found.push(finding);
    }
}
