//! What is written like a test and is in no environment's list of tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Evidence;
use super::losses::Loss;
use crate::fs::EntryKind;
use crate::interp::EventKind;
use crate::outcome::{LostKind, ModulePrediction, Outcome};
use crate::settings::fnmatch::path_matches;
use crate::syntax::WrittenTest;

/// Functions of collected modules that are written like tests, and that pytest collects in no run.
pub(super) fn tests(evidence: &Evidence<'_>, losses: &[Loss<'_>]) -> Vec<(PathBuf, WrittenTest)> {
    let Some(first) = evidence.runs.first() else { return Vec::new() };
    // a node id selects within a module
    if evidence.runs.iter().any(|run| run.prediction.settings.args.iter().any(|arg| arg.text.contains("::")))
    {
        return Vec::new();
    }
    let mut losses_of: BTreeMap<&Path, Vec<&Loss<'_>>> = BTreeMap::new();
    for loss in losses {
        losses_of.entry(&loss.path).or_default().push(loss);
    }
    let mut found = Vec::new();
    for module in &first.prediction.modules {
        let modules = evidence.modules_at(&module.path);
        let Ok(file) = evidence.sources.get(&module.path) else { continue };
        if modules.len() < evidence.runs.len() || !modules.iter().all(|module| is_whole(module)) {
            continue;
        }
        let collected = evidence.tests_of(&module.path);
        let told = |test: &WrittenTest| {
            let class = test.name.split("::").next().unwrap_or_default();
            losses_of.get(module.path.as_path()).into_iter().flatten().any(|loss| {
                let name = &loss.lost.name;
                loss.lost.kind == LostKind::ModuleTestFalse || *name == test.name || name == class
            })
        };
        let unseen = file.written_tests().into_iter().filter(|test| {
            let counts = if test.name.contains("::") {
                test.in_test_case && first.prediction.settings.blocks("unittest")
            } else {
                true
            };
            counts && !collected.contains(&test.name) && !told(test)
        });
        found.extend(unseen.map(|test| (module.path.clone(), test)));
    }
    found
}

/// Whether all its tests are known.
fn is_whole(module: &ModulePrediction) -> bool {
    module.outcome == Outcome::Collected
        && module.certain
        && module.failure.is_none()
        && module.tests.is_some()
}

/// The modules that pytest meets in some run.
fn modules<'e>(evidence: &Evidence<'e>) -> BTreeSet<&'e Path> {
    let predictions = evidence.runs.iter().flat_map(|run| &run.prediction.modules);
    predictions.map(|module| module.path.as_path()).collect()
}

/// Files beside the test modules that hold tests and that pytest does not look into: their first test, and
/// how many there are.
pub(super) fn files(evidence: &Evidence<'_>) -> Vec<(PathBuf, WrittenTest, usize)> {
    let Some(first) = evidence.runs.first() else { return Vec::new() };
    let settings = &first.prediction.settings;
    let fs = evidence.sources.fs();
    let modules = modules(evidence);
    let imported = imported(evidence);
    let mut folders: BTreeSet<PathBuf> =
        modules.iter().filter_map(|path| path.parent()).map(Path::to_path_buf).collect();
    for base in [&settings.rootdir, &settings.invocation_dir] {
        folders.extend(["tests", "test"].iter().map(|name| base.join(name)).filter(|path| fs.is_dir(path)));
    }
    let is_pattern = |path: &Path| {
        settings.python_files.iter().any(|pattern| path_matches(pattern, path, first.environment.platform))
    };
    let mut found = Vec::new();
    for folder in folders.iter().filter(|folder| is_of_tests(folder, &modules)) {
        let Some(entries) = fs.list(folder) else { continue };
        for (name, kind) in entries.iter() {
            let path = folder.join(name);
            let is_python = path.extension().is_some_and(|extension| extension == "py");
            if *kind != EntryKind::File
                || !is_python
                || name == "conftest.py"
                || name.to_string_lossy().starts_with('_') && name != "__init__.py"
                || modules.contains(path.as_path())
                || imported.contains(&path) && name != "__init__.py"
                || is_pattern(&path)
            {
                continue;
            }
            let Ok(file) = evidence.sources.get(&path) else { continue };
            let mut tests = file.written_tests().into_iter();
            if let Some(test) = tests.next() {
                found.push((path, test, tests.count() + 1));
            }
        }
    }
    found
}

/// Test modules, beside those that pytest meets, that it is told to leave alone in every run: their first test.
pub(super) fn ignored(evidence: &Evidence<'_>) -> Vec<(PathBuf, WrittenTest)> {
    let Some(first) = evidence.runs.first() else { return Vec::new() };
    // A session that ends early has not met all of its modules.
    if evidence.runs.iter().any(|run| run.prediction.session.failure.is_some()) {
        return Vec::new();
    }
    let settings = &first.prediction.settings;
    let fs = evidence.sources.fs();
    let modules = modules(evidence);
    let imported = imported(evidence);
    let is_asked_for = |path: &Path| {
        settings.args.iter().any(|argument| path.starts_with(settings.invocation_dir.join(&argument.text)))
    };
    let is_pattern = |path: &Path| {
        settings.python_files.iter().any(|pattern| path_matches(pattern, path, first.environment.platform))
    };
    let folders: BTreeSet<&Path> = modules.iter().filter_map(|path| path.parent()).collect();
    let mut found = Vec::new();
    for folder in folders {
        for (name, kind) in fs.list(folder).iter().flat_map(|entries| entries.iter()) {
            let path = folder.join(name);
            let is_module = *kind == EntryKind::File && is_pattern(&path) && is_asked_for(&path);
            if !is_module || modules.contains(path.as_path()) || imported.contains(&path) {
                continue;
            }
            let test =
                evidence.sources.get(&path).ok().and_then(|file| file.written_tests().into_iter().next());
            found.extend(test.map(|test| (path, test)));
        }
    }
    found
}

/// Whether a folder is one of tests: its name says so, or every file of it does.
fn is_of_tests(folder: &Path, modules: &BTreeSet<&Path>) -> bool {
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is_named = |folder: &Path| {
        let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        matches!(name.as_str(), "tests" | "test" | "testing")
    };
    name.starts_with("test")
        || folder.ancestors().skip(1).any(is_named)
            && modules.iter().any(|path| path.parent() == Some(folder))
}

/// The files of the project that some module or conftest imports.
fn imported(evidence: &Evidence<'_>) -> BTreeSet<PathBuf> {
    let runs = evidence.runs.iter().map(|run| &run.prediction);
    let events = runs.flat_map(|prediction| {
        let modules = prediction.modules.iter().flat_map(|module| &module.events);
        modules.chain(prediction.conftests.iter().flat_map(|conftest| &conftest.events))
    });
    events
        .filter_map(|event| match &event.kind {
            EventKind::FirstParty { path, .. } => Some(path.clone()),
            _ => None,
        })
        .collect()
}
