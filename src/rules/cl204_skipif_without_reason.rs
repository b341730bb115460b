//! A `skipif` or `xfail` with a condition and without a reason: pytest fails each of its tests.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Fix, Label, RuleCode, Severity};
use crate::outcome::Outcome;

use super::{Evidence, FixAvailability, Rule, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL204"),
    name: "skipif-without-reason",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL204.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    let Some(first) = evidence.runs.first() else { return };
    let modules = first.prediction.modules.iter().filter(|module| module.outcome == Outcome::Collected);
    for module in modules {
        let Ok(file) = evidence.sources.get(&module.path) else { continue };
        for mark in file.marks_without_reason() {
            let message = format!("`{}` with a condition and without a reason fails its tests", mark.name);
            let primary = Label { path: Arc::new(module.path.clone()), span: mark.span, text: String::new() };
            let mut finding = Diagnostic::new(RULE.code, RULE.name, RULE.severity, message, primary);
            finding.help = Some("say why with `reason=\"…\"`".to_owned());
            mark.name.clone_into(&mut finding.symbol);
            found.push(finding);
        }
    }
}

fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let Some(repairer) = repairs::of_test_module(evidence, &finding.primary) else { return Vec::new() };
    let edits = repairer.give_reason(finding.primary.span);
    repairs::proposal("give the condition as the reason", edits).into_iter().collect()
}
