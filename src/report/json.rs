//! Records with ruff's keys and their meaning, and more of our own. Adding a key is no breaking change;
//! renaming or removing one is, and would make a `json-v2`.

use std::io;

use serde::Serialize;

use super::Report;
use super::place::Position;
use crate::diagnostic::fingerprint::{Fingerprint, portable};
use crate::diagnostic::{Diagnostic, Fix};

/// One finding; the keys are in alphabetical order, as ruff's.
#[derive(Serialize)]
struct Record<'a> {
    /// ruff's: the cell of a notebook. pytest collects none.
    cell: Option<u32>,
    /// The environments it strikes in; empty means all.
    cells: &'a [String],
    cells_total: usize,
    chain: Vec<Step<'a>>,
    code: &'a str,
    end_location: Position,
    /// Absolute.
    filename: String,
    fingerprint: String,
    fix: Option<FixRecord<'a>>,
    help: Option<&'a str>,
    location: Position,
    message: &'a str,
    name: &'a str,
    /// The row where a suppression comment works.
    noqa_row: u32,
    /// Below the root of the repository, with `/`.
    path: String,
    /// The exit code of a plain `pytest`.
    predicted_exit: Option<u8>,
    pytest_says: Option<&'a str>,
    severity: &'static str,
    stops: Vec<String>,
    symbol: &'a str,
    url: Option<String>,
}

/// A step on the way from pytest to the finding, outermost first.
#[derive(Serialize)]
struct Step<'a> {
    column: u32,
    path: String,
    row: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct FixRecord<'a> {
    applicability: &'static str,
    edits: Vec<EditRecord<'a>>,
    message: &'a str,
}

#[derive(Serialize)]
struct EditRecord<'a> {
    content: &'a str,
    end_location: Position,
    location: Position,
    path: String,
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let records: Vec<_> = report.findings().map(|(found, print)| record(report, found, print)).collect();
    write_value(&records, out)
}

/// One record per line; nothing at all where there are none.
pub(super) fn write_lines(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for (diagnostic, fingerprint) in report.findings() {
        serde_json::to_writer(&mut *out, &record(report, diagnostic, fingerprint))?;
        writeln!(out)?;
    }
    Ok(())
}

/// A whole document, indented, with a newline at its end.
pub(super) fn write_value(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

fn record<'a>(report: &Report<'_>, diagnostic: &'a Diagnostic, fingerprint: Fingerprint) -> Record<'a> {
    let place = report.place(&diagnostic.primary);
    Record {
        cell: None,
        cells: &diagnostic.cells,
        cells_total: diagnostic.cells_total,
        chain: diagnostic
            .related
            .iter()
            .map(|label| {
                let start = report.place(label).start;
                Step {
                    column: start.column,
                    path: portable(&label.path, &report.paths.root),
                    row: start.line,
                    text: &label.text,
                }
            })
            .collect(),
        code: diagnostic.code.0,
        end_location: place.end.into(),
        filename: diagnostic.primary.path.display().to_string(),
        fingerprint: fingerprint.to_string(),
        fix: diagnostic.fix.as_ref().map(|fix| fix_record(report, fix)),
        help: diagnostic.help.as_deref(),
        location: place.start.into(),
        message: &diagnostic.message,
        name: diagnostic.name,
        noqa_row: place.start.line,
        path: portable(&diagnostic.primary.path, &report.paths.root),
        predicted_exit: diagnostic.exit_code,
        pytest_says: diagnostic.pytest_says.as_deref(),
        severity: diagnostic.severity.name(),
        stops: diagnostic.stops.iter().map(|path| portable(path, &report.paths.root)).collect(),
        symbol: &diagnostic.symbol,
        url: super::url(diagnostic),
    }
}

fn fix_record<'a>(report: &Report<'_>, fix: &'a Fix) -> FixRecord<'a> {
    FixRecord {
        applicability: fix.applicability.name(),
        edits: fix
            .edits
            .iter()
            .map(|edit| {
                let place = report.place_in(&edit.path, edit.span);
                EditRecord {
                    content: &edit.content,
                    end_location: place.end.into(),
                    location: place.start.into(),
                    path: portable(&edit.path, &report.paths.root),
                }
            })
            .collect(),
        message: &fix.message,
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Format;
    use crate::report::samples::{rendered, rendered_empty};

    #[test]
    fn records_have_ruffs_keys_and_ours() {
        insta::assert_snapshot!(rendered(Format::Json));
    }

    #[test]
    fn without_findings_there_is_an_empty_array_and_no_line() {
        assert_eq!(rendered_empty(Format::Json), "[]\n");
        assert_eq!(rendered_empty(Format::JsonLines), "");
    }

    #[test]
    fn a_line_is_a_record_of_the_array() {
        let lines: Vec<serde_json::Value> = rendered(Format::JsonLines)
            .lines()
            .map(|line| serde_json::from_str(line).expect("a line is a JSON document"))
            .collect();
        let array: Vec<serde_json::Value> =
            serde_json::from_str(&rendered(Format::Json)).expect("the report is a JSON document");
        assert_eq!(lines, array);
    }
}
