//! Python's tokenizer, for the errors that it finds.
//!
//! The parser has a tokenizer of its own; this one runs only over files that cannot be compiled, to
//! name what Python names: its errors win over those of the parser, wherever in the file they are
//! (from 3.10 on). It also refuses what would exhaust the parser's stack.

use super::nesting::{Estimate, MAX_DEPTH};
use crate::environment::PythonVersion;
use crate::text::Span;

mod indentation;
mod numbers;
mod strings;

pub(super) use strings::content;

/// More open brackets than this are an error.
pub(super) const MAX_BRACKETS: usize = 200;
/// As many levels of indentation are an error.
pub(super) const MAX_INDENTS: usize = 100;

/// What a token is; keywords are names here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Name,
    Number,
    /// A whole literal, or what begins or ends an f-string.
    String,
    /// Text of an f-string.
    Text,
    Operator,
    Newline,
    Indent,
    Dedent,
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// Why Python's tokenizer stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TokenError {
    pub(super) exception: &'static str,
    pub(super) message: String,
    /// Where Python points.
    pub(super) span: Span,
    /// Where the token begins that cannot be read: errors of the parser before it come first.
    pub(super) reached: u32,
    /// Whether, from 3.10 on, it also wins over errors of the parser that come before it.
    pub(super) overrides: bool,
}

/// The tokens up to the end or the first error.
#[derive(Debug)]
pub(super) struct Tokenized {
    pub(super) tokens: Vec<Token>,
    pub(super) error: Option<TokenError>,
    /// Brackets that are still open there, outermost first.
    pub(super) open: Vec<Bracket>,
}

/// An opening bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bracket {
    pub(super) character: char,
    pub(super) offset: u32,
}

pub(super) fn tokenize(text: &str, python: PythonVersion) -> Tokenized {
    let mut tokenizer = Tokenizer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        python,
        tokens: Vec::new(),
        open: Vec::new(),
        indents: vec![indentation::Columns::default()],
        literals: Vec::new(),
        at_line_start: true,
    };
    let error = loop {
        match tokenizer.next() {
            Ok(Step::More) => {}
            Ok(Step::End) => break None,
            Err(error) => break Some(error),
        }
    };
    Tokenized { tokens: tokenizer.tokens, error, open: tokenizer.open }
}

/// Whether nothing should recurse over this text: too many brackets, or too many operators in one
/// expression.
pub(super) fn is_too_deep(text: &str) -> bool {
    let tokenized = tokenize(text, PythonVersion::new(3, 13));
    let mut estimate = Estimate::default();
    for token in &tokenized.tokens {
        match (token.kind, text.as_bytes().get(token.span.start as usize)) {
            (TokenKind::Operator, Some(b'(' | b'[' | b'{')) => estimate.open(),
            (TokenKind::Operator, Some(b')' | b']' | b'}')) => estimate.close(),
            (TokenKind::Operator, Some(b',' | b';')) => estimate.comma(),
            (TokenKind::Operator | TokenKind::Name, _) => estimate.operator(),
            (TokenKind::Newline, _) => estimate.end_of_statement(),
            (
                TokenKind::Number
                | TokenKind::String
                | TokenKind::Text
                | TokenKind::Indent
                | TokenKind::Dedent
                | TokenKind::End,
                _,
            ) => {}
        }
    }
    let (depth, brackets) = estimate.finish(MAX_INDENTS);
    brackets >= MAX_BRACKETS || depth / 2 > MAX_DEPTH
}

enum Step {
    More,
    End,
}

struct Tokenizer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    python: PythonVersion,
    tokens: Vec<Token>,
    open: Vec<Bracket>,
    indents: Vec<indentation::Columns>,
    /// The f-strings that are open (from 3.12 on), outermost first.
    literals: Vec<strings::Literal>,
    at_line_start: bool,
}

