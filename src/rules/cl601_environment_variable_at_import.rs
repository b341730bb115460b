//! An environment variable is read at import, and is not set.

use crate::diagnostic::{Diagnostic, Fix, RuleCode, Severity};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule, owner, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL601"),
    name: "environment-variable-at-import",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
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

/// The tests that need the variable are skipped without it; where that does not do, the module is.
fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let (place, variable) = (&finding.primary, &finding.symbol);
    let Some(repairer) = repairs::of_test_module(evidence, place) else { return Vec::new() };
    let tests = evidence.tests_to_mark(&place.path);
    let marked = repairer.skipif_unset(place.span, variable, &tests);
    let outermost = repairs::statement_of_module(evidence, finding);
    let skipped = repairer.skip_unset(place.span, outermost, variable);
    let proposals = [
        ("skip the tests that need it where it is not set", marked),
        ("skip the module where it is not set", skipped),
    ];
    proposals.into_iter().filter_map(|(message, edits)| repairs::proposal(message, edits)).collect()
}
