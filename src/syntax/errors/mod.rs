//! What `compile()` of each Python version raises for a file: the first error that it would meet.
//!
//! Python decodes, tokenizes and parses (the tokenizer's errors win from 3.10 on, wherever they
//! are), then looks at `__future__` imports, names, and at last generates code.

use std::cell::OnceCell;

use ruff_python_parser::{InterpolatedStringErrorType, LexicalErrorType, ParseError, ParseErrorType};
use ruff_text_size::Ranged as _;

use super::checks::{Phase, Problem};
use super::decode::{DecodeError, InvalidBytes};
use super::facts::Facts;
use super::nesting::Tree;
use super::tokenizer::{self, MAX_BRACKETS, MAX_INDENTS, TokenError, Tokenized};
use super::{CompileError, span};
use crate::environment::PythonVersion;
use crate::text::{SourceFile, Span};

mod bytes;
mod escapes;
mod hints;
mod newer;
mod parser;
mod targets;

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

impl SyntaxError {
    /// An error that Python 3.8 only finds when it builds its tree.
    fn in_tree(place: Span, message: &str) -> Self {
        Self {
            exception: "SyntaxError",
            message: message.to_owned(),
            span: place,
            reached: place.start,
            after_grammar: true,
        }
    }
}

/// One file seen by one Python version.
struct Reader<'a> {
    source: &'a SourceFile,
    findings: &'a Findings,
    /// `None` where the parser was not asked, for fear of its depth.
    tree: Option<&'a Tree>,
    python: PythonVersion,
    tokenized: OnceCell<Tokenized>,
}

impl Findings {
    /// What the first error is in this Python version.
    pub(super) fn first(
        &self,
        source: &SourceFile,
        tree: Option<&Tree>,
        python: PythonVersion,
    ) -> Option<CompileError> {
        let reader = Reader { source, findings: self, tree, python, tokenized: OnceCell::new() };
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

    /// The line of a token; the end of the file is on the last one that is there.
    fn line(&self, offset: u32) -> u32 {
        let line = self.source.line(offset);
        let empty = self.source.line_start(line) as usize >= self.source.text().len();
        if empty && line > 1 { line - 1 } else { line }
    }

    fn tokenized(&self) -> &Tokenized {
        self.tokenized.get_or_init(|| tokenizer::tokenize(self.source.text(), self.python))
    }

    fn error(&self, exception: &'static str, message: String, span: Span) -> CompileError {
        let line = self.line(span.start);
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
        let tokenizer_knows_better = facts.is_none_or(|facts| {
            facts.brackets > MAX_BRACKETS || facts.indents >= MAX_INDENTS || facts.mixed_indentation
        }) || self.source.text().starts_with('\u{feff}');
        let parser = self.parser_error();
        if parser.is_none() && !tokenizer_knows_better {
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
        if error.exception == "UnicodeDecodeError" {
            return Self::unlocated(error.exception, &error.message);
        }
        self.error(error.exception, error.message, error.span)
    }

    fn token_error(&self, error: &TokenError) -> CompileError {
        self.error(error.exception, error.message.clone(), error.span)
    }

    /// From 3.10 on, a bracket that is never closed is blamed for errors on the lines after it.
    fn unclosed_before(&self, error: &SyntaxError) -> Option<CompileError> {
        let bracket = self.tokenized().open.last()?;
        let tokens = &self.tokenized().tokens;
        let last = tokens.last().map_or(bracket.offset, |token| token.span.start);
        // Python reads on behind a bracket that it did not expect.
        let read = if self.is_at_bracket(error.reached, bracket.offset) { last } else { error.reached };
        if !self.since(10) || self.line(bracket.offset) >= self.line(read) {
            return None;
        }
        let message = format!("'{}' was never closed", bracket.character);
        Some(self.error("SyntaxError", message, Span::new(bracket.offset, bracket.offset + 1)))
    }

    /// The first error that is not the tokenizer's.
    fn parser_error(&self) -> Option<SyntaxError> {
        // In the order in which the parser met them, which is Python's.
        let lenient =
            matches!(self.minor(), 12 | 13) && self.findings.parse.first().is_some_and(newline_in_format);
        let parsed: &[ParseError] = if lenient { &[] } else { &self.findings.parse };
        let mut parsed = parsed.iter().map(|error| self.parse_error(error));
        let parsed = if self.since(9) {
            parsed.next()
        } else {
            let first = parsed.next();
            let line = first.as_ref().map_or(0, |error| self.source.line(error.reached));
            let tree_is_made_later = first.as_ref().is_some_and(|error| error.after_grammar);
            let in_string = first.as_ref().is_some_and(|error| self.is_in_string(error.span));
            // Where a literal is broken, the parser stumbles over the rest of the line.
            let is_other = |error: &SyntaxError| !in_string || self.source.line(error.reached) > line;
            let mut others = parsed.filter(|error| !error.after_grammar && is_other(error));
            others.next().filter(|_| tree_is_made_later).or(first)
        };
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
        let problems = self.problems().filter(|problem| problem.phase == Phase::Parse);
        let problems = problems.map(|problem| SyntaxError {
            exception: "SyntaxError",
            message: problem.kind.message(self.minor()),
            span: problem.span,
            reached: problem.span.start,
            after_grammar: true,
        });
        let all =
            parsed.into_iter().chain(newer).chain(integers).chain(problems).chain(self.invalid_strings());
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
        let too_deep = self.tree.is_none_or(|tree| tree.depth > limit);
        too_deep
            .then(|| Self::unlocated("RecursionError", "maximum recursion depth exceeded during compilation"))
    }

    fn problems(&self) -> impl Iterator<Item = &Problem> {
        let minor = self.minor();
        let applies = move |problem: &&Problem| (problem.minors.0..=problem.minors.1).contains(&minor);
        self.findings.problems.iter().filter(applies)
    }

    fn problem(&self) -> Option<CompileError> {
        let minor = self.minor();
        let problem = self.problems().min_by_key(|problem| (problem.phase, problem.order))?;
        let elsewhere = problem.elsewhere.filter(|((from, to), _)| (*from..=*to).contains(&minor));
        let span = elsewhere.map_or(problem.span, |(_, span)| span);
        let mut error = self.error("SyntaxError", problem.kind.message(minor), span);
        if problem.kind.has_no_line(minor) {
            error.line = 0;
        }
        Some(error)
    }
}

impl Reader<'_> {
    fn parse_error(&self, error: &ParseError) -> SyntaxError {
        self.words(&error.error, span(error.range()))
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

/// NOTE: the first releases of 3.12 and 3.13 accept a line break in the format of an f-string with
/// single quotes.
fn newline_in_format(error: &ParseError) -> bool {
    let newline = InterpolatedStringErrorType::NewlineInFormatSpec;
    error.error == ParseErrorType::Lexical(LexicalErrorType::FStringError(newline))
}

#[cfg(test)]
mod tests;
