//! One whole run over two thousand generated test modules, against a walk of the same tree that only
//! parses them: the same parser, the same threads.
//!
//! ```console
//! $ cargo bench --bench walk
//! ```
//!
//! Prints medians of rounds in turn, and their ratio.

#![expect(clippy::print_stdout, reason = "what it is for")]

#[path = "support/parse.rs"]
mod parse;
#[path = "support/rounds.rs"]
mod rounds;
#[path = "support/suite.rs"]
mod suite;

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use collectlint::check::{self, Request};
use collectlint::fs::FileSystem;
use collectlint::syntax::Sources;

const FILES: usize = 2_000;
const ROUNDS: usize = 7;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    suite::generate(folder.path(), FILES, |_| "")?;
    println!("{FILES} files, {} threads", rayon::current_num_threads());
    let parsing = || {
        ensure!(parse::parse(&files(folder.path())) == FILES, "not all files were parsed");
        Ok(())
    };
    let checking = || {
        ensure!(whole_run(folder.path())? == FILES, "not all modules were met");
        Ok(())
    };
    rounds::compare(ROUNDS, ("parse only", parsing), ("collectlint", checking))
}

fn files(root: &Path) -> Vec<PathBuf> {
    ignore::Walk::new(root)
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "py"))
        .map(ignore::DirEntry::into_path)
        .collect()
}

fn whole_run(root: &Path) -> Result<usize> {
    let fs = FileSystem::new();
    let request = Request { working_directory: root.to_path_buf(), ..Request::default() };
    Ok(check::run(&Sources::new(&fs), &request)?.modules)
}
