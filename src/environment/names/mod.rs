//! Import name ↔ distribution.
//!
//! The user's `package-module-name-map` and what an environment's metadata says come first, then the
//! curated table, then the name itself: `charset_normalizer` ← `charset-normalizer`,
//! `azure.mgmt.compute` ← `azure-mgmt-compute`. A module may have several distributions: all are given.

mod table;

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::PackageName;

/// How much is known about the distributions that provide a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// No other distribution provides it.
    Complete,
    /// The name suggests them; another distribution may provide it too.
    Suggested,
}

/// The distributions that may provide a module, the likeliest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Providers {
    pub distributions: Vec<PackageName>,
    pub knowledge: Knowledge,
}

/// Whether a distribution whose modules are not known has a name that hints at a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hint {
    None,
    /// One name is part of the other.
    Weak,
    /// They differ by an affix that tells the language or the framework: `python-jose` ← `jose`.
    Strong,
}

/// What is known about names in one project.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// From installed metadata: distribution → its top-level modules.
    metadata: BTreeMap<PackageName, BTreeSet<String>>,
    /// From the configuration: distribution → its modules.
    configured: BTreeMap<PackageName, BTreeSet<String>>,
}

impl Names {
    pub fn new(
        metadata: BTreeMap<PackageName, BTreeSet<String>>,
        configured: BTreeMap<PackageName, BTreeSet<String>>,
    ) -> Self {
        Self { metadata, configured }
    }

    /// The distributions that provide the module `dotted` (`google.cloud.storage`, `yaml.loader`).
    pub fn providers(&self, dotted: &str) -> Providers {
        let mut distributions = named(&self.configured, dotted);
        let top = dotted.split('.').next().unwrap_or(dotted);
        let installed = named(&self.metadata, top);
        // Several distributions share a namespace package; its metadata does not tell them apart.
        if installed.len() == 1 {
            distributions.extend(installed);
        }
        distributions.extend(table::distributions(dotted));
        let is_known = !distributions.is_empty() || is_standard(top);
        let knowledge = if is_known { Knowledge::Complete } else { Knowledge::Suggested };
        distributions.extend(prefixes(dotted).filter_map(|prefix| prefix.replace('.', "-").parse().ok()));
        let mut seen = BTreeSet::new();
        distributions.retain(|name| seen.insert(name.clone()));
        Providers { distributions, knowledge }
    }

    /// The modules of a distribution, where they are known. Those of a namespace package are dotted.
    pub fn modules(&self, distribution: &PackageName) -> Option<&BTreeSet<String>> {
        let known = self.configured.get(distribution).or_else(|| self.metadata.get(distribution));
        known.or_else(|| table::modules(distribution))
    }

    /// Whether the distribution may provide a module although nothing states it.
    pub fn hint(&self, distribution: &PackageName, dotted: &str) -> Hint {
        let name = distribution.as_ref();
        let is_stub = name.starts_with("types-") || name.ends_with("-stubs");
        if is_stub || self.modules(distribution).is_some() {
            return Hint::None;
        }
        let module = squeeze(dotted.split('.').next().unwrap_or(dotted));
        let name = squeeze(name);
        let without_affix = PREFIXES
            .iter()
            .filter_map(|affix| name.strip_prefix(affix))
            .chain(SUFFIXES.iter().filter_map(|affix| name.strip_suffix(affix)));
        if without_affix.into_iter().any(|rest| rest == module) {
            Hint::Strong
        } else if is_standard(dotted.split('.').next().unwrap_or(dotted)) {
            // `zombie-imp` brings `imp`, `impacket` does not.
            if name.ends_with(&module) { Hint::Weak } else { Hint::None }
        } else if module.len() >= 3 && name.contains(&module) || name.len() >= 4 && module.contains(&name) {
            Hint::Weak
        } else {
            Hint::None
        }
    }
}

/// Whether a distribution is known that brings a module of the standard library to where it is missing.
pub fn is_backported(top: &str) -> bool {
    !table::distributions(top).is_empty()
}

