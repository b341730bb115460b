//! The abstract interpreter: runs what Python runs when it imports a module, on abstract values,
//! in one environment, and tells how that ends.
//!
//! It promises that what it calls certain is certain; what it cannot know is [`Value::Unknown`],
//! `Truth::Maybe`, or nothing at all. It ignores what happens when a test runs.

mod arguments;
mod arithmetic;
mod assign_attribute;
mod assign_item;
mod attribute;
mod bases;
mod budget;
mod builtin_names;
mod call;
mod changes;
mod class;
mod class_attribute;
mod compare;
mod comprehension;
pub(crate) mod config;
mod definition;
mod display;
mod event;
mod exceptions;
mod execute;
mod expr;
mod finders;
mod flow;
mod fork;
mod fstring;
mod function;
mod generators;
mod handlers;
mod heap;
mod import;
mod import_from;
mod installed_copy;
mod instance_attribute;
mod instances;
mod iterate;
mod keys;
mod loops;
mod models;
mod module_attribute;
mod namespace;
mod operators;
mod order;
mod outside;
mod parameters;
mod pattern;
pub(crate) mod protocol;
pub(crate) mod pytest_facts;
mod requirements;
mod scope;
mod shown;
mod snippet;
mod stmt;
mod stubs;
mod subscript;
mod target;
mod trace;
mod truth;
mod truthiness;
mod unfinished;
mod unions;
mod value;
mod version_comparison;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ruff_python_ast::name::Name;
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::environment::{Absence, Environment, stdlib};
use crate::resolve::{PathEntry, SearchPath};
use crate::settings::pytest::WarningFilters;
use crate::syntax::{ParsedFile, Sources};
use crate::text::Span;

pub use self::config::{AddedOption, Config, Marks, OptionTakes};
pub use self::event::{Event, EventKind, Guard, Oddity};
pub use self::flow::{Cause, Halt, HaltKind, Missing, Raised, Refused, Stop};
pub use self::generators::Lazy;
pub use self::heap::Heap;
pub use self::installed_copy::is_installed;
pub(crate) use self::models::MadeNode;
pub use self::namespace::{Binding, Namespace};
pub use self::outside::Outside;
pub use self::shown::{Amount, Shown};
pub use self::stubs::Stub;
pub use self::trace::{Step, StepKind, Trace};
pub use self::truth::Truth;
pub(crate) use self::truthiness::float_text;
pub use self::value::{
    Class, ClassKind, Code, Dict, Extern, Fixture, Function, Generator, GeneratorKind, Id, Instance, Key,
    List, Mark, Method, Module, ModuleKind, ModuleState, Nature, Object, Parameter, Partial, Payload, Set,
    Site, Super, Value, Wrapper, WrapperKind,
};
pub(crate) use self::watch::{Entered, Ties, Traces};

use self::budget::Budget;
pub use self::call::Args;
use self::class::Defining;
use self::finders::Finders;
use self::flow::{Eval, Pending};
use self::generators::Taker;
use self::scope::ScopeInfo;
use self::watch::Journal;

/// What the interpreter must know besides the environment.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The project: files below it are interpreted, and those of an environment's site-packages that
    /// are its installed copy.
    pub root: PathBuf,
    /// The working directory of pytest.
    pub working_directory: PathBuf,
    /// `sys.argv`, as pytest leaves it.
    pub arguments: Vec<String>,
    /// Whether standard input and output are captured (no `-s`).
    pub captured: bool,
    /// pytest's configuration, as programs see and change it.
    pub config: Config,
    /// Which warnings are errors.
    pub warnings: WarningFilters,
    /// Folders that are on `sys.path` because the project is installed there in editable mode
    /// (`src`), behind everything else.
    pub installed_roots: Vec<PathBuf>,
    pub absence: Absence,
}

