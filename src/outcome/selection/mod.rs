//! Which of the collected items remain: `-k`, `-m`, `--deselect`, and node ids given as arguments.

mod expression;
mod node_id;

use std::fmt::Write as _;

use super::items::Item;
use crate::environment::PytestVersion;
use crate::interp::{Interp, Object, Truth, Value};
use crate::settings::pytest::PytestSettings;

pub(super) use expression::Literal;
use expression::{Expression, Matcher};
pub(super) use node_id::selects;

/// What is left of the items.
#[derive(Debug, Default)]
pub(super) struct Remaining {
    /// Items that are certainly run.
    pub(super) certain: usize,
    /// Items that perhaps are.
    pub(super) possible: usize,
}

/// Applies `-k`, `-m` and `--deselect`, in pytest's order. The error is pytest's usage error.
pub(super) fn deselect(
    interp: &Interp<'_>,
    settings: &PytestSettings,
    items: &[Item],
) -> Result<Remaining, String> {
    let version = settings.version;
    let keyword = settings.keyword.as_deref().map(str::trim_start).filter(|text| !text.is_empty());
    let keyword = compile(keyword, "-k", version)?;
    let marks = compile(settings.mark_expression.as_deref(), "-m", version)?;
    if let Some(expression) = &marks
        && version.at_least(9, 2)
        && let Some(message) = unknown_marks(interp, expression)
    {
        return Err(message);
    }
    let mut remaining = Remaining::default();
    for item in items {
        let mut selected = Truth::Yes;
        if let Some(expression) = &keyword {
            selected = selected.and(expression.evaluate(&Keywords::of(interp, item, version)));
        }
        if let Some(expression) = &marks {
            selected = selected.and(expression.evaluate(&Marks { interp, item }));
        }
        if settings.deselect.iter().any(|prefix| item.id.text.starts_with(prefix.as_str())) {
            selected = Truth::No;
        }
        remaining.certain += usize::from(selected == Truth::Yes);
        remaining.possible += usize::from(selected == Truth::Maybe);
    }
    Ok(remaining)
}

fn compile(text: Option<&str>, option: &str, version: PytestVersion) -> Result<Option<Expression>, String> {
    let Some(text) = text else { return Ok(None) };
    Expression::parse(text, version).map(Some).map_err(|error| {
        let mut message = format!("Wrong expression passed to '{option}': {text}: ");
        let _infallible = write!(message, "at column {}: {}", error.column, error.message);
        message
    })
}

/// From 9.2 on `-m` may only name registered marks, where unregistered ones are refused.
fn unknown_marks(interp: &Interp<'_>, expression: &Expression) -> Option<String> {
    let marks = &interp.options.config.marks;
    if !marks.strict || marks.open {
        return None;
    }
    let unknown: std::collections::BTreeSet<&str> = expression
        .names()
        .filter(|name| !marks.registered.contains(*name) && interp.is_unregistered_mark(name))
        .collect();
    if unknown.is_empty() {
        return None;
    }
    let names: Vec<&str> = unknown.into_iter().collect();
    Some(format!(
        "Unknown marker(s) in '-m' expression: {}. Use 'pytest --markers' to see available markers.",
        names.join(", ")
    ))
}

/// The names that `-k` looks through.
struct Keywords {
    names: Vec<String>,
    /// There may be others.
    open: bool,
}

impl Keywords {
    fn of(interp: &Interp<'_>, item: &Item, version: PytestVersion) -> Self {
        let (path, inner) = node_id::split(&item.id.text);
        let mut names: Vec<String> = inner.iter().map(|&name| name.to_owned()).collect();
        if version.at_least(8, 0) {
            // every folder is a node
            names.extend(path.split('/').map(str::to_owned));
        } else {
            // a package, and the module by its path
            names.push(path.to_owned());
        }
        let mut open = !item.id.known;
        for &mark in &*item.marks {
            match interp.heap.get(mark) {
                Object::Mark(mark) => names.push(mark.name.to_string()),
                _ => open = true,
            }
        }
        if let Some(attributes) = item.function.and_then(|function| interp.heap.names(function)) {
            open |= attributes.open;
            names.extend(attributes.iter().map(|(name, _)| name.to_string()));
        }
        for name in &mut names {
            *name = name.to_lowercase();
        }
        Self { names, open }
    }
}

impl Matcher for Keywords {
    fn matches(&self, name: &str, _arguments: &[(String, Literal)]) -> Truth {
        let wanted = name.to_lowercase();
        if self.names.iter().any(|name| name.contains(&wanted)) {
            return Truth::Yes;
        }
        if self.open { Truth::Maybe } else { Truth::No }
    }
}

struct Marks<'m, 'a> {
    interp: &'m Interp<'a>,
    item: &'m Item,
}

impl Matcher for Marks<'_, '_> {
    fn matches(&self, name: &str, arguments: &[(String, Literal)]) -> Truth {
        let mut found = Truth::No;
        for &mark in &*self.item.marks {
            let Object::Mark(mark) = self.interp.heap.get(mark) else {
                found = found.or(Truth::Maybe);
                continue;
            };
            if &*mark.name != name {
                continue;
            }
            let agrees = |(key, wanted): &(String, Literal)| {
                let given = mark.keywords.iter().find(|(keyword, _)| keyword == key);
                match given {
                    Some((_, value)) => wanted.is(value),
                    None if mark.open => Truth::Maybe,
                    None => Truth::No,
                }
            };
            found = found.or(arguments.iter().map(agrees).fold(Truth::Yes, Truth::and));
        }
        found
    }
}

impl Literal {
    /// Whether the value of a mark's argument is this one.
    fn is(&self, value: &Value) -> Truth {
        if value.is_unknown() || matches!(value, Value::OneOf(_)) {
            return Truth::Maybe;
        }
        Truth::from(match (self, value) {
            (Self::Str(wanted), Value::Str(value)) => wanted == &**value,
            (Self::Int(wanted), Value::Int(value)) => wanted == value,
            (Self::Int(wanted), Value::Bool(value)) => *wanted == i64::from(*value),
            (Self::Bool(wanted), Value::Bool(value)) => wanted == value,
            (Self::Bool(wanted), Value::Int(value)) => i64::from(*wanted) == *value,
            (Self::None, Value::None) => true,
            _ => false,
        })
    }
}
