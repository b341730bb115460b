//! A module of that name was imported from another file.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};

use super::{Evidence, FixAvailability, Rule, owner, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL301"),
    name: "import-file-mismatch",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repairs::packages),
    page: include_str!("../../rules/CL301.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let message = format!("another file is imported under the same name: {}", incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("give the file a name of its own, make its folder a package with `__init__.py`, or use `--import-mode=importlib`".to_owned());
        finding.symbol = String::new();
        found.push(finding);
    }
}
