//! Comprehensions and generator expressions.

use ruff_python_ast::{Comprehension, Expr, ExprDictComp, ExprGenerator};

use super::budget::ITEMS;
use super::flow::{Eval, Flow};
use super::{Dict, Frame, FrameKind, Interp, Key, Namespace, Object, Payload, Truth, Value};

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
        let items = self.iterate(&iterable)?;
        self.push_inline();
        let result = self.run_clause(generators, items, element);
        self.frames.pop();
        result
    }

    fn push_inline(&mut self) {
        let frame = self.frame();
        let (module, file, position, title, class) =
            (frame.module, frame.file, frame.position, frame.title.clone(), frame.class);
        let receiver = frame.receiver.clone();
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
            yields: None,
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
                let items = self.iterate(&iterable)?;
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
                    dict.entries.insert(key, (name, value));
                }
                Some(_) => {}
                None => dict.open = true,
            }
        }
        Ok(Value::Object(self.heap.add(Object::Dict(dict))))
    }

    /// A generator expression. Its first iterable is evaluated at once; the rest runs when it is used,
    /// which is now, as far as values are concerned.
    ///
    /// NOTE: what the body would raise is raised when the generator is used, if ever: here nothing is.
    pub(super) fn eval_generator(&mut self, generator: &'a ExprGenerator) -> Eval {
        let Some(first) = generator.generators.first() else { return Ok(Value::Unknown) };
        let iterable = self.eval(&first.iter)?;
        let listed = matches!(
            self.object(&iterable),
            Some(Object::List(_) | Object::Dict(_) | Object::Set(_) | Object::Class(_))
        ) || matches!(iterable, Value::Tuple(_) | Value::Str(_))
            || matches!(self.object(&iterable), Some(Object::Instance(instance)) if matches!(instance.payload, Payload::Range(..)));
        let items = if listed { self.quiet_items(generator) } else { None };
        Ok(self.new_instance(Value::external("types.GeneratorType"), Payload::Iterator(items)))
    }

    fn quiet_items(&mut self, generator: &'a ExprGenerator) -> Option<Vec<Value>> {
        let mark = self.heap.mark();
        let base = self.pending.len();
        self.maybe += 1;
        let items = self.comprehend(&generator.generators, |interp| interp.eval(&generator.elt));
        self.maybe -= 1;
        let quiet = self.pending.len() == base;
        if items.is_err() || !quiet {
            self.take_back(&mark, base);
            for pending in self.take_pending(base, |_| true) {
                self.heap.close(pending.mark);
            }
        }
        self.heap.close(mark);
        items.ok().flatten().filter(|_| quiet)
    }
}
