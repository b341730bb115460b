//! What the interpreter computes with: abstract values and the objects they point to.
//!
//! A value says what is certain about a Python value. `Unknown` is always a right answer.

use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use ruff_python_ast::name::Name;
use ruff_python_ast::{ExprLambda, StmtClassDef, StmtFunctionDef};
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::generators::Lazy;
use super::namespace::Namespace;
use super::shown::Shown;
use super::truth::Truth;
use crate::syntax::ParsedFile;
use crate::text::Span;

/// A place on the interpreter's heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub(super) u32);

/// An abstract value; cheap to clone.
#[derive(Clone, Debug)]
pub enum Value {
    /// Anything.
    Unknown,
    None,
    NotImplemented,
    Ellipsis,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Arc<str>),
    Bytes(Arc<[u8]>),
    Tuple(Arc<[Self]>),
    /// A list, dict, function, class, instance, module, …
    Object(Id),
    /// Something by its dotted name, in a module that is not interpreted.
    Extern(Arc<Extern>),
    /// One of these; at most [`Value::MOST_ALTERNATIVES`].
    OneOf(Arc<[Self]>),
}

impl Value {
    /// A join of more than this many values is [`Value::Unknown`].
    pub(super) const MOST_ALTERNATIVES: usize = 4;

    pub fn str(text: impl AsRef<str>) -> Self {
        Self::Str(Arc::from(text.as_ref()))
    }

    pub fn tuple(values: impl IntoIterator<Item = Self>) -> Self {
        Self::Tuple(values.into_iter().collect())
    }

    /// A builtin (`len`, `ValueError`).
    pub fn builtin(name: &str) -> Self {
        Self::external(&format!("builtins.{name}"))
    }

    /// Something that is known by its dotted name.
    pub fn external(path: &str) -> Self {
        Self::Extern(Arc::new(Extern { path: Arc::from(path), nature: Nature::Named }))
    }

    /// What came out of calling or subscripting the thing of that name.
    pub fn computed(path: &Arc<str>) -> Self {
        Self::Extern(Arc::new(Extern { path: Arc::clone(path), nature: Nature::Computed }))
    }

    /// What the thing of that name gave, where it is known how it shows itself.
    pub(super) fn of_shown(path: &str, shown: Shown) -> Self {
        Self::Extern(Arc::new(Extern { path: Arc::from(path), nature: Nature::Shown(Arc::new(shown)) }))
    }

    /// How it shows itself, for a value of which nothing else is known.
    pub fn shown(&self) -> Option<&Shown> {
        match self {
            Self::Extern(external) => match &external.nature {
                Nature::Shown(shown) => Some(shown),
                Nature::Named | Nature::Computed => None,
            },
            _ => None,
        }
    }

    /// The `bool` that says whether something holds.
    pub(super) fn of_truth(truth: Truth) -> Self {
        match truth.known() {
            Some(known) => Self::Bool(known),
            None => Self::OneOf([Self::Bool(true), Self::Bool(false)].into()),
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_id(&self) -> Option<Id> {
        match self {
            Self::Object(id) => Some(*id),
            _ => None,
        }
    }

    /// The dotted name of a thing that is itself named so (not of something computed from it).
    pub fn extern_path(&self) -> Option<&str> {
        match self {
            Self::Extern(external) if external.nature == Nature::Named => Some(&external.path),
            _ => None,
        }
    }

    pub fn is_extern(&self, path: &str) -> bool {
        self.extern_path() == Some(path)
    }

    /// Whether nothing at all is known.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Extern(external) => external.nature != Nature::Named,
            _ => false,
        }
    }

    /// Whether both are certainly the same value, as far as a join is concerned.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, Self::Unknown)
            | (Self::None, Self::None)
            | (Self::NotImplemented, Self::NotImplemented)
            | (Self::Ellipsis, Self::Ellipsis) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Tuple(a), Self::Tuple(b)) | (Self::OneOf(a), Self::OneOf(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same(b))
            }
            (Self::Object(a), Self::Object(b)) => a == b,
            (Self::Extern(a), Self::Extern(b)) => a == b,
            _ => false,
        }
    }

    /// What is known when it is the one or the other.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        if self.same(other) {
            return self.clone();
        }
        if matches!(self, Self::Unknown) || matches!(other, Self::Unknown) {
            return Self::Unknown;
        }
        let mut alternatives: Vec<Self> = Vec::new();
        for value in self.alternatives().iter().chain(other.alternatives()) {
            if !alternatives.iter().any(|known| known.same(value)) {
                alternatives.push(value.clone());
            }
        }
        if alternatives.len() > Self::MOST_ALTERNATIVES {
            return Self::Unknown;
        }
        Self::OneOf(alternatives.into())
    }

    /// The values it may be, as far as they are listed: itself where it is not a [`Value::OneOf`].
    pub fn alternatives(&self) -> &[Self] {
        match self {
            Self::OneOf(values) => values,
            single => std::slice::from_ref(single),
        }
    }
}

