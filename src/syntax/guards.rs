//! Imports that their author guards: a `try` around them, and what becomes of it where they fail.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{ExceptHandler, ExceptHandlerExceptHandler, Expr, Stmt, StmtTry};
use ruff_text_size::Ranged as _;

use super::{ParsedFile, span};
use crate::text::Span;

/// A name that an import binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    pub name: String,
    /// The dotted module that it comes from.
    pub module: String,
}

/// A `try` with handlers whose body imports something.
#[derive(Clone, Debug)]
pub struct GuardedImport<'a> {
    pub(super) node: &'a StmtTry,
    /// What the body binds, in order.
    pub imported: Vec<Imported>,
}

impl<'a> GuardedImport<'a> {
    fn of(node: &'a StmtTry) -> Option<Self> {
        if node.handlers.is_empty() {
            return None;
        }
        let imported: Vec<_> = node.body.iter().flat_map(imported_by).collect();
        (!imported.is_empty()).then_some(Self { node, imported })
    }

    pub fn span(&self) -> Span {
        span(self.node.range)
    }

    /// The modules, each once, in order.
    pub fn modules(&self) -> Vec<&str> {
        let mut modules: Vec<&str> = Vec::new();
        for imported in &self.imported {
            if !modules.contains(&imported.module.as_str()) {
                modules.push(&imported.module);
            }
        }
        modules
    }

    /// The name that is true where the import works and false where it does not.
    pub fn flag(&self) -> Option<String> {
        let set = |body: &[Stmt], wanted: bool| -> Vec<String> {
            body.iter().filter_map(|stmt| constant(stmt, wanted)).map(ToOwned::to_owned).collect()
        };
        let mut working = set(&self.node.body, true);
        working.extend(set(&self.node.orelse, true));
        let failing: Vec<String> = self.handlers().flat_map(|handler| set(&handler.body, false)).collect();
        failing.into_iter().find(|name| working.contains(name)).or_else(|| working.pop())
    }

    /// Names that every handler that goes on binds, to whatever.
    pub fn bound_in_handlers(&self) -> Vec<String> {
        self.handlers().flat_map(|handler| bound_by(&handler.body)).collect()
    }

    /// Names that a handler binds to a replacement: to anything but `None` and `False`.
    pub fn replaced_in_handlers(&self) -> Vec<String> {
        let is_placeholder = |stmt: &Stmt| match stmt {
            Stmt::Assign(assign) => is_nothing(&assign.value),
            Stmt::AnnAssign(assign) => assign.value.as_deref().is_some_and(is_nothing),
            _ => false,
        };
        self.handlers()
            .flat_map(|handler| handler.body.iter().filter(|stmt| !is_placeholder(stmt)))
            .flat_map(|stmt| bound_by(std::slice::from_ref(stmt)))
            .collect()
    }

    pub(super) fn handlers(&self) -> impl Iterator<Item = &'a ExceptHandlerExceptHandler> + use<'a> {
        self.node.handlers.iter().map(|ExceptHandler::ExceptHandler(handler)| handler)
    }

    /// The handler around `offset`.
    pub(super) fn handler_at(&self, offset: u32) -> Option<&'a ExceptHandlerExceptHandler> {
        self.handlers().find(|handler| span(handler.range).contains(offset))
    }

    fn holds_in_body(&self, offset: u32) -> bool {
        self.node.body.iter().any(|stmt| span(stmt.range()).contains(offset))
    }
}

