//! `--fix`, `--fix-only`, `--diff`: repairs, written or shown.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use super::Status;
use super::args::{CheckArgs, FixArgs};
use super::check::{Repairs, Stdin, report, shown, status, wanted};
use super::context::{Context, Verbosity};
use crate::check::{self, Checked, Request};
use crate::diagnostic::{Applicability, Fix};
use crate::fix::{self, Applied, Change, Repaired};
use crate::fs::FileSystem;
use crate::syntax::{ParsedFile, Sources};

pub(super) fn is_wanted(args: &CheckArgs) -> bool {
    let FixArgs { fix, fix_only, diff, .. } = args.fixes;
    fix || fix_only || diff || args.selection.add_ignore.is_some()
}

pub(super) fn run(
    args: &CheckArgs,
    context: &Context,
    fs: &FileSystem,
    request: &Request,
    found: Checked,
    stdin: Option<&Stdin>,
) -> anyhow::Result<Status> {
    let reason = args.selection.add_ignore.as_deref();
    let instead = |fs: &FileSystem, found: Checked| match reason {
        Some(reason) => silenced(&Sources::new(fs), found, reason),
        None => found,
    };
    let mut again = |fs: &FileSystem| Ok(instead(fs, check::run(&Sources::new(fs), request)?));
    let repaired = fix::repair(fs, instead(fs, found), wanted(args), &mut again)
        .map_err(|error: check::CheckError| error)?;
    for (path, refusal) in &repaired.refused {
        context.warn(&format!("{} is not repaired: {refusal}", shown(path, context)));
    }
    if args.fixes.diff {
        return show_diff(context, &repaired);
    }
    match stdin {
        Some(stdin) => write_stdout(context, stdin, &repaired)?,
        None => write_files(context, &repaired)?,
    }
    // The text goes to standard output where it came from standard input, so the findings cannot.
    let mut out: Box<dyn Write> =
        if stdin.is_some() { Box::new(io::stderr()) } else { Box::new(context.stdout()) };
    if args.fixes.show_fixes && context.verbosity > Verbosity::Silent {
        show_applied(context, &repaired.applied, &mut out)?;
    }
    if args.fixes.fix_only {
        if context.verbosity >= Verbosity::Normal {
            let number = repaired.applied.len();
            writeln!(out, "Fixed {number} problem{}.", if number == 1 { "" } else { "s" })?;
        }
        out.flush()?;
        return Ok(Status::Clean);
    }
    let after = repaired.over(fs);
    let sources = Sources::new(&after);
    let repairs = Repairs { fixed: repaired.applied.len() };
    report(args, context, &sources, &repaired.rest, repairs, &mut out)?;
    out.flush()?;
    Ok(status(args, request, &repaired.rest))
}

/// The findings, each with a comment that silences it in place of its fix.
fn silenced(sources: &Sources<'_>, mut found: Checked, reason: &str) -> Checked {
    let reason = (!reason.trim().is_empty()).then(|| reason.trim());
    for finding in &mut found.diagnostics {
        let file = sources.get(&finding.primary.path).ok();
        let edits = file
            .and_then(ParsedFile::editor)
            .and_then(|editor| editor.silence(finding.primary.span, finding.code.0, reason));
        finding.fix = edits.map(|edits| Fix {
            applicability: Applicability::Safe,
            message: "silence it here".to_owned(),
            edits,
        });
    }
    found
}

/// The diff goes to standard output, what it comes to to standard error.
fn show_diff(context: &Context, repaired: &Repaired) -> anyhow::Result<Status> {
    let mut out = context.stdout();
    if context.verbosity > Verbosity::Silent {
        for change in &repaired.changes {
            out.write_all(fix::diff::unified(change, &shown(&change.path, context)).as_bytes())?;
        }
    }
    out.flush()?;
    if context.verbosity >= Verbosity::Normal {
        let (number, files) = (repaired.applied.len(), repaired.changes.len());
        let _ = match number {
            0 => writeln!(io::stderr(), "No problem would be fixed."),
            1 => writeln!(io::stderr(), "Would fix 1 problem in {}.", counted(files)),
            _ => writeln!(io::stderr(), "Would fix {number} problems in {}.", counted(files)),
        };
    }
    Ok(if repaired.changes.is_empty() { Status::Clean } else { Status::Findings })
}

fn counted(files: usize) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{files} files") }
}

/// Prints what standard input would be after the repair; other files are left alone.
fn write_stdout(context: &Context, stdin: &Stdin, repaired: &Repaired) -> anyhow::Result<()> {
    let content = match repaired.changes.iter().find(|change| change.path == stdin.path) {
        Some(Change { after, .. }) => Arc::clone(after),
        None => Arc::clone(&stdin.content),
    };
    if context.verbosity > Verbosity::Silent {
        let mut out = io::stdout().lock();
        out.write_all(&content)?;
        out.flush()?;
    }
    Ok(())
}

fn write_files(context: &Context, repaired: &Repaired) -> anyhow::Result<()> {
    for change in &repaired.changes {
        fix::write::write(change)?;
        context.tell(&format!("repaired {}", shown(&change.path, context)));
    }
    Ok(())
}

/// How many fixes of each rule were applied to each file.
fn show_applied(context: &Context, applied: &[Applied], out: &mut dyn Write) -> io::Result<()> {
    let mut by_file: BTreeMap<&Path, BTreeMap<_, usize>> = BTreeMap::new();
    for fix in applied {
        let rules = by_file.entry(&fix.path).or_default();
        *rules.entry((fix.code, fix.name, fix.message.as_str())).or_default() += 1;
    }
    writeln!(out, "Fixed {} problem{}:", applied.len(), if applied.len() == 1 { "" } else { "s" })?;
    for (path, rules) in by_file {
        writeln!(out, "- {}:", shown(path, context))?;
        for ((code, name, message), number) in rules {
            writeln!(out, "    {number} × {code} ({name}): {message}")?;
        }
    }
    writeln!(out)
}
