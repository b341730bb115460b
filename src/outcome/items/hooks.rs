//! Hooks of the project that decide what is collected: `pytest_generate_tests` and
//! `pytest_make_parametrize_id`.

use super::collector::{Collector, Node};
use super::ended::{Collected, Ended, FailureKind};
use super::lookup::Found;
use super::metafunc::Metafunc;
use super::value_id::ValueId;
use crate::interp::{Args, Id, Instance, Interp, Method, Namespace, Object, Outside, Payload, Truth, Value};

/// A hook that a conftest or plugin of the project implements.
#[derive(Clone, Debug)]
pub(super) struct Hook {
    pub(super) function: Value,
    /// The folder whose tests it sees.
    pub(super) node: String,
    /// When it runs among the others.
    pub(super) order: Order,
    /// Whether it is certainly there.
    pub(super) certain: bool,
}

/// When a hook runs; pytest's own hooks take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    First,
    /// Registered during collection: before pytest parametrizes with fixtures.
    Collecting,
    /// Registered before the session began: after that, and before the marks.
    Initial,
    Last,
}

/// Hooks of one conftest that matter here.
#[derive(Debug, Default)]
pub(super) struct Hooks {
    pub(super) generate_tests: Vec<Hook>,
    pub(super) make_id: Vec<Hook>,
    pub(super) make_item: Vec<Hook>,
    /// Folders where a hook decides itself what a module is.
    pub(super) opaque: Vec<String>,
    pub(super) collecting: bool,
}

impl Hooks {
    /// Reads the hooks of a conftest.
    pub(super) fn add(&mut self, interp: &Interp<'_>, module: Id, node: &str) {
        let Some(names) = interp.heap.names(module) else { return };
        if names.contains("pytest_pycollect_makemodule") || interp.may_hide_hooks(module) {
            self.opaque.push(node.to_owned());
        }
        for name in ["pytest_generate_tests", "pytest_make_parametrize_id", "pytest_pycollect_makeitem"] {
            let Some(binding) = names.get(name) else { continue };
            let options = binding.value.as_id().and_then(|id| interp.heap.value(id, "pytest_impl")).cloned();
            let option = |option: &str| {
                let value = options.as_ref().and_then(|options| interp.dict_get(options, option));
                value.map_or(Truth::No, |value| interp.plain_truth(&value))
            };
            let order = if option("tryfirst") == Truth::Yes {
                Order::First
            } else if option("trylast") == Truth::Yes {
                Order::Last
            } else if self.collecting {
                Order::Collecting
            } else {
                Order::Initial
            };
            let wraps = option("wrapper").or(option("hookwrapper")) != Truth::No;
            let plain = matches!(interp.object(&binding.value), Some(Object::Function(_)));
            let hook = Hook {
                function: binding.value.clone(),
                node: node.to_owned(),
                order,
                certain: plain && !wraps && !binding.maybe_unbound,
            };
            match name {
                "pytest_generate_tests" => self.generate_tests.push(hook),
                "pytest_make_parametrize_id" => self.make_id.push(hook),
                _ => self.make_item.push(hook),
            }
        }
    }

    /// The hooks that a node's tests are given to, in the order in which they are called: the one
    /// registered last comes first.
    pub(super) fn visible(hooks: &[Hook], chain: &[String]) -> Vec<Hook> {
        let mut visible: Vec<Hook> =
            hooks.iter().rev().filter(|hook| chain.contains(&hook.node)).cloned().collect();
        visible.sort_by_key(|hook| hook.order);
        visible
    }
}

impl Collector<'_, '_> {
    /// Whether a hook of the project decides itself what a module is.
    pub(super) fn is_opaque(&self, node: &Node) -> bool {
        self.fixtures.hooks.opaque.iter().any(|opaque| node.chain.contains(opaque))
    }

