//! Hooks of conftests: which there are, and what running them comes to.

use std::path::Path;

use super::ending::is_skip;
use super::{Driver, Finish};
use crate::discovery::{Control, Declared, Directory, Entry, IgnoreEntry};
use crate::interp::{Args, Cause, Refused, Stop, Truth, Value, name};
use crate::outcome::conftest::{self, Hook};
use crate::outcome::items::Item;
use crate::outcome::{ExitCode, Failure, Outcome};

/// More items than this are not shown to hooks one by one.
const MOST_ITEMS: usize = 2000;

impl Driver<'_, '_> {
    /// Runs the hooks of that name of all conftests, the last one first. A certain exception ends the
    /// session.
    pub(super) fn run_hooks(&mut self, wanted: &str, given: &[(&str, Value)]) {
        self.run_hooks_where(wanted, given, |_| true);
    }

    /// [`Self::run_hooks`] of some of them.
    pub(super) fn run_hooks_where(
        &mut self,
        wanted: &str,
        given: &[(&str, Value)],
        chosen: impl Fn(&Hook) -> bool,
    ) {
        let hooks = self.hooks_called(wanted);
        for hook in hooks.into_iter().filter(chosen) {
            if let Err(stop) = self.run_hook(&hook, given)
                && stop.is_certain()
            {
                let exit = self.exit_of_hook(&stop);
                let failure = Failure::of_stop(&stop, &self.interp);
                self.end(exit, failure);
                return;
            }
        }
    }

    /// `pytest_cmdline_main`: nobody catches what it raises, and its answer is the exit code.
    pub(super) fn run_main_hooks(&mut self) {
        for hook in self.hooks_called("pytest_cmdline_main") {
            match self.run_hook(&hook, &[]) {
                Ok(Value::Int(code)) => {
                    let exit = i32::try_from(code & 0xff).map_or(ExitCode::Unknown, ExitCode::Code);
                    self.end(exit, None);
                    return;
                }
                Ok(_) => {}
                Err(stop) if stop.is_certain() => {
                    let failure = Failure::of_stop(&stop, &self.interp);
                    let exit = self.exit_of_uncaught(&stop);
                    self.end(exit, failure);
                    return;
                }
                Err(_) => {}
            }
        }
    }

    /// The hooks at the end of a session, which may change its exit code.
    pub(super) fn run_last_hooks(
        &mut self,
        exit: ExitCode,
        failure: Option<Failure>,
    ) -> (ExitCode, Option<Failure>) {
        let names = ["pytest_sessionfinish", "pytest_terminal_summary", "pytest_unconfigure"];
        let hangs_or_is_gone = exit.code().is_none_or(|code| code < 0);
        if self.finish == Finish::Silent || hangs_or_is_gone || !names.iter().any(|name| self.has_hook(name))
        {
            return (exit, failure);
        }
        let session = self.session_object();
        let status = exit.code().map_or(Value::Unknown, |code| Value::Int(i64::from(code)));
        self.bind(&session, "exitstatus", status.clone());
        let given = [("session", session.clone()), ("exitstatus", status)];
        for name in names {
            // a session that ended by itself has no summary
            if name == "pytest_terminal_summary" && exit == ExitCode::INTERNAL_ERROR {
                continue;
            }
            for hook in self.hooks_called(name) {
                let Err(stop) = self.run_hook(&hook, &given) else { continue };
                if !stop.is_certain() {
                    return (ExitCode::Unknown, failure);
                }
                let raised = Failure::of_stop(&stop, &self.interp);
                return match &stop {
                    Stop::Raise(stopped) => match stopped.cause {
                        Cause::PytestExit { returncode: Some(code) } => (ExitCode::Code(code), failure),
                        Cause::PytestExit { returncode: None } => (exit, failure),
                        _ => (self.exit_of_uncaught(&stop), raised.or(failure)),
                    },
                    Stop::Halt(_) | Stop::Budget => (self.exit_of_hook(&stop), failure),
                };
            }
        }
        let status = session.as_id().and_then(|id| self.interp.heap.value(id, "exitstatus"));
        match status {
            Some(Value::Int(code)) => {
                (i32::try_from(code & 0xff).map_or(ExitCode::Unknown, ExitCode::Code), failure)
            }
            Some(Value::Bool(code)) => (ExitCode::Code(i32::from(*code)), failure),
            _ => (ExitCode::Unknown, failure),
        }
    }

    /// The hooks of that name in the order in which pluggy calls them.
    pub(super) fn hooks_called(&self, wanted: &str) -> Vec<Hook> {
        let hooks = self.loaded.iter().rev().flat_map(|loaded| loaded.hooks.iter());
        hooks.filter(|hook| hook.name == wanted).cloned().collect()
    }

