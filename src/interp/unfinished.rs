//! Statements of a module that come to no end: the budget is used up, or values that are not known lead to an
//! exception that would end the import.
//!
//! The module goes on, with what is left: nothing is known of what the call gives and of what it was given. A
//! container that functions of the file mention may have been filled by them.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashSet;

use super::flow::{Eval, Stop};
use super::{Args, FrameKind, Interp, Object, Value};

impl<'a> Interp<'a> {
    /// Whether a stop of a module's statement most likely comes of what is not known, and nothing would
    /// catch it.
    pub(super) fn goes_on_after(&self, stop: &Stop) -> bool {
        match stop {
            Stop::Budget => true,
            Stop::Raise(raised) => {
                let answers = raised.value.as_id().is_some_and(|id| self.answers.contains(&id));
                !raised.certain && raised.cause.depends_on_values() && !answers && self.catching.is_empty()
            }
            Stop::Halt(_) => false,
        }
    }

    /// A call that stands in a module. Where it comes to no end, the expression that it is in goes on without it.
    pub(super) fn call_of_module(&mut self, callee: &Value, args: Args) -> Eval {
        if !self.is_in_module() || self.maybe > 0 || self.budget.is_doubtful() || !self.catching.is_empty() {
            return self.call(callee, args);
        }
        let given: Vec<Value> =
            args.positional.iter().chain(args.keywords.iter().map(|(_, value)| value)).cloned().collect();
        match self.call(callee, args) {
            Err(stop) if self.goes_on_after(&stop) => {
                self.give_up(stop);
                if let Some(Object::Method(method)) = self.object(callee) {
                    let receiver = method.receiver.clone();
                    self.escape_value(&receiver);
                }
                for value in &given {
                    self.escape_value(value);
                }
                Ok(Value::Unknown)
            }
            result => result,
        }
    }

    /// Whether what runs is a statement of a module or of a class in it, not of a function.
    fn is_in_module(&self) -> bool {
        self.frames
            .iter()
            .rev()
            .find(|frame| !matches!(frame.kind, FrameKind::Inline | FrameKind::Class))
            .is_some_and(|frame| frame.kind == FrameKind::Module)
    }

    /// The same of a whole statement. Where the module has code that binds names of its choice, any name may be
    /// bound.
    pub(super) fn give_up_statement(&mut self, stmt: &'a Stmt, stop: Stop) {
        if chooses_names(self.frame().file.source.text()) {
            let module = self.frame().names;
            self.heap.open_names(module);
        }
        let mut mentioned = Mentioned { inside: usize::MAX, ..Mentioned::default() };
        mentioned.visit_stmt(stmt);
        self.escape_names(&mentioned.names);
        self.bind_unknown(stmt);
        self.give_up(stop);
    }

    fn give_up(&mut self, stop: Stop) {
        self.cut_short = true;
        self.heap.watch.change_shared();
        self.budget.allow();
        let mut mentioned = Mentioned::default();
        if let Some(tree) = self.frame().file.tree() {
            mentioned.visit_body(&tree.body);
        }
        self.escape_names(&mentioned.names);
        if !matches!(stop, Stop::Budget) {
            self.perhaps(stop);
        }
    }

    /// Nothing is known of the containers that these names of the running code are bound to.
    fn escape_names(&mut self, names: &FxHashSet<Name>) {
        let frame = self.frame();
        let scopes = [frame.names, frame.module];
        let bound: Vec<Value> = scopes
            .iter()
            .filter_map(|&scope| self.heap.names(scope))
            .flat_map(|bound| names.iter().filter_map(|name| bound.value(name).cloned()))
            .collect();
        for value in &bound {
            self.escape_value(value);
        }
    }

    fn escape_value(&mut self, value: &Value) {
        if let Value::Object(id) = value
            && matches!(
                self.heap.get(*id),
                Object::List(_) | Object::Dict(_) | Object::Set(_) | Object::Instance(_)
            )
        {
            self.escape(*id);
        }
    }
}

/// The names that functions mention.
#[derive(Default)]
struct Mentioned {
    /// How many functions are around.
    inside: usize,
    names: FxHashSet<Name>,
}

impl<'a> Visitor<'a> for Mentioned {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) if self.inside < usize::MAX => {
                self.inside += 1;
                self.visit_body(&def.body);
                self.inside -= 1;
            }
            Stmt::FunctionDef(def) => {
                for decorator in &def.decorator_list {
                    self.visit_decorator(decorator);
                }
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && self.inside > 0
        {
            self.names.insert(name.id.clone());
        }
        visitor::walk_expr(self, expr);
    }
}

/// Whether code may bind names of its module that are not written out.
fn chooses_names(text: &str) -> bool {
    [
        "globals",
        "locals",
        "vars(",
        "setattr(",
        "exec(",
        "__dict__",
        "sys.modules",
        "import *",
        "global ",
        "_getframe",
    ]
    .iter()
    .any(|way| text.contains(way))
}
