//! `try`, `raise` and context managers: which handler catches what.

use std::sync::Arc;

use ruff_python_ast::{ExceptHandler, ExceptHandlerExceptHandler, Stmt, StmtTry};
use ruff_text_size::{Ranged as _, TextRange};

use super::flow::{Eval, Flow, Stop, Way};
use super::{
    Catching, Cause, EventKind, HaltKind, Instance, Interp, Method, Object, Payload, Raised, Site, Truth,
    Value, span,
};
use crate::interp::call::Args;

impl<'a> Interp<'a> {
    pub(super) fn exec_try(&mut self, stmt: &'a StmtTry) -> Eval<Flow> {
        let result =
            if stmt.handlers.is_empty() { self.exec_block(&stmt.body) } else { self.exec_guarded(stmt) };
        if stmt.finalbody.is_empty() {
            return result;
        }
        // NOTE: a way out that is pending runs `finally` as well, in its own state; only what
        // `finally` does on the main way is kept.
        let position = self.frame().position;
        match self.exec_block(&stmt.finalbody)? {
            Flow::Next => {
                self.frame_mut().position = position;
                result
            }
            flow => Ok(flow),
        }
    }

    fn exec_guarded(&mut self, stmt: &'a StmtTry) -> Eval<Flow> {
        let base = self.pending.len();
        let imports = stmt.handlers.iter().any(catches_imports);
        self.catching.push(Catching { base, imports });
        let result = self.exec_block(&stmt.body);
        self.catching.pop();
        let raised = self.take_pending(base, |way| matches!(way, Way::Stop(Stop::Raise(_))));
        let mut main = match result {
            Ok(Flow::Next) => self.exec_block(&stmt.orelse),
            Ok(flow) => Ok(flow),
            Err(stop) => self.handle(stop, &stmt.handlers),
        };
        for pending in raised.into_iter().rev() {
            main = self.also(main, pending, |interp, way| match way {
                Way::Stop(stop) => interp.handle(stop, &stmt.handlers),
                Way::Return(value) => Ok(Flow::Return(value)),
                Way::Break => Ok(Flow::Break),
                Way::Continue => Ok(Flow::Continue),
            });
        }
        main
    }

    fn handle(&mut self, stop: Stop, handlers: &'a [ExceptHandler]) -> Eval<Flow> {
        let Stop::Raise(raised) = stop else { return Err(stop) };
        let Some((ExceptHandler::ExceptHandler(handler), rest)) = handlers.split_first() else {
            return Err(Stop::Raise(raised));
        };
        let caught = match &handler.type_ {
            None => Truth::Yes,
            Some(expr) => {
                let position = self.frame().position;
                self.at(&**expr);
                let classes = self.eval(expr)?;
                self.frame_mut().position = position;
                self.catches(&classes, &raised.class)
            }
        };
        match caught {
            Truth::Yes => self.run_handler(handler, *raised),
            Truth::No => self.handle(Stop::Raise(raised), rest),
            Truth::Maybe => {
                let again = raised.clone();
                self.fork(
                    |interp| interp.run_handler(handler, *raised),
                    |interp| interp.handle(Stop::Raise(again), rest),
                )
            }
        }
    }

    fn run_handler(&mut self, handler: &'a ExceptHandlerExceptHandler, raised: Raised) -> Eval<Flow> {
        let head = TextRange::new(
            handler.range().start(),
            handler.type_.as_ref().map_or(handler.range().start(), |expr| expr.range().end()),
        );
        if raised.cause != Cause::External {
            let path = self.frame().file.source.path().to_path_buf();
            let site = Site { path: self.shared_path(&path), span: span(head) };
            self.note(EventKind::Caught { stop: Stop::Raise(Box::new(raised.clone())), handler: site });
        }
        let scope = self.frame().names;
        if let Some(target) = &handler.name {
            self.bind_name(&target.id, raised.value.clone());
        }
        let depth = self.frame().branches.len();
        self.frame_mut().branches.push(head);
        self.handling.push(raised);
        let result = self.exec_block(&handler.body);
        self.handling.pop();
        self.frame_mut().branches.truncate(depth);
        if let Some(target) = &handler.name {
            // except … as e: e is deleted at the end of the handler
            self.heap.unbind(scope, &target.id);
        }
        result
    }

    /// `raise` without an exception.
    pub(super) fn reraise(&mut self) -> Eval<Flow> {
        match self.handling.last() {
            Some(raised) => {
                let mut raised = raised.clone();
                raised.certain = self.is_certain();
                if raised.cause == Cause::External {
                    raised.trace = self.trace();
                }
                Err(Stop::Raise(Box::new(raised)))
            }
            None => self.raise("RuntimeError", "No active exception to reraise", Cause::Python),
        }
    }

