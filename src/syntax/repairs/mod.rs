//! Repairs as far as the text can tell: each function is given places and returns the edits, or `None`
//! where the text is not of the kind that it can repair. Whether a repair works is for others to say.

mod binding;
mod exit;
mod fixtures;
mod guards;
mod importorskip;
mod markers;
mod plugins;
mod reason;
mod relative;
mod script;
mod skipif;
mod uses;
mod variables;

use super::ParsedFile;
use super::edits::Editor;
use crate::diagnostic::Edit;

pub use binding::Placeholder;
pub use markers::{Needs, Test};
pub use plugins::conftest_of_plugins;
pub use reason::MarkWithoutReason;

/// Makes repairs of one file.
#[derive(Debug)]
pub struct Repairer<'a> {
    file: &'a ParsedFile,
    editor: Editor<'a>,
}

impl ParsedFile {
    /// Repairs of this file; `None` where it cannot be parsed, or not be written back.
    pub fn repairer(&self) -> Option<Repairer<'_>> {
        Some(Repairer { file: self, editor: self.editor()? })
    }
}

impl<'a> Repairer<'a> {
    pub fn editor(&self) -> &Editor<'a> {
        &self.editor
    }

    /// What `pytest` is called at `user`, and the edits that make it known.
    fn pytest(&self, user: u32) -> Option<(String, Vec<Edit>)> {
        let import = self.editor.import("pytest", user)?;
        Some((import.name, import.edits))
    }
}

/// A Python string literal.
fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}

/// "playwright is not installed"
fn not_installed(module: &str) -> String {
    format!("{} is not installed", module.split('.').next().unwrap_or(module))
}
