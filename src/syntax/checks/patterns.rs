//! `match` statements.

use ruff_python_ast::{Expr, Number, Pattern, StmtMatch, UnaryOp};
use rustc_hash::FxHashSet;

use super::{Checker, Kind, Phase, span};
use crate::text::Span;

impl<'a> Checker<'a> {
    pub(super) fn match_statement(&mut self, statement: &'a StmtMatch) {
        self.expression(&statement.subject);
        let last = statement.cases.len().saturating_sub(1);
        for (index, case) in statement.cases.iter().enumerate() {
            let may_match_all = index == last || case.guard.is_some();
            self.pattern(&case.pattern, may_match_all, &mut FxHashSet::default());
            if let Some(guard) = &case.guard {
                self.expression(guard);
            }
            self.body(&case.body);
        }
    }

    /// Checks a pattern; `bound` are the names that the whole pattern binds so far.
    fn pattern(&mut self, pattern: &'a Pattern, may_match_all: bool, bound: &mut FxHashSet<&'a str>) {
        match pattern {
            Pattern::MatchValue(value) => {
                if matches!(*value.value, Expr::FString(_) | Expr::TString(_)) {
                    let message = "patterns may only match literals and attribute lookups";
                    self.report(Phase::Code, span(value.range), Kind::Fixed(message));
                }
                self.expression(&value.value);
            }
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(sequence) => {
                let stars = sequence.patterns.iter().filter(|pattern| pattern.is_match_star()).count();
                if stars > 1 {
                    let message = "multiple starred names in sequence pattern";
                    self.report(Phase::Code, span(sequence.range), Kind::Fixed(message));
                }
                for pattern in &sequence.patterns {
                    self.pattern(pattern, true, bound);
                }
            }
            Pattern::MatchMapping(mapping) => {
                let mut keys = FxHashSet::default();
                for key in &mapping.keys {
                    let Some(value) = KeyValue::new(key) else { continue };
                    let shown = value.shown.clone();
                    if !keys.insert(value) {
                        self.report(Phase::Code, span(mapping.range), Kind::DuplicateKey(shown));
                    }
                }
                for key in &mapping.keys {
                    self.expression(key);
                }
                for pattern in &mapping.patterns {
                    self.pattern(pattern, true, bound);
                }
                if let Some(rest) = &mapping.rest {
                    self.capture(rest, bound);
                }
            }
            Pattern::MatchClass(class) => {
                let mut attributes = FxHashSet::default();
                for keyword in &class.arguments.keywords {
                    if !attributes.insert(keyword.attr.as_str()) {
                        let kind = Kind::DuplicateAttribute(keyword.attr.to_string());
                        self.report(Phase::Code, span(keyword.attr.range), kind);
                    }
                }
                self.expression(&class.cls);
                for pattern in &class.arguments.patterns {
                    self.pattern(pattern, true, bound);
                }
                for keyword in &class.arguments.keywords {
                    self.pattern(&keyword.pattern, true, bound);
                }
            }
            Pattern::MatchStar(star) => {
                if let Some(name) = &star.name {
                    self.capture(name, bound);
                }
            }
            Pattern::MatchAs(capture) => {
                if let Some(pattern) = &capture.pattern {
                    self.pattern(pattern, may_match_all, bound);
                } else if !may_match_all {
                    let name = capture.name.as_ref().map(ToString::to_string);
                    self.report(Phase::Code, span(capture.range), Kind::Unreachable(name));
                }
                if let Some(name) = &capture.name {
                    self.capture(name, bound);
                }
            }
            Pattern::MatchOr(alternatives) => {
                self.alternatives(&alternatives.patterns, span(alternatives.range), may_match_all, bound);
            }
        }
    }

