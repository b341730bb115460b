//! A `pytestmark` stands above an import that it is meant to guard.

use super::guards::{self, ImportGuard};
use crate::diagnostic::{Diagnostic, Fix, Label, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL203"),
    name: "marker-cannot-guard-import",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL203.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::MissingModule { name, .. }) = incident.cause() else { continue };
        let ImportGuard::Marker(mark) = guards::of(evidence, incident) else { continue };
        let impact = incident.impact();
        let message = format!("`pytestmark` does not keep `{name}` from being imported: {impact}");
        let mut finding = evidence.finding(&RULE, incident, message);
        let text = "it skips the tests, not the module".to_owned();
        finding.related.push(Label { path: finding.primary.path.clone(), span: mark, text });
        finding.help = Some(format!("call `pytest.importorskip(\"{name}\")` above the import"));
        finding.symbol = name.to_string();
        found.push(finding);
    }
}

fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let Some(repairer) = repairs::of_test_module(evidence, &finding.primary) else { return Vec::new() };
    let edits = repairer.importorskip_above(finding.primary.span, &finding.symbol);
    repairs::proposal("skip the module where it is missing", edits).into_iter().collect()
}
