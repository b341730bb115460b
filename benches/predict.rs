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

use std::fs;
use std::hint::black_box;
use std::io::{self, BufRead as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use collectlint::check::{self, Request, Target};
use collectlint::fs::FileSystem;
use collectlint::syntax::Sources;
use rayon::prelude::*;
use ruff_python_ast::PySourceType;

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
            println!("{} files", parse(&paths));
        }
        Some(other) => bail!("--only {other}: predict or parse"),
        None => compare(&request)?,
    }
    Ok(())
}

fn compare(request: &Request) -> Result<()> {
    let paths = predict(request)?;
    let mut times: [Vec<Duration>; 2] = Default::default();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        parse(&paths);
        times[0].push(start.elapsed());
        let start = Instant::now();
        predict(request)?;
        times[1].push(start.elapsed());
    }
    let [parsing, predicting] = times.map(median);
    println!("{} files, {} threads", paths.len(), rayon::current_num_threads());
    println!("parse only  {:8.3} s", parsing.as_secs_f64());
    println!("predict     {:8.3} s", predicting.as_secs_f64());
    println!("ratio       {:8.2}", predicting.as_secs_f64() / parsing.as_secs_f64());
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// How many of these files are Python.
fn parse(paths: &[PathBuf]) -> usize {
    paths
        .par_iter()
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap_or_default();
            let options = ruff_python_parser::ParseOptions::from(PySourceType::Python);
            black_box(ruff_python_parser::parse_unchecked(&text, options)).has_valid_syntax()
        })
        .count()
}

/// The Python files that were read for the prediction.
fn predict(request: &Request) -> Result<Vec<PathBuf>> {
    let fs = FileSystem::new();
    let sources = Sources::new(&fs);
    black_box(check::predict(&sources, request)?);
    Ok(sources.paths())
}
