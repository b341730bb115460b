//! `collectlint predict`.

use std::io::Write as _;
use std::mem::ManuallyDrop;

use super::Status;
use super::args::{PredictArgs, TextFormat};
use super::context::{Context, Verbosity, write_file};
use crate::check::{self, Predicted, Request};
use crate::fs::FileSystem;
use crate::report::prediction::{Detail, write_json, write_text};
use crate::syntax::Sources;

pub(super) fn run(args: &PredictArgs, context: &Context) -> anyhow::Result<Status> {
    let fs = FileSystem::new();
    let options = context.settings(&fs)?.options;
    let request = Request {
        working_directory: context.working_directory.clone(),
        paths: args.paths.iter().map(|path| context.absolute(path)).collect(),
        pytest_arguments: args.session.pytest_arguments.clone(),
        python_m: args.session.python_m,
        target: args.environment.target(&options),
        options,
        ..Request::default()
    };
    // the process is about to end: giving the memory back piece by piece would only take time
    let sources = ManuallyDrop::new(Sources::new(&fs));
    let predicted = check::predict(&sources, &request)?;
    let mut text = Vec::new();
    let Predicted { prediction, environment } = &predicted;
    match args.output_format {
        TextFormat::Text => {
            let detail =
                if context.verbosity == Verbosity::Verbose { Detail::Items } else { Detail::Modules };
            write_text(prediction, environment, &sources, detail, &mut text)?;
        }
        TextFormat::Json => write_json(prediction, environment, &sources, &mut text)?,
    }
    match &args.output_file {
        Some(file) => write_file(&context.absolute(file), &text)?,
        None => {
            let mut out = context.stdout();
            out.write_all(&text)?;
            out.flush()?;
        }
    }
    Ok(Status::Clean)
}
