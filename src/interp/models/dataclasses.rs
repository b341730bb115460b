//! `dataclasses`: what the decorator makes of a class, what it refuses, and the methods it writes.
//!
//! As in Python, a class's fields are in `__dataclass_fields__`, its flags in `__dataclass_params__`.

use ruff_python_ast::name::Name;

use super::{Args, Eval, Interp, Models, Value, dataclass_instances};
use crate::environment::PythonVersion;
use crate::interp::{Cause, ClassKind, Id, Instance, Method, Namespace, Object, Payload, Truth, name};

pub(super) const MODELS: Models = &[
    ("dataclasses.dataclass", dataclass),
    ("collectlint.dataclass", decorate),
    ("collectlint.dataclass_init", init),
    ("dataclasses.field", field),
    ("dataclasses.fields", dataclass_instances::fields),
    ("dataclasses.asdict", dataclass_instances::as_dict),
    ("dataclasses.astuple", dataclass_instances::as_tuple),
    ("dataclasses.replace", dataclass_instances::replace),
    ("dataclasses.is_dataclass", dataclass_instances::is_dataclass),
    ("dataclasses.make_dataclass", super::something),
];

const FIELD: &str = "dataclasses.Field";

/// The flags of the decorator, with their defaults.
const FLAGS: [(&str, bool); 10] = [
    ("init", true),
    ("repr", true),
    ("eq", true),
    ("order", false),
    ("unsafe_hash", false),
    ("frozen", false),
    ("match_args", true),
    ("kw_only", false),
    ("slots", false),
    ("weakref_slot", false),
];

/// One field of a dataclass.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) default: Option<Value>,
    pub(super) factory: Option<Value>,
    pub(super) init: Truth,
    pub(super) repr: Truth,
    pub(super) compare: Truth,
    pub(super) keyword_only: bool,
    pub(super) kind: FieldKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldKind {
    Plain,
    ClassVariable,
    InitVariable,
}

