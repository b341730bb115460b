//! Every repair that is offered for the catalogue in `testdata/catalogue/` and for the projects in
//! `testdata/projects/`, judged by a real pytest, with and without each module that may be missing: what the
//! finding was about is gone, no test is lost, and a second repair changes nothing. It needs `python3` and,
//! the first time, the package index. `SHOW=1` prints how much was repaired.

#![expect(clippy::print_stderr, reason = "the test program says why it cannot begin, and shows its counts")]

#[path = "support/catalogue.rs"]
#[expect(dead_code, reason = "what pytest did with them is for the catalogue's own test")]
mod catalogue;
#[path = "support/python.rs"]
mod python;
#[path = "support/session.rs"]
mod session;
#[path = "support/stubs.rs"]
mod stubs;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use collectlint::check::{self, Checked, Request};
use collectlint::diagnostic::{Applicability, Severity};
use collectlint::environment::Platform;
use collectlint::fix::{self, Repaired};
use collectlint::fs::FileSystem;
use collectlint::interp::EventKind;
use collectlint::settings::project::{ClashStyle, FixStyle};
use collectlint::syntax::Sources;
use libtest_mimic::{Arguments, Trial};

use catalogue::Case;
use python::Venv;
use session::{Session, Start};
use stubs::stubs;

/// The release of pytest that judges.
const RELEASE: &str = "9.2.0";

const STYLES: [(FixStyle, ClashStyle); 4] = [
    (FixStyle::SkipModule, ClashStyle::Package),
    (FixStyle::Importorskip, ClashStyle::Package),
    (FixStyle::Skipif, ClashStyle::Package),
    (FixStyle::SkipModule, ClashStyle::Importlib),
];

/// What was done, for those who want to see it.
static PROJECTS: AtomicUsize = AtomicUsize::new(0);
static SAFE: AtomicUsize = AtomicUsize::new(0);
static UNSAFE: AtomicUsize = AtomicUsize::new(0);
static SESSIONS: AtomicUsize = AtomicUsize::new(0);

type Test = Box<dyn FnOnce(&Venv) -> Result<()> + Send>;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Each session is a process of its own; more of them at once only wait for each other.
    arguments.test_threads = arguments.test_threads.or(Some(2));
    match trials(arguments.list) {
        Ok(trials) => {
            let conclusion = libtest_mimic::run(&arguments, trials);
            if std::env::var_os("SHOW").is_some() {
                let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
                eprintln!(
                    "{} projects with a repair: {} safe and {} unsafe ones, {} sessions of pytest",
                    count(&PROJECTS),
                    count(&SAFE),
                    count(&UNSAFE),
                    count(&SESSIONS)
                );
            }
            conclusion.exit_code()
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trials(only_list: bool) -> Result<Vec<Trial>> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let venv = if only_list { None } else { Some(Venv::with("pytest-9.2.0", &["pytest==9.2.0"])?) };
    let venv: &'static Option<Venv> = Box::leak(Box::new(venv));
    let trial = |name: String, test: Test| {
        Trial::test(name, move || {
            let judged = venv.as_ref().context("there is no environment").and_then(test);
            judged.map_err(|error| format!("{error:#}").into())
        })
    };
    let mut trials = Vec::new();
    for (category, cases) in catalogue::read_all(&testdata.join("catalogue"))? {
        for case in cases.into_iter().filter(Case::is_possible) {
            let name = format!("{category}::{}", case.name);
            trials.push(trial(name, Box::new(move |venv| of_catalogue(venv, &case))));
        }
    }
    let mut projects: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(testdata.join("projects"))? {
        projects.push(entry?.path());
    }
    projects.sort();
    for project in projects {
        let name = format!("project::{}", project.file_name().unwrap_or_default().to_string_lossy());
        trials.push(trial(name, Box::new(move |venv| of_project(venv, &project))));
    }
    Ok(trials)
}

/// A project on disk, with how collectlint and pytest are asked about it.
struct Subject<'a> {
    venv: &'a Venv,
    root: PathBuf,
    write: &'a dyn Fn(&Path) -> Result<()>,
    folder: &'a dyn Fn(&Path) -> PathBuf,
    python_m: bool,
    arguments: &'a [String],
    /// Modules that are missing, besides those that collectlint takes for optional.
    absent: &'a [String],
}

