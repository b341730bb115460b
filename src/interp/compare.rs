//! Comparison: identity, equality, order, membership.

use crate::environment::PythonVersion;
use std::cmp::Ordering;

use ruff_python_ast::CmpOp;

use super::call::Args;
use super::flow::Eval;
use super::protocol::Special;
use super::{Instance, Interp, Object, Payload, Truth, Value};

/// Containers inside each other are compared up to here.
const DEEPEST: usize = 24;

impl Interp<'_> {
    pub(super) fn compare(&mut self, op: CmpOp, left: &Value, right: &Value) -> Eval {
        let truth = match op {
            CmpOp::Is => return Ok(Value::of_truth(self.identical(left, right))),
            CmpOp::IsNot => return Ok(Value::of_truth(!self.identical(left, right))),
            CmpOp::In => self.contains(right, left)?,
            CmpOp::NotIn => !self.contains(right, left)?,
            CmpOp::Eq | CmpOp::NotEq | CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE
                if let Some(order) = self.order_of_versions(left, right) =>
            {
                Truth::from(super::order::holds(op, order))
            }
            CmpOp::Eq | CmpOp::NotEq => return self.rich_equal(op == CmpOp::NotEq, left, right),
            CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => return self.rich_order(op, left, right),
        };
        Ok(truth.known().map_or(Value::Unknown, Value::Bool))
    }

    /// `left == right` and `left != right`: what the methods of interpreted classes return, as it is.
    fn rich_equal(&mut self, negated: bool, left: &Value, right: &Value) -> Eval {
        if negated && let Some(result) = self.by_method(("__ne__", "__ne__"), left, right)? {
            return Ok(result);
        }
        if let Some(result) = self.by_method(("__eq__", "__eq__"), left, right)? {
            if !negated {
                return Ok(result);
            }
            let truth = !self.truth(&result)?;
            return Ok(truth.known().map_or(Value::Unknown, Value::Bool));
        }
        let truth = self.equals(left, right)?;
        let truth = if negated { !truth } else { truth };
        Ok(truth.known().map_or(Value::Unknown, Value::Bool))
    }

    /// What a comparison method of one of the two returns; `None` where neither has one that says anything.
    fn by_method(
        &mut self,
        (own, reflected): (&str, &str),
        left: &Value,
        right: &Value,
    ) -> Eval<Option<Value>> {
        for (method, receiver, operand) in [(own, left, right), (reflected, right, left)] {
            if !matches!(self.object(receiver), Some(Object::Instance(_) | Object::Class(_))) {
                continue;
            }
            match self.special(receiver, method)? {
                Special::Method(method) => {
                    let result = self.call(&method, Args::of([operand.clone()]))?;
                    if !matches!(result, Value::NotImplemented) {
                        return Ok(Some(result));
                    }
                }
                Special::Missing => {}
                Special::Unknown => {
                    self.may_raise_anything();
                    return Ok(Some(Value::Unknown));
                }
            }
        }
        Ok(None)
    }

    /// `bool(left == right)`; calls the methods of interpreted classes.
    pub(crate) fn equals(&mut self, left: &Value, right: &Value) -> Eval<Truth> {
        self.equals_inside(left, right, 0)
    }

    fn equals_inside(&mut self, left: &Value, right: &Value, depth: usize) -> Eval<Truth> {
        if depth > DEEPEST {
            return Ok(Truth::Maybe);
        }
        if let Some(result) = self.by_method(("__eq__", "__eq__"), left, right)? {
            return self.truth(&result);
        }
        if self.is_record(left) && self.is_record(right) {
            return self.equal_records(left, right, depth);
        }
        let (a, b) = (self.plain(left), self.plain(right));
        let (first, second) = match (&a, &b) {
            (Value::Tuple(a), Value::Tuple(b)) => (a.to_vec(), b.to_vec()),
            _ => match (self.object(&a), self.object(&b)) {
                (Some(Object::List(a)), Some(Object::List(b))) if !a.open && !b.open => {
                    (a.items.clone(), b.items.clone())
                }
                (Some(Object::Dict(a)), Some(Object::Dict(b))) if !a.open && !b.open => {
                    if a.entries.len() != b.entries.len() {
                        return Ok(Truth::No);
                    }
                    let (a, b) = (a.entries.clone(), b.entries.clone());
                    let mut truth = Truth::Yes;
                    for (key, (_, value)) in &a {
                        let Some((_, other)) = b.get(key) else { return Ok(Truth::No) };
                        truth = truth.and(self.same_or_equal(value, other, depth)?);
                    }
                    return Ok(truth);
                }
                (Some(Object::Set(a)), Some(Object::Set(b))) if !a.open && !b.open => {
                    return Ok(Truth::from(
                        a.items.len() == b.items.len() && a.items.keys().all(|key| b.items.contains_key(key)),
                    ));
                }
                _ => return Ok(self.equal(&a, &b)),
            },
        };
        if first.len() != second.len() {
            return Ok(Truth::No);
        }
        let mut truth = Truth::Yes;
        for (a, b) in first.iter().zip(&second) {
            truth = truth.and(self.same_or_equal(a, b, depth)?);
            if truth == Truth::No {
                break;
            }
        }
        Ok(truth)
    }

    /// How containers compare their items: what is identical is equal.
    fn same_or_equal(&mut self, left: &Value, right: &Value, depth: usize) -> Eval<Truth> {
        if self.identical(left, right) == Truth::Yes {
            return Ok(Truth::Yes);
        }
        self.equals_inside(left, right, depth + 1)
    }

    /// Whether a value is compared by its fields: an instance of a dataclass, a `SimpleNamespace`.
    fn is_record(&self, value: &Value) -> bool {
        match self.object(value) {
            Some(Object::Instance(Instance { class, payload: Payload::Nothing, .. })) => {
                class.is_extern("types.SimpleNamespace") || self.dataclass_flag(class, "eq") == Truth::Yes
            }
            _ => false,
        }
    }

    fn equal_records(&mut self, left: &Value, right: &Value, depth: usize) -> Eval<Truth> {
        let (Some(Object::Instance(a)), Some(Object::Instance(b))) = (self.object(left), self.object(right))
        else {
            return Ok(Truth::Maybe);
        };
        if !a.class.same(&b.class) {
            return Ok(if left.same(right) { Truth::Yes } else { Truth::No });
        }
        if a.attributes.open || b.attributes.open {
            return Ok(Truth::Maybe);
        }
        let (class, a, b) = (a.class.clone(), a.attributes.clone(), b.attributes.clone());
        let fields: Vec<String> = match self.dataclass_compared_fields(&class) {
            Some(fields) => fields,
            None if a.len() != b.len() => return Ok(Truth::No),
            None => a.iter().map(|(name, _)| name.to_string()).collect(),
        };
        let mut truth = Truth::Yes;
        for field in fields {
            truth = truth.and(match (a.value(&field), b.value(&field)) {
                (Some(a), Some(b)) => self.same_or_equal(a, b, depth)?,
                (None, None) => Truth::Maybe,
                _ => Truth::No,
            });
        }
        Ok(truth)
    }

    pub(super) fn identical(&self, left: &Value, right: &Value) -> Truth {
        match (left, right) {
            (Value::OneOf(values), other) | (other, Value::OneOf(values)) => values
                .iter()
                .map(|value| self.identical(value, other))
                .reduce(Truth::join)
                .unwrap_or(Truth::Maybe),
            (left, right) if left.is_unknown() || right.is_unknown() => Truth::Maybe,
            (Value::None, Value::None)
            | (Value::Ellipsis, Value::Ellipsis)
            | (Value::NotImplemented, Value::NotImplemented) => Truth::Yes,
            (Value::Bool(a), Value::Bool(b)) => Truth::from(a == b),
            (Value::Object(a), Value::Object(b)) if a == b => Truth::Yes,
            (Value::Object(_), Value::Object(_)) => Truth::No,
            (Value::Extern(a), Value::Extern(b)) => {
                if a == b {
                    Truth::Yes
                } else if self.is_known_type(left) && self.is_known_type(right) {
                    Truth::No
                } else {
                    Truth::Maybe
                }
            }
            // what an external name stands for may be None
            (Value::Extern(_), other) | (other, Value::Extern(_)) => {
                match (left.extern_path(), right.extern_path()) {
                    (Some(path), _) | (_, Some(path)) if path.starts_with("builtins.") => {
                        if matches!(other, Value::Object(_)) { Truth::Maybe } else { Truth::No }
                    }
                    (Some(path), _) | (_, Some(path)) if self.installed_version(path).is_some() => {
                        if matches!(other, Value::None) { Truth::No } else { Truth::Maybe }
                    }
                    _ => Truth::Maybe,
                }
            }
            (Value::None, _) | (_, Value::None) => Truth::No,
            (Value::Str(a), Value::Str(b)) if a == b => Truth::Maybe,
            (Value::Int(a), Value::Int(b)) if a == b => Truth::Maybe,
            _ => {
                if std::mem::discriminant(left) == std::mem::discriminant(right) && left.same(right) {
                    Truth::Maybe
                } else {
                    Truth::No
                }
            }
        }
    }

    /// Whether an external name is that of a builtin class.
    fn is_known_type(&self, value: &Value) -> bool {
        value
            .extern_path()
            .is_some_and(|path| path.starts_with("builtins.") && self.class_names(path).is_some())
    }

    /// [`Self::equals`] without running anything.
    pub(super) fn equal(&self, left: &Value, right: &Value) -> Truth {
        match (left, right) {
            (Value::OneOf(values), other) | (other, Value::OneOf(values)) => values
                .iter()
                .map(|value| self.equal(value, other))
                .reduce(Truth::join)
                .unwrap_or(Truth::Maybe),
            (Value::Tuple(a), Value::Tuple(b)) => {
                if a.len() != b.len() {
                    return Truth::No;
                }
                a.iter().zip(b.iter()).map(|(a, b)| self.equal(a, b)).fold(Truth::Yes, Truth::and)
            }
            (Value::Float(a), Value::Float(b)) => Truth::from(a.partial_cmp(b) == Some(Ordering::Equal)),
            _ => match (self.object(left), self.object(right)) {
                (Some(Object::List(a)), Some(Object::List(b))) if !a.open && !b.open => {
                    if a.items.len() != b.items.len() {
                        return Truth::No;
                    }
                    a.items.iter().zip(&b.items).map(|(a, b)| self.equal(a, b)).fold(Truth::Yes, Truth::and)
                }
                _ => self.equal_keys(left, right),
            },
        }
    }

    fn equal_keys(&self, left: &Value, right: &Value) -> Truth {
        if let (Value::Float(float), other) | (other, Value::Float(float)) = (left, right)
            && float.is_nan()
            && self.is_builtin_value(other)
        {
            return Truth::No;
        }
        match (self.plain_key(left), self.plain_key(right)) {
            (Some(a), Some(b)) => {
                if a == b {
                    Truth::Yes
                } else if matches!(left, Value::Extern(_)) || matches!(right, Value::Extern(_)) {
                    // an external name may stand for an equal value
                    if self.is_known_type(left) && self.is_known_type(right)
                        || self.is_known_type(left) && self.is_builtin_value(right)
                        || self.is_known_type(right) && self.is_builtin_value(left)
                    {
                        Truth::No
                    } else {
                        Truth::Maybe
                    }
                } else {
                    Truth::No
                }
            }
            // values of different builtin types are not equal
            _ if self.is_builtin_value(left)
                && self.is_builtin_value(right)
                && self.type_name(left) != self.type_name(right)
                && !(self.is_set(left) && self.is_set(right)) =>
            {
                Truth::No
            }
            _ if left.as_id().is_some() && left.same(right) && self.is_decided(left) => Truth::Yes,
            _ => Truth::Maybe,
        }
    }

    fn is_set(&self, value: &Value) -> bool {
        matches!(self.object(value), Some(Object::Set(_)))
    }

    pub(super) fn contains(&mut self, container: &Value, item: &Value) -> Eval<Truth> {
        if self.registered(container, item).is_some() {
            return Ok(Truth::Yes);
        }
        match self.special(container, "__contains__")? {
            Special::Method(method) => {
                let result = self.call(&method, Args::of([item.clone()]))?;
                return self.truth(&result);
            }
            Special::Unknown => {
                self.may_raise_anything();
                return Ok(Truth::Maybe);
            }
            Special::Missing => {}
        }
        let plain = self.plain(container);
        match (&plain, item) {
            (Value::Str(text), _) => return self.text_contains(text, item),
            (Value::Bytes(bytes), Value::Int(byte)) => {
                return Ok(Truth::from(bytes.iter().any(|known| i64::from(*known) == *byte)));
            }
            (Value::Bytes(bytes), Value::Bytes(part)) => {
                return Ok(Truth::from(
                    part.is_empty() || bytes.windows(part.len()).any(|window| window == &**part),
                ));
            }
            (Value::Bytes(_), _) => return Ok(Truth::Maybe),
            _ => {}
        }
        match self.object(&plain) {
            Some(Object::Dict(dict)) => {
                let (open, empty) = (dict.open, dict.entries.is_empty());
                let key = self.key(item)?;
                let Some(Object::Dict(dict)) = self.object(&plain) else { return Ok(Truth::Maybe) };
                return Ok(match key.map(|key| dict.entries.contains_key(&key)) {
                    Some(true) if !open => Truth::Yes,
                    Some(false) if !open => {
                        // `"x" in sys.modules`: what pytest and the library have loaded is not listed
                        if plain.as_id() == Some(self.modules) {
                            self.is_loaded(item)
                        } else if plain.as_id() == Some(self.environ) {
                            item.as_str()
                                .and_then(|name| self.sets_variable(name))
                                .map_or(Truth::Maybe, Truth::from)
                        } else {
                            Truth::No
                        }
                    }
                    None if empty && !open => Truth::No,
                    _ => Truth::Maybe,
                });
            }
            Some(Object::Set(set)) => {
                let open = set.open;
                let key = self.key(item)?;
                let Some(Object::Set(set)) = self.object(&plain) else { return Ok(Truth::Maybe) };
                return Ok(match key.map(|key| set.items.contains_key(&key)) {
                    Some(true) => Truth::Yes,
                    Some(false) if !open => Truth::No,
                    _ => Truth::Maybe,
                });
            }
            Some(Object::List(list)) => {
                let (items, open) = (list.items.clone(), list.open);
                let found = self.any_equal(&items, item)?;
                return Ok(if open { found.or(Truth::Maybe) } else { found });
            }
            Some(Object::Instance(Instance { payload: Payload::Range(start, stop, step), .. })) => {
                let (start, stop, step) = (*start, *stop, *step);
                return Ok(match self.plain_key(item) {
                    Some(super::Key::Int(number)) => {
                        let inside = if step > 0 {
                            number >= start && number < stop
                        } else {
                            number <= start && number > stop
                        };
                        Truth::from(inside && number.wrapping_sub(start) % step == 0)
                    }
                    Some(_) => Truth::No,
                    None => Truth::Maybe,
                });
            }
            Some(Object::Instance(instance)) => {
                let external = instance.class.as_id().is_none();
                if external && !matches!(instance.payload, Payload::Iterator(Some(_))) {
                    return Ok(Truth::Maybe);
                }
            }
            Some(Object::Class(_) | Object::Generator(_) | Object::Function(_) | Object::Module(_)) => {}
            Some(_) => return Ok(Truth::Maybe),
            None => {}
        }
        match &plain {
            Value::Tuple(items) => self.any_equal(&items.clone(), item),
            Value::None | Value::Int(_) | Value::Bool(_) | Value::Float(_) => self.not_a_container(container),
            Value::Object(_) => {
                if self.is_decided(container)
                    && !matches!(self.object(container), Some(Object::Generator(_)))
                    && matches!(self.special(container, "__iter__")?, Special::Missing)
                    && matches!(self.special(container, "__getitem__")?, Special::Missing)
                {
                    return self.not_a_container(container);
                }
                match self.iterate(container)? {
                    Some(items) => self.any_equal(&items, item),
                    None => Ok(Truth::Maybe),
                }
            }
            _ => {
                self.may_raise_anything();
                Ok(Truth::Maybe)
            }
        }
    }

    fn not_a_container<T>(&mut self, container: &Value) -> Eval<T> {
        let kind = self.type_name(container);
        let modern = self.environment.python >= PythonVersion::new(3, 14);
        self.type_error(if modern {
            format!("argument of type '{kind}' is not a container or iterable")
        } else {
            format!("argument of type '{kind}' is not iterable")
        })
    }

    fn text_contains(&mut self, text: &str, item: &Value) -> Eval<Truth> {
        match self.plain(item) {
            Value::Str(part) => Ok(Truth::from(text.contains(&*part))),
            Value::Unknown | Value::OneOf(_) | Value::Extern(_) | Value::Object(_) => Ok(Truth::Maybe),
            other => {
                let kind = self.type_name(&other);
                self.type_error(format!("'in <string>' requires string as left operand, not {kind}"))
            }
        }
    }

    /// Whether one of the items is identical or equal to a value.
    pub(crate) fn any_equal(&mut self, items: &[Value], item: &Value) -> Eval<Truth> {
        let mut found = Truth::No;
        for known in items {
            found = found.or(self.same_or_equal(known, item, 0)?);
            if found == Truth::Yes {
                break;
            }
        }
        Ok(found)
    }

    /// Numbers by size; `None` where they are not comparable or not known.
    pub(super) fn order_numbers(&self, left: &Value, right: &Value) -> Option<Ordering> {
        match (self.int_of(left), self.int_of(right)) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => self.float_of(left)?.partial_cmp(&self.float_of(right)?),
        }
    }
}
