//! `dataclasses`: what is asked of a dataclass and its instances: `fields`, `asdict`, `replace`.

use ruff_python_ast::name::Name;

use super::dataclasses::FieldKind;
use super::{Args, Eval, Interp, Value};
use crate::interp::{Object, Truth, name};

/// The class of an instance or class that must be a dataclass.
fn class_of(interp: &Interp<'_>, value: &Value) -> Option<Value> {
    let class = match interp.object(value)? {
        Object::Class(_) => value.clone(),
        Object::Instance(instance) => instance.class.clone(),
        _ => return None,
    };
    interp.dataclass_object(&class, "__dataclass_fields__").map(|_| class)
}

pub(super) fn fields(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.only().cloned() else { return Ok(Value::Unknown) };
    let found = class_of(interp, &value).and_then(|class| {
        let fields = interp.dataclass_object(&class, "__dataclass_fields__")?;
        let known = interp.dataclass_fields(&class)?;
        let entries = interp.string_entries(&fields)?;
        let plain = entries.into_iter().zip(known).filter(|(_, field)| field.kind == FieldKind::Plain);
        Some(Value::tuple(plain.map(|((_, value), _)| value)))
    });
    if found.is_none() && interp.is_decided(&value) && class_of(interp, &value).is_none() {
        return interp.type_error("must be called with a dataclass type or instance");
    }
    Ok(found.unwrap_or(Value::Unknown))
}

/// The names and values of an instance's fields.
fn entries(interp: &Interp<'_>, value: &Value) -> Option<Vec<(Name, Value)>> {
    let Some(Object::Instance(instance)) = interp.object(value) else { return None };
    if instance.attributes.open {
        return None;
    }
    let fields = interp.dataclass_fields(&instance.class)?;
    fields
        .iter()
        .filter(|field| field.kind == FieldKind::Plain)
        .map(|field| Some((name(&field.name), instance.attributes.value(&field.name)?.clone())))
        .collect()
}

/// Whether a value may hold something that `asdict` copies or converts.
fn is_atom(value: &Value) -> bool {
    !matches!(value, Value::Object(_) | Value::Tuple(_) | Value::OneOf(_) | Value::Unknown)
}

pub(super) fn as_dict(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.only().cloned() else { return Ok(Value::Unknown) };
    match entries(interp, &value) {
        Some(entries) => {
            let entries: Vec<(Name, Value)> = entries
                .into_iter()
                .map(|(field, value)| (field, if is_atom(&value) { value } else { Value::Unknown }))
                .collect();
            Ok(interp.new_dict(entries))
        }
        None if interp.is_builtin_value(&value) => {
            interp.type_error("asdict() should be called on dataclass instances")
        }
        None => Ok(Value::Unknown),
    }
}

pub(super) fn as_tuple(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.only().cloned() else { return Ok(Value::Unknown) };
    match entries(interp, &value) {
        Some(entries) => Ok(Value::tuple(
            entries.into_iter().map(|(_, value)| if is_atom(&value) { value } else { Value::Unknown }),
        )),
        None if interp.is_builtin_value(&value) => {
            interp.type_error("astuple() should be called on dataclass instances")
        }
        None => Ok(Value::Unknown),
    }
}

pub(super) fn replace(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    let (Some(class), Some(entries)) = (class_of(interp, &value), entries(interp, &value)) else {
        return Ok(Value::Unknown);
    };
    let Some(fields) = interp.dataclass_fields(&class) else { return Ok(Value::Unknown) };
    let taken =
        |wanted: &Name| fields.iter().any(|field| field.name == wanted.as_str() && field.init == Truth::Yes);
    let mut keywords: Vec<(Name, Value)> = entries.into_iter().filter(|(field, _)| taken(field)).collect();
    for (keyword, value) in args.keywords {
        match keywords.iter_mut().find(|(known, _)| *known == keyword) {
            Some((_, known)) => *known = value,
            None => keywords.push((keyword, value)),
        }
    }
    interp.call(&class, Args { positional: Vec::new(), keywords, open: args.open })
}

pub(super) fn is_dataclass(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.only().cloned() else { return Ok(Value::Unknown) };
    if class_of(interp, &value).is_some() {
        return Ok(Value::Bool(true));
    }
    let known = interp.is_decided(&value)
        || matches!(interp.object(&value), Some(Object::Class(class)) if !class.open && !class.names.open);
    Ok(if known { Value::Bool(false) } else { Value::Unknown })
}