/// As stated, and where nobody says what is installed.
fn of_catalogue(venv: &Venv, case: &Case) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let subject = Subject {
        venv,
        root: folder.path().canonicalize()?.join("project"),
        write: &|root| case.write(root),
        folder: &|root| case.working_directory(root),
        python_m: case.python_m,
        arguments: &case.arguments,
        absent: &case.absent,
    };
    let stated = case.request(&subject.root, RELEASE, "3.11")?;
    let mut open = stated.clone();
    open.target.absent.clear();
    open.target.installed = None;
    subject.judge(&[stated, open])
}

fn of_project(venv: &Venv, project: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().canonicalize()?.join("project");
    let write = |root: &Path| {
        for entry in walkdir::WalkDir::new(project) {
            let entry = entry?;
            let target = root.join(entry.path().strip_prefix(project)?);
            if entry.file_type().is_dir() {
                fs::create_dir_all(target)?;
            } else {
                fs::copy(entry.path(), target)?;
            }
        }
        Ok(())
    };
    let mut request = Request { working_directory: root.clone(), ..Request::default() };
    request.target.platforms = vec![Platform::Linux];
    let subject = Subject {
        venv,
        root,
        write: &write,
        folder: &Path::to_path_buf,
        python_m: false,
        arguments: &[],
        absent: &[],
    };
    subject.judge(&[request])
}

impl Subject<'_> {
    fn judge(&self, requests: &[Request]) -> Result<()> {
        (self.write)(&self.root)?;
        let mut seen: Vec<Vec<fix::Change>> = Vec::new();
        for request in requests {
            let fs = FileSystem::new();
            let found = check::run(&Sources::new(&fs), request)?;
            if !found.diagnostics.iter().any(|finding| finding.fix.is_some()) {
                continue;
            }
            PROJECTS.fetch_add(usize::from(seen.is_empty()), Ordering::Relaxed);
            for wanted in [Applicability::Safe, Applicability::Unsafe] {
                for (style, clash_style) in STYLES {
                    let mut request = request.clone();
                    request.options.fix_style = Some(style);
                    request.options.clash_style = Some(clash_style);
                    let repaired = repaired(&fs, &request, wanted)?;
                    if repaired.changes.is_empty() || seen.contains(&repaired.changes) {
                        continue;
                    }
                    seen.push(repaired.changes.clone());
                    let counter = if wanted == Applicability::Safe { &SAFE } else { &UNSAFE };
                    counter.fetch_add(1, Ordering::Relaxed);
                    self.works(&fs, &request, wanted, &repaired).with_context(|| {
                        let messages: Vec<_> = repaired
                            .applied
                            .iter()
                            .map(|applied| format!("{}: {}", applied.code, applied.message))
                            .collect();
                        format!("{wanted:?} repairs with {style:?}: {}", messages.join(", "))
                    })?;
                }
            }
        }
        Ok(())
    }

    /// A real pytest finds nothing any more of what was repaired.
    fn works(
        &self,
        fs: &FileSystem,
        request: &Request,
        wanted: Applicability,
        repaired: &Repaired,
    ) -> Result<()> {
        let after = repaired.over(fs);
        let again = self::repaired(&after, request, wanted)?;
        ensure!(again.changes.is_empty(), "a second repair changes {:?}", again.applied);

        let folder = tempfile::tempdir()?;
        let root = folder.path().canonicalize()?.join("project");
        (self.write)(&root)?;
        for change in &repaired.changes {
            let path = root.join(change.path.strip_prefix(&self.root)?);
            fs::write(path, &change.after)?;
        }
        let left = repaired.rest.diagnostics.iter().filter(|finding| finding.severity == Severity::Error);
        let mut codes: BTreeSet<i32> = left.filter_map(|finding| finding.exit_code.map(i32::from)).collect();
        codes.extend([0, 5]);
        let surroundings = Surroundings::of(fs, request, self.absent)?;
        for present in surroundings.environments() {
            let before = self.session(&self.root, &present, &surroundings)?;
            let after = self.session(&root, &present, &surroundings)?;
            let place = format!("with {present:?} installed");
            let code = after.code.with_context(|| format!("{place} pytest does not end"))?;
            ensure!(codes.contains(&code), "{place} pytest exits with {code}:\n{}", after.output);
            let kept = names(&after, &root, wanted);
            let lost: Vec<String> =
                names(&before, &self.root, wanted).into_iter().filter(|test| !kept.contains(test)).collect();
            ensure!(lost.is_empty(), "{place} {lost:?} are lost:\n{}", after.output);
        }
        Ok(())
    }

    fn session(&self, root: &Path, present: &[String], surroundings: &Surroundings) -> Result<Session> {
        SESSIONS.fetch_add(1, Ordering::Relaxed);
        let stubs = stubs(&[present, &surroundings.always].concat())?;
        Session::run(&Start {
            venv: self.venv,
            folder: &(self.folder)(root),
            stubs: stubs.path(),
            python_m: self.python_m,
            only_collects: true,
            arguments: self.arguments,
            variables: &surroundings.variables,
            patience: Duration::from_secs(30),
        })
    }
}

