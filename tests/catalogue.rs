//! The catalogue in `testdata/catalogue/`: what is predicted for small projects, held against what several
//! releases of pytest did with them. One test for each project, and one for each release's totals.
//!
//! `disagreements.txt` beside it lists what is known to differ. A new difference fails, and so does one of
//! the list that is gone. What the rules report is held against it as well. `SHOW=1 cargo test --test catalogue
//! totals` (or `findings`) prints the table by category.

#![expect(clippy::print_stderr, reason = "the test program says why it cannot begin, and shows its table")]

#[path = "support/catalogue.rs"]
mod catalogue;
#[path = "support/disagreements.rs"]
mod disagreements;
#[path = "support/findings.rs"]
mod findings;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result, anyhow};
use catalogue::{Case, Decided, Observed};
use collectlint::check;
use collectlint::fs::FileSystem;
use collectlint::report::prediction;
use collectlint::syntax::Sources;
use disagreements::Disagreement;
use libtest_mimic::{Arguments, Failed, Trial};
use rayon::prelude::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde_json::Value;

/// The releases that were observed in full, with the share of projects for which each must hold: outcome,
/// exit code, exception, line.
const TARGETS: [(&str, [f64; 4]); 3] = [
    ("7.4.4", [0.95, 0.95, 0.95, 0.95]),
    ("8.4.2", [0.95, 0.95, 0.95, 0.95]),
    ("9.2.0", [0.98, 0.97, 0.97, 0.95]),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // A thread that waits for predictions takes up further projects.
    let pool = rayon::ThreadPoolBuilder::new().stack_size(1 << 28).build_global();
    match pool.map_err(anyhow::Error::from).and_then(|()| Catalogue::read()) {
        Ok(catalogue) => libtest_mimic::run(&arguments, trials(&Arc::new(catalogue))).exit_code(),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

struct Catalogue {
    projects: Vec<Project>,
    disagreements: Vec<Disagreement>,
}

struct Project {
    category: String,
    case: Case,
    verdicts: OnceLock<Result<Vec<Verdict>, String>>,
}

/// What holds for one project and one release.
struct Verdict {
    release: String,
    python: String,
    /// By what was compared, where both sides say something: what differs, or nothing.
    compared: BTreeMap<&'static str, Option<String>>,
}

impl Catalogue {
    fn read() -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/catalogue");
        let disagreements = Disagreement::read_all(&folder.join("disagreements.txt"))?;
        let mut projects = Vec::new();
        for (category, cases) in catalogue::read_all(&folder)? {
            for case in cases.into_iter().filter(Case::is_possible) {
                projects.push(Project { category: category.clone(), case, verdicts: OnceLock::new() });
            }
        }
        let names: BTreeSet<&str> = projects.iter().map(|project| project.case.name.as_str()).collect();
        match disagreements.iter().find(|known| !names.contains(known.case.as_str())) {
            Some(unknown) => Err(anyhow!("disagreements.txt: there is no project `{}`", unknown.case)),
            None => Ok(Self { projects, disagreements }),
        }
    }
}

fn trials(catalogue: &Arc<Catalogue>) -> Vec<Trial> {
    let projects = (0..catalogue.projects.len()).map(|index| {
        let project = &catalogue.projects[index];
        let name = format!("{}::{}", project.category, project.case.name);
        let catalogue = Arc::clone(catalogue);
        Trial::test(name, move || agree(&catalogue.projects[index], &catalogue.disagreements))
    });
    let totals = TARGETS.into_iter().map(|(release, targets)| {
        let catalogue = Arc::clone(catalogue);
        Trial::test(format!("totals of pytest {release}"), move || totals(&catalogue, release, targets))
    });
    let findings = {
        let catalogue = Arc::clone(catalogue);
        Trial::test("findings", move || {
            let cases = catalogue.projects.iter().map(|project| (project.category.as_str(), &project.case));
            findings::judge(&cases.collect::<Vec<_>>()).map_err(|error| format!("{error:#}").into())
        })
    };
    let parts = {
        let catalogue = Arc::clone(catalogue);
        Trial::test("parts", move || {
            let differing = catalogue.projects.par_iter().map(in_parts).collect::<Result<Vec<_>>>();
            match differing.map_err(|error| format!("{error:#}"))?.concat() {
                nothing if nothing.is_empty() => Ok(()),
                differing => Err(differing.into()),
            }
        })
    };
    projects.chain(totals).chain([findings, parts]).collect()
}

/// What differs where the modules of a project are collected at the same time, each in a session of its own: in
/// outcomes, node ids, or anything that the interpreter met.
fn in_parts(project: &Project) -> Result<String> {
    let Some(observed) = project.case.observed.first() else { return Ok(String::new()) };
    let release = observed.pytest.last().context("no release was observed")?;
    let folder = tempfile::tempdir()?;
    let root = folder.path().canonicalize()?.join("project");
    project.case.write(&root)?;
    let predict = |parts: usize| {
        let fs = FileSystem::new();
        let mut request = project.case.request(&root, release, &observed.python)?;
        request.parts = Some(parts);
        let prediction = check::predict(&Sources::new(&fs), &request)?.prediction;
        let text = format!("{:#?}", (prediction.session, prediction.modules, prediction.conftests));
        // where something lies on the heap is nobody's business
        let is_place = |line: &str| line.trim_end_matches(',').trim().parse::<u32>().is_ok();
        let mut lines: Vec<&str> = text.lines().collect();
        for place in 1..lines.len() {
            if lines[place - 1].trim_end().ends_with("Id(") && is_place(lines[place]) {
                lines[place] = "";
            }
        }
        anyhow::Ok(lines.join("\n"))
    };
    let (one, several) = (predict(1)?, predict(64)?);
    let differing = one.lines().zip(several.lines()).find(|(one, several)| one != several);
    let differing = differing.map(|(one, several)| format!("{one}\n    {several}"));
    Ok(match differing {
        None if one == several => String::new(),
        differing => format!("{}:\n    {}\n", project.case.name, differing.unwrap_or_default()),
    })
}

impl Project {
    fn verdicts(&self) -> Result<&[Verdict], String> {
        let judged = self.verdicts.get_or_init(|| self.judge().map_err(|error| format!("{error:#}")));
        judged.as_deref().map_err(Clone::clone)
    }

    fn judge(&self) -> Result<Vec<Verdict>> {
        let folder = tempfile::tempdir()?;
        let root = folder.path().canonicalize()?.join("project");
        self.case.write(&root)?;
        let mut verdicts = Vec::new();
        for observed in &self.case.observed {
            for release in &observed.pytest {
                let predicted = self
                    .predict(&root, release, &observed.python)
                    .with_context(|| format!("with pytest {release}"))?;
                verdicts.push(Verdict {
                    release: release.clone(),
                    python: observed.python.clone(),
                    compared: compare(observed, &predicted, self.case.decided),
                });
            }
        }
        Ok(verdicts)
    }

    fn predict(&self, root: &Path, release: &str, python: &str) -> Result<Value> {
        let fs = FileSystem::new();
        let sources = Sources::new(&fs);
        let request = self.case.request(root, release, python)?;
        let predicted = check::predict(&sources, &request)?;
        let mut text = Vec::new();
        prediction::write_json(&predicted.prediction, &predicted.environment, &sources, &mut text)?;
        Ok(serde_json::from_slice(&text)?)
    }
}

/// Compares what pytest did with what is predicted.
fn compare(
    observed: &Observed,
    predicted: &Value,
    decided: Decided,
) -> BTreeMap<&'static str, Option<String>> {
    let empty = Vec::new();
    let modules = predicted["modules"].as_array().unwrap_or(&empty);
    let entry = |path: &str| modules.iter().find(|module| module["path"] == path);
    let fails = |module: &&Value| module["outcome"] == "error" || module["outcome"] == "aborts";
    let mut compared = BTreeMap::new();
    if observed.is_healthy() {
        let alarm = modules.iter().find(fails);
        let text = alarm.map(|module| format!("{}: predicted {}", module["path"], module["outcome"]));
        compared.insert("alarm", text);
    }
    if decided != Decided::Yes {
        return compared;
    }
    let outcomes = observed.outcomes();
    let other = outcomes.iter().find_map(|(path, (wanted, _))| {
        let said = entry(path).map_or(&Value::Null, |module| &module["outcome"]);
        (said != wanted).then(|| format!("{path}: pytest {wanted}, predicted {said}"))
    });
    compared.insert("outcome", other);
    let miscounted = outcomes.iter().find_map(|(path, (_, wanted))| {
        let (wanted, said) = ((*wanted)?, &entry(path)?["tests"]);
        (*said != wanted).then(|| format!("{path}: pytest {wanted} tests, predicted {said}"))
    });
    compared.insert("tests", miscounted);
    let exit = &predicted["session"]["exit_code"];
    let other =
        (*exit != observed.exit).then(|| format!("pytest exits with {}, predicted {exit}", observed.exit));
    compared.insert("exit", other);
    let first = modules.iter().find(fails).unwrap_or(&predicted["session"]);
    if let (Some(wanted), Some(said)) = (&observed.exception, first["exception"].as_str()) {
        compared.insert("exception", (said != wanted).then(|| format!("pytest {wanted}, predicted {said}")));
    }
    if let (Some(wanted), Some(path)) = (&observed.line, first["location"]["path"].as_str()) {
        let said = format!("{path}:{}", first["location"]["line"]);
        compared.insert("line", (said != *wanted).then(|| format!("pytest {wanted}, predicted {said}")));
    }
    compared
}

