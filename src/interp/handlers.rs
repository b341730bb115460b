//! `try`, `raise` and context managers: which handler catches what.

use std::sync::Arc;

use ruff_python_ast::{ExceptHandler, ExceptHandlerExceptHandler, Expr, Stmt, StmtTry};
use ruff_text_size::{Ranged as _, TextRange};

use super::flow::{Eval, Flow, Stop, Way};
use super::protocol::Special;
use super::{
    Catching, Cause, EventKind, Guard, HaltKind, Instance, Interp, Object, Payload, Raised, Site, Step,
    StepKind, Truth, Value, span,
};
use crate::environment::PythonVersion;
use crate::interp::call::Args;

impl<'a> Interp<'a> {
    pub(super) fn exec_try(&mut self, stmt: &'a StmtTry) -> Eval<Flow> {
        let base = self.pending.len();
        let result =
            if stmt.handlers.is_empty() { self.exec_block(&stmt.body) } else { self.exec_guarded(stmt) };
        if stmt.finalbody.is_empty() {
            return result;
        }
        // every way that leaves the statement runs `finally`, in its own state
        let ways = self.take_pending(base, |way| !matches!(way, Way::Stop(Stop::Halt(_) | Stop::Budget)));
        let mut main = self.exec_finally(stmt, result);
        for pending in ways.into_iter().rev() {
            main = self.also(main, pending, |interp, way| interp.exec_finally(stmt, way.into_result()));
        }
        main
    }

    /// `finally`, and then on as before unless it goes another way itself.
    fn exec_finally(&mut self, stmt: &'a StmtTry, before: Eval<Flow>) -> Eval<Flow> {
        if matches!(before, Err(Stop::Halt(_) | Stop::Budget)) {
            return before;
        }
        let position = self.frame().position;
        match self.exec_block(&stmt.finalbody)? {
            Flow::Next => {
                self.frame_mut().position = position;
                before
            }
            flow => Ok(flow),
        }
    }

