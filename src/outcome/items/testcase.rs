//! `UnitTestCase.collect`: classes that derive from `unittest.TestCase`.

use super::collector::{Child, Collector, Node};
use super::ended::Collected;
use super::lookup::{self, Found};
use super::lost::LostKind;
use super::{Item, NodeId, kind};
use crate::interp::{Args, Binding, Id, Object, Truth, Value, WrapperKind};

impl Collector<'_, '_> {
    pub(super) fn children_of_test_case(
        &mut self,
        parent: &Node,
        name: &str,
        class: Id,
    ) -> Collected<(Node, Vec<Child>)> {
        let node = self.class_node(parent, name, class)?;
        let value = Value::Object(class);
        match self.says_test(class) {
            Truth::Yes => {}
            Truth::No => {
                if self.holds_tests(class) {
                    let site = self.site_of(&value);
                    self.lose(LostKind::ClassTestFalse, name, site);
                }
                return Ok((node, Vec::new()));
            }
            Truth::Maybe => self.inexact(),
        }
        // from 8.2 on pytest makes an instance, as it does of other classes
        let instantiates = self.settings.version.at_least(8, 2);
        let mut instance = None;
        if instantiates {
            let made = self.instantiate(&value, Args::of([Value::str("runTest")]))?;
            self.check_hash(class, &made)?;
            instance = Some(made);
        }
        self.add_fixtures_of_class(&node, class, instance.as_ref())?;
        self.note_overlooked_in_class(class);
        self.note_test_case_bases(class);
        let mut children = Vec::new();
        for (method, binding) in self.test_case_methods(class) {
            self.doubt_of(&binding, |collector| {
                if let Some(item) =
                    collector.test_case_item(&node, class, &method, &binding.value, instantiates)?
                {
                    children.push(Child::Items(vec![item]));
                }
                Ok(())
            })?;
        }
        if children.is_empty() {
            match lookup::in_class(self.interp, class, "runTest") {
                Found::Value(Value::None) | Found::Absent => {}
                Found::Value(run) => {
                    let item = self.test_case_item(&node, class, "runTest", &run, instantiates)?;
                    children.extend(item.map(|item| Child::Items(vec![item])));
                }
                // a base that is not known: `unittest.TestCase` itself has no `runTest`
                Found::Unknown => self.inexact(),
            }
        }
        Ok((node, children))
    }

    /// Other bases than those of the library may have tests, or be known to have none.
    fn note_test_case_bases(&mut self, class: Id) {
        let Object::Class(definition) = self.interp.heap.get(class) else { return };
        let known = definition.mro.iter().all(|base| match base {
            Value::Object(_) => true,
            _ => {
                lookup::is_library_class(self.interp, base)
                    || base.extern_path().is_some_and(kind::is_known_test_case)
            }
        });
        let unknown = definition.mro.iter().filter_map(Value::as_id).any(|base| {
            matches!(self.interp.heap.get(base), Object::Class(base) if base.bases.iter().any(Value::is_unknown))
        });
        if !known || unknown {
            self.inexact();
        }
        self.note_open_class(class);
    }

    /// `TestLoader.getTestCaseNames`: what begins with `test` and can be called, sorted by name.
    fn test_case_methods(&self, class: Id) -> Vec<(String, Binding)> {
        let mut methods: Vec<(String, Binding)> = Vec::new();
        for holder in self.holders(class).iter().filter_map(Value::as_id) {
            let Some(names) = self.interp.heap.names(holder) else { continue };
            for (name, binding) in names.iter() {
                if name.starts_with("test") && !methods.iter().any(|(known, _)| known == name.as_str()) {
                    methods.push((name.to_string(), binding.clone()));
                }
            }
        }
        methods.retain(|(_, binding)| self.can_be_called(&binding.value) != Truth::No);
        methods.sort_by(|(one, _), (other, _)| one.cmp(other));
        methods
    }

    fn can_be_called(&self, value: &Value) -> Truth {
        match value {
            Value::Object(id) => match self.interp.heap.get(*id) {
                Object::Function(_)
                | Object::Class(_)
                | Object::Method(_)
                | Object::Partial(_)
                | Object::Mark(_)
                | Object::Fixture(_) => Truth::Yes,
                Object::Wrapper(wrapper) => Truth::from(wrapper.kind != WrapperKind::Property),
                Object::Instance(instance) => match instance.class.as_id() {
                    Some(class) => self.has_in_class(class, "__call__"),
                    None => Truth::Maybe,
                },
                _ => Truth::No,
            },
            Value::Unknown | Value::Extern(_) => Truth::Maybe,
            Value::OneOf(values) => values
                .iter()
                .map(|value| self.can_be_called(value))
                .reduce(Truth::join)
                .unwrap_or(Truth::Maybe),
            _ => Truth::No,
        }
    }

    fn test_case_item(
        &mut self,
        node: &Node,
        class: Id,
        name: &str,
        value: &Value,
        instantiates: bool,
    ) -> Collected<Option<Item>> {
        if self.can_be_called(value) == Truth::Maybe {
            self.inexact();
        }
        self.note_wrappers(value);
        match lookup::of_object(self.interp, value, "__test__").truth(self.interp, Truth::Yes) {
            Truth::No => {
                let site = self.site_of(value);
                self.lose(LostKind::FunctionTestFalse, name, site);
                return Ok(None);
            }
            Truth::Yes | Truth::Maybe => {}
        }
        if instantiates {
            self.instantiate(&Value::Object(class), Args::of([Value::str(name)]))?;
        }
        let own = self.marks_of_function(value)?;
        if own.iter().any(|&mark| self.mark(mark).is_some_and(|mark| &*mark.name == "parametrize")) {
            let site = self.site_of(value);
            self.lose(LostKind::ParametrizedTestCase, name, site);
        }
        let marks: Vec<Id> = own.into_iter().chain(node.marks.iter().copied()).collect();
        let fixtures = self.fixtures_of_test_case(node, &marks)?;
        Ok(Some(Item {
            id: NodeId::known(node.child(name)),
            name: name.into(),
            function: value.as_id(),
            marks: marks.into(),
            fixtures: fixtures.into(),
            site: self.site_of(value),
        }))
    }
}