    /// Whether some conftest implements the hook.
    pub(super) fn has_hook(&self, wanted: &str) -> bool {
        self.loaded.iter().any(|loaded| loaded.hooks.iter().any(|hook| hook.name == wanted))
    }

    /// Calls a hook with those of `given` that it asks for. One that wraps the others runs to its end at
    /// once.
    pub(super) fn run_hook(&mut self, hook: &Hook, given: &[(&str, Value)]) -> Result<Value, Stop> {
        let args = self.arguments_of(hook, given);
        match (hook.is_generator, hook.wrapper) {
            (Some(false), _) => self.interp.run_quietly(&hook.function, args),
            (Some(true), Truth::Yes) => self.interp.run_generator_quietly(&hook.function, args),
            (Some(true), Truth::No | Truth::Maybe) | (None, _) => Ok(Value::Unknown),
        }
    }

    fn arguments_of(&mut self, hook: &Hook, given: &[(&str, Value)]) -> Args {
        let mut args = hook.arguments();
        for (place, parameter) in hook.parameters.iter().flatten().enumerate() {
            let known = given.iter().find(|(name, _)| name == parameter).map(|(_, value)| value.clone());
            args.positional[place] = match (known, parameter.as_str()) {
                (Some(value), _) => value,
                (None, "config" | "early_config") => self.interp.config_object(),
                (None, "parser") => self.interp.parser_object(),
                (None, "session") => self.session_object(),
                (None, _) => continue,
            };
        }
        args
    }

    fn session_object(&mut self) -> Value {
        let config = self.interp.config_object();
        let session = self.interp.object_of_pytest("pytest.Session", &Value::None, &[]);
        self.bind(&session, "config", config);
        session
    }

    fn bind(&mut self, object: &Value, attribute: &str, value: Value) {
        if let Some(id) = object.as_id() {
            self.interp.heap.bind(id, &name(attribute), value);
        }
    }

    /// What hooks see of an item.
    fn item_object(&mut self, item: &Item) -> Value {
        let marks = Value::tuple(item.marks.iter().map(|&mark| Value::Object(mark)));
        let methods = [
            ("get_closest_marker", "collectlint.closest_marker"),
            ("iter_markers", "collectlint.iter_markers"),
            ("add_marker", "collectlint.add_marker"),
        ];
        let object = self.interp.object_of_pytest("pytest.Function", &marks, &methods);
        let known = |text: &str| if item.id.known { Value::str(text) } else { Value::Unknown };
        let own_name = item.id.text.rfind("::").map_or(&*item.id.text, |at| &item.id.text[at + 2..]);
        // brackets may hold colons
        let own_name = if own_name.starts_with(&*item.name) { known(own_name) } else { Value::Unknown };
        let config = self.interp.config_object();
        for (attribute, value) in [
            ("name", own_name),
            ("originalname", Value::str(&item.name)),
            ("nodeid", known(&item.id.text)),
            ("config", config),
        ] {
            self.bind(&object, attribute, value);
        }
        object
    }

    /// `pytest_itemcollected`: runs for one item after the other. The failure ends the session; how many
    /// items came before it.
    pub(super) fn announce(&mut self, items: &[Item]) -> Option<(usize, Stop)> {
        let hooks = self.hooks_called("pytest_itemcollected");
        if hooks.is_empty() {
            return None;
        }
        for (place, item) in items.iter().enumerate().take(MOST_ITEMS) {
            let object = self.item_object(item);
            for hook in &hooks {
                if let Err(stop) = self.run_hook(hook, &[("item", object.clone())])
                    && stop.is_certain()
                {
                    return Some((place, stop));
                }
            }
        }
        None
    }

    /// `pytest_collection_modifyitems` of conftests: what they leave of the items.
    pub(super) fn modify_items(&mut self) {
        if !self.has_hook("pytest_collection_modifyitems") {
            return;
        }
        if self.items.len() > MOST_ITEMS {
            self.run_hooks("pytest_collection_modifyitems", &[]);
            self.unsure_items = true;
            return;
        }
        let items = std::mem::take(&mut self.items);
        let objects: Vec<Value> = items.iter().map(|item| self.item_object(item)).collect();
        let list = self.interp.new_list(objects.clone());
        let is_plain = |hook: &Hook| match hook.is_generator {
            Some(generates) => !generates || hook.wrapper == Truth::Yes,
            None => false,
        };
        let plain = self.hooks_called("pytest_collection_modifyitems").iter().all(is_plain);
        self.run_hooks("pytest_collection_modifyitems", &[("items", list.clone())]);
        let left = match self.interp.object(&list) {
            Some(crate::interp::Object::List(list)) if !list.open && plain => list.items.clone(),
            _ => {
                self.unsure_items = true;
                self.items = items;
                return;
            }
        };
        let mut kept = Vec::new();
        for value in &left {
            match objects.iter().position(|object| object.same(value)) {
                Some(place) => kept.push(place),
                None => self.unsure_items = true,
            }
        }
        if self.unsure_items {
            self.items = items;
            return;
        }
        kept.sort_unstable();
        let mut place = 0;
        self.items = items;
        self.items.retain(|_| {
            place += 1;
            kept.binary_search(&(place - 1)).is_ok()
        });
    }

