//! tox: the environments of `tox.ini`, `setup.cfg`, `pyproject.toml` and `tox.toml`.
//!
//! Substitutions are followed as far as the files fix them; the rest of a value is
//! [`UNKNOWN`](super::command::shell::UNKNOWN).

mod factors;
mod ini;
mod toml;

use std::path::{Path, PathBuf};

use super::Place;
use super::document::{Document, Format, ini::Ini};
use super::interpreter::Interpreter;
use super::variables::Variables;
use crate::fs::FileSystem;

/// tox's configuration.
#[derive(Debug)]
pub struct Tox {
    /// The directory of the file.
    pub root: PathBuf,
    config: Config,
}

#[derive(Debug)]
enum Config {
    Ini(Ini),
    Toml { document: Document, table: Vec<&'static str> },
}

/// One tox environment.
#[derive(Clone, Debug)]
pub struct ToxEnvironment {
    pub name: String,
    /// `None`: the Python that runs tox.
    pub python: Option<Interpreter>,
    /// Lines of a requirements file.
    pub deps: Vec<(String, Place)>,
    pub extras: Vec<String>,
    pub groups: Vec<String>,
    /// Whether the project is installed.
    pub installs_project: bool,
    pub commands: Vec<ToxCommand>,
    pub set_env: Vec<(String, Option<String>)>,
    pub pass_env: Vec<String>,
    /// Where the commands run.
    pub directory: PathBuf,
    /// Whether everything that is installed is among the above.
    pub complete: bool,
    pub place: Place,
}

/// One command: a line as a shell would read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToxCommand {
    pub words: Vec<String>,
    pub place: Place,
}

/// What a run of tox adds to the configuration.
#[derive(Clone, Debug, Default)]
pub struct Invocation<'a> {
    /// What follows `--`; `None` where nothing does.
    pub posargs: Option<&'a [String]>,
    /// For `{env:NAME}`.
    pub variables: Option<&'a Variables>,
}

impl Tox {
    /// tox's configuration in an absolute directory.
    pub fn read(fs: &FileSystem, directory: &Path) -> Option<Self> {
        let root = directory.to_path_buf();
        for (name, section) in [("tox.ini", "tox"), ("setup.cfg", "tox:tox")] {
            if let Some(ini) = Ini::read(fs, &directory.join(name))
                && (ini.has_section(section) || name == "tox.ini" && ini.has_section("testenv"))
            {
                return Some(Self { root, config: Config::Ini(ini) });
            }
        }
        if let Some(Ok(document)) = Document::read(fs, &directory.join("pyproject.toml"), Format::Toml) {
            let table = document.root.at(&["tool", "tox"]);
            if let Some(text) = table.at(&["legacy_tox_ini"]).text() {
                let text = ini::aligned(text, document.place(table.at(&["legacy_tox_ini"]).span).line);
                return Some(Self { root, config: Config::Ini(Ini::parse(document.path(), &text)) });
            }
            if table.is_table() {
                return Some(Self { root, config: Config::Toml { document, table: vec!["tool", "tox"] } });
            }
        }
        let document = Document::read(fs, &directory.join("tox.toml"), Format::Toml)?.ok()?;
        Some(Self { root, config: Config::Toml { document, table: Vec::new() } })
    }

    /// The environments that a plain `tox` runs.
    pub fn env_list(&self) -> Vec<String> {
        match &self.config {
            Config::Ini(ini) => ini::env_list(ini),
            Config::Toml { document, table } => toml::env_list(document.root.at(table)),
        }
    }

    /// The environment of that name; tox makes one up from the base for every name of factors.
    pub fn environment(&self, name: &str, invocation: &Invocation<'_>) -> ToxEnvironment {
        match &self.config {
            Config::Ini(ini) => ini::environment(self, ini, name, invocation),
            Config::Toml { document, table } => toml::environment(self, document, table, name, invocation),
        }
    }

    /// `[gh-actions] python`: the environments for one version on GitHub.
    pub fn github_environments(&self, version: &str) -> Option<Vec<String>> {
        match &self.config {
            Config::Ini(ini) => ini::github_environments(ini, version),
            Config::Toml { .. } => None,
        }
    }
}

/// The Python that an environment's name asks for: `py39-django`, `3.11`, `pypy310`.
fn python_of(name: &str) -> Option<Interpreter> {
    name.split('-').find_map(|factor| {
        let is_python = ["py", "python", "pypy", "cpython", "graalpy"].iter().any(|prefix| {
            factor.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        });
        let is_version = factor.starts_with("3.") && factor[2..].starts_with(|c: char| c.is_ascii_digit());
        let found = Interpreter::parse(factor);
        ((is_python || is_version) && found != Interpreter::Unknown).then_some(found)
    })
}

#[cfg(test)]
mod tests;
