//! `uv.lock`

use pep508_rs::ExtraName;

use crate::environment::declare::Marker;
use crate::environment::document::{Document, Node};

use super::graph::{Graph, Need};

pub(super) fn graph(document: &Document) -> Graph {
    let mut graph = Graph::default();
    for package in document.root.at(&["package"]).items() {
        let Some(Ok(name)) = package.at(&["name"]).text().map(str::parse) else { continue };
        // Forks of one distribution: each is for some environments.
        let fork = super::environments_of(package);
        let mut needs: Vec<Need> =
            package.at(&["dependencies"]).items().iter().filter_map(|node| need(node, &fork)).collect();
        // NOTE: groups (`[package.dev-dependencies]`) are taken from `pyproject.toml`.
        for (extra, list) in package.at(&["optional-dependencies"]).entries() {
            let Ok(extra) = extra.text.parse::<ExtraName>() else { continue };
            let with_extra = list.items().iter().filter_map(|node| need(node, &fork));
            needs.extend(with_extra.map(|need| Need { with_extra: Some(extra.clone()), ..need }));
        }
        graph.add(name, needs);
    }
    graph
}

/// `{ name = "x", extra = ["a"], marker = "…" }`
fn need(node: &Node, fork: &Marker) -> Option<Need> {
    let marker = node.at(&["marker"]).text().map_or(Marker::ALWAYS, Marker::parse);
    Some(Need {
        name: node.at(&["name"]).text()?.parse().ok()?,
        extras: node.at(&["extra"]).items().iter().filter_map(|extra| extra.text()?.parse().ok()).collect(),
        marker: marker.and(fork),
        with_extra: None,
    })
}
