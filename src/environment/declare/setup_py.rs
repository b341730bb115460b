//! `setup.py`, where its call of `setup` is literal.

use std::path::Path;

use super::dependency::{Dependency, normalize};
use super::literal::{Call, Literal, Located, Outline};
use super::pyproject::Stated;
use super::{Declarations, Dependencies, Item};

pub(super) fn read(outline: &Outline, stated: Stated, to: &mut Declarations) {
    let is_setup = |call: &&Call| matches!(call.callee.as_str(), "setup" | "setuptools.setup");
    let inside = outline.functions.iter().flat_map(|function| &function.calls);
    let Some(call) = outline.calls.iter().chain(inside).find(is_setup) else {
        return hide(stated, to);
    };
    to.is_project = true;
    let reader = Reader { outline, call };
    if to.name.is_none() {
        to.name = call.keyword("name").and_then(|name| name.text()?.parse().ok());
    }
    if to.requires_python.is_none() {
        to.requires_python = call.keyword("python_requires").and_then(|value| value.text()?.parse().ok());
    }
    if !stated.dependencies
        && let Some(dependencies) = reader.argument("install_requires")
    {
        to.dependencies = dependencies;
    }
    if !stated.extras {
        reader.extras(to);
    }
    if let Some(dependencies) = reader.argument("tests_require") {
        to.mentioned.items.extend(dependencies.items);
    }
}

/// A `setup.py` that says nothing in literals.
pub(super) fn hide(stated: Stated, to: &mut Declarations) {
    to.is_project = true;
    to.dependencies.complete &= stated.dependencies;
    to.hidden_extras |= !stated.extras;
}

struct Reader<'a> {
    outline: &'a Outline,
    call: &'a Call,
}

impl Reader<'_> {
    /// The list that a keyword argument passes; `None` where there is no such argument.
    fn argument(&self, name: &str) -> Option<Dependencies> {
        match self.call.keyword(name) {
            Some(value) => Some(self.list(value)),
            None => self.call.has_more_keywords().then(Dependencies::hidden),
        }
    }

    fn extras(&self, to: &mut Declarations) {
        match self.call.keyword("extras_require").map(|value| &value.literal) {
            Some(Literal::Table(entries)) => {
                to.hidden_extras = false;
                for (key, value) in entries {
                    match key.text().map(str::parse) {
                        Some(Ok(extra)) => {
                            to.extras.insert(extra, self.list(value));
                        }
                        // `":python_version<'3.9'"` is a condition on the dependencies themselves.
                        Some(Err(_)) if key.text().is_some_and(|key| key.starts_with(':')) => {
                            to.dependencies.complete = false;
                        }
                        Some(Err(_)) | None => to.hidden_extras = true,
                    }
                }
            }
            Some(_) => to.hidden_extras = true,
            None => to.hidden_extras |= self.call.has_more_keywords(),
        }
    }

    fn list(&self, value: &Located) -> Dependencies {
        let path = self.outline.path();
        let directory = path.parent().unwrap_or(Path::new(""));
        let place = |span| self.outline.place(&path, span);
        let mut dependencies = Dependencies::default();
        match &value.literal {
            Literal::List(items) => {
                for item in items {
                    let parsed =
                        item.text().and_then(|text| Dependency::parse(text, directory, &place(item.span)));
                    dependencies.push(parsed);
                }
            }
            Literal::Text(text) => {
                for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                    dependencies.push(Dependency::parse(line, directory, &place(value.span)));
                }
            }
            Literal::Lines(file) => {
                let file = normalize(&directory.join(file));
                dependencies.items.push(Item::Requirements(file, place(value.span)));
            }
            Literal::Null => {}
            Literal::Number(_) | Literal::Flag(_) | Literal::Table(_) | Literal::Hidden => {
                dependencies.complete = false;
            }
        }
        dependencies
    }
}
