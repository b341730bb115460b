//! Test functions.

use super::collector::{Collector, Node};
use super::ended::{Collected, Ended, FailureKind};
use super::lookup;
use super::lost::LostKind;
use super::{Item, NodeId};
use crate::interp::{Binding, Code, Id, Interp, Object, Truth, Value};

/// What calling a function gives, by its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavour {
    Plain,
    Generator,
    Coroutine,
    AsyncGenerator,
}

impl Collector<'_, '_> {
    /// The items of a test function or method.
    pub(super) fn items_of_function(
        &mut self,
        node: &Node,
        name: &str,
        function: &Value,
    ) -> Collected<Vec<Item>> {
        let site = self.site_of(function);
        match lookup::of_object(self.interp, function, "__test__").truth(self.interp, Truth::Yes) {
            Truth::No => {
                self.lose(LostKind::FunctionTestFalse, name, site);
                return Ok(Vec::new());
            }
            Truth::Yes | Truth::Maybe => {}
        }
        self.note_wrappers(function);
        match self.flavour(function) {
            Flavour::Generator => return self.yield_test(node, name, function),
            Flavour::Coroutine | Flavour::AsyncGenerator => {
                self.lose(LostKind::AsyncTest, name, site);
            }
            Flavour::Plain => {}
        }
        self.generate(node, name, function)
    }

    pub(super) fn flavour(&self, function: &Value) -> Flavour {
        match self.interp.object(function) {
            Some(Object::Function(function)) => match function.code {
                Code::Def(def) => match (def.is_async, self.interp.yields(def)) {
                    (false, false) => Flavour::Plain,
                    (false, true) => Flavour::Generator,
                    (true, false) => Flavour::Coroutine,
                    (true, true) => Flavour::AsyncGenerator,
                },
                Code::Lambda(lambda) if Interp::lambda_yields(lambda) => Flavour::Generator,
                Code::Lambda(_) => Flavour::Plain,
            },
            Some(Object::Partial(partial)) => self.flavour(&partial.function),
            _ => Flavour::Plain,
        }
    }

    /// A test with `yield`: an error from 8.4 on, before that one item that is expected to fail.
    fn yield_test(&mut self, node: &Node, name: &str, function: &Value) -> Collected<Vec<Item>> {
        let site = self.site_of(function);
        if self.settings.version.at_least(8, 4) {
            let message = format!("'yield' keyword is allowed in fixtures, but not in tests ({name})");
            return Err(Ended::failed(FailureKind::YieldTest, message, site.as_ref()));
        }
        self.lose(LostKind::YieldTest, name, site);
        self.warn(&format!("yield tests were removed in pytest 4.0 - {name} will be ignored"))?;
        let own = self.marks_of_function(function)?;
        Ok(vec![self.item(node, name, function, &own, Vec::new())])
    }

    /// An item without parameters.
    pub(super) fn item(
        &self,
        node: &Node,
        name: &str,
        function: &Value,
        own: &[Id],
        fixtures: Vec<String>,
    ) -> Item {
        Item {
            id: NodeId::known(node.child(name)),
            name: name.into(),
            function: function.as_id(),
            marks: own.iter().chain(&node.marks).copied().collect(),
            fixtures: fixtures.into(),
            site: self.site_of(function),
        }
    }

    /// Collects what a name is bound to, in doubt where it may be unbound.
    pub(super) fn doubt_of(
        &mut self,
        binding: &Binding,
        collect: impl FnOnce(&mut Self) -> Collected<()>,
    ) -> Collected<()> {
        if binding.maybe_unbound || matches!(binding.value, Value::OneOf(_)) {
            self.inexact();
            self.begin_doubt();
            let result = collect(self);
            let result = self.unless_in_doubt(result);
            self.end_doubt();
            return result;
        }
        collect(self)
    }
}
