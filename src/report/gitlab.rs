//! GitLab's Code Quality report.

use std::io;

use serde::Serialize;

use super::Report;
use super::place::Place;
use crate::diagnostic::Severity;
use crate::diagnostic::fingerprint::portable;
use crate::text::LineColumn;

#[derive(Serialize)]
struct Issue<'a> {
    check_name: &'a str,
    /// Repeats the code: GitLab does not show `check_name`.
    description: String,
    fingerprint: String,
    location: Location,
    severity: &'static str,
}

#[derive(Serialize)]
struct Location {
    path: String,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

impl From<LineColumn> for Position {
    fn from(LineColumn { line, column }: LineColumn) -> Self {
        Self { line, column }
    }
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let issues: Vec<_> = report
        .findings()
        .map(|(diagnostic, fingerprint)| {
            let Place { start, end } = report.place(&diagnostic.primary);
            Issue {
                check_name: diagnostic.code.0,
                description: format!("{}: {}", diagnostic.code, diagnostic.message),
                fingerprint: fingerprint.to_string(),
                location: Location {
                    path: portable(&diagnostic.primary.path, &report.paths.workspace),
                    positions: Positions { begin: start.into(), end: end.into() },
                },
                severity: match diagnostic.severity {
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                    Severity::Info => "info",
                },
            }
        })
        .collect();
    super::json::write_value(&issues, out)
}

#[cfg(test)]
mod tests {
    use crate::report::Format;
    use crate::report::samples::{rendered, rendered_empty};

    #[test]
    fn each_finding_is_an_issue_with_a_stable_fingerprint() {
        insta::assert_snapshot!(rendered(Format::Gitlab));
        assert_eq!(rendered_empty(Format::Gitlab), "[]\n");
    }
}
