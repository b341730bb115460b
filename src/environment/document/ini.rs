//! INI files as `configparser` reads them, which is how setuptools and tox read `setup.cfg` and
//! `tox.ini`. (pytest reads them in another way; that is not this module's business.)
//!
//! Interpolation and `[DEFAULT]` are left alone. Keys are lower case. A later section or key of the
//! same name adds to, or replaces, the earlier one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::fs::FileSystem;
use crate::text::{SourceFile, Span};

use crate::environment::Place;

/// An INI file.
#[derive(Debug)]
pub struct Ini {
    path: Arc<PathBuf>,
    source: SourceFile,
    sections: Vec<Section>,
}

#[derive(Debug)]
pub struct Section {
    pub name: String,
    pub span: Span,
    entries: Vec<Entry>,
}

/// A key with the lines of its value; blank lines and comment lines are left out.
#[derive(Debug)]
pub struct Entry {
    pub key: String,
    pub span: Span,
    pub lines: Vec<Line>,
}

/// One line of a value, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub span: Span,
}

impl Ini {
    /// The file at an absolute path; `None` where there is none that can be read.
    pub fn read(fs: &FileSystem, path: &Path) -> Option<Self> {
        if !fs.is_file(path) {
            return None;
        }
        let bytes = fs.read(path).ok()?;
        Some(Self::parse(path, &String::from_utf8_lossy(&bytes)))
    }

    pub fn parse(path: &Path, text: &str) -> Self {
        let path = Arc::new(path.to_path_buf());
        let source = SourceFile::new(path.as_path(), text);
        let mut sections: Vec<Section> = Vec::new();
        let mut key_indent = 0;
        let mut in_value = false;
        for number in 1..=source.line_count() {
            let span = source.line_span(number);
            let raw = source.slice(span);
            let raw = raw.strip_prefix('\u{feff}').unwrap_or(raw);
            let text = raw.trim();
            if text.is_empty() || text.starts_with(['#', ';']) {
                continue;
            }
            let indent = raw.len() - raw.trim_start().len();
            let start = span.end - u32::try_from(raw.trim_start().len()).unwrap_or(0);
            let line = |text: &str, skip: usize| {
                let start = start + u32::try_from(skip).unwrap_or(0);
                let text = text.trim_end();
                Line {
                    text: text.to_owned(),
                    span: Span::new(start, start + u32::try_from(text.len()).unwrap_or(0)),
                }
            };
            if in_value
                && indent > key_indent
                && let Some(entry) = sections.last_mut().and_then(|section| section.entries.last_mut())
            {
                entry.lines.push(line(text, 0));
            } else if let Some(name) = text.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                in_value = false;
                sections.push(Section {
                    name: name.to_owned(),
                    span: line(text, 0).span,
                    entries: Vec::new(),
                });
            } else if let (Some(section), Some(at)) = (sections.last_mut(), text.find(['=', ':'])) {
                in_value = true;
                key_indent = indent;
                let key = text[..at].trim();
                let value = text[at + 1..].trim_start();
                let lines =
                    if value.is_empty() { Vec::new() } else { vec![line(value, text.len() - value.len())] };
                section.entries.push(Entry { key: key.to_lowercase(), span: line(key, 0).span, lines });
            } else {
                in_value = false;
            }
        }
        Self { path, source, sections }
    }

    pub fn path(&self) -> &Arc<PathBuf> {
        &self.path
    }

    /// The directory that relative paths in the file start from.
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    pub fn has_section(&self, name: &str) -> bool {
        self.sections.iter().any(|section| section.name == name)
    }

    /// The entry that counts: the last of its name.
    pub fn entry(&self, section: &str, key: &str) -> Option<&Entry> {
        let named = self.sections.iter().filter(|known| known.name == section);
        named.flat_map(|section| &section.entries).rfind(|entry| entry.key == key)
    }

    /// The entries of all sections of that name.
    pub fn entries(&self, section: &str) -> impl Iterator<Item = &Entry> {
        let named = self.sections.iter().filter(move |known| known.name == section);
        named.flat_map(|section| &section.entries)
    }

    pub fn place(&self, span: Span) -> Place {
        Place::new(&self.path, &self.source, span)
    }
}

impl Section {
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

impl Entry {
    /// The 1-based line of the key.
    pub fn span_line(&self, ini: &Ini) -> u32 {
        ini.source.line(self.span.start)
    }

    /// The value's lines, joined.
    pub fn text(&self) -> String {
        let lines: Vec<_> = self.lines.iter().map(|line| line.text.as_str()).collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_on_while_lines_are_indented() {
        let text = "[options]\ninstall_requires =\n    requests>=2\n    # not this\n\n    numpy ; python_version<'3.9'\n\
                    python_requires: >=3.8\n[options.extras_require]\ntest = pytest\n";
        let ini = Ini::parse(Path::new("/p/setup.cfg"), text);
        let requires = ini.entry("options", "install_requires").unwrap();
        let lines: Vec<_> = requires.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(lines, ["requests>=2", "numpy ; python_version<'3.9'"]);
        assert_eq!(ini.place(requires.lines[1].span).line, 6);
        assert_eq!(ini.source.slice(requires.lines[1].span), "numpy ; python_version<'3.9'");
        assert_eq!(ini.entry("options", "python_requires").unwrap().text(), ">=3.8");
        let test = ini.entry("options.extras_require", "test").unwrap();
        assert_eq!(ini.source.slice(test.lines[0].span), "pytest");
    }

    #[test]
    fn text_before_a_section_and_lines_without_value_are_skipped() {
        let ini = Ini::parse(Path::new("/p/tox.ini"), "stray = 1\n[tox]\nbare\n  indented\nenvlist = a\n");
        assert_eq!(ini.sections().len(), 1);
        assert_eq!(ini.entries("tox").count(), 1);
    }
}