/// What the sessions are to be held in.
struct Surroundings {
    /// Modules that may be missing.
    optional: Vec<String>,
    /// Modules of third parties that are there wherever nobody says otherwise.
    always: Vec<String>,
    /// What a job of the project sets.
    variables: Vec<(String, String)>,
}

impl Surroundings {
    fn of(fs: &FileSystem, request: &Request, absent: &[String]) -> Result<Self> {
        let runs = check::matrix(&Sources::new(fs), request)?;
        let mut optional: BTreeSet<String> = runs.iter().flat_map(|run| &run.absent).cloned().collect();
        optional.extend(absent.iter().cloned());
        let mut always = BTreeSet::new();
        let events = runs.iter().flat_map(|run| &run.prediction.modules).flat_map(|module| &module.events);
        for event in events.filter(|_| request.target.installed.is_none()) {
            let EventKind::Import { module, .. } = &event.kind else { continue };
            let top = module.split('.').next().unwrap_or(module);
            let is_there = runs.first().is_some_and(|run| run.environment.is_of_pytest(top));
            if !is_there && !optional.contains(top) {
                always.insert(top.to_owned());
            }
        }
        let variables = runs.first().map(|run| run.environment.variables.clone()).unwrap_or_default();
        let variables = variables.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Ok(Self {
            optional: optional.into_iter().collect(),
            always: always.into_iter().collect(),
            variables: variables.filter(|(name, _)| name != "PYTEST_VERSION").collect(),
        })
    }

    /// The optional modules that are there: none, all but one, all.
    fn environments(&self) -> Vec<Vec<String>> {
        let all = &self.optional;
        let mut environments = vec![Vec::new()];
        if all.len() > 1 {
            let without = |module: &String| all.iter().filter(|other| *other != module).cloned().collect();
            environments.extend(all.iter().map(without));
        }
        if !all.is_empty() {
            environments.push(all.clone());
        }
        environments
    }
}

fn repaired(fs: &FileSystem, request: &Request, wanted: Applicability) -> Result<Repaired> {
    let mut check = |fs: &FileSystem| -> Result<Checked> { Ok(check::run(&Sources::new(fs), request)?) };
    let first = check(fs)?;
    fix::repair(fs, first, wanted, &mut check)
}

/// The tests of a session. An unsafe repair may give them arguments.
fn names(session: &Session, root: &Path, wanted: Applicability) -> BTreeSet<String> {
    let is_test = |test: &&str| {
        // What a module prints as it is imported may stand before them.
        test.split("::").next().is_some_and(|path| {
            walkdir::WalkDir::new(root).into_iter().flatten().any(|entry| entry.path().ends_with(path))
        })
    };
    let name = |test: &str| match wanted {
        Applicability::Safe => test.to_owned(),
        Applicability::Unsafe | Applicability::Display => test.split('[').next().unwrap_or(test).to_owned(),
    };
    session.tests().into_iter().filter(is_test).map(name).collect()
}
