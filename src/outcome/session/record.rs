//! What collecting a module came to, apart from the session that it was collected in.
//!
//! In pytest's session the modules are imported one after the other, and each may see what those before it
//! did. Most do not: they change nothing but what they make themselves, and look at nothing that others may
//! have left behind. What such a module comes to can be found out elsewhere (on another thread, in another
//! environment that answers alike all that it asks) and taken over. It is the very same then, to the last
//! event, or it is not taken.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Finish;
use crate::environment::observed::Asked;
use crate::interp::{Entered, Event, EventKind, Interp, IssuedWarning, ModuleKind, StepKind, Ties, Traces};
use crate::outcome::items::Item;
use crate::outcome::{ExitCode, ModulePrediction};

/// What collecting one module came to.
#[derive(Debug)]
pub(crate) struct Record {
    pub(super) prediction: ModulePrediction,
    /// Without what lies on the interpreter's heap.
    pub(super) items: Vec<Item>,
    /// It ends the session.
    pub(super) abort: Option<(ExitCode, Finish)>,
    pub(super) ties: Ties,
    pub(super) traces: Traces,
    pub(super) warnings: FxHashSet<IssuedWarning>,
    pub(super) opaque_calls: u64,
    pub(super) steps: u64,
    pub(super) asked: Option<Asked>,
}

/// What was imported by now, whether in this session or by what was taken over.
#[derive(Debug, Default)]
pub(super) struct Imported {
    /// What was taken over has imported these, and they are not on this session's heap.
    elsewhere: FxHashMap<Arc<str>, Entered>,
    /// Who has imported what is not interpreted and might have raised.
    doubted: FxHashSet<(Arc<str>, Arc<str>)>,
}

impl Imported {
    /// Whether what was imported in this session fits with what was taken over: there is nothing that would
    /// have been imported before.
    pub(super) fn admits(&self, traces: &Traces) -> bool {
        self.fits(traces, |name| self.elsewhere.get(name).cloned())
    }

    /// Whether a record is what this session would come to, after all that was imported by now.
    pub(super) fn admits_record(&self, record: &Record, interp: &Interp<'_>) -> bool {
        let known = |name: &Arc<str>| self.known(name, interp);
        record.traces.relied.iter().all(|name| known(name).is_some()) && self.fits(&record.traces, known)
    }

    fn fits(&self, traces: &Traces, known: impl Fn(&Arc<str>) -> Option<Entered>) -> bool {
        traces.entered.iter().all(|entered| known(&entered.name).is_none_or(|known| known == *entered))
            && traces.missed.iter().all(|name| known(name).is_none())
            && traces.doubted.iter().all(|pair| match known(&pair.0) {
                Some(_) => self.doubted.contains(pair),
                None => known(&pair.1).is_none(),
            })
    }

    fn known(&self, name: &Arc<str>, interp: &Interp<'_>) -> Option<Entered> {
        self.elsewhere.get(name).cloned().or_else(|| interp.entered_as(name))
    }

    /// What was imported in this session.
    pub(super) fn note(&mut self, traces: &Traces) {
        self.doubted.extend(traces.doubted.iter().cloned());
    }

    /// What a record that is taken over has imported.
    pub(super) fn take_over(&mut self, traces: &Traces, interp: &Interp<'_>) {
        self.note(traces);
        for entered in &traces.entered {
            if interp.entered_as(&entered.name).is_none() {
                self.elsewhere.insert(Arc::clone(&entered.name), entered.clone());
            }
        }
    }

    /// Drops the events of imports that would not have taken place here: somebody has imported that before.
    pub(super) fn drop_repeated(&self, events: &mut Vec<Event>) {
        if !self.elsewhere.is_empty() {
            events.retain(|event| !is_repeated(event, |name| self.elsewhere.get(name).cloned()));
        }
    }

    /// The same of a record, which was made where nothing was imported yet.
    pub(super) fn drop_repeated_of_record(&self, events: &mut Vec<Event>, interp: &Interp<'_>) {
        events.retain(|event| !is_repeated(event, |name| self.known(name, interp)));
    }
}

fn is_repeated(event: &Event, known: impl Fn(&Arc<str>) -> Option<Entered>) -> bool {
    let is_file = |name: &Arc<str>, path: &Path| {
        known(name).is_some_and(|known| known.kind == ModuleKind::Source(path.to_path_buf()))
    };
    let repeats = match &event.kind {
        EventKind::FirstParty { module, path } => is_file(module, path),
        // where the program can do without, that is said each time
        EventKind::Import { module, guard, found: true } => !guard.spares() && known(module).is_some(),
        _ => false,
    };
    let steps = &event.trace.0;
    repeats
        || steps.windows(2).any(|pair| match &pair[0].kind {
            StepKind::Import(name) => is_file(name, &pair[1].site.path),
            StepKind::Branch | StepKind::Call(_) | StepKind::Statement => false,
        })
}
