//! `path:line: [CODE] message`, as pylint's parseable output that many tools read.

use std::io;

use super::Report;

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for diagnostic in report.diagnostics {
        writeln!(
            out,
            "{}:{}: [{}] {}",
            report.shown(&diagnostic.primary.path),
            report.place(&diagnostic.primary).start.line,
            diagnostic.code,
            super::one_line(&diagnostic.message),
        )?;
    }
    Ok(())
}