impl Interp<'_> {
    pub(super) fn dataclass_object(&self, class: &Value, attribute: &str) -> Option<Value> {
        let Some(Object::Class(definition)) = self.object(class) else { return None };
        let mut bases = definition.mro.iter().filter_map(Value::as_id);
        bases.find_map(|id| self.heap.value(id, attribute)).cloned()
    }

    /// Whether a class is a dataclass with a flag set.
    /// Whether `@dataclass` took the hash away: it compares by value, and is not frozen.
    pub(in crate::interp) fn dataclass_has_no_hash(&self, class: &Value) -> bool {
        let is = |flag: &str| self.dataclass_flag(class, flag);
        let own = class.as_id().is_some_and(
            |id| matches!(self.heap.get(id), Object::Class(class) if class.kind == ClassKind::Dataclass),
        );
        own && is("eq") == Truth::Yes && is("frozen") == Truth::No && is("unsafe_hash") == Truth::No
    }

    pub(in crate::interp) fn dataclass_flag(&self, class: &Value, flag: &str) -> Truth {
        let Some(parameters) = self.dataclass_object(class, "__dataclass_params__") else { return Truth::No };
        match parameters.as_id().and_then(|id| self.heap.value(id, flag)) {
            Some(value) => self.plain_truth(value),
            None => Truth::Maybe,
        }
    }

    /// The fields of a dataclass, in order; `None` where it is none, or they are not known.
    pub(super) fn dataclass_fields(&self, class: &Value) -> Option<Vec<Field>> {
        let fields = self.dataclass_object(class, "__dataclass_fields__")?;
        if matches!(self.object(&fields), Some(Object::Dict(dict)) if dict.open) {
            return None;
        }
        self.string_entries(&fields)?
            .into_iter()
            .map(|(field, value)| self.read_field(field, &value))
            .collect()
    }

    fn read_field(&self, field: String, value: &Value) -> Option<Field> {
        let Some(Object::Instance(Instance { attributes, .. })) = self.object(value) else { return None };
        let truth =
            |attribute: &str| attributes.value(attribute).map_or(Truth::Maybe, |v| self.plain_truth(v));
        let given = |attribute: &str| {
            attributes.value(attribute).filter(|value| !value.is_extern("dataclasses.MISSING")).cloned()
        };
        let kind = match attributes.value("_field_type").and_then(Value::as_str) {
            Some("ClassVar") => FieldKind::ClassVariable,
            Some("InitVar") => FieldKind::InitVariable,
            _ => FieldKind::Plain,
        };
        Some(Field {
            name: field,
            default: given("default"),
            factory: given("default_factory"),
            init: truth("init"),
            repr: truth("repr"),
            compare: truth("compare"),
            keyword_only: truth("kw_only") == Truth::Yes,
            kind,
        })
    }

    pub(super) fn fields_where(
        &self,
        class: &Value,
        wanted: impl Fn(&Field) -> Truth,
    ) -> Option<Vec<String>> {
        let fields = self.dataclass_fields(class)?;
        let mut names = Vec::with_capacity(fields.len());
        for field in fields.iter().filter(|field| field.kind == FieldKind::Plain) {
            match wanted(field) {
                Truth::Yes => names.push(field.name.clone()),
                Truth::No => {}
                Truth::Maybe => return None,
            }
        }
        Some(names)
    }

    /// The fields by which two instances of a dataclass are compared.
    pub(in crate::interp) fn dataclass_compared_fields(&self, class: &Value) -> Option<Vec<String>> {
        self.fields_where(class, |field| field.compare)
    }

    /// The fields that the `repr` of a dataclass's instance shows.
    pub(in crate::interp) fn dataclass_shown_fields(&self, class: &Value) -> Option<Vec<String>> {
        self.fields_where(class, |field| field.repr)
    }

    /// What the `repr` of a dataclass's instance begins with, where the decorator writes it.
    pub(in crate::interp) fn dataclass_qualname(&self, class: &Value) -> Option<String> {
        if self.dataclass_flag(class, "repr") != Truth::Yes {
            return None;
        }
        let id = class.as_id()?;
        let qualified = self.heap.value(id, "__qualname__").and_then(Value::as_str).map(str::to_owned);
        Some(qualified.unwrap_or_else(|| self.class_name(class)))
    }

    pub(super) fn value_error<T>(&mut self, message: impl Into<String>) -> Eval<T> {
        self.raise("ValueError", message, Cause::Python)
    }

    /// Whether a value is a `dataclasses.Field`.
    pub(super) fn is_field(&self, value: &Value) -> bool {
        matches!(self.object(value), Some(Object::Instance(instance)) if instance.class.is_extern(FIELD))
    }

    /// Makes a class a dataclass.
    fn make_dataclass(&mut self, class: Id, options: &[(Name, Value)]) -> Eval<()> {
        let flag = |interp: &Self, wanted: &str| {
            let given = options.iter().find(|(flag, _)| flag == wanted).map(|(_, value)| value);
            let default = FLAGS.iter().any(|(flag, on)| *flag == wanted && *on);
            given.map_or(Truth::from(default), |value| interp.plain_truth(value))
        };
        let (own, sure) = self.own_fields(class, flag(self, "kw_only"))?;
        let inherited = self.inherited_fields(class, flag(self, "frozen"))?;
        let open = !sure || inherited.is_none();
        let mut all: Vec<(Name, Value)> = inherited.unwrap_or_default();
        for (field, value) in own {
            match all.iter_mut().find(|(known, _)| *known == field) {
                Some((_, known)) => *known = value,
                None => all.push((field, value)),
            }
        }
        let fields = self.new_dict(all);
        if open && let Some(Object::Dict(dict)) = fields.as_id().map(|id| self.heap.change(id)) {
            dict.open = true;
        }
        self.heap.bind(class, &name("__dataclass_fields__"), fields);
        let mut parameters = Namespace::default();
        for (wanted, _) in FLAGS {
            let value = flag(self, wanted).known().map_or(Value::Unknown, Value::Bool);
            parameters.bind(wanted, value);
        }
        let class_of_parameters = Value::external("dataclasses._DataclassParams");
        let instance =
            Instance { class: class_of_parameters, attributes: parameters, payload: Payload::Nothing };
        let instance = Value::Object(self.heap.add(Object::Instance(instance)));
        self.heap.bind(class, &name("__dataclass_params__"), instance);
        self.check_flags(class, &|interp, wanted| flag(interp, wanted))?;
        self.write_methods(class, &|interp, wanted| flag(interp, wanted))
    }

    fn check_flags(&mut self, class: Id, flag: &dyn Fn(&Self, &str) -> Truth) -> Eval<()> {
        if flag(self, "order") == Truth::Yes && flag(self, "eq") == Truth::No {
            return self.value_error("eq must be true if order is true");
        }
        let binds = |interp: &Self, attribute: &str| {
            interp.heap.names(class).and_then(|names| names.get(attribute)).is_some_and(|b| !b.maybe_unbound)
        };
        let class_name = self.class_name(&Value::Object(class));
        if flag(self, "order") == Truth::Yes
            && let Some(method) = ["__lt__", "__le__", "__gt__", "__ge__"].iter().find(|m| binds(self, m))
        {
            return self.type_error(format!(
                "Cannot overwrite attribute {method} in class {class_name}. Consider using functools.total_ordering"
            ));
        }
        if flag(self, "frozen") == Truth::Yes
            && let Some(method) = ["__setattr__", "__delattr__"].iter().find(|m| binds(self, m))
        {
            return self.type_error(format!("Cannot overwrite attribute {method} in class {class_name}"));
        }
        if flag(self, "unsafe_hash") == Truth::Yes && binds(self, "__hash__") {
            return self.type_error(format!("Cannot overwrite attribute __hash__ in class {class_name}"));
        }
        if flag(self, "slots") == Truth::Yes && binds(self, "__slots__") {
            return self.type_error(format!("{class_name} already specifies __slots__"));
        }
        if flag(self, "weakref_slot") == Truth::Yes && flag(self, "slots") == Truth::No {
            return self.type_error("weakref_slot is True but slots is False");
        }
        Ok(())
    }

    /// `__init__`, and `__hash__` of what is compared but can change.
    fn write_methods(&mut self, class: Id, flag: &dyn Fn(&Self, &str) -> Truth) -> Eval<()> {
        let class_value = Value::Object(class);
        match flag(self, "init") {
            Truth::Yes => {
                self.check_order_of_defaults(&class_value)?;
                self.heap.bind(class, &name("__init__"), Value::external("collectlint.dataclass_init"));
                if let Object::Class(definition) = self.heap.change(class)
                    && definition.kind == ClassKind::Plain
                {
                    definition.kind = ClassKind::Dataclass;
                }
            }
            Truth::Maybe => self.heap.bind(class, &name("__init__"), Value::Unknown),
            Truth::No => {}
        }
        let own_hash = self.heap.value(class, "__hash__").is_some();
        let plain = |wanted: &str| flag(self, wanted) == Truth::No;
        if flag(self, "eq") == Truth::Yes && plain("frozen") && plain("unsafe_hash") && !own_hash {
            self.heap.bind(class, &name("__hash__"), Value::None);
        } else if flag(self, "eq") == Truth::Yes && !own_hash {
            self.heap.bind(class, &name("__hash__"), Value::external("collectlint.dataclass_hash"));
        }
        Ok(())
    }

    fn check_order_of_defaults(&mut self, class: &Value) -> Eval<()> {
        let Some(fields) = self.dataclass_fields(class) else { return Ok(()) };
        let mut seen: Option<&str> = None;
        for field in &fields {
            let takes_part = field.kind != FieldKind::ClassVariable && field.init == Truth::Yes;
            if !takes_part || field.keyword_only {
                continue;
            }
            if field.default.is_some() || field.factory.is_some() {
                seen = Some(&field.name);
            } else if let Some(seen) = seen {
                let mut message = format!("non-default argument '{}' follows default argument", field.name);
                if self.environment.python >= PythonVersion::new(3, 13) {
                    message = format!("{message} '{seen}'");
                }
                return self.type_error(message);
            }
        }
        Ok(())
    }

    /// Fields of the base classes that are dataclasses; `None` where they are not known.
    fn inherited_fields(&mut self, class: Id, frozen: Truth) -> Eval<Option<Vec<(Name, Value)>>> {
        let Object::Class(definition) = self.heap.get(class) else { return Ok(None) };
        let mut known = !definition.open;
        let bases: Vec<Id> = definition.mro.iter().skip(1).rev().filter_map(Value::as_id).collect();
        let mut all: Vec<(Name, Value)> = Vec::new();
        let (mut some, mut any_frozen) = (false, Truth::No);
        for base in bases {
            let Some(fields) = self.heap.value(base, "__dataclass_fields__").cloned() else { continue };
            known &= !matches!(self.object(&fields), Some(Object::Dict(dict)) if dict.open);
            for (field, value) in self.string_entries(&fields).unwrap_or_default() {
                match all.iter_mut().find(|(known, _)| known == field.as_str()) {
                    Some((_, known)) => *known = value,
                    None => all.push((name(&field), value)),
                }
            }
            some = true;
            any_frozen = any_frozen.or(self.dataclass_flag(&Value::Object(base), "frozen"));
        }
        if some && any_frozen == Truth::Yes && frozen == Truth::No {
            return self.type_error("cannot inherit non-frozen dataclass from a frozen one");
        }
        if some && any_frozen == Truth::No && frozen == Truth::Yes && known {
            return self.type_error("cannot inherit frozen dataclass from a non-frozen one");
        }
        Ok(known.then_some(all))
    }

    /// The fields that the annotations of a class state, and whether they are all known.
    fn own_fields(&mut self, class: Id, all_keywords: Truth) -> Eval<(Vec<(Name, Value)>, bool)> {
        let annotated = self.own_annotations(class);
        let mut sure = self.heap.names(class).is_some_and(|names| !names.open);
        let mut own: Vec<(Name, Value)> = Vec::with_capacity(annotated.len());
        let mut keywords = all_keywords;
        let mut seen_marker = false;
        for (field, annotation) in &annotated {
            if is_marker(annotation) {
                if seen_marker {
                    return self
                        .type_error(format!("'{field}' is KW_ONLY, but KW_ONLY has already been specified"));
                }
                seen_marker = true;
                keywords = Truth::Yes;
                continue;
            }
            let binding = self.heap.names(class).and_then(|names| names.get(field)).cloned();
            // a base class may hold the default
            let default = self.special_of_class(&Value::Object(class), field);
            sure &= default.is_ok();
            let default = default.ok().flatten();
            let kind = field_kind(annotation);
            sure &= kind.is_some();
            let made = match default {
                Some(default) if self.is_field(&default) => default,
                default => {
                    let default = default.map(|default| ("default", default));
                    new_field(self, default.into_iter().collect())
                }
            };
            self.finish_field(&made, field, kind.unwrap_or(FieldKind::Plain), keywords, annotation)?;
            // what the class itself holds: the default
            if binding.as_ref().is_some_and(|binding| self.is_field(&binding.value)) {
                let default = made.as_id().and_then(|id| self.heap.value(id, "default")).cloned();
                match default {
                    Some(default) if !default.is_extern("dataclasses.MISSING") => {
                        self.heap.bind(class, field, default);
                    }
                    _ => self.heap.unbind(class, field),
                }
            }
            own.push((field.clone(), made));
        }
        self.refuse_bare_fields(class, &annotated)?;
        Ok((own, sure))
    }

    /// `x = field()` without an annotation.
    fn refuse_bare_fields(&mut self, class: Id, annotated: &[(Name, Value)]) -> Eval<()> {
        let bare = self.heap.names(class).and_then(|names| {
            names
                .iter()
                .filter(|(_, binding)| !binding.maybe_unbound && self.is_field(&binding.value))
                .map(|(bound, _)| bound.clone())
                .find(|bound| !annotated.iter().any(|(field, _)| field == bound))
        });
        match bare {
            Some(bare) => self.type_error(format!("'{bare}' is a field but has no type annotation")),
            None => Ok(()),
        }
    }

    /// Checks a field, and notes what the class says about it.
    fn finish_field(
        &mut self,
        field: &Value,
        field_name: &Name,
        kind: FieldKind,
        keywords: Truth,
        annotation: &Value,
    ) -> Eval<()> {
        let Some(id) = field.as_id() else { return Ok(()) };
        let given = |interp: &Self, attribute: &str| {
            let value = interp.heap.value(id, attribute);
            value.filter(|value| !value.is_extern("dataclasses.MISSING")).cloned()
        };
        if kind != FieldKind::Plain && given(self, "default_factory").is_some() {
            return self.type_error(format!("field {field_name} cannot have a default factory"));
        }
        if kind == FieldKind::Plain
            && let Some(default) = given(self, "default")
            && let Some(kind) = self.mutable_kind(&default)
        {
            return self.value_error(format!(
                "mutable default {kind} for field {field_name} is not allowed: use default_factory"
            ));
        }
        self.heap.bind(id, &name("name"), Value::str(field_name));
        self.heap.bind(id, &name("type"), annotation.clone());
        let text = match kind {
            FieldKind::Plain => "Field",
            FieldKind::ClassVariable => "ClassVar",
            FieldKind::InitVariable => "InitVar",
        };
        self.heap.bind(id, &name("_field_type"), Value::str(text));
        if given(self, "kw_only").is_none() {
            let keywords = keywords.known().map_or(Value::Unknown, Value::Bool);
            self.heap.bind(id, &name("kw_only"), keywords);
        }
        Ok(())
    }

    /// The class of a default that is refused because all instances would share it.
    fn mutable_kind(&self, default: &Value) -> Option<String> {
        let old = self.environment.python < PythonVersion::new(3, 11);
        match self.object(default)? {
            Object::List(_) => Some("<class 'list'>".to_owned()),
            Object::Dict(_) => Some("<class 'dict'>".to_owned()),
            Object::Set(set) if !set.frozen => Some("<class 'set'>".to_owned()),
            // from 3.11 on: whatever cannot be hashed
            Object::Instance(instance) if !old && self.cannot_be_hashed(default) => {
                self.class_repr(&instance.class)
            }
            _ => None,
        }
    }
}

