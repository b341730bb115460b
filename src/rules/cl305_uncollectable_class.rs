//! A class holds tests and pytest does not collect it.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::outcome::LostKind;

use super::{Evidence, FixAvailability, Rule, losses, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL305"),
    name: "uncollectable-class",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL305.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let message = format!(
            "`{}` when pytest makes an instance of a test class: {}",
            incident.says(),
            incident.impact()
        );
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("let the class be made without arguments".to_owned());
        finding.symbol.clone_from(&incident.failure.exception);
        found.push(finding);
    }
    for loss in losses::all(evidence) {
        let name = &loss.lost.name;
        let (severity, message, help) = match loss.lost.kind {
            LostKind::ClassWithInit => (
                Severity::Error,
                format!("tests of class `{name}` are lost: it has an `__init__`"),
                "do in a fixture or in `setup_method` what `__init__` does",
            ),
            LostKind::ClassWithNew => (
                Severity::Error,
                format!("tests of class `{name}` are lost: it has a `__new__`"),
                "do in a fixture what `__new__` does",
            ),
            LostKind::AbstractClass if !is_base(evidence, name) => (
                Severity::Warning,
                format!("tests of class `{name}` are lost: it is abstract"),
                "implement its abstract methods",
            ),
            LostKind::ClassName if is_named_for_tests(name) => (
                Severity::Warning,
                format!("tests of class `{name}` are lost: `python_classes` does not match its name"),
                "let its name begin with `Test`",
            ),
            _ => continue,
        };
        found.extend(loss.finding(evidence, &RULE, severity, message, help));
    }
}

/// `LoginTest`, `testLogin`, `LoginTests`, `LoginTestCase`
fn is_named_for_tests(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.starts_with("test") || ["test", "tests", "testcase"].iter().any(|end| lower.ends_with(end))
}

/// Whether some test module derives from a class of this name.
fn is_base(evidence: &Evidence<'_>, name: &str) -> bool {
    let forms = [
        format!("({name})"),
        format!("({name},"),
        format!(", {name})"),
        format!(", {name},"),
        format!(".{name})"),
    ];
    let modules = evidence.runs.iter().flat_map(|run| &run.prediction.modules);
    modules.filter_map(|module| evidence.sources.get(&module.path).ok()).any(|file| {
        let text = file.source.text();
        forms.iter().any(|form| text.contains(form.as_str()))
    })
}
