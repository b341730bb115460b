//! reviewdog's diagnostic format. Its columns count UTF-8 bytes.

use std::io;

use serde::Serialize;

use super::Report;
use super::place::Place;
use crate::diagnostic::fingerprint::portable;
use crate::diagnostic::{Edit, Severity};
use crate::text::LineColumn;

#[derive(Serialize)]
struct Document<'a> {
    source: Source,
    severity: &'static str,
    diagnostics: Vec<Record<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Record<'a> {
    message: &'a str,
    location: Location,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

impl From<LineColumn> for Position {
    fn from(LineColumn { line, column }: LineColumn) -> Self {
        Self { line, column }
    }
}

impl From<Place> for Range {
    fn from(Place { start, end }: Place) -> Self {
        Self { start: start.into(), end: end.into() }
    }
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let diagnostics: Vec<_> = report
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let path = &diagnostic.primary.path;
            // NOTE: a suggestion has no path of its own, so a fix of several files cannot be suggested.
            let edits: &[Edit] = match &diagnostic.fix {
                Some(fix) if fix.edits.iter().all(|edit| edit.path == *path) => &fix.edits,
                Some(_) | None => &[],
            };
            Record {
                message: &diagnostic.message,
                location: Location {
                    path: portable(path, &report.paths.workspace),
                    range: report.place_in_bytes(path, diagnostic.primary.span).into(),
                },
                severity: match diagnostic.severity {
                    Severity::Error => "ERROR",
                    Severity::Warning => "WARNING",
                    Severity::Info => "INFO",
                },
                code: Code { value: diagnostic.code.0, url: super::url(diagnostic) },
                suggestions: edits
                    .iter()
                    .map(|edit| Suggestion {
                        range: report.place_in_bytes(&edit.path, edit.span).into(),
                        text: &edit.content,
                    })
                    .collect(),
            }
        })
        .collect();
    let document = Document { source: Source { name: "collectlint" }, severity: "ERROR", diagnostics };
    super::json::write_value(&document, out)
}

#[cfg(test)]
mod tests {
    use crate::report::Format;
    use crate::report::samples::{rendered, rendered_empty};

    #[test]
    fn columns_are_bytes() {
        insta::assert_snapshot!(rendered(Format::Rdjson));
        insta::assert_snapshot!(rendered_empty(Format::Rdjson));
    }
}
