//! Configurations that pytest rejects, in pytest's own words.

use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::Label;
use crate::text::{LineColumn, Span};

/// Where a setting was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An argument of pytest itself.
    CommandLine,
    /// An environment variable, `PYTEST_ADDOPTS`.
    Variable(&'static str),
    File(Place),
}

/// A setting's place in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub path: Arc<PathBuf>,
    /// The key, or what is wrong where that is more exact.
    pub span: Span,
    pub start: LineColumn,
}

impl Place {
    pub fn label(&self, text: impl Into<String>) -> Label {
        Label { path: Arc::clone(&self.path), span: self.span, text: text.into() }
    }
}

impl Origin {
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::File(place) => Some(place),
            Self::CommandLine | Self::Variable(_) => None,
        }
    }
}

/// When pytest notices, in the order in which it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// While the configuration is read: no conftest has been loaded.
    Startup,
    /// After the plugins, while the initial conftests are about to be loaded.
    BeforeConftests,
    /// The initial conftests have been loaded; options they add are known.
    AfterConftests,
    /// While plugins are configured and the session starts.
    Configure,
    /// When the first directory or module is collected.
    Collection,
    /// Everything was collected and listed, then the session ends.
    AfterCollection,
}

/// What kind of mistake it is, so that a rule can say how to repair it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// A file that is no INI or TOML, or not UTF-8.
    Syntax,
    /// `[pytest]` in setup.cfg, both kinds of tables in pyproject.toml, options outside a table.
    WrongSection,
    /// `-c FILE` or `--rootdir DIR` that is not there.
    MissingFile,
    /// An option that neither pytest nor a plugin knows; the nearest one it knows.
    UnknownArgument {
        nearest: Option<String>,
    },
    /// An argument whose value pytest does not accept.
    InvalidArgument,
    /// A setting whose value pytest does not accept.
    InvalidValue {
        key: String,
    },
    /// A line of `filterwarnings` or `-W`.
    WarningFilter,
    MinVersion,
    /// Names of `required_plugins` that are not installed.
    RequiredPlugins(Vec<String>),
    /// `-p NAME` or `PYTEST_PLUGINS` of a plugin that cannot be imported.
    MissingPlugin(String),
    /// A key that neither pytest nor a plugin knows, under strict configuration; the nearest one.
    UnknownKey {
        key: String,
        nearest: Option<String>,
    },
    /// A marker in `-m` that is not registered, under strict markers.
    UnknownMarker(Vec<String>),
}

/// A configuration that pytest rejects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub mistake: Mistake,
    /// What pytest prints after `ERROR: `, or the last line of its traceback.
    pub message: String,
    /// The exception's type where pytest shows a traceback instead of a message.
    pub exception: Option<&'static str>,
    pub exit_code: i32,
    pub phase: Phase,
    /// Whether it surely happens; an option that some plugin may define is not certain.
    pub certain: bool,
    pub origin: Origin,
}
