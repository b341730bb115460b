//! Expressions of which the text fixes the value.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ruff_python_ast::{Arguments, Expr, ExprCall, Operator};
use ruff_text_size::Ranged as _;

use super::span;
use crate::environment::declare::literal::{Call, Literal, Located};

/// What names stand for.
#[derive(Clone, Default)]
pub(super) struct Scope {
    names: BTreeMap<String, Located>,
}

/// Values may double with every line; beyond this they are hidden.
const MOST_ITEMS: usize = 5000;
const DEEPEST: usize = 40;

impl Scope {
    pub(super) fn bind(&mut self, name: &str, value: Located, certain: bool) {
        let value = if certain { value } else { hidden(&value) };
        self.names.insert(name.to_owned(), value);
    }

    /// Adds to a list or table; what is added only sometimes leaves it open-ended.
    pub(super) fn extend(&mut self, name: &str, more: Located, certain: bool) {
        let Some(known) = self.names.get_mut(name) else { return };
        let more = if certain { more } else { hidden(&more) };
        let place = more.span;
        match (&mut known.literal, more.literal) {
            (Literal::List(items), Literal::List(more)) if items.len() + more.len() <= MOST_ITEMS => {
                items.extend(more);
            }
            (Literal::List(items), _) => items.push(Located { literal: Literal::Hidden, span: place }),
            (Literal::Table(entries), Literal::Table(more)) if entries.len() + more.len() <= MOST_ITEMS => {
                for (key, value) in more {
                    entries.retain(|(known, _)| known.text().is_none() || known.text() != key.text());
                    entries.push((key, value));
                }
            }
            (Literal::Table(entries), _) => {
                let nothing = Located { literal: Literal::Hidden, span: place };
                entries.push((nothing.clone(), nothing));
            }
            (literal, _) => *literal = Literal::Hidden,
        }
    }

