//! Installed distributions: what `*.dist-info` and `*.egg-info` say.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::fs::{EntryKind, FileSystem};

/// One installed distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// As its metadata writes it.
    pub name: String,
    /// Lower case, with `-` for every separator.
    pub normalised: String,
    pub version: String,
    /// `*.dist-info`, `*.egg-info` (a folder or one file).
    pub metadata: PathBuf,
    /// PEP 508 requirements, with their markers.
    pub requires: Vec<String>,
}

/// A pytest plugin that an entry point loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plugin {
    /// The entry point's name, the one `-p no:NAME` takes.
    pub name: String,
    /// The module, without `:attribute`.
    pub module: String,
    /// The distribution's name.
    pub distribution: String,
}

/// PEP 503.
pub(in crate::environment) fn normalised(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !normal.ends_with('-') {
                normal.push('-');
            }
        } else {
            normal.extend(c.to_lowercase());
        }
    }
    normal
}

/// The distributions along `paths`; of two that share a name the first.
pub(super) fn read(fs: &FileSystem, paths: &[PathBuf]) -> Vec<Distribution> {
    let mut known = BTreeSet::new();
    let mut distributions = Vec::new();
    for folder in paths {
        let Some(listing) = fs.list(folder) else { continue };
        for (entry, kind) in listing.iter() {
            let Some(entry) = entry.to_str() else { continue };
            let Some(stem) = entry.strip_suffix(".dist-info").or_else(|| entry.strip_suffix(".egg-info"))
            else {
                continue;
            };
            let distribution = one(fs, folder.join(entry), stem, *kind);
            if known.insert(distribution.normalised.clone()) {
                distributions.push(distribution);
            }
        }
    }
    distributions
}

fn one(fs: &FileSystem, metadata: PathBuf, stem: &str, kind: EntryKind) -> Distribution {
    let text = match kind {
        EntryKind::File => text_of(fs, &metadata),
        EntryKind::Directory => {
            text_of(fs, &metadata.join("METADATA")).or_else(|| text_of(fs, &metadata.join("PKG-INFO")))
        }
    };
    // `name-version` or `name-version-py3.11`.
    let mut parts = stem.splitn(3, '-');
    let mut name = parts.next().unwrap_or(stem).to_owned();
    let mut version = parts.next().unwrap_or("").to_owned();
    let mut requires = Vec::new();
    for line in text.iter().flat_map(|text| text.lines()).take_while(|line| !line.is_empty()) {
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match key {
            "Name" => value.clone_into(&mut name),
            "Version" => value.clone_into(&mut version),
            "Requires-Dist" => requires.push(value.to_owned()),
            _ => {}
        }
    }
    if requires.is_empty()
        && let Some(text) = text_of(fs, &metadata.join("requires.txt"))
    {
        requires = egg_requirements(&text);
    }
    Distribution { normalised: normalised(&name), name, version, metadata, requires }
}

/// `requires.txt` of an egg: sections `[extra:marker]` with one requirement per line.
fn egg_requirements(text: &str) -> Vec<String> {
    let mut condition = String::new();
    let mut requires = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let (extra, marker) = section.split_once(':').unwrap_or((section, ""));
            let extra = if extra.is_empty() { String::new() } else { format!("extra == \"{extra}\"") };
            let marker = if marker.is_empty() { String::new() } else { format!("({marker})") };
            let conditions: Vec<String> =
                [marker, extra].into_iter().filter(|part| !part.is_empty()).collect();
            condition = conditions.join(" and ");
        } else if condition.is_empty() {
            requires.push(line.to_owned());
        } else {
            requires.push(format!("{line}; {condition}"));
        }
    }
    requires
}

fn text_of(fs: &FileSystem, path: &Path) -> Option<String> {
    fs.read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

impl Distribution {
    /// The top-level modules the distribution supplies, as `importlib.metadata` finds them: from
    /// `top_level.txt`, else from the Python files in its list of files.
    pub(super) fn top_level(&self, fs: &FileSystem) -> BTreeSet<String> {
        if let Some(text) = text_of(fs, &self.metadata.join("top_level.txt")) {
            let names: BTreeSet<String> = text.split_whitespace().map(str::to_owned).collect();
            if !names.is_empty() {
                return names;
            }
        }
        let mut files = Vec::new();
        if let Some(text) = text_of(fs, &self.metadata.join("RECORD")) {
            files.extend(text.lines().map(first_field));
        } else if let Some(text) = text_of(fs, &self.metadata.join("installed-files.txt"))
            .or_else(|| text_of(fs, &self.metadata.join("SOURCES.txt")))
        {
            files.extend(text.lines().map(str::to_owned));
        }
        files.iter().filter_map(|file| top_of(file)).map(str::to_owned).collect()
    }
}

/// The path of a line of `RECORD`, a CSV file.
fn first_field(line: &str) -> String {
    match line.strip_prefix('"') {
        Some(quoted) => quoted.split("\",").next().unwrap_or(quoted).replace("\"\"", "\""),
        None => line.split(',').next().unwrap_or(line).to_owned(),
    }
}

/// The importable name a file stands for.
fn top_of(file: &str) -> Option<&str> {
    let file = file.trim();
    let (first, rest) = file.split_once('/').unwrap_or((file, ""));
    if first == ".." || first.ends_with("-info") || first == "__pycache__" {
        return None;
    }
    let last = rest.rsplit('/').next().filter(|last| !last.is_empty()).unwrap_or(first);
    let is_module = Path::new(last).extension().is_some_and(|extension| {
        ["py", "so", "pyd"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    });
    if !is_module {
        return None;
    }
    let name = if rest.is_empty() { first.split('.').next()? } else { first };
    (!name.contains('.') && !name.is_empty()).then_some(name)
}

/// The entry points of the group `pytest11`.
pub(super) fn plugins(fs: &FileSystem, distributions: &[Distribution]) -> Vec<Plugin> {
    let mut plugins = Vec::new();
    for distribution in distributions {
        let Some(text) = text_of(fs, &distribution.metadata.join("entry_points.txt")) else { continue };
        let mut in_group = false;
        for line in text.lines().map(str::trim) {
            if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                in_group = section.trim() == "pytest11";
            } else if in_group
                && !line.starts_with(['#', ';'])
                && let Some((name, object)) = line.split_once('=')
            {
                let module = object.split([':', '[']).next().unwrap_or(object).trim();
                plugins.push(Plugin {
                    name: name.trim().to_owned(),
                    module: module.to_owned(),
                    distribution: distribution.name.clone(),
                });
            }
        }
    }
    plugins
}
