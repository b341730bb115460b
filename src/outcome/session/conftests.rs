//! Conftests: what loading one comes to, and what becomes of its directory.

use std::path::{Path, PathBuf};

use super::ending::is_skip;
use super::{Driver, Loaded};
use crate::discovery::{Control, ModuleKind};
use crate::interp::{Cause, Id, Refused, Site, Stop, Truth};
use crate::outcome::conftest;
use crate::outcome::import::{self, Judged};
use crate::outcome::{ExitCode, Failure, ModulePrediction, Outcome, plugins};

impl Driver<'_, '_> {
    pub(super) fn register_fixtures(&mut self) {
        let conftests: Vec<(PathBuf, Id)> =
            self.loaded.iter().map(|loaded| (loaded.home(&self.settings), loaded.module)).collect();
        for (path, module) in conftests {
            if let Err(failure) = self.add_fixtures(&path, module) {
                self.end(ExitCode::INTERNAL_ERROR, Some(*failure));
                return;
            }
        }
        self.visible.begin_collection();
    }

    pub(super) fn add_fixtures(&mut self, path: &Path, module: Id) -> Result<(), Box<Failure>> {
        let folder = path.parent().unwrap_or(path);
        let node = folder
            .strip_prefix(&self.settings.rootdir)
            .map(|relative| relative.to_string_lossy().into_owned())
            .unwrap_or_default();
        self.visible.add_conftest(&mut self.interp, module, &node)
    }

    /// A conftest may have been imported, but what it holds is not known: fixtures, marks, options.
    pub(super) fn conftest_is_unknown(&mut self, path: &Path) {
        let node = self.node_of(path.parent().unwrap_or(path));
        self.visible.add_unknown(&node);
        self.interp.options.config.marks.open = true;
        self.interp.options.config.open = true;
    }

    pub(super) fn conftest_loaded(&mut self, path: &Path, module: Id, initial: bool) -> Control {
        let hooks = conftest::hooks(&self.interp, module);
        let named = self.node_of(path);
        if let Some(failure) = plugins::refusal_of_hooks(&hooks, &named, &self.interp) {
            if initial {
                self.end(ExitCode::TESTS_FAILED, Some(failure));
                return Control::Stop;
            }
            return self.directory_failed(path, failure, Outcome::Error);
        }
        let declares = self
            .interp
            .heap
            .names(module)
            .and_then(|names| names.get("pytest_plugins"))
            .is_some_and(|binding| !binding.maybe_unbound);
        if !initial && declares {
            let message = "Defining 'pytest_plugins' in a non-top-level conftest is no longer supported";
            let site = self.binding_site(path, "pytest_plugins");
            let failure =
                Failure::of_pytest("Failed", message, Cause::Refused(Refused::NestedPlugins)).at(Some(site));
            return self.directory_failed(path, failure, Outcome::Error);
        }
        let before = self.loaded.len();
        self.loaded.push(Loaded { is_plugin: false, path: path.to_path_buf(), module, hooks });
        if let Err(stop) = self.run_historic_hooks() {
            self.loaded.truncate(before);
            return self.hook_of_conftest_stopped(path, initial, &stop);
        }
        if let Err(failure) = self.load_plugins_of_module(module) {
            let (exit, failure) = self.plugin_exit(failure);
            let site = failure.site.clone().unwrap_or_else(|| self.binding_site(path, "pytest_plugins"));
            self.end(exit, Some(failure.at(Some(site))));
            return Control::Stop;
        }
        if self.collecting
            && let Err(failure) = self.add_fixtures(path, module)
        {
            return self.fixtures_failed(path, *failure);
        }
        Control::Continue
    }

    /// In importlib mode two conftests may resolve to one name: then the first one's module comes back,
    /// which is a plugin already.
    pub(super) fn registered_before(&self, path: &Path, module: Id) -> Option<Failure> {
        let known = self.loaded.iter().find(|loaded| loaded.module == module)?;
        let name = self.interp.heap.value(module, "__name__").and_then(|name| name.as_str());
        let message = format!(
            "Plugin already registered under a different name: {}=<module '{}' from '{}'>",
            path.display(),
            name.unwrap_or_default(),
            known.path.display()
        );
        Some(Failure::of_pytest("ValueError", message, Cause::Refused(Refused::FileMismatch)))
    }

