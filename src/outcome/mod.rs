//! What pytest does with the modules of a session: outcomes, node ids, the exit code.

mod conftest;
mod doctest;
pub mod exit;
pub mod failure;
mod import;
pub mod items;
mod options;
mod plugins;
mod selection;
pub mod session;
mod tally;

use std::path::PathBuf;

use crate::discovery::ModuleKind;
use crate::interp::Event;
use crate::settings::pytest::PytestSettings;

pub use exit::ExitCode;
pub use failure::Failure;
pub use items::{Lost, LostKind, NodeId};
pub(crate) use session::{Alike, Ledger, predict_shared};
pub use session::{Request, predict};

/// What pytest does with one module by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It is imported, and holds these items.
    Collected,
    Skipped,
    /// A collection error: the session ends with exit code 2.
    Error,
    /// It takes the whole session down.
    Aborts,
}

impl Outcome {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Collected => "collected",
            Self::Skipped => "skipped",
            Self::Error => "error",
            Self::Aborts => "aborts",
        }
    }

    /// Whether it is a failure.
    pub const fn fails(self) -> bool {
        matches!(self, Self::Error | Self::Aborts)
    }
}

/// What is known of one module that pytest meets.
#[derive(Clone, Debug)]
pub struct ModulePrediction {
    pub path: PathBuf,
    /// As pytest prints it: relative to rootdir, with `/`.
    pub node: String,
    pub kind: ModuleKind,
    pub outcome: Outcome,
    /// Whether it certainly comes out so.
    pub certain: bool,
    /// Why it is not collected; for `Collected` with a lost class, why that one is lost.
    pub failure: Option<Failure>,
    /// What else may happen, if a condition that is not known holds.
    pub perhaps: Vec<Failure>,
    /// How many tests it holds; `None` where that is not known.
    pub tests: Option<usize>,
    /// In pytest's order. Where their number is not known, those that are likely.
    pub items: Vec<NodeId>,
    /// What looks like a test and is none.
    pub lost: Vec<Lost>,
    /// It failed as a whole, not only a class of it.
    pub nothing_collected: bool,
    /// What the interpreter met while it was imported.
    pub events: Vec<Event>,
}

/// A conftest that pytest loads, or a directory that fails or is skipped because of one.
#[derive(Clone, Debug)]
pub struct ConftestPrediction {
    pub path: PathBuf,
    pub initial: bool,
    pub failure: Option<Failure>,
    pub outcome: Outcome,
    pub perhaps: Vec<Failure>,
    pub events: Vec<Event>,
}

/// All modules together.
#[derive(Clone, Debug)]
pub struct SessionPrediction {
    /// pytest's own exit code.
    pub exit_code: ExitCode,
    /// The module or conftest that ends the session early.
    pub aborted_by: Option<String>,
    /// How many items pytest collects before the session ends.
    pub collected: usize,
    /// Why pytest does not start, or ends after collecting, where no module is to blame.
    pub failure: Option<Failure>,
}

/// What pytest does in one environment.
#[derive(Clone, Debug)]
pub struct Prediction {
    pub settings: PytestSettings,
    pub session: SessionPrediction,
    /// In pytest's order.
    pub modules: Vec<ModulePrediction>,
    pub conftests: Vec<ConftestPrediction>,
}
