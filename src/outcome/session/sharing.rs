//! Collecting the modules of a session apart from each other, where they allow it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::record::{Imported, Record};
use super::scouts::{Order, Post};
use super::{Driver, Finish};
use crate::discovery::{Collected, ModuleFile, ModuleKind};
use crate::environment::observed::{self, Asked};
use crate::interp::Event;
use crate::outcome::import;
use crate::outcome::items::Item;
use crate::outcome::{ExitCode, ModulePrediction};
use crate::resolve::Manner;

/// Hooks that see the items of a session, or decide how they are made.
const HOOKS_OF_ITEMS: [&str; 4] = [
    "pytest_itemcollected",
    "pytest_collection_modifyitems",
    "pytest_pycollect_makemodule",
    "pytest_make_collect_report",
];

/// What a session takes from elsewhere, and what it leaves for others.
#[derive(Default)]
pub(super) struct Sharing<'s> {
    pub(super) post: Post<'s>,
    /// What other sessions came to.
    ledgers: Vec<(&'s Ledger, Alike<'s>)>,
    /// Whether anything may be taken or left.
    is_open: bool,
    /// How many modules were met.
    met: usize,
    /// What is taken where it is met.
    taken: FxHashMap<PathBuf, Arc<Record>>,
    standing: Standing,
    /// Some module is tied to the others.
    is_tied: bool,
    imported: Imported,
    records: Vec<Arc<Record>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Standing {
    /// All that was imported is on this session's heap.
    #[default]
    Whole,
    /// Something was taken over, and is not.
    Apart,
    /// What was taken over does not go together with what was not: nothing of it holds.
    Unfit,
}

/// Whether another environment answers alike what was asked.
pub(crate) type Alike<'s> = &'s (dyn Fn(&Asked) -> bool + Sync);

/// What the modules of a session came to, for other sessions.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// What was asked before any module was collected, and between them.
    pub(crate) base: Asked,
    pub(super) records: FxHashMap<PathBuf, Arc<Record>>,
}

impl<'s> Sharing<'s> {
    pub(super) fn of(post: Post<'s>) -> Self {
        Self { post, ..Self::default() }
    }

    pub(super) fn taking_from(self, ledgers: &[(&'s Ledger, Alike<'s>)]) -> Self {
        Self { ledgers: ledgers.to_vec(), ..self }
    }

    pub(super) fn is_unfit(&self) -> bool {
        self.standing == Standing::Unfit
    }

    fn is_apart(&self) -> bool {
        self.standing == Standing::Apart
    }

    /// What was found out by a scout.
    pub(super) fn into_records(self) -> Option<Vec<Arc<Record>>> {
        (self.is_open && !self.is_unfit()).then_some(self.records)
    }
}

impl Driver<'_, '_> {
    /// The modules are going to be collected.
    pub(super) fn begin_sharing(&mut self) {
        let settings = &self.settings;
        let sees_items = HOOKS_OF_ITEMS.iter().any(|hook| self.has_hook(hook));
        let selects = settings.keyword.is_some() || settings.mark_expression.is_some();
        let is_wanted =
            self.sharing.post.is_wanted() || !self.sharing.ledgers.is_empty() || observed::is_watched();
        self.sharing.is_open = is_wanted && !sees_items && !selects && !settings.doctest_modules;
        if self.sharing.is_open {
            let traces = self.interp.take_traces();
            self.sharing.imported.note(&traces);
            let _before = self.interp.end_watch();
        } else {
            self.sharing.post.give_up();
        }
    }

