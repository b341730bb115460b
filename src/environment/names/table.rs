//! The curated table: `modules.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use pep508_rs::PackageName;

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("modules.txt")));

struct Table {
    by_module: BTreeMap<&'static str, Vec<PackageName>>,
    by_distribution: BTreeMap<PackageName, BTreeSet<String>>,
}

impl Table {
    fn parse(text: &'static str) -> Self {
        let mut table = Self { by_module: BTreeMap::new(), by_distribution: BTreeMap::new() };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((module, names)) = line.split_once(':') else { continue };
            let names: Vec<PackageName> =
                names.split_whitespace().filter_map(|name| name.parse().ok()).collect();
            for name in &names {
                table.by_distribution.entry(name.clone()).or_default().insert(module.to_owned());
            }
            table.by_module.insert(module, names);
        }
        table
    }
}

/// The distributions of the longest part of `dotted` that the table has, or of everything below it
/// where it is a namespace of the table's.
pub(super) fn distributions(dotted: &str) -> Vec<PackageName> {
    if let Some(found) = super::prefixes(dotted).find_map(|prefix| TABLE.by_module.get(prefix)) {
        return found.clone();
    }
    let below = TABLE.by_module.range(dotted..).take_while(|(module, _)| module.starts_with(dotted));
    let below = below.filter(|(module, _)| module[dotted.len()..].starts_with('.'));
    below.flat_map(|(_, names)| names.iter().cloned()).collect()
}

pub(super) fn modules(distribution: &PackageName) -> Option<&'static BTreeSet<String>> {
    TABLE.by_distribution.get(distribution)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_well_formed() {
        let mut seen = BTreeSet::new();
        for line in
            include_str!("modules.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty())
        {
            let (module, names) = line.split_once(": ").unwrap();
            assert!(seen.insert(module), "{module} is there twice");
            assert!(module.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.'), "{module}");
            for name in names.split(' ') {
                assert_eq!(name.parse::<PackageName>().unwrap().as_ref(), name, "{name} is not normalised");
            }
        }
        assert!(seen.len() > 400);
    }

    #[test]
    fn a_namespace_has_all_that_is_below_it() {
        let below = distributions("google.cloud");
        assert!(below.contains(&"google-cloud-storage".parse().unwrap()));
        assert!(!below.contains(&"protobuf".parse().unwrap()));
    }
}
