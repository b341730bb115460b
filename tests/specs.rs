//! What the interpreter says of small modules, `testdata/specs/*.md`, held against a real Python: every value
//! that it claims to know is the one that CPython computes.
//!
//! `UPDATE=1 cargo test --test specs` writes the results. It never writes what is wrong: where the interpreter
//! and CPython disagree, what CPython does is written, and the test fails.

#![expect(clippy::print_stderr, reason = "the test program says why it cannot begin")]

#[path = "support/cpython.rs"]
mod cpython;
#[path = "support/show.rs"]
mod show;
#[path = "support/spec.rs"]
mod spec;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result, ensure};
use collectlint::environment::{Environment, Machine, Platform, PytestVersion, PythonVersion, ThirdParty};
use collectlint::fs::FileSystem;
use collectlint::interp::{Interp, Options};
use collectlint::resolve::SearchPath;
use collectlint::settings::pytest::WarningFilters;
use collectlint::syntax::Sources;
use libtest_mimic::{Arguments, Trial};

use cpython::CPython;
use spec::{Spec, SpecFile};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let update = std::env::var_os("UPDATE").is_some() && !arguments.list;
    match files(update, arguments.filter.as_deref()) {
        Ok(files) => libtest_mimic::run(&arguments, trials(files)).exit_code(),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn files(update: bool, filter: Option<&str>) -> Result<Vec<SpecFile>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/specs");
    let read = spec::read_all(&folder)?;
    if !update {
        return Ok(read);
    }
    for file in &read {
        if filter.is_none_or(|filter| title(file).contains(filter)) {
            write_results(file)?;
        }
    }
    spec::read_all(&folder)
}

fn title(file: &SpecFile) -> String {
    file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn write_results(file: &SpecFile) -> Result<()> {
    let mut results: Vec<String> = Vec::new();
    let real = real_results(file);
    for (example, real) in file.examples.iter().zip(real) {
        let guess = interpret(example)?;
        results.push(real.map_or(guess.clone(), |real| spec::corrected(&guess, &real)));
    }
    let text = fs::read_to_string(&file.path)?;
    fs::write(&file.path, spec::with_results(&text, &file.examples, &results))?;
    Ok(())
}

/// What CPython does with each example, where there is one of that version.
fn real_results(file: &SpecFile) -> Vec<Option<String>> {
    let mut results = vec![None; file.examples.len()];
    let versions: BTreeSet<&str> = file.examples.iter().map(|example| example.python.as_str()).collect();
    for version in versions {
        let Some(python) = CPython::find(version) else { continue };
        let places: Vec<usize> =
            (0..file.examples.len()).filter(|&place| file.examples[place].python == version).collect();
        let examples: Vec<&Spec> = places.iter().map(|&place| &file.examples[place]).collect();
        let run = python.run(&examples).unwrap_or_else(|error| vec![format!("{error:#}"); places.len()]);
        for (place, result) in places.into_iter().zip(run) {
            results[place] = Some(result);
        }
    }
    results
}

fn trials(files: Vec<SpecFile>) -> Vec<Trial> {
    let versions: BTreeSet<String> =
        files.iter().flat_map(|file| file.examples.iter().map(|example| example.python.clone())).collect();
    let found: BTreeMap<String, bool> = versions
        .into_iter()
        .map(|version| {
            let found = CPython::find(&version).is_some();
            (version, found)
        })
        .collect();
    let mut trials = Vec::new();
    for file in files {
        let file = Arc::new(file);
        let real: Arc<OnceLock<Vec<Option<String>>>> = Arc::default();
        for place in 0..file.examples.len() {
            let example = &file.examples[place];
            let name = format!("{} line {} {}", title(&file), example.line, example.heading);
            let here = Arc::clone(&file);
            trials.push(Trial::test(format!("{name} (interp)"), move || {
                judge_interpreter(&here.examples[place]).map_err(|error| format!("{error:#}").into())
            }));
            let (here, real) = (Arc::clone(&file), Arc::clone(&real));
            let is_missing = !found.get(&example.python).copied().unwrap_or(false);
            let trial = Trial::test(format!("{name} (cpython)"), move || {
                let results = real.get_or_init(|| real_results(&here));
                judge_statement(&here.examples[place], results[place].as_deref())
                    .map_err(|error| format!("{error:#}").into())
            });
            trials.push(trial.with_ignored_flag(is_missing));
        }
    }
    trials
}

fn judge_interpreter(example: &Spec) -> Result<()> {
    let found = interpret(example)?;
    let difference = similar::TextDiff::from_lines(&example.result, &found);
    ensure!(
        found == example.result,
        "{}\n{}",
        example.module,
        difference.unified_diff().header("stated", "the interpreter says")
    );
    Ok(())
}

fn judge_statement(example: &Spec, real: Option<&str>) -> Result<()> {
    let real = real.context("Python did not run")?;
    ensure!(
        spec::agrees(&example.result, real),
        "{}\nstated:\n{}\nCPython {}:\n{real}",
        example.module,
        example.result,
        example.python
    );
    Ok(())
}

fn interpret(example: &Spec) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().canonicalize()?;
    cpython::write(example, &root)?;
    let fs = FileSystem::new();
    let sources = Sources::new(&fs);
    let (major, minor) = example.python.split_once('.').context("a version")?;
    let environment = Environment {
        name: String::new(),
        python: PythonVersion::new(major.parse()?, minor.parse()?).into(),
        platform: Platform::host().into(),
        machine: Machine::default().into(),
        pytest: PytestVersion::NEWEST,
        third_party: ThirdParty::Stated(BTreeSet::new()),
        absent: BTreeSet::new(),
        variables: BTreeMap::new(),
        all_variables: false,
        python_path: Vec::new(),
        source: "stated",
    };
    let options = Options {
        root: root.clone(),
        working_directory: root.clone(),
        arguments: vec!["pytest".to_owned()],
        captured: true,
        warnings: if example.strict { WarningFilters::all_errors() } else { WarningFilters::default() },
        ..Options::default()
    };
    let mut interp = Interp::new(&sources, &environment, options);
    interp.set_search_path(&SearchPath::new([root.clone()]));
    let path = root.join("module.py");
    let shown = match interp.execute_file("module", &path, None) {
        Ok(id) => show::module(&interp, id),
        Err(stop) => {
            let line_of = |site: &collectlint::interp::Site| {
                let text = fs::read_to_string(&*site.path).unwrap_or_default();
                text[..(site.span.start as usize).min(text.len())].matches('\n').count() + 1
            };
            show::stop(&interp, &stop, line_of)
        }
    };
    Ok(shown.replace(&*root.to_string_lossy(), "/project"))
}
