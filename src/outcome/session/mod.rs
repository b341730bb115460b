//! One session: pytest from its start to its exit code, in one environment.

mod conftests;
mod doctests;
mod ending;
mod hooks;
mod modules;
mod plugins;
mod record;
mod scouts;
mod sharing;
mod visit;

use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};

use super::conftest::Hook;
use super::items::Item;
use super::{
    ConftestPrediction, ExitCode, Failure, ModulePrediction, Outcome, Prediction, SessionPrediction,
};
use crate::discovery::{self, Control, End};
use crate::environment::{Absence, Environment, PytestVersion, observed};
use crate::interp::{Cause, Config, Id, Interp, Marks, Options, Refused, Truth};
use crate::resolve::SearchPath;
use crate::settings::pytest::{self, Invocation, Phase, Plugins, PytestSettings};
use crate::syntax::Sources;

use scouts::{Post, Scout};
use sharing::Sharing;

pub(crate) use sharing::{Alike, Ledger};

/// What a prediction starts from.
pub struct Request<'r> {
    pub invocation: Invocation,
    /// What the environment's plugins add to pytest's options.
    pub plugins: &'r dyn Plugins,
    /// Folders of the project that are installed in editable mode.
    pub installed_roots: Vec<PathBuf>,
    pub absence: Absence,
    /// In how many parts the modules are collected at a time; by default as many as there are threads. What
    /// comes out is the same.
    pub parts: Option<usize>,
}

/// Predicts what pytest does.
pub fn predict<'a>(
    sources: &'a Sources<'a>,
    environment: &'a Environment,
    request: &Request<'_>,
) -> Prediction {
    predict_shared(sources, environment, request, &[]).0
}

/// The same. What modules came to in other sessions of the same project is taken over where this environment
/// answers alike all that was asked; what they come to here may be of use for others.
pub(crate) fn predict_shared<'a>(
    sources: &'a Sources<'a>,
    environment: &'a Environment,
    request: &Request<'_>,
    ledgers: &[(&Ledger, Alike<'_>)],
) -> (Prediction, Option<Ledger>) {
    let settings = pytest::read(sources.fs(), environment, &request.invocation, request.plugins);
    if let Some(refusal) = settings.refused(Phase::BeforeConftests) {
        let failure = Failure::of_refusal(refusal);
        let session = not_started(ExitCode::Code(refusal.exit_code), failure);
        return (Prediction { settings, session, modules: Vec::new(), conftests: Vec::new() }, None);
    }
    let walk = discovery::Request::from_settings(&settings, environment.platform);
    let candidates = discovery::candidates(&walk, sources.fs());
    let scouts = scouts::scouts(&candidates, request.parts);
    let is_watched = observed::is_watched();
    let begin = || start(sources, environment, &settings, request);
    let go_ahead = |scout: &Scout| {
        let driver = Driver::new(begin(), settings.clone(), walk.clone(), Sharing::of(Post::Scout(scout)));
        driver.ran(request).sharing.into_records()
    };
    let scouts = if ledgers.is_empty() { scouts.as_slice() } else { &[] };
    let send = |scout: &Scout| {
        scout.run(|| {
            if is_watched { observed::during(environment, || go_ahead(scout)).0 } else { go_ahead(scout) }
        });
    };
    let send = &send;
    // modules are imported one after the other; meanwhile, other threads parse those that come next, and go ahead
    rayon::in_place_scope(|threads| {
        for scout in scouts {
            match request.parts {
                // nothing is left to chance
                Some(_) => send(scout),
                None => threads.spawn(move |_| send(scout)),
            }
        }
        // whoever goes ahead parses what it comes to
        threads.spawn(|_| prefetch(sources, &candidates));
        let post = if scouts.is_empty() { Post::Alone } else { Post::Head(scouts) };
        let sharing = Sharing::of(post).taking_from(ledgers);
        let mut driver = Driver::new(begin(), settings.clone(), walk.clone(), sharing).ran(request);
        post.give_up();
        if driver.sharing.is_unfit() {
            let sharing = Sharing::of(Post::Alone);
            driver = Driver::new(begin(), settings.clone(), walk.clone(), sharing).ran(request);
        }
        let ledger = driver.close_ledger();
        (driver.finish(), ledger)
    })
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
    // what is predicted is what `pytest --collect-only` shows
    let mut arguments = ["pytest", "--collect-only", "-q"].map(str::to_owned).to_vec();
    arguments.extend(request.invocation.arguments.iter().cloned());
    let marks = Marks { unchecked: true, strict: settings.strict_markers, ..Marks::default() };
    let rewritten = if settings.rewrite_asserts { settings.python_files.clone() } else { Vec::new() };
    // with `-c FILE` or `--rootdir` it may lie below the place that pytest was started in
    let root = if settings.rootdir.starts_with(&settings.invocation_dir) {
        settings.invocation_dir.clone()
    } else {
        settings.rootdir.clone()
    };
    let options = Options {
        root,
        working_directory: settings.invocation_dir.clone(),
        arguments,
        captured: settings.capture != pytest::Capture::No,
        config: Config { marks, rewritten, words: settings.words.clone(), ..Config::default() },
        warnings: settings.warnings.clone(),
        installed_roots: request.installed_roots.clone(),
        absence: request.absence,
    };
    let mut interp = Interp::new(sources, environment, options);
    interp.set_search_path(&SearchPath::at_start(settings, environment));
    interp
}

/// A conftest that was imported.
struct Loaded {
    /// Not a conftest, but a plugin that the command line, a conftest or a module asks for.
    is_plugin: bool,
    path: PathBuf,
    module: Id,
    hooks: Vec<Hook>,
}

impl Loaded {
    /// A file in the folder whose tests it serves.
    fn home(&self, settings: &PytestSettings) -> PathBuf {
        if self.is_plugin { settings.rootdir.join("plugin") } else { self.path.clone() }
    }
}

/// How the session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finish {
    /// It has not begun, or the process is gone.
    Silent,
    WithHooks,
}

