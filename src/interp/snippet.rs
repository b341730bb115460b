//! Code that is in a text of the program: `exec`, `eval`, and annotations that are evaluated later.

use std::sync::Arc;

use ruff_python_ast::{AnyParameterRef, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged as _, TextRange};

use super::flow::Eval;
use super::{Cause, Code, Frame, FrameKind, Id, Interp, Namespace, Object, Value};
use crate::syntax::ParsedFile;

/// How a text is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Exec,
    Eval,
}

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
        // NOTE: the expression of `eval` may be indented
        let text = if mode == Mode::Eval { text.trim_start_matches([' ', '\t']) } else { text };
        let file = self.sources.snippet(text);
        if let Some(error) = file.compile_error(self.environment.python) {
            return self.raise(error.exception, error.message, Cause::Python);
        }
        let single = matches!(file.tree().map(|tree| tree.body.as_slice()), Some([Stmt::Expr(_)]));
        if mode == Mode::Eval && !single {
            return self.raise("SyntaxError", "invalid syntax", Cause::Python);
        }
        Ok(file)
    }

    /// `exec(text)` and `eval(text)` without scopes of their own: here.
    pub(super) fn run_text_here(&mut self, text: &str, mode: Mode) -> Eval {
        let file = self.compile_text(text, mode)?;
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
