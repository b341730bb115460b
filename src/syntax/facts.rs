//! What the tokens tell and the tree does not: comments, and what would take the checks a visit to
//! find. The tokens themselves are not kept.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::Ranged as _;

use super::checks::Names;
use super::nesting::Estimate;
use super::span;
use crate::text::Span;

#[derive(Debug)]
pub(super) struct Facts {
    pub(super) comments: Box<[Span]>,
    /// Whether the module declares or binds names in a way that must be checked.
    pub(super) names: Names,
    /// An upper bound of the tree's depth.
    pub(super) depth: u32,
    /// How many brackets are open at the same time.
    pub(super) brackets: usize,
    /// How many levels of indentation there are.
    pub(super) indents: usize,
    /// Whether tabs and blanks both indent: the parser is less strict about it than Python.
    pub(super) mixed_indentation: bool,
    /// Decimal integers of more digits than Python converts.
    pub(super) long_integers: Box<[LongInteger]>,
}

#[derive(Debug)]
pub(super) struct LongInteger {
    pub(super) span: Span,
    pub(super) digits: usize,
}

impl Facts {
    pub(super) fn new(tokens: &[Token], text: &str) -> Self {
        let mut comments = Vec::new();
        let mut names = Names::Ignored;
        let mut estimate = Estimate::default();
        let mut long_integers = Vec::new();
        let (mut indents, mut deepest_indent, mut elifs) = (0_usize, 0, 0);
        for token in tokens {
            match token.kind() {
                TokenKind::Comment => comments.push(span(token.range())),
                TokenKind::Newline => estimate.end_of_statement(),
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace | TokenKind::FStringStart => {
                    estimate.open();
                }
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd => {
                    estimate.close();
                }
                TokenKind::TStringStart => estimate.open(),
                TokenKind::TStringEnd => estimate.close(),
                TokenKind::Comma | TokenKind::Semi => estimate.comma(),
                TokenKind::Elif => {
                    // For Python each is inside of the `else` of the one before.
                    elifs += 1;
                    estimate.operator();
                }
                TokenKind::Indent => {
                    indents += 1;
                    deepest_indent = deepest_indent.max(indents);
                }
                TokenKind::Dedent => indents = indents.saturating_sub(1),
                TokenKind::Int => long_integers.extend(long_integer(span(token.range()), text)),
                TokenKind::Global | TokenKind::Nonlocal | TokenKind::ColonEqual => {
                    names = Names::Followed;
                    estimate.operator();
                }
                TokenKind::Name
                | TokenKind::Float
                | TokenKind::Complex
                | TokenKind::String
                | TokenKind::FStringMiddle
                | TokenKind::TStringMiddle
                | TokenKind::NonLogicalNewline
                | TokenKind::Pass
                | TokenKind::EndOfFile => {}
                _ => estimate.operator(),
            }
        }
        let (depth, brackets) = estimate.finish(deepest_indent + elifs);
        Self {
            comments: comments.into(),
            names,
            depth,
            brackets,
            indents: deepest_indent,
            mixed_indentation: has_mixed_indentation(text),
            long_integers: long_integers.into(),
        }
    }
}

fn has_mixed_indentation(text: &str) -> bool {
    if memchr::memchr(b'\t', text.as_bytes()).is_none() {
        return false;
    }
    let (mut tabs, mut blanks) = (false, false);
    text.split(['\n', '\r']).any(|line| {
        let indentation = line.len() - line.trim_start_matches([' ', '\t', '\u{c}']).len();
        let indentation = &line.as_bytes()[..indentation];
        tabs |= indentation.contains(&b'\t');
        blanks |= indentation.contains(&b' ');
        tabs && blanks
    })
}

fn long_integer(span: Span, text: &str) -> Option<LongInteger> {
    const MAX_DIGITS: usize = 4300;
    if span.range().len() <= MAX_DIGITS {
        return None;
    }
    let literal = text.get(span.range())?.as_bytes();
    let is_decimal = literal.iter().all(|byte| byte.is_ascii_digit() || *byte == b'_');
    let digits = literal.iter().filter(|byte| byte.is_ascii_digit()).count();
    (is_decimal && digits > MAX_DIGITS).then_some(LongInteger { span, digits })
}
