//! Expressions.

use crate::environment::PythonVersion;
use std::sync::Arc;

use ruff_python_ast::name::Name;
use ruff_python_ast::{
    BoolOp, DictItem, Expr, ExprBoolOp, ExprCall, ExprCompare, ExprDict, ExprIf, ExprName, Number, UnaryOp,
};

use super::flow::{Eval, Stop};
use super::{Cause, Dict, FrameKind, Id, Interp, Object, Set, Truth, Value};
use crate::environment::stdlib;

/// Less of the machine's stack than this is not enough for the next level of evaluation.
const STACK_LEFT: usize = 512 << 10;

/// How much is added where it is not enough.
const STACK_MORE: usize = 8 << 20;

impl<'a> Interp<'a> {
    pub(super) fn eval(&mut self, expr: &'a Expr) -> Eval {
        if !self.budget.step() {
            return Err(Stop::Budget);
        }
        stacker::maybe_grow(STACK_LEFT, STACK_MORE, || self.eval_here(expr))
    }

    fn eval_here(&mut self, expr: &'a Expr) -> Eval {
        match expr {
            Expr::Name(name) => self.eval_name(&name.id, name),
            Expr::StringLiteral(text) => Ok(Value::str(text.value.to_str())),
            Expr::BytesLiteral(bytes) => Ok(Value::Bytes(bytes.value.bytes().collect())),
            Expr::NumberLiteral(number) => Ok(match &number.value {
                Number::Int(int) => match int.as_i64() {
                    Some(int) => Value::Int(int),
                    None => large_integer(&int.to_string()).map_or(Value::Unknown, Value::integer),
                },
                Number::Float(float) => Value::Float(*float),
                Number::Complex { real, imag } => Value::complex(*real, *imag),
            }),
            Expr::BooleanLiteral(literal) => Ok(Value::Bool(literal.value)),
            Expr::NoneLiteral(_) => Ok(Value::None),
            Expr::EllipsisLiteral(_) => Ok(Value::Ellipsis),
            Expr::Attribute(attribute) => {
                let owner = self.eval(&attribute.value)?;
                self.at(attribute);
                self.attribute(&owner, &attribute.attr.id)
            }
            Expr::Call(call) => self.eval_call(call),
            Expr::Subscript(subscript) => {
                let owner = self.eval(&subscript.value)?;
                let index = self.eval(&subscript.slice)?;
                self.at(subscript);
                self.item(&owner, &index)
            }
            Expr::Tuple(tuple) => match self.eval_items(&tuple.elts)? {
                (items, false) => Ok(Value::Tuple(items.into())),
                _ => Ok(Value::Unknown),
            },
            Expr::List(list) => {
                let (items, open) = self.eval_items(&list.elts)?;
                Ok(Value::Object(self.heap.add(Object::List(super::List { items, open }))))
            }
            Expr::Set(set) => {
                let (items, open) = self.eval_items(&set.elts)?;
                self.at(set);
                self.make_set(items, open)
            }
            Expr::Dict(dict) => self.eval_dict(dict),
            Expr::BoolOp(operation) => self.eval_bool(operation),
            Expr::UnaryOp(operation) => {
                let operand = self.eval(&operation.operand)?;
                self.at(operation);
                match operation.op {
                    UnaryOp::Not => {
                        let truth = self.truth(&operand)?;
                        Ok((!truth).known().map_or(Value::Unknown, Value::Bool))
                    }
                    op => self.unary(op, &operand),
                }
            }
            Expr::BinOp(operation) => {
                let left = self.eval(&operation.left)?;
                let right = self.eval(&operation.right)?;
                self.at(operation);
                self.binary(operation.op, &left, &right)
            }
            Expr::Compare(compare) => self.eval_compare(compare),
            Expr::If(conditional) => self.eval_if(conditional),
            Expr::Named(named) => {
                let value = self.eval(&named.value)?;
                if let Expr::Name(target) = &*named.target {
                    self.bind_walrus(&target.id, value.clone());
                }
                Ok(value)
            }
            Expr::Lambda(lambda) => self.make_lambda(lambda),
            Expr::ListComp(comprehension) => {
                let items =
                    self.comprehend(&comprehension.generators, |interp| interp.eval(&comprehension.elt))?;
                let (items, open) = items.map_or((Vec::new(), true), |items| (items, false));
                Ok(Value::Object(self.heap.add(Object::List(super::List { items, open }))))
            }
            Expr::SetComp(comprehension) => {
                let items =
                    self.comprehend(&comprehension.generators, |interp| interp.eval(&comprehension.elt))?;
                let (items, open) = items.map_or((Vec::new(), true), |items| (items, false));
                self.make_set(items, open)
            }
            Expr::DictComp(comprehension) => self.eval_dict_comprehension(comprehension),
            Expr::Generator(generator) => self.eval_generator(generator),
            Expr::Await(awaited) => {
                let value = self.eval(&awaited.value)?;
                self.run_coroutine(&value)
            }
            Expr::Yield(yielded) => {
                let value = match &yielded.value {
                    Some(value) => self.eval(value)?,
                    None => Value::None,
                };
                self.at(yielded);
                self.yield_value(value)
            }
            Expr::YieldFrom(yielded) => {
                let value = self.eval(&yielded.value)?;
                self.at(yielded);
                self.yield_from(&value)
            }
            Expr::FString(text) => self.eval_f_string(text),
            Expr::Starred(starred) => self.eval(&starred.value),
            Expr::Slice(slice) => {
                for part in [&slice.lower, &slice.upper, &slice.step].into_iter().flatten() {
                    self.eval(part)?;
                }
                self.make_slice(slice)
            }
            Expr::TString(_) | Expr::IpyEscapeCommand(_) => Ok(Value::Unknown),
        }
    }

