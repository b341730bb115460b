//! Edits of pytest's configuration files that keep everything else as it is written.

use std::path::Path;

use toml_edit::{Array, DocumentMut, Item, Table, Value};

use crate::environment::document::edit::push;
use crate::settings::ini;
use crate::text::SourceFile;

/// The text of a configuration file with a mark registered under `markers`; `None` where the file is not of a
/// kind that can be edited.
pub fn with_mark(path: &Path, text: &str, mark: &str) -> Option<String> {
    match kind(path)? {
        Kind::Toml => in_toml(path, text, "markers", mark),
        Kind::Ini(section) => {
            let ini = Section::find(path, text, section)?;
            ini.edited(text, "markers", |entry| match entry {
                Some(_) => format!("\n{}{mark}", ini.indentation("markers")),
                None => format!("markers =\n    {mark}"),
            })
        }
    }
}

/// The same with an option added to `addopts`.
pub fn with_option(path: &Path, text: &str, option: &str) -> Option<String> {
    match kind(path)? {
        Kind::Toml => in_toml(path, text, "addopts", option),
        Kind::Ini(section) => {
            Section::find(path, text, section)?.edited(text, "addopts", |entry| match entry {
                Some(_) => format!(" {option}"),
                None => format!("addopts = {option}"),
            })
        }
    }
}

/// How a file is written.
enum Kind {
    Toml,
    /// The section that counts.
    Ini(&'static str),
}

fn kind(path: &Path) -> Option<Kind> {
    match path.extension()?.to_str()? {
        "toml" => Some(Kind::Toml),
        "ini" => Some(Kind::Ini("pytest")),
        "cfg" => Some(Kind::Ini("tool:pytest")),
        _ => None,
    }
}

/// A section of an INI file.
struct Section {
    source: SourceFile,
    found: ini::Section,
}

impl Section {
    fn find(path: &Path, text: &str, name: &str) -> Option<Self> {
        let source = SourceFile::new(path, text);
        let found = ini::parse(&source).ok()?.sections.into_iter().find(|section| section.name == name)?;
        Some(Self { source, found })
    }

    fn entry(&self, key: &str) -> Option<&ini::Entry> {
        self.found.entries.iter().find(|entry| entry.key == key)
    }

    /// Where the last line of an entry ends.
    fn end_of(&self, entry: &ini::Entry) -> u32 {
        let value = entry.value.span(0..entry.value.text.trim_end().len());
        let last = value.map_or(entry.span.end, |value| value.end.max(entry.span.end));
        self.end_of_line(last)
    }

    fn end_of_line(&self, end: u32) -> u32 {
        self.source.line_span(self.source.line(end.saturating_sub(1))).end
    }

    /// What the last line of an entry is indented by.
    fn indentation(&self, key: &str) -> String {
        let line = self.entry(key).map_or("", |entry| {
            self.source.slice(self.source.line_span(self.source.line(self.end_of(entry).saturating_sub(1))))
        });
        let blanks: String = line.chars().take_while(|character| matches!(character, ' ' | '\t')).collect();
        if blanks.is_empty() { "    ".to_owned() } else { blanks }
    }

    /// The text with something added behind the entry of `key`, or with an entry of its own.
    fn edited(&self, text: &str, key: &str, added: impl Fn(Option<&ini::Entry>) -> String) -> Option<String> {
        let entry = self.entry(key);
        let at = match entry {
            Some(entry) => self.end_of(entry),
            None => {
                let ends = self.found.entries.iter().map(|entry| self.end_of(entry));
                ends.max().unwrap_or_else(|| self.end_of_line(self.found.span.end))
            }
        } as usize;
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let separator = if entry.is_some() { "" } else { "\n" };
        let added = format!("{separator}{}", added(entry)).replace('\n', newline);
        let before = text.get(..at)?;
        // An option stands behind the value, not behind blanks.
        let before = if added.starts_with(' ') { before.trim_end_matches([' ', '\t']) } else { before };
        Some(format!("{before}{added}{}", text.get(at..)?))
    }
}

fn in_toml(path: &Path, text: &str, key: &str, item: &str) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    let Some(table) = table_of(document.as_table_mut()) else {
        return with_table(path, text, document.as_table(), key, item);
    };
    match table.get_mut(key) {
        Some(Item::Value(Value::Array(array))) => push(array, item),
        // `addopts = "-q"`: words in a text.
        Some(Item::Value(words)) if key == "addopts" => {
            let mut longer = Value::from(format!("{} {item}", words.as_str()?).trim_start());
            *longer.decor_mut() = words.decor().clone();
            *words = longer;
        }
        Some(_) => return None,
        None => {
            let mut array = Array::new();
            array.push(item);
            table.insert(key, Item::Value(Value::Array(array)));
        }
    }
    Some(document.to_string())
}

