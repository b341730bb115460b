//! What `compile()` of each Python version raises for a file: the first error that it would meet.
//!
//! Python decodes, tokenizes and parses (the tokenizer's errors win from 3.10 on, wherever they
//! are), then looks at `__future__` imports, names, and at last generates code.

use std::cell::OnceCell;

use ruff_python_parser::ParseError;
use ruff_text_size::Ranged as _;

use super::checks::{Phase, Problem};
use super::decode::{DecodeError, InvalidBytes};
use super::facts::Facts;
use super::tokenizer::{self, MAX_BRACKETS, MAX_INDENTS, TokenError, Tokenized};
use super::{CompileError, span};
use crate::environment::PythonVersion;
use crate::text::{SourceFile, Span};

mod bytes;
mod newer;
mod parser;

pub(super) use newer::{NewerSyntax, OLDEST};

/// More are not looked at; only the first counts, or nearly so.
pub(super) const MAX_PARSE_ERRORS: usize = 16;

/// All that is known to be wrong with a file, in any version.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) decode: Option<DecodeError>,
    pub(super) invalid: Vec<InvalidBytes>,
    pub(super) parse: Vec<ParseError>,
    pub(super) newer: Vec<NewerSyntax>,
    pub(super) problems: Vec<Problem>,
    pub(super) facts: Option<Facts>,
    /// The depth of the tree; `None` where the parser was not asked, for fear of it.
    pub(super) depth: Option<u32>,
}

/// An error of the parser, as Python would put it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SyntaxError {
    exception: &'static str,
    message: String,
    span: Span,
    /// The last token that Python had read by then; other errors before it come first.
    reached: u32,
    /// Python 3.8 finds it only after the whole file was parsed.
    after_grammar: bool,
}

/// One file seen by one Python version.
struct Reader<'a> {
    source: &'a SourceFile,
    findings: &'a Findings,
    python: PythonVersion,
    tokenized: OnceCell<Tokenized>,
}

impl Findings {
    pub(super) fn first(&self, source: &SourceFile, python: PythonVersion) -> Option<CompileError> {
        let reader = Reader { source, findings: self, python, tokenized: OnceCell::new() };
        if let Some(error) = &self.decode {
            return reader.undecodable(error);
        }
        reader.syntax_error().or_else(|| reader.too_deep()).or_else(|| reader.problem())
    }
}

