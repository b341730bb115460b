//! Expressions where only a target may be, and Python's names for them.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ModModule};
use ruff_text_size::Ranged as _;

use super::super::nesting::{Tree, with_stack_for};
use super::super::span;
use super::super::tokenizer::TokenKind;
use super::{Reader, SyntaxError};
use crate::text::Span;

impl Reader<'_> {
    /// `f() = 1`
    pub(super) fn assignment(&self, place: Span) -> SyntaxError {
        let name = self.expression_name(place);
        if name == "yield expression" && !self.source.text()[place.range()].starts_with('(') {
            let parenthesized = self.source.text()[..place.start as usize].trim_end().ends_with('(');
            if !parenthesized {
                return SyntaxError::in_tree(place, "assignment to yield expression not possible");
            }
        }
        let literal =
            matches!(name.as_str(), "True" | "False" | "None" | "generator expression" | "tuple" | "list");
        let message = if self.since(10) && !literal && self.looks_like_comparison(place) {
            format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?")
        } else {
            format!("cannot assign to {name}")
        };
        SyntaxError::in_tree(place, &message)
    }

    /// Whether `=` and an operand follow, and no other `=`.
    fn looks_like_comparison(&self, target: Span) -> bool {
        let tokens = &self.tokenized().tokens;
        let index = tokens.partition_point(|token| token.span.start < target.end);
        let text = |index: usize| tokens.get(index).map_or("", |token| self.source.slice(token.span));
        // The target may be in parentheses.
        let mut at = index;
        while text(at) == ")" {
            at += 1;
        }
        if text(at) != "=" || matches!(text(at + 1), "not" | "lambda" | "yield" | "*" | "") {
            return false;
        }
        let mut depth = 0_usize;
        for token in &tokens[at + 1..] {
            match self.source.slice(token.span) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" if depth > 0 => depth -= 1,
                "=" | ":=" if depth == 0 => return false,
                _ if depth == 0 && token.kind == TokenKind::Newline => break,
                ")" | "]" | "}" | "," | ";" if depth == 0 => break,
                _ => {}
            }
        }
        true
    }

    /// What Python calls the expression at `place`.
    pub(super) fn expression_name(&self, place: Span) -> String {
        let find = |tree: &Tree| {
            let module = tree.module()?;
            with_stack_for(tree.depth, || find(module, place)).map(|expr| self.name_of(expr))
        };
        self.tree.and_then(find).unwrap_or("expression").to_owned()
    }

    fn name_of(&self, expr: &Expr) -> &'static str {
        match expr {
            Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) if self.since(10) => "expression",
            Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => "operator",
            Expr::Named(_) => "named expression",
            Expr::Lambda(_) => "lambda",
            Expr::If(_) => "conditional expression",
            Expr::Dict(_) if self.since(10) => "dict literal",
            Expr::Dict(_) => "dict display",
            Expr::Set(_) => "set display",
            Expr::ListComp(_) => "list comprehension",
            Expr::SetComp(_) => "set comprehension",
            Expr::DictComp(_) => "dict comprehension",
            Expr::Generator(_) => "generator expression",
            Expr::Await(_) => "await expression",
            Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
            Expr::Compare(_) => "comparison",
            Expr::Call(_) => "function call",
            Expr::FString(_) => "f-string expression",
            Expr::TString(_) => "template string expression",
            Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::NumberLiteral(_) => "literal",
            Expr::BooleanLiteral(boolean) if boolean.value => "True",
            Expr::BooleanLiteral(_) => "False",
            Expr::NoneLiteral(_) => "None",
            Expr::EllipsisLiteral(_) if self.since(11) => "ellipsis",
            Expr::EllipsisLiteral(_) => "Ellipsis",
            Expr::Attribute(_) => "attribute",
            Expr::Subscript(_) => "subscript",
            Expr::Starred(_) => "starred",
            Expr::Name(_) => "name",
            Expr::List(_) => "list",
            Expr::Tuple(_) => "tuple",
            Expr::Slice(_) | Expr::IpyEscapeCommand(_) => "expression",
        }
    }
}

/// The outermost expression with this span.
fn find(module: &ModModule, place: Span) -> Option<&Expr> {
    struct Finder<'a> {
        place: Span,
        found: Option<&'a Expr>,
    }
    impl<'a> Visitor<'a> for Finder<'a> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            let here = span(expr.range());
            if self.found.is_none() && here.start <= self.place.start && self.place.end <= here.end {
                if here == self.place {
                    self.found = Some(expr);
                } else {
                    visitor::walk_expr(self, expr);
                }
            }
        }
    }
    let mut finder = Finder { place, found: None };
    finder.visit_body(&module.body);
    finder.found
}
