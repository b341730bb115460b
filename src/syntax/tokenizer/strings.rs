//! String literals; f-strings are taken apart from Python 3.12 on, t-strings from 3.14.

use super::{Step, TokenError, TokenKind, Tokenizer, line_endings, offset};
use crate::text::Span;

/// As deep as format specifications may nest.
const MAX_FORMAT_NESTING: usize = 3;
/// As deep as f-strings may nest.
const MAX_LITERALS: usize = 149;

/// The letters before a literal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prefix {
    raw: bool,
    /// `f` or `t`, where the literal is not one token.
    interpolated: Option<char>,
}

/// An f-string that is being read.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, as in Python's tokenizer")]
#[derive(Debug)]
pub(super) struct Literal {
    pub(super) start: usize,
    letter: char,
    quote: u8,
    triple: bool,
    raw: bool,
    /// How many brackets were open before it.
    pub(super) open_brackets: usize,
    /// For every `{` that is open in it, how many brackets were open before.
    pub(super) expressions: Vec<usize>,
    in_text: bool,
    in_format: bool,
}

impl Tokenizer<'_> {
    /// Steps over the prefix of a string literal, if one begins here.
    pub(super) fn string_prefix(&mut self) -> Option<Prefix> {
        let letters = self.bytes[self.at..].iter().take(3).take_while(|byte| byte.is_ascii_alphabetic());
        let letters: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
        let quoted = matches!(self.peek_at(letters.len()), Some(b'"' | b'\''));
        let known = matches!(
            letters.as_slice(),
            b"r" | b"u" | b"b" | b"f" | b"t" | b"br" | b"rb" | b"fr" | b"rf" | b"tr" | b"rt"
        );
        let template = letters.contains(&b't');
        if !quoted || !known || (template && !self.since(14)) {
            return None;
        }
        self.at += letters.len();
        let interpolated =
            if template { Some('t') } else { (letters.contains(&b'f') && self.since(12)).then_some('f') };
        Some(Prefix { raw: letters.contains(&b'r'), interpolated })
    }

    /// A literal whose quote is next.
    pub(super) fn string(&mut self, start: usize, prefix: Prefix) -> Result<(), TokenError> {
        let Some(quote) = self.peek() else { return Ok(()) };
        let triple = self.peek_at(1) == Some(quote) && self.peek_at(2) == Some(quote);
        self.at += if triple { 3 } else { 1 };
        let Some(letter) = prefix.interpolated else { return self.plain_string(start, quote, triple) };
        if self.literals.len() >= MAX_LITERALS {
            return Err(self.error("too many nested f-strings", start, start));
        }
        self.literals.push(Literal {
            start,
            letter,
            quote,
            triple,
            raw: prefix.raw,
            open_brackets: self.open.len(),
            expressions: Vec::new(),
            in_text: true,
            in_format: false,
        });
        self.push(TokenKind::String, start);
        Ok(())
    }

    fn plain_string(&mut self, start: usize, quote: u8, triple: bool) -> Result<(), TokenError> {
        let mut escaped_quote = false;
        loop {
            match self.peek() {
                Some(b'\\') => {
                    self.at += 1;
                    escaped_quote |= self.peek() == Some(quote);
                    if !self.eat_line_ending() && self.peek().is_some() {
                        self.at += 1;
                    }
                }
                Some(byte) if byte == quote => {
                    let closing = if triple { 3 } else { 1 };
                    if (0..closing).all(|ahead| self.peek_at(ahead) == Some(quote)) {
                        self.at += closing;
                        self.push(TokenKind::String, start);
                        return Ok(());
                    }
                    self.at += 1;
                }
                None => return Err(self.unterminated(start, quote, triple, escaped_quote)),
                Some(b'\n' | b'\r') if !triple => {
                    return Err(self.unterminated(start, quote, triple, escaped_quote));
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn unterminated(&self, start: usize, quote: u8, triple: bool, escaped_quote: bool) -> TokenError {
        let same_quote = |literal: &Literal| literal.quote == quote && literal.triple == triple;
        if self.literals.last().is_some_and(same_quote) {
            return self.error("f-string: expecting '}'", start, start);
        }
        if !self.since(10) {
            let message = if triple {
                "EOF while scanning triple-quoted string literal"
            } else {
                "EOL while scanning string literal"
            };
            let last = if triple { self.at.saturating_sub(1) } else { self.at };
            return self.error(message, last, start);
        }
        let detected = self.detected_at();
        let message = match (triple, escaped_quote && self.since(14)) {
            (true, _) => format!("unterminated triple-quoted string literal (detected at line {detected})"),
            (false, false) => format!("unterminated string literal (detected at line {detected})"),
            (false, true) => format!(
                "unterminated string literal (detected at line {detected}); perhaps you escaped the end quote?"
            ),
        };
        self.error(&message, start, start)
    }

    /// The line at which Python notices.
    fn detected_at(&self) -> usize {
        let before = &self.bytes[..self.at];
        let ended = self.at == self.bytes.len() && matches!(before.last(), Some(b'\n' | b'\r'));
        line_endings(before) + usize::from(!ended)
    }

    pub(super) fn in_literal_text(&self) -> bool {
        self.literals.last().is_some_and(|literal| literal.in_text)
    }

    /// The text of an f-string, up to its end or the next expression.
    pub(super) fn literal_text(&mut self) -> Result<Step, TokenError> {
        let text_start = self.at;
        let mut named_escape = false;
        let nested_too_deeply = "f-string: expressions nested too deeply";
        loop {
            let Some(literal) = self.literals.last_mut() else { return Ok(Step::More) };
            let in_format = literal.in_format && !literal.expressions.is_empty();
            let next = self.bytes.get(self.at + 1).copied();
            match self.bytes.get(self.at).copied() {
                None => return Err(self.unterminated_literal()),
                Some(b'\n' | b'\r') if !literal.triple => {
                    if !in_format {
                        return Err(self.unterminated_literal());
                    }
                    literal.in_text = false;
                    literal.in_format = false;
                    break;
                }
                Some(byte) if byte == literal.quote => {
                    let closing = if literal.triple { 3 } else { 1 };
                    if self.bytes[self.at..].iter().take_while(|&&next| next == byte).count() >= closing {
                        self.literals.pop();
                        let end = self.at;
                        if end > text_start {
                            self.push(TokenKind::Text, text_start);
                        }
                        self.at += closing;
                        self.push(TokenKind::String, end);
                        return Ok(Step::More);
                    }
                    self.at += 1;
                }
                Some(b'{') => {
                    if next == Some(b'{') && !in_format {
                        self.at += 2;
                        continue;
                    }
                    if literal.expressions.len() >= MAX_FORMAT_NESTING {
                        return Err(self.error(nested_too_deeply, self.at, self.at));
                    }
                    literal.expressions.push(self.open.len());
                    literal.in_text = false;
                    literal.in_format = false;
                    break;
                }
                Some(b'}') => {
                    if std::mem::take(&mut named_escape) {
                        self.at += 1;
                    } else if next == Some(b'}') && literal.expressions.is_empty() {
                        self.at += 2;
                    } else {
                        literal.in_text = false;
                        break;
                    }
                }
                Some(b'\\') => {
                    let raw = literal.raw;
                    self.at += 1;
                    match self.peek() {
                        Some(b'{' | b'}') | None => {}
                        Some(b'N') if !raw && self.peek_at(1) == Some(b'{') => {
                            self.at += 2;
                            named_escape = true;
                        }
                        Some(b'\n' | b'\r') => {
                            self.eat_line_ending();
                        }
                        Some(_) => self.at += 1,
                    }
                }
                Some(_) => self.at += 1,
            }
        }
        if self.at > text_start {
            self.push(TokenKind::Text, text_start);
        }
        Ok(Step::More)
    }

    fn unterminated_literal(&self) -> TokenError {
        let (start, letter, triple) = self
            .literals
            .last()
            .map_or((self.at, 'f', false), |literal| (literal.start, literal.letter, literal.triple));
        let kind = if triple { "triple-quoted " } else { "" };
        let message =
            format!("unterminated {kind}{letter}-string literal (detected at line {})", self.detected_at());
        TokenError { reached: offset(self.at), ..self.error(&message, start, start) }
    }

    /// A `:` after the expression of an f-string begins its format specification.
    pub(super) fn ends_expression_of_literal(&mut self, byte: u8) -> bool {
        let Some(literal) = self.literals.last_mut() else { return false };
        let outermost = literal.expressions.last().is_some_and(|&depth| self.open.len() == depth + 1);
        if byte != b':' || !outermost {
            return false;
        }
        literal.in_text = true;
        literal.in_format = true;
        let start = self.at;
        self.at += 1;
        self.push(TokenKind::Operator, start);
        true
    }

    /// Back to the text of the f-string, if the bracket that was just closed began an expression.
    pub(super) fn closed_bracket_of_literal(&mut self) {
        let Some(literal) = self.literals.last_mut() else { return };
        if literal.expressions.last() == Some(&self.open.len()) {
            literal.expressions.pop();
            literal.in_text = true;
            literal.in_format = !literal.expressions.is_empty();
        }
    }
}

/// The content of a literal, without prefix and quotes.
pub(in crate::syntax) fn content(text: &str, literal: Span) -> Span {
    let source = text.get(literal.range()).unwrap_or_default();
    let prefix = source.find(['"', '\'']).unwrap_or(0);
    let quoted = &source[prefix..];
    let quotes = if quoted.starts_with("\"\"\"") || quoted.starts_with("'''") { 3 } else { 1 };
    let skipped = offset(prefix + quotes);
    let end = literal.end.saturating_sub(offset(quotes)).max(literal.start + skipped);
    Span::new(literal.start + skipped, end)
}
