//! Whether a module of a session can be told apart from the others: what it does changes nothing that the
//! others see, and what they did before changes nothing that it sees. What importing it came to then holds
//! wherever it is imported, and need not be found out again.
//!
//! A module may change what it has made itself. What the modules made that it imports is theirs: they may be
//! imported before, or not at all by then.

use std::cell::Cell;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::value::Id;
use super::value::Value;
use super::{Interp, Key, ModuleKind, Object};
use crate::environment::observed::{self, Asked};

/// What a module made: from `start` on, without what others made meanwhile.
#[derive(Debug)]
struct Territory {
    start: u32,
    /// What modules made that were imported meanwhile, in order.
    others: Vec<(u32, u32)>,
}

impl Territory {
    fn holds(&self, Id(id): Id) -> bool {
        match self.others.last() {
            Some(&(_, end)) if id < end => {
                let after = self.others.partition_point(|&(start, _)| start <= id);
                id >= self.start && after.checked_sub(1).is_none_or(|place| id >= self.others[place].1)
            }
            _ => id >= self.start,
        }
    }
}

/// What was seen of the module that is being collected.
#[derive(Debug, Default)]
pub(super) struct Watch {
    territories: Vec<Territory>,
    /// Something changed that others made.
    changes: bool,
    /// What came out may depend on what other modules of the session did before.
    looks: Cell<bool>,
}

impl Watch {
    /// The object is changed.
    pub(super) fn change(&mut self, id: Id) {
        self.changes |= self.territories.last().is_some_and(|own| !own.holds(id));
    }

    /// Something changes that all modules share.
    pub(super) fn change_shared(&mut self) {
        self.changes |= !self.territories.is_empty();
    }

    /// What is looked at is what other modules may have left behind.
    pub(super) fn look(&self) {
        self.looks.set(true);
    }

    /// A module begins; the next object is its first.
    pub(super) fn enter(&mut self, start: u32) {
        if !self.territories.is_empty() {
            self.territories.push(Territory { start, others: Vec::new() });
        }
    }

    pub(super) fn leave(&mut self, end: u32) {
        if self.territories.len() > 1
            && let Some(inner) = self.territories.pop()
            && let Some(outer) = self.territories.last_mut()
        {
            let mut start = inner.start;
            // one that was made before it is run lies within what was made since
            while let Some((before, _)) = outer.others.pop_if(|&mut (_, before)| before > start) {
                start = start.min(before);
            }
            outer.others.push((start, end));
        }
    }
}

/// How a module is tied to the rest of its session.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ties {
    /// It changes what others made.
    pub(crate) changes: bool,
    /// It looks at what others may have left behind.
    pub(crate) looks: bool,
}

/// What imports come to by themselves.
#[derive(Debug, Default)]
pub(super) struct Journal {
    /// What was entered in `sys.modules`, in order.
    entered: Vec<(Arc<str>, Id)>,
    /// What was found there.
    relied: FxHashSet<Arc<str>>,
    /// What was neither there nor anywhere else.
    missed: Vec<Arc<str>>,
    /// What is not interpreted and was imported where a handler would catch what it may raise: by whom.
    doubted: Vec<(Arc<str>, Arc<str>)>,
    /// What the interpreted modules asked of the environment while they were imported.
    asked: FxHashMap<Id, Part>,
    /// Of the modules that are being imported, innermost last.
    uses: Vec<Uses>,
}

#[derive(Debug)]
struct Part {
    asked: Arc<Asked>,
    /// Modules that it uses and that were being imported themselves.
    unfinished: Arc<[Id]>,
}

/// The modules that a module uses.
#[derive(Debug, Default)]
struct Uses {
    finished: FxHashSet<Id>,
    unfinished: FxHashSet<Id>,
}

impl Journal {
    pub(super) fn enter(&mut self, dotted: &str, module: Id) {
        self.entered.push((Arc::from(dotted), module));
    }

    pub(super) fn rely(&mut self, dotted: &str) {
        if !self.relied.contains(dotted) {
            self.relied.insert(Arc::from(dotted));
        }
    }

    pub(super) fn miss(&mut self, dotted: &str) {
        self.missed.push(Arc::from(dotted));
    }

    pub(super) fn doubt(&mut self, importer: &Arc<str>, dotted: &str) {
        self.doubted.push((Arc::clone(importer), Arc::from(dotted)));
    }
}

/// A module that is in `sys.modules`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entered {
    pub(crate) name: Arc<str>,
    /// What it is made from; one that is not interpreted is its name alone.
    pub(crate) kind: ModuleKind,
    pub(crate) search: Option<Vec<std::path::PathBuf>>,
}

/// What importing something did to the state that all modules share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traces {
    pub(crate) entered: Vec<Entered>,
    /// What others have imported before.
    pub(crate) relied: Vec<Arc<str>>,
    /// What nobody has imported before, and what is not there afterwards, either.
    pub(crate) missed: Vec<Arc<str>>,
    /// Who imported what is not interpreted and may raise.
    pub(crate) doubted: Vec<(Arc<str>, Arc<str>)>,
}

