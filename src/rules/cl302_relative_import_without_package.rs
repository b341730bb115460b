//! A relative import stands in a file that is in no package.

use crate::diagnostic::{Diagnostic, Fix, RuleCode, Severity};

use super::{Evidence, FixAvailability, Rule, owner, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL302"),
    name: "relative-import-without-package",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL302.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let message = format!("relative import in a file that is in no package: {}", incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help =
            Some("import it by its absolute name, or add an `__init__.py` to the folder".to_owned());
        finding.symbol = String::new();
        found.push(finding);
    }
}

/// The import becomes absolute where pytest puts the folder on `sys.path`; else the folder becomes a package.
fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let place = &finding.primary;
    let absolute = repairs::of_test_module(evidence, place)
        .and_then(|repairer| repairs::proposal("import it absolutely", repairer.absolute_import(place.span)));
    absolute.into_iter().chain(repairs::packages(evidence, finding)).collect()
}
