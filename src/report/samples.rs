//! Findings for the tests of all forms: characters outside the basic plane, an error with a trace over
//! two files, a warning whose fix is unsafe, a hint about a file as a whole.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Format, Paths, Report, Style, Texts};
use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Label, RuleCode, Severity};
use crate::fs::FileSystem;
use crate::syntax::Sources;
use crate::text::Span;

const TEST: &str = "\
import sys
import helper

try:
    from playwright.sync_api import Page
except ImportError:
    NAME = \"𝐀𝐁\"; sys.exit(1)


def test_page(page: Page):
    pass
";
const HELPER: &str = "import sys\n\nsys.exit(\n    3\n)\n";
const CONFIG: &str = "[tool.pytest.ini_options]\n";

fn root() -> PathBuf {
    PathBuf::from(if cfg!(windows) { "C:\\project" } else { "/project" })
}

fn label(path: &str, text: &str, needle: &str, says: &str) -> Label {
    let start = text.find(needle).expect("a sample holds what its label points at");
    let end = start + needle.len();
    let number = |offset: usize| u32::try_from(offset).expect("samples are small");
    Label {
        path: Arc::new(root().join(path)),
        span: Span::new(number(start), number(end)),
        text: says.to_owned(),
    }
}

fn findings() -> Vec<Diagnostic> {
    let helper = "tests/helper.py";
    let test = "tests/test_page.py";
    let mut warning = Diagnostic::new(
        RuleCode("CL003"),
        "pytest-exit-at-import",
        Severity::Warning,
        "`sys.exit(3)` may end the session, 100% of it: [a], b; <c> | d",
        label(helper, HELPER, "sys.exit(\n    3\n)", ""),
    );
    warning.related = vec![label(test, TEST, "import helper", "the test imports it here")];
    warning.symbol = "sys.exit".to_owned();
    warning.stops = vec![root().join(test)];
    let call = label(helper, HELPER, "sys.exit(\n    3\n)", "");
    warning.fix = Some(Fix {
        applicability: Applicability::Unsafe,
        message: "remove the call".to_owned(),
        edits: vec![Edit { path: call.path, span: call.span, content: "pass".to_owned() }],
    });

    let mut error = Diagnostic::new(
        RuleCode("CL001"),
        "exit-at-import",
        Severity::Error,
        "`sys.exit(1)` runs when pytest imports this module",
        label(test, TEST, "sys.exit(1)", "the session ends here"),
    );
    error.related = vec![
        label(
            test,
            TEST,
            "from playwright.sync_api import Page",
            "`ModuleNotFoundError` where `playwright` is missing",
        ),
        label(test, TEST, "except ImportError:", "it is caught here"),
    ];
    error.pytest_says = Some("INTERNALERROR> SystemExit: 1".to_owned());
    error.help = Some("skip the module instead of ending the session".to_owned());
    error.symbol = "playwright".to_owned();
    error.cells = vec!["py3.9-windows".to_owned(), "py3.13-linux".to_owned()];
    error.cells_total = 8;
    error.exit_code = Some(3);
    error.stops = vec![root().join("tests/test_a.py"), root().join("tests/test_b.py")];
    let call = label(test, TEST, "sys.exit(1)", "");
    error.fix = Some(Fix {
        applicability: Applicability::Safe,
        message: "replace it with `pytest.skip`".to_owned(),
        edits: vec![
            Edit { path: Arc::clone(&call.path), span: Span::at(0), content: "import pytest\n".to_owned() },
            Edit {
                path: call.path,
                span: call.span,
                content: "pytest.skip(\"no\", allow_module_level=True)".to_owned(),
            },
        ],
    });

    let whole =
        Label { path: Arc::new(root().join("pyproject.toml")), span: Span::at(0), text: String::new() };
    let hint = Diagnostic::new(
        RuleCode("CL702"),
        "no-tests-found",
        Severity::Info,
        "pytest finds no test in `docs`",
        whole,
    );
    vec![hint, warning, error]
}

fn with(findings: &[Diagnostic], colour: bool, say: impl FnOnce(&Report<'_>) -> String) -> String {
    let files = [("tests/test_page.py", TEST), ("tests/helper.py", HELPER), ("pyproject.toml", CONFIG)];
    let overlay = files.map(|(path, text)| (root().join(path), Arc::from(text.as_bytes())));
    let fs = FileSystem::with_overlay(overlay);
    let sources = Sources::new(&fs);
    let texts = Texts::new(&sources);
    let root: &Path = &root();
    let paths =
        Paths { working_directory: root.to_owned(), root: root.to_owned(), workspace: root.to_owned() };
    let style = Style { colour, width: 80, summary: true };
    say(&Report::new(findings, &texts, &paths, style))
}

fn written(report: &Report<'_>, format: Format) -> String {
    let mut out = Vec::new();
    report.write(format, &mut out).expect("a vector can be written to");
    String::from_utf8(out).expect("a report is UTF-8")
}

pub(super) fn with_report(say: impl FnOnce(&Report<'_>) -> String) -> String {
    with(&findings(), false, say)
}

pub(super) fn with_styled_report(colour: bool, say: impl FnOnce(&Report<'_>) -> String) -> String {
    with(&findings(), colour, say)
}

pub(super) fn rendered(format: Format) -> String {
    with(&findings(), false, |report| written(report, format))
}

pub(super) fn rendered_empty(format: Format) -> String {
    with(&[], false, |report| written(report, format))
}
