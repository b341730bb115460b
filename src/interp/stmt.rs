//! Statements.

use crate::environment::PythonVersion;
use ruff_python_ast::{Expr, Stmt, StmtAssert, StmtIf, StmtRaise, StmtTypeAlias, StmtWith, WithItem};
use ruff_text_size::Ranged as _;

use super::call::Args;
use super::flow::{Eval, Flow, Stop};
use super::generators::Block;
use super::protocol::Special;
use super::{Cause, FrameKind, Interp, Object, Payload, Truth, Value, name};

impl<'a> Interp<'a> {
    pub(super) fn exec_block(&mut self, body: &'a [Stmt]) -> Eval<Flow> {
        for stmt in body {
            match self.exec(stmt)? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    /// Runs a module's statements. Where the budget ends, or values that are not known seem to lead to
    /// an exception, it goes on with the next one.
    pub(super) fn exec_module(&mut self, body: &'a [Stmt]) -> Eval<Flow> {
        for stmt in body {
            self.budget.allow();
            match self.exec(stmt) {
                Ok(Flow::Next) => {}
                Ok(_) => break,
                Err(stop) if self.goes_on_after(&stop) => {
                    self.give_up_statement(stmt, stop);
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok(Flow::Next)
    }

    pub(super) fn exec(&mut self, stmt: &'a Stmt) -> Eval<Flow> {
        self.budget.spend(self.heap.take_work());
        if !self.budget.step() {
            return Err(Stop::Budget);
        }
        self.at(stmt);
        match stmt {
            Stmt::Expr(stmt) => {
                self.eval(&stmt.value)?;
            }
            Stmt::Assign(stmt) => {
                let value = self.eval(&stmt.value)?;
                for target in &stmt.targets {
                    self.assign(target, value.clone())?;
                }
            }
            Stmt::AnnAssign(stmt) => self.exec_annotated(stmt)?,
            Stmt::AugAssign(stmt) => self.exec_augmented(stmt)?,
            Stmt::FunctionDef(def) => self.exec_function(def)?,
            Stmt::ClassDef(def) => self.exec_class(def)?,
            Stmt::Import(stmt) => self.exec_import(stmt)?,
            Stmt::ImportFrom(stmt) => self.exec_import_from(stmt)?,
            Stmt::If(stmt) => return self.exec_if(stmt),
            Stmt::For(stmt) => return self.exec_for(stmt),
            Stmt::While(stmt) => return self.exec_while(stmt),
            Stmt::Try(stmt) => return self.exec_try(stmt),
            Stmt::With(stmt) => return self.exec_with(stmt),
            Stmt::Match(stmt) => return self.exec_match(stmt),
            Stmt::Raise(stmt) => return self.exec_raise(stmt),
            Stmt::Assert(stmt) => self.exec_assert(stmt)?,
            Stmt::Delete(stmt) => {
                for target in &stmt.targets {
                    self.delete(target)?;
                }
            }
            Stmt::Return(stmt) => {
                let value = match &stmt.value {
                    Some(value) => self.eval(value)?,
                    None => Value::None,
                };
                return Ok(Flow::Return(value));
            }
            Stmt::Break(_) => return Ok(Flow::Break),
            Stmt::Continue(_) => return Ok(Flow::Continue),
            Stmt::TypeAlias(StmtTypeAlias { name: target, .. }) => {
                self.assign(target, Value::Unknown)?;
            }
            Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
        Ok(Flow::Next)
    }

    fn exec_if(&mut self, stmt: &'a StmtIf) -> Eval<Flow> {
        let condition = self.eval(&stmt.test)?;
        let truth = self.truth(&condition)?;
        self.exec_branches(truth, &stmt.test, &stmt.body, &stmt.elif_else_clauses)
    }

    fn exec_branches(
        &mut self,
        truth: Truth,
        test: &'a Expr,
        body: &'a [Stmt],
        rest: &'a [ruff_python_ast::ElifElseClause],
    ) -> Eval<Flow> {
        match truth {
            Truth::Yes => self.exec_branch(test, body),
            Truth::No => self.exec_else(rest),
            Truth::Maybe => self.fork(
                |interp| {
                    interp.assume(test, true);
                    interp.exec_branch(test, body)
                },
                |interp| {
                    interp.assume(test, false);
                    interp.exec_else(rest)
                },
            ),
        }
    }

    fn exec_branch(&mut self, test: &'a Expr, body: &'a [Stmt]) -> Eval<Flow> {
        let depth = self.frame().branches.len();
        self.frame_mut().branches.push(test.range());
        let result = self.exec_block(body);
        self.frame_mut().branches.truncate(depth);
        result
    }

    fn exec_else(&mut self, rest: &'a [ruff_python_ast::ElifElseClause]) -> Eval<Flow> {
        let Some((clause, rest)) = rest.split_first() else { return Ok(Flow::Next) };
        match &clause.test {
            Some(test) => {
                self.at(test);
                let condition = self.eval(test)?;
                let truth = self.truth(&condition)?;
                self.exec_branches(truth, test, &clause.body, rest)
            }
            None => self.exec_block(&clause.body),
        }
    }

    /// `if NAME:`, `if not NAME:` … tells what the name holds in that branch.
    fn assume(&mut self, test: &'a Expr, holds: bool) {
        match test {
            Expr::UnaryOp(unary) if unary.op == ruff_python_ast::UnaryOp::Not => {
                self.assume(&unary.operand, !holds);
            }
            Expr::Name(variable) => {
                let Some(id) = self.binding_scope(&variable.id) else { return };
                let Some(value) = self.heap.value(id, &variable.id).cloned() else { return };
                let kept: Vec<Value> = value
                    .alternatives()
                    .iter()
                    .filter(|value| self.plain_truth(value) != Truth::from(!holds))
                    .cloned()
                    .collect();
                let known = match kept.as_slice() {
                    [single] => single.clone(),
                    [] => return,
                    several => Value::OneOf(several.to_vec().into()),
                };
                self.heap.bind(id, &variable.id, known);
            }
            Expr::Compare(compare) => {
                let ([op], [Expr::NoneLiteral(_)], Expr::Name(variable)) =
                    (&*compare.ops, &*compare.comparators, &*compare.left)
                else {
                    return;
                };
                let is_none = match op {
                    ruff_python_ast::CmpOp::Is => holds,
                    ruff_python_ast::CmpOp::IsNot => !holds,
                    _ => return,
                };
                let Some(id) = self.binding_scope(&variable.id) else { return };
                if is_none {
                    self.heap.bind(id, &variable.id, Value::None);
                    return;
                }
                let Some(value) = self.heap.value(id, &variable.id).cloned() else { return };
                let kept: Vec<Value> = value
                    .alternatives()
                    .iter()
                    .filter(|value| !matches!(value, Value::None))
                    .cloned()
                    .collect();
                match kept.as_slice() {
                    [] => {}
                    [single] => self.heap.bind(id, &variable.id, single.clone()),
                    several => self.heap.bind(id, &variable.id, Value::OneOf(several.to_vec().into())),
                }
            }
            Expr::BoolOp(all) if (all.op == ruff_python_ast::BoolOp::And) == holds => {
                for value in &all.values {
                    self.assume(value, holds);
                }
            }
            _ => {}
        }
    }

    fn exec_assert(&mut self, stmt: &'a StmtAssert) -> Eval<()> {
        let condition = self.eval(&stmt.test)?;
        match self.truth(&condition)? {
            Truth::Yes => Ok(()),
            Truth::No => {
                let message = match &stmt.msg {
                    Some(message) => {
                        let message = self.eval(message)?;
                        self.text_of(&message)
                    }
                    None => None,
                };
                self.at(stmt);
                let args = message.iter().map(Value::str).collect();
                let value = self.new_instance(Value::builtin("AssertionError"), Payload::Exception(args));
                self.raise_value(Value::builtin("AssertionError"), value, message, Cause::Assertion)
            }
            Truth::Maybe => {
                self.assume(&stmt.test, true);
                if !self.catching.is_empty() {
                    self.maybe += 1;
                    let stop = self.raise::<()>("AssertionError", "", Cause::Assertion);
                    self.maybe -= 1;
                    if let Err(stop) = stop {
                        self.perhaps(stop);
                    }
                }
                Ok(())
            }
        }
    }

    fn exec_raise(&mut self, stmt: &'a StmtRaise) -> Eval<Flow> {
        let Some(exc) = &stmt.exc else { return self.reraise() };
        let value = self.eval(exc)?;
        let cause = match &stmt.cause {
            Some(cause) => Some(self.eval(cause)?),
            None => None,
        };
        self.at(stmt);
        let Some(cause) = cause else {
            return self.raise_object(&value).map_err(|stop| self.as_certain(stop));
        };
        if self.is_builtin_value(&cause) && !matches!(cause, Value::None) {
            return self.type_error("exception causes must derive from BaseException");
        }
        let raised = self.raise_object(&value).map_err(|stop| self.as_certain(stop));
        if let Err(Stop::Raise(raised)) = &raised
            && let Some(id) = raised.value.as_id()
        {
            self.heap.bind(id, &name("__cause__"), cause);
        }
        raised
    }

    fn exec_with(&mut self, stmt: &'a StmtWith) -> Eval<Flow> {
        if stmt.is_async {
            return self.exec_async_with(&stmt.items, &stmt.body);
        }
        self.exec_with_items(&stmt.items, &stmt.body)
    }

    /// `async with`: what `__aenter__` does is seen, not what `__aexit__` lets pass.
    fn exec_async_with(&mut self, items: &'a [WithItem], body: &'a [Stmt]) -> Eval<Flow> {
        let Some((item, rest)) = items.split_first() else { return self.exec_block(body) };
        let manager = self.eval(&item.context_expr)?;
        self.at(&item.context_expr);
        let entered = match self.special(&manager, "__aenter__")? {
            Special::Method(method) => {
                let coroutine = self.call(&method, Args::default())?;
                self.run_coroutine(&coroutine)?
            }
            Special::Missing | Special::Unknown => {
                self.may_raise_anything();
                Value::Unknown
            }
        };
        if let Some(target) = &item.optional_vars {
            self.assign(target, entered)?;
        }
        let manager = Value::external("contextlib.AsyncExitStack");
        self.exec_managed(&manager, |interp| interp.exec_async_with(rest, body))
    }

    pub(super) fn exec_with_items(&mut self, items: &'a [WithItem], body: &'a [Stmt]) -> Eval<Flow> {
        let Some((item, rest)) = items.split_first() else { return self.exec_block(body) };
        let manager = self.eval(&item.context_expr)?;
        self.at(&item.context_expr);
        if let Some(generator) = self.managed_generator(&manager) {
            let block = Block { target: item.optional_vars.as_deref(), rest, body };
            return self.drive_block(generator, block);
        }
        let entered = self.enter(&manager)?;
        if let Some(target) = &item.optional_vars {
            self.assign(target, entered)?;
        }
        self.exec_managed(&manager, |interp| interp.exec_with_items(rest, body))
    }

    /// What a statement may bind is unknown from here on.
    pub(super) fn bind_unknown(&mut self, stmt: &'a Stmt) {
        let names = super::scope::bound_names(std::slice::from_ref(stmt));
        let scope = self.frame().names;
        for bound in names {
            self.heap.bind(scope, &bound, Value::Unknown);
        }
    }

    /// Whether annotations of this file are evaluated where they stand.
    pub(super) fn evaluates_annotations(&self) -> bool {
        !has_future_annotations(self.frame().file) && self.environment.python < PythonVersion::new(3, 14)
    }

    fn exec_annotated(&mut self, stmt: &'a ruff_python_ast::StmtAnnAssign) -> Eval<()> {
        // NOTE: Python evaluates the value first, then the annotation; annotations of local
        // variables of a function are never evaluated.
        let value = match &stmt.value {
            Some(value) => Some(self.eval(value)?),
            None => None,
        };
        let in_function = matches!(self.frame().kind, FrameKind::Function | FrameKind::Inline);
        if let Some(value) = value {
            self.assign(&stmt.target, value)?;
        }
        if in_function {
            return Ok(());
        }
        let annotation = if self.evaluates_annotations() {
            self.at(stmt);
            self.eval(&stmt.annotation)?
        } else {
            self.quiet_annotation(&stmt.annotation)
        };
        if let (true, Expr::Name(target)) = (stmt.simple, &*stmt.target) {
            let scope = self.frame().names;
            let annotations = match self.heap.value(scope, "__annotations__").and_then(Value::as_id) {
                Some(id) => id,
                None => {
                    let id = self.heap.add(Object::Dict(super::Dict::default()));
                    self.heap.bind(scope, &name("__annotations__"), Value::Object(id));
                    id
                }
            };
            if let Object::Dict(dict) = self.heap.change(annotations) {
                let key = super::Key::Str(target.id.as_str().into());
                dict.entries.insert(key, (Value::str(&target.id), annotation));
            }
        }
        Ok(())
    }

    /// What an annotation that is not evaluated says, as far as a dataclass looks at its text.
    fn quiet_annotation(&self, annotation: &'a Expr) -> Value {
        let text = &self.frame().file.source.text()[annotation.range()];
        Value::str(text)
    }
}

/// Whether a file says `from __future__ import annotations`.
pub(super) fn has_future_annotations(file: &crate::syntax::ParsedFile) -> bool {
    let Some(tree) = file.tree() else { return false };
    file.delays_annotations
        || tree
            .body
            .iter()
            .skip_while(|stmt| matches!(stmt, Stmt::Expr(_)))
            .map_while(|stmt| match stmt {
                Stmt::ImportFrom(stmt)
                    if stmt.module.as_ref().is_some_and(|module| module == "__future__") =>
                {
                    Some(stmt)
                }
                _ => None,
            })
            .any(|stmt| stmt.names.iter().any(|alias| alias.name.as_str() == "annotations"))
}
