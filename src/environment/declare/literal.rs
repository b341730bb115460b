//! What `setup.py` and `noxfile.py` say in literals.
//!
//! The parser is above this layer: `syntax` fills these in. Only what the text fixes is here; every
//! other value is [`Literal::Hidden`].

use std::path::PathBuf;
use std::sync::Arc;

use crate::environment::Place;
use crate::text::{SourceFile, Span};

/// A value that the text fixes, as far as it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    Text(String),
    /// As it is written.
    Number(String),
    Flag(bool),
    Null,
    /// A list, tuple or set.
    List(Vec<Located>),
    Table(Vec<(Located, Located)>),
    /// The lines of a text file, relative to the directory of the Python file:
    /// `open("requirements.txt").read().splitlines()`.
    Lines(PathBuf),
    Hidden,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    pub literal: Literal,
    pub span: Span,
}

impl Located {
    pub fn text(&self) -> Option<&str> {
        match &self.literal {
            Literal::Text(text) => Some(text),
            Literal::Number(_)
            | Literal::Flag(_)
            | Literal::Null
            | Literal::List(_)
            | Literal::Table(_)
            | Literal::Lines(_)
            | Literal::Hidden => None,
        }
    }
}

/// A call of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// As it is written: `setup`, `setuptools.setup`, `session.install`.
    pub callee: String,
    /// An argument with `*` is hidden.
    pub arguments: Vec<Located>,
    /// `**` has the name `**`.
    pub keywords: Vec<(String, Located)>,
    pub span: Span,
    /// Whether it stands under a condition or in a loop.
    pub conditional: bool,
}

impl Call {
    pub fn keyword(&self, name: &str) -> Option<&Located> {
        self.keywords.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Whether `**` may pass what is not written.
    pub fn has_more_keywords(&self) -> bool {
        self.keyword("**").is_some()
    }
}

/// A function of the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    /// `@nox.session(python=["3.9"])`; a decorator that is not called has no arguments.
    pub decorators: Vec<Call>,
    /// In the order of the text.
    pub calls: Vec<Call>,
    pub span: Span,
}

/// One Python file.
#[derive(Debug)]
pub struct Outline {
    pub source: SourceFile,
    /// Calls of the module's own statements, also under `if`.
    pub calls: Vec<Call>,
    pub functions: Vec<Function>,
    /// Assignments to attributes and names of the module: `nox.options.sessions = ["tests"]`.
    pub assignments: Vec<(String, Located)>,
}

impl Outline {
    pub fn path(&self) -> Arc<PathBuf> {
        Arc::new(self.source.path().to_path_buf())
    }

    pub fn place(&self, path: &Arc<PathBuf>, span: Span) -> Place {
        Place::new(path, &self.source, span)
    }
}
