//! Why: the imports, calls and branches between pytest and an event, outermost first.

use std::sync::Arc;

use super::value::Site;

/// What a step of the trace is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// A module is imported here.
    Import(Arc<str>),
    /// A function is called here.
    Call(Arc<str>),
    /// A branch that leads there: `except ImportError:`, `if not HAVE:`.
    Branch,
    /// The statement itself.
    Statement,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub site: Site,
    pub kind: StepKind,
}

/// Steps, outermost first; the last is where it happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace(pub Vec<Step>);

impl Trace {
    /// The innermost place that is not a branch.
    pub fn innermost(&self) -> Option<&Site> {
        self.0.iter().rev().find(|step| step.kind != StepKind::Branch).map(|step| &step.site)
    }

    /// The file that pytest itself imported.
    pub fn outermost(&self) -> Option<&Site> {
        self.0.first().map(|step| &step.site)
    }
}
