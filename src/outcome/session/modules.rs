//! One module: its import, its items, its place in the prediction.

use super::Driver;
use crate::discovery::{Collected, ModuleFile, ModuleKind};
use crate::interp::{Cause, Id, Refused, Stop};
use crate::outcome::import::{self, Imported, Judged};
use crate::outcome::items::{self, Item};
use crate::outcome::plugins::PluginFailure;
use crate::outcome::{Failure, ModulePrediction, Outcome, selection, tally};

impl Driver<'_, '_> {
    /// Whether there are as many errors as `--maxfail` allows: the next node is not collected any more.
    pub(super) fn is_limit_reached(&self) -> bool {
        let limit = self.settings.maxfail;
        limit > 0 && i64::try_from(self.errors).is_ok_and(|errors| errors >= limit)
    }

    /// What the import of a module came to, as a prediction without items.
    pub(super) fn judge_stop(&mut self, file: &ModuleFile, stop: &Stop) -> ModulePrediction {
        let failure = Failure::of_stop(stop, &self.interp);
        let certain = stop.is_certain();
        let outcome = match import::judge(&self.interp, &self.settings, stop) {
            Judged::Skipped => Outcome::Skipped,
            Judged::Aborts => Outcome::Aborts,
            Judged::Error if matches!(stop, Stop::Budget) => Outcome::Collected,
            Judged::Error => Outcome::Error,
        };
        if outcome == Outcome::Aborts && certain {
            self.abort(&file.node, stop);
        }
        if !certain && outcome == Outcome::Error && is_doubtful(stop, self.interp.was_cut_short()) {
            // only what certainly happens is an error
            let mut prediction = self.new_module(file, Outcome::Collected, None, false);
            prediction.perhaps.extend(failure);
            return prediction;
        }
        self.new_module(file, outcome, failure, certain)
    }

    pub(super) fn new_module(
        &mut self,
        file: &ModuleFile,
        outcome: Outcome,
        failure: Option<Failure>,
        certain: bool,
    ) -> ModulePrediction {
        ModulePrediction {
            path: file.path.clone(),
            node: file.node.clone(),
            kind: file.kind,
            outcome,
            certain,
            failure,
            perhaps: Vec::new(),
            tests: if outcome == Outcome::Collected { None } else { Some(0) },
            items: Vec::new(),
            lost: Vec::new(),
            nothing_collected: outcome == Outcome::Error,
            events: self.interp.take_events(),
        }
    }

    pub(super) fn collect_kind(&mut self, file: &ModuleFile) -> (ModulePrediction, Vec<Item>) {
        match file.kind {
            ModuleKind::Module => self.collect_module(file),
            ModuleKind::Doctest => self.collect_doctest(file),
            ModuleKind::TextDoctest => self.collect_text(file),
        }
    }

    /// Imports a module and collects it.
    pub(super) fn collect_module(&mut self, file: &ModuleFile) -> (ModulePrediction, Vec<Item>) {
        let plan = import::plan(&self.interp, &self.settings, &file.path);
        let imported = import::import(&mut self.interp, &self.settings, &file.path, &plan);
        let ways_out = self.interp.take_ways_out();
        let perhaps: Vec<Failure> =
            ways_out.iter().filter_map(|stop| Failure::of_stop(stop, &self.interp)).collect();
        let (mut prediction, items) = match imported {
            Imported::Module(module) => self.collect_items(file, module),
            Imported::Stopped(stop) => (self.judge_stop(file, &stop), Vec::new()),
            Imported::Mismatch { message } => {
                let failure = Failure::of_pytest(
                    "ImportPathMismatchError",
                    message,
                    Cause::Refused(Refused::FileMismatch),
                );
                (self.new_module(file, Outcome::Error, Some(failure), true), Vec::new())
            }
            Imported::NoFile { message } => {
                let failure =
                    Failure::of_pytest("AttributeError", message, Cause::Refused(Refused::FileMismatch));
                (self.new_module(file, Outcome::Error, Some(failure), true), Vec::new())
            }
        };
        prediction.certain &= perhaps.is_empty();
        prediction.perhaps.extend(perhaps);
        (prediction, items)
    }

    fn collect_items(&mut self, file: &ModuleFile, module: Id) -> (ModulePrediction, Vec<Item>) {
        if let Err(stop) = self.load_plugins_of_module(module) {
            let prediction = match stop {
                PluginFailure::Stopped(stop) => self.judge_stop(file, &stop),
                PluginFailure::Import(failure) => self.new_module(file, Outcome::Error, Some(*failure), true),
            };
            return (prediction, Vec::new());
        }
        let mut prediction = self.new_module(file, Outcome::Collected, None, true);
        if self.source_of(module).is_none() {
            // a module of that name is installed, and was imported before
            return (prediction, Vec::new());
        }
        let place = items::ModulePlace { path: file.path.clone(), node: file.node.clone() };
        let found = items::collect(&mut self.interp, module, &place, &mut self.visible, &self.settings);
        let items = tally::apply(&mut prediction, found);
        if prediction.outcome == Outcome::Aborts && prediction.certain {
            self.abort_by(&file.node, prediction.failure.as_ref());
        }
        prediction.events.extend(self.interp.take_events());
        (prediction, items)
    }