    /// Collects a module, or takes over what it came to elsewhere.
    pub(super) fn collect_shared(&mut self, file: &ModuleFile) -> Shared {
        let is_plain = file.kind == ModuleKind::Module && file.selection.is_none();
        if !self.sharing.is_open {
            let is_scout = self.sharing.post.is_scout();
            return if is_scout {
                Shared::Not(Collected::Stop)
            } else {
                Shared::here(self.collect_kind(file))
            };
        }
        if file.kind == ModuleKind::TextDoctest {
            let is_scout = self.sharing.post.is_scout();
            return if is_scout {
                Shared::Not(Collected::Passed)
            } else {
                Shared::here(self.collect_kind(file))
            };
        }
        let is_package = file.path.file_name().is_some_and(|name| name == "__init__.py");
        if !is_plain || is_package {
            // its fixtures are those of a whole folder, or only a part of it is wanted
            return self.collect_tied(file);
        }
        self.notice_looks();
        let place = self.sharing.met;
        self.sharing.met += 1;
        if self.sharing.is_unfit() {
            return Shared::Not(Collected::Stop);
        }
        match self.sharing.post.at(place) {
            Order::Pass => {
                self.pass(&file.path);
                return Shared::Not(Collected::Passed);
            }
            Order::Stop => return Shared::Not(Collected::Stop),
            Order::GiveUp => {
                self.sharing.standing = Standing::Unfit;
                return Shared::Not(Collected::Stop);
            }
            Order::Collect => {}
            Order::Gather => {
                let found = if self.sharing.is_tied { None } else { self.sharing.post.gather() };
                let records = found.into_iter().flatten();
                self.sharing.taken = records.map(|record| (record.prediction.path.clone(), record)).collect();
            }
        }
        if let Some(record) = self.known_record(&file.path) {
            if let Some(taken) = self.take_over(&record) {
                self.sharing.records.push(record);
                return Shared::here(taken);
            }
            self.sharing.taken.clear();
        }
        Shared::here(self.collect_watched(file))
    }

    fn known_record(&self, path: &Path) -> Option<Arc<Record>> {
        if let Some(record) = self.sharing.taken.get(path) {
            return Some(Arc::clone(record));
        }
        self.sharing.ledgers.iter().find_map(|(ledger, is_alike)| {
            let record = ledger.records.get(path)?;
            record.asked.as_ref().is_some_and(is_alike).then(|| Arc::clone(record))
        })
    }

    /// Something that is tied to the whole session.
    fn collect_tied(&mut self, file: &ModuleFile) -> Shared {
        self.tie();
        if self.sharing.is_apart() || self.sharing.post.is_scout() {
            self.sharing.standing = Standing::Unfit;
        }
        if self.sharing.is_unfit() {
            return Shared::Not(Collected::Stop);
        }
        Shared::here(self.collect_kind(file))
    }

    fn tie(&mut self) {
        if !self.sharing.is_tied {
            self.sharing.is_tied = true;
            self.sharing.post.give_up();
        }
    }

    /// What ran between the modules may have looked at what is not there.
    pub(super) fn notice_looks(&mut self) {
        let needs_all = self.sharing.is_apart() || self.sharing.post.is_scout();
        if self.sharing.is_open && self.interp.take_looks() && needs_all {
            self.sharing.standing = Standing::Unfit;
        }
    }

    /// A conftest was imported while modules are collected.
    pub(super) fn share_conftest(&mut self, events: &mut Vec<Event>) {
        if !self.sharing.is_open {
            return;
        }
        self.notice_looks();
        self.sharing.imported.drop_repeated(events);
        let traces = self.interp.take_traces();
        if !self.sharing.imported.admits(&traces) {
            self.sharing.standing = Standing::Unfit;
        }
        self.sharing.imported.note(&traces);
    }

