//! The walk that only parses.

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;

use rayon::prelude::*;
use ruff_python_ast::PySourceType;

/// How many of these files are Python.
pub(crate) fn parse(paths: &[PathBuf]) -> usize {
    paths
        .par_iter()
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap_or_default();
            let options = ruff_python_parser::ParseOptions::from(PySourceType::Python);
            black_box(ruff_python_parser::parse_unchecked(&text, options)).has_valid_syntax()
        })
        .count()
}