    /// `raise value`.
    pub(super) fn raise_object(&mut self, value: &Value) -> Eval<Flow> {
        let (class, value) = match self.object(value) {
            Some(Object::Instance(instance)) => (instance.class.clone(), value.clone()),
            Some(Object::Class(_)) => {
                let instance = self.call(value, Args::default())?;
                match self.object(&instance) {
                    Some(Object::Instance(made)) => (made.class.clone(), instance),
                    _ => (value.clone(), instance),
                }
            }
            _ => match value.extern_path() {
                Some(path) if self.exception_names(path).is_some() => {
                    let instance = self.call(value, Args::default())?;
                    (value.clone(), instance)
                }
                Some("builtins.NotImplemented") | None if matches!(value, Value::NotImplemented) => {
                    return self.type_error("exceptions must derive from BaseException");
                }
                _ => (Value::Unknown, value.clone()),
            },
        };
        let message = self.exception_text(&value);
        let cause = self.cause_of(&class, &value);
        self.raise_value(class, value, message, cause)
    }

    /// What the fact behind a `raise` statement is.
    fn cause_of(&self, class: &Value, value: &Value) -> Cause {
        let is = |name: &str| self.derives(class, name) == Truth::Yes;
        if is("builtins.SystemExit") {
            return Cause::Exit { call: Arc::from("raise SystemExit") };
        }
        if is("unittest.SkipTest") {
            return Cause::Skip { call: Arc::from("unittest.SkipTest"), module_level: true };
        }
        if is("pytest.skip.Exception") {
            let module_level = match value.as_id().and_then(|id| self.heap.value(id, "allow_module_level")) {
                Some(flag) => self.plain_truth(flag) != Truth::No,
                None => false,
            };
            return Cause::Skip { call: Arc::from("pytest.skip.Exception"), module_level };
        }
        Cause::Statement
    }

    /// `str(exception)`, where it is known.
    pub(super) fn exception_text(&self, value: &Value) -> Option<String> {
        let Some(Object::Instance(Instance { payload: Payload::Exception(args), .. })) = self.object(value)
        else {
            return None;
        };
        match args.as_slice() {
            [] => Some(String::new()),
            [single] => self.text_of(single),
            several => {
                let texts: Option<Vec<String>> = several.iter().map(|arg| self.repr_of(arg)).collect();
                texts.map(|texts| format!("({})", texts.join(", ")))
            }
        }
    }

    /// What `with manager` binds.
    pub(super) fn enter(&mut self, manager: &Value) -> Eval {
        match self.object(manager) {
            Some(Object::Instance(instance)) if instance.class.as_id().is_some() => {
                match self.find_method(manager, "__enter__") {
                    Some(method) => self.call(&method, Args::default()),
                    None => {
                        self.may_raise_anything();
                        Ok(Value::Unknown)
                    }
                }
            }
            Some(Object::Instance(Instance {
                payload: Payload::Expects { .. } | Payload::Path(_), ..
            })) => Ok(manager.clone()),
            Some(Object::Generator(_)) => Ok(Value::Unknown),
            _ => {
                self.may_raise_anything();
                Ok(match manager {
                    Value::Extern(external) => Value::computed(&external.path),
                    _ => Value::Unknown,
                })
            }
        }
    }

    /// Runs the block of a `with` statement, and what its manager makes of an exception.
    pub(super) fn exec_managed(
        &mut self,
        manager: &Value,
        run: impl FnOnce(&mut Self) -> Eval<Flow>,
    ) -> Eval<Flow> {
        let Some(expected) = self.expectation(manager) else { return run(self) };
        let base = self.pending.len();
        self.catching.push(Catching { base, imports: false });
        let result = run(self);
        self.catching.pop();
        let raised = self.take_pending(base, |way| matches!(way, Way::Stop(Stop::Raise(_))));
        let certain_to_pass = result.is_ok() && raised.is_empty();
        let mut main = match result {
            Err(Stop::Raise(raised)) => self.swallow(&expected, raised),
            Ok(Flow::Next) if certain_to_pass && expected.must_raise && !expected.maybe => {
                let classes = self.repr_of(&expected.classes).unwrap_or_else(|| "exception".to_owned());
                self.raise(
                    "pytest.fail.Exception",
                    format!("DID NOT RAISE {classes}"),
                    Cause::Outcome { call: Arc::from("pytest.raises") },
                )
            }
            other => other,
        };
        for pending in raised.into_iter().rev() {
            main = self.also(main, pending, |interp, way| match way {
                Way::Stop(Stop::Raise(raised)) => interp.swallow(&expected, raised),
                Way::Stop(stop) => Err(stop),
                Way::Return(value) => Ok(Flow::Return(value)),
                Way::Break => Ok(Flow::Break),
                Way::Continue => Ok(Flow::Continue),
            });
        }
        main
    }

