//! Running a file as a module.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ruff_text_size::TextRange;

use super::flow::Eval;
use super::shown::Shown;
use super::{
    Cause, EventKind, Frame, FrameKind, Id, Interp, Module, ModuleKind, ModuleState, Namespace, Object, Value,
};
use crate::syntax::{CompileError, ParsedFile};

impl<'a> Interp<'a> {
    /// Imports a file under a name, as pytest's import modes do: it is put into `sys.modules`, its
    /// statements are run, and it is taken out again where they raise.
    pub fn execute_file(&mut self, dotted: &str, path: &Path, search: Option<Vec<PathBuf>>) -> Eval<Id> {
        let result = self.execute_file_for_good(dotted, path, search);
        if result.is_err() {
            self.unregister_module(dotted);
        } else if self.is_gone(dotted) {
            // the import system takes it out of `sys.modules` and puts it back
            return self.raise("KeyError", format!("'{dotted}'"), Cause::Python);
        }
        result
    }

    /// The same, but the module stays in `sys.modules` where it raises.
    pub fn execute_file_for_good(
        &mut self,
        dotted: &str,
        path: &Path,
        search: Option<Vec<PathBuf>>,
    ) -> Eval<Id> {
        let file = self.source(path)?;
        let id = self.new_source_module(dotted, file, search);
        self.register_module(dotted, id);
        if !self.frames.is_empty() && !self.is_installed(path) {
            self.note(EventKind::FirstParty { module: Arc::from(dotted), path: path.to_path_buf() });
        }
        self.run_source(id, dotted, file)?;
        // the program may have put something else into sys.modules
        Ok(match self.loaded_module(dotted)? {
            Some(Value::Object(loaded)) => loaded,
            _ => id,
        })
    }

    /// A file of the project, read and parsed.
    pub(super) fn source(&mut self, path: &Path) -> Eval<&'a ParsedFile> {
        match self.sources.get(path) {
            Ok(file) => Ok(file),
            Err(error) => {
                let message = error.to_string();
                let cause = Cause::MissingFile { path: Arc::from(path.to_string_lossy()) };
                self.raise("OSError", message, cause)
            }
        }
    }

    /// The module that a file is going to be, before any of it has run.
    pub(super) fn new_source_module(
        &mut self,
        dotted: &str,
        file: &ParsedFile,
        search: Option<Vec<PathBuf>>,
    ) -> Id {
        let path = file.source.path();
        let package_name = match &search {
            Some(_) => dotted,
            None => dotted.rsplit_once('.').map_or("", |(parent, _)| parent),
        };
        let mut names = Namespace::default();
        names.bind("__name__", Value::str(dotted));
        names.bind("__doc__", file.tree().map_or(Value::Unknown, |tree| self.docstring(&tree.body)));
        names.bind("__package__", Value::str(package_name));
        let instance = |class: &str| Value::of_shown(class, Shown::instance(class));
        names.bind("__loader__", instance("importlib.machinery.SourceFileLoader"));
        names.bind("__spec__", instance("importlib.machinery.ModuleSpec"));
        if let Some(search) = &search {
            let entries = search.iter().map(|folder| Value::str(folder.to_string_lossy())).collect();
            let list = self.new_list(entries);
            names.bind("__path__", list);
        }
        names.bind("__file__", Value::str(path.to_string_lossy()));
        names.bind("__cached__", instance("builtins.str"));
        names.bind("__builtins__", instance("builtins.dict"));
        let module = Module {
            name: Arc::from(dotted),
            kind: ModuleKind::Source(path.to_path_buf()),
            state: ModuleState::Initializing,
            names,
            search,
        };
        self.heap.add(Object::Module(module))
    }

    /// Runs the statements of a file in its module.
    pub(super) fn run_source(&mut self, id: Id, dotted: &str, file: &'a ParsedFile) -> Eval<()> {
        self.asking(id, |interp| interp.run_statements(id, dotted, file))
    }

    fn run_statements(&mut self, id: Id, dotted: &str, file: &'a ParsedFile) -> Eval<()> {
        let left = self.budget.begin_file(file.source.path());
        self.frames.push(Frame {
            kind: FrameKind::Module,
            names: id,
            module: id,
            closure: Arc::new([]),
            file,
            position: TextRange::default(),
            branches: Vec::new(),
            title: Arc::from(dotted),
            scope: None,
            class: None,
            receiver: None,
            taker: None,
            prefix: Arc::from(""),
            class_body: false,
            unique_names: false,
        });
        let handling = std::mem::take(&mut self.handling);
        let result = match file.compile_error(self.environment.python) {
            Some(error) => self.refuse_source(&error),
            None => match (self.check_compile_warnings(file), file.tree()) {
                (Ok(()), Some(tree)) => self.exec_module(&tree.body).map(drop),
                (checked, _) => checked,
            },
        };
        self.handling = handling;
        self.frames.pop();
        self.budget.end(left);
        result?;
        if let Object::Module(module) = self.heap.change(id) {
            module.state = ModuleState::Loaded;
        }
        Ok(())
    }

    /// `compile()` raises.
    pub(super) fn refuse_source(&mut self, error: &CompileError) -> Eval<()> {
        let start = error.span.start.min(error.span.end);
        if let Some(frame) = self.frames.last_mut() {
            frame.position = TextRange::new(start.into(), error.span.end.into());
        }
        let cause = Cause::Compile(Box::new(error.clone()));
        self.raise(error.exception, error.message.clone(), cause)
    }
}
