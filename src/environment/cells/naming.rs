//! Names for the cells of workflows: `py3.9-windows`, `py3.11-ubuntu-arm`, `py3.12-ubuntu-django42`.

use std::collections::{BTreeMap, BTreeSet};

use crate::environment::ci::Found;
use crate::environment::command::State;
use crate::environment::interpreter::Interpreter;
use crate::environment::variables::Host;
use crate::environment::{Machine, Platform};

/// One name for each, all different, in the same order. What tells cells apart is added step by step:
/// the values of the matrix, the job, the step, a number.
pub(super) fn names(found: &[Found]) -> Vec<String> {
    let mut names: Vec<String> = found.iter().map(|one| base(&one.session.state)).collect();
    let details: [fn(&Found) -> String; 3] = [
        |one| {
            let label = one.session.label.as_deref().map(without_python);
            label
                .into_iter()
                .filter(|label| !label.is_empty())
                .chain(one.values.iter().cloned())
                .collect::<Vec<_>>()
                .join("-")
        },
        |one| one.job.clone(),
        |one| one.step.clone().unwrap_or_default(),
    ];
    for detail in details {
        let own: Vec<String> = found.iter().map(|one| slug(&detail(one))).collect();
        let mut by_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (name, detail) in names.iter().zip(&own) {
            by_name.entry(name).or_default().insert(detail);
        }
        // It tells apart only what differs in it.
        let differing: BTreeSet<String> = by_name
            .into_iter()
            .filter(|(_, details)| details.len() > 1)
            .map(|(name, _)| name.to_owned())
            .collect();
        for (name, detail) in names.iter_mut().zip(&own) {
            if differing.contains(name) && !detail.is_empty() {
                *name = format!("{name}-{detail}");
            }
        }
    }
    let counts = count(&names);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for name in &mut names {
        if counts[name.as_str()] > 1 {
            let number = seen.entry(name.clone()).or_default();
            *number += 1;
            *name = format!("{name}-{number}");
        }
    }
    names
}

fn count(names: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name.clone()).or_default() += 1;
    }
    counts
}

fn base(state: &State) -> String {
    let python = state.python.version().map_or("py".to_owned(), |version| format!("py{version}"));
    let system = match (state.platform, state.host) {
        (Some(Platform::Linux), Host::GitHub) => "-ubuntu",
        (Some(Platform::Linux), Host::Anyone | Host::GitLab | Host::Azure) => "-linux",
        (Some(Platform::MacOs), _) => "-macos",
        (Some(Platform::Windows), _) => "-windows",
        (None, _) => "",
    };
    let machine = match (state.platform, state.machine) {
        (Some(Platform::MacOs), Some(Machine::X86_64)) => "-intel",
        (Some(Platform::Linux | Platform::Windows), Some(Machine::Aarch64)) => "-arm",
        _ => "",
    };
    format!("{python}{system}{machine}")
}

/// `py39-django42` → `django42`
fn without_python(label: &str) -> String {
    let is_python = |factor: &str| factor == "py" || Interpreter::parse(factor) != Interpreter::Unknown;
    label.split('-').filter(|factor| !is_python(factor)).collect::<Vec<_>>().join("-")
}

/// Letters, digits, dots and single hyphens.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, '.' | '_') {
            slug.extend(c.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 40 {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}
