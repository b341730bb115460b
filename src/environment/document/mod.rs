//! Configuration files as trees that know where every key and value stands.
//!
//! TOML and YAML become the same [`Node`]s; INI files, whose values are lines, are in [`ini`]. What a
//! reader does not understand it skips: whether that is a mistake is for others to say.

pub mod edit;
pub mod ini;
mod toml;
mod yaml;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::fs::FileSystem;
use crate::text::{SourceFile, Span};

use super::Place;

/// The user's file is at fault: it is not in its own language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DocumentError {
    pub message: String,
    pub place: Place,
}

/// A TOML or YAML file.
#[derive(Debug)]
pub struct Document {
    path: Arc<PathBuf>,
    source: SourceFile,
    pub root: Node,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub kind: Kind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Null,
    Flag(bool),
    /// As it is written.
    Number(String),
    Text(String),
    /// The text of a YAML block scalar (`|`). The span begins at the first line that is not blank, and
    /// the text's lines are the file's lines.
    Block(String),
    List(Vec<Node>),
    Table(Vec<(Key, Node)>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Toml,
    Yaml,
}

impl Document {
    /// The file at an absolute path; `None` where there is none that can be read.
    pub fn read(fs: &FileSystem, path: &Path, format: Format) -> Option<Result<Self, DocumentError>> {
        if !fs.is_file(path) {
            return None;
        }
        let bytes = fs.read(path).ok()?;
        Some(Self::parse(path, &String::from_utf8_lossy(&bytes), format))
    }

    pub fn parse(path: &Path, text: &str, format: Format) -> Result<Self, DocumentError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let path = Arc::new(path.to_path_buf());
        let source = SourceFile::new(path.as_path(), text);
        let root = match format {
            Format::Toml => toml::parse(text),
            Format::Yaml => yaml::parse(text),
        };
        match root {
            Ok(root) => Ok(Self { path, source, root }),
            Err((message, span)) => Err(DocumentError { message, place: Place::new(&path, &source, span) }),
        }
    }

    pub fn path(&self) -> &Arc<PathBuf> {
        &self.path
    }

    /// The directory that relative paths in the file start from.
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    pub fn place(&self, span: Span) -> Place {
        Place::new(&self.path, &self.source, span)
    }

    /// The place of the 0-based `line` of the text of `node`.
    pub fn place_of_line(&self, node: &Node, line: u32) -> Place {
        let first = self.source.line(node.span.start);
        match &node.kind {
            Kind::Block(text) => {
                let blank = text.bytes().take_while(|&byte| byte == b'\n').count();
                let blank = u32::try_from(blank).unwrap_or(u32::MAX);
                let number = first.saturating_add(line).saturating_sub(blank);
                Place::of_line(&self.path, &self.source, number)
            }
            Kind::Null | Kind::Flag(_) | Kind::Number(_) | Kind::Text(_) | Kind::List(_) | Kind::Table(_) => {
                self.place(node.span)
            }
        }
    }
}

/// A YAML value inside another text, such as JSON in an expression; its spans mean nothing.
pub fn yaml_value(text: &str) -> Option<Node> {
    yaml::parse(text).ok()
}

impl Node {
    const NULL: Self = Self { kind: Kind::Null, span: Span::new(0, 0) };

    /// The value of a key of a table.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key of a table with its value.
    pub fn entry(&self, key: &str) -> Option<(&Key, &Self)> {
        self.entries().find(|(known, _)| known.text == key)
    }

    /// The value at the end of a path of keys; null where it leads nowhere.
    pub fn at(&self, path: &[&str]) -> &Self {
        path.iter().try_fold(self, |node, key| node.get(key)).unwrap_or(&Self::NULL)
    }

