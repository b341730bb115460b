//! A table of TOML → options, with every mistake.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::options::{ClashStyle, FixStyle, Level, Options, PerFileIgnores, RuleSelection};
use super::patterns::Pattern;
use super::{ConfigError, KEYS};
use crate::diagnostic::Severity;
use crate::environment::cells::StatedCell;
use crate::environment::document::{Document, Kind, Node};
use crate::environment::{Machine, Platform};

/// The keys of a cell.
const CELL_KEYS: [&str; 9] =
    ["python", "platform", "machine", "extras", "groups", "requirements", "packages", "env", "pytest-args"];

pub(super) fn options(document: &Document, table: &Node, folder: &Path) -> Result<Options, Vec<ConfigError>> {
    let mut reader = Reader { document, folder, mistakes: Vec::new() };
    let options = reader.options(table);
    if reader.mistakes.is_empty() { Ok(options) } else { Err(reader.mistakes) }
}

struct Reader<'a> {
    document: &'a Document,
    folder: &'a Path,
    mistakes: Vec<ConfigError>,
}

impl Reader<'_> {
    fn mistake(&mut self, node: &Node, message: impl Into<String>) {
        let place = self.document.place(node.span);
        self.mistakes.push(super::mistake(&place.path, place.line, message.into()));
    }

    fn options(&mut self, table: &Node) -> Options {
        let mut options = Options::default();
        let mut rules =
            RuleSelection { source: self.document.path().display().to_string(), ..RuleSelection::default() };
        if !matches!(table.kind, Kind::Table(_)) {
            self.mistake(table, "the configuration is a table");
        }
        for (key, value) in table.entries() {
            match key.text.as_str() {
                "extend" => options.extend = self.path("extend", value),
                "select" => rules.select = Some(self.texts("select", value)),
                "extend-select" => rules.extend_select = self.texts("extend-select", value),
                "ignore" => rules.ignore = self.texts("ignore", value),
                "per-file-ignores" => {
                    options.per_file_ignores = Some(self.per_file_ignores("per-file-ignores", value));
                }
                "extend-per-file-ignores" => {
                    options.extend_per_file_ignores = self.per_file_ignores("extend-per-file-ignores", value);
                }
                "levels" => options.levels = self.levels(value),
                "exclude" => options.exclude = Some(self.patterns("exclude", value)),
                "extend-exclude" => options.extend_exclude = self.patterns("extend-exclude", value),
                "error-on-warning" => options.error_on_warning = self.flag("error-on-warning", value),
                "baseline" => options.baseline = self.path("baseline", value),
                "fix-style" => options.fix_style = self.one("fix-style", value),
                "clash-style" => options.clash_style = self.one("clash-style", value),
                "python" => options.python = self.path("python", value),
                "python-version" => options.python_versions = self.one_or_more("python-version", value),
                "python-platform" => options.platforms = self.one_or_more("python-platform", value),
                "pytest-version" => options.pytest = self.one("pytest-version", value),
                "absent" => options.absent = self.texts("absent", value),
                "use-cells" => options.use_cells = Some(self.texts("use-cells", value)),
                "cells" => options.cells = self.cells(value),
                "package-module-name-map" => options.module_names = self.module_names(value),
                unknown => {
                    let known = KEYS.iter().map(|key| key.name);
                    let message = unknown_key(unknown, known);
                    self.mistake(&Node { span: key.span, kind: Kind::Null }, message);
                }
            }
        }
        if rules.select.is_some() || !rules.ignore.is_empty() || !rules.extend_select.is_empty() {
            options.rules.push(rules);
        }
        options
    }

    fn flag(&mut self, key: &str, node: &Node) -> Option<bool> {
        let flag = node.flag();
        if flag.is_none() {
            self.mistake(node, format!("`{key}` is `true` or `false`"));
        }
        flag
    }

    fn text<'n>(&mut self, key: &str, node: &'n Node) -> Option<&'n str> {
        let text = node.text();
        if text.is_none() {
            self.mistake(node, format!("`{key}` is a string"));
        }
        text
    }

    fn texts(&mut self, key: &str, node: &Node) -> Vec<String> {
        if !node.is_list() {
            self.mistake(node, format!("`{key}` is a list of strings"));
        }
        let items = node.items().iter();
        items.filter_map(|item| self.text(key, item)).map(str::to_owned).collect()
    }

    fn path(&mut self, key: &str, node: &Node) -> Option<PathBuf> {
        self.text(key, node).map(|text| self.folder.join(text))
    }

    fn one<T: FromStr<Err: Display>>(&mut self, key: &str, node: &Node) -> Option<T> {
        let text = self.text(key, node)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.mistake(node, format!("`{key}`: {error}"));
                None
            }
        }
    }

    fn one_or_more<T: FromStr<Err: Display>>(&mut self, key: &str, node: &Node) -> Vec<T> {
        node.one_or_more().iter().filter_map(|item| self.one(key, item)).collect()
    }

    fn pattern(&mut self, text: &str, node: &Node) -> Option<Pattern> {
        match Pattern::new(text, self.folder) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                self.mistake(node, error.to_string());
                None
            }
        }
    }

    fn patterns(&mut self, key: &str, node: &Node) -> Vec<Pattern> {
        let texts = self.texts(key, node);
        texts.iter().filter_map(|text| self.pattern(text, node)).collect()
    }

    fn table<'n>(&mut self, key: &str, node: &'n Node) -> Vec<(&'n str, &'n Node)> {
        if !node.is_table() {
            self.mistake(node, format!("`{key}` is a table"));
        }
        node.entries().map(|(key, value)| (key.text.as_str(), value)).collect()
    }

    fn per_file_ignores(&mut self, key: &str, node: &Node) -> Vec<PerFileIgnores> {
        self.table(key, node)
            .into_iter()
            .filter_map(|(text, value)| {
                let pattern = self.pattern(text, value);
                let rules = self.texts(text, value);
                Some(PerFileIgnores { pattern: pattern?, rules })
            })
            .collect()
    }

    fn levels(&mut self, node: &Node) -> BTreeMap<String, Level> {
        self.table("levels", node)
            .into_iter()
            .filter_map(|(rule, value)| Some((rule.to_owned(), self.one(rule, value)?)))
            .collect()
    }

    fn module_names(&mut self, node: &Node) -> BTreeMap<String, Vec<String>> {
        self.table("package-module-name-map", node)
            .into_iter()
            .map(|(package, value)| {
                let modules = match value.text() {
                    Some(one) => vec![one.to_owned()],
                    None => self.texts(package, value),
                };
                (package.to_owned(), modules)
            })
            .collect()
    }

    fn cells(&mut self, node: &Node) -> Vec<StatedCell> {
        self.table("cells", node).into_iter().map(|(name, value)| self.cell(name, value)).collect()
    }

    fn cell(&mut self, name: &str, node: &Node) -> StatedCell {
        let place = Some(self.document.place(node.span));
        let mut cell = StatedCell { name: name.to_owned(), place, ..StatedCell::default() };
        for (key, value) in self.table(name, node) {
            match key {
                "python" => cell.python = self.one(key, value),
                "platform" => cell.platform = self.one::<Platform>(key, value),
                "machine" => cell.machine = self.machine(value),
                "extras" => cell.extras = Some(self.texts(key, value)),
                "groups" => cell.groups = Some(self.texts(key, value)),
                "requirements" => {
                    let paths = self.texts(key, value);
                    cell.requirements = Some(paths.into_iter().map(PathBuf::from).collect());
                }
                "packages" => cell.packages = Some(self.texts(key, value)),
                "env" => {
                    let variables = self.table(key, value);
                    cell.variables = variables
                        .into_iter()
                        .filter_map(|(name, value)| {
                            Some((name.to_owned(), self.text(name, value)?.to_owned()))
                        })
                        .collect();
                }
                "pytest-args" => cell.pytest_arguments = self.texts(key, value),
                unknown => self.mistake(value, unknown_key(unknown, CELL_KEYS)),
            }
        }
        cell
    }

    fn machine(&mut self, node: &Node) -> Option<Machine> {
        match self.text("machine", node)? {
            "x86_64" | "AMD64" => Some(Machine::X86_64),
            "aarch64" | "arm64" | "ARM64" => Some(Machine::Aarch64),
            other => {
                self.mistake(node, format!("`{other}` is not a machine: x86_64 or aarch64"));
                None
            }
        }
    }
}

