use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::*;
use crate::environment::{Environment, Machine, Platform, PytestVersion, PythonVersion, ThirdParty};
use crate::fs::FileSystem;
use crate::interp::Options;
use crate::settings::pytest::{Invocation, NoPlugins, read};
use crate::syntax::Sources;

/// What pytest of a version collects from a module: node ids without the file, then what fails.
fn collected(source: &str, pytest: PytestVersion) -> Vec<String> {
    let found = items(source, pytest, |_| {});
    summary(found)
}

fn summary(found: ModuleItems) -> Vec<String> {
    let mut lines: Vec<String> = found
        .items
        .iter()
        .map(|item| {
            let id = item.id.text.strip_prefix("test_it.py::").unwrap_or(&item.id.text);
            if item.id.known { id.to_owned() } else { format!("{id} ?") }
        })
        .collect();
    for (class, failure) in found.class_failures {
        lines.push(format!("{class}: {}", shown(&failure.failure)));
    }
    lines.extend(found.failure.map(|failure| shown(&failure.failure)));
    lines.extend(found.skipped.map(|failure| format!("skipped: {}", shown(&failure))));
    lines.extend(found.aborts.map(|failure| format!("aborts: {}", shown(&failure))));
    if !found.exact {
        lines.push("not exact".to_owned());
    }
    lines
}

fn shown(failure: &Failure) -> String {
    format!("{}: {}", failure.exception, failure.message.as_deref().unwrap_or("..."))
}

fn items(source: &str, pytest: PytestVersion, settle: impl FnOnce(&mut PytestSettings)) -> ModuleItems {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test_it.py");
    fs::write(&path, source).unwrap();
    let environment = environment(pytest);
    let files = FileSystem::new();
    let invocation = Invocation { cwd: folder.path().to_path_buf(), ..Invocation::default() };
    let mut settings = read(&files, &environment, &invocation, &NoPlugins);
    settle(&mut settings);
    let sources = Sources::new(&files);
    let options = Options { root: folder.path().to_path_buf(), ..Options::default() };
    let mut interp = Interp::new(&sources, &environment, options);
    let module = interp.execute_file("test_it", &path, None).expect("the module is imported");
    let mut fixtures = Fixtures::new(&environment, &settings);
    let place = ModulePlace { path, node: "test_it.py".to_owned() };
    collect(&mut interp, module, &place, &mut fixtures, &settings)
}

fn environment(pytest: PytestVersion) -> Environment {
    Environment {
        name: String::new(),
        python: PythonVersion::new(3, 11).into(),
        platform: Platform::Linux.into(),
        machine: Machine::default().into(),
        pytest,
        third_party: ThirdParty::Stated(BTreeSet::new()),
        absent: BTreeSet::new(),
        variables: BTreeMap::new(),
        python_path: Vec::new(),
        source: "stated",
    }
}

const NEWEST: PytestVersion = PytestVersion::NEWEST;

#[test]
fn functions_and_classes_come_in_the_order_of_their_definition() {
    let source = "
class TestB:
    def test_two(self): pass
    def test_one(self): pass
    class TestInner:
        def test_deep(self): pass
    def helper(self): pass

def test_a(): pass
class Other:
    def test_lost(self): pass
class TestC(TestB):
    def test_one(self): pass
    def test_zero(self): pass
";
    assert_eq!(
        collected(source, NEWEST),
        [
            "TestB::test_two",
            "TestB::test_one",
            "TestB::TestInner::test_deep",
            "test_a",
            "TestC::test_two",
            "TestC::TestInner::test_deep",
            "TestC::test_one",
            "TestC::test_zero",
        ]
    );
}

#[test]
fn test_cases_are_collected_under_any_name_and_sorted() {
    let source = "
import unittest
class Sums(unittest.TestCase):
    def test_b(self): pass
    def test_a(self): pass
    def check(self): pass
class Runs(unittest.TestCase):
    def runTest(self): pass
";
    assert_eq!(collected(source, NEWEST), ["Sums::test_a", "Sums::test_b", "Runs::runTest"]);
}
