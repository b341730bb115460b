//! `pdm.lock`

use pep508_rs::ExtraName;

use crate::environment::declare::Dependency;
use crate::environment::document::Document;

use super::graph::{Graph, Need};

pub(super) fn graph(document: &Document) -> Graph {
    let mut graph = Graph::default();
    for package in document.root.at(&["package"]).items() {
        let Some(Ok(name)) = package.at(&["name"]).text().map(str::parse) else { continue };
        // A distribution with extras has an entry of its own beside the plain one.
        let extras: Vec<ExtraName> =
            package.at(&["extras"]).items().iter().filter_map(|extra| extra.text()?.parse().ok()).collect();
        let mut needs = Vec::new();
        for item in package.at(&["dependencies"]).items() {
            let place = document.place(item.span);
            let dependency =
                item.text().and_then(|text| Dependency::parse(text, document.directory(), &place));
            let Some(need) = dependency.and_then(Need::of) else { continue };
            if extras.is_empty() {
                needs.push(need);
            } else {
                needs.extend(
                    extras.iter().map(|extra| Need { with_extra: Some(extra.clone()), ..need.clone() }),
                );
            }
        }
        graph.add(name, needs);
    }
    graph
}
