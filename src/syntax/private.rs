//! Names that are private to a class: `__name` in its body stands for `_Class__name`.
//!
//! Source: the Python language reference, "Private name mangling". The tree holds what Python's compiler makes of
//! them; places in the text stay what they are.

use std::cell::RefCell;

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::transformer::{self, Transformer};
use ruff_python_ast::{Alias, ExceptHandler, Expr, Identifier, Keyword, ModModule, Parameter, Pattern, Stmt};

/// Whether a text may have private names. Cheap, and nearly always false.
pub(super) fn may_occur(text: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, "__").any(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let name = &bytes[at..];
        let length = name.iter().take_while(|byte| is_part(Some(byte)) || !byte.is_ascii()).count();
        !is_part(before) && length > 2 && !name[..length].ends_with(b"__")
    })
}

/// Puts what private names stand for in their place.
pub(super) fn mangle(module: &mut ModModule) {
    let mangler = Mangler::default();
    mangler.visit_body(&mut module.body);
}

#[derive(Default)]
struct Mangler {
    /// The names of the classes around, without the underscores that they begin with.
    classes: RefCell<Vec<String>>,
}

impl Mangler {
    fn name(&self, name: &mut Name) {
        if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
            return;
        }
        if let Some(class) = self.classes.borrow().last().filter(|class| !class.is_empty()) {
            *name = Name::new(format!("_{class}{name}"));
        }
    }

    fn identifier(&self, identifier: &mut Identifier) {
        self.name(&mut identifier.id);
    }

    fn optional(&self, identifier: &mut Option<Identifier>) {
        if let Some(identifier) = identifier {
            self.identifier(identifier);
        }
    }
}

impl Transformer for Mangler {
    fn visit_stmt(&self, stmt: &mut Stmt) {
        match stmt {
            Stmt::ClassDef(class) => {
                for decorator in &mut class.decorator_list {
                    self.visit_decorator(decorator);
                }
                if let Some(arguments) = &mut class.arguments {
                    self.visit_arguments(arguments);
                }
                let own = class.name.id.trim_start_matches('_').to_owned();
                self.identifier(&mut class.name);
                self.classes.borrow_mut().push(own);
                if let Some(parameters) = &mut class.type_params {
                    self.visit_type_params(parameters);
                }
                self.visit_body(&mut class.body);
                self.classes.borrow_mut().pop();
                return;
            }
            Stmt::FunctionDef(function) => self.identifier(&mut function.name),
            Stmt::Global(names) => names.names.iter_mut().for_each(|name| self.identifier(name)),
            Stmt::Nonlocal(names) => names.names.iter_mut().for_each(|name| self.identifier(name)),
            _ => {}
        }
        transformer::walk_stmt(self, stmt);
    }

    fn visit_expr(&self, expr: &mut Expr) {
        match expr {
            Expr::Name(name) => self.name(&mut name.id),
            Expr::Attribute(attribute) => self.identifier(&mut attribute.attr),
            _ => {}
        }
        transformer::walk_expr(self, expr);
    }

    fn visit_parameter(&self, parameter: &mut Parameter) {
        self.identifier(&mut parameter.name);
        transformer::walk_parameter(self, parameter);
    }

    fn visit_keyword(&self, keyword: &mut Keyword) {
        self.optional(&mut keyword.arg);
        transformer::walk_keyword(self, keyword);
    }

    fn visit_alias(&self, alias: &mut Alias) {
        self.optional(&mut alias.asname);
    }

    fn visit_except_handler(&self, handler: &mut ExceptHandler) {
        let ExceptHandler::ExceptHandler(inner) = handler;
        self.optional(&mut inner.name);
        transformer::walk_except_handler(self, handler);
    }

    fn visit_pattern(&self, pattern: &mut Pattern) {
        match pattern {
            Pattern::MatchAs(pattern) => self.optional(&mut pattern.name),
            Pattern::MatchStar(pattern) => self.optional(&mut pattern.name),
            Pattern::MatchMapping(pattern) => self.optional(&mut pattern.rest),
            _ => {}
        }
        transformer::walk_pattern(self, pattern);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_names_and_dividers_are_not_private() {
        for (text, expected) in [
            ("def __init__(self): pass", false),
            ("x = 'a__b'", false),
            ("# ____", false),
            ("self.__x = 1", true),
            ("__äther = 1", true),
        ] {
            assert_eq!(may_occur(text), expected, "{text}");
        }
    }
}