/// Whether some version has it in the standard library: a distribution that had the same name would be useless
/// elsewhere.
fn is_standard(top: &str) -> bool {
    let (python, platform) = (super::PythonVersion::new(3, 12), super::Platform::Linux);
    super::stdlib::module(top, python, platform) != super::stdlib::Availability::Unknown
}

const PREFIXES: [&str; 7] = ["python", "python3", "py", "django", "flask", "fastapi", "lib"];
const SUFFIXES: [&str; 12] =
    ["python", "python3", "py", "py3", "lib", "binary", "headless", "client", "sdk", "api", "core", "cpu"];

fn named(known: &BTreeMap<PackageName, BTreeSet<String>>, dotted: &str) -> Vec<PackageName> {
    known
        .iter()
        .filter(|(_, modules)| prefixes(dotted).any(|prefix| modules.contains(prefix)))
        .map(|(name, _)| name.clone())
        .collect()
}

/// `a.b.c`, `a.b`, `a`; not more than four.
fn prefixes(dotted: &str) -> impl Iterator<Item = &str> {
    let ends = dotted.match_indices('.').map(|(at, _)| at).chain([dotted.len()]).take(4).collect::<Vec<_>>();
    ends.into_iter().rev().map(|end| &dotted[..end])
}

/// A name without case and separators.
fn squeeze(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn providers(names: &Names, dotted: &str) -> (Vec<String>, Knowledge) {
        let found = names.providers(dotted);
        (found.distributions.iter().map(ToString::to_string).collect(), found.knowledge)
    }

    fn dist(name: &str) -> PackageName {
        name.parse().unwrap()
    }

    #[test]
    fn the_table_knows_irregular_names_and_namespaces() {
        let names = Names::default();
        assert_eq!(providers(&names, "yaml.loader").0[0], "pyyaml");
        assert_eq!(providers(&names, "cv2").0.len(), 5);
        assert_eq!(providers(&names, "google.cloud.storage.blob").0[0], "google-cloud-storage");
        assert_eq!(providers(&names, "google.protobuf").0[0], "protobuf");
        assert_eq!(providers(&names, "azure.mgmt.compute").0[0], "azure-mgmt-compute");
        assert_eq!(
            providers(&names, "never_heard.of"),
            (vec!["never-heard-of".into(), "never-heard".into()], Knowledge::Suggested)
        );
        assert!(names.modules(&dist("PyYAML")).unwrap().contains("yaml"));
        assert_eq!(names.modules(&dist("never-heard")), None);
    }

    #[test]
    fn metadata_and_configuration_come_first() {
        let metadata = BTreeMap::from([
            (dist("acme-core"), BTreeSet::from(["acme".to_owned()])),
            (dist("acme-web"), BTreeSet::from(["acme".to_owned()])),
            (dist("odd"), BTreeSet::from(["strange".to_owned()])),
        ]);
        let configured = BTreeMap::from([(dist("acme-core"), BTreeSet::from(["acme.core".to_owned()]))]);
        let names = Names::new(metadata, configured);
        assert_eq!(providers(&names, "strange"), (vec!["odd".into(), "strange".into()], Knowledge::Complete));
        assert_eq!(providers(&names, "acme.core.x").0[0], "acme-core");
        assert_eq!(providers(&names, "acme.web").1, Knowledge::Suggested);
    }

    #[test]
    fn affixes_hint_at_modules() {
        let names = Names::default();
        assert_eq!(names.hint(&dist("python-frobnicate"), "frobnicate"), Hint::Strong);
        assert_eq!(names.hint(&dist("frob-binary"), "frob.x"), Hint::Strong);
        assert_eq!(names.hint(&dist("pytest-frob"), "frob"), Hint::Weak);
        assert_eq!(names.hint(&dist("types-frob"), "frob"), Hint::None);
        assert_eq!(names.hint(&dist("requests"), "requests_extra"), Hint::None);
    }
}
