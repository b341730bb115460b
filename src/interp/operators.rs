//! Operators: arithmetic, comparison, membership.

use std::cmp::Ordering;

use ruff_python_ast::{CmpOp, Operator, UnaryOp};

use super::call::Args;
use super::flow::Eval;
use super::{Cause, Instance, Interp, Object, Payload, Truth, Value};

impl Interp<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &Value) -> Eval {
        Ok(match (op, operand) {
            (UnaryOp::USub, Value::Int(value)) => value.checked_neg().map_or(Value::Unknown, Value::Int),
            (UnaryOp::USub, Value::Bool(value)) => Value::Int(-i64::from(*value)),
            (UnaryOp::USub, Value::Float(value)) => Value::Float(-value),
            (UnaryOp::UAdd, Value::Int(_) | Value::Float(_)) => operand.clone(),
            (UnaryOp::Invert, Value::Int(value)) => Value::Int(!value),
            (UnaryOp::USub | UnaryOp::UAdd | UnaryOp::Invert, Value::None | Value::Str(_)) => {
                let (sign, kind) = (op.as_str(), self.type_name(operand));
                return self.type_error(format!("bad operand type for unary {sign}: '{kind}'"));
            }
            _ => {
                self.may_raise_anything();
                Value::Unknown
            }
        })
    }

    /// `left + right`
    pub(crate) fn add(&mut self, left: &Value, right: &Value) -> Eval {
        self.binary(Operator::Add, left, right)
    }

    pub(super) fn augmented(&mut self, op: Operator, left: &Value, right: &Value) -> Eval {
        if let (Operator::BitOr, Some(Object::Dict(_))) = (op, self.object(left)) {
            return self.update_dict(left, right);
        }
        self.binary(op, left, right)
    }

    pub(super) fn binary(&mut self, op: Operator, left: &Value, right: &Value) -> Eval {
        if let Some(result) = self.arithmetic(op, left, right)? {
            return Ok(result);
        }
        if let Some(result) = self.sequence_operation(op, left, right)? {
            return Ok(result);
        }
        if op == Operator::Div
            && let Some(path) = self.join_paths(left, right)
        {
            return Ok(path);
        }
        if let Some(method) = dunder(op)
            && let Some(Object::Instance(Instance { payload: Payload::Nothing, class, .. })) =
                self.object(left)
            && class.as_id().is_some()
            && let Some(method) = self.find_method(left, method)
        {
            return self.call(&method, Args::of([right.clone()]));
        }
        if self.is_plain(left) && self.is_plain(right) {
            let (left, right) = (self.type_name(left), self.type_name(right));
            let sign = op.as_str();
            return self
                .type_error(format!("unsupported operand type(s) for {sign}: '{left}' and '{right}'"));
        }
        self.may_raise_anything();
        Ok(Value::Unknown)
    }

    /// Whether the operators of the value's type are all known here.
    fn is_plain(&self, value: &Value) -> bool {
        matches!(value, Value::None | Value::Int(_) | Value::Bool(_) | Value::Float(_) | Value::Str(_))
    }

    fn arithmetic(&mut self, op: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
        let as_int = |value: &Value| match value {
            Value::Int(value) => Some(*value),
            Value::Bool(value) => Some(i64::from(*value)),
            _ => None,
        };
        #[expect(clippy::cast_precision_loss, reason = "Python rounds in the same way")]
        let as_float = |value: &Value| match value {
            Value::Float(value) => Some(*value),
            _ => as_int(value).map(|value| value as f64),
        };
        if let (Value::Bool(a), Value::Bool(b)) = (left, right) {
            match op {
                Operator::BitAnd => return Ok(Some(Value::Bool(a & b))),
                Operator::BitOr => return Ok(Some(Value::Bool(a | b))),
                Operator::BitXor => return Ok(Some(Value::Bool(a ^ b))),
                _ => {}
            }
        }
        if let (Some(a), Some(b)) = (as_int(left), as_int(right)) {
            let zero = b == 0 && matches!(op, Operator::Div | Operator::FloorDiv | Operator::Mod);
            if zero {
                let message = match op {
                    Operator::Mod => "integer modulo by zero",
                    Operator::Div => "division by zero",
                    _ => "integer division or modulo by zero",
                };
                return self.raise("ZeroDivisionError", message, Cause::Python);
            }
            let known = match op {
                Operator::Add => a.checked_add(b),
                Operator::Sub => a.checked_sub(b),
                Operator::Mult => a.checked_mul(b),
                Operator::FloorDiv => a.checked_div_euclid(b).map(|quotient| {
                    let floor = a.wrapping_div(b);
                    if a.wrapping_rem(b) != 0 && ((a < 0) != (b < 0)) {
                        floor - 1
                    } else {
                        let _ = quotient;
                        floor
                    }
                }),
                Operator::Mod => a
                    .checked_rem(b)
                    .map(|rest| if rest != 0 && ((rest < 0) != (b < 0)) { rest + b } else { rest }),
                Operator::Pow => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
                Operator::BitAnd => Some(a & b),
                Operator::BitOr => Some(a | b),
                Operator::BitXor => Some(a ^ b),
                Operator::LShift => {
                    u32::try_from(b).ok().filter(|&b| b < 62 && a.abs() < 1 << (62 - b)).map(|b| a << b)
                }
                Operator::RShift => u32::try_from(b).ok().map(|b| a >> b.min(63)),
                #[expect(clippy::cast_precision_loss, reason = "Python rounds in the same way")]
                Operator::Div => return Ok(Some(Value::Float(a as f64 / b as f64))),
                Operator::MatMult => None,
            };
            return Ok(Some(known.map_or(Value::Unknown, Value::Int)));
        }
        if let (Some(a), Some(b)) = (as_float(left), as_float(right)) {
            if b == 0.0 && matches!(op, Operator::Div | Operator::FloorDiv | Operator::Mod) {
                return self.raise("ZeroDivisionError", "float division by zero", Cause::Python);
            }
            return Ok(match op {
                Operator::Add => Some(Value::Float(a + b)),
                Operator::Sub => Some(Value::Float(a - b)),
                Operator::Mult => Some(Value::Float(a * b)),
                Operator::Div => Some(Value::Float(a / b)),
                Operator::FloorDiv => Some(Value::Float((a / b).floor())),
                Operator::Pow => Some(Value::Float(a.powf(b))),
                _ => Some(Value::Unknown),
            });
        }
        Ok(None)
    }

    fn sequence_operation(&mut self, op: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
        /// Longer results are not built: their length and content stay unknown.
        const LONGEST: usize = 1 << 16;
        Ok(match (op, left, right) {
            (Operator::Add, Value::Str(a), Value::Str(b)) => Some(Value::str(format!("{a}{b}"))),
            (Operator::Add, Value::Bytes(a), Value::Bytes(b)) => {
                Some(Value::Bytes(a.iter().chain(b.iter()).copied().collect()))
            }
            (Operator::Add, Value::Tuple(a), Value::Tuple(b)) => {
                Some(Value::tuple(a.iter().chain(b.iter()).cloned()))
            }
            (Operator::Mult, Value::Str(text), Value::Int(count))
            | (Operator::Mult, Value::Int(count), Value::Str(text)) => {
                let count = usize::try_from(*count).unwrap_or(0);
                Some(if text.len().saturating_mul(count) <= LONGEST {
                    Value::str(text.repeat(count))
                } else {
                    Value::Unknown
                })
            }
            (Operator::Mult, Value::Tuple(items), Value::Int(count))
            | (Operator::Mult, Value::Int(count), Value::Tuple(items)) => {
                let count = usize::try_from(*count).unwrap_or(0);
                Some(if items.len().saturating_mul(count) <= LONGEST {
                    Value::Tuple(vec![items.to_vec(); count].concat().into())
                } else {
                    Value::Unknown
                })
            }
            (Operator::Mod, Value::Str(template), _) => Some(self.percent(&template.clone(), right)),
            _ => match (self.object(left), self.object(right)) {
                (Some(Object::List(a)), Some(Object::List(b))) if op == Operator::Add => {
                    let items = a.items.iter().chain(&b.items).cloned().collect();
                    let list = super::List { items, open: a.open || b.open };
                    Some(Value::Object(self.heap.add(Object::List(list))))
                }
                (Some(Object::List(list)), _) if op == Operator::Mult => {
                    let (items, open) = (list.items.clone(), list.open);
                    let list = match right {
                        Value::Int(count)
                            if items.len().saturating_mul(usize::try_from(*count).unwrap_or(0))
                                <= LONGEST =>
                        {
                            super::List {
                                items: vec![items; usize::try_from(*count).unwrap_or(0)].concat(),
                                open,
                            }
                        }
                        _ => super::List { items: Vec::new(), open: true },
                    };
                    Some(Value::Object(self.heap.add(Object::List(list))))
                }
                (Some(Object::Set(a)), Some(Object::Set(b))) => {
                    let (a, b) = (a.clone(), b.clone());
                    let mut set = a.clone();
                    set.open = a.open || b.open;
                    match op {
                        Operator::BitOr => set.items.extend(b.items),
                        Operator::BitAnd => set.items.retain(|key, _| b.items.contains_key(key)),
                        Operator::Sub => set.items.retain(|key, _| !b.items.contains_key(key)),
                        _ => set.open = true,
                    }
                    Some(Value::Object(self.heap.add(Object::Set(set))))
                }
                (Some(Object::Dict(a)), Some(Object::Dict(b))) if op == Operator::BitOr => {
                    let mut dict = a.clone();
                    dict.open |= b.open;
                    dict.entries.extend(b.entries.clone());
                    Some(Value::Object(self.heap.add(Object::Dict(dict))))
                }
                _ => None,
            },
        })
    }

    /// `template % value`, for `%s`, `%d` and `%r` of known values.
    fn percent(&self, template: &str, value: &Value) -> Value {
        let mut values: Vec<Value> = match value {
            Value::Tuple(items) => items.to_vec(),
            single => vec![single.clone()],
        };
        values.reverse();
        let mut text = String::new();
        let mut characters = template.chars();
        while let Some(character) = characters.next() {
            if character != '%' {
                text.push(character);
                continue;
            }
            let shown = match characters.next() {
                Some('%') => Some("%".to_owned()),
                Some('s') => values.pop().and_then(|value| self.text_of(&value)),
                Some('r') => values.pop().and_then(|value| self.repr_of(&value)),
                Some('d' | 'i') => match values.pop() {
                    Some(Value::Int(value)) => Some(value.to_string()),
                    _ => None,
                },
                _ => None,
            };
            let Some(shown) = shown else { return Value::Unknown };
            text.push_str(&shown);
        }
        if values.is_empty() { Value::str(text) } else { Value::Unknown }
    }

    pub(super) fn compare(&mut self, op: CmpOp, left: &Value, right: &Value) -> Eval {
        let truth = match op {
            CmpOp::Is => self.identical(left, right),
            CmpOp::IsNot => !self.identical(left, right),
            CmpOp::Eq => self.equal(left, right),
            CmpOp::NotEq => !self.equal(left, right),
            CmpOp::In => self.contains(right, left)?,
            CmpOp::NotIn => !self.contains(right, left)?,
            CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => {
                if matches!(left, Value::None) && self.is_plain(right)
                    || matches!(right, Value::None) && self.is_plain(left)
                {
                    let (sign, left, right) = (op.as_str(), self.type_name(left), self.type_name(right));
                    return self.type_error(format!(
                        "'{sign}' not supported between instances of '{left}' and '{right}'"
                    ));
                }
                match self.order(left, right) {
                    Some(order) => Truth::from(match op {
                        CmpOp::Lt => order == Ordering::Less,
                        CmpOp::LtE => order != Ordering::Greater,
                        CmpOp::Gt => order == Ordering::Greater,
                        _ => order != Ordering::Less,
                    }),
                    None => {
                        self.may_raise_anything();
                        Truth::Maybe
                    }
                }
            }
        };
        Ok(truth.known().map_or(Value::Unknown, Value::Bool))
    }

    pub(super) fn identical(&self, left: &Value, right: &Value) -> Truth {
        match (left, right) {
            (Value::OneOf(values), other) | (other, Value::OneOf(values)) => values
                .iter()
                .map(|value| self.identical(value, other))
                .reduce(Truth::join)
                .unwrap_or(Truth::Maybe),
            (left, right) if left.is_unknown() || right.is_unknown() => Truth::Maybe,
            (Value::None, Value::None) | (Value::Ellipsis, Value::Ellipsis) => Truth::Yes,
            (Value::Bool(a), Value::Bool(b)) => Truth::from(a == b),
            (Value::Object(a), Value::Object(b)) if a == b => Truth::Yes,
            (Value::Object(_), Value::Object(_)) => Truth::No,
            (Value::Extern(a), Value::Extern(b)) => {
                if a == b {
                    Truth::Yes
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
            _ => match (self.object(left), self.object(right)) {
                (Some(Object::List(a)), Some(Object::List(b))) if !a.open && !b.open => {
                    if a.items.len() != b.items.len() {
                        return Truth::No;
                    }
                    a.items.iter().zip(&b.items).map(|(a, b)| self.equal(a, b)).fold(Truth::Yes, Truth::and)
                }
                _ => match (self.plain_key(left), self.plain_key(right)) {
                    (Some(a), Some(b)) => {
                        let named = |value: &Value| matches!(value, Value::Extern(_));
                        if a == b {
                            Truth::Yes
                        } else if named(left) || named(right) {
                            // an external name may stand for an equal value
                            Truth::Maybe
                        } else {
                            Truth::No
                        }
                    }
                    _ => Truth::Maybe,
                },
            },
        }
    }

    fn order(&self, left: &Value, right: &Value) -> Option<Ordering> {
        match (left, right) {
            (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
            (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
            (Value::Tuple(a), Value::Tuple(b)) => {
                for (a, b) in a.iter().zip(b.iter()) {
                    match self.equal(a, b) {
                        Truth::Yes => {}
                        Truth::No => return self.order(a, b),
                        Truth::Maybe => return None,
                    }
                }
                Some(a.len().cmp(&b.len()))
            }
            _ => {
                #[expect(clippy::cast_precision_loss, reason = "only compared")]
                let number = |value: &Value| match value {
                    Value::Int(value) => Some(*value as f64),
                    Value::Bool(value) => Some(f64::from(u8::from(*value))),
                    Value::Float(value) => Some(*value),
                    _ => None,
                };
                number(left)?.partial_cmp(&number(right)?)
            }
        }
    }

    fn contains(&mut self, container: &Value, item: &Value) -> Eval<Truth> {
        if let (Value::Str(text), Value::Str(part)) = (container, item) {
            return Ok(Truth::from(text.contains(&**part)));
        }
        match self.object(container) {
            Some(Object::Dict(dict)) => {
                let found = self.plain_key(item).map(|key| dict.entries.contains_key(&key));
                return Ok(match found {
                    Some(true) if !dict.open => Truth::Yes,
                    Some(false) if !dict.open => {
                        // `"x" in sys.modules`: what pytest and the library have loaded is not listed
                        if container.as_id() == Some(self.modules) { self.is_loaded(item) } else { Truth::No }
                    }
                    None if dict.entries.is_empty() && !dict.open => Truth::No,
                    _ if container.as_id() == Some(self.environ) => Truth::Maybe,
                    _ => Truth::Maybe,
                });
            }
            Some(Object::Set(set)) => {
                let found = self.plain_key(item).map(|key| set.items.contains_key(&key));
                return Ok(match found {
                    Some(true) => Truth::Yes,
                    Some(false) if !set.open => Truth::No,
                    _ => Truth::Maybe,
                });
            }
            Some(Object::Instance(instance)) if instance.class.as_id().is_some() => {
                if let Some(method) = self.find_method(container, "__contains__") {
                    let result = self.call(&method, Args::of([item.clone()]))?;
                    return self.truth(&result);
                }
                return Ok(Truth::Maybe);
            }
            Some(Object::List(list)) if list.open => {
                let found = list.items.clone().iter().any(|known| self.equal(known, item) == Truth::Yes);
                return Ok(if found { Truth::Yes } else { Truth::Maybe });
            }
            Some(Object::List(_)) => {}
            Some(_) => return Ok(Truth::Maybe),
            None => match container {
                Value::Tuple(_) => {}
                Value::None | Value::Int(_) | Value::Bool(_) | Value::Float(_) => {
                    let kind = self.type_name(container);
                    return self.type_error(format!("argument of type '{kind}' is not iterable"));
                }
                _ => {
                    self.may_raise_anything();
                    return Ok(Truth::Maybe);
                }
            },
        }
        let items = self.iterate(container)?.unwrap_or_default();
        Ok(items.iter().map(|known| self.equal(known, item)).fold(Truth::No, Truth::or))
    }

    /// `type(value).__name__`, for messages.
    pub(crate) fn type_name(&self, value: &Value) -> String {
        match value {
            Value::None => "NoneType".to_owned(),
            Value::Bool(_) => "bool".to_owned(),
            Value::Int(_) => "int".to_owned(),
            Value::Float(_) => "float".to_owned(),
            Value::Str(_) => "str".to_owned(),
            Value::Bytes(_) => "bytes".to_owned(),
            Value::Tuple(_) => "tuple".to_owned(),
            Value::Ellipsis => "ellipsis".to_owned(),
            Value::NotImplemented => "NotImplementedType".to_owned(),
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(_) => "list".to_owned(),
                Object::Dict(_) => "dict".to_owned(),
                Object::Set(set) => if set.frozen { "frozenset" } else { "set" }.to_owned(),
                Object::Module(_) => "module".to_owned(),
                Object::Function(_) => "function".to_owned(),
                Object::Method(_) => "method".to_owned(),
                Object::Class(_) => "type".to_owned(),
                Object::Instance(instance) => self.class_name(&instance.class),
                Object::Generator(_) => "generator".to_owned(),
                Object::Mark(_) => "MarkDecorator".to_owned(),
                Object::Parameter(_) => "ParameterSet".to_owned(),
                Object::Fixture(_) => "FixtureFunctionDefinition".to_owned(),
                Object::Partial(_) => "partial".to_owned(),
                Object::Super(_) => "super".to_owned(),
                Object::Wrapper(_) | Object::Scope(_) => "object".to_owned(),
            },
            Value::Extern(external) => external.last().to_owned(),
            Value::Unknown | Value::OneOf(_) => "object".to_owned(),
        }
    }

    /// The last part of a class's name.
    pub fn class_name(&self, class: &Value) -> String {
        match class {
            Value::Object(id) => match self.heap.get(*id) {
                Object::Class(class) => class.name.to_string(),
                _ => "object".to_owned(),
            },
            Value::Extern(external) => exception_name(external.last(), &external.path).to_owned(),
            _ => "Exception".to_owned(),
        }
    }
}

/// pytest's exceptions have other names than the attributes they are offered as.
fn exception_name<'n>(last: &'n str, path: &str) -> &'n str {
    match path {
        "pytest.skip.Exception" => "Skipped",
        "pytest.fail.Exception" => "Failed",
        "pytest.xfail.Exception" => "XFailed",
        "pytest.exit.Exception" => "Exit",
        _ => last,
    }
}

fn dunder(op: Operator) -> Option<&'static str> {
    Some(match op {
        Operator::Add => "__add__",
        Operator::Sub => "__sub__",
        Operator::Mult => "__mul__",
        Operator::Div => "__truediv__",
        Operator::FloorDiv => "__floordiv__",
        Operator::Mod => "__mod__",
        Operator::BitOr => "__or__",
        Operator::BitAnd => "__and__",
        Operator::BitXor => "__xor__",
        Operator::LShift => "__lshift__",
        Operator::RShift => "__rshift__",
        Operator::Pow => "__pow__",
        Operator::MatMult => "__matmul__",
    })
}
