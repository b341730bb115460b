//! Marks: what `pytestmark` holds, of functions, classes and modules.

use super::collector::Collector;
use super::ended::{Collected, Ended, FailureKind};
use super::lookup::{self, Found};
use crate::interp::{Id, Mark, Object, Site, Value};

/// Whether something of a library is certainly no mark: `pytest.skip`, `pytest.mark` itself.
fn is_no_mark(path: &str) -> bool {
    ["pytest.", "builtins.", "unittest."].iter().any(|library| path.starts_with(library))
}

impl Collector<'_, '_> {
    pub(super) fn mark(&self, id: Id) -> Option<&Mark> {
        match self.interp.heap.get(id) {
            Object::Mark(mark) => Some(mark),
            _ => None,
        }
    }

    /// `get_unpacked_marks` of a function.
    pub(super) fn marks_of_function(&mut self, function: &Value) -> Collected<Vec<Id>> {
        let mut target = function.clone();
        // a partial object has no `pytestmark` of its own
        if let Some(Object::Partial(_)) = self.interp.object(&target) {
            return Ok(Vec::new());
        }
        if let Some(Object::Method(method)) = self.interp.object(&target) {
            target = method.function.clone();
        }
        let found = lookup::of_object(self.interp, &target, "pytestmark");
        if self.is_no_marks(&found) {
            return Ok(Vec::new());
        }
        self.unpack(found, None)
    }

    /// `pytestmark = None`, which from 9.1 on says that there are none, except in a class.
    pub(super) fn is_no_marks(&self, found: &Found) -> bool {
        matches!(found, Found::Value(Value::None)) && self.settings.version.at_least(9, 1)
    }

    /// `get_unpacked_marks` of a class: those of its bases come first.
    pub(super) fn marks_of_class(&mut self, class: Id, site: Option<&Site>) -> Collected<Vec<Id>> {
        let Object::Class(definition) = self.interp.heap.get(class) else { return Ok(Vec::new()) };
        let bases: Vec<Id> = definition.mro.iter().rev().filter_map(Value::as_id).collect();
        let mut marks = Vec::new();
        for base in bases {
            let found = match self.interp.heap.names(base).and_then(|names| names.get("pytestmark")) {
                Some(binding) if binding.maybe_unbound => Found::Unknown,
                Some(binding) => Found::Value(binding.value.clone()),
                None => Found::Absent,
            };
            marks.extend(self.unpack(found, site)?);
        }
        Ok(marks)
    }

    /// The marks in a `pytestmark`: a list of marks, or one mark.
    pub(super) fn unpack(&mut self, found: Found, site: Option<&Site>) -> Collected<Vec<Id>> {
        let value = match found {
            Found::Value(value) => value,
            Found::Absent => return Ok(Vec::new()),
            Found::Unknown => {
                self.inexact();
                return Ok(Vec::new());
            }
        };
        let listed = match self.interp.object(&value) {
            Some(Object::List(list)) => {
                let (items, open) = (list.items.clone(), list.open);
                if open {
                    self.inexact();
                }
                items
            }
            _ => vec![value],
        };
        let mut marks = Vec::new();
        for item in listed {
            match &item {
                Value::Object(id) if matches!(self.interp.heap.get(*id), Object::Mark(_)) => marks.push(*id),
                Value::Extern(_) if item.extern_path().is_some_and(is_no_mark) => {
                    let shown = item.extern_path().unwrap_or_default();
                    let message = format!("got <{shown}> instead of Mark");
                    return Err(Ended::refused("TypeError", FailureKind::PytestmarkType, message, site));
                }
                Value::Unknown | Value::Extern(_) | Value::OneOf(_) => self.inexact(),
                // an interpreted class may have an attribute `mark`
                Value::Object(id) if matches!(self.interp.heap.get(*id), Object::Instance(_)) => {
                    self.inexact();
                }
                _ => {
                    let shown = self.shown(&item);
                    let message = format!("got {shown} instead of Mark");
                    return Err(Ended::refused("TypeError", FailureKind::PytestmarkType, message, site));
                }
            }
        }
        Ok(marks)
    }

    /// `repr(value)` as far as it is known.
    pub(super) fn shown(&self, value: &Value) -> String {
        if let Some(known) = self.interp.repr_of(value) {
            return known;
        }
        match value {
            Value::Tuple(items) => {
                let texts: Vec<String> = items.iter().map(|item| self.shown(item)).collect();
                match texts.as_slice() {
                    [single] => format!("({single},)"),
                    several => format!("({})", several.join(", ")),
                }
            }
            Value::Object(id) => match self.interp.heap.get(*id) {
                Object::List(list) => {
                    let texts: Vec<String> = list.items.iter().map(|item| self.shown(item)).collect();
                    format!("[{}]", texts.join(", "))
                }
                Object::Mark(mark) => {
                    let positional = Value::tuple(mark.positional.iter().cloned());
                    let keywords: Vec<String> = mark
                        .keywords
                        .iter()
                        .map(|(name, value)| format!("'{name}': {}", self.shown(value)))
                        .collect();
                    format!(
                        "MarkDecorator(mark=Mark(name='{}', args={}, kwargs={{{}}}))",
                        mark.name,
                        self.shown(&positional),
                        keywords.join(", ")
                    )
                }
                Object::Class(class) => format!("<class '{}'>", class.name),
                _ => format!("<{}>", self.interp.type_name(value)),
            },
            Value::Extern(external) if &*external.path == "builtins.object" => {
                "<object object at 0x...>".to_owned()
            }
            _ => "...".to_owned(),
        }
    }
}
