//! An optional module is imported without a guard.

use super::evidence::Reach;
use super::guards::{self, ImportGuard};
use crate::diagnostic::{Diagnostic, Fix, RuleCode, Severity};
use crate::interp::{Cause, Missing};

use super::{Evidence, FixAvailability, Origin, Rule, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL101"),
    name: "unguarded-optional-import",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL101.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::MissingModule { name, why: Missing::ThirdParty }) = incident.cause() else {
            continue;
        };
        if !evidence.is_optional(name) || guards::of(evidence, incident) != ImportGuard::None {
            continue;
        }
        let is_supposed = |&run: &usize| matches!(evidence.runs[run].origin, Origin::Supposed(_));
        let is_supposed = incident.runs.iter().all(is_supposed);
        // What no session can start without is not optional to the tests, whatever it is to the project.
        if is_supposed && incident.reach == Reach::Start {
            continue;
        }
        let impact = incident.impact();
        let message = format!("optional module `{name}` is imported without a guard: {impact}");
        let mut finding = evidence.finding(&RULE, incident, message);
        // That a guard elsewhere thinks of its absence does not say that these tests ever meet it.
        if is_supposed {
            finding.severity = finding.severity.min(Severity::Warning);
        }
        finding.help = Some(format!("guard it with `pytest.importorskip(\"{name}\")`"));
        finding.symbol = name.to_string();
        found.push(finding);
    }
}

fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let Some(repairer) = repairs::of_test_module(evidence, &finding.primary) else { return Vec::new() };
    let edits = repairer.importorskip_above(finding.primary.span, &finding.symbol);
    repairs::proposal("skip the module where it is missing", edits).into_iter().collect()
}
