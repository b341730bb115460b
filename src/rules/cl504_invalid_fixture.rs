//! pytest refuses a fixture.

use crate::diagnostic::{Diagnostic, Fix, RuleCode, Severity};
use crate::syntax::ParsedFile;

use super::{Evidence, FixAvailability, Rule, owner, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL504"),
    name: "invalid-fixture",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL504.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let message = format!("pytest refuses a fixture with `{}`: {}", incident.says(), incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some(
            "define it as a function with `@pytest.fixture`, once, without marks, and request it by name"
                .to_owned(),
        );
        finding.symbol.clone_from(&incident.failure.exception);
        found.push(finding);
    }
}

/// A mark does nothing to a fixture in any release of pytest, so that nothing is lost with it.
fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let place = &finding.primary;
    let Some(repairer) = evidence.sources.get(&place.path).ok().and_then(ParsedFile::repairer) else {
        return Vec::new();
    };
    let choices = repairer.unmark_fixture(place.span.start);
    let fix = |edits| repairs::proposal("take the marks off the fixture", Some(edits));
    choices.into_iter().filter_map(fix).collect()
}
