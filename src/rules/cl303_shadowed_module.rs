//! A file of the project is imported in place of a module of the same name.

use std::sync::Arc;

use super::blame::{self, Blame};
use crate::diagnostic::{Diagnostic, Label, RuleCode, Severity};
use crate::interp::Cause;
use crate::text::Span;

use super::{Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL303"),
    name: "shadowed-module",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL303.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        if blame::of(evidence, incident) != Some(Blame::Shadow) {
            continue;
        }
        let Some(Cause::MissingModule { name: module, .. } | Cause::MissingName { module, .. }) =
            incident.cause()
        else {
            continue;
        };
        let Some(file) = blame::shadow_of(evidence, incident, module) else { continue };
        let top = module.split('.').next().unwrap_or(module);
        let message = format!("a file of the project is imported as `{top}`: {}", incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        let text = format!("this file is `{top}` here");
        finding.related.push(Label { path: Arc::new(file), span: Span::default(), text });
        finding.help = Some("give the file another name".to_owned());
        top.clone_into(&mut finding.symbol);
        found.push(finding);
    }
}
