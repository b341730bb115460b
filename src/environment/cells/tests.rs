//! Whole repositories, held in memory: what is there in which cell.

use super::*;
use crate::environment::Presence;

const WORKFLOW: &str = r#"
on: push
jobs:
  test:
    runs-on: ${{ matrix.os }}
    strategy:
      matrix:
        os: [ubuntu-latest, windows-latest]
        python-version: ["3.9", "3.12"]
    steps:
      - uses: actions/setup-python@v5
        with: {python-version: "${{ matrix.python-version }}"}
      - run: pip install -e .[test]
      - run: pytest
  e2e:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - run: pip install -e ".[test,e2e]"
      - run: pytest tests/e2e
"#;

const PYPROJECT: &str = r#"
[project]
name = "acme"
dependencies = ["requests", "tomli; python_version < '3.11'", "colorama; sys_platform == 'win32'"]
[project.optional-dependencies]
test = ["pytest>=7", "pytest-xdist"]
e2e = ["playwright"]
docs = ["sphinx"]
"#;

fn project(files: &[(&str, &str)], stated: &[StatedCell]) -> Project {
    let overlay = files.iter().map(|(path, text)| (Path::new("/p").join(path), Arc::from(text.as_bytes())));
    let fs = FileSystem::with_overlay(overlay);
    let knowledge = Knowledge { stated, ..Knowledge::default() };
    let project = Project::read(&fs, Path::new("/p"), &|_| None, knowledge);
    assert!(project.errors.is_empty(), "{:?}", project.errors);
    project
}

fn usual() -> Environment {
    Environment {
        name: "usual".into(),
        python: PythonVersion::new(3, 13).into(),
        platform: Platform::Linux.into(),
        machine: Machine::X86_64.into(),
        pytest: PytestVersion::NEWEST,
        third_party: ThirdParty::Everything,
        absent: BTreeSet::new(),
        variables: Variables::new(),
        all_variables: false,
        python_path: Vec::new(),
        source: "default",
    }
}

/// One line for each cell: its name, its pytest, and the modules with `+` (there), `-` (absent), `?`.
fn show(project: &Project, modules: &[&str]) -> Vec<String> {
    project
        .environments(&usual())
        .iter()
        .map(|(cell, environment)| {
            let mut line = format!("{} pytest {}", cell.name, environment.pytest);
            for module in modules {
                let sign = match environment.third_party(module) {
                    Presence::Installed(_) | Presence::Assumed => '+',
                    Presence::Absent => '-',
                    Presence::Unknown => '?',
                };
                line += &[" ", &sign.to_string(), module].concat();
            }
            line
        })
        .collect()
}

#[test]
fn a_job_lacks_what_only_another_extra_declares() {
    let project = project(&[(".github/workflows/ci.yml", WORKFLOW), ("pyproject.toml", PYPROJECT)], &[]);
    assert_eq!(
        show(
            &project,
            &["requests", "playwright.sync_api", "urllib3", "xdist", "numpy", "colorama", "tomli"]
        ),
        [
            "py3.9-ubuntu pytest 8.4.2 +requests -playwright.sync_api +urllib3 +xdist -numpy ?colorama +tomli",
            "py3.12-ubuntu-test pytest 9.2.0 +requests -playwright.sync_api +urllib3 +xdist -numpy ?colorama ?tomli",
            "py3.9-windows pytest 8.4.2 +requests -playwright.sync_api +urllib3 +xdist -numpy +colorama +tomli",
            "py3.12-windows pytest 9.2.0 +requests -playwright.sync_api +urllib3 +xdist -numpy +colorama ?tomli",
            "py3.12-ubuntu-e2e pytest 9.2.0 +requests +playwright.sync_api +urllib3 +xdist -numpy ?colorama ?tomli",
        ]
    );
    let optional = project.optional_modules(&project.environments(&usual()));
    let playwright = optional.iter().find(|module| module.module == "playwright").unwrap();
    assert_eq!(playwright.missing_in.len(), 4);
    assert_eq!(playwright.declared[0].list, List::Extra("e2e".parse().unwrap()));
    assert_eq!(playwright.declared[0].place.line, 7);
    assert!(optional.iter().any(|module| module.module == "sphinx" && module.missing_in.len() == 5));
    assert!(!optional.iter().any(|module| module.module == "requests"));
    assert_eq!(project.cells[0].installed.steps[0].place.line, 13);
}

#[test]
fn an_unknown_dependency_leaves_everything_open() {
    let unheard = PYPROJECT.replace("\"requests\"", "\"never-heard-of\"");
    let project = project(&[(".github/workflows/ci.yml", WORKFLOW), ("pyproject.toml", &unheard)], &[]);
    assert_eq!(
        show(&project, &["never_heard_of", "playwright", "numpy"])[0],
        "py3.9-ubuntu pytest 8.4.2 +never_heard_of ?playwright ?numpy"
    );
}

#[test]
fn a_lock_file_closes_it() {
    let lock = r#"
[[package]]
name = "acme"
source = { editable = "." }
dependencies = [{ name = "never-heard-of" }]
[package.optional-dependencies]
e2e = [{ name = "playwright" }]
[[package]]
name = "never-heard-of"
dependencies = [{ name = "certifi" }]
[[package]]
name = "certifi"
[[package]]
name = "playwright"
[[package]]
name = "pytest"
version = "8.3.5"
[[package]]
name = "tomli"
[[package]]
name = "colorama"
[[package]]
name = "pytest-xdist"
dependencies = [{ name = "execnet" }]
[[package]]
name = "execnet"
"#;
    let unheard = PYPROJECT.replace("\"requests\"", "\"never-heard-of\"");
    let workflow = WORKFLOW.replace("pip install -e .[test]", "uv sync --locked --extra test");
    let files =
        [(".github/workflows/ci.yml", workflow.as_str()), ("pyproject.toml", &unheard), ("uv.lock", lock)];
    let project = project(&files, &[]);
    assert_eq!(
        show(&project, &["certifi", "playwright", "numpy", "execnet"])[0],
        "py3.9-ubuntu pytest 8.3.5 +certifi -playwright -numpy +execnet"
    );
}

