//! Relative imports in files that are in no package.

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged as _;

use super::super::span;
use super::Repairer;
use crate::diagnostic::Edit;
use crate::text::Span;

impl Repairer<'_> {
    /// `from .helpers import value` becomes `from helpers import value`, and `from . import helpers` becomes
    /// `import helpers`: the folder of the file is on `sys.path`.
    pub fn absolute_import(&self, place: Span) -> Option<Vec<Edit>> {
        let Stmt::ImportFrom(import) = self.editor.statement_at(place.start)? else { return None };
        let statement = span(import.range());
        if import.level != 1 {
            return None;
        }
        let Some(module) = &import.module else {
            let plain = |alias: &ruff_python_ast::Alias| match &alias.asname {
                Some(name) => format!("import {} as {name}", alias.name),
                None => format!("import {}", alias.name),
            };
            let lines: Vec<String> = import.names.iter().map(plain).collect();
            return self.editor.replace_statement(statement, &lines.join("\n"));
        };
        let before = Span::new(statement.start, span(module.range()).start);
        let dot = self.file.source.slice(before).strip_suffix('.')?.len();
        let start = statement.start + u32::try_from(dot).ok()?;
        Some(self.editor.replace(Span::new(start, before.end), ""))
    }
}
