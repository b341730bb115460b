//! The texts that are open in the editor.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::position::Encoding;
use crate::text::SourceFile;

#[derive(Debug)]
pub(super) struct Document {
    pub(super) uri: Uri,
    pub(super) version: i32,
    text: String,
}

/// The open texts that are files, by path; what has no path is no module of a suite.
#[derive(Debug, Default)]
pub(super) struct Documents {
    open: BTreeMap<PathBuf, Document>,
}

impl Documents {
    pub(super) fn open(&mut self, uri: Uri, version: i32, text: String) {
        if let Ok(path) = uri.to_file_path() {
            self.open.insert(path, Document { uri, version, text });
        }
    }

    pub(super) fn close(&mut self, uri: &Uri) {
        if let Ok(path) = uri.to_file_path() {
            self.open.remove(&path);
        }
    }

    /// Applies the changes in their order; each is stated in terms of the text after the one before.
    pub(super) fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        let Some(document) = uri.to_file_path().ok().and_then(|path| self.open.get_mut(&path)) else {
            return;
        };
        document.version = version;
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(change) => {
                    let text = SourceFile::new("", document.text.as_str());
                    let span = encoding.span(&text, change.range);
                    document.text.replace_range(span.range(), &change.text);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change) => {
                    document.text = change.text;
                }
            }
        }
    }

    pub(super) fn get(&self, path: &Path) -> Option<&Document> {
        self.open.get(path)
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.open.keys().map(PathBuf::as_path)
    }

    /// What lies over the disk.
    pub(super) fn overlay(&self) -> impl Iterator<Item = (PathBuf, Arc<[u8]>)> {
        self.open.iter().map(|(path, document)| (path.clone(), Arc::from(document.text.as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use gen_lsp_types::{Position, Range, TextDocumentContentChangePartial};

    use super::*;

    #[test]
    fn changes_follow_one_another() {
        let uri: Uri = if cfg!(windows) { "file:///C:/a.py" } else { "file:///a.py" }.parse().unwrap();
        let path = uri.to_file_path().unwrap();
        let mut documents = Documents::default();
        documents.open(uri.clone(), 1, "𝐀b\nc".to_owned());
        let partial = |start: (u32, u32), end: (u32, u32), text: &str| {
            let position = |(line, character)| Position { line, character };
            TextDocumentContentChangeEvent::TextDocumentContentChangePartial(
                TextDocumentContentChangePartial {
                    range: Range { start: position(start), end: position(end) },
                    text: text.to_owned(),
                    ..Default::default()
                },
            )
        };
        let changes = vec![partial((0, 2), (0, 3), "x\ny"), partial((1, 1), (2, 0), "-")];
        documents.change(&uri, 2, changes, Encoding::Utf16);
        let document = documents.get(&path).unwrap();
        assert_eq!((document.text.as_str(), document.version), ("𝐀x\ny-c", 2));
    }
}