fn unknown_key<'k>(unknown: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let likeness = |key: &str| strsim::jaro_winkler(key, &unknown.replace('_', "-"));
    let nearest = known
        .into_iter()
        .map(|key| (likeness(key), key))
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .filter(|(likeness, _)| *likeness > 0.8);
    match nearest {
        Some((_, key)) => format!("there is no key `{unknown}`; did you mean `{key}`?"),
        None => format!("there is no key `{unknown}`; `collectlint config` lists them"),
    }
}

/// A text that is none of some words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is none of {words}")]
pub struct NoSuchWord {
    text: String,
    words: &'static str,
}

impl FromStr for Level {
    type Err = NoSuchWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "ignore" => Ok(Self::Ignore),
            "info" => Ok(Self::At(Severity::Info)),
            "warning" | "warn" => Ok(Self::At(Severity::Warning)),
            "error" => Ok(Self::At(Severity::Error)),
            _ => Err(NoSuchWord { text: text.to_owned(), words: "error, warning, info, ignore" }),
        }
    }
}

impl FromStr for FixStyle {
    type Err = NoSuchWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "skip-module" => Ok(Self::SkipModule),
            "importorskip" => Ok(Self::Importorskip),
            "skipif" => Ok(Self::Skipif),
            _ => Err(NoSuchWord { text: text.to_owned(), words: "skip-module, importorskip, skipif" }),
        }
    }
}

impl FromStr for ClashStyle {
    type Err = NoSuchWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "package" => Ok(Self::Package),
            "importlib" => Ok(Self::Importlib),
            _ => Err(NoSuchWord { text: text.to_owned(), words: "package, importlib" }),
        }
    }
}
