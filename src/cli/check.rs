//! `collectlint check`: findings, repairs, reports.

use std::io::{self, Read as _, Write};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};

use super::Status;
use super::args::{CheckArgs, Destination};
use super::context::{Context, Verbosity, width, write_file};
use super::repair;
use crate::check::baseline::Baseline;
use crate::check::{self, Checked, Request};
use crate::diagnostic::{Applicability, Severity};
use crate::fs::FileSystem;
use crate::report::{Format, Report, Style, Texts, statistics};
use crate::settings::project::Options;
use crate::syntax::Sources;

pub(super) fn run(args: &CheckArgs, context: &Context) -> anyhow::Result<Status> {
    let stdin = read_stdin(args, context)?;
    let overlay = stdin.iter().map(|file| (file.path.clone(), Arc::clone(&file.content)));
    let fs = FileSystem::with_overlay(overlay);
    let settings = context.settings(&fs)?;
    let mut options = args.selection.options(&context.working_directory)?;
    options.fix_style = args.fixes.fix_style.map(Into::into);
    options.clash_style = args.fixes.clash_style.map(Into::into);
    let mut request = request(args, context, settings.with(options).options);
    if args.selection.write_baseline.is_none()
        && let Some(path) = &request.options.baseline
    {
        request.baseline = Some(Baseline::read(&fs, path, &context.paths(&fs).root)?);
    }
    // the process is about to end: giving the memory back piece by piece would only take time
    let sources = ManuallyDrop::new(Sources::new(&fs));
    let checked = check::run(&sources, &request)?;
    if let Some(path) = &args.selection.write_baseline {
        return write_baseline(&context.absolute(path), args.selection.force, context, &fs, &checked);
    }
    if repair::is_wanted(args) {
        return repair::run(args, context, &fs, &request, checked, stdin.as_ref());
    }
    let mut out = context.stdout();
    report(args, context, &sources, &checked, Repairs::default(), &mut out)?;
    out.flush()?;
    Ok(status(args, &request, &checked))
}

/// Writes what is found as known. A file that is there only shrinks unless it is forced to grow.
fn write_baseline(
    path: &Path,
    force: bool,
    context: &Context,
    fs: &FileSystem,
    checked: &Checked,
) -> anyhow::Result<Status> {
    let root = context.paths(fs).root;
    let found = Baseline::of(&checked.diagnostics, &root);
    let all = found.len();
    let kept =
        if fs.exists(path) && !force { found.within(&Baseline::read(fs, path, &root)?) } else { found };
    write_file(path, kept.render().as_bytes())?;
    context.tell(&format!("{} lists {} findings", shown(path, context), kept.len()));
    let new = all - kept.len();
    if new > 0 {
        let findings = if new == 1 { "1 finding is" } else { &format!("{new} findings are") };
        context.warn(&format!("{findings} new and not listed; `--force` adds what is new"));
        return Ok(Status::Findings);
    }
    Ok(Status::Clean)
}

/// What standard input holds, and the file that it stands for.
pub(super) struct Stdin {
    pub(super) path: PathBuf,
    pub(super) content: Arc<[u8]>,
}

fn read_stdin(args: &CheckArgs, context: &Context) -> anyhow::Result<Option<Stdin>> {
    let is_asked = args.paths.iter().any(|path| path.as_os_str() == "-");
    match (&args.output.stdin_filename, is_asked) {
        (None, false) => Ok(None),
        (None, true) => {
            bail!("`-` needs `--stdin-filename FILE`: the file's place decides how pytest imports it")
        }
        (Some(name), _) => {
            if args.paths.iter().any(|path| path.as_os_str() != "-") {
                bail!("`--stdin-filename` goes with `-` as the only path");
            }
            let mut content = Vec::new();
            io::stdin().lock().read_to_end(&mut content).context("standard input cannot be read")?;
            Ok(Some(Stdin { path: context.absolute(name), content: content.into() }))
        }
    }
}

fn request(args: &CheckArgs, context: &Context, options: Options) -> Request {
    let paths = match &args.output.stdin_filename {
        Some(name) => vec![context.absolute(name)],
        None => args.paths.iter().map(|path| context.absolute(path)).collect(),
    };
    Request {
        working_directory: context.working_directory.clone(),
        paths,
        pytest_arguments: args.session.pytest_arguments.clone(),
        python_m: args.session.python_m,
        target: args.environment.target(&options),
        options,
        ..Request::default()
    }
}

/// What `--fix` has done, for the summary.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Repairs {
    pub(super) fixed: usize,
}

/// Writes every report that is asked for; those for no file go to `out`.
pub(super) fn report(
    args: &CheckArgs,
    context: &Context,
    sources: &Sources<'_>,
    checked: &Checked,
    repairs: Repairs,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let texts = Texts::new(sources);
    let paths = context.paths(sources.fs());
    for Destination { format, file } in destinations(args) {
        let style = Style {
            colour: file.is_none() && context.is_coloured(),
            width: if file.is_none() { width() } else { 80 },
            summary: context.verbosity >= Verbosity::Normal,
        };
        let mut report = Report::new(&checked.diagnostics, &texts, &paths, style);
        report.fixed = repairs.fixed;
        report.wanted = wanted(args);
        report.modules = checked.modules;
        let write = |out: &mut dyn Write| -> io::Result<()> {
            if args.output.statistics { statistics(&report, format, out) } else { report.write(format, out) }
        };
        match file {
            Some(file) => {
                let mut content = Vec::new();
                write(&mut content)?;
                write_file(&context.absolute(&file), &content)?;
            }
            None if context.verbosity == Verbosity::Silent => {}
            None => write(out)?,
        }
    }
    Ok(())
}

/// The reports that are asked for; `--output-file` is where the first of those goes that name no file.
fn destinations(args: &CheckArgs) -> Vec<Destination> {
    let mut destinations = args.output.output_format.clone();
    if destinations.is_empty() {
        destinations.push(Destination { format: Format::Full, file: None });
    }
    if let Some(file) = &args.output.output_file
        && let Some(first) = destinations.iter_mut().find(|destination| destination.file.is_none())
    {
        first.file = Some(file.clone());
    }
    destinations
}

/// The least safe fixes that are asked for.
pub(super) fn wanted(args: &CheckArgs) -> Applicability {
    if args.fixes.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe }
}

pub(super) fn status(args: &CheckArgs, request: &Request, checked: &Checked) -> Status {
    let counts = |severity: Severity| match severity {
        Severity::Error => true,
        Severity::Warning => request.options.error_on_warning.unwrap_or_default(),
        Severity::Info => false,
    };
    let fails = checked.diagnostics.iter().any(|diagnostic| counts(diagnostic.severity));
    if fails && !args.output.exit_zero { Status::Findings } else { Status::Clean }
}

/// The path below the working directory where it is below it.
pub(super) fn shown(path: &Path, context: &Context) -> String {
    path.strip_prefix(&context.working_directory).unwrap_or(path).display().to_string()
}
