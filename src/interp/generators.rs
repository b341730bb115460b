//! Generators: who takes what they yield, and when they run.
//!
//! The interpreter cannot put a running function aside. It turns the matter round instead: what takes the
//! items of a generator (the body of a `for` loop, the block of a `with` statement) runs where the generator
//! yields, with the generator's frames put aside.

use std::sync::Arc;

use ruff_python_ast::{Expr, ExprGenerator, Stmt, WithItem};

use super::flow::{Eval, Flow, Stop};
use super::loops::Rounds;
use super::{
    Cause, Code, Frame, FrameKind, Generator, GeneratorKind, Id, Instance, Interp, Namespace, Object,
    Payload, Truth, Value,
};
use crate::syntax::ParsedFile;

/// Items of one generator that are taken one after the other, before nothing is known of the rest.
const MOST: usize = 1_000;

/// A generator expression that has not run.
#[derive(Clone, Debug)]
pub struct Lazy<'a> {
    pub(super) node: &'a ExprGenerator,
    pub(super) names: Id,
    pub(super) module: Id,
    pub(super) closure: Arc<[Id]>,
    pub(super) file: &'a ParsedFile,
    pub(super) class_body: bool,
    pub(super) class: Option<Id>,
    pub(super) receiver: Option<Value>,
    /// What its first `for` iterates over, evaluated where it stands.
    pub(super) first: Value,
}

/// Who takes what a generator yields.
pub(super) struct Taker<'a> {
    consumer: Consumer<'a>,
    /// How many branches around it may or may not run.
    maybe: usize,
    /// Whether what it yields, and how often, is known.
    certain: bool,
    /// Whether the taker ended it.
    ended: bool,
}

enum Consumer<'a> {
    /// All items; until one has this truth, where it is given (`any`, `all`).
    Collect {
        items: Vec<Value>,
        until: Option<bool>,
    },
    /// It is run to its end; what it is sent is not known.
    Foreign,
    /// A single item: `next(…)`.
    First {
        item: Option<Value>,
    },
    Loop {
        target: &'a Expr,
        body: &'a [Stmt],
        base: usize,
        place: usize,
        rounds: Option<Eval<Rounds>>,
    },
    Block {
        block: Block<'a>,
        place: usize,
        flow: Option<Flow>,
        entered: bool,
    },
}

/// `with manager as target, rest: body`, from the target on.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    pub target: Option<&'a Expr>,
    pub rest: &'a [WithItem],
    pub body: &'a [Stmt],
}

/// What running a generator for its items gave.
pub(super) struct Collected {
    /// `None` where they are not known.
    pub items: Option<Vec<Value>>,
    /// What it raised after them.
    pub stop: Option<Stop>,
    /// There may be more.
    pub cut: bool,
}

impl<'a> Interp<'a> {
    fn taker(&self, consumer: Consumer<'a>) -> Taker<'a> {
        Taker { consumer, maybe: self.maybe, certain: true, ended: false }
    }

    /// What `yield value` evaluates to.
    pub(super) fn yield_value(&mut self, value: Value) -> Eval {
        let takes = |frame: &Frame<'a>| frame.kind != FrameKind::Inline || frame.taker.is_some();
        let Some(place) = self.frames.iter().rposition(takes) else { return Ok(Value::Unknown) };
        let Some(mut taker) = self.frames[place].taker.take() else { return Ok(Value::Unknown) };
        let result = self.give(&mut taker, value);
        if let Some(frame) = self.frames.get_mut(place) {
            frame.taker = Some(taker);
        }
        result
    }

    fn give(&mut self, taker: &mut Taker<'a>, value: Value) -> Eval {
        if taker.ended {
            return self.close_generator();
        }
        if self.maybe > taker.maybe {
            taker.certain = false;
        }
        match &mut taker.consumer {
            Consumer::Collect { items, until } => {
                let done = match *until {
                    Some(until) => {
                        let truth = self.plain_truth(&value);
                        truth == Truth::from(until)
                    }
                    None => false,
                };
                items.push(value);
                if done || items.len() >= MOST {
                    taker.ended = true;
                    return self.close_generator();
                }
                Ok(Value::None)
            }
            Consumer::Foreign => Ok(Value::Unknown),
            Consumer::First { item } => {
                *item = Some(value);
                taker.ended = true;
                self.close_generator()
            }
            Consumer::Loop { target, body, base, place, rounds } => {
                let (target, body, base) = (*target, *body, *base);
                let parked = self.park(*place);
                let round = match self.assign(target, value) {
                    Ok(()) => self.round(body, base),
                    Err(stop) => Err(stop),
                };
                self.unpark(parked);
                *rounds = match round {
                    Ok(None) => return Ok(Value::None),
                    Ok(Some(ended)) => Some(Ok(ended)),
                    Err(stop) => Some(Err(stop)),
                };
                taker.ended = true;
                self.close_generator()
            }
            Consumer::Block { block, place, flow, entered } => {
                if *entered && self.maybe == taker.maybe {
                    return self.raise("RuntimeError", "generator didn't stop", Cause::Python);
                }
                *entered = true;
                let block = *block;
                let parked = self.park(*place);
                let result = self.run_block(block, value);
                self.unpark(parked);
                match result {
                    Ok(ended) => {
                        *flow = Some(ended);
                        Ok(Value::None)
                    }
                    Err(stop) => Err(stop),
                }
            }
        }
    }

    fn run_block(&mut self, block: Block<'a>, entered: Value) -> Eval<Flow> {
        if let Some(target) = block.target {
            self.assign(target, entered)?;
        }
        self.exec_with_items(block.rest, block.body)
    }

    /// Puts the frames above one aside, while that one goes on.
    fn park(&mut self, place: usize) -> Vec<Frame<'a>> {
        let parked = self.frames.split_off((place + 1).min(self.frames.len()));
        self.parked += parked.len();
        parked
    }

