//! Findings as people read them: the line at fault, how Python got there, what pytest will print, and how
//! to repair it. The only user of miette.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};

use super::paint::Paint;
use super::summary::counted;
use super::{Report, summary};
use crate::diagnostic::{Applicability, Diagnostic, Label, Severity};
use crate::text::Span;

/// Longer lines (data, minified text) are not drawn.
const LONGEST_LINE: u32 = 500;

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let theme =
        if report.style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(report.style.width)
        .with_links(false)
        .with_context_lines(1);
    for diagnostic in report.diagnostics {
        for (index, part) in Part::all(report, diagnostic).into_iter().enumerate() {
            let mut drawn = String::new();
            handler.render_report(&mut drawn, &part).map_err(io::Error::other)?;
            let drawn = if index == 0 { drawn.trim() } else { drawn.trim_end() };
            // Lines end where their text ends, so that output can be compared and pasted.
            for line in drawn.lines() {
                writeln!(out, "{}", line.trim_end())?;
            }
        }
        write_notes(report, diagnostic, out)?;
        writeln!(out)?;
    }
    summary::write(report, out)
}

/// What stands below the drawing, one subject per line.
fn write_notes(report: &Report<'_>, diagnostic: &Diagnostic, out: &mut dyn io::Write) -> io::Result<()> {
    let paint = Paint::new(report.style.colour);
    let mut note = |subject: &str, text: &str| -> io::Result<()> {
        let mut lines = text.lines();
        writeln!(out, "  {}: {}", paint.cyan(subject), lines.next().unwrap_or_default())?;
        let indent = subject.len() + 4;
        lines.try_for_each(|line| writeln!(out, "{:indent$}{line}", ""))
    };
    let at = Source::new(report, &diagnostic.primary.path);
    if !at.is_some_and(|source| source.can_draw(diagnostic.primary.span)) {
        note("at", &report.shown_place(&diagnostic.primary))?;
    }
    if let Some(words) = &diagnostic.pytest_says {
        note("pytest", words)?;
    }
    if let Some(consequences) = consequences(report, diagnostic) {
        note("so", &consequences)?;
    }
    if !diagnostic.cells.is_empty() {
        let names = diagnostic.cells.join(", ");
        note("where", &format!("in {} of {}: {names}", diagnostic.cells.len(), environments(diagnostic)))?;
    }
    if let Some(help) = &diagnostic.help {
        note("help", help)?;
    }
    if let Some(fix) = &diagnostic.fix {
        let how = match fix.applicability {
            Applicability::Safe => "apply with `--fix`",
            Applicability::Unsafe => "apply with `--fix --unsafe-fixes`; it may change what the tests mean",
            Applicability::Display => "to be done by hand",
        };
        note("fix", &format!("{} ({how})", fix.message))?;
    }
    Ok(())
}

fn environments(diagnostic: &Diagnostic) -> String {
    let what = if diagnostic.cells_are_of_matrix { "cell" } else { "environment" };
    counted(diagnostic.cells_total.max(diagnostic.cells.len()), what)
}

/// `stops 2 test modules (tests/test_a.py, tests/test_b.py); pytest exits with 2`.
fn consequences(report: &Report<'_>, diagnostic: &Diagnostic) -> Option<String> {
    /// More names than these are not read.
    const NAMED: usize = 3;
    let stops = match diagnostic.stops.as_slice() {
        [] => None,
        stops => {
            let names: Vec<_> = stops.iter().take(NAMED).map(|path| report.shown(path)).collect();
            let more = if stops.len() > NAMED { ", …" } else { "" };
            Some(format!("stops {} ({}{more})", counted(stops.len(), "test module"), names.join(", ")))
        }
    };
    let exits = diagnostic.exit_code.map(|code| format!("pytest exits with {code}"));
    match (stops, exits) {
        (Some(stops), Some(exits)) => Some(format!("{stops}; {exits}")),
        (one, other) => one.or(other),
    }
}

/// A drawing of one file's labels.
struct Part<'a> {
    title: String,
    /// The code's line, only on the first part.
    code: Option<String>,
    severity: miette::Severity,
    source: Option<Source<'a>>,
    labels: Vec<(Span, String, Role)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Primary,
    Related,
}

