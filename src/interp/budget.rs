//! How much work one module may cause. When it is used up the answer is Unknown, never a guess and
//! never a hang.

use std::path::Path;

/// Statements and calls that one module's import may take.
const STEPS: u32 = 400_000;

/// The same for a conftest: what it makes is there for all modules below it.
const CONFTEST_STEPS: u32 = 4_000_000;

/// Steps that all modules of a session may take together.
const SESSION_STEPS: u64 = 60_000_000;

/// What each statement of a module may still take after the module's steps are used up: later imports
/// and definitions are few steps, and other modules depend on them.
const ALLOWANCE: u32 = 2_000;

/// Steps and copies that a branch may cause of which it is not known whether it runs, with all that is
/// called there. Values that are not known make more of them, so that such code seldom comes to an end.
const DOUBT: u32 = 20_000;

/// Calls of a function that may cause more before it is not looked into any more.
pub(super) const RUNAWAYS: u8 = 2;

/// Items of the heap whose copies, when a branch is taken back or joined, cost as much as one step.
const ITEMS_IN_STEP: usize = 8;

/// Calls of one function within itself, where it is not certain that it is called at all: such a
/// recursion ends by a condition that is not known.
pub(super) const DOUBTFUL_RECURSION: usize = 6;

/// Calls within calls, as Python's own limit (`sys.getrecursionlimit()`) less the frames that
/// pytest and importlib need.
pub(super) const DEPTH: usize = 940;

/// Times that one `while` loop is run before nothing is known of it.
pub(super) const LOOP: usize = 2_000;

/// Times that a `while` loop is run that may have been left in each of them, before later rounds are not told
/// apart any more.
pub(super) const DOUBTFUL_ROUNDS: usize = 8;

/// Items of one `for` loop or comprehension that are run one by one.
pub(super) const ITEMS: usize = 5_000;

/// Ways out that may be pending at a time before nothing more is recorded.
pub(super) const PENDING: usize = 64;

/// Ways on (`return`, `break`, `continue`) and out that may be pending at a time.
pub(super) const WAYS_ON: usize = 4 * PENDING;

#[derive(Debug)]
pub(super) struct Budget {
    steps: u32,
    session: u64,
    /// What is left within a branch that may or may not run.
    doubt: Option<u32>,
}

/// What a module or a branch has left while another one runs.
pub(super) struct Left {
    steps: u32,
    doubt: Option<u32>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { steps: STEPS, session: SESSION_STEPS, doubt: None }
    }
}

impl Budget {
    /// Takes one step; `false` where none is left.
    pub(super) fn step(&mut self) -> bool {
        if self.is_used_up() {
            return false;
        }
        match &mut self.doubt {
            Some(0) => return false,
            Some(left) => *left -= 1,
            None => {}
        }
        self.steps -= 1;
        self.session -= 1;
        true
    }

    pub(super) fn session_left(&self) -> u64 {
        self.session
    }

    /// Takes steps of the session; `false`, and none is taken, where there are not so many.
    pub(super) fn spend_session(&mut self, steps: u64) -> bool {
        let left = self.session.checked_sub(steps).filter(|left| *left > 0);
        self.session = left.unwrap_or(self.session);
        left.is_some()
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.steps == 0 || self.session == 0
    }

    /// Pays for work that is no step of the program: copying that many items of the heap.
    pub(super) fn spend(&mut self, items: usize) {
        let steps = u32::try_from(items / ITEMS_IN_STEP).unwrap_or(u32::MAX);
        self.steps = self.steps.saturating_sub(steps);
        self.session = self.session.saturating_sub(steps.into());
        self.doubt = self.doubt.map(|left| left.saturating_sub(steps));
    }

    /// The next statement of a module whose steps may be used up.
    pub(super) fn allow(&mut self) {
        self.steps = self.steps.max(ALLOWANCE);
    }

    /// A fresh budget for a module; returns what the importing module had left.
    pub(super) fn begin(&mut self) -> Left {
        self.begin_with(STEPS)
    }

    /// [`Self::begin`] of the module that a file is.
    pub(super) fn begin_file(&mut self, path: &Path) -> Left {
        self.begin_with(if path.ends_with("conftest.py") { CONFTEST_STEPS } else { STEPS })
    }

    fn begin_with(&mut self, steps: u32) -> Left {
        Left { steps: std::mem::replace(&mut self.steps, steps), doubt: self.doubt.take() }
    }

    pub(super) fn end(&mut self, left: Left) {
        self.steps = left.steps;
        self.doubt = left.doubt;
    }

    /// Whether what runs is within a branch that may or may not run.
    pub(super) fn is_doubtful(&self) -> bool {
        self.doubt.is_some()
    }

    /// A branch begins that may or may not run; `true` where it is the outermost one.
    pub(super) fn begin_doubt(&mut self) -> bool {
        let outermost = self.doubt.is_none();
        if outermost {
            self.doubt = Some(DOUBT);
        }
        outermost
    }

    /// The outermost branch ends; `true` where it was cut short.
    pub(super) fn end_doubt(&mut self) -> bool {
        self.doubt.take() == Some(0)
    }
}
