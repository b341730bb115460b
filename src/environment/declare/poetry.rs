//! Poetry's tables: dependencies, groups, extras; `dev-dependencies` of Poetry 1.0.

use pep440_rs::VersionSpecifiers;
use pep508_rs::PackageName;

use crate::environment::document::{Document, Key, Node};

use super::dependency::{Dependency, normalize};
use super::marker::Marker;
use super::pyproject::{Stated, place_of_key};
use super::{Declarations, Dependencies, Item};

pub(super) fn read(document: &Document, stated: &mut Stated, to: &mut Declarations) {
    let poetry = document.root.at(&["tool", "poetry"]);
    if !poetry.is_table() {
        return;
    }
    to.is_project = true;
    if to.name.is_none() {
        to.name = poetry.at(&["name"]).text().and_then(|name| name.parse().ok());
    }
    let main = poetry.at(&["dependencies"]);
    if let Some(python) = main.at(&["python"]).text()
        && to.requires_python.is_none()
    {
        to.requires_python = specifiers(python);
    }
    if !stated.dependencies {
        to.dependencies = table(document, main, Which::Required);
        stated.dependencies = true;
    }
    if !stated.extras {
        read_extras(document, poetry, to);
        to.hidden_extras = false;
        stated.extras = true;
    }
    for (key, group) in poetry.at(&["group"]).entries() {
        let Ok(name) = key.text.parse() else { continue };
        let mut dependencies = table(document, group.at(&["dependencies"]), Which::All);
        for included in group.at(&["include-groups"]).items() {
            match included.text().map(str::parse) {
                Some(Ok(name)) => dependencies.items.push(Item::Group(name, document.place(included.span))),
                Some(Err(_)) | None => dependencies.complete = false,
            }
        }
        add_group(to, name, dependencies, group.at(&["optional"]).flag() == Some(true));
    }
    let legacy = poetry.at(&["dev-dependencies"]);
    if legacy.is_table()
        && let Ok(dev) = "dev".parse()
    {
        add_group(to, dev, table(document, legacy, Which::All), false);
    }
}

fn add_group(to: &mut Declarations, name: pep508_rs::ExtraName, more: Dependencies, optional: bool) {
    let group = to.groups.entry(name).or_default();
    group.dependencies.items.extend(more.items);
    group.dependencies.complete &= more.complete;
    group.optional |= optional;
}

