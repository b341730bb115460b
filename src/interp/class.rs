//! Classes: `class` statements, the order of base classes, and making instances.

use crate::environment::PythonVersion;
use std::sync::Arc;

use ruff_python_ast::StmtClassDef;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged as _;

use super::call::Args;
use super::flow::Eval;
use super::scope::ScopeInfo;
use super::{
    Cause, Class, ClassKind, Frame, FrameKind, Id, Instance, Interp, Namespace, Object, Payload, Truth,
    Value, WrapperKind, name,
};

impl<'a> Interp<'a> {
    pub(super) fn exec_class(&mut self, def: &'a StmtClassDef) -> Eval<()> {
        let mut decorators = Vec::with_capacity(def.decorator_list.len());
        for decorator in &def.decorator_list {
            self.at(&decorator.expression);
            decorators.push((self.eval(&decorator.expression)?, decorator.expression.range()));
        }
        self.at(&def.name);
        let args = match &def.arguments {
            Some(arguments) => {
                let args = self.eval_arguments(arguments)?;
                self.at(&def.name);
                args
            }
            None => Args::default(),
        };
        let (mut bases, open) = (args.positional, args.open);
        if let Some(place) =
            bases.iter().position(|base| matches!(base.extern_path(), Some("typing.NamedTuple")))
        {
            bases[place] = Value::external("typing.NamedTuple");
        }
        let metaclass =
            args.keywords.iter().find(|(name, _)| name == "metaclass").map(|(_, value)| value.clone());
        let keywords: Vec<(Name, Value)> =
            args.keywords.into_iter().filter(|(name, _)| name != "metaclass").collect();
        let kind = self.kind_of_class(&bases);
        let body = self.run_class_body(def, kind == ClassKind::Enum)?;
        self.at(&def.name);
        let class = self.make_class(&def.name.id, Some(def), bases, open, metaclass, body, kind)?;
        if let Some(id) = class.as_id() {
            self.class_bodies.insert(body, id);
        }
        self.run_init_subclass(&class, keywords)?;
        let mut value = class;
        for (decorator, range) in decorators.into_iter().rev() {
            self.frame_mut().position = range;
            value = self.call(&decorator, Args::of([value]))?;
        }
        self.bind_name(&def.name.id, value);
        Ok(())
    }

    fn run_class_body(&mut self, def: &'a StmtClassDef, unique_names: bool) -> Eval<Id> {
        let frame = self.frame();
        let mut closure = frame.closure.to_vec();
        if matches!(frame.kind, FrameKind::Function | FrameKind::Inline) {
            closure.push(frame.names);
        }
        let (module, file) = (frame.module, frame.file);
        let mut names = Namespace::default();
        if let Object::Module(module) = self.heap.get(module) {
            names.bind("__module__", Value::Str(Arc::clone(&module.name)));
        }
        names.bind("__qualname__", Value::str(&def.name.id));
        let names = self.heap.add(Object::Scope(names));
        let mut scope = (*ScopeInfo::of_class(&def.body)).clone();
        scope.locals.clear();
        self.frames.push(Frame {
            kind: FrameKind::Class,
            names,
            module,
            closure: closure.into(),
            file,
            position: def.name.range(),
            branches: Vec::new(),
            title: Arc::from(def.name.as_str()),
            scope: Some(Arc::new(scope)),
            class: None,
            receiver: None,
            yields: None,
            class_body: true,
            unique_names,
        });
        let result = self.exec_block(&def.body);
        self.frames.pop();
        result.map(|_| names)
    }

    fn kind_of_class(&self, bases: &[Value]) -> ClassKind {
        for base in bases {
            if let Some(Object::Class(class)) = self.object(base) {
                match class.kind {
                    ClassKind::Enum => return ClassKind::Enum,
                    ClassKind::TypedDict => return ClassKind::TypedDict,
                    ClassKind::Plain | ClassKind::Dataclass | ClassKind::NamedTuple | ClassKind::Protocol => {
                    }
                }
            }
            match base.extern_path() {
                Some(
                    "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" | "enum.Flag" | "enum.IntFlag"
                    | "enum.ReprEnum",
                ) => {
                    return ClassKind::Enum;
                }
                Some("typing.NamedTuple" | "typing_extensions.NamedTuple") => return ClassKind::NamedTuple,
                Some("typing.TypedDict" | "typing_extensions.TypedDict") => return ClassKind::TypedDict,
                Some("typing.Protocol" | "typing_extensions.Protocol") => return ClassKind::Protocol,
                _ => {}
            }
        }
        ClassKind::Plain
    }