    /// Collects a module here, and keeps what it came to.
    fn collect_watched(&mut self, file: &ModuleFile) -> (ModulePrediction, Vec<Item>) {
        let before = (self.aborted_by.take(), std::mem::take(&mut self.ended), self.finish);
        let had_ended = self.ending.is_some();
        let warnings = std::mem::take(&mut self.interp.issued_warnings);
        let (calls, steps) = (self.interp.opaque_calls(), self.interp.steps_left());
        self.interp.begin_watch();
        let ((mut prediction, items), asked) = observed::apart(|| self.collect_module(file));
        let mut ties = self.interp.end_watch();
        let traces = self.interp.take_traces();
        ties.changes |= self.ending.is_some() != had_ended;
        let abort = self.aborted_by.take().map(|(_, exit)| (exit, self.finish));
        (self.aborted_by, self.ended, self.finish) = before;
        let issued = std::mem::replace(&mut self.interp.issued_warnings, warnings);
        if ties.changes {
            self.tie();
        }
        let needs_all = self.sharing.is_apart() || self.sharing.post.is_scout();
        if needs_all && (ties.changes || ties.looks) {
            self.sharing.standing = Standing::Unfit;
        }
        if self.sharing.is_apart() && !self.sharing.imported.admits(&traces) {
            self.sharing.standing = Standing::Unfit;
        }
        self.sharing.imported.note(&traces);
        self.replay(&file.node, abort);
        self.interp.issued_warnings.extend(issued.iter().cloned());
        let bare = |item: &Item| Item { function: None, marks: Arc::new([]), ..item.clone() };
        if self.sharing.post.is_scout() || asked.is_some() {
            let record = Record {
                prediction: prediction.clone(),
                items: items.iter().map(bare).collect(),
                abort,
                ties,
                traces,
                warnings: issued,
                opaque_calls: self.interp.opaque_calls() - calls,
                steps: steps.saturating_sub(self.interp.steps_left()),
                asked,
            };
            self.sharing.records.push(Arc::new(record));
        }
        self.sharing.imported.drop_repeated(&mut prediction.events);
        (prediction, items)
    }

    /// What a record says, if it is what would have come out here.
    fn take_over(&mut self, record: &Record) -> Option<(ModulePrediction, Vec<Item>)> {
        if !self.sharing.imported.admits_record(record, &self.interp)
            || !self.interp.spend_steps(record.steps)
        {
            return None;
        }
        self.sharing.standing = Standing::Apart;
        self.pass(&record.prediction.path);
        let mut prediction = record.prediction.clone();
        self.sharing.imported.drop_repeated_of_record(&mut prediction.events, &self.interp);
        self.sharing.imported.take_over(&record.traces, &self.interp);
        self.interp.issued_warnings.extend(record.warnings.iter().cloned());
        self.interp.add_opaque_calls(record.opaque_calls);
        self.replay(&prediction.node, record.abort);
        Some((prediction, record.items.clone()))
    }

    fn replay(&mut self, node: &str, abort: Option<(ExitCode, Finish)>) {
        if let Some((exit, finish)) = abort
            && self.aborted_by.is_none()
        {
            self.aborted_by = Some((node.to_owned(), exit));
            self.ended = true;
            self.finish = finish;
        }
    }

    /// What pytest does to `sys.path` for a module that is not imported here.
    fn pass(&mut self, path: &Path) {
        let plan = import::plan(&self.interp, &self.settings, path);
        if let Manner::ByName(change) = &plan.manner {
            import::enter_path(&mut self.interp, change);
        }
    }

    /// What other sessions may take from this one. All that was asked in it belongs to the whole afterwards.
    pub(super) fn close_ledger(&mut self) -> Option<Ledger> {
        let base = observed::so_far();
        let sharing = &mut self.sharing;
        for asked in sharing.records.iter().filter_map(|record| record.asked.as_ref()) {
            observed::ask_again(asked);
        }
        let is_free = |record: &Arc<Record>| !record.ties.changes && !record.ties.looks;
        let is_open = sharing.is_open && !sharing.is_tied && sharing.records.iter().all(is_free);
        let records = std::mem::take(&mut sharing.records).into_iter();
        let records = records.map(|record| (record.prediction.path.clone(), record)).collect();
        base.filter(|_| is_open).map(|base| Ledger { base, records })
    }
}

/// What became of a module.
pub(super) enum Shared {
    Here(Box<(ModulePrediction, Vec<Item>)>),
    /// It is not collected here.
    Not(Collected),
}

impl Shared {
    fn here(found: (ModulePrediction, Vec<Item>)) -> Self {
        Self::Here(Box::new(found))
    }
}
