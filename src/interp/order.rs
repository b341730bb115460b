//! `<`, `<=`, `>` and `>=`, and what is sorted by them.

use std::cmp::Ordering;

use ruff_python_ast::CmpOp;

use super::call::Args;
use super::flow::Eval;
use super::protocol::Special;
use super::{Interp, Object, Truth, Value};

/// What comparing two builtin values gives.
enum Order {
    Known(bool),
    /// They cannot be compared.
    Refused,
    Unknown,
}

impl Interp<'_> {
    pub(super) fn rich_order(&mut self, op: CmpOp, left: &Value, right: &Value) -> Eval {
        let (own, reflected) = dunders(op);
        for (method, receiver, operand) in [(own, left, right), (reflected, right, left)] {
            match self.special(receiver, method)? {
                Special::Method(method) => {
                    let result = self.call(&method, Args::of([operand.clone()]))?;
                    if !matches!(result, Value::NotImplemented) {
                        return Ok(result);
                    }
                }
                Special::Missing => {}
                Special::Unknown => {
                    self.may_raise_anything();
                    return Ok(Value::Unknown);
                }
            }
        }
        if let Some(result) = self.total_order(op, left, right)? {
            return Ok(result);
        }
        match self.builtin_order(op, left, right)? {
            Order::Known(known) => Ok(Value::Bool(known)),
            Order::Unknown => {
                self.may_raise_anything();
                Ok(Value::Unknown)
            }
            Order::Refused => {
                let (sign, left, right) = (op.as_str(), self.type_name(left), self.type_name(right));
                self.type_error(format!("'{sign}' not supported between instances of '{left}' and '{right}'"))
            }
        }
    }

    /// `@functools.total_ordering` derives the other comparisons from the one that the class defines.
    fn total_order(&mut self, op: CmpOp, left: &Value, right: &Value) -> Eval<Option<Value>> {
        let Some(class) = self.class_with(left, "__total_ordering__") else { return Ok(None) };
        let given =
            [(CmpOp::Lt, "__lt__"), (CmpOp::LtE, "__le__"), (CmpOp::Gt, "__gt__"), (CmpOp::GtE, "__ge__")]
                .into_iter()
                .find(|(_, name)| matches!(self.special_of_class(&class, name), Ok(Some(_))));
        let Some((given, method)) = given else { return Ok(None) };
        let Some(result) = self.call_special(left, method, [right.clone()])? else { return Ok(None) };
        if matches!(result, Value::NotImplemented) {
            return Ok(None);
        }
        let result = self.truth(&result)?;
        let is_less = |op: CmpOp| matches!(op, CmpOp::Lt | CmpOp::LtE);
        let strict = |op: CmpOp| matches!(op, CmpOp::Lt | CmpOp::Gt);
        let same_direction = is_less(op) == is_less(given);
        let truth = if same_direction == (strict(op) == strict(given)) {
            // `a > b` is not (a < b) and a != b; `a >= b` is not (a < b)
            if same_direction { result } else { !result }
        } else {
            Truth::Maybe
        };
        let equal = self.equals(left, right)?;
        let truth = match (given, op) {
            (CmpOp::Lt, CmpOp::Gt) | (CmpOp::Gt, CmpOp::Lt) => (!result).and(!equal),
            (CmpOp::Lt, CmpOp::LtE) | (CmpOp::Gt, CmpOp::GtE) => result.or(equal),
            (CmpOp::Lt, CmpOp::GtE)
            | (CmpOp::Gt, CmpOp::LtE)
            | (CmpOp::LtE, CmpOp::Gt)
            | (CmpOp::GtE, CmpOp::Lt) => !result,
            (CmpOp::LtE, CmpOp::Lt) | (CmpOp::GtE, CmpOp::Gt) => result.and(!equal),
            (CmpOp::LtE, CmpOp::GtE) | (CmpOp::GtE, CmpOp::LtE) => (!result).or(equal),
            _ => truth,
        };
        Ok(Some(truth.known().map_or(Value::Unknown, Value::Bool)))
    }

    fn class_with(&self, value: &Value, name: &str) -> Option<Value> {
        let Some(Object::Instance(instance)) = self.object(value) else { return None };
        let class = instance.class.clone();
        matches!(self.special_of_class(&class, name), Ok(Some(_))).then_some(class)
    }

    fn builtin_order(&mut self, op: CmpOp, left: &Value, right: &Value) -> Eval<Order> {
        if let (Some(a), Some(b)) = (self.ordered_fields(left), self.ordered_fields(right))
            && self.type_name(left) == self.type_name(right)
        {
            return self.order_items(op, &a, &b);
        }
        let (a, b) = (self.plain(left), self.plain(right));
        if let Some(order) = self.order_numbers(&a, &b) {
            return Ok(Order::Known(holds(op, order)));
        }
        let is_number = |value: &Value| matches!(value, Value::Int(_) | Value::Bool(_) | Value::Float(_));
        if is_number(&a) && is_number(&b) {
            let is_nan = |value: &Value| matches!(value, Value::Float(number) if number.is_nan());
            return Ok(if is_nan(&a) || is_nan(&b) { Order::Known(false) } else { Order::Unknown });
        }
        match (&a, &b) {
            (Value::Str(a), Value::Str(b)) => return Ok(Order::Known(holds(op, a.cmp(b)))),
            (Value::Bytes(a), Value::Bytes(b)) => return Ok(Order::Known(holds(op, a.cmp(b)))),
            (Value::Tuple(a), Value::Tuple(b)) => {
                let (a, b) = (a.to_vec(), b.to_vec());
                return self.order_items(op, &a, &b);
            }
            _ => {}
        }
        match (self.object(&a), self.object(&b)) {
            (Some(Object::List(a)), Some(Object::List(b))) => {
                if a.open || b.open {
                    return Ok(Order::Unknown);
                }
                let (a, b) = (a.items.clone(), b.items.clone());
                return self.order_items(op, &a, &b);
            }
            (Some(Object::Set(a)), Some(Object::Set(b))) => {
                if a.open || b.open {
                    return Ok(Order::Unknown);
                }
                let less = a.items.keys().all(|key| b.items.contains_key(key));
                let more = b.items.keys().all(|key| a.items.contains_key(key));
                return Ok(Order::Known(match op {
                    CmpOp::Lt => less && !more,
                    CmpOp::LtE => less,
                    CmpOp::Gt => more && !less,
                    _ => more,
                }));
            }
            _ => {}
        }
        Ok(if self.is_decided(left) && self.is_decided(right) { Order::Refused } else { Order::Unknown })
    }

    /// The compared fields of an instance of a dataclass with `order=True`.
    fn ordered_fields(&self, value: &Value) -> Option<Vec<Value>> {
        let Some(Object::Instance(instance)) = self.object(value) else { return None };
        if self.dataclass_flag(&instance.class, "order") != Truth::Yes || instance.attributes.open {
            return None;
        }
        let fields = self.dataclass_compared_fields(&instance.class)?;
        fields.iter().map(|field| instance.attributes.value(field).cloned()).collect()
    }

    fn order_items(&mut self, op: CmpOp, left: &[Value], right: &[Value]) -> Eval<Order> {
        for (a, b) in left.iter().zip(right) {
            match self.any_equal(std::slice::from_ref(a), b)? {
                Truth::Yes => {}
                Truth::Maybe => return Ok(Order::Unknown),
                Truth::No => {
                    let result = self.rich_order(op, a, b)?;
                    return Ok(self.truth(&result)?.known().map_or(Order::Unknown, Order::Known));
                }
            }
        }
        Ok(Order::Known(holds(op, left.len().cmp(&right.len()))))
    }

    /// `bool(left < right)`, where it is known.
    pub(crate) fn is_less(&mut self, left: &Value, right: &Value) -> Eval<Option<bool>> {
        let result = self.rich_order(CmpOp::Lt, left, right)?;
        Ok(self.truth(&result)?.known())
    }

    /// The places of the items in sorted order; `None` where it is not known.
    pub(crate) fn sorted_places(&mut self, keys: &[Value], reverse: bool) -> Eval<Option<Vec<usize>>> {
        let mut places: Vec<usize> = (0..keys.len()).collect();
        // a stable sort: equal items keep their order, in reverse as well
        if reverse {
            places.reverse();
        }
        let Some(mut sorted) = self.merge_sort(&places, keys)? else { return Ok(None) };
        if reverse {
            sorted.reverse();
        }
        Ok(Some(sorted))
    }

    fn merge_sort(&mut self, places: &[usize], keys: &[Value]) -> Eval<Option<Vec<usize>>> {
        if places.len() < 2 {
            return Ok(Some(places.to_vec()));
        }
        let (left, right) = places.split_at(places.len() / 2);
        let (Some(left), Some(right)) = (self.merge_sort(left, keys)?, self.merge_sort(right, keys)?) else {
            return Ok(None);
        };
        let mut merged = Vec::with_capacity(places.len());
        let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
        while let (Some(&one), Some(&other)) = (left.peek(), right.peek()) {
            match self.is_less(&keys[other], &keys[one])? {
                Some(true) => merged.extend(right.next()),
                Some(false) => merged.extend(left.next()),
                None => return Ok(None),
            }
        }
        merged.extend(left);
        merged.extend(right);
        Ok(Some(merged))
    }
}

/// Whether a comparison is true of two things in that order.
pub(super) fn holds(op: CmpOp, order: Ordering) -> bool {
    match op {
        CmpOp::Eq => order.is_eq(),
        CmpOp::NotEq => order.is_ne(),
        CmpOp::Lt => order.is_lt(),
        CmpOp::LtE => order.is_le(),
        CmpOp::Gt => order.is_gt(),
        CmpOp::GtE => order.is_ge(),
        CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => false,
    }
}

fn dunders(op: CmpOp) -> (&'static str, &'static str) {
    match op {
        CmpOp::Lt => ("__lt__", "__gt__"),
        CmpOp::LtE => ("__le__", "__ge__"),
        CmpOp::Gt => ("__gt__", "__lt__"),
        _ => ("__ge__", "__le__"),
    }
}
