//! Nodes of pytest's tree, as hooks of the project see and make them.

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Object, name};

pub(super) const MODELS: Models = &[
    ("pytest.Class.from_parent", class_from_parent),
    ("pytest.Function.from_parent", function_from_parent),
    (GET_PARENT, get_parent),
    (LIST_CHAIN, list_chain),
];

const GET_PARENT: &str = "collectlint.node.getparent";
const LIST_CHAIN: &str = "collectlint.node.listchain";

/// The attribute of a node that a hook has made, of which no program knows: the keywords of `from_parent`.
const MADE: &str = "collectlint.made";

/// What `from_parent` was given.
#[derive(Clone, Debug)]
pub(crate) struct MadeNode {
    pub(crate) is_class: bool,
    pub(crate) name: String,
    /// The object, where it is given.
    pub(crate) object: Option<Value>,
    pub(crate) parent: Value,
}

impl Interp<'_> {
    /// A node: its own attributes, and what it asks its parents for.
    pub(crate) fn node_object(&mut self, class: &str, parent: &Value, attributes: &[(&str, Value)]) -> Value {
        let node = self.object_of_pytest(class, &Value::None, &[]);
        let Some(id) = node.as_id() else { return node };
        for (method, model) in [("getparent", GET_PARENT), ("listchain", LIST_CHAIN)] {
            let bound = self.method(Value::external(model), node.clone());
            self.heap.bind(id, &name(method), bound);
        }
        self.heap.bind(id, &name("parent"), parent.clone());
        for (attribute, value) in attributes {
            self.heap.bind(id, &name(attribute), value.clone());
        }
        node
    }

    /// What a node that the project has made was made of.
    pub(crate) fn made_node(&self, node: &Value) -> Option<MadeNode> {
        let Object::Instance(instance) = self.object(node)? else { return None };
        let Value::Tuple(made) = instance.attributes.value(MADE)? else { return None };
        let [Value::Bool(is_class), Value::Str(name), object, parent] = &**made else { return None };
        let object = (!matches!(object, Value::NotImplemented)).then(|| object.clone());
        Some(MadeNode { is_class: *is_class, name: name.to_string(), object, parent: parent.clone() })
    }
}

fn class_from_parent(interp: &mut Interp<'_>, args: Args) -> Eval {
    from_parent(interp, &args, true)
}

fn function_from_parent(interp: &mut Interp<'_>, args: Args) -> Eval {
    from_parent(interp, &args, false)
}

/// `pytest.Class.from_parent(parent, name=…)`
fn from_parent(interp: &mut Interp<'_>, args: &Args, is_class: bool) -> Eval {
    let parent = args.get(0, "parent").cloned();
    let (Some(parent), Some(Value::Str(own_name))) = (parent, args.keyword("name").cloned()) else {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    let given = args.keyword(if is_class { "obj" } else { "callobj" });
    let known = ["parent", "name", "obj", "callobj", "fixtureinfo", "originalname", "keywords"];
    let others = args.keywords.iter().any(|(keyword, _)| !known.contains(&keyword.as_str()));
    if args.open || others || args.positional.len() > 1 {
        return Ok(Value::Unknown);
    }
    // NOTE: nothing else stands for what is not given
    let object = given.cloned().unwrap_or(Value::NotImplemented);
    let made = Value::tuple([Value::Bool(is_class), Value::Str(own_name.clone()), object, parent.clone()]);
    let class = if is_class { "pytest.Class" } else { "pytest.Function" };
    let attributes = [("name", Value::Str(own_name)), (MADE, made)];
    Ok(interp.node_object(class, &parent, &attributes))
}

/// The nodes from a node to the root, as far as they are known.
fn upwards(interp: &Interp<'_>, node: &Value) -> Vec<Value> {
    let mut chain = vec![node.clone()];
    while let Some(id) = chain.last().and_then(Value::as_id)
        && let Some(parent) = interp.heap.value(id, "parent")
        && chain.len() < 100
    {
        chain.push(parent.clone());
    }
    chain
}

/// `node.getparent(class)`
#[expect(clippy::needless_pass_by_value, reason = "the shape of a model")]
fn get_parent(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [node, class] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    let Some(wanted) = class.extern_path().map(str::to_owned) else { return Ok(Value::Unknown) };
    for node in upwards(interp, node) {
        if matches!(node, Value::None) {
            return Ok(Value::None);
        }
        let Some(Object::Instance(instance)) = interp.object(&node) else { return Ok(Value::Unknown) };
        match instance.class.extern_path() {
            Some(own) if is_node_of(own, &wanted) => return Ok(node),
            Some(_) => {}
            None => return Ok(Value::Unknown),
        }
    }
    Ok(Value::Unknown)
}

/// Whether a node of the one class is one of the other.
fn is_node_of(own: &str, wanted: &str) -> bool {
    own == wanted
        || match wanted {
            "pytest.Item" => own == "pytest.Function",
            "pytest.Collector" => matches!(own, "pytest.Class" | "pytest.Module" | "pytest.Session"),
            "pytest.File" => own == "pytest.Module",
            _ => false,
        }
}

/// `node.listchain()`: the root first.
#[expect(clippy::needless_pass_by_value, reason = "the shape of a model")]
fn list_chain(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(node) = args.only() else { return Ok(Value::Unknown) };
    let mut chain = upwards(interp, node);
    if !matches!(chain.pop(), Some(Value::None)) {
        return Ok(Value::Unknown);
    }
    chain.reverse();
    Ok(interp.new_list(chain))
}
