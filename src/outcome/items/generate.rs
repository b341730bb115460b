//! `_genfunctions`: the items that a test function makes.

use std::sync::Arc;

use super::collector::{Collector, Node};
use super::ended::{Collected, Ended, FailureKind};
use super::fixtures::{self, Params};
use super::hooks::Order;
use super::ids::{Owner, SetId};
use super::metafunc::{Indirect, Metafunc, Parameters};
use super::parameters::Call;
use super::signature::{self, Arguments};
use super::{Item, NodeId};
use crate::interp::{Code, Id, Object, Truth, Value};

impl Collector<'_, '_> {
    pub(super) fn generate(&mut self, node: &Node, name: &str, function: &Value) -> Collected<Vec<Item>> {
        let own = self.marks_of_function(function)?;
        let marks: Vec<Id> = own.iter().chain(&node.marks).copied().collect();
        let nodeid = node.child(name);
        let function_name = self.function_name(function, name);
        let calls = self.calls_of_marks(&marks)?;
        let direct = self.direct_names(&calls, &nodeid, &function_name)?;
        let arguments = self.arguments_of(node, name, function);
        let mut asked = arguments.names.clone();
        if self.runs_with_anyio(function, &marks) {
            // the plugin puts `usefixtures` on the function
            asked.insert(0, "anyio_backend".to_owned());
        }
        let initial = self.initial_names(node, &marks, &asked)?;
        let closure = self.fixtures.closure(&initial, &direct, &node.chain);
        let mut metafunc = Metafunc {
            nodeid,
            function_name,
            line: self.first_line(function),
            arguments,
            fixtures: closure.names,
            complete: closure.complete,
            chain: node.chain.clone(),
            parametrized: Vec::new(),
            axes: Vec::new(),
        };
        self.generate_early(node, name, function, &marks, &mut metafunc)?;
        self.parametrize_fixtures(node, &mut metafunc, &calls, &direct)?;
        self.generate_late(node, name, function, &marks, &mut metafunc, Order::Initial)?;
        for call in &calls {
            self.parametrize(&mut metafunc, call)?;
        }
        self.generate_late(node, name, function, &marks, &mut metafunc, Order::Last)?;
        let item = self.item(node, name, function, &own, metafunc.fixtures);
        Ok(Combinations::of(item, &metafunc.axes))
    }

    /// The `parametrize` calls of marks, nearest first.
    fn calls_of_marks(&mut self, marks: &[Id]) -> Collected<Vec<Call>> {
        let mut calls = Vec::new();
        for &id in marks {
            if self.mark(id).is_none_or(|mark| &*mark.name != "parametrize") {
                continue;
            }
            match self.bind_mark(id)? {
                Some(call) => {
                    self.check_names_type(&call)?;
                    calls.push(call);
                }
                None => self.inexact(),
            }
        }
        Ok(calls)
    }

    /// `_get_direct_parametrize_args`: names that are no fixtures of this test.
    fn direct_names(&mut self, calls: &[Call], nodeid: &str, function: &str) -> Collected<Vec<String>> {
        let resolves = self.settings.version.at_least(9, 1);
        let mut direct = Vec::new();
        for call in calls {
            let Some(names) = self.argument_names(&call.names) else { continue };
            let indirect = if resolves {
                let owner = Owner { nodeid, function_name: function, chain: &[], site: call.site.as_ref() };
                match self.indirect_names(&names.all, call, owner)? {
                    Indirect::Known(indirect) => indirect,
                    Indirect::Unknown => names.all.clone(),
                }
            } else if self.is_indirect(call) == Truth::No {
                Vec::new()
            } else {
                names.all.clone()
            };
            direct.extend(names.all.into_iter().filter(|name| !indirect.contains(name)));
        }
        Ok(direct)
    }

    fn arguments_of(&self, node: &Node, name: &str, function: &Value) -> Arguments {
        let bound = node.class.is_some_and(|class| !signature::is_static(self.interp, class, name));
        let mut signature = signature::signature(self.interp, function);
        if let Some(class) = node.class {
            signature.mocked += self.mocked_by_class(class);
        }
        // a parameter that can only be given by position takes the instance, from 8.4 on
        let kept = signature.positional_only && self.settings.version.at_least(8, 4);
        signature.arguments(bound && !kept)
    }

    /// `@mock.patch` on a class supplies an argument to every test of it.
    fn mocked_by_class(&self, class: Id) -> usize {
        match self.interp.heap.get(class) {
            Object::Class(class) => class
                .definition
                .map_or(0, |(definition, _)| signature::mocked_arguments(&definition.decorator_list)),
            _ => 0,
        }
    }

    /// `function.__name__`
    fn function_name(&self, function: &Value, fallback: &str) -> String {
        match self.interp.object(function) {
            Some(Object::Function(function)) => match function.attributes.value("__name__") {
                Some(Value::Str(name)) => name.to_string(),
                _ => function.name.to_string(),
            },
            Some(Object::Wrapper(wrapper)) => self.function_name(&wrapper.inner, fallback),
            _ => fallback.to_owned(),
        }
    }

    /// Fixtures that are asked for by `autouse`, `usefixtures` and the parameters.
    fn initial_names(&self, node: &Node, marks: &[Id], arguments: &[String]) -> Collected<Vec<String>> {
        let mut initial = self.fixtures.autouse(&node.chain);
        for mark in marks.iter().filter_map(|&mark| self.mark(mark)) {
            if &*mark.name != "usefixtures" {
                continue;
            }
            for name in &mark.positional {
                // pytest looks it up in a dict, whatever it is
                if let Some(kind) = self.interp.unhashable(name) {
                    let message = format!("unhashable type: '{kind}'");
                    return Err(Ended::refused(
                        "TypeError",
                        FailureKind::UsefixturesType,
                        message,
                        mark.site.as_ref(),
                    ));
                }
                initial.extend(name.as_str().map(str::to_owned));
            }
        }
        initial.extend(arguments.iter().cloned());
        Ok(initial)
    }

