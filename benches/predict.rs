//! The prediction for one real suite, against a walk that only parses the files it reads: the same parser, the
//! same threads, the same allocator.
//!
//! ```console
//! $ cargo bench --bench predict -- FOLDER [--python VENV] [--installed NAME,…] [-- PYTEST ARGUMENTS]
//! ```
//!
//! Prints medians of rounds in turn, and their ratio. For counting instructions, where a machine is shared:
//! `--only predict` predicts once and prints the files that were read, `--only parse` parses the files that
//! standard input names, a line each.

#![expect(clippy::print_stdout, reason = "what it is for")]

#[path = "support/parse.rs"]
mod parse;
#[path = "support/rounds.rs"]
mod rounds;

use std::fs;
use std::hint::black_box;
use std::io::{self, BufRead as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use collectlint::check::{self, Request, Target};
use collectlint::fs::FileSystem;
use collectlint::syntax::Sources;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 9;

fn main() -> Result<()> {
    let mut request = Request::default();
    let mut only = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} wants a value"));
        match argument.as_str() {
            "--bench" => {}
            "--python" => request.target.python = Some(fs::canonicalize(value()?)?),
            "--installed" => {
                let installed = value()?.split(',').map(str::to_owned).collect();
                request.target = Target { installed: Some(installed), ..request.target };
            }
            "--only" => only = Some(value()?),
            "--" => request.pytest_arguments = arguments.by_ref().collect(),
            folder => request.working_directory = fs::canonicalize(folder)?,
        }
    }
    match only.as_deref() {
        Some("predict") => {
            for path in predict(&request)? {
                println!("{}", path.display());
            }
        }
        Some("parse") => {
            let paths: Vec<PathBuf> =
                io::stdin().lock().lines().map(|line| line.map(PathBuf::from)).collect::<Result<_, _>>()?;
            println!("{} files", parse::parse(&paths));
        }
        Some(other) => bail!("--only {other}: predict or parse"),
        None => compare(&request)?,
    }
    Ok(())
}

fn compare(request: &Request) -> Result<()> {
    let paths = predict(request)?;
    println!("{} files, {} threads", paths.len(), rayon::current_num_threads());
    let parsing = || {
        parse::parse(&paths);
        Ok(())
    };
    let predicting = || predict(request).map(drop);
    rounds::compare(ROUNDS, ("parse only", parsing), ("predict", predicting))
}

/// The Python files that were read for the prediction.
fn predict(request: &Request) -> Result<Vec<PathBuf>> {
    let fs = FileSystem::new();
    let sources = Sources::new(&fs);
    black_box(check::predict(&sources, request)?);
    Ok(sources.paths())
}
