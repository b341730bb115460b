//! Items: `value[index]`.

use std::sync::Arc;

use ruff_python_ast::ExprSlice;

use super::call::Args;
use super::class_attribute::lacks;
use super::flow::{Eval, Raised, Stop};
use super::models::DEFAULT_DICT;
use super::protocol::Special;
use super::{Cause, ClassKind, Id, Instance, Interp, Key, Nature, Object, Payload, Truth, Value, name};
use crate::environment::PythonVersion;
use crate::environment::stdlib;

impl<'a> Interp<'a> {
    pub(super) fn make_slice(&mut self, slice: &'a ExprSlice) -> Eval {
        let mut parts = Vec::with_capacity(3);
        for part in [&slice.lower, &slice.upper, &slice.step] {
            parts.push(match part {
                Some(part) => self.eval(part)?,
                None => Value::None,
            });
        }
        let payload = Payload::Data(Value::Tuple(parts.into()));
        Ok(self.new_instance(Value::builtin("slice"), payload))
    }

    /// Lower, upper, step of a slice.
    pub(super) fn slice_parts(&self, index: &Value) -> Option<[Value; 3]> {
        let Some(Object::Instance(Instance { class, payload: Payload::Data(Value::Tuple(parts)), .. })) =
            self.object(index)
        else {
            return None;
        };
        let [lower, upper, step] = &**parts else { return None };
        class.is_extern("builtins.slice").then(|| [lower.clone(), upper.clone(), step.clone()])
    }

    pub(crate) fn item(&mut self, owner: &Value, index: &Value) -> Eval {
        if let Some(module) = self.registered(owner, index) {
            return Ok(module);
        }
        match owner {
            Value::Tuple(items) => {
                let items = items.to_vec();
                let part = self.sequence_item(&items, false, index, "tuple")?;
                Ok(part.either(|part| Value::Tuple(part.into())))
            }
            Value::Str(text) => {
                let characters: Vec<Value> = text.chars().map(|c| Value::str(c.to_string())).collect();
                let part = self.sequence_item(&characters, false, index, "string")?;
                Ok(part.either(|part| Value::str(part.iter().filter_map(Value::as_str).collect::<String>())))
            }
            Value::Bytes(bytes) => {
                let bytes: Vec<Value> = bytes.iter().map(|&byte| Value::Int(i64::from(byte))).collect();
                let part = self.sequence_item(&bytes, false, index, "byte")?;
                Ok(part.either(|part| {
                    let byte = |value: &Value| match value {
                        Value::Int(byte) => u8::try_from(*byte).ok(),
                        _ => None,
                    };
                    Value::Bytes(part.iter().filter_map(byte).collect())
                }))
            }
            Value::None | Value::NotImplemented | Value::Ellipsis => self.not_subscriptable(owner),
            Value::Int(_) | Value::Bool(_) | Value::Float(_) => self.not_subscriptable(owner),
            Value::Object(id) => self.object_item(*id, owner, index),
            Value::Extern(external) => {
                let path = Arc::clone(&external.path);
                if owner.is_extern("pytest.mark") {
                    return self.type_error("'MarkGenerator' object is not subscriptable");
                }
                if owner.extern_path().is_some() {
                    // a generic alias: list[int], typing.Optional[X]
                    self.refuse_subscript(&path, index)?;
                    return self.subscript_external(&path);
                }
                self.may_raise_anything();
                Ok(self.shown_item(owner, index).unwrap_or_else(|| owner.clone()))
            }
            Value::Unknown | Value::OneOf(_) => {
                self.may_raise_anything();
                Ok(Value::Unknown)
            }
        }
    }

