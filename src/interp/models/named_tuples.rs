//! `typing.NamedTuple` and `collections.namedtuple`.

use std::sync::Arc;

use ruff_python_ast::name::Name;

use super::{Args, Eval, Interp, Models, Value};
use crate::environment::PythonVersion;
use crate::interp::class::NewClass;
use crate::interp::{
    Cause, ClassKind, Id, Instance, Namespace, Object, Partial, Payload, Wrapper, WrapperKind, name,
};

pub(super) const MODELS: Models = &[
    ("collections.namedtuple", named_tuple),
    ("typing.NamedTuple", typed),
    ("collectlint.namedtuple_new", new),
    ("collectlint.namedtuple_item", item),
    ("collectlint.namedtuple_make", make),
    ("collectlint.namedtuple_replace", replace),
    ("collectlint.namedtuple_asdict", as_dict),
];

/// Names that a `NamedTuple` body must not bind.
const RESERVED: [&str; 9] = [
    "__new__",
    "__init__",
    "__slots__",
    "__getnewargs__",
    "_fields",
    "_field_defaults",
    "_make",
    "_replace",
    "_asdict",
];

const KEYWORDS: &str = "False None True and as assert async await break class continue def del elif else except \
    finally for from global if import in is lambda nonlocal not or pass raise return try while with yield";

/// Whether a base class makes a class a named tuple.
pub(in crate::interp) fn is_named_tuple(base: &Value) -> bool {
    matches!(base.extern_path(), Some("typing.NamedTuple" | "typing_extensions.NamedTuple"))
}