    /// `pytest_generate_tests` of the class, of the module, and of conftests found while collecting.
    pub(super) fn generate_early(
        &mut self,
        node: &Node,
        name: &str,
        function: &Value,
        marks: &[Id],
        metafunc: &mut Metafunc,
    ) -> Collected<()> {
        let hooks = Hooks::visible(&self.fixtures.hooks.generate_tests, &node.chain);
        let (first, rest): (Vec<Hook>, Vec<Hook>) =
            hooks.into_iter().partition(|hook| hook.order == Order::First);
        for hook in first {
            self.run_hook(&hook, node, name, function, marks, metafunc)?;
        }
        if let Some(class) = node.class {
            match self.has_in_class(class, "pytest_generate_tests") {
                Truth::Yes => {
                    let instance = self.instantiate(&Value::Object(class), Args::default())?;
                    let asked = crate::interp::name("pytest_generate_tests");
                    let outside = self.interp.outside(|interp| interp.attribute(&instance, &asked));
                    match outside.certain() {
                        Some(bound) => self.run_generator(&bound, node, name, function, marks, metafunc)?,
                        None => self.inexact(),
                    }
                }
                Truth::Maybe | Truth::No => {}
            }
        }
        match self.attribute_of_module("pytest_generate_tests")? {
            Found::Value(hook) if matches!(self.interp.object(&hook), Some(Object::Function(_))) => {
                self.run_generator(&hook, node, name, function, marks, metafunc)?;
            }
            Found::Value(_) | Found::Unknown => self.inexact(),
            Found::Absent => {}
        }
        for hook in rest.into_iter().filter(|hook| hook.order == Order::Collecting) {
            self.run_hook(&hook, node, name, function, marks, metafunc)?;
        }
        Ok(())
    }

    /// `pytest_generate_tests` of the conftests that were loaded first, and of those that come last.
    pub(super) fn generate_late(
        &mut self,
        node: &Node,
        name: &str,
        function: &Value,
        marks: &[Id],
        metafunc: &mut Metafunc,
        order: Order,
    ) -> Collected<()> {
        let hooks = Hooks::visible(&self.fixtures.hooks.generate_tests, &node.chain);
        for hook in hooks.into_iter().filter(|hook| hook.order == order) {
            self.run_hook(&hook, node, name, function, marks, metafunc)?;
        }
        Ok(())
    }

    fn run_hook(
        &mut self,
        hook: &Hook,
        node: &Node,
        name: &str,
        function: &Value,
        marks: &[Id],
        metafunc: &mut Metafunc,
    ) -> Collected<()> {
        if !hook.certain {
            self.inexact();
            return Ok(());
        }
        self.run_generator(&hook.function, node, name, function, marks, metafunc)
    }

    /// Calls a hook with a `metafunc`, and carries out what it asks for.
    fn run_generator(
        &mut self,
        hook: &Value,
        node: &Node,
        name: &str,
        function: &Value,
        marks: &[Id],
        metafunc: &mut Metafunc,
    ) -> Collected<()> {
        let calls = self.interp.new_list(Vec::new());
        let object = self.metafunc_object(node, name, function, marks, metafunc, &calls);
        let args = self.arguments_of_hook(hook, object)?;
        let outside = self.interp.outside(|interp| interp.call(hook, args));
        let doubtful = outside.doubtful;
        let ended = Ended::of_outside(outside, FailureKind::Hook, self.interp, self.settings).err();
        let Some(Object::List(recorded)) = self.interp.object(&calls) else { return Ok(()) };
        let recorded = recorded.clone();
        if recorded.open || doubtful || matches!(ended, Some(Ended::Unknown)) {
            self.inexact();
            return Ok(());
        }
        for call in recorded.items.iter().filter_map(Value::as_id) {
            match self.bind_mark(call)? {
                Some(mut call) => {
                    call.remembered = None;
                    self.parametrize(metafunc, &call)?;
                }
                None => self.inexact(),
            }
        }
        match ended {
            Some(ended) => Err(ended),
            None => Ok(()),
        }
    }

