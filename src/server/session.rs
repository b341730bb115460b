//! One client, from its greeting to its farewell.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gen_lsp_types::{
    CodeActionParams, Diagnostic as Shown, DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DocumentDiagnosticParams, Uri, WorkspaceEdit,
};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request as Call, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::{Client, FIX_ALL};
use super::convert::Converter;
use super::documents::Documents;
use super::{Check, ServerError, actions};
use crate::check::{Checked, Request, Target};
use crate::diagnostic::{Applicability, Diagnostic, RuleCode};
use crate::fix;
use crate::fs::FileSystem;
use crate::report::Texts;
use crate::settings::project::ProjectSettings;
use crate::syntax::Sources;

/// How long nothing may come in before the suite is looked at again.
const PAUSE: Duration = Duration::from_millis(120);

/// A finding as the client sees it, with its fix.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) code: RuleCode,
    pub(super) shown: Shown,
    pub(super) fix: Option<FixAction>,
}

#[derive(Debug)]
pub(super) struct FixAction {
    pub(super) title: String,
    pub(super) applicability: Applicability,
    pub(super) edit: WorkspaceEdit,
}

pub(super) struct Session<'a> {
    connection: &'a Connection,
    check: Check<'a>,
    client: Client,
    documents: Documents,
    /// What was found, by file.
    found: BTreeMap<PathBuf, Vec<Found>>,
    /// The same as the pipeline said it, for the action that applies all fixes.
    diagnostics: Vec<Diagnostic>,
    /// Files whose findings the client shows.
    published: BTreeSet<PathBuf>,
    /// Something has changed since `found` was found.
    is_stale: bool,
    /// The last complaint, so that it is not repeated with every key.
    complaint: Option<String>,
    calls: i32,
}

impl<'a> Session<'a> {
    pub(super) fn new(connection: &'a Connection, check: Check<'a>, client: Client) -> Self {
        Self {
            connection,
            check,
            client,
            documents: Documents::default(),
            found: BTreeMap::new(),
            diagnostics: Vec::new(),
            published: BTreeSet::new(),
            is_stale: true,
            complaint: None,
            calls: 0,
        }
    }

    pub(super) fn run(mut self) -> Result<(), ServerError> {
        if self.client.watches {
            self.watch()?;
        }
        loop {
            let next = if self.is_stale {
                self.connection.receiver.recv_timeout(PAUSE).map_err(|error| error.is_timeout())
            } else {
                self.connection.receiver.recv().map_err(|_| false)
            };
            match next {
                Ok(Message::Request(call)) => {
                    if self.connection.handle_shutdown(&call)? {
                        return Ok(());
                    }
                    let response = self.answer(call)?;
                    self.send(Message::Response(response))?;
                }
                Ok(Message::Notification(notification)) => self.note(notification)?,
                Ok(Message::Response(_)) => {}
                Err(true) => self.refresh()?,
                Err(false) => return Err(ServerError::Disconnected),
            }
        }
    }