/// What runs at the moment, innermost last.
struct Frame<'a> {
    kind: FrameKind,
    /// Names that this frame binds: a module's globals, a class's names, a function's locals.
    names: Id,
    /// The module whose globals are seen.
    module: Id,
    /// Scopes of enclosing functions, innermost last.
    closure: Arc<[Id]>,
    file: &'a ParsedFile,
    /// What is executed: the place a traceback would name.
    position: TextRange,
    /// `if`s and handlers around it.
    branches: Vec<TextRange>,
    /// What stands before the names of functions and classes defined here: `Outer.`, `outer.<locals>.`
    prefix: Arc<str>,
    /// What a step of the trace says of it.
    title: Arc<str>,
    /// Names of a function's scope.
    scope: Option<Arc<ScopeInfo>>,
    /// The class whose body or method it is, and `self`: for `super()`.
    class: Option<Id>,
    receiver: Option<Value>,
    /// Who takes what a generator yields.
    taker: Option<Taker<'a>>,
    /// A class body, for private names and for the names that a class body sees.
    class_body: bool,
    /// An enumeration's body: a name is bound once.
    unique_names: bool,
}

/// A running `try` with handlers.
struct Catching {
    /// How many ways out were pending when it began.
    base: usize,
    /// What the handlers mean for a failing import.
    guard: Guard,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FrameKind {
    Module,
    Class,
    Function,
    /// A comprehension or lambda default: not a frame of a traceback.
    Inline,
}

/// Entries of `sys.path` that are not the project's.
const INTERPRETER_ENTRY: &str = "collectlint.path.interpreter";
const LIBRARY_ENTRY: &str = "collectlint.path.library";
const SITE_ENTRY: &str = "collectlint.path.site";

/// One interpreter is one Python process: all modules of a session share it.
#[expect(clippy::struct_excessive_bools, reason = "what the process has done or is doing, each on its own")]
pub struct Interp<'a> {
    pub(crate) sources: &'a Sources<'a>,
    pub(crate) environment: &'a Environment,
    pub(crate) options: Options,
    pub heap: Heap<'a>,
    /// `sys.modules`.
    modules: Id,
    /// A decorator of a class is called.
    decorates_class: bool,
    /// What is only likely is taken for true: the answer is a guess, and is told to be one.
    supposes: bool,
    /// Modules that are taken out of it because their import failed.
    unloaded: FxHashSet<Id>,
    /// `sys.path`.
    search_path: Id,
    /// The left side of a comparison with `sys.version_info` is being evaluated.
    compares_version: bool,
    finders: Finders,
    /// `os.environ`.
    environ: Id,
    /// The `builtins` module.
    builtins: Id,
    frames: Vec<Frame<'a>>,
    pending: Vec<Pending<'a>>,
    /// How many frames of generators are put aside.
    parked: usize,
    /// How many coroutines run within one another.
    awaiting: usize,
    /// How many branches around here may or may not run.
    maybe: usize,
    catching: Vec<Catching>,
    /// Exceptions whose handlers run, innermost last.
    handling: Vec<Raised>,
    /// How often code that is not interpreted was given the exception that is handled.
    handed_over: u64,
    /// Where the handlers that run begin.
    handler_heads: Vec<TextRange>,
    /// Exceptions that handlers raise because a module is not there.
    answers: FxHashSet<Id>,
    /// Where exceptions that have a name were raised first.
    caught: FxHashMap<Id, Step>,
    /// `importorskip` is importing.
    skipping_imports: usize,
    /// The project has compiled modules, which may set attributes of its others.
    has_extensions: bool,
    /// Files of the project's installed copy were imported.
    has_copies: bool,
    /// Names between double underscores that the program sets on things that are not interpreted.
    stub_names: FxHashSet<Name>,
    /// How often code that is not interpreted was called.
    opaque_calls: u64,
    /// Class statements whose classes are being made, innermost last.
    defining: Vec<Defining<'a>>,
    /// The class that a class body became.
    class_bodies: FxHashMap<Id, Id>,
    /// `abc.ABCMeta.register`: the abstract class, the other one, and whether that certainly happened.
    virtual_subclasses: Vec<(Id, Value, bool)>,
    /// Dicts that stand for the names of an object: `globals()`, `instance.__dict__`.
    mirrors: FxHashMap<Id, Id>,
    /// What the program sets on things that are not interpreted, by dotted name.
    externals: Id,
    loaded_library: stdlib::Loaded,
    /// Installed modules that can be imported without those that are absent.
    without_absent: FxHashSet<String>,
    journal: Journal,
    budget: Budget,
    /// The budget ended within a statement of some module: what it would have imported and changed is
    /// not known.
    cut_short: bool,
    /// How often calls of a function, by its place, came to no end.
    runaways: FxHashMap<(usize, u32), u8>,
    events: Vec<Event>,
    scopes: FxHashMap<(usize, u32), Arc<ScopeInfo>>,
    working_directory: Option<PathBuf>,
    paths: FxHashMap<PathBuf, Arc<PathBuf>>,
    external_modules: FxHashMap<Arc<str>, Id>,
    /// Warnings that no filter ignores or turns into an error.
    pub(crate) issued_warnings: FxHashSet<IssuedWarning>,
}

