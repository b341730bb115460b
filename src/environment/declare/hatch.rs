//! Hatch's environments: `[tool.hatch.envs.NAME]`.

use std::collections::BTreeMap;

use pep508_rs::ExtraName;

use crate::environment::Place;
use crate::environment::document::{Document, Node};
use crate::environment::install::GroupName;

use super::pyproject::list;
use super::{Declarations, Dependencies};

/// One environment, with what it inherits.
#[derive(Clone, Debug)]
pub struct HatchEnvironment {
    pub name: String,
    pub dependencies: Dependencies,
    pub features: Vec<ExtraName>,
    pub groups: Vec<GroupName>,
    pub skip_install: bool,
    /// `python = "3.9"`, or the column `python` of the matrix.
    pub pythons: Vec<String>,
    /// Commands by script name.
    pub scripts: BTreeMap<String, Vec<(String, Place)>>,
    pub variables: BTreeMap<String, String>,
    pub place: Place,
}

/// What `hatch test` installs unless the environment `hatch-test` says otherwise.
pub(crate) const TEST_DEPENDENCIES: [&str; 7] = [
    "coverage-enable-subprocess",
    "coverage[toml]",
    "pytest",
    "pytest-mock",
    "pytest-randomly",
    "pytest-rerunfailures",
    "pytest-xdist[psutil]",
];

pub(super) fn read(document: &Document, to: &mut Declarations) {
    let environments = document.root.at(&["tool", "hatch", "envs"]);
    for (key, node) in environments.entries() {
        let place = document.place(key.span);
        // NOTE: every environment inherits from `default` unless it names another template, or is
        // detached; one level is enough for what tests need.
        let template = node.at(&["template"]).text().unwrap_or("default");
        let detached = node.at(&["detached"]).flag() == Some(true);
        let empty = Node::null();
        let base = if detached || template == key.text { &empty } else { environments.at(&[template]) };
        to.hatch.insert(key.text.clone(), environment(document, &key.text, node, base, place));
    }
}

fn environment(document: &Document, name: &str, node: &Node, base: &Node, place: Place) -> HatchEnvironment {
    let own_or_base =
        |field: &str| if node.at(&[field]).is_null() { base.at(&[field]) } else { node.at(&[field]) };
    let mut dependencies = list(document, own_or_base("dependencies"));
    if name == "hatch-test" && own_or_base("dependencies").is_null() {
        for text in TEST_DEPENDENCIES {
            dependencies.push(super::Dependency::parse(text, document.directory(), &place));
        }
    }
    for field in [base.at(&["extra-dependencies"]), node.at(&["extra-dependencies"])] {
        let more = list(document, field);
        dependencies.items.extend(more.items);
        dependencies.complete &= more.complete;
    }
    // Overrides decide by platform, variables and matrix.
    dependencies.complete &= node.at(&["overrides"]).is_null();
    let names = |field: &str| {
        own_or_base(field).items().iter().filter_map(|item| item.text()?.parse().ok()).collect()
    };
    let texts = |node: &Node| -> Vec<String> {
        node.one_or_more().iter().filter_map(|item| item.text().map(str::to_owned)).collect()
    };
    let mut pythons = texts(own_or_base("python"));
    for row in node.at(&["matrix"]).items() {
        pythons.extend(texts(row.at(&["python"])));
    }
    let mut scripts = BTreeMap::new();
    let mut variables = BTreeMap::new();
    for layer in [base, node] {
        for (key, value) in layer.at(&["scripts"]).entries() {
            let commands = value.one_or_more().iter();
            let commands =
                commands.filter_map(|item| Some((item.text()?.to_owned(), document.place(item.span))));
            scripts.insert(key.text.clone(), commands.collect());
        }
        for (key, value) in layer.at(&["env-vars"]).entries() {
            variables.insert(key.text.clone(), value.scalar().unwrap_or_default().to_owned());
        }
    }
    HatchEnvironment {
        name: name.to_owned(),
        dependencies,
        features: names("features"),
        groups: names("dependency-groups"),
        skip_install: own_or_base("skip-install").flag() == Some(true),
        pythons,
        scripts,
        variables,
        place,
    }
}