/// What an annotation makes of a field; `None` where that is not known.
fn field_kind(annotation: &Value) -> Option<FieldKind> {
    let text = match annotation {
        Value::Str(text) => text,
        Value::Extern(external) => &external.path,
        _ => return Some(FieldKind::Plain),
    };
    let head = text.split(['[', '(']).next().unwrap_or_default().trim();
    match head.rsplit('.').next().unwrap_or_default() {
        "ClassVar" => Some(FieldKind::ClassVariable),
        "InitVar" => Some(FieldKind::InitVariable),
        _ => Some(FieldKind::Plain),
    }
}

/// `_: KW_ONLY`
fn is_marker(annotation: &Value) -> bool {
    annotation.is_extern("dataclasses.KW_ONLY")
        || annotation.as_str().is_some_and(|text| matches!(text, "KW_ONLY" | "dataclasses.KW_ONLY"))
}

/// `@dataclass` and `@dataclass(…)`
fn dataclass(interp: &mut Interp<'_>, args: Args) -> Eval {
    if args.open {
        return Ok(Value::Unknown);
    }
    let refused = args.keywords.iter().find(|(flag, _)| {
        let since = match flag.as_str() {
            "match_args" | "kw_only" | "slots" => PythonVersion::new(3, 10),
            "weakref_slot" => PythonVersion::new(3, 11),
            known if FLAGS.iter().any(|(flag, _)| *flag == known) => return false,
            _ => return true,
        };
        interp.environment.python < since
    });
    if let Some((flag, _)) = refused {
        return interp.type_error(format!("dataclass() got an unexpected keyword argument '{flag}'"));
    }
    let options = interp.new_dict(args.keywords);
    match args.positional.first() {
        None | Some(Value::None) => {
            let function = Value::external("collectlint.dataclass");
            Ok(Value::Object(interp.heap.add(Object::Method(Method { function, receiver: options }))))
        }
        Some(class) => decorate(interp, Args::of([options, class.clone()])),
    }
}