    /// Items of a display; `true` where a starred part is not known.
    pub(super) fn eval_items(&mut self, elements: &'a [Expr]) -> Eval<(Vec<Value>, bool)> {
        let mut items = Vec::with_capacity(elements.len());
        let mut open = false;
        for element in elements {
            let value = self.eval(element)?;
            if element.is_starred_expr() {
                self.at(element);
                if self.refuses_iteration(&value)? {
                    let kind = self.type_name(&value);
                    return self.type_error(format!("Value after * must be an iterable, not {kind}"));
                }
                match self.iterate(&value)? {
                    Some(several) => items.extend(several),
                    None => open = true,
                }
            } else {
                items.push(value);
            }
        }
        Ok((items, open))
    }

    pub(super) fn make_frozenset(&mut self, items: Vec<Value>) -> Eval {
        let made = self.make_set(items, false)?;
        if let Some(Object::Set(set)) = made.as_id().map(|id| self.heap.change(id)) {
            set.frozen = true;
        }
        Ok(made)
    }

    pub(super) fn make_set(&mut self, items: Vec<Value>, open: bool) -> Eval {
        let mut set = Set { open, ..Set::default() };
        for item in items {
            match self.key(&item)? {
                Some(key) => {
                    set.items.entry(key).or_insert(item);
                }
                None => set.open = true,
            }
        }
        Ok(Value::Object(self.heap.add(Object::Set(set))))
    }

    fn eval_dict(&mut self, expr: &'a ExprDict) -> Eval {
        let mut dict = Dict::default();
        for DictItem { key, value } in &expr.items {
            match key {
                Some(key_expr) => {
                    let key_value = self.eval(key_expr)?;
                    let value = self.eval(value)?;
                    self.at(expr);
                    match self.key(&key_value)? {
                        Some(key) => dict.set(key, key_value, value),
                        None => dict.open = true,
                    }
                }
                None => {
                    let other = self.eval(value)?;
                    self.at(value);
                    match self.mapping_of(&other)? {
                        Some(other) => dict = super::arithmetic::merged(dict, &other),
                        None => dict.open = true,
                    }
                }
            }
        }
        Ok(Value::Object(self.heap.add(Object::Dict(dict))))
    }

    fn eval_bool(&mut self, operation: &'a ExprBoolOp) -> Eval {
        self.eval_bool_values(operation.op, &operation.values)
    }

    fn eval_bool_values(&mut self, op: BoolOp, values: &'a [Expr]) -> Eval {
        let Some((first, rest)) = values.split_first() else { return Ok(Value::Unknown) };
        let value = self.eval(first)?;
        if rest.is_empty() {
            return Ok(value);
        }
        let truth = self.truth(&value)?;
        let stops = match op {
            BoolOp::And => !truth,
            BoolOp::Or => truth,
        };
        match stops {
            Truth::Yes => Ok(value),
            Truth::No => self.eval_bool_values(op, rest),
            Truth::Maybe => {
                // what it stops with is falsy for `and`, truthy for `or`
                let kept = match op {
                    BoolOp::And if value.is_unknown() => Value::Unknown,
                    _ => value,
                };
                self.fork_value(|_| Ok(kept), |interp| interp.eval_bool_values(op, rest))
            }
        }
    }

    fn eval_compare(&mut self, compare: &'a ExprCompare) -> Eval {
        let mut left = self.eval_compared(compare)?;
        let mut result = Value::Bool(true);
        for (op, right) in compare.ops.iter().zip(&*compare.comparators) {
            let right = self.eval(right)?;
            self.at(compare);
            let value = self.compare(*op, &left, &right)?;
            if compare.ops.len() == 1 {
                return Ok(value);
            }
            match self.truth(&value)? {
                Truth::No => return Ok(value),
                Truth::Maybe => result = Value::Unknown,
                Truth::Yes => {}
            }
            left = right;
        }
        Ok(result)
    }

