//! How a file is written: its line ending and its indentation.

use ruff_python_ast::{ModModule, Stmt};
use ruff_text_size::Ranged as _;

use super::layout::suites;
use crate::text::SourceFile;

#[derive(Debug)]
pub(super) struct Style {
    pub(super) newline: &'static str,
    /// One level of indentation.
    pub(super) indent: String,
}

impl Style {
    pub(super) fn of(source: &SourceFile, module: &ModModule) -> Self {
        let text = source.text();
        let newline = match text.find(['\r', '\n']).map(|at| &text[at..]) {
            Some(rest) if rest.starts_with("\r\n") => "\r\n",
            Some(rest) if rest.starts_with('\r') => "\r",
            Some(_) | None => "\n",
        };
        let indent = indentation(text, &module.body).unwrap_or_else(|| "    ".to_owned());
        Self { newline, indent }
    }

    /// Code that is given with `\n` and four blanks per level, at an indentation. The first line has
    /// none.
    pub(super) fn lines(&self, code: &str, indentation: &str) -> String {
        let mut result = String::new();
        for (index, line) in code.split('\n').enumerate() {
            if index > 0 {
                result.push_str(self.newline);
            }
            let content = line.trim_start_matches("    ");
            if content.is_empty() {
                continue;
            }
            if index > 0 {
                result.push_str(indentation);
            }
            result.push_str(&self.indent.repeat((line.len() - content.len()) / 4));
            result.push_str(content);
        }
        result
    }
}

/// The indentation of the first block, without that of the statement it belongs to.
fn indentation(text: &str, body: &[Stmt]) -> Option<String> {
    body.iter().find_map(|stmt| {
        let outer = line_indentation(text, stmt.range().start().to_usize())?;
        suites(stmt).into_iter().find_map(|suite| {
            let inner = line_indentation(text, suite.first()?.range().start().to_usize());
            let unit = inner.and_then(|inner| inner.strip_prefix(outer)).filter(|unit| !unit.is_empty());
            unit.map(ToOwned::to_owned).or_else(|| indentation(text, suite))
        })
    })
}

/// The blanks before `offset`; `None` if something else is on its line before it.
pub(super) fn line_indentation(text: &str, offset: usize) -> Option<&str> {
    let before = text.get(..offset)?;
    let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let blanks = &before[start..];
    blanks.bytes().all(|byte| matches!(byte, b' ' | b'\t' | 0x0c)).then_some(blanks)
}