/// A warning that is shown once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct IssuedWarning {
    pub(crate) category: String,
    pub(crate) message: String,
    pub(crate) place: Option<(PathBuf, u32)>,
}

impl<'a> Interp<'a> {
    pub fn new(sources: &'a Sources<'a>, environment: &'a Environment, options: Options) -> Self {
        let mut heap = Heap::default();
        let modules = heap.add(Object::Dict(Dict::default()));
        heap.set_registry(modules);
        let search_path = heap.add(Object::List(List::default()));
        let finders = Finders::new(&mut heap);
        let mut variables = Dict::default();
        for (name, value) in &environment.variables {
            let value = value.as_ref().map_or(Value::Unknown, Value::str);
            variables.entries.insert(Key::Str(Arc::from(name.as_str())), (Value::str(name), value));
        }
        let environ = heap.add(Object::Dict(variables));
        heap.watch_environ(environ);
        let builtins = heap.add(Object::Module(Module {
            name: Arc::from("builtins"),
            kind: ModuleKind::StandardLibrary,
            state: ModuleState::Loaded,
            names: Namespace::default(),
            search: None,
        }));
        let externals = heap.add(Object::Scope(Namespace::default()));
        let working_directory = Some(options.working_directory.clone());
        let mut interp = Self {
            sources,
            environment,
            options,
            heap,
            modules,
            decorates_class: false,
            supposes: false,
            unloaded: FxHashSet::default(),
            search_path,
            finders,
            environ,
            builtins,
            frames: Vec::new(),
            pending: Vec::new(),
            parked: 0,
            awaiting: 0,
            maybe: 0,
            catching: Vec::new(),
            handling: Vec::new(),
            handed_over: 0,
            handler_heads: Vec::new(),
            answers: FxHashSet::default(),
            caught: FxHashMap::default(),
            skipping_imports: 0,
            has_extensions: false,
            has_copies: false,
            stub_names: FxHashSet::default(),
            opaque_calls: 0,
            defining: Vec::new(),
            class_bodies: FxHashMap::default(),
            virtual_subclasses: Vec::new(),
            mirrors: FxHashMap::default(),
            externals,
            loaded_library: stdlib::Loaded::default(),
            without_absent: FxHashSet::default(),
            compares_version: false,
            journal: Journal::default(),
            budget: Budget::default(),
            cut_short: false,
            runaways: FxHashMap::default(),
            events: Vec::new(),
            scopes: FxHashMap::default(),
            working_directory,
            paths: FxHashMap::default(),
            external_modules: FxHashMap::default(),
            issued_warnings: FxHashSet::default(),
        };
        interp.register_module("builtins", builtins);
        interp
    }

    /// What was met since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// `sys.path` as the resolver takes it.
    pub fn search_path(&self) -> SearchPath {
        let mut path = SearchPath::new([]);
        let Object::List(list) = self.heap.get(self.search_path) else { return path };
        // Python passes over what is no string: a `pathlib.Path`, `None`
        let is_string = |entry: &&Value| !matches!(entry, Value::None | Value::Int(_) | Value::Object(_));
        let mut entries: Vec<PathEntry> =
            list.items.iter().filter(is_string).map(|entry| self.path_entry(entry)).collect();
        if list.open {
            entries.insert(0, PathEntry::Unknown);
        }
        entries.extend(self.options.installed_roots.iter().cloned().map(PathEntry::Directory));
        path.replace(entries);
        path
    }

