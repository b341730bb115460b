//! A skip in the body of a class skips the whole module.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Label, RuleCode, Severity};
use crate::interp::{Cause, Site};
use crate::outcome::Outcome;

use super::{Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL205"),
    name: "importorskip-in-class-body",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL205.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen: Vec<Site> = Vec::new();
    for (place, run) in evidence.runs.iter().enumerate() {
        let skipped = run.prediction.modules.iter().filter(|module| module.outcome == Outcome::Skipped);
        for failure in skipped.filter_map(|module| module.failure.as_ref()) {
            let (Some(Cause::Skip { call, .. }), Some(site)) = (&failure.cause, &failure.site) else {
                continue;
            };
            let Some(file) = evidence.file(site) else { continue };
            let Some(class) = file.class_body_around(site.span.start) else { continue };
            if !failure.certain || seen.contains(site) {
                continue;
            }
            seen.push(site.clone());
            let message = format!("`{call}` in the body of class `{class}` skips the whole module");
            let primary = Label { path: Arc::clone(&site.path), span: site.span, text: String::new() };
            let mut finding = Diagnostic::new(RULE.code, RULE.name, RULE.severity, message, primary);
            finding.help = Some("call it in a fixture, or at the top of the module".to_owned());
            class.clone_into(&mut finding.symbol);
            evidence.locate(&mut finding, &[place]);
            found.push(finding);
        }
    }
}