/// How an external thing relates to its dotted name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Nature {
    /// It is the thing of that name: `numpy.float64`.
    Named,
    /// It was computed from it: `numpy.load(file)`. Nothing is known but where it comes from.
    Computed,
    /// The same, but it is known how it shows itself: `numpy.float64(3)`.
    Shown(Arc<Shown>),
}

/// A thing in a module that is not interpreted: builtins, the standard library, third parties.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Extern {
    /// Canonical dotted name, `builtins.len`, `os.path.join`, `numpy.float64`.
    pub path: Arc<str>,
    pub nature: Nature,
}

impl Extern {
    /// The top-level module it belongs to.
    pub fn top_level(&self) -> &str {
        self.path.split('.').next().unwrap_or(&self.path)
    }

    /// Its name within its module or class: the last part of the path.
    pub fn last(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }
}

/// An object on the heap.
#[derive(Clone, Debug, Default)]
pub enum Object<'a> {
    Module(Module),
    Function(Function<'a>),
    Class(Box<Class<'a>>),
    Instance(Instance),
    List(List),
    Dict(Dict),
    Set(Set),
    /// The local variables of a running or finished function, class body or comprehension.
    Scope(Namespace),
    /// What were the local variables of a call that is over, and that nothing can see any more.
    #[default]
    Gone,
    Method(Method),
    Wrapper(Wrapper),
    Generator(Generator<'a>),
    Super(Super),
    Partial(Partial),
    Mark(Mark),
    Parameter(Parameter),
    Fixture(Fixture),
}

/// Where a module's names come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModuleKind {
    /// A file of the project, interpreted.
    Source(PathBuf),
    /// A namespace package: no file.
    Namespace,
    /// The standard library, known by table.
    StandardLibrary,
    /// pytest itself and its parts.
    Pytest,
    /// Installed; nothing is known of its names.
    ThirdParty,
    /// Made by the program (`types.ModuleType("x")`).
    Made,
}

/// How far the import of a module has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleState {
    /// Its body is running: a cycle of imports sees it so.
    Initializing,
    Loaded,
}

#[derive(Clone, Debug)]
pub struct Module {
    /// `__name__`.
    pub name: Arc<str>,
    pub kind: ModuleKind,
    pub state: ModuleState,
    pub names: Namespace,
    /// `__path__` of a package.
    pub search: Option<Vec<PathBuf>>,
}

/// The code of a function.
#[derive(Clone, Copy, Debug)]
pub enum Code<'a> {
    Def(&'a StmtFunctionDef),
    Lambda(&'a ExprLambda),
}

#[derive(Clone, Debug)]
pub struct Function<'a> {
    pub name: Name,
    /// `__qualname__`
    pub qualified: Arc<str>,
    pub code: Code<'a>,
    pub file: &'a ParsedFile,
    /// The module whose globals it sees.
    pub module: Id,
    /// Scopes of the enclosing functions, innermost last.
    pub closure: Arc<[Id]>,
    /// The class body it was defined in, for `super()` without arguments.
    pub class: Option<Id>,
    /// Evaluated default values, by parameter name.
    pub defaults: Arc<[(Name, Value)]>,
    /// `__dict__`: `pytestmark`, `__wrapped__`, …
    pub attributes: Namespace,
}

#[derive(Clone, Debug)]
pub struct Class<'a> {
    pub name: Name,
    /// The `class` statement, unless it was made by a call.
    pub definition: Option<(&'a StmtClassDef, &'a ParsedFile)>,
    /// The module it was defined in.
    pub module: Id,
    pub bases: Vec<Value>,
    /// Itself, then its base classes in the order of attribute look-up, without what is unknown.
    pub mro: Vec<Value>,
    /// Whether some base is unknown or not interpreted, so that attributes may come from there.
    pub open: bool,
    /// The most derived metaclass: `builtins.type` where nothing else is asked for.
    pub metaclass: Value,
    pub names: Namespace,
    /// Names that are abstract, where the metaclass is `ABCMeta`.
    pub abstract_names: Vec<Name>,
    pub kind: ClassKind,
}

impl Class<'_> {
    /// Whether it is the other class or derives from it.
    pub(super) fn derives_from(&self, other: Id) -> Truth {
        if self.mro.iter().any(|base| base.as_id() == Some(other)) {
            Truth::Yes
        } else if self.open {
            Truth::Maybe
        } else {
            Truth::No
        }
    }
}

/// Classes that the library gives a special make-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    Plain,
    Enum,
    Dataclass,
    NamedTuple,
    TypedDict,
    Protocol,
}

