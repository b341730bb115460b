//! One session: pytest from its start to its exit code, in one environment.

use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::conftest::{self, Hook, PluginList};
use super::import::{self, Imported, Judged};
use super::plugins::{self, PluginFailure};
use super::{
    ConftestPrediction, ExitCode, Failure, ModulePrediction, Outcome, Prediction, SessionPrediction,
};
use crate::discovery::{
    self, Collected, Control, Declared, Directory, End, Entry, IgnoreEntry, ModuleFile, ModuleKind, Stage,
    Verdict, Visitor,
};
use crate::environment::{Environment, PytestVersion};
use crate::interp::{Cause, HaltKind, Id, Instance, Interp, Object, Options, Payload, Stop, Truth, Value};
use crate::resolve::SearchPath;
use crate::settings::pytest::{self, Invocation, Phase, Plugins, PytestSettings};
use crate::syntax::Sources;

/// What a prediction starts from.
pub struct Request<'r> {
    pub invocation: Invocation,
    /// What the environment's plugins add to pytest's options.
    pub plugins: &'r dyn Plugins,
    /// Folders of the project that are installed in editable mode.
    pub installed_roots: Vec<PathBuf>,
}

/// Predicts what pytest does.
pub fn predict<'a>(
    sources: &'a Sources<'a>,
    environment: &'a Environment,
    request: &Request<'_>,
) -> Prediction {
    let settings = pytest::read(sources.fs(), environment, &request.invocation, request.plugins);
    if let Some(refusal) = settings.refused(Phase::BeforeConftests) {
        let failure = Failure::of_pytest("UsageError", &refusal.message, Cause::Refused);
        let session = not_started(ExitCode::Code(refusal.exit_code), failure);
        return Prediction { settings, session, modules: Vec::new(), conftests: Vec::new() };
    }
    let walk = discovery::Request::from_settings(&settings, environment.platform);
    prefetch(sources, &discovery::candidates(&walk, sources.fs()));
    let interp = start(sources, environment, &settings, request);
    let mut driver = Driver::new(interp, settings, walk.clone());
    let mut session = discovery::Session::new(&walk, sources.fs());
    driver.run(&mut session, request);
    driver.finish()
}

/// Parses what the walk may meet, in parallel.
fn prefetch(sources: &Sources<'_>, paths: &[PathBuf]) {
    use rayon::prelude::{IntoParallelRefIterator as _, ParallelIterator as _};
    paths.par_iter().for_each(|path| {
        // a file that cannot be read is met again when it is imported
        let _parsed = sources.get(path);
    });
}

fn not_started(exit_code: ExitCode, failure: Failure) -> SessionPrediction {
    SessionPrediction { exit_code, aborted_by: None, collected: 0, failure: Some(failure) }
}

fn start<'a>(
    sources: &'a Sources<'a>,
    environment: &'a Environment,
    settings: &PytestSettings,
    request: &Request<'_>,
) -> Interp<'a> {
    let mut arguments = vec!["pytest".to_owned()];
    arguments.extend(request.invocation.arguments.iter().cloned());
    let strict_marks = settings
        .strict_markers
        .then(|| settings.marker_names().map(str::to_owned).collect::<FxHashSet<String>>());
    let options = Options {
        root: settings.rootdir.clone(),
        working_directory: settings.invocation_dir.clone(),
        arguments,
        captured: settings.capture != pytest::Capture::No,
        strict_marks,
        warnings: crate::interp::WarningFilters::default(),
        installed_roots: request.installed_roots.clone(),
    };
    let mut interp = Interp::new(sources, environment, options);
    interp.set_search_path(&SearchPath::at_start(settings, environment));
    interp
}

/// A conftest that was imported.
struct Loaded {
    path: PathBuf,
    module: Id,
    hooks: Vec<Hook>,
}

struct Driver<'a> {
    interp: Interp<'a>,
    settings: PytestSettings,
    walk: discovery::Request,
    modules: Vec<ModulePrediction>,
    by_node: FxHashMap<String, usize>,
    conftests: Vec<ConftestPrediction>,
    loaded: Vec<Loaded>,
    /// The session has begun: what fails from here on is a collection error.
    collecting: bool,
    /// Why it does not start, or what is wrong at its end.
    ending: Option<(ExitCode, Option<Failure>)>,
    aborted_by: Option<(String, ExitCode)>,
    errors: usize,
    collected: usize,
    /// What is collected from here on is only looked at: the session has ended.
    ended: bool,
    plugins: FxHashSet<String>,
    visible: super::items::Fixtures,
}

