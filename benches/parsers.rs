//! Two parsers of Python on one corpus: the one that collectlint uses, and `rustpython-parser`, which
//! is no longer maintained.
//!
//! ```console
//! $ cargo bench --bench parsers -- /usr/lib/python3.11/test
//! ```
//!
//! Prints the speed of both and of what collectlint makes of the first (it decodes, looks at comments
//! and finds the compiler's errors), one thread, text in memory (medians of rounds in turn), and the
//! files that only one of the two rejects.

#![expect(clippy::print_stdout, reason = "what it is for")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use collectlint::environment::PythonVersion;
use collectlint::syntax::ParsedFile;
use ruff_python_ast::PySourceType;

const ROUNDS: usize = 7;
const SHOWN: usize = 20;

struct Source {
    path: PathBuf,
    text: String,
}

/// A parser: whether it accepts a text.
struct Parser {
    name: &'static str,
    accepts: fn(&str) -> bool,
}

const PARSERS: [Parser; 3] = [
    Parser { name: "ruff_python_parser 0.0.10", accepts: ruff },
    Parser { name: "rustpython-parser 0.4.0", accepts: rustpython },
    Parser { name: "collectlint", accepts: collectlint },
];

fn ruff(text: &str) -> bool {
    let options = ruff_python_parser::ParseOptions::from(PySourceType::Python);
    black_box(ruff_python_parser::parse_unchecked(text, options)).has_valid_syntax()
}

fn rustpython(text: &str) -> bool {
    use rustpython_parser::Parse as _;
    black_box(rustpython_parser::ast::Suite::parse(text, "<bench>")).is_ok()
}

fn collectlint(text: &str) -> bool {
    let file = ParsedFile::new(PathBuf::from("bench.py"), text.as_bytes());
    black_box(file).compile_error(PythonVersion::new(3, 13)).is_none()
}

fn main() -> Result<()> {
    let root = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let root = root.context("name a directory: cargo bench --bench parsers -- DIR")?;
    let (sources, skipped) = read(Path::new(&root));
    ensure!(!sources.is_empty(), "no Python files under {root}");
    let bytes: usize = sources.iter().map(|source| source.text.len()).sum();
    println!("{} files, {:.1} MB ({skipped} are not UTF-8)", sources.len(), megabytes(bytes));

    let mut times: [Vec<Duration>; PARSERS.len()] = Default::default();
    for round in 0..ROUNDS {
        // Each round begins with another parser.
        let order = (0..PARSERS.len()).map(|turn| (round + turn) % PARSERS.len());
        for index in order {
            let start = Instant::now();
            for source in &sources {
                black_box((PARSERS[index].accepts)(&source.text));
            }
            times[index].push(start.elapsed());
        }
    }
    for (parser, own) in PARSERS.iter().zip(&times) {
        let seconds = median(own.iter().map(Duration::as_secs_f64).collect());
        let ratios = own.iter().zip(&times[0]).map(|(time, first)| time.as_secs_f64() / first.as_secs_f64());
        let ratio = median(ratios.collect());
        let speed = megabytes(bytes) / seconds;
        println!("{:28} {seconds:8.3} s {speed:8.1} MB/s {:8.2} x", parser.name, ratio);
    }

    let verdicts: Vec<(&Source, bool, bool)> = sources
        .iter()
        .map(|source| (source, (PARSERS[0].accepts)(&source.text), (PARSERS[1].accepts)(&source.text)))
        .collect();
    rejected(PARSERS[0].name, verdicts.iter().filter(|(_, first, second)| !first && *second));
    rejected(PARSERS[1].name, verdicts.iter().filter(|(_, first, second)| *first && !second));
    Ok(())
}

fn rejected<'s>(name: &str, files: impl Iterator<Item = &'s (&'s Source, bool, bool)>) {
    let files: Vec<&Path> = files.map(|(source, ..)| source.path.as_path()).collect();
    println!("only {name} rejects {} files", files.len());
    for path in files.iter().take(SHOWN) {
        println!("    {}", path.display());
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The Python files below `root`, and how many are left out because they are not UTF-8.
fn read(root: &Path) -> (Vec<Source>, usize) {
    let mut skipped = 0;
    let mut sources = Vec::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name().into_iter().flatten() {
        if !entry.file_type().is_file() || entry.path().extension().is_none_or(|extension| extension != "py")
        {
            continue;
        }
        match std::fs::read_to_string(entry.path()) {
            Ok(text) => sources.push(Source { path: entry.into_path(), text }),
            Err(_) => skipped += 1,
        }
    }
    (sources, skipped)
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
