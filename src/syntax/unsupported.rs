//! Syntax that some Python versions do not have.

use ruff_python_ast::PythonVersion as ParserVersion;
use ruff_python_parser::{UnsupportedSyntaxError, UnsupportedSyntaxErrorKind as Kind};
use ruff_text_size::Ranged as _;

use super::span;
use crate::environment::PythonVersion;
use crate::text::Span;

/// The parser is asked for everything that any supported Python lacks.
pub(super) const OLDEST: ParserVersion = ParserVersion { major: 3, minor: 8 };

/// A place where newer syntax is used.
#[derive(Debug)]
pub(super) struct NewerSyntax {
    pub(super) since: PythonVersion,
    pub(super) span: Span,
    pub(super) message: &'static str,
}

impl NewerSyntax {
    pub(super) fn new(error: &UnsupportedSyntaxError) -> Self {
        let minor = since(error.kind);
        Self { since: PythonVersion::new(3, minor), span: span(error.range()), message: "invalid syntax" }
    }
}

/// The minor version of Python 3 that has it.
///
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