    /// Enters what a module came to; its items are collected, or wait until they are selected.
    pub(super) fn record(
        &mut self,
        file: &ModuleFile,
        mut prediction: ModulePrediction,
        items: Vec<Item>,
    ) -> Collected {
        let outcome = prediction.outcome;
        if prediction.certain && !self.ended && outcome == Outcome::Error {
            self.errors += 1;
        }
        let place = self.by_node.get(&prediction.node).copied();
        if file.selection.is_some() {
            if prediction.tests.is_some() {
                prediction.tests = Some(0);
            }
            prediction.items.clear();
            let failed = outcome == Outcome::Error && prediction.certain && prediction.nothing_collected;
            self.place(place, prediction);
            self.waiting.insert(file.node.clone(), items);
            return match outcome {
                // what failed holds nothing
                Outcome::Error if failed => Collected::NotFound(Vec::new()),
                Outcome::Collected | Outcome::Error => self.find_selected(file),
                Outcome::Skipped | Outcome::Aborts => Collected::Abandoned,
            };
        }
        let doubtful = prediction.tests.is_none();
        self.place(place, prediction);
        self.take_items(&file.node, items, doubtful);
        match outcome {
            Outcome::Collected => Collected::Passed,
            Outcome::Skipped | Outcome::Error | Outcome::Aborts => Collected::Abandoned,
        }
    }

    /// A file that is a module and a doctest is one entry: the failure has the say, and the tests of both
    /// count.
    fn place(&mut self, place: Option<usize>, prediction: ModulePrediction) {
        let Some(known) = place.and_then(|place| self.modules.get_mut(place)) else {
            self.by_node.insert(prediction.node.clone(), self.modules.len());
            self.modules.push(prediction);
            return;
        };
        let kind = if known.kind == ModuleKind::Module { known.kind } else { prediction.kind };
        let (first, second) = (std::mem::take(&mut known.items), prediction.items.clone());
        let tests = known.tests.zip(prediction.tests).map(|(one, other)| one + other);
        // a doctest that is skipped says nothing of the module
        let module_says = known.outcome == Outcome::Skipped
            && known.kind == ModuleKind::Doctest
            && prediction.kind == ModuleKind::Module;
        if known.outcome == Outcome::Collected && known.failure.is_none() || module_says {
            let events = std::mem::take(&mut known.events);
            *known = prediction;
            known.events.splice(0..0, events);
        }
        known.kind = kind;
        known.items = first.into_iter().chain(second).collect();
        known.tests = tests;
    }

    /// Adds items to those of the session.
    fn take_items(&mut self, node: &str, items: Vec<Item>, doubtful: bool) {
        if self.ended {
            return;
        }
        self.unsure_items |= doubtful;
        if let Some((place, stop)) = self.announce(&items) {
            let node = node.to_owned();
            if let Some(module) = self.by_node.get(&node).and_then(|&place| self.modules.get_mut(place)) {
                module.tests = Some(place);
                module.items.truncate(place);
            }
            self.items.extend(items.into_iter().take(place));
            let exit = self.exit_of_hook(&stop);
            let failure = Failure::of_stop(&stop, &self.interp);
            self.end(exit, failure);
            self.ended = true;
            return;
        }
        self.items.extend(items);
    }

    /// Whether something that waits in a module is selected.
    pub(super) fn find_selected(&mut self, file: &ModuleFile) -> Collected {
        let (Some(selection), Some(items)) = (&file.selection, self.waiting.get(&file.node)) else {
            return Collected::Passed;
        };
        let known = |module: &ModulePrediction| {
            module.tests.is_some() && module.certain && module.outcome == Outcome::Collected
        };
        let is_exact = self.by_node.get(&file.node).is_some_and(|&place| known(&self.modules[place]));
        let found = items.iter().any(|item| selection::selects(selection, &item.id.text));
        // what is not known may be what is meant
        if found || !is_exact || items.iter().any(|item| !item.id.known) {
            Collected::Passed
        } else {
            Collected::NotFound(Vec::new())
        }
    }

    /// What is selected in a module becomes items of the session.
    pub(super) fn select_items(&mut self, file: &ModuleFile) {
        let (Some(selection), Some(items)) = (&file.selection, self.waiting.get(&file.node)) else { return };
        let chosen: Vec<Item> =
            items.iter().filter(|item| selection::selects(selection, &item.id.text)).cloned().collect();
        let doubtful = chosen.is_empty();
        if let Some(module) = self.by_node.get(&file.node).and_then(|&place| self.modules.get_mut(place)) {
            module.tests = module.tests.map(|tests| tests + chosen.len()).filter(|_| !doubtful);
            module.items.extend(chosen.iter().map(|item| item.id.clone()));
        }
        self.take_items(&file.node, chosen, doubtful);
    }
}

/// Whether what led to a stop that is not certain may not be as it was seen.
fn is_doubtful(stop: &Stop, cut_short: bool) -> bool {
    let Stop::Raise(raised) = stop else { return false };
    raised.cause.depends_on_values() || cut_short && raised.cause.depends_on_state()
}
