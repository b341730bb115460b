//! Comprehensions and generator expressions.

use std::sync::Arc;

use ruff_python_ast::{Comprehension, Expr, ExprDictComp, ExprGenerator};

use super::budget::ITEMS;
use super::flow::{Eval, Flow};
use super::generators::Lazy;
use super::{Dict, Frame, FrameKind, Generator, GeneratorKind, Interp, Key, Namespace, Object, Truth, Value};

impl<'a> Interp<'a> {
    /// Runs a comprehension; `None` where its items are not known. The first iterable is evaluated in
    /// the scope around it, the rest in one of its own, which does not see a class body's names.
    pub(super) fn comprehend(
        &mut self,
        generators: &'a [Comprehension],
        mut element: impl FnMut(&mut Self) -> Eval,
    ) -> Eval<Option<Vec<Value>>> {
        let mut items = Vec::new();
        let known = self.comprehend_into(generators, &mut |interp| {
            let value = element(interp)?;
            items.push(value);
            Ok(())
        })?;
        Ok(known.then_some(items))
    }

    fn comprehend_into(
        &mut self,
        generators: &'a [Comprehension],
        element: &mut dyn FnMut(&mut Self) -> Eval<()>,
    ) -> Eval<bool> {
        let Some(first) = generators.first() else { return Ok(true) };
        let iterable = self.eval(&first.iter)?;
        self.at(&first.iter);
        let items = self.iterate_clause(first, &iterable)?;
        self.push_inline();
        let result = self.run_clause(generators, items, element);
        self.frames.pop();
        result
    }

    fn push_inline(&mut self) {
        let frame = self.frame();
        let (module, file, position, title, class) =
            (frame.module, frame.file, frame.position, frame.title.clone(), frame.class);
        let (receiver, prefix) = (frame.receiver.clone(), Arc::clone(&frame.prefix));
        let mut closure = frame.closure.to_vec();
        // names of a class body are not seen from inside
        if !frame.class_body {
            closure.push(frame.names);
        }
        let names = self.heap.add(Object::Scope(Namespace::default()));
        self.frames.push(Frame {
            kind: FrameKind::Inline,
            names,
            module,
            closure: closure.into(),
            file,
            position,
            branches: Vec::new(),
            title,
            scope: None,
            class,
            receiver,
            taker: None,
            prefix,
            class_body: false,
            unique_names: false,
        });
    }

    fn run_clause(
        &mut self,
        generators: &'a [Comprehension],
        items: Option<Vec<Value>>,
        element: &mut dyn FnMut(&mut Self) -> Eval<()>,
    ) -> Eval<bool> {
        let Some((clause, rest)) = generators.split_first() else { return Ok(true) };
        match items {
            Some(items) if items.len() <= ITEMS => {
                let mut known = true;
                for item in items {
                    self.assign(&clause.target, item)?;
                    known &= self.run_conditions(&clause.ifs, rest, element)?;
                }
                Ok(known)
            }
            _ => {
                // the element is evaluated any number of times, or never
                let flow = self.fork(
                    |interp| {
                        interp.assign(&clause.target, Value::Unknown)?;
                        interp.run_conditions(&clause.ifs, rest, element)?;
                        Ok(Flow::Next)
                    },
                    |_| Ok(Flow::Next),
                );
                flow.map(|_| false)
            }
        }
    }

    fn run_conditions(
        &mut self,
        conditions: &'a [Expr],
        rest: &'a [Comprehension],
        element: &mut dyn FnMut(&mut Self) -> Eval<()>,
    ) -> Eval<bool> {
        let mut certain = true;
        for condition in conditions {
            let value = self.eval(condition)?;
            match self.truth(&value)? {
                Truth::No => return Ok(true),
                Truth::Maybe => certain = false,
                Truth::Yes => {}
            }
        }
        if !certain {
            let flow = self.fork(
                |interp| {
                    interp.run_rest(rest, element)?;
                    Ok(Flow::Next)
                },
                |_| Ok(Flow::Next),
            );
            return flow.map(|_| false);
        }
        self.run_rest(rest, element)
    }

    fn run_rest(
        &mut self,
        rest: &'a [Comprehension],
        element: &mut dyn FnMut(&mut Self) -> Eval<()>,
    ) -> Eval<bool> {
        match rest.first() {
            None => element(self).map(|()| true),
            Some(next) => {
                let iterable = self.eval(&next.iter)?;
                let items = self.iterate_clause(next, &iterable)?;
                self.run_clause(rest, items, element)
            }
        }
    }

    pub(super) fn eval_dict_comprehension(&mut self, comprehension: &'a ExprDictComp) -> Eval {
        let mut entries: Vec<(Option<Key>, Value, Value)> = Vec::new();
        let known = self.comprehend_into(&comprehension.generators, &mut |interp| {
            // `{**x for x in …}` has no key of its own
            let Some(key_expr) = &comprehension.key else {
                interp.eval(&comprehension.value)?;
                entries.push((None, Value::Unknown, Value::Unknown));
                return Ok(());
            };
            let name = interp.eval(key_expr)?;
            let value = interp.eval(&comprehension.value)?;
            interp.at(comprehension);
            let key = interp.key(&name)?;
            entries.push((key, name, value));
            Ok(())
        })?;
        let mut dict = Dict { open: !known, ..Dict::default() };
        for (key, name, value) in entries {
            match key {
                Some(key) if known => {
                    dict.set(key, name, value);
                }
                Some(_) => {}
                None => dict.open = true,
            }
        }
        Ok(Value::Object(self.heap.add(Object::Dict(dict))))
    }

    /// Runs the clauses of a generator expression, whose first iterable has been evaluated.
    pub(super) fn run_clauses(
        &mut self,
        generators: &'a [Comprehension],
        first: &Value,
        element: &mut dyn FnMut(&mut Self) -> Eval<()>,
    ) -> Eval<bool> {
        let items = match generators.first() {
            Some(clause) => self.iterate_clause(clause, first)?,
            None => None,
        };
        self.run_clause(generators, items, element)
    }

    /// The items of `for … in iterable`, or of `async for`.
    fn iterate_clause(&mut self, clause: &Comprehension, iterable: &Value) -> Eval<Option<Vec<Value>>> {
        if clause.is_async && !self.take_asynchronous(iterable) {
            self.may_raise_anything();
            return Ok(None);
        }
        self.iterate(iterable)
    }

    /// A generator expression. Its first iterable is evaluated at once; the rest runs when it is used.
    pub(super) fn eval_generator(&mut self, node: &'a ExprGenerator) -> Eval {
        let Some(clause) = node.generators.first() else { return Ok(Value::Unknown) };
        let first = self.eval(&clause.iter)?;
        self.at(&clause.iter);
        if !clause.is_async && self.refuses_iteration(&first)? {
            return self.not_iterable(&first);
        }
        let is_async = node.generators.iter().any(|clause| clause.is_async);
        let frame = self.frame();
        let lazy = Lazy {
            node,
            names: frame.names,
            module: frame.module,
            closure: Arc::clone(&frame.closure),
            file: frame.file,
            class_body: frame.class_body,
            class: frame.class,
            receiver: frame.receiver.clone(),
            first,
        };
        let kind = if is_async { GeneratorKind::AsyncGenerator } else { GeneratorKind::Generator };
        let generator = Generator { kind, body: None, lazy: Some(lazy) };
        Ok(Value::Object(self.heap.add(Object::Generator(generator))))
    }
}