    pub fn is_null(&self) -> bool {
        self.kind == Kind::Null
    }

    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Block(text) => Some(text),
            Kind::Null | Kind::Flag(_) | Kind::Number(_) | Kind::List(_) | Kind::Table(_) => None,
        }
    }

    /// A text, number or flag as one would write it on a command line.
    pub fn scalar(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Block(text) | Kind::Number(text) => Some(text),
            Kind::Flag(true) => Some("true"),
            Kind::Flag(false) => Some("false"),
            Kind::Null | Kind::List(_) | Kind::Table(_) => None,
        }
    }

    pub fn flag(&self) -> Option<bool> {
        match self.kind {
            Kind::Flag(flag) => Some(flag),
            Kind::Null
            | Kind::Number(_)
            | Kind::Text(_)
            | Kind::Block(_)
            | Kind::List(_)
            | Kind::Table(_) => None,
        }
    }

    /// The items of a list; nothing for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Null
            | Kind::Flag(_)
            | Kind::Number(_)
            | Kind::Text(_)
            | Kind::Block(_)
            | Kind::Table(_) => &[],
        }
    }

    /// The items of a list, or the value itself where it stands for a list of one.
    pub fn one_or_more(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Null => &[],
            Kind::Flag(_) | Kind::Number(_) | Kind::Text(_) | Kind::Block(_) | Kind::Table(_) => {
                std::slice::from_ref(self)
            }
        }
    }

    /// The entries of a table; nothing for anything else.
    pub fn entries(&self) -> impl Iterator<Item = (&Key, &Self)> {
        let entries: &[(Key, Self)] = match &self.kind {
            Kind::Table(entries) => entries,
            Kind::Null | Kind::Flag(_) | Kind::Number(_) | Kind::Text(_) | Kind::Block(_) | Kind::List(_) => {
                &[]
            }
        };
        entries.iter().map(|(key, value)| (key, value))
    }

    /// A value that says nothing.
    pub const fn null() -> Self {
        Self::NULL
    }

    pub fn is_list(&self) -> bool {
        matches!(self.kind, Kind::List(_))
    }

    pub fn is_table(&self) -> bool {
        matches!(self.kind, Kind::Table(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toml_values_know_their_lines() {
        let text =
            "[project]\nname = 'x'\ndependencies = [\n  'a>1',\n  \"b\",\n]\n[project.urls]\nn = 1_0\n";
        let document = Document::parse(Path::new("/p/pyproject.toml"), text, Format::Toml).unwrap();
        let items = document.root.at(&["project", "dependencies"]).items();
        assert_eq!(items[1].text(), Some("b"));
        assert_eq!(document.place(items[1].span).line, 5);
        assert_eq!(document.root.at(&["project", "urls", "n"]).scalar(), Some("10"));
        assert!(document.root.at(&["project", "name", "x"]).is_null());
    }

    #[test]
    fn a_mistake_in_toml_has_a_place() {
        let error = Document::parse(Path::new("/p/x.toml"), "a = 1\nb = [\n", Format::Toml).unwrap_err();
        assert_eq!(error.place.line, 2);
    }

    #[test]
    fn yaml_values_know_their_lines_also_after_wide_characters() {
        let text =
            "name: ünï 𐀀\non: [push]\njobs:\n  a:\n    steps:\n    - run: |\n\n        one\n        two\n";
        let document = Document::parse(Path::new("/p/ci.yml"), text, Format::Yaml).unwrap();
        let run = document.root.at(&["jobs", "a", "steps"]).items()[0].get("run").unwrap();
        assert_eq!(run.text(), Some("\none\ntwo\n"));
        assert_eq!(document.place_of_line(run, 2).line, 9);
        let (key, _) = document.root.entry("jobs").unwrap();
        assert_eq!(document.source.slice(key.span), "jobs");
    }

    #[test]
    fn yaml_has_anchors_merge_keys_and_core_scalars() {
        let text = "base: &b {x: 1, y: ~}\nuse:\n  <<: *b\n  x: 2\nv: [3.10, '3.10', yes, true, 1e3]\n";
        let document = Document::parse(Path::new("/p/ci.yml"), text, Format::Yaml).unwrap();
        let merged = document.root.get("use").unwrap();
        assert_eq!(merged.get("x").unwrap().scalar(), Some("2"));
        assert!(merged.get("y").unwrap().is_null());
        let kinds: Vec<_> =
            document.root.get("v").unwrap().items().iter().map(|item| item.kind.clone()).collect();
        assert_eq!(
            kinds,
            [
                Kind::Number("3.10".into()),
                Kind::Text("3.10".into()),
                Kind::Text("yes".into()),
                Kind::Flag(true),
                Kind::Number("1e3".into()),
            ]
        );
    }

    #[test]
    fn aliases_that_multiply_are_refused() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for n in 1..12 {
            let previous = format!("*a{}, ", n - 1).repeat(10);
            text +=
                &["a", &n.to_string(), ": &a", &n.to_string(), " [", previous.trim_end_matches(", "), "]\n"]
                    .concat();
        }
        assert!(Document::parse(Path::new("/p/ci.yml"), &text, Format::Yaml).is_err());
        let deep = format!("a: {}{}", "[".repeat(5000), "]".repeat(5000));
        assert!(Document::parse(Path::new("/p/ci.yml"), &deep, Format::Yaml).is_err());
    }
}