impl<'a> Part<'a> {
    /// The finding in its own file, then the other files in the order in which the import meets them.
    fn all(report: &'a Report<'a>, diagnostic: &Diagnostic) -> Vec<Self> {
        let mut here = Vec::new();
        let mut elsewhere: Vec<(&Path, Vec<&Label>)> = Vec::new();
        let mut index: BTreeMap<&Path, usize> = BTreeMap::new();
        for label in &diagnostic.related {
            if label.path == diagnostic.primary.path {
                here.push((label.span, label.text.clone(), Role::Related));
                continue;
            }
            let at = *index.entry(&label.path).or_insert_with(|| {
                elsewhere.push((&label.path, Vec::new()));
                elsewhere.len() - 1
            });
            elsewhere[at].1.push(label);
        }
        let primary = (diagnostic.primary.span, diagnostic.primary.text.clone(), Role::Primary);
        here.insert(0, primary);
        let source = Source::new(report, &diagnostic.primary.path);
        let first = Self {
            title: diagnostic.message.clone(),
            code: Some(format!("{} {}", diagnostic.code, diagnostic.name)),
            severity: match diagnostic.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
                Severity::Info => miette::Severity::Advice,
            },
            labels: source.as_ref().map(|source| source.drawable(here)).unwrap_or_default(),
            source,
        };
        let steps = elsewhere.into_iter().map(|(path, labels)| Self::step(report, path, &labels));
        std::iter::once(first).chain(steps).collect()
    }

    /// What happens in another file on the way to the finding.
    fn step(report: &'a Report<'a>, path: &Path, labels: &[&Label]) -> Self {
        let source = Source::new(report, path);
        let spans = labels.iter().map(|label| (label.span, label.text.clone(), Role::Related)).collect();
        Self {
            title: format!("reached from {}", report.shown(path)),
            code: None,
            severity: miette::Severity::Advice,
            labels: source.as_ref().map(|source| source.drawable(spans)).unwrap_or_default(),
            source,
        }
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

impl std::error::Error for Part<'_> {}

impl miette::Diagnostic for Part<'_> {
    fn code<'s>(&'s self) -> Option<Box<dyn fmt::Display + 's>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().map(|(span, text, role)| {
            let text = (!text.is_empty()).then(|| text.clone());
            let span = SourceSpan::from(span.range());
            match role {
                Role::Primary => LabeledSpan::new_primary_with_span(text, span),
                Role::Related => LabeledSpan::new_with_span(text, span),
            }
        })))
    }
}

/// A text with the name that people know it by.
struct Source<'a> {
    name: String,
    file: &'a crate::text::SourceFile,
}

impl<'a> Source<'a> {
    fn new(report: &'a Report<'a>, path: &Path) -> Option<Self> {
        let file = report.texts.get(path)?;
        Some(Self { name: report.shown(path), file })
    }

    /// Whether a label can be drawn here: a place within the text (not the file as a whole), on a line that
    /// is not too long.
    fn can_draw(&self, span: Span) -> bool {
        let end = u32::try_from(self.file.text().len()).unwrap_or(u32::MAX);
        let line = self.file.line_span(self.file.line(span.start));
        span != Span::at(0) && span.start < end && line.end.saturating_sub(line.start) <= LONGEST_LINE
    }

    /// Those of the labels that can be drawn; a span of several lines is underlined on its first.
    fn drawable(&self, labels: Vec<(Span, String, Role)>) -> Vec<(Span, String, Role)> {
        labels
            .into_iter()
            .filter(|(span, _, _)| self.can_draw(*span))
            .map(|(span, text, role)| {
                let line = self.file.line_span(self.file.line(span.start));
                let end = span.end.clamp(span.start, line.end.max(span.start));
                (Span::new(span.start, end), text, role)
            })
            .collect()
    }
}

impl SourceCode for Source<'_> {
    fn read_span<'s>(
        &'s self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'s> + 's>, MietteError> {
        let inner = self.file.text().as_ref().read_span(span, before, after)?;
        // NOTE: miette counts bytes where it shows a place, for which it asks without context.
        let column = match (before, after, u32::try_from(span.offset())) {
            (0, 0, Ok(offset)) => self.file.line_column(offset).column.saturating_sub(1) as usize,
            (_, _, _) => inner.column(),
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line(),
            column,
            inner.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Format;
    use crate::report::samples::{rendered, rendered_empty, with_styled_report};

    #[test]
    fn a_finding_is_drawn_with_its_trace_and_its_remedy() {
        insta::assert_snapshot!(rendered(Format::Full));
    }

    #[test]
    fn without_findings_one_line_says_so() {
        assert_eq!(rendered_empty(Format::Full), "All checks passed!\n");
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let coloured = with_styled_report(true, |report| {
            let mut out = Vec::new();
            report.write(Format::Full, &mut out).expect("a vector can be written to");
            String::from_utf8(out).expect("a report is UTF-8")
        });
        assert_ne!(coloured, rendered(Format::Full));
        let plain = anstream::adapter::strip_str(&coloured).to_string();
        assert_eq!(plain, rendered(Format::Full));
    }
}
