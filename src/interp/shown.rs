//! Values that are not interpreted, but of which is known how they show themselves: `str`, `repr`, the name of
//! their class. Node ids are made of that.
//!
//! For everything else they are like any other value of which nothing is known: whether they are true, what
//! they are equal to and what their attributes are, nobody says.

use std::sync::Arc;

use ruff_python_ast::name::Name;
use ruff_python_ast::{Operator, UnaryOp};

use super::stubs::Stub;
use super::truthiness::float_text;
use super::{Interp, Value, models};

/// How a value shows itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shown {
    /// The dotted name of its class.
    pub class: Option<Arc<str>>,
    /// Whether the class is only likely, by what was called: `offsets.Day(3)` may be anything.
    pub likely: bool,
    /// `repr(value)`
    pub repr: Option<Arc<str>>,
    /// `str(value)`
    pub text: Option<Arc<str>>,
    /// What it is computed with.
    pub amount: Option<Amount>,
    /// How many items it gives.
    pub length: Option<usize>,
}

/// Numbers that a [`Value`] cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Amount {
    /// An integer beyond 64 bits.
    Integer(i128),
    /// The bits of the real and of the imaginary part.
    Complex(u64, u64),
    /// A `timedelta`.
    Microseconds(i64),
    /// An array, and the name of its elements' type.
    Elements(Arc<str>),
}

impl Shown {
    /// An instance of a class that shows itself in a way that is not known.
    pub(super) fn instance(class: &str) -> Self {
        Self { class: Some(Arc::from(class)), ..Self::default() }
    }

    /// What `str` and `repr` make the same text of.
    pub(super) fn alike(class: &str, text: &str) -> Self {
        let text: Arc<str> = Arc::from(text);
        Self { repr: Some(text.clone()), text: Some(text), ..Self::instance(class) }
    }

    pub(super) fn with(mut self, amount: Amount) -> Self {
        self.amount = Some(amount);
        self
    }

    /// What each of its items is, as far as that is known.
    fn item(&self) -> Value {
        match &self.amount {
            Some(Amount::Elements(kind)) if &**kind != "object" => {
                let class = format!("numpy.{kind}");
                Value::of_shown(&class, Self::instance(&class))
            }
            _ => Value::Unknown,
        }
    }

    /// The items, where it is known how many there are.
    pub(super) fn items(&self) -> Option<Vec<Value>> {
        self.length.map(|length| vec![self.item(); length])
    }

    /// The class, where that is certain.
    pub fn certain_class(&self) -> Option<&str> {
        self.class.as_deref().filter(|_| !self.likely)
    }
}

impl Value {
    /// An integer of any size.
    pub(super) fn integer(value: i128) -> Self {
        match i64::try_from(value) {
            Ok(value) => Self::Int(value),
            Err(_) => Self::of_shown(
                "builtins.int",
                Shown::alike("builtins.int", &value.to_string()).with(Amount::Integer(value)),
            ),
        }
    }

    pub(super) fn complex(real: f64, imaginary: f64) -> Self {
        let part = |value: f64| {
            let text = float_text(value);
            text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
        };
        let text = if real == 0.0 && real.is_sign_positive() {
            format!("{}j", part(imaginary))
        } else {
            let sign = if imaginary.is_sign_negative() { "" } else { "+" };
            format!("({}{sign}{}j)", part(real), part(imaginary))
        };
        let amount = Amount::Complex(real.to_bits(), imaginary.to_bits());
        Self::of_shown("builtins.complex", Shown::alike("builtins.complex", &text).with(amount))
    }

    fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Int(value) => Some(i128::from(*value)),
            Self::Bool(value) => Some(i128::from(*value)),
            _ => match self.shown()?.amount.as_ref()? {
                Amount::Integer(value) => Some(*value),
                Amount::Complex(..) | Amount::Microseconds(_) | Amount::Elements(_) => None,
            },
        }
    }

    fn as_complex(&self) -> Option<(f64, f64)> {
        match self.shown()?.amount.as_ref()? {
            Amount::Complex(real, imaginary) => Some((f64::from_bits(*real), f64::from_bits(*imaginary))),
            Amount::Integer(_) | Amount::Microseconds(_) | Amount::Elements(_) => None,
        }
    }
}

impl Value {
    /// What calling the thing of that name gave: certainly or most likely an instance, where that is a class.
    pub(super) fn of_call(path: &Arc<str>) -> Self {
        if let Some(class) = models::class_of_call(path) {
            return Self::of_shown(path, Shown::instance(class));
        }
        let last = path.rsplit('.').next().unwrap_or(path);
        let is_like_a_class =
            last.starts_with(|letter: char| letter.is_ascii_uppercase()) && last.contains(char::is_lowercase);
        if is_like_a_class {
            return Self::of_shown(path, Shown { likely: true, ..Shown::instance(path) });
        }
        Self::computed(path)
    }
}

