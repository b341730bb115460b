//! Plugins that the command line, conftests and test modules ask for.

use std::path::PathBuf;

use super::{Driver, Loaded};
use crate::environment::ThirdParty;
use crate::environment::plugins::{ActivePlugins, Known, entry_points};
use crate::interp::{Cause, Id, Missing, Module, ModuleKind, Object, Refused, Stop};
use crate::outcome::conftest::{self, PluginList};
use crate::outcome::plugins::{self, PluginFailure};
use crate::outcome::{ExitCode, Failure};

/// Who names a plugin.
#[derive(Clone, Copy)]
enum Namer {
    /// `-p`: the name of an entry point, or of a module.
    CommandLine,
    /// `PYTEST_PLUGINS`: the name of a module.
    Variable,
}

impl Driver<'_, '_> {
    /// Plugins are imported before anything else: those of `-p NAME`, of entry points, of `PYTEST_PLUGINS`.
    pub(super) fn load_first_plugins(&mut self) {
        let given = self.settings.plugins.iter().filter(|plugin| !plugin.blocked);
        self.load_plugins(given.map(|plugin| plugin.name.clone()).collect(), Namer::CommandLine);
        self.load_plugins_of_entry_points();
        self.load_plugins(self.settings.environment_plugins.clone(), Namer::Variable);
    }

    fn load_plugins(&mut self, named: Vec<String>, namer: Namer) {
        let environment = self.interp.environment;
        for plugin in named {
            if self.ending.is_some() {
                return;
            }
            let entry = match namer {
                Namer::CommandLine => ActivePlugins::of(environment).entry_point(&plugin),
                Namer::Variable => Known::No,
            };
            if matches!(entry, Known::Yes(())) {
                continue;
            }
            if let Err(failure) = self.load_plugin(&plugin) {
                let is_not_there = matches!(&failure,
                    PluginFailure::Import(failure)
                        if matches!(failure.exception.as_str(), "UsageError" | "ImportError"));
                if is_not_there && matches!(entry, Known::Maybe(_)) {
                    continue;
                }
                let (exit, failure) = self.plugin_exit(failure);
                self.end(exit, Some(failure));
                return;
            }
        }
    }

    /// What the entry points of installed distributions name. A plugin that cannot be imported, as it asks for a
    /// module that is stated to be absent, is the end.
    pub(super) fn load_plugins_of_entry_points(&mut self) {
        if self.ending.is_some() || self.settings.disable_plugin_autoload {
            return;
        }
        let environment = self.interp.environment;
        let ThirdParty::Site(site) = &environment.third_party else { return };
        for entry in entry_points(site, environment) {
            if self.settings.blocks(&entry.name) {
                continue;
            }
            let Some(absent) = self.interp.absent_requirement(&entry.module) else { continue };
            let cause = Cause::MissingModule { name: absent.as_str().into(), why: Missing::ThirdParty };
            let (exit, exception, message) = if self.version().at_least(9, 2) {
                (ExitCode::INTERNAL_ERROR, "PluginImportFailure", "pytest11".to_owned())
            } else {
                (ExitCode::TESTS_FAILED, "ModuleNotFoundError", format!("No module named '{absent}'"))
            };
            self.end(exit, Some(Failure::of_pytest(exception, message, cause)));
            return;
        }
    }

    /// How pytest ends when a plugin cannot be loaded before the session.
    pub(super) fn plugin_exit(&self, failure: PluginFailure) -> (ExitCode, Failure) {
        let newest = self.version().at_least(9, 2);
        match failure {
            PluginFailure::Import(failure)
                if matches!(
                    failure.exception.as_str(),
                    "PluginValidationError" | "PytestRemovedIn9Warning"
                ) =>
            {
                (ExitCode::TESTS_FAILED, *failure)
            }
            PluginFailure::Import(failure) if failure.exception == "UsageError" => {
                (ExitCode::USAGE_ERROR, *failure)
            }
            PluginFailure::Import(failure) if failure.exception == "ImportError" => {
                (ExitCode::TESTS_FAILED, *failure)
            }
            PluginFailure::Import(failure) => {
                (if newest { ExitCode::INTERNAL_ERROR } else { ExitCode::TESTS_FAILED }, *failure)
            }
            PluginFailure::Stopped(stop) => {
                let failure = Failure::of_stop(&stop, &self.interp);
                let exit = self.exit_of_start(&stop);
                (
                    exit,
                    failure.unwrap_or_else(|| {
                        Failure::of_pytest("UsageError", "", Cause::Refused(Refused::Plugin))
                    }),
                )
            }
        }
    }

    /// `pytest_plugins` of a test module or conftest.
    pub(super) fn load_plugins_of_module(&mut self, module: Id) -> Result<(), PluginFailure> {
        match conftest::plugin_list(&mut self.interp, module) {
            PluginList::Absent | PluginList::Unknown => Ok(()),
            PluginList::Refused(given) => {
                let message = format!(
                    "Plugins may be specified as a sequence or a ','-separated string of plugin names. Got: {given}"
                );
                let failure = Failure::of_pytest("UsageError", message, Cause::Refused(Refused::Plugin));
                Err(PluginFailure::Import(Box::new(failure)))
            }
            PluginList::Names(names) => {
                for plugin in names {
                    self.load_plugin(&plugin)?;
                }
                Ok(())
            }
        }
    }

    /// Imports a plugin and registers it, with the plugins that it asks for.
    fn load_plugin(&mut self, name: &str) -> Result<(), PluginFailure> {
        if !self.plugins.insert(name.to_owned()) {
            return Ok(());
        }
        plugins::load(&mut self.interp, name)?;
        // what is not of the project has its hooks and fixtures in a table
        let Some((module, path)) = self.interp.module(name).and_then(|id| self.source_of(id)) else {
            return Ok(());
        };
        let hooks = conftest::hooks(&self.interp, module);
        if let Some(failure) = plugins::refusal_of_hooks(&hooks, name, &self.interp) {
            return Err(PluginFailure::Import(Box::new(failure)));
        }
        self.loaded.push(Loaded { is_plugin: true, path, module, hooks });
        self.run_historic_hooks().map_err(PluginFailure::Stopped)?;
        self.load_plugins_of_module(module)?;
        if self.collecting {
            let home = self.settings.rootdir.join("plugin");
            self.add_fixtures(&home, module).map_err(PluginFailure::Import)?;
        }
        Ok(())
    }

    pub(super) fn source_of(&self, module: Id) -> Option<(Id, PathBuf)> {
        match self.interp.heap.get(module) {
            Object::Module(Module { kind: ModuleKind::Source(path), .. }) => Some((module, path.clone())),
            _ => None,
        }
    }

    /// The hooks that are called at once for a plugin that is registered late.
    pub(super) fn run_historic_hooks(&mut self) -> Result<(), Stop> {
        self.run_hooks_of_last("pytest_addoption")?;
        if self.collecting {
            self.run_hooks_of_last("pytest_configure")?;
        }
        Ok(())
    }
}