    /// `FixtureManager.pytest_generate_tests`: fixtures with `params`.
    fn parametrize_fixtures(
        &mut self,
        node: &Node,
        metafunc: &mut Metafunc,
        calls: &[Call],
        direct: &[String],
    ) -> Collected<()> {
        for name in metafunc.fixtures.clone() {
            if direct.contains(&name) || !self.fixtures.may_have_params(&name, &node.chain) {
                continue;
            }
            let own = calls
                .iter()
                .any(|call| self.argument_names(&call.names).is_none_or(|names| names.all.contains(&name)));
            if own {
                continue;
            }
            let visible: Vec<fixtures::Definition> =
                self.fixtures.visible(&name, &node.chain).cloned().collect();
            for definition in visible.iter().rev() {
                if !definition.certain {
                    self.inexact();
                }
                if !matches!(definition.params, Params::None) && !metafunc.arguments.certain {
                    // the function may not ask for it
                    self.inexact();
                }
                let values = match &definition.params {
                    Params::None if definition.arguments.contains(&name) => continue,
                    Params::None => break,
                    Params::Values(values) => Value::tuple(values.iter().cloned()),
                    Params::Unknown => Value::Unknown,
                };
                let call = Call {
                    names: Value::str(&name),
                    values,
                    indirect: Value::Bool(true),
                    ids: definition.ids.clone(),
                    scope: Value::None,
                    remembered: None,
                    site: definition.site.clone(),
                };
                self.parametrize(metafunc, &call)?;
                break;
            }
        }
        Ok(())
    }

    pub(super) fn fixtures_of_test_case(&self, node: &Node, marks: &[Id]) -> Collected<Vec<String>> {
        let initial = self.initial_names(node, marks, &[])?;
        Ok(self.fixtures.closure(&initial, &[], &node.chain).names)
    }

    pub(super) fn add_fixtures_of_module(&mut self, node: &Node) -> Collected<()> {
        let added = fixtures::add_holder(self.fixtures, self.interp, self.module, node.id());
        self.fixture_failure(added)
    }

    pub(super) fn add_fixtures_of_class(
        &mut self,
        node: &Node,
        class: Id,
        _instance: Option<&Value>,
    ) -> Collected<()> {
        let added = fixtures::add_holder(self.fixtures, self.interp, class, node.id());
        self.fixture_failure(added)
    }

    fn fixture_failure(&mut self, added: Collected<()>) -> Collected<()> {
        match added {
            Err(Ended::Unknown) => {
                self.inexact();
                Ok(())
            }
            other => other,
        }
    }

    /// The line of a function's first decorator or of its `def`, counted from 1.
    pub(super) fn first_line(&self, function: &Value) -> Option<u32> {
        match self.interp.object(function)? {
            Object::Function(function) => {
                let start = match function.code {
                    Code::Def(def) => {
                        def.decorator_list.first().map_or(def.range, |first| first.range).start()
                    }
                    Code::Lambda(lambda) => lambda.range.start(),
                };
                Some(function.file.source.line(start.to_u32()))
            }
            Object::Wrapper(wrapper) => self.first_line(&wrapper.inner),
            _ => None,
        }
    }
}

/// The items of a function: one for each combination of its parameters.
struct Combinations {
    /// Without brackets.
    item: Item,
    items: Vec<Item>,
    /// The node id so far.
    text: String,
    marks: Vec<Id>,
}

impl Combinations {
    fn of(item: Item, axes: &[Vec<Parameters>]) -> Vec<Item> {
        if axes.is_empty() {
            return vec![item];
        }
        let items = Vec::with_capacity(axes.iter().map(Vec::len).product());
        let mut combinations = Self { text: item.id.text.to_string(), item, items, marks: Vec::new() };
        combinations.add(axes, Bracket { is_open: false, is_known: true });
        combinations.items
    }

    /// Adds what the other axes make of the parameters so far.
    fn add(&mut self, axes: &[Vec<Parameters>], bracket: Bracket) {
        let (text, marks) = (self.text.len(), self.marks.len());
        let Some((axis, others)) = axes.split_first() else {
            if bracket.is_open {
                self.text.push(']');
            }
            let id = NodeId { text: self.text.as_str().into(), known: bracket.is_known };
            let marks = if self.marks.is_empty() {
                Arc::clone(&self.item.marks)
            } else {
                self.marks.iter().chain(&*self.item.marks).copied().collect()
            };
            self.items.push(Item { id, marks, ..self.item.clone() });
            self.text.truncate(text);
            return;
        };
        for Parameters { id, marks: own } in axis {
            let mut bracket = bracket;
            if let Some(shown) = id.shown() {
                self.text.push(if bracket.is_open { '-' } else { '[' });
                self.text.push_str(shown);
                bracket.is_open = true;
            }
            bracket.is_known &= !matches!(id, SetId::Guess(_));
            self.marks.extend(own);
            self.add(others, bracket);
            self.text.truncate(text);
            self.marks.truncate(marks);
        }
    }
}

/// What stands in the brackets of a node id that is being written.
#[derive(Clone, Copy)]
struct Bracket {
    is_open: bool,
    is_known: bool,
}
