//! `Class.collect`: test classes.

use super::collector::{Child, Collector, Node};
use super::ended::{Collected, Ended, FailureKind};
use super::lookup::{self, Found};
use super::lost::LostKind;
use crate::interp::{Args, Id, Object, Truth, Value, name as to_name};

impl Collector<'_, '_> {
    /// The node of a class, with its marks.
    pub(super) fn class_node(&mut self, parent: &Node, name: &str, class: Id) -> Collected<Node> {
        let site = self.site_of(&Value::Object(class));
        let own = self.marks_of_class(class, site.as_ref())?;
        let mut chain = parent.chain.clone();
        chain.push(parent.child(name));
        let marks = own.into_iter().chain(parent.marks.iter().copied()).collect();
        Ok(Node { chain, marks, class: Some(class), depth: parent.depth + 1 })
    }

    /// `__test__` of a class, which a descriptor of the project may compute.
    pub(super) fn says_test(&mut self, class: Id) -> Truth {
        let found = lookup::in_class(self.interp, class, "__test__");
        let Found::Value(value) = &found else { return found.truth(self.interp, Truth::Yes) };
        if !matches!(self.interp.object(value), Some(Object::Instance(_) | Object::Wrapper(_))) {
            return found.truth(self.interp, Truth::Yes);
        }
        let asked =
            self.interp.outside(|interp| interp.attribute(&Value::Object(class), &to_name("__test__")));
        asked.certain().map_or(Truth::Maybe, |value| self.interp.plain_truth(&value))
    }

    pub(super) fn children_of_class(
        &mut self,
        parent: &Node,
        name: &str,
        class: Id,
    ) -> Collected<(Node, Vec<Child>)> {
        let node = self.class_node(parent, name, class)?;
        let value = Value::Object(class);
        let site = self.site_of(&value);
        match self.says_test(class) {
            Truth::Yes => {}
            Truth::No => {
                if self.holds_tests(class) {
                    self.lose(LostKind::ClassTestFalse, name, site);
                }
                return Ok((node, Vec::new()));
            }
            Truth::Maybe => self.inexact(),
        }
        for (constructor, kind) in [
            (lookup::has_init(self.interp, class), LostKind::ClassWithInit),
            (lookup::has_new(self.interp, class), LostKind::ClassWithNew),
        ] {
            match constructor {
                Truth::Yes => {
                    let method = if kind == LostKind::ClassWithInit { "__init__" } else { "__new__" };
                    if self.holds_tests(class) {
                        self.lose(kind, name, site);
                    }
                    let class_name = self.interp.class_name(&value);
                    self.warn(&format!(
                        "cannot collect test class '{class_name}' because it has a {method} constructor \
                         (from: {})",
                        parent.id()
                    ))?;
                    return Ok((node, Vec::new()));
                }
                Truth::Maybe => self.inexact(),
                Truth::No => {}
            }
        }
        let instance = self.instantiate(&value, Args::default())?;
        self.check_hash(class, &instance)?;
        self.add_fixtures_of_class(&node, class, Some(&instance))?;
        if lookup::has_unknown_base(self.interp, class) {
            self.inexact();
        }
        self.note_open_class(class);
        self.note_overlooked_in_class(class);
        let holders = self.holders(class);
        let children = self.children(&node, &holders)?;
        Ok((node, children))
    }

    /// Up to 9.0 pytest keeps the instance in a set.
    pub(super) fn check_hash(&self, class: Id, instance: &Value) -> Collected<()> {
        if self.settings.version.at_least(9, 1) {
            return Ok(());
        }
        let Some(kind) = self.interp.unhashable(instance) else { return Ok(()) };
        let site = self.site_of(&Value::Object(class));
        let message = format!("unhashable type: '{kind}'");
        Err(Ended::refused("TypeError", FailureKind::Instantiation, message, site.as_ref()))
    }

    /// A class and its bases, as far as they are interpreted, in the order of look-up.
    pub(super) fn holders(&self, class: Id) -> Vec<Value> {
        match self.interp.heap.get(class) {
            Object::Class(definition) => definition.mro.clone(),
            _ => Vec::new(),
        }
    }

    /// pytest makes an instance to look for fixtures.
    pub(super) fn instantiate(&mut self, class: &Value, args: Args) -> Collected<Value> {
        let outside = self.interp.outside(|interp| interp.call(class, args));
        match Ended::of_outside(outside, FailureKind::Instantiation, self.interp, self.settings) {
            Err(Ended::Unknown) => {
                self.inexact();
                Ok(Value::Unknown)
            }
            other => other,
        }
    }

    /// A `PytestCollectionWarning`, which a filter may turn into an error.
    pub(super) fn warn(&mut self, message: &str) -> Collected<()> {
        let outside = self.interp.outside(|interp| interp.warn("pytest.PytestCollectionWarning", message));
        Ended::of_outside(outside, FailureKind::Warning, self.interp, self.settings)
    }
}
