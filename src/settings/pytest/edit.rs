//! Edits of pytest's configuration files that keep everything else as it is written.

use std::path::Path;

use toml_edit::{Array, DocumentMut, Item, Table, Value};

use crate::environment::document::edit::push;
use crate::settings::ini;
use crate::text::SourceFile;

/// The text of a configuration file with a mark registered under `markers`; `None` where the file is not of a
/// kind that can be edited.
pub fn with_mark(path: &Path, text: &str, mark: &str) -> Option<String> {
    match path.extension()?.to_str()? {
        "toml" => in_toml(text, mark),
        "ini" => in_ini(path, text, "pytest", mark),
        "cfg" => in_ini(path, text, "tool:pytest", mark),
        _ => None,
    }
}

fn in_ini(path: &Path, text: &str, section: &str, mark: &str) -> Option<String> {
    let source = SourceFile::new(path, text);
    let parsed = ini::parse(&source).ok()?;
    let section = parsed.section(section)?;
    let last_of = |entry: &ini::Entry| {
        let value = entry.value.span(0..entry.value.text.trim_end().len());
        value.map_or(entry.span.end, |value| value.end.max(entry.span.end))
    };
    let (after, lines) = match section.entries.iter().find(|entry| entry.key == "markers") {
        Some(entry) => {
            let last = last_of(entry);
            let line = source.slice(source.line_span(source.line(last.saturating_sub(1))));
            let indentation: String =
                line.chars().take_while(|character| matches!(character, ' ' | '\t')).collect();
            let indentation = if indentation.is_empty() { "    ".to_owned() } else { indentation };
            (last, format!("{indentation}{mark}"))
        }
        None => {
            let last = section.entries.iter().map(last_of).max().unwrap_or(section.span.end);
            (last, format!("markers =\n    {mark}"))
        }
    };
    // Behind the whole line, and what stands on it as a comment.
    let at = source.line_span(source.line(after.saturating_sub(1))).end as usize;
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines = lines.replace('\n', newline);
    Some(format!("{}{newline}{lines}{}", text.get(..at)?, text.get(at..)?))
}

fn in_toml(text: &str, mark: &str) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    let table = table_of(document.as_table_mut())?;
    match table.get_mut("markers") {
        Some(Item::Value(Value::Array(array))) => push(array, mark),
        Some(_) => return None,
        None => {
            let mut array = Array::new();
            array.push(mark);
            table.insert("markers", Item::Value(Value::Array(array)));
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
}
