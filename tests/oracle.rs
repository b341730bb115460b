//! Every example of every rule's page, judged by a real pytest. It needs `python3` and, the first time, the
//! package index.

#![expect(clippy::print_stderr, reason = "the test program says why it cannot begin")]

#[path = "support/pages.rs"]
mod pages;
#[path = "support/python.rs"]
mod python;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/session.rs"]
mod session;
#[path = "support/stubs.rs"]
mod stubs;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::{Arguments, Trial};

use pages::{Attributes, Example, Kind, Page};
use python::Venv;
use sandbox::Sandbox;
use session::{Session, Start};
use stubs::stubs;

/// The releases that the pages may name, each with the newest of its fixes.
const RELEASES: [(&str, &str); 3] = [("9.2", "9.2.0"), ("8.4", "8.4.2"), ("7.4", "7.4.4")];

/// What pytest may return where an example is fine: all collected, or all skipped.
const FINE: [i32; 2] = [0, 5];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Each test is a process of its own; more of them at once only wait for each other.
    arguments.test_threads = arguments.test_threads.or(Some(2));
    match trials(arguments.list) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trials(only_list: bool) -> Result<Vec<Trial>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let pages: &'static [Page] = Box::leak(pages::read_all(&folder)?.into_boxed_slice());
    let examples = || pages.iter().flat_map(|page| page.examples.iter().map(move |example| (page, example)));
    let versions: BTreeSet<_> = if only_list {
        BTreeSet::new()
    } else {
        examples().map(|(_, example)| version(example)).collect::<Result<_>>()?
    };
    let mut venvs: BTreeMap<&str, Venv> = BTreeMap::new();
    for version in versions {
        venvs.insert(version, Venv::with(&format!("pytest-{version}"), &[&format!("pytest=={version}")])?);
    }
    let venvs: &'static BTreeMap<&str, Venv> = Box::leak(Box::new(venvs));
    Ok(examples()
        .map(|(page, example)| {
            let name = example.title(page);
            let test = move || -> Result<()> { judge(venvs, example) };
            Trial::test(name, move || test().map_err(|error| format!("{error:#}").into()))
                .with_ignored_flag(is_elsewhere(&example.attributes))
        })
        .collect())
}

fn version(example: &Example) -> Result<&'static str> {
    let wanted = example.attributes.get("pytest").unwrap_or("9.2");
    let known = RELEASES.into_iter().find(|(release, version)| *release == wanted || *version == wanted);
    known.map(|(_, version)| version).with_context(|| format!("pytest {wanted} is not one of {RELEASES:?}"))
}

/// Whether the example is about a platform or a Python that this machine is not or has not.
fn is_elsewhere(attributes: &Attributes) -> bool {
    let here = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    attributes.get("platform").is_some_and(|platform| platform != here) || attributes.has("python")
}

fn judge(venvs: &BTreeMap<&str, Venv>, example: &Example) -> Result<()> {
    let venv = venvs.get(version(example)?).context("the environment is not there")?;
    let absent = example.attributes.list("absent");
    let without = example.attributes.list("installed");
    let with: Vec<_> = without.iter().chain(&absent).cloned().collect();

    let stated = session(venv, &Sandbox::new(example)?, &without, &example.attributes)?;
    let expected = match example.attributes.number("exit")? {
        Some(code) => vec![code],
        None if example.kind == Kind::Good => FINE.to_vec(),
        // The page's Bad section states what such an example does.
        None => Vec::new(),
    };
    expect(&stated, &expected, &example.attributes)?;

    if !absent.is_empty() {
        let present = session(venv, &Sandbox::new(example)?, &with, &example.attributes)?;
        let expected = match example.attributes.number("present")? {
            Some(code) => vec![code],
            None => FINE.to_vec(),
        };
        expect(&present, &expected, &Attributes::default()).context("where all modules are there")?;
    }
    for repair in &example.repairs {
        let sandbox = Sandbox::new(example)?;
        sandbox.repair(repair)?;
        let stated = |attribute: &str| repair.attributes.number(attribute);
        for (modules, code) in [(&without, stated("exit")?), (&with, stated("present")?.or(stated("exit")?))]
        {
            let expected = code.map_or_else(|| FINE.to_vec(), |code| vec![code]);
            let repaired = session(venv, &sandbox, modules, &example.attributes)?;
            expect(&repaired, &expected, &repair.attributes)
                .with_context(|| format!("after the repair, with {modules:?} installed"))?;
        }
    }
    Ok(())
}

/// Lets pytest collect the project where `modules` can be imported; runs the tests too with `run`.
fn session(venv: &Venv, sandbox: &Sandbox, modules: &[String], attributes: &Attributes) -> Result<Session> {
    let stubs = stubs(modules)?;
    Session::run(&Start {
        venv,
        folder: &sandbox.project(),
        stubs: stubs.path(),
        python_m: false,
        only_collects: !attributes.has("run"),
        arguments: &[],
        variables: &[],
        patience: Duration::from_secs(if attributes.has("hangs") { 5 } else { 120 }),
    })
}

/// Whether pytest did what the page says.
fn expect(session: &Session, codes: &[i32], attributes: &Attributes) -> Result<()> {
    let output = &session.output;
    if attributes.has("hangs") {
        ensure!(session.code.is_none(), "pytest ends with {:?}:\n{output}", session.code);
        return Ok(());
    }
    let code = session.code.with_context(|| format!("pytest does not end:\n{output}"))?;
    ensure!(codes.is_empty() || codes.contains(&code), "pytest exits with {code}, not {codes:?}:\n{output}");
    for attribute in ["exception", "says"] {
        if let Some(words) = attributes.get(attribute) {
            ensure!(output.contains(words), "pytest does not say `{words}`:\n{output}");
        }
    }
    if let Some(number) = attributes.number("tests")? {
        let collected = session.tests().len();
        ensure!(usize::try_from(number)? == collected, "pytest collects {collected} tests:\n{output}");
    }
    Ok(())
}
