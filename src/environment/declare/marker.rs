//! PEP 508 markers, decided as far as an environment is known.

use pep508_rs::{ExtraName, MarkerEnvironment, MarkerEnvironmentBuilder, MarkerTree};

use crate::environment::{Machine, Platform, PythonVersion};

/// Kleene's three answers to "does this apply here?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applies {
    No,
    Maybe,
    Yes,
}

impl Applies {
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }
}

/// The condition under which a dependency is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    tree: MarkerTree,
    /// Part of the condition is not understood: where `tree` holds, it may apply.
    opaque: bool,
}

impl Marker {
    pub const ALWAYS: Self = Self { tree: MarkerTree::TRUE, opaque: false };
    pub const NEVER: Self = Self { tree: MarkerTree::FALSE, opaque: false };
    pub const UNKNOWN: Self = Self { tree: MarkerTree::TRUE, opaque: true };

    pub(crate) fn from_tree(tree: MarkerTree) -> Self {
        let text = tree.try_to_string().unwrap_or_default();
        // What the two say about a machine is not known for any environment.
        if text.contains("platform_release") || text.contains("platform_version") {
            Self::UNKNOWN
        } else {
            Self { tree, opaque: false }
        }
    }

    /// `python_version < "3.11" and sys_platform == "win32"`
    pub fn parse(text: &str) -> Self {
        if !is_modest(text) {
            return Self::UNKNOWN;
        }
        MarkerTree::parse_str::<super::dependency::Link>(text).map_or(Self::UNKNOWN, Self::from_tree)
    }

    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.tree.and(other.tree.clone());
        self.opaque |= other.opaque;
        self
    }

    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        self.tree.or(other.tree.clone());
        self.opaque |= other.opaque;
        self
    }
}

/// Whether a text is small enough for a parser that recurses and multiplies out.
pub(super) fn is_modest(text: &str) -> bool {
    let mut depth = 0_usize;
    let shallow = text.bytes().all(|byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth <= 20
    });
    shallow && text.len() <= 4000 && text.matches(" or ").count() + text.matches(" and ").count() <= 60
}

/// The environments in which a marker is asked for: one, or all that an unknown part leaves open.
#[derive(Clone, Debug)]
pub struct MarkerContext {
    environments: Vec<MarkerEnvironment>,
}

/// The Python versions that stand for an unknown one.
const PYTHONS: std::ops::RangeInclusive<u8> = 8..=15;

impl MarkerContext {
    pub fn new(python: Option<PythonVersion>, platform: Option<Platform>, machine: Option<Machine>) -> Self {
        let pythons =
            python.map_or_else(|| PYTHONS.map(|minor| PythonVersion::new(3, minor)).collect(), |v| vec![v]);
        let platforms = platform.map_or_else(|| Platform::ALL.to_vec(), |platform| vec![platform]);
        let machines =
            machine.map_or_else(|| vec![Machine::X86_64, Machine::Aarch64], |machine| vec![machine]);
        let mut environments = Vec::new();
        for python in &pythons {
            for platform in &platforms {
                for machine in &machines {
                    // The patch release is never known.
                    environments
                        .extend([0, 99].map(|patch| environment(*python, patch, *platform, *machine)));
                }
            }
        }
        Self { environments: environments.into_iter().flatten().collect() }
    }

    pub fn evaluate(&self, marker: &Marker, extras: &[ExtraName]) -> Applies {
        if marker.tree.is_true() && !marker.opaque {
            return Applies::Yes;
        }
        let holds = self.environments.iter().filter(|known| marker.tree.evaluate(known, extras)).count();
        match holds {
            0 => Applies::No,
            all if all == self.environments.len() && !marker.opaque => Applies::Yes,
            _ => Applies::Maybe,
        }
    }
}

fn environment(
    python: PythonVersion,
    patch: u8,
    platform: Platform,
    machine: Machine,
) -> Option<MarkerEnvironment> {
    let version = python.to_string();
    let full = format!("{version}.{patch}");
    MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: &full,
        os_name: platform.os_name(),
        platform_machine: machine.name(platform),
        platform_python_implementation: "CPython",
        platform_release: "",
        platform_system: platform.system(),
        platform_version: "",
        python_full_version: &full,
        python_version: &version,
        sys_platform: platform.sys_platform(),
    })
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(marker: &str, python: Option<PythonVersion>, platform: Option<Platform>) -> Applies {
        MarkerContext::new(python, platform, None).evaluate(&Marker::parse(marker), &[])
    }

    #[test]
    fn what_is_not_known_leaves_a_marker_open() {
        let old = Some(PythonVersion::new(3, 9));
        assert_eq!(ask("python_version < '3.11'", old, None), Applies::Yes);
        assert_eq!(ask("python_version < '3.11'", None, None), Applies::Maybe);
        assert_eq!(ask("python_version >= '3.10'", old, None), Applies::No);
        assert_eq!(ask("sys_platform == 'win32'", old, None), Applies::Maybe);
        assert_eq!(ask("sys_platform == 'win32'", old, Some(Platform::Windows)), Applies::Yes);
        assert_eq!(ask("platform_system != 'Windows'", old, Some(Platform::Windows)), Applies::No);
        assert_eq!(ask("python_full_version < '3.9.2'", old, None), Applies::Maybe);
        assert_eq!(ask("platform_release >= '6'", old, None), Applies::Maybe);
        assert_eq!(ask("implementation_name == 'pypy'", None, None), Applies::No);
        assert_eq!(ask("no such marker", old, None), Applies::Maybe);
    }

    #[test]
    fn extras_hold_where_they_are_asked_for() {
        let marker = Marker::parse("extra == 'test'");
        let context = MarkerContext::new(None, None, None);
        assert_eq!(context.evaluate(&marker, &[]), Applies::No);
        assert_eq!(context.evaluate(&marker, &["Test".parse().unwrap()]), Applies::Yes);
    }

    #[test]
    fn huge_markers_are_not_multiplied_out() {
        let nested = format!("{}os_name == 'nt'{}", "(".repeat(3000), ")".repeat(3000));
        assert_eq!(ask(&nested, None, None), Applies::Maybe);
    }
}
