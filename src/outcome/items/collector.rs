//! `PyCollector.collect`: the names of a module or class, in pytest's order.

use super::ended::{CollectFailure, Collected, Ended, FailureKind};
use super::fixtures::Fixtures;
use super::kind::Kind;
use super::lookup::{self, Found};
use super::lost::{Lost, LostKind};
use super::makeitem::Answer;
use super::names;
use super::{Item, ModuleItems, ModulePlace, NodeId};
use crate::interp::{Args, Binding, Id, Interp, Module, Object, Site, Truth, Value, name as to_name};
use crate::settings::pytest::PytestSettings;

/// Collects one module.
pub(super) struct Collector<'c, 'a> {
    pub(super) interp: &'c mut Interp<'a>,
    pub(super) fixtures: &'c mut Fixtures,
    pub(super) settings: &'c PytestSettings,
    pub(super) module: Id,
    place: &'c ModulePlace,
    out: ModuleItems,
    /// What is collected at the moment may not be there.
    doubt: usize,
    /// What a `pytest_pycollect_makeitem` of the project said of a name of this module is not known.
    hooks_are_unknown: bool,
}

/// A module or class that is being collected.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Node ids from the root to this one.
    pub(super) chain: Vec<String>,
    /// Its own marks and those of what it is in, nearest first.
    pub(super) marks: Vec<Id>,
    pub(super) class: Option<Id>,
    pub(super) depth: usize,
}

impl Node {
    pub(super) fn id(&self) -> &str {
        self.chain.last().map_or("", String::as_str)
    }

    pub(super) fn child(&self, name: &str) -> String {
        format!("{}::{name}", self.id())
    }
}

/// What `collect` of a node gives.
#[derive(Debug)]
pub(super) enum Child {
    /// What one function makes.
    Items(Vec<Item>),
    Class {
        name: String,
        class: Id,
        test_case: bool,
        doubtful: bool,
    },
}

/// Classes within classes deeper than this are not looked at.
const DEEPEST: usize = 64;

impl<'c, 'a> Collector<'c, 'a> {
    pub(super) fn new(
        interp: &'c mut Interp<'a>,
        fixtures: &'c mut Fixtures,
        settings: &'c PytestSettings,
        place: &'c ModulePlace,
        module: Id,
    ) -> Self {
        let out = ModuleItems { exact: true, ..ModuleItems::default() };
        Self { interp, fixtures, settings, module, place, out, doubt: 0, hooks_are_unknown: false }
    }

    pub(super) fn begin_doubt(&mut self) {
        self.doubt += 1;
    }

    pub(super) fn end_doubt(&mut self) {
        self.doubt -= 1;
    }

    /// States that the number of items is not certain.
    pub(super) fn inexact(&mut self) {
        self.out.exact = false;
    }

    /// Whether what is collected at the moment is certainly there.
    pub(super) fn is_certain(&self) -> bool {
        self.doubt == 0
    }

    pub(super) fn lose(&mut self, kind: LostKind, name: impl Into<String>, site: Option<Site>) {
        let certain = self.is_certain();
        self.out.lost.push(Lost { kind, name: name.into(), site, certain });
    }

    pub(super) fn collect_module(mut self) -> ModuleItems {
        let collected = self.children_of_module();
        match collected {
            Ok((node, children)) => self.expand(&node, children),
            Err(ended) => self.end(ended, None),
        }
        self.out
    }

    fn children_of_module(&mut self) -> Collected<(Node, Vec<Child>)> {
        let chain = parents(&self.place.node);
        let mut node = Node { chain, marks: Vec::new(), class: None, depth: 0 };
        let found = self.attribute_of_module("pytestmark")?;
        let nothing = self.is_no_marks(&found);
        let site = self.site_of_binding("pytestmark");
        if !nothing {
            node.marks = self.unpack(found, site.as_ref())?;
        }
        for name in ["setUpModule", "setup_module", "tearDownModule", "teardown_module"] {
            self.attribute_of_module(name)?;
        }
        for name in ["setup_function", "teardown_function"] {
            self.attribute_of_module(name)?;
        }
        self.add_fixtures_of_module(&node)?;
        let wanted = self.attribute_of_module("__test__")?;
        match wanted.truth(self.interp, Truth::Yes) {
            Truth::Yes => {}
            Truth::No => {
                let site = self.site_of_binding("__test__").or_else(|| self.site_of_binding("__getattr__"));
                self.lose(LostKind::ModuleTestFalse, self.place.node.clone(), site);
                return Ok((node, Vec::new()));
            }
            Truth::Maybe => {
                self.inexact();
                self.doubt += 1;
            }
        }
        let module = self.module;
        if self.interp.heap.names(module).is_some_and(|names| names.open) {
            self.inexact();
        }
        self.note_test_makers();
        self.note_overlooked_in_module();
        if self.is_opaque(&node) {
            self.inexact();
            self.doubt += 1;
        }
        let children = self.children(&node, &[Value::Object(module)])?;
        Ok((node, children))
    }

