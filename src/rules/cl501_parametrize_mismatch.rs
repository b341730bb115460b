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
    let ignored =
        losses::all(evidence).into_iter().filter(|loss| loss.lost.kind == LostKind::ParametrizedTestCase);
    for loss in ignored {
        let message =
            format!("`parametrize` of `{}` is ignored: it is a method of a `TestCase`", loss.lost.name);
        let help = "use `self.subTest`, or take `TestCase` away";
        found.extend(loss.finding(evidence, &RULE, RULE.severity, message, help));
    }
}
