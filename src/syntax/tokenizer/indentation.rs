//! Indentation, counted twice: with tabs of eight columns and of one. Where the two disagree about
//! which line is deeper, the file is a `TabError`.

use super::{MAX_INDENTS, TokenError, TokenKind, Tokenizer};

/// The depth of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    wide: usize,
    narrow: usize,
}

impl Tokenizer<'_> {
    pub(super) fn indentation(&mut self) -> Result<(), TokenError> {
        let start = self.at;
        let mut columns = Columns::default();
        let mut before_continuation = 0;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' => columns = Columns { wide: columns.wide + 1, narrow: columns.narrow + 1 },
                b'\t' => columns = Columns { wide: (columns.wide / 8 + 1) * 8, narrow: columns.narrow + 1 },
                0x0c => columns = Columns::default(),
                b'\\' if self.since(9) => {
                    if before_continuation == 0 {
                        before_continuation = columns.wide;
                    }
                    self.continuation(self.at)?;
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        let blank = matches!(self.peek(), None | Some(b'#' | b'\n' | b'\r'));
        if blank || !self.open.is_empty() {
            return Ok(());
        }
        if before_continuation != 0 {
            columns = Columns { wide: before_continuation, narrow: before_continuation };
        }
        self.indent_to(columns, start)
    }

    fn indent_to(&mut self, columns: Columns, start: usize) -> Result<(), TokenError> {
        let outer = self.indents.last().copied().unwrap_or_default();
        if columns.wide > outer.wide {
            if self.indents.len() >= MAX_INDENTS {
                return Err(self.indentation_error("too many levels of indentation", start));
            }
            if columns.narrow <= outer.narrow {
                return Err(self.tab_error(start));
            }
            self.indents.push(columns);
            self.push(TokenKind::Indent, start);
            return Ok(());
        }
        while self.indents.len() > 1 && self.indents.last().is_some_and(|indent| columns.wide < indent.wide) {
            self.indents.pop();
            self.push(TokenKind::Dedent, self.at);
        }
        let level = self.indents.last().copied().unwrap_or_default();
        if columns.wide != level.wide {
            return Err(self.indentation_error("unindent does not match any outer indentation level", start));
        }
        if columns.narrow != level.narrow {
            return Err(self.tab_error(start));
        }
        Ok(())
    }

    fn indentation_error(&self, message: &str, line: usize) -> TokenError {
        self.stopped("IndentationError", message, self.at, line)
    }

    fn tab_error(&self, line: usize) -> TokenError {
        self.stopped("TabError", "inconsistent use of tabs and spaces in indentation", self.at, line)
    }
}