    /// `getattr(module, name)`, also through the module's own `__getattr__`.
    pub(super) fn attribute_of_module(&mut self, wanted: &str) -> Collected<Found> {
        let Object::Module(Module { names, .. }) = self.interp.heap.get(self.module) else {
            return Ok(Found::Unknown);
        };
        match names.get(wanted) {
            Some(binding) if binding.maybe_unbound => return Ok(Found::Unknown),
            Some(binding) => return Ok(Found::Value(binding.value.clone())),
            None => {}
        }
        let Some(getter) = names.value("__getattr__").cloned() else {
            // what a star import brings has no such name
            return Ok(Found::Absent);
        };
        let asked = Value::str(wanted);
        let outside = self.interp.outside(|interp| interp.call(&getter, Args::of([asked])));
        if let Err(crate::interp::Stop::Raise(raised)) = &outside.result {
            match self.interp.derives(&raised.class, "builtins.AttributeError") {
                Truth::Yes => return Ok(if outside.doubtful { Found::Unknown } else { Found::Absent }),
                Truth::Maybe => return Ok(Found::Unknown),
                Truth::No => {}
            }
        }
        let doubtful = outside.doubtful;
        let value = Ended::of_outside(outside, FailureKind::Hook, self.interp, self.settings)?;
        Ok(if doubtful { Found::Unknown } else { Found::Value(value) })
    }

    /// The children of a node: what the names of its holders (a module; a class and its bases) are.
    pub(super) fn children(&mut self, node: &Node, holders: &[Value]) -> Collected<Vec<Child>> {
        let mut seen: rustc_hash::FxHashSet<String> = rustc_hash::FxHashSet::default();
        let mut levels: Vec<Vec<Child>> = Vec::new();
        for holder in holders {
            let Some(id) = holder.as_id() else { continue };
            let Some(names) = self.interp.heap.names(id) else { continue };
            let bindings: Vec<(String, Binding)> =
                names.iter().map(|(name, binding)| (name.to_string(), binding.clone())).collect();
            let mut level = Vec::new();
            for (name, binding) in bindings {
                if names::is_ignored(&name) || !seen.insert(name.clone()) {
                    continue;
                }
                self.child(node, &name, &binding, &mut level)?;
            }
            levels.push(level);
        }
        Ok(levels.into_iter().rev().flatten().collect())
    }

    /// What one name is, appended to `level`.
    fn child(&mut self, node: &Node, name: &str, binding: &Binding, level: &mut Vec<Child>) -> Collected<()> {
        let mut answer = Answer::AskPytest;
        if !self.fixtures.hooks.make_item.is_empty() {
            // what is open already is not asked again: a call that is not understood costs much
            if self.hooks_are_unknown {
                answer = Answer::Unknown;
            } else {
                let asked = self.answer_of_hooks(node, name, &binding.value);
                answer = self.unless_in_doubt(asked.map(Some))?.unwrap_or(Answer::Unknown);
                self.hooks_are_unknown = matches!(answer, Answer::Unknown);
            }
        }
        let kind = match answer {
            Answer::AskPytest => self.kind_of(name, &binding.value),
            Answer::Nodes(nodes) => {
                if nodes.is_empty() {
                    return Ok(());
                }
                return self.doubt_of(binding, |collector| collector.children_of_nodes(node, nodes, level));
            }
            Answer::Unknown => {
                let kind = self.kind_of(name, &binding.value);
                self.inexact();
                if matches!(kind, Kind::Nothing) {
                    return Ok(());
                }
                self.doubt += 1;
                let result = self.child_of_kind(node, name, kind, &binding.value, level);
                self.doubt -= 1;
                return self.unless_in_doubt(result);
            }
        };
        if matches!(kind, Kind::Nothing) {
            return Ok(());
        }
        if node.class.is_none() && self.is_imported_and_ignored(&binding.value) {
            self.lose(LostKind::ImportedTest, name, self.site_of(&binding.value));
            return Ok(());
        }
        if binding.maybe_unbound {
            self.inexact();
            self.doubt += 1;
        }
        let result = self.child_of_kind(node, name, kind, &binding.value, level);
        if binding.maybe_unbound {
            self.doubt -= 1;
        }
        self.unless_in_doubt(result)
    }

    /// What ends in doubt does not end: it only leaves the number of items open.
    pub(super) fn unless_in_doubt<T: Default>(&mut self, result: Collected<T>) -> Collected<T> {
        match result {
            Ok(value) => Ok(value),
            Err(Ended::Unknown) => {
                self.inexact();
                Ok(T::default())
            }
            Err(_) if !self.is_certain() => {
                self.inexact();
                Ok(T::default())
            }
            Err(ended) => Err(ended),
        }
    }

