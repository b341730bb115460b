//! Asks a real pytest what it does: until every module has an answer of its own.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::json;

/// Starts pytest and writes the record.
const OBSERVER: &str = include_str!("observer.py");

/// How long one module may take before it counts as never ending.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long all of pytest may take.
const LONGEST: Duration = Duration::from_mins(30);

/// How many modules may end the process one after the other.
const MOST_DEATHS: usize = 200;

/// How pytest is started.
#[derive(Clone, Debug)]
pub(super) struct Start<'a> {
    /// The interpreter.
    pub(super) python: &'a Path,
    pub(super) folder: &'a Path,
    pub(super) arguments: &'a [String],
    pub(super) python_m: bool,
    pub(super) absent: &'a [String],
}

/// What pytest does with one module, by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Observed {
    /// `collected`, `skipped`, `error`, `aborts`.
    pub(super) outcome: String,
    pub(super) exception: Option<String>,
    /// The innermost line of the project, `path:line`.
    pub(super) place: Option<String>,
    pub(super) items: Vec<String>,
}

/// What pytest does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Truth {
    /// Of the plain run; `None` where it does not end.
    pub(super) exit_code: Option<i32>,
    /// By the path that pytest prints.
    pub(super) modules: BTreeMap<String, Observed>,
    /// The end of what pytest printed.
    pub(super) said: String,
}

#[derive(Debug, Deserialize)]
struct Event {
    #[serde(rename = "event")]
    what: String,
    id: Option<String>,
    path: Option<PathBuf>,
    outcome: Option<String>,
    exception: Option<String>,
    r#where: Option<String>,
}

/// One run of pytest.
struct Run {
    exit_code: Option<i32>,
    said: String,
    events: Vec<Event>,
}

/// Runs pytest as often as it takes: once as it is, and, where something ends the session, again with
/// that passed over or left out.
pub(super) fn observe(start: &Start<'_>) -> Result<Truth> {
    let mut left_out: Vec<PathBuf> = Vec::new();
    let mut passes = false;
    let mut truth: Option<Truth> = None;
    loop {
        let run = run(start, &left_out, passes)?;
        let has_begun = run.events.iter().any(|event| event.what == "session");
        let answer = truth.get_or_insert_with(|| Truth {
            exit_code: run.exit_code,
            said: run.said.clone(),
            ..Truth::default()
        });
        let modules = modules(&run.events);
        let is_aborted = modules.values().any(|module| module.outcome == "aborts");
        answer.modules.extend(modules);
        if !has_begun && !answer.said.contains("rror") {
            bail!("pytest does not start:\n{}", run.said);
        }
        let died = run.events.iter().rfind(|event| event.what == "dies");
        let has_ended = run.events.iter().any(|event| event.what == "end");
        if has_ended && is_aborted && !passes {
            passes = true;
            continue;
        }
        let Some(last) = unfinished(&run.events).filter(|_| !has_ended) else { break };
        let died_of = match (died, run.exit_code) {
            (Some(event), _) => event.exception.clone(),
            (None, Some(code)) => Some(format!("exit {code}")),
            (None, None) => Some("hang".to_owned()),
        };
        let name = module(last.id.as_deref().unwrap_or_default());
        let entry = answer.modules.entry(name.to_owned()).or_default();
        "aborts".clone_into(&mut entry.outcome);
        entry.exception = died_of;
        entry.place = died.and_then(|event| event.r#where.clone());
        passes = true;
        match &last.path {
            Some(path) if left_out.len() < MOST_DEATHS && !left_out.contains(path) => {
                left_out.push(path.clone());
            }
            Some(_) | None => break,
        }
    }
    truth.context("internal error: pytest was not asked")
}

fn run(start: &Start<'_>, left_out: &[PathBuf], passes: bool) -> Result<Run> {
    let beside = tempfile::tempdir()?;
    let observer = beside.path().join("observer.py");
    let record = beside.path().join("record.jsonl");
    let log = beside.path().join("log.txt");
    fs::write(&observer, OBSERVER)?;
    let options = json!({
        "record": record,
        "python_m": start.python_m,
        "absent": start.absent,
        "passes": passes,
        "patience": PATIENCE.as_secs(),
    });
    let mut command = Command::new(start.python);
    command
        .arg(&observer)
        .arg(options.to_string())
        .args(start.arguments)
        .arg("-o")
        .arg(format!("cache_dir={}", beside.path().join("cache").display()))
        .args(left_out.iter().map(|path| format!("--ignore={}", path.display())))
        .current_dir(start.folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .stdout(File::create(&log)?)
        .stderr(File::options().append(true).open(&log)?);
    let mut child = command.spawn().with_context(|| format!("cannot start {}", start.python.display()))?;
    let begin = Instant::now();
    let exit_code = loop {
        if let Some(status) = child.try_wait()? {
            // Shells say 128 and more where a signal ends a process.
            break Some(status.code().unwrap_or(128));
        }
        if begin.elapsed() > LONGEST {
            child.kill()?;
            child.wait()?;
            break None;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let events = match fs::read_to_string(&record) {
        // A line may be cut short where the process died.
        Ok(text) => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
        Err(_) => Vec::new(),
    };
    Ok(Run { exit_code, said: tail(&said), events })
}

/// What was said about each module, or about a class in it.
fn modules(events: &[Event]) -> BTreeMap<String, Observed> {
    let mut modules: BTreeMap<String, Observed> = BTreeMap::new();
    for event in events {
        let Some(id) = &event.id else { continue };
        match (event.what.as_str(), &event.outcome) {
            ("item", _) => modules.entry(module(id).to_owned()).or_default().items.push(id.clone()),
            ("report", Some(outcome)) => {
                let is_module = !id.contains("::");
                if is_module && !is_file(id) && outcome == "collected" {
                    continue;
                }
                let known = modules.entry(module(id).to_owned()).or_default();
                // A class that fails makes its module fail; a class that is skipped says nothing of it.
                if is_module || outcome == "error" || outcome == "aborts" {
                    known.outcome.clone_from(outcome);
                    known.exception.clone_from(&event.exception);
                    known.place.clone_from(&event.r#where);
                }
            }
            _ => {}
        }
    }
    modules
}

/// What was begun and not ended, innermost.
fn unfinished(events: &[Event]) -> Option<&Event> {
    let mut open: Vec<&Event> = Vec::new();
    for event in events {
        match event.what.as_str() {
            "start" => open.push(event),
            "report" => open.retain(|begun| begun.id != event.id),
            _ => {}
        }
    }
    // Classes that are collected are not reported, so the last file or folder is meant.
    let first = open.iter().position(|begun| begun.id.as_deref().is_some_and(is_file));
    first.and_then(|at| open.get(at)).or(open.last()).copied()
}

/// `tests/test_a.py::TestA` → `tests/test_a.py`.
fn module(id: &str) -> &str {
    id.split("::").next().unwrap_or(id)
}

fn is_file(id: &str) -> bool {
    !id.contains("::") && Path::new(id).extension().is_some_and(|extension| extension == "py")
}

/// The last lines, which say why.
fn tail(text: &str) -> String {
    const LINES: usize = 30;
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