impl Tokenizer<'_> {
    fn since(&self, minor: u8) -> bool {
        self.python >= PythonVersion::new(3, minor)
    }

    fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn starts_with(&self, text: &str) -> bool {
        self.bytes[self.at..].starts_with(text.as_bytes())
    }

    fn character_at(&self, offset: usize) -> Option<char> {
        self.text.get(offset..)?.chars().next()
    }

    /// Steps over a line ending, if there is one.
    fn eat_line_ending(&mut self) -> bool {
        let length = match self.peek() {
            Some(b'\n') => 1,
            Some(b'\r') => 1 + usize::from(self.peek_at(1) == Some(b'\n')),
            _ => return false,
        };
        self.at += length;
        true
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(Token { kind, span: Span::new(offset(start), offset(self.at)) });
    }

    fn next(&mut self) -> Result<Step, TokenError> {
        if self.in_literal_text() {
            return self.literal_text();
        }
        if self.at_line_start {
            self.at_line_start = false;
            self.indentation()?;
        }
        while matches!(self.peek(), Some(b' ' | b'\t' | 0x0c)) {
            self.at += 1;
        }
        let start = self.at;
        let Some(byte) = self.peek() else { return self.end() };
        match byte {
            b'#' => {
                let rest = &self.bytes[self.at..];
                self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            }
            b'\n' | b'\r' => {
                self.eat_line_ending();
                self.at_line_start = true;
                let inside = !self.open.is_empty();
                let blank = self.tokens.last().is_none_or(|last| {
                    matches!(last.kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent)
                });
                if !inside && !blank {
                    self.push(TokenKind::Newline, start);
                }
            }
            b'\\' => self.continuation(start)?,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 128.. => self.name(start)?,
            b'0'..=b'9' => self.number(start)?,
            b'.' if self.peek_at(1).is_some_and(|next| next.is_ascii_digit()) => self.number(start)?,
            b'"' | b'\'' => self.string(start, strings::Prefix::default())?,
            _ => self.operator(start, byte)?,
        }
        Ok(Step::More)
    }

    fn end(&mut self) -> Result<Step, TokenError> {
        let at = self.at;
        if let Some(literal) = self.literals.last() {
            // NOTE: only an expression of an f-string can run to the end of the file here.
            let quote = literal.start;
            return Err(self
                .unclosed(at)
                .unwrap_or_else(|| self.error("f-string: expecting '}'", quote, at)));
        }
        if let Some(error) = self.unclosed(at) {
            return Err(error);
        }
        if self.tokens.last().is_some_and(|last| !matches!(last.kind, TokenKind::Newline | TokenKind::Dedent))
        {
            self.push(TokenKind::Newline, at);
        }
        for _ in 1..self.indents.len() {
            self.push(TokenKind::Dedent, at);
        }
        self.push(TokenKind::End, at);
        Ok(Step::End)
    }

    /// The file ends within brackets.
    fn unclosed(&self, reached: usize) -> Option<TokenError> {
        let bracket = self.open.last()?;
        Some(if self.since(10) {
            let message = format!("'{}' was never closed", bracket.character);
            let mut error = self.error(&message, bracket.offset as usize, reached);
            error.overrides = false;
            error
        } else {
            self.stopped("SyntaxError", "unexpected EOF while parsing", reached, reached)
        })
    }

    /// A backslash at the end of a line.
    fn continuation(&mut self, start: usize) -> Result<(), TokenError> {
        self.at += 1;
        // Python reads on for the next token from where the last one ended.
        let reached = self.tokens.last().map_or(0, |token| token.span.end as usize);
        if !self.eat_line_ending() && self.peek().is_some() {
            let message = "unexpected character after line continuation character";
            return Err(self.stopped("SyntaxError", message, self.at, reached));
        }
        if self.peek().is_none() {
            return Err(self.stopped("SyntaxError", "unexpected EOF while parsing", start, reached));
        }
        Ok(())
    }

    fn name(&mut self, start: usize) -> Result<(), TokenError> {
        if let Some(prefix) = self.string_prefix() {
            return self.string(start, prefix);
        }
        while self.peek().is_some_and(is_name_byte) {
            self.at += 1;
        }
        let name = &self.text[start..self.at];
        if let Some((index, character)) = first_invalid(name) {
            let at = start + index;
            let message = if !self.since(9) {
                "invalid character in identifier".to_owned()
            } else if is_printable(character) {
                format!("invalid character '{character}' (U+{:04X})", u32::from(character))
            } else {
                format!("invalid non-printable character U+{:04X}", u32::from(character))
            };
            return Err(self.error(&message, at, start));
        }
        self.push(TokenKind::Name, start);
        Ok(())
    }

    fn operator(&mut self, start: usize, byte: u8) -> Result<(), TokenError> {
        if self.ends_expression_of_literal(byte) {
            return Ok(());
        }
        match byte {
            b'(' | b'[' | b'{' => {
                if self.open.len() >= MAX_BRACKETS {
                    return Err(self.error("too many nested parentheses", start, start));
                }
                self.open.push(Bracket { character: char::from(byte), offset: offset(start) });
                self.at += 1;
            }
            b')' | b']' | b'}' => self.closing(start, char::from(byte))?,
            0..=0x1f | 0x7f if self.since(11) => {
                let message = format!("invalid non-printable character U+{byte:04X}");
                return Err(self.error(&message, start, start));
            }
            _ => self.at += self.operator_length(),
        }
        self.push(TokenKind::Operator, start);
        Ok(())
    }

    fn operator_length(&self) -> usize {
        const LONG: [&str; 22] = [
            "**=", "//=", ">>=", "<<=", "...", "!=", "%=", "&=", "**", "*=", "+=", "-=", "->", "//", "/=",
            ":=", "<<", "<=", "==", ">=", ">>", "@=",
        ];
        let long = LONG.iter().chain(&["^=", "|=", "<>"]).find(|operator| self.starts_with(operator));
        long.map_or(1, |operator| operator.len())
    }

    fn closing(&mut self, start: usize, character: char) -> Result<(), TokenError> {
        let expression_depth = self.literals.last().map(|literal| literal.open_brackets);
        if expression_depth.is_some_and(|depth| self.open.len() <= depth) && character == '}' {
            return Err(self.error("f-string: single '}' is not allowed", start, start));
        }
        let Some(bracket) = self.open.pop() else {
            return Err(self.error(&format!("unmatched '{character}'"), start, start));
        };
        let matches = matches!((bracket.character, character), ('(', ')') | ('[', ']') | ('{', '}'));
        if !matches {
            let is_expression = self.literals.last().is_some_and(|literal| {
                literal.expressions.last().is_some_and(|&depth| self.open.len() == depth)
            });
            let message = if is_expression {
                format!("f-string: unmatched '{character}'")
            } else {
                let line = |at: usize| 1 + line_endings(&self.bytes[..at]);
                let opening_line = line(bracket.offset as usize);
                let place = if opening_line == line(start) {
                    String::new()
                } else {
                    format!(" on line {opening_line}")
                };
                format!(
                    "closing parenthesis '{character}' does not match opening parenthesis '{}'{place}",
                    bracket.character
                )
            };
            self.open.push(bracket);
            return Err(self.error(&message, start, start));
        }
        self.at += 1;
        self.closed_bracket_of_literal();
        Ok(())
    }

    /// An error that Python raises while it reads the token at `reached`.
    fn error(&self, message: &str, at: usize, reached: usize) -> TokenError {
        TokenError { overrides: self.since(10), ..self.stopped("SyntaxError", message, at, reached) }
    }

    /// An error that Python only raises when the parser asks for that token.
    fn stopped(&self, exception: &'static str, message: &str, at: usize, reached: usize) -> TokenError {
        let end = self.character_at(at).map_or(at, |character| at + character.len_utf8());
        TokenError {
            exception,
            message: message.to_owned(),
            span: Span::new(offset(at), offset(end)),
            reached: offset(reached),
            overrides: false,
        }
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 128
}

/// The first character that may not be there in an identifier.
fn first_invalid(name: &str) -> Option<(usize, char)> {
    if name.is_ascii() {
        return None;
    }
    name.char_indices().find(|&(index, character)| {
        let valid = if index == 0 {
            character == '_' || unicode_ident::is_xid_start(character)
        } else {
            unicode_ident::is_xid_continue(character)
        };
        !valid
    })
}

/// Near enough to `str.isprintable`, which goes by Unicode's general categories.
pub(super) fn is_printable(character: char) -> bool {
    !(character.is_control()
        || character.is_whitespace() && character != ' '
        || matches!(character,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}'))
}

fn line_endings(bytes: &[u8]) -> usize {
    let lone = |&(index, byte): &(usize, &u8)| *byte == b'\n' || bytes.get(index + 1) != Some(&b'\n');
    bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b'\n' | b'\r')).filter(lone).count()
}

/// Offsets fit: longer files are refused before.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
