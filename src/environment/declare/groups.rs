//! PEP 735: `[dependency-groups]`.

use crate::environment::document::Document;

use super::pyproject::requirement;
use super::{Declarations, Dependencies, Item};

pub(super) fn read(document: &Document, to: &mut Declarations) {
    for (key, value) in document.root.at(&["dependency-groups"]).entries() {
        let Ok(name) = key.text.parse() else { continue };
        let mut dependencies = Dependencies { complete: value.is_list(), ..Dependencies::default() };
        for item in value.items() {
            let included = item.at(&["include-group"]);
            match included.text().map(str::parse) {
                Some(Ok(group)) => dependencies.items.push(Item::Group(group, document.place(included.span))),
                Some(Err(_)) => dependencies.complete = false,
                None => dependencies.push(requirement(document, item)),
            }
        }
        to.groups.entry(name).or_default().dependencies = dependencies;
    }
}