    /// Makes `sys.path` be this.
    pub fn set_search_path(&mut self, path: &SearchPath) {
        let items = path
            .entries()
            .iter()
            .map(|entry| match entry {
                PathEntry::Directory(directory) => Value::str(directory.to_string_lossy()),
                PathEntry::Interpreter => Value::external(INTERPRETER_ENTRY),
                PathEntry::StandardLibrary => Value::external(LIBRARY_ENTRY),
                PathEntry::SitePackages => Value::external(SITE_ENTRY),
                PathEntry::Unknown => Value::Unknown,
            })
            .collect();
        if let Object::List(list) = self.heap.replace(self.search_path) {
            *list = List { items, open: false };
        }
    }

    /// `sys.path.append(folder)`
    pub(crate) fn append_to_path(&mut self, folder: Option<&str>) {
        if let Object::List(list) = self.heap.change(self.search_path) {
            match folder {
                Some(folder) => list.items.push(Value::str(folder)),
                None => list.open = true,
            }
        }
    }

    fn path_entry(&self, entry: &Value) -> PathEntry {
        match (self.path_text(entry), entry.extern_path()) {
            (Some(text), _) => PathEntry::Directory(self.absolute(Path::new(&*text))),
            (None, Some(INTERPRETER_ENTRY)) => PathEntry::Interpreter,
            (None, Some(LIBRARY_ENTRY)) => PathEntry::StandardLibrary,
            (None, Some(SITE_ENTRY)) => PathEntry::SitePackages,
            (None, _) => PathEntry::Unknown,
        }
    }

    /// A path of the program made absolute, against its working directory.
    fn absolute(&self, path: &Path) -> PathBuf {
        match &self.working_directory {
            Some(directory) => directory.join(path),
            None => path.to_path_buf(),
        }
    }

    pub(crate) fn environ_id(&self) -> Id {
        self.environ
    }

    pub(crate) fn modules_id(&self) -> Id {
        self.modules
    }

