//! One module: its import, its items, its place in the prediction.

use super::Driver;
use super::ending::{exit_of_abort, is_certain};
use crate::discovery::{Collected, ModuleFile, ModuleKind};
use crate::interp::{Cause, Id, Stop};
use crate::outcome::import::{self, Imported, Judged};
use crate::outcome::plugins::PluginFailure;
use crate::outcome::{Failure, ModulePrediction, Outcome, items, tally};

impl Driver<'_> {
    /// What the import of a module came to, as a prediction without items.
    pub(super) fn judge_stop(&mut self, file: &ModuleFile, stop: &Stop) -> ModulePrediction {
        let failure = Failure::of_stop(stop, &self.interp);
        let certain = is_certain(stop);
        let outcome = match import::judge(&self.interp, &self.settings, stop) {
            Judged::Skipped => Outcome::Skipped,
            Judged::Aborts => Outcome::Aborts,
            Judged::Error if matches!(stop, Stop::Budget) => Outcome::Collected,
            Judged::Error => Outcome::Error,
        };
        if outcome == Outcome::Aborts && certain {
            self.abort(&file.node, stop);
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
            events: self.interp.take_events(),
        }
    }

    pub(super) fn collect_module(&mut self, file: &ModuleFile) -> ModulePrediction {
        let plan = import::plan(&self.interp, &self.settings, &file.path);
        let imported = import::import(&mut self.interp, &self.settings, &file.path, &plan);
        let ways_out = self.interp.take_ways_out();
        let perhaps: Vec<Failure> =
            ways_out.iter().filter_map(|stop| Failure::of_stop(stop, &self.interp)).collect();
        let mut prediction = match imported {
            Imported::Stopped(stop) => self.judge_stop(file, &stop),
            Imported::Mismatch { message } => {
                let failure = Failure::of_pytest("ImportPathMismatchError", message, Cause::Refused);
                self.new_module(file, Outcome::Error, Some(failure), true)
            }
            Imported::NoFile { message } => {
                let failure = Failure::of_pytest("AttributeError", message, Cause::Refused);
                self.new_module(file, Outcome::Error, Some(failure), true)
            }
            Imported::Module(module) => self.collect_items(file, module),
        };
        prediction.certain &= perhaps.is_empty();
        prediction.perhaps = perhaps;
        prediction
    }

    pub(super) fn collect_items(&mut self, file: &ModuleFile, module: Id) -> ModulePrediction {
        if let Err(stop) = self.load_plugins_of_module(module) {
            return match stop {
                PluginFailure::Stopped(stop) => self.judge_stop(file, &stop),
                PluginFailure::Import(failure) => self.new_module(file, Outcome::Error, Some(failure), true),
            };
        }
        let mut prediction = self.new_module(file, Outcome::Collected, None, true);
        match file.kind {
            ModuleKind::Module => {
                let place = items::ModulePlace { path: file.path.clone(), node: file.node.clone() };
                let items =
                    items::collect(&mut self.interp, module, &place, &mut self.visible, &self.settings);
                tally::apply(&mut prediction, items);
                if prediction.outcome == Outcome::Aborts && prediction.certain {
                    self.abort_by(&file.node, exit_of_abort(prediction.failure.as_ref()));
                }
            }
            ModuleKind::Doctest | ModuleKind::TextDoctest => {
                prediction.tests = Some(0);
            }
        }
        prediction.events.extend(self.interp.take_events());
        prediction
    }

    pub(super) fn record(&mut self, prediction: ModulePrediction) -> Collected {
        let outcome = prediction.outcome;
        if prediction.certain && !self.ended {
            match outcome {
                Outcome::Error => self.errors += 1,
                Outcome::Collected if prediction.failure.is_some() => self.errors += 1,
                Outcome::Collected | Outcome::Skipped | Outcome::Aborts => {}
            }
        }
        if !self.ended {
            self.collected += prediction.tests.unwrap_or(1);
        }
        match self.by_node.get(&prediction.node) {
            // the module itself has the say, doctest or not
            Some(&place) => {
                let known = &mut self.modules[place];
                if known.outcome == Outcome::Collected || prediction.kind == ModuleKind::Module {
                    *known = prediction;
                }
            }
            None => {
                self.by_node.insert(prediction.node.clone(), self.modules.len());
                self.modules.push(prediction);
            }
        }
        match outcome {
            Outcome::Collected => Collected::Passed,
            Outcome::Skipped | Outcome::Error | Outcome::Aborts => Collected::Abandoned,
        }
    }
}
