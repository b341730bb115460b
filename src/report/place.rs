//! Where a label is, in the terms of the various forms.

use std::path::Path;

use serde::Serialize;

use super::Report;
use crate::diagnostic::Label;
use crate::text::{LineColumn, Span};

/// Rows and columns count from 1, columns in Unicode scalar values; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: LineColumn,
    pub(super) end: LineColumn,
}

/// A row and a column as ruff's JSON has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Position {
    column: u32,
    row: u32,
}

impl From<LineColumn> for Position {
    fn from(place: LineColumn) -> Self {
        Self { column: place.column, row: place.line }
    }
}

const FIRST: LineColumn = LineColumn { line: 1, column: 1 };

impl Report<'_> {
    /// The first place of the file where it has no text.
    pub(super) fn place(&self, label: &Label) -> Place {
        self.place_in(&label.path, label.span)
    }

    pub(super) fn place_in(&self, path: &Path, span: Span) -> Place {
        match self.texts.get(path) {
            Some(text) => Place { start: text.line_column(span.start), end: text.line_column(span.end) },
            None => Place { start: FIRST, end: FIRST },
        }
    }

    /// The same with columns in UTF-8 bytes.
    pub(super) fn place_in_bytes(&self, path: &Path, span: Span) -> Place {
        let Some(text) = self.texts.get(path) else { return Place { start: FIRST, end: FIRST } };
        let at = |offset: u32| {
            let line = text.line(offset);
            LineColumn { line, column: offset.saturating_sub(text.line_start(line)).saturating_add(1) }
        };
        Place { start: at(span.start), end: at(span.end) }
    }

    /// `path:line:column`, the path as people see it.
    pub(super) fn shown_place(&self, label: &Label) -> String {
        let LineColumn { line, column } = self.place(label).start;
        format!("{}:{line}:{column}", self.shown(&label.path))
    }

    pub(super) fn shown(&self, path: &Path) -> String {
        super::shown(path, &self.paths.working_directory)
    }
}