impl Interp<'_> {
    /// Makes the class of a `NamedTuple` body one.
    pub(in crate::interp) fn make_named_tuple(&mut self, id: Id) -> Eval<()> {
        self.check_named_tuple_bases(id)?;
        let fields: Vec<Name> = self.own_annotations(id).into_iter().map(|(field, _)| field).collect();
        let Object::Class(class) = self.heap.get(id) else { return Ok(()) };
        let mut defaults: Vec<(Name, Value)> = Vec::new();
        for field in &fields {
            match class.names.value(field) {
                Some(default) => defaults.push((field.clone(), default.clone())),
                None if !defaults.is_empty() => {
                    let listed: Vec<&str> = defaults.iter().map(|(name, _)| name.as_str()).collect();
                    let plural = match (self.environment.python < PythonVersion::new(3, 9), listed.len()) {
                        (true, _) => "(s)",
                        (false, 1) => "",
                        (false, _) => "s",
                    };
                    let listed = listed.join(", ");
                    return self.type_error(format!(
                        "Non-default namedtuple field {field} cannot follow default field{plural} {listed}"
                    ));
                }
                None => {}
            }
        }
        let reserved = RESERVED.iter().find(|reserved| class.names.contains(reserved)).copied();
        if let Some(field) = fields.iter().find(|field| field.starts_with('_')) {
            let shown = format!("Field names cannot start with an underscore: '{field}'");
            return self.raise("ValueError", shown, Cause::Python);
        }
        if let Some(reserved) = reserved {
            return self.refuse_writing(format!("Cannot overwrite NamedTuple attribute {reserved}"));
        }
        if let Object::Class(class) = self.heap.change(id) {
            let tuple = Value::builtin("tuple");
            for base in class.mro.iter_mut().chain(&mut class.bases) {
                if is_named_tuple(base) {
                    *base = tuple.clone();
                }
            }
        }
        self.bind_tuple_fields(id, &fields, defaults);
        Ok(())
    }

    fn check_named_tuple_bases(&mut self, id: Id) -> Eval<()> {
        let Object::Class(class) = self.heap.get(id) else { return Ok(()) };
        let others = class.bases.iter().filter(|base| !is_named_tuple(base));
        let generic = |base: &&Value| !base.is_extern("typing.Generic") && !base.is_unknown();
        let python = self.environment.python;
        if others.clone().filter(generic).count() > 0 && python >= PythonVersion::new(3, 9) {
            return self.type_error(if python >= PythonVersion::new(3, 11) {
                "can only inherit from a NamedTuple type and Generic"
            } else {
                "Multiple inheritance with NamedTuple is not supported"
            });
        }
        Ok(())
    }

    fn bind_tuple_fields(&mut self, id: Id, fields: &[Name], defaults: Vec<(Name, Value)>) {
        for (place, field) in (0..).zip(fields) {
            let inner = Partial {
                function: Value::external("collectlint.namedtuple_item"),
                positional: vec![Value::Int(place)],
                keywords: Vec::new(),
            };
            let inner = Value::Object(self.heap.add(Object::Partial(inner)));
            let by = Some(Arc::from("collections.namedtuple"));
            let kind = WrapperKind::Property;
            let property = Wrapper { kind, inner, by, attributes: Namespace::default() };
            let property = Value::Object(self.heap.add(Object::Wrapper(property)));
            self.heap.bind(id, field, property);
        }
        let wrapped = [
            ("__new__", WrapperKind::StaticMethod, "collectlint.namedtuple_new"),
            ("_make", WrapperKind::ClassMethod, "collectlint.namedtuple_make"),
        ];
        for (attribute, kind, path) in wrapped {
            let inner = Value::external(path);
            let wrapper = Wrapper { kind, inner, by: None, attributes: Namespace::default() };
            let wrapper = Value::Object(self.heap.add(Object::Wrapper(wrapper)));
            self.heap.bind(id, &name(attribute), wrapper);
        }
        self.heap.bind(id, &name("_replace"), Value::external("collectlint.namedtuple_replace"));
        self.heap.bind(id, &name("_asdict"), Value::external("collectlint.namedtuple_asdict"));
        let defaults = self.new_dict(defaults);
        self.heap.bind(id, &name("_field_defaults"), defaults);
        self.heap.bind(id, &name("_fields"), Value::tuple(fields.iter().map(Value::str)));
    }

    /// The names of the items of a named tuple's class.
    pub(in crate::interp) fn named_tuple_fields(&self, class: &Value) -> Option<Vec<String>> {
        let Some(Object::Class(definition)) = self.object(class) else { return None };
        if !definition.mro.iter().any(|base| base.is_extern("builtins.tuple")) {
            return None;
        }
        let fields =
            definition.mro.iter().filter_map(Value::as_id).find_map(|id| self.heap.value(id, "_fields"))?;
        let Value::Tuple(fields) = fields else { return None };
        fields.iter().map(|field| field.as_str().map(str::to_owned)).collect()
    }

    fn field_default(&self, class: Id, field: &str) -> Option<Value> {
        let Object::Class(definition) = self.heap.get(class) else { return None };
        let defaults = definition
            .mro
            .iter()
            .filter_map(Value::as_id)
            .find_map(|id| self.heap.value(id, "_field_defaults"))?;
        self.dict_get(defaults, field)
    }

    /// The arguments of a call in the order of some names; what is missing comes from `default`.
    pub(super) fn arguments_by_name(
        &mut self,
        function: &str,
        fields: &[String],
        args: &Args,
        default: impl Fn(&Self, &str) -> Option<Value>,
    ) -> Eval<Vec<Value>> {
        let given = args.positional.len();
        let mut found: Vec<Option<Value>> =
            args.positional.iter().take(fields.len()).cloned().map(Some).collect();
        found.resize(fields.len(), None);
        for (keyword, value) in &args.keywords {
            match fields.iter().position(|field| *field == keyword.as_str()) {
                Some(place) if found[place].is_some() => {
                    return self
                        .type_error(format!("{function} got multiple values for argument '{keyword}'"));
                }
                Some(place) => found[place] = Some(value.clone()),
                None => {
                    return self
                        .type_error(format!("{function} got an unexpected keyword argument '{keyword}'"));
                }
            }
        }
        if given > fields.len() {
            let most = fields.len() + 1;
            let least = 1 + fields.iter().filter(|field| default(self, field).is_none()).count();
            let takes = if least < most { format!("from {least} to {most}") } else { most.to_string() };
            let plural = if most == 1 { "" } else { "s" };
            return self.type_error(format!(
                "{function} takes {takes} positional argument{plural} but {} were given",
                given + 1
            ));
        }
        let mut values = Vec::with_capacity(fields.len());
        let mut missing: Vec<String> = Vec::new();
        for (field, value) in fields.iter().zip(found) {
            match value.or_else(|| if args.open { Some(Value::Unknown) } else { default(self, field) }) {
                Some(value) => values.push(value),
                None => missing.push(format!("'{field}'")),
            }
        }
        if missing.is_empty() {
            return Ok(values);
        }
        let (count, plural) = (missing.len(), if missing.len() == 1 { "" } else { "s" });
        let listed = crate::interp::parameters::join_and(&missing);
        self.type_error(format!("{function} missing {count} required positional argument{plural}: {listed}"))
    }

    /// How a generated method is called in messages.
    pub(super) fn generated_title(&self, class: Id, method: &str) -> String {
        let qualified = self.heap.value(class, "__qualname__").and_then(Value::as_str).map(str::to_owned);
        let class_name = || self.class_name(&Value::Object(class));
        if self.environment.python >= PythonVersion::new(3, 10) {
            format!("{}.{method}()", qualified.unwrap_or_else(class_name))
        } else {
            format!("{method}()")
        }
    }
}

