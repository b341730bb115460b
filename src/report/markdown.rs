//! A table for job summaries and comments.

use std::io;

use super::Report;
use super::summary::counted;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::fingerprint::portable;

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "## collectlint\n")?;
    if report.diagnostics.is_empty() {
        return writeln!(out, "No problems found.");
    }
    writeln!(out, "{}\n", counted(report.diagnostics.len(), "problem"))?;
    writeln!(out, "| | rule | where | what | environments | stops |")?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- |")?;
    for (diagnostic, _) in report.by_severity() {
        let start = report.place(&diagnostic.primary).start;
        let path = portable(&diagnostic.primary.path, &report.paths.root);
        writeln!(
            out,
            "| {} | {} {} | {} | {} | {} | {} |",
            diagnostic.severity.name(),
            diagnostic.code,
            diagnostic.name,
            cell(&format!("`{path}:{}`", start.line)),
            cell(&diagnostic.message),
            cell(&environments(diagnostic)),
            match diagnostic.stops.len() {
                0 => String::new(),
                number => counted(number, "module"),
            },
        )?;
    }
    Ok(())
}

fn environments(diagnostic: &Diagnostic) -> String {
    if diagnostic.cells.is_empty() { "all".to_owned() } else { diagnostic.cells.join(", ") }
}

/// Text that stays within its cell and is not taken for HTML.
fn cell(text: &str) -> String {
    super::one_line(text).replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use crate::report::Format;
    use crate::report::samples::{rendered, rendered_empty};

    #[test]
    fn findings_are_rows_of_a_table() {
        insta::assert_snapshot!(rendered(Format::Markdown));
        insta::assert_snapshot!(rendered_empty(Format::Markdown));
    }
}