    fn eval_if(&mut self, conditional: &'a ExprIf) -> Eval {
        let condition = self.eval(&conditional.test)?;
        match self.truth(&condition)? {
            Truth::Yes => self.eval(&conditional.body),
            Truth::No => self.eval(&conditional.orelse),
            Truth::Maybe => self.fork_value(
                |interp| interp.eval(&conditional.body),
                |interp| interp.eval(&conditional.orelse),
            ),
        }
    }

    pub(super) fn eval_name(&mut self, name: &Name, node: &ExprName) -> Eval {
        if let Some(value) = self.look_up(name) {
            return value;
        }
        self.at(node);
        let local = {
            let frame = self.frame();
            frame.scope.as_ref().is_some_and(|scope| scope.locals.contains(name))
                && frame.kind == FrameKind::Function
        };
        let cause = Cause::Unbound { name: Arc::from(name.as_str()) };
        if local {
            let message = if self.environment.python >= PythonVersion::new(3, 11) {
                format!("cannot access local variable '{name}' where it is not associated with a value")
            } else {
                format!("local variable '{name}' referenced before assignment")
            };
            return self.raise("UnboundLocalError", message, cause);
        }
        self.raise("NameError", format!("name '{name}' is not defined"), cause)
    }

    /// The value of a name; `None` where it is certainly unbound.
    fn look_up(&mut self, name: &Name) -> Option<Eval> {
        let frame = self.frame();
        let mut places: Vec<Id> = Vec::with_capacity(2 + frame.closure.len());
        let declared_global = frame.scope.as_ref().is_some_and(|scope| scope.globals.contains(name));
        let is_local = frame.scope.as_ref().is_some_and(|scope| scope.locals.contains(name));
        if !declared_global {
            places.push(frame.names);
            if frame.kind == FrameKind::Function && is_local {
                // a local name is looked up nowhere else
                return self.read(frame.names, name);
            }
            places.extend(frame.closure.iter().rev());
        }
        places.push(frame.module);
        for place in places {
            if let Some(value) = self.read(place, name) {
                return Some(value);
            }
        }
        if let Some(value) = self.read(self.builtins, name) {
            return Some(value);
        }
        if self.is_builtin(name) {
            return Some(Ok(builtin_value(name)));
        }
        None
    }

    /// A binding of one scope; a name that may be unbound there may be found elsewhere.
    fn read(&mut self, scope: Id, name: &Name) -> Option<Eval> {
        let names = self.heap.names(scope)?;
        match names.get(name) {
            Some(binding) => {
                let value = binding.value.clone();
                if binding.maybe_unbound {
                    self.may_raise_anything();
                    // NOTE: a wider scope may supply it, so nothing is certain of it
                    let outer = scope != self.frame().module && self.reads_outside(name);
                    if outer {
                        return Some(Ok(Value::Unknown));
                    }
                }
                Some(Ok(value))
            }
            None if names.open => Some(Ok(Value::Unknown)),
            None => None,
        }
    }

    fn reads_outside(&self, name: &Name) -> bool {
        self.heap.names(self.frame().module).is_some_and(|names| names.contains(name))
            || self.is_builtin(name)
    }

    fn is_builtin(&self, name: &str) -> bool {
        if name.starts_with("__") {
            const OWN: [&str; 8] = [
                "__build_class__",
                "__debug__",
                "__doc__",
                "__import__",
                "__loader__",
                "__name__",
                "__package__",
                "__spec__",
            ];
            return OWN.contains(&name);
        }
        let known = stdlib::builtin(name, self.environment.python, self.environment.platform);
        !matches!(known, stdlib::Attribute::Absent)
    }

    fn eval_call(&mut self, call: &'a ExprCall) -> Eval {
        let callee = self.eval(&call.func)?;
        let args = self.eval_arguments(&callee, &call.arguments)?;
        self.at(call);
        if matches!(callee.extern_path(), Some("builtins.super")) && args.positional.is_empty() && !args.open
        {
            return Ok(self.bare_super());
        }
        self.call_of_module(&callee, args)
    }
}

/// An integer beyond 64 bits, as it is written: `0x8000_0000_0000_0000`.
fn large_integer(text: &str) -> Option<i128> {
    let digits = text.replace('_', "").to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            return i128::from_str_radix(digits, radix).ok();
        }
    }
    digits.parse().ok()
}

/// What a builtin name stands for.
fn builtin_value(name: &str) -> Value {
    match name {
        "NotImplemented" => Value::NotImplemented,
        "Ellipsis" => Value::Ellipsis,
        "__debug__" => Value::Bool(true),
        // aliases of OSError
        "IOError" | "EnvironmentError" | "WindowsError" => Value::builtin("OSError"),
        _ => Value::builtin(name),
    }
}