    /// The names of a target that nobody follows.
    pub(super) fn forget(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => drop(self.names.remove(name.id.as_str())),
            Expr::Tuple(tuple) => {
                for element in &tuple.elts {
                    if let Expr::Name(name) = element {
                        self.names.remove(name.id.as_str());
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn evaluate(&self, expression: &Expr) -> Located {
        self.value(expression, 0)
    }

    fn value(&self, expression: &Expr, depth: usize) -> Located {
        let literal = if depth > DEEPEST { Literal::Hidden } else { self.literal(expression, depth + 1) };
        // A name's items keep the places where they were written.
        Located { literal, span: span(expression.range()) }
    }

    fn literal(&self, expression: &Expr, depth: usize) -> Literal {
        match expression {
            Expr::StringLiteral(text) => Literal::Text(text.value.to_str().to_owned()),
            Expr::NumberLiteral(number) => match &number.value {
                ruff_python_ast::Number::Int(value) => Literal::Number(value.to_string()),
                ruff_python_ast::Number::Float(value) => Literal::Number(value.to_string()),
                ruff_python_ast::Number::Complex { .. } => Literal::Hidden,
            },
            Expr::BooleanLiteral(flag) => Literal::Flag(flag.value),
            Expr::NoneLiteral(_) => Literal::Null,
            Expr::List(list) => Literal::List(self.items(&list.elts, depth)),
            Expr::Tuple(tuple) => Literal::List(self.items(&tuple.elts, depth)),
            Expr::Set(set) => Literal::List(self.items(&set.elts, depth)),
            Expr::Dict(dict) => self.table(dict, depth),
            Expr::Name(name) => {
                self.names.get(name.id.as_str()).map_or(Literal::Hidden, |known| known.literal.clone())
            }
            Expr::BinOp(operation) if operation.op == Operator::Add => {
                add(self.value(&operation.left, depth), self.value(&operation.right, depth))
            }
            // `here / "requirements.txt"`: only the last part matters.
            Expr::BinOp(operation) if operation.op == Operator::Div => {
                self.literal(&operation.right, depth + 1)
            }
            Expr::Subscript(subscript) => {
                let key = self.value(&subscript.slice, depth);
                match self.value(&subscript.value, depth).literal {
                    Literal::Table(entries) => entries
                        .into_iter()
                        .find(|(known, _)| known.text().is_some() && known.text() == key.text())
                        .map_or(Literal::Hidden, |(_, value)| value.literal),
                    _ => Literal::Hidden,
                }
            }
            Expr::ListComp(comprehension) => match comprehension.generators.as_slice() {
                // `[line.strip() for line in file]`
                [only] => match self.value(&only.iter, depth).literal {
                    lines @ Literal::Lines(_) => lines,
                    _ => Literal::Hidden,
                },
                _ => Literal::Hidden,
            },
            Expr::Call(call) => self.called(call, depth),
            _ => Literal::Hidden,
        }
    }

    fn items(&self, elements: &[Expr], depth: usize) -> Vec<Located> {
        let mut items = Vec::new();
        for element in elements {
            match element {
                Expr::Starred(starred) => {
                    let value = self.value(&starred.value, depth);
                    match value.literal {
                        Literal::List(more) if items.len() + more.len() <= MOST_ITEMS => items.extend(more),
                        _ => items.push(Located { literal: Literal::Hidden, span: value.span }),
                    }
                }
                element => items.push(self.value(element, depth)),
            }
        }
        items
    }

    fn table(&self, dict: &ruff_python_ast::ExprDict, depth: usize) -> Literal {
        let mut entries = Vec::new();
        for item in &dict.items {
            let value = self.value(&item.value, depth);
            match &item.key {
                Some(key) => entries.push((self.value(key, depth), value)),
                // `**other`
                None => match value.literal {
                    Literal::Table(more) if entries.len() + more.len() <= MOST_ITEMS => entries.extend(more),
                    _ => {
                        let nothing = Located { literal: Literal::Hidden, span: value.span };
                        entries.push((nothing.clone(), nothing));
                    }
                },
            }
        }
        Literal::Table(entries)
    }

    /// Calls whose value the text fixes: `dict(…)`, `list(…)`, `"a b".split()`, `open(…).read()`.
    fn called(&self, call: &ExprCall, depth: usize) -> Literal {
        let Arguments { args, keywords, .. } = &call.arguments;
        let first = args.first();
        if let Expr::Attribute(method) = call.func.as_ref() {
            let name = method.attr.as_str();
            if name == "join" {
                // `os.path.join(here, "requirements.txt")`
                return args.last().map_or(Literal::Hidden, |last| self.literal(last, depth));
            }
            return on_text(name, self.value(&method.value, depth));
        }
        match dotted(&call.func).as_deref() {
            Some("dict") if args.is_empty() => {
                let entries = keywords.iter().map(|keyword| {
                    let span = span(keyword.range());
                    let key =
                        keyword.arg.as_ref().map_or(Literal::Hidden, |name| Literal::Text(name.to_string()));
                    (Located { literal: key, span }, self.value(&keyword.value, depth))
                });
                Literal::Table(entries.collect())
            }
            Some("list" | "tuple" | "set" | "sorted" | "frozenset") => first.map_or_else(
                || Literal::List(Vec::new()),
                |value| match self.literal(value, depth) {
                    known @ (Literal::List(_) | Literal::Lines(_)) => known,
                    _ => Literal::Hidden,
                },
            ),
            Some("open" | "Path" | "PurePath" | "str") => {
                first.map_or(Literal::Hidden, |value| as_file(self.literal(value, depth)))
            }
            // A function of the module's own that reads the file it is given: `load_requirements("x.txt")`.
            Some(name) if name.contains("require") => match first.map(|value| self.literal(value, depth)) {
                Some(text @ Literal::Text(_)) => as_file(text),
                _ => Literal::Hidden,
            },
            _ => Literal::Hidden,
        }
    }

    /// The call as an outline has it; `None` where the callee is no name.
    pub(super) fn call(&self, call: &ExprCall, conditional: bool) -> Option<Call> {
        let mut keywords = Vec::new();
        for keyword in &call.arguments.keywords {
            let value = self.evaluate(&keyword.value);
            match (&keyword.arg, value.literal) {
                (Some(name), literal) => {
                    keywords.push((name.to_string(), Located { literal, span: value.span }));
                }
                // `**arguments` of a literal table
                (None, Literal::Table(entries)) if entries.iter().all(|(key, _)| key.text().is_some()) => {
                    let named =
                        entries.into_iter().filter_map(|(key, value)| Some((key.text()?.to_owned(), value)));
                    keywords.extend(named);
                }
                (None, _) => {
                    keywords.push(("**".to_owned(), Located { literal: Literal::Hidden, span: value.span }));
                }
            }
        }
        Some(Call {
            callee: dotted(&call.func)?,
            arguments: self.items(&call.arguments.args, 0),
            keywords,
            span: span(call.range()),
            conditional,
        })
    }
}

/// `setuptools.setup`
pub(super) fn dotted(expression: &Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut expression = expression;
    loop {
        match expression {
            Expr::Attribute(attribute) => {
                parts.push(attribute.attr.as_str());
                expression = &attribute.value;
            }
            Expr::Name(name) => {
                parts.push(name.id.as_str());
                parts.reverse();
                return Some(parts.join("."));
            }
            _ => return None,
        }
    }
}

/// What is known of a value only sometimes: of a list or table that there is more.
fn hidden(value: &Located) -> Located {
    Located { literal: Literal::Hidden, span: value.span }
}

fn add(left: Located, right: Located) -> Literal {
    match (left.literal, right.literal) {
        (Literal::List(mut items), Literal::List(more)) if items.len() + more.len() <= MOST_ITEMS => {
            items.extend(more);
            Literal::List(items)
        }
        (Literal::List(mut items), _) => {
            items.push(Located { literal: Literal::Hidden, span: right.span });
            Literal::List(items)
        }
        (_, Literal::List(mut items)) => {
            items.push(Located { literal: Literal::Hidden, span: left.span });
            Literal::List(items)
        }
        (Literal::Text(start), Literal::Text(end)) => Literal::Text(start + &end),
        _ => Literal::Hidden,
    }
}

/// The lines of a file whose name is literal.
fn as_file(name: Literal) -> Literal {
    match name {
        Literal::Text(name) => Literal::Lines(PathBuf::from(name)),
        lines @ Literal::Lines(_) => lines,
        _ => Literal::Hidden,
    }
}

/// A method of a text, of a file or of a path.
fn on_text(method: &str, value: Located) -> Literal {
    match (method, value.literal) {
        (
            "read" | "readlines" | "read_text" | "splitlines" | "split" | "strip" | "open",
            lines @ Literal::Lines(_),
        ) => lines,
        // `(here / "requirements.txt").read_text()`
        ("read_text" | "open", name @ Literal::Text(_)) => as_file(name),
        ("strip", Literal::Text(text)) => Literal::Text(text.trim().to_owned()),
        ("split", Literal::Text(text)) => texts(text.split_whitespace(), value.span),
        ("splitlines", Literal::Text(text)) => {
            texts(text.lines().map(str::trim).filter(|line| !line.is_empty()), value.span)
        }
        _ => Literal::Hidden,
    }
}

fn texts<'a>(parts: impl Iterator<Item = &'a str>, span: crate::text::Span) -> Literal {
    Literal::List(parts.map(|part| Located { literal: Literal::Text(part.to_owned()), span }).collect())
}
