//! What `setup.py` and `noxfile.py` say in literals: calls, functions with their calls, assignments.
//!
//! Names that the module binds to literals are followed, also through `+`, `append`, `extend` and `update`,
//! and so are the lines of a requirements file that the module opens. Conditions are not decided: what
//! stands under one makes a list that it changes open-ended.

mod evaluate;

use std::path::Path;

use ruff_python_ast::{Decorator, Expr, ExprCall, Stmt};
use ruff_text_size::{Ranged as _, TextRange};

use crate::environment::declare::literal::{Call, Function, Literal, Located, Outline};
use crate::text::{SourceFile, Span};

use super::ParsedFile;
use evaluate::{Scope, dotted};

/// The outline of a Python file; `None` where it cannot be decoded.
pub fn outline(path: &Path, bytes: &[u8]) -> Option<Outline> {
    let file = ParsedFile::new(path.to_path_buf(), bytes);
    let tree = file.tree()?;
    let mut reader = Reader::default();
    reader.block(&tree.body, Certainty::Always);
    let source = SourceFile::new(path, file.source.text().as_ref());
    let Reader { calls, functions, assignments, .. } = reader;
    Some(Outline { source, calls, functions, assignments })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    Always,
    Sometimes,
}

#[derive(Default)]
struct Reader {
    scope: Scope,
    calls: Vec<Call>,
    functions: Vec<Function>,
    assignments: Vec<(String, Located)>,
    /// Inside a function: its calls are collected, its names are nobody's business.
    in_function: bool,
    depth: usize,
}

impl Reader {
    fn block(&mut self, body: &[Stmt], certainty: Certainty) {
        // NOTE: the parser bounds nesting; this is for what it would still allow.
        self.depth += 1;
        if self.depth < 60 {
            for statement in body {
                self.statement(statement, certainty);
            }
        }
        self.depth -= 1;
    }

    fn statement(&mut self, statement: &Stmt, certainty: Certainty) {
        match statement {
            Stmt::Expr(expression) => self.expression(&expression.value, certainty),
            Stmt::Assign(assign) => {
                self.expression(&assign.value, certainty);
                let value = self.scope.evaluate(&assign.value);
                for target in &assign.targets {
                    self.assign(target, value.clone(), certainty);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.expression(value, certainty);
                    let value = self.scope.evaluate(value);
                    self.assign(&assign.target, value, certainty);
                }
            }
            Stmt::AugAssign(assign) => {
                if let Expr::Name(name) = assign.target.as_ref() {
                    let value = self.scope.evaluate(&assign.value);
                    self.scope.extend(&name.id, value, certainty == Certainty::Always);
                }
            }
            Stmt::If(choice) => {
                let is_main = is_main_guard(&choice.test);
                self.block(&choice.body, if is_main { certainty } else { Certainty::Sometimes });
                for clause in &choice.elif_else_clauses {
                    self.block(&clause.body, Certainty::Sometimes);
                }
            }
            Stmt::For(each) => {
                self.scope.forget(&each.target);
                self.block(&each.body, Certainty::Sometimes);
            }
            Stmt::While(each) => self.block(&each.body, Certainty::Sometimes),
            Stmt::With(with) => {
                for item in &with.items {
                    self.expression(&item.context_expr, certainty);
                    if let Some(target) = &item.optional_vars {
                        let value = self.scope.evaluate(&item.context_expr);
                        self.assign(target, value, certainty);
                    }
                }
                self.block(&with.body, certainty);
            }
            Stmt::Try(attempt) => {
                self.block(&attempt.body, certainty);
                for handler in &attempt.handlers {
                    let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                    self.block(&handler.body, Certainty::Sometimes);
                }
                self.block(&attempt.orelse, certainty);
                self.block(&attempt.finalbody, certainty);
            }
            Stmt::Match(choice) => {
                for case in &choice.cases {
                    self.block(&case.body, Certainty::Sometimes);
                }
            }
            Stmt::FunctionDef(function) if !self.in_function => {
                let decorators =
                    function.decorator_list.iter().filter_map(|one| self.decorator(one)).collect();
                let outside = std::mem::take(&mut self.calls);
                self.in_function = true;
                let scope = self.scope.clone();
                self.block(&function.body, Certainty::Always);
                self.scope = scope;
                self.in_function = false;
                let calls = std::mem::replace(&mut self.calls, outside);
                let (name, span) = (function.name.to_string(), span(function.range()));
                self.functions.push(Function { name, decorators, calls, span });
            }
            Stmt::Return(returned) => {
                if let Some(value) = &returned.value {
                    self.expression(value, certainty);
                }
            }
            _ => {}
        }
    }

    /// `@nox.session(python="3.9")`, `@nox.session`
    fn decorator(&self, decorator: &Decorator) -> Option<Call> {
        match &decorator.expression {
            Expr::Call(call) => self.scope.call(call, false),
            other => Some(Call {
                callee: dotted(other)?,
                arguments: Vec::new(),
                keywords: Vec::new(),
                span: span(other.range()),
                conditional: false,
            }),
        }
    }

    /// Keeps the calls that an expression makes by itself, and what `append` and the like do.
    fn expression(&mut self, expression: &Expr, certainty: Certainty) {
        let Expr::Call(call) = expression else { return };
        if let Some(found) = self.scope.call(call, certainty == Certainty::Sometimes) {
            self.calls.push(found);
        }
        self.mutation(call, certainty);
    }

    /// `requirements.append("x")`, `.extend([…])`, `extras.update({…})`
    fn mutation(&mut self, call: &ExprCall, certainty: Certainty) {
        let Expr::Attribute(attribute) = call.func.as_ref() else { return };
        let Expr::Name(name) = attribute.value.as_ref() else { return };
        let Some(argument) = call.arguments.args.first() else { return };
        let value = self.scope.evaluate(argument);
        let is_certain = certainty == Certainty::Always;
        match attribute.attr.as_str() {
            "append" | "add" => {
                let one = Located { span: value.span, literal: Literal::List(vec![value]) };
                self.scope.extend(&name.id, one, is_certain);
            }
            "extend" | "update" => self.scope.extend(&name.id, value, is_certain),
            _ => {}
        }
    }

    fn assign(&mut self, target: &Expr, value: Located, certainty: Certainty) {
        match target {
            Expr::Name(name) => self.scope.bind(&name.id, value, certainty == Certainty::Always),
            // `extras["all"] = […]`
            Expr::Subscript(subscript) => {
                if let Expr::Name(name) = subscript.value.as_ref() {
                    let key = self.scope.evaluate(&subscript.slice);
                    let entry = Located { span: value.span, literal: Literal::Table(vec![(key, value)]) };
                    self.scope.extend(&name.id, entry, certainty == Certainty::Always);
                }
            }
            Expr::Attribute(_) => {
                if let Some(name) = dotted(target)
                    && !self.in_function
                {
                    self.assignments.push((name, value));
                }
            }
            _ => self.scope.forget(target),
        }
    }
}

/// `__name__ == "__main__"`
fn is_main_guard(test: &Expr) -> bool {
    matches!(test, Expr::Compare(compare) if matches!(compare.left.as_ref(), Expr::Name(name) if name.id == "__name__"))
}

fn span(range: TextRange) -> Span {
    Span::new(range.start().to_u32(), range.end().to_u32())
}

#[cfg(test)]
mod tests;