    fn child_of_kind(
        &mut self,
        node: &Node,
        name: &str,
        kind: Kind,
        value: &Value,
        level: &mut Vec<Child>,
    ) -> Collected<()> {
        let site = self.site_of(value);
        match kind {
            Kind::Nothing => {}
            Kind::NotAFunction => self.lose(LostKind::NotAFunction, name, site),
            Kind::Fixture => self.lose(LostKind::TestIsFixture, name, site),
            Kind::AbstractClass(class) => {
                if self.holds_tests(class) {
                    self.lose(LostKind::AbstractClass, name, site);
                }
            }
            Kind::Class(class) => {
                level.push(self.class_child(name, class, false));
            }
            Kind::TestCase(class) => {
                level.push(self.class_child(name, class, true));
            }
            Kind::FunctionTestCase => {
                let class = node.child(name);
                let mut item = self.item(node, "runTest", &Value::Unknown, &[], Vec::new());
                item.id = NodeId::known(format!("{class}::runTest"));
                level.push(Child::Items(vec![item]));
            }
            Kind::Function(function) => {
                let items = self.items_of_function(node, name, &function)?;
                level.push(Child::Items(items));
            }
            Kind::Unknown => {
                self.inexact();
                // one of several definitions: the last one stands for them
                if let Value::OneOf(values) = value {
                    self.doubt += 1;
                    let last = values.iter().rev().find_map(|value| match self.kind_of(name, value) {
                        Kind::Nothing | Kind::NotAFunction | Kind::Fixture | Kind::Unknown => None,
                        kind => Some((kind, value.clone())),
                    });
                    let result = match last {
                        Some((kind, value)) => self.child_of_kind(node, name, kind, &value, level),
                        None => Ok(()),
                    };
                    self.doubt -= 1;
                    return result;
                }
                if let Value::Object(class) = value
                    && matches!(self.interp.heap.get(*class), Object::Class(_))
                {
                    level.push(Child::Class {
                        name: name.to_owned(),
                        class: *class,
                        test_case: true,
                        doubtful: true,
                    });
                }
            }
        }
        Ok(())
    }

    pub(super) fn class_child(&self, name: &str, class: Id, test_case: bool) -> Child {
        Child::Class { name: name.to_owned(), class, test_case, doubtful: !self.is_certain() }
    }

    /// `collect_imported_tests = false`: a function or class of another module.
    fn is_imported_and_ignored(&self, value: &Value) -> bool {
        if self.settings.collect_imported_tests {
            return false;
        }
        match self.interp.object(value) {
            Some(Object::Function(function)) => function.module != self.module,
            Some(Object::Class(class)) => class.module != self.module,
            _ => false,
        }
    }

    /// Expands children into items, depth first.
    pub(super) fn expand(&mut self, node: &Node, children: Vec<Child>) {
        for child in children {
            match child {
                Child::Items(items) => self.out.items.extend(items),
                Child::Class { name, class, test_case, doubtful } => {
                    if node.depth >= DEEPEST {
                        self.inexact();
                        continue;
                    }
                    self.doubt += usize::from(doubtful);
                    let collected = if test_case {
                        self.children_of_test_case(node, &name, class)
                    } else {
                        self.children_of_class(node, &name, class)
                    };
                    match self.unless_in_doubt(collected.map(Some)) {
                        Ok(Some((node, children))) => self.expand(&node, children),
                        Ok(None) => {}
                        Err(ended) => self.end(ended, Some(node.child(&name))),
                    }
                    self.doubt -= usize::from(doubtful);
                }
            }
            if self.out.aborts.is_some() {
                return;
            }
        }
    }

    fn end(&mut self, ended: Ended, class: Option<String>) {
        match (ended, class) {
            (Ended::Failed(failure), Some(class)) => self.out.class_failures.push((class, *failure)),
            (Ended::Failed(failure), None) => {
                let failure: CollectFailure = *failure;
                self.out.items.clear();
                self.out.failure = Some(failure);
            }
            // a class that skips itself is passed over, the rest of its module is not
            (Ended::Skipped(_), Some(_)) => {}
            (Ended::Skipped(failure), None) => self.out.skipped = Some(*failure),
            (Ended::Aborts(failure), _) => self.out.aborts = Some(*failure),
            (Ended::Unknown, _) => self.out.exact = false,
        }
    }

    /// Where a function or class is defined.
    pub(super) fn site_of(&self, value: &Value) -> Option<Site> {
        self.interp.definition_site(value)
    }

    /// Where the module binds a name, as far as its value tells.
    fn site_of_binding(&self, name: &str) -> Option<Site> {
        let value = self.interp.heap.value(self.module, &to_name(name))?.clone();
        self.site_of(&value).or_else(|| {
            let file = self.file_of_module()?;
            let span = file.assignment_of(name)?;
            Some(Site { path: file.source.path().to_path_buf().into(), span })
        })
    }

    /// Whether a class has an attribute of its own or a base's that is certainly there.
    pub(super) fn has_in_class(&self, class: Id, wanted: &str) -> Truth {
        match lookup::in_class(self.interp, class, wanted) {
            Found::Value(_) => Truth::Yes,
            Found::Absent => Truth::No,
            Found::Unknown => Truth::Maybe,
        }
    }
}

/// The node ids of all nodes above a module, the empty one of the session first, and its own.
fn parents(node: &str) -> Vec<String> {
    let mut chain = vec![String::new()];
    for (place, _) in node.match_indices('/') {
        chain.push(node[..place].to_owned());
    }
    chain.push(node.to_owned());
    chain
}
