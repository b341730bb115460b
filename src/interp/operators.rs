//! Operators: whose special method is asked, and what the builtin types do.

use ruff_python_ast::{Operator, UnaryOp};

use super::flow::Eval;
use super::protocol::Special;
use super::{Instance, Interp, Object, Value};
use crate::interp::call::Args;

impl Interp<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &Value) -> Eval {
        let method = match op {
            UnaryOp::USub => "__neg__",
            UnaryOp::UAdd => "__pos__",
            UnaryOp::Invert | UnaryOp::Not => "__invert__",
        };
        if let Some(result) = Self::unary_of_shown(op, operand) {
            return Ok(result);
        }
        if let Some(result) = self.call_special(operand, method, [])? {
            return Ok(result);
        }
        let plain = self.plain(operand);
        self.unary_of_builtin(op, &plain)
    }

    /// `left + right`
    pub(crate) fn add(&mut self, left: &Value, right: &Value) -> Eval {
        self.binary(Operator::Add, left, right)
    }

    /// `left op= right`
    pub(super) fn augmented(&mut self, op: Operator, left: &Value, right: &Value) -> Eval {
        let (_, _, in_place) = dunders(op);
        match self.special(left, in_place)? {
            Special::Method(method) => {
                let result = self.call(&method, Args::of([right.clone()]))?;
                if !matches!(result, Value::NotImplemented) {
                    return Ok(result);
                }
            }
            Special::Missing | Special::Unknown => {}
        }
        let plain = self.plain(left);
        match (op, self.object(&plain)) {
            (Operator::BitOr, Some(Object::Dict(_))) => {
                super::models::update_with(self, &plain, right)?;
                Ok(left.clone())
            }
            (Operator::Add, Some(Object::List(_))) => {
                let items = self.iterate(right)?;
                if let Some(id) = plain.as_id()
                    && let Object::List(list) = self.heap.change(id)
                {
                    match items {
                        Some(items) => list.items.extend(items),
                        None => list.open = true,
                    }
                }
                Ok(left.clone())
            }
            (Operator::Mult, Some(Object::List(_))) | (_, Some(Object::Set(_))) => {
                let frozen = matches!(self.object(&plain), Some(Object::Set(set)) if set.frozen);
                let result = self.binary(op, &plain, right)?;
                if frozen {
                    return Ok(result);
                }
                let changed = self.object(&result).cloned();
                match (plain.as_id(), changed) {
                    (Some(id), Some(changed @ (Object::List(_) | Object::Set(_)))) => {
                        *self.heap.change(id) = changed;
                    }
                    (Some(id), _) => self.heap.forget_content(id),
                    (None, _) => {}
                }
                Ok(left.clone())
            }
            _ => self.binary(op, left, right),
        }
    }

    pub(super) fn binary(&mut self, op: Operator, left: &Value, right: &Value) -> Eval {
        if let Some(result) = self.binary_of_any(op, left, right)? {
            return Ok(result);
        }
        if let Some(result) = self.binary_by_method(op, left, right)? {
            return Ok(result);
        }
        let (a, b) = (self.plain(left), self.plain(right));
        if let Some(result) = self.arithmetic(op, &a, &b)? {
            if result.is_unknown()
                && let Some(result) = self.binary_of_shown(op, &a, &b)
            {
                return Ok(result);
            }
            return Ok(result);
        }
        if let Some(result) = self.binary_of_shown(op, &a, &b) {
            return Ok(result);
        }
        if let Some(result) = self.sequence_operation(op, &a, &b)? {
            return Ok(result);
        }
        if op == Operator::Div
            && let Some(path) = self.join_paths(left, right)
        {
            return Ok(path);
        }
        if let Some(union) = self.union_of(op, left, right)? {
            return Ok(union);
        }
        if self.is_decided(left) && self.is_decided(right) {
            return self.refuse_operands(op, left, right);
        }
        self.may_raise_anything();
        Ok(Value::Unknown)
    }

    /// Each of a few values, where one is not known to be a single one.
    fn binary_of_any(&mut self, op: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
        let (Value::OneOf(values), single) = (left, right) else { return Ok(None) };
        let mut result: Option<Value> = None;
        self.maybe += 1;
        let values = values.clone();
        for value in values.iter() {
            match self.binary(op, value, single) {
                Ok(found) => result = Some(result.map_or(found.clone(), |known| known.join(&found))),
                Err(_) => result = Some(Value::Unknown),
            }
        }
        self.maybe -= 1;
        if result.as_ref().is_none_or(Value::is_unknown) {
            self.may_raise_anything();
        }
        Ok(Some(result.unwrap_or(Value::Unknown)))
    }

    fn refuse_operands(&mut self, op: Operator, left: &Value, right: &Value) -> Eval {
        let message = match (op, left, right) {
            (Operator::Add, Value::Str(_), _) => {
                format!("can only concatenate str (not \"{}\") to str", self.type_name(right))
            }
            (Operator::Add, Value::Bytes(_), _) => {
                format!("can't concat {} to bytes", self.type_name(right))
            }
            (Operator::Add, Value::Tuple(_), _) => {
                format!("can only concatenate tuple (not \"{}\") to tuple", self.type_name(right))
            }
            (Operator::Add, _, _) if matches!(self.object(left), Some(Object::List(_))) => {
                format!("can only concatenate list (not \"{}\") to list", self.type_name(right))
            }
            (Operator::Mult, _, _) if self.is_sequence(left) => {
                format!("can't multiply sequence by non-int of type '{}'", self.type_name(right))
            }
            (Operator::Mult, _, _) if self.is_sequence(right) => {
                format!("can't multiply sequence by non-int of type '{}'", self.type_name(left))
            }
            _ => {
                let sign = if op == Operator::Pow { "** or pow()" } else { op.as_str() };
                let (left, right) = (self.type_name(left), self.type_name(right));
                format!("unsupported operand type(s) for {sign}: '{left}' and '{right}'")
            }
        };
        self.type_error(message)
    }

    fn is_sequence(&self, value: &Value) -> bool {
        matches!(value, Value::Str(_) | Value::Bytes(_) | Value::Tuple(_))
            || matches!(self.object(value), Some(Object::List(_)))
    }

    /// What the special methods of interpreted classes make of it; `None` where they do nothing.
    fn binary_by_method(&mut self, op: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
        let is_made = |interp: &Self, value: &Value| {
            matches!(interp.object(value), Some(Object::Instance(_) | Object::Class(_)))
        };
        if !is_made(self, left) && !is_made(self, right) {
            return Ok(None);
        }
        let (own, reflected, _) = dunders(op);
        let first = self.special(left, own)?;
        let second = self.special(right, reflected)?;
        let right_first = matches!(second, Special::Method(_)) && self.is_more_derived(right, left);
        let mut order = [(first, right), (second, left)];
        if right_first {
            order.reverse();
        }
        let mut unknown = false;
        for (method, operand) in order {
            match method {
                Special::Method(method) => {
                    let result = self.call(&method, Args::of([operand.clone()]))?;
                    if !matches!(result, Value::NotImplemented) {
                        return Ok(Some(if unknown { Value::Unknown } else { result }));
                    }
                }
                Special::Missing => {}
                Special::Unknown => unknown = true,
            }
        }
        if unknown && !matches!(self.plain(left), Value::Object(_) | Value::Extern(_)) {
            // an operator of a builtin value and something unknown
            self.may_raise_anything();
        }
        Ok(None)
    }

    /// Whether the class of `value` derives from that of `other`, so that its method is asked first.
    fn is_more_derived(&self, value: &Value, other: &Value) -> bool {
        let class = |value: &Value| match self.object(value) {
            Some(Object::Instance(Instance { class, .. })) => class.as_id(),
            _ => None,
        };
        let (Some(own), Some(of)) = (class(value), class(other)) else { return false };
        own != of
            && matches!(self.heap.get(own), Object::Class(class) if class.mro.iter().any(|base| base.as_id() == Some(of)))
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
                Object::Method(method) => match method.function.extern_path() {
                    Some(path) if path.starts_with("builtins.") => "builtin_function_or_method".to_owned(),
                    _ => "method".to_owned(),
                },
                Object::Class(class) => match &class.metaclass {
                    Value::Object(_) => self.class_name(&class.metaclass),
                    _ => class.metaclass.extern_path().map_or("type", last).to_owned(),
                },
                Object::Instance(instance) => self.class_name(&instance.class),
                Object::Generator(generator) => match generator.kind {
                    super::GeneratorKind::Generator => "generator".to_owned(),
                    super::GeneratorKind::Coroutine => "coroutine".to_owned(),
                    super::GeneratorKind::AsyncGenerator => "async_generator".to_owned(),
                },
                Object::Mark(_) => "MarkDecorator".to_owned(),
                Object::Parameter(_) => "ParameterSet".to_owned(),
                Object::Fixture(_) => "FixtureFunctionDefinition".to_owned(),
                Object::Partial(_) => "partial".to_owned(),
                Object::Super(_) => "super".to_owned(),
                Object::Wrapper(wrapper) => match wrapper.kind {
                    super::WrapperKind::StaticMethod => "staticmethod".to_owned(),
                    super::WrapperKind::ClassMethod => "classmethod".to_owned(),
                    super::WrapperKind::Property => "property".to_owned(),
                    super::WrapperKind::Decorated => "object".to_owned(),
                },
                Object::Scope(_) | Object::Gone => "object".to_owned(),
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

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// pytest's exceptions have other names than the attributes they are offered as.
fn exception_name<'n>(last: &'n str, path: &str) -> &'n str {
    match path {
        "pytest.skip.Exception" => "Skipped",
        "pytest.fail.Exception" => "Failed",
        "pytest.xfail.Exception" => "XFailed",
        "pytest.exit.Exception" => "Exit",
        "_csv.Error" => "Error",
        _ => last,
    }
}

/// The methods of `left op right`, of the reflected operands, and of `left op= right`.
fn dunders(op: Operator) -> (&'static str, &'static str, &'static str) {
    match op {
        Operator::Add => ("__add__", "__radd__", "__iadd__"),
        Operator::Sub => ("__sub__", "__rsub__", "__isub__"),
        Operator::Mult => ("__mul__", "__rmul__", "__imul__"),
        Operator::Div => ("__truediv__", "__rtruediv__", "__itruediv__"),
        Operator::FloorDiv => ("__floordiv__", "__rfloordiv__", "__ifloordiv__"),
        Operator::Mod => ("__mod__", "__rmod__", "__imod__"),
        Operator::BitOr => ("__or__", "__ror__", "__ior__"),
        Operator::BitAnd => ("__and__", "__rand__", "__iand__"),
        Operator::BitXor => ("__xor__", "__rxor__", "__ixor__"),
        Operator::LShift => ("__lshift__", "__rlshift__", "__ilshift__"),
        Operator::RShift => ("__rshift__", "__rrshift__", "__irshift__"),
        Operator::Pow => ("__pow__", "__rpow__", "__ipow__"),
        Operator::MatMult => ("__matmul__", "__rmatmul__", "__imatmul__"),
    }
}
