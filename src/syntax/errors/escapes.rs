//! Escape sequences that have no meaning, in the words of Python's decoders.

use super::super::tokenizer::{Token, TokenKind, content};
use super::parser::Literal;
use super::{Reader, SyntaxError};
use crate::text::Span;

impl Reader<'_> {
    /// The first bad escape sequence of the literal at `place`.
    pub(super) fn bad_escape(&self, place: Span, invalid: SyntaxError) -> SyntaxError {
        let tokens = &self.tokenized().tokens;
        let index = tokens.partition_point(|token| token.span.end <= place.start);
        let is_string = |token: &&Token| matches!(token.kind, TokenKind::String | TokenKind::Text);
        let Some(token) = tokens.get(index).filter(is_string) else { return invalid };
        let literal = self.source.slice(token.span);
        let quote = literal.find(['"', '\'']).unwrap_or(0);
        let is_bytes = token.kind == TokenKind::String && literal[..quote].contains(['b', 'B']);
        let span = if token.kind == TokenKind::String {
            content(self.source.text(), token.span)
        } else {
            token.span
        };
        let (text, start) = (self.source.slice(span), span.start);
        let message = if is_bytes {
            bad_bytes(text).map(|position| format!("(value error) invalid \\x escape at position {position}"))
        } else {
            bad_text(text, place.start.saturating_sub(start) as usize).map(|bad| {
                format!(
                    "(unicode error) 'unicodeescape' codec can't decode bytes in position {}-{}: {}",
                    bad.start, bad.end, bad.reason
                )
            })
        };
        match message {
            Some(message) => self.literal(place, &message, Literal::Text),
            None => invalid,
        }
    }
}

struct BadEscape {
    start: usize,
    /// The last position that belongs to it.
    end: usize,
    reason: &'static str,
}

/// The escape sequence at byte `target`, which the parser refuses, and its positions in Python's
/// buffer, in which a character that is not ASCII takes ten places.
fn bad_text(text: &str, target: usize) -> Option<BadEscape> {
    let positions = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 10 }).sum::<usize>();
    let mut at = 0;
    let backslash = loop {
        let found = at + text[at..].find('\\')?;
        let escape = &text[found..];
        let length = escape.chars().take(2).map(char::len_utf8).sum::<usize>();
        let end = match escape.chars().nth(1) {
            Some('N') => Some(escape.find('}').map_or(escape.len(), |brace| brace + 1)),
            Some('x') => Some(digits(escape, length, 2)),
            Some('u') => Some(digits(escape, length, 4)),
            Some('U') => Some(digits(escape, length, 8)),
            Some(_) | None => None,
        };
        if end.is_some_and(|end| found + end >= target.min(text.len())) {
            break found;
        }
        at = found + length;
    };
    let escape = &text[backslash..];
    let (length, reason) = match escape.chars().nth(1)? {
        'x' => (digits(escape, 2, 2), "truncated \\xXX escape"),
        'u' => (digits(escape, 2, 4), "truncated \\uXXXX escape"),
        'U' if digits(escape, 2, 8) == 10 => (10, "illegal Unicode character"),
        'U' => (digits(escape, 2, 8), "truncated \\UXXXXXXXX escape"),
        'N' => match escape.find('}') {
            _ if !escape[2..].starts_with('{') => (2, "malformed \\N character escape"),
            Some(3) => (4, "malformed \\N character escape"),
            Some(brace) => (brace + 1, "unknown Unicode character name"),
            None => (escape.len(), "malformed \\N character escape"),
        },
        _ => return None,
    };
    let start = positions(&text[..backslash]);
    Some(BadEscape { start, end: start + positions(&escape[..length]) - 1, reason })
}

/// Where the hexadecimal digits end that begin at `start`, of which there should be `wanted`.
fn digits(escape: &str, start: usize, wanted: usize) -> usize {
    start + escape.as_bytes()[start..].iter().take(wanted).take_while(|byte| byte.is_ascii_hexdigit()).count()
}

/// The position of a `\x` without two digits.
fn bad_bytes(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        if bytes.get(at + 1) == Some(&b'x') {
            let digits = bytes[at + 2..].iter().take(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
            if digits < 2 {
                return Some(at);
            }
        }
        at += 2;
    }
    None
}
