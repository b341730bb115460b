//! What the text around an import says of it: which guard its author gave it.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ModModule, Stmt};
use ruff_text_size::Ranged as _;

use super::{Evidence, Incident};
use crate::environment::PythonVersion;
use crate::interp::Cause;
use crate::text::Span;

/// What guards an import that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImportGuard {
    None,
    /// It is in the body of a `try` with handlers.
    Handlers,
    /// An `importorskip` for it stands further down.
    Later,
}

/// The guard of the import that an incident is about.
pub(super) fn of(evidence: &Evidence<'_>, incident: &Incident) -> ImportGuard {
    let (Some(site), Some(Cause::MissingModule { name, .. })) = (&incident.failure.site, incident.cause())
    else {
        return ImportGuard::None;
    };
    let Some(tree) = evidence.file(site).and_then(|file| file.tree()) else { return ImportGuard::None };
    let top = name.split('.').next().unwrap_or(name);
    let mut search = Search { span: site.span, top, guarded: false, later: false, depth: 0 };
    search.visit_body(&tree.body);
    match (search.guarded, search.later) {
        (true, _) => ImportGuard::Handlers,
        (false, true) => ImportGuard::Later,
        (false, false) => ImportGuard::None,
    }
}

struct Search<'n> {
    span: Span,
    top: &'n str,
    guarded: bool,
    later: bool,
    depth: usize,
}

impl<'s> Visitor<'s> for Search<'_> {
    fn visit_stmt(&mut self, stmt: &'s Stmt) {
        if stmt.range().start().to_u32() == self.span.start && self.depth > 0 && stmt.is_import_like() {
            self.guarded = true;
        }
        if let Stmt::Try(guard) = stmt
            && !guard.handlers.is_empty()
        {
            self.depth += 1;
            self.visit_body(&guard.body);
            self.depth -= 1;
            guard.handlers.iter().for_each(|handler| self.visit_except_handler(handler));
            self.visit_body(&guard.orelse);
            self.visit_body(&guard.finalbody);
            return;
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'s Expr) {
        if let Expr::Call(call) = expr
            && call.range().start().to_u32() > self.span.start
            && is_named(&call.func, "importorskip")
            && let Some(Expr::StringLiteral(module)) = call.arguments.args.first()
            && module.value.to_str().split('.').next() == Some(self.top)
        {
            self.later = true;
        }
        visitor::walk_expr(self, expr);
    }
}

trait ImportLike {
    fn is_import_like(&self) -> bool;
}

impl ImportLike for Stmt {
    fn is_import_like(&self) -> bool {
        matches!(self, Self::Import(_) | Self::ImportFrom(_))
    }
}

/// Whether an expression is a name or attribute of that spelling.
fn is_named(expr: &Expr, name: &str) -> bool {
    match expr {
        Expr::Name(found) => found.id == name,
        Expr::Attribute(found) => found.attr.as_str() == name,
        _ => false,
    }
}

/// The optional module whose import, in a `try` of the incident's file, binds a name.
pub(super) fn optional_import_of(evidence: &Evidence<'_>, incident: &Incident, name: &str) -> Option<String> {
    let tree = evidence.file(incident.failure.site.as_ref()?)?.tree()?;
    guarded_imports(tree)
        .into_iter()
        .find(|(bound, module)| bound == name && evidence.is_optional(module))
        .map(|(_, module)| module)
}

/// Names that imports inside a `try` bind, with their modules.
fn guarded_imports(tree: &ModModule) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Vec<&Stmt> = tree.body.iter().collect();
    while let Some(stmt) = open.pop() {
        match stmt {
            Stmt::Try(guard) => {
                for stmt in &guard.body {
                    bound_by(stmt, &mut found);
                }
                open.extend(&guard.body);
                open.extend(&guard.orelse);
            }
            Stmt::If(branch) => {
                open.extend(&branch.body);
                branch.elif_else_clauses.iter().for_each(|clause| open.extend(&clause.body));
            }
            Stmt::With(block) => {
                for stmt in &block.body {
                    bound_by(stmt, &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

fn bound_by(stmt: &Stmt, found: &mut Vec<(String, String)>) {
    match stmt {
        Stmt::Import(import) => {
            for alias in &import.names {
                let top = alias.name.split('.').next().unwrap_or(&alias.name);
                let bound = alias.asname.as_ref().map_or(top, |name| name.as_str());
                found.push((bound.to_owned(), alias.name.to_string()));
            }
        }
        Stmt::ImportFrom(import) => {
            let Some(module) = &import.module else { return };
            for alias in &import.names {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                found.push((bound.to_string(), module.to_string()));
            }
        }
        _ => {}
    }
}

/// The oldest Python version that compiles the file of an incident, if any does.
pub(super) fn compiles_elsewhere(evidence: &Evidence<'_>, incident: &Incident) -> Option<PythonVersion> {
    let file = evidence.file(incident.failure.site.as_ref()?)?;
    (8..=14).map(|minor| PythonVersion::new(3, minor)).find(|&python| file.compile_error(python).is_none())
}

/// Whether the file of an incident cannot be decoded.
pub(super) fn is_undecodable(evidence: &Evidence<'_>, incident: &Incident) -> bool {
    let Some(file) = incident.failure.site.as_ref().and_then(|site| evidence.file(site)) else {
        return false;
    };
    file.is_undecodable()
}