    fn unpark(&mut self, parked: Vec<Frame<'a>>) {
        self.parked -= parked.len();
        self.frames.extend(parked);
    }

    /// `generator.close()` raises `GeneratorExit` where the generator yields.
    fn close_generator<T>(&mut self) -> Eval<T> {
        self.raise("GeneratorExit", "", Cause::Python)
    }

    /// Runs a generator to its end, or to where its taker ends it; gives what it returns.
    fn run_generator(&mut self, id: Id, taker: Taker<'a>) -> (Eval, Taker<'a>) {
        let Object::Generator(generator) = self.heap.get(id) else { return (Ok(Value::Unknown), taker) };
        let generator = generator.clone();
        if let Object::Generator(used) = self.heap.change(id) {
            used.body = None;
            used.lazy = None;
        }
        let (result, taker) = match (generator.body, generator.lazy) {
            (Some((function, scope)), _) => self.run_body_for(function, scope, taker),
            (None, Some(lazy)) => self.run_lazy(&lazy, taker),
            (None, None) => (Ok(Value::None), taker),
        };
        match result {
            Err(Stop::Raise(raised)) if taker.ended && raised.class.is_extern("builtins.GeneratorExit") => {
                (Ok(Value::None), taker)
            }
            result => (result, taker),
        }
    }

    fn run_body_for(&mut self, function: Id, scope: Id, taker: Taker<'a>) -> (Eval, Taker<'a>) {
        let maybe = taker.maybe;
        match self.run_body(function, scope, Some(taker)) {
            (result, Some(taker)) => (result, taker),
            // NOTE: the frame gives back the taker that it was given, unless it could not begin
            (result, None) => {
                let consumer = Consumer::First { item: None };
                (result, Taker { consumer, maybe, certain: false, ended: false })
            }
        }
    }

    fn run_lazy(&mut self, lazy: &Lazy<'a>, taker: Taker<'a>) -> (Eval, Taker<'a>) {
        let maybe = taker.maybe;
        let mut closure = lazy.closure.to_vec();
        if !lazy.class_body {
            closure.push(lazy.names);
        }
        let names = self.heap.add(Object::Scope(Namespace::default()));
        let position = self.frames.last().map_or_else(Default::default, |frame| frame.position);
        self.frames.push(Frame {
            kind: FrameKind::Inline,
            names,
            module: lazy.module,
            closure: closure.into(),
            file: lazy.file,
            position,
            branches: Vec::new(),
            title: Arc::from("<genexpr>"),
            scope: None,
            class: lazy.class,
            receiver: lazy.receiver.clone(),
            taker: Some(taker),
            prefix: Arc::from(""),
            class_body: false,
            unique_names: false,
        });
        let result = self.run_lazy_clauses(lazy);
        let taker = self.frames.pop().and_then(|frame| frame.taker);
        match taker {
            Some(taker) => (result, taker),
            None => {
                let consumer = Consumer::First { item: None };
                (result, Taker { consumer, maybe, certain: false, ended: false })
            }
        }
    }

