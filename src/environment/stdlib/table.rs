//! Reads the generated table. The format is described in `tools/typeshed/table.py`.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::{ClassFacts, Failure, Kind};
pub(super) use crate::environment::observed::Cells;
use crate::environment::observed::{NEWEST, OLDEST, narrow, place};
use crate::environment::{Observed, Platform, PythonVersion};

static TEXT: &str = include_str!("../data/stdlib.txt");

/// One version on one platform. Whether it is in a set is a question to the environment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    bit: Cells,
    /// The table describes this very version; otherwise the nearest one stands for it.
    pub(super) exact: bool,
}

impl Cell {
    pub(super) fn new(
        python: impl Into<Observed<PythonVersion>>,
        platform: impl Into<Observed<Platform>>,
    ) -> Self {
        let (python, platform) = (python.into().value, platform.into().value);
        let minor = if python.major < 3 { OLDEST } else { python.minor.clamp(OLDEST, NEWEST) };
        let exact = python.major == 3 && minor == python.minor;
        Self { bit: 1 << (u32::from(minor - OLDEST) * 3 + place(platform)), exact }
    }

    pub(super) fn is_in(self, cells: Cells) -> bool {
        let is_in = self.bit & cells != 0;
        narrow(if is_in { cells } else { !cells });
        is_in
    }
}

/// One module.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) name: &'static str,
    pub(super) package: bool,
    pub(super) available: Cells,
    /// It may be there: another build of Python, another patch release.
    pub(super) maybe: Cells,
    text: &'static str,
    facts: OnceLock<Facts>,
    /// Apart from the other facts: who imports one module asks for those of many.
    loads: OnceLock<Vec<(Cells, Vec<&'static str>)>>,
}

/// What a block says beyond its first line.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The module answers unknown names itself (`__getattr__`).
    pub(super) dynamic: Cells,
    /// A name that is not listed is certainly missing.
    pub(super) complete: Cells,
    /// The same, for names that do not begin with an underscore.
    pub(super) complete_public: Cells,
    pub(super) has_all: Cells,
    pub(super) failures: Vec<(Cells, Failure)>,
    groups: Vec<Group>,
    /// Sorted by name; a name is in several groups where it differs by version or platform.
    names: Vec<(&'static str, u16, Option<&'static str>)>,
    pub(super) classes: Vec<(Cells, ClassFacts)>,
    /// Attributes of classes that are not there in every cell.
    pub(super) class_attributes: Vec<(Cells, &'static str, Vec<&'static str>)>,
}

/// Where the names of one line are there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub(super) kind: Option<Kind>,
    pub(super) present: Cells,
    pub(super) maybe: Cells,
    pub(super) exported: Cells,
}

/// One name in one group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub(super) name: &'static str,
    pub(super) group: Group,
    /// The dotted name a class was defined under, where that is another one.
    pub(super) class: Option<&'static str>,
}

impl Facts {
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = Named> {
        let start = self.names.partition_point(|(known, ..)| *known < name);
        let end = start + self.names[start..].partition_point(|(known, ..)| *known == name);
        self.names[start..end].iter().map(|entry| self.entry(entry))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = Named> {
        self.names.iter().map(|entry| self.entry(entry))
    }

    fn entry(&self, &(name, group, class): &(&'static str, u16, Option<&'static str>)) -> Named {
        Named { name, group: self.groups[usize::from(group)], class }
    }
}

/// The block of a module.
pub(super) fn block(dotted: &str) -> Option<&'static Block> {
    static BLOCKS: OnceLock<FxHashMap<&'static str, Block>> = OnceLock::new();
    BLOCKS.get_or_init(|| blocks(TEXT)).get(dotted)
}

