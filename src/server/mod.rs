//! The language server: findings while one types, the trace as related places, quick fixes.
//!
//! It is synchronous. The whole suite is looked at again after a pause in typing, with the editor's texts
//! over the disk; only what changed is sent. Positions are UTF-16 unless client and server agree on
//! something better.

mod actions;
mod client;
mod convert;
mod documents;
mod position;
mod session;

#[cfg(test)]
mod tests;

use lsp_server::Connection;
use serde_json::json;

use crate::check::{self, CheckError, Checked, Request};
use crate::syntax::Sources;
use client::Client;
use session::Session;

/// The pipeline that the server calls; tests have one of their own.
type Check<'a> = &'a dyn Fn(&Sources<'_>, &Request) -> Result<Checked, CheckError>;

/// Why the server ended before it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The client broke the protocol, or went away.
    #[error("the editor does not speak the language server protocol as agreed: {0}")]
    Protocol(#[from] lsp_server::ProtocolError),
    /// The client went away.
    #[error("the editor is gone")]
    Disconnected,
    /// The environment: standard input or output.
    #[error("standard input or output fails")]
    Io(#[from] std::io::Error),
    /// Our fault.
    #[error("internal error: a message cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Serves one client over standard input and output, until it says that it is done.
pub fn run() -> Result<(), ServerError> {
    let (connection, threads) = Connection::stdio();
    serve(&connection, &check::run)?;
    // The threads end when nobody can send to them any more.
    drop(connection);
    Ok(threads.join()?)
}

fn serve(connection: &Connection, check: Check<'_>) -> Result<(), ServerError> {
    let (id, parameters) = connection.initialize_start()?;
    let client = Client::new(&parameters);
    let result = json!({
        "capabilities": client.server_capabilities(),
        "serverInfo": {"name": "collectlint", "version": env!("CARGO_PKG_VERSION")},
    });
    connection.initialize_finish(id, result)?;
    Session::new(connection, check, client).run()
}
