use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::*;
use crate::environment::{Environment, Machine, Platform, PytestVersion, PythonVersion, ThirdParty};
use crate::fs::FileSystem;
use crate::interp::Options;
use crate::resolve::PathEntry;
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
    items_with(source, &[], pytest, settle)
}

fn items_with(
    source: &str,
    modules: &[&str],
    pytest: PytestVersion,
    settle: impl FnOnce(&mut PytestSettings),
) -> ModuleItems {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test_it.py");
    fs::write(&path, source).unwrap();
    let mut environment = environment(pytest);
    environment.third_party = ThirdParty::Stated(modules.iter().map(|&name| name.to_owned()).collect());
    let files = FileSystem::new();
    let invocation = Invocation { cwd: folder.path().to_path_buf(), ..Invocation::default() };
    let mut settings = read(&files, &environment, &invocation, &NoPlugins);
    settle(&mut settings);
    let sources = Sources::new(&files);
    let options = Options { root: folder.path().to_path_buf(), ..Options::default() };
    let mut interp = Interp::new(&sources, &environment, options);
    let mut search_path = interp.search_path();
    search_path.push(PathEntry::SitePackages);
    interp.set_search_path(&search_path);
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
        all_variables: false,
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

/// What pytest does with numpy 2.4, pyarrow, pytz and dateutil; behind a question mark what is only likely.
#[test]
fn values_of_third_parties_show_themselves_in_ids() {
    let source = r#"
from datetime import datetime, timedelta, timezone
from decimal import Decimal
import re

import numpy as np
import pyarrow as pa
import pytest
import pytz
from dateutil.tz import tzlocal, tzutc

ZONES = [tzutc(), tzlocal(), timezone.utc, timezone(timedelta(hours=-1), name="foo"), pytz.FixedOffset(300), pytz.utc]

@pytest.mark.parametrize("zone", ZONES, ids=[repr(zone) for zone in ZONES])
def test_zone(zone): pass

@pytest.mark.parametrize("kind", [pa.uint8(), pa.decimal128(7, 3), pa.timestamp("ns", tz="UTC"), pa.date32()], ids=str)
def test_kind(kind): pass

@pytest.mark.parametrize("kind", [pa.float32(), pa.duration("s")], ids=repr)
def test_repr(kind): pass

@pytest.mark.parametrize("kind", [np.datetime64("NaT", "ns"), np.array([1]), Decimal("NaN"), tzutc(), None, 1.5], ids=lambda kind: type(kind).__name__)
def test_class(kind): pass

@pytest.mark.parametrize("function", [np.exp, np.abs, np.double], ids=lambda function: function.__name__)
def test_function(function): pass

@pytest.mark.parametrize("values", [np.array([1, 2], dtype="i8"), np.arange(3, dtype=float)], ids=lambda values: str(values.dtype) + type(values[0]).__name__)
def test_array(values): pass

@pytest.mark.parametrize("value", [1j, 1 + 2j, 2**64, -2**63 - 1, np.nan, -np.inf, np.float64(1.5), np.uint8(1), datetime(2020, 1, 1), pytz.utc, pa.int8(), re.M, np.sqrt, np.half])
def test_value(value): pass

class Base:
    @pytest.mark.parametrize("rows", [[0, 1], pa.array([1])], ids=["list", "array"])
    def test_it(self, rows): pass

class TestA(Base): pass
class TestB(Base): pass

@pytest.mark.parametrize("value", [(x for x in [1])])
def test_generator(value): pass
"#;
    let modules = ["numpy", "pyarrow", "pytz", "dateutil"];
    let found = summary(items_with(source, &modules, NEWEST, |_| {}));
    assert_eq!(
        found,
        [
            "test_zone[tzutc()]",
            "test_zone[tzlocal()]",
            "test_zone[datetime.timezone.utc]",
            "test_zone[datetime.timezone(datetime.timedelta(days=-1, seconds=82800), 'foo')]",
            "test_zone[pytz.FixedOffset(300)]",
            "test_zone[<UTC>]",
            "test_kind[uint8]",
            "test_kind[decimal128(7, 3)]",
            "test_kind[timestamp[ns, tz=UTC]]",
            "test_kind[date32[day]]",
            "test_repr[DataType(float)]",
            "test_repr[DurationType(duration[s])]",
            "test_class[datetime64]",
            "test_class[ndarray]",
            "test_class[Decimal]",
            "test_class[tzutc] ?",
            "test_class[NoneType]",
            "test_class[float]",
            "test_function[exp]",
            "test_function[absolute]",
            "test_function[float64]",
            "test_array[int64int64]",
            "test_array[float64float64]",
            "test_value[1j]",
            "test_value[(1+2j)]",
            "test_value[18446744073709551616]",
            "test_value[-9223372036854775809]",
            "test_value[nan]",
            "test_value[-inf]",
            "test_value[1.5]",
            "test_value[value7]",
            "test_value[value8]",
            "test_value[value9]",
            "test_value[value10]",
            "test_value[re.MULTILINE]",
            "test_value[sqrt]",
            "test_value[float16]",
            "TestA::test_it[list]",
            "TestA::test_it[array] ?",
            "TestB::test_it[list]",
            "TestB::test_it[array] ?",
            "test_generator[<genexpr>]",
        ]
    );
}

#[test]
fn the_parts_of_a_parameter_set_are_there() {
    let source = r#"
import pytest

CHOICES = [1, pytest.param(2), "c"]

@pytest.mark.parametrize("choice", [each.values[0] if hasattr(each, "values") else each for each in CHOICES])
def test_choice(choice): pass
"#;
    assert_eq!(collected(source, NEWEST), ["test_choice[1]", "test_choice[2]", "test_choice[c]"]);
}