impl<'a> Driver<'a> {
    fn new(interp: Interp<'a>, settings: PytestSettings, walk: discovery::Request) -> Self {
        let visible = super::items::Fixtures::new(interp.environment, &settings);
        Self {
            interp,
            settings,
            walk,
            modules: Vec::new(),
            by_node: FxHashMap::default(),
            conftests: Vec::new(),
            loaded: Vec::new(),
            collecting: false,
            ending: None,
            aborted_by: None,
            errors: 0,
            collected: 0,
            ended: false,
            plugins: FxHashSet::default(),
            visible,
        }
    }

    fn version(&self) -> PytestVersion {
        self.settings.version
    }

    fn end(&mut self, exit: ExitCode, failure: Option<Failure>) {
        if self.ending.is_none() {
            self.ending = Some((exit, failure));
        }
    }

    fn run(&mut self, session: &mut discovery::Session<'_>, request: &Request<'_>) {
        self.load_plugins_of_arguments();
        if self.ending.is_some() || session.load_initial_conftests(self) != Control::Continue {
            return;
        }
        if self.ending.is_some() {
            return;
        }
        self.read_settings_again(request);
        if let Some(refusal) = self.settings.refused(Phase::Configure) {
            let failure = Failure::of_pytest("UsageError", &refusal.message, Cause::Refused);
            let exit = ExitCode::Code(refusal.exit_code);
            self.end(exit, Some(failure));
            return;
        }
        self.run_hooks(&["pytest_cmdline_main", "pytest_configure", "pytest_sessionstart"]);
        if self.ending.is_some() {
            return;
        }
        self.collecting = true;
        self.register_fixtures();
        if self.ending.is_some() {
            return;
        }
        if let Some(refusal) = self.settings.refused(Phase::Collection) {
            let failure = Failure::of_pytest("UsageError", &refusal.message, Cause::Refused);
            let exit = ExitCode::Code(refusal.exit_code);
            self.end(exit, Some(failure));
            return;
        }
        match session.collect(self) {
            Err(usage) => {
                let failure = Failure::of_pytest("UsageError", usage.to_string(), Cause::Refused);
                self.end(ExitCode::USAGE_ERROR, Some(failure));
            }
            Ok(collection) => {
                if collection.end == End::Abandoned {
                    self.errors = self.errors.max(1);
                    self.collected = 0;
                }
                self.check_after_collection(&collection.not_found);
            }
        }
    }