impl Reader<'_> {
    fn since(&self, minor: u8) -> bool {
        self.python >= PythonVersion::new(3, minor)
    }

    fn minor(&self) -> u8 {
        if self.python.major < 3 { 0 } else { self.python.minor }
    }

    fn tokenized(&self) -> &Tokenized {
        self.tokenized.get_or_init(|| tokenizer::tokenize(self.source.text(), self.python))
    }

    fn error(&self, exception: &'static str, message: String, span: Span) -> CompileError {
        let line = self.source.line(span.start);
        CompileError { exception, message, span, line, located: true }
    }

    fn unlocated(exception: &'static str, message: &str) -> CompileError {
        CompileError { exception, message: message.to_owned(), span: Span::at(0), line: 0, located: false }
    }

    fn undecodable(&self, error: &DecodeError) -> Option<CompileError> {
        let (exception, located) = match error {
            DecodeError::Opaque(_) => return None,
            DecodeError::NullBytes if !self.since(11) => ("ValueError", false),
            DecodeError::NullBytes => ("SyntaxError", false),
            DecodeError::UnknownEncoding(_)
            | DecodeError::CookieAgainstBom(_)
            | DecodeError::NotText(_)
            | DecodeError::Undecodable { .. } => ("SyntaxError", true),
        };
        Some(CompileError { located, ..Self::unlocated(exception, &error.to_string()) })
    }

    fn syntax_error(&self) -> Option<CompileError> {
        let facts = self.findings.facts.as_ref();
        let too_many =
            facts.is_none_or(|facts| facts.brackets > MAX_BRACKETS || facts.indents >= MAX_INDENTS);
        let parser = self.parser_error();
        if parser.is_none() && !too_many {
            return None;
        }
        let token_error = self.tokenized().error.as_ref().map(|error| self.with_bytes(error));
        match (parser, token_error) {
            (None, None) => None,
            (None, Some(tokens)) => Some(self.token_error(&tokens)),
            (Some(parser), None) => Some(self.chosen(parser)),
            (Some(parser), Some(tokens))
                if tokens.reached <= parser.reached || parser.after_grammar && !self.since(9) =>
            {
                Some(self.token_error(&tokens))
            }
            (Some(parser), Some(tokens)) => {
                let may_override = parser.message != "unexpected indent";
                if tokens.overrides && may_override {
                    return Some(self.token_error(&tokens));
                }
                let unclosed = self.unclosed_before(&parser).filter(|_| may_override);
                Some(unclosed.unwrap_or_else(|| self.chosen(parser)))
            }
        }
    }

    fn chosen(&self, error: SyntaxError) -> CompileError {
        self.error(error.exception, error.message, error.span)
    }

    fn token_error(&self, error: &TokenError) -> CompileError {
        self.error(error.exception, error.message.clone(), error.span)
    }

    /// From 3.10 on, a bracket that is never closed is blamed for errors on the lines after it.
    fn unclosed_before(&self, error: &SyntaxError) -> Option<CompileError> {
        let bracket = self.tokenized().open.last()?;
        let line = |offset| self.source.line(offset);
        if !self.since(10) || line(bracket.offset) >= line(error.reached) {
            return None;
        }
        let message = format!("'{}' was never closed", bracket.character);
        Some(self.error("SyntaxError", message, Span::new(bracket.offset, bracket.offset + 1)))
    }

    /// The first error that is not the tokenizer's.
    fn parser_error(&self) -> Option<SyntaxError> {
        let parsed = self.findings.parse.iter().map(|error| self.parse_error(error));
        let newer = self.findings.newer.iter().filter(|newer| newer.minor > self.minor()).take(1);
        let newer = newer.map(|newer| self.newer_syntax(newer));
        let integers = self.findings.facts.iter().flat_map(|facts| facts.long_integers.iter());
        let integers = integers.map(|integer| {
            let kind = super::checks::Kind::IntegerTooLong(integer.digits);
            SyntaxError {
                exception: "SyntaxError",
                message: kind.message(self.minor()),
                span: integer.span,
                reached: integer.span.start,
                after_grammar: true,
            }
        });
        let all = parsed.chain(newer).chain(integers).chain(self.invalid_strings());
        if self.since(9) {
            all.min_by_key(|error| error.reached)
        } else {
            all.min_by_key(|error| (error.after_grammar, error.reached))
        }
    }

    /// Python limits how deep its own passes recurse.
    fn too_deep(&self) -> Option<CompileError> {
        let facts = self.findings.facts.as_ref();
        if !self.since(9) && facts.is_none_or(|facts| facts.brackets >= 100) {
            return Some(Self::unlocated("MemoryError", ""));
        }
        let limit = match self.minor() {
            0..=11 => 3000,
            12 | 13 => 10_000,
            14.. => super::nesting::MAX_DEPTH,
        };
        let too_deep = self.findings.depth.is_none_or(|depth| depth > limit);
        too_deep
            .then(|| Self::unlocated("RecursionError", "maximum recursion depth exceeded during compilation"))
    }

    fn problem(&self) -> Option<CompileError> {
        let minor = self.minor();
        let applies = |problem: &&Problem| (problem.minors.0..=problem.minors.1).contains(&minor);
        let key = |problem: &&Problem| (problem.phase, problem.order);
        let problem = self.findings.problems.iter().filter(applies).min_by_key(key)?;
        let span = problem.span_before_310.filter(|_| minor < 10).unwrap_or(problem.span);
        let mut error = self.error("SyntaxError", problem.kind.message(minor), span);
        if problem.kind.has_no_line(minor) {
            error.line = 0;
        }
        debug_assert_ne!(problem.phase, Phase::Parse);
        Some(error)
    }
}

impl Reader<'_> {
    fn parse_error(&self, error: &ParseError) -> SyntaxError {
        let place = span(error.range());
        let parser::Words { exception, message, span, reached, after_grammar } =
            parser::words(&error.error, place, self);
        SyntaxError { exception, message, span, reached, after_grammar }
    }

    fn newer_syntax(&self, newer: &NewerSyntax) -> SyntaxError {
        SyntaxError {
            exception: "SyntaxError",
            message: newer.message(self.minor()).to_owned(),
            span: newer.span,
            reached: newer.span.start,
            after_grammar: false,
        }
    }
}
