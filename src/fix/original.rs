//! The files that are edited. Edits are stated in terms of decoded text; here they are put into the bytes
//! of the file, so that everything outside of them stays as it is: a byte order mark, an encoding of
//! single bytes, the line endings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Contents;
use super::select::{Edits, edits};
use crate::diagnostic::{Diagnostic, Edit};
use crate::syntax::Sources;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a file cannot be edited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The file is there but cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// It is in UTF-16, Shift-JIS or the like.
    #[error("its encoding is neither UTF-8 nor one of single bytes")]
    Encoding,
    /// A repair would put a character into it that its encoding may lack.
    #[error("the repair holds characters beyond ASCII, which its encoding may lack")]
    Characters,
    /// Our fault: a rule states an edit that is not within the text.
    #[error("an edit lies outside of its text")]
    Span,
}

/// The files of one round, read when they are first needed.
pub(super) struct Originals<'a> {
    sources: &'a Sources<'a>,
    files: BTreeMap<PathBuf, Result<Original, Refusal>>,
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
                Some((path.to_path_buf(), original.edited(edits.into_values())))
            })
            .collect()
    }

    pub(super) fn refusals(self) -> BTreeMap<PathBuf, Refusal> {
        self.refusals
    }
}

/// How offsets in the text and in the file belong together.
enum Layout {
    /// The text is the file after so many bytes.
    Utf8 { skipped: usize },
    /// Each character is one byte, after so many.
    SingleBytes { skipped: usize },
}

struct Original {
    bytes: Arc<[u8]>,
    text: Arc<str>,
    layout: Layout,
    newline: &'static str,
}

impl Original {
    /// A file that is not there is empty.
    fn read(sources: &Sources<'_>, path: &Path) -> Result<Self, Refusal> {
        if !sources.fs().exists(path) {
            let layout = Layout::Utf8 { skipped: 0 };
            return Ok(Self { bytes: Arc::from([]), text: Arc::from(""), layout, newline: "\n" });
        }
        let bytes = sources.fs().read(path).map_err(|error| Refusal::Unreadable(error.to_string()))?;
        let text: Arc<str> = if path.extension().is_some_and(|extension| extension == "py") {
            let parsed = sources.get(path).map_err(|error| Refusal::Unreadable(error.to_string()))?;
            Arc::clone(parsed.source.text())
        } else {
            std::str::from_utf8(&bytes).map_err(|_| Refusal::Encoding)?.into()
        };
        let layout = Self::layout(&bytes, &text).ok_or(Refusal::Encoding)?;
        let newline = match text.split_once('\n') {
            Some((line, _)) if line.ends_with('\r') => "\r\n",
            _ => "\n",
        };
        Ok(Self { bytes, text, layout, newline })
    }

    fn layout(bytes: &[u8], text: &str) -> Option<Layout> {
        let unmarked = bytes.strip_prefix(BYTE_ORDER_MARK);
        for candidate in [Some(bytes), unmarked].into_iter().flatten() {
            let skipped = bytes.len() - candidate.len();
            if candidate == text.as_bytes() {
                return Some(Layout::Utf8 { skipped });
            }
            if candidate.len() == text.chars().count() {
                return Some(Layout::SingleBytes { skipped });
            }
        }
        None
    }

    fn check(&self, edit: &Edit) -> Result<(), Refusal> {
        let range = edit.span.range();
        if self.text.get(range).is_none() {
            return Err(Refusal::Span);
        }
        match self.layout {
            Layout::SingleBytes { .. } if !edit.content.is_ascii() => Err(Refusal::Characters),
            Layout::SingleBytes { .. } | Layout::Utf8 { .. } => Ok(()),
        }
    }

    /// The file's bytes with `edits`, which are sorted and do not touch, put in.
    fn edited<'e>(&self, edits: impl Iterator<Item = &'e Edit>) -> Arc<[u8]> {
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut done = 0;
        for edit in edits {
            let start = self.offset(edit.span.start);
            bytes.extend_from_slice(self.bytes.get(done..start).unwrap_or_default());
            let content = edit.content.replace("\r\n", "\n").replace('\n', self.newline);
            bytes.extend_from_slice(content.as_bytes());
            done = self.offset(edit.span.end).max(done);
        }
        bytes.extend_from_slice(self.bytes.get(done..).unwrap_or_default());
        bytes.into()
    }

    /// The offset in the file of an offset in the text.
    fn offset(&self, offset: u32) -> usize {
        let offset = offset as usize;
        let offset = match self.layout {
            Layout::Utf8 { skipped } => skipped + offset,
            Layout::SingleBytes { skipped } => {
                skipped + self.text.get(..offset).map_or(0, |before| before.chars().count())
            }
        };
        // Nothing goes before the mark, also where the text holds it as its first character.
        if self.bytes.starts_with(BYTE_ORDER_MARK) { offset.max(BYTE_ORDER_MARK.len()) } else { offset }
    }
}
