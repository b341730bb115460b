//! What looks like a test in the text and is none: names that are bound again, names that nearly are
//! those of tests, tests within functions.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Decorator, Expr, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged as _, TextRange};
use rustc_hash::FxHashSet;

use super::collector::Collector;
use super::lost::LostKind;
use crate::interp::{Code, Id, Object, Site, Value, span};
use crate::syntax::ParsedFile;

/// A statement that binds a name.
struct Binder<'a> {
    name: &'a str,
    range: TextRange,
    decorators: &'a [Decorator],
    kind: BinderKind<'a>,
}

enum BinderKind<'a> {
    Function(&'a StmtFunctionDef),
    Class(&'a StmtClassDef),
    /// An assignment, with its value.
    Assignment(&'a Expr),
}

impl<'a> Collector<'_, 'a> {
    /// Notes what the text of the module holds besides its items.
    pub(super) fn note_overlooked_in_module(&mut self) {
        let Some(file) = self.file_of_module() else { return };
        let Some(tree) = file.tree() else { return };
        let kept = self.bound_definitions(&[self.module]);
        self.note_overlooked(file, &tree.body, &kept);
        for def in tree.body.iter().filter_map(Stmt::as_function_def_stmt) {
            if !self.is_function_name(&def.name) {
                self.note_nested_in_helper(file, &tree.body, def);
            }
        }
        self.note_class_names();
        self.note_replaced(&[self.module], &tree.body, file);
    }

    /// Notes what the body of a test class holds besides its items.
    pub(super) fn note_overlooked_in_class(&mut self, class: Id) {
        let Object::Class(definition) = self.interp.heap.get(class) else { return };
        // what another module defines is noted there
        if definition.module != self.module {
            return;
        }
        let Some((def, file)) = definition.definition else { return };
        let kept = self.bound_definitions(&[class]);
        self.note_overlooked(file, &def.body, &kept);
        self.note_replaced(&[class], &def.body, file);
    }

    pub(super) fn file_of_module(&self) -> Option<&'a ParsedFile> {
        let Object::Module(module) = self.interp.heap.get(self.module) else { return None };
        match &module.kind {
            crate::interp::ModuleKind::Source(path) => self.interp.sources.get(path).ok(),
            _ => None,
        }
    }

    /// Where the functions and classes begin that some name of these holders still means.
    fn bound_definitions(&self, holders: &[Id]) -> FxHashSet<u32> {
        let mut starts = FxHashSet::default();
        for holder in holders {
            let Some(names) = self.interp.heap.names(*holder) else { continue };
            for (_, binding) in names.iter() {
                for value in binding.value.alternatives() {
                    starts.extend(self.definition_start(value, 0));
                }
            }
        }
        starts
    }

    fn definition_start(&self, value: &Value, depth: usize) -> Option<u32> {
        if depth > 16 {
            return None;
        }
        let range = match self.interp.object(value)? {
            Object::Function(function) => match function.attributes.value("__wrapped__") {
                Some(inner) => return self.definition_start(inner, depth + 1),
                None => match function.code {
                    Code::Def(def) => def.range,
                    Code::Lambda(lambda) => lambda.range,
                },
            },
            Object::Class(class) => class.definition?.0.range,
            Object::Wrapper(wrapper) => return self.definition_start(&wrapper.inner, depth + 1),
            Object::Method(method) => return self.definition_start(&method.function, depth + 1),
            Object::Partial(partial) => return self.definition_start(&partial.function, depth + 1),
            Object::Fixture(fixture) => return self.definition_start(&fixture.function, depth + 1),
            _ => return None,
        };
        Some(range.start().to_u32())
    }

    fn note_overlooked(&mut self, file: &ParsedFile, body: &[Stmt], kept: &FxHashSet<u32>) {
        let binders: Vec<Binder<'_>> = body.iter().filter_map(binder).collect();
        for (place, first) in binders.iter().enumerate() {
            if !self.is_test_definition(first) || kept.contains(&first.range.start().to_u32()) {
                continue;
            }
            let Some(second) = binders[place + 1..].iter().find(|later| later.name == first.name) else {
                continue;
            };
            if is_deliberate(first, second) {
                continue;
            }
            self.lose(LostKind::Redefined, first.name, Some(site(file, name_range(first))));
        }
        for statement in body {
            match statement {
                Stmt::FunctionDef(def) => {
                    self.note_function_name(file, def);
                    if self.is_function_name(&def.name) {
                        self.note_nested(file, def);
                    }
                }
                Stmt::If(branch) => {
                    self.note_overlooked(file, &branch.body, kept);
                    for clause in &branch.elif_else_clauses {
                        self.note_overlooked(file, &clause.body, kept);
                    }
                }
                Stmt::With(with) => self.note_overlooked(file, &with.body, kept),
                Stmt::Try(attempt) => {
                    self.note_overlooked(file, &attempt.body, kept);
                    self.note_overlooked(file, &attempt.orelse, kept);
                }
                _ => {}
            }
        }
    }

    /// Whether pytest would collect something from it.
    fn is_test_definition(&self, binder: &Binder<'_>) -> bool {
        match binder.kind {
            BinderKind::Function(_) => self.is_function_name(binder.name),
            BinderKind::Class(def) => {
                let holds = def.body.iter().any(
                    |statement| matches!(statement, Stmt::FunctionDef(def) if self.is_function_name(&def.name)),
                );
                holds && (self.is_class_name(binder.name) || derives_test_case(def))
            }
            BinderKind::Assignment(_) => false,
        }
    }

    /// A function whose name is written like a test's, but not so that pytest sees it.
    fn note_function_name(&mut self, file: &ParsedFile, def: &StmtFunctionDef) {
        let name = def.name.as_str();
        if self.is_function_name(name)
            || !self.settings.python_functions.iter().any(|prefix| prefix == "test")
        {
            return;
        }
        let lower = name.to_lowercase();
        let misspelled =
            ["tset_", "tets_", "tesst_", "ttest_", "tes_"].iter().any(|near| lower.starts_with(near));
        if lower.starts_with("test_") || misspelled {
            self.lose(LostKind::FunctionName, name, Some(site(file, def.name.range())));
        }
    }

    /// Test functions within a test function that nothing mentions.
    fn note_nested(&mut self, file: &ParsedFile, def: &StmtFunctionDef) {
        let nested = self.nested_tests(def);
        if nested.is_empty() {
            return;
        }
        let mut mentioned = Mentioned::default();
        mentioned.visit_body(&def.body);
        for inner in nested {
            if !mentioned.names.contains(inner.name.as_str()) && !mentioned.locals {
                self.lose(
                    LostKind::NestedFunction,
                    inner.name.as_str(),
                    Some(site(file, inner.name.range())),
                );
            }
        }
    }

    /// Test functions within a function that nothing in the module mentions.
    fn note_nested_in_helper(&mut self, file: &ParsedFile, body: &[Stmt], def: &StmtFunctionDef) {
        let nested = self.nested_tests(def);
        if nested.is_empty() || !def.decorator_list.is_empty() || def.name.starts_with("pytest_") {
            return;
        }
        let mut mentioned = Mentioned::default();
        mentioned.visit_body(body);
        if mentioned.locals || mentioned.names.contains(def.name.as_str()) {
            return;
        }
        for inner in nested {
            let place = site(file, inner.name.range());
            self.lose(LostKind::NestedInHelper, inner.name.as_str(), Some(place));
        }
    }

    fn nested_tests<'d>(&self, def: &'d StmtFunctionDef) -> Vec<&'d StmtFunctionDef> {
        let plain = def.body.iter().filter_map(Stmt::as_function_def_stmt);
        plain.filter(|inner| inner.decorator_list.is_empty() && self.is_function_name(&inner.name)).collect()
    }

    /// Classes that hold tests under a name that pytest does not look at.
    fn note_class_names(&mut self) {
        let Some(names) = self.interp.heap.names(self.module) else { return };
        let classes: Vec<(String, Id)> = names
            .iter()
            .filter_map(|(name, binding)| Some((name.to_string(), binding.value.as_id()?)))
            .filter(|(_, id)| matches!(self.interp.heap.get(*id), Object::Class(_)))
            .collect();
        for (name, class) in &classes {
            let Object::Class(definition) = self.interp.heap.get(*class) else { continue };
            let is_base = classes.iter().any(|(_, other)| {
                other != class && self.holders(*other).iter().any(|base| base.as_id() == Some(*class))
            });
            let lower = name.to_lowercase();
            let for_others = ["base", "mixin", "abstract", "helper", "template"];
            if definition.module != self.module
                || is_base
                || name.starts_with('_')
                || !lower.contains("test")
                || for_others.iter().any(|word| lower.contains(word))
                || !matches!(self.kind_of(name, &Value::Object(*class)), super::kind::Kind::Nothing)
                || super::lookup::has_unknown_base(self.interp, *class)
                || !self.holds_tests(*class)
            {
                continue;
            }
            let site = self.site_of(&Value::Object(*class));
            self.lose(LostKind::ClassName, name.clone(), site);
        }
    }

    /// Tests that a decorator replaced by nothing.
    fn note_replaced(&mut self, holders: &[Id], body: &[Stmt], file: &ParsedFile) {
        for statement in body {
            let Stmt::FunctionDef(def) = statement else { continue };
            if def.decorator_list.is_empty() || !self.is_function_name(&def.name) {
                continue;
            }
            let replaced = holders
                .iter()
                .filter_map(|holder| self.interp.heap.names(*holder)?.get(&def.name))
                .any(|binding| matches!(binding.value, Value::None) && !binding.maybe_unbound);
            let again =
                body.iter().filter_map(binder).filter(|other| other.name == def.name.as_str()).count();
            if replaced && again == 1 {
                self.lose(
                    LostKind::ReplacedByDecorator,
                    def.name.as_str(),
                    Some(site(file, def.name.range())),
                );
            }
        }
    }
}

