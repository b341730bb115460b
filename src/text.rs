//! Positions in source text: byte spans, and lines and columns as people count them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A range of bytes in one file; the end is exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// An empty span at `offset`.
    pub const fn at(offset: u32) -> Self {
        Self::new(offset, offset)
    }

    pub const fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place as editors show it: both numbers count from 1, the column in Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

/// The text of one file, with the offsets of its lines.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    text: Arc<str>,
    /// Byte offset of the start of every line; the first is 0. `\n`, `\r\n` and a lone `\r` end a
    /// line, as for Python's tokenizer.
    lines: Vec<u32>,
}

impl SourceFile {
    pub fn new(path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let bytes = text.as_bytes();
        let mut lines = vec![0];
        lines.extend(memchr::memchr2_iter(b'\n', b'\r', bytes).filter_map(|at| {
            let ends_line = bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n');
            ends_line.then(|| u32::try_from(at + 1).unwrap_or(u32::MAX))
        }));
        Self { path: path.into(), text, lines }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The text of `span`; an end beyond the file, or inside a character, is moved to the nearest
    /// boundary before it.
    pub fn slice(&self, span: Span) -> &str {
        let end = self.text.floor_char_boundary(span.end as usize);
        let start = self.text.floor_char_boundary(span.start as usize).min(end);
        &self.text[start..end]
    }

    /// The 1-based line that holds `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        u32::try_from(self.lines.partition_point(|&start| start <= offset)).unwrap_or(u32::MAX)
    }

    pub fn line_column(&self, offset: u32) -> LineColumn {
        let line = self.line(offset);
        let start = self.line_start(line);
        let before = self.slice(Span::new(start, offset));
        LineColumn {
            line,
            column: u32::try_from(before.chars().count()).unwrap_or(u32::MAX).saturating_add(1),
        }
    }

    /// Byte offset of the start of a 1-based line; the end of the text for a line beyond it.
    pub fn line_start(&self, line: u32) -> u32 {
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.lines.get(line.saturating_sub(1) as usize).copied().unwrap_or(end)
    }

    pub fn line_count(&self) -> u32 {
        u32::try_from(self.lines.len()).unwrap_or(u32::MAX)
    }

    /// The span of a 1-based line without its line ending.
    pub fn line_span(&self, line: u32) -> Span {
        let start = self.line_start(line);
        let text = self.slice(Span::new(start, self.line_start(line + 1)));
        let kept = text.trim_end_matches(['\r', '\n']).len();
        Span::new(start, start + u32::try_from(kept).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_any_line_ending_counts() {
        let file = SourceFile::new("a.py", "x\r\n𝐀𝐁 = 1\rlast");
        assert_eq!(file.line_column(3), LineColumn { line: 2, column: 1 });
        assert_eq!(file.line_column(11), LineColumn { line: 2, column: 3 });
        assert_eq!(file.line_column(16), LineColumn { line: 3, column: 1 });
        assert_eq!(file.slice(file.line_span(2)), "𝐀𝐁 = 1");
    }
}
