//! Values of settings as the Python objects that pytest gets from a file.

use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::Origin;
use crate::environment::Place;
use crate::settings::ini::Text;
use crate::settings::python::repr;
use crate::text::{SourceFile, Span};

/// How a file's values are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Strings and lists of strings, converted when they are read.
    Ini,
    /// TOML's own types, never converted; since pytest 9.0.
    Native,
}

/// One key with its value.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) key: String,
    pub(super) value: Value,
    pub(super) mode: Mode,
    /// `-o key=value` instead of a line in the file.
    pub(super) overrides: bool,
    /// Where the key stands.
    pub(super) origin: Origin,
    pub(super) source: Option<Arc<SourceFile>>,
}

impl Setting {
    /// The place of a part of a text of this setting, or of the key where that is unknown.
    pub(super) fn origin_of(&self, text: &Text, range: Range<usize>) -> Origin {
        self.origin_at(text.span(range))
    }

    pub(super) fn origin_at(&self, span: Option<Span>) -> Origin {
        match (&self.origin, &self.source, span) {
            (Origin::File(place), Some(source), Some(span)) => {
                Origin::File(Place::new(&place.path, source, span))
            }
            _ => self.origin.clone(),
        }
    }
}

/// A Python object.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Str(Text),
    Bool(bool),
    /// An integer in decimal digits.
    Int(String),
    Float(f64),
    Datetime(String),
    List(Vec<(Self, Span)>),
    Dict(Vec<(String, Self)>),
}

impl Value {
    pub(super) fn from_toml(value: &toml::Spanned<DeValue<'_>>, source: &SourceFile) -> Self {
        let span = span_of(&value.span());
        match value.get_ref() {
            DeValue::String(text) => Self::Str(text_of(text, span, source)),
            DeValue::Integer(number) => Self::Int(decimal(number.as_str(), number.radix())),
            DeValue::Float(number) => {
                Self::Float(number.as_str().replace('_', "").parse().unwrap_or(f64::NAN))
            }
            DeValue::Boolean(flag) => Self::Bool(*flag),
            DeValue::Datetime(date) => Self::Datetime(date.to_string()),
            // NOTE: the parser refuses values that nest deeper than 80.
            DeValue::Array(items) => Self::List(
                items.iter().map(|item| (Self::from_toml(item, source), span_of(&item.span()))).collect(),
            ),
            DeValue::Table(table) => Self::Dict(
                table
                    .iter()
                    .map(|(key, value)| (key.get_ref().to_string(), Self::from_toml(value, source)))
                    .collect(),
            ),
        }
    }

    /// `type(value).__name__`.
    pub(super) const fn type_name(&self) -> &'static str {
        match self {
            Self::Str(_) => "str",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Datetime(_) => "datetime",
            Self::List(_) => "list",
            Self::Dict(_) => "dict",
        }
    }

    /// `repr(value)`.
    pub(super) fn repr(&self) -> String {
        match self {
            Self::Str(text) => repr(&text.text),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Int(digits) => digits.clone(),
            Self::Float(number) => float_repr(*number),
            Self::Datetime(date) => date.clone(),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(|(item, _)| item.repr()).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Dict(entries) => {
                let entries: Vec<_> =
                    entries.iter().map(|(key, value)| format!("{}: {}", repr(key), value.repr())).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    /// `str(value)`, what pytest makes of a value in `[tool.pytest.ini_options]` unless it is a list.
    pub(super) fn into_text(self) -> Text {
        match self {
            Self::Str(text) => text,
            Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::Datetime(_)
            | Self::List(_)
            | Self::Dict(_) => Text::opaque(self.repr()),
        }
    }
}

/// The keys and values of a table.
pub(super) fn entries<'t, 'i>(
    table: &'t DeTable<'i>,
) -> impl Iterator<Item = (&'t str, Span, &'t toml::Spanned<DeValue<'i>>)> {
    table.iter().map(|(key, value)| (key.get_ref().as_ref(), span_of(&key.span()), value))
}

pub(super) fn span_of(range: &Range<usize>) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(range.start), offset(range.end))
}

/// The string at `span`, verbatim where it was written without escapes.
fn text_of(text: &str, span: Span, source: &SourceFile) -> Text {
    let written = source.slice(span);
    let delimiter = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| written.starts_with(quote));
    let Some(delimiter) = delimiter else { return Text::opaque(text) };
    let inner = written.strip_prefix(delimiter).and_then(|rest| rest.strip_suffix(delimiter)).unwrap_or("");
    let trimmed = if delimiter.len() == 3 {
        inner.strip_prefix("\r\n").or_else(|| inner.strip_prefix('\n')).unwrap_or(inner)
    } else {
        inner
    };
    if trimmed == text {
        let skipped = delimiter.len() + inner.len() - trimmed.len();
        Text::verbatim(text, span.start + u32::try_from(skipped).unwrap_or(0))
    } else {
        Text::opaque(text)
    }
}

fn decimal(digits: &str, radix: u32) -> String {
    let plain = digits.replace('_', "");
    let plain = plain.trim_start_matches('+');
    match i128::from_str_radix(plain, radix) {
        Ok(number) => number.to_string(),
        Err(_) => plain.to_owned(),
    }
}

/// `repr` of a float, but for the last digit of some that need an exponent.
fn float_repr(number: f64) -> String {
    let size = number.abs();
    if number.is_nan() {
        "nan".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "inf" } else { "-inf" }.to_owned()
    } else if size != 0.0 && !(1e-4..1e16).contains(&size) {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
        format!("{digits}e{sign}{exponent:0>2}")
    } else {
        format!("{number:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Vec<(String, Value)> {
        let source = SourceFile::new("pyproject.toml", text);
        let table = DeTable::parse(text).unwrap();
        entries(table.get_ref())
            .map(|(key, _, value)| (key.to_owned(), Value::from_toml(value, &source)))
            .collect()
    }

    #[test]
    fn values_print_as_python_prints_them() {
        let text = "a = [true, 1_000, 0x1F, 1.50, 1e20, -2e-7, 'x', { k = \"it's\" }]";
        let (_, value) = parse(text).remove(0);
        assert_eq!(value.repr(), "[True, 1000, 31, 1.5, 1e+20, -2e-07, 'x', {'k': \"it's\"}]");
        assert_eq!(value.type_name(), "list");
    }

    #[test]
    fn strings_without_escapes_know_their_place() {
        let text = "a = 'x y'\nb = '''\np\nq'''\nc = \"\\t\"\n";
        let source = SourceFile::new("pyproject.toml", text);
        let places: Vec<_> = parse(text)
            .into_iter()
            .map(|(_, value)| {
                let text = value.into_text();
                let end = text.text.len();
                text.span(end - 1..end).map(|span| source.slice(span).to_owned())
            })
            .collect();
        assert_eq!(places, [Some("y".to_owned()), Some("q".to_owned()), None]);
    }
}
