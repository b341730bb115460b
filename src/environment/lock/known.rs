//! What some widely used distributions may need: `known.txt`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pep508_rs::{ExtraName, PackageName};

use crate::environment::declare::Applies;

static TABLE: LazyLock<BTreeMap<&'static str, Vec<(PackageName, Applies)>>> = LazyLock::new(|| {
    let lines = include_str!("known.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (name, needs) = line.split_once(':')?;
            Some((name, needs.split_whitespace().filter_map(need).collect()))
        })
        .collect()
});

fn need(text: &str) -> Option<(PackageName, Applies)> {
    match text.strip_suffix('!') {
        Some(name) => Some((name.parse().ok()?, Applies::Yes)),
        None => Some((text.parse().ok()?, Applies::Maybe)),
    }
}

/// Everything that the distribution may need with these extras; `None` where the table does not know.
pub(super) fn needs(
    name: &PackageName,
    extras: &[ExtraName],
) -> Option<impl Iterator<Item = (PackageName, Applies)> + use<>> {
    let mut needs = TABLE.get(name.as_ref())?.clone();
    for extra in extras {
        needs.extend(TABLE.get(format!("{name}[{extra}]").as_str())?.iter().cloned());
    }
    Some(needs.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_well_formed() {
        let lines = include_str!("known.txt").lines();
        let mut names = std::collections::BTreeSet::new();
        for line in lines.filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let (name, needs) = line.split_once(':').unwrap();
            let bare = name.split('[').next().unwrap();
            assert_eq!(bare.parse::<PackageName>().unwrap().as_ref(), bare, "{name} is not normalised");
            assert!(names.insert(name), "{name} is there twice");
            for need in needs.split_whitespace().map(|need| need.trim_end_matches('!')) {
                assert_eq!(need.parse::<PackageName>().unwrap().as_ref(), need, "{need} is not normalised");
            }
        }
    }

    #[test]
    fn the_table_knows_what_its_own_distributions_need() {
        for (name, needs) in TABLE.iter() {
            for (need, _) in needs {
                assert!(TABLE.contains_key(need.as_ref()), "{name} needs {need}");
            }
        }
    }

    #[test]
    fn an_extra_must_be_known_too() {
        let names = |extras: &[&str]| {
            let extras: Vec<_> = extras.iter().map(|extra| extra.parse().unwrap()).collect();
            needs(&"pytest-xdist".parse().unwrap(), &extras).map(Iterator::count)
        };
        assert_eq!(names(&["psutil"]), Some(8));
        assert_eq!(names(&["other"]), None);
    }
}
