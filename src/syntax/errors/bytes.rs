//! Bytes that are no UTF-8: harmless in comments, fatal in strings and names.

use super::super::decode::{InvalidBytes, bytes_in_position, utf8_reason};
use super::super::tokenizer::{Token, TokenError, TokenKind};
use super::{Reader, SyntaxError};
use crate::text::Span;

impl Reader<'_> {
    /// An error of the tokenizer at a replacement character, in Python's words for the bytes.
    pub(super) fn with_bytes(&self, error: &TokenError) -> TokenError {
        let mut error = error.clone();
        let invalid = self.findings.invalid.iter().find(|invalid| invalid.span.start == error.span.start);
        if let Some(invalid) = invalid.filter(|_| self.since(9)) {
            // Python decodes the identifier alone.
            let start = error.reached;
            error.message =
                format!("(unicode error) {}", self.cannot_decode(invalid, start, self.end_of_name(start)));
        }
        error
    }

    fn end_of_name(&self, start: u32) -> u32 {
        let text = &self.source.text()[start as usize..];
        let length = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()));
        start + u32::try_from(length.unwrap_or(text.len())).unwrap_or(0)
    }

    /// `'utf-8' codec can't decode …`, where Python decodes the text from `start` to `end`.
    fn cannot_decode(&self, invalid: &InvalidBytes, start: u32, end: u32) -> String {
        let before = self
            .findings
            .invalid
            .iter()
            .filter(|other| start <= other.span.start && other.span.start < invalid.span.start);
        // A replacement character takes three bytes.
        let replaced = before.map(|other| 3 - other.bytes.len()).sum::<usize>();
        let position = (invalid.span.start.saturating_sub(start) as usize).saturating_sub(replaced);
        let at_end = invalid.span.end == end;
        let reason = utf8_reason(&invalid.bytes, (!(at_end && invalid.incomplete)).then_some(1));
        format!("'utf-8' codec can't decode {}: {reason}", bytes_in_position(&invalid.bytes, position))
    }

    /// Strings that Python cannot decode.
    pub(super) fn invalid_strings(&self) -> impl Iterator<Item = SyntaxError> {
        let comments = self.findings.facts.as_ref().map_or(&[][..], |facts| &*facts.comments);
        let in_comment = move |place: Span| {
            let index = comments.partition_point(|comment| comment.end <= place.start);
            comments.get(index).is_some_and(|comment| comment.start <= place.start)
        };
        let first = self.findings.invalid.iter().find(|invalid| !in_comment(invalid.span));
        first.and_then(|invalid| self.invalid_string(invalid)).into_iter()
    }

    fn invalid_string(&self, invalid: &InvalidBytes) -> Option<SyntaxError> {
        let tokens = &self.tokenized().tokens;
        let index = tokens.partition_point(|token| token.span.end <= invalid.span.start);
        let is_string = |token: &&Token| matches!(token.kind, TokenKind::String | TokenKind::Text);
        let literal = tokens.get(index).filter(is_string)?;
        let source = self.source.slice(literal.span);
        let quote = if literal.kind == TokenKind::Text { 0 } else { source.find(['"', '\'']).unwrap_or(0) };
        let prefix = source[..quote].to_ascii_lowercase();
        let piece_of_f_string = literal.kind == TokenKind::Text;
        let (message, exception) = if prefix.contains('b') {
            let stop = if self.since(10) { "" } else { "." };
            (format!("bytes can only contain ASCII literal characters{stop}"), "SyntaxError")
        } else if piece_of_f_string {
            let message = self.cannot_decode(invalid, literal.span.start, literal.span.end);
            (message, "UnicodeDecodeError")
        } else {
            let content = super::super::tokenizer::content(self.source.text(), literal.span);
            let escapes = !prefix.contains('r') && self.source.slice(content).contains('\\');
            let decoded = if escapes || prefix.contains('f') {
                self.run_of_bytes(invalid.span, content)
            } else {
                content
            };
            let message = self.cannot_decode(invalid, decoded.start, decoded.end);
            (format!("(unicode error) {message}"), "SyntaxError")
        };
        let next = tokens.get(index + 1).map_or(literal.span, |token| token.span);
        let place = if self.since(9) && !self.since(12) { Span::at(next.start) } else { literal.span };
        let place =
            if self.since(8) && prefix.contains('b') && self.since(11) { literal.span } else { place };
        Some(SyntaxError {
            exception,
            message,
            span: place,
            reached: literal.span.start,
            after_grammar: true,
        })
    }

    /// In a literal with escapes Python decodes runs of bytes above 127.
    fn run_of_bytes(&self, place: Span, content: Span) -> Span {
        let text = self.source.text();
        let before = &text[content.start.min(place.start) as usize..place.start as usize];
        let start = before.rfind(|c: char| c.is_ascii()).map_or(0, |at| at + 1);
        let after = &text[place.start as usize..content.end.max(place.start) as usize];
        let length = after.find(|c: char| c.is_ascii()).unwrap_or(after.len());
        let offset = |length: usize| u32::try_from(length).unwrap_or(0);
        Span::new(content.start + offset(start), place.start + offset(length))
    }
}
