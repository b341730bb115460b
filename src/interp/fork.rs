//! Branches that may or may not run, and the ways out that they leave pending.
//!
//! | one branch   | other branch | afterwards                                             |
//! |--------------|--------------|--------------------------------------------------------|
//! | falls through| falls through| the joined state                                       |
//! | falls through| stops        | the state of the one; the stop is pending              |
//! | stops        | stops        | one stop goes on, the other is pending                 |

use super::budget::{PENDING, WAYS_ON};
use super::changes::Mark;
use super::flow::{Eval, Flow, Pending, Stop, Way};
use super::heap::Delta;
use super::{Cause, Id, Interp, Raised, Value};

impl<'a> Interp<'a> {
    /// Runs either branch, not knowing which one Python runs.
    pub(super) fn fork(
        &mut self,
        one: impl FnOnce(&mut Self) -> Eval<Flow>,
        other: impl FnOnce(&mut Self) -> Eval<Flow>,
    ) -> Eval<Flow> {
        let mark = self.heap.mark();
        let base = self.pending.len();
        let outermost = self.budget.begin_doubt();
        self.maybe += 1;
        let first = one(self);
        let delta = self.take_back(&mark, base);
        let second = other(self);
        self.maybe -= 1;
        if outermost && self.budget.end_doubt() {
            self.drop_pending(base);
            self.heap.merge(&mark, delta);
            self.heap.forget(&mark);
            self.heap.close(mark);
            return Err(Stop::Budget);
        }
        self.combine(first, delta, mark, second)
    }

    /// Runs either expression.
    pub(super) fn fork_value(
        &mut self,
        one: impl FnOnce(&mut Self) -> Eval,
        other: impl FnOnce(&mut Self) -> Eval,
    ) -> Eval {
        let mut values = (None, None);
        let flow = self.fork(
            |interp| {
                values.0 = Some(one(interp)?);
                Ok(Flow::Next)
            },
            |interp| {
                values.1 = Some(other(interp)?);
                Ok(Flow::Next)
            },
        );
        flow?;
        Ok(match values {
            (Some(one), Some(other)) => one.join(&other),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => Value::Unknown,
        })
    }

