//! The parser's errors in Python's words.

use ruff_python_parser::{LexicalErrorType as Lexical, ParseErrorType as Type};

use super::Reader;
use crate::text::Span;

/// What Python says instead.
pub(super) struct Words {
    pub(super) exception: &'static str,
    pub(super) message: String,
    pub(super) span: Span,
    pub(super) reached: u32,
    pub(super) after_grammar: bool,
}

pub(super) fn words(error: &Type, place: Span, reader: &Reader<'_>) -> Words {
    let mut words = Words {
        exception: "SyntaxError",
        message: "invalid syntax".to_owned(),
        span: place,
        reached: place.start,
        after_grammar: false,
    };
    match error {
        Type::UnexpectedIndentation => {
            words.exception = "IndentationError";
            words.message = "unexpected indent".to_owned();
        }
        Type::OtherError(message) if message.starts_with("Expected an indented block") => {
            words.exception = "IndentationError";
            words.message = "expected an indented block".to_owned();
        }
        _ => {}
    }
    let _ = (reader, Lexical::Eof);
    words
}
