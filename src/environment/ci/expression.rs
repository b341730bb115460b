//! GitHub's expressions, `${{ matrix.os == 'windows-latest' && 'x' || 'y' }}`, as far as they are literal.
//!
//! What a run decides (`github.ref`, `secrets`, outputs of steps) is `Unknown`, and so is everything
//! that depends on it. Steps and jobs are taken to succeed: `success()` and `always()` hold.

use std::cmp::Ordering;

use crate::environment::command::shell::UNKNOWN;
use crate::environment::document::{Kind, Node};

/// A value of GitHub's.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Unknown,
    Null,
    Flag(bool),
    Number(f64),
    Text(String),
    /// A list or table.
    Tree(Node),
}

/// What names stand for.
pub(super) trait Context {
    /// The value at a path: `["matrix", "python-version"]`.
    fn lookup(&self, path: &[String]) -> Value;
}

impl Value {
    pub(super) fn of(node: &Node) -> Self {
        match &node.kind {
            Kind::Null => Self::Null,
            Kind::Flag(flag) => Self::Flag(*flag),
            Kind::Number(digits) => digits.parse().map_or(Self::Unknown, Self::Number),
            Kind::Text(text) | Kind::Block(text) => Self::Text(text.clone()),
            Kind::List(_) | Kind::Table(_) => Self::Tree(node.clone()),
        }
    }

    /// As it is put into a text.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Unknown | Self::Tree(_) => UNKNOWN.to_string(),
            Self::Null => String::new(),
            Self::Flag(flag) => flag.to_string(),
            // 3.10 is 3.1
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::Null => Some(false),
            Self::Flag(flag) => Some(*flag),
            Self::Number(number) => Some(*number != 0.0 && !number.is_nan()),
            Self::Text(text) if text.contains(UNKNOWN) => None,
            Self::Text(text) => Some(!text.is_empty()),
            Self::Tree(_) => Some(true),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Unknown => None,
            Self::Null => Some(0.0),
            Self::Flag(flag) => Some(f64::from(u8::from(*flag))),
            Self::Number(number) => Some(*number),
            Self::Text(text) if text.trim().is_empty() => Some(0.0),
            Self::Text(text) => Some(text.trim().parse().unwrap_or(f64::NAN)),
            Self::Tree(_) => Some(f64::NAN),
        }
    }

    fn is_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Text(text) => !text.contains(UNKNOWN),
            Self::Null | Self::Flag(_) | Self::Number(_) | Self::Tree(_) => true,
        }
    }
}

/// Replaces every `${{ … }}` of a text.
pub(super) fn substitute(text: &str, context: &dyn Context) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let Some((expression, tail)) = after.split_once("}}") else { break };
        result.push_str(before);
        result.push_str(&evaluate(expression, context).text());
        rest = tail;
    }
    result + rest
}

/// The value of a node whose whole text may be one expression.
pub(super) fn resolve(node: &Node, context: &dyn Context) -> Value {
    let Some(text) = node.text() else { return Value::of(node) };
    let inside = text.trim().strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}"));
    match inside {
        Some(expression) if !expression.contains("${{") => evaluate(expression, context),
        Some(_) | None => Value::Text(substitute(text, context)),
    }
}

/// A condition of a step or job: the braces may be missing.
pub(super) fn condition(node: &Node, context: &dyn Context) -> Option<bool> {
    match node.text() {
        Some(text) if !text.contains("${{") => evaluate(text, context).truth(),
        Some(_) | None if node.is_null() => Some(true),
        Some(_) | None => resolve(node, context).truth(),
    }
}

pub(super) fn evaluate(expression: &str, context: &dyn Context) -> Value {
    let Some(tokens) = tokens(expression) else { return Value::Unknown };
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, context };
    let value = parser.or();
    if parser.at == tokens.len() { value } else { Value::Unknown }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Literal(Value),
    Name(String),
    /// `(`, `&&`, `==`, …
    Sign(&'static str),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    const SIGNS: [&str; 16] =
        ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ",", ".", "*"];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            // A quote in a text is written twice.
            let mut literal = String::new();
            let mut tail = &rest[1..];
            loop {
                let (part, after) = tail.split_once('\'')?;
                literal.push_str(part);
                match after.strip_prefix('\'') {
                    Some(more) => {
                        literal.push('\'');
                        tail = more;
                    }
                    None => {
                        tail = after;
                        break;
                    }
                }
            }
            tokens.push(Token::Literal(Value::Text(literal)));
            rest = tail;
        } else if first.is_ascii_digit()
            || first == '-' && rest[1..].starts_with(|c: char| c.is_ascii_digit())
        {
            let end = rest[1..]
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
                .map_or(rest.len(), |at| at + 1);
            tokens.push(Token::Literal(Value::Number(rest[..end].parse().ok()?)));
            rest = &rest[end..];
        } else if first.is_alphabetic() || first == '_' {
            let end =
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
            tokens.push(match &rest[..end] {
                "true" => Token::Literal(Value::Flag(true)),
                "false" => Token::Literal(Value::Flag(false)),
                "null" => Token::Literal(Value::Null),
                name => Token::Name(name.to_owned()),
            });
            rest = &rest[end..];
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    context: &'a dyn Context,
}

