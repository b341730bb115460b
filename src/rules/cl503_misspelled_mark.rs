//! A mark's name is nearly that of one of pytest's own.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Fix, Label, RuleCode, Severity};
use crate::interp::{EventKind, Oddity, Site};

use super::{Evidence, FixAvailability, Rule, owner, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL503"),
    name: "misspelled-mark",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL503.md"),
    check,
};

/// pytest's own marks, with how many letters may be wrong.
const MARKS: [(&str, usize); 6] =
    [("parametrize", 3), ("usefixtures", 2), ("filterwarnings", 2), ("skipif", 1), ("skip", 1), ("xfail", 1)];

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let says = incident.failure.message.as_deref().unwrap_or_default();
        let Some(name) = says.split('\'').nth(1) else { continue };
        let message = format!("there is no mark `{name}`: {}", incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("write `parametrize`".to_owned());
        name.clone_into(&mut finding.symbol);
        found.push(finding);
    }
    let mut seen: Vec<Site> = Vec::new();
    for (place, run) in evidence.runs.iter().enumerate() {
        for event in run.prediction.modules.iter().flat_map(|module| &module.events) {
            let EventKind::Oddity { what: Oddity::UnknownMark { name } } = &event.kind else { continue };
            let (Some(meant), Some(site)) = (meant_by(name), event.trace.innermost()) else { continue };
            if seen.contains(site) {
                continue;
            }
            seen.push(site.clone());
            let message = format!("mark `{name}` means nothing to pytest: `{meant}` does");
            let primary = Label { path: Arc::clone(&site.path), span: site.span, text: String::new() };
            // its tests are collected, once and without arguments
            let severity = if meant == "parametrize" { Severity::Error } else { Severity::Warning };
            let mut finding = Diagnostic::new(RULE.code, RULE.name, severity, message, primary);
            finding.help = Some(format!("write `{meant}`, or register `{name}` under `markers`"));
            finding.symbol = name.to_string();
            evidence.locate(&mut finding, &[place]);
            found.push(finding);
        }
    }
}

/// The mark of pytest's own that an author means.
fn meant_by(name: &str) -> Option<&'static str> {
    let is_word = |mark: &str| {
        name.strip_prefix(mark).is_some_and(|rest| matches!(rest, "s" | "ed"))
            || matches!(name, "fail" | "slip")
    };
    let near = |&&(mark, most): &&(&str, usize)| {
        name != mark && !(mark.len() < 6 && is_word(mark)) && strsim::osa_distance(name, mark) <= most
    };
    MARKS.iter().find(near).map(|(mark, _)| *mark)
}

fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let place = &finding.primary;
    let name = &finding.symbol;
    let renamed = meant_by(name).and_then(|meant| repairs::rename_mark(evidence, place, name, meant));
    renamed.into_iter().collect()
}
