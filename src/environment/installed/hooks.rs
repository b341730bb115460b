//! What lines of code in `.pth` files do to imports.
//!
//! The finders of editable installs keep their mapping as literals in a module beside the `.pth` file;
//! those are read. Of any other code that touches the import system only this is said: it may supply
//! the modules whose names it mentions.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use crate::fs::FileSystem;

#[derive(Debug, Default)]
pub(super) struct Hooks {
    /// Dotted module name → its folder, or its file with or without suffix.
    mapping: Vec<(String, PathBuf)>,
    /// Namespace package → its folders; there may be none.
    namespaces: Vec<(String, Vec<PathBuf>)>,
    /// Words in code that may supply modules.
    words: FxHashSet<String>,
    archives: bool,
}

impl Hooks {
    /// Whether some import hook may supply the top-level module `top`.
    pub(super) fn may_supply(&self, top: &str) -> bool {
        self.archives || self.words.contains(top)
    }

    /// Whether there is any but those of namespace packages.
    pub(super) fn are_there(&self) -> bool {
        self.archives || !self.words.is_empty() || !self.mapping.is_empty()
    }

    pub(super) fn archive(&mut self) {
        self.archives = true;
    }

    /// Where an editable install maps `dotted`: the longest mapped package and the rest of the name.
    pub(super) fn mapped<'a>(&'a self, dotted: &'a str) -> impl Iterator<Item = (&'a Path, &'a str)> {
        self.mapping.iter().filter_map(move |(name, path)| {
            let rest = dotted.strip_prefix(name.as_str())?;
            (rest.is_empty() || rest.starts_with('.'))
                .then_some((path.as_path(), rest.trim_start_matches('.')))
        })
    }

    /// The folders of the namespace package `dotted`, where it is one.
    pub(super) fn namespace(&self, dotted: &str) -> Option<Vec<PathBuf>> {
        let mut portions = self.namespaces.iter().filter(|(name, _)| name == dotted).peekable();
        portions.peek()?;
        Some(portions.flat_map(|(_, folders)| folders.iter().cloned()).collect())
    }

    /// The top-level modules that editable installs map.
    pub(super) fn supplied(&self) -> impl Iterator<Item = &str> {
        let mapped = self.mapping.iter().map(|(name, _)| name);
        mapped
            .chain(self.namespaces.iter().map(|(name, _)| name))
            .filter_map(|name| name.split('.').next())
            .filter(|name| !name.is_empty())
    }

    pub(super) fn line_of_code(&mut self, fs: &FileSystem, folder: &Path, line: &str) {
        if self.namespace_line(folder, line) {
            return;
        }
        let mut touches_imports = code_touches_imports(line);
        let mut texts = vec![line.to_owned()];
        for module in imported_names(line) {
            let path = folder.join(format!("{module}.py"));
            let Ok(bytes) = fs.read(&path) else { continue };
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if module.starts_with("__editable___") && self.editable_finder(&text) {
                return;
            }
            touches_imports |= code_touches_imports(&text);
            texts.push(text);
        }
        // NOTE: setuptools' shim for `distutils` and virtualenv's patch of it supply nothing else.
        let is_known = ["_distutils_hack", "_virtualenv"].iter().any(|known| line.contains(known));
        if touches_imports && !is_known {
            self.words.extend(texts.iter().flat_map(|text| words(text)).map(str::to_owned));
        }
    }

    /// `import sys, types, os; … p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('google',)); …`
    fn namespace_line(&mut self, folder: &Path, line: &str) -> bool {
        if !line.contains("types") || !line.contains("['sitedir']") {
            return false;
        }
        let Some((_, rest)) = line.split_once("*(") else { return false };
        let Some((tuple, _)) = rest.split_once(')') else { return false };
        let parts: Vec<&str> = tuple.split(',').map(|part| part.trim().trim_matches(['\'', '"'])).collect();
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let path = parts.iter().fold(folder.to_path_buf(), |path, part| path.join(part));
        self.namespaces.push((parts.join("."), vec![path]));
        true
    }

    /// The module that setuptools writes for an editable install: `MAPPING = {…}` and `NAMESPACES = {…}`.
    fn editable_finder(&mut self, text: &str) -> bool {
        let Some(mapping) = dictionary(text, "MAPPING") else { return false };
        let namespaces = dictionary(text, "NAMESPACES").unwrap_or_default();
        for (name, paths) in mapping {
            self.mapping.extend(paths.into_iter().map(|path| (name.clone(), PathBuf::from(path))));
        }
        for (name, paths) in namespaces {
            self.namespaces.push((name, paths.into_iter().map(PathBuf::from).collect()));
        }
        // A longer name is more specific.
        self.mapping.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        true
    }
}

