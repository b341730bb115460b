//! `environment.yml` of conda.

use pep508_rs::PackageName;

use crate::environment::document::{Document, Node};

use super::dependency::{Dependency, normalize};
use super::marker::Marker;
use super::{CondaEnvironment, Dependencies, Item};

pub(super) const FILES: [&str; 4] =
    ["environment.yml", "environment.yaml", "environment-dev.yml", "environment_dev.yml"];

/// Where conda-forge's name is not PyPI's.
const NAMES: [(&str, &str); 12] = [
    ("ffmpeg-python", "ffmpeg-python"),
    ("matplotlib-base", "matplotlib"),
    ("msgpack-python", "msgpack"),
    ("opencv", "opencv-python"),
    ("py-opencv", "opencv-python"),
    ("pyqt", "pyqt5"),
    ("pytables", "tables"),
    ("python-graphviz", "graphviz"),
    ("python-kaleido", "kaleido"),
    ("pytorch", "torch"),
    ("pytorch-cpu", "torch"),
    ("tensorflow-base", "tensorflow"),
];

/// Reads a conda environment. It is never complete: what conda's packages need is not known.
pub(super) fn read(document: &Document) -> CondaEnvironment {
    let mut dependencies = Dependencies::hidden();
    for item in document.root.at(&["dependencies"]).items() {
        if let Some(text) = item.text() {
            dependencies.items.extend(package(document, item, text).map(Item::Dependency));
        }
        for line in item.at(&["pip"]).items() {
            let Some(text) = line.text() else { continue };
            let place = document.place(line.span);
            if let Some(file) = text.strip_prefix("-r").map(str::trim) {
                let path = normalize(&document.directory().join(file));
                dependencies.items.push(Item::Requirements(path, place));
                continue;
            }
            let text = text.strip_prefix("-e").map_or(text, str::trim);
            dependencies
                .items
                .extend(Dependency::parse(text, document.directory(), &place).map(Item::Dependency));
        }
    }
    CondaEnvironment { path: document.path().to_path_buf(), dependencies }
}

/// `conda-forge::numpy >=1.20`, `numpy=1.20=py39_0`
fn package(document: &Document, node: &Node, text: &str) -> Option<Dependency> {
    let spec = text.rsplit("::").next().unwrap_or(text);
    let end = spec
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(spec.len());
    let name = spec[..end].to_ascii_lowercase();
    if matches!(name.as_str(), "python" | "pip") {
        return None;
    }
    let name = NAMES.iter().find(|(conda, _)| *conda == name).map_or(name.as_str(), |(_, pypi)| pypi);
    let mut dependency =
        Dependency::named(PackageName::new(name.to_owned()).ok()?, Marker::ALWAYS, document.place(node.span));
    text.clone_into(&mut dependency.text);
    Some(dependency)
}