    fn exec_guarded(&mut self, stmt: &'a StmtTry) -> Eval<Flow> {
        let base = self.pending.len();
        self.catching.push(Catching { base, guard: guard_of(&stmt.handlers) });
        let result = self.exec_block(&stmt.body);
        self.catching.pop();
        let raised = self.take_pending(base, |way| matches!(way, Way::Stop(Stop::Raise(_))));
        let mut main = match result {
            Err(Stop::Raise(raised)) if stmt.is_star => self.handle_group(*raised, &stmt.handlers),
            Ok(Flow::Next) => self.exec_block(&stmt.orelse),
            Ok(flow) => Ok(flow),
            Err(stop) => self.handle(stop, &stmt.handlers),
        };
        for pending in raised.into_iter().rev() {
            main = self.also(main, pending, |interp, way| match way.into_result() {
                Err(stop) => interp.handle(stop, &stmt.handlers),
                flow => flow,
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
                self.check_caught(&classes)?;
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

    /// `except*`: which parts of a group a handler sees is not followed.
    fn handle_group(&mut self, raised: Raised, handlers: &'a [ExceptHandler]) -> Eval<Flow> {
        if self.derives(&raised.class, "builtins.BaseExceptionGroup") == Truth::No {
            return self.handle(Stop::Raise(Box::new(raised)), handlers);
        }
        let Some((ExceptHandler::ExceptHandler(handler), rest)) = handlers.split_first() else {
            return self.fork(|_| Ok(Flow::Next), |_| Err(Stop::Raise(Box::new(raised))));
        };
        let mut part = raised.clone();
        part.value = Value::Unknown;
        let flow =
            self.fork(|_| Ok(Flow::Next), |interp| interp.run_handler(handler, part).map(|_| Flow::Next));
        flow.and_then(|_| self.handle_group(raised, rest))
    }

    /// What stands behind `except` must be exceptions.
    fn check_caught(&mut self, classes: &Value) -> Eval<()> {
        let parts = match classes {
            Value::Tuple(parts) => parts.to_vec(),
            single => vec![single.clone()],
        };
        for part in parts {
            let odd = match self.object(&part) {
                Some(Object::Class(_)) => self.derives(&part, "builtins.BaseException") == Truth::No,
                _ => match &part {
                    Value::Extern(external) => super::models::is_mock(&external.path),
                    _ => self.is_builtin_value(&part),
                },
            };
            if odd {
                return self
                    .type_error("catching classes that do not inherit from BaseException is not allowed");
            }
        }
        Ok(())
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
            let innermost = raised.trace.0.iter().rev().find(|step| step.kind != StepKind::Branch);
            if let (Some(id), Some(step)) = (raised.value.as_id(), innermost) {
                self.caught.insert(id, step.clone());
            }
        }
        let depth = self.frame().branches.len();
        self.frame_mut().branches.push(head);
        self.handling.push(raised);
        self.handler_heads.push(head);
        let handed_over = self.handed_over;
        let result = self.exec_block(&handler.body);
        self.handler_heads.pop();
        let raised = self.handling.pop();
        if let (Some(raised), Ok(Flow::Next)) = (raised, &result)
            && self.handed_over > handed_over
            && ends_with_decision(&handler.body)
        {
            // `except ImportError as error: complain(error)` may be all of the handler because it raises
            self.perhaps(Stop::Raise(Box::new(Raised { certain: false, ..raised })));
        }
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

    /// `except ImportError: raise OtherError(…)` raises as certainly as the import failed, whatever became of values
    /// before.
    pub(super) fn as_certain(&mut self, stop: Stop) -> Stop {
        let is_direct = self.frame().branches.last() == self.handler_heads.last();
        let missing = |raised: &&Raised| matches!(raised.cause, Cause::MissingModule { .. });
        let Some(handled) = self.handling.last().filter(missing).filter(|_| is_direct) else { return stop };
        let certain = handled.certain && self.is_certain();
        let Stop::Raise(mut raised) = stop else { return stop };
        raised.certain |= certain;
        self.answers.extend(raised.value.as_id());
        Stop::Raise(raised)
    }

    /// `raise value`.
    pub(super) fn raise_object(&mut self, value: &Value) -> Eval<Flow> {
        let (class, value) = match self.object(value) {
            Some(Object::Instance(instance)) => (instance.class.clone(), value.clone()),
            Some(Object::Class(_)) => {
                if self.derives(value, "builtins.BaseException") == Truth::No {
                    return self.type_error("exceptions must derive from BaseException");
                }
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
                _ if self.is_builtin_value(value) => {
                    return self.type_error("exceptions must derive from BaseException");
                }
                _ => (Value::Unknown, value.clone()),
            },
        };
        if class.as_id().is_some() && self.derives(&class, "builtins.BaseException") == Truth::No {
            return self.type_error("exceptions must derive from BaseException");
        }
        let message = self.str_value(&value)?;
        let cause = self.cause_of(&class, &value);
        let before = self.innermost_of_caught(&value);
        let mut raised = self.raise_value(class, value, message, cause);
        if let Err(Stop::Raise(raised)) = &mut raised {
            raised.trace.0.extend(before);
        }
        raised
    }

    /// The traceback of an exception that was caught stays with it: `except ImportError as e: raise e` still ends
    /// where it was raised first.
    fn innermost_of_caught(&self, value: &Value) -> Option<Step> {
        self.caught.get(&value.as_id()?).cloned()
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
        if self.enter_patch(manager)? {
            return Ok(Value::Unknown);
        }
        match self.object(manager) {
            Some(Object::Instance(instance)) if instance.class.as_id().is_some() => {
                match self.special(manager, "__enter__")? {
                    Special::Method(method) => self.call(&method, Args::default()),
                    Special::Missing if self.is_decided(manager) => self.no_manager(manager),
                    Special::Missing | Special::Unknown => {
                        self.may_raise_anything();
                        Ok(Value::Unknown)
                    }
                }
            }
            Some(Object::Instance(Instance {
                payload: Payload::Expects { .. } | Payload::Path(_), ..
            })) => Ok(manager.clone()),
            Some(Object::Instance(instance)) if instance.class.is_extern("io.TextIOWrapper") => {
                Ok(manager.clone())
            }
            _ if self.is_builtin_value(manager) => self.no_manager(manager),
            _ => {
                self.may_raise_anything();
                Ok(match manager {
                    Value::Extern(external) => Value::computed(&external.path),
                    _ => Value::Unknown,
                })
            }
        }
    }

    fn no_manager<T>(&mut self, manager: &Value) -> Eval<T> {
        if self.environment.python >= PythonVersion::new(3, 11) {
            let kind = self.type_name(manager);
            return self.type_error(format!("'{kind}' object does not support the context manager protocol"));
        }
        self.raise("AttributeError", "__enter__", Cause::Python)
    }

    /// Runs the block of a `with` statement, and what its manager makes of an exception.
    pub(super) fn exec_managed(
        &mut self,
        manager: &Value,
        run: impl FnOnce(&mut Self) -> Eval<Flow>,
    ) -> Eval<Flow> {
        let filters = self.enter_filters(manager);
        let result = self.exec_held(manager, run);
        self.leave_filters(filters);
        result
    }

    fn exec_held(&mut self, manager: &Value, run: impl FnOnce(&mut Self) -> Eval<Flow>) -> Eval<Flow> {
        if let Some(exit) = self.interpreted_exit(manager)? {
            return self.exec_with_exit(&exit, run);
        }
        let Some(expected) = self.expectation(manager) else {
            let result = run(self);
            self.leave_patch(manager);
            return result;
        };
        let position = self.frame().position;
        let base = self.pending.len();
        self.catching.push(Catching { base, guard: Guard::None });
        let result = run(self);
        self.catching.pop();
        let raised = self.take_pending(base, |way| matches!(way, Way::Stop(Stop::Raise(_))));
        let certain_to_pass = result.is_ok() && raised.is_empty();
        let mut main = match result {
            Err(Stop::Raise(raised)) => self.swallow(&expected, raised),
            Ok(Flow::Next) if certain_to_pass && expected.must_raise && !expected.maybe => {
                let classes = self.repr_of(&expected.classes).unwrap_or_else(|| "exception".to_owned());
                self.frame_mut().position = position;
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
        if let Value::Extern(external) = manager
            && matches!(&*external.path, "contextlib.ExitStack" | "contextlib.AsyncExitStack")
        {
            // it may hold a `suppress`
            let classes = Value::builtin("BaseException");
            return Some(Expectation { classes, must_raise: false, maybe: true });
        }
        match self.object(manager)? {
            Object::Instance(Instance { payload: Payload::Expects { classes, must_raise }, .. }) => {
                Some(Expectation { classes: classes.clone(), must_raise: *must_raise, maybe: false })
            }
            _ => None,
        }
    }

    fn interpreted_exit(&mut self, manager: &Value) -> Eval<Option<Value>> {
        match self.object(manager) {
            Some(Object::Instance(instance)) if instance.class.as_id().is_some() => {
                match self.special(manager, "__exit__")? {
                    Special::Method(method) => Ok(Some(method)),
                    Special::Missing | Special::Unknown => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    /// Runs the block of a `with` statement whose manager has an interpreted `__exit__`.
    fn exec_with_exit(&mut self, exit: &Value, run: impl FnOnce(&mut Self) -> Eval<Flow>) -> Eval<Flow> {
        let base = self.pending.len();
        self.catching.push(Catching { base, guard: Guard::None });
        let result = run(self);
        self.catching.pop();
        let raised = self.take_pending(base, |way| matches!(way, Way::Stop(Stop::Raise(_))));
        let mut main = match result {
            Ok(flow) => {
                self.call(exit, Args::of([Value::None, Value::None, Value::None]))?;
                Ok(flow)
            }
            Err(Stop::Raise(raised)) => self.leave(exit, raised),
            other => other,
        };
        for pending in raised.into_iter().rev() {
            main = self.also(main, pending, |interp, way| match way {
                Way::Stop(Stop::Raise(raised)) => interp.leave(exit, raised),
                Way::Stop(stop) => Err(stop),
                Way::Return(value) => Ok(Flow::Return(value)),
                Way::Break => Ok(Flow::Break),
                Way::Continue => Ok(Flow::Continue),
            });
        }
        main
    }

    /// `__exit__(class, exception, traceback)`: whether it lets the exception pass.
    fn leave(&mut self, exit: &Value, raised: Box<Raised>) -> Eval<Flow> {
        let args = Args::of([raised.class.clone(), raised.value.clone(), Value::Unknown]);
        let position = self.frame().position;
        let result = self.call(exit, args)?;
        self.frame_mut().position = position;
        match self.truth(&result)? {
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

    /// A hang or the end of the process.
    pub(super) fn hang<T>(&mut self, call: &str) -> Eval<T> {
        self.halt(HaltKind::Hang, call)
    }
}

/// What handlers mean for a failing import in their `try`.
fn guard_of(handlers: &[ExceptHandler]) -> Guard {
    let raises = |ExceptHandler::ExceptHandler(handler): &ExceptHandler| {
        matches!(handler.body.last(), Some(Stmt::Raise(_)))
    };
    if !handlers.iter().any(catches_imports) {
        Guard::None
    } else if handlers.iter().all(raises) {
        Guard::Insistent
    } else {
        Guard::Handler
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

/// Whether the last that a handler does is to call a function which is not named like one that only tells.
fn ends_with_decision(body: &[Stmt]) -> bool {
    const TELLING: [&str; 10] =
        ["print", "log", "debug", "info", "warning", "warn", "error", "exception", "critical", "echo"];
    let Some(Stmt::Expr(last)) = body.last() else { return false };
    let Expr::Call(call) = &*last.value else { return false };
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    !TELLING.contains(&name)
}
