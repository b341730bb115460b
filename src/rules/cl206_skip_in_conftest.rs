//! A conftest skips: pytest does not start, or all tests of its folder are gone.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Label, RuleCode, Severity};
use crate::interp::{Cause, Site};
use crate::outcome::Outcome;

use super::{Evidence, FixAvailability, Rule, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL206"),
    name: "skip-in-conftest",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL206.md"),
    check,
};

const HELP: &str = "skip in the test modules, or list them in `collect_ignore`";

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let Some(Cause::Skip { call, .. }) = incident.cause() else { continue };
        let message = format!("`{call}` in a conftest that is loaded first: {}", incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some(HELP.to_owned());
        finding.symbol = call.to_string();
        found.push(finding);
    }
    let mut seen: Vec<Site> = Vec::new();
    for (place, run) in evidence.runs.iter().enumerate() {
        let skipped = run
            .prediction
            .conftests
            .iter()
            .filter(|conftest| !conftest.initial && conftest.outcome == Outcome::Skipped);
        for failure in skipped.filter_map(|conftest| conftest.failure.as_ref()) {
            let (Some(Cause::Skip { call, .. }), Some(site)) = (&failure.cause, &failure.site) else {
                continue;
            };
            if !failure.certain || seen.contains(site) {
                continue;
            }
            seen.push(site.clone());
            let message = format!("`{call}` in a conftest skips all tests of its folder");
            let primary = Label { path: Arc::clone(&site.path), span: site.span, text: String::new() };
            let mut finding = Diagnostic::new(RULE.code, RULE.name, Severity::Info, message, primary);
            finding.help = Some(HELP.to_owned());
            finding.symbol = call.to_string();
            evidence.locate(&mut finding, &[place]);
            found.push(finding);
        }
    }
}
