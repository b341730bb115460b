//! `enum`: what a class body's values become, and how members are found and shown.

use ruff_python_ast::name::Name;

use super::{Args, Eval, Interp, Models, Value};
use crate::environment::PythonVersion;
use crate::interp::class::NewClass;
use crate::interp::{Cause, ClassKind, Id, Instance, Namespace, Object, Payload, Truth, name};

pub(super) const MODELS: Models = &[
    ("enum.auto", auto),
    ("enum.unique", unique),
    ("enum.verify", super::something),
    ("enum.nonmember", super::something),
    ("enum.member", super::identity),
    ("enum.global_enum", super::identity),
    ("enum.Enum", functional),
    ("enum.IntEnum", functional_int),
];

/// Classes whose members are shown as their value from 3.11 on.
const REPR: [&str; 4] = ["enum.ReprEnum", "enum.IntEnum", "enum.IntFlag", "enum.StrEnum"];

impl Interp<'_> {
    /// Turns the values of an enumeration's body into its members.
    pub(in crate::interp) fn make_members(&mut self, id: Id) -> Eval<()> {
        let Some(names) = self.heap.names(id) else { return Ok(()) };
        let candidates: Vec<(Name, Value, bool)> = names
            .iter()
            .filter(|(member, _)| self.may_be_member(member))
            .map(|(member, binding)| (member.clone(), binding.value.clone(), binding.maybe_unbound))
            .collect();
        let mut last_values: Vec<Value> = Vec::new();
        for (member, value, doubtful) in candidates {
            if self.stays_attribute(&value) {
                continue;
            }
            let value = if is_auto(&value) { self.next_value(id, &member, &last_values)? } else { value };
            if doubtful || value.is_unknown() {
                self.heap.open_names(id);
            }
            last_values.push(value.clone());
            self.make_member(id, &member, value)?;
        }
        Ok(())
    }

    fn may_be_member(&self, member: &str) -> bool {
        let dunder = member.starts_with("__") && member.ends_with("__");
        let sunder = member.starts_with('_') && member.ends_with('_');
        // a private name: `_Class__name`
        let private = self.environment.python >= PythonVersion::new(3, 11)
            && member.starts_with('_')
            && member.contains("__");
        !(dunder || sunder || private)
    }

    /// Whether a value in the body is no member: a descriptor.
    fn stays_attribute(&self, value: &Value) -> bool {
        match self.object(value) {
            Some(Object::Function(_) | Object::Wrapper(_) | Object::Method(_)) => true,
            Some(Object::Partial(_)) => self.environment.python < PythonVersion::new(3, 14),
            Some(Object::Class(_)) => self.environment.python >= PythonVersion::new(3, 13),
            Some(Object::Instance(instance)) => {
                matches!(self.special_of_class(&instance.class, "__get__"), Ok(Some(_)))
            }
            _ => matches!(value, Value::Extern(external) if &*external.path == "enum.nonmember"),
        }
    }

    /// What `auto()` stands for.
    fn next_value(&mut self, id: Id, member: &Name, last_values: &[Value]) -> Eval {
        let class = Value::Object(id);
        match self.special_of_class(&class, "_generate_next_value_") {
            Ok(Some(generate)) => {
                let generate = match self.object(&generate) {
                    Some(Object::Wrapper(wrapper)) => wrapper.inner.clone(),
                    _ => generate,
                };
                let count = i64::try_from(last_values.len()).unwrap_or(0);
                let known = self.new_list(last_values.to_vec());
                return self.call(
                    &generate,
                    Args::of([Value::str(member), Value::Int(1), Value::Int(count), known]),
                );
            }
            Err(()) => return Ok(Value::Unknown),
            Ok(None) => {}
        }
        if self.derives(&class, "enum.StrEnum") == Truth::Yes {
            return Ok(Value::str(member.to_lowercase()));
        }
        let is_flag = self.derives(&class, "enum.Flag") != Truth::No;
        let numbers: Vec<i64> = last_values.iter().filter_map(|value| self.int_of(value)).collect();
        if last_values.iter().any(Value::is_unknown) {
            return Ok(Value::Unknown);
        }
        if is_flag {
            let highest = numbers.iter().copied().max().unwrap_or(0);
            let next = if highest <= 0 { Some(1) } else { 1_i64.checked_shl(64 - highest.leading_zeros()) };
            return Ok(next.map_or(Value::Unknown, Value::Int));
        }
        if self.environment.python >= PythonVersion::new(3, 13) {
            if numbers.len() < last_values.len() {
                let odd = last_values.iter().any(|value| matches!(value, Value::Str(_) | Value::None));
                if odd {
                    return self.raise("TypeError", "unable to sort non-numeric values", Cause::Python);
                }
                return Ok(Value::Unknown);
            }
            let next = numbers.iter().copied().max().map_or(Some(1), |highest| highest.checked_add(1));
            return Ok(next.map_or(Value::Unknown, Value::Int));
        }
        let next = numbers.last().map_or(Some(1), |last| last.checked_add(1));
        Ok(next.map_or(Value::Unknown, Value::Int))
    }

    fn make_member(&mut self, id: Id, member: &Name, value: Value) -> Eval<()> {
        let class = Value::Object(id);
        let args = match &value {
            Value::Tuple(items) => Args::of(items.to_vec()),
            Value::Unknown | Value::OneOf(_) => Args { open: true, ..Args::default() },
            _ => Args::of([value.clone()]),
        };
        let mut own = value;
        let made = match self.special_of_class(&class, "__new__") {
            Ok(Some(new)) => {
                let new = match self.object(&new) {
                    Some(Object::Wrapper(wrapper)) => wrapper.inner.clone(),
                    _ => new,
                };
                let made = self.call(&new, args.clone().bound(class.clone()))?;
                if let Some(set) = made.as_id().and_then(|made| self.heap.value(made, "_value_")) {
                    own = set.clone();
                }
                Some(made)
            }
            Ok(None) => {
                own = self.mixed_value(&class, own)?;
                None
            }
            Err(()) => {
                own = Value::Unknown;
                None
            }
        };
        let payload = Payload::EnumMember { name: member.clone(), value: own };
        let instance = match made.as_ref().and_then(Value::as_id) {
            Some(made) if matches!(self.heap.get(made), Object::Instance(_)) => {
                if let Object::Instance(instance) = self.heap.change(made) {
                    instance.payload = payload;
                }
                Value::Object(made)
            }
            _ => self.new_instance(class.clone(), payload),
        };
        match self.special_of_class(&class, "__init__") {
            Ok(Some(init)) if matches!(self.object(&init), Some(Object::Function(_))) => {
                self.call(&init, args.bound(instance.clone()))?;
            }
            Ok(None) => {}
            Ok(Some(_)) | Err(()) => {
                if let Some(id) = instance.as_id() {
                    self.heap.open_names(id);
                }
            }
        }
        // `__init__` may set it as well
        if let Some(id) = instance.as_id()
            && let Some(set) = self.heap.value(id, "_value_").cloned()
            && let Object::Instance(Instance { payload: Payload::EnumMember { value, .. }, .. }) =
                self.heap.change(id)
        {
            *value = set;
        }
        // an equal value is an alias of the first member that has it
        let first = self.member_with(id, member, &instance);
        self.heap.bind(id, member, first.unwrap_or(instance));
        Ok(())
    }

    /// The value of a member of an enumeration that is an `int` or `str` as well.
    fn mixed_value(&mut self, class: &Value, value: Value) -> Eval {
        for kind in ["int", "float"] {
            if self.derives(class, &format!("builtins.{kind}")) == Truth::Yes {
                return match &value {
                    Value::Str(_) | Value::None => self.call(&Value::builtin(kind), Args::of([value])),
                    _ => Ok(value),
                };
            }
        }
        if self.derives(class, "enum.StrEnum") == Truth::Yes
            && self.is_builtin_value(&value)
            && !matches!(value, Value::Str(_) | Value::Tuple(_))
        {
            let Some(shown) = self.repr_of(&value) else { return Ok(Value::Unknown) };
            return self.type_error(format!("{shown} is not a string"));
        }
        Ok(value)
    }

    fn member_with(&self, id: Id, own: &Name, instance: &Value) -> Option<Value> {
        let value = self.member_value(instance)?;
        self.enum_members(id).into_iter().filter(|member| !self.is_named(member, own)).find(|member| {
            self.member_value(member).is_some_and(|known| self.equal(&known, &value) == Truth::Yes)
        })
    }

    fn is_named(&self, member: &Value, wanted: &Name) -> bool {
        matches!(
            self.object(member),
            Some(Object::Instance(Instance { payload: Payload::EnumMember { name, .. }, .. })) if name == wanted
        )
    }

    fn member_value(&self, member: &Value) -> Option<Value> {
        match self.object(member) {
            Some(Object::Instance(Instance { payload: Payload::EnumMember { value, .. }, .. })) => {
                Some(value.clone())
            }
            _ => None,
        }
    }

    /// `Class(value)`
    pub(in crate::interp) fn member_of_value(&mut self, id: Id, args: &Args) -> Eval {
        let Some(wanted) = args.only().cloned() else {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        };
        let members = self.enum_members(id);
        let mut known = self.heap.names(id).is_some_and(|names| !names.open);
        for member in members {
            if member.same(&wanted) {
                return Ok(member);
            }
            let Some(value) = self.member_value(&member) else { continue };
            match self.equal(&value, &wanted) {
                Truth::Yes => return Ok(member),
                Truth::Maybe => known = false,
                Truth::No => {}
            }
        }
        let class = Value::Object(id);
        if let Ok(Some(missing)) = self.special_of_class(&class, "_missing_") {
            let missing = self.bind_function(&missing, &class)?;
            let found = self.call(&missing, Args::of([wanted.clone()]))?;
            if !matches!(found, Value::None) {
                return Ok(found);
            }
        }
        let is_plain = self.derives(&class, "enum.Flag") == Truth::No
            && matches!(self.special_of_class(&class, "_missing_"), Ok(None | Some(Value::Object(_))))
            && self.is_builtin_value(&wanted);
        if !known || !is_plain {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        }
        let Some(shown) = self.repr_value(&wanted)? else { return Ok(Value::Unknown) };
        let class_name = self.class_name(&class);
        self.raise("ValueError", format!("{shown} is not a valid {class_name}"), Cause::Python)
    }

    /// An attribute of an enumeration, or another class with a metaclass of the library, that its own
    /// classes do not have.
    pub(in crate::interp) fn enum_attribute(&mut self, id: Id, kind: ClassKind, attribute: &Name) -> Eval {
        if kind != ClassKind::Enum {
            return Ok(Value::Unknown);
        }
        if attribute == "__members__" {
            let open = self.heap.names(id).is_none_or(|names| names.open);
            let entries = self.member_entries(id);
            let members = self.new_dict(entries);
            if open && let Some(Object::Dict(dict)) = members.as_id().map(|id| self.heap.change(id)) {
                dict.open = true;
            }
            return Ok(members);
        }
        let Object::Class(class) = self.heap.get(id) else { return Ok(Value::Unknown) };
        let decided = !class.open
            && !class.names.open
            && class.mro.iter().all(|base| {
                base.as_id().is_some()
                    || base
                        .extern_path()
                        .is_some_and(|path| path == "builtins.object" || path.starts_with("enum."))
            });
        if !decided || attribute.starts_with('_') || matches!(&**attribute, "name" | "value" | "mro") {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        }
        let class_name = class.name.to_string();
        let message = if self.environment.python >= PythonVersion::new(3, 12) {
            format!("type object '{class_name}' has no attribute '{attribute}'")
        } else {
            attribute.to_string()
        };
        let cause = Cause::MissingAttribute { owner: class_name.into(), name: attribute.as_str().into() };
        self.raise("AttributeError", message, cause)
    }

    /// Names and members, with aliases.
    fn member_entries(&self, id: Id) -> Vec<(Name, Value)> {
        let Some(names) = self.heap.names(id) else { return Vec::new() };
        names
            .iter()
            .filter(|(_, binding)| {
                matches!(
                    self.object(&binding.value),
                    Some(Object::Instance(Instance { payload: Payload::EnumMember { .. }, class, .. }))
                        if class.as_id() == Some(id)
                )
            })
            .map(|(name, binding)| (name.clone(), binding.value.clone()))
            .collect()
    }

    /// `Class["name"]`
    pub(in crate::interp) fn member_of_name(&mut self, id: Id, index: &Value) -> Eval {
        let open = self.heap.names(id).is_none_or(|names| names.open);
        let Some(wanted) = index.as_str() else {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        };
        let found = self.member_entries(id).into_iter().find(|(name, _)| name == wanted);
        match found {
            Some((_, member)) => Ok(member),
            None if open => Ok(Value::Unknown),
            None => self.key_error(index),
        }
    }

    /// `str(member)`, without methods of interpreted classes.
    pub(in crate::interp) fn enum_str(&mut self, value: &Value) -> Eval<Option<String>> {
        Ok(self.enum_text(value))
    }

    /// `str(member)`, where no interpreted class says otherwise.
    pub(in crate::interp) fn enum_text(&self, value: &Value) -> Option<String> {
        let Some(Object::Instance(Instance {
            payload: Payload::EnumMember { name, value: own }, class, ..
        })) = self.object(value)
        else {
            return None;
        };
        if !matches!(self.special_of_class(class, "__str__"), Ok(None)) {
            return None;
        }
        if self.is_shown_as_value(class) {
            return self.text_of(own);
        }
        Some(format!("{}.{name}", self.class_name(class)))
    }

    /// Whether members are shown as their value: `IntEnum` and `StrEnum` from 3.11 on.
    fn is_shown_as_value(&self, class: &Value) -> bool {
        self.environment.python >= PythonVersion::new(3, 11)
            && REPR.iter().any(|base| self.derives(class, base) == Truth::Yes)
    }

    /// `format(member)`, where it is another text than `str(member)`: the value of a member that is a number
    /// or text as well, before 3.12 or so.
    pub(in crate::interp) fn enum_format(&self, value: &Value) -> Option<Value> {
        let Some(Object::Instance(Instance {
            payload: Payload::EnumMember { value: own, .. }, class, ..
        })) = self.object(value)
        else {
            return None;
        };
        let old = self.environment.python < PythonVersion::new(3, 11);
        let is_own = matches!(self.special_of_class(class, "__str__"), Ok(None));
        (self.is_mixed_enum(class) && is_own && (old || self.is_shown_as_value(class))).then(|| own.clone())
    }

    /// Binding a name twice in the body of an enumeration.
    pub(in crate::interp) fn refuse_duplicate_member(&mut self, member: &Name) -> Eval<()> {
        if member.starts_with('_') {
            return Ok(());
        }
        let names = self.frame().names;
        let Some(binding) = self.heap.names(names).and_then(|names| names.get(member)) else { return Ok(()) };
        if binding.maybe_unbound {
            return Ok(());
        }
        let old = binding.value.clone();
        let message = match self.repr_of(&old) {
            Some(shown) if self.environment.python >= PythonVersion::new(3, 11) => {
                format!("'{member}' already defined as {shown}")
            }
            _ => format!("Attempted to reuse key: '{member}'"),
        };
        self.raise("TypeError", message, Cause::Python)
    }
}

