//! How often each rule fired.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::{Format, Report};
use crate::diagnostic::RuleCode;

/// One rule's count, with the keys of ruff's `--statistics`.
#[derive(Serialize)]
struct Tally {
    code: &'static str,
    name: &'static str,
    count: usize,
    /// Whether all of them are fixable.
    fixable: bool,
    fixable_count: usize,
}

/// Writes the counts, the most frequent rule first: an array for `json`, one object per line for
/// `json-lines`, a table otherwise.
pub fn statistics(report: &Report<'_>, format: Format, out: &mut dyn io::Write) -> io::Result<()> {
    let counts = counts(report);
    match format {
        Format::Json => super::json::write_value(&counts, out),
        Format::JsonLines => counts.iter().try_for_each(|count| {
            serde_json::to_writer(&mut *out, count)?;
            writeln!(out)
        }),
        Format::Full
        | Format::Concise
        | Format::Grouped
        | Format::Junit
        | Format::Github
        | Format::Gitlab
        | Format::Pylint
        | Format::Rdjson
        | Format::Azure
        | Format::Sarif
        | Format::Markdown => write_table(report, &counts, out),
    }
}

fn write_table(report: &Report<'_>, counts: &[Tally], out: &mut dyn io::Write) -> io::Result<()> {
    let width = counts.iter().map(|count| count.count.to_string().len()).max().unwrap_or_default();
    let any_fixable = counts.iter().any(|count| count.fixable_count > 0);
    for Tally { code, name, count, fixable, fixable_count } in counts {
        let mark = match (any_fixable, fixable, fixable_count) {
            (false, _, _) => "",
            (true, true, _) => "[*]\t",
            (true, false, 0) => "[ ]\t",
            (true, false, _) => "[-]\t",
        };
        writeln!(out, "{count:>width$}\t{code}\t{mark}{name}")?;
    }
    super::summary::write(report, out)
}

fn counts(report: &Report<'_>) -> Vec<Tally> {
    let mut by_rule: BTreeMap<RuleCode, Tally> = BTreeMap::new();
    for diagnostic in report.diagnostics {
        let count = by_rule.entry(diagnostic.code).or_insert(Tally {
            code: diagnostic.code.0,
            name: diagnostic.name,
            count: 0,
            fixable: false,
            fixable_count: 0,
        });
        count.count += 1;
        count.fixable_count += usize::from(report.is_fixable(diagnostic));
        count.fixable = count.fixable_count == count.count;
    }
    let mut counts: Vec<_> = by_rule.into_values().collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.count));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::with_report;

    fn rendered(format: Format) -> String {
        with_report(|report| {
            let mut out = Vec::new();
            statistics(report, format, &mut out).expect("a vector can be written to");
            String::from_utf8(out).expect("statistics are UTF-8")
        })
    }

    #[test]
    fn rules_are_counted() {
        insta::assert_snapshot!(rendered(Format::Full));
        insta::assert_snapshot!(rendered(Format::Json));
    }
}
