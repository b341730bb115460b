//! A `try` around an import does not catch what the import raises.

use super::guards::{self, ImportGuard};
use crate::diagnostic::{Diagnostic, Fix, RuleCode, Severity};
use crate::interp::{Cause, Missing};

use super::{Evidence, FixAvailability, Rule, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL102"),
    name: "ineffective-import-guard",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL102.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::MissingModule { name, why: Missing::ThirdParty }) = incident.cause() else {
            continue;
        };
        if guards::of(evidence, incident) != ImportGuard::Handlers {
            continue;
        }
        let impact = incident.impact();
        let message = format!("the `try` around `{name}` does not catch `ModuleNotFoundError`: {impact}");
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("catch `ImportError`".to_owned());
        finding.symbol = name.to_string();
        found.push(finding);
    }
}

fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let Some(repairer) = repairs::of_test_module(evidence, &finding.primary) else { return Vec::new() };
    let edits = repairer.widen_handler(finding.primary.span);
    repairs::proposal("catch `ImportError` as well", edits).into_iter().collect()
}
