//! Statements: `return`, loops, `try`, imports.

use ruff_python_ast::{
    Alias, ExceptHandler, Expr, Stmt, StmtAnnAssign, StmtFor, StmtImportFrom, StmtReturn, StmtTry, StmtWith,
};
use ruff_text_size::Ranged as _;

use super::problem::{Declaration, Place};
use super::scopes::{Block, ScopeKind, uses};
use super::{Checker, Kind, Phase, Problem, span};
use crate::text::Span;

/// What `__future__` has; `braces` is refused with a joke.
const FEATURES: [&str; 10] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "barry_as_FLUFL",
    "generator_stop",
    "annotations",
];
/// As many statements with a block of the interpreter may be nested.
const MAX_BLOCKS: usize = 20;
const IN_EXCEPT_STAR: &str = "'break', 'continue' and 'return' cannot appear in an except* block";

impl<'a> Checker<'a> {
    pub(super) fn future_imports_at_top(&mut self, body: &'a [Stmt]) {
        let docstring = body.first().is_some_and(
            |stmt| matches!(stmt, Stmt::Expr(expr) if matches!(*expr.value, Expr::StringLiteral(_))),
        );
        for stmt in body.iter().skip(usize::from(docstring)) {
            let Some(import) = stmt.as_import_from_stmt().filter(|import| is_future(import)) else { return };
            let minors = future_minors(import);
            for alias in &import.names {
                if !FEATURES.contains(&alias.name.as_str()) {
                    let kind = Kind::FutureFeature(alias.name.to_string());
                    self.report_in(Phase::Future, span(import.range), minors, kind);
                }
                self.future_annotations |= alias.name.as_str() == "annotations";
            }
            self.future_imports_end = span(import.range).end;
        }
    }

