//! Facts that the interpreter met and that did not end the import: rules and the choice of
//! environments need them too.

use std::path::PathBuf;
use std::sync::Arc;

use super::flow::Stop;
use super::trace::Trace;
use super::value::Site;

#[derive(Clone, Debug)]
pub struct Event {
    pub kind: EventKind,
    pub trace: Trace,
    /// Whether it certainly happens.
    pub certain: bool,
}

#[derive(Clone, Debug)]
pub enum EventKind {
    /// A module that does not belong to the project or the standard library is imported.
    Import { module: Arc<str>, guard: Guard, found: bool },
    /// An exception was raised and caught by a handler at `handler`.
    Caught { stop: Stop, handler: Site },
    /// A way out that may be taken, if a condition that is not known holds.
    Perhaps { stop: Stop },
    /// A name may be unbound where it is used.
    MaybeUnbound { name: Arc<str> },
    /// `sys.path` was changed by the program.
    SearchPathChanged,
    /// `sys.modules[...]` was assigned to.
    ModuleReplaced { name: Arc<str> },
    /// A project module was imported, from this file.
    FirstParty { module: Arc<str>, path: PathBuf },
    /// A skip in a class body, a mark of unknown name, …: pytest warns, or does something unexpected.
    Oddity { what: Oddity },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// An unregistered mark was used.
    UnknownMark { name: Arc<str> },
    /// A module- or class-level name was bound to a test function twice.
    Redefined { name: Arc<str> },
}

/// What protects an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Nothing.
    None,
    /// A handler that catches `ImportError`.
    Handler,
    /// A handler that catches `ImportError` only to raise something else: the module is needed.
    Insistent,
    /// `pytest.importorskip`.
    ImportOrSkip,
    /// `importlib.util.find_spec` asked first.
    FindSpec,
}

impl Guard {
    /// Whether the program goes on where the module is missing.
    pub fn spares(self) -> bool {
        match self {
            Self::Handler | Self::ImportOrSkip | Self::FindSpec => true,
            Self::None | Self::Insistent => false,
        }
    }
}
