//! Classes: `class` statements and metaclasses.

use std::sync::Arc;

use ruff_python_ast::name::Name;
use ruff_python_ast::{Identifier, StmtClassDef};
use ruff_text_size::Ranged as _;

use super::call::Args;
use super::flow::{Eval, Stop};
use super::protocol::Special;
use super::scope::ScopeInfo;
use super::{
    Cause, Class, ClassKind, Frame, FrameKind, Id, Interp, Namespace, Object, Truth, Value, WrapperKind, name,
};
use crate::environment::PythonVersion;
use crate::syntax::ParsedFile;

impl<'a> Interp<'a> {
    pub(super) fn exec_class(&mut self, def: &'a StmtClassDef) -> Eval<()> {
        let mut decorators = Vec::with_capacity(def.decorator_list.len());
        for decorator in &def.decorator_list {
            self.at(&decorator.expression);
            decorators.push((self.eval(&decorator.expression)?, decorator.expression.range()));
        }
        self.at(&def.name);
        let mut value = self.with_type_parameters(def.type_params.as_deref(), |interp| {
            let args = match &def.arguments {
                Some(arguments) => {
                    let args = interp.eval_arguments(&Value::None, arguments)?;
                    interp.at(&def.name);
                    args
                }
                None => Args::default(),
            };
            interp.class_of_statement(def, args)
        })?;
        for (decorator, range) in decorators.into_iter().rev() {
            self.frame_mut().position = range;
            self.decorates_class = true;
            let decorated = self.call(&decorator, Args::of([value]));
            self.decorates_class = false;
            value = decorated?;
        }
        self.bind_name(&def.name.id, value);
        Ok(())
    }

    /// The name of a definition as it is written: its `__name__`. What it is bound to may be private to a class.
    pub(super) fn written(&self, name: &Identifier) -> Name {
        let text = self.frame().file.source.text();
        match text.get(std::ops::Range::<usize>::from(name.range)) {
            Some(written) if written.starts_with("__") => Name::new(written),
            _ => name.id.clone(),
        }
    }

    fn class_of_statement(&mut self, def: &'a StmtClassDef, args: Args) -> Eval {
        let (bases, open) = (args.positional, args.open);
        let mut keywords = args.keywords;
        let place = keywords.iter().position(|(name, _)| name == "metaclass");
        let stated = place.map(|place| keywords.remove(place).1);
        let written = self.written(&def.name);
        self.check_bases(&written, &bases)?;
        let metaclass = self.choose_metaclass(&bases, stated)?;
        let prepared = self.prepared_names(&metaclass, &written, &bases, &keywords)?;
        let kind = self.kind_of_class(&bases);
        let body = self.run_class_body(def, kind == ClassKind::Enum, prepared)?;
        self.at(&def.name);
        self.defining.push(Defining { definition: def, file: self.frame().file, body });
        let class = if matches!(self.object(&metaclass), Some(Object::Class(_) | Object::Function(_))) {
            self.class_by_metaclass(def, &metaclass, bases, keywords, body)
        } else {
            let parts =
                NewClass { name: written, bases, open, metaclass: Some(metaclass), body, kind, keywords };
            self.make_class(parts)
        };
        self.defining.pop();
        class
    }

    /// `metaclass(name, bases, namespace, **keywords)`
    fn class_by_metaclass(
        &mut self,
        def: &'a StmtClassDef,
        metaclass: &Value,
        bases: Vec<Value>,
        keywords: Vec<(Name, Value)>,
        body: Id,
    ) -> Eval {
        let names = self.heap.names(body).cloned().unwrap_or_default();
        let entries: Vec<(Name, Value)> =
            names.iter().map(|(name, binding)| (name.clone(), binding.value.clone())).collect();
        let doubtful = names.open || names.iter().any(|(_, binding)| binding.maybe_unbound);
        let namespace = self.new_dict(entries);
        if doubtful && let Some(Object::Dict(dict)) = namespace.as_id().map(|id| self.heap.change(id)) {
            dict.open = true;
        }
        let positional = vec![Value::str(self.written(&def.name)), Value::Tuple(bases.into()), namespace];
        let args = Args { positional, keywords, open: false };
        let Some(id) = metaclass.as_id().filter(|&id| matches!(self.heap.get(id), Object::Class(_))) else {
            return self.call(metaclass, args);
        };
        self.call_metaclass(id, args)
    }

