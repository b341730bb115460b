//! Imports: which name a module already has, and where a new import goes.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged as _;

use super::super::span;
use super::Editor;
use crate::diagnostic::Edit;
use crate::text::Span;

/// A module that code can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// What the module is called there.
    pub name: String,
    /// What must be done for it; empty where it is imported already.
    pub edits: Vec<Edit>,
}

impl Editor<'_> {
    /// Makes `module`, a top-level one, known to the code at `user`, which runs when the file is
    /// imported.
    pub fn import(&self, module: &str, user: u32) -> Option<Import> {
        if let Some(name) = self.imported_as(module, user) {
            return Some(Import { name, edits: Vec::new() });
        }
        let taken = self.binds(module, module);
        let name = if taken { format!("_{module}") } else { module.to_owned() };
        let code = if taken { format!("import {module} as {name}") } else { format!("import {module}") };
        let edits = self.insert_import(&code, module, user)?;
        Some(Import { name, edits })
    }

    /// The name under which the module is imported, whatever happens, before `user`.
    fn imported_as(&self, module: &str, user: u32) -> Option<String> {
        let imports = self.module.body.iter().take_while(|stmt| span(stmt.range()).end <= user);
        let mut names =
            imports.filter_map(Stmt::as_import_stmt).flat_map(|import| &import.names).filter_map(|alias| {
                let whole = alias.name.as_str() == module;
                let submodule =
                    alias.asname.is_none() && alias.name.as_str().split('.').next() == Some(module);
                (whole || submodule).then(|| alias.asname.as_ref().map_or(module, |name| name.as_str()))
            });
        names.find(|name| !self.binds(name, module)).map(ToOwned::to_owned)
    }

    /// Whether the file binds `name` at module level to anything but `module`.
    fn binds(&self, name: &str, module: &str) -> bool {
        bound_names(&self.module.body).iter().any(|bound| bound.name == name && bound.module != Some(module))
    }

    fn insert_import(&self, code: &str, module: &str, user: u32) -> Option<Vec<Edit>> {
        let body = &self.module.body;
        let first = usize::from(body.first().is_some_and(is_docstring));
        let first = first + body[first..].iter().take_while(|stmt| is_future(stmt)).count();
        let usable = body.iter().take_while(|stmt| span(stmt.range()).end <= user).count().max(first);
        let block_start = body[first..usable].iter().position(is_import).map(|index| first + index);
        let Some(block_start) = block_start else { return self.insert_first(code, first) };
        let block_end =
            block_start + body[block_start..usable].iter().take_while(|stmt| is_import(stmt)).count();
        let block = &body[block_start..block_end];
        let third_party = |stmt: &&Stmt| section(stmt) == Section::ThirdParty;
        // Plain imports come first in their section, by name, as isort and ruff have it.
        let follower = block.iter().filter(third_party).find(|stmt| match stmt {
            Stmt::Import(import) => import.names.first().is_some_and(|alias| alias.name.as_str() > module),
            _ => true,
        });
        if let Some(follower) = follower {
            return self.insert_before(span(follower.range()), code);
        }
        if let Some(leader) = block.iter().rfind(third_party) {
            return self.insert_after(span(leader.range()), code);
        }
        match block.iter().rfind(|stmt| section(stmt) == Section::Standard) {
            Some(leader) => {
                let mut edits = self.insert_after(span(leader.range()), code)?;
                // Sections are separated by a blank line.
                if let Some(edit) = edits.last_mut() {
                    edit.content.insert_str(0, self.style.newline);
                }
                Some(edits)
            }
            None => {
                let follower = span(block.first()?.range());
                self.insert_before(follower, &format!("{code}\n"))
            }
        }
    }

    /// In front of the statement at `index`, behind the docstring and `__future__` imports.
    fn insert_first(&self, code: &str, index: usize) -> Option<Vec<Edit>> {
        let body = &self.module.body;
        if let Some(previous) = index.checked_sub(1).and_then(|index| body.get(index)) {
            let mut edits = self.insert_after(span(previous.range()), code)?;
            if let Some(edit) = edits.last_mut() {
                edit.content.insert_str(0, self.style.newline);
            }
            return Some(edits);
        }
        match body.get(index) {
            Some(next) => self.insert_before(span(next.range()), &format!("{code}\n")),
            None => {
                let text = self.text();
                let newline = self.style.newline;
                let separator = if text.is_empty() || text.ends_with(['\n', '\r']) { "" } else { newline };
                let end = Span::at(super::offset(text.len()));
                Some(vec![self.edit(end, format!("{separator}{code}{newline}"))])
            }
        }
    }

    /// `from __future__ import annotations`; no edits where it is there.
    pub fn future_annotations(&self) -> Option<Vec<Edit>> {
        let body = &self.module.body;
        let first = usize::from(body.first().is_some_and(is_docstring));
        let futures = body[first..].iter().take_while(|stmt| is_future(stmt));
        let known = futures
            .clone()
            .filter_map(|stmt| stmt.as_import_from_stmt())
            .any(|import| import.names.iter().any(|alias| alias.name.as_str() == "annotations"));
        if known {
            return Some(Vec::new());
        }
        let code = "from __future__ import annotations";
        match futures.last() {
            Some(last) => self.insert_after(span(last.range()), code),
            None => self.insert_first(code, first),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Standard,
    ThirdParty,
    /// `from . import x`
    Relative,
}

fn section(stmt: &Stmt) -> Section {
    let module = match stmt {
        Stmt::Import(import) => import.names.first().map(|alias| alias.name.as_str()),
        Stmt::ImportFrom(import) if import.level > 0 => return Section::Relative,
        Stmt::ImportFrom(import) => import.module.as_deref(),
        _ => None,
    };
    let top = module.and_then(|module| module.split('.').next()).unwrap_or_default();
    let standard = |minor| ruff_python_stdlib::sys::is_known_standard_library(minor, top);
    if standard(8) || standard(14) { Section::Standard } else { Section::ThirdParty }
}

fn is_import(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_))
}

