//! `for` and `while`.

use ruff_python_ast::{Expr, Stmt, StmtFor, StmtWhile};

use super::budget::{DOUBTFUL_ROUNDS, ITEMS, LOOP};
use super::flow::{Eval, Flow, Stop, Way};
use super::{GeneratorKind, Interp, Object, Truth, Value};

/// How a loop's rounds ended.
pub(super) enum Rounds {
    /// All of them ran: `else` follows.
    Done,
    /// `break`.
    Broken,
    /// `return`.
    Returned(Value),
}

impl<'a> Interp<'a> {
    pub(super) fn exec_for(&mut self, stmt: &'a StmtFor) -> Eval<Flow> {
        let iterable = self.eval(&stmt.iter)?;
        self.at(&*stmt.iter);
        if stmt.is_async && !self.take_asynchronous(&iterable) {
            return self.exec_some_rounds(
                |interp| interp.assign(&stmt.target, Value::Unknown),
                &stmt.body,
                &stmt.orelse,
            );
        }
        if let Some(generator) = self.drivable(&iterable) {
            let base = self.pending.len();
            let rounds = self.drive_loop(generator, &stmt.target, &stmt.body, base);
            return self.end_loop(rounds, base, &stmt.orelse);
        }
        let (items, stop) = self.loop_items(&iterable)?;
        self.at(stmt);
        match items {
            Some(items) if items.len() <= ITEMS => {
                let base = self.pending.len();
                let rounds = self.run_items(items, &stmt.target, &stmt.body, base);
                let rounds = match (rounds, stop) {
                    (Ok(Rounds::Done), Some(stop)) => Err(stop),
                    (rounds, _) => rounds,
                };
                self.end_loop(rounds, base, &stmt.orelse)
            }
            _ => self.exec_some_rounds(
                |interp| interp.assign(&stmt.target, Value::Unknown),
                &stmt.body,
                &stmt.orelse,
            ),
        }
    }

    /// `async for` takes an asynchronous generator as `for` takes a plain one. Other things are not followed.
    pub(super) fn take_asynchronous(&mut self, iterable: &Value) -> bool {
        let Some(id) = iterable.as_id() else { return false };
        let is_generator = matches!(self.heap.get(id), Object::Generator(generator) if generator.kind == GeneratorKind::AsyncGenerator);
        if is_generator && let Object::Generator(generator) = self.heap.change(id) {
            generator.kind = GeneratorKind::Generator;
        }
        is_generator
    }

    /// The items that a loop runs over, and what the generator that gives them raises after them.
    fn loop_items(&mut self, iterable: &Value) -> Eval<(Option<Vec<Value>>, Option<Stop>)> {
        if let Some(id) = iterable.as_id()
            && matches!(self.heap.get(id), Object::Generator(_))
        {
            let collected = self.collect_generator(id, None)?;
            let items = collected.items.filter(|_| !collected.cut);
            return Ok((items, collected.stop));
        }
        Ok((self.iterate(iterable)?, None))
    }

    fn run_items(
        &mut self,
        items: Vec<Value>,
        target: &'a Expr,
        body: &'a [Stmt],
        base: usize,
    ) -> Eval<Rounds> {
        for item in items {
            self.assign(target, item)?;
            if let Some(rounds) = self.round(body, base)? {
                return Ok(rounds);
            }
        }
        Ok(Rounds::Done)
    }

    /// One round; `Some` where the loop ends with it.
    pub(super) fn round(&mut self, body: &'a [Stmt], base: usize) -> Eval<Option<Rounds>> {
        let flow = self.exec_block(body);
        let mut main = flow.map(|flow| if matches!(flow, Flow::Continue) { Flow::Next } else { flow });
        for pending in self.take_pending(base, |way| matches!(way, Way::Continue)).into_iter().rev() {
            main = self.also(main, pending, |_, _| Ok(Flow::Next));
        }
        Ok(match main? {
            Flow::Next | Flow::Continue => None,
            Flow::Break => Some(Rounds::Broken),
            Flow::Return(value) => Some(Rounds::Returned(value)),
        })
    }

