//! Code that is in a text of the program: `exec`, `eval`, and annotations that are evaluated later.

use std::sync::Arc;

use ruff_python_ast::{AnyParameterRef, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged as _, TextRange};

use super::flow::Eval;
use super::{
    Cause, Code, Dict, Frame, FrameKind, Id, Instance, Interp, Key, Module, ModuleKind, ModuleState,
    Namespace, Object, Payload, Value,
};
use crate::syntax::ParsedFile;

/// How a text is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Exec,
    Eval,
}

/// A text that may be run, and how it is compiled.
#[derive(Clone, Debug)]
pub(super) struct Snippet {
    pub(super) text: Arc<str>,
    /// `from __future__ import annotations` holds, as it does where `compile` or `exec` is called.
    pub(super) delays_annotations: bool,
    pub(super) mode: Mode,
}

/// The attributes of a code object that no program can ask for.
const TEXT: &str = "collectlint.text";
const MODE: &str = "collectlint.mode";
const DELAYS: &str = "collectlint.delays";

/// Where code that was not written there sees and binds names.
struct Place {
    names: Id,
    module: Id,
    closure: Arc<[Id]>,
    class_body: bool,
}

impl<'a> Interp<'a> {
    /// What `compile(text, "<string>", mode)` gives; raises where Python does.
    pub(super) fn compile_text(&mut self, text: &str, mode: Mode) -> Eval<&'a ParsedFile> {
        let delays_annotations = self.delays_annotations();
        self.compile_snippet(&Snippet { text: Arc::from(text), delays_annotations, mode })
    }

    pub(super) fn compile_snippet(&mut self, snippet: &Snippet) -> Eval<&'a ParsedFile> {
        let mode = snippet.mode;
        // NOTE: the expression of `eval` may be indented
        let text = &*snippet.text;
        let text = if mode == Mode::Eval { text.trim_start_matches([' ', '\t']) } else { text };
        let file = self.sources.snippet(text, snippet.delays_annotations);
        if let Some(error) = file.compile_error(self.environment.python) {
            return self.raise(error.exception, error.message, Cause::Python);
        }
        let single = matches!(file.tree().map(|tree| tree.body.as_slice()), Some([Stmt::Expr(_)]));
        if mode == Mode::Eval && !single {
            return self.raise("SyntaxError", "invalid syntax", Cause::Python);
        }
        Ok(file)
    }

    /// Whether the code that runs has `from __future__ import annotations`.
    pub(super) fn delays_annotations(&self) -> bool {
        self.frames.last().is_some_and(|frame| super::stmt::has_future_annotations(frame.file))
    }

    /// What `compile` gives.
    pub(super) fn code_object(&mut self, snippet: &Snippet, file_name: Value) -> Value {
        let mut attributes = Namespace::default();
        attributes.open = true;
        attributes.bind("co_filename", file_name);
        attributes.bind(TEXT, Value::Str(Arc::clone(&snippet.text)));
        attributes.bind(MODE, Value::Bool(snippet.mode == Mode::Eval));
        attributes.bind(DELAYS, Value::Bool(snippet.delays_annotations));
        let class = Value::external("types.CodeType");
        let instance = Instance { class, attributes, payload: Payload::Nothing };
        Value::Object(self.heap.add(Object::Instance(instance)))
    }

    /// The text of what is given to `exec` or `eval`: a text, or what `compile` made of one.
    pub(super) fn snippet_of(&self, code: &Value, mode: Mode) -> Option<Snippet> {
        if let Value::Str(text) = code {
            let delays_annotations = self.delays_annotations();
            return Some(Snippet { text: Arc::clone(text), delays_annotations, mode });
        }
        let known = |attribute| self.heap.value(code.as_id()?, attribute);
        let (Value::Str(text), Value::Bool(evaluates), Value::Bool(delays_annotations)) =
            (known(TEXT)?, known(MODE)?, known(DELAYS)?)
        else {
            return None;
        };
        let mode = if *evaluates { Mode::Eval } else { Mode::Exec };
        Some(Snippet { text: Arc::clone(text), delays_annotations: *delays_annotations, mode })
    }

    /// `exec(code, globals)`; `None` where it is not known in which names it runs.
    pub(super) fn run_text_in(&mut self, snippet: &Snippet, globals: &Value) -> Option<Eval> {
        let module = self.module_of_globals(globals)?;
        let file = match self.compile_snippet(snippet) {
            Ok(file) => file,
            Err(stop) => return Some(Err(stop)),
        };
        let place = Place { names: module, module, closure: Arc::new([]), class_body: false };
        let result = self.run_file(file, place, snippet.mode);
        self.show_in_dict(module, globals);
        Some(result)
    }

    /// The module that a dict stands for. Where it stands for none, functions that are made in it see it as one.
    fn module_of_globals(&mut self, globals: &Value) -> Option<Id> {
        let dict = globals.as_id()?;
        if let Some(&target) = self.mirrors.get(&dict) {
            return matches!(self.heap.get(target), Object::Module(_)).then_some(target);
        }
        let mut names = self.names_in(dict)?;
        let module_name = match names.value("__name__") {
            Some(Value::Str(module_name)) => Arc::clone(module_name),
            // NOTE: where the globals have none, the builtins' is found
            _ => Arc::from("builtins"),
        };
        if !names.contains("__builtins__") {
            names.bind("__builtins__", Value::Object(self.builtins));
        }
        let (kind, state) = (ModuleKind::Made, ModuleState::Loaded);
        let module = Module { name: module_name, kind, state, names, search: None };
        let module = self.heap.add(Object::Module(module));
        self.mirror_of(module, globals);
        Some(module)
    }

    /// The entries of a dict as names.
    fn names_in(&self, dict: Id) -> Option<Namespace> {
        let Object::Dict(dict) = self.heap.get(dict) else { return None };
        let mut names = Namespace::default();
        names.open = dict.open;
        for (key, (_, value)) in &dict.entries {
            match key {
                Key::Str(_) if dict.doubtful.contains(key) => return None,
                Key::Str(bound) => names.bind(&**bound, value.clone()),
                // what is no text is no name
                _ => {}
            }
        }
        Some(names)
    }

    /// What was bound is seen in the dict that was given.
    fn show_in_dict(&mut self, names: Id, dict: &Value) {
        let Some(dict) = dict.as_id() else { return };
        let Some(names) = self.heap.names(names).cloned() else { return };
        let Object::Dict(known) = self.heap.get(dict) else { return };
        let mut shown: Dict = known.clone();
        shown.open |= names.open;
        for (bound, binding) in names.iter() {
            let key = Key::Str(Arc::from(bound.as_str()));
            shown.set(key.clone(), Value::str(bound), binding.value.clone());
            if binding.maybe_unbound {
                shown.doubtful.insert(key);
            }
        }
        if let Object::Dict(known) = self.heap.change(dict) {
            *known = shown;
        }
    }

    /// `exec(text)` and `eval(text)` without scopes of their own: here.
    pub(super) fn run_text_here(&mut self, snippet: &Snippet) -> Eval {
        let mode = snippet.mode;
        let file = self.compile_snippet(snippet)?;
        let frame = self.frame();
        let mut closure = frame.closure.to_vec();
        let place = if matches!(frame.kind, FrameKind::Function | FrameKind::Inline) {
            let (around, module) = (frame.names, frame.module);
            closure.push(around);
            // what it binds has no effect on the local variables
            let names = self.heap.add(Object::Scope(Namespace::default()));
            Place { names, module, closure: closure.into(), class_body: false }
        } else {
            let class_body = frame.class_body;
            Place { names: frame.names, module: frame.module, closure: closure.into(), class_body }
        };
        self.run_file(file, place, mode)
    }

    fn run_file(&mut self, file: &'a ParsedFile, place: Place, mode: Mode) -> Eval {
        let Some(tree) = file.tree() else { return Ok(Value::Unknown) };
        self.push_text(file, place);
        let result = match (mode, tree.body.as_slice()) {
            (Mode::Eval, [Stmt::Expr(only)]) => self.eval(&only.value),
            _ => self.exec_module(&tree.body).map(|_| Value::None),
        };
        self.frames.pop();
        result
    }

    fn push_text(&mut self, file: &'a ParsedFile, place: Place) {
        let Place { names, module, closure, class_body } = place;
        self.frames.push(Frame {
            kind: FrameKind::Module,
            names,
            module,
            closure,
            file,
            position: TextRange::default(),
            branches: Vec::new(),
            title: Arc::from("<string>"),
            scope: None,
            class: None,
            receiver: None,
            taker: None,
            prefix: Arc::from(""),
            class_body,
            unique_names: false,
        });
    }

    /// `typing.get_type_hints(function)`: evaluates the annotations that are texts, in the globals of the
    /// function's module. Gives back whether there are annotations at all.
    pub(super) fn evaluate_hints(&mut self, function: Id) -> Eval<bool> {
        let Object::Function(made) = self.heap.get(function) else { return Ok(true) };
        let Code::Def(def) = made.code else { return Ok(false) };
        if made.attributes.contains("__annotations__") || made.attributes.contains("__wrapped__") {
            return Ok(true);
        }
        let (file, module) = (made.file, made.module);
        let delayed = super::stmt::has_future_annotations(file);
        let mut some = false;
        for annotation in annotations(def) {
            some = true;
            match annotation {
                Expr::StringLiteral(text) => self.evaluate_hint(text.value.to_str(), module, module)?,
                _ if delayed => {
                    let text = &file.source.text()[annotation.range()];
                    self.evaluate_hint(text, module, module)?;
                }
                _ => {}
            }
        }
        Ok(some)
    }

    /// `function.__annotations__`: those that are not evaluated are texts.
    pub(super) fn annotations_of_function(&mut self, function: Id) -> Value {
        let Object::Function(made) = self.heap.get(function) else { return Value::Unknown };
        let (file, delayed) = (made.file, super::stmt::has_future_annotations(made.file));
        let Code::Def(def) = made.code else { return self.new_dict([]) };
        let text = |annotation: &Expr| {
            let text = &file.source.text()[annotation.range()];
            if delayed && is_as_written(text) { Value::str(text) } else { Value::Unknown }
        };
        let parameters = &def.parameters;
        let in_order = parameters
            .posonlyargs
            .iter()
            .chain(&parameters.args)
            .map(AnyParameterRef::NonVariadic)
            .chain(parameters.vararg.as_deref().map(AnyParameterRef::Variadic))
            .chain(parameters.kwonlyargs.iter().map(AnyParameterRef::NonVariadic))
            .chain(parameters.kwarg.as_deref().map(AnyParameterRef::Variadic));
        let mut entries: Vec<_> = in_order
            .filter_map(|parameter| Some((parameter.name().id.clone(), text(parameter.annotation()?))))
            .collect();
        entries.extend(def.returns.as_deref().map(|returns| (super::name("return"), text(returns))));
        self.new_dict(entries)
    }

    /// The same for the annotations of a class itself, which see its names, too.
    pub(super) fn evaluate_class_hints(&mut self, class: Id) -> Eval<()> {
        let Object::Class(made) = self.heap.get(class) else { return Ok(()) };
        let (module, bases) = (made.module, made.mro.clone());
        for base in bases.iter().rev().filter_map(Value::as_id) {
            for (_, annotation) in self.own_annotations(base) {
                if let Value::Str(text) = &annotation {
                    self.evaluate_hint(text, module, base)?;
                }
            }
        }
        Ok(())
    }

    fn evaluate_hint(&mut self, text: &str, module: Id, names: Id) -> Eval<()> {
        let file = self.compile_text(&format!("({text})"), Mode::Eval)?;
        let place = Place { names, module, closure: Arc::new([]), class_body: false };
        self.run_file(file, place, Mode::Eval).map(drop)
    }
}

fn annotations(def: &StmtFunctionDef) -> impl Iterator<Item = &Expr> {
    def.parameters.iter().filter_map(AnyParameterRef::annotation).chain(def.returns.as_deref())
}

/// Whether an annotation is put down as it stands, when it is made a text: names, and what is in brackets.
fn is_as_written(text: &str) -> bool {
    let plain = |character: char| character.is_alphanumeric() || "_.[], |".contains(character);
    text.chars().all(plain)
        && text.split(", ").all(|part| !part.contains(','))
        && text.split(" | ").all(|part| !part.contains('|'))
        && !text.contains("  ")
        && !text.contains("[ ")
        && !text.contains(" ]")
}