impl Parser<'_> {
    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(known)) if *known == sign);
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Value {
        let mut value = self.and();
        while self.sign("||") {
            let other = self.and();
            value = match value.truth() {
                Some(true) => value,
                Some(false) => other,
                // Both may come out.
                None if other == value => value,
                None => Value::Unknown,
            };
        }
        value
    }

    fn and(&mut self) -> Value {
        let mut value = self.comparison();
        while self.sign("&&") {
            let other = self.comparison();
            value = match (value.truth(), other.truth()) {
                (Some(true), _) => other,
                (Some(false), _) => value,
                (None, Some(false)) => Value::Flag(false),
                (None, _) => Value::Unknown,
            };
        }
        value
    }

    fn comparison(&mut self) -> Value {
        let mut value = self.unary();
        while let Some(sign) = ["==", "!=", "<=", ">=", "<", ">"].into_iter().find(|sign| self.sign(sign)) {
            let other = self.unary();
            value = compare(sign, &value, &other);
        }
        value
    }

    fn unary(&mut self) -> Value {
        self.depth += 1;
        let value = if self.depth > 50 {
            self.at = self.tokens.len() + 1;
            Value::Unknown
        } else if self.sign("!") {
            self.unary().truth().map_or(Value::Unknown, |truth| Value::Flag(!truth))
        } else if self.sign("(") {
            let value = self.or();
            if self.sign(")") { value } else { Value::Unknown }
        } else {
            self.primary()
        };
        self.depth -= 1;
        value
    }

    fn primary(&mut self) -> Value {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        match token {
            Some(Token::Literal(value)) => value,
            Some(Token::Name(name)) if self.sign("(") => {
                let mut arguments = Vec::new();
                while !self.sign(")") {
                    if self.at >= self.tokens.len() {
                        return Value::Unknown;
                    }
                    arguments.push(self.or());
                    self.sign(",");
                }
                let value = call(&name, &arguments);
                self.members(value)
            }
            Some(Token::Name(name)) => {
                let mut path = vec![name];
                loop {
                    if self.sign(".") {
                        let Some(Token::Name(name)) = self.tokens.get(self.at).cloned() else {
                            return Value::Unknown;
                        };
                        self.at += 1;
                        path.push(name);
                    } else if self.sign("[") {
                        let key = self.or();
                        if !self.sign("]") || !key.is_known() {
                            return Value::Unknown;
                        }
                        path.push(key.text());
                    } else {
                        return self.context.lookup(&path);
                    }
                }
            }
            Some(Token::Sign(_)) | None => Value::Unknown,
        }
    }

    /// `fromJSON('…').key`
    fn members(&mut self, mut value: Value) -> Value {
        while self.sign(".") {
            let Some(Token::Name(name)) = self.tokens.get(self.at).cloned() else { return Value::Unknown };
            self.at += 1;
            value = member(&value, &name);
        }
        value
    }
}

/// The value of a key; names are not case-sensitive.
pub(super) fn member(value: &Value, key: &str) -> Value {
    match value {
        Value::Tree(node) => match &node.kind {
            Kind::List(items) => {
                key.parse::<usize>().ok().and_then(|at| items.get(at)).map_or(Value::Null, Value::of)
            }
            _ => node
                .entries()
                .find(|(known, _)| known.text.eq_ignore_ascii_case(key))
                .map_or(Value::Null, |(_, v)| Value::of(v)),
        },
        Value::Unknown => Value::Unknown,
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => Value::Null,
    }
}

