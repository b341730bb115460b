//! The predictions that are judged: one for each environment.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rayon::prelude::{IntoParallelIterator as _, ParallelIterator as _};

use super::surroundings::Surroundings;
use super::{CheckError, Request, environments};
use super::{checkout, choice};
use crate::environment::cells::Cell;
use crate::environment::observed::{self, Asked};
use crate::environment::plugins::ActivePlugins;
use crate::environment::{Absence, Environment, Presence, ThirdParty};
use crate::outcome::{self, Alike, ExitCode, Ledger, Prediction};
use crate::rules::{Origin, Run, Supposition, optional};
use crate::settings::pytest::Invocation;
use crate::syntax::Sources;

/// With more optional modules than this, each one alone is not looked at: only all of them missing.
const MOST_ALONE: usize = 12;

/// An environment that is to be looked at.
struct Plan {
    environment: Environment,
    absent: Vec<String>,
    origin: Origin,
    invocation: Invocation,
}

/// Predicts in every environment: everything there, each optional module missing alone, all of them
/// missing, and the cells of the project.
pub(super) fn all(
    sources: &Sources<'_>,
    request: &Request,
    surroundings: &Surroundings,
    base: Environment,
) -> Result<Vec<Run>, CheckError> {
    let target = &request.target;
    if !target.cells.is_empty() && !target.all_cells {
        let named = surroundings.named(&target.cells)?;
        let plans = choice::joined(&named).into_iter().map(of_cells).collect();
        return Ok(in_parallel(sources, request, plans));
    }
    let first = Plan {
        environment: base,
        absent: Vec::new(),
        origin: Origin::Stated,
        invocation: invocation(request),
    };
    let first = predict(sources, request, first);
    let stated = environments::others(&first.environment, request).into_iter().map(|environment| Plan {
        environment,
        absent: Vec::new(),
        origin: Origin::Stated,
        invocation: invocation(request),
    });
    let mut plans: Vec<Plan> = stated.collect();
    if target.all_cells {
        plans
            .extend(choice::joined(&surroundings.cells.iter().collect::<Vec<_>>()).into_iter().map(of_cells));
    } else if environments::are_open(request) {
        plans.extend(
            choice::of(&surroundings.cells, first.prediction.modules.len()).into_iter().map(of_cells),
        );
    }
    if environments::are_open(request) {
        plans.extend(clean_checkout(sources, surroundings, &first));
    }
    plans.extend(without_optional(request, surroundings, &first));
    if target.bare {
        let bare = plans.pop().filter(|plan| !plan.absent.is_empty());
        return match bare {
            Some(bare) => Ok(vec![predict(sources, request, bare)]),
            None => Ok(vec![first]),
        };
    }
    let mut runs = in_parallel(sources, request, plans);
    runs.insert(0, first);
    Ok(runs)
}

/// Predicts in every cell, those together that cannot be told apart.
pub(super) fn of_matrix(
    sources: &Sources<'_>,
    request: &Request,
    surroundings: &Surroundings,
) -> Result<Vec<Run>, CheckError> {
    let chosen = match request.target.cells.as_slice() {
        [] => surroundings.cells.iter().collect(),
        names => surroundings.named(names)?,
    };
    let plans = choice::joined(&chosen).into_iter().map(of_cells).collect();
    Ok(in_parallel(sources, request, plans).into_iter().flat_map(apart).collect())
}

/// A run for each of the environments that one stands for.
fn apart(mut run: Run) -> Vec<Run> {
    let alike = std::mem::take(&mut run.alike);
    if let Origin::Cells(cells) = &mut run.origin {
        cells.retain(|cell| {
            !alike.iter().any(|(others, _)| others.iter().any(|other| other.name == cell.name))
        });
    }
    let others = alike.into_iter().map(|(cells, environment)| Run {
        environment,
        origin: Origin::Cells(cells),
        ..run.clone()
    });
    let others: Vec<Run> = others.collect();
    std::iter::once(run).chain(others).collect()
}

/// Predicts once more in the environments of a run: other texts may lie over the files by now. The first of
/// the results is that of its own environment; others follow where environments are no longer alike.
pub(super) fn again(sources: &Sources<'_>, request: &Request, run: &Run) -> Vec<Run> {
    let plan = |environment: &Environment, origin: Origin| Plan {
        environment: environment.clone(),
        absent: run.absent.clone(),
        origin,
        invocation: run.invocation.clone(),
    };
    let (first, asked) = predict_watched(sources, request, plan(&run.environment, run.origin.clone()));
    let mut runs = vec![first];
    for (cells, environment) in &run.alike {
        if !asked.is_answered_alike(&run.environment, environment) {
            runs.push(predict(sources, request, plan(environment, Origin::Cells(cells.clone()))));
        }
    }
    runs
}

