//! What the client can do and wants, read leniently: what is not understood is taken as not said.

use std::path::PathBuf;

use gen_lsp_types::Uri;
use serde_json::{Value, json};

use super::position::Encoding;

/// The kind of the action that applies all safe fixes of a file.
pub(super) const FIX_ALL: &str = "source.fixAll.collectlint";

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a capability of its own")]
pub(super) struct Client {
    pub(super) encoding: Encoding,
    /// It asks for findings; otherwise they are sent.
    pub(super) pulls: bool,
    /// It asks again when it is told to.
    pub(super) refreshes: bool,
    /// It can be asked to watch files.
    pub(super) watches: bool,
    /// It can create a file as part of an edit.
    pub(super) creates_files: bool,
    pub(super) folders: Vec<PathBuf>,
}

impl Client {
    pub(super) fn new(parameters: &Value) -> Self {
        let capability = |pointer: &str| parameters.pointer(&format!("/capabilities{pointer}"));
        let is_true = |pointer: &str| capability(pointer).and_then(Value::as_bool).unwrap_or(false);
        let lists = |pointer: &str, wanted: &str| {
            let listed = capability(pointer).and_then(Value::as_array);
            listed.is_some_and(|names| names.iter().any(|name| name == wanted))
        };
        let encoding = if lists("/general/positionEncodings", "utf-8") {
            Encoding::Utf8
        } else if lists("/general/positionEncodings", "utf-32")
            && !lists("/general/positionEncodings", "utf-16")
        {
            Encoding::Utf32
        } else {
            Encoding::Utf16
        };
        Self {
            encoding,
            pulls: capability("/textDocument/diagnostic").is_some_and(Value::is_object),
            refreshes: is_true("/workspace/diagnostics/refreshSupport"),
            watches: is_true("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            creates_files: is_true("/workspace/workspaceEdit/documentChanges")
                && lists("/workspace/workspaceEdit/resourceOperations", "create"),
            folders: folders(parameters),
        }
    }

    pub(super) fn server_capabilities(&self) -> Value {
        json!({
            "positionEncoding": self.encoding.name(),
            "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}},
            "diagnosticProvider": {
                "identifier": "collectlint",
                "interFileDependencies": true,
                "workspaceDiagnostics": true,
            },
            "codeActionProvider": {"codeActionKinds": ["quickfix", FIX_ALL]},
            "workspace": {"workspaceFolders": {"supported": true, "changeNotifications": true}},
        })
    }
}

/// The folders that are open, in the newest form that the client knows.
fn folders(parameters: &Value) -> Vec<PathBuf> {
    let listed = parameters["workspaceFolders"].as_array().map_or(&[][..], Vec::as_slice);
    let mut folders: Vec<_> = listed.iter().filter_map(|folder| path(folder["uri"].as_str()?)).collect();
    if folders.is_empty() {
        folders.extend(parameters["rootUri"].as_str().and_then(path));
    }
    if folders.is_empty() {
        folders.extend(parameters["rootPath"].as_str().map(PathBuf::from));
    }
    folders
}

fn path(uri: &str) -> Option<PathBuf> {
    Uri::parse(uri).ok()?.to_file_path().ok()
}
