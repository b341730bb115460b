//! The language of `-k` and `-m`: names with `and`, `or`, `not` and parentheses; from pytest 8.3 on
//! `-m` also looks at a mark's arguments, `slow(level=3)`.

use crate::environment::PytestVersion;
use crate::interp::Truth;

/// A value in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::outcome) enum Literal {
    Str(String),
    Int(i64),
    Bool(bool),
    None,
}

/// What a name stands for.
pub(super) trait Matcher {
    fn matches(&self, name: &str, arguments: &[(String, Literal)]) -> Truth;
}

#[derive(Debug)]
enum Node {
    Name { name: String, arguments: Vec<(String, Literal)> },
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

/// A parsed expression.
#[derive(Debug)]
pub(super) struct Expression {
    /// `None` where there is nothing in it: it matches nothing.
    node: Option<Node>,
    names: Vec<String>,
}

/// What pytest finds wrong with an expression.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("at column {column}: {message}")]
pub(super) struct SyntaxError {
    /// 1-based.
    pub(super) column: usize,
    pub(super) message: String,
}

impl Expression {
    pub(super) fn parse(text: &str, version: PytestVersion) -> Result<Self, SyntaxError> {
        let tokens = lex(text, version.at_least(8, 3))?;
        let mut parser = Parser { tokens, next: 0, names: Vec::new(), depth: 0 };
        if parser.accept(&Kind::End) {
            return Ok(Self { node: None, names: Vec::new() });
        }
        let node = parser.either()?;
        parser.expect(&Kind::End)?;
        Ok(Self { node: Some(node), names: parser.names })
    }

    /// All names that occur, those of arguments not among them.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    pub(super) fn evaluate(&self, matcher: &impl Matcher) -> Truth {
        self.node.as_ref().map_or(Truth::No, |node| node.evaluate(matcher))
    }
}

impl Node {
    fn evaluate(&self, matcher: &impl Matcher) -> Truth {
        match self {
            Self::Name { name, arguments } => matcher.matches(name, arguments),
            Self::Not(inner) => !inner.evaluate(matcher),
            Self::And(one, other) => one.evaluate(matcher).and(other.evaluate(matcher)),
            Self::Or(one, other) => one.evaluate(matcher).or(other.evaluate(matcher)),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    Or,
    And,
    Not,
    Name(String),
    Equal,
    Comma,
    Text(String),
    End,
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Self::Open => "left parenthesis",
            Self::Close => "right parenthesis",
            Self::Or => "or",
            Self::And => "and",
            Self::Not => "not",
            Self::Name(_) => "identifier",
            Self::Equal => "=",
            Self::Comma => ",",
            Self::Text(_) => "string literal",
            Self::End => "end of input",
        }
    }
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    column: usize,
}

fn lex(text: &str, with_calls: bool) -> Result<Vec<Token>, SyntaxError> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        let column = at + 1;
        let kind = match char {
            ' ' | '\t' => {
                at += 1;
                continue;
            }
            '(' => Kind::Open,
            ')' => Kind::Close,
            '=' if with_calls => Kind::Equal,
            ',' if with_calls => Kind::Comma,
            '\'' | '"' if with_calls => {
                let rest = &chars[at + 1..];
                let Some(length) = rest.iter().position(|&other| other == char) else {
                    let message = format!("closing quote \"{char}\" is missing");
                    return Err(SyntaxError { column, message });
                };
                if let Some(place) = rest[..length].iter().position(|&other| other == '\\') {
                    let message = "escaping with \"\\\" not supported in marker expression".to_owned();
                    return Err(SyntaxError { column: column + place + 1, message });
                }
                at += length + 2;
                tokens.push(Token { kind: Kind::Text(rest[..length].iter().collect()), column });
                continue;
            }
            _ => {
                let word: String = chars[at..].iter().take_while(|&&char| is_of_name(char)).collect();
                if word.is_empty() {
                    return Err(SyntaxError { column, message: format!("unexpected character \"{char}\"") });
                }
                at += word.chars().count();
                let kind = match &*word {
                    "or" => Kind::Or,
                    "and" => Kind::And,
                    "not" => Kind::Not,
                    _ => Kind::Name(word),
                };
                tokens.push(Token { kind, column });
                continue;
            }
        };
        at += 1;
        tokens.push(Token { kind, column });
    }
    tokens.push(Token { kind: Kind::End, column: chars.len() + 1 });
    Ok(tokens)
}

fn is_of_name(char: char) -> bool {
    char.is_alphanumeric() || "_:+-.[]\\/".contains(char)
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    names: Vec<String>,
    depth: usize,
}

/// Deeper than Python itself compiles.
const DEEPEST: usize = 90;

impl Parser {
    fn current(&self) -> &Kind {
        self.tokens.get(self.next).map_or(&Kind::End, |token| &token.kind)
    }

    fn column(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(1, |token| token.column)
    }

    fn accept(&mut self, kind: &Kind) -> bool {
        let is_there = self.current() == kind;
        if is_there && *kind != Kind::End {
            self.next += 1;
        }
        is_there
    }

