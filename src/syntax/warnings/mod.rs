//! What `compile()` warns about: with `filterwarnings = error` a warning is a `SyntaxError`.
//!
//! The tokenizer and the parser warn of escape sequences and of numbers that touch a keyword, the
//! code generator of expressions that are surely mistaken.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{CmpOp, Expr, ModModule, Stmt, UnaryOp};
use ruff_text_size::Ranged as _;

use super::{ParsedFile, span};
use crate::environment::{Observed, PythonVersion};
use crate::text::{SourceFile, Span};

mod escapes;
mod types;

use types::{is_constant, type_name};

/// A warning of the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileWarning {
    pub kind: WarningKind,
    /// `SyntaxWarning` or `DeprecationWarning`.
    pub category: &'static str,
    /// Python's words; those of the `SyntaxError`, where a filter makes it one.
    pub message: String,
    pub span: Span,
    /// The 1-based line that Python names.
    pub line: u32,
    /// It is in an `assert` that pytest takes apart when it rewrites the module: no warning then.
    pub lost_by_rewriting: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningKind {
    EscapeSequence,
    NumberTouchesKeyword,
    IsWithLiteral,
    /// pytest warns by itself of it when it rewrites the module.
    AssertOnTuple,
    NotCallable,
    NotSubscriptable,
    WrongIndex,
    LeavesFinally,
}

impl ParsedFile {
    /// What `compile()` of this Python version warns about, in its order, if it gets to the end.
    pub fn compile_warnings(&self, python: impl Into<Observed<PythonVersion>>) -> Vec<CompileWarning> {
        let Some(tree) = &self.tree else { return Vec::new() };
        let Some(module) = tree.module() else { return Vec::new() };
        python
            .into()
            .ask(|python| super::nesting::with_stack_for(tree.depth, || find(module, &self.source, python)))
    }
}

fn find(module: &ModModule, source: &SourceFile, python: PythonVersion) -> Vec<CompileWarning> {
    let minor = python.minor;
    let mut finder = Finder {
        source,
        minor,
        early: Vec::new(),
        late: Vec::new(),
        in_assert: false,
        in_function: false,
        future_annotations: has_future_annotations(module),
        finally: Vec::new(),
    };
    finder.visit_body(&module.body);
    finder.early.sort_by_key(|warning| warning.span);
    finder.early.append(&mut finder.late);
    finder.early
}

fn has_future_annotations(module: &ModModule) -> bool {
    module.body.iter().filter_map(Stmt::as_import_from_stmt).any(|import| {
        import.module.as_deref() == Some("__future__")
            && import.names.iter().any(|alias| alias.name.as_str() == "annotations")
    })
}

struct Finder<'a> {
    source: &'a SourceFile,
    minor: u8,
    /// Of the tokenizer and the parser.
    early: Vec<CompileWarning>,
    /// Of the code generator.
    late: Vec<CompileWarning>,
    /// The expression is one that pytest takes apart.
    in_assert: bool,
    in_function: bool,
    future_annotations: bool,
    /// For every `finally` around: whether a loop has begun in it.
    finally: Vec<bool>,
}

impl<'a> Finder<'a> {
    fn warning(&self, kind: WarningKind, message: String, span: Span) -> CompileWarning {
        let line = self.source.line(span.start);
        CompileWarning {
            kind,
            category: "SyntaxWarning",
            message,
            span,
            line,
            lost_by_rewriting: self.in_assert,
        }
    }

    fn warn(&mut self, kind: WarningKind, message: String, span: Span) {
        let warning = self.warning(kind, message, span);
        self.late.push(warning);
    }

    /// `1if x else y`
    fn number(&mut self, place: Span) {
        let text = self.source.text();
        let touches = text[place.end as usize..].starts_with(|c: char| c.is_ascii_alphabetic());
        if self.minor < 10 || !touches {
            return;
        }
        let literal = self.source.slice(place).to_ascii_lowercase();
        let kind = match literal.get(..2) {
            Some("0x") => "hexadecimal",
            Some("0o") => "octal",
            Some("0b") => "binary",
            _ if literal.ends_with('j') => "imaginary",
            _ => "decimal",
        };
        let mut warning =
            self.warning(WarningKind::NumberTouchesKeyword, format!("invalid {kind} literal"), place);
        if self.minor < 11 {
            warning.category = "DeprecationWarning";
        }
        warning.lost_by_rewriting = false;
        self.early.push(warning);
    }

