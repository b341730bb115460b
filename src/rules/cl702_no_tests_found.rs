//! pytest collects nothing: it ends with 5, and nobody has run a test.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Label, RuleCode, Severity};
use crate::outcome::{ExitCode, Outcome};
use crate::settings::pytest::ArgsSource;
use crate::text::Span;

use super::{Evidence, FixAvailability, Rule, Run};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL702"),
    name: "no-tests-found",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL702.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    let Some(first) = evidence.runs.first() else { return };
    let Some((severity, message, help)) = judge(first) else { return };
    let settings = &first.prediction.settings;
    let path = settings.inipath.as_ref().unwrap_or(&settings.rootdir);
    let primary = Label { path: Arc::new(path.clone()), span: Span::default(), text: String::new() };
    let mut finding = Diagnostic::new(RULE.code, RULE.name, severity, message, primary);
    finding.help = Some(help.to_owned());
    finding.exit_code = Some(5);
    found.push(finding);
}

/// Whether nothing is left, and why.
fn judge(run: &Run) -> Option<(Severity, String, &'static str)> {
    let prediction = &run.prediction;
    let session = &prediction.session;
    let is_whole = |outcome: Outcome, certain: bool| outcome == Outcome::Collected && certain;
    if session.exit_code != ExitCode::NO_TESTS
        || !prediction.modules.iter().all(|module| is_whole(module.outcome, module.certain))
    {
        return None;
    }
    if session.collected > 0 {
        let message = format!("all {} tests are deselected; pytest exits with 5", session.collected);
        return Some((Severity::Error, message, "let `-k` and `-m` leave some tests"));
    }
    // who names a file may know that it holds no test
    if prediction.settings.args_source == ArgsSource::Arguments {
        return None;
    }
    let message = match prediction.modules.len() {
        0 => "no file is one of tests; pytest exits with 5".to_owned(),
        1 => "no test in 1 test module; pytest exits with 5".to_owned(),
        several => format!("no test in {several} test modules; pytest exits with 5"),
    };
    Some((Severity::Warning, message, "look at `testpaths` and `python_files`"))
}