impl Interp<'_> {
    /// What a class's own `__new__` made, where that is not known: most likely an instance.
    pub(super) fn likely_instance(&self, class: super::Id) -> Value {
        let super::Object::Class(class) = self.heap.get(class) else { return Value::Unknown };
        let super::Object::Module(module) = self.heap.get(class.module) else { return Value::Unknown };
        let path = format!("{}.{}", module.name, class.name);
        Value::of_shown(&path, Shown { likely: true, ..Shown::instance(&path) })
    }

    /// `type(value)`, also where it is only likely and somebody wants to suppose so.
    pub(super) fn class_of_external(&self, value: &Value) -> Option<Arc<str>> {
        let shown = self.shown_of(value);
        if let Some(class) = shown.as_ref().and_then(Shown::certain_class) {
            return Some(Arc::from(class));
        }
        if !self.supposes {
            return None;
        }
        shown.and_then(|shown| shown.class).or_else(|| {
            let annotated = self.stub(value.extern_path()?)?;
            match annotated {
                Stub::Instance(class) => Some(Arc::from(class)),
                Stub::Callable(_) | Stub::Member(_) => None,
            }
        })
    }

    /// The `__name__` that an external thing most likely has.
    pub(super) fn supposed_name(&self, path: &str) -> Value {
        match self.stub(path) {
            Some(Stub::Callable(name)) => Value::str(name),
            Some(Stub::Instance(_) | Stub::Member(_)) => Value::Unknown,
            None => Value::str(path.rsplit('.').next().unwrap_or(path)),
        }
    }

    /// How a value shows itself, also one that is reached by its name: `datetime.timezone.utc`.
    pub(crate) fn shown_of(&self, value: &Value) -> Option<Shown> {
        match value.shown() {
            Some(shown) => Some(shown.clone()),
            None => models::constant(value.extern_path()?),
        }
    }

    /// An attribute of a value of which is known how it shows itself, where the attribute is known as well.
    pub(super) fn shown_attribute(&mut self, value: &Value, name: &Name) -> Option<Value> {
        let shown = value.shown()?;
        let path = match value {
            Value::Extern(external) => &external.path,
            _ => return None,
        };
        let known = match (&**name, &shown.amount) {
            ("__class__", _) => shown.certain_class().map(Value::external),
            ("dtype", Some(Amount::Elements(kind))) => {
                Some(Value::of_shown("numpy.dtype", models::element_type(kind)))
            }
            _ => None,
        };
        Some(known.unwrap_or_else(|| {
            self.may_raise_anything();
            Value::computed(path)
        }))
    }

    /// An item of a value of which is known how it shows itself.
    pub(super) fn shown_item(&self, value: &Value, index: &Value) -> Option<Value> {
        let shown = value.shown()?;
        match (&shown.amount, index) {
            (Some(Amount::Elements(_)), Value::Int(_)) => Some(shown.item()),
            _ => match value {
                Value::Extern(external) => Some(Value::computed(&external.path)),
                _ => None,
            },
        }
    }

    /// `-value` of a number that no [`Value`] holds.
    pub(super) fn unary_of_shown(op: UnaryOp, operand: &Value) -> Option<Value> {
        operand.shown()?;
        if let Some((real, imaginary)) = operand.as_complex() {
            return match op {
                UnaryOp::USub => Some(Value::complex(-real, -imaginary)),
                UnaryOp::UAdd => Some(operand.clone()),
                UnaryOp::Invert | UnaryOp::Not => None,
            };
        }
        let value = operand.as_integer()?;
        match op {
            UnaryOp::USub => value.checked_neg().map(Value::integer),
            UnaryOp::UAdd => Some(operand.clone()),
            UnaryOp::Invert => Some(Value::integer(!value)),
            UnaryOp::Not => None,
        }
    }

    /// `left op right` of numbers where one of them, or the result, is none that a [`Value`] holds.
    pub(super) fn binary_of_shown(&self, op: Operator, left: &Value, right: &Value) -> Option<Value> {
        if let (Some(a), Some(b)) = (left.as_integer(), right.as_integer()) {
            let result = match op {
                Operator::Add => a.checked_add(b),
                Operator::Sub => a.checked_sub(b),
                Operator::Mult => a.checked_mul(b),
                Operator::Pow => u32::try_from(b).ok().and_then(|power| a.checked_pow(power)),
                Operator::LShift => u32::try_from(b)
                    .ok()
                    .filter(|&places| places < 100)
                    .and_then(|places| 1_i128.checked_shl(places))
                    .and_then(|factor| a.checked_mul(factor)),
                _ => None,
            };
            return result.map(Value::integer);
        }
        let part = |value: &Value| value.as_complex().or_else(|| Some((self.float_of(value)?, 0.0)));
        left.as_complex().or_else(|| right.as_complex())?;
        let ((a, b), (c, d)) = (part(left)?, part(right)?);
        let (of_left, of_right) = (left.as_complex().is_some(), right.as_complex().is_some());
        match op {
            Operator::Add => Some(Value::complex(a + c, b + d)),
            // NOTE: a real number has no imaginary part that a sign could be lost of
            Operator::Sub if of_left && of_right => Some(Value::complex(a - c, b - d)),
            Operator::Sub => Some(Value::complex(a - c, if of_left { b } else { 0.0 - d })),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_themselves_as_python_prints_them() {
        let text =
            |value: Value| value.shown().and_then(|shown| shown.text.clone()).map(|text| text.to_string());
        for (value, expected) in [
            (Value::complex(0.0, 1.0), "1j"),
            (Value::complex(1.0, 1.0), "(1+1j)"),
            (Value::complex(1.5, -2.0), "(1.5-2j)"),
            (Value::complex(-0.0, -1.0), "(-0-1j)"),
            (Value::complex(f64::NAN, 0.0), "(nan+0j)"),
            (Value::integer(1 << 63), "9223372036854775808"),
        ] {
            assert_eq!(text(value).as_deref(), Some(expected));
        }
        assert!(matches!(Value::integer(7), Value::Int(7)));
    }
}