fn is_auto(value: &Value) -> bool {
    matches!(value, Value::Extern(external) if &*external.path == "enum.auto")
}

fn auto(_: &mut Interp<'_>, _: Args) -> Eval {
    Ok(Value::computed(&"enum.auto".into()))
}

/// `@unique`
fn unique(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(class) = args.only().cloned() else { return Ok(Value::Unknown) };
    let Some(id) = class.as_id().filter(|&id| matches!(interp.heap.get(id), Object::Class(_))) else {
        return Ok(class);
    };
    let mut aliases: Vec<String> = Vec::new();
    for (alias, member) in interp.member_entries(id) {
        if let Some(Object::Instance(Instance { payload: Payload::EnumMember { name, .. }, .. })) =
            interp.object(&member)
            && *name != alias
        {
            aliases.push(format!("{alias} -> {name}"));
        }
    }
    if aliases.is_empty() {
        return Ok(class);
    }
    let shown = interp.class_name(&class);
    let message = format!("duplicate values found in <enum '{shown}'>: {}", aliases.join(", "));
    interp.raise("ValueError", message, Cause::Python)
}

/// `Enum("Name", "A B")`
fn functional(interp: &mut Interp<'_>, args: Args) -> Eval {
    make(interp, &args, "enum.Enum")
}

