//! How much work one module may cause. When it is used up the answer is Unknown, never a guess and
//! never a hang.

/// Statements and calls that one module's import may take.
const STEPS: u32 = 400_000;

/// Steps that all modules of a session may take together.
const SESSION_STEPS: u64 = 60_000_000;

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
}

impl Default for Budget {
    fn default() -> Self {
        Self { steps: STEPS, session: SESSION_STEPS }
    }
}

impl Budget {
    /// Takes one step; `false` where none is left.
    pub(super) fn step(&mut self) -> bool {
        if self.is_used_up() {
            return false;
        }
        self.steps -= 1;
        self.session -= 1;
        true
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.steps == 0 || self.session == 0
    }

    /// Pays for work that is no step of the program: copying that many items of the heap.
    pub(super) fn spend(&mut self, items: usize) {
        let steps = u32::try_from(items / ITEMS_IN_STEP).unwrap_or(u32::MAX);
        self.steps = self.steps.saturating_sub(steps);
        self.session = self.session.saturating_sub(steps.into());
    }

    /// A fresh budget for a module; returns what the importing module had left.
    pub(super) fn begin(&mut self) -> u32 {
        std::mem::replace(&mut self.steps, STEPS)
    }

    pub(super) fn end(&mut self, left: u32) {
        self.steps = left;
    }
}
