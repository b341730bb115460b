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
    pub(in crate::syntax) fn new(error: &UnsupportedSyntaxError, text: &str) -> Self {
        // NOTE: in an index a walrus is accepted from 3.10 on; the parser says 3.9.
        let in_index =
            matches!(error.kind, Kind::UnparenthesizedNamedExpr(_)) && error.to_string().contains("index");
        let minor = if in_index { 10 } else { since(error.kind) };
        Self { minor, span: span(error.range()), message: message(error, text) }
    }

    /// What an older Python says.
    pub(super) fn message(&self, minor: u8) -> &'static str {
        match self.message {
            "expected '('" if minor < 11 => "invalid syntax",
            "multiple exception types must be parenthesized" if minor < 10 => "invalid syntax",
            message => message,
        }
    }
}

fn message(error: &UnsupportedSyntaxError, text: &str) -> &'static str {
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
        Kind::TypeParameterList if is_of_function(span(error.range()).start, text) => "expected '('",
        _ => "invalid syntax",
    }
}

/// Whether the parameters that begin at `offset` are those of a function.
fn is_of_function(offset: u32, text: &str) -> bool {
    let before = text.get(..offset as usize).unwrap_or_default();
    let definition = before.trim_end().trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').trim_end();
    definition.ends_with("def")
}

const fn since(kind: Kind) -> u8 {
    match kind {
        Kind::Walrus | Kind::StarTuple(_) | Kind::PositionalOnlyParameter => 8,
        Kind::ParenthesizedKeywordArgumentName => u8::MAX,
        // Whether it is one is told by the checks: `with (a, b):` is fine.
        Kind::ParenthesizedContextManager => 0,
        Kind::RelaxedDecorator(_) | Kind::UnparenthesizedUnpackInFor => 9,
        // In sets.
        Kind::UnparenthesizedNamedExpr(_) => 9,
        Kind::Match => 10,
        Kind::ExceptStar | Kind::StarExpressionInIndex | Kind::StarAnnotation => 11,
        Kind::TypeParameterList | Kind::TypeAliasStatement | Kind::Pep701FString(_) => 12,
        Kind::TypeParamDefault => 13,
        Kind::UnparenthesizedExceptionTypes | Kind::TemplateStrings => 14,
        Kind::LazyImportStatement | Kind::UnpackingInComprehension(_) => 15,
    }
}