/// `collections.namedtuple(typename, field_names, *, rename=False, defaults=None, module=None)`
fn named_tuple(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(class_name), Some(given)) = (args.get(0, "typename"), args.get(1, "field_names").cloned())
    else {
        return Ok(Value::Unknown);
    };
    let class_name = class_name.as_str().map(name);
    let fields: Option<Vec<String>> = match given.as_str() {
        Some(text) => Some(text.replace(',', " ").split_whitespace().map(str::to_owned).collect()),
        None => match interp.iterate(&given)? {
            Some(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
            None => None,
        },
    };
    let renames = args.keyword("rename").map_or(crate::interp::Truth::No, |value| interp.plain_truth(value));
    let (Some(class_name), Some(fields), crate::interp::Truth::No) = (class_name, fields, renames) else {
        return Ok(Value::Unknown);
    };
    let odd =
        std::iter::once(class_name.as_str()).chain(fields.iter().map(String::as_str)).find_map(refused_name);
    if let Some(message) = odd {
        return interp.raise("ValueError", message, Cause::Python);
    }
    for (place, field) in fields.iter().enumerate() {
        let message = if field.starts_with('_') {
            format!("Field names cannot start with an underscore: '{field}'")
        } else if fields[..place].contains(field) {
            format!("Encountered duplicate field name: '{field}'")
        } else {
            continue;
        };
        return interp.raise("ValueError", message, Cause::Python);
    }
    let defaults = match args.keyword("defaults").cloned() {
        None | Some(Value::None) => Some(Vec::new()),
        Some(defaults) => interp.iterate(&defaults)?,
    };
    let Some(defaults) = defaults else { return Ok(Value::Unknown) };
    if defaults.len() > fields.len() {
        return interp.type_error("Got more default values than field names");
    }
    let fields: Vec<Name> = fields.iter().map(|field| name(field)).collect();
    let with_default = fields[fields.len() - defaults.len()..].iter().cloned();
    let defaults = with_default.zip(defaults).collect();
    build(interp, class_name, &fields, defaults)
}

fn refused_name(text: &str) -> Option<String> {
    let mut characters = text.chars();
    let first = characters.next().is_some_and(|c| c == '_' || c.is_alphabetic());
    if !first || !characters.all(|c| c == '_' || c.is_alphanumeric()) {
        let shown = crate::interp::truthiness::repr_text(text);
        return Some(format!("Type names and field names must be valid identifiers: {shown}"));
    }
    if KEYWORDS.split_whitespace().any(|keyword| keyword == text) {
        return Some(format!("Type names and field names cannot be a keyword: '{text}'"));
    }
    None
}

/// `NamedTuple("Name", [("field", int)])`
fn typed(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(class_name), Some(given)) = (args.positional.first(), args.positional.get(1).cloned()) else {
        return Ok(Value::Unknown);
    };
    let Some(class_name) = class_name.as_str().map(name) else { return Ok(Value::Unknown) };
    let Some(items) = interp.iterate(&given)? else { return Ok(Value::Unknown) };
    let fields: Option<Vec<Name>> = items
        .iter()
        .map(|item| match item {
            Value::Tuple(pair) if pair.len() == 2 => pair[0].as_str().map(name),
            _ => None,
        })
        .collect();
    match fields {
        Some(fields) => build(interp, class_name, &fields, Vec::new()),
        None => Ok(Value::Unknown),
    }
}