    /// `-p NAME` and `PYTEST_PLUGINS`: imported before anything else.
    fn load_plugins_of_arguments(&mut self) {
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
    fn plugin_exit(&self, failure: PluginFailure) -> (ExitCode, Failure) {
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

    /// What conftests add to the command line is known now.
    fn read_settings_again(&mut self, request: &Request<'_>) {
        let additions =
            super::options::additions(&mut self.interp, self.loaded.iter().map(|loaded| &loaded.hooks));
        if let Some(refusal) = additions.refusal {
            self.end(ExitCode::Code(refusal.0), Some(refusal.1));
            return;
        }
        let invocation = Invocation { conftests: additions.known, ..request.invocation.clone() };
        let environment = self.interp.environment;
        self.settings = pytest::read(self.interp.sources.fs(), environment, &invocation, request.plugins);
    }

    /// Runs hooks of that name in all conftests, with arguments of which nothing is known.
    fn run_hooks(&mut self, names: &[&str]) {
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

    /// The exit code when a hook raises.
    fn exit_of_hook(&self, stop: &Stop) -> ExitCode {
        match stop {
            Stop::Halt(halt) => exit_of_halt(halt.how),
            Stop::Budget => ExitCode::Unknown,
            Stop::Raise(raised) => {
                let is = |ancestor: &str| self.interp.derives(&raised.class, ancestor) == Truth::Yes;
                match &raised.cause {
                    Cause::PytestExit { returncode: Some(code) } => ExitCode::Code(*code),
                    Cause::PytestExit { returncode: None } => ExitCode::INTERRUPTED,
                    _ if is("pytest.UsageError") => ExitCode::USAGE_ERROR,
                    _ if is("builtins.KeyboardInterrupt") => ExitCode::INTERRUPTED,
                    _ => ExitCode::INTERNAL_ERROR,
                }
            }
        }
    }

    /// The exit code when an initial conftest raises.
    fn exit_of_start(&self, stop: &Stop) -> ExitCode {
        match stop {
            Stop::Halt(halt) => exit_of_halt(halt.how),
            Stop::Budget => ExitCode::Unknown,
            Stop::Raise(raised) => {
                let is = |ancestor: &str| self.interp.derives(&raised.class, ancestor);
                if is("builtins.SystemExit") == Truth::Yes {
                    return self.exit_status(&raised.value);
                }
                match is("builtins.Exception") {
                    Truth::Yes => ExitCode::USAGE_ERROR,
                    Truth::No => ExitCode::TESTS_FAILED,
                    Truth::Maybe => ExitCode::Unknown,
                }
            }
        }
    }

    /// What the shell sees of `SystemExit(value)`.
    fn exit_status(&self, exception: &Value) -> ExitCode {
        let Some(Object::Instance(Instance { payload: Payload::Exception(args), .. })) =
            self.interp.object(exception)
        else {
            return ExitCode::Unknown;
        };
        match args.first() {
            None | Some(Value::None) => ExitCode::OK,
            Some(Value::Int(code)) => ExitCode::Code(i32::try_from(code & 0xff).unwrap_or(1)),
            Some(Value::Bool(code)) => ExitCode::Code(i32::from(*code)),
            Some(value) if value.is_unknown() => ExitCode::Unknown,
            Some(_) => ExitCode::TESTS_FAILED,
        }
    }

    fn register_fixtures(&mut self) {
        let conftests: Vec<(PathBuf, Id)> =
            self.loaded.iter().map(|loaded| (loaded.path.clone(), loaded.module)).collect();
        for (path, module) in conftests {
            if let Err(failure) = self.add_fixtures(&path, module) {
                self.end(ExitCode::INTERNAL_ERROR, Some(failure));
                return;
            }
        }
        self.visible.begin_collection();
    }

    fn add_fixtures(&mut self, path: &Path, module: Id) -> Result<(), Failure> {
        let folder = path.parent().unwrap_or(path);
        let node = folder
            .strip_prefix(&self.settings.rootdir)
            .map(|relative| relative.to_string_lossy().into_owned())
            .unwrap_or_default();
        self.visible.add_conftest(&mut self.interp, module, &node).map_err(|failure| *failure)
    }

    fn check_after_collection(&mut self, not_found: &[discovery::NotFound]) {
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

    fn finish(self) -> Prediction {
        let stopped = self.settings.maxfail > 0
            && i64::try_from(self.errors).is_ok_and(|errors| errors >= self.settings.maxfail);
        let (exit_code, failure) = match (self.ending, &self.aborted_by) {
            (Some((exit, failure)), None) => (exit, failure),
            (_, Some((_, exit))) => (*exit, None),
            (None, None) if self.errors > 0 => {
                let forgiving = self.settings.continue_on_collection_errors || stopped;
                (if forgiving { ExitCode::TESTS_FAILED } else { ExitCode::INTERRUPTED }, None)
            }
            (None, None) if self.collected == 0 => (ExitCode::NO_TESTS, None),
            (None, None) => (ExitCode::OK, None),
        };
        let aborted_by = self.aborted_by.map(|(node, _)| node);
        let session = SessionPrediction { exit_code, aborted_by, collected: self.collected, failure };
        Prediction { settings: self.settings, session, modules: self.modules, conftests: self.conftests }
    }

    /// Notes that a module or conftest ends the session; later ones are still looked at.
    fn abort(&mut self, node: &str, stop: &Stop) {
        if self.aborted_by.is_none() {
            let exit = match stop {
                Stop::Halt(halt) => exit_of_halt(halt.how),
                Stop::Raise(raised)
                    if self.interp.derives(&raised.class, "builtins.KeyboardInterrupt") == Truth::Yes =>
                {
                    ExitCode::INTERRUPTED
                }
                Stop::Raise(_) => ExitCode::INTERNAL_ERROR,
                Stop::Budget => ExitCode::Unknown,
            };
            self.aborted_by = Some((node.to_owned(), exit));
            self.ended = true;
        }
    }

    fn abort_by(&mut self, node: &str, exit: ExitCode) {
        if self.aborted_by.is_none() {
            self.aborted_by = Some((node.to_owned(), exit));
            self.ended = true;
        }
    }

    /// What the import of a module came to, as a prediction without items.
    fn judge_stop(&mut self, file: &ModuleFile, stop: &Stop) -> ModulePrediction {
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

    fn new_module(
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

    fn collect_module(&mut self, file: &ModuleFile) -> ModulePrediction {
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

    fn collect_items(&mut self, file: &ModuleFile, module: Id) -> ModulePrediction {
        if let Err(stop) = self.load_plugins_of_module(module) {
            return match stop {
                PluginFailure::Stopped(stop) => self.judge_stop(file, &stop),
                PluginFailure::Import(failure) => self.new_module(file, Outcome::Error, Some(failure), true),
            };
        }
        let mut prediction = self.new_module(file, Outcome::Collected, None, true);
        match file.kind {
            ModuleKind::Module => {
                let place = super::items::ModulePlace { path: file.path.clone(), node: file.node.clone() };
                let items = super::items::collect(
                    &mut self.interp,
                    module,
                    &place,
                    &mut self.visible,
                    &self.settings,
                );
                super::tally::apply(&mut prediction, items);
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

    /// `pytest_plugins` of a test module or conftest.
    fn load_plugins_of_module(&mut self, module: Id) -> Result<(), PluginFailure> {
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

    fn record(&mut self, prediction: ModulePrediction) -> Collected {
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

impl Visitor for Driver<'_> {
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
        let control = match imported {
            Imported::Stopped(Stop::Budget) => Control::Continue,
            Imported::Stopped(stop) => {
                prediction.failure = Failure::of_stop(&stop, &self.interp);
                prediction.outcome = match import::judge(&self.interp, &self.settings, &stop) {
                    Judged::Aborts => Outcome::Aborts,
                    Judged::Skipped => Outcome::Skipped,
                    // pytest.skip in a conftest needs no flag
                    Judged::Error if is_skip(&stop) => Outcome::Skipped,
                    Judged::Error => Outcome::Error,
                };
                if is_certain(&stop) {
                    self.conftest_stopped(path, initial, &stop)
                } else {
                    Control::Continue
                }
            }
            Imported::Mismatch { message } | Imported::NoFile { message } => {
                let failure = Failure::of_pytest("ImportPathMismatchError", message, Cause::Refused);
                prediction.failure = Some(failure.clone());
                prediction.outcome = Outcome::Error;
                if initial {
                    self.end(ExitCode::USAGE_ERROR, Some(failure));
                    Control::Stop
                } else {
                    self.directory_failed(path, failure, Outcome::Error)
                }
            }
            Imported::Module(module) => self.conftest_loaded(path, module, initial),
        };
        self.conftests.push(prediction);
        control
    }

    fn module(&mut self, file: &ModuleFile) -> Collected {
        if file.cached {
            return Collected::Passed;
        }
        if file.kind == ModuleKind::TextDoctest {
            return Collected::Passed;
        }
        let prediction = self.collect_module(file);
        let collected = self.record(prediction);
        let limit = self.settings.maxfail;
        if limit > 0 && i64::try_from(self.errors).is_ok_and(|errors| errors >= limit) {
            return Collected::Stop;
        }
        collected
    }

    fn directory(&mut self, _directory: &Directory) -> Control {
        Control::Continue
    }

    fn collect_ignore(&mut self, conftest: &Path) -> Declared<Vec<IgnoreEntry>> {
        self.ignore_list(conftest, "collect_ignore")
    }

    fn collect_ignore_glob(&mut self, conftest: &Path) -> Declared<Vec<IgnoreEntry>> {
        self.ignore_list(conftest, "collect_ignore_glob")
    }

    fn ignore(&mut self, entry: Entry<'_>) -> Verdict {
        for conftest in entry.conftests.iter().rev() {
            let Some(hook) = self.hook_of(conftest, "pytest_ignore_collect") else { continue };
            let args = self.path_arguments(&hook, entry.path);
            match self.interp.run_quietly(&hook.function, args) {
                Ok(Value::None) => {}
                Ok(value) => match self.interp.plain_truth(&value) {
                    _ if value.is_unknown() => return Verdict::Unknown,
                    Truth::Yes => return Verdict::Ignore,
                    Truth::No => return Verdict::Keep,
                    Truth::Maybe => return Verdict::Unknown,
                },
                Err(_) => return Verdict::Unknown,
            }
        }
        Verdict::Undecided
    }
}

impl Driver<'_> {
    fn hook_of(&self, conftest: &Path, name: &str) -> Option<Hook> {
        let loaded = self.loaded.iter().find(|loaded| loaded.path == conftest)?;
        loaded.hooks.iter().find(|hook| hook.name == name).cloned()
    }

    /// Arguments of a hook that is asked about a path.
    fn path_arguments(&mut self, hook: &Hook, path: &Path) -> crate::interp::Args {
        let mut args = hook.arguments();
        for (place, parameter) in hook.parameters.iter().flatten().enumerate() {
            if matches!(parameter.as_str(), "collection_path" | "file_path" | "module_path") {
                args.positional[place] = self.interp.new_path(path.to_string_lossy());
            }
        }
        args
    }

    fn ignore_list(&mut self, conftest: &Path, name: &str) -> Declared<Vec<IgnoreEntry>> {
        let Some(module) =
            self.loaded.iter().find(|loaded| loaded.path == conftest).map(|loaded| loaded.module)
        else {
            return Declared::Absent;
        };
        conftest::ignore_list(&mut self.interp, module, name)
    }

    fn conftest_loaded(&mut self, path: &Path, module: Id, initial: bool) -> Control {
        let hooks = conftest::hooks(&self.interp, module);
        let invalid = hooks.iter().find_map(|hook| plugins::refuse_hook(hook, self.interp.environment));
        if let Some(message) = invalid {
            let failure = Failure::of_pytest("PluginValidationError", message, Cause::Refused);
            if initial {
                self.end(ExitCode::TESTS_FAILED, Some(failure));
                return Control::Stop;
            }
            return self.directory_failed(path, failure, Outcome::Error);
        }
        let declared = conftest::plugin_list(&mut self.interp, module);
        if !initial && matches!(declared, PluginList::Names(_)) {
            let message = "Defining 'pytest_plugins' in a non-top-level conftest is no longer supported";
            let failure = Failure::of_pytest("Failed", message, Cause::Refused);
            return self.directory_failed(path, failure, Outcome::Error);
        }
        if let Err(failure) = self.load_plugins_of_module(module) {
            let (exit, failure) = self.plugin_exit(failure);
            self.end(exit, Some(failure));
            return Control::Stop;
        }
        self.loaded.push(Loaded { path: path.to_path_buf(), module, hooks });
        if self.collecting {
            self.run_hooks_of_last(&["pytest_configure"]);
            if let Err(failure) = self.add_fixtures(path, module) {
                return self.fixtures_failed(path, failure);
            }
        }
        Control::Continue
    }

    /// `pytest_configure` is historic: a conftest that is loaded late is configured at once.
    fn run_hooks_of_last(&mut self, names: &[&str]) {
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

    /// A fixture of a nested conftest that pytest refuses.
    fn fixtures_failed(&mut self, path: &Path, failure: Failure) -> Control {
        if self.version().at_least(9, 1) {
            self.aborted_by = Some((self.node_of(path), ExitCode::INTERNAL_ERROR));
            self.ended = true;
            return Control::Stop;
        }
        self.directory_failed(path, failure, Outcome::Error)
    }

    fn node_of(&self, path: &Path) -> String {
        path.strip_prefix(&self.settings.rootdir).unwrap_or(path).to_string_lossy().into_owned()
    }

    /// What lies below a conftest is not collected.
    fn directory_failed(&mut self, path: &Path, failure: Failure, outcome: Outcome) -> Control {
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
            events: Vec::new(),
        });
        Control::Abandon
    }

    fn conftest_stopped(&mut self, path: &Path, initial: bool, stop: &Stop) -> Control {
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

/// `pytest.skip`, not `unittest.SkipTest`.
fn is_skip(stop: &Stop) -> bool {
    match stop {
        Stop::Raise(raised) => {
            matches!(&raised.cause, Cause::Skip { call, .. } if !call.starts_with("unittest"))
        }
        Stop::Halt(_) | Stop::Budget => false,
    }
}

fn is_certain(stop: &Stop) -> bool {
    match stop {
        Stop::Raise(raised) => raised.certain,
        Stop::Halt(halt) => halt.certain,
        Stop::Budget => false,
    }
}

fn exit_of_abort(failure: Option<&Failure>) -> ExitCode {
    match failure {
        Some(Failure { halt: Some(how), .. }) => exit_of_halt(*how),
        Some(failure) if failure.exception == "KeyboardInterrupt" => ExitCode::INTERRUPTED,
        _ => ExitCode::INTERNAL_ERROR,
    }
}

fn exit_of_halt(how: HaltKind) -> ExitCode {
    match how {
        HaltKind::Exit(Some(status)) => ExitCode::Code(status),
        HaltKind::Exit(None) => ExitCode::Unknown,
        HaltKind::Signal(signal) => ExitCode::Code(-signal),
        HaltKind::Hang => ExitCode::Hangs,
    }
}
