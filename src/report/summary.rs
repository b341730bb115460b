//! The lines below the findings: how many there are, and what `--fix` would do about them.

use std::io;

use super::Report;
use crate::diagnostic::{Applicability, Severity};

/// Says how many findings there are and how many of them can be repaired; nothing if it is not wanted.
pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    if !report.style.summary {
        return Ok(());
    }
    if report.diagnostics.is_empty() && report.fixed == 0 {
        return match report.modules {
            0 => writeln!(out, "All checks passed!"),
            modules => {
                writeln!(out, "All checks passed: pytest collects {}.", counted(modules, "test module"))
            }
        };
    }
    let found = found(report);
    if report.fixed > 0 {
        let total = report.diagnostics.len() + report.fixed;
        let remaining = if report.diagnostics.is_empty() { "none".to_owned() } else { found };
        writeln!(out, "Found {}: {} fixed, {remaining} remaining.", counted(total, "problem"), report.fixed)?;
    } else {
        writeln!(out, "Found {found}.")?;
    }
    match fixes(report) {
        Some(line) => writeln!(out, "{line}"),
        None => Ok(()),
    }
}

/// "2 errors and 1 warning".
fn found(report: &Report<'_>) -> String {
    let parts: Vec<_> =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "hint")]
            .into_iter()
            .map(|(severity, noun)| {
                let number = report.diagnostics.iter().filter(|found| found.severity == severity).count();
                (number, noun)
            })
            .filter(|(number, _)| *number > 0)
            .map(|(number, noun)| counted(number, noun))
            .collect();
    match parts.as_slice() {
        [] => "no problems".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn fixes(report: &Report<'_>) -> Option<String> {
    let fixes = || report.diagnostics.iter().filter_map(|found| found.fix.as_ref());
    let now = fixes().filter(|fix| fix.applicability >= report.wanted).count();
    let hidden = fixes()
        .filter(|fix| fix.applicability < report.wanted && fix.applicability == Applicability::Unsafe)
        .count();
    let hidden_fixes = || {
        let noun = if hidden == 1 { "fix" } else { "fixes" };
        format!("{hidden} hidden {noun} can be enabled with the `--unsafe-fixes` option")
    };
    match (now, hidden) {
        (0, 0) => None,
        (0, _) => Some(format!("No safe fixes available ({}).", hidden_fixes())),
        (_, 0) => Some(format!("[*] {now} fixable with the `--fix` option.")),
        (_, _) => Some(format!("[*] {now} fixable with the `--fix` option ({}).", hidden_fixes())),
    }
}

/// "1 error", "2 errors".
pub(super) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
