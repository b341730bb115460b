//! `poetry.lock`

use crate::environment::declare::Marker;
use crate::environment::document::{Document, Node};

use super::graph::{Graph, Need};

pub(super) fn graph(document: &Document) -> Graph {
    let mut graph = Graph::default();
    for package in document.root.at(&["package"]).items() {
        let Some(Ok(name)) = package.at(&["name"]).text().map(str::parse) else { continue };
        let mut needs = Vec::new();
        for (key, value) in package.at(&["dependencies"]).entries() {
            let Ok(name) = key.text.parse::<pep508_rs::PackageName>() else { continue };
            for constraint in value.one_or_more() {
                needs.push(Need {
                    name: name.clone(),
                    extras: constraint
                        .at(&["extras"])
                        .items()
                        .iter()
                        .filter_map(|x| x.text()?.parse().ok())
                        .collect(),
                    // An optional dependency has `extra == "…"` among its markers.
                    marker: marker(constraint),
                    with_extra: None,
                });
            }
        }
        graph.add(name, needs);
    }
    graph
}

fn marker(constraint: &Node) -> Marker {
    match constraint.at(&["markers"]).text() {
        Some(text) => Marker::parse(text),
        None if constraint.at(&["optional"]).flag() == Some(true) => Marker::UNKNOWN,
        None => Marker::ALWAYS,
    }
}