    fn is_comparison(&mut self, expr: &'a Expr, negated: bool) {
        let Expr::Compare(compare) = expr else { return };
        let mut left = &*compare.left;
        for (op, right) in compare.ops.iter().zip(&compare.comparators) {
            let literal = [left, right].into_iter().find(|operand| self.is_literal(operand));
            let is = match op {
                CmpOp::Is => Some(true),
                CmpOp::IsNot => Some(false),
                _ => None,
            };
            if let (Some(is), Some(literal)) = (is, literal) {
                let (operator, meant) = if is == negated { ("is not", "!=") } else { ("is", "==") };
                let what = match type_name(literal, self.minor) {
                    Some(name) if self.minor >= 12 => format!("'{name}' literal"),
                    _ => "a literal".to_owned(),
                };
                let message = format!("\"{operator}\" with {what}. Did you mean \"{meant}\"?");
                self.warn(WarningKind::IsWithLiteral, message, span(expr.range()));
                return;
            }
            left = right;
        }
    }

    /// A constant that may have twins.
    fn is_literal(&self, expr: &Expr) -> bool {
        let singleton = matches!(type_name(expr, self.minor), Some("NoneType" | "bool" | "ellipsis"));
        is_constant(expr, self.minor) && !singleton
    }

    fn call(&mut self, function: &Expr, place: Span) {
        let callable = matches!(function, Expr::Lambda(_));
        if let Some(name) = type_name(function, self.minor).filter(|_| !callable) {
            let message = format!("'{name}' object is not callable; perhaps you missed a comma?");
            self.warn(WarningKind::NotCallable, message, place);
        }
    }

    fn subscript(&mut self, value: &Expr, index: &Expr, place: Span) {
        let Some(name) = type_name(value, self.minor) else { return };
        match name {
            "NoneType" | "ellipsis" | "int" | "bool" | "float" | "complex" | "set" | "generator"
            | "function" => {
                let message = format!("'{name}' object is not subscriptable; perhaps you missed a comma?");
                self.warn(WarningKind::NotSubscriptable, message, place);
            }
            "str" | "bytes" | "tuple" | "list" => {
                let Some(index) =
                    type_name(index, self.minor).filter(|index| !matches!(*index, "int" | "bool"))
                else {
                    return;
                };
                let message = format!(
                    "{name} indices must be integers or slices, not {index}; perhaps you missed a comma?"
                );
                self.warn(WarningKind::WrongIndex, message, place);
            }
            _ => {}
        }
    }

    /// From 3.14 on.
    fn leaves_finally(&mut self, what: &str, place: Span, leaves_loop: bool) {
        let leaves = self.finally.last().is_some_and(|in_loop| !(leaves_loop && *in_loop));
        if self.minor >= 14 && leaves {
            let warning =
                self.warning(WarningKind::LeavesFinally, format!("'{what}' in a 'finally' block"), place);
            self.early.push(warning);
        }
    }

