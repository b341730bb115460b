//! Tests that pytest never collects, because of their names, their files, or what became of them.

use std::path::PathBuf;
use std::sync::Arc;

use super::losses::{self, Loss};
use super::unseen;
use crate::diagnostic::{Diagnostic, Label, RuleCode, Severity};
use crate::outcome::{LostKind, Outcome};
use crate::syntax::WrittenTest;
use crate::text::Span;

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
    let losses = losses::all(evidence);
    for loss in &losses {
        let Some((severity, why, help)) = judge(evidence, loss) else { continue };
        let message = format!("`{}` is never collected: {why}", loss.lost.name);
        found.extend(loss.finding(evidence, &RULE, severity, message, help));
    }
    for (path, test) in unseen::tests(evidence, &losses) {
        let (severity, why, help) = judge_unseen(evidence, &test);
        let message = format!("`{}` is never collected: {why}", test.name);
        found.push(finding(path, test.span, severity, message, help, test.name));
    }
    for (path, first, count) in unseen::files(evidence) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let tests = if count == 1 { "1 test".to_owned() } else { format!("{count} tests") };
        let message =
            format!("`{name}` holds {tests} and is never collected: `python_files` does not match its name");
        let help = "let its name begin with `test_`, or add it to `python_files`";
        let severity = if is_named_for_tests(&name) { Severity::Warning } else { Severity::Info };
        found.push(finding(path, first.span, severity, message, help, name));
    }
    for (path, first) in unseen::ignored(evidence) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let message = format!("`{name}` is never collected: a conftest or an option ignores it");
        let help = "take it out of `collect_ignore` if its tests are to run";
        found.push(finding(path, first.span, Severity::Info, message, help, name));
    }
    note_near(evidence, found);
}

/// Whether a file's name says that it holds tests: `foo_tests.py`, `testfoo.py`, `tests.py`.
fn is_named_for_tests(name: &str) -> bool {
    let stem = name.strip_suffix(".py").unwrap_or(name).to_lowercase();
    stem == "__init__" || stem.starts_with("test") || stem.ends_with("test") || stem.ends_with("tests")
}

fn finding(
    path: PathBuf,
    span: Span,
    severity: Severity,
    message: String,
    help: &str,
    symbol: String,
) -> Diagnostic {
    let primary = Label { path: Arc::new(path), span, text: String::new() };
    let mut finding = Diagnostic::new(RULE.code, RULE.name, severity, message, primary);
    finding.help = Some(help.to_owned());
    finding.symbol = symbol;
    finding
}

fn judge_unseen(evidence: &Evidence<'_>, test: &WrittenTest) -> (Severity, &'static str, &'static str) {
    let own = test.name.rsplit("::").next().unwrap_or_default();
    let settings = evidence.runs.first().map(|run| &run.prediction.settings);
    let is_matched = settings.is_none_or(|settings| {
        settings
            .python_functions
            .iter()
            .any(|prefix| own.starts_with(prefix.as_str()) || prefix.contains('*'))
    });
    if test.in_test_case {
        (Severity::Warning, "the plugin `unittest` is switched off", "take `-p no:unittest` out")
    } else if !is_matched {
        (Severity::Warning, "`python_functions` does not match its name", "add `test` to `python_functions`")
    } else if hooks_choose(evidence) {
        (Severity::Info, "a hook of a conftest chooses what is collected", "see what the hook leaves out")
    } else if test.in_branch {
        (Severity::Info, "no environment that is known comes to it", "mark it with `skipif` instead")
    } else {
        (Severity::Warning, "its name is bound to something else, or to nothing", "leave its name alone")
    }
}

/// Whether a conftest decides which functions are tests.
fn hooks_choose(evidence: &Evidence<'_>) -> bool {
    let hooks = ["pytest_pycollect_makeitem", "pytest_collection_modifyitems", "pytest_make_collect_report"];
    let conftests = evidence.runs.iter().flat_map(|run| &run.prediction.conftests);
    conftests.into_iter().any(|conftest| {
        let file = evidence.sources.get(&conftest.path).ok();
        file.is_some_and(|file| hooks.iter().any(|hook| file.definition_of(hook).is_some()))
    })
}

/// Names that nearly are those of tests, and what only `unittest` itself would run.
fn note_near(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    let Some(first) = evidence.runs.first() else { return };
    let modules = first.prediction.modules.iter().filter(|module| module.outcome == Outcome::Collected);
    for module in modules {
        let Ok(file) = evidence.sources.get(&module.path) else { continue };
        let collected = evidence.tests_of(&module.path);
        for (name, span) in file.nearly_tests() {
            if collected.iter().any(|test| test == name) {
                continue;
            }
            let message = format!("`{name}` is never collected: `python_functions` does not match its name");
            let help = "let its name begin with `test_` if it is a test";
            found.push(finding(module.path.clone(), span, Severity::Info, message, help, name.to_owned()));
        }
        for (name, span) in file.protocols_of_unittest() {
            let message = format!("`{name}` means nothing to pytest: what it adds is never collected");
            let help = "write its tests as methods or functions whose names begin with `test_`";
            found.push(finding(module.path.clone(), span, Severity::Info, message, help, name.to_owned()));
        }
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
        LostKind::NestedInHelper => {
            let why = "it stands in a function that nothing calls";
            (Severity::Info, why, "move it out of the function around it")
        }
        LostKind::ClassWithInit
        | LostKind::ClassWithNew
        | LostKind::AbstractClass
        | LostKind::ClassName
        | LostKind::Redefined
        | LostKind::YieldTest
        | LostKind::AsyncTest
        | LostKind::EmptyIterator
        | LostKind::ParametrizedTestCase => return None,
    })
}
