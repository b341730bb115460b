//! Where a file of the project says something: what a diagnostic points at.

use std::path::PathBuf;
use std::sync::Arc;

use crate::text::{SourceFile, Span};

/// A span of one file, with the 1-based line it starts in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub path: Arc<PathBuf>,
    pub span: Span,
    pub line: u32,
}

impl Place {
    pub fn new(path: &Arc<PathBuf>, source: &SourceFile, span: Span) -> Self {
        Self { path: Arc::clone(path), span, line: source.line(span.start) }
    }

    /// A 1-based line of the file, without its line ending.
    pub fn of_line(path: &Arc<PathBuf>, source: &SourceFile, line: u32) -> Self {
        Self { path: Arc::clone(path), span: source.line_span(line), line }
    }
}