    fn answer(&mut self, call: Call) -> Result<Response, ServerError> {
        let Call { id, method, params } = call;
        let result = match method.as_str() {
            "textDocument/diagnostic" => {
                parsed(params).map(|parameters| self.document_diagnostic(&parameters))
            }
            "workspace/diagnostic" => Ok(self.workspace_diagnostic()),
            "textDocument/codeAction" => parsed(params).map(|parameters| self.code_actions(&parameters)),
            _ => {
                let unknown = format!("collectlint does not know {method}");
                return Ok(Response::new_err(id, ErrorCode::MethodNotFound as i32, unknown));
            }
        };
        Ok(match result {
            Ok(result) => Response::new_ok(id, result?),
            Err(error) => Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string()),
        })
    }

    fn note(&mut self, notification: Notification) -> Result<(), ServerError> {
        let Notification { method, params } = notification;
        let understood = match method.as_str() {
            "textDocument/didOpen" => parsed(params).map(|parameters: DidOpenTextDocumentParams| {
                let document = parameters.text_document;
                self.documents.open(document.uri, document.version, document.text);
            }),
            "textDocument/didChange" => parsed(params).map(|parameters: DidChangeTextDocumentParams| {
                let document = parameters.text_document;
                let uri = document.text_document_identifier.uri;
                let encoding = self.client.encoding;
                self.documents.change(&uri, document.version, parameters.content_changes, encoding);
            }),
            "textDocument/didClose" => parsed(params).map(|parameters: DidCloseTextDocumentParams| {
                self.documents.close(&parameters.text_document.uri);
            }),
            "workspace/didChangeWorkspaceFolders" => {
                parsed(params).map(|parameters: DidChangeWorkspaceFoldersParams| {
                    let gone: Vec<_> =
                        parameters.event.removed.iter().filter_map(|folder| path(&folder.uri)).collect();
                    self.client.folders.retain(|folder| !gone.contains(folder));
                    let come = parameters.event.added.iter().filter_map(|folder| path(&folder.uri));
                    self.client.folders.extend(come);
                })
            }
            "workspace/didChangeWatchedFiles" | "textDocument/didSave" => {
                self.ask_to_refresh()?;
                Ok(())
            }
            // Anything else is no concern of ours; the protocol allows to ignore it.
            _ => return Ok(()),
        };
        match understood {
            Ok(()) => self.is_stale = true,
            Err(error) => self.complain(&format!("{method}: {error}"))?,
        }
        Ok(())
    }

    /// Looks at the suite again, and tells a client that does not ask.
    fn refresh(&mut self) -> Result<(), ServerError> {
        if let Err(complaint) = self.look() {
            self.complain(&complaint)?;
        }
        if self.client.pulls { Ok(()) } else { self.publish() }
    }

    /// Looks at the suite again if something has changed.
    fn look(&mut self) -> Result<(), String> {
        if !self.is_stale {
            return Ok(());
        }
        self.is_stale = false;
        let fs = FileSystem::with_overlay(self.documents.overlay());
        let sources = Sources::new(&fs);
        let mut checked = Checked::default();
        for root in self.roots() {
            let request = request(&fs, root)?;
            let more = (self.check)(&sources, &request).map_err(|error| error.to_string())?;
            checked.diagnostics.extend(more.diagnostics);
        }
        let texts = Texts::new(&sources);
        let converter = Converter { client: &self.client, documents: &self.documents, texts: &texts };
        let mut found: BTreeMap<PathBuf, Vec<Found>> = BTreeMap::new();
        for diagnostic in &checked.diagnostics {
            let path = diagnostic.primary.path.as_path();
            if texts.get(path).is_none() {
                // NOTE: a finding about a folder has no place in an editor.
                continue;
            }
            let fix = diagnostic.fix.as_ref().filter(|fix| fix.applicability > Applicability::Display);
            found.entry(path.to_path_buf()).or_default().push(Found {
                code: diagnostic.code,
                shown: converter.diagnostic(diagnostic),
                fix: fix.and_then(|fix| {
                    let edit = converter.fix(fix)?;
                    Some(FixAction { title: fix.message.clone(), applicability: fix.applicability, edit })
                }),
            });
        }
        self.found = found;
        self.diagnostics = checked.diagnostics;
        Ok(())
    }

    /// The folders that are open, or, where none is, those of the open files.
    fn roots(&self) -> Vec<PathBuf> {
        if !self.client.folders.is_empty() {
            return self.client.folders.clone();
        }
        let folders: BTreeSet<_> = self.documents.paths().filter_map(Path::parent).collect();
        folders.into_iter().map(Path::to_path_buf).collect()
    }

    fn publish(&mut self) -> Result<(), ServerError> {
        let now: BTreeSet<_> = self.found.keys().cloned().collect();
        for path in self.published.union(&now) {
            let Some(uri) = self.uri(path) else { continue };
            let parameters = json!({
                "uri": uri,
                "version": self.documents.get(path).map(|document| document.version),
                "diagnostics": self.shown(path),
            });
            self.notify("textDocument/publishDiagnostics", parameters)?;
        }
        self.published = now;
        Ok(())
    }

    fn shown(&self, path: &Path) -> Vec<&Shown> {
        self.found.get(path).into_iter().flatten().map(|found| &found.shown).collect()
    }

    fn uri(&self, path: &Path) -> Option<Uri> {
        match self.documents.get(path) {
            Some(document) => Some(document.uri.clone()),
            None => Uri::from_file_path(path).ok(),
        }
    }

    fn document_diagnostic(&mut self, parameters: &DocumentDiagnosticParams) -> Result<Value, ServerError> {
        self.look_or_complain()?;
        let path = path(&parameters.text_document.uri);
        let items = path.map(|path| self.shown(&path)).unwrap_or_default();
        Ok(json!({"kind": "full", "items": items}))
    }

    fn workspace_diagnostic(&mut self) -> Result<Value, ServerError> {
        self.look_or_complain()?;
        let now: BTreeSet<_> = self.found.keys().cloned().collect();
        let items: Vec<_> = self
            .published
            .union(&now)
            .filter_map(|path| {
                Some(json!({
                    "kind": "full",
                    "uri": self.uri(path)?,
                    "version": self.documents.get(path).map(|document| document.version),
                    "items": self.shown(path),
                }))
            })
            .collect();
        self.published = now;
        Ok(json!({"items": items}))
    }

    fn code_actions(&mut self, parameters: &CodeActionParams) -> Result<Value, ServerError> {
        self.look_or_complain()?;
        let Some(path) = path(&parameters.text_document.uri) else { return Ok(json!([])) };
        let found = self.found.get(&path).map(Vec::as_slice).unwrap_or_default();
        let mut actions = actions::quick_fixes(found, parameters);
        if actions::wants(parameters, FIX_ALL) {
            let edit = self.fix_all(&path);
            actions.extend(edit.map(actions::fix_all));
        }
        Ok(serde_json::to_value(actions)?)
    }

    /// All safe fixes of the file that edit nothing else, one after the other.
    fn fix_all(&self, path: &Path) -> Option<WorkspaceEdit> {
        let only_here = |diagnostics: Vec<Diagnostic>| -> Checked {
            let here = |diagnostic: &Diagnostic| {
                let fix = diagnostic.fix.as_ref();
                fix.is_some_and(|fix| fix.edits.iter().all(|edit| edit.path.as_path() == path))
            };
            Checked { diagnostics: diagnostics.into_iter().filter(here).collect(), ..Checked::default() }
        };
        let fs = FileSystem::with_overlay(self.documents.overlay());
        let root = self.roots().into_iter().find(|root| path.starts_with(root))?;
        let request = request(&fs, root).ok()?;
        let first = only_here(self.diagnostics.clone());
        let repaired = fix::repair(&fs, first, Applicability::Safe, &mut |fs| {
            (self.check)(&Sources::new(fs), &request).map(|checked| only_here(checked.diagnostics))
        });
        let change = repaired.ok()?.changes.into_iter().find(|change| change.path == path)?;
        let (before, after) = (change.before?, change.after);
        let (before, after) = (std::str::from_utf8(&before).ok()?, std::str::from_utf8(&after).ok()?);
        let edits = actions::edits(path, before, after, self.client.encoding);
        Some(WorkspaceEdit { changes: Some([(self.uri(path)?, edits)].into()), ..WorkspaceEdit::default() })
    }

    fn look_or_complain(&mut self) -> Result<(), ServerError> {
        match self.look() {
            Ok(()) => Ok(()),
            Err(complaint) => self.complain(&complaint),
        }
    }

    /// Shows a message to the user, once until another one comes.
    fn complain(&mut self, complaint: &str) -> Result<(), ServerError> {
        if self.complaint.as_deref() == Some(complaint) {
            return Ok(());
        }
        self.complaint = Some(complaint.to_owned());
        self.notify("window/showMessage", json!({"type": 1, "message": format!("collectlint: {complaint}")}))
    }

    /// Asks to be told of files that change on the disk: they decide what can be imported.
    fn watch(&mut self) -> Result<(), ServerError> {
        let patterns = [
            "**/*.py",
            "**/{pyproject,pytest,.pytest,collectlint,.collectlint,pylock}.toml",
            "**/{pytest,.pytest,tox}.ini",
            "**/setup.cfg",
            "**/requirements*.txt",
            "**/{uv,poetry,pdm}.lock",
            "**/.github/workflows/*.{yml,yaml}",
        ];
        let watchers: Vec<_> = patterns.iter().map(|pattern| json!({"globPattern": pattern})).collect();
        let registration = json!({
            "id": "files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {"watchers": watchers},
        });
        self.call("client/registerCapability", json!({"registrations": [registration]}))
    }

    /// A change on the disk may change the findings of any file, which a client that asks does not know.
    fn ask_to_refresh(&mut self) -> Result<(), ServerError> {
        if self.client.pulls && self.client.refreshes {
            self.call("workspace/diagnostic/refresh", Value::Null)?;
        }
        Ok(())
    }

    fn call(&mut self, method: &str, parameters: Value) -> Result<(), ServerError> {
        self.calls += 1;
        let id = self.calls.into();
        self.send(Message::Request(Call { id, method: method.to_owned(), params: parameters }))
    }

    fn notify(&self, method: &str, parameters: Value) -> Result<(), ServerError> {
        self.send(Message::Notification(Notification::new(method.to_owned(), parameters)))
    }

    fn send(&self, message: Message) -> Result<(), ServerError> {
        self.connection.sender.send(message).map_err(|_| ServerError::Disconnected)
    }
}

/// What is asked for in a folder, as its configuration says.
fn request(fs: &FileSystem, root: PathBuf) -> Result<Request, String> {
    let settings = ProjectSettings::find(fs, &root)
        .map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let target = Target::configured(&settings.options);
    Ok(Request { working_directory: root, target, options: settings.options, ..Request::default() })
}

fn parsed<P: DeserializeOwned>(parameters: Value) -> Result<P, serde_json::Error> {
    serde_json::from_value(parameters)
}

fn path(uri: &Uri) -> Option<PathBuf> {
    uri.to_file_path().ok()
}