/// Predicts in an environment that takes the place of a run's.
pub(super) fn elsewhere(
    sources: &Sources<'_>,
    request: &Request,
    run: &Run,
    environment: Environment,
) -> Run {
    let plan = Plan {
        environment,
        absent: Vec::new(),
        origin: run.origin.clone(),
        invocation: run.invocation.clone(),
    };
    predict(sources, request, plan)
}

fn predict(sources: &Sources<'_>, request: &Request, plan: Plan) -> Run {
    predict_after(sources, request, plan, &[]).0
}

/// The same, with what modules are known to come to elsewhere.
fn predict_after(
    sources: &Sources<'_>,
    request: &Request,
    plan: Plan,
    known: &[Known],
) -> (Run, Option<Ledger>) {
    let Plan { environment, absent, origin, invocation } = plan;
    let (mut prediction, ledger) = match &origin {
        Origin::Checkout { hidden, .. } => {
            let fs = sources.fs().without(hidden.iter().cloned());
            let sources = Sources::new(&fs);
            (predict_session(&sources, request, &environment, invocation.clone(), Absence::Supposed), None)
        }
        Origin::Stated => {
            (predict_session(sources, request, &environment, invocation.clone(), Absence::Stated), None)
        }
        Origin::Supposed(_) => {
            (predict_session(sources, request, &environment, invocation.clone(), Absence::Supposed), None)
        }
        Origin::Cells(_) => {
            let plugins = ActivePlugins::of(&environment);
            let session =
                session(sources, request, &environment, invocation.clone(), Absence::Supposed, &plugins);
            let usable = known.iter().filter(|known| known.is_started_alike(&environment, &origin));
            let answers: Vec<_> = usable
                .map(|known| {
                    let is_alike = |asked: &Asked| asked.is_answered_alike(&known.environment, &environment);
                    (&known.ledger, is_alike)
                })
                .filter(|(ledger, is_alike)| is_alike(&ledger.base))
                .collect();
            let ledgers: Vec<(&Ledger, Alike<'_>)> =
                answers.iter().map(|(ledger, is_alike)| (*ledger, is_alike as Alike<'_>)).collect();
            outcome::predict_shared(sources, &environment, &session, &ledgers)
        }
    };
    if let Origin::Cells(cells) = &origin {
        narrow(&mut prediction, request);
        forgive(&mut prediction);
        if cells.iter().any(|cell| !cell.pytest.complete) {
            doubt(&mut prediction);
        }
    }
    (Run { environment, absent, origin, invocation, prediction, alike: Vec::new() }, ledger)
}

/// What the run of a cell asked, and what its modules came to.
type Watched = (Asked, Option<Ledger>);

/// What the modules of a run came to.
struct Known {
    environment: Environment,
    origin: Origin,
    ledger: Ledger,
}

impl Known {
    /// Whether pytest is started alike in another environment, and what is no question there is the same.
    fn is_started_alike(&self, environment: &Environment, origin: &Origin) -> bool {
        is_started_alike((&self.environment, &self.origin), (environment, origin))
    }
}

/// The same, with what it asked of its environment.
fn predict_watched(sources: &Sources<'_>, request: &Request, plan: Plan) -> (Run, Asked) {
    let environment = plan.environment.clone();
    observed::during(&environment, || predict(sources, request, plan))
}

/// What pytest does when it is started like this.
pub(super) fn predict_session(
    sources: &Sources<'_>,
    request: &Request,
    environment: &Environment,
    invocation: Invocation,
    absence: Absence,
) -> Prediction {
    let plugins = ActivePlugins::of(environment);
    outcome::predict(
        sources,
        environment,
        &session(sources, request, environment, invocation, absence, &plugins),
    )
}

fn session<'p>(
    sources: &Sources<'_>,
    request: &Request,
    environment: &Environment,
    invocation: Invocation,
    absence: Absence,
    plugins: &'p ActivePlugins<'_>,
) -> outcome::Request<'p> {
    let installed_roots = match &environment.third_party {
        ThirdParty::Declared(declared) => declared.import_roots(sources.fs()),
        ThirdParty::Everything | ThirdParty::Stated(_) | ThirdParty::Site(_) => Vec::new(),
    };
    outcome::Request { invocation, plugins, installed_roots, absence, parts: request.parts }
}

/// How the request starts pytest.
pub(super) fn invocation(request: &Request) -> Invocation {
    let mut arguments: Vec<String> =
        request.paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    arguments.extend(request.pytest_arguments.iter().cloned());
    Invocation {
        cwd: request.working_directory.clone(),
        arguments,
        python_m: request.python_m,
        ..Invocation::default()
    }
}

/// How a cell starts pytest.
pub(super) fn invocation_of(cell: &Cell) -> Invocation {
    Invocation {
        cwd: cell.working_directory.clone(),
        arguments: cell.pytest.arguments.clone(),
        python_m: cell.pytest.as_module,
        ..Invocation::default()
    }
}

fn of_cells((cells, environment): (Vec<Cell>, Environment)) -> Plan {
    let invocation = cells.first().map(invocation_of).unwrap_or_default();
    Plan { environment, absent: Vec::new(), origin: Origin::Cells(cells), invocation }
}

/// The first environment in a clean checkout, if that lacks anything that is imported.
fn clean_checkout(sources: &Sources<'_>, surroundings: &Surroundings, first: &Run) -> Option<Plan> {
    let repository = surroundings.repository.as_ref()?;
    let missing = checkout::missing(&first.prediction, repository, sources.fs());
    if missing.is_empty() {
        return None;
    }
    let hidden = checkout::hidden(&first.prediction, &missing, repository, sources.fs());
    let mut environment = first.environment.clone();
    "clean checkout".clone_into(&mut environment.name);
    // What the project itself has is not installed besides.
    let own = missing.iter().map(|missing| &missing.module).filter(|module| !module.contains('.'));
    environment.absent.extend(own.cloned());
    let origin = Origin::Checkout { missing, hidden };
    Some(Plan { environment, absent: Vec::new(), origin, invocation: first.invocation.clone() })
}

/// Keeps the modules that are asked for: a cell collects what its own arguments say.
fn narrow(prediction: &mut Prediction, request: &Request) {
    let everywhere: &[PathBuf] = std::slice::from_ref(&request.working_directory);
    let wanted = if request.paths.is_empty() { everywhere } else { &request.paths };
    prediction.modules.retain(|module| wanted.iter().any(|path| module.path.starts_with(path)));
}

/// A step before the tests may make the file that pytest is asked for, or check it out.
fn forgive(prediction: &mut Prediction) {
    let is_missing_file = prediction.session.failure.as_ref().is_some_and(|failure| {
        failure.message.as_deref().is_some_and(|message| message.starts_with("file or directory not found"))
    });
    if is_missing_file {
        prediction.session.failure = None;
        prediction.session.exit_code = ExitCode::Unknown;
    }
}

/// Nothing is certain where a part of pytest's command line is hidden.
fn doubt(prediction: &mut Prediction) {
    // What pytest rejects may be what is left of an option whose value is hidden.
    if prediction.session.failure.take().is_some() {
        prediction.session.exit_code = ExitCode::Unknown;
    }
    for module in &mut prediction.modules {
        module.certain = false;
        if let Some(failure) = &mut module.failure {
            failure.certain = false;
        }
    }
    for conftest in &mut prediction.conftests {
        if let Some(failure) = &mut conftest.failure {
            failure.certain = false;
        }
    }
}

/// A prediction for each environment, as many at a time as there are threads; cells that nothing which was
/// asked tells apart share one.
fn in_parallel(sources: &Sources<'_>, request: &Request, plans: Vec<Plan>) -> Vec<Run> {
    let is_cell = |(_, plan): &(usize, Plan)| matches!(plan.origin, Origin::Cells(_));
    let (mut left, mut now): (Vec<_>, Vec<_>) = plans.into_iter().enumerate().partition(is_cell);
    let mut runs: Vec<(usize, Run)> = Vec::new();
    let mut known: Vec<Known> = Vec::new();
    while !now.is_empty() || !left.is_empty() {
        // Most suites ask for nothing that tells cells apart: the first may do for all.
        let width = if runs.is_empty() { 1 } else { rayon::current_num_threads() };
        let next = left.split_off(left.len().min(width));
        now.append(&mut left);
        left = next;
        let round: Vec<(usize, Run, Option<Watched>)> = now
            .into_par_iter()
            .map(|(place, plan)| {
                if !matches!(plan.origin, Origin::Cells(_)) {
                    return (place, predict(sources, request, plan), None);
                }
                let environment = plan.environment.clone();
                let ((run, ledger), asked) =
                    observed::during(&environment, || predict_after(sources, request, plan, &known));
                (place, run, Some((asked, ledger)))
            })
            .collect();
        now = Vec::new();
        let mut of_round: Vec<(usize, Run, Asked)> = Vec::new();
        for (place, run, watched) in round {
            let Some((asked, ledger)) = watched else {
                runs.push((place, run));
                continue;
            };
            known.extend(ledger.map(|ledger| {
                let (environment, origin) = (run.environment.clone(), run.origin.clone());
                Known { environment, origin, ledger }
            }));
            let twin = of_round
                .iter_mut()
                .find(|(_, known, asked)| is_alike(known, asked, &run.environment, &run.origin));
            match (twin, run.origin) {
                (Some((_, known, _)), Origin::Cells(cells)) => join(known, cells, run.environment),
                (_, origin) => of_round.push((place, Run { origin, ..run }, asked)),
            }
        }
        for (_, run, asked) in &mut of_round {
            for (place, plan) in std::mem::take(&mut left) {
                match plan.origin {
                    Origin::Cells(cells)
                        if is_alike(run, asked, &plan.environment, &Origin::Cells(cells.clone())) =>
                    {
                        join(run, cells, plan.environment);
                    }
                    origin => left.push((place, Plan { origin, ..plan })),
                }
            }
        }
        runs.extend(of_round.into_iter().map(|(place, run, _)| (place, run)));
    }
    runs.sort_by_key(|(place, _)| *place);
    runs.into_iter().map(|(_, run)| run).collect()
}

/// Whether the prediction of a run holds in another environment: all that was asked is answered alike, and what
/// is no question is the same.
fn is_alike(run: &Run, asked: &Asked, environment: &Environment, origin: &Origin) -> bool {
    is_started_alike((&run.environment, &run.origin), (environment, origin))
        && asked.is_answered_alike(&run.environment, environment)
}

/// Whether pytest is started alike in two environments, and what is no question is the same in both.
fn is_started_alike(one: (&Environment, &Origin), other: (&Environment, &Origin)) -> bool {
    let ((one, Origin::Cells(mine)), (other, Origin::Cells(cells))) = (one, other) else { return false };
    let (ThirdParty::Declared(left), ThirdParty::Declared(right)) = (&one.third_party, &other.third_party)
    else {
        return false;
    };
    let start = |cell: &Cell| (cell.place.clone(), cell.working_directory.clone(), cell.pytest.clone());
    mine.first().map(start) == cells.first().map(start)
        && left.projects == right.projects
        && ActivePlugins::of(one) == ActivePlugins::of(other)
}

fn join(run: &mut Run, cells: Vec<Cell>, environment: Environment) {
    if let Origin::Cells(known) = &mut run.origin {
        known.extend(cells.iter().cloned());
    }
    run.alike.push((cells, environment));
}

/// The first environment without its optional modules: each alone, then all of those that the code itself
/// takes for optional.
fn without_optional(request: &Request, surroundings: &Surroundings, first: &Run) -> Vec<Plan> {
    if !request.target.absent.is_empty() {
        return Vec::new();
    }
    let mut guarded = guarded_modules(first);
    let always_there = surroundings.project.always_there();
    guarded.retain(|module| !always_there.contains(module));
    // Who has cells says what is missing where.
    let declared =
        if surroundings.cells.is_empty() { modules_of_extras(surroundings, first) } else { BTreeSet::new() };
    let declared: BTreeSet<String> = declared.difference(&guarded).cloned().collect();
    let plan = |name: String, absent: Vec<String>, supposition: Supposition| {
        let mut environment = first.environment.clone();
        environment.name = name;
        environment.absent.extend(absent.iter().cloned());
        let origin = Origin::Supposed(supposition);
        Plan { environment, absent, origin, invocation: first.invocation.clone() }
    };
    let mut plans = Vec::new();
    for (modules, supposition) in [(&declared, Supposition::Extra), (&guarded, Supposition::Guard)] {
        if modules.len() <= MOST_ALONE {
            let alone =
                |module: &String| plan(format!("without {module}"), vec![module.clone()], supposition);
            plans.extend(modules.iter().map(alone));
        }
    }
    if request.target.bare {
        let all = guarded.union(&declared).cloned().collect();
        plans.push(plan("bare".to_owned(), all, Supposition::Guard));
    } else if guarded.len() > 1 {
        plans.push(plan("bare".to_owned(), guarded.into_iter().collect(), Supposition::Guard));
    }
    plans
}

/// Modules of third parties that some code of the project guards, and that are there.
fn guarded_modules(first: &Run) -> BTreeSet<String> {
    let mut guarded = optional::guarded(first);
    guarded.retain(|module| first.environment.third_party(module) != Presence::Absent);
    guarded
}

/// Modules that the project declares only in extras that are not for its tests, and that are there.
fn modules_of_extras(surroundings: &Surroundings, first: &Run) -> BTreeSet<String> {
    let imported: BTreeSet<&str> = optional::imports(&first.prediction).collect();
    let is_imported = |module: &str| {
        imported.iter().any(|name| {
            name.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let mut declared = optional::of_extras(&surroundings.project);
    declared
        .retain(|module| is_imported(module) && first.environment.third_party(module) != Presence::Absent);
    declared
}