    /// `any[int]`, `typing.Dict[int]`
    fn refuse_subscript(&mut self, path: &str, index: &Value) -> Eval<()> {
        let (python, platform) = (self.environment.python, self.environment.platform);
        if let Some(builtin) = path.strip_prefix("builtins.")
            && stdlib::attribute("builtins", builtin, python, platform)
                == stdlib::Attribute::Present(stdlib::Kind::Function)
        {
            return self.type_error("'builtin_function_or_method' object is not subscriptable");
        }
        let Some(alias) = path.strip_prefix("typing.") else { return Ok(()) };
        let given = match index {
            Value::Tuple(items) => items.len(),
            Value::Unknown | Value::OneOf(_) => return Ok(()),
            Value::Extern(external) if external.nature != Nature::Named => return Ok(()),
            _ => 1,
        };
        if let Some(wanted) = parameters_of_alias(alias)
            && given != wanted
        {
            let many = if given > wanted { "many" } else { "few" };
            let message = match (alias, given) {
                ("Optional" | "Final" | "ClassVar", _) => {
                    format!("typing.{alias} requires a single type. Got {given} of them.")
                }
                _ => {
                    format!("Too {many} arguments for typing.{alias}; actual {given}, expected {wanted}")
                }
            };
            return self.type_error(message);
        }
        Ok(())
    }

    fn not_subscriptable<T>(&mut self, owner: &Value) -> Eval<T> {
        let kind = self.type_name(owner);
        self.type_error(format!("'{kind}' object is not subscriptable"))
    }

    fn object_item(&mut self, id: Id, owner: &Value, index: &Value) -> Eval {
        match self.heap.get(id) {
            Object::List(list) => {
                let (items, open) = (list.items.clone(), list.open);
                match self.sequence_item(&items, open, index, "list")? {
                    Part::Item(item) => Ok(item),
                    Part::Slice(items) => Ok(self.new_list(items)),
                }
            }
            Object::Dict(_) => self.dict_item(owner, index),
            Object::Class(_) => self.class_item(id, index),
            Object::Instance(_) => self.instance_item(id, owner, index),
            Object::Set(_)
            | Object::Function(_)
            | Object::Module(_)
            | Object::Method(_)
            | Object::Generator(_) => self.not_subscriptable(owner),
            _ => {
                self.may_raise_anything();
                Ok(Value::Unknown)
            }
        }
    }

    fn instance_item(&mut self, id: Id, owner: &Value, index: &Value) -> Eval {
        match self.special(owner, "__getitem__")? {
            Special::Method(method) => return self.call(&method, Args::of([index.clone()])),
            Special::Unknown => {
                self.may_raise_anything();
                return Ok(Value::Unknown);
            }
            Special::Missing => {}
        }
        let Object::Instance(Instance { class, payload, .. }) = self.heap.get(id) else {
            return Ok(Value::Unknown);
        };
        let class = class.clone();
        match payload {
            Payload::Data(_) if class.extern_path().is_some_and(|path| path.starts_with("builtins.")) => {
                self.not_subscriptable(owner)
            }
            Payload::Data(data) => {
                let data = data.clone();
                let found = self.item(&data, index);
                let is_dict = matches!(self.object(&data), Some(Object::Dict(_)));
                match found {
                    Err(Stop::Raise(raised))
                        if is_dict && self.derives(&raised.class, "builtins.KeyError") == Truth::Yes =>
                    {
                        if class.is_extern(DEFAULT_DICT) {
                            return self.supply(id, &data, index, raised);
                        }
                        let supplied = self.call_special(owner, "__missing__", [index.clone()])?;
                        supplied.ok_or(Stop::Raise(raised))
                    }
                    Ok(Value::Unknown) if class.is_extern(DEFAULT_DICT) => {
                        // it may be there now, or was there before
                        if let Some(Object::Dict(dict)) = data.as_id().map(|id| self.heap.change(id)) {
                            dict.open = true;
                        }
                        Ok(Value::Unknown)
                    }
                    found => found,
                }
            }
            Payload::Range(start, stop, step) => {
                let (start, stop, step) = (*start, *stop, *step);
                self.range_item((start, stop, step), index)
            }
            Payload::Nothing if class.as_id().is_some() && self.is_decided(owner) => {
                self.not_subscriptable(owner)
            }
            Payload::Iterator(_) | Payload::Path(_) => self.not_subscriptable(owner),
            _ => {
                self.may_raise_anything();
                Ok(Value::Unknown)
            }
        }
    }

    /// `defaultdict.__missing__`
    fn supply(&mut self, id: Id, data: &Value, index: &Value, raised: Box<Raised>) -> Eval {
        let factory = self.heap.value(id, &name("default_factory")).cloned().unwrap_or(Value::Unknown);
        if matches!(factory, Value::None) {
            return Err(Stop::Raise(raised));
        }
        let value = self.call(&factory, Args::default())?;
        self.set_item(data, index, value.clone())?;
        Ok(value)
    }