    fn run_lazy_clauses(&mut self, lazy: &Lazy<'a>) -> Eval {
        let node = lazy.node;
        let known = self.run_clauses(&node.generators, &lazy.first, &mut |interp| {
            let value = interp.eval(&node.elt)?;
            interp.yield_value(value).map(drop)
        })?;
        if !known && let Some(taker) = self.frames.last_mut().and_then(|frame| frame.taker.as_mut()) {
            taker.certain = false;
        }
        Ok(Value::None)
    }

    /// The items that a generator gives.
    pub(super) fn collect_generator(&mut self, id: Id, until: Option<bool>) -> Eval<Collected> {
        self.refuse_asynchronous(id)?;
        let before = self.pending.len();
        let taker = self.taker(Consumer::Collect { items: Vec::new(), until });
        let (result, taker) = self.run_generator(id, taker);
        let Consumer::Collect { items, .. } = taker.consumer else {
            return Ok(Collected { items: None, stop: result.err(), cut: false });
        };
        // what may have ended it early may have left items out
        let certain = taker.certain && self.pending.len() == before;
        let cut = taker.ended && until.is_none();
        Ok(Collected { items: certain.then_some(items), stop: result.err(), cut })
    }

    /// Runs a generator that other code than Python's own drives: pluggy, a hook that wraps others.
    pub(super) fn run_foreign_generator(&mut self, generator: &Value) -> Eval<()> {
        let Some(id) = generator.as_id().filter(|&id| matches!(self.heap.get(id), Object::Generator(_)))
        else {
            return Ok(());
        };
        self.refuse_asynchronous(id)?;
        let taker = self.taker(Consumer::Foreign);
        self.run_generator(id, taker).0.map(drop)
    }

    fn refuse_asynchronous(&mut self, id: Id) -> Eval<()> {
        let Object::Generator(generator) = self.heap.get(id) else { return Ok(()) };
        let kind = match generator.kind {
            GeneratorKind::Generator => return Ok(()),
            GeneratorKind::Coroutine => "coroutine",
            GeneratorKind::AsyncGenerator => "async_generator",
        };
        self.type_error(format!("'{kind}' object is not iterable"))
    }

    /// `next(generator)`, the first time; `None` where it is at its end. Nothing is known of the rest.
    pub(super) fn first_of_generator(&mut self, id: Id) -> Eval<Option<Value>> {
        let Object::Generator(generator) = self.heap.get(id) else { return Ok(Some(Value::Unknown)) };
        if generator.kind != GeneratorKind::Generator {
            return Ok(Some(Value::Unknown));
        }
        if generator.body.is_none() && generator.lazy.is_none() {
            return Ok(None);
        }
        let taker = self.taker(Consumer::First { item: None });
        let (result, taker) = self.run_generator(id, taker);
        let Consumer::First { item } = taker.consumer else { return Ok(Some(Value::Unknown)) };
        result?;
        if item.is_some() {
            let class = Value::external("types.GeneratorType");
            *self.heap.change(id) = Object::Instance(Instance {
                class,
                attributes: Namespace::default(),
                payload: Payload::Iterator(None),
            });
        }
        Ok(if taker.certain { item } else { Some(Value::Unknown) })
    }

    /// `yield from value`
    pub(super) fn yield_from(&mut self, value: &Value) -> Eval {
        let generator = value.as_id().filter(|&id| {
            matches!(self.heap.get(id), Object::Generator(Generator { kind: GeneratorKind::Generator, .. }))
        });
        let Some(id) = generator else {
            match self.iterate(value)? {
                Some(items) => {
                    for item in items {
                        self.yield_value(item)?;
                    }
                    return Ok(Value::None);
                }
                None => {
                    self.doubt_yields();
                    self.yield_value(Value::Unknown)?;
                    return Ok(Value::Unknown);
                }
            }
        };
        let takes = |frame: &Frame<'a>| frame.kind != FrameKind::Inline || frame.taker.is_some();
        let Some(place) = self.frames.iter().rposition(takes) else { return Ok(Value::Unknown) };
        let Some(taker) = self.frames[place].taker.take() else { return Ok(Value::Unknown) };
        if matches!(taker.consumer, Consumer::Loop { .. }) && self.is_guarded(id) {
            self.frames[place].taker = Some(taker);
            let collected = self.collect_generator(id, None)?;
            match collected.items {
                Some(items) => {
                    for item in items {
                        self.yield_value(item)?;
                    }
                }
                None => self.doubt_yields(),
            }
            return collected.stop.map_or(Ok(Value::Unknown), Err);
        }
        let (result, taker) = self.run_generator(id, taker);
        let ended = taker.ended;
        if let Some(frame) = self.frames.get_mut(place) {
            frame.taker = Some(taker);
        }
        let value = result?;
        if ended { self.close_generator() } else { Ok(value) }
    }

