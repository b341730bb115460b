//! `path:line:column: CODE [*] message`, one line per finding.

use std::io;

use super::{Report, summary};

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let paint = super::paint::Paint::new(report.style.colour);
    for diagnostic in report.diagnostics {
        let fixable = if report.is_fixable(diagnostic) { "[*] " } else { "" };
        writeln!(
            out,
            "{}: {} {}{}",
            paint.bold(&report.shown_place(&diagnostic.primary)),
            paint.severity(diagnostic.severity, diagnostic.code.0),
            paint.cyan(fixable),
            super::one_line(&diagnostic.message),
        )?;
    }
    summary::write(report, out)
}
