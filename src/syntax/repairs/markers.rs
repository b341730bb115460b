//! Which tests need a name, and markers that skip them.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprContext, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged as _;

use super::super::edits::bound_names;
use super::super::guards::is_named;
use super::super::span;
use super::{Repairer, quoted};
use crate::diagnostic::Edit;
use crate::text::Span;

/// A test function that needs a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// `TestLogin::test_page`
    pub name: String,
    /// From its first decorator to its end.
    pub span: Span,
    /// Its name in the text.
    pub name_span: Span,
}

/// What a marker says.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) test: String,
    pub(super) reason: String,
}

/// What the tests of a module need.
#[derive(Debug)]
pub struct Needs<'a> {
    functions: BTreeMap<&'a str, &'a StmtFunctionDef>,
    classes: BTreeMap<&'a str, &'a StmtClassDef>,
}

impl<'a> Needs<'a> {
    fn of(body: &'a [Stmt]) -> Self {
        let mut needs = Self { functions: BTreeMap::new(), classes: BTreeMap::new() };
        let mut open: Vec<&[Stmt]> = vec![body];
        while let Some(suite) = open.pop() {
            for stmt in suite {
                match stmt {
                    Stmt::FunctionDef(function) => {
                        needs.functions.insert(function.name.as_str(), function);
                    }
                    Stmt::ClassDef(class) => {
                        needs.classes.insert(class.name.as_str(), class);
                    }
                    _ => open.extend(super::super::edits::suites(stmt)),
                }
            }
        }
        needs
    }

    fn method(&self, class: &'a StmtClassDef, name: &str) -> Option<&'a StmtFunctionDef> {
        let mut open = vec![class];
        let mut seen = BTreeSet::new();
        while let Some(class) = open.pop() {
            if !seen.insert(class.name.as_str()) {
                continue;
            }
            let own = class.body.iter().filter_map(Stmt::as_function_def_stmt);
            if let Some(found) = own.clone().find(|function| function.name.as_str() == name) {
                return Some(found);
            }
            open.extend(
                class.bases().iter().filter_map(|base| self.classes.get(base.as_name_expr()?.id.as_str())),
            );
        }
        None
    }

    /// The test with this name: the class it is in, and its function.
    fn find(&self, test: &str) -> Option<(Option<&'a StmtClassDef>, &'a StmtFunctionDef)> {
        let mut parts: Vec<&str> = test.split("::").collect();
        let name = parts.pop()?;
        let Some((first, inner)) = parts.split_first() else {
            return self.functions.get(name).map(|function| (None, *function));
        };
        let mut class = *self.classes.get(first)?;
        for part in inner {
            class = class
                .body
                .iter()
                .filter_map(Stmt::as_class_def_stmt)
                .find(|inner| inner.name.as_str() == *part)?;
        }
        let function = self.method(class, name)?;
        Some((Some(class), function))
    }

    /// All that runs for a test: its function, what that calls, its fixtures, and what sets it up.
    fn runs(&self, class: Option<&'a StmtClassDef>, test: &'a StmtFunctionDef) -> Vec<&'a StmtFunctionDef> {
        let mut open = vec![test];
        open.extend(self.functions.values().copied().filter(|function| is_set_up(function)));
        if let Some(class) = class {
            open.extend(
                class.body.iter().filter_map(Stmt::as_function_def_stmt).filter(|found| is_set_up(found)),
            );
        }
        let mut known: Vec<&'a StmtFunctionDef> = Vec::new();
        while let Some(function) = open.pop() {
            if known.iter().any(|other| other.range == function.range) {
                continue;
            }
            known.push(function);
            let uses = Uses::of(function);
            let fixtures = function.parameters.iter().map(|parameter| parameter.name().as_str());
            for name in uses.names.iter().map(String::as_str).chain(fixtures) {
                let in_class =
                    class.and_then(|class| self.method(class, name)).filter(|found| is_fixture(found));
                open.extend(in_class.or_else(|| self.functions.get(name).copied()));
                if let Some(helper) = self.classes.get(name) {
                    open.extend(helper.body.iter().filter_map(Stmt::as_function_def_stmt));
                }
            }
            if let Some(class) = class {
                open.extend(uses.attributes.iter().filter_map(|name| self.method(class, name)));
            }
        }
        known
    }
}

