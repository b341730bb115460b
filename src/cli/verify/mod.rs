//! `collectlint verify`: a real pytest judges the prediction.

mod compare;
mod observe;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::Status;
use super::args::{TextFormat, VerifyArgs};
use super::context::{Context, Verbosity};
use crate::check::{self, Request};
use crate::fs::FileSystem;
use crate::outcome::{Failure, ModulePrediction, Prediction};
use crate::syntax::Sources;
use compare::{Predicted, compare};
use observe::{Start, observe};

pub(super) fn run(args: &VerifyArgs, context: &Context) -> Result<Status> {
    let fs = FileSystem::new();
    let options = context.settings(&fs)?.options;
    let mut target = args.environment.target(&options);
    if target.bare || target.installed.is_some() {
        bail!("`verify` runs a real pytest, which `--bare` and `--installed` cannot change; use `--absent`");
    }
    let python = interpreter(&fs, context, target.python.as_deref())?;
    // What is predicted is what is run.
    target.python = Some(python.clone());
    target.process = true;
    let request = Request {
        working_directory: context.working_directory.clone(),
        paths: args.paths.iter().map(|path| context.absolute(path)).collect(),
        pytest_arguments: args.session.pytest_arguments.clone(),
        python_m: args.session.python_m,
        target,
        options,
        ..Request::default()
    };
    let sources = Sources::new(&fs);
    let predicted = check::predict(&sources, &request)?;
    let prediction = &predicted.prediction;

    let mut arguments: Vec<String> = args.paths.iter().map(|path| path.display().to_string()).collect();
    arguments.extend(request.pytest_arguments.iter().cloned());
    let start = Start {
        python: &python,
        folder: &context.working_directory,
        arguments: &arguments,
        python_m: request.python_m,
        absent: &request.target.absent,
    };
    context.tell(&format!("running pytest with {}", python.display()));
    let truth = observe(&start)?;
    let modules: Vec<_> =
        prediction.modules.iter().map(|module| in_words(module, prediction, &sources)).collect();
    let exit_code = prediction.session.exit_code.to_string();
    let comparison = compare(&truth, Some(exit_code.as_str()).filter(|code| *code != "unknown"), &modules);

    let mut out = context.stdout();
    match args.output_format {
        _ if context.verbosity == Verbosity::Silent => {}
        TextFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &comparison)?;
            writeln!(out)?;
        }
        TextFormat::Text => comparison.write_text(&mut out)?,
    }
    out.flush()?;
    Ok(if comparison.agrees { Status::Clean } else { Status::Findings })
}

/// The prediction in the observer's words.
fn in_words(module: &ModulePrediction, prediction: &Prediction, sources: &Sources<'_>) -> Predicted {
    let failure = module.failure.as_ref();
    Predicted {
        path: module.node.clone(),
        outcome: module.outcome.name().to_owned(),
        exception: failure.map(|failure| failure.exception.clone()),
        place: failure.and_then(|failure| place(failure, &prediction.settings.rootdir, sources)),
        tests: module.tests,
        items: module.items.clone(),
    }
}

fn place(failure: &Failure, root: &Path, sources: &Sources<'_>) -> Option<String> {
    let site = failure.site.as_ref()?;
    let below = site.path.strip_prefix(root).unwrap_or(&site.path);
    let line = match failure.line {
        Some(line) => line,
        None => sources.get(&site.path).ok()?.source.line(site.span.start),
    };
    Some(format!("{}:{line}", below.display().to_string().replace('\\', "/")))
}

/// The interpreter of the environment that is named, active, or lies here.
fn interpreter(fs: &FileSystem, context: &Context, named: Option<&Path>) -> Result<PathBuf> {
    let here = || {
        [".venv", "venv"].iter().map(|name| context.absolute(Path::new(name))).find(|path| fs.is_dir(path))
    };
    let environment = named
        .map(|path| context.absolute(path))
        .or_else(|| std::env::var_os("VIRTUAL_ENV").map(PathBuf::from))
        .or_else(here)
        .context("`verify` runs a real pytest: say with `--python` which interpreter has it")?;
    if !environment.is_dir() {
        return Ok(environment);
    }
    ["bin/python", "bin/python3", "Scripts/python.exe"]
        .iter()
        .map(|name| environment.join(name))
        .find(|path| path.is_file())
        .with_context(|| format!("there is no Python in {}", environment.display()))
}
