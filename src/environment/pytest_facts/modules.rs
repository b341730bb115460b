//! The names of `pytest` and of `_pytest`'s modules.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::table::{Release, Releases, releases, table};
use crate::environment::PytestVersion;
use crate::environment::stdlib::{Attribute, Kind};

/// One module of pytest.
#[derive(Debug)]
pub(super) struct Module {
    available: Releases,
    /// It answers names itself.
    dynamic: bool,
    text: &'static str,
    facts: OnceLock<Facts>,
}

#[derive(Debug, Default)]
struct Facts {
    /// A name is on several lines where it differs by release.
    names: FxHashMap<&'static str, Vec<Named>>,
    classes: Vec<(Releases, Class)>,
}

#[derive(Debug)]
struct Named {
    kind: Option<Kind>,
    present: Releases,
    maybe: Releases,
}

#[derive(Debug)]
struct Class {
    name: &'static str,
    exception: bool,
    bases: Vec<&'static str>,
}

impl Module {
    /// A block without its `@`.
    pub(super) fn read(block: &'static str) -> Option<(&'static str, Self)> {
        let (head, text) = block.split_once('\n').unwrap_or((block, ""));
        let mut fields = head.split(' ');
        let name = fields.next()?;
        let flags = fields.next()?;
        let available = releases(fields.next()?);
        Some((name, Self { available, dynamic: flags.contains('d'), text, facts: OnceLock::new() }))
    }

    fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| {
            let mut facts = Facts::default();
            for line in self.text.lines() {
                let mut fields = line.split(' ');
                let tag = fields.next().unwrap_or("");
                let set = releases(fields.next().unwrap_or("0"));
                let second = fields.next().unwrap_or("");
                if tag == "C" {
                    let name = fields.next().unwrap_or("");
                    let class = Class { name, exception: second.contains('e'), bases: fields.collect() };
                    facts.classes.push((set, class));
                } else {
                    for name in fields {
                        let named = Named { kind: Kind::read(tag), present: set, maybe: releases(second) };
                        facts.names.entry(name).or_default().push(named);
                    }
                }
            }
            facts
        })
    }
}

/// Whether this pytest has the module (`pytest`, `_pytest.python`).
pub fn has_module(dotted: &str, pytest: PytestVersion) -> bool {
    table().modules.get(dotted).is_some_and(|module| Release::of(pytest).is_in(module.available))
}

/// Whether a module of pytest (`pytest`, `_pytest.monkeypatch`) has a name. Every name is listed, so what
/// is not is absent; plugins that add names are the caller's business.
pub fn attribute(module: &str, name: &str, pytest: PytestVersion) -> Attribute {
    let release = Release::of(pytest);
    let Some(block) = table().modules.get(module).filter(|module| release.is_in(module.available)) else {
        return Attribute::Unknown;
    };
    let facts = block.facts();
    let known = facts.names.get(name).map_or(&[][..], Vec::as_slice);
    for named in known {
        if release.is_in(named.present) {
            return Attribute::Present(named.kind.unwrap_or(Kind::Variable));
        }
        if release.is_in(named.maybe) {
            return Attribute::Unknown;
        }
    }
    let is_dunder = name.starts_with("__");
    // NOTE: `pytest.__getattr__` knows only names that the table lists.
    let answers = block.dynamic && module != "pytest";
    let has_names = !facts.names.is_empty();
    let is_submodule = table().modules.contains_key(format!("{module}.{name}").as_str());
    if release.known && has_names && !is_dunder && !answers && !is_submodule {
        Attribute::Absent
    } else {
        Attribute::Unknown
    }
}