fn build(interp: &mut Interp<'_>, class_name: Name, fields: &[Name], defaults: Vec<(Name, Value)>) -> Eval {
    let mut names = Namespace::default();
    names.bind("__qualname__", Value::str(&class_name));
    let body = interp.heap.add(Object::Scope(names));
    let class = interp.make_class(NewClass {
        name: class_name,
        bases: vec![Value::builtin("tuple")],
        open: false,
        metaclass: None,
        body,
        kind: ClassKind::NamedTuple,
        keywords: Vec::new(),
    })?;
    if let Some(id) = class.as_id() {
        interp.bind_tuple_fields(id, fields, defaults);
    }
    Ok(class)
}

fn class_of(interp: &Interp<'_>, value: Option<&Value>) -> Option<Id> {
    let value = value?;
    match interp.object(value)? {
        Object::Class(_) => value.as_id(),
        Object::Instance(Instance { class, .. }) => class.as_id(),
        _ => None,
    }
}

fn new(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(class) = class_of(interp, args.positional.first()) else { return Ok(Value::Unknown) };
    args.positional.remove(0);
    let Some(fields) = interp.named_tuple_fields(&Value::Object(class)) else { return Ok(Value::Unknown) };
    let title = interp.generated_title(class, "__new__");
    let values = interp
        .arguments_by_name(&title, &fields, &args, |interp, field| interp.field_default(class, field))?;
    Ok(interp.new_instance(Value::Object(class), Payload::Data(Value::tuple(values))))
}

/// The items of a named tuple.
fn items(interp: &Interp<'_>, value: &Value) -> Option<Vec<Value>> {
    match interp.plain(value) {
        Value::Tuple(items) => Some(items.to_vec()),
        _ => None,
    }
}

fn item(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [Value::Int(place), owner] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let found = items(interp, owner)
        .and_then(|items| usize::try_from(*place).ok().and_then(|place| items.get(place).cloned()));
    Ok(found.unwrap_or(Value::Unknown))
}

fn make(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [class, source] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let (class, source) = (class.clone(), source.clone());
    let (Some(fields), Some(items)) = (interp.named_tuple_fields(&class), interp.iterate(&source)?) else {
        return Ok(Value::Unknown);
    };
    if fields.len() != items.len() {
        return interp.type_error(format!("Expected {} arguments, got {}", fields.len(), items.len()));
    }
    Ok(interp.new_instance(class, Payload::Data(Value::tuple(items))))
}

fn replace(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(owner) = args.positional.first() else { return Ok(Value::Unknown) };
    let Some(class) = class_of(interp, Some(owner)) else { return Ok(Value::Unknown) };
    let class = Value::Object(class);
    let (Some(fields), Some(mut items)) = (interp.named_tuple_fields(&class), items(interp, owner)) else {
        return Ok(Value::Unknown);
    };
    let mut odd: Vec<String> = Vec::new();
    for (keyword, value) in args.keywords {
        match fields.iter().position(|field| *field == keyword.as_str()) {
            Some(place) if place < items.len() => items[place] = value,
            _ => odd.push(format!("'{keyword}'")),
        }
    }
    if !odd.is_empty() {
        let message = format!("Got unexpected field names: [{}]", odd.join(", "));
        let modern = interp.environment.python >= PythonVersion::new(3, 13);
        let kind = if modern { "TypeError" } else { "ValueError" };
        return interp.raise(kind, message, Cause::Python);
    }
    Ok(interp.new_instance(class, Payload::Data(Value::tuple(items))))
}

fn as_dict(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(owner) = args.positional.first() else { return Ok(Value::Unknown) };
    let class = class_of(interp, Some(owner)).map_or(Value::Unknown, Value::Object);
    let (Some(fields), Some(items)) = (interp.named_tuple_fields(&class), items(interp, owner)) else {
        return Ok(Value::Unknown);
    };
    Ok(interp.new_dict(fields.iter().map(|field| name(field)).zip(items)))
}
