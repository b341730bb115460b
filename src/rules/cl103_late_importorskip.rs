//! `importorskip` comes after the import that it should guard.

use super::guards::{self, ImportGuard};
use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL103"),
    name: "late-importorskip",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL103.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::MissingModule { name, .. }) = incident.cause() else { continue };
        if guards::of(evidence, incident) != ImportGuard::Later {
            continue;
        }
        let impact = incident.impact();
        let message = format!("`{name}` is imported before `importorskip` can skip the module: {impact}");
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("call `pytest.importorskip` above the import".to_owned());
        finding.symbol = name.to_string();
        found.push(finding);
    }
}
