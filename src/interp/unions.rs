//! `int | None`: unions of types, and what refuses them before 3.10.

use ruff_python_ast::Operator;

use super::flow::Eval;
use super::{Instance, Interp, Object, Payload, Value};
use crate::environment::PythonVersion;

/// The class of a union's value.
const UNION: &str = "types.UnionType";

/// What one side of a union is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// A class whose metaclass says nothing about `|`.
    Type,
    None,
    Text,
    /// `typing.List[int]`
    Typing,
    Union,
    /// A value that no union takes.
    Other,
    Unknown,
}

impl Interp<'_> {
    /// `left | right`, where one side is a type; `None` where none is.
    pub(super) fn union_of(&mut self, op: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
        if op != Operator::BitOr {
            return Ok(None);
        }
        let (a, b) = (self.side(left), self.side(right));
        let is_type = |side: Side| matches!(side, Side::Type | Side::Typing | Side::Union);
        if !is_type(a) && !is_type(b) {
            return Ok(None);
        }
        if a == Side::Unknown || b == Side::Unknown {
            self.may_raise_anything();
            return Ok(Some(Value::Unknown));
        }
        let with_text = a == Side::Text || b == Side::Text;
        let typing = a == Side::Typing || b == Side::Typing;
        let python = self.environment.python;
        let refused = python < PythonVersion::new(3, 10)
            || a == Side::Other
            || b == Side::Other
            || with_text && !typing && python < PythonVersion::new(3, 14);
        if refused {
            let (left, right) = (self.side_name(left, a), self.side_name(right, b));
            return self.type_error(format!("unsupported operand type(s) for |: '{left}' and '{right}'"));
        }
        if with_text || typing {
            return Ok(Some(Value::Unknown));
        }
        let mut parts = self.union_parts(left);
        parts.extend(self.union_parts(right));
        let payload = Payload::Data(Value::tuple(parts));
        Ok(Some(self.new_instance(Value::external(UNION), payload)))
    }

    fn side(&self, value: &Value) -> Side {
        match value {
            Value::None => Side::None,
            Value::Str(_) => Side::Text,
            Value::Extern(external) => match value.extern_path() {
                Some("typing.Any" | "typing.NoReturn" | "typing.AnyStr") => Side::Typing,
                Some(path) if self.class_names(path).is_some() => Side::Type,
                Some(_) => Side::Unknown,
                // `Optional[int]`; what a `TypeVar` or `NewType` takes is another matter
                None if external.path.starts_with("typing.")
                    && matches!(
                        external.last(),
                        "List"
                            | "Dict"
                            | "Set"
                            | "Tuple"
                            | "Optional"
                            | "Union"
                            | "Type"
                            | "Callable"
                            | "Iterable"
                            | "Iterator"
                            | "Sequence"
                            | "Mapping"
                            | "FrozenSet"
                            | "Literal"
                    ) =>
                {
                    Side::Typing
                }
                None => Side::Unknown,
            },
            Value::Object(id) => match self.heap.get(*id) {
                Object::Class(class) => {
                    let plain = class.metaclass.extern_path().is_some_and(|path| {
                        matches!(path, "builtins.type" | "abc.ABCMeta" | "enum.EnumMeta" | "enum.EnumType")
                    });
                    if plain { Side::Type } else { Side::Unknown }
                }
                Object::Instance(instance) if instance.class.is_extern(UNION) => Side::Union,
                _ if self.is_builtin_value(value) => Side::Other,
                _ => Side::Unknown,
            },
            Value::Unknown | Value::OneOf(_) => Side::Unknown,
            _ => Side::Other,
        }
    }

    fn side_name(&self, value: &Value, side: Side) -> String {
        match (side, value) {
            (Side::Type, Value::Object(_)) => self.type_name(value),
            (Side::Type, _) => "type".to_owned(),
            (Side::Union, _) => UNION.to_owned(),
            (Side::Typing, Value::Extern(external)) => match external.last() {
                "Any" | "NoReturn" => "_SpecialForm",
                "Optional" | "Union" if self.environment.python >= PythonVersion::new(3, 9) => {
                    "_UnionGenericAlias"
                }
                _ => "_GenericAlias",
            }
            .to_owned(),
            _ => self.type_name(value),
        }
    }

    /// The types of a union; a single one for everything else.
    pub(crate) fn union_parts(&self, value: &Value) -> Vec<Value> {
        match self.object(value) {
            Some(Object::Instance(Instance {
                class, payload: Payload::Data(Value::Tuple(parts)), ..
            })) if class.is_extern(UNION) => parts.to_vec(),
            _ => vec![value.clone()],
        }
    }
}
