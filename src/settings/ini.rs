//! INI as `iniconfig` reads it, the parser that pytest uses: keys are case-sensitive, a line that
//! starts with a blank continues the value above it, comments take whole lines only (behind a
//! section header they may follow it), and a key or section must not come twice.
//!
//! The crates for INI follow `configparser` or git, which differ in all of this. Behaviour is that
//! of iniconfig 2.x; a byte order mark is accepted, as by the releases since 2.3.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::python::{is_space, repr, rstrip, split_lines, strip};
use crate::text::{SourceFile, Span};

/// A parsed file.
#[derive(Debug)]
pub struct Ini {
    pub sections: Vec<Section>,
}

#[derive(Debug)]
pub struct Section {
    pub name: String,
    /// The header's line.
    pub span: Span,
    pub entries: Vec<Entry>,
}

#[derive(Debug)]
pub struct Entry {
    pub key: String,
    pub span: Span,
    pub value: Text,
}

/// A value with the places its parts come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pub text: String,
    /// Where a part of `text` starts, and its place in the file; in order.
    pieces: Vec<(usize, u32)>,
}

impl Text {
    /// A text that stands in the file as it is, from `start` on.
    pub fn verbatim(text: impl Into<String>, start: u32) -> Self {
        Self { text: text.into(), pieces: vec![(0, start)] }
    }

    /// A text that cannot be found in the file, for it was written with escapes.
    pub fn opaque(text: impl Into<String>) -> Self {
        Self { text: text.into(), pieces: Vec::new() }
    }

    fn push_line(&mut self, line: &str, start: u32) {
        if !self.pieces.is_empty() {
            self.text.push('\n');
        }
        self.pieces.push((self.text.len(), start));
        self.text.push_str(line);
    }

    /// The place of a range of the text.
    pub fn span(&self, range: std::ops::Range<usize>) -> Option<Span> {
        let start = self.offset(range.start)?;
        // The last character counts, not the one after it: that may be on another line.
        let end = if range.is_empty() { start } else { self.offset(range.end - 1)? + 1 };
        Some(Span::new(start, end.max(start)))
    }

    fn offset(&self, at: usize) -> Option<u32> {
        let index = self.pieces.partition_point(|&(start, _)| start <= at).checked_sub(1)?;
        let (start, place) = *self.pieces.get(index)?;
        Some(place + u32::try_from(at - start).ok()?)
    }
}

/// What iniconfig does not accept, in its words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}: {reason}")]
pub struct IniError {
    /// 1-based.
    pub line: u32,
    pub reason: Reason,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("unexpected line: {}", repr(.0))]
    UnexpectedLine(String),
    #[error("unexpected value continuation")]
    UnexpectedContinuation,
    #[error("no section header defined")]
    NoSection,
    #[error("empty section name")]
    EmptySectionName,
    #[error("duplicate section {}", repr(.0))]
    DuplicateSection(String),
    #[error("duplicate name {}", repr(.0))]
    DuplicateName(String),
}

impl Ini {
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }
}

/// One line that means something, before sections and keys are checked against each other.
enum Token {
    Section { name: String },
    Entry { key: String, value: Text },
}

/// Parses the text of a file.
pub fn parse(source: &SourceFile) -> Result<Ini, IniError> {
    let text: &Arc<str> = source.text();
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let shift = text.len() - body.len();
    let mut tokens: Vec<(u32, Span, Token)> = Vec::new();
    // iniconfig counts lines as `str.splitlines` does, which may differ from the file's own lines.
    for (index, (start, line)) in split_lines(body).into_iter().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let line = rstrip(line);
        let unindented = line.trim_start_matches(is_space);
        if unindented.is_empty() || unindented.starts_with(['#', ';']) {
            continue;
        }
        let place = |from: usize, length: usize| span_at(shift + start + from, length);
        let fail = |reason: Reason| Err(IniError { line: number, reason, span: place(0, line.len()) });
        let header = line.starts_with('[').then(|| section_name(line));
        match header {
            Some(Some("")) => return fail(Reason::EmptySectionName),
            Some(Some(name)) => {
                let token = Token::Section { name: name.to_owned() };
                tokens.push((number, place(0, line.len()), token));
            }
            None if line.len() == unindented.len() => {
                let Some((key, value)) = split_entry(line) else {
                    return fail(Reason::UnexpectedLine(line.to_owned()));
                };
                let mut text = Text::default();
                let value_start = line.len() - value.trim_start_matches(is_space).len();
                if !strip(value).is_empty() {
                    text.push_line(strip(value), place(value_start, 0).start);
                }
                let key = rstrip(key);
                let token = Token::Entry { key: key.to_owned(), value: text };
                tokens.push((number, place(0, key.len()), token));
            }
            // An indented line, or one that starts with a bracket and does not close it.
            Some(None) | None => {
                let Some((_, _, Token::Entry { value, .. })) = tokens.last_mut() else {
                    return fail(Reason::UnexpectedContinuation);
                };
                value.push_line(unindented, place(line.len() - unindented.len(), 0).start);
            }
        }
    }
    assemble(tokens)
}