    /// pluggy gives a hook what it asks for by name; an argument with a default value is not asked for.
    fn arguments_of_hook(&self, hook: &Value, metafunc: Value) -> Collected<Args> {
        let signature = super::signature::signature(self.interp, hook);
        if !signature.certain {
            return Ok(Args::of([metafunc]));
        }
        let asked = signature.arguments(false).names;
        if let Some(other) = asked.iter().find(|name| *name != "metafunc") {
            let message = format!("hook call must provide argument '{other}'");
            let site = self.site_of(hook);
            return Err(Ended::refused("HookCallError", FailureKind::Hook, message, site.as_ref()));
        }
        let keywords = asked.iter().map(|name| (crate::interp::name(name), metafunc.clone())).collect();
        Ok(Args { positional: Vec::new(), keywords, open: false })
    }

    /// What a hook sees of the test function.
    fn metafunc_object(
        &mut self,
        node: &Node,
        name: &str,
        function: &Value,
        marks: &[Id],
        metafunc: &Metafunc,
        calls: &Value,
    ) -> Value {
        let marks = Value::tuple(marks.iter().map(|&mark| Value::Object(mark)));
        let mut definition = Namespace::default();
        definition.bind("name", Value::str(name));
        definition.bind("originalname", Value::str(name));
        definition.bind("nodeid", Value::str(&metafunc.nodeid));
        definition.bind("obj", function.clone());
        definition.bind("function", function.clone());
        definition.bind("get_closest_marker", self.bound("collectlint.closest_marker", &marks));
        definition.bind("iter_markers", self.bound("collectlint.iter_markers", &marks));
        definition.open = true;
        let definition = self.external_instance("pytest.FunctionDefinition", definition);
        let mut attributes = Namespace::default();
        let fixtures = metafunc.fixtures.iter().map(Value::str).collect();
        attributes.bind("fixturenames", self.interp.new_list(fixtures));
        attributes.bind("function", function.clone());
        attributes.bind("cls", node.class.map_or(Value::None, Value::Object));
        attributes.bind("module", Value::Object(self.module));
        attributes.bind("config", Value::Unknown);
        attributes.bind("definition", definition);
        attributes.bind("parametrize", self.bound("collectlint.parametrize", calls));
        attributes.open = true;
        self.external_instance("pytest.Metafunc", attributes)
    }

    fn bound(&mut self, function: &str, receiver: &Value) -> Value {
        let method = Method { function: Value::external(function), receiver: receiver.clone() };
        Value::Object(self.interp.heap.add(Object::Method(method)))
    }

    fn external_instance(&mut self, class: &str, attributes: Namespace) -> Value {
        let instance = Instance { class: Value::external(class), attributes, payload: Payload::Nothing };
        Value::Object(self.interp.heap.add(Object::Instance(instance)))
    }

    /// `pytest_make_parametrize_id` of the project: the first answer counts.
    pub(super) fn id_from_hook(&mut self, node: &[String], value: &Value, name: &str) -> ValueId {
        for hook in Hooks::visible(&self.fixtures.hooks.make_id, node) {
            if !hook.certain {
                return ValueId::Unknown(None);
            }
            let given = [("config", Value::Unknown), ("val", value.clone()), ("argname", Value::str(name))];
            let outside = self.call_with(&hook.function, &given);
            match outside.certain() {
                Some(Value::None) => {}
                Some(Value::Str(text)) => return ValueId::Text(text.to_string()),
                _ => return ValueId::Unknown(None),
            }
        }
        ValueId::None
    }

    /// Calls a hook with those of `given` that it asks for.
    pub(super) fn call_with(&mut self, hook: &Value, given: &[(&str, Value)]) -> Outside<Value> {
        let signature = super::signature::signature(self.interp, hook);
        let asked = |name: &str| signature.parameters.iter().any(|parameter| parameter.name == name);
        let keywords = given
            .iter()
            .filter(|(name, _)| asked(name))
            .map(|(name, value)| (crate::interp::name(name), value.clone()))
            .collect();
        let args = Args { positional: Vec::new(), keywords, open: false };
        self.interp.outside(|interp| interp.call(hook, args))
    }
}
