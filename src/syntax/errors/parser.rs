//! The parser's errors in Python's words.
//!
//! The parser stops where Python's does, at the first token that nothing can continue, but gives
//! other reasons. Older Pythons mostly say "invalid syntax".

use ruff_python_ast::token::TokenKind as Found;
use ruff_python_parser::{
    InterpolatedStringErrorType as Interpolated, LexicalErrorType as Lexical, ParseErrorType as Type,
};

use super::super::tokenizer::TokenKind;
use super::{Reader, SyntaxError};
use crate::text::Span;

pub(super) const INVALID_SYNTAX: &str = "invalid syntax";

impl Reader<'_> {
    /// What Python says instead of `error`.
    pub(super) fn words(&self, error: &Type, place: Span) -> SyntaxError {
        let words = self.words_outside_of_strings(error, place);
        if self.since(12) || !words.message.starts_with(INVALID_SYNTAX) || !self.is_in_string(place) {
            return words;
        }
        // Up to 3.11 a parser of its own reads the expressions of f-strings.
        let brace = self.source.text()[..place.start as usize].trim_end().ends_with('{');
        let message = match self.source.text()[place.start as usize..].trim_start().chars().next() {
            Some('}') if brace => "f-string: empty expression not allowed".to_owned(),
            Some('"' | '\'') if brace => "f-string: expecting '}'".to_owned(),
            Some(found @ ('!' | ':' | '=')) if brace && self.since(11) => {
                format!("f-string: expression required before '{found}'")
            }
            _ if self.since(9) => format!("f-string: {}", words.message),
            _ => words.message,
        };
        SyntaxError { after_grammar: true, message, ..words }
    }

    pub(super) fn is_in_string(&self, place: Span) -> bool {
        let tokens = &self.tokenized().tokens;
        let index = tokens.partition_point(|token| token.span.end <= place.start);
        tokens
            .get(index)
            .is_some_and(|token| token.kind == TokenKind::String && token.span.start < place.start)
    }

    fn words_outside_of_strings(&self, error: &Type, place: Span) -> SyntaxError {
        let invalid = self.invalid_syntax_at(place);
        match error {
            Type::UnexpectedIndentation => SyntaxError {
                exception: "IndentationError",
                message: "unexpected indent".to_owned(),
                ..invalid
            },
            Type::OtherError(message) => self.other(message, place, invalid),
            Type::ExpectedToken { expected, found } => self.expected(*expected, *found, invalid),
            Type::SimpleStatementsOnSameLine => self.two_statements(invalid),
            Type::ExpectedExpression => self.no_expression(invalid),
            Type::InvalidAssignmentTarget => self.assignment(place),
            Type::InvalidAugmentedAssignmentTarget => {
                let name = self.expression_name(place);
                SyntaxError::in_tree(
                    place,
                    &format!("'{name}' is an illegal expression for augmented assignment"),
                )
            }
            Type::InvalidNamedAssignmentTarget => {
                let name = self.expression_name(place);
                SyntaxError::in_tree(place, &format!("cannot use assignment expressions with {name}"))
            }
            Type::InvalidDeleteTarget => {
                let name = self.expression_name(place);
                let starred = name == "starred" && !self.since(9);
                let message = if starred {
                    "can't use starred expression here".to_owned()
                } else {
                    format!("cannot delete {name}")
                };
                SyntaxError::in_tree(place, &message)
            }
            Type::InvalidAnnotatedAssignmentTarget => {
                SyntaxError::in_tree(place, "illegal target for annotation")
            }
            Type::UnparenthesizedGeneratorExpression => {
                SyntaxError::in_tree(place, "Generator expression must be parenthesized")
            }
            Type::PositionalAfterKeywordArgument => {
                self.at_closing_bracket(place, "positional argument follows keyword argument")
            }
            Type::PositionalAfterKeywordUnpacking => {
                self.at_closing_bracket(place, "positional argument follows keyword argument unpacking")
            }
            Type::InvalidArgumentUnpackingOrder => {
                SyntaxError::in_tree(place, "iterable argument unpacking follows keyword argument unpacking")
            }
            Type::IterableUnpackingInComprehension => {
                SyntaxError::in_tree(place, "iterable unpacking cannot be used in comprehension")
            }
            Type::NonDefaultParamAfterDefaultParam => {
                let message = if self.since(12) {
                    "parameter without a default follows parameter with a default"
                } else {
                    "non-default argument follows default argument"
                };
                SyntaxError::in_tree(place, message)
            }
            Type::ExpectedKeywordParam => SyntaxError::in_tree(place, "named arguments must follow bare *"),
            Type::ParamAfterVarKeywordParam => {
                self.say(11, "arguments cannot follow var-keyword argument", invalid)
            }
            Type::VarParameterWithDefault => {
                let keyword = self.source.text()[..place.start as usize].trim_end().ends_with("**")
                    || self.source.slice(place).starts_with("**");
                let kind = if keyword { "keyword" } else { "positional" };
                self.say(11, &format!("var-{kind} argument cannot have default value"), invalid)
            }
            Type::InvalidStarredExpressionUsage => self.starred(place, invalid),
            Type::InvalidMatchPatternTarget => self.say(10, "cannot use '_' as a target", invalid),
            Type::ExpectedRealNumber => self.say(10, "real number required in complex literal", invalid),
            Type::ExpectedImaginaryNumber => {
                self.say(10, "imaginary number required in complex literal", invalid)
            }
            Type::EmptyTypeParams => self.say(11, "expected '('", invalid),
            Type::EmptyImportNames => self.say(13, "Expected one or more names after 'import'", invalid),
            Type::FStringError(error) | Type::Lexical(Lexical::FStringError(error)) => {
                self.f_string(error, place, invalid)
            }
            Type::Lexical(
                Lexical::UnicodeError
                | Lexical::MissingUnicodeLbrace
                | Lexical::MissingUnicodeRbrace
                | Lexical::StringError,
            ) => self.bad_escape(place, invalid),
            Type::Lexical(Lexical::InvalidByteLiteral) => {
                let stop = if self.since(10) { "" } else { "." };
                let message = format!("bytes can only contain ASCII literal characters{stop}");
                self.literal(place, &message, Literal::Bytes)
            }
            // The tokenizer tells more.
            Type::Lexical(_)
            | Type::StringAnnotationError(_)
            | Type::EmptySlice
            | Type::EmptyGlobalNames
            | Type::EmptyNonlocalNames
            | Type::EmptyDeleteTargets
            | Type::UnparenthesizedNamedExpression
            | Type::UnparenthesizedTupleExpression
            | Type::InvalidLambdaExpressionUsage
            | Type::InvalidYieldExpressionUsage
            | Type::InvalidStarPatternUsage
            | Type::SimpleAndCompoundStatementOnSameLine
            | Type::UnexpectedTokenAfterAsync(_)
            | Type::UnexpectedIpythonEscapeCommand
            | Type::UnexpectedExpressionToken
            | Type::TStringError(_) => invalid,
        }
    }

    /// "invalid syntax" at the first token that ends behind `place`'s start.
    fn invalid_syntax_at(&self, place: Span) -> SyntaxError {
        let tokens = &self.tokenized().tokens;
        let index = tokens.partition_point(|token| token.span.end <= place.start);
        // Line breaks within brackets are no tokens.
        let reached = tokens.get(index).map_or(place.start, |token| token.span.start.max(place.start));
        SyntaxError {
            exception: "SyntaxError",
            message: INVALID_SYNTAX.to_owned(),
            span: if reached > place.start { Span::at(reached) } else { place },
            reached,
            after_grammar: false,
        }
    }

    /// Words that Python has since a minor version.
    pub(super) fn say(&self, minor: u8, message: &str, error: SyntaxError) -> SyntaxError {
        if self.since(minor) { SyntaxError { message: message.to_owned(), ..error } } else { error }
    }

    /// An error within a string literal, found when its value is made: Python 3.9 to 3.11 name the line
    /// that they have read up to.
    pub(super) fn literal(&self, place: Span, message: &str, kind: Literal) -> SyntaxError {
        let tokens = &self.tokenized().tokens;
        let index = tokens.partition_point(|token| token.span.end <= place.start);
        let next = tokens[index.min(tokens.len())..].iter().find(|token| {
            token.span.start > place.start && !matches!(token.kind, TokenKind::String | TokenKind::Text)
        });
        let reads_on = match kind {
            Literal::Bytes => 9..=10,
            Literal::Text => 9..=11,
        };
        let span = match next {
            Some(next) if reads_on.contains(&self.minor()) => Span::at(next.span.start),
            Some(_) | None => tokens.get(index).map_or(place, |token| token.span),
        };
        SyntaxError { span, ..SyntaxError::in_tree(place, message) }
    }

    fn other(&self, message: &str, place: Span, invalid: SyntaxError) -> SyntaxError {
        if message.starts_with("Expected an indented block") {
            return self.missing_block(place, invalid);
        }
        let (minor, words) = match message {
            "Only one '/' separator allowed" => (11, "/ may appear only once"),
            "'/' parameter must appear before '*' parameter" => (11, "/ must be ahead of *"),
            "Only one '*' parameter allowed"
            | "Only one '*' separator allowed"
            | "Keyword-only parameter separator not allowed after '*' parameter" => {
                (11, "* argument may appear only once")
            }
            "Position-only parameter separator not allowed as first parameter" => {
                (11, "at least one argument must precede /")
            }
            "Trailing comma not allowed" => {
                return SyntaxError::in_tree(
                    invalid.span,
                    "trailing comma not allowed without surrounding parentheses",
                );
            }
            "Only single target (not tuple) can be annotated" => {
                return SyntaxError::in_tree(place, "only single target (not tuple) can be annotated");
            }
            "Only single target (not list) can be annotated" => {
                return SyntaxError::in_tree(place, "only single target (not list) can be annotated");
            }
            "Bytes literal cannot be mixed with non-bytes literals" => {
                return self.literal(place, "cannot mix bytes and nonbytes literals", Literal::Bytes);
            }
            "Expected a parameter name" => return self.keyword_name(place),
            "Expected class, function definition or async function definition after decorator" => {
                return self.unexpected_level(invalid);
            }
            "Cannot have both 'except' and 'except*' on the same 'try'" => {
                (11, "cannot have both 'except' and 'except*' on the same 'try'")
            }
            "Expected `except` or `finally` after `try` block" => {
                (10, "expected 'except' or 'finally' block")
            }
            "Multiple exception types must be parenthesized when using `as`" => {
                (10, "multiple exception types must be parenthesized")
            }
            "Expected one or more exception types" => (11, "expected one or more exception types"),
            "Positional patterns cannot follow keyword patterns" => {
                (10, "positional patterns follow keyword patterns")
            }
            "Multiple return types must be parenthesized" => (10, "expected ':'"),
            _ => return invalid,
        };
        self.say(minor, words, invalid)
    }

    /// `f(1=2)`, `f(True=1)`
    fn keyword_name(&self, place: Span) -> SyntaxError {
        let name = self.source.slice(place);
        let message = match name {
            "True" | "False" | "None" if !self.is_minor(9) => format!("cannot assign to {name}"),
            _ => "expression cannot contain assignment, perhaps you meant \"==\"?".to_owned(),
        };
        SyntaxError::in_tree(place, &message)
    }

    fn is_minor(&self, minor: u8) -> bool {
        self.minor() == minor
    }

    fn starred(&self, place: Span, invalid: SyntaxError) -> SyntaxError {
        let text = self.source.text();
        let before = text[..place.start as usize].trim_end();
        let parenthesized = before.ends_with('(') && text[place.end as usize..].trim_start().starts_with(')');
        if before.ends_with(':') && self.since(10) && self.in_braces(place.start) {
            return self.say(10, "cannot use a starred expression in a dictionary value", invalid);
        }
        if parenthesized {
            let can = if self.since(10) { "cannot" } else { "can't" };
            return SyntaxError::in_tree(place, &format!("{can} use starred expression here"));
        }
        invalid
    }

    fn f_string(&self, error: &Interpolated, place: Span, invalid: SyntaxError) -> SyntaxError {
        let at_end = self.source.text()[place.start as usize..]
            .trim_start()
            .starts_with(['"', '\'', '{', '}', ':', '!']);
        if *error == Interpolated::UnclosedLbrace && !at_end {
            return if self.since(12) {
                self.missing_comma(invalid)
            } else {
                self.say(10, "invalid syntax. Perhaps you forgot a comma?", invalid)
            };
        }
        let message = match error {
            Interpolated::UnclosedLbrace => "f-string: expecting '}'",
            Interpolated::SingleRbrace => "f-string: single '}' is not allowed",
            Interpolated::InvalidConversionFlag => {
                "f-string: invalid conversion character: expected 's', 'r', or 'a'"
            }
            Interpolated::LambdaWithoutParentheses if self.since(12) => {
                "f-string: lambda expressions are not allowed without parentheses"
            }
            Interpolated::ConversionFlagNotImmediatelyAfterExclamation if self.since(12) => {
                "f-string: conversion type must come right after the exclamanation mark"
            }
            Interpolated::NewlineInFormatSpec => {
                "f-string: newlines are not allowed in format specifiers for single quoted f-strings"
            }
            Interpolated::LambdaWithoutParentheses
            | Interpolated::ConversionFlagNotImmediatelyAfterExclamation
            | Interpolated::UnterminatedString
            | Interpolated::UnterminatedTripleQuotedString => return invalid,
        };
        if self.since(12) {
            return SyntaxError { message: message.to_owned(), ..invalid };
        }
        self.literal(place, message, Literal::Text)
    }

    fn expected(&self, expected: Found, found: Found, invalid: SyntaxError) -> SyntaxError {
        match (expected, found) {
            (Found::Colon | Found::Comma | Found::Rpar | Found::Rsqb | Found::Rbrace, Found::Equal) => {
                self.equal_sign(invalid)
            }
            (Found::Colon, Found::Newline) => self.say(10, "expected ':'", invalid),
            (Found::Colon, _)
                if ["try", "else", "finally"].iter().any(|word| self.follows_word(word, invalid.reached)) =>
            {
                self.say(10, "expected ':'", invalid)
            }
            (Found::Colon, Found::Lpar) if self.in_lambda_parameters(invalid.reached) => {
                self.say(11, "Lambda expression parameters cannot be parenthesized", invalid)
            }
            (Found::Rpar, Found::Lpar) => {
                self.say(11, "Function parameters cannot be parenthesized", invalid)
            }
            (Found::Lpar, _) => self.say(11, "expected '('", invalid),
            (Found::Colon, _) if self.in_definition(invalid.reached) => self.say(10, "expected ':'", invalid),
            (Found::Colon, _) if self.in_braces(invalid.reached) => self.missing_value(invalid),
            (Found::Else, _) => self.missing_else(invalid),
            (Found::Rsqb | Found::Rbrace, Found::For) => {
                self.say(10, "did you forget parentheses around the comprehension target?", invalid)
            }
            (Found::Comma | Found::Rpar | Found::Rsqb | Found::Rbrace, _) => self.missing_comma(invalid),
            _ => invalid,
        }
    }
}

/// What is the matter with a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    Bytes,
    Text,
}
