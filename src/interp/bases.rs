//! Which classes may be the bases of another, and the order in which names are looked up in them.

use ruff_python_ast::name::Name;

use super::flow::Eval;
use super::{ClassKind, Id, Interp, Object, Truth, Value};
use crate::environment::PythonVersion;

impl Interp<'_> {
    pub(super) fn check_bases(&mut self, class_name: &Name, bases: &[Value]) -> Eval<()> {
        for (index, base) in bases.iter().enumerate() {
            if base.as_id().is_some() && bases[..index].iter().any(|other| other.same(base))
                || base.extern_path().is_some() && bases[..index].iter().any(|other| other.same(base))
            {
                let name = self.class_name(base);
                return self.type_error(format!("duplicate base class {name}"));
            }
            match base {
                Value::None | Value::Int(_) | Value::Str(_) | Value::Bool(_) | Value::Float(_) => {
                    let kind = self.type_name(base);
                    return self.type_error(match base {
                        Value::None => "NoneType takes no arguments".to_owned(),
                        Value::Int(_) => "int() takes at most 2 arguments (3 given)".to_owned(),
                        Value::Str(_) => "decoding str is not supported".to_owned(),
                        _ => format!("{kind} expected at most 1 argument, got 3"),
                    });
                }
                Value::Object(id) => match self.heap.get(*id) {
                    Object::Module(_) => {
                        return self.type_error("module() takes at most 2 arguments (3 given)");
                    }
                    Object::Function(_) => {
                        return self.type_error("function() argument 'code' must be code, not str");
                    }
                    Object::Class(class)
                        if class.kind == ClassKind::Enum && !self.enum_members(*id).is_empty() =>
                    {
                        let base = &class.name;
                        let message = if self.environment.python >= PythonVersion::new(3, 11) {
                            format!("<enum '{class_name}'> cannot extend <enum '{base}'>")
                        } else {
                            format!("{class_name}: cannot extend enumeration '{base}'")
                        };
                        return self.type_error(message);
                    }
                    _ => {}
                },
                Value::Extern(_)
                    if matches!(
                        base.extern_path(),
                        Some("builtins.bool" | "builtins.range" | "builtins.slice" | "builtins.memoryview")
                    ) =>
                {
                    let name = self.class_name(base);
                    return self.type_error(format!("type '{name}' is not an acceptable base type"));
                }
                _ => {}
            }
        }
        if bases.len() > 1 { self.check_layout(bases) } else { Ok(()) }
    }

    /// Whether the bases hold different builtin values.
    fn check_layout(&mut self, bases: &[Value]) -> Eval<()> {
        const SOLID: [&str; 10] =
            ["int", "str", "float", "complex", "bytes", "tuple", "list", "dict", "set", "frozenset"];
        let mut found: Vec<&str> = Vec::new();
        for kind in SOLID {
            let path = format!("builtins.{kind}");
            if bases.iter().any(|base| self.derives(base, &path) == Truth::Yes) {
                found.push(kind);
            }
        }
        if found.len() > 1 {
            return self.type_error("multiple bases have instance lay-out conflict");
        }
        Ok(())
    }

    /// The order of look-up (C3), and whether there is one. Bases that are not interpreted stand for
    /// themselves and what is known of their own bases.
    pub(super) fn linearize(&self, id: Id, bases: &[Value]) -> (Vec<Value>, bool) {
        let mut sequences: Vec<Vec<Value>> = bases
            .iter()
            .map(|base| match base {
                Value::Object(id) => match self.heap.get(*id) {
                    Object::Class(class) => class.mro.clone(),
                    _ => Vec::new(),
                },
                Value::Extern(_) => match base.extern_path() {
                    Some(path) => {
                        let mut names: Vec<Value> = match self.class_names(path) {
                            Some(names) => names.iter().map(|name| Value::external(name)).collect(),
                            None => vec![base.clone()],
                        };
                        if !names.iter().any(|name| name.is_extern("builtins.object")) {
                            names.push(Value::builtin("object"));
                        }
                        names
                    }
                    None => Vec::new(),
                },
                _ => Vec::new(),
            })
            .collect();
        sequences.push(
            bases
                .iter()
                .filter(|base| base.extern_path().is_some() || base.as_id().is_some())
                .cloned()
                .collect(),
        );
        let mut mro = vec![Value::Object(id)];
        let mut consistent = true;
        loop {
            sequences.retain(|sequence| !sequence.is_empty());
            if sequences.is_empty() {
                break;
            }
            let in_tail =
                |value: &Value| sequences.iter().any(|seq| seq[1..].iter().any(|other| other.same(value)));
            let next = match sequences.iter().map(|seq| &seq[0]).find(|&head| !in_tail(head)) {
                Some(next) => next.clone(),
                None => {
                    // NOTE: only a certain conflict between interpreted classes counts
                    consistent &= sequences
                        .iter()
                        .flatten()
                        .any(|value| value.as_id().is_none() && !value.is_extern("builtins.object"));
                    sequences[0][0].clone()
                }
            };
            for sequence in &mut sequences {
                sequence.retain(|value| !value.same(&next));
            }
            mro.push(next);
        }
        if !mro.iter().any(|value| value.is_extern("builtins.object")) {
            mro.push(Value::builtin("object"));
        }
        (mro, consistent)
    }
}

/// The class that derives where a base is an alias of `typing`: `class Names(Dict[str, int])` is a `dict`.
pub(super) fn origin_of_alias(base: Value) -> Value {
    // NOTE: nothing is computed from them but what is in brackets
    let alias = match &base {
        Value::Extern(external) => external.path.strip_prefix("typing."),
        _ => None,
    };
    let origin = match alias {
        Some("Dict") => "builtins.dict",
        Some("List") => "builtins.list",
        Some("Set") => "builtins.set",
        Some("FrozenSet") => "builtins.frozenset",
        Some("Tuple") => "builtins.tuple",
        Some("Type") => "builtins.type",
        _ => return base,
    };
    Value::external(origin)
}