impl Interp<'_> {
    /// A module of the session is going to be imported and collected.
    pub(crate) fn begin_watch(&mut self) {
        let start = u32::try_from(self.heap.len()).unwrap_or(u32::MAX);
        self.heap.watch.territories = vec![Territory { start, others: Vec::new() }];
        self.heap.watch.changes = false;
        self.heap.watch.looks.set(false);
    }

    /// Something changes that all modules of the session share.
    pub(crate) fn change_shared(&mut self) {
        self.heap.watch.change_shared();
    }

    /// Something is made when an object is used first, and kept.
    pub(crate) fn keep_for(&mut self, object: Id) {
        self.heap.watch.change(object);
    }

    /// It is collected.
    pub(crate) fn end_watch(&mut self) -> Ties {
        self.heap.watch.territories.clear();
        Ties { changes: std::mem::take(&mut self.heap.watch.changes), looks: self.heap.watch.looks.take() }
    }

    /// Whether anything was looked at that others may have left behind, since the last call.
    pub(crate) fn take_looks(&mut self) -> bool {
        self.heap.watch.looks.take()
    }

    /// How often code that is not interpreted was called.
    pub(crate) fn opaque_calls(&self) -> u64 {
        self.opaque_calls
    }

    pub(crate) fn add_opaque_calls(&mut self, calls: u64) {
        self.opaque_calls += calls;
    }

    /// What is left of the steps that all modules of the session may take.
    pub(crate) fn steps_left(&self) -> u64 {
        self.budget.session_left()
    }

    /// Takes steps that were taken elsewhere; `false` if there are not so many left.
    pub(crate) fn spend_steps(&mut self, steps: u64) -> bool {
        self.budget.spend_session(steps)
    }

    /// What was imported since the last call and is still there.
    pub(crate) fn take_traces(&mut self) -> Traces {
        let entered = std::mem::take(&mut self.journal.entered);
        let doubted = std::mem::take(&mut self.journal.doubted);
        let mut missed = std::mem::take(&mut self.journal.missed);
        let own: FxHashSet<&Arc<str>> = entered.iter().map(|(name, _)| name).collect();
        let mut relied: Vec<Arc<str>> =
            std::mem::take(&mut self.journal.relied).into_iter().filter(|name| !own.contains(name)).collect();
        relied.sort_unstable();
        let (there, gone): (Vec<_>, Vec<_>) =
            entered.into_iter().partition(|(name, id)| self.module(name) == Some(*id));
        // what failed was not there before, either
        missed.extend(gone.into_iter().map(|(name, _)| name));
        let entered = there.into_iter().filter_map(|(name, id)| self.entered(name, id)).collect();
        Traces { entered, relied, missed, doubted }
    }

    /// What is in `sys.modules` under a name.
    pub(crate) fn entered_as(&self, name: &Arc<str>) -> Option<Entered> {
        let id = self.module(name)?;
        self.entered(Arc::clone(name), id)
    }

    fn entered(&self, name: Arc<str>, id: Id) -> Option<Entered> {
        let Object::Module(module) = self.heap.get(id) else { return None };
        Some(Entered { name, kind: module.kind.clone(), search: module.search.clone() })
    }

    /// What certainly stands under a name in a dict that is `sys.modules`.
    pub(crate) fn registered(&mut self, dict: &Value, name: &Value) -> Option<Value> {
        if dict.as_id() != Some(self.modules) {
            return None;
        }
        let name = name.as_str()?;
        let modules = self.heap.registry().filter(|modules| !modules.open)?;
        let key = Key::Str(Arc::from(name));
        let (_, module) = modules.entries.get(&key).filter(|_| !modules.doubtful.contains(&key))?;
        let (module, id) = (module.clone(), module.as_id()?);
        self.rely_on(name, id);
        Some(module)
    }

    /// Runs the file of a module; what it asks of the environment is known wherever the module is used
    /// afterwards.
    pub(super) fn asking<T>(&mut self, module: Id, run: impl FnOnce(&mut Self) -> T) -> T {
        let start = module.0;
        self.heap.watch.enter(start);
        self.journal.uses.push(Uses::default());
        let (result, asked) = observed::apart(|| run(self));
        let uses = self.journal.uses.pop().unwrap_or_default();
        if let Some(asked) = asked {
            observed::ask_again(&asked);
            let (finished, mut unfinished): (Vec<Id>, Vec<Id>) =
                uses.unfinished.into_iter().partition(|id| self.journal.asked.contains_key(id));
            for id in finished {
                self.use_module(id);
            }
            unfinished.retain(|&id| id != module);
            if let Some(outer) = self.journal.uses.last_mut() {
                outer.unfinished.extend(&unfinished);
            }
            let part = Part { asked: Arc::new(asked), unfinished: unfinished.into() };
            self.journal.asked.insert(module, part);
        }
        self.heap.watch.leave(u32::try_from(self.heap.len()).unwrap_or(u32::MAX));
        result
    }

    /// An import finds a module that is there already.
    pub(super) fn rely_on(&mut self, dotted: &str, module: Id) {
        if !self.heap.watch.territories.is_empty() {
            self.journal.rely(dotted);
        }
        self.use_module(module);
    }

    /// A module that was imported before is used: whoever uses it depends on what it asked.
    pub(super) fn use_module(&mut self, module: Id) {
        if !observed::is_watched() {
            return;
        }
        let mut todo = vec![module];
        while let Some(id) = todo.pop() {
            let uses = self.journal.uses.last_mut();
            let Some(part) = self.journal.asked.get(&id) else {
                uses.map(|uses| uses.unfinished.insert(id));
                continue;
            };
            if uses.is_none_or(|uses| uses.finished.insert(id)) {
                observed::ask_again(&part.asked);
                todo.extend(part.unfinished.iter());
            }
        }
    }
}