    /// What calling an interpreted metaclass does: `__new__`, then `__init__`.
    pub(super) fn call_metaclass(&mut self, metaclass: Id, args: Args) -> Eval {
        let meta = Value::Object(metaclass);
        if let Some(made) = self.call_special_of(&meta, "__call__", args.clone())? {
            return Ok(made);
        }
        let made = match self.special_of_class(&meta, "__new__") {
            Ok(Some(new)) => {
                let new = match self.object(&new) {
                    Some(Object::Wrapper(wrapper)) => wrapper.inner.clone(),
                    _ => new,
                };
                self.call(&new, args.clone().bound(meta.clone()))?
            }
            Ok(None) => {
                self.call(&Value::external("builtins.type.__new__"), args.clone().bound(meta.clone()))?
            }
            Err(()) => {
                let made =
                    self.call(&Value::external("builtins.type.__new__"), args.clone().bound(meta.clone()))?;
                if let Some(id) = made.as_id() {
                    self.heap.open_names(id);
                }
                made
            }
        };
        let of_metaclass =
            matches!(self.object(&made), Some(Object::Class(class)) if class.metaclass.same(&meta));
        if of_metaclass
            && let Ok(Some(init)) = self.special_of_class(&meta, "__init__")
            && matches!(self.object(&init), Some(Object::Function(_)))
        {
            self.call(&init, args.bound(made.clone()))?;
        }
        Ok(made)
    }

    fn call_special_of(&mut self, value: &Value, name: &str, args: Args) -> Eval<Option<Value>> {
        match self.special(value, name)? {
            Special::Method(method) => self.call(&method, args).map(Some),
            Special::Missing | Special::Unknown => Ok(None),
        }
    }

    /// The names that `__prepare__` of an interpreted metaclass puts into the body.
    fn prepared_names(
        &mut self,
        metaclass: &Value,
        name: &Name,
        bases: &[Value],
        keywords: &[(Name, Value)],
    ) -> Eval<Option<Value>> {
        if metaclass.as_id().is_none() {
            return Ok(None);
        }
        let Ok(Some(prepare)) = self.special_of_class(metaclass, "__prepare__") else { return Ok(None) };
        let prepare = self.bind_function(&prepare, metaclass)?;
        let positional = vec![Value::str(name), Value::Tuple(bases.to_vec().into())];
        self.call(&prepare, Args { positional, keywords: keywords.to_vec(), open: false }).map(Some)
    }

    /// The most derived of the stated metaclass and those of the bases.
    fn choose_metaclass(&mut self, bases: &[Value], stated: Option<Value>) -> Eval {
        if let Some(stated) = &stated {
            let is_class = match stated {
                Value::Object(id) => matches!(self.heap.get(*id), Object::Class(_)),
                Value::Extern(_) => true,
                _ => false,
            };
            if !is_class {
                if self.is_builtin_value(stated) && !matches!(self.object(stated), Some(Object::Function(_)))
                {
                    let kind = self.type_name(stated);
                    return self.type_error(format!("'{kind}' object is not callable"));
                }
                return Ok(stated.clone());
            }
        }
        let mut winner = stated.unwrap_or_else(|| Value::builtin("type"));
        for base in bases {
            let candidate = self.inherited_metaclass(std::slice::from_ref(base));
            if self.is_sub_metaclass(&winner, &candidate) == Truth::Yes {
                continue;
            }
            match self.is_sub_metaclass(&candidate, &winner) {
                Truth::Yes => winner = candidate,
                Truth::Maybe => winner = if winner.as_id().is_some() { winner } else { candidate },
                Truth::No => {
                    if self.is_sub_metaclass(&winner, &candidate) == Truth::No {
                        return self.type_error(
                            "metaclass conflict: the metaclass of a derived class must be a (non-strict) \
                             subclass of the metaclasses of all its bases",
                        );
                    }
                }
            }
        }
        Ok(winner)
    }

