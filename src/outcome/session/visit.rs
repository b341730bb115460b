//! What discovery asks while it walks.

use std::path::Path;

use super::ending::is_skip;
use super::sharing::Shared;
use super::{Driver, Limit};
use crate::discovery::{
    Collected, Control, Declared, Directory, Entry, IgnoreEntry, ModuleFile, ModuleKind, Stage, Verdict,
    Visitor,
};
use crate::interp::{Cause, Refused, Stop, Truth, Value};
use crate::outcome::import::{self, Imported, Judged};
use crate::outcome::{ConftestPrediction, ExitCode, Failure, Outcome};

impl Visitor for Driver<'_, '_> {
    fn conftest(&mut self, path: &Path, stage: Stage) -> Control {
        let initial = stage == Stage::Initial;
        let plan = import::plan(&self.interp, &self.settings, path);
        if !plan.name.contains('.') {
            self.interp.forget_module(&plan.name);
        }
        let imported = import::import(&mut self.interp, &self.settings, path, &plan);
        let ways_out = self.interp.take_ways_out();
        let perhaps: Vec<Failure> =
            ways_out.iter().filter_map(|stop| Failure::of_stop(stop, &self.interp)).collect();
        let mut prediction = ConftestPrediction {
            path: path.to_path_buf(),
            initial,
            failure: None,
            outcome: Outcome::Collected,
            perhaps,
            events: self.interp.take_events(),
        };
        self.share_conftest(&mut prediction.events);
        let control = match imported {
            Imported::Stopped(Stop::Budget) => {
                self.conftest_is_unknown(path);
                Control::Continue
            }
            Imported::Stopped(stop) => {
                prediction.failure = Failure::of_stop(&stop, &self.interp);
                prediction.outcome = match import::judge(&self.interp, &self.settings, &stop) {
                    Judged::Aborts => Outcome::Aborts,
                    Judged::Skipped => Outcome::Skipped,
                    // pytest.skip in a conftest needs no flag
                    Judged::Error if is_skip(&stop) => Outcome::Skipped,
                    Judged::Error => Outcome::Error,
                };
                if stop.is_certain() || self.ends_so_anyway(&stop, &ways_out, initial) {
                    self.conftest_stopped(path, initial, &stop)
                } else {
                    self.conftest_is_unknown(path);
                    Control::Continue
                }
            }
            Imported::Mismatch { message } | Imported::NoFile { message } => {
                let failure = Failure::of_pytest(
                    "ImportPathMismatchError",
                    message,
                    Cause::Refused(Refused::FileMismatch),
                );
                prediction.failure = Some(failure.clone());
                prediction.outcome = Outcome::Error;
                if initial {
                    self.end(ExitCode::USAGE_ERROR, Some(failure));
                    Control::Stop
                } else {
                    self.directory_failed(path, failure, Outcome::Error)
                }
            }
            Imported::Module(module) => match self.registered_before(path, module) {
                Some(failure) => {
                    prediction.failure = Some(failure.clone());
                    prediction.outcome = Outcome::Error;
                    if initial {
                        self.end(ExitCode::TESTS_FAILED, Some(failure));
                        Control::Stop
                    } else {
                        self.directory_failed(path, failure, Outcome::Error)
                    }
                }
                None => self.conftest_loaded(path, module, initial),
            },
        };
        self.conftests.push(prediction);
        control
    }

    fn module(&mut self, file: &ModuleFile) -> Collected {
        if file.cached {
            return self.find_selected(file);
        }
        if self.is_limit_reached() {
            self.limit = Limit::Passed;
            return Collected::Stop;
        }
        let (prediction, items) = match self.collect_shared(file) {
            Shared::Here(found) => *found,
            Shared::Not(collected) => return collected,
        };
        if self.sharing.post.is_scout() {
            return Collected::Passed;
        }
        // most text files hold no example: nobody takes them for tests
        let is_empty = prediction.tests == Some(0) && prediction.failure.is_none();
        if file.kind == ModuleKind::TextDoctest && is_empty && file.selection.is_none() {
            return Collected::Passed;
        }
        self.record(file, prediction, items)
    }

    fn selected(&mut self, file: &ModuleFile) {
        self.select_items(file);
    }

    fn directory(&mut self, directory: &Directory) -> Control {
        if self.is_limit_reached() {
            self.limit = Limit::Passed;
            return Control::Stop;
        }
        self.enter_directory(directory)
    }

    fn file(&mut self, entry: Entry<'_>) -> Control {
        self.collect_file(entry)
    }

    fn collect_ignore(&mut self, conftest: &Path) -> Declared<Vec<IgnoreEntry>> {
        self.ignore_list(conftest, "collect_ignore")
    }

    fn collect_ignore_glob(&mut self, conftest: &Path) -> Declared<Vec<IgnoreEntry>> {
        self.ignore_list(conftest, "collect_ignore_glob")
    }

    fn ignore(&mut self, entry: Entry<'_>) -> Verdict {
        for hook in self.hooks_for(entry, "pytest_ignore_collect") {
            let given = self.path_arguments(entry.path);
            match self.run_hook(&hook, &given) {
                Ok(Value::None) => {}
                Ok(value) => match self.truth_of_answer(&value) {
                    Truth::Yes => return Verdict::Ignore,
                    Truth::No => return Verdict::Keep,
                    Truth::Maybe => return Verdict::Unknown,
                },
                Err(stop) if stop.is_certain() => {
                    // noticed at the next file of the same directory
                    let failure = Failure::of_stop(&stop, &self.interp);
                    self.broken_listing = self.broken_listing.take().or(failure);
                    return Verdict::Keep;
                }
                Err(_) => return Verdict::Unknown,
            }
        }
        Verdict::Undecided
    }
}
