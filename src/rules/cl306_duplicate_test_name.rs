//! A test is replaced by a later one of the same name.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::outcome::LostKind;

use super::{Evidence, FixAvailability, Rule, losses};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL306"),
    name: "duplicate-test-name",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL306.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for loss in losses::all(evidence).iter().filter(|loss| loss.lost.kind == LostKind::Redefined) {
        let message = format!("test `{}` is lost: its name is bound again below", loss.lost.name);
        found.extend(loss.finding(evidence, &RULE, RULE.severity, message, "give it a name of its own"));
    }
}
