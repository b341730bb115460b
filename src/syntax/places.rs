//! Where a file says something that rules point at.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Parameter, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged as _;

use super::{ParsedFile, span};
use crate::text::Span;

/// A function that is written like a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenTest {
    /// `test_user`, or `TestLogin::test_user`.
    pub name: String,
    /// Its name in the text.
    pub span: Span,
    /// Whether it stands below a condition, or in a `try`.
    pub in_branch: bool,
    /// Whether its class derives from `TestCase`.
    pub in_test_case: bool,
    /// Whether it asserts something, or calls a method that does.
    pub asserts: bool,
}

impl ParsedFile {
    /// The first assignment to a name at the top of the module.
    pub fn assignment_of(&self, name: &str) -> Option<Span> {
        let named = |target: &Expr| matches!(target, Expr::Name(target) if target.id.as_str() == name);
        self.tree()?.body.iter().find_map(|statement| match statement {
            Stmt::Assign(assign) if assign.targets.iter().any(named) => Some(span(assign.range())),
            Stmt::AnnAssign(assign) if named(&assign.target) => Some(span(assign.range())),
            Stmt::AugAssign(assign) if named(&assign.target) => Some(span(assign.range())),
            _ => None,
        })
    }

    /// The name in the first definition of a function, in the module or in a class of it.
    pub fn definition_of(&self, name: &str) -> Option<Span> {
        self.function(name).map(|def| span(def.name.range()))
    }

    /// Whether a function or fixture asks for something by this name, or a text holds it.
    pub fn mentions(&self, name: &str) -> bool {
        let Some(tree) = self.tree() else { return false };
        let mut search = Search { name, found: false };
        search.visit_body(&tree.body);
        search.found
    }

    /// Whether the function of this name asserts something.
    pub fn asserts_in(&self, name: &str) -> bool {
        self.function(name).is_some_and(|def| asserts(&def.body))
    }

    /// Everything that is written like a test, in the module or in a class of it.
    pub fn written_tests(&self) -> Vec<WrittenTest> {
        let mut found = Vec::new();
        if let Some(tree) = self.tree() {
            write_tests(&tree.body, Place::default(), &mut found);
        }
        found
    }

    /// Functions of the module whose names nearly are those of tests, and that nothing in it mentions:
    /// `_test_user`, `user_test`.
    pub fn nearly_tests(&self) -> Vec<(&str, Span)> {
        let Some(tree) = self.tree() else { return Vec::new() };
        let functions = tree.body.iter().filter_map(|statement| match statement {
            Stmt::FunctionDef(def) if def.decorator_list.is_empty() => Some(def),
            _ => None,
        });
        functions
            .filter(|def| def.name.starts_with("_test_") || def.name.ends_with("_test"))
            .filter(|def| !is_name_of_test(&def.name) && !self.mentions(&def.name))
            .map(|def| (def.name.as_str(), span(def.name.range())))
            .collect()
    }