/// The names and the attributes of `self` that a function uses.
struct Uses {
    names: BTreeSet<String>,
    attributes: BTreeSet<String>,
    /// `skip`, `importorskip`, `skipTest` and the like are called somewhere.
    skips: bool,
}

impl Uses {
    fn of(function: &StmtFunctionDef) -> Self {
        let mut uses = Self { names: BTreeSet::new(), attributes: BTreeSet::new(), skips: false };
        uses.visit_body(&function.body);
        let mut local: BTreeSet<&str> =
            bound_names(&function.body).into_iter().map(|bound| bound.name).collect();
        local.extend(function.parameters.iter().map(|parameter| parameter.name().as_str()));
        uses.names.retain(|name| !local.contains(name.as_str()));
        uses
    }
}

impl<'a> Visitor<'a> for Uses {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx == ExprContext::Load => {
                self.names.insert(name.id.to_string());
            }
            Expr::Attribute(attribute) => {
                let owner = attribute.value.as_name_expr().map(|name| name.id.as_str());
                if matches!(owner, Some("self" | "cls")) {
                    self.attributes.insert(attribute.attr.to_string());
                }
            }
            Expr::Call(call) => {
                let names = ["skip", "importorskip", "skipTest", "SkipTest", "xfail"];
                self.skips |= names.iter().any(|name| is_named(&call.func, name));
            }
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

fn is_fixture(function: &StmtFunctionDef) -> bool {
    function.decorator_list.iter().any(|decorator| {
        let target = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        is_named(target, "fixture")
    })
}

/// Runs for every test of its module or class.
fn is_set_up(function: &StmtFunctionDef) -> bool {
    let names = [
        "setup_module",
        "setUpModule",
        "setup_function",
        "setup_class",
        "setup_method",
        "setup",
        "setUp",
        "setUpClass",
        "asyncSetUp",
    ];
    let autouse = || {
        is_fixture(function)
            && function.decorator_list.iter().filter_map(|decorator| decorator.expression.as_call_expr()).any(
                |call| {
                    call.arguments.keywords.iter().any(|keyword| {
                        keyword.arg.as_ref().is_some_and(|name| name.as_str() == "autouse")
                            && keyword.value.as_boolean_literal_expr().is_some_and(|literal| literal.value)
                    })
                },
            )
    };
    names.contains(&function.name.as_str()) || autouse()
}

impl Repairer<'_> {
    /// Of the `tests`, those that use one of `names` when they run (through helpers and fixtures of
    /// their module as well), and that nothing skips: no marker, no call, no look at one of `flags`.
    pub fn unskipped(&self, names: &[String], flags: &[String], tests: &[String]) -> Vec<Test> {
        self.unskipped_but_for(&[], names, flags, tests)
    }

    /// The same, and those whose markers look at nothing but `others`, the flags of other imports.
    pub fn unskipped_but_for(
        &self,
        others: &[String],
        names: &[String],
        flags: &[String],
        tests: &[String],
    ) -> Vec<Test> {
        let Some(tree) = self.file.tree() else { return Vec::new() };
        let needs = Needs::of(&tree.body);
        let decides = |decorator: &Expr| {
            let is_of_another = !others.is_empty() && looks_only_at(&tree.body, decorator, others);
            !is_of_another
                && (is_skip_marker(decorator) || names_in(decorator).iter().any(|name| flags.contains(name)))
        };
        if module_marks(&tree.body).iter().any(|mark| decides(mark)) {
            return Vec::new();
        }
        let mut found: Vec<Test> = Vec::new();
        for name in tests {
            let Some((class, function)) = needs.find(name) else { continue };
            let runs = needs.runs(class, function);
            let uses: Vec<Uses> = runs.iter().map(|function| Uses::of(function)).collect();
            let needs_it = uses.iter().any(|uses| uses.names.iter().any(|name| names.contains(name)));
            let handled =
                uses.iter().any(|uses| uses.skips || uses.names.iter().any(|name| flags.contains(name)))
                    || runs.iter().any(|function| looks_at(function, names));
            let markers = function.decorator_list.iter().map(|decorator| &decorator.expression);
            let of_class = class.into_iter().flat_map(|class| {
                class
                    .decorator_list
                    .iter()
                    .map(|decorator| &decorator.expression)
                    .chain(module_marks(&class.body))
            });
            let marked = markers.chain(of_class).any(decides);
            let test =
                Test { name: name.clone(), span: span(function.range), name_span: span(function.name.range) };
            if needs_it && !handled && !marked && !found.iter().any(|other| other.span == test.span) {
                found.push(test);
            }
        }
        found
    }

