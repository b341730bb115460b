//! `--doctest-modules` and text files: what pytest's doctest plugin collects.

use super::Driver;
use crate::discovery::ModuleFile;
use crate::environment::plugins::ActivePlugins;
use crate::environment::{ThirdParty, plugins::Known};
use crate::interp::{Cause, Id, Refused, Stop, Truth};
use crate::outcome::doctest::{self, Flags};
use crate::outcome::import::{self, Imported};
use crate::outcome::items::{Item, NodeId};
use crate::outcome::plugins::PluginFailure;
use crate::outcome::{Failure, ModulePrediction, Outcome};

impl Driver<'_, '_> {
    /// A Python file that `--doctest-modules` imports and searches.
    pub(super) fn collect_doctest(&mut self, file: &ModuleFile) -> (ModulePrediction, Vec<Item>) {
        let is_conftest = file.path.file_name().is_some_and(|name| name == "conftest.py");
        let loaded = self.loaded.iter().find(|loaded| loaded.path == file.path).map(|loaded| loaded.module);
        let imported = match loaded.filter(|_| is_conftest && !self.version().at_least(8, 1)) {
            Some(module) => Imported::Module(module),
            None => {
                let plan = import::plan(&self.interp, &self.settings, &file.path);
                import::import(&mut self.interp, &self.settings, &file.path, &plan)
            }
        };
        let ways_out = self.interp.take_ways_out();
        let perhaps: Vec<Failure> =
            ways_out.iter().filter_map(|stop| Failure::of_stop(stop, &self.interp)).collect();
        let (mut prediction, items) = match imported {
            Imported::Module(module) => self.doctests_of(file, module),
            Imported::Stopped(stop) => {
                let mut prediction = self.judge_stop(file, &stop);
                if prediction.outcome == Outcome::Error && self.is_ignored_import_error(&stop) {
                    prediction.outcome = Outcome::Skipped;
                }
                (prediction, Vec::new())
            }
            Imported::Mismatch { message } => {
                let failure = Failure::of_pytest(
                    "ImportPathMismatchError",
                    message,
                    Cause::Refused(Refused::FileMismatch),
                );
                let skips = self.settings.doctest_ignore_import_errors;
                let outcome = if skips { Outcome::Skipped } else { Outcome::Error };
                (self.new_module(file, outcome, Some(failure), true), Vec::new())
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

    /// `--doctest-ignore-import-errors`: from 8.1 on whatever pytest takes for a failed import.
    fn is_ignored_import_error(&self, stop: &Stop) -> bool {
        let Stop::Raise(raised) = stop else { return false };
        let is = |ancestor: &str| self.interp.derives(&raised.class, ancestor) == Truth::Yes;
        self.settings.doctest_ignore_import_errors
            && (is("builtins.ImportError") || self.version().at_least(8, 1) && is("builtins.SyntaxError"))
    }

    fn doctests_of(&mut self, file: &ModuleFile, module: Id) -> (ModulePrediction, Vec<Item>) {
        if self.version().at_least(8, 1)
            && let Err(stop) = self.load_plugins_of_module(module)
        {
            let prediction = match stop {
                PluginFailure::Stopped(stop) => self.judge_stop(file, &stop),
                PluginFailure::Import(failure) => self.new_module(file, Outcome::Error, Some(*failure), true),
            };
            return (prediction, Vec::new());
        }
        if let Some(failure) = self.unknown_option_flag() {
            return (self.new_module(file, Outcome::Error, Some(failure), true), Vec::new());
        }
        let name = self.interp.heap.value(module, "__name__").and_then(|name| name.as_str());
        let name = name.unwrap_or_default().to_owned();
        let registered = self.interp.options.config.doctest_flags.clone();
        let flags = Flags { registered: &registered, open: self.has_open_flags() };
        let found = doctest::find(&self.interp, module, &name, &flags);
        if let Some((exception, message)) = found.failure {
            let failure = Failure::of_pytest(exception, message, Cause::Refused(Refused::Doctest));
            return (self.new_module(file, Outcome::Error, Some(failure), true), Vec::new());
        }
        let items: Vec<Item> = found.names.iter().map(|name| doctest_item(&file.node, name)).collect();
        let mut prediction = self.new_module(file, Outcome::Collected, None, true);
        prediction.tests = found.exact.then_some(items.len());
        prediction.items = items.iter().map(|item| item.id.clone()).collect();
        (prediction, items)
    }

    /// A text file with examples.
    pub(super) fn collect_text(&mut self, file: &ModuleFile) -> (ModulePrediction, Vec<Item>) {
        let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let failure = |exception: &str, message: String| {
            Some(Failure::of_pytest(exception, message, Cause::Refused(Refused::Doctest)))
        };
        let Ok(bytes) = self.interp.sources.fs().read(&file.path) else {
            return (self.new_module(file, Outcome::Collected, None, false), Vec::new());
        };
        let is_utf8 = matches!(self.settings.doctest_encoding.to_lowercase().as_str(), "utf-8" | "utf8");
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text.replace("\r\n", "\n").replace('\r', "\n"),
            Err(error) if is_utf8 => {
                let at = error.valid_up_to();
                let byte = bytes.get(at).copied().unwrap_or_default();
                let message = format!(
                    "'utf-8' codec can't decode byte {byte:#04x} in position {at}: invalid start byte"
                );
                let failure = failure("UnicodeDecodeError", message);
                return (self.new_module(file, Outcome::Error, failure, true), Vec::new());
            }
            // examples are written in ASCII, in most encodings
            Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
        };
        if let Some(failure) = self.unknown_option_flag() {
            return (self.new_module(file, Outcome::Error, Some(failure), true), Vec::new());
        }
        let registered = self.interp.options.config.doctest_flags.clone();
        let flags = Flags { registered: &registered, open: self.has_open_flags() };
        match doctest::examples(&text, &name, &flags) {
            Err(mistake) => {
                let failure = failure("ValueError", mistake.0);
                (self.new_module(file, Outcome::Error, failure, true), Vec::new())
            }
            Ok(examples) => {
                let items: Vec<Item> =
                    (examples > 0).then(|| doctest_item(&file.node, &name)).into_iter().collect();
                let mut prediction = self.new_module(file, Outcome::Collected, None, true);
                prediction.tests = Some(items.len());
                prediction.items = items.iter().map(|item| item.id.clone()).collect();
                (prediction, items)
            }
        }
    }

    /// A name in `doctest_optionflags` that nobody registers.
    fn unknown_option_flag(&self) -> Option<Failure> {
        let flags =
            Flags { registered: &self.interp.options.config.doctest_flags, open: self.has_open_flags() };
        let unknown = self.settings.doctest_optionflags.iter().find(|flag| !flags.has(flag))?;
        Some(Failure::of_pytest("KeyError", format!("'{unknown}'"), Cause::Refused(Refused::Doctest)))
    }

    /// Whether a plugin may register flags.
    fn has_open_flags(&self) -> bool {
        let environment = self.interp.environment;
        matches!(environment.third_party, ThirdParty::Everything)
            || ActivePlugins::of(environment).ini_option("doctest_plus") != Known::No
    }
}

fn doctest_item(node: &str, name: &str) -> Item {
    Item {
        id: NodeId::known(format!("{node}::{name}")),
        name: name.into(),
        function: None,
        marks: [].into(),
        fixtures: [].into(),
        site: None,
    }
}
