//! Plugins that the command line, conftests and test modules ask for.

use super::Driver;
use crate::interp::{Cause, Id};
use crate::outcome::conftest::{self, PluginList};
use crate::outcome::plugins::{self, PluginFailure};
use crate::outcome::{ExitCode, Failure};

impl Driver<'_> {
    /// `-p NAME` and `PYTEST_PLUGINS`: imported before anything else.
    pub(super) fn load_plugins_of_arguments(&mut self) {
        let named: Vec<String> = self
            .settings
            .plugins
            .iter()
            .filter(|plugin| !plugin.blocked)
            .map(|plugin| plugin.name.clone())
            .chain(self.settings.environment_plugins.iter().cloned())
            .collect();
        for plugin in named {
            if let Err(failure) = plugins::load(&mut self.interp, &plugin) {
                let (exit, failure) = self.plugin_exit(failure);
                self.end(exit, Some(failure));
                return;
            }
        }
    }

    /// How pytest ends when a plugin cannot be loaded before the session.
    pub(super) fn plugin_exit(&self, failure: PluginFailure) -> (ExitCode, Failure) {
        let newest = self.version().at_least(9, 2);
        match failure {
            PluginFailure::Import(failure) if failure.exception == "UsageError" => {
                (if newest { ExitCode::USAGE_ERROR } else { ExitCode::TESTS_FAILED }, failure)
            }
            PluginFailure::Import(failure) => {
                (if newest { ExitCode::INTERNAL_ERROR } else { ExitCode::TESTS_FAILED }, failure)
            }
            PluginFailure::Stopped(stop) => {
                let failure = Failure::of_stop(&stop, &self.interp);
                let exit = self.exit_of_start(&stop);
                (exit, failure.unwrap_or_else(|| Failure::of_pytest("UsageError", "", Cause::Refused)))
            }
        }
    }

    /// `pytest_plugins` of a test module or conftest.
    pub(super) fn load_plugins_of_module(&mut self, module: Id) -> Result<(), PluginFailure> {
        match conftest::plugin_list(&mut self.interp, module) {
            PluginList::Absent | PluginList::Unknown => Ok(()),
            PluginList::Names(names) => {
                for plugin in names {
                    if self.plugins.insert(plugin.clone()) {
                        plugins::load(&mut self.interp, &plugin)?;
                    }
                }
                Ok(())
            }
        }
    }
}
