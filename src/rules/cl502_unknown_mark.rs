//! A mark that nobody registers, under strict markers, or something that is no mark at all.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::{Cause, Refused};

use super::{Evidence, FixAvailability, Rule, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL502"),
    name: "unknown-mark",
    severity: Severity::Error,
    fix: FixAvailability::None,
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