    fn end_loop(&mut self, rounds: Eval<Rounds>, base: usize, orelse: &'a [Stmt]) -> Eval<Flow> {
        let mut main = match rounds {
            Ok(Rounds::Done) => self.exec_block(orelse),
            Ok(Rounds::Broken) => Ok(Flow::Next),
            Ok(Rounds::Returned(value)) => Ok(Flow::Return(value)),
            Err(stop) => Err(stop),
        };
        for pending in
            self.take_pending(base, |way| matches!(way, Way::Break | Way::Continue)).into_iter().rev()
        {
            main = self.also(main, pending, |_, _| Ok(Flow::Next));
        }
        main
    }

    /// The body runs any number of times, or never.
    fn exec_some_rounds(
        &mut self,
        begin: impl FnOnce(&mut Self) -> Eval<()>,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
    ) -> Eval<Flow> {
        let mark = self.heap.mark();
        let base = self.pending.len();
        let result = self.fork(
            |interp| {
                begin(interp)?;
                match interp.exec_block(body)? {
                    Flow::Return(value) => Ok(Flow::Return(value)),
                    Flow::Next | Flow::Break | Flow::Continue => Ok(Flow::Next),
                }
            },
            |_| Ok(Flow::Next),
        );
        let mut main = result;
        for pending in
            self.take_pending(base, |way| matches!(way, Way::Break | Way::Continue)).into_iter().rev()
        {
            main = self.also(main, pending, |_, _| Ok(Flow::Next));
        }
        self.heap.forget(&mark);
        self.heap.close(mark);
        match main? {
            Flow::Next if !orelse.is_empty() => {
                self.fork(|interp| interp.exec_block(orelse), |_| Ok(Flow::Next))
            }
            flow => Ok(flow),
        }
    }

    fn some_more_rounds(&mut self, stmt: &'a StmtWhile) -> Eval<Flow> {
        let test = &*stmt.test;
        self.exec_some_rounds(|interp| interp.eval(test).map(drop), &stmt.body, &stmt.orelse)
    }

    pub(super) fn exec_while(&mut self, stmt: &'a StmtWhile) -> Eval<Flow> {
        let base = self.pending.len();
        let mut doubtful = 0;
        for _ in 0..LOOP {
            self.at(&*stmt.test);
            let mark = self.heap.mark();
            let condition = self.eval(&stmt.test)?;
            match self.truth(&condition)? {
                Truth::No => {
                    self.heap.close(mark);
                    return self.end_loop(Ok(Rounds::Done), base, &stmt.orelse);
                }
                Truth::Maybe => {
                    self.heap.close(mark);
                    return self.some_more_rounds(stmt);
                }
                Truth::Yes => {}
            }
            let (ways, calls) = (self.pending.len(), self.opaque_calls);
            let round = self.round(&stmt.body, base);
            let still = !self.heap.changed_since(&mark) && self.pending.len() == ways;
            self.heap.close(mark);
            match round {
                Ok(None) if still && self.opaque_calls == calls => {
                    // nothing changed, so nothing ever will
                    self.at(stmt);
                    return self.hang("while");
                }
                Ok(None) => {
                    doubtful += usize::from(self.pending.len() > ways);
                    if doubtful == DOUBTFUL_ROUNDS {
                        let rounds = self.some_more_rounds(stmt).map(|flow| match flow {
                            Flow::Return(value) => Rounds::Returned(value),
                            Flow::Next | Flow::Break | Flow::Continue => Rounds::Broken,
                        });
                        return self.end_loop(rounds, base, &stmt.orelse);
                    }
                }
                Ok(Some(rounds)) => return self.end_loop(Ok(rounds), base, &stmt.orelse),
                Err(stop) => return self.end_loop(Err(stop), base, &stmt.orelse),
            }
        }
        Err(Stop::Budget)
    }
}
