//! The language server as an editor starts it.

use std::io::BufReader;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use lsp_server::{Message, Notification, Request};
use serde_json::{Value, json};

use crate::project::Project;

struct Editor {
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    calls: i32,
}

impl Editor {
    fn new(project: &Project) -> Result<Self> {
        let mut server = project.command(&["server"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = server.stdin.take().context("standard input is piped")?;
        let output = BufReader::new(server.stdout.take().context("standard output is piped")?);
        let mut editor = Self { server, input, output, calls: 0 };
        let root = url::Url::from_file_path(project.path()).ok().context("the folder is absolute")?;
        let greeting = json!({"processId": null, "rootUri": root, "capabilities": {}});
        let answer = editor.call("initialize", greeting)?;
        ensure!(answer["serverInfo"]["name"] == "collectlint", "{answer}");
        editor.notify("initialized", json!({}))?;
        Ok(editor)
    }

    fn notify(&mut self, method: &str, parameters: Value) -> Result<()> {
        Message::Notification(Notification::new(method.to_owned(), parameters)).write(&mut self.input)?;
        Ok(())
    }

    fn call(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.calls += 1;
        let call = Request::new(self.calls.into(), method.to_owned(), parameters);
        Message::Request(call).write(&mut self.input)?;
        loop {
            match Message::read(&mut self.output)? {
                Some(Message::Response(response)) => {
                    return response.response_result.ok().with_context(|| format!("{method} fails"));
                }
                Some(Message::Request(_) | Message::Notification(_)) => {}
                None => bail!("the server is gone"),
            }
        }
    }
}

#[test]
fn a_session_begins_and_ends_in_order() -> Result<()> {
    let project = Project::new(&[("test_a.py", "def test_a(): pass\n")])?;
    let mut editor = Editor::new(&project)?;
    let uri = url::Url::from_file_path(project.path().join("test_a.py")).ok().context("it is absolute")?;
    let document = json!({"uri": uri, "languageId": "python", "version": 1, "text": "def test_b(): pass\n"});
    editor.notify("textDocument/didOpen", json!({"textDocument": document}))?;
    let answer = editor.call("textDocument/diagnostic", json!({"textDocument": {"uri": uri}}))?;
    assert_eq!(answer, json!({"kind": "full", "items": []}));
    editor.call("shutdown", Value::Null)?;
    editor.notify("exit", Value::Null)?;
    assert_eq!(editor.server.wait()?.code(), Some(0));
    Ok(())
}

#[test]
fn an_editor_that_goes_away_ends_the_server() -> Result<()> {
    let project = Project::new(&[])?;
    let Editor { mut server, input, output, .. } = Editor::new(&project)?;
    drop(input);
    assert_eq!(server.wait()?.code(), Some(2));
    drop(output);
    Ok(())
}