/// What `--maxfail` says of the errors so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Limit {
    Kept,
    /// They are too many, and something else would have been collected after that.
    Passed,
}

struct Driver<'a, 's> {
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
    finish: Finish,
    errors: usize,
    limit: Limit,
    /// What was collected, in pytest's order.
    items: Vec<Item>,
    /// There may be other items, or these may not be there.
    unsure_items: bool,
    /// Items of modules of which only a part is selected, by node id.
    waiting: FxHashMap<String, Vec<Item>>,
    /// What is collected from here on is only looked at: the session has ended.
    ended: bool,
    plugins: FxHashSet<String>,
    visible: super::items::Fixtures,
    /// What pytest meets when it asks which entries of a directory are ignored.
    broken_listing: Option<Failure>,
    /// What `-k`, `-m` and `--deselect` leave.
    remaining: Option<super::selection::Remaining>,
    sharing: Sharing<'s>,
}

impl<'a, 's> Driver<'a, 's> {
    fn new(
        interp: Interp<'a>,
        settings: PytestSettings,
        walk: discovery::Request,
        sharing: Sharing<'s>,
    ) -> Self {
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
            finish: Finish::Silent,
            errors: 0,
            limit: Limit::Kept,
            items: Vec::new(),
            unsure_items: false,
            waiting: FxHashMap::default(),
            ended: false,
            plugins: FxHashSet::default(),
            visible,
            broken_listing: None,
            remaining: None,
            sharing,
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

    /// The same after everything is collected.
    fn ran(mut self, request: &Request<'_>) -> Self {
        let walk = self.walk.clone();
        let sources = self.interp.sources;
        self.run(&mut discovery::Session::new(&walk, sources.fs()), request);
        self
    }

    fn run(&mut self, session: &mut discovery::Session<'_>, request: &Request<'_>) {
        self.load_first_plugins();
        if self.ending.is_some() || session.load_initial_conftests(self) != Control::Continue {
            return;
        }
        if self.ending.is_some() {
            return;
        }
        self.read_settings_again(request);
        if self.ending.is_some() {
            return;
        }
        if let Some(refusal) = self.settings.refused(Phase::Configure) {
            let failure = Failure::of_refusal(refusal);
            let exit = ExitCode::Code(refusal.exit_code);
            self.end(exit, Some(failure));
            return;
        }
        self.interp.settle_options();
        self.run_main_hooks();
        for hook in ["pytest_configure", "pytest_sessionstart"] {
            if self.ending.is_some() {
                return;
            }
            self.run_hooks(hook, &[]);
            if self.ending.is_none() && hook == "pytest_configure" {
                self.check_marks();
            }
        }
        if self.ending.is_some() {
            return;
        }
        self.finish = Finish::WithHooks;
        self.collecting = true;
        // what was added so far lies below pytest's own filters
        self.interp.options.warnings = self.settings.warnings.clone();
        self.register_fixtures();
        // the session is the first that is collected
        for hook in
            ["pytest_collection", "pytest_collectstart", "pytest_make_collect_report", "pytest_collectreport"]
        {
            if self.ending.is_some() {
                return;
            }
            // what wraps them ends after them
            self.run_hooks_where(hook, &[], |hook| hook.is_generator == Some(false));
        }
        if self.ending.is_some() {
            return;
        }
        if let Some(refusal) = self.settings.refused(Phase::Collection) {
            let failure = Failure::of_refusal(refusal);
            let exit = ExitCode::Code(refusal.exit_code);
            self.end(exit, Some(failure));
            return;
        }
        self.begin_sharing();
        let collected = session.collect(self);
        self.notice_looks();
        if self.sharing.is_unfit() || self.sharing.post.is_scout() {
            return;
        }
        match collected {
            Err(usage) => {
                let failure =
                    Failure::of_pytest("UsageError", usage.to_string(), Cause::Refused(Refused::Usage));
                self.end(ExitCode::USAGE_ERROR, Some(failure));
            }
            Ok(collection) => {
                if collection.end == End::Abandoned {
                    let skipped =
                        self.modules.last().is_some_and(|module| module.outcome == Outcome::Skipped);
                    self.errors = self.errors.max(usize::from(!skipped));
                    self.items.clear();
                }
                self.run_hooks_where("pytest_collection", &[], |hook| hook.is_generator == Some(true));
                self.check_after_collection(&collection.not_found);
            }
        }
    }

    /// What conftests add to the command line is known now.
    fn read_settings_again(&mut self, request: &Request<'_>) {
        if let Some(conflict) = self.interp.options.config.conflict.take() {
            let failure = Failure::of_pytest("ArgumentError", conflict, Cause::Refused(Refused::Option));
            self.end(ExitCode::TESTS_FAILED, Some(failure));
            return;
        }
        let config = &self.interp.options.config;
        if let Some(missing) =
            config.options.iter().find(|option| option.required && !config.is_given(option))
        {
            let message = format!("the following arguments are required: {}", missing.names.join("/"));
            let failure = Failure::of_pytest("UsageError", message, Cause::Refused(Refused::Option));
            self.end(ExitCode::USAGE_ERROR, Some(failure));
            return;
        }
        let conftests = super::options::additions(&self.interp.options.config);
        let invocation = Invocation { conftests, ..request.invocation.clone() };
        let environment = self.interp.environment;
        self.settings = pytest::read(self.interp.sources.fs(), environment, &invocation, request.plugins);
    }

    /// Marks are looked at from now on.
    fn check_marks(&mut self) {
        let marks = &mut self.interp.options.config.marks;
        marks.unchecked = false;
        marks.strict = self.settings.strict_markers;
        for line in &self.settings.markers {
            marks.register(line);
        }
    }

    /// What pytest does when everything is collected.
    fn check_after_collection(&mut self, not_found: &[discovery::NotFound]) {
        let unknown_hook = self.loaded.iter().flat_map(|loaded| &loaded.hooks).find(|hook| {
            super::plugins::hook_is_unknown(&hook.name, self.interp.environment) && hook.optional == Truth::No
        });
        if let Some(hook) = unknown_hook {
            let message = format!("unknown hook '{}' in plugin", hook.name);
            let site = self.interp.definition_site(&hook.function);
            let failure =
                Failure::of_pytest("PluginValidationError", message, Cause::Refused(Refused::Hook)).at(site);
            self.end(ExitCode::INTERNAL_ERROR, Some(failure));
            return;
        }
        if self.aborted_by.is_some() || self.ending.is_some() {
            return;
        }
        if let Some(missing) = not_found.first() {
            let failure =
                Failure::of_pytest("UsageError", missing.message(&self.walk), Cause::Refused(Refused::Usage));
            self.end(ExitCode::USAGE_ERROR, Some(failure));
            return;
        }
        self.modify_items();
        if self.ending.is_some() {
            return;
        }
        match super::selection::deselect(&self.interp, &self.settings, &self.items) {
            Ok(remaining) => self.remaining = Some(remaining),
            Err(message) => {
                let failure = Failure::of_pytest("UsageError", message, Cause::Refused(Refused::Usage));
                self.end(ExitCode::USAGE_ERROR, Some(failure));
                return;
            }
        }
        self.run_hooks("pytest_collection_finish", &[]);
        if let Some(refusal) = self.settings.refused(Phase::AfterCollection) {
            let failure = Failure::of_refusal(refusal);
            let exit = ExitCode::Code(refusal.exit_code);
            self.end(exit, Some(failure));
        }
    }

    fn finish(mut self) -> Prediction {
        let exit_of_items = self.exit_of_items();
        let (exit_code, failure) = match (self.ending.take(), &self.aborted_by) {
            (Some((exit, failure)), None) => (exit, failure),
            (_, Some((_, exit))) => (*exit, None),
            (None, None) if self.errors > 0 => {
                let forgiving = self.settings.continue_on_collection_errors || self.limit == Limit::Passed;
                (if forgiving { ExitCode::TESTS_FAILED } else { ExitCode::INTERRUPTED }, None)
            }
            (None, None) if exit_of_items == ExitCode::OK && self.has_too_many_warnings() => {
                (ExitCode::MAX_WARNINGS, None)
            }
            (None, None) => (exit_of_items, None),
        };
        let (exit_code, failure) = self.run_last_hooks(exit_code, failure);
        let aborted_by = self.aborted_by.map(|(node, _)| node);
        let session = SessionPrediction { exit_code, aborted_by, collected: self.items.len(), failure };
        Prediction { settings: self.settings, session, modules: self.modules, conftests: self.conftests }
    }

    /// `max_warnings` is exceeded by what collecting warns of.
    fn has_too_many_warnings(&self) -> bool {
        let issued = i64::try_from(self.interp.issued_warnings.len()).unwrap_or(i64::MAX);
        self.settings.max_warnings.is_some_and(|most| issued > most)
    }

    /// The exit code where nothing failed.
    fn exit_of_items(&self) -> ExitCode {
        let (certain, possible) = match &self.remaining {
            Some(remaining) => (remaining.certain, remaining.possible),
            None => (self.items.len(), 0),
        };
        match (certain, possible) {
            (0, 0) if !self.unsure_items => ExitCode::NO_TESTS,
            (0, 0) if !self.items.is_empty() => ExitCode::NO_TESTS,
            _ => ExitCode::OK,
        }
    }
}