    fn without_assert(&mut self, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.in_assert, false);
        walk(self);
        self.in_assert = outer;
    }

    /// The body of a function, which nothing around it reaches into.
    fn function_body(&mut self, body: &'a [Stmt]) {
        let finally = std::mem::take(&mut self.finally);
        let in_function = std::mem::replace(&mut self.in_function, true);
        self.visit_body(body);
        self.in_function = in_function;
        self.finally = finally;
    }

    fn loop_body(&mut self, body: &'a [Stmt]) {
        let outer = self.finally.last_mut().map(|in_loop| std::mem::replace(in_loop, true));
        self.visit_body(body);
        if let (Some(outer), Some(in_loop)) = (outer, self.finally.last_mut()) {
            *in_loop = outer;
        }
    }
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let place = span(stmt.range());
        match stmt {
            Stmt::FunctionDef(function) => {
                for decorator in &function.decorator_list {
                    self.visit_decorator(decorator);
                }
                if let Some(parameters) = &function.type_params {
                    self.visit_type_params(parameters);
                }
                self.visit_parameters(&function.parameters);
                if let Some(returns) = &function.returns {
                    self.visit_annotation(returns);
                }
                self.function_body(&function.body);
            }
            Stmt::ClassDef(_) => {
                let finally = std::mem::take(&mut self.finally);
                let in_function = std::mem::replace(&mut self.in_function, false);
                visitor::walk_stmt(self, stmt);
                self.in_function = in_function;
                self.finally = finally;
            }
            Stmt::AnnAssign(assign) if self.in_function && assign.simple => {
                // No code is made of the annotation, but its literals are read.
                let made = self.late.len();
                self.visit_expr(&assign.annotation);
                self.late.truncate(made);
                if let Some(value) = &assign.value {
                    self.visit_expr(value);
                }
            }
            Stmt::Assert(assert) => {
                let constant = is_constant(&assert.test, self.minor);
                let full = assert.test.as_tuple_expr().is_some_and(|tuple| !tuple.elts.is_empty());
                self.in_assert = true;
                if full && !(constant && self.minor < 10) {
                    let message = "assertion is always true, perhaps remove parentheses?".to_owned();
                    self.warn(WarningKind::AssertOnTuple, message, place);
                }
                self.visit_expr(&assert.test);
                self.in_assert = false;
                if let Some(message) = &assert.msg {
                    self.visit_expr(message);
                }
            }
            Stmt::Return(_) => {
                self.leaves_finally("return", place, false);
                visitor::walk_stmt(self, stmt);
            }
            Stmt::Break(_) => self.leaves_finally("break", place, true),
            Stmt::Continue(_) => self.leaves_finally("continue", place, true),
            Stmt::For(statement) => {
                self.visit_expr(&statement.iter);
                self.visit_expr(&statement.target);
                self.loop_body(&statement.body);
                self.visit_body(&statement.orelse);
            }
            Stmt::While(statement) => {
                self.visit_expr(&statement.test);
                self.loop_body(&statement.body);
                self.visit_body(&statement.orelse);
            }
            Stmt::Try(statement) => {
                self.visit_body(&statement.body);
                for handler in &statement.handlers {
                    self.visit_except_handler(handler);
                }
                self.visit_body(&statement.orelse);
                self.finally.push(false);
                self.visit_body(&statement.finalbody);
                self.finally.pop();
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_annotation(&mut self, annotation: &'a Expr) {
        let made = self.late.len();
        self.visit_expr(annotation);
        if self.future_annotations {
            self.late.truncate(made);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        let place = span(expr.range());
        match expr {
            Expr::NumberLiteral(_) => self.number(place),
            Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::FString(_) | Expr::TString(_) => {
                self.escapes(expr);
                self.without_assert(|finder| visitor::walk_expr(finder, expr));
            }
            Expr::Compare(_) => {
                self.is_comparison(expr, false);
                visitor::walk_expr(self, expr);
            }
            // Python turns it into one comparison, up to 3.13.
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not && self.minor < 14 => match &*unary.operand {
                Expr::Compare(compare) if compare.ops.len() == 1 => {
                    self.is_comparison(&unary.operand, true);
                    visitor::walk_expr(self, &unary.operand);
                }
                operand => self.visit_expr(operand),
            },
            Expr::Call(call) => {
                self.call(&call.func, place);
                visitor::walk_expr(self, expr);
            }
            Expr::Subscript(subscript) => self.without_assert(|finder| {
                if subscript.ctx.is_load() {
                    finder.subscript(&subscript.value, &subscript.slice, place);
                }
                visitor::walk_expr(finder, expr);
            }),
            Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::Attribute(_) | Expr::Starred(_) => {
                visitor::walk_expr(self, expr);
            }
            _ => self.without_assert(|finder| visitor::walk_expr(finder, expr)),
        }
    }
}

#[cfg(test)]
mod tests;