    /// `pytest_addoption` or `pytest_configure` of a conftest raised while it was registered.
    fn hook_of_conftest_stopped(&mut self, path: &Path, initial: bool, stop: &Stop) -> Control {
        if !initial {
            return self.conftest_stopped(path, initial, stop);
        }
        // nobody but `main` is there to catch it
        let is = |ancestor: &str| match stop {
            Stop::Raise(raised) => self.interp.derives(&raised.class, ancestor) == Truth::Yes,
            Stop::Halt(_) | Stop::Budget => false,
        };
        let exit = if is("pytest.UsageError") {
            ExitCode::USAGE_ERROR
        } else if is("builtins.Exception") {
            ExitCode::TESTS_FAILED
        } else {
            self.exit_of_start(stop)
        };
        let failure = Failure::of_stop(stop, &self.interp);
        self.end(exit, failure);
        Control::Stop
    }

    /// A fixture of a nested conftest that pytest refuses.
    pub(super) fn fixtures_failed(&mut self, path: &Path, failure: Failure) -> Control {
        if self.version().at_least(9, 1) {
            self.aborted_by = Some((self.node_of(path), ExitCode::INTERNAL_ERROR));
            self.ended = true;
            self.directory_failed(path, failure, Outcome::Aborts);
            return Control::Stop;
        }
        self.directory_failed(path, failure, Outcome::Error)
    }

    /// Where a module assigns to a name, else its beginning.
    fn binding_site(&self, path: &Path, name: &str) -> Site {
        let file = self.interp.sources.get(path).ok();
        let span = file.and_then(|file| file.assignment_of(name)).unwrap_or_default();
        Site { path: std::sync::Arc::new(path.to_path_buf()), span }
    }

    pub(super) fn node_of(&self, path: &Path) -> String {
        path.strip_prefix(&self.settings.rootdir).unwrap_or(path).to_string_lossy().into_owned()
    }

    /// What lies in the directory of a file is not collected.
    pub(super) fn directory_failed(&mut self, path: &Path, failure: Failure, outcome: Outcome) -> Control {
        let folder = path.parent().unwrap_or(path);
        let node = self.node_of(folder);
        if outcome == Outcome::Error && !self.ended {
            self.errors += 1;
        }
        self.modules.push(ModulePrediction {
            path: folder.to_path_buf(),
            node: if node.is_empty() { ".".to_owned() } else { node },
            kind: ModuleKind::Module,
            outcome,
            certain: failure.certain,
            failure: Some(failure),
            perhaps: Vec::new(),
            tests: Some(0),
            items: Vec::new(),
            lost: Vec::new(),
            nothing_collected: outcome == Outcome::Error,
            events: Vec::new(),
        });
        Control::Abandon
    }

    /// Whether a conftest that stops, if nothing else stops it before, ends the same way if something does.
    pub(super) fn ends_so_anyway(&self, stop: &Stop, before: &[Stop], initial: bool) -> bool {
        let alike = |other: &Stop| {
            if matches!(other, Stop::Budget) || is_skip(other) != is_skip(stop) {
                return false;
            }
            if initial {
                let exit = self.exit_of_start(other);
                return exit != ExitCode::Unknown && exit == self.exit_of_start(stop);
            }
            let judge = |stop: &Stop| import::judge(&self.interp, &self.settings, stop);
            judge(other) == judge(stop)
        };
        !before.is_empty() && before.iter().all(alike)
    }

    pub(super) fn conftest_stopped(&mut self, path: &Path, initial: bool, stop: &Stop) -> Control {
        let Some(failure) = Failure::of_stop(stop, &self.interp) else { return Control::Continue };
        if initial {
            let exit = self.exit_of_start(stop);
            self.end(exit, Some(failure));
            return Control::Stop;
        }
        match import::judge(&self.interp, &self.settings, stop) {
            Judged::Aborts => {
                let node = self.node_of(path);
                self.abort(&node, stop);
                self.directory_failed(path, failure, Outcome::Aborts)
            }
            Judged::Skipped => {
                let outcome = if is_skip(stop) { Outcome::Skipped } else { Outcome::Error };
                self.directory_failed(path, failure, outcome)
            }
            Judged::Error if is_skip(stop) => self.directory_failed(path, failure, Outcome::Skipped),
            Judged::Error => self.directory_failed(path, failure, Outcome::Error),
        }
    }
}