    /// What only `unittest` itself would run: `load_tests`, `FunctionTestCase`, a `runTest` beside tests.
    pub fn protocols_of_unittest(&self) -> Vec<(&'static str, Span)> {
        let Some(tree) = self.tree() else { return Vec::new() };
        let mut found = Vec::new();
        for statement in &tree.body {
            match statement {
                Stmt::FunctionDef(def) if def.name.as_str() == "load_tests" => {
                    found.push(("load_tests", span(def.name.range())));
                }
                Stmt::Assign(assign) if calls(&assign.value, "FunctionTestCase") => {
                    found.push(("FunctionTestCase", span(assign.range())));
                }
                Stmt::ClassDef(class) if derives_test_case(class) => {
                    let method = |wanted: &dyn Fn(&str) -> bool| {
                        class.body.iter().find_map(|statement| match statement {
                            Stmt::FunctionDef(def) if wanted(def.name.as_str()) => Some(def),
                            _ => None,
                        })
                    };
                    if let (Some(run), Some(_)) =
                        (method(&|name| name == "runTest"), method(&|name| name.starts_with("test")))
                    {
                        found.push(("runTest", span(run.name.range())));
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// The last `pytestmark` above `offset` that skips.
    pub fn skip_mark_above(&self, offset: u32) -> Option<Span> {
        let text = self.source.text();
        let above = self.tree()?.body.iter().map(|statement| (statement, span(statement.range())));
        above
            .filter(|(_, place)| place.end <= offset)
            .filter_map(|(statement, place)| match statement {
                Stmt::Assign(assign) => {
                    let [Expr::Name(target)] = assign.targets.as_slice() else { return None };
                    let is_mark = target.id.as_str() == "pytestmark"
                        && text.get(place.range()).is_some_and(|code| code.contains("mark.skip"));
                    is_mark.then_some(place)
                }
                _ => None,
            })
            .last()
    }

    /// The class in whose body, and not in a function of it, `offset` is.
    pub fn class_body_around(&self, offset: u32) -> Option<&str> {
        let mut body = self.tree()?.body.as_slice();
        let mut class = None;
        loop {
            let statement = body.iter().find(|statement| {
                let place = span(statement.range());
                place.start <= offset && offset < place.end
            })?;
            match statement {
                Stmt::ClassDef(def) => {
                    class = Some(def.name.as_str());
                    body = &def.body;
                }
                Stmt::If(test) => {
                    let clauses = test.elif_else_clauses.iter().find(|clause| {
                        let place = span(clause.range());
                        place.start <= offset && offset < place.end
                    });
                    body = clauses.map_or(test.body.as_slice(), |clause| &clause.body);
                }
                Stmt::With(with) => body = &with.body,
                Stmt::FunctionDef(_) => return None,
                _ => return class,
            }
        }
    }

    fn function(&self, name: &str) -> Option<&StmtFunctionDef> {
        find_function(&self.tree()?.body, name)
    }
}

/// Where a definition stands.
#[derive(Clone, Copy, Default)]
struct Place<'a> {
    class: Option<&'a str>,
    in_branch: bool,
    in_test_case: bool,
}

fn write_tests<'a>(body: &'a [Stmt], place: Place<'a>, found: &mut Vec<WrittenTest>) {
    let branch = Place { in_branch: true, ..place };
    for statement in body {
        match statement {
            Stmt::FunctionDef(def) if is_name_of_test(def.name.as_str()) => found.push(WrittenTest {
                name: match place.class {
                    Some(class) => format!("{class}::{}", def.name),
                    None => def.name.to_string(),
                },
                span: span(def.name.range()),
                in_branch: place.in_branch,
                in_test_case: place.in_test_case,
                asserts: asserts(&def.body),
            }),
            Stmt::ClassDef(class) if place.class.is_none() => {
                let in_test_case = derives_test_case(class);
                if in_test_case || class.name.starts_with("Test") {
                    let place = Place { class: Some(class.name.as_str()), in_test_case, ..place };
                    write_tests(&class.body, place, found);
                }
            }
            Stmt::If(test) => {
                write_tests(&test.body, branch, found);
                for clause in &test.elif_else_clauses {
                    write_tests(&clause.body, branch, found);
                }
            }
            Stmt::Try(attempt) => {
                write_tests(&attempt.body, branch, found);
                write_tests(&attempt.orelse, branch, found);
            }
            _ => {}
        }
    }
}

fn is_name_of_test(name: &str) -> bool {
    name == "test" || name.starts_with("test_")
}

fn derives_test_case(class: &StmtClassDef) -> bool {
    class.bases().iter().any(|base| match base {
        Expr::Name(name) => name.id.ends_with("TestCase"),
        Expr::Attribute(attribute) => attribute.attr.ends_with("TestCase"),
        _ => false,
    })
}

fn calls(value: &Expr, function: &str) -> bool {
    let Expr::Call(call) = value else { return false };
    match &*call.func {
        Expr::Name(name) => name.id.as_str() == function,
        Expr::Attribute(attribute) => attribute.attr.as_str() == function,
        _ => false,
    }
}

fn asserts(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::Assert(_) => true,
        Stmt::Expr(expression) => match &*expression.value {
            Expr::Call(call) => {
                matches!(&*call.func, Expr::Attribute(attribute) if attribute.attr.starts_with("assert"))
            }
            _ => false,
        },
        Stmt::With(with) => asserts(&with.body),
        Stmt::For(each) => asserts(&each.body),
        Stmt::If(test) => asserts(&test.body),
        _ => false,
    })
}

fn find_function<'a>(body: &'a [Stmt], name: &str) -> Option<&'a StmtFunctionDef> {
    body.iter().find_map(|statement| match statement {
        Stmt::FunctionDef(def) if def.name.as_str() == name => Some(def),
        Stmt::ClassDef(class) => find_function(&class.body, name),
        _ => None,
    })
}

struct Search<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Search<'_> {
    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.found |= parameter.name.as_str() == self.name;
        visitor::walk_parameter(self, parameter);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.found |= match expression {
            Expr::Name(name) => name.id.as_str() == self.name,
            Expr::StringLiteral(text) => text.value.to_str() == self.name,
            _ => false,
        };
        visitor::walk_expr(self, expression);
    }
}