#[derive(Clone, Debug)]
pub struct Instance {
    /// An interpreted class or an external one.
    pub class: Value,
    pub attributes: Namespace,
    pub payload: Payload,
}

/// What an instance of a modelled class holds.
#[derive(Clone, Debug)]
pub enum Payload {
    Nothing,
    /// `args` of an exception.
    Exception(Vec<Value>),
    /// A path of `pathlib`, as far as it is known.
    Path(Arc<str>),
    /// A member of an enumeration.
    EnumMember {
        name: Name,
        value: Value,
    },
    /// A context manager that lets exceptions of these classes end its block: `suppress`, `raises`.
    Expects {
        classes: Value,
        must_raise: bool,
    },
    /// `range(start, stop, step)`.
    Range(i64, i64, i64),
    /// An iterator: the items that are not used yet; `None` where they are not known.
    Iterator(Option<Vec<Value>>),
    /// The value of a subclass of `str`, `int`, …
    Data(Value),
}

#[derive(Clone, Debug, Default)]
pub struct List {
    pub items: Vec<Value>,
    /// Whether there may be other items than these.
    pub open: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Dict {
    /// Key and value as they were given, by what makes keys equal.
    pub entries: IndexMap<Key, (Value, Value), FxBuildHasher>,
    /// Whether there may be other entries, or these may be gone.
    pub open: bool,
    /// Entries that are there on one of the paths that were joined, and not on another.
    pub doubtful: FxHashSet<Key>,
}

impl Dict {
    /// `dict[name] = value`: an entry that is there keeps its place and its name.
    pub fn set(&mut self, key: Key, name: Value, value: Value) {
        self.doubtful.remove(&key);
        match self.entries.get_mut(&key) {
            Some((_, known)) => *known = value,
            None => {
                self.entries.insert(key, (name, value));
            }
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Set {
    pub items: IndexMap<Key, Value, FxBuildHasher>,
    pub frozen: bool,
    pub open: bool,
}

/// A hashable value that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    None,
    Ellipsis,
    NotImplemented,
    /// Also `True`, `False` and whole floats: they are equal to an integer.
    Int(i64),
    Float(u64),
    Str(Arc<str>),
    Bytes(Arc<[u8]>),
    Tuple(Vec<Self>),
    /// A `frozenset`; sorted.
    Set(Vec<Self>),
    Object(Id),
    Extern(Arc<str>),
}

#[derive(Clone, Debug)]
pub struct Method {
    pub function: Value,
    pub receiver: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrapperKind {
    StaticMethod,
    ClassMethod,
    Property,
    /// What a decorator that is not interpreted made of a function or class: assumed to stand for
    /// it, with `__wrapped__`.
    Decorated,
}

#[derive(Clone, Debug)]
pub struct Wrapper {
    pub kind: WrapperKind,
    pub inner: Value,
    /// Dotted name of who wrapped it, for [`WrapperKind::Decorated`].
    pub by: Option<Arc<str>>,
    pub attributes: Namespace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeneratorKind {
    Generator,
    Coroutine,
    AsyncGenerator,
}

/// A call of a generator function or coroutine whose body has not run, or a generator expression.
#[derive(Clone, Debug)]
pub struct Generator<'a> {
    pub kind: GeneratorKind,
    /// The function and the scope that its parameters are bound in; `None` where it was used up.
    pub body: Option<(Id, Id)>,
    /// The generator expression; `None` where it was used up.
    pub lazy: Option<Lazy<'a>>,
}

#[derive(Clone, Debug)]
pub struct Super {
    /// The class whose place in the order of look-up is passed.
    pub class: Value,
    pub receiver: Value,
}

#[derive(Clone, Debug)]
pub struct Partial {
    pub function: Value,
    pub positional: Vec<Value>,
    pub keywords: Vec<(Name, Value)>,
}

/// `pytest.mark.NAME(...)`.
#[derive(Clone, Debug)]
pub struct Mark {
    pub name: Arc<str>,
    pub positional: Vec<Value>,
    pub keywords: Vec<(Name, Value)>,
    /// Whether there are arguments that are not known.
    pub open: bool,
    pub site: Option<Site>,
}

/// `pytest.param(...)`.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub values: Vec<Value>,
    pub marks: Value,
    pub id: Value,
}

/// What `@pytest.fixture` made of a function.
#[derive(Clone, Debug)]
pub struct Fixture {
    pub function: Value,
    pub scope: Value,
    pub params: Value,
    pub ids: Value,
    pub autouse: Value,
    pub name: Value,
    pub site: Option<Site>,
}

/// A place in a file that is being interpreted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub path: Arc<PathBuf>,
    pub span: Span,
}