#[test]
fn what_a_workflow_hides_is_never_absent() {
    let hidden = WORKFLOW.replace("pip install -e .[test]", "./scripts/install-everything");
    let project = project(&[(".github/workflows/ci.yml", &hidden), ("pyproject.toml", PYPROJECT)], &[]);
    assert_eq!(
        show(&project, &["requests", "playwright"])[0],
        "py3.9-ubuntu pytest 8.4.2 ?requests ?playwright"
    );
}

#[test]
fn requirements_files_and_groups_are_followed() {
    let workflow = "jobs:\n  t:\n    runs-on: ubuntu-latest\n    container: python:3.11\n    steps:\n      - run: pip install -r requirements/test.txt\n      - run: pip install --group fast && pytest\n";
    let project = project(
        &[
            (".github/workflows/ci.yml", workflow),
            ("requirements/test.txt", "-r base.txt\npytest<8\n"),
            ("requirements/base.txt", "six\n"),
            (
                "pyproject.toml",
                "[dependency-groups]\nfast = [{include-group = 'more'}]\nmore = ['numpy']\nslow = ['torch']\n",
            ),
        ],
        &[],
    );
    assert_eq!(show(&project, &["six", "numpy", "torch"]), ["py3.11-ubuntu pytest 7.4.4 +six +numpy -torch"]);
    let torch = project.declared_at(&"torch".parse().unwrap());
    assert_eq!((&torch[0].list, torch[0].place.line), (&List::Group("slow".parse().unwrap()), 4));
}

#[test]
fn projects_of_a_monorepo_depend_on_each_other() {
    let project = project(
        &[
            (
                ".github/workflows/ci.yml",
                "jobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: astral-sh/setup-uv@v6\n        with: {python-version: '3.12'}\n      - run: uv sync --group test\n        working-directory: apps/web\n      - run: uv run pytest\n        working-directory: apps/web\n",
            ),
            (
                "apps/web/pyproject.toml",
                "[project]\nname='web'\ndependencies=['core[db]']\n[dependency-groups]\ntest=['pytest']\n[tool.uv.sources]\ncore = {path='../../libs/core'}\n",
            ),
            (
                "libs/core/pyproject.toml",
                "[project]\nname='core'\ndependencies=['attrs']\n[project.optional-dependencies]\ndb=['psycopg2-binary']\nml=['torch']\n",
            ),
        ],
        &[],
    );
    assert_eq!(
        show(&project, &["attr", "psycopg2", "torch"]),
        ["py3.12-ubuntu pytest 9.2.0 +attr +psycopg2 -torch"]
    );
    let environments = project.environments(&usual());
    let ThirdParty::Declared(declared) = &environments[0].1.third_party else { panic!("not declared") };
    assert_eq!(declared.projects, [Path::new("/p/apps/web"), Path::new("/p/libs/core")]);
}

#[test]
fn stated_cells_stand_beside_those_of_workflows() {
    let stated = StatedCell {
        name: "old".into(),
        python: Some(PythonVersion::new(3, 8)),
        platform: Some(Platform::Windows),
        extras: Some(vec!["test".into()]),
        variables: BTreeMap::from([("MODE".into(), "x".into())]),
        ..StatedCell::default()
    };
    let everything =
        StatedCell { name: "all".into(), python: Some(PythonVersion::new(3, 12)), ..StatedCell::default() };
    let project = project(&[("pyproject.toml", PYPROJECT)], &[stated, everything]);
    assert_eq!(
        show(&project, &["requests", "playwright", "sphinx"]),
        ["old pytest 8.3.5 +requests -playwright -sphinx", "all pytest 9.2.0 +requests +playwright +sphinx",]
    );
    assert_eq!(project.cells[0].variables["MODE"].as_deref(), Some("x"));
}

#[test]
fn names_tell_cells_apart() {
    let workflow = r#"
jobs:
  tox:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/setup-python@v5
        with: {python-version: "3.11"}
      - run: pip install tox
      - run: tox
  same:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/setup-python@v5
        with: {python-version: "3.11"}
      - run: tox
  arm:
    runs-on: ubuntu-24.04-arm
    steps:
      - uses: actions/setup-python@v5
        with: {python-version: "3.11"}
      - name: unit tests
        run: pytest tests/unit
      - name: other tests
        run: pytest tests/other
"#;
    let tox = "[tox]\nenvlist = py{39,311}-{dj4,dj5}\n[testenv]\ndeps =\n  dj4: Django<5\n  dj5: Django>=5\ncommands = pytest\n";
    let project = project(&[(".github/workflows/ci.yml", workflow), ("tox.ini", tox)], &[]);
    let names: Vec<_> = project.cells.iter().map(|cell| cell.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "py3.11-ubuntu-dj4",
            "py3.11-ubuntu-dj5",
            "py3.11-ubuntu-arm-unit-tests",
            "py3.11-ubuntu-arm-other-tests",
        ]
    );
}