    /// The hooks of that name that are asked about an entry, in pluggy's order.
    pub(super) fn hooks_for(&self, entry: Entry<'_>, wanted: &str) -> Vec<Hook> {
        let sees = |loaded: &&super::Loaded| loaded.is_plugin || entry.conftests.contains(&loaded.path);
        let hooks = self.loaded.iter().rev().filter(sees).flat_map(|loaded| loaded.hooks.iter());
        hooks.filter(|hook| hook.name == wanted).cloned().collect()
    }

    /// What a hook that is asked about a path is told.
    pub(super) fn path_arguments(&mut self, path: &Path) -> [(&'static str, Value); 3] {
        let path = self.interp.new_path(path.to_string_lossy());
        [("collection_path", path.clone()), ("file_path", path.clone()), ("module_path", path)]
    }

    pub(super) fn ignore_list(&mut self, conftest: &Path, name: &str) -> Declared<Vec<IgnoreEntry>> {
        let Some(module) =
            self.loaded.iter().find(|loaded| loaded.path == conftest).map(|loaded| loaded.module)
        else {
            return Declared::Absent;
        };
        match conftest::ignore_list(&mut self.interp, module, name) {
            Ok(declared) => declared,
            Err((exception, message)) => {
                let failure = Failure::of_pytest(exception, message, Cause::Refused(Refused::Hook));
                self.broken_listing.get_or_insert(failure);
                Declared::Absent
            }
        }
    }

    /// `pytest_collect_file`: only what it raises is known; what it returns may hold other items.
    pub(super) fn collect_file(&mut self, entry: Entry<'_>) -> Control {
        if let Some(failure) = self.broken_listing.take() {
            return self.directory_failed(entry.path, failure, Outcome::Error);
        }
        let mut hooks = self.hooks_for(entry, "pytest_collect_file");
        let python = entry.path.extension().is_some_and(|extension| extension == "py");
        if python && self.is_test_file(entry.path) {
            hooks.extend(self.hooks_for(entry, "pytest_pycollect_makemodule"));
        }
        for hook in hooks {
            let given = self.path_arguments(entry.path);
            match self.run_hook(&hook, &given) {
                Ok(Value::None) => {}
                Ok(_) => self.unsure_items = true,
                Err(stop) if stop.is_certain() => {
                    let Some(failure) = Failure::of_stop(&stop, &self.interp) else { continue };
                    let outcome = if is_skip(&stop) { Outcome::Skipped } else { Outcome::Error };
                    return self.directory_failed(entry.path, failure, outcome);
                }
                Err(_) => self.unsure_items = true,
            }
        }
        Control::Continue
    }

    /// Whether the name of a file is one of `python_files`.
    fn is_test_file(&self, path: &Path) -> bool {
        let platform = self.interp.environment.platform;
        let text = path.to_string_lossy();
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        self.settings.python_files.iter().any(|pattern| {
            let wanted = if pattern.contains('/') { &text } else { &name };
            crate::discovery::fnmatch(wanted, pattern, platform)
        })
    }

    /// `pytest_collect_directory` may decide what a directory holds.
    pub(super) fn enter_directory(&mut self, _directory: &Directory) -> Control {
        if self.has_hook("pytest_collect_directory") {
            self.unsure_items = true;
        }
        Control::Continue
    }

    /// `pytest_configure` is historic: a conftest that is loaded late is configured at once.
    pub(super) fn run_hooks_of_last(&mut self, wanted: &str) -> Result<(), Stop> {
        let hooks: Vec<Hook> = self.loaded.last().map(|loaded| loaded.hooks.clone()).unwrap_or_default();
        for hook in hooks.iter().filter(|hook| hook.name == wanted) {
            match self.run_hook(hook, &[]) {
                Err(stop) if stop.is_certain() => return Err(stop),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether an answer of `pytest_ignore_collect` is known.
    pub(super) fn truth_of_answer(&self, answer: &Value) -> Truth {
        if answer.is_unknown() { Truth::Maybe } else { self.interp.plain_truth(answer) }
    }
}
