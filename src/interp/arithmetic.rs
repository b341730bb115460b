//! Arithmetic of numbers, and `+` and `*` of sequences: what the builtin types do.

use crate::environment::PythonVersion;
use ruff_python_ast::{Operator, UnaryOp};

use super::flow::Eval;
use super::{Cause, Dict, Interp, List, Object, Value};

/// Longer sequences are not built: their length and content stay unknown.
const LONGEST: usize = 1 << 16;

/// Integers up to here are floats without loss.
const EXACT: u64 = 1 << 53;

impl Interp<'_> {
    /// The integer that a value is.
    #[expect(clippy::unused_self, reason = "reads as a question to the interpreter, like the others")]
    pub(crate) fn int_of(&self, value: &Value) -> Option<i64> {
        match value {
            Value::Int(value) => Some(*value),
            Value::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// The number that a value is, as a float; `None` where it is none, or a large integer.
    #[expect(clippy::cast_precision_loss, reason = "checked to be exact")]
    pub(crate) fn float_of(&self, value: &Value) -> Option<f64> {
        match value {
            Value::Float(value) => Some(*value),
            _ => self.int_of(value).filter(|value| value.unsigned_abs() <= EXACT).map(|value| value as f64),
        }
    }

    pub(super) fn unary_of_builtin(&mut self, op: UnaryOp, operand: &Value) -> Eval {
        Ok(match (op, operand) {
            (UnaryOp::USub, Value::Float(value)) => Value::Float(-value),
            (UnaryOp::UAdd, Value::Float(_)) => operand.clone(),
            (op, operand) => match (op, self.int_of(operand)) {
                (UnaryOp::USub, Some(value)) => value.checked_neg().map_or(Value::Unknown, Value::Int),
                (UnaryOp::UAdd, Some(value)) => Value::Int(value),
                (UnaryOp::Invert, Some(value)) => Value::Int(!value),
                _ if self.is_decided(operand) => {
                    let (sign, kind) = (op.as_str(), self.type_name(operand));
                    return self.type_error(format!("bad operand type for unary {sign}: '{kind}'"));
                }
                _ => {
                    self.may_raise_anything();
                    Value::Unknown
                }
            },
        })
    }

    /// `left op right` of numbers; `None` where they are not both numbers.
    pub(super) fn arithmetic(&mut self, op: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
        if let (Value::Bool(a), Value::Bool(b)) = (left, right) {
            match op {
                Operator::BitAnd => return Ok(Some(Value::Bool(a & b))),
                Operator::BitOr => return Ok(Some(Value::Bool(a | b))),
                Operator::BitXor => return Ok(Some(Value::Bool(a ^ b))),
                _ => {}
            }
        }
        if let (Some(a), Some(b)) = (self.int_of(left), self.int_of(right)) {
            return self.integers(op, a, b).map(Some);
        }
        let is_number = |value: &Value| matches!(value, Value::Int(_) | Value::Bool(_) | Value::Float(_));
        if !is_number(left) || !is_number(right) {
            return Ok(None);
        }
        let bitwise = matches!(
            op,
            Operator::BitAnd
                | Operator::BitOr
                | Operator::BitXor
                | Operator::LShift
                | Operator::RShift
                | Operator::MatMult
        );
        if bitwise {
            return Ok(None);
        }
        match (self.float_of(left), self.float_of(right)) {
            (Some(a), Some(b)) => self.floats(op, a, b).map(Some),
            _ => Ok(Some(Value::Unknown)),
        }
    }

    fn zero_division<T>(&mut self, message: &str) -> Eval<T> {
        self.raise("ZeroDivisionError", message, Cause::Python)
    }

    fn integers(&mut self, op: Operator, a: i64, b: i64) -> Eval {
        let modern = self.environment.python >= PythonVersion::new(3, 14);
        if b == 0 && matches!(op, Operator::Div | Operator::FloorDiv | Operator::Mod) {
            return self.zero_division(match op {
                _ if modern => "division by zero",
                Operator::Mod => "integer modulo by zero",
                Operator::Div => "division by zero",
                _ => "integer division or modulo by zero",
            });
        }
        if b < 0 && matches!(op, Operator::LShift | Operator::RShift) {
            return self.raise("ValueError", "negative shift count", Cause::Python);
        }
        let known = match op {
            Operator::Add => a.checked_add(b),
            Operator::Sub => a.checked_sub(b),
            Operator::Mult => a.checked_mul(b),
            Operator::FloorDiv => a.checked_div(b).map(|quotient| {
                if a.wrapping_rem(b) != 0 && ((a < 0) != (b < 0)) { quotient - 1 } else { quotient }
            }),
            Operator::Mod => a
                .checked_rem(b)
                .map(|rest| if rest != 0 && ((rest < 0) != (b < 0)) { rest + b } else { rest }),
            Operator::Pow if b < 0 => {
                if a == 0 {
                    return self.zero_division("0.0 cannot be raised to a negative power");
                }
                return match (self.float_of(&Value::Int(a)), self.float_of(&Value::Int(b))) {
                    (Some(a), Some(b)) => self.floats(op, a, b),
                    _ => Ok(Value::Unknown),
                };
            }
            Operator::Pow => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
            Operator::BitAnd => Some(a & b),
            Operator::BitOr => Some(a | b),
            Operator::BitXor => Some(a ^ b),
            Operator::LShift => {
                let shifted = u32::try_from(b).ok().filter(|&b| b < 63).and_then(|b| a.checked_mul(1 << b));
                if a == 0 { Some(0) } else { shifted }
            }
            Operator::RShift => Some(a >> b.min(63)),
            Operator::Div => {
                return Ok(match (self.float_of(&Value::Int(a)), self.float_of(&Value::Int(b))) {
                    (Some(a), Some(b)) => Value::Float(a / b),
                    _ => Value::Unknown,
                });
            }
            Operator::MatMult => {
                return self.type_error("unsupported operand type(s) for @: 'int' and 'int'");
            }
        };
        Ok(known.map_or(Value::Unknown, Value::Int))
    }

    fn floats(&mut self, op: Operator, a: f64, b: f64) -> Eval {
        if b == 0.0 {
            match op {
                Operator::Div => return self.zero_division("float division by zero"),
                Operator::FloorDiv => return self.zero_division("float floor division by zero"),
                Operator::Mod => return self.zero_division("float modulo"),
                _ => {}
            }
        }
        Ok(Value::Float(match op {
            Operator::Add => a + b,
            Operator::Sub => a - b,
            Operator::Mult => a * b,
            Operator::Div => a / b,
            Operator::Mod => float_mod(a, b),
            Operator::FloorDiv => float_floor(a, b),
            Operator::Pow => {
                if a == 0.0 && b < 0.0 {
                    return self.zero_division("0.0 cannot be raised to a negative power");
                }
                if a < 0.0 && b.fract() != 0.0 {
                    // a complex number
                    return Ok(Value::Unknown);
                }
                let power = a.powf(b);
                if power.is_infinite() && a.is_finite() && b.is_finite() {
                    return self.raise(
                        "OverflowError",
                        "(34, 'Numerical result out of range')",
                        Cause::Python,
                    );
                }
                power
            }
            _ => return Ok(Value::Unknown),
        }))
    }

    /// `+` and `*` of sequences, `|` of dicts, and operators of sets.
    pub(super) fn sequence_operation(
        &mut self,
        op: Operator,
        left: &Value,
        right: &Value,
    ) -> Eval<Option<Value>> {
        if op == Operator::Mult {
            if let Some(count) = self.int_of(right) {
                return Ok(self.repeated(left, count));
            }
            if let Some(count) = self.int_of(left) {
                return Ok(self.repeated(right, count));
            }
        }
        match (op, left, right) {
            (Operator::Add, Value::Str(a), Value::Str(b)) => Ok(Some(Value::str(format!("{a}{b}")))),
            (Operator::Add, Value::Bytes(a), Value::Bytes(b)) => {
                Ok(Some(Value::Bytes(a.iter().chain(b.iter()).copied().collect())))
            }
            (Operator::Add, Value::Tuple(a), Value::Tuple(b)) => {
                Ok(Some(Value::tuple(a.iter().chain(b.iter()).cloned())))
            }
            (Operator::Mod, Value::Str(template), _) => {
                let template = template.clone();
                Ok(Some(self.percent(&template, right)?.map_or(Value::Unknown, Value::str)))
            }
            (Operator::Mod, Value::Bytes(_), _) => Ok(Some(Value::Unknown)),
            _ => Ok(self.containers(op, left, right)),
        }
    }

    fn containers(&mut self, op: Operator, left: &Value, right: &Value) -> Option<Value> {
        match (self.object(left)?, self.object(right)?) {
            (Object::List(a), Object::List(b)) if op == Operator::Add => {
                let items = a.items.iter().chain(&b.items).cloned().collect();
                let list = List { items, open: a.open || b.open };
                Some(Value::Object(self.heap.add(Object::List(list))))
            }
            (Object::Set(a), Object::Set(b)) => {
                let (a, b) = (a.clone(), b.clone());
                super::models::combine_sets(op, &a, &b)
                    .map(|set| Value::Object(self.heap.add(Object::Set(set))))
            }
            (Object::Dict(a), Object::Dict(b)) if op == Operator::BitOr => {
                let dict = merged(a.clone(), b);
                Some(Value::Object(self.heap.add(Object::Dict(dict))))
            }
            _ => None,
        }
    }

    fn repeated(&mut self, value: &Value, count: i64) -> Option<Value> {
        let count = usize::try_from(count).unwrap_or(0);
        let fits = |length: usize| length.saturating_mul(count) <= LONGEST;
        match value {
            Value::Str(text) => {
                Some(if fits(text.len()) { Value::str(text.repeat(count)) } else { Value::Unknown })
            }
            Value::Bytes(bytes) => Some(if fits(bytes.len()) {
                Value::Bytes(bytes.repeat(count).into())
            } else {
                Value::Unknown
            }),
            Value::Tuple(items) => Some(if fits(items.len()) {
                Value::Tuple(vec![items.to_vec(); count].concat().into())
            } else {
                Value::Unknown
            }),
            _ => match self.object(value)? {
                Object::List(list) => {
                    let list = if fits(list.items.len()) {
                        List { items: vec![list.items.clone(); count].concat(), open: list.open }
                    } else {
                        List { items: Vec::new(), open: true }
                    };
                    Some(Value::Object(self.heap.add(Object::List(list))))
                }
                _ => None,
            },
        }
    }
}

/// The entries of both; those of `other` win, in the places of the first.
pub(super) fn merged(mut dict: Dict, other: &Dict) -> Dict {
    dict.open |= other.open;
    for (key, (name, value)) in &other.entries {
        dict.set(key.clone(), name.clone(), value.clone());
    }
    dict
}

/// `a % b`: with the sign of `b`.
pub(crate) fn float_mod(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest == 0.0 {
        0.0_f64.copysign(b)
    } else if (b < 0.0) != (rest < 0.0) {
        rest + b
    } else {
        rest
    }
}

/// `a // b`, rounded as Python does it.
pub(crate) fn float_floor(a: f64, b: f64) -> f64 {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest != 0.0 && (b < 0.0) != (rest < 0.0) {
        rest += b;
        quotient -= 1.0;
    }
    let _ = rest;
    if quotient == 0.0 {
        return 0.0_f64.copysign(a / b);
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}