fn site(file: &ParsedFile, range: TextRange) -> Site {
    Site { path: file.source.path().to_path_buf().into(), span: span(range) }
}

fn binder(statement: &Stmt) -> Option<Binder<'_>> {
    Some(match statement {
        Stmt::FunctionDef(def) => Binder {
            name: def.name.as_str(),
            range: def.range,
            decorators: &def.decorator_list,
            kind: BinderKind::Function(def),
        },
        Stmt::ClassDef(def) => Binder {
            name: def.name.as_str(),
            range: def.range,
            decorators: &def.decorator_list,
            kind: BinderKind::Class(def),
        },
        Stmt::Assign(assign) => {
            let [Expr::Name(target)] = assign.targets.as_slice() else { return None };
            Binder {
                name: target.id.as_str(),
                range: assign.range,
                decorators: &[],
                kind: BinderKind::Assignment(&assign.value),
            }
        }
        _ => return None,
    })
}

fn name_range(binder: &Binder<'_>) -> TextRange {
    match binder.kind {
        BinderKind::Function(def) => def.name.range(),
        BinderKind::Class(def) => def.name.range(),
        BinderKind::Assignment(_) => binder.range,
    }
}

/// Whether the later one takes up the earlier one: `@overload`, `@test.variant`, `test = wrap(test)`.
fn is_deliberate(first: &Binder<'_>, second: &Binder<'_>) -> bool {
    let mut mentioned = Mentioned::default();
    for decorator in second.decorators {
        mentioned.visit_expr(&decorator.expression);
    }
    if let BinderKind::Assignment(value) = second.kind {
        mentioned.visit_expr(value);
    }
    let special = first.decorators.iter().chain(second.decorators).any(|decorator| {
        let callee = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        let last = match callee {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return true,
        };
        matches!(last, "overload" | "register" | "setter" | "getter" | "deleter" | "dispatch")
    });
    special || mentioned.names.contains(first.name)
}

fn derives_test_case(def: &StmtClassDef) -> bool {
    def.bases().iter().any(|base| match base {
        Expr::Name(name) => name.id.ends_with("TestCase"),
        Expr::Attribute(attribute) => attribute.attr.ends_with("TestCase"),
        _ => false,
    })
}

/// Names that an expression or body reads.
#[derive(Default)]
struct Mentioned<'a> {
    names: FxHashSet<&'a str>,
    /// Whether it reads all names at once.
    locals: bool,
}

impl<'a> Visitor<'a> for Mentioned<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            if matches!(name.id.as_str(), "locals" | "vars" | "exec" | "eval") {
                self.locals = true;
            }
            if name.ctx.is_load() {
                self.names.insert(name.id.as_str());
            }
        }
        visitor::walk_expr(self, expression);
    }
}