fn functional_int(interp: &mut Interp<'_>, args: Args) -> Eval {
    make(interp, &args, "enum.IntEnum")
}

fn make(interp: &mut Interp<'_>, args: &Args, base: &str) -> Eval {
    let (Some(class_name), Some(given)) =
        (args.get(0, "value").and_then(Value::as_str), args.get(1, "names"))
    else {
        return Ok(Value::Unknown);
    };
    let other_keywords =
        args.keywords.iter().any(|(name, _)| !matches!(&**name, "names" | "module" | "qualname"));
    if args.open || args.positional.len() > 2 || other_keywords {
        return Ok(Value::Unknown);
    }
    let (class_name, given) = (name(class_name), given.clone());
    let entries: Vec<(Name, Value)> = match interp.string_entries(&given) {
        Some(entries) => entries.into_iter().map(|(member, value)| (name(&member), value)).collect(),
        None => {
            let items = match given.as_str() {
                Some(text) => {
                    let text = text.replace(',', " ");
                    Some(text.split_whitespace().map(Value::str).collect())
                }
                None => interp.iterate(&given)?,
            };
            let Some(items) = items else { return Ok(Value::Unknown) };
            let mut entries = Vec::with_capacity(items.len());
            for (item, place) in items.iter().zip(1..) {
                match item {
                    Value::Str(member) => entries.push((name(member), Value::Int(place))),
                    Value::Tuple(pair) => match &**pair {
                        [Value::Str(member), value] => entries.push((name(member), value.clone())),
                        _ => return Ok(Value::Unknown),
                    },
                    _ => return Ok(Value::Unknown),
                }
            }
            entries
        }
    };
    let mut names = Namespace::default();
    for (member, value) in entries {
        names.bind(member, value);
    }
    let body = interp.heap.add(Object::Scope(names));
    interp.make_class(NewClass {
        name: class_name,
        bases: vec![Value::external(base)],
        open: false,
        metaclass: None,
        body,
        kind: ClassKind::Enum,
        keywords: Vec::new(),
    })
}
