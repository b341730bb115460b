//! Threads that go ahead: each collects a later part of the modules in a session of its own, in case that
//! those before it leave it alone.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::record::Record;

/// For fewer modules than these nobody goes ahead.
const LEAST: usize = 12;

/// A part of the modules, and what became of it.
#[derive(Debug)]
pub(super) struct Scout {
    /// In the order in which the session meets them.
    part: Range<usize>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
enum State {
    /// No thread was free by now.
    Waiting,
    Running,
    /// Nobody wants it any more.
    GivenUp,
    Done(Option<Vec<Arc<Record>>>),
}

/// A scout for each part but the first. So many parts, or one for each thread that is worth it.
pub(super) fn scouts(candidates: &[PathBuf], parts: Option<usize>) -> Vec<Scout> {
    let is_module = |path: &&PathBuf| {
        !path.file_name().is_some_and(|name| name == "conftest.py" || name == "__init__.py")
    };
    let modules = candidates.iter().filter(is_module).count();
    let worth = || rayon::current_num_threads().min(modules / LEAST);
    let parts = parts.unwrap_or_else(worth).clamp(1, modules.max(1));
    let begin = |part: usize| part * modules / parts;
    let scout = |part: usize| {
        let end = if part + 1 == parts { usize::MAX } else { begin(part + 1) };
        Scout { part: begin(part)..end, state: Mutex::new(State::Waiting), changed: Condvar::new() }
    };
    (1..parts).map(scout).collect()
}

/// Whoever waits is told even if the work panics.
struct Finish<'s>(&'s Scout, Option<Vec<Arc<Record>>>);
impl Drop for Finish<'_> {
    fn drop(&mut self) {
        *self.0.state() = State::Done(self.1.take());
        self.0.changed.notify_all();
    }
}

impl Scout {
    fn state(&self) -> MutexGuard<'_, State> {
        // what a thread that panicked leaves is no result: the panic itself goes on in the scope of threads
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does the work, if it is still wanted.
    pub(super) fn run(&self, work: impl FnOnce() -> Option<Vec<Arc<Record>>>) {
        {
            let mut state = self.state();
            if !matches!(*state, State::Waiting) {
                return;
            }
            *state = State::Running;
        }
        let mut finish = Finish(self, None);
        finish.1 = work();
    }

    fn is_given_up(&self) -> bool {
        matches!(*self.state(), State::GivenUp)
    }

    fn give_up(&self) {
        *self.state() = State::GivenUp;
    }

    /// What it found; nothing if no thread has begun it.
    fn result(&self) -> Option<Vec<Arc<Record>>> {
        let mut state = self.state();
        loop {
            match &mut *state {
                State::Waiting => {
                    *state = State::GivenUp;
                    return None;
                }
                State::GivenUp => return None,
                State::Done(found) => return found.take(),
                State::Running => {
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

/// Who a session is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Post<'s> {
    /// Nobody goes ahead.
    #[default]
    Alone,
    /// It collects the first part, and takes the others over.
    Head(&'s [Scout]),
    Scout(&'s Scout),
}

/// What to do with a module.
pub(super) enum Order {
    Collect,
    /// Collect it, and take over all that was found out ahead.
    Gather,
    /// It is somebody else's.
    Pass,
    Stop,
    GiveUp,
}

impl Post<'_> {
    pub(super) fn is_wanted(&self) -> bool {
        match self {
            Self::Alone => false,
            Self::Head(scouts) => !scouts.is_empty(),
            Self::Scout(_) => true,
        }
    }

    pub(super) fn is_scout(&self) -> bool {
        matches!(self, Self::Scout(_))
    }

    pub(super) fn at(&self, place: usize) -> Order {
        match self {
            Self::Head(scouts) if scouts.first().is_some_and(|first| first.part.start == place) => {
                Order::Gather
            }
            Self::Alone | Self::Head(_) => Order::Collect,
            Self::Scout(scout) if scout.is_given_up() => Order::GiveUp,
            Self::Scout(scout) if place < scout.part.start => Order::Pass,
            Self::Scout(scout) if place >= scout.part.end => Order::Stop,
            Self::Scout(_) => Order::Collect,
        }
    }

    /// What all scouts found, if all found something.
    pub(super) fn gather(&self) -> Option<Vec<Arc<Record>>> {
        let Self::Head(scouts) = self else { return None };
        let found: Option<Vec<_>> = scouts.iter().map(Scout::result).collect();
        if found.is_none() {
            self.give_up();
        }
        found.map(|parts| parts.into_iter().flatten().collect())
    }

    /// Nothing that is found out ahead can be of use.
    pub(super) fn give_up(&self) {
        if let Self::Head(scouts) = self {
            scouts.iter().for_each(Scout::give_up);
        }
    }
}