    fn alternatives(
        &mut self,
        patterns: &'a [Pattern],
        place: Span,
        may_match_all: bool,
        bound: &mut FxHashSet<&'a str>,
    ) {
        let mut first: Option<FxHashSet<&'a str>> = None;
        let last = patterns.len().saturating_sub(1);
        for (index, pattern) in patterns.iter().enumerate() {
            let mut names = bound.clone();
            self.pattern(pattern, index == last && may_match_all, &mut names);
            match &first {
                None => first = Some(names),
                Some(first) if *first != names => {
                    let message = "alternative patterns bind different names";
                    self.report(Phase::Code, place, Kind::Fixed(message));
                    break;
                }
                Some(_) => {}
            }
        }
        if let Some(first) = first {
            *bound = first;
        }
    }

    fn capture(&mut self, name: &'a ruff_python_ast::Identifier, bound: &mut FxHashSet<&'a str>) {
        let place = span(name.range);
        if !bound.insert(name.as_str()) {
            self.report(Phase::Code, place, Kind::PatternRebinds(name.to_string()));
        }
        self.bound_identifier(name, place);
    }
}

/// A literal key of a mapping pattern, equal where Python's values are.
#[derive(Debug)]
struct KeyValue {
    value: Literal,
    /// As `repr` shows it.
    shown: String,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Literal {
    None,
    Text(String),
    Bytes(Vec<u8>),
    /// The bits of the real and the imaginary part.
    Number(u64, u64),
    /// An integer that no float holds.
    Integer(String),
}

impl PartialEq for KeyValue {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for KeyValue {}

impl std::hash::Hash for KeyValue {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl KeyValue {
    fn new(key: &Expr) -> Option<Self> {
        let (value, shown) = match key {
            Expr::StringLiteral(text) => {
                let text = text.value.to_str().to_owned();
                let shown = format!("'{text}'");
                (Literal::Text(text), shown)
            }
            Expr::BytesLiteral(bytes) => {
                let bytes: Vec<u8> = bytes.value.bytes().collect();
                let shown = format!("b'{}'", bytes.escape_ascii());
                (Literal::Bytes(bytes), shown)
            }
            Expr::NoneLiteral(_) => (Literal::None, "None".to_owned()),
            Expr::BooleanLiteral(boolean) => {
                let number = f64::from(u8::from(boolean.value));
                (bits(number, 0.0), if boolean.value { "True" } else { "False" }.to_owned())
            }
            _ => number(key, 1.0)?,
        };
        Some(Self { value, shown })
    }
}

/// Real numbers and sums with an imaginary one.
fn number(key: &Expr, sign: f64) -> Option<(Literal, String)> {
    let minus = if sign < 0.0 { "-" } else { "" };
    match key {
        Expr::NumberLiteral(literal) => Some(match &literal.value {
            Number::Int(int) => match int.as_i32() {
                Some(small) => (bits(sign * f64::from(small), 0.0), format!("{minus}{small}")),
                None => (Literal::Integer(format!("{minus}{int}")), format!("{minus}{int}")),
            },
            Number::Float(float) => (bits(sign * float, 0.0), format!("{:?}", sign * float)),
            Number::Complex { real, imag } => (bits(sign * real, sign * imag), format!("{minus}{imag}j")),
        }),
        Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => number(&unary.operand, -sign),
        Expr::BinOp(sum) => {
            let (Literal::Number(real, _), left) = number(&sum.left, 1.0)? else { return None };
            let (Literal::Number(_, imaginary), right) = number(&sum.right, 1.0)? else { return None };
            let (imaginary, operator) = match sum.op {
                ruff_python_ast::Operator::Add => (f64::from_bits(imaginary), '+'),
                ruff_python_ast::Operator::Sub => (-f64::from_bits(imaginary), '-'),
                _ => return None,
            };
            Some((bits(f64::from_bits(real), imaginary), format!("({left}{operator}{right})")))
        }
        _ => None,
    }
}

/// Zeros of both signs are equal.
fn bits(real: f64, imaginary: f64) -> Literal {
    Literal::Number((real + 0.0).to_bits(), (imaginary + 0.0).to_bits())
}
