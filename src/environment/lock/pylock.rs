//! `pylock.toml` (PEP 751): a list of everything that is installed from it.

use crate::environment::declare::{Applies, Marker, MarkerContext};
use crate::environment::document::{Document, Node};

use super::graph::{Graph, Need, Root};

/// The dependencies of the packages, where the tool that wrote the file recorded them.
pub(super) fn graph(document: &Document) -> Graph {
    let mut graph = Graph::default();
    let packages = document.root.at(&["packages"]).items();
    // The field is optional: where no package has it, nothing is known.
    if packages.iter().all(|package| package.at(&["dependencies"]).is_null()) {
        return graph;
    }
    for package in packages {
        let Some(Ok(name)) = package.at(&["name"]).text().map(str::parse) else { continue };
        let needs = package.at(&["dependencies"]).items().iter().filter_map(|node| {
            let name = node.at(&["name"]).text()?.parse().ok()?;
            // Whether it is for this environment, the needed package's own marker says.
            Some(Need { name, extras: Vec::new(), marker: Marker::UNKNOWN, with_extra: None })
        });
        graph.add(name, needs.collect::<Vec<_>>());
    }
    graph
}

/// What `pip install -r pylock.toml` installs: every package whose marker holds, without extras and
/// with the default groups.
pub fn read_all(document: &Document, context: &MarkerContext) -> Vec<Root> {
    let defaults: Vec<&str> =
        document.root.at(&["default-groups"]).items().iter().filter_map(Node::text).collect();
    let mut roots = Vec::new();
    for package in document.root.at(&["packages"]).items() {
        let Some(Ok(name)) = package.at(&["name"]).text().map(str::parse) else { continue };
        let applies = match package.at(&["marker"]).text() {
            None => Applies::Yes,
            Some(text) => context.evaluate(&decide_groups(text, &defaults), &[]),
        };
        if applies != Applies::No {
            roots.push(Root { name, extras: Vec::new(), applies });
        }
    }
    roots
}

/// `'dev' in dependency_groups` and `'x' in extras` are PEP 751's own; they are decided in the text.
fn decide_groups(text: &str, defaults: &[&str]) -> Marker {
    let mut decided = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(quote) = rest.find(['\'', '"']) {
        let (before, quoted) = rest.split_at(quote);
        let mark = &quoted[..1];
        let Some(length) = quoted[1..].find(mark) else { break };
        let (literal, after) = quoted.split_at(length + 2);
        decided.push_str(before);
        if let Some((variable, tail)) = membership(after) {
            let holds = variable == "dependency_groups" && defaults.contains(&&literal[1..=length]);
            decided.push_str(if holds { "python_version >= '0'" } else { "python_version < '0'" });
            rest = tail;
        } else {
            decided.push_str(literal);
            rest = after;
        }
    }
    decided.push_str(rest);
    Marker::parse(&decided)
}

fn membership(after: &str) -> Option<(&str, &str)> {
    let rest = after.trim_start().strip_prefix("in")?.trim_start();
    ["dependency_groups", "extras"]
        .iter()
        .find_map(|variable| Some((*variable, rest.strip_prefix(variable)?)))
}
