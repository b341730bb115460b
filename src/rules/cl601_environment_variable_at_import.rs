//! An environment variable is read at import, and is not set.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL601"),
    name: "environment-variable-at-import",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL601.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let Some(Cause::EnvironmentVariable { name }) = incident.cause() else { continue };
        let message =
            format!("environment variable `{name}` is read at import and not set: {}", incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help =
            Some(format!("read it with `os.environ.get(\"{name}\")`, in a fixture that skips without it"));
        finding.symbol = name.to_string();
        found.push(finding);
    }
}
