//! Sessions with a client in memory. The pipeline is one that finds each `sys.exit()` of the open texts and
//! mends it with `pass`.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use lsp_server::{Connection, Message, Notification, Request as Call};
use serde_json::{Value, json};

use super::*;
use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Label, RuleCode, Severity};
use crate::text::Span;

const CALL: &str = "sys.exit()";
const URI: &str = if cfg!(windows) { "file:///C:/p/test_a.py" } else { "file:///p/test_a.py" };
const FOLDER: &str = if cfg!(windows) { "file:///C:/p" } else { "file:///p" };

fn check(sources: &Sources<'_>) -> Checked {
    let open: Vec<PathBuf> = sources.fs().overlay().map(|(path, _)| path.to_path_buf()).collect();
    let mut diagnostics = Vec::new();
    for path in open {
        let Ok(file) = sources.get(&path) else { continue };
        let path = Arc::new(path);
        for (start, _) in file.source.text().match_indices(CALL) {
            let start = u32::try_from(start).expect("texts are short");
            let span = Span::new(start, start + u32::try_from(CALL.len()).expect("it is short"));
            let primary = Label { path: Arc::clone(&path), span, text: String::new() };
            let mut found = Diagnostic::new(
                RuleCode("CL001"),
                "exit-at-import",
                Severity::Error,
                "it exits",
                primary.clone(),
            );
            found.related = vec![Label { span: Span::at(0), text: "imported here".to_owned(), ..primary }];
            found.help = Some("do not".to_owned());
            let edit = Edit { path: Arc::clone(&path), span, content: "pass".to_owned() };
            found.fix = Some(Fix {
                applicability: Applicability::Safe,
                message: "write `pass`".to_owned(),
                edits: vec![edit],
            });
            diagnostics.push(found);
        }
    }
    Checked { diagnostics, ..Checked::default() }
}

/// A client that has said hello.
struct Editor {
    connection: Connection,
    server: JoinHandle<Result<(), ServerError>>,
    calls: i32,
    capabilities: Value,
}

impl Editor {
    fn new(capabilities: &Value) -> Self {
        let (ours, theirs) = Connection::memory();
        let server = std::thread::spawn(move || serve(&theirs, &|sources, _| Ok(check(sources))));
        let mut editor = Self { connection: ours, server, calls: 0, capabilities: Value::Null };
        let folders = json!([{"uri": FOLDER, "name": "p"}]);
        let greeting = json!({"processId": null, "capabilities": capabilities, "workspaceFolders": folders});
        editor.capabilities = editor.call("initialize", greeting)["capabilities"].take();
        editor.notify("initialized", json!({}));
        editor
    }

    fn notify(&self, method: &str, parameters: Value) {
        let notification = Notification::new(method.to_owned(), parameters);
        self.connection.sender.send(Message::Notification(notification)).expect("the server listens");
    }

    fn receive(&self) -> Message {
        self.connection.receiver.recv_timeout(Duration::from_secs(20)).expect("the server answers")
    }

