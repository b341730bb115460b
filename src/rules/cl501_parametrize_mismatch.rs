//! pytest refuses a `parametrize`.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::outcome::LostKind;

use super::{Evidence, FixAvailability, Rule, losses, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL501"),
    name: "parametrize-mismatch",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL501.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let message =
            format!("pytest refuses `parametrize` with `{}`: {}", incident.says(), incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some(
            "let names, values and ids agree with each other and with the arguments of the test".to_owned(),
        );
        finding.symbol.clone_from(&incident.failure.exception);
        found.push(finding);
    }
    for loss in losses::all(evidence) {
        let name = &loss.lost.name;
        let (severity, message, help) = match loss.lost.kind {
            LostKind::ParametrizedTestCase => (
                RULE.severity,
                format!("`parametrize` of `{name}` is ignored: it is a method of a `TestCase`"),
                "use `self.subTest`, or take `TestCase` away",
            ),
            LostKind::EmptyIterator => (
                Severity::Warning,
                format!(
                    "`parametrize` of `{name}` has no values, and the test is skipped: its iterator gives none"
                ),
                "an iterator gives its values once: make a list of them",
            ),
            _ => continue,
        };
        found.extend(loss.finding(evidence, &RULE, severity, message, help));
    }
}