    fn frame(&self) -> &Frame<'a> {
        // NOTE: every entry point (`import_file`, `call_function`) pushes a frame before it evaluates.
        self.frames.last().expect("internal error: evaluation outside of any frame")
    }

    fn frame_mut(&mut self) -> &mut Frame<'a> {
        // NOTE: as in `frame`.
        self.frames.last_mut().expect("internal error: evaluation outside of any frame")
    }

    /// States what is executed: the place a traceback would name.
    fn at(&mut self, node: &impl Ranged) {
        let range = node.range();
        if let Some(frame) = self.frames.last_mut() {
            frame.position = range;
        }
    }

    /// Whether what happens now certainly happens.
    pub(crate) fn is_certain(&self) -> bool {
        self.maybe == 0 && self.pending.is_empty()
    }

    /// Whether the budget ended somewhere, so that not all that the modules do is known.
    pub(crate) fn was_cut_short(&self) -> bool {
        self.cut_short
    }

    fn shared_path(&mut self, path: &Path) -> Arc<PathBuf> {
        if let Some(known) = self.paths.get(path) {
            return Arc::clone(known);
        }
        let shared = Arc::new(path.to_path_buf());
        self.paths.insert(path.to_path_buf(), Arc::clone(&shared));
        shared
    }

    /// The place that is executed.
    pub(crate) fn site(&mut self) -> Option<Site> {
        let frame = self.frames.iter().rev().find(|frame| !frame.file.is_snippet())?;
        let (file, range) = (frame.file, frame.position);
        let path = self.shared_path(file.source.path());
        Some(Site { path, span: span(range) })
    }

    /// How we came here.
    pub(crate) fn trace(&mut self) -> Trace {
        let mut steps: Vec<(PathBuf, TextRange, StepKind)> = Vec::new();
        // a text that is run has no place in a file
        let frames: Vec<&Frame<'a>> = self.frames.iter().filter(|frame| !frame.file.is_snippet()).collect();
        let count = frames.len();
        for (index, frame) in frames.iter().enumerate() {
            let path = frame.file.source.path();
            for branch in &frame.branches {
                steps.push((path.to_path_buf(), *branch, StepKind::Branch));
            }
            let next = frames[index + 1..].iter().find(|next| next.kind != FrameKind::Inline);
            let kind = match next {
                _ if frame.kind == FrameKind::Inline && index + 1 < count => continue,
                Some(next) if next.kind == FrameKind::Module => StepKind::Import(Arc::clone(&next.title)),
                Some(next) => StepKind::Call(Arc::clone(&next.title)),
                None => StepKind::Statement,
            };
            let position = match (kind == StepKind::Statement, frames.last()) {
                (true, Some(last)) if last.kind == FrameKind::Inline => last.position,
                _ => frame.position,
            };
            if frame.kind == FrameKind::Inline {
                continue;
            }
            steps.push((path.to_path_buf(), position, kind));
        }
        let steps: Vec<Step> = steps
            .into_iter()
            .map(|(path, range, kind)| Step {
                site: Site { path: self.shared_path(&path), span: span(range) },
                kind,
            })
            .collect();
        Trace(if self.has_copies { self.without_copies(steps) } else { steps })
    }

    pub(crate) fn note(&mut self, kind: EventKind) {
        let trace = self.trace();
        let certain = self.is_certain();
        self.events.push(Event { kind, trace, certain });
    }

    /// Raises a builtin or library exception by its dotted name.
    pub(crate) fn raise<T>(&mut self, class: &str, message: impl Into<String>, cause: Cause) -> Eval<T> {
        let class = if class.contains('.') { Value::external(class) } else { Value::builtin(class) };
        let message = message.into();
        let args = vec![Value::str(&message)];
        let value = self.new_instance(class.clone(), Payload::Exception(args));
        self.raise_value(class, value, Some(message), cause)
    }

    pub(crate) fn raise_value<T>(
        &mut self,
        class: Value,
        value: Value,
        message: Option<String>,
        cause: Cause,
    ) -> Eval<T> {
        let trace = self.trace();
        let certain = self.is_certain() && !(self.cut_short && cause.depends_on_state());
        Err(Stop::Raise(Box::new(Raised { class, value, message, cause, trace, certain })))
    }

    pub(crate) fn type_error<T>(&mut self, message: impl Into<String>) -> Eval<T> {
        self.raise("TypeError", message, Cause::Python)
    }

    pub(crate) fn halt<T>(&mut self, how: HaltKind, call: &str) -> Eval<T> {
        let trace = self.trace();
        let certain = self.is_certain();
        Err(Stop::Halt(Box::new(Halt { how, call: Arc::from(call), trace, certain })))
    }

    pub(crate) fn new_instance(&mut self, class: Value, payload: Payload) -> Value {
        let instance = Instance { class, attributes: Namespace::default(), payload };
        Value::Object(self.heap.add(Object::Instance(instance)))
    }

    /// A dict with texts as keys.
    pub(crate) fn new_dict(&mut self, entries: impl IntoIterator<Item = (Name, Value)>) -> Value {
        let mut dict = Dict::default();
        for (name, value) in entries {
            dict.set(Key::Str(Arc::from(name.as_str())), Value::str(&name), value);
        }
        Value::Object(self.heap.add(Object::Dict(dict)))
    }

    pub fn new_list(&mut self, items: Vec<Value>) -> Value {
        Value::Object(self.heap.add(Object::List(List { items, open: false })))
    }

    pub(crate) fn object(&self, value: &Value) -> Option<&Object<'a>> {
        value.as_id().map(|id| self.heap.get(id))
    }

    /// The text of a string or path value.
    pub(crate) fn path_text(&self, value: &Value) -> Option<Arc<str>> {
        match value {
            Value::Str(text) => Some(Arc::clone(text)),
            Value::Object(id) => match self.heap.get(*id) {
                Object::Instance(Instance { payload: Payload::Path(text), .. }) => Some(Arc::clone(text)),
                Object::Instance(Instance { payload: Payload::Data(Value::Str(text)), .. }) => {
                    Some(Arc::clone(text))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// A range of the tree as a span of the text.
pub(crate) fn span(range: TextRange) -> Span {
    Span::new(range.start().to_u32(), range.end().to_u32())
}

/// The name of a dunder or other attribute, as the tree has names.
pub(crate) fn name(text: &str) -> Name {
    Name::new(text)
}
