//! Syntax that some Python versions do not have.

use ruff_python_ast::PythonVersion as ParserVersion;
use ruff_python_parser::{UnsupportedSyntaxError, UnsupportedSyntaxErrorKind as Kind};
use ruff_text_size::Ranged as _;

use super::super::span;
use crate::text::Span;

/// The parser is asked for everything that any supported Python lacks.
pub(in crate::syntax) const OLDEST: ParserVersion = ParserVersion { major: 3, minor: 8 };

/// A place where newer syntax is used.
#[derive(Debug)]
pub(in crate::syntax) struct NewerSyntax {
    /// The minor version of Python 3 that has it.
    pub(in crate::syntax) minor: u8,
    pub(in crate::syntax) span: Span,
    message: &'static str,
}

impl NewerSyntax {
    pub(in crate::syntax) fn new(error: &UnsupportedSyntaxError) -> Self {
        Self { minor: since(error.kind), span: span(error.range()), message: message(error) }
    }

    /// What an older Python says.
    pub(super) fn message(&self, minor: u8) -> &'static str {
        if minor < 10 && self.minor == 14 { "invalid syntax" } else { self.message }
    }
}

fn message(error: &UnsupportedSyntaxError) -> &'static str {
    // NOTE: which of these it is, the parser's crate tells in words only.
    let says = |words: &str| error.to_string().contains(words);
    match error.kind {
        Kind::ParenthesizedKeywordArgumentName => {
            "expression cannot contain assignment, perhaps you meant \"==\"?"
        }
        Kind::UnpackingInComprehension(_) if says("dictionary unpacking") => {
            "dict unpacking cannot be used in dict comprehension"
        }
        Kind::UnpackingInComprehension(_) => "iterable unpacking cannot be used in comprehension",
        Kind::UnparenthesizedExceptionTypes => "multiple exception types must be parenthesized",
        Kind::Pep701FString(_) if says("backslash") => "f-string expression part cannot include a backslash",
        Kind::Pep701FString(_) if says("comments") => "f-string expression part cannot include '#'",
        _ => "invalid syntax",
    }
}

/// NOTE: unparenthesized walruses in sets and indexes are accepted from 3.10 on; the parser says 3.9.
const fn since(kind: Kind) -> u8 {
    match kind {
        Kind::Walrus | Kind::StarTuple(_) | Kind::PositionalOnlyParameter => 8,
        Kind::ParenthesizedKeywordArgumentName => u8::MAX,
        Kind::RelaxedDecorator(_) | Kind::ParenthesizedContextManager | Kind::UnparenthesizedUnpackInFor => 9,
        Kind::Match | Kind::UnparenthesizedNamedExpr(_) => 10,
        Kind::ExceptStar | Kind::StarExpressionInIndex | Kind::StarAnnotation => 11,
        Kind::TypeParameterList | Kind::TypeAliasStatement | Kind::Pep701FString(_) => 12,
        Kind::TypeParamDefault => 13,
        Kind::UnparenthesizedExceptionTypes | Kind::TemplateStrings => 14,
        Kind::LazyImportStatement | Kind::UnpackingInComprehension(_) => 15,
    }
}
