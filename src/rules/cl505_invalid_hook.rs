//! A hook that pytest does not know, that asks for what there is not, or that raises.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Label, RuleCode, Severity};

use super::{Evidence, FixAvailability, Rule, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL505"),
    name: "invalid-hook",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL505.md"),
    check,
};

/// Hooks whose answer, or whose exit, becomes pytest's own exit code.
const LAST: [&str; 4] =
    ["pytest_cmdline_main", "pytest_sessionfinish", "pytest_terminal_summary", "pytest_unconfigure"];

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let hook = owner::hook_of(incident).map_or_else(|| "a hook".to_owned(), |hook| format!("`{hook}`"));
        let message = format!("{hook} fails with `{}`: {}", incident.says(), incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("give it the name and the arguments of one of pytest's hooks".to_owned());
        if owner::hook_of(incident).is_some() {
            finding.help =
                Some("let the hook handle what it meets: an exception in it ends pytest".to_owned());
        }
        finding.symbol = hook;
        found.push(finding);
    }
    found.extend(exits(evidence));
}

/// Sessions in which nothing fails and that end with a failure all the same, because a hook says so.
fn exits(evidence: &Evidence<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for (place, run) in evidence.runs.iter().enumerate() {
        let is_told = evidence.incidents.iter().any(|incident| incident.runs.contains(&place));
        let code = run.prediction.session.exit_code.code().filter(|code| !matches!(code, 0 | 5 | 6));
        let Some(code) = code.filter(|_| !is_told && run.cells().is_empty()) else { continue };
        for conftest in &run.prediction.conftests {
            let Ok(file) = evidence.sources.get(&conftest.path) else { continue };
            for hook in LAST {
                let Some(span) = file.definition_of(hook) else { continue };
                let is_known = |finding: &Diagnostic| {
                    *finding.primary.path == conftest.path && finding.primary.span == span
                };
                if found.iter().any(is_known) {
                    continue;
                }
                let message = format!("`{hook}` lets pytest exit with {code} although nothing fails");
                let primary = Label { path: Arc::new(conftest.path.clone()), span, text: String::new() };
                let mut finding = Diagnostic::new(RULE.code, RULE.name, RULE.severity, message, primary);
                finding.help = Some("let the hook leave pytest's exit code alone".to_owned());
                finding.symbol = format!("`{hook}`");
                finding.exit_code = u8::try_from(code).ok();
                evidence.locate(&mut finding, &[place]);
                found.push(finding);
            }
        }
    }
    found
}
