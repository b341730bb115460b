//! Escape sequences that mean nothing: `'\d'` is a backslash and a `d`, with a warning.

use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement};
use ruff_text_size::Ranged as _;

use super::super::span;
use super::super::tokenizer::content;
use super::{CompileWarning, Finder, WarningKind};
use crate::text::Span;

impl Finder<'_> {
    pub(super) fn escapes(&mut self, expr: &Expr) {
        match expr {
            Expr::StringLiteral(string) => {
                for part in string.value.iter().filter(|part| !part.flags.prefix().is_raw()) {
                    self.literal(span(part.range), Kind::Text);
                }
            }
            Expr::BytesLiteral(bytes) => {
                for part in bytes.value.iter().filter(|part| !part.flags.prefix().is_raw()) {
                    self.literal(span(part.range), Kind::Bytes);
                }
            }
            Expr::FString(string) => {
                for part in &string.value {
                    match part {
                        FStringPart::Literal(part) if !part.flags.prefix().is_raw() => {
                            self.literal(span(part.range), Kind::Text);
                        }
                        FStringPart::FString(part) if !part.flags.prefix().is_raw() => {
                            self.pieces(&part.elements, span(part.range));
                        }
                        FStringPart::Literal(_) | FStringPart::FString(_) => {}
                    }
                }
            }
            Expr::TString(string) => {
                for part in string.value.iter().filter(|part| !part.flags.prefix().is_raw()) {
                    self.pieces(&part.elements, span(part.range));
                }
            }
            _ => {}
        }
    }

    fn literal(&mut self, literal: Span, kind: Kind) {
        let place = content(self.source.text(), literal);
        if let Some(bad) = first_invalid(self.source.slice(place), kind, self.minor) {
            let warning = self.escape_warning(bad, place.start, self.source.line(literal.start));
            self.early.push(warning);
        }
    }

    /// The texts of an f-string, each of which may warn.
    fn pieces<'e>(
        &mut self,
        elements: impl IntoIterator<Item = &'e InterpolatedStringElement>,
        literal: Span,
    ) {
        // From 3.12 on Python names the line on which it ends.
        let line =
            self.source.line(if self.minor < 12 { literal.start } else { literal.end.saturating_sub(1) });
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(text) => {
                    let place = span(text.range());
                    // A backslash at its end stands before a brace.
                    let after =
                        place.end + u32::from(self.source.text()[place.end as usize..].starts_with('{'));
                    let text = self.source.slice(Span::new(place.start, after));
                    if let Some(bad) = first_invalid(text, Kind::Text, self.minor) {
                        let warning = self.escape_warning(bad, place.start, line);
                        self.early.push(warning);
                    }
                }
                InterpolatedStringElement::Interpolation(interpolation) => {
                    if let Some(format) = &interpolation.format_spec {
                        self.pieces(&format.elements, literal);
                    }
                }
            }
        }
    }

    fn escape_warning(&self, bad: Invalid<'_>, start: u32, line: u32) -> CompileWarning {
        let Invalid { sequence, at, octal } = bad;
        let message = match self.minor {
            0..=9 => format!("invalid escape sequence {sequence}"),
            10..=13 => format!("invalid {}escape sequence '{sequence}'", if octal { "octal " } else { "" }),
            14.. => format!(
                "\"{sequence}\" is an invalid {}escape sequence. Did you mean \"\\{sequence}\"? A raw string is also an option.",
                if octal { "octal " } else { "" }
            ),
        };
        let start = start + u32::try_from(at).unwrap_or(0);
        let end = start + u32::try_from(sequence.len()).unwrap_or(0);
        CompileWarning {
            kind: WarningKind::EscapeSequence,
            category: if self.minor < 12 { "DeprecationWarning" } else { "SyntaxWarning" },
            message,
            span: Span::new(start, end),
            line,
            lost_by_rewriting: false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Invalid<'t> {
    sequence: &'t str,
    at: usize,
    octal: bool,
}

/// Python only warns of the first.
fn first_invalid(text: &str, kind: Kind, minor: u8) -> Option<Invalid<'_>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &bytes[at..]) {
        let start = at + found;
        let character = text.get(start + 1..)?.chars().next()?;
        let sequence = |length: usize| text.get(start..start + length);
        let octal = text[start + 1..].bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
        let large = octal == 3 && bytes[start + 1] > b'3';
        if large && minor >= 11 {
            return Some(Invalid { sequence: sequence(4)?, at: start, octal: true });
        }
        let known = match character {
            '\n' | '\r' | '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | 'x' | '0'..='7' => {
                true
            }
            'u' | 'U' | 'N' => kind == Kind::Text,
            // NOTE: Python takes only the first byte of other characters for the sequence, and is silent.
            _ => !character.is_ascii(),
        };
        if !known {
            return Some(Invalid { sequence: sequence(2)?, at: start, octal: false });
        }
        at = start + 1 + character.len_utf8();
    }
    None
}
