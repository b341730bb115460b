//! `collectlint matrix`: what becomes of every module in every cell.

use std::io::Write as _;

use super::Status;
use super::args::{MatrixArgs, TextFormat};
use super::context::{Context, Verbosity, width, write_file};
use crate::check::{self, Request};
use crate::fs::FileSystem;
use crate::report::matrix::{Matrix, write_html, write_text};
use crate::report::{Style, Texts};
use crate::syntax::Sources;

pub(super) fn run(args: &MatrixArgs, context: &Context) -> anyhow::Result<Status> {
    let fs = FileSystem::new();
    let options = context.settings(&fs)?.options;
    let request = Request {
        working_directory: context.working_directory.clone(),
        paths: args.paths.iter().map(|path| context.absolute(path)).collect(),
        target: args.environment.target(&options),
        options,
        ..Request::default()
    };
    let sources = Sources::new(&fs);
    let runs = check::matrix(&sources, &request)?;
    let texts = Texts::new(&sources);
    let matrix = Matrix::new(&runs, &texts, &context.working_directory);
    if let Some(file) = &args.html {
        let mut page = Vec::new();
        write_html(&matrix, &mut page)?;
        write_file(&context.absolute(file), &page)?;
    }
    if context.verbosity == Verbosity::Silent {
        return Ok(Status::Clean);
    }
    let mut out = context.stdout();
    match args.output_format {
        TextFormat::Text => {
            let style = Style { colour: context.is_coloured(), width: width(), summary: true };
            write_text(&matrix, style, &mut out)?;
        }
        TextFormat::Json => matrix.write_json(&mut out)?,
    }
    out.flush()?;
    Ok(Status::Clean)
}
