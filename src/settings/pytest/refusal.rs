//! Configurations that pytest rejects, in pytest's own words.

use crate::diagnostic::Label;
use crate::environment::Place;

/// Where a setting was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An argument of pytest itself.
    CommandLine,
    /// An environment variable, `PYTEST_ADDOPTS`.
    Variable(&'static str),
    File(Place),
}

impl Origin {
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::File(place) => Some(place),
            Self::CommandLine | Self::Variable(_) => None,
        }
    }

    /// The place as a diagnostic shows it, where it is in a file.
    pub fn label(&self, text: impl Into<String>) -> Option<Label> {
        self.place().map(|place| Label {
            path: std::sync::Arc::clone(&place.path),
            span: place.span,
            text: text.into(),
        })
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
        nearest: Option<&'static str>,
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
    /// A warning about the configuration that a filter turns into an error.
    WarningIsError,
    /// Names of `required_plugins` that are not installed.
    RequiredPlugins(Vec<String>),
    /// `-p NAME` or `PYTEST_PLUGINS` of a plugin that cannot be imported.
    MissingPlugin(String),
    /// A key that neither pytest nor a plugin knows, under strict configuration; the nearest one.
    UnknownKey {
        key: String,
        nearest: Option<&'static str>,
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

impl Refusal {
    /// A message that pytest prints, without a traceback, before it exits with 4.
    pub(super) fn usage(mistake: Mistake, message: impl Into<String>, phase: Phase, origin: Origin) -> Self {
        let message = message.into();
        Self { mistake, message, exception: None, exit_code: 4, phase, certain: true, origin }
    }

    /// The same, as an exception that nobody expects.
    pub(super) fn raising(self, exception: &'static str, exit_code: i32) -> Self {
        Self { exception: Some(exception), exit_code, ..self }
    }
}