    fn range_item(&mut self, (start, stop, step): (i64, i64, i64), index: &Value) -> Eval {
        let (Some(length), Some(place)) =
            (super::iterate::range_length(start, stop, step), self.int_of(index))
        else {
            return Ok(Value::Unknown);
        };
        let place = if place < 0 { place.saturating_add(length) } else { place };
        if (0..length).contains(&place) {
            return Ok(Value::Int(start + place * step));
        }
        self.raise("IndexError", "range object index out of range", Cause::Python)
    }

    /// `name[index]` of something that is not interpreted: a generic alias stands for its class.
    fn subscript_external(&mut self, path: &Arc<str>) -> Eval {
        let python = self.environment.python;
        if let Some(bare) = path.strip_prefix("builtins.") {
            let generic =
                matches!(bare, "list" | "dict" | "tuple" | "set" | "frozenset" | "type" | "enumerate");
            let plain = matches!(
                bare,
                "int" | "str" | "float" | "bool" | "bytes" | "object" | "range" | "bytearray" | "complex"
            );
            if plain || generic && python < PythonVersion::new(3, 9) {
                return self.no_generic(bare);
            }
        }
        if python < PythonVersion::new(3, 9) && is_generic_since_39(path) {
            let kind = if is_abstract_since_39(path) { "ABCMeta" } else { "type" };
            return self.type_error(format!("'{kind}' object is not subscriptable"));
        }
        if self.class_names(path).is_some() {
            return Ok(Value::external(path));
        }
        if !path.starts_with("typing.") && !path.starts_with("builtins.") {
            self.may_raise_anything();
        }
        Ok(match &**path {
            "typing.Generic" | "typing.Protocol" | "typing_extensions.Protocol" => Value::external(path),
            _ => Value::computed(path),
        })
    }

    fn no_generic<T>(&mut self, class: &str) -> Eval<T> {
        if self.environment.python >= PythonVersion::new(3, 11) {
            self.type_error(format!("type '{class}' is not subscriptable"))
        } else {
            self.type_error("'type' object is not subscriptable")
        }
    }

    /// `Class[T]`: a member of an enumeration, what the metaclass says, or a generic alias, which stands for
    /// the class.
    fn class_item(&mut self, id: Id, index: &Value) -> Eval {
        let class = Value::Object(id);
        let Object::Class(definition) = self.heap.get(id) else { return Ok(Value::Unknown) };
        let (mro, open, kind) = (definition.mro.clone(), definition.open, definition.kind);
        let by_metaclass = definition.metaclass.as_id().is_some();
        if by_metaclass && let Special::Method(method) = self.special(&class, "__getitem__")? {
            return self.call(&method, Args::of([index.clone()]));
        }
        if kind == ClassKind::Enum {
            return self.member_of_name(id, index);
        }
        match self.find_in_classes(&mro, open, "__class_getitem__") {
            Ok(Some(method)) => {
                let inner = match self.object(&method) {
                    Some(Object::Wrapper(wrapper)) => wrapper.inner.clone(),
                    _ => method,
                };
                if inner.extern_path().is_some() {
                    return Ok(class);
                }
                self.call(&inner, Args::of([class.clone(), index.clone()]))
            }
            Ok(None) if !by_metaclass && mro.iter().all(is_plain_base) => {
                let Object::Class(definition) = self.heap.get(id) else { return Ok(class) };
                let generic = definition.definition.is_some_and(|(def, _)| def.type_params.is_some());
                let class_name = definition.name.to_string();
                if generic || kind != ClassKind::Plain && kind != ClassKind::Dataclass {
                    return Ok(class);
                }
                self.no_generic(&class_name)
            }
            _ => Ok(class),
        }
    }

