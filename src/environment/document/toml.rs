//! TOML as the `toml` crate reads it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::text::Span;

use super::{Key, Kind, Node};

pub(super) fn parse(text: &str) -> Result<Node, (String, Span)> {
    match DeTable::parse(text) {
        Ok(table) => {
            let span = span(table.span());
            Ok(Node { kind: Kind::Table(entries(table.get_ref())), span })
        }
        Err(error) => Err((error.message().replace('\n', ", "), error.span().map_or(Span::default(), span))),
    }
}

// NOTE: recursion is bounded, the parser refuses values that nest deeper than 80.
fn entries(table: &DeTable<'_>) -> Vec<(Key, Node)> {
    table
        .iter()
        .map(|(key, value)| (Key { text: key.get_ref().to_string(), span: span(key.span()) }, node(value)))
        .collect()
}

fn node(value: &Spanned<DeValue<'_>>) -> Node {
    let kind = match value.get_ref() {
        DeValue::String(text) => Kind::Text(text.to_string()),
        DeValue::Integer(number) => Kind::Number(number.to_string()),
        DeValue::Float(number) => Kind::Number(number.to_string()),
        DeValue::Boolean(flag) => Kind::Flag(*flag),
        DeValue::Datetime(date) => Kind::Text(date.to_string()),
        DeValue::Array(items) => Kind::List(items.iter().map(node).collect()),
        DeValue::Table(table) => Kind::Table(entries(table)),
    };
    Node { kind, span: span(value.span()) }
}

fn span(range: std::ops::Range<usize>) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(range.start), offset(range.end))
}