fn decorate(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [options, class] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let (options, class) = (options.clone(), class.clone());
    let Some(id) = class.as_id().filter(|&id| matches!(interp.heap.get(id), Object::Class(_))) else {
        interp.may_raise_anything();
        return Ok(class);
    };
    let options = interp.string_entries(&options).unwrap_or_default();
    let options: Vec<(Name, Value)> = options.into_iter().map(|(flag, value)| (name(&flag), value)).collect();
    interp.make_dataclass(id, &options)?;
    Ok(class)
}

fn new_field(interp: &mut Interp<'_>, given: Vec<(&str, Value)>) -> Value {
    let missing = Value::external("dataclasses.MISSING");
    let mut attributes = Namespace::default();
    for attribute in ["default", "default_factory", "kw_only"] {
        attributes.bind(attribute, missing.clone());
    }
    for attribute in ["init", "repr", "compare"] {
        attributes.bind(attribute, Value::Bool(true));
    }
    attributes.bind("hash", Value::None);
    attributes.bind("metadata", Value::Unknown);
    for (attribute, value) in given {
        attributes.bind(attribute, value);
    }
    let instance = Instance { class: Value::external(FIELD), attributes, payload: Payload::Nothing };
    Value::Object(interp.heap.add(Object::Instance(instance)))
}