    /// Makes a class of a body that has run.
    #[expect(clippy::too_many_arguments, reason = "what `type(name, bases, namespace)` and its caller know")]
    pub(super) fn make_class(
        &mut self,
        class_name: &Name,
        definition: Option<&'a StmtClassDef>,
        bases: Vec<Value>,
        open: bool,
        metaclass: Option<Value>,
        body: Id,
        kind: ClassKind,
    ) -> Eval {
        self.check_bases(class_name, &bases)?;
        let module = self.frame().module;
        let file = self.frame().file;
        let names = self.heap.names(body).cloned().unwrap_or_default();
        let metaclass = match metaclass {
            Some(metaclass) => metaclass,
            None => self.inherited_metaclass(&bases),
        };
        let unknown_base = bases.iter().any(|base| match base {
            Value::Object(id) => !matches!(self.heap.get(*id), Object::Class(_)),
            Value::Extern(_) => base.extern_path().is_none(),
            _ => true,
        });
        let inherited_open =
            bases.iter().any(|base| matches!(self.object(base), Some(Object::Class(class)) if class.open));
        let class = Class {
            name: class_name.clone(),
            definition: definition.map(|def| (def, file)),
            module,
            bases: bases.clone(),
            mro: Vec::new(),
            open: open || unknown_base || inherited_open,
            metaclass,
            names,
            abstract_names: Vec::new(),
            kind,
        };
        let id = self.heap.add(Object::Class(Box::new(class)));
        let (mro, consistent) = self.linearize(id, &bases);
        if !consistent && !open && !unknown_base {
            let listed: Vec<String> = bases.iter().map(|base| self.class_name(base)).collect();
            return self.type_error(format!(
                "Cannot create a consistent method resolution order (MRO) for bases {}",
                listed.join(", ")
            ));
        }
        if let Object::Class(class) = self.heap.change(id) {
            class.mro = mro;
        }
        if kind == ClassKind::Enum {
            self.make_members(id);
        }
        let abstract_names = self.abstract_names(id);
        if let Object::Class(class) = self.heap.change(id) {
            class.abstract_names = abstract_names;
        }
        Ok(Value::Object(id))
    }

    fn check_bases(&mut self, class_name: &Name, bases: &[Value]) -> Eval<()> {
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
                    return self.type_error(format!("{kind}() takes at most 1 argument (3 given)"));
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
        Ok(())
    }

    fn inherited_metaclass(&self, bases: &[Value]) -> Value {
        for base in bases {
            match base {
                Value::Object(id) => {
                    if let Object::Class(class) = self.heap.get(*id)
                        && !class.metaclass.is_extern("builtins.type")
                    {
                        return class.metaclass.clone();
                    }
                }
                Value::Extern(_) => match base.extern_path() {
                    Some("abc.ABC") => return Value::external("abc.ABCMeta"),
                    Some(path) if path.starts_with("collections.abc.") => {
                        return Value::external("abc.ABCMeta");
                    }
                    Some("enum.Enum" | "enum.IntEnum" | "enum.StrEnum" | "enum.Flag" | "enum.IntFlag") => {
                        return Value::external("enum.EnumMeta");
                    }
                    Some("typing.Protocol") => return Value::external("abc.ABCMeta"),
                    Some("typing.Generic" | "unittest.TestCase") => {}
                    Some(path) if self.class_names(path).is_some() => {}
                    _ => return Value::Unknown,
                },
                _ => return Value::Unknown,
            }
        }
        Value::builtin("type")
    }