    /// Markers for those of the `tests` that need one of `names`. A class all of whose tests need them
    /// gets one marker.
    pub(super) fn mark(
        &self,
        names: &[String],
        tests: &[String],
        condition: &Condition,
    ) -> Option<Vec<Edit>> {
        let wanted = self.unskipped(names, &[], tests);
        let tree = self.file.tree()?;
        let needs = Needs::of(&tree.body);
        let mut places: Vec<Span> = Vec::new();
        for test in &wanted {
            let class = needs.find(&test.name).and_then(|(class, _)| class);
            let whole = class.filter(|class| {
                let prefix = test.name.rsplit_once("::").map_or("", |(prefix, _)| prefix);
                let all: Vec<&String> = tests
                    .iter()
                    .filter(|name| name.rsplit_once("::").is_some_and(|(p, _)| p == prefix))
                    .collect();
                let inside = span(class.range).contains(test.span.start);
                inside
                    && all.len() > 1
                    && all.iter().all(|name| wanted.iter().any(|test| test.name == **name))
            });
            let place = whole.map_or(test.span, |class| span(class.range));
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let Some(first) = places.iter().map(|place| place.start).min() else { return Some(Vec::new()) };
        let (decorator, mut edits) = match self.known_marker(&condition.test, first) {
            Some(marker) => (marker, Vec::new()),
            None => {
                let (pytest, edits) = self.pytest(first)?;
                let reason = quoted(&condition.reason);
                (format!("{pytest}.mark.skipif({}, reason={reason})", condition.test), edits)
            }
        };
        for place in places {
            edits.extend(self.editor.decorate(place, &decorator)?);
        }
        Some(edits)
    }

    /// A marker for one test, with the flag of the guard that imports one of `names`; the guard gets a
    /// flag if it has none.
    pub fn mark_one(&self, names: &[String], test: &Test) -> Option<Vec<Edit>> {
        let guards = self.file.guarded_imports();
        let guard =
            guards.iter().find(|guard| guard.imported.iter().any(|found| names.contains(&found.name)))?;
        let module = guard.modules().first().map(|module| (*module).to_owned())?;
        let nothing = |name: &String| {
            guard.bound_in_handlers().contains(name) && !guard.replaced_in_handlers().contains(name)
        };
        let mut edits = Vec::new();
        let condition = match (guard.flag(), names.iter().find(|name| nothing(name))) {
            (Some(flag), _) => {
                if !guard.bound_in_handlers().contains(&flag) {
                    edits.extend(self.flag_in_handlers(guard, &flag)?);
                }
                format!("not {flag}")
            }
            (None, Some(name)) => format!("{name} is None"),
            (None, None) => {
                let flag = super::skipif::flag_for(&module);
                let last = guard.node.body.last()?;
                edits.extend(self.editor.insert_after(span(last.range()), &format!("{flag} = True"))?);
                edits.extend(self.flag_in_handlers(guard, &flag)?);
                format!("not {flag}")
            }
        };
        let decorator = match self.known_marker(&condition, test.span.start) {
            Some(marker) => marker,
            None => {
                let (pytest, imports) = self.pytest(test.span.start)?;
                edits.extend(imports);
                let reason = quoted(&super::not_installed(&module));
                format!("{pytest}.mark.skipif({condition}, reason={reason})")
            }
        };
        edits.extend(self.editor.decorate(test.span, &decorator)?);
        Some(edits)
    }

    /// The name that the module gives to `pytest.mark.skipif` with a condition, before `user`.
    fn known_marker(&self, condition: &str, user: u32) -> Option<String> {
        let before = self.file.tree()?.body.iter().take_while(|stmt| span(stmt.range()).end <= user);
        before.filter_map(Stmt::as_assign_stmt).find_map(|assign| {
            let [Expr::Name(target)] = assign.targets.as_slice() else { return None };
            let call = assign.value.as_call_expr().filter(|call| is_named(&call.func, "skipif"))?;
            let test = self.file.source.slice(span(call.arguments.args.first()?.range()));
            (test == condition && target.id != "pytestmark").then(|| target.id.to_string())
        })
    }

    fn flag_in_handlers(
        &self,
        guard: &super::super::guards::GuardedImport<'_>,
        flag: &str,
    ) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        for handler in guard.handlers() {
            edits.extend(self.editor.bind_in_handler(handler, &format!("{flag} = False"))?);
        }
        Some(edits)
    }
}

