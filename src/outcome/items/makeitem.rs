//! `pytest_pycollect_makeitem` of the project: what it makes of a name.

use super::collector::{Child, Collector, Node};
use super::ended::{Collected, Ended, FailureKind};
use super::hooks::Hooks;
use super::lookup::{self, Found};
use crate::interp::{MadeNode, Object, Value};

/// What the hooks say.
#[derive(Debug)]
pub(super) enum Answer {
    /// pytest itself is asked what the name is.
    AskPytest,
    /// These nodes are there instead.
    Nodes(Vec<MadeNode>),
    Unknown,
}

impl Collector<'_, '_> {
    /// Asks the hooks: the first answer counts.
    pub(super) fn answer_of_hooks(&mut self, node: &Node, name: &str, value: &Value) -> Collected<Answer> {
        let hooks = Hooks::visible(&self.fixtures.hooks.make_item, &node.chain);
        let collector = self.collector_object(node);
        for hook in hooks {
            if !hook.certain {
                return Ok(Answer::Unknown);
            }
            let given =
                [("collector", collector.clone()), ("name", Value::str(name)), ("obj", value.clone())];
            let outside = self.call_with(&hook.function, &given);
            let doubtful = outside.doubtful;
            let answer = Ended::of_outside(outside, FailureKind::Hook, self.interp, self.settings)?;
            match answer {
                _ if doubtful => return Ok(Answer::Unknown),
                Value::None => {}
                answer => return Ok(self.nodes_of(&collector, &answer)),
            }
        }
        Ok(Answer::AskPytest)
    }

    /// The nodes of an answer: one, or several.
    fn nodes_of(&mut self, collector: &Value, answer: &Value) -> Answer {
        let nodes = match answer {
            Value::Tuple(nodes) => nodes.to_vec(),
            Value::Bool(false) => Vec::new(),
            _ => match self.interp.object(answer) {
                Some(Object::List(list)) if !list.open => list.items.clone(),
                Some(Object::Instance(_)) => vec![answer.clone()],
                _ => return Answer::Unknown,
            },
        };
        let made: Option<Vec<MadeNode>> = nodes
            .iter()
            .map(|node| self.interp.made_node(node).filter(|made| made.parent.same(collector)))
            .collect();
        made.map_or(Answer::Unknown, Answer::Nodes)
    }

    /// What a hook sees of the module or class that is collected.
    fn collector_object(&mut self, node: &Node) -> Value {
        let config = self.interp.config_object();
        let module = Value::Object(self.module);
        let name = |id: &str| {
            let start = id.rfind("::").map_or_else(|| id.rfind('/').map_or(0, |at| at + 1), |at| at + 2);
            Value::str(&id[start..])
        };
        let ids = &node.chain[node.chain.len().saturating_sub(node.depth + 1)..];
        let mut parent = Value::Unknown;
        for (depth, id) in ids.iter().enumerate() {
            let is_innermost = depth == node.depth;
            // NOTE: of the classes around only the innermost is known here
            let (class, object) = match (depth, node.class) {
                (0, _) => (Value::None, module.clone()),
                (_, Some(class)) if is_innermost => (Value::Object(class), Value::Object(class)),
                _ => (Value::Unknown, Value::Unknown),
            };
            let kind = if depth == 0 { "pytest.Module" } else { "pytest.Class" };
            let attributes = [
                ("name", name(id)),
                ("nodeid", Value::str(id)),
                ("config", config.clone()),
                ("module", module.clone()),
                ("cls", class),
                ("obj", object),
            ];
            parent = self.interp.node_object(kind, &parent, &attributes);
        }
        parent
    }

    /// Adds what nodes that a hook has made stand for.
    pub(super) fn children_of_nodes(
        &mut self,
        node: &Node,
        nodes: Vec<MadeNode>,
        level: &mut Vec<Child>,
    ) -> Collected<()> {
        for made in nodes {
            let object = match made.object.clone() {
                Some(object) => object,
                None => match self.attribute_of_node(node, &made.name)? {
                    Found::Value(object) => object,
                    Found::Absent | Found::Unknown => {
                        self.inexact();
                        continue;
                    }
                },
            };
            if !made.is_class {
                // `Function.from_parent` does not parametrize
                let own = self.marks_of_function(&object)?;
                let item = self.item(node, &made.name, &object, &own, Vec::new());
                level.push(Child::Items(vec![item]));
                continue;
            }
            match object.as_id() {
                Some(class) if matches!(self.interp.heap.get(class), Object::Class(_)) => {
                    level.push(self.class_child(&made.name, class, false));
                }
                _ => self.inexact(),
            }
        }
        Ok(())
    }

    /// `getattr(parent.obj, name)`
    fn attribute_of_node(&mut self, node: &Node, name: &str) -> Collected<Found> {
        match node.class {
            Some(class) => Ok(lookup::in_class(self.interp, class, name)),
            None => self.attribute_of_module(name),
        }
    }
}
