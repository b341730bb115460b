//! Findings and edits in the protocol's terms.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use gen_lsp_types::{
    Code, CodeDescription, CreateFile, CreateFileOptions, Diagnostic as Shown, DiagnosticRelatedInformation,
    DiagnosticSeverity, DocumentChange, Location, Message, OptionalVersionedTextDocumentIdentifier, Range,
    TextDocumentEdit, TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};

use super::client::Client;
use super::documents::Documents;
use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Severity};
use crate::report::Texts;
use crate::rules;
use crate::text::Span;

/// Turns what was found in `texts` into what the client shows.
pub(super) struct Converter<'a> {
    pub(super) client: &'a Client,
    pub(super) documents: &'a Documents,
    pub(super) texts: &'a Texts<'a>,
}

impl Converter<'_> {
    pub(super) fn diagnostic(&self, diagnostic: &Diagnostic) -> Shown {
        let notes = [("pytest", &diagnostic.pytest_says), ("help", &diagnostic.help)];
        let notes = notes
            .into_iter()
            .filter_map(|(subject, words)| words.as_ref().map(|words| format!("{subject}: {words}")));
        let message: Vec<_> = std::iter::once(diagnostic.message.clone()).chain(notes).collect();
        let related: Vec<_> = diagnostic.related.iter().filter_map(|label| self.related(label)).collect();
        let url = rules::find(diagnostic.code.0).and_then(rules::Rule::url);
        Shown {
            range: self.range(&diagnostic.primary.path, diagnostic.primary.span),
            severity: Some(match diagnostic.severity {
                Severity::Error => DiagnosticSeverity::Error,
                Severity::Warning => DiagnosticSeverity::Warning,
                Severity::Info => DiagnosticSeverity::Information,
            }),
            code: Some(Code::String(diagnostic.code.0.to_owned())),
            code_description: url.and_then(|url| Some(CodeDescription { href: url.parse().ok()? })),
            source: Some("collectlint".to_owned()),
            message: Message::String(message.join("\n")),
            related_information: (!related.is_empty()).then_some(related),
            ..Shown::default()
        }
    }

    fn related(&self, label: &Label) -> Option<DiagnosticRelatedInformation> {
        Some(DiagnosticRelatedInformation {
            location: Location { uri: self.uri(&label.path)?, range: self.range(&label.path, label.span) },
            message: label.text.clone(),
        })
    }

    pub(super) fn range(&self, path: &Path, span: Span) -> Range {
        self.texts.get(path).map(|text| self.client.encoding.range(text, span)).unwrap_or_default()
    }

    /// As the client wrote it, if the file is open.
    pub(super) fn uri(&self, path: &Path) -> Option<Uri> {
        match self.documents.get(path) {
            Some(document) => Some(document.uri.clone()),
            None => Uri::from_file_path(path).ok(),
        }
    }

    /// `None` where the fix creates a file and the client cannot.
    pub(super) fn fix(&self, fix: &Fix) -> Option<WorkspaceEdit> {
        let mut files: BTreeMap<&Path, Vec<&Edit>> = BTreeMap::new();
        for edit in &fix.edits {
            files.entry(edit.path.as_path()).or_default().push(edit);
        }
        let is_new = |path: &Path| self.texts.get(path).is_none();
        let creates = files.keys().any(|path| is_new(path));
        if creates && !self.client.creates_files {
            return None;
        }
        let mut changes = HashMap::new();
        let mut document_changes = Vec::new();
        for (path, edits) in files {
            let uri = self.uri(path)?;
            let edits: Vec<_> = edits.into_iter().map(|edit| self.edit(edit)).collect();
            if creates {
                if is_new(path) {
                    document_changes.push(DocumentChange::CreateFile(CreateFile {
                        uri: uri.clone(),
                        options: Some(CreateFileOptions {
                            ignore_if_exists: Some(true),
                            ..Default::default()
                        }),
                        ..CreateFile::new(uri.clone(), None, None)
                    }));
                }
                document_changes.push(DocumentChange::TextDocumentEdit(TextDocumentEdit {
                    text_document: OptionalVersionedTextDocumentIdentifier {
                        version: self.documents.get(path).map(|document| document.version),
                        text_document_identifier: TextDocumentIdentifier { uri },
                    },
                    edits: edits.into_iter().map(gen_lsp_types::Edit::TextEdit).collect(),
                }));
            } else {
                changes.insert(uri, edits);
            }
        }
        Some(WorkspaceEdit {
            changes: (!creates).then_some(changes),
            document_changes: creates.then_some(document_changes),
            ..WorkspaceEdit::default()
        })
    }

    fn edit(&self, edit: &Edit) -> TextEdit {
        TextEdit { range: self.range(&edit.path, edit.span), new_text: edit.content.clone() }
    }
}
