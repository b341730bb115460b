//! Dependencies of dependencies, and what they lead to in one environment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pep508_rs::{ExtraName, PackageName};

use crate::environment::Place;
use crate::environment::declare::{Applies, Dependency, Marker, MarkerContext};
use crate::text::Span;

use super::known;

/// Which distribution needs which.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    needs: BTreeMap<PackageName, Vec<Need>>,
}

/// One dependency of a distribution.
#[derive(Clone, Debug)]
pub struct Need {
    pub name: PackageName,
    pub extras: Vec<ExtraName>,
    /// May ask for an extra of the distribution that needs it.
    pub marker: Marker,
    /// Only with this extra of the distribution that needs it.
    pub with_extra: Option<ExtraName>,
}

/// Where a closure starts.
#[derive(Clone, Debug)]
pub struct Root {
    pub name: PackageName,
    pub extras: Vec<ExtraName>,
    pub applies: Applies,
}

/// Everything that some roots lead to.
#[derive(Clone, Debug, Default)]
pub struct Closure {
    /// Each with whether it is certainly there; none is `No`.
    pub reached: BTreeMap<PackageName, Applies>,
    /// The distributions of which nobody says what they need.
    pub open: BTreeSet<PackageName>,
}

impl Graph {
    /// Makes the distribution known, even if it needs nothing.
    pub fn add(&mut self, name: PackageName, needs: impl IntoIterator<Item = Need>) {
        self.needs.entry(name).or_default().extend(needs);
    }

    /// From installed metadata: each distribution with its `Requires-Dist` lines.
    pub fn from_metadata<'a>(distributions: impl IntoIterator<Item = (PackageName, Vec<&'a str>)>) -> Self {
        let nowhere = Place { path: Arc::new(PathBuf::new()), span: Span::default(), line: 0 };
        let mut graph = Self::default();
        for (name, requires) in distributions {
            let needs = requires
                .iter()
                .filter_map(|line| Need::of(Dependency::parse(line, Path::new(""), &nowhere)?));
            graph.add(name, needs.collect::<Vec<_>>());
        }
        graph
    }

    /// Adds what the other knows of distributions that this one does not know.
    pub fn complement(&mut self, other: &Self) {
        for (name, needs) in &other.needs {
            self.needs.entry(name.clone()).or_insert_with(|| needs.clone());
        }
    }

    /// Everything that `roots` lead to. Where this graph is silent the table of well-known
    /// distributions speaks: what it lists may be there.
    pub fn closure(&self, roots: &[Root], context: &MarkerContext) -> Closure {
        let mut closure = Closure::default();
        let mut seen: BTreeMap<(PackageName, Vec<ExtraName>), Applies> = BTreeMap::new();
        let mut pending = roots.to_vec();
        while let Some(Root { name, mut extras, applies }) = pending.pop() {
            extras.sort();
            let known = seen.entry((name.clone(), extras.clone())).or_insert(Applies::No);
            if applies <= *known {
                continue;
            }
            *known = applies;
            let reached = closure.reached.entry(name.clone()).or_insert(Applies::No);
            *reached = (*reached).max(applies);
            if let Some(needs) = self.needs.get(&name) {
                for need in needs {
                    let asked = need.with_extra.as_ref().is_none_or(|extra| extras.contains(extra));
                    let applies = applies.and(context.evaluate(&need.marker, &extras));
                    if asked && applies != Applies::No {
                        pending.push(Root { name: need.name.clone(), extras: need.extras.clone(), applies });
                    }
                }
            } else if let Some(names) = known::needs(&name, &extras) {
                pending.extend(names.map(|(name, comes)| Root {
                    name,
                    extras: Vec::new(),
                    applies: applies.and(comes),
                }));
            } else {
                closure.open.insert(name);
            }
        }
        closure
    }
}

impl Need {
    /// A dependency that has a name.
    pub(super) fn of(dependency: Dependency) -> Option<Self> {
        let Dependency { name, extras, marker, .. } = dependency;
        Some(Self { name: name?, extras, marker, with_extra: None })
    }
}