    /// The order of look-up (C3), and whether there is one. Bases that are not interpreted stand for
    /// themselves and what is known of their own bases.
    fn linearize(&self, id: Id, bases: &[Value]) -> (Vec<Value>, bool) {
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
                        names.push(Value::builtin("object"));
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
                    consistent &= sequences.iter().flatten().any(|value| value.as_id().is_none());
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

    /// Turns the values of an enumeration's body into its members.
    fn make_members(&mut self, id: Id) {
        let Some(names) = self.heap.names(id) else { return };
        let ignored = ["_ignore_", "_order_", "_missing_", "_generate_next_value_"];
        let plain: Vec<(Name, Value)> = names
            .iter()
            .filter(|(name, _)| {
                let text = name.as_str();
                !(text.starts_with("__")
                    || text.starts_with('_') && text.ends_with('_')
                    || ignored.contains(&text))
            })
            .map(|(name, binding)| (name.clone(), binding.value.clone()))
            .collect();
        let mut seen: Vec<(Value, Value)> = Vec::new();
        let mut count = 0;
        for (member, value) in plain {
            let is_descriptor = match self.object(&value) {
                Some(Object::Function(_) | Object::Wrapper(_) | Object::Method(_) | Object::Partial(_)) => {
                    true
                }
                Some(Object::Class(_)) => self.environment.python >= PythonVersion::new(3, 13),
                _ => false,
            };
            if is_descriptor || matches!(value.extern_path(), Some("enum.nonmember")) {
                continue;
            }
            let value = if matches!(&value, Value::Extern(external) if &*external.path == "enum.auto") {
                count += 1;
                Value::Int(count)
            } else {
                if let Value::Int(number) = &value {
                    count = *number;
                }
                value
            };
            // an equal value is an alias of the first member that has it
            let alias = seen.iter().find(|(known, _)| self.equal(known, &value) == Truth::Yes);
            let bound = match alias {
                Some((_, first)) => first.clone(),
                None => {
                    let payload = Payload::EnumMember { name: member.clone(), value: value.clone() };
                    let made = self.new_instance(Value::Object(id), payload);
                    seen.push((value, made.clone()));
                    made
                }
            };
            self.heap.bind(id, &member, bound);
        }
    }

    fn abstract_names(&self, id: Id) -> Vec<Name> {
        let Object::Class(class) = self.heap.get(id) else { return Vec::new() };
        if !class.metaclass.is_extern("abc.ABCMeta") && class.metaclass.as_id().is_none() {
            return Vec::new();
        }
        let is_abstract = |value: &Value| {
            let target = match self.object(value) {
                Some(Object::Wrapper(wrapper)) => wrapper.inner.clone(),
                _ => value.clone(),
            };
            target.as_id().and_then(|id| self.heap.value(id, "__isabstractmethod__")).is_some()
        };
        let mut found: Vec<Name> = Vec::new();
        for (name, binding) in class.names.iter() {
            if is_abstract(&binding.value) {
                found.push(name.clone());
            }
        }
        for base in class.mro.iter().skip(1) {
            let Some(Object::Class(base)) = self.object(base) else { continue };
            for name in &base.abstract_names {
                let now = self.find_in_classes(&class.mro, class.open, name);
                if matches!(&now, Ok(Some(value)) if is_abstract(value)) && !found.contains(name) {
                    found.push(name.clone());
                }
            }
        }
        found
    }

    fn run_init_subclass(&mut self, class: &Value, keywords: Vec<(Name, Value)>) -> Eval<()> {
        let Some(Object::Class(definition)) = self.object(class) else { return Ok(()) };
        let (mro, open) = (definition.mro.clone(), definition.open);
        let class_name = definition.name.clone();
        match self.find_in_classes(&mro[1.min(mro.len())..], open, "__init_subclass__") {
            Ok(Some(hook)) => {
                let hook = match self.object(&hook) {
                    Some(Object::Wrapper(wrapper)) if wrapper.kind == WrapperKind::ClassMethod => {
                        wrapper.inner.clone()
                    }
                    _ => hook,
                };
                if matches!(self.object(&hook), Some(Object::Function(_))) {
                    self.call(&hook, Args { positional: vec![class.clone()], keywords, open: false })?;
                }
                Ok(())
            }
            Ok(None) if !keywords.is_empty() => {
                self.type_error(format!("{class_name}.__init_subclass__() takes no keyword arguments"))
            }
            Ok(None) | Err(_) => Ok(()),
        }
    }

    /// `Class(…)`
    pub(super) fn instantiate(&mut self, id: Id, args: Args) -> Eval {
        let Object::Class(class) = self.heap.get(id) else { return Ok(Value::Unknown) };
        let (mro, open, kind) = (class.mro.clone(), class.open, class.kind);
        let class_name = class.name.clone();
        let value = Value::Object(id);
        if let Some(meta) = class.metaclass.as_id()
            && let Ok(Some(call)) = self.find_in_classes(&self.mro_of(&Value::Object(meta)), true, "__call__")
            && matches!(self.object(&call), Some(Object::Function(_)))
        {
            return self.call(&call, args.bound(value));
        }
        if kind == ClassKind::Enum {
            return Ok(self.member_of_value(id, &args));
        }
        if !class.abstract_names.is_empty() {
            let message = abstract_message(&class_name, &class.abstract_names, self.environment.python);
            return self.type_error(message);
        }
        let instance = match self.find_in_classes(&mro, open, "__new__") {
            Ok(Some(new)) if matches!(self.object(&new), Some(Object::Function(_) | Object::Wrapper(_))) => {
                let function = match self.object(&new) {
                    Some(Object::Wrapper(wrapper)) => wrapper.inner.clone(),
                    _ => new,
                };
                let made = self.call(&function, args.clone().bound(value.clone()))?;
                match self.object(&made) {
                    Some(Object::Instance(instance)) if instance.class.as_id() == Some(id) => made,
                    _ => return Ok(made),
                }
            }
            _ => self.bare_instance(id, &args),
        };
        match self.find_in_classes(&mro, open, "__init__") {
            Ok(Some(init)) if matches!(self.object(&init), Some(Object::Function(_))) => {
                self.call(&init, args.bound(instance.clone()))?;
            }
            Ok(Some(_)) => self.bind_fields(id, &instance, args),
            Ok(None) => {
                let plain = kind == ClassKind::Plain
                    && matches!(self.find_in_classes(&mro, open, "__new__"), Ok(None));
                if plain && !args.open && (!args.positional.is_empty() || !args.keywords.is_empty()) {
                    return self.type_error(format!("{class_name}() takes no arguments"));
                }
                if kind != ClassKind::Plain {
                    self.bind_fields(id, &instance, args);
                }
            }
            Err(_) => {
                if open {
                    self.may_raise_anything();
                    if let Some(id) = instance.as_id() {
                        self.heap.open_names(id);
                    }
                }
            }
        }
        Ok(instance)
    }

    /// A member of an enumeration by its value.
    fn member_of_value(&self, id: Id, args: &Args) -> Value {
        let Some(wanted) = args.only() else { return Value::Unknown };
        let members = self.enum_members(id);
        let found = members.iter().find(|member| match self.object(member) {
            Some(Object::Instance(Instance { payload: Payload::EnumMember { value, .. }, .. })) => {
                self.equal(value, wanted) == Truth::Yes
            }
            _ => false,
        });
        found.cloned().unwrap_or(Value::Unknown)
    }

    /// An instance whose `__init__` has not run.
    pub(super) fn bare_instance(&mut self, id: Id, args: &Args) -> Value {
        let class = Value::Object(id);
        let payload = if self.derives(&class, "builtins.BaseException") == Truth::Yes {
            Payload::Exception(args.positional.clone())
        } else {
            let data = ["str", "int", "float", "tuple", "bytes"]
                .iter()
                .any(|kind| self.derives(&class, &format!("builtins.{kind}")) == Truth::Yes);
            match args.positional.first() {
                Some(value @ (Value::Str(_) | Value::Int(_) | Value::Float(_))) if data => {
                    Payload::Data(value.clone())
                }
                _ => Payload::Nothing,
            }
        };
        self.new_instance(class, payload)
    }

    /// Gives an instance of a dataclass or named tuple its fields.
    fn bind_fields(&mut self, class: Id, instance: &Value, args: Args) {
        let Some(id) = instance.as_id() else { return };
        self.heap.open_names(id);
        let fields = self.fields_of(class);
        for (field, value) in fields.iter().zip(args.positional) {
            self.heap.bind(id, field, value);
        }
        for (field, value) in args.keywords {
            self.heap.bind(id, &field, value);
        }
    }

    /// Names of the annotated attributes of a class and its bases, in the order of their definition.
    pub(crate) fn fields_of(&self, class: Id) -> Vec<Name> {
        let mut fields: Vec<Name> = Vec::new();
        let mro = self.mro_of(&Value::Object(class));
        for base in mro.iter().rev().filter_map(Value::as_id) {
            let Some(annotations) = self.heap.value(base, "__annotations__") else { continue };
            for (field, _) in self.string_entries(annotations).unwrap_or_default() {
                let field = name(&field);
                if !fields.contains(&field) {
                    fields.push(field);
                }
            }
        }
        fields
    }

    /// Binding a name twice in the body of an enumeration.
    pub(super) fn refuse_duplicate_member(&mut self, member: &Name) -> Eval<()> {
        if member.starts_with('_') {
            return Ok(());
        }
        let names = self.frame().names;
        let Some(old) = self.heap.value(names, member).cloned() else { return Ok(()) };
        let message = match self.repr_of(&old) {
            Some(shown) if self.environment.python >= PythonVersion::new(3, 11) => {
                format!("'{member}' already defined as {shown}")
            }
            _ => format!("Attempted to reuse key: '{member}'"),
        };
        self.raise("TypeError", message, Cause::Python)
    }
}

/// What Python says of an abstract class that is called.
fn abstract_message(class: &Name, names: &[Name], python: PythonVersion) -> String {
    let mut names: Vec<&str> = names.iter().map(Name::as_str).collect();
    names.sort_unstable();
    let plural = if names.len() == 1 { "" } else { "s" };
    if python >= PythonVersion::new(3, 12) {
        let listed: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        let listed = listed.join(", ");
        format!(
            "Can't instantiate abstract class {class} without an implementation for abstract method{plural} \
             {listed}"
        )
    } else {
        format!("Can't instantiate abstract class {class} with abstract method{plural} {}", names.join(", "))
    }
}
