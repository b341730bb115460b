//! What collectlint says: findings with their places, and the edits that would mend them.

pub mod fingerprint;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::text::Span;

/// A rule's stable code, `CL001`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleCode(pub &'static str);

impl fmt::Display for RuleCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How bad a finding is: `Error` certainly happens in a stated environment, `Warning` may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Whether a fix keeps the meaning of the code, as ruff's contract has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// Shown, never applied.
    Display,
    /// Applied with `--unsafe-fixes`: it may change what the tests mean.
    Unsafe,
    /// Applied with `--fix`: the prediction was run again on the repaired text and came out right.
    Safe,
}

impl Applicability {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Display => "display",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// A place in a file, with what there is to say about it. The path is absolute; a label about a file
/// as a whole, or about a folder, has the empty span at 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    pub path: Arc<PathBuf>,
    pub span: Span,
    pub text: String,
}

/// A replacement of one span of one file. A file that is not there yet is created by an edit of the
/// empty span at 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    pub path: Arc<PathBuf>,
    pub span: Span,
    pub content: String,
}

/// A repair: all its edits are applied, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub applicability: Applicability,
    /// What it does, as an action: "guard it with `pytest.importorskip`".
    pub message: String,
    /// Sorted by path and span; they do not overlap.
    pub edits: Vec<Edit>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: RuleCode,
    /// The rule's name, `exit-at-import`.
    pub name: &'static str,
    pub severity: Severity,
    /// One fact, lower case, no final stop; it stands alone in the one-line form.
    pub message: String,
    /// Where; its text may be empty when the message says it all.
    pub primary: Label,
    /// The trace and other evidence, in the order in which Python meets it.
    pub related: Vec<Label>,
    /// What pytest will print, where it is known.
    pub pytest_says: Option<String>,
    /// How to repair, as an action.
    pub help: Option<String>,
    pub fix: Option<Fix>,
    /// Names of the environments it strikes in; empty means all.
    pub cells: Vec<String>,
    /// How many environments were looked at.
    pub cells_total: usize,
    /// Whether those are cells of the project's matrix.
    pub cells_are_of_matrix: bool,
    /// Test modules that it stops, besides the file it is in.
    pub stops: Vec<PathBuf>,
    /// What the finding is about (a module or test name): part of the fingerprint, so that it does
    /// not move with line numbers.
    pub symbol: String,
    /// The exit code of a plain pytest in the environments it strikes in, where it is known.
    pub exit_code: Option<u8>,
}

impl Diagnostic {
    /// A finding with nothing to it but its place and its one fact; `symbol` is empty.
    pub fn new(
        code: RuleCode,
        name: &'static str,
        severity: Severity,
        message: impl Into<String>,
        primary: Label,
    ) -> Self {
        Self {
            code,
            name,
            severity,
            message: message.into(),
            primary,
            related: Vec::new(),
            pytest_says: None,
            help: None,
            fix: None,
            cells: Vec::new(),
            cells_total: 0,
            cells_are_of_matrix: false,
            stops: Vec::new(),
            symbol: String::new(),
            exit_code: None,
        }
    }
}