    /// Takes the changes since `mark` back; what became pending since keeps its state.
    pub(super) fn take_back(&mut self, mark: &Mark, base: usize) -> Delta<'a> {
        for index in base..self.pending.len() {
            let delta = std::mem::take(&mut self.pending[index].delta);
            let rebased = self.heap.rebase(mark, &self.pending[index].mark, delta);
            self.pending[index].delta = rebased;
        }
        let delta = self.heap.rollback(mark);
        for index in base..self.pending.len() {
            let again = self.heap.mark_again(mark);
            let old = std::mem::replace(&mut self.pending[index].mark, again);
            self.heap.close(old);
        }
        delta
    }

    /// Joins how two alternatives end. The present state is that of `second`; that of `first` is
    /// `delta`, made out of the state at `mark`.
    fn combine(&mut self, first: Eval<Flow>, delta: Delta<'a>, mark: Mark, second: Eval<Flow>) -> Eval<Flow> {
        match (first, second) {
            (Ok(Flow::Next), Ok(Flow::Next)) => {
                self.heap.merge(&mark, delta);
                self.heap.close(mark);
                Ok(Flow::Next)
            }
            (first, Ok(Flow::Next)) => self.pend(Way::of(first), delta, mark).map(|()| Flow::Next),
            (Ok(Flow::Next), second) => {
                let made = self.heap.delta(&mark);
                self.heap.switch(&mark, &delta);
                self.pend(Way::of(second), made, mark).map(|()| Flow::Next)
            }
            (first, second) => self.pend(Way::of(first), delta, mark).and(second),
        }
    }

    /// Leaves a way out pending. That something may be raised is forgotten where there is no room; a way on
    /// is not: else what is raised on the other ways would seem to be all that is left.
    fn pend(&mut self, what: Option<Way>, delta: Delta<'a>, mark: Mark) -> Eval<()> {
        let Some(what) = what else {
            self.heap.close(mark);
            return Ok(());
        };
        let is_stop = matches!(what, Way::Stop(_));
        // what external code may raise matters only where something would catch it
        let external = matches!(&what, Way::Stop(Stop::Raise(raised)) if raised.cause == Cause::External);
        if self.pending.len() < if is_stop { PENDING } else { WAYS_ON }
            && !(external && self.catching.is_empty())
        {
            let owner = self.running_scope();
            self.pending.push(Pending { what, delta, mark, owner, spreads: false });
            return Ok(());
        }
        self.heap.close(mark);
        if is_stop { Ok(()) } else { Err(Stop::Budget) }
    }

    /// Leaves pending that what is raised here may be raised, at the present state.
    pub(super) fn perhaps(&mut self, stop: Stop) {
        let mark = self.heap.mark();
        // NOTE: a stop is forgotten where there is no room, which is no error
        let _ = self.pend(Some(Way::Stop(stop)), Delta::default(), mark);
    }

    /// Forgets the ways that became pending since `base`.
    pub(super) fn drop_pending(&mut self, base: usize) {
        while self.pending.len() > base
            && let Some(pending) = self.pending.pop()
        {
            self.heap.close(pending.mark);
        }
    }

    /// Code that is not interpreted may raise: matters only where a handler would catch it.
    pub(super) fn may_raise_anything(&mut self) {
        self.may_raise(&Value::Unknown);
    }

    /// The same of an exception of that class.
    pub(super) fn may_raise(&mut self, class: &Value) {
        let Some(base) = self.catching.last().map(|catching| catching.base) else { return };
        let covers = |pending: &Pending<'_>| match &pending.what {
            Way::Stop(Stop::Raise(raised)) => raised.class.is_unknown() || raised.class.same(class),
            _ => false,
        };
        let after = &self.pending[base.min(self.pending.len())..];
        let known = after.iter().any(|pending| pending.spreads && covers(pending));
        if known || self.pending.len() >= PENDING {
            return;
        }
        let trace = self.trace();
        let raised = Raised {
            class: class.clone(),
            value: Value::Unknown,
            message: None,
            cause: Cause::External,
            trace,
            certain: false,
        };
        let mark = self.heap.mark();
        let what = Way::Stop(Stop::Raise(Box::new(raised)));
        self.pending.push(Pending { what, delta: Delta::default(), mark, owner: None, spreads: true });
    }

    /// Goes the way that is pending, too, and joins how it ends with how the main way ended.
    pub(super) fn also(
        &mut self,
        main: Eval<Flow>,
        pending: Pending<'a>,
        run: impl FnOnce(&mut Self, Way) -> Eval<Flow>,
    ) -> Eval<Flow> {
        let Pending { what, delta, mark, spreads, owner: _ } = pending;
        self.budget.spend(self.heap.take_work());
        if self.budget.is_used_up() {
            self.heap.close(mark);
            return Err(Stop::Budget);
        }
        let now = self.heap.mark();
        let base = self.pending.len();
        if spreads {
            self.heap.smear(&mark);
        } else {
            self.heap.switch(&mark, &delta);
        }
        let outermost = self.budget.begin_doubt();
        self.maybe += 1;
        let result = run(self, what);
        self.maybe -= 1;
        if outermost {
            self.budget.end_doubt();
        }
        let made = self.take_back(&now, base);
        let result = self.combine(result, made, now, main);
        self.heap.close(mark);
        result
    }

    /// The scope of the running function, class body or module.
    fn running_scope(&self) -> Option<Id> {
        self.frames.last().map(|frame| frame.names)
    }

    /// The ways out since `base` that `wanted` chooses, taken off the list. Those that leave another
    /// function (a loop's body runs inside the generator that it takes its items from) stay.
    pub(super) fn take_pending(&mut self, base: usize, wanted: impl Fn(&Way) -> bool) -> Vec<Pending<'a>> {
        let mut taken = Vec::new();
        let mut index = base;
        let here = self.running_scope();
        while index < self.pending.len() {
            let pending = &self.pending[index];
            let own = match pending.what {
                Way::Stop(_) => true,
                Way::Return(_) | Way::Break | Way::Continue => here.is_none() || pending.owner == here,
            };
            if own && wanted(&pending.what) {
                taken.push(self.pending.remove(index));
            } else {
                index += 1;
            }
        }
        taken
    }
}

impl Way {
    pub(super) fn into_result(self) -> Eval<Flow> {
        match self {
            Self::Return(value) => Ok(Flow::Return(value)),
            Self::Break => Ok(Flow::Break),
            Self::Continue => Ok(Flow::Continue),
            Self::Stop(stop) => Err(stop),
        }
    }

    fn of(result: Eval<Flow>) -> Option<Self> {
        match result {
            Ok(Flow::Next) => None,
            Ok(Flow::Return(value)) => Some(Self::Return(value)),
            Ok(Flow::Break) => Some(Self::Break),
            Ok(Flow::Continue) => Some(Self::Continue),
            Err(stop) => Some(Self::Stop(stop)),
        }
    }
}