    fn swallow(&mut self, expected: &Expectation, raised: Box<Raised>) -> Eval<Flow> {
        let caught = match self.catches(&expected.classes, &raised.class) {
            Truth::Yes if expected.maybe => Truth::Maybe,
            caught => caught,
        };
        match caught {
            Truth::Yes => {
                if raised.cause != Cause::External
                    && let Some(handler) = self.site()
                {
                    self.note(EventKind::Caught { stop: Stop::Raise(raised), handler });
                }
                Ok(Flow::Next)
            }
            Truth::No => Err(Stop::Raise(raised)),
            Truth::Maybe => self.fork(|_| Ok(Flow::Next), |_| Err(Stop::Raise(raised))),
        }
    }

    /// What a context manager lets pass; `None` where it lets nothing pass.
    fn expectation(&mut self, manager: &Value) -> Option<Expectation> {
        match self.object(manager)? {
            Object::Instance(Instance { payload: Payload::Expects { classes, must_raise }, .. }) => {
                Some(Expectation { classes: classes.clone(), must_raise: *must_raise, maybe: false })
            }
            Object::Instance(instance) if instance.class.as_id().is_some() => {
                let exit = self.find_method(manager, "__exit__")?;
                let returns = self.exit_result(&exit);
                let all = Value::builtin("BaseException");
                match returns {
                    Truth::No => None,
                    Truth::Yes => Some(Expectation { classes: all, must_raise: false, maybe: false }),
                    Truth::Maybe => Some(Expectation { classes: all, must_raise: false, maybe: true }),
                }
            }
            _ => None,
        }
    }

    /// What `__exit__` of an interpreted class returns, as far as its code says it.
    fn exit_result(&self, exit: &Value) -> Truth {
        let function = match self.object(exit) {
            Some(Object::Method(Method { function, .. })) => function.clone(),
            _ => exit.clone(),
        };
        let Some(Object::Function(function)) = self.object(&function) else { return Truth::Maybe };
        let super::Code::Def(def) = function.code else { return Truth::Maybe };
        let mut returns = Vec::new();
        returned(&def.body, &mut returns);
        let falls_through = !matches!(def.body.last(), Some(Stmt::Return(_) | Stmt::Raise(_)));
        let mut result = falls_through.then_some(Truth::No);
        for value in returns {
            let truth = match value {
                None => Truth::No,
                Some(ruff_python_ast::Expr::BooleanLiteral(literal)) => Truth::from(literal.value),
                Some(ruff_python_ast::Expr::NoneLiteral(_)) => Truth::No,
                Some(_) => Truth::Maybe,
            };
            result = Some(result.map_or(truth, |known: Truth| known.join(truth)));
        }
        result.unwrap_or(Truth::No)
    }

    /// A hang or the end of the process.
    pub(super) fn hang<T>(&mut self, call: &str) -> Eval<T> {
        self.halt(HaltKind::Hang, call)
    }
}

/// Whether a handler is, by its spelling, there for a failing import.
fn catches_imports(handler: &ExceptHandler) -> bool {
    use ruff_python_ast::Expr;
    let named = |expr: &Expr| {
        let name = match expr {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => "",
        };
        matches!(name, "ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException")
    };
    let ExceptHandler::ExceptHandler(handler) = handler;
    match handler.type_.as_deref() {
        None => true,
        Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(named),
        Some(expr) => named(expr),
    }
}

/// What a context manager lets pass.
struct Expectation {
    classes: Value,
    /// `pytest.raises` fails where nothing is raised.
    must_raise: bool,
    /// Whether it is not known if it lets them pass.
    maybe: bool,
}

/// The values of the `return` statements in a function's body.
fn returned<'s>(body: &'s [Stmt], into: &mut Vec<Option<&'s ruff_python_ast::Expr>>) {
    for stmt in body {
        match stmt {
            Stmt::Return(stmt) => into.push(stmt.value.as_deref()),
            Stmt::If(stmt) => {
                returned(&stmt.body, into);
                for clause in &stmt.elif_else_clauses {
                    returned(&clause.body, into);
                }
            }
            Stmt::For(stmt) => {
                returned(&stmt.body, into);
                returned(&stmt.orelse, into);
            }
            Stmt::While(stmt) => {
                returned(&stmt.body, into);
                returned(&stmt.orelse, into);
            }
            Stmt::With(stmt) => returned(&stmt.body, into),
            Stmt::Try(stmt) => {
                returned(&stmt.body, into);
                returned(&stmt.orelse, into);
                returned(&stmt.finalbody, into);
                for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                    returned(&handler.body, into);
                }
            }
            Stmt::Match(stmt) => stmt.cases.iter().for_each(|case| returned(&case.body, into)),
            _ => {}
        }
    }
}
