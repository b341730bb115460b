//! `importorskip` comes after the import that it should guard.

use super::guards::{self, ImportGuard};
use crate::diagnostic::{Diagnostic, Fix, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL103"),
    name: "late-importorskip",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL103.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::MissingModule { name, .. }) = incident.cause() else { continue };
        let ImportGuard::Later(_) = guards::of(evidence, incident) else { continue };
        let impact = incident.impact();
        let message = format!("`{name}` is imported before `importorskip` can skip the module: {impact}");
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("call `pytest.importorskip` above the import".to_owned());
        finding.symbol = name.to_string();
        found.push(finding);
    }
}

fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let place = &finding.primary;
    let late = evidence.incident_at(place).map(|incident| guards::of(evidence, incident));
    let (Some(repairer), Some(ImportGuard::Later(late))) = (repairs::of_test_module(evidence, place), late)
    else {
        return Vec::new();
    };
    let edits = repairer.importorskip_moved(place.span, &finding.symbol, late);
    repairs::proposal("move the call above the import", edits).into_iter().collect()
}