    /// Whether one metaclass derives from another.
    fn is_sub_metaclass(&self, class: &Value, of: &Value) -> Truth {
        if of.is_extern("builtins.type") { Truth::Yes } else { self.is_subclass(class, of) }
    }

    fn run_class_body(
        &mut self,
        def: &'a StmtClassDef,
        unique_names: bool,
        prepared: Option<Value>,
    ) -> Eval<Id> {
        let frame = self.frame();
        let mut closure = frame.closure.to_vec();
        if matches!(frame.kind, FrameKind::Function | FrameKind::Inline) {
            closure.push(frame.names);
        }
        let (module, file) = (frame.module, frame.file);
        let written = self.written(&def.name);
        let qualified = format!("{}{written}", frame.prefix);
        let mut names = Namespace::default();
        if let Object::Module(module) = self.heap.get(module) {
            names.bind("__module__", Value::Str(Arc::clone(&module.name)));
        }
        let prefix: Arc<str> = Arc::from(format!("{qualified}."));
        names.bind("__qualname__", Value::str(&qualified));
        if let Some(prepared) = prepared {
            match self.string_entries(&prepared) {
                Some(entries) => {
                    for (entry, value) in entries {
                        names.bind(name(&entry), value);
                    }
                }
                None => names.open = true,
            }
        }
        let doc = self.docstring(&def.body);
        if !matches!(doc, Value::None) {
            names.bind("__doc__", doc);
        }
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
            title: Arc::from(written.as_str()),
            scope: Some(Arc::new(scope)),
            class: None,
            receiver: None,
            taker: None,
            prefix,
            class_body: true,
            unique_names,
        });
        let result = self.exec_block(&def.body);
        self.frames.pop();
        result.map(|_| names)
    }

    pub(super) fn kind_of_class(&self, bases: &[Value]) -> ClassKind {
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
    pub(super) fn make_class(&mut self, parts: NewClass) -> Eval {
        let NewClass { name: class_name, bases, open, metaclass, body, kind, keywords } = parts;
        self.check_bases(&class_name, &bases)?;
        let bases: Vec<Value> = bases.into_iter().map(super::bases::origin_of_alias).collect();
        let module = self.frame().module;
        let names = self.heap.names(body).cloned().unwrap_or_default();
        let metaclass = match metaclass {
            Some(metaclass) => metaclass,
            None => self.inherited_metaclass(&bases),
        };
        // `type.__new__` in a metaclass makes the class whose statement runs
        let defining = self
            .defining
            .last()
            .filter(|defining| defining.definition.name.id == class_name)
            .map(|defining| (defining.definition, defining.file, defining.body));
        let unknown_base = bases.iter().any(|base| match base {
            Value::Object(id) => !matches!(self.heap.get(*id), Object::Class(_)),
            Value::Extern(_) => base.extern_path().is_none(),
            _ => true,
        });
        let inherited_open =
            bases.iter().any(|base| matches!(self.object(base), Some(Object::Class(class)) if class.open));
        let foreign = match metaclass.extern_path() {
            Some(path) => !self.is_understood(path),
            None => metaclass.as_id().is_none(),
        };
        let class = Class {
            name: class_name.clone(),
            definition: defining.map(|(definition, file, _)| (definition, file)),
            module,
            bases: bases.clone(),
            mro: Vec::new(),
            open: open || unknown_base || inherited_open || foreign && bases.is_empty(),
            metaclass,
            names,
            abstract_names: Vec::new(),
            kind,
        };
        let id = self.heap.add(Object::Class(Box::new(class)));
        if let Some((_, _, body)) = defining {
            self.class_bodies.entry(body).or_insert(id);
        }
        let (mro, consistent) = self.linearize(id, &bases);
        if !consistent && !open && !unknown_base {
            let listed: Vec<String> = bases.iter().map(|base| self.class_name(base)).collect();
            return self.type_error(format!(
                "Cannot create a consistent method resolution\norder (MRO) for bases {}",
                listed.join(", ")
            ));
        }
        if let Object::Class(class) = self.heap.change(id) {
            class.mro = mro;
        }
        self.refuse_slots(id)?;
        if kind == ClassKind::Enum {
            self.make_members(id)?;
        }
        if kind == ClassKind::NamedTuple && bases.iter().any(super::models::is_named_tuple) {
            self.make_named_tuple(id)?;
        }
        let abstract_names = self.abstract_names(id);
        if let Object::Class(class) = self.heap.change(id) {
            class.abstract_names = abstract_names;
        }
        self.name_descriptors(id)?;
        let class = Value::Object(id);
        self.run_init_subclass(&class, keywords)?;
        Ok(class)
    }

    /// A name in `__slots__` must not be bound in the body, too.
    fn refuse_slots(&mut self, id: Id) -> Eval<()> {
        let slots = match self.heap.value(id, "__slots__") {
            Some(Value::Tuple(slots)) => slots.to_vec(),
            Some(single @ Value::Str(_)) => vec![single.clone()],
            Some(listed) => match self.object(listed) {
                Some(Object::List(list)) if !list.open => list.items.clone(),
                _ => return Ok(()),
            },
            None => return Ok(()),
        };
        let Some(names) = self.heap.names(id) else { return Ok(()) };
        let is_bound = |slot: &&str| {
            !slot.starts_with("__") && names.get(slot).is_some_and(|binding| !binding.maybe_unbound)
        };
        let Some(slot) = slots.iter().filter_map(Value::as_str).find(is_bound).map(str::to_owned) else {
            return Ok(());
        };
        self.raise(
            "ValueError",
            format!("'{slot}' in __slots__ conflicts with class variable"),
            Cause::Python,
        )
    }

    /// `__set_name__` of what the body bound.
    fn name_descriptors(&mut self, id: Id) -> Eval<()> {
        let Some(names) = self.heap.names(id) else { return Ok(()) };
        let made: Vec<(Name, Value)> = names
            .iter()
            .filter(|(_, binding)| matches!(self.object(&binding.value), Some(Object::Instance(instance)) if instance.class.as_id().is_some()))
            .map(|(name, binding)| (name.clone(), binding.value.clone()))
            .collect();
        for (attribute, value) in made {
            let Special::Method(method) = self.special(&value, "__set_name__")? else { continue };
            let result = self.call(&method, Args::of([Value::Object(id), Value::str(&attribute)]));
            match result {
                Err(Stop::Raise(_)) if self.environment.python < PythonVersion::new(3, 12) => {
                    let (kind, owner) = (self.type_name(&value), self.class_name(&Value::Object(id)));
                    return self.raise(
                        "RuntimeError",
                        format!("Error calling __set_name__ on '{kind}' instance '{attribute}' in '{owner}'"),
                        Cause::Python,
                    );
                }
                other => drop(other?),
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
        found.sort();
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
                if matches!(self.object(&hook), Some(Object::Function(_) | Object::Instance(_))) {
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
}

/// What a class is made of.
pub(super) struct NewClass {
    pub name: Name,
    pub bases: Vec<Value>,
    /// Whether there may be more bases.
    pub open: bool,
    /// The metaclass, unless it is that of the bases.
    pub metaclass: Option<Value>,
    /// The names that the body bound.
    pub body: Id,
    pub kind: ClassKind,
    /// Keywords for `__init_subclass__`.
    pub keywords: Vec<(Name, Value)>,
}

/// A class statement whose body has run and whose class is being made.
#[derive(Clone, Copy)]
pub(super) struct Defining<'a> {
    pub definition: &'a StmtClassDef,
    pub file: &'a ParsedFile,
    pub body: Id,
}