/// Whether a function asks whether one of the names is there: `if np is None`, `if not np`.
fn looks_at(function: &StmtFunctionDef, names: &[String]) -> bool {
    struct Looks<'n> {
        names: &'n [String],
        found: bool,
    }
    impl Looks<'_> {
        fn test(&mut self, test: &Expr) {
            self.found |= match test {
                Expr::Name(name) => self.names.iter().any(|wanted| name.id == wanted.as_str()),
                Expr::UnaryOp(operation) => {
                    names_in(&operation.operand).iter().any(|name| self.names.contains(name))
                }
                Expr::Compare(compare) => {
                    names_in(&compare.left).iter().any(|name| self.names.contains(name))
                        && compare.comparators.iter().any(Expr::is_none_literal_expr)
                }
                Expr::BoolOp(operation) => return operation.values.iter().for_each(|value| self.test(value)),
                _ => false,
            };
        }
    }
    impl<'a> Visitor<'a> for Looks<'_> {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            match stmt {
                Stmt::If(branch) => self.test(&branch.test),
                Stmt::Try(_) => self.found = true,
                _ => {}
            }
            visitor::walk_stmt(self, stmt);
        }

        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::If(choice) = expr {
                self.test(&choice.test);
            }
            visitor::walk_expr(self, expr);
        }
    }
    let mut looks = Looks { names, found: false };
    looks.visit_body(&function.body);
    looks.found
}

/// Whether a marker, or what the module calls so, is a `skipif` whose condition holds only some of `names`.
fn looks_only_at(body: &[Stmt], marker: &Expr, names: &[String]) -> bool {
    let assigned = |name: &str| {
        let assignments = body.iter().filter_map(Stmt::as_assign_stmt);
        let mut values = assignments.filter_map(|assign| {
            let [Expr::Name(target)] = assign.targets.as_slice() else { return None };
            (target.id == name).then_some(&*assign.value)
        });
        values.next()
    };
    let marker = marker.as_name_expr().map_or(Some(marker), |name| assigned(name.id.as_str()));
    let call = marker.and_then(Expr::as_call_expr).filter(|call| is_named(&call.func, "skipif"));
    let condition = call.and_then(|call| call.arguments.args.first()).map(names_in).unwrap_or_default();
    !condition.is_empty() && condition.iter().all(|name| names.contains(name))
}

fn names_in(expr: &Expr) -> BTreeSet<String> {
    struct Names(BTreeSet<String>);
    impl<'a> Visitor<'a> for Names {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Name(name) = expr {
                self.0.insert(name.id.to_string());
            }
            visitor::walk_expr(self, expr);
        }
    }
    let mut names = Names(BTreeSet::new());
    names.visit_expr(expr);
    names.0
}

/// `pytest.mark.skip`, `skipif`, `unittest.skipUnless`, `requires_x`: a decorator that may skip. One that
/// is called by a name of the module may be anything.
fn is_skip_marker(decorator: &Expr) -> bool {
    let target = match decorator {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    match target {
        Expr::Name(_) => true,
        Expr::Attribute(attribute) => {
            let name = attribute.attr.as_str();
            name.starts_with("skip") || name == "xfail" || name.starts_with("require")
        }
        _ => true,
    }
}

/// What `pytestmark` is set to.
fn module_marks(body: &[Stmt]) -> Vec<&Expr> {
    let mut marks = Vec::new();
    for stmt in body {
        let (target, value) = match stmt {
            Stmt::Assign(assign) => (assign.targets.first(), Some(&*assign.value)),
            Stmt::AnnAssign(assign) => (Some(&*assign.target), assign.value.as_deref()),
            _ => continue,
        };
        let is_mark = target.and_then(Expr::as_name_expr).is_some_and(|name| name.id == "pytestmark");
        match value.filter(|_| is_mark) {
            Some(Expr::List(list)) => marks.extend(&list.elts),
            Some(Expr::Tuple(tuple)) => marks.extend(&tuple.elts),
            Some(value) => marks.push(value),
            None => {}
        }
    }
    marks
}
