//! Tests that pytest never collects, because of their names, their files, or what became of them.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::outcome::LostKind;

use super::losses::{self, Loss};
use super::{Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL304"),
    name: "never-collected",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL304.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for loss in losses::all(evidence) {
        let Some((severity, why, help)) = judge(evidence, &loss) else { continue };
        let message = format!("`{}` is never collected: {why}", loss.lost.name);
        found.extend(loss.finding(evidence, &RULE, severity, message, help));
    }
}

/// How bad it is, why it is so, and what to do; `None` where another rule tells of it, or it is meant.
fn judge(evidence: &Evidence<'_>, loss: &Loss<'_>) -> Option<(Severity, &'static str, &'static str)> {
    let file = evidence.sources.get(&loss.path).ok()?;
    let name = loss.lost.name.as_str();
    Some(match loss.lost.kind {
        LostKind::ModuleTestFalse => {
            let is_hook = loss.lost.site.as_ref().is_some_and(|site| {
                let (start, end) = (site.span.start as usize, site.span.end as usize);
                file.source.text().get(start..end) == Some("__getattr__")
            });
            if is_hook {
                let help = "let `__getattr__` raise `AttributeError` for names it does not know";
                (Severity::Error, "the module's `__getattr__` answers for `__test__`", help)
            } else {
                (Severity::Info, "the module's `__test__` is false", "take `__test__` out")
            }
        }
        LostKind::ClassTestFalse | LostKind::FunctionTestFalse => {
            (Severity::Info, "its `__test__` is false", "take `__test__` out")
        }
        LostKind::FunctionName => (
            Severity::Warning,
            "`python_functions` does not match its name",
            "let its name begin with `test_`",
        ),
        LostKind::NotAFunction => {
            file.definition_of(name)?;
            (Severity::Error, "a decorator returns something that is no function", "return a function")
        }
        LostKind::ReplacedByDecorator => {
            (Severity::Error, "a decorator returns nothing", "let the decorator return the function")
        }
        LostKind::TestIsFixture => {
            if file.mentions(name) || !file.asserts_in(name) {
                return None;
            }
            (Severity::Warning, "it is a fixture that nothing requests", "take `@pytest.fixture` off")
        }
        LostKind::ImportedTest => {
            let help = "set `collect_imported_tests`, or define it here";
            (Severity::Info, "`collect_imported_tests` is false", help)
        }
        LostKind::NestedFunction => {
            (Severity::Warning, "it stands in another test", "move it out of the function around it")
        }
        LostKind::ClassWithInit
        | LostKind::ClassWithNew
        | LostKind::AbstractClass
        | LostKind::ClassName
        | LostKind::Redefined
        | LostKind::YieldTest
        | LostKind::AsyncTest
        | LostKind::ParametrizedTestCase => return None,
    })
}
