//! A mark that nobody registers, under strict markers, or something that is no mark at all.

use crate::diagnostic::{Diagnostic, Fix, RuleCode, Severity};
use crate::interp::{Cause, Refused};
use crate::settings::pytest::edit;

use super::{Evidence, FixAvailability, Rule, owner, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL502"),
    name: "unknown-mark",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL502.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let message = format!("pytest refuses a mark with `{}`: {}", incident.says(), incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        let is_unknown = incident.cause() == Some(&Cause::Refused(Refused::UnknownMark));
        let help = if is_unknown {
            "register it under `markers` in pytest's configuration"
        } else {
            "write `pytestmark = [pytest.mark.…, …]`: a mark, or a list of them"
        };
        finding.help = Some(help.to_owned());
        name(incident.failure.message.as_deref().unwrap_or_default()).clone_into(&mut finding.symbol);
        found.push(finding);
    }
}

/// The first word in quotes.
fn name(message: &str) -> &str {
    message.split('\'').nth(1).unwrap_or_default()
}

/// Letters that may be wrong in a mark that is meant to be a registered one.
const TYPOS: usize = 2;

/// The mark is registered; one that is nearly called like a registered one is more likely misspelled.
fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let (place, mark) = (&finding.primary, &finding.symbol);
    let Some(incident) = evidence.incident_at(place) else { return Vec::new() };
    let is_unknown = incident.cause() == Some(&Cause::Refused(Refused::UnknownMark));
    let Some(&run) = incident.runs.first().filter(|_| is_unknown) else { return Vec::new() };
    let settings = &evidence.runs[run].prediction.settings;
    let distance = |known: &&str| strsim::osa_distance(mark, known);
    let nearest = settings.marker_names().min_by_key(distance).filter(|known| distance(known) <= TYPOS);
    let renamed = nearest.and_then(|known| repairs::rename_mark(evidence, place, mark, known));
    let register = || {
        let path = settings.inipath.as_ref()?;
        let bytes = evidence.sources.fs().read(path).ok()?;
        let text = std::str::from_utf8(&bytes).ok()?;
        let edits = repairs::rewriting(path, text, &edit::with_mark(path, text, mark)?);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        repairs::proposal(format!("register it in `{name}`"), Some(edits))
    };
    match renamed {
        Some(renamed) => vec![repairs::doubtful(renamed)],
        None => register().into_iter().collect(),
    }
}
