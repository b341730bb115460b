//! Logging commands of Azure Pipelines.

use std::io;

use super::Report;
use crate::diagnostic::Severity;
use crate::diagnostic::fingerprint::portable;

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for (diagnostic, _) in report.by_severity() {
        // NOTE: Azure knows no third kind; a hint is a warning to it.
        let kind = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning | Severity::Info => "warning",
        };
        let start = report.place(&diagnostic.primary).start;
        writeln!(
            out,
            "##vso[task.logissue type={kind};sourcepath={};linenumber={};columnnumber={};code={};]{}",
            property(&portable(&diagnostic.primary.path, &report.paths.workspace)),
            start.line,
            start.column,
            diagnostic.code,
            data(&diagnostic.message),
        )?;
    }
    Ok(())
}

/// The agent undoes `%AZP25` and these escapes in messages.
fn data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// In properties also what ends one.
fn property(text: &str) -> String {
    data(text).replace(']', "%5D").replace(';', "%3B")
}

#[cfg(test)]
mod tests {
    use crate::report::Format;
    use crate::report::samples::rendered;

    #[test]
    fn each_finding_is_a_logging_command() {
        insta::assert_snapshot!(rendered(Format::Azure));
    }
}
