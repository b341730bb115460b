//! PDM's own groups: `[tool.pdm.dev-dependencies]`.

use crate::environment::document::Document;

use super::dependency::Dependency;
use super::{Declarations, Dependencies};

pub(super) fn read(document: &Document, to: &mut Declarations) {
    for (key, value) in document.root.at(&["tool", "pdm", "dev-dependencies"]).entries() {
        let Ok(name) = key.text.parse() else { continue };
        let mut dependencies = Dependencies { complete: value.is_list(), ..Dependencies::default() };
        for item in value.items() {
            // `-e file:///${PROJECT_ROOT}/lib#egg=lib`
            let text = item.text().unwrap_or_default();
            let text = text.strip_prefix("-e ").unwrap_or(text);
            dependencies.push(Dependency::parse(text, document.directory(), &document.place(item.span)));
        }
        let group = to.groups.entry(name).or_default();
        group.dependencies.items.extend(dependencies.items);
        group.dependencies.complete &= dependencies.complete;
    }
}
