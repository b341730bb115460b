//! Import name ↔ distribution.
//!
//! What an environment's metadata says comes first, then the user's `package-module-name-map`, then
//! the curated table, then the name itself: `charset_normalizer` ← `charset-normalizer`.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::PackageName;

/// How much is known about the distributions that provide a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// No other distribution provides it.
    Complete,
    /// The name suggests it; another distribution may provide it too.
    Suggested,
}

/// The distributions that may provide a module, the likeliest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Providers {
    pub distributions: Vec<PackageName>,
    pub knowledge: Knowledge,
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

    /// The distributions that provide the module `dotted` (`google.cloud.storage`, `yaml`).
    pub fn providers(&self, dotted: &str) -> Providers {
        let top = dotted.split('.').next().unwrap_or(dotted);
        let mut distributions = Vec::new();
        for known in [&self.configured, &self.metadata] {
            distributions.extend(
                known.iter().filter(|(_, modules)| modules.contains(top)).map(|(name, _)| name.clone()),
            );
        }
        let knowledge = if distributions.is_empty() { Knowledge::Suggested } else { Knowledge::Complete };
        if let Ok(same) = PackageName::new(top.to_owned())
            && !distributions.contains(&same)
        {
            distributions.push(same);
        }
        Providers { distributions, knowledge }
    }

    /// The top-level modules of a distribution, where they are known.
    pub fn modules(&self, distribution: &PackageName) -> Option<BTreeSet<String>> {
        self.configured.get(distribution).or_else(|| self.metadata.get(distribution)).cloned()
    }
}