/// GitHub compares texts without their case, and different types as numbers.
fn compare(sign: &str, left: &Value, right: &Value) -> Value {
    if !left.is_known() || !right.is_known() {
        return Value::Unknown;
    }
    let order = match (left, right) {
        (Value::Text(a), Value::Text(b)) => Some(a.to_lowercase().cmp(&b.to_lowercase())),
        (Value::Tree(a), Value::Tree(b)) => return Value::Flag((a == b) == (sign == "==")),
        _ => match (left.number(), right.number()) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => return Value::Unknown,
        },
    };
    Value::Flag(match sign {
        "==" => order == Some(Ordering::Equal),
        "!=" => order != Some(Ordering::Equal),
        "<" => order == Some(Ordering::Less),
        ">" => order == Some(Ordering::Greater),
        "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    })
}

fn call(name: &str, arguments: &[Value]) -> Value {
    match (name.to_ascii_lowercase().as_str(), arguments) {
        ("success" | "always", []) => Value::Flag(true),
        ("failure" | "cancelled", []) => Value::Flag(false),
        ("contains", [Value::Tree(list), item]) if item.is_known() => {
            let found =
                list.items().iter().any(|known| compare("==", &Value::of(known), item) == Value::Flag(true));
            Value::Flag(found)
        }
        ("contains" | "startswith" | "endswith", [text, part]) if text.is_known() && part.is_known() => {
            let (text, part) = (text.text().to_lowercase(), part.text().to_lowercase());
            Value::Flag(match name.to_ascii_lowercase().as_str() {
                "contains" => text.contains(&part),
                "startswith" => text.starts_with(&part),
                _ => text.ends_with(&part),
            })
        }
        ("format", [Value::Text(pattern), rest @ ..]) => {
            let mut text = pattern.clone();
            for (number, value) in rest.iter().enumerate() {
                text = text.replace(&format!("{{{number}}}"), &value.text());
            }
            Value::Text(text)
        }
        ("join", [Value::Tree(list), rest @ ..]) => {
            let separator = rest.first().map_or(",".to_owned(), Value::text);
            let items: Vec<_> = list.items().iter().map(|item| Value::of(item).text()).collect();
            Value::Text(items.join(&separator))
        }
        // JSON is YAML.
        ("fromjson", [Value::Text(text)]) if !text.contains(UNKNOWN) => {
            crate::environment::document::yaml_value(text).map_or(Value::Unknown, |node| Value::of(&node))
        }
        _ => Value::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Context for Fixed {
        fn lookup(&self, path: &[String]) -> Value {
            match path.join(".").as_str() {
                "matrix.os" => Value::Text("windows-latest".into()),
                "matrix.python" => Value::Number(3.1),
                "matrix.missing" => Value::Null,
                "matrix.include.extra" => Value::Text("e2e".into()),
                _ => Value::Unknown,
            }
        }
    }

    fn text(expression: &str) -> String {
        evaluate(expression, &Fixed).text().replace(UNKNOWN, "?")
    }

    #[test]
    fn expressions_are_evaluated_as_far_as_they_are_literal() {
        for (expression, expected) in [
            ("matrix.os == 'Windows-Latest'", "true"),
            ("matrix['os'] != 'x' && 'yes' || 'no'", "yes"),
            ("startsWith(matrix.os, 'ubuntu') && 'a' || 'b'", "b"),
            ("contains(fromJSON('[\"3.9\", \"3.10\"]'), '3.9')", "true"),
            ("fromJSON('{\"a\": {\"b\": 1}}').a.b", "1"),
            ("matrix.python", "3.1"),
            ("matrix.missing || 'default'", "default"),
            ("github.ref == 'x'", "?"),
            ("github.ref == 'x' && false", "false"),
            ("github.ref == 'x' || true", "?"),
            ("!cancelled()", "true"),
            ("format('py{0}-{1}', 3, matrix.include.extra)", "py3-e2e"),
            ("'it''s'", "it's"),
            ("1 == '1'", "true"),
            ("", "?"),
            ("a b", "?"),
            ("('x'", "?"),
        ] {
            assert_eq!(text(expression), expected, "{expression}");
        }
        assert_eq!(text(&"(".repeat(5000)), "?");
        assert_eq!(text(&"!".repeat(5000)), "?");
    }

    #[test]
    fn texts_are_filled_in() {
        assert_eq!(substitute("x[${{ matrix.include.extra }}] ${{ broken", &Fixed), "x[e2e] ${{ broken");
    }
}
