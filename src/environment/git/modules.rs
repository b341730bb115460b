//! `.gitmodules`, in the language of git's configuration, with places.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::environment::Place;
use crate::fs::FileSystem;
use crate::text::{SourceFile, Span};

/// The file.
#[derive(Debug)]
pub struct GitModules {
    pub path: Arc<PathBuf>,
    /// In the order of the file. A name that comes again adds to its first entry, as git has it.
    pub entries: Vec<Entry>,
}

/// `[submodule "name"]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// The section's header.
    pub place: Place,
    pub path: Option<Setting>,
    pub url: Option<Setting>,
    /// From the header to the end of the section's last line that says something.
    pub section: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub value: String,
    /// The line.
    pub place: Place,
}

impl GitModules {
    pub(super) fn read(fs: &FileSystem, path: &Path) -> Option<Self> {
        if !fs.is_file(path) {
            return None;
        }
        let bytes = fs.read(path).ok()?;
        Some(Self::parse(path, &String::from_utf8_lossy(&bytes)))
    }

    pub fn parse(path: &Path, text: &str) -> Self {
        let path = Arc::new(path.to_path_buf());
        let source = SourceFile::new(path.as_path(), text);
        let mut entries: Vec<Entry> = Vec::new();
        let mut current: Option<usize> = None;
        let mut number = 1;
        while number <= source.line_count() {
            let place = Place::of_line(&path, &source, number);
            let mut line = source.slice(place.span).trim().to_owned();
            let mut end = place.span.end;
            // A backslash at the end continues the line.
            while line.ends_with('\\') && number < source.line_count() {
                line.pop();
                number += 1;
                let more = source.line_span(number);
                line.push_str(source.slice(more).trim());
                end = more.end;
            }
            number += 1;
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            let mut rest = line.as_str();
            if let Some((header, after)) = rest.strip_prefix('[').and_then(split_header) {
                current = submodule_name(header).map(|name| {
                    let known = entries.iter().position(|entry| entry.name == name);
                    known.unwrap_or_else(|| {
                        entries.push(Entry {
                            name,
                            place: place.clone(),
                            path: None,
                            url: None,
                            section: Span::new(place.span.start, end),
                        });
                        entries.len() - 1
                    })
                });
                rest = after.trim();
            }
            let Some(entry) = current.and_then(|at| entries.get_mut(at)) else { continue };
            entry.section.end = entry.section.end.max(end);
            let Some((key, value)) = rest.split_once('=') else { continue };
            // The last of several wins; an empty value is none.
            let value = unquote(value.trim());
            let setting = (!value.is_empty()).then(|| Setting { value, place: place.clone() });
            match key.trim().to_ascii_lowercase().as_str() {
                "path" => {
                    entry.path = setting.map(|mut setting| {
                        setting.value.truncate(setting.value.trim_end_matches('/').len());
                        setting
                    });
                }
                "url" => entry.url = setting,
                _ => {}
            }
        }
        Self { path, entries }
    }
}

/// The header without its brackets, and what follows on its line. A quoted name may hold a bracket.
fn split_header(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return Some((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}

/// `submodule "name"` → `name`
fn submodule_name(header: &str) -> Option<String> {
    let (section, name) = header.trim().split_once(char::is_whitespace)?;
    let name = name.trim().strip_prefix('"')?.strip_suffix('"')?;
    section.eq_ignore_ascii_case("submodule").then(|| unescape(name))
}

fn unescape(text: &str) -> String {
    let mut result = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        result.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    result
}

/// A value: quotes may stand anywhere, a comment begins outside them.
fn unquote(text: &str) -> String {
    let mut result = String::new();
    let mut quoted = false;
    let mut kept = 0;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' => match chars.next() {
                Some('n') => result.push('\n'),
                Some('t') => result.push('\t'),
                other => result.extend(other),
            },
            '#' | ';' if !quoted => break,
            c => result.push(c),
        }
        // Blanks at the end do not count, except in quotes.
        if quoted || !c.is_whitespace() {
            kept = result.len();
        }
    }
    result.truncate(kept);
    result
}
