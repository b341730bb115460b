//! A job of a workflow does not install what the tests import.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::blame::{self, Blame};
use super::cl105_missing_module::called;
use crate::diagnostic::{Diagnostic, Fix, Label, RuleCode, Severity};
use crate::environment::Place;
use crate::environment::cells::{Cell, DeclaredAt};
use crate::environment::declare::edit;
use crate::environment::install::What;
use crate::environment::names::{Knowledge, Names};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Incident, Rule, Run, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL902"),
    name: "job-lacks-dependency",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL902.md"),
    check,
};

/// A module that is missing, at the line that could install it.
struct Lack<'e> {
    module: String,
    place: Place,
    /// The imports that fail, in the order of their places.
    incidents: Vec<&'e Incident>,
    runs: Vec<usize>,
}

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    let mut lacks: BTreeMap<(Place, String), Lack<'_>> = BTreeMap::new();
    for incident in &evidence.incidents {
        let Some(Cause::MissingModule { name, .. }) = incident.cause() else { continue };
        if blame::of(evidence, incident) != Some(Blame::Job) {
            continue;
        }
        for &run in incident.runs.iter().filter(|&&run| blame::is_of_workflow(evidence, run)) {
            let Some(cell) = evidence.runs[run].cells().first() else { continue };
            let place = line(cell);
            let lack = lacks.entry((place.clone(), name.to_string())).or_insert_with(|| Lack {
                module: name.to_string(),
                place,
                incidents: Vec::new(),
                runs: Vec::new(),
            });
            if !lack.incidents.iter().any(|known| std::ptr::eq(*known, incident)) {
                lack.incidents.push(incident);
            }
            if !lack.runs.contains(&run) {
                lack.runs.push(run);
            }
        }
    }
    found.extend(lacks.into_values().filter_map(|lack| finding(evidence, &lack)));
}

fn finding(evidence: &Evidence<'_>, lack: &Lack<'_>) -> Option<Diagnostic> {
    let Lack { module, place, incidents, runs } = lack;
    let first = incidents.first()?;
    let mut merged = (*first).clone();
    merged.stops = incidents.iter().flat_map(|incident| incident.stops.iter().cloned()).collect();
    merged.stops.sort();
    merged.stops.dedup();
    merged.runs.clone_from(runs);
    merged.exit_code = runs.first().and_then(|&run| evidence.runs[run].prediction.session.exit_code.code());
    let impact = merged.impact();
    let message = format!("the tests import `{module}`, which this job does not install: {impact}");
    let mut finding = evidence.finding(&RULE, &merged, message);
    let imports = incidents.iter().filter_map(|incident| incident.failure.site.as_ref());
    finding.related.extend(imports.map(|site| Label {
        path: site.path.clone(),
        span: site.span,
        text: format!("`{module}` is imported here"),
    }));
    finding.primary = Label { path: place.path.clone(), span: place.span, text: String::new() };
    finding.stops.clone_from(&merged.stops);
    finding.symbol.clone_from(module);
    let declared = declared(evidence, module);
    finding.related.extend(declared.iter().map(|declared| Label {
        path: declared.place.path.clone(),
        span: declared.place.span,
        text: format!("{} declares it", called(declared)),
    }));
    finding.help = Some(match declared.first() {
        Some(declared) => format!(
            "install {} here, or run these tests in a job of their own that installs it{}",
            called(declared),
            moving(evidence, &merged, module)
        ),
        None => {
            let names = Names::default().providers(module).distributions;
            let name = names.first().map_or_else(|| module.clone(), ToString::to_string);
            let moving = moving(evidence, &merged, module);
            format!(
                "declare `{name}` in what this line installs, or run these tests in a job of their own{moving}"
            )
        }
    });
    Some(finding)
}

/// The commands that give the tests which need a module a folder of their own, so that a job can name it.
fn moving(evidence: &Evidence<'_>, incident: &Incident, module: &str) -> String {
    let root = evidence.project.map(|project| project.root.as_path());
    let below = |path: &Path| {
        let below = root.and_then(|root| path.strip_prefix(root).ok()).unwrap_or(path);
        below.to_string_lossy().replace('\\', "/")
    };
    let tests: Vec<&Path> =
        incident.stops.iter().map(PathBuf::as_path).filter(|path| evidence.is_test_module(path)).collect();
    let (Some(first), true) = (tests.first().and_then(|path| path.parent()), tests.len() <= MOST_MOVED)
    else {
        return String::new();
    };
    let top = module.split('.').next().unwrap_or(module);
    let folder = below(&first.join(top));
    let files: Vec<String> = tests.iter().map(|path| below(path)).collect();
    format!(": `mkdir -p {folder} && git mv {} {folder}/`", files.join(" "))
}

/// Files that are named in a command at most.
const MOST_MOVED: usize = 3;

/// Where the project declares the distribution that provides a module.
fn declared(evidence: &Evidence<'_>, module: &str) -> Vec<DeclaredAt> {
    let Some(project) = evidence.project else { return Vec::new() };
    let distributions = Names::default().providers(module).distributions;
    distributions.iter().map(|name| project.declared_at(name)).find(|at| !at.is_empty()).unwrap_or_default()
}

/// The line of a job that installs the project, else the last that installs anything, else the one that starts
/// pytest.
fn line(cell: &Cell) -> Place {
    let steps = &cell.installed.steps;
    let project = steps.iter().rev().find(|step| matches!(step.what, What::Project(_)));
    project.or_else(|| steps.last()).map_or_else(|| cell.place.clone(), |step| step.place.clone())
}

/// The distribution is added to an extra that the line installs. Only the user knows whether the job is meant to
/// have it.
fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let providers = Names::default().providers(&finding.symbol);
    let is_known = providers.knowledge == Knowledge::Complete;
    let declared = providers
        .distributions
        .iter()
        .find(|name| evidence.project.is_some_and(|project| !project.declared_at(name).is_empty()));
    let distribution = declared.or_else(|| providers.distributions.first().filter(|_| is_known));
    let here = |cell: &&Cell| {
        let place = line(cell);
        place.path == finding.primary.path && place.span == finding.primary.span
    };
    let cell = evidence.runs.iter().flat_map(Run::cells).find(here);
    let (Some(distribution), Some(cell)) = (distribution, cell) else { return Vec::new() };
    let mut fixes = Vec::new();
    for step in &cell.installed.steps {
        let What::Project(install) = &step.what else { continue };
        let path = install.root.join("pyproject.toml");
        let Ok(bytes) = evidence.sources.fs().read(&path) else { continue };
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        for extra in &install.extras.named {
            let edited = edit::with_requirement(text, extra.as_ref(), distribution.as_ref());
            let edits = edited.map(|new| repairs::rewriting(&path, text, &new));
            fixes.extend(repairs::proposal(format!("add `{distribution}` to the extra `{extra}`"), edits));
        }
    }
    fixes.into_iter().map(repairs::doubtful).collect()
}
