//! pytest rejects its configuration or its command line.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Label, RuleCode, Severity};
use crate::outcome::ExitCode;
use crate::settings::pytest::{Mistake, Refusal};
use crate::text::Span;

use super::{Evidence, FixAvailability, Rule, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL701"),
    name: "invalid-pytest-config",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL701.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let message = format!("pytest rejects `{}`: {}", incident.words(), incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        let refusals = incident.runs.iter().flat_map(|&run| &evidence.runs[run].prediction.settings.refusals);
        let refusal =
            refusals.into_iter().find(|refusal| Some(&refusal.message) == incident.failure.message.as_ref());
        finding.help = Some(refusal.map_or_else(|| "correct the argument".to_owned(), remedy));
        finding.symbol = incident.words();
        found.push(finding);
    }
    found.extend(too_many_warnings(evidence));
}

/// `max_warnings` is exceeded by what collecting warns of, before a test runs.
fn too_many_warnings(evidence: &Evidence<'_>) -> Option<Diagnostic> {
    let is_exceeded =
        |&run: &usize| evidence.runs[run].prediction.session.exit_code == ExitCode::MAX_WARNINGS;
    let runs: Vec<usize> = (0..evidence.runs.len()).filter(is_exceeded).collect();
    let settings = &evidence.runs[*runs.first()?].prediction.settings;
    let most = settings.max_warnings?;
    let message =
        format!("collecting warns more often than `max_warnings` allows, {most}: pytest exits with 6");
    let path = settings.inipath.as_ref().unwrap_or(&settings.rootdir);
    let primary = Label { path: Arc::new(path.clone()), span: Span::default(), text: String::new() };
    let mut finding = Diagnostic::new(RULE.code, RULE.name, RULE.severity, message, primary);
    finding.help = Some("see to what pytest warns of, or raise `max_warnings`".to_owned());
    finding.symbol = "max_warnings".to_owned();
    finding.exit_code = Some(6);
    evidence.locate(&mut finding, &runs);
    Some(finding)
}

fn remedy(refusal: &Refusal) -> String {
    match &refusal.mistake {
        Mistake::Syntax => "write the file as INI or TOML, in UTF-8".to_owned(),
        Mistake::WrongSection => "move the options to the table that pytest reads".to_owned(),
        Mistake::MissingFile => "name a file that is there".to_owned(),
        Mistake::UnknownArgument { nearest: Some(nearest) } => format!("write `{nearest}`"),
        Mistake::UnknownArgument { nearest: None } => {
            "take it out, or install the plugin that adds it".to_owned()
        }
        Mistake::InvalidArgument => "give it a value that pytest accepts".to_owned(),
        Mistake::InvalidValue { key } => format!("give `{key}` a value that pytest accepts"),
        Mistake::WarningFilter => "write the filter as `action:message:category`".to_owned(),
        Mistake::MinVersion => "install a newer pytest, or lower `minversion`".to_owned(),
        Mistake::WarningIsError => "do not turn this warning into an error".to_owned(),
        Mistake::RequiredPlugins(names) => format!("install {}", names.join(", ")),
        Mistake::MissingPlugin(name) => format!("install the plugin `{name}`"),
        Mistake::UnknownKey { nearest: Some(nearest), .. } => format!("write `{nearest}`"),
        Mistake::UnknownKey { key, nearest: None } => {
            format!("take `{key}` out, or install the plugin that reads it")
        }
        Mistake::UnknownMarker(names) => format!("register {} under `markers`", names.join(", ")),
    }
}