/// The table that holds pytest's settings.
fn table_of(document: &mut Table) -> Option<&mut Table> {
    if document.contains_key("tool") {
        let pytest = document.get_mut("tool")?.as_table_mut()?.get_mut("pytest")?.as_table_mut()?;
        return if pytest.contains_key("ini_options") {
            pytest.get_mut("ini_options")?.as_table_mut()
        } else {
            Some(pytest)
        };
    }
    document.get_mut("pytest")?.as_table_mut()
}

/// A `pyproject.toml` makes its folder the rootdir even if it says nothing about pytest: then a table of its
/// own, at the end, holds the setting.
fn with_table(path: &Path, text: &str, document: &Table, key: &str, item: &str) -> Option<String> {
    let is_free = document
        .get("tool")
        .is_none_or(|tool| tool.as_table().is_some_and(|tool| !tool.contains_key("pytest")));
    if !is_free || path.file_name()? != "pyproject.toml" {
        return None;
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let item = Value::from(item);
    let separator = match text.trim_end_matches(['\r', '\n']) {
        "" => "",
        _ => newline,
    };
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { newline };
    Some(format!("{text}{end}{separator}[tool.pytest.ini_options]{newline}{key} = [{item}]{newline}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(name: &str, text: &str) -> String {
        with_mark(Path::new(name), text, "slow").expect("it can be edited")
    }

    #[test]
    fn a_mark_goes_behind_those_that_are_registered() {
        let ini = "[pytest]\nmarkers =\n  fast: quick  \n\n# end\naddopts = -q\n";
        assert_eq!(
            edited("pytest.ini", ini),
            "[pytest]\nmarkers =\n  fast: quick  \n  slow\n\n# end\naddopts = -q\n"
        );
        assert_eq!(
            edited("pytest.ini", "[pytest]\nmarkers = fast\n"),
            "[pytest]\nmarkers = fast\n    slow\n"
        );
        let toml = "[tool.pytest.ini_options]\nmarkers = [\n  \"fast\", # quick\n]\n";
        assert_eq!(
            edited("pyproject.toml", toml),
            "[tool.pytest.ini_options]\nmarkers = [\n  \"fast\", # quick\n  \"slow\",\n]\n"
        );
        let toml = "[tool.pytest]\nmarkers = [\"fast\"]\n";
        assert_eq!(edited("pyproject.toml", toml), "[tool.pytest]\nmarkers = [\"fast\", \"slow\"]\n");
    }

    #[test]
    fn the_setting_is_added_where_it_is_missing() {
        assert_eq!(edited("pytest.ini", "[pytest]\r\n"), "[pytest]\r\nmarkers =\r\n    slow\r\n");
        assert_eq!(
            edited("setup.cfg", "[tool:pytest]\naddopts =\n  -q\n\n[other]\n"),
            "[tool:pytest]\naddopts =\n  -q\nmarkers =\n    slow\n\n[other]\n"
        );
        assert_eq!(
            edited("pytest.toml", "[pytest]\nstrict = true\n"),
            "[pytest]\nstrict = true\nmarkers = [\"slow\"]\n"
        );
        assert_eq!(with_mark(Path::new("x.yaml"), "", "slow"), None);
    }

    #[test]
    fn an_option_goes_behind_the_others() {
        let edited =
            |name: &str, text: &str| with_option(Path::new(name), text, "-v").expect("it can be edited");
        assert_eq!(
            edited("pytest.ini", "[pytest]\naddopts = -q \nx = 1\n"),
            "[pytest]\naddopts = -q -v\nx = 1\n"
        );
        assert_eq!(edited("tox.ini", "[pytest]"), "[pytest]\naddopts = -v");
        let toml = "[tool.pytest.ini_options]\naddopts = \"-q\"  # quiet\n";
        assert_eq!(
            edited("pyproject.toml", toml),
            "[tool.pytest.ini_options]\naddopts = \"-q -v\"  # quiet\n"
        );
        assert_eq!(edited("pytest.toml", "[pytest]\n"), "[pytest]\naddopts = [\"-v\"]\n");
    }

    #[test]
    fn a_project_that_says_nothing_about_pytest_gets_a_table() {
        let added = |text: &str| with_option(Path::new("pyproject.toml"), text, "-v");
        let table = "[tool.pytest.ini_options]\naddopts = [\"-v\"]\n";
        assert_eq!(added("").as_deref(), Some(table));
        let project = "[project]\nname = \"x\"";
        assert_eq!(added(project), Some(format!("{project}\n\n{table}")));
        let tool = "[tool.ruff]\nline-length = 90\n";
        assert_eq!(added(tool), Some(format!("{tool}\n{table}")));
        assert_eq!(added("tool.pytest = 1\n"), None);
        assert_eq!(added("tool = { ruff = {} }\n"), None);
        assert_eq!(with_option(Path::new("pytest.toml"), "", "-v"), None);
    }
}