    /// The result, or the error's code.
    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.calls += 1;
        let call = Call { id: self.calls.into(), method: method.to_owned(), params: parameters };
        self.connection.sender.send(Message::Request(call)).expect("the server listens");
        loop {
            if let Message::Response(response) = self.receive() {
                return response.response_result.unwrap_or_else(|error| json!(error.code));
            }
        }
    }

    fn open(&self, text: &str) {
        let document = json!({"uri": URI, "languageId": "python", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    fn published(&self) -> Value {
        loop {
            if let Message::Notification(notification) = self.receive()
                && notification.method == "textDocument/publishDiagnostics"
            {
                return notification.params;
            }
        }
    }

    fn leave(mut self) {
        assert_eq!(self.call("shutdown", Value::Null), Value::Null);
        self.notify("exit", Value::Null);
        self.server.join().expect("the server does not panic").expect("it ends in order");
    }
}

fn range(start: (u32, u32), end: (u32, u32)) -> Value {
    let position = |(line, character)| json!({"line": line, "character": character});
    json!({"start": position(start), "end": position(end)})
}

#[test]
fn a_client_that_does_not_ask_is_told() {
    let editor = Editor::new(&json!({}));
    assert_eq!(editor.capabilities["positionEncoding"], "utf-16");
    editor.open("import sys\n\"𝐀\"; sys.exit()\n");
    let told = editor.published();
    assert_eq!((&told["uri"], &told["version"]), (&json!(URI), &json!(1)));
    let found = &told["diagnostics"][0];
    assert_eq!(found["range"], range((1, 6), (1, 16)));
    assert_eq!((&found["code"], &found["severity"]), (&json!("CL001"), &json!(1)));
    assert_eq!(found["message"], "it exits\nhelp: do not");
    assert_eq!(found["relatedInformation"][0]["location"]["uri"], URI);

    let change = json!({"range": range((1, 6), (1, 16)), "text": "print()"});
    let document = json!({"uri": URI, "version": 2});
    editor.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": [change]}));
    let told = editor.published();
    assert_eq!((&told["version"], &told["diagnostics"]), (&json!(2), &json!([])));
    editor.leave();
}

#[test]
fn a_client_that_asks_is_answered_in_its_units() {
    let mut editor = Editor::new(&json!({
        "general": {"positionEncodings": ["utf-16", "utf-8"]},
        "textDocument": {"diagnostic": {}},
    }));
    assert_eq!(editor.capabilities["positionEncoding"], "utf-8");
    editor.open("\"𝐀\"; sys.exit()\n");
    let answer = editor.call("textDocument/diagnostic", json!({"textDocument": {"uri": URI}}));
    assert_eq!(answer["items"][0]["range"], range((0, 8), (0, 18)));
    let answer = editor.call("workspace/diagnostic", json!({"previousResultIds": []}));
    assert_eq!(answer["items"][0]["uri"], URI);

    // A file without findings any more is told as such, once.
    editor.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}}));
    let answer = editor.call("workspace/diagnostic", json!({"previousResultIds": []}));
    assert_eq!(answer["items"][0]["items"], json!([]));
    let answer = editor.call("workspace/diagnostic", json!({"previousResultIds": []}));
    assert_eq!(answer["items"], json!([]));
    editor.leave();
}

#[test]
fn fixes_are_offered_one_by_one_and_all_at_once() {
    let mut editor = Editor::new(&json!({"textDocument": {"diagnostic": {}}}));
    editor.open("sys.exit()\nx = 1\nsys.exit()");
    let mut ask = |kinds: Value| {
        let mut context = json!({"diagnostics": []});
        if !kinds.is_null() {
            context["only"] = kinds;
        }
        let parameters =
            json!({"textDocument": {"uri": URI}, "range": range((0, 2), (0, 2)), "context": context});
        editor.call("textDocument/codeAction", parameters)
    };
    let quick = ask(json!(["quickfix"]));
    assert_eq!(quick.as_array().map(Vec::len), Some(1));
    assert_eq!(quick[0]["title"], "CL001: write `pass`");
    assert_eq!(quick[0]["isPreferred"], true);
    assert_eq!(
        quick[0]["edit"]["changes"][URI],
        json!([{"range": range((0, 0), (0, 10)), "newText": "pass"}])
    );

    let all = ask(json!(["source.fixAll"]));
    assert_eq!(all.as_array().map(Vec::len), Some(1));
    assert_eq!(
        all[0]["edit"]["changes"][URI],
        json!([
            {"range": range((0, 0), (1, 0)), "newText": "pass\n"},
            {"range": range((2, 0), (2, 10)), "newText": "pass"},
        ])
    );
    assert_eq!(ask(json!(["refactor"])), json!([]));
    assert_eq!(ask(Value::Null).as_array().map(Vec::len), Some(2));
    editor.leave();
}

#[test]
fn what_it_does_not_understand_does_not_end_it() {
    let mut editor = Editor::new(&json!({}));
    assert_eq!(editor.call("textDocument/unheardOf", json!({})), json!(-32601));
    assert_eq!(editor.call("textDocument/codeAction", json!({"range": 1})), json!(-32602));
    editor.notify("textDocument/didChange", json!("nonsense"));
    editor.notify("$/unheardOf", Value::Null);
    editor.open("sys.exit()");
    assert_eq!(editor.published()["diagnostics"].as_array().map(Vec::len), Some(1));
    editor.leave();
}

#[test]
fn files_are_watched_where_the_client_can() {
    let editor = Editor::new(&json!({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}}));
    let Message::Request(call) = editor.receive() else { panic!("the server asks first") };
    assert_eq!(call.method, "client/registerCapability");
    assert_eq!(call.params["registrations"][0]["method"], "workspace/didChangeWatchedFiles");
    editor.leave();
}