impl ParsedFile {
    /// The guards that run when the file is imported, in order.
    pub fn guarded_imports(&self) -> Vec<GuardedImport<'_>> {
        let mut guards = Vec::new();
        if let Some(tree) = self.tree() {
            collect(&tree.body, &mut guards);
        }
        guards
    }

    /// The innermost guard whose handler holds `offset`.
    pub fn guard_handling(&self, offset: u32) -> Option<GuardedImport<'_>> {
        self.guarded_imports().into_iter().rfind(|guard| guard.handler_at(offset).is_some())
    }

    /// The innermost guard whose body holds `offset`.
    pub fn guard_around(&self, offset: u32) -> Option<GuardedImport<'_>> {
        self.guarded_imports().into_iter().rfind(|guard| guard.holds_in_body(offset))
    }

    /// The first `importorskip` for a module, or one of its submodules, behind `offset`.
    pub fn importorskip_behind(&self, module: &str, offset: u32) -> Option<Span> {
        struct Search<'n> {
            top: &'n str,
            offset: u32,
            found: Option<Span>,
        }
        impl<'s> Visitor<'s> for Search<'_> {
            fn visit_expr(&mut self, expr: &'s Expr) {
                if let Expr::Call(call) = expr
                    && self.found.is_none()
                    && span(call.range()).start > self.offset
                    && is_named(&call.func, "importorskip")
                    && let Some(Expr::StringLiteral(module)) = call.arguments.args.first()
                    && module.value.to_str().split('.').next() == Some(self.top)
                {
                    self.found = Some(span(call.range()));
                }
                visitor::walk_expr(self, expr);
            }
        }
        let top = module.split('.').next().unwrap_or(module);
        let mut search = Search { top, offset, found: None };
        search.visit_body(&self.tree()?.body);
        search.found
    }
}

/// Whether an expression is a name or attribute of that spelling.
pub(super) fn is_named(expr: &Expr, name: &str) -> bool {
    match expr {
        Expr::Name(found) => found.id == name,
        Expr::Attribute(found) => found.attr.as_str() == name,
        _ => false,
    }
}

/// Outer guards come before those inside of them.
fn collect<'a>(body: &'a [Stmt], guards: &mut Vec<GuardedImport<'a>>) {
    for stmt in body {
        match stmt {
            Stmt::FunctionDef(_) => {}
            _ => {
                if let Stmt::Try(node) = stmt {
                    guards.extend(GuardedImport::of(node));
                }
                for suite in super::edits::suites(stmt) {
                    collect(suite, guards);
                }
            }
        }
    }
}

/// What a statement, or the blocks in it, imports.
fn imported_by(stmt: &Stmt) -> Vec<Imported> {
    match stmt {
        Stmt::Import(import) => import
            .names
            .iter()
            .map(|alias| {
                let top = alias.name.split('.').next().unwrap_or(&alias.name);
                let name = alias.asname.as_ref().map_or(top, |name| name.as_str());
                Imported { name: name.to_owned(), module: alias.name.to_string() }
            })
            .collect(),
        Stmt::ImportFrom(import) => {
            let Some(module) = import.module.as_ref().filter(|_| import.level == 0) else {
                return Vec::new();
            };
            let bound = import.names.iter().map(|alias| alias.asname.as_ref().unwrap_or(&alias.name));
            bound.map(|name| Imported { name: name.to_string(), module: module.to_string() }).collect()
        }
        Stmt::With(block) => block.body.iter().flat_map(imported_by).collect(),
        Stmt::If(branch) => branch.body.iter().flat_map(imported_by).collect(),
        _ => Vec::new(),
    }
}

/// The name that a statement sets to this constant.
fn constant(stmt: &Stmt, wanted: bool) -> Option<&str> {
    let (target, value) = match stmt {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [target] => (target, &*assign.value),
            _ => return None,
        },
        Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_deref()?),
        _ => return None,
    };
    let Expr::BooleanLiteral(literal) = value else { return None };
    (literal.value == wanted).then(|| target.as_name_expr()).flatten().map(|name| name.id.as_str())
}

fn is_nothing(value: &Expr) -> bool {
    matches!(value, Expr::NoneLiteral(_))
        || matches!(value, Expr::BooleanLiteral(literal) if !literal.value)
        || matches!(value, Expr::Name(name) if name.id == "object")
}

/// Names that statements bind, also in blocks.
pub(super) fn bound_by(body: &[Stmt]) -> Vec<String> {
    super::edits::bound_names(body).into_iter().map(|bound| bound.name.to_owned()).collect()
}
