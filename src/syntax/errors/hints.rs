//! Python's guesses of what was meant, made from the tokens around the error.

use super::super::tokenizer::{Token, TokenKind};
use super::parser::INVALID_SYNTAX;
use super::{Reader, SyntaxError};
use crate::text::Span;

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

impl<'a> Reader<'a> {
    fn tokens(&self) -> &[Token] {
        &self.tokenized().tokens
    }

    fn token_text(&self, index: usize) -> &'a str {
        self.tokens().get(index).map_or("", |token| self.source.slice(token.span))
    }

    /// The token that begins at or behind `offset`.
    fn token_at(&self, offset: u32) -> usize {
        self.tokens().partition_point(|token| token.span.start < offset)
    }

    fn is_keyword(&self, index: usize) -> bool {
        KEYWORDS.contains(&self.token_text(index))
    }

    /// Whether an expression may begin with the token.
    fn begins_expression(&self, index: usize) -> bool {
        let Some(token) = self.tokens().get(index) else { return false };
        match token.kind {
            TokenKind::Name => {
                !self.is_keyword(index)
                    || matches!(
                        self.token_text(index),
                        "None" | "True" | "False" | "not" | "await" | "lambda"
                    )
            }
            TokenKind::Number | TokenKind::String | TokenKind::Text => true,
            TokenKind::Operator => matches!(self.token_text(index), "(" | "[" | "{" | "..." | "~"),
            TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent | TokenKind::End => false,
        }
    }

    fn ends_expression(&self, index: usize) -> bool {
        let Some(token) = self.tokens().get(index) else { return false };
        match token.kind {
            TokenKind::Name => {
                !self.is_keyword(index) || matches!(self.token_text(index), "None" | "True" | "False")
            }
            TokenKind::Number | TokenKind::String | TokenKind::Text => true,
            TokenKind::Operator => matches!(self.token_text(index), ")" | "]" | "}" | "..."),
            TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent | TokenKind::End => false,
        }
    }

    /// Where the operand that ends before token `end` begins: after a comma, an opening bracket and the
    /// like.
    fn operand_start(&self, end: usize) -> usize {
        let mut depth = 0_usize;
        let mut index = end;
        while index > 0 {
            let text = self.token_text(index - 1);
            match text {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" if depth > 0 => depth -= 1,
                "(" | "[" | "{" => break,
                _ if depth > 0 => {}
                "," | "=" | ":" | ":=" | ";" | "if" | "elif" | "else" | "while" | "for" | "lambda"
                | "return" | "yield" | "in" => {
                    break;
                }
                _ if self.tokens()[index - 1].kind == TokenKind::Newline => break,
                _ => {}
            }
            index -= 1;
        }
        index
    }

    pub(super) fn inside_brackets(&self, offset: u32) -> bool {
        let mut depth = 0_usize;
        for token in self.tokens().iter().take_while(|token| token.span.start < offset) {
            match self.source.slice(token.span) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        depth > 0
    }

    /// Two operands side by side in brackets.
    pub(super) fn missing_comma(&self, invalid: SyntaxError) -> SyntaxError {
        let index = self.token_at(invalid.reached);
        let fits = index > 0
            && self.ends_expression(index - 1)
            && self.begins_expression(index)
            && self.inside_brackets(invalid.reached)
            && !self.in_parameters(index)
            && !self.in_import(index);
        if !fits || !self.since(10) {
            return invalid;
        }
        // Adjacent literals are one.
        let start = self.operand_start(index);
        let span = self.tokens().get(start).map_or(invalid.span, |token| token.span);
        SyntaxError { message: format!("{INVALID_SYNTAX}. Perhaps you forgot a comma?"), span, ..invalid }
    }

    fn in_import(&self, index: usize) -> bool {
        let tokens = self.tokens();
        let line_end = (0..index).rev().find(|&index| tokens[index].kind == TokenKind::Newline);
        matches!(self.token_text(line_end.map_or(0, |index| index + 1)), "import" | "from")
    }

    /// `if x = 1`, `[x = 1]`
    pub(super) fn equal_sign(&self, invalid: SyntaxError) -> SyntaxError {
        if !self.since(10) {
            return invalid;
        }
        let index = self.token_at(invalid.reached);
        let start = self.operand_start(index);
        let operators = ["and", "or", "not", "in", "is", "==", "!=", "<", ">", "<=", ">="];
        let is_target =
            start < index && (start..index).all(|index| !operators.contains(&self.token_text(index)));
        let fits = self.token_text(index) == "=" && self.begins_expression(index + 1);
        if !fits || !is_target || self.in_parameters(index) || self.in_import(index) {
            return invalid;
        }
        let operand = self.tokens().get(start).map_or(invalid.span, |token| token.span);
        let single_name = start + 1 == index && self.tokens()[start].kind == TokenKind::Name;
        if !single_name {
            let target = Span::new(operand.start, self.tokens()[index - 1].span.end);
            let name = self.name_by_tokens(start, index);
            return SyntaxError {
                message: format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?"),
                span: target,
                ..invalid
            };
        }
        let message = format!("{INVALID_SYNTAX}. Maybe you meant '==' or ':=' instead of '='?");
        SyntaxError { message, span: operand, ..invalid }
    }

    /// What Python calls the operand of these tokens.
    fn name_by_tokens(&self, start: usize, end: usize) -> &'static str {
        let last = self.tokens().get(end - 1).map_or(TokenKind::End, |token| token.kind);
        let dotted = (start..end).all(|index| self.token_text(index) == "." || !self.is_operator(index));
        match self.token_text(end - 1) {
            ")" => "function call",
            "]" if end - start > 1 && self.token_text(start) != "[" => "subscript",
            _ if end - start == 1 && matches!(last, TokenKind::Number | TokenKind::String) => "literal",
            _ if dotted && last == TokenKind::Name => "attribute",
            _ => "expression",
        }
    }

    fn is_operator(&self, index: usize) -> bool {
        self.tokens().get(index).is_some_and(|token| token.kind == TokenKind::Operator)
    }

    /// An error at the bracket that closes the call around `place`.
    pub(super) fn at_closing_bracket(&self, place: Span, message: &str) -> SyntaxError {
        let mut error = SyntaxError::in_tree(place, message);
        let mut depth = 0_usize;
        for token in &self.tokens()[self.token_at(place.start)..] {
            match self.source.slice(token.span) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" if depth == 0 => {
                    if self.since(9) {
                        error.span = token.span;
                    }
                    return error;
                }
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
        }
        error
    }

    /// Something else than `def` or `class` follows a decorator.
    pub(super) fn unexpected_level(&self, invalid: SyntaxError) -> SyntaxError {
        let index = self.token_at(invalid.reached);
        let kind = |index: usize| self.tokens().get(index).map(|token| token.kind);
        let message = if kind(index) == Some(TokenKind::Indent)
            || kind(index.wrapping_sub(1)) == Some(TokenKind::Indent)
        {
            "unexpected indent"
        } else if kind(index) == Some(TokenKind::Dedent)
            || kind(index.wrapping_sub(1)) == Some(TokenKind::Dedent)
        {
            "unexpected unindent"
        } else {
            return invalid;
        };
        SyntaxError { exception: "IndentationError", message: message.to_owned(), ..invalid }
    }

    /// Whether a token at this place would belong to the header of a function.
    pub(super) fn in_definition(&self, reached: u32) -> bool {
        let index = self.token_at(reached);
        let tokens = self.tokens();
        let start = (0..index).rev().find(|&index| {
            matches!(tokens[index].kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent)
        });
        let header = self.keyword(start.map_or(0, |index| index + 1));
        self.token_text(header) == "def" && !self.inside_brackets(reached)
    }

    /// Whether the innermost bracket around `offset` is a brace.
    pub(super) fn in_braces(&self, offset: u32) -> bool {
        let mut open = Vec::new();
        for token in self.tokens().iter().take_while(|token| token.span.start < offset) {
            match self.source.slice(token.span) {
                bracket @ ("(" | "[" | "{") => open.push(bracket),
                ")" | "]" | "}" => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.last() == Some(&"{")
    }

    /// `{1: 2, 3}`
    pub(super) fn missing_value(&self, invalid: SyntaxError) -> SyntaxError {
        let index = self.token_at(invalid.reached);
        let key = self.tokens().get(self.operand_start(index)).map_or(invalid.span, |token| token.span);
        let error = SyntaxError { span: if self.since(10) { key } else { invalid.span }, ..invalid };
        self.say(10, "':' expected after dictionary key", error)
    }

    /// Whether the error is at an opening bracket that an expression might begin with.
    pub(super) fn is_at_bracket(&self, reached: u32, bracket: u32) -> bool {
        reached == bracket && !self.in_parameters(self.token_at(reached))
    }

    /// `print x`, `a b`
    pub(super) fn two_statements(&self, invalid: SyntaxError) -> SyntaxError {
        let index = self.token_at(invalid.reached);
        let name = self.token_text(index.wrapping_sub(1));
        if index == 0 || !matches!(name, "print" | "exec") || !self.begins_expression(index) {
            return self.import_from(index, invalid);
        }
        if self.since(10) {
            let message = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
            let span = self.tokens()[index - 1].span;
            return SyntaxError { message, span, ..invalid };
        }
        let line = self.source.line_span(self.source.line(invalid.reached));
        let rest = self.source.slice(Span::new(invalid.reached, line.end));
        let rest = rest.split(';').next().unwrap_or_default().trim();
        let message = match name {
            "exec" => "Missing parentheses in call to 'exec'".to_owned(),
            _ => {
                let (arguments, end) = match rest.strip_suffix(',') {
                    Some(arguments) => (arguments, ", end=\" \""),
                    None => (rest, ""),
                };
                format!("Missing parentheses in call to 'print'. Did you mean print({arguments}{end})?")
            }
        };
        SyntaxError { message, ..invalid }
    }

    /// `import a from b`
    fn import_from(&self, index: usize, invalid: SyntaxError) -> SyntaxError {
        let start = self.operand_start(index);
        if self.token_text(index) == "from" && self.token_text(start) == "import" {
            return self.say(12, "Did you mean to use 'from ... import ...' instead?", invalid);
        }
        invalid
    }

    /// An `if` expression without its `else`.
    pub(super) fn missing_else(&self, invalid: SyntaxError) -> SyntaxError {
        let index = self.token_at(invalid.reached);
        if matches!(self.token_text(index), ":" | "else") {
            return invalid;
        }
        let condition = self.operand_start(index);
        let start = self.operand_start(condition.saturating_sub(1));
        let span = self.tokens().get(start).map_or(invalid.span, |token| token.span);
        self.say(
            10,
            "expected 'else' after 'if' expression",
            SyntaxError { span: if self.since(10) { span } else { invalid.span }, ..invalid },
        )
    }

    /// `f(a=)`, `{1:}`, `def f(a=): …`
    pub(super) fn no_expression(&self, invalid: SyntaxError) -> SyntaxError {
        let index = self.token_at(invalid.reached);
        if index == 0 {
            return invalid;
        }
        let previous = self.tokens()[index - 1].span;
        match self.token_text(index - 1) {
            "{" if self.since(12) && self.in_f_string(index - 1) => {
                let message = match self.token_text(index) {
                    found @ ("}" | "!" | ":" | "=") => {
                        format!("f-string: valid expression required before '{found}'")
                    }
                    _ => "f-string: expecting a valid expression after '{'".to_owned(),
                };
                SyntaxError { message, ..invalid }
            }
            ":" if matches!(self.token_text(index), "}" | ",") && self.inside_brackets(invalid.reached) => {
                let error =
                    SyntaxError { span: if self.since(10) { previous } else { invalid.span }, ..invalid };
                self.say(10, "expression expected after dictionary key and ':'", error)
            }
            "=" if matches!(self.token_text(index), ")" | ",") && self.in_parameters(index) => {
                self.say(11, "expected default value expression", invalid)
            }
            "=" if matches!(self.token_text(index), ")" | ",") => {
                self.say(12, "expected argument value expression", invalid)
            }
            _ => invalid,
        }
    }

    /// Whether the brackets around a token are those of a function's parameters.
    fn in_parameters(&self, index: usize) -> bool {
        let mut depth = 0_usize;
        for at in (0..index).rev() {
            match self.token_text(at) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" if depth > 0 => depth -= 1,
                "(" => return at >= 2 && self.token_text(at - 2) == "def",
                "[" | "{" => return false,
                "lambda" if depth == 0 => return true,
                _ if self.tokens()[at].kind == TokenKind::Newline && depth == 0 => return false,
                _ => {}
            }
        }
        false
    }

    fn in_f_string(&self, brace: usize) -> bool {
        brace > 0
            && matches!(self.tokens()[brace - 1].kind, TokenKind::String | TokenKind::Text)
            && self.tokens()[brace - 1].span.end == self.tokens()[brace].span.start
    }

    /// Whether the token before the error is this word.
    pub(super) fn follows_word(&self, word: &str, reached: u32) -> bool {
        let index = self.token_at(reached);
        index > 0 && self.token_text(index - 1) == word
    }

    pub(super) fn in_lambda_parameters(&self, reached: u32) -> bool {
        self.in_parameters(self.token_at(reached))
    }

    /// The body of a statement is not indented.
    pub(super) fn missing_block(&self, place: Span, invalid: SyntaxError) -> SyntaxError {
        let tokens = self.tokens();
        let after = tokens.partition_point(|token| token.span.start <= place.start);
        let newline = (0..after).rev().find(|&index| tokens[index].kind == TokenKind::Newline);
        let Some(newline) = newline else { return invalid };
        let next = tokens[newline + 1..].iter().find(|token| token.kind != TokenKind::Dedent);
        let found = next.map_or(invalid.span, |token| token.span);
        let header = (0..newline)
            .rev()
            .find(|&index| {
                matches!(tokens[index].kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent)
            })
            .map_or(0, |index| index + 1);
        let at_end = next.is_none_or(|token| token.kind == TokenKind::End);
        if at_end && !self.since(9) {
            let message = "unexpected EOF while parsing".to_owned();
            return SyntaxError { message, span: Span::at(found.start), reached: found.start, ..invalid };
        }
        let message = match self.block_name(header) {
            Some(name) if self.since(10) => {
                let line = self.line(tokens[self.keyword(header)].span.start);
                format!("expected an indented block after {name} on line {line}")
            }
            _ => "expected an indented block".to_owned(),
        };
        let exception = "IndentationError";
        SyntaxError { exception, message, span: found, reached: found.start, after_grammar: false }
    }

    /// The keyword of a header, behind `async`.
    fn keyword(&self, header: usize) -> usize {
        if self.token_text(header) == "async" { header + 1 } else { header }
    }

    fn block_name(&self, header: usize) -> Option<String> {
        let keyword = self.token_text(self.keyword(header));
        let star = self.token_text(header + 1) == "*";
        Some(match keyword {
            "def" => "function definition".to_owned(),
            "class" => "class definition".to_owned(),
            "except" if star => "'except*' statement".to_owned(),
            "if" | "elif" | "else" | "for" | "while" | "with" | "try" | "except" | "finally" | "match"
            | "case" => {
                format!("'{keyword}' statement")
            }
            _ => return None,
        })
    }
}
