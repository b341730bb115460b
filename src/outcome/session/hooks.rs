//! Hooks of conftests: which there are, and what running them comes to.

use std::path::Path;

use super::Driver;
use super::ending::is_certain;
use crate::discovery::{Declared, IgnoreEntry, NotFound};
use crate::interp::{Cause, Truth};
use crate::outcome::conftest::{self, Hook};
use crate::outcome::{ExitCode, Failure, plugins};
use crate::settings::pytest::Phase;

impl Driver<'_> {
    /// Runs hooks of that name in all conftests, with arguments of which nothing is known.
    pub(super) fn run_hooks(&mut self, names: &[&str]) {
        for name in names {
            let hooks: Vec<Hook> = self
                .loaded
                .iter()
                .rev()
                .flat_map(|loaded| loaded.hooks.iter())
                .filter(|hook| hook.name == *name)
                .cloned()
                .collect();
            for hook in hooks {
                if hook.is_generator != Some(false) {
                    continue;
                }
                let args = hook.arguments();
                let result = self.interp.run_quietly(&hook.function, args);
                if let Err(stop) = result
                    && is_certain(&stop)
                {
                    let exit = self.exit_of_hook(&stop);
                    let failure = Failure::of_stop(&stop, &self.interp);
                    self.end(exit, failure);
                    return;
                }
            }
        }
    }

    pub(super) fn hook_of(&self, conftest: &Path, name: &str) -> Option<Hook> {
        let loaded = self.loaded.iter().find(|loaded| loaded.path == conftest)?;
        loaded.hooks.iter().find(|hook| hook.name == name).cloned()
    }

    /// Arguments of a hook that is asked about a path.
    pub(super) fn path_arguments(&mut self, hook: &Hook, path: &Path) -> crate::interp::Args {
        let mut args = hook.arguments();
        for (place, parameter) in hook.parameters.iter().flatten().enumerate() {
            if matches!(parameter.as_str(), "collection_path" | "file_path" | "module_path") {
                args.positional[place] = self.interp.new_path(path.to_string_lossy());
            }
        }
        args
    }

    pub(super) fn ignore_list(&mut self, conftest: &Path, name: &str) -> Declared<Vec<IgnoreEntry>> {
        let Some(module) =
            self.loaded.iter().find(|loaded| loaded.path == conftest).map(|loaded| loaded.module)
        else {
            return Declared::Absent;
        };
        conftest::ignore_list(&mut self.interp, module, name)
    }

    /// `pytest_configure` is historic: a conftest that is loaded late is configured at once.
    pub(super) fn run_hooks_of_last(&mut self, names: &[&str]) {
        let hooks: Vec<Hook> = self
            .loaded
            .last()
            .into_iter()
            .flat_map(|loaded| loaded.hooks.iter())
            .filter(|hook| names.contains(&hook.name.as_str()) && hook.is_generator == Some(false))
            .cloned()
            .collect();
        for hook in hooks {
            let args = hook.arguments();
            // what it raises is the directory's error; only its effects matter here
            let _effects = self.interp.run_quietly(&hook.function, args);
        }
    }

    pub(super) fn check_after_collection(&mut self, not_found: &[NotFound]) {
        let unknown_hook = self.loaded.iter().flat_map(|loaded| &loaded.hooks).find_map(|hook| {
            (plugins::hook_is_unknown(&hook.name, self.interp.environment) && hook.optional == Truth::No)
                .then(|| hook.name.clone())
        });
        if let Some(hook) = unknown_hook {
            let message = format!("unknown hook '{hook}' in plugin");
            let failure = Failure::of_pytest("PluginValidationError", message, Cause::Refused);
            self.end(ExitCode::INTERNAL_ERROR, Some(failure));
            return;
        }
        if self.aborted_by.is_some() {
            return;
        }
        self.run_hooks(&["pytest_collection_modifyitems", "pytest_collection_finish"]);
        if let Some(missing) = not_found.first() {
            let failure = Failure::of_pytest("UsageError", missing.message(&self.walk), Cause::Refused);
            self.end(ExitCode::USAGE_ERROR, Some(failure));
            return;
        }
        if let Some(refusal) = self.settings.refused(Phase::AfterCollection) {
            let failure = Failure::of_pytest("UsageError", &refusal.message, Cause::Refused);
            let exit = ExitCode::Code(refusal.exit_code);
            self.end(exit, Some(failure));
        }
    }
}
