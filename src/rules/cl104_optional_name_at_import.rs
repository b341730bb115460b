//! A name that only a successful import binds is used while the module is imported.

use super::guards;
use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL104"),
    name: "optional-name-at-import",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL104.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::Unbound { name }) = incident.cause() else { continue };
        let Some(module) = guards::optional_import_of(evidence, incident, name) else { continue };
        let impact = incident.impact();
        let message = format!("`{name}` is unbound at import where `{module}` is missing: {impact}");
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some(format!("bind `{name}` in the handler that guards `{module}`"));
        finding.symbol = name.to_string();
        found.push(finding);
    }
}