    pub(super) fn statement(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::TypeAlias(alias) => self.type_alias(alias),
            Stmt::Return(statement) => self.return_statement(statement),
            Stmt::AnnAssign(statement) => self.annotated_assignment(statement),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.expression(target);
                }
                self.expression(&assign.value);
            }
            Stmt::AugAssign(assign) => {
                self.expression(&assign.target);
                self.expression(&assign.value);
            }
            Stmt::For(statement) => self.for_statement(statement),
            Stmt::While(statement) => {
                self.expression(&statement.test);
                self.block(Block::Loop, span(statement.range), &statement.body);
                self.body(&statement.orelse);
            }
            Stmt::With(statement) => self.with_statement(statement),
            Stmt::Try(statement) => self.try_statement(statement),
            Stmt::Match(statement) => self.match_statement(statement),
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.import(alias, span(import.range));
                }
            }
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Global(global) => self.declaration(Declaration::Global, &global.names, span(global.range)),
            Stmt::Nonlocal(nonlocal) => {
                self.declaration(Declaration::Nonlocal, &nonlocal.names, span(nonlocal.range));
            }
            Stmt::Break(_) => self.leave_loop(span(stmt.range()), "'break' outside loop"),
            Stmt::Continue(_) => self.leave_loop(span(stmt.range()), "'continue' not properly in loop"),
            Stmt::If(statement) => {
                self.expression(&statement.test);
                self.body(&statement.body);
                for clause in &statement.elif_else_clauses {
                    if let Some(test) = &clause.test {
                        self.expression(test);
                    }
                    self.body(&clause.body);
                }
            }
            Stmt::Delete(statement) => {
                for target in &statement.targets {
                    self.expression(target);
                }
            }
            Stmt::Raise(statement) => {
                for part in [&statement.exc, &statement.cause].into_iter().flatten() {
                    self.expression(part);
                }
            }
            Stmt::Assert(statement) => {
                for part in [Some(&statement.test), statement.msg.as_ref()].into_iter().flatten() {
                    self.expression(part);
                }
            }
            Stmt::Expr(statement) => self.expression(&statement.value),
            Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn return_statement(&mut self, statement: &'a StmtReturn) {
        let place = span(statement.range);
        if matches!(self.kind(), ScopeKind::Function { .. }) {
            if self.scope().blocks.contains(&Block::ExceptStar) {
                self.report(Phase::Code, place, Kind::Fixed(IN_EXCEPT_STAR));
            }
            if statement.value.is_some() && self.scope().returns_value.is_none() {
                let order = self.tick();
                self.scope().returns_value = Some((order, place));
            }
        } else {
            self.report(Phase::Code, place, Kind::Fixed("'return' outside function"));
        }
        if let Some(value) = &statement.value {
            self.expression(value);
        }
    }

    fn annotated_assignment(&mut self, statement: &'a StmtAnnAssign) {
        if let Expr::Name(target) = &*statement.target {
            let name = target.id.as_str();
            let known = self.scope().known(name);
            let declared = if known & uses::GLOBAL != 0 {
                Some(Declaration::Global)
            } else if known & uses::NONLOCAL != 0 {
                Some(Declaration::Nonlocal)
            } else {
                None
            };
            if let Some(declaration) =
                declared.filter(|_| statement.simple && self.kind() != ScopeKind::Module)
            {
                let kind = Kind::AnnotatedDeclared(declaration, name.to_owned());
                self.report(Phase::Names, span(statement.range), kind);
            }
            if name == "__debug__" {
                self.report(Phase::Code, span(target.range), Kind::Fixed("cannot assign to __debug__"));
            } else if statement.simple {
                self.add_name(name, uses::LOCAL | uses::ANNOTATED);
            } else if statement.value.is_some() {
                self.add_name(name, uses::LOCAL);
            }
        } else {
            self.expression(&statement.target);
        }
        let problems = self.problems.len();
        let in_function = matches!(self.kind(), ScopeKind::Function { .. });
        self.restricted(&statement.annotation, Place::Annotation);
        if in_function {
            // No code is made of it.
            let mut index = 0;
            self.problems.retain(|problem| {
                index += 1;
                index <= problems || problem.phase != Phase::Code
            });
        }
        if let Some(value) = &statement.value {
            self.expression(value);
        }
    }

    /// A body in which `break` and the like are understood in another way.
    fn block(&mut self, block: Block, place: Span, body: &'a [Stmt]) {
        self.enter(block, place);
        self.body(body);
        self.scope().blocks.pop();
    }

    fn enter(&mut self, block: Block, place: Span) {
        if self.scope().blocks.len() == MAX_BLOCKS {
            // NOTE: 3.13 counts otherwise.
            self.report_in(Phase::Code, place, (0, 12), Kind::TooManyBlocks);
        }
        self.scope().blocks.push(block);
    }

    fn for_statement(&mut self, statement: &'a StmtFor) {
        let place = span(statement.range);
        self.async_statement(statement.is_async, "'async for' outside async function", place);
        self.expression(&statement.target);
        self.expression(&statement.iter);
        self.block(Block::Loop, place, &statement.body);
        self.body(&statement.orelse);
    }

    fn with_statement(&mut self, statement: &'a StmtWith) {
        let place = span(statement.range);
        self.async_statement(statement.is_async, "'async with' outside async function", place);
        self.parenthesized_items(statement);
        for item in &statement.items {
            self.expression(&item.context_expr);
            self.enter(Block::Other, place);
            if let Some(target) = &item.optional_vars {
                self.expression(target);
            }
        }
        self.body(&statement.body);
        let depth = self.scope().blocks.len().saturating_sub(statement.items.len());
        self.scope().blocks.truncate(depth);
    }

    /// `with (a as b):`, which Python 3.8 does not have; `with (a, b):` is a tuple there.
    fn parenthesized_items(&mut self, statement: &StmtWith) {
        let target = statement.items.iter().find_map(|item| item.optional_vars.as_ref());
        let (Some(target), Some(first)) = (target, statement.items.first()) else { return };
        let before = Span::new(span(statement.range).start, span(first.range).start);
        if self.text.get(before.range()).is_some_and(|text| text.trim_end().ends_with('(')) {
            self.report_in(Phase::Parse, span(target.range()), (0, 8), Kind::Fixed("invalid syntax"));
        }
    }

    fn async_statement(&mut self, is_async: bool, message: &'static str, place: Span) {
        if is_async && self.kind() != (ScopeKind::Function { is_async: true }) {
            self.report(Phase::Code, place, Kind::Fixed(message));
        }
    }

    fn try_statement(&mut self, statement: &'a StmtTry) {
        let place = span(statement.range);
        let depth = self.scope().blocks.len();
        if !statement.finalbody.is_empty() {
            self.enter(Block::Other, place);
        }
        if !statement.handlers.is_empty() {
            self.enter(Block::Other, place);
        }
        self.body(&statement.body);
        self.scope().blocks.truncate(depth);
        let last = statement.handlers.len().saturating_sub(1);
        let before = statement.body.last().map_or(place, |stmt| span(stmt.range()));
        for (index, ExceptHandler::ExceptHandler(handler)) in statement.handlers.iter().enumerate() {
            let place = span(handler.range);
            match &handler.type_ {
                Some(exception) => self.expression(exception),
                None if index < last => {
                    let kind = Kind::Fixed("default 'except:' must be last");
                    self.report_elsewhere_before_310(Phase::Code, place, before, kind);
                }
                None => {}
            }
            if let Some(name) = &handler.name {
                self.bound_identifier(name, place);
            }
            let block = if statement.is_star { Block::ExceptStar } else { Block::Other };
            self.block(block, place, &handler.body);
        }
        self.body(&statement.orelse);
        self.body(&statement.finalbody);
    }

    fn leave_loop(&mut self, place: Span, outside: &'static str) {
        let target = self.scope().blocks.iter().rev().find(|block| **block != Block::Other).copied();
        let message = match target {
            Some(Block::Loop) => return,
            Some(Block::ExceptStar) => IN_EXCEPT_STAR,
            Some(Block::Other) | None => outside,
        };
        self.report(Phase::Code, place, Kind::Fixed(message));
    }

    fn import(&mut self, alias: &'a Alias, statement: Span) {
        let bound = match &alias.asname {
            Some(name) => name.as_str(),
            None => alias.name.split('.').next().unwrap_or_default(),
        };
        if bound == "__debug__" {
            let minors = if alias.name.contains('.') { super::since(9) } else { super::ALL };
            self.report_in(Phase::Code, statement, minors, Kind::Fixed("cannot assign to __debug__"));
        }
        self.add_name(bound, uses::IMPORT);
    }

    fn import_from(&mut self, import: &'a StmtImportFrom) {
        let place = span(import.range);
        if is_future(import) && place.start >= self.future_imports_end {
            let message = "from __future__ imports must occur at the beginning of the file";
            self.report_in(Phase::Code, place, future_minors(import), Kind::Fixed(message));
        }
        for alias in &import.names {
            if alias.name.as_str() != "*" {
                self.import(alias, place);
            } else if self.kind() != ScopeKind::Module {
                let definition = self.scope().span;
                let order = self.tick();
                self.push(Problem {
                    phase: Phase::Names,
                    order,
                    span: span(alias.range),
                    elsewhere: Some(((8, 9), definition)),
                    minors: super::ALL,
                    kind: Kind::Fixed("import * only allowed at module level"),
                });
            }
        }
    }
}

/// `from __future__ import …`
fn is_future(import: &StmtImportFrom) -> bool {
    import.module.as_ref().is_some_and(|module| module.as_str() == "__future__")
}

/// Up to 3.12 Python takes `from .__future__` for it as well.
const fn future_minors(import: &StmtImportFrom) -> (u8, u8) {
    if import.level == 0 { super::ALL } else { (0, 12) }
}
