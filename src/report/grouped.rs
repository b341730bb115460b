//! The findings of each file under its name.

use std::io;

use super::paint::Paint;
use super::{Report, summary};
use crate::diagnostic::Diagnostic;

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let paint = Paint::new(report.style.colour);
    for group in report.diagnostics.chunk_by(|one, next| one.primary.path == next.primary.path) {
        let Some(first) = group.first() else { continue };
        writeln!(out, "{}:", paint.bold(&report.shown(&first.primary.path)))?;
        let places: Vec<String> = group.iter().map(|found| place(report, found)).collect();
        let width = places.iter().map(String::len).max().unwrap_or_default();
        for (diagnostic, place) in group.iter().zip(places) {
            let fixable = if report.is_fixable(diagnostic) { "[*] " } else { "" };
            writeln!(
                out,
                "  {place:<width$}  {} {}{}",
                paint.severity(diagnostic.severity, diagnostic.code.0),
                paint.cyan(fixable),
                super::one_line(&diagnostic.message),
            )?;
        }
        writeln!(out)?;
    }
    summary::write(report, out)
}

fn place(report: &Report<'_>, diagnostic: &Diagnostic) -> String {
    let start = report.place(&diagnostic.primary).start;
    format!("{}:{}", start.line, start.column)
}
