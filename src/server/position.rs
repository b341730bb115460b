//! Offsets in a text and positions as the protocol counts them: from 0, columns in the units that client
//! and server have agreed on.

use gen_lsp_types::{Position, Range};

use crate::text::{SourceFile, Span};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16,
    Utf32,
}

impl Encoding {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
        }
    }

    const fn width(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    pub(super) fn position(self, text: &SourceFile, offset: u32) -> Position {
        let line = text.line(offset);
        let before = text.slice(Span::new(text.line_start(line), offset));
        let character: usize = before.chars().map(|character| self.width(character)).sum();
        Position { line: line.saturating_sub(1), character: u32::try_from(character).unwrap_or(u32::MAX) }
    }

    pub(super) fn range(self, text: &SourceFile, span: Span) -> Range {
        Range { start: self.position(text, span.start), end: self.position(text, span.end) }
    }

    /// A position beyond its line is the line's end, as the protocol has it; inside a character, its start.
    pub(super) fn offset(self, text: &SourceFile, position: Position) -> u32 {
        let line = text.line_span(position.line.saturating_add(1));
        let mut units = position.character as usize;
        let mut offset = line.start as usize;
        for character in text.slice(line).chars() {
            let width = self.width(character);
            if width > units {
                break;
            }
            units -= width;
            offset += character.len_utf8();
        }
        u32::try_from(offset).unwrap_or(u32::MAX)
    }

    pub(super) fn span(self, text: &SourceFile, range: Range) -> Span {
        let start = self.offset(text, range.start);
        Span::new(start, self.offset(text, range.end).max(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_agreed_on() {
        let text = SourceFile::new("a.py", "é𝐀 = 1\r\nx");
        for (encoding, character) in [(Encoding::Utf8, 6), (Encoding::Utf16, 3), (Encoding::Utf32, 2)] {
            let position = Position { line: 0, character };
            assert_eq!(encoding.position(&text, 6), position);
            assert_eq!(encoding.offset(&text, position), 6);
            assert_eq!(encoding.position(&text, 12), Position { line: 1, character: 0 });
        }
    }

    #[test]
    fn positions_beyond_a_line_are_its_end() {
        let text = SourceFile::new("a.py", "ab\r\ncd");
        assert_eq!(Encoding::Utf16.offset(&text, Position { line: 0, character: 99 }), 2);
        assert_eq!(Encoding::Utf16.offset(&text, Position { line: 99, character: 0 }), 6);
        let inside = SourceFile::new("a.py", "𝐀");
        assert_eq!(Encoding::Utf16.offset(&inside, Position { line: 0, character: 1 }), 0);
    }
}