fn assemble(tokens: Vec<(u32, Span, Token)>) -> Result<Ini, IniError> {
    let mut ini = Ini { sections: Vec::new() };
    let mut names = FxHashSet::default();
    let mut keys = FxHashSet::default();
    for (line, span, token) in tokens {
        match token {
            Token::Section { name } => {
                keys.clear();
                if !names.insert(name.clone()) {
                    return Err(IniError { line, reason: Reason::DuplicateSection(name), span });
                }
                ini.sections.push(Section { name, span, entries: Vec::new() });
            }
            Token::Entry { key, value } => {
                let Some(section) = ini.sections.last_mut() else {
                    return Err(IniError { line, reason: Reason::NoSection, span });
                };
                if !keys.insert(key.clone()) {
                    return Err(IniError { line, reason: Reason::DuplicateName(key), span });
                }
                section.entries.push(Entry { key, span, value });
            }
        }
    }
    Ok(ini)
}

/// The name in `[name]  # comment`; `None` where the line is no header after all.
fn section_name(line: &str) -> Option<&str> {
    let mut header = line;
    for comment in ['#', ';'] {
        header = rstrip(header.split(comment).next().unwrap_or(header));
    }
    header.strip_prefix('[')?.strip_suffix(']')
}

/// `key = value`, or `key: value` where no equals sign precedes the colon.
fn split_entry(line: &str) -> Option<(&str, &str)> {
    line.split_once('=').filter(|(key, _)| !key.contains(':')).or_else(|| line.split_once(':'))
}

fn span_at(start: usize, length: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(start), offset(start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs = Vec<(String, String)>;

    fn read(text: &str) -> Result<Vec<(String, Pairs)>, String> {
        let source = SourceFile::new("pytest.ini", text);
        let ini = parse(&source).map_err(|error| error.to_string())?;
        let entries = |section: Section| {
            section.entries.into_iter().map(|entry| (entry.key, entry.value.text)).collect()
        };
        Ok(ini.sections.into_iter().map(|section| (section.name.clone(), entries(section))).collect())
    }

    fn pairs(text: &str) -> Vec<(String, String)> {
        read(text).unwrap().remove(0).1
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn indented_lines_continue_a_value_and_blank_or_comment_lines_do_not_end_it() {
        let text = "[pytest]\nmarkers =\n    a: x # no comment\n\n# a comment\n\t; another\n    b\naddopts = -q\n  -x\n";
        assert_eq!(pairs(text), [pair("markers", "a: x # no comment\nb"), pair("addopts", "-q\n-x")]);
    }

    #[test]
    fn a_colon_separates_only_before_an_equals_sign() {
        assert_eq!(
            pairs("[p]\na: b=c\nd = e:f\nG : h\n"),
            [pair("a", "b=c"), pair("d", "e:f"), pair("G", "h")]
        );
    }

    #[test]
    fn headers_may_carry_comments_and_keep_their_blanks() {
        assert_eq!(read("[ a b ]  # c\n[x;y]\n[z\n").unwrap_err(), "2: unexpected value continuation");
        assert_eq!(read("[ a b ]  # c\n").unwrap(), [(" a b ".to_owned(), vec![])]);
    }

    #[test]
    fn a_line_that_opens_a_bracket_continues_a_value() {
        assert_eq!(pairs("[p]\na = 1\n[b\n"), [pair("a", "1\n[b")]);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        assert_eq!(pairs("\u{feff}[p]\na = 1\n"), [pair("a", "1")]);
    }

    #[test]
    fn errors_are_iniconfigs_with_its_line_numbers() {
        let error = |text: &str| read(text).unwrap_err();
        assert_eq!(error("addopts = -q\n"), "1: no section header defined");
        assert_eq!(error("[pytest]\n    -q\n"), "2: unexpected value continuation");
        assert_eq!(error("  -q\n"), "1: unexpected value continuation");
        assert_eq!(error("[pytest]\naddopts = -q\naddopts = -v\n"), "3: duplicate name 'addopts'");
        assert_eq!(error("[p]\n\n[p]\n"), "3: duplicate section 'p'");
        assert_eq!(error("[p]\nit's\n"), "2: unexpected line: \"it's\"");
        assert_eq!(error("[]\n"), "1: empty section name");
    }

    #[test]
    fn an_error_in_a_line_comes_before_one_between_lines() {
        assert_eq!(read("a = 1\n[p]\nnonsense\n").unwrap_err(), "3: unexpected line: 'nonsense'");
    }

    #[test]
    fn parts_of_a_value_are_found_in_the_file() {
        let source = SourceFile::new("pytest.ini", "\u{feff}[p]\na =  one\n   two three\n");
        let ini = parse(&source).unwrap();
        let value = &ini.sections[0].entries[0].value;
        let three = value.text.find("three").unwrap();
        assert_eq!(source.slice(value.span(three..three + 5).unwrap()), "three");
        assert_eq!(source.slice(value.span(0..3).unwrap()), "one");
        assert_eq!(source.slice(ini.sections[0].entries[0].span), "a");
    }
}
