//! JUnit's XML: a suite per file, a failed case per finding.

use std::io;

use super::Report;
use crate::diagnostic::Diagnostic;

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    if report.diagnostics.is_empty() {
        writeln!(out, r#"<testsuites name="collectlint" tests="1" failures="0" errors="0">"#)?;
        writeln!(out, r#"  <testsuite name="collectlint" tests="1" disabled="0" errors="0" failures="0">"#)?;
        writeln!(out, r#"    <testcase name="No errors found"/>"#)?;
        writeln!(out, "  </testsuite>")?;
        return writeln!(out, "</testsuites>");
    }
    let total = report.diagnostics.len();
    writeln!(out, r#"<testsuites name="collectlint" tests="{total}" failures="{total}" errors="0">"#)?;
    for group in report.diagnostics.chunk_by(|one, next| one.primary.path == next.primary.path) {
        let Some(first) = group.first() else { continue };
        let path = escaped(&report.shown(&first.primary.path));
        let number = group.len();
        writeln!(
            out,
            r#"  <testsuite name="{path}" tests="{number}" disabled="0" errors="0" failures="{number}" package="collectlint">"#,
        )?;
        for diagnostic in group {
            write_case(report, diagnostic, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn write_case(report: &Report<'_>, diagnostic: &Diagnostic, out: &mut dyn io::Write) -> io::Result<()> {
    let path = report.shown(&diagnostic.primary.path);
    let start = report.place(&diagnostic.primary).start;
    let class = path.strip_suffix(".py").unwrap_or(&path);
    writeln!(
        out,
        r#"    <testcase name="collectlint.{}" classname="{}" line="{}" column="{}">"#,
        diagnostic.code,
        escaped(class),
        start.line,
        start.column,
    )?;
    writeln!(out, "      <properties>")?;
    writeln!(out, r#"        <property name="severity" value="{}"/>"#, diagnostic.severity.name())?;
    writeln!(out, "      </properties>")?;
    writeln!(
        out,
        r#"      <failure message="{}">{}</failure>"#,
        escaped(&diagnostic.message),
        escaped(&format!(
            "line {}, column {}, {} {}",
            start.line, start.column, diagnostic.name, diagnostic.message
        )),
    )?;
    writeln!(out, "    </testcase>")
}

/// Text for an element or an attribute. What XML cannot hold at all becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' => safe.push_str("&#10;"),
            '\r' => safe.push_str("&#13;"),
            '\t' => safe.push_str("&#9;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Format;
    use crate::report::samples::{rendered, rendered_empty};

    #[test]
    fn each_finding_is_a_failed_case_of_its_file() {
        insta::assert_snapshot!(rendered(Format::Junit));
    }

    #[test]
    fn without_findings_one_case_passes() {
        insta::assert_snapshot!(rendered_empty(Format::Junit));
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(escaped("a<b>&\"\u{1b}\n"), "a&lt;b&gt;&amp;&quot;\u{fffd}&#10;");
    }
}