fn blocks(text: &'static str) -> FxHashMap<&'static str, Block> {
    let start = if text.starts_with('@') { 0 } else { text.find("\n@").map_or(text.len(), |at| at + 1) };
    let heads = memchr::memmem::find_iter(&text.as_bytes()[start..], "\n@").map(|at| start + at + 1);
    let starts = std::iter::once(start).chain(heads.clone());
    starts
        .zip(heads.chain(std::iter::once(text.len())))
        .filter_map(|(start, end)| {
            let block = text[start..end].strip_prefix('@')?;
            let (head, text) = block.split_once('\n').unwrap_or((block, ""));
            let mut fields = head.split(' ');
            let name = fields.next()?;
            let package = fields.next()? == "p";
            let available = hexadecimal(fields.next()?)?;
            let maybe = hexadecimal(fields.next()?)?;
            Some((
                name,
                Block {
                    name,
                    package,
                    available,
                    maybe,
                    text,
                    facts: OnceLock::new(),
                    loads: OnceLock::new(),
                },
            ))
        })
        .collect()
}

fn hexadecimal(field: &str) -> Option<Cells> {
    Cells::from_str_radix(field, 16).ok()
}

impl Block {
    pub(super) fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| {
            let mut facts = Facts::default();
            for line in self.text.lines() {
                self.line(line, &mut facts);
            }
            facts.names.sort_unstable();
            facts
        })
    }

    /// What importing the module loads beside it.
    pub(super) fn loads(&self) -> &[(Cells, Vec<&'static str>)] {
        self.loads.get_or_init(|| {
            let lines = self.text.lines().filter_map(|line| line.strip_prefix("l "));
            lines
                .map(|line| {
                    let mut fields = line.split(' ');
                    let cells = self.cells(fields.next().unwrap_or("-"));
                    (cells, fields.collect())
                })
                .collect()
        })
    }

    fn cells(&self, field: &str) -> Cells {
        match field {
            "*" => self.available,
            "-" => 0,
            field => hexadecimal(field).unwrap_or(0),
        }
    }

    fn line(&self, line: &'static str, facts: &mut Facts) {
        let mut fields = line.split(' ');
        let tag = fields.next().unwrap_or("");
        let cells = self.cells(fields.next().unwrap_or("-"));
        match tag {
            "d" => facts.dynamic = cells,
            "t" => facts.complete = cells,
            "u" => facts.complete_public = cells,
            "a" => facts.has_all = cells,
            "x" => {
                let mut parts = line.splitn(4, ' ').skip(2);
                let exception = parts.next().unwrap_or("ImportError");
                let message = parts.next().unwrap_or("");
                facts.failures.push((cells, Failure { exception, message }));
            }
            "l" => {}
            "C" => {
                let flags = fields.next().unwrap_or("-");
                let metaclass = fields.next().filter(|name| *name != "-");
                let name = fields.next().unwrap_or("");
                facts.classes.push((cells, ClassFacts::read(name, flags, metaclass, fields.collect())));
            }
            "S" => {
                let name = fields.next().unwrap_or("");
                facts.class_attributes.push((cells, name, fields.collect()));
            }
            kind => {
                let kind = Kind::read(kind);
                let maybe = self.cells(fields.next().unwrap_or("-"));
                let exported = self.cells(fields.next().unwrap_or("-"));
                let Ok(group) = u16::try_from(facts.groups.len()) else { return };
                facts.groups.push(Group { kind, present: cells, maybe, exported });
                facts.names.extend(fields.map(|field| match field.split_once('=') {
                    Some((name, class)) => (name, group, Some(class)),
                    None => (field, group, None),
                }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_and_every_line_is_understood() {
        let blocks = blocks(TEXT);
        assert!(blocks.len() > 900);
        for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
            let tag = line.split(' ').next().unwrap();
            assert!(line.starts_with('@') || "dtuaxlCSfcemv?".contains(tag), "{line}");
        }
        assert!(blocks.values().all(|block| block.facts().classes.iter().all(|(cells, _)| *cells != 0)));
        assert!(
            blocks
                .values()
                .all(|block| { block.facts().groups.iter().all(|group| group.present | group.maybe != 0) })
        );
    }

    #[test]
    fn a_version_outside_the_table_is_the_nearest_one_but_not_exact() {
        let old = Cell::new(PythonVersion::new(3, 6), Platform::Linux);
        assert!(!old.exact && old.is_in(1));
        let new = Cell::new(PythonVersion::new(3, 99), Platform::Windows);
        assert!(!new.exact && new.is_in(1 << 23));
    }
}