/// Every difference is a known one, and every known one is there.
fn agree(project: &Project, disagreements: &[Disagreement]) -> Result<(), Failed> {
    let mut problems = Vec::new();
    for Verdict { release, python, compared } in project.verdicts()? {
        for (what, differs) in compared {
            let known =
                disagreements.iter().any(|known| known.covers(&project.case.name, release, python, what));
            match (known, differs) {
                (false, Some(text)) => {
                    problems.push(format!("pytest {release}, Python {python}: {what}: {text}"));
                }
                (true, None) => {
                    problems.push(format!(
                        "pytest {release}, Python {python}: {what} agrees by now; strike it off the list"
                    ));
                }
                (true, Some(_)) | (false, None) => {}
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

const COLUMNS: [&str; 5] = ["outcome", "exit", "exception", "line", "tests"];

/// How often each thing holds, and how often it was compared; false alarms last.
#[derive(Clone, Copy, Default)]
struct Tally {
    agreed: [usize; 5],
    compared: [usize; 5],
    alarms: usize,
    projects: usize,
}

impl Tally {
    fn add(&mut self, verdict: &Verdict) {
        self.projects += 1;
        for (place, column) in COLUMNS.into_iter().enumerate() {
            if let Some(differs) = verdict.compared.get(column) {
                self.compared[place] += 1;
                self.agreed[place] += usize::from(differs.is_none());
            }
        }
        self.alarms += usize::from(matches!(verdict.compared.get("alarm"), Some(Some(_))));
    }

    #[expect(clippy::cast_precision_loss, reason = "there are some hundred projects")]
    fn share(&self, place: usize) -> f64 {
        if self.compared[place] == 0 { 1.0 } else { self.agreed[place] as f64 / self.compared[place] as f64 }
    }
}

/// The shares of one release, over the projects that are decided by their text.
fn totals(catalogue: &Catalogue, release: &str, targets: [f64; 4]) -> Result<(), Failed> {
    let judged: Vec<Result<&[Verdict], String>> =
        catalogue.projects.par_iter().map(Project::verdicts).collect();
    let mut by_category: BTreeMap<&str, Tally> = BTreeMap::new();
    for (project, verdicts) in catalogue.projects.iter().zip(judged) {
        let mut usual =
            verdicts?.iter().filter(|verdict| verdict.release == release && verdict.python == "3.11");
        if let Some(verdict) = usual.next()
            && project.case.decided == Decided::Yes
        {
            by_category.entry(&project.category).or_default().add(verdict);
            by_category.entry("~ all").or_default().add(verdict);
        }
    }
    if std::env::var_os("SHOW").is_some() {
        show(release, &by_category);
    }
    let all = by_category.get("~ all").copied().unwrap_or_default();
    let mut missed: Vec<String> = Vec::new();
    for ((place, target), column) in targets.into_iter().enumerate().zip(COLUMNS) {
        let share = all.share(place);
        if share < target {
            missed.push(format!("{column}: {share:.4} agree, wanted {target}"));
        }
    }
    if all.alarms > 0 {
        missed.push(format!("{} false alarms", all.alarms));
    }
    if missed.is_empty() { Ok(()) } else { Err(missed.join("\n").into()) }
}

fn show(release: &str, by_category: &BTreeMap<&str, Tally>) {
    eprintln!("\npytest {release:<13} projects  outcome     exit   except.     line    tests  alarms");
    for (category, tally) in by_category {
        let shares: Vec<String> =
            (0..COLUMNS.len()).map(|place| format!("{:>8.3}", tally.share(place))).collect();
        eprintln!("{category:<20} {:>8} {} {:>7}", tally.projects, shares.join(" "), tally.alarms);
    }
}