fn is_docstring(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::Expr(expr) if expr.value.is_string_literal_expr())
}

fn is_future(stmt: &Stmt) -> bool {
    stmt.as_import_from_stmt().is_some_and(|import| {
        import.level == 0 && import.module.as_ref().is_some_and(|module| module.as_str() == "__future__")
    })
}

/// A name that statements of a module bind, and the module if it is one.
pub(in crate::syntax) struct Bound<'a> {
    pub(in crate::syntax) name: &'a str,
    module: Option<&'a str>,
}

/// Names bound by the statements, also in blocks that may not run; not those of functions and classes.
pub(in crate::syntax) fn bound_names(body: &[Stmt]) -> Vec<Bound<'_>> {
    let mut names = Vec::new();
    let mut open = vec![body];
    while let Some(suite) = open.pop() {
        for stmt in suite {
            match stmt {
                Stmt::FunctionDef(function) => {
                    names.push(Bound { name: function.name.as_str(), module: None });
                }
                Stmt::ClassDef(class) => names.push(Bound { name: class.name.as_str(), module: None }),
                Stmt::Import(import) => names.extend(import.names.iter().map(|alias| {
                    let module = alias.name.as_str();
                    let top = module.split('.').next().unwrap_or_default();
                    match &alias.asname {
                        Some(name) => Bound { name: name.as_str(), module: Some(module) },
                        None => Bound { name: top, module: Some(top) },
                    }
                })),
                Stmt::ImportFrom(import) => names.extend(import.names.iter().map(|alias| Bound {
                    name: alias.asname.as_ref().unwrap_or(&alias.name).as_str(),
                    module: None,
                })),
                Stmt::Assign(assign) => {
                    for target in &assign.targets {
                        targets(target, &mut names);
                    }
                }
                Stmt::AugAssign(assign) => targets(&assign.target, &mut names),
                Stmt::AnnAssign(assign) => targets(&assign.target, &mut names),
                Stmt::Delete(delete) => {
                    for target in &delete.targets {
                        targets(target, &mut names);
                    }
                }
                Stmt::For(statement) => targets(&statement.target, &mut names),
                Stmt::With(statement) => {
                    for item in &statement.items {
                        if let Some(target) = &item.optional_vars {
                            targets(target, &mut names);
                        }
                    }
                }
                _ => {}
            }
            if !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                open.extend(super::layout::suites(stmt));
            }
        }
    }
    names
}

fn targets<'a>(target: &'a Expr, names: &mut Vec<Bound<'a>>) {
    match target {
        Expr::Name(name) => names.push(Bound { name: name.id.as_str(), module: None }),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| targets(element, names)),
        Expr::List(list) => list.elts.iter().for_each(|element| targets(element, names)),
        Expr::Starred(starred) => targets(&starred.value, names),
        _ => {}
    }
}
