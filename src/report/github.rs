//! Workflow commands that GitHub Actions shows as annotations.

use std::io;

use super::Report;
use crate::diagnostic::fingerprint::portable;
use crate::diagnostic::{Diagnostic, Severity};

/// How many annotations of one kind GitHub keeps of one step.
const SHOWN_PER_KIND: usize = 10;

/// The worst come first, since only the first few of each kind are shown.
pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let findings = report.by_severity();
    for (diagnostic, _) in &findings {
        writeln!(out, "{}", command(report, diagnostic))?;
    }
    let hidden: usize = [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .map(|kind| findings.iter().filter(|(found, _)| found.severity == kind).count())
        .map(|number| number.saturating_sub(SHOWN_PER_KIND))
        .sum();
    if hidden > 0 {
        writeln!(out, "{hidden} more not shown as annotations: GitHub keeps {SHOWN_PER_KIND} of each kind")?;
    }
    Ok(())
}

fn command(report: &Report<'_>, diagnostic: &Diagnostic) -> String {
    let kind = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let path = portable(&diagnostic.primary.path, &report.paths.workspace);
    let place = report.place(&diagnostic.primary);
    // NOTE: GitHub places an annotation with columns wrongly unless it is on one line.
    let columns = if place.start.line == place.end.line {
        format!(",col={},endColumn={}", place.start.column, place.end.column)
    } else {
        String::new()
    };
    let help = diagnostic.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    format!(
        "::{kind} title={},file={},line={},endLine={}{columns}::{}",
        property(&format!("collectlint {} {}", diagnostic.code, diagnostic.name)),
        property(&path),
        place.start.line,
        place.end.line,
        data(&format!(
            "{path}:{}:{}: {} {}{help}",
            place.start.line, place.start.column, diagnostic.code, diagnostic.message
        )),
    )
}

/// As `escapeData` of GitHub's toolkit.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As `escapeProperty` of GitHub's toolkit.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Format;
    use crate::report::samples::rendered;

    #[test]
    fn each_finding_is_a_workflow_command_and_the_worst_is_first() {
        insta::assert_snapshot!(rendered(Format::Github));
    }

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(data("100%\r\na::b, c"), "100%25%0D%0Aa::b, c");
        assert_eq!(property("100%: a,b"), "100%25%3A a%2Cb");
    }
}