    fn expect(&mut self, kind: &Kind) -> Result<(), SyntaxError> {
        if self.accept(kind) { Ok(()) } else { Err(self.reject(kind.name())) }
    }

    fn reject(&self, expected: &str) -> SyntaxError {
        let message = format!("expected {expected}; got {}", self.current().name());
        SyntaxError { column: self.column(), message }
    }

    fn either(&mut self) -> Result<Node, SyntaxError> {
        let mut node = self.both()?;
        while self.accept(&Kind::Or) {
            node = Node::Or(Box::new(node), Box::new(self.both()?));
        }
        Ok(node)
    }

    fn both(&mut self) -> Result<Node, SyntaxError> {
        let mut node = self.single()?;
        while self.accept(&Kind::And) {
            node = Node::And(Box::new(node), Box::new(self.single()?));
        }
        Ok(node)
    }

    fn single(&mut self) -> Result<Node, SyntaxError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(SyntaxError { column: self.column(), message: "too many parentheses".to_owned() });
        }
        let node = self.single_here();
        self.depth -= 1;
        node
    }

    fn single_here(&mut self) -> Result<Node, SyntaxError> {
        if self.accept(&Kind::Not) {
            return Ok(Node::Not(Box::new(self.single()?)));
        }
        if self.accept(&Kind::Open) {
            let node = self.either()?;
            self.expect(&Kind::Close)?;
            return Ok(node);
        }
        let Some(name) = self.name() else {
            return Err(self.reject("not OR left parenthesis OR identifier"));
        };
        self.names.push(name.clone());
        let mut arguments = Vec::new();
        // NOTE: before 8.3 a parenthesis behind a name is refused where the expression should end.
        let calls = self.tokens.iter().any(|token| token.kind == Kind::Equal);
        if calls && self.accept(&Kind::Open) {
            arguments.push(self.argument()?);
            while self.accept(&Kind::Comma) {
                arguments.push(self.argument()?);
            }
            self.expect(&Kind::Close)?;
        }
        Ok(Node::Name { name, arguments })
    }

    fn name(&mut self) -> Option<String> {
        let Kind::Name(name) = self.current() else { return None };
        let name = name.clone();
        self.next += 1;
        Some(name)
    }

    fn argument(&mut self) -> Result<(String, Literal), SyntaxError> {
        let Some(key) = self.name() else { return Err(self.reject("identifier")) };
        self.expect(&Kind::Equal)?;
        if let Kind::Text(text) = self.current() {
            let text = text.clone();
            self.next += 1;
            return Ok((key, Literal::Str(text)));
        }
        let column = self.column();
        let Some(word) = self.name() else { return Err(self.reject("identifier")) };
        let literal = match &*word {
            "True" => Literal::Bool(true),
            "False" => Literal::Bool(false),
            "None" => Literal::None,
            number => match number.parse() {
                Ok(number) => Literal::Int(number),
                Err(_) => {
                    let message = format!("unexpected character/s \"{number}\"");
                    return Err(SyntaxError { column, message });
                }
            },
        };
        Ok((key, literal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Names(&'static [&'static str]);

    impl Matcher for Names {
        fn matches(&self, name: &str, _arguments: &[(String, Literal)]) -> Truth {
            Truth::from(self.0.contains(&name))
        }
    }

    fn evaluate(text: &str, names: &'static [&'static str]) -> Truth {
        Expression::parse(text, PytestVersion::NEWEST).unwrap().evaluate(&Names(names))
    }

    #[test]
    fn and_binds_closer_than_or_and_not_closest() {
        assert_eq!(evaluate("a or b and not c", &["a", "c"]), Truth::Yes);
        assert_eq!(evaluate("(a or b) and not c", &["a", "c"]), Truth::No);
        assert_eq!(evaluate("", &["a"]), Truth::No);
        assert_eq!(evaluate("a.b[1-x]", &["a.b[1-x]"]), Truth::Yes);
    }

    #[test]
    fn mistakes_are_worded_as_pytest_words_them() {
        let error = |text: &str| Expression::parse(text, PytestVersion::NEWEST).unwrap_err().to_string();
        assert_eq!(
            error("a and"),
            "at column 6: expected not OR left parenthesis OR identifier; got end of input"
        );
        assert_eq!(error("(a"), "at column 3: expected right parenthesis; got end of input");
        assert_eq!(error("a b"), "at column 3: expected end of input; got identifier");
        assert_eq!(error("a & b"), "at column 3: unexpected character \"&\"");
        assert_eq!(error("a(b='c"), "at column 5: closing quote \"'\" is missing");
    }

    #[test]
    fn marks_are_called_with_literals() {
        let parsed = Expression::parse("slow(level=3, name='x')", PytestVersion::NEWEST).unwrap();
        let Some(Node::Name { name, arguments }) = parsed.node else { unreachable!("one name") };
        assert_eq!(name, "slow");
        let wanted = [("level", Literal::Int(3)), ("name", Literal::Str("x".to_owned()))];
        assert_eq!(arguments, wanted.map(|(key, value)| (key.to_owned(), value)));
        assert!(Expression::parse("slow(level=3)", PytestVersion::new(8, 2, 0)).is_err());
    }
}
