//! setuptools' `setup.cfg`.

use crate::environment::document::ini::{Entry, Ini};

use super::dependency::{Dependency, normalize};
use super::pyproject::Stated;
use super::{Declarations, Dependencies, Item};

pub(super) fn read(ini: &Ini, stated: Stated, to: &mut Declarations) {
    if let Some(name) = ini.entry("metadata", "name") {
        to.is_project = true;
        if to.name.is_none() {
            to.name = name.text().parse().ok();
        }
    }
    to.is_project |= ini.has_section("options");
    if let Some(python) = ini.entry("options", "python_requires")
        && to.requires_python.is_none()
    {
        to.requires_python = python.text().parse().ok();
    }
    if !stated.dependencies
        && let Some(entry) = ini.entry("options", "install_requires")
    {
        to.dependencies = list(ini, entry);
    }
    if !stated.extras {
        for entry in ini.entries("options.extras_require") {
            if let Ok(extra) = entry.key.parse() {
                to.extras.insert(extra, list(ini, entry));
                to.hidden_extras = false;
            }
        }
    }
    if let Some(entry) = ini.entry("options", "tests_require") {
        to.mentioned.items.extend(list(ini, entry).items);
    }
}

/// One requirement in a line, or several in one separated by semicolons; `file: a.txt, b.txt`.
fn list(ini: &Ini, entry: &Entry) -> Dependencies {
    let mut dependencies = Dependencies::default();
    for line in &entry.lines {
        let place = ini.place(line.span);
        if let Some(files) = line.text.strip_prefix("file:") {
            for file in files.split(',') {
                let path = normalize(&ini.directory().join(file.trim()));
                dependencies.items.push(Item::Requirements(path, place.clone()));
            }
            continue;
        }
        let single = [line.text.as_str()];
        let several: Vec<&str>;
        // NOTE: setuptools splits a value at semicolons only where it is a single line.
        let parts: &[&str] = if entry.lines.len() == 1 && entry.span_line(ini) == place.line {
            several = line.text.split(';').map(str::trim).filter(|part| !part.is_empty()).collect();
            &several
        } else {
            &single
        };
        for part in parts {
            // `%(test)s` refers to another value of the section.
            if part.contains("%(") {
                dependencies.complete = false;
            } else {
                dependencies.push(Dependency::parse(part, ini.directory(), &place));
            }
        }
    }
    dependencies
}