    /// Nothing is known of how often the running generator yields.
    fn doubt_yields(&mut self) {
        let taker = self.frames.iter_mut().rev().find_map(|frame| frame.taker.as_mut());
        if let Some(taker) = taker {
            taker.certain = false;
        }
    }

    /// Whether a generator has handlers: then what the body of a loop over it raises must not be seen
    /// by them.
    fn is_guarded(&self, id: Id) -> bool {
        let Object::Generator(Generator { body: Some((function, _)), .. }) = self.heap.get(id) else {
            return false;
        };
        match self.heap.get(*function) {
            Object::Function(function) => match function.code {
                Code::Def(def) => has_handlers(&def.body),
                Code::Lambda(_) => false,
            },
            _ => false,
        }
    }

    /// The generator that a `for` loop can run as it goes.
    pub(super) fn drivable(&self, iterable: &Value) -> Option<Id> {
        let id = iterable.as_id()?;
        let Object::Generator(generator) = self.heap.get(id) else { return None };
        let fresh = generator.body.is_some() || generator.lazy.is_some();
        (generator.kind == GeneratorKind::Generator && fresh && !self.is_guarded(id)).then_some(id)
    }

    /// Runs the body of a `for` loop for each item that a generator yields, as it yields it.
    pub(super) fn drive_loop(
        &mut self,
        id: Id,
        target: &'a Expr,
        body: &'a [Stmt],
        base: usize,
    ) -> Eval<Rounds> {
        let place = self.frames.len().saturating_sub(1);
        let taker = self.taker(Consumer::Loop { target, body, base, place, rounds: None });
        let (result, taker) = self.run_generator(id, taker);
        match taker.consumer {
            Consumer::Loop { rounds: Some(rounds), .. } => rounds,
            _ => result.map(|_| Rounds::Done),
        }
    }

    /// Runs the block of a `with` statement where the generator of its `@contextmanager` yields.
    pub(super) fn drive_block(&mut self, id: Id, block: Block<'a>) -> Eval<Flow> {
        let place = self.frames.len().saturating_sub(1);
        let taker = self.taker(Consumer::Block { block, place, flow: None, entered: false });
        let (result, taker) = self.run_generator(id, taker);
        let Consumer::Block { flow, entered, .. } = taker.consumer else {
            return result.map(|_| Flow::Next);
        };
        result?;
        if !entered {
            return self.raise("RuntimeError", "generator didn't yield", Cause::Python);
        }
        // where there is none the generator swallowed what the block raised
        Ok(flow.unwrap_or(Flow::Next))
    }

    /// The generator of a `@contextmanager` function's call.
    pub(super) fn managed_generator(&self, manager: &Value) -> Option<Id> {
        let Some(Object::Instance(instance)) = self.object(manager) else { return None };
        if !instance.class.is_extern("contextlib._GeneratorContextManager") {
            return None;
        }
        let id = instance.attributes.value("gen")?.as_id()?;
        matches!(self.heap.get(id), Object::Generator(generator) if generator.body.is_some()).then_some(id)
    }

    /// Awaits a coroutine, as `asyncio.run` does.
    pub(super) fn run_coroutine(&mut self, value: &Value) -> Eval {
        let Some(Object::Generator(Generator {
            kind: GeneratorKind::Coroutine,
            body: Some((function, scope)),
            ..
        })) = self.object(value)
        else {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        };
        let (function, scope) = (*function, *scope);
        self.awaiting += 1;
        let result = self.run_body(function, scope, None).0;
        self.awaiting -= 1;
        result
    }

    /// Whether a coroutine runs.
    pub(super) fn is_awaiting(&self) -> bool {
        self.awaiting > 0
    }
}

/// Whether there are handlers or context managers among some statements.
fn has_handlers(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::Try(_) | Stmt::With(_) => true,
        Stmt::If(stmt) => {
            has_handlers(&stmt.body) || stmt.elif_else_clauses.iter().any(|clause| has_handlers(&clause.body))
        }
        Stmt::For(stmt) => has_handlers(&stmt.body) || has_handlers(&stmt.orelse),
        Stmt::While(stmt) => has_handlers(&stmt.body) || has_handlers(&stmt.orelse),
        Stmt::Match(stmt) => stmt.cases.iter().any(|case| has_handlers(&case.body)),
        _ => false,
    })
}