    /// An item or a slice of a sequence.
    fn sequence_item(&mut self, items: &[Value], open: bool, index: &Value, kind: &str) -> Eval<Part> {
        if let Some([lower, upper, step]) = self.slice_parts(index) {
            self.check_slice([&lower, &upper, &step])?;
            if open {
                return Ok(Part::Item(Value::Unknown));
            }
            return Ok(slice(items, &lower, &upper, &step).map_or(Part::Item(Value::Unknown), Part::Slice));
        }
        let plain = self.plain(index);
        let Some(position) = self.int_of(&plain) else {
            return self.refuse_index(index, kind).map(Part::Item);
        };
        let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let place = if position < 0 { position.saturating_add(length) } else { position };
        let found = usize::try_from(place).ok().and_then(|place| items.get(place));
        match found {
            Some(value) if !open || position >= 0 => Ok(Part::Item(value.clone())),
            _ if open => {
                self.may_raise_anything();
                Ok(Part::Item(Value::Unknown))
            }
            _ if kind == "byte" => self.raise("IndexError", "index out of range", Cause::Python),
            _ => self.raise("IndexError", format!("{kind} index out of range"), Cause::Python),
        }
    }

    /// An index that is no integer.
    pub(super) fn refuse_index(&mut self, index: &Value, kind: &str) -> Eval {
        let has_index = !matches!(self.special(index, "__index__")?, Special::Missing);
        if has_index || !self.is_decided(index) {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        }
        let index = self.type_name(index);
        self.type_error(match kind {
            "string" if self.environment.python >= PythonVersion::new(3, 11) => {
                format!("string indices must be integers, not '{index}'")
            }
            "string" => "string indices must be integers".to_owned(),
            _ => format!("{kind} indices must be integers or slices, not {index}"),
        })
    }

    /// The bounds of a slice must be integers, its step not zero.
    pub(super) fn check_slice(&mut self, parts: [&Value; 3]) -> Eval<()> {
        let odd = |value: &&Value| {
            matches!(value, Value::Str(_) | Value::Float(_) | Value::Bytes(_) | Value::Tuple(_))
        };
        if parts.iter().any(odd) {
            return self.type_error("slice indices must be integers or None or have an __index__ method");
        }
        if matches!(parts[2], Value::Int(0)) {
            return self.raise("ValueError", "slice step cannot be zero", Cause::Python);
        }
        Ok(())
    }

    fn dict_item(&mut self, owner: &Value, index: &Value) -> Eval {
        let key = self.key(index)?;
        let Some(Object::Dict(dict)) = self.object(owner) else { return Ok(Value::Unknown) };
        let Some(key) = key else {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        };
        if let Some((_, value)) = dict.entries.get(&key) {
            let value = value.clone();
            let live = || self.live_entry(owner, index);
            return Ok(if dict.open { live().unwrap_or(Value::Unknown) } else { value });
        }
        let open = dict.open;
        if open && let Some(live) = self.live_entry(owner, index) {
            return Ok(live);
        }
        if owner.as_id() == Some(self.environ) {
            return self.missing_variable(index);
        }
        if owner.as_id() == Some(self.modules)
            && let Some(name) = index.as_str()
            && self.is_loaded(index) != Truth::No
        {
            let name = name.to_owned();
            return self.import_module(&name);
        }
        if open {
            self.may_raise_anything();
            return Ok(Value::Unknown);
        }
        self.key_error(index)
    }

    /// What the names are bound to that a dict stands for: `globals()["name"]`.
    fn live_entry(&self, dict: &Value, index: &Value) -> Option<Value> {
        let target = *self.mirrors.get(&dict.as_id()?)?;
        let binding = self.heap.names(target)?.get(index.as_str()?)?;
        (!binding.maybe_unbound).then(|| binding.value.clone())
    }

    /// `KeyError(key)`
    pub(crate) fn key_error<T>(&mut self, key: &Value) -> Eval<T> {
        let shown = self.repr_value(key)?;
        let class = Value::builtin("KeyError");
        let value = self.new_instance(class.clone(), Payload::Exception(vec![key.clone()]));
        self.raise_value(class, value, shown, Cause::Python)
    }

    /// `os.environ[name]` where nothing is known to set it.
    pub(super) fn missing_variable<T>(&mut self, index: &Value) -> Eval<T> {
        let Some(name) = index.as_str() else {
            return self.type_error(format!("str expected, not {}", self.type_name(index)));
        };
        let cause = Cause::EnvironmentVariable { name: Arc::from(name) };
        let shown = super::truthiness::repr_text(name);
        let class = Value::builtin("KeyError");
        let value = self.new_instance(class.clone(), Payload::Exception(vec![index.clone()]));
        self.raise_value(class, value, Some(shown), cause)
    }

