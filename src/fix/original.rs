//! The files that are edited. Edits are stated in terms of decoded text; here they are put into the bytes
//! of the file, so that everything outside of them stays as it is: a byte order mark, the declared
//! encoding, the line endings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Contents;
use super::select::{Edits, edits};
use crate::diagnostic::{Diagnostic, Edit};
use crate::syntax::{ParsedFile, Sources};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a file cannot be edited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The file is there but cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// It is not in the encoding that it declares, or in one that cannot be written.
    #[error("it cannot be written in its encoding without harm")]
    Encoding,
    /// A repair would put a character into it that its encoding lacks.
    #[error("the repair holds characters that its encoding lacks")]
    Characters,
    /// Our fault: a rule states an edit that is not within the text.
    #[error("an edit lies outside of its text")]
    Span,
}

/// The files of one round, read when they are first needed.
pub(super) struct Originals<'a> {
    sources: &'a Sources<'a>,
    files: BTreeMap<PathBuf, Result<Original<'a>, Refusal>>,
    refusals: BTreeMap<PathBuf, Refusal>,
}

impl<'a> Originals<'a> {
    pub(super) fn new(sources: &'a Sources<'a>) -> Self {
        Self { sources, files: BTreeMap::new(), refusals: BTreeMap::new() }
    }

    /// Whether `edit` can be made; if it cannot, its file is among the refusals.
    pub(super) fn accept(&mut self, edit: &Edit) -> bool {
        let sources = self.sources;
        let path = edit.path.as_path();
        let file = self.files.entry(path.to_path_buf()).or_insert_with(|| Original::read(sources, path));
        match file.as_ref().map_err(Refusal::clone).and_then(|file| file.check(edit)) {
            Ok(()) => true,
            Err(refusal) => {
                self.refusals.insert(path.to_path_buf(), refusal);
                false
            }
        }
    }

    /// The contents of all files that the fixes of `chosen`, which were accepted, edit.
    pub(super) fn edited(&self, chosen: &[&Diagnostic]) -> Contents {
        let edits: Edits<'_> = edits(chosen);
        edits
            .into_iter()
            .filter_map(|(path, edits)| {
                let original = self.files.get(path)?.as_ref().ok()?;
                Some((path.to_path_buf(), original.edited(edits.into_values())?.into()))
            })
            .collect()
    }

    pub(super) fn refusals(self) -> BTreeMap<PathBuf, Refusal> {
        self.refusals
    }
}

/// How the text becomes the file again.
enum Writing<'a> {
    /// After these bytes, which are a byte order mark or nothing.
    Utf8 { mark: &'static [u8] },
    /// In the encoding that the file declares.
    Declared(&'a ParsedFile),
}

struct Original<'a> {
    text: Arc<str>,
    writing: Writing<'a>,
    newline: &'static str,
}

impl<'a> Original<'a> {
    /// A file that is not there is empty.
    fn read(sources: &'a Sources<'_>, path: &Path) -> Result<Self, Refusal> {
        if !sources.fs().exists(path) {
            return Ok(Self { text: Arc::from(""), writing: Writing::Utf8 { mark: b"" }, newline: "\n" });
        }
        let bytes = sources.fs().read(path).map_err(|error| Refusal::Unreadable(error.to_string()))?;
        let (text, writing): (Arc<str>, _) = if path.extension().is_some_and(|extension| extension == "py") {
            let parsed = sources.get(path).map_err(|error| Refusal::Unreadable(error.to_string()))?;
            let text = Arc::clone(parsed.source.text());
            let writing = Self::as_utf8(&bytes, &text).unwrap_or(Writing::Declared(parsed));
            (text, writing)
        } else {
            let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::Encoding)?;
            (text.into(), Writing::Utf8 { mark: b"" })
        };
        let newline = match text.split_once('\n') {
            Some((line, _)) if line.ends_with('\r') => "\r\n",
            _ => "\n",
        };
        let original = Self { text, writing, newline };
        // What was not edited must come out as it was.
        if original.written(&original.text).is_some_and(|written| written[..] == bytes[..]) {
            Ok(original)
        } else {
            Err(Refusal::Encoding)
        }
    }

    fn as_utf8(bytes: &[u8], text: &str) -> Option<Writing<'a>> {
        [&b""[..], BYTE_ORDER_MARK]
            .into_iter()
            .find(|mark| bytes.strip_prefix(*mark) == Some(text.as_bytes()))
            .map(|mark| Writing::Utf8 { mark })
    }

    fn check(&self, edit: &Edit) -> Result<(), Refusal> {
        if self.text.get(edit.span.range()).is_none() {
            return Err(Refusal::Span);
        }
        self.written(&edit.content).map(drop).ok_or(Refusal::Characters)
    }

    /// The file's bytes with `edits`, which are sorted and do not touch, put in.
    fn edited<'e>(&self, edits: impl Iterator<Item = &'e Edit>) -> Option<Vec<u8>> {
        // Nothing goes before a byte order mark that the text holds as its first character.
        let first = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut text = String::with_capacity(self.text.len());
        let mut done = 0;
        for edit in edits {
            let range = edit.span.range();
            let start = range.start.max(first);
            text.push_str(self.text.get(done..start)?);
            text.push_str(&edit.content.replace("\r\n", "\n").replace('\n', self.newline));
            done = range.end.max(start);
        }
        text.push_str(self.text.get(done..)?);
        self.written(&text)
    }

    fn written(&self, text: &str) -> Option<Vec<u8>> {
        match self.writing {
            Writing::Utf8 { mark } => Some([mark, text.as_bytes()].concat()),
            Writing::Declared(file) => file.encode(text),
        }
    }
}
