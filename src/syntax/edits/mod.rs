//! Edits that keep what they do not mean to change: comments, formatting, line endings, indentation.
//!
//! Code to insert is given with `\n` and four blanks per level; it is written in the style of the
//! file. What cannot be done without harm is `None`.

use std::path::PathBuf;
use std::sync::Arc;

use ruff_python_ast::{ModModule, Stmt};

use super::ParsedFile;
use crate::diagnostic::Edit;
use crate::text::Span;

mod expressions;
mod imports;
mod layout;
mod statements;
mod style;

pub use imports::Import;
pub(super) use imports::bound_names;
use layout::Place;
pub(super) use layout::suites;
pub use statements::TrailingComment;
use style::Style;

/// Makes edits of one file.
#[derive(Debug)]
pub struct Editor<'a> {
    file: &'a ParsedFile,
    module: &'a ModModule,
    path: Arc<PathBuf>,
    style: Style,
}

/// Edits that would change the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two edits change the same text")]
pub struct Overlap;

/// The text with all edits made.
pub fn apply<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> Result<String, Overlap> {
    let mut edits: Vec<&Edit> = edits.into_iter().collect();
    edits.sort_by_key(|edit| edit.span);
    edits.dedup();
    let mut result =
        String::with_capacity(text.len() + edits.iter().map(|edit| edit.content.len()).sum::<usize>());
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        let kept = text.get(done..range.start).filter(|_| range.start <= range.end).ok_or(Overlap)?;
        text.get(range.clone()).ok_or(Overlap)?;
        result.push_str(kept);
        result.push_str(&edit.content);
        done = range.end;
    }
    result.push_str(&text[done..]);
    Ok(result)
}

impl ParsedFile {
    /// Edits for this file; `None` where it cannot be parsed, or not be written back.
    pub fn editor(&self) -> Option<Editor<'_>> {
        let module = self.tree().filter(|_| self.findings.parse.is_empty())?;
        self.encode("")?;
        let path = Arc::new(self.source.path().to_path_buf());
        Some(Editor { file: self, module, path, style: Style::of(&self.source, module) })
    }
}

impl<'a> Editor<'a> {
    fn text(&self) -> &'a str {
        self.file.source.text()
    }

    fn edit(&self, span: Span, content: impl Into<String>) -> Edit {
        Edit { path: Arc::clone(&self.path), span, content: content.into() }
    }

    /// Comments, in order.
    fn comments(&self) -> &'a [Span] {
        self.file.findings.facts.as_ref().map_or(&[], |facts| &*facts.comments)
    }

    /// The comment that holds `offset` or ends there.
    fn comment_at(&self, offset: u32) -> Option<Span> {
        let comments = self.comments();
        let index = comments.partition_point(|comment| comment.end < offset);
        comments.get(index).copied().filter(|comment| comment.start <= offset)
    }

    /// The innermost statement that holds `offset`.
    pub fn statement_at(&self, offset: u32) -> Option<&'a Stmt> {
        layout::innermost(&self.module.body, offset).map(|place| place.statement)
    }

    fn place(&self, statement: Span) -> Option<Place<'a>> {
        layout::find(&self.module.body, statement)
    }
}

/// Offsets fit: longer files are not parsed.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
