//! What the interpreter knows after a module's import, as text; `cpython.py` writes the same of real objects.

use std::fmt::Write as _;

use collectlint::interp::{
    ClassKind, HaltKind, Id, Instance, Interp, Namespace, Object, Payload, Site, Stop, Value, WrapperKind,
};

/// Deeper parts are `unknown`.
const DEPTH: usize = 6;

/// Names that every module has.
const OWN: [&str; 10] = [
    "__name__",
    "__doc__",
    "__package__",
    "__loader__",
    "__spec__",
    "__path__",
    "__file__",
    "__cached__",
    "__builtins__",
    "__annotations__",
];

pub(crate) fn module(interp: &Interp<'_>, id: Id) -> String {
    let mut shown = String::new();
    let Some(names) = interp.heap.names(id) else { return "no module\n".to_owned() };
    for (name, binding) in names.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        let sign = if binding.maybe_unbound { "?=" } else { "=" };
        let _ = writeln!(shown, "{name} {sign} {}", value(interp, &binding.value, 0));
    }
    if names.open {
        shown.push_str("open\n");
    }
    shown
}

pub(crate) fn stop(interp: &Interp<'_>, stop: &Stop, line_of: impl Fn(&Site) -> usize) -> String {
    match stop {
        Stop::Raise(raised) => {
            let class = interp.class_name(&raised.class);
            let line = raised.site().map_or(0, line_of);
            let message = match &raised.message {
                Some(message) => message.replace('\n', "\\n"),
                None => "unknown".to_owned(),
            };
            format!("raises {class} on line {line}: {message}\n")
        }
        Stop::Halt(halt) => {
            let how = match halt.how {
                HaltKind::Exit(status) => format!("exits with {}", status.unwrap_or(-1)),
                HaltKind::Signal(signal) => format!("dies of signal {signal}"),
                HaltKind::Hang => "hangs".to_owned(),
            };
            format!("{how}\n")
        }
        Stop::Budget => "budget\n".to_owned(),
    }
}

fn all<'v>(interp: &Interp<'_>, values: impl IntoIterator<Item = &'v Value>, depth: usize) -> String {
    let shown: Vec<String> = values.into_iter().map(|item| value(interp, item, depth + 1)).collect();
    shown.join(", ")
}

fn value(interp: &Interp<'_>, shown: &Value, depth: usize) -> String {
    const UNKNOWN: &str = "unknown";
    if depth > DEPTH {
        return UNKNOWN.to_owned();
    }
    match shown {
        Value::Tuple(items) => match &**items {
            [only] => format!("({},)", value(interp, only, depth + 1)),
            items => format!("({})", all(interp, items, depth)),
        },
        Value::Object(id) => object(interp, *id, depth),
        Value::Extern(_) => match interp.repr_of(shown) {
            Some(text) => text.replace("<class '", "<class ").replace("'>", ">"),
            None => UNKNOWN.to_owned(),
        },
        Value::Unknown | Value::OneOf(_) => UNKNOWN.to_owned(),
        scalar => interp.repr_of(scalar).unwrap_or_else(|| UNKNOWN.to_owned()),
    }
}

fn object(interp: &Interp<'_>, id: Id, depth: usize) -> String {
    match interp.heap.get(id) {
        Object::List(list) if !list.open => format!("[{}]", all(interp, &list.items, depth)),
        Object::Dict(dict) if !dict.open => {
            let shown: Vec<String> = dict
                .entries
                .values()
                .map(|(key, item)| {
                    format!("{}: {}", value(interp, key, depth + 1), value(interp, item, depth + 1))
                })
                .collect();
            format!("{{{}}}", shown.join(", "))
        }
        Object::Set(set) if !set.open => {
            let mut shown: Vec<String> =
                set.items.values().map(|item| value(interp, item, depth + 1)).collect();
            shown.sort();
            let kind = if set.frozen { "frozenset" } else { "set" };
            format!("{kind}({{{}}})", shown.join(", "))
        }
        Object::Module(module) => format!("<module {}>", module.name),
        Object::Function(function) => {
            let renamed = function.attributes.value("__name__").and_then(Value::as_str);
            format!("<function {}>", renamed.unwrap_or(&function.name))
        }
        Object::Class(class) => format!("<class {}>", class.name),
        Object::Instance(made) => instance(interp, made, depth),
        Object::Generator(_) => "<iterator>".to_owned(),
        Object::Method(_) => "<method>".to_owned(),
        Object::Partial(_) => "<partial>".to_owned(),
        Object::Wrapper(wrapper) => match wrapper.kind {
            WrapperKind::StaticMethod => "<staticmethod>".to_owned(),
            WrapperKind::ClassMethod => "<classmethod>".to_owned(),
            WrapperKind::Property => "<property>".to_owned(),
            WrapperKind::Decorated => "unknown".to_owned(),
        },
        _ => "unknown".to_owned(),
    }
}

fn attributes(interp: &Interp<'_>, names: &Namespace, depth: usize) -> String {
    let mut shown = String::new();
    for (name, binding) in names.iter() {
        let sign = if binding.maybe_unbound { "?=" } else { "=" };
        let _ = write!(shown, " {name}{sign}{}", value(interp, &binding.value, depth + 1));
    }
    if names.open {
        shown.push_str(" unknown");
    }
    shown
}

fn instance(interp: &Interp<'_>, made: &Instance, depth: usize) -> String {
    let class = interp.class_name(&made.class);
    match &made.payload {
        Payload::Nothing => {
            let named_tuple = matches!(made.class.as_id().map(|id| interp.heap.get(id)),
                Some(Object::Class(class)) if class.kind == ClassKind::NamedTuple);
            let external = made.class.as_id().is_none();
            if external && made.attributes.is_empty() {
                return format!("<{class} unknown>");
            }
            let shown = attributes(interp, &made.attributes, depth);
            if named_tuple { format!("{class}({})", shown.trim_start()) } else { format!("<{class}{shown}>") }
        }
        Payload::Exception(args) => format!("{class}({})", all(interp, args, depth)),
        Payload::Path(text) => format!("Path({})", value(interp, &Value::Str(text.clone()), depth)),
        Payload::EnumMember { name, value: own } => {
            format!("<{class}.{name}: {}>", value(interp, own, depth))
        }
        Payload::Range(start, stop, step) => format!("range({start}, {stop}, {step})"),
        Payload::Iterator(_) => "<iterator>".to_owned(),
        Payload::Data(Value::Tuple(parts)) if class == "slice" => {
            format!("slice({})", all(interp, &**parts, depth))
        }
        // a view of a dict
        Payload::Data(Value::Object(data)) if class.starts_with("dict_") => match interp.heap.get(*data) {
            Object::Set(set) if !set.open => format!("[{}]", all(interp, set.items.values(), depth)),
            Object::List(list) if !list.open => format!("[{}]", all(interp, &list.items, depth)),
            _ => "unknown".to_owned(),
        },
        Payload::Data(Value::Object(_)) if made.class.as_id().is_some() => {
            format!("<{class}{}>", attributes(interp, &made.attributes, depth))
        }
        Payload::Data(data) => format!("{class}({})", value(interp, data, depth)),
        Payload::Expects { .. } => "unknown".to_owned(),
    }
}
