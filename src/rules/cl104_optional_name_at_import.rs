//! A name that only a successful import binds is used while the module is imported.

use super::guards;
use crate::diagnostic::{Diagnostic, Fix, RuleCode, Severity};
use crate::interp::Cause;
use crate::syntax::repairs::Placeholder;

use super::{Evidence, FixAvailability, Rule, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL104"),
    name: "optional-name-at-import",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
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

fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let Some(repairer) = repairs::of_test_module(evidence, &finding.primary) else { return Vec::new() };
    let name = &finding.symbol;
    let bind = |placeholder| repairer.bind_in_handlers(name, placeholder);
    let proposals = [
        (format!("bind `{name}` in the handler"), bind(Placeholder::None)),
        ("postpone the evaluation of annotations".to_owned(), repairer.postpone_annotations(name)),
        (format!("bind `{name}` in the handler"), bind(Placeholder::Object)),
    ];
    proposals.into_iter().filter_map(|(message, edits)| repairs::proposal(message, edits)).collect()
}