fn code_touches_imports(text: &str) -> bool {
    ["meta_path", "path_hooks", "sys.path", "sys.modules", "__path__", "addsitedir", "exec(", "eval("]
        .iter()
        .any(|word| text.contains(word))
}

/// The modules of `import a, b; b.install()`.
fn imported_names(line: &str) -> Vec<&str> {
    line.split(';')
        .filter_map(|statement| {
            let statement = statement.trim();
            statement.strip_prefix("import ").or_else(|| statement.strip_prefix("from "))
        })
        .flat_map(|names| names.split(','))
        .filter_map(|name| name.split_whitespace().next())
        .filter(|name| is_identifier(name))
        .collect()
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The literal after `NAME … = {`: strings mapped to a string or to a list of strings. `None` where it
/// is not there or holds anything else.
fn dictionary(text: &str, name: &str) -> Option<Vec<(String, Vec<String>)>> {
    let line = text
        .lines()
        .position(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', ' ', '='])))?;
    let start = text.lines().take(line).map(|line| line.len() + 1).sum::<usize>();
    let value = text.get(start..)?.split_once('=')?.1.trim_start();
    let mut rest = value.strip_prefix('{')?.trim_start();
    let mut entries = Vec::new();
    loop {
        if rest.starts_with('}') {
            return Some(entries);
        }
        let (key, after) = string(rest)?;
        rest = after.trim_start().strip_prefix(':')?.trim_start();
        let mut paths = Vec::new();
        if let Some(list) = rest.strip_prefix('[') {
            rest = list.trim_start();
            while !rest.starts_with(']') {
                let (path, after) = string(rest)?;
                paths.push(path);
                rest = after.trim_start();
                rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
            }
            rest = &rest[1..];
        } else {
            let (path, after) = string(rest)?;
            paths.push(path);
            rest = after;
        }
        entries.push((key, paths));
        rest = rest.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
}

/// A string literal as `repr` writes it, and what follows it.
fn string(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => match characters.next()?.1 {
                c @ ('\\' | '\'' | '"') => value.push(c),
                _ => return None,
            },
            c if c == quote => return Some((value, &text[at + c.len_utf8()..])),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mapping_of_an_editable_install_is_read() {
        let text = "import sys\nMAPPING: dict[str, str] = {'app': '/src/app', 'one_file': 'C:\\\\src\\\\one_file.py'}\n\
                    NAMESPACES: dict[str, list[str]] = {'ns': ['/src/ns', '/other/ns'], 'none': []}\nPATH_PLACEHOLDER = 'x'\n";
        let mut hooks = Hooks::default();
        assert!(hooks.editable_finder(text));
        assert_eq!(hooks.mapped("app.core.io").next(), Some((Path::new("/src/app"), "core.io")));
        assert_eq!(hooks.mapped("one_file").next(), Some((Path::new("C:\\src\\one_file.py"), "")));
        assert_eq!(hooks.mapped("apple").next(), None);
        assert_eq!(hooks.namespace("ns").map(|folders| folders.len()), Some(2));
        assert_eq!(hooks.namespace("none").map(|folders| folders.len()), Some(0));
        assert_eq!(hooks.namespace("other"), None);
    }

    #[test]
    fn a_mapping_that_is_not_literal_is_not_read() {
        assert_eq!(dictionary("MAPPING = {'a': make()}", "MAPPING"), None);
        assert_eq!(dictionary("MAPPING = {'a': 'b", "MAPPING"), None);
        assert_eq!(dictionary("MAPPING_OF = {}", "MAPPING"), None);
        assert_eq!(dictionary("MAPPING = {}", "MAPPING"), Some(Vec::new()));
    }

    #[test]
    fn code_that_touches_imports_may_supply_what_it_mentions() {
        let fs = FileSystem::new();
        let mut hooks = Hooks::default();
        hooks.line_of_code(&fs, Path::new("/site"), "import os; enabled and __import__('coverage')");
        assert!(!hooks.may_supply("coverage"));
        hooks.line_of_code(&fs, Path::new("/site"), "import sys; sys.path.insert(0, find('vendored'))");
        assert!(hooks.may_supply("vendored") && !hooks.may_supply("numpy"));
    }
}