/// `field(*, default, default_factory, init, repr, hash, compare, metadata, kw_only)`
fn field(interp: &mut Interp<'_>, args: Args) -> Eval {
    const KNOWN: [&str; 9] =
        ["default", "default_factory", "init", "repr", "hash", "compare", "metadata", "kw_only", "doc"];
    if args.open {
        return Ok(Value::Unknown);
    }
    if !args.positional.is_empty() {
        let given = args.positional.len();
        let verb = if given == 1 { "was" } else { "were" };
        return interp.type_error(format!("field() takes 0 positional arguments but {given} {verb} given"));
    }
    if let Some((odd, _)) = args.keywords.iter().find(|(keyword, _)| !KNOWN.contains(&keyword.as_str())) {
        return interp.type_error(format!("field() got an unexpected keyword argument '{odd}'"));
    }
    if args.keyword("default").is_some() && args.keyword("default_factory").is_some() {
        return interp.value_error("cannot specify both default and default_factory");
    }
    let given = args.keywords.iter().map(|(keyword, value)| (keyword.as_str(), value.clone())).collect();
    Ok(new_field(interp, given))
}

/// The `__init__` that the decorator writes.
fn init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    if args.positional.is_empty() {
        return Ok(Value::None);
    }
    let instance = args.positional.remove(0);
    let Some(Object::Instance(Instance { class, .. })) = interp.object(&instance) else {
        return Ok(Value::None);
    };
    let (class, id) = (class.clone(), instance.as_id());
    let (Some(id), Some(class_id)) = (id, class.as_id()) else { return Ok(Value::None) };
    let Some(fields) = interp.dataclass_fields(&class) else {
        interp.heap.open_names(id);
        interp.may_raise_anything();
        return Ok(Value::None);
    };
    let parameters: Vec<&Field> = fields
        .iter()
        .filter(|field| field.kind != FieldKind::ClassVariable && field.init != Truth::No)
        .collect();
    let by_position = parameters.iter().filter(|field| !field.keyword_only).count();
    let mut ordered: Vec<&Field> = parameters.clone();
    ordered.sort_by_key(|field| field.keyword_only);
    let names: Vec<String> = ordered.iter().map(|field| field.name.clone()).collect();
    let title = interp.generated_title(class_id, "__init__");
    let default = |_: &Interp<'_>, wanted: &str| {
        let field = fields.iter().find(|field| field.name == wanted)?;
        let factory = field.factory.as_ref().map(|_| Value::external("dataclasses._HAS_DEFAULT_FACTORY"));
        field.default.clone().or(factory)
    };
    if args.positional.len() > by_position && by_position < names.len() {
        let given = args.positional.len() + 1;
        return interp.type_error(format!(
            "{title} takes {} positional arguments but {given} were given",
            by_position + 1
        ));
    }
    let values = interp.arguments_by_name(&title, &names, &args, default)?;
    let frozen = interp.dataclass_flag(&class, "frozen") != Truth::No;
    let mut init_values: Vec<Value> = Vec::new();
    for field in &fields {
        let place = names.iter().position(|known| *known == field.name);
        let value = match (place, &field.factory) {
            (Some(place), Some(factory)) if values[place].is_extern("dataclasses._HAS_DEFAULT_FACTORY") => {
                let factory = factory.clone();
                interp.call(&factory, Args::default())?
            }
            (Some(place), _) => values[place].clone(),
            (None, Some(factory)) if field.kind == FieldKind::Plain => {
                let factory = factory.clone();
                interp.call(&factory, Args::default())?
            }
            (None, _) => continue,
        };
        match field.kind {
            FieldKind::InitVariable => init_values.push(value),
            FieldKind::Plain if frozen => interp.heap.bind(id, &name(&field.name), value),
            FieldKind::Plain => interp.set_attribute(&instance, &name(&field.name), value)?,
            FieldKind::ClassVariable => {}
        }
    }
    if let Ok(Some(after)) = interp.special_of_class(&class, "__post_init__") {
        let after = interp.bind_function(&after, &instance)?;
        interp.call(&after, Args::of(init_values))?;
    }
    Ok(Value::None)
}
