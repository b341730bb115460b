//! Reads the generated table. The format is described in `tools/pytest_facts/generate.py`.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::modules::Module;
use super::{CommandLineOption, Hook, IniOption};
use crate::environment::PytestVersion;

static TEXT: &str = include_str!("../data/pytest.txt");

/// A set of the table's releases.
pub(super) type Releases = u16;

/// One of the table's releases.
#[derive(Clone, Copy, Debug)]
pub(super) struct Release {
    pub(super) index: u8,
    /// It is not newer than the newest of the table, nor older than the oldest.
    pub(super) known: bool,
}

impl Release {
    pub(super) fn of(pytest: PytestVersion) -> Self {
        let releases = &table().releases;
        let at_or_before = releases.iter().rposition(|(major, minor)| pytest.at_least(*major, *minor));
        let newest = releases.last().copied().unwrap_or_default();
        let known = at_or_before.is_some() && (pytest.major, pytest.minor) <= newest;
        Self { index: u8::try_from(at_or_before.unwrap_or(0)).unwrap_or(0), known }
    }

    pub(super) const fn is_in(self, releases: Releases) -> bool {
        releases >> self.index & 1 != 0
    }
}

#[derive(Debug, Default)]
pub(super) struct Table {
    releases: Vec<(u16, u16)>,
    pub(super) options: Vec<(Releases, CommandLineOption)>,
    pub(super) ini_options: Vec<(Releases, IniOption)>,
    pub(super) marks: Vec<(Releases, &'static str)>,
    pub(super) fixtures: Vec<(Releases, Vec<&'static str>)>,
    pub(super) plugins: Vec<(Releases, Vec<&'static str>)>,
    pub(super) hooks: Vec<(Releases, Hook)>,
    /// Modules in `sys.modules` when the first conftest is imported: a bit per release and Python.
    pub(super) early: FxHashMap<&'static str, u128>,
    /// The same for the first test module.
    pub(super) late: FxHashMap<&'static str, u128>,
    pub(super) dependencies: FxHashMap<&'static str, Vec<&'static str>>,
    pub(super) modules: FxHashMap<&'static str, Module>,
}

pub(super) fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| read(TEXT))
}

/// The submodules that some version of a dependency of pytest has; `None` for any other module.
pub(in crate::environment) fn dependency(top: &str) -> Option<&'static [&'static str]> {
    table().dependencies.get(top).map(Vec::as_slice)
}

fn read(text: &'static str) -> Table {
    let mut table = Table::default();
    let mut blocks = text.split("\n@");
    for line in blocks.next().unwrap_or("").lines() {
        line_of(line, &mut table);
    }
    for block in blocks {
        if let Some((name, module)) = Module::read(block) {
            table.modules.insert(name, module);
        }
    }
    table
}

pub(super) fn releases(field: &str) -> Releases {
    Releases::from_str_radix(field, 16).unwrap_or(0)
}

fn line_of(line: &'static str, table: &mut Table) {
    let Some((tag, rest)) = line.split_once(' ') else { return };
    if tag == "=" {
        let version =
            |text: &str| text.split_once('.').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        table.releases = rest.split(' ').filter_map(version).collect();
        return;
    }
    let (mask, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let set = releases(mask);
    match tag {
        "D" => {
            table.dependencies.insert(mask, rest.split(' ').filter(|name| !name.is_empty()).collect());
        }
        "O" => table.options.extend(CommandLineOption::read(rest).map(|option| (set, option))),
        "I" => table.ini_options.extend(IniOption::read(rest).map(|option| (set, option))),
        "M" => {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            table.marks.push((set, &rest[..end]));
        }
        "F" => table.fixtures.push((set, rest.split(' ').collect())),
        "P" => table.plugins.push((set, rest.split(' ').collect())),
        "H" => table.hooks.extend(Hook::read(rest).map(|hook| (set, hook))),
        "A" => {
            let mut names = rest.split(' ');
            let name = names.next().unwrap_or("");
            let names: Vec<&'static str> = names.collect();
            let hooks = std::mem::take(&mut table.hooks);
            table.hooks = hooks.into_iter().flat_map(|entry| deprecate(entry, set, name, &names)).collect();
        }
        "L" | "E" => {
            let set = u128::from_str_radix(mask, 16).unwrap_or(0);
            let loaded = if tag == "L" { &mut table.late } else { &mut table.early };
            loaded.extend(rest.split(' ').map(|module| (module, set)));
        }
        _ => {}
    }
}

impl Hook {
    /// `FLAGS NAME ARGUMENT...`
    pub(in crate::environment) fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.split(' ');
        let flags = fields.next()?;
        Some(Self {
            name: fields.next()?,
            arguments: fields.collect(),
            deprecated_arguments: Vec::new(),
            first_result: flags.contains('f'),
            historic: flags.contains('h'),
            deprecated: flags.contains('d'),
        })
    }
}

/// Splits a hook into the releases in which these arguments are deprecated and the others.
fn deprecate(
    (releases, hook): (Releases, Hook),
    set: Releases,
    name: &str,
    arguments: &[&'static str],
) -> Vec<(Releases, Hook)> {
    let both = releases & set;
    if hook.name != name || both == 0 {
        return vec![(releases, hook)];
    }
    let deprecated = Hook { deprecated_arguments: arguments.to_vec(), ..hook.clone() };
    [(releases & !set, hook), (both, deprecated)].into_iter().filter(|(releases, _)| *releases != 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_understood() {
        let table = table();
        let count = |tag: &str| TEXT.lines().filter(|line| line.starts_with(tag)).count();
        assert_eq!(table.options.len(), count("O "));
        assert_eq!(table.ini_options.len(), count("I "));
        assert_eq!(table.modules.len(), count("@"));
        assert!(table.releases.len() == 9 && table.releases.is_sorted());
        assert!(table.late.len() > 250 && table.early.len() > 250);
    }

    #[test]
    fn a_release_between_two_is_the_older_one() {
        let of = |major, minor| Release::of(PytestVersion::new(major, minor, 3));
        assert_eq!(of(7, 4).index, 0);
        assert!(of(7, 4).known && !of(7, 1).known && !of(9, 9).known && !of(10, 0).known);
        assert_eq!(of(9, 2).index, 8);
        assert_eq!(of(8, 99).index, 5);
    }
}