    /// The value of a string key in a dict, where it is known.
    pub(crate) fn dict_get(&self, dict: &Value, key: &str) -> Option<Value> {
        let Some(Object::Dict(dict)) = self.object(dict) else { return None };
        dict.entries.get(&Key::Str(Arc::from(key))).map(|(_, value)| value.clone())
    }
}

/// What an index gives.
enum Part {
    Item(Value),
    Slice(Vec<Value>),
}

impl Part {
    fn either(self, slice: impl FnOnce(Vec<Value>) -> Value) -> Value {
        match self {
            Self::Item(item) => item,
            Self::Slice(items) => slice(items),
        }
    }
}

/// Whether a base says nothing about `Class[…]`.
fn is_plain_base(base: &Value) -> bool {
    base.as_id().is_some()
        || base.is_extern("builtins.object")
        || base.is_extern("abc.ABC") && lacks(base, "")
}

/// Classes of the library that can be subscripted from 3.9 on.
fn is_generic_since_39(path: &str) -> bool {
    is_abstract_since_39(path)
        || matches!(
            path,
            "collections.deque"
                | "collections.defaultdict"
                | "collections.OrderedDict"
                | "collections.Counter"
                | "collections.ChainMap"
                | "re.Pattern"
                | "re.Match"
                | "queue.Queue"
                | "queue.SimpleQueue"
                | "functools.partial"
                | "asyncio.Future"
                | "asyncio.Task"
                | "concurrent.futures.Future"
                | "contextvars.Token"
                | "ctypes.Array"
                | "subprocess.Popen"
                | "subprocess.CompletedProcess"
                | "tempfile.TemporaryDirectory"
                | "types.MappingProxyType"
                | "weakref.WeakSet"
                | "weakref.ReferenceType"
        )
}

fn is_abstract_since_39(path: &str) -> bool {
    path.strip_prefix("collections.abc.").is_some_and(|name| !matches!(name, "Hashable" | "Sized"))
        || matches!(path, "os.PathLike" | "contextlib.AbstractContextManager")
}

/// `items[lower:upper:step]`, where the bounds are known.
pub(super) fn slice(items: &[Value], lower: &Value, upper: &Value, step: &Value) -> Option<Vec<Value>> {
    let bound = |value: &Value| match value {
        Value::None => Some(None),
        Value::Int(value) => Some(Some(*value)),
        _ => None,
    };
    let (lower, upper, step) = (bound(lower)?, bound(upper)?, bound(step)?.unwrap_or(1));
    let length = i64::try_from(items.len()).ok()?;
    if step == 0 {
        return None;
    }
    let clamp = |value: i64, least: i64, most: i64| {
        let value = if value < 0 { value.saturating_add(length) } else { value };
        value.clamp(least, most)
    };
    let mut part = Vec::new();
    if step > 0 {
        let start = lower.map_or(0, |value| clamp(value, 0, length));
        let end = upper.map_or(length, |value| clamp(value, 0, length));
        let mut place = start;
        while place < end {
            part.push(items[usize::try_from(place).ok()?].clone());
            place = place.checked_add(step)?;
        }
    } else {
        let start = lower.map_or(length - 1, |value| clamp(value, -1, length - 1));
        let end = upper.map_or(-1, |value| clamp(value, -1, length - 1));
        let mut place = start;
        while place > end {
            part.push(items[usize::try_from(place).ok()?].clone());
            place = place.checked_add(step)?;
        }
    }
    Some(part)
}

/// How many parameters an alias of `typing` takes, where it is a fixed number.
fn parameters_of_alias(alias: &str) -> Option<usize> {
    match alias {
        "Optional" | "Final" | "ClassVar" | "List" | "Set" | "FrozenSet" | "Deque" | "Counter" | "Type"
        | "Iterable" | "Iterator" | "Sequence" | "MutableSequence" | "Collection" | "Container"
        | "AbstractSet" | "MutableSet" | "Awaitable" | "AsyncIterable" | "AsyncIterator" | "Reversible"
        | "KeysView" | "ValuesView" => Some(1),
        "Dict" | "DefaultDict" | "OrderedDict" | "Mapping" | "MutableMapping" | "ChainMap" | "ItemsView" => {
            Some(2)
        }
        _ => None,
    }
}
