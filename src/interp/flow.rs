//! What a statement may do besides falling through: return, break, raise, end the process.

use std::sync::Arc;

use super::changes::Mark;
use super::heap::Delta;
use super::trace::Trace;
use super::value::{Id, Site, Value};
use crate::syntax::CompileError;

/// How a statement ends when nothing is raised.
#[derive(Debug)]
pub(super) enum Flow {
    Next,
    Return(Value),
    Break,
    Continue,
}

/// Why evaluation does not go on.
#[derive(Clone, Debug)]
pub enum Stop {
    Raise(Box<Raised>),
    /// The process ends or hangs: no handler sees it.
    Halt(Box<Halt>),
    /// The budget is used up: nothing is known from here on.
    Budget,
}

impl Stop {
    /// Whether it certainly comes to this.
    pub fn is_certain(&self) -> bool {
        match self {
            Self::Raise(raised) => raised.certain,
            Self::Halt(halt) => halt.certain,
            Self::Budget => false,
        }
    }
}

/// The result of an evaluation.
pub(super) type Eval<T = Value> = Result<T, Stop>;

/// An exception on its way.
#[derive(Clone, Debug)]
pub struct Raised {
    /// The class; `Unknown` where an external call may raise anything.
    pub class: Value,
    /// The exception itself, as `except … as e` binds it.
    pub value: Value,
    /// `str(exception)`, where it is known.
    pub message: Option<String>,
    pub cause: Cause,
    pub trace: Trace,
    /// Whether it is certain that this happens.
    pub certain: bool,
}

/// The process ends without pytest's leave, or never goes on.
#[derive(Clone, Debug)]
pub struct Halt {
    pub how: HaltKind,
    /// The call, `os._exit`.
    pub call: Arc<str>,
    pub trace: Trace,
    pub certain: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HaltKind {
    /// The process ends with this status, where it is known.
    Exit(Option<i32>),
    /// A signal ends it.
    Signal(i32),
    /// It never comes back.
    Hang,
}

/// The fact behind an exception: what rules judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// `ModuleNotFoundError`.
    MissingModule {
        name: Arc<str>,
        why: Missing,
    },
    /// `cannot import name`.
    MissingName {
        module: Arc<str>,
        name: Arc<str>,
    },
    /// The name is not there yet, because the module is still being imported.
    Circular {
        module: Arc<str>,
        name: Arc<str>,
    },
    /// A relative import without a package.
    RelativeImport,
    /// `NameError`, `UnboundLocalError`.
    Unbound {
        name: Arc<str>,
    },
    /// `AttributeError`.
    MissingAttribute {
        owner: Arc<str>,
        name: Arc<str>,
    },
    /// `sys.exit()`, `exit()`, `raise SystemExit`, `parser.parse_args()`, …
    Exit {
        call: Arc<str>,
    },
    /// `pytest.skip`, `importorskip`, `unittest.SkipTest`.
    Skip {
        call: Arc<str>,
        module_level: bool,
    },
    /// `pytest.fail`, `pytest.xfail`.
    Outcome {
        call: Arc<str>,
    },
    /// `pytest.exit`.
    PytestExit {
        returncode: Option<i32>,
    },
    /// `os.environ["X"]`.
    EnvironmentVariable {
        name: Arc<str>,
    },
    /// A file that is opened and not there.
    MissingFile {
        path: Arc<str>,
    },
    /// `input()` under capture.
    Input,
    /// A `raise` statement.
    Statement,
    Assertion,
    /// The file does not compile.
    Compile(Box<CompileError>),
    Recursion,
    /// A warning that a filter turns into an error.
    Warning,
    /// Something that pytest itself refuses.
    Refused(Refused),
    /// Another error of Python's: a wrong call, an unhashable key, …
    Python,
    /// Code that is not interpreted may raise.
    External,
}

impl Cause {
    /// Whether an exception comes of values, not of what is there to import and to compile. Where it is
    /// not certain, something unknown came before it, and may have changed them.
    pub fn depends_on_values(&self) -> bool {
        match self {
            Self::MissingModule { .. }
            | Self::MissingName { .. }
            | Self::Circular { .. }
            | Self::RelativeImport
            | Self::Exit { .. }
            | Self::Skip { .. }
            | Self::Outcome { .. }
            | Self::PytestExit { .. }
            | Self::Compile(_)
            | Self::Refused(_)
            | Self::Input
            | Self::Warning => false,
            Self::Unbound { .. }
            | Self::MissingAttribute { .. }
            | Self::EnvironmentVariable { .. }
            | Self::MissingFile { .. }
            | Self::Statement
            | Self::Assertion
            | Self::Recursion
            | Self::Python
            | Self::External => true,
        }
    }

    /// Whether it comes of values, or of the order in which modules were imported.
    pub fn depends_on_state(&self) -> bool {
        self.depends_on_values() || matches!(self, Self::MissingName { .. } | Self::Circular { .. })
    }
}

/// What pytest refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// `parametrize`, and what it is given.
    Parametrize,
    /// A mark that nobody registers, under strict markers.
    UnknownMark,
    /// A mark that is nearly called `parametrize`.
    MisspelledMark,
    /// What is no mark, where marks are wanted.
    Mark,
    Fixture,
    /// A hook that pytest does not know, or with wrong parameters.
    Hook,
    /// A test with `yield`.
    YieldTest,
    /// A test class that cannot be instantiated.
    TestClass,
    /// A node of pytest's tree that the project makes itself.
    Node,
    /// An option or setting that a conftest adds, or asks for.
    Option,
    /// A plugin that cannot be imported.
    Plugin,
    /// `pytest_plugins` in a conftest further down.
    NestedPlugins,
    /// The module of that name came from another file.
    FileMismatch,
    Doctest,
    /// The command line, or the configuration.
    Usage,
}

/// Why a module cannot be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It belongs to the standard library of another version or platform.
    StandardLibrary,
    /// A part of a package of the project, or a file beside it.
    FirstParty,
    /// Not installed in this environment.
    ThirdParty,
    /// `sys.modules` holds `None` for it.
    Blocked,
}

/// A way out that may be taken: the rest of the code runs, but only perhaps.
#[derive(Debug)]
pub(super) struct Pending<'a> {
    pub what: Way,
    /// The state in which it is taken, made out of the state at `mark`.
    pub delta: Delta<'a>,
    pub mark: Mark,
    /// The scope that it leaves: a `return` of one function is no `return` of another.
    pub owner: Option<Id>,
    /// Whether it may be taken at any time since, too (an external call inside `try`).
    pub spreads: bool,
}

#[derive(Debug)]
pub(super) enum Way {
    Return(Value),
    Break,
    Continue,
    Stop(Stop),
}

impl Raised {
    /// Where it is raised: the innermost project line of the traceback.
    pub fn site(&self) -> Option<&Site> {
        self.trace.innermost()
    }
}