/// `[tool.poetry.extras]` names optional dependencies of the main table.
fn read_extras(document: &Document, poetry: &Node, to: &mut Declarations) {
    let optional = table(document, poetry.at(&["dependencies"]), Which::Optional);
    for (key, names) in poetry.at(&["extras"]).entries() {
        let Ok(extra) = key.text.parse() else { continue };
        let mut dependencies =
            Dependencies { complete: names.is_list() && optional.complete, ..Dependencies::default() };
        for item in names.items() {
            let place = document.place(item.span);
            let Some(wanted) =
                item.text().and_then(|text| Dependency::parse(text, document.directory(), &place))
            else {
                dependencies.complete = false;
                continue;
            };
            let declared = optional.items.iter().filter_map(|item| match item {
                Item::Dependency(dependency) if dependency.name == wanted.name => Some(dependency),
                Item::Dependency(_) | Item::Requirements(..) | Item::Group(..) => None,
            });
            let declared: Vec<_> = declared.map(|found| Item::Dependency(found.clone())).collect();
            if declared.is_empty() {
                dependencies.items.push(Item::Dependency(wanted));
            }
            dependencies.items.extend(declared);
        }
        to.extras.insert(extra, dependencies);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    All,
    Required,
    Optional,
}

/// A table `name = constraint`, as Poetry and Pipfile have it.
pub(super) fn table(document: &Document, node: &Node, which: Which) -> Dependencies {
    let mut dependencies =
        Dependencies { complete: node.is_null() || node.is_table(), ..Dependencies::default() };
    for (key, value) in node.entries() {
        if key.text == "python" {
            continue;
        }
        let Ok(name) = key.text.parse::<PackageName>() else {
            dependencies.complete = false;
            continue;
        };
        for constraint in value.one_or_more() {
            let is_optional = constraint.at(&["optional"]).flag() == Some(true);
            let wanted = match which {
                Which::All => true,
                Which::Required => !is_optional,
                Which::Optional => is_optional,
            };
            if wanted {
                let place = place_of_key(document, node, &key.text);
                let dependency = dependency(document, &name, key, constraint);
                dependencies.items.push(Item::Dependency(Dependency { place, ..dependency }));
            }
        }
    }
    dependencies
}

fn dependency(document: &Document, name: &PackageName, key: &Key, constraint: &Node) -> Dependency {
    let version = constraint.text().or_else(|| constraint.at(&["version"]).text());
    let mut marker = constraint.at(&["markers"]).text().map_or(Marker::ALWAYS, Marker::parse);
    if let Some(python) = constraint.at(&["python"]).text() {
        marker = marker.and(&python_marker(python));
    }
    for (field, value) in constraint.entries() {
        // `platform` is Poetry's, the others are Pipfile's.
        let variable = match field.text.as_str() {
            "platform" | "sys_platform" => "sys_platform",
            "os_name" => "os_name",
            "platform_system" => "platform_system",
            "platform_machine" => "platform_machine",
            "python_version" => "python_version",
            _ => continue,
        };
        marker = marker.and(&value.text().map_or(Marker::UNKNOWN, |text| comparison(variable, text)));
    }
    let mut dependency = Dependency::named(name.clone(), marker, document.place(key.span));
    dependency.specifiers = version.and_then(specifiers);
    dependency.text =
        format!("{}{}", key.text, version.map(|version| format!(" {version}")).unwrap_or_default());
    dependency.extras =
        constraint.at(&["extras"]).items().iter().filter_map(|extra| extra.text()?.parse().ok()).collect();
    dependency.directory =
        constraint.at(&["path"]).text().map(|path| normalize(&document.directory().join(path)));
    dependency
}

/// `win32` or `== 'win32'`
fn comparison(variable: &str, text: &str) -> Marker {
    if text.contains(['=', '<', '>']) {
        Marker::parse(&format!("{variable} {text}"))
    } else {
        Marker::parse(&format!("{variable} == '{text}'"))
    }
}

/// A constraint on Python as a marker: `^3.8`, `>=3.8,<3.12`, `~3.9 || ~3.11`.
fn python_marker(constraint: &str) -> Marker {
    let alternatives: Option<Vec<Marker>> = constraint
        .split("||")
        .map(|alternative| {
            let specifiers = specifiers(alternative)?;
            let clauses: Vec<_> = specifiers
                .iter()
                .map(|one| format!("python_full_version {} '{}'", one.operator(), version_of(one)))
                .collect();
            Some(if clauses.is_empty() { Marker::ALWAYS } else { Marker::parse(&clauses.join(" and ")) })
        })
        .collect();
    alternatives
        .and_then(|markers| markers.into_iter().reduce(|all, one| all.or(&one)))
        .unwrap_or(Marker::UNKNOWN)
}

/// The version of `==3.9.*` is `3.9`; a marker needs the star back.
fn version_of(specifier: &pep440_rs::VersionSpecifier) -> String {
    let text = specifier.to_string();
    let operator = specifier.operator().to_string();
    let star = if operator.ends_with('*') { "" } else { operator.as_str() };
    text.trim_start_matches(star).trim_start_matches(['=', '!']).to_owned()
}

/// One alternative of a constraint as PEP 440 has it; `None` for several, or what is not understood.
pub(super) fn specifiers(constraint: &str) -> Option<VersionSpecifiers> {
    let constraint = constraint.trim();
    if constraint.contains('|') {
        return None;
    }
    let mut parts = Vec::new();
    for part in constraint.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        parts.push(specifier(part)?);
    }
    parts.retain(|part| !part.is_empty());
    parts.join(",").parse().ok()
}

fn specifier(part: &str) -> Option<String> {
    if part == "*" {
        return Some(String::new());
    }
    if let Some(version) = part.strip_prefix('^') {
        let numbers = numbers(version)?;
        let fixed = numbers.iter().position(|&number| number != 0).unwrap_or(numbers.len() - 1);
        return Some(format!(">={version},<{}", next(&numbers[..=fixed])));
    }
    if let Some(version) = part.strip_prefix('~')
        && !version.starts_with('=')
    {
        let numbers = numbers(version)?;
        return Some(format!(">={version},<{}", next(&numbers[..numbers.len().min(2)])));
    }
    if part.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(format!("=={part}"));
    }
    Some(part.to_owned())
}

fn numbers(version: &str) -> Option<Vec<u32>> {
    let release = version.split(|c: char| !(c.is_ascii_digit() || c == '.')).next()?;
    let numbers: Option<Vec<u32>> =
        release.trim_end_matches('.').split('.').map(|part| part.parse().ok()).collect();
    numbers.filter(|numbers| !numbers.is_empty())
}

/// The release after all that begin with these numbers.
fn next(numbers: &[u32]) -> String {
    let mut texts: Vec<_> = numbers.iter().map(ToString::to_string).collect();
    if let (Some(last), Some(number)) = (texts.last_mut(), numbers.last()) {
        *last = number.saturating_add(1).to_string();
    }
    texts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_become_specifiers() {
        let text = |constraint: &str| specifiers(constraint).map(|found| found.to_string());
        assert_eq!(text("^1.2.3").unwrap(), ">=1.2.3, <2");
        assert_eq!(text("^0.2.3").unwrap(), ">=0.2.3, <0.3");
        assert_eq!(text("~1.2").unwrap(), ">=1.2, <1.3");
        assert_eq!(text("~1").unwrap(), ">=1, <2");
        assert_eq!(text("1.5").unwrap(), "==1.5");
        assert_eq!(text("*").unwrap(), "");
        assert_eq!(text(">=1 <2").unwrap(), ">=1, <2");
        assert_eq!(text("^1 || ^2"), None);
    }
}