/// The exception class of pytest and all its bases, up to those of the standard library; nothing where
/// `dotted` (`pytest.UsageError`, `_pytest.outcomes.Skipped`) names no exception of pytest.
pub fn exception_bases(dotted: &str, pytest: PytestVersion) -> Vec<&'static str> {
    let release = Release::of(pytest);
    let mut order = Vec::new();
    let mut todo: Vec<&str> = vec![dotted];
    while let Some(name) = todo.pop() {
        let Some(class) = class(name, release) else {
            continue;
        };
        if !class.exception || order.contains(&class.name) {
            continue;
        }
        order.push(class.name);
        for base in &class.bases {
            if base.starts_with("_pytest.") {
                todo.push(base);
            } else if !order.contains(base) {
                order.push(base);
            }
        }
    }
    order
}

fn class(dotted: &str, release: Release) -> Option<&'static Class> {
    let (module, name) = dotted.rsplit_once('.')?;
    let in_module = |module: &str, dotted: &str| {
        let facts = table().modules.get(module)?.facts();
        facts
            .classes
            .iter()
            .find(|(set, class)| class.name == dotted && release.is_in(*set))
            .map(|(_, class)| class)
    };
    in_module(module, dotted).or_else(|| {
        // `pytest.UsageError` is defined elsewhere.
        let mut modules: Vec<_> = table().modules.iter().filter(|_| module == "pytest").collect();
        modules.sort_unstable_by_key(|(name, _)| *name);
        modules.into_iter().find_map(|(home, _)| in_module(home, &format!("{home}.{name}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const V7: PytestVersion = PytestVersion::new(7, 4, 4);
    const V8: PytestVersion = PytestVersion::new(8, 3, 5);
    const V9: PytestVersion = PytestVersion::NEWEST;

    #[test]
    fn names_come_and_go_with_releases() {
        assert_eq!(attribute("pytest", "RaisesGroup", V8), Attribute::Absent);
        assert_eq!(attribute("pytest", "RaisesGroup", V9), Attribute::Present(Kind::Class));
        assert_eq!(attribute("pytest", "PytestRemovedIn9Warning", V7), Attribute::Absent);
        assert_eq!(attribute("pytest", "PytestRemovedIn9Warning", V8), Attribute::Present(Kind::Exception));
        assert_eq!(attribute("pytest", "PytestRemovedIn9Warning", V9), Attribute::Absent);
        assert_eq!(attribute("pytest", "lazy_fixture", V9), Attribute::Absent);
        assert_eq!(attribute("pytest", "mark", V7), Attribute::Present(Kind::Variable));
        assert_eq!(
            attribute("pytest", "RaisesGroup", PytestVersion::new(10, 0, 0)),
            Attribute::Present(Kind::Class)
        );
        assert_eq!(attribute("pytest", "lazy_fixture", PytestVersion::new(10, 0, 0)), Attribute::Unknown);
    }

    #[test]
    fn private_modules_are_known_too() {
        assert!(has_module("_pytest.nose", V7) && !has_module("_pytest.nose", V8));
        assert_eq!(attribute("_pytest.monkeypatch", "MonkeyPatch", V9), Attribute::Present(Kind::Class));
        assert_eq!(attribute("_pytest.monkeypatch", "Nope", V9), Attribute::Absent);
        assert_eq!(attribute("_pytest", "python", V9), Attribute::Unknown);
        assert_eq!(attribute("_pytest.no_such", "x", V9), Attribute::Unknown);
    }

    #[test]
    fn exceptions_have_their_bases() {
        assert_eq!(exception_bases("pytest.UsageError", V9)[0], "pytest.UsageError");
        assert_eq!(exception_bases("pytest.UsageError", V8)[0], "_pytest.config.exceptions.UsageError");
        assert_eq!(
            exception_bases("_pytest.outcomes.Skipped", V9),
            ["_pytest.outcomes.Skipped", "_pytest.outcomes.OutcomeException", "BaseException"]
        );
        assert_eq!(exception_bases("pytest.PytestWarning", V8)[1..], ["UserWarning"]);
        assert!(exception_bases("pytest.Item", V9).is_empty());
    }
}
