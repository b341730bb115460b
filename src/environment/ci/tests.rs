//! Workflows of the usual kinds.

use std::sync::Arc;

use super::*;
use crate::environment::install::{Install, What};

fn read_all(texts: &[(&str, &str)]) -> Vec<Found> {
    let overlay = texts.iter().map(|(path, text)| (Path::new("/p").join(path), Arc::from(text.as_bytes())));
    let fs = FileSystem::with_overlay(overlay);
    let files = Files::new(&fs, Path::new("/p"), &|_| None);
    let (found, errors) = read(&files);
    assert!(errors.is_empty(), "{errors:?}");
    found
}

fn installs(found: &Found) -> String {
    let text = |install: &Install| {
        let text = match &install.what {
            What::Project(project) => {
                let names = |names: &std::collections::BTreeSet<pep508_rs::ExtraName>| {
                    names.iter().map(ToString::to_string).collect::<Vec<_>>().join("+")
                };
                format!("project {}/{}", names(&project.extras.named), names(&project.groups.named))
            }
            What::Requirements(path) => format!("-r {}", path.display()),
            What::Package(dependency) => dependency.text.clone(),
            What::CondaEnvironment(path) => format!("conda {}", path.display()),
            What::Pipfile { .. } => "Pipfile".to_owned(),
        };
        format!("{text}{}:{}", if install.certain { "" } else { "?" }, install.place.line)
    };
    let steps: Vec<_> = found.session.state.installed.steps.iter().map(text).collect();
    steps.join(", ") + if found.session.state.installed.everything_known { "" } else { " …" }
}

fn show(found: &Found) -> String {
    let state = &found.session.state;
    let python = state.python.version().map_or("?".to_owned(), |version| version.to_string());
    let platform = state.platform.map_or("?".to_owned(), |platform| platform.to_string());
    let machine = match (state.machine, state.platform) {
        (Some(machine), Some(platform)) => machine.name(platform),
        _ => "?",
    };
    let values = found.values.join(",");
    format!(
        "{} {python} {platform} {machine} ({values}) [{}] {}:{}",
        found.job,
        installs(found),
        found.session.pytest.arguments.join(" "),
        found.session.place.line
    )
}

const GITHUB: &str = r#"
name: tests
on: [push]
env:
  MODE: ci
jobs:
  test:
    runs-on: ${{ matrix.os }}
    strategy:
      fail-fast: false
      matrix:
        os: [ubuntu-latest, windows-latest]
        python-version: ["3.9", "3.13"]
        exclude:
          - {os: windows-latest, python-version: "3.13"}
        include:
          - {os: macos-13, python-version: "3.12", extra: e2e}
          - {os: ubuntu-24.04-arm, python-version: "pypy-3.10"}
    env:
      TOKEN: ${{ secrets.TOKEN }}
    defaults:
      run:
        working-directory: backend
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: ${{ matrix.python-version }}
      - name: Install
        run: |
          python -m pip install --upgrade pip
          pip install -e .[test]
      - if: matrix.extra == 'e2e'
        run: pip install -e ".[${{ matrix.extra }}]"
      - if: github.event_name == 'push'
        run: pip install coveralls
      - name: Test
        env: {DEBUG: 1}
        run: pytest -m "not slow" ${{ matrix.args }}
  lint:
    runs-on: ubuntu-latest
    steps:
      - run: ruff check
"#;

#[test]
fn a_matrix_becomes_one_entry_for_each_combination() {
    let found = read_all(&[(".github/workflows/ci.yml", GITHUB)]);
    let lines: Vec<_> = found.iter().map(show).collect();
    assert_eq!(
        lines,
        [
            "test 3.9 linux x86_64 () [pip:31, project test/:32, coveralls?:36] -m not slow:39",
            "test 3.13 linux x86_64 () [pip:31, project test/:32, coveralls?:36] -m not slow:39",
            "test 3.9 windows AMD64 () [pip:31, project test/:32, coveralls?:36] -m not slow:39",
            "test 3.12 macos x86_64 (e2e) [pip:31, project test/:32, project e2e/:34, coveralls?:36] -m not slow:39",
        ]
    );
    let state = &found[0].session.state;
    assert_eq!(state.variables["MODE"].as_deref(), Some("ci"));
    assert_eq!(state.variables["TOKEN"], None);
    assert_eq!(state.variables["DEBUG"].as_deref(), Some("1"));
    assert_eq!(state.variables["CI"].as_deref(), Some("true"));
    assert_eq!(state.directory, Path::new("/p/backend"));
    assert_eq!(found[0].step.as_deref(), Some("Test"));
}

#[test]
fn composite_actions_and_reusable_workflows_are_followed() {
    let caller = "jobs:\n  call:\n    uses: ./.github/workflows/test.yml\n    with: {python: '3.11'}\n";
    let called = "on:\n  workflow_call:\n    inputs:\n      python: {type: string}\n      group: {default: test}\n\
                  jobs:\n  run:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ./.github/actions/setup\n        with:\n          python: ${{ inputs.python }}\n          group: ${{ inputs.group }}\n      - run: uv run pytest\n";
    let action = "inputs:\n  python: {}\n  group: {}\nruns:\n  using: composite\n  steps:\n    - uses: astral-sh/setup-uv@v6\n      with:\n        python-version: ${{ inputs.python }}\n    - run: uv sync --group ${{ inputs.group }}\n      shell: bash\n";
    let found = read_all(&[
        (".github/workflows/ci.yml", caller),
        (".github/workflows/test.yml", called),
        (".github/actions/setup/action.yml", action),
    ]);
    assert_eq!(show(&found[0]), "call/run 3.11 linux x86_64 () [project /test:10, project /:14] :14");
    // By itself nobody knows its inputs.
    assert!(show(&found[1]).starts_with("run ? linux"), "{}", show(&found[1]));
}

#[test]
fn what_an_expression_hides_is_unknown() {
    let text = "jobs:\n  t:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix: ${{ fromJSON(needs.x.outputs.m) }}\n    steps:\n      - uses: some/action@v1\n      - run: pip install .[${{ matrix.extra }}]\n      - run: pytest\n";
    let found = read_all(&[(".github/workflows/ci.yml", text)]);
    assert_eq!(show(&found[0]), "t ? ? ? () [ …] :9");
    let literal = "jobs:\n  t:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        python: ${{ fromJSON('[\"3.9\", \"3.10\"]') }}\n    steps:\n      - uses: actions/setup-python@v5\n        with: {python-version: '${{ matrix.python }}'}\n      - run: pytest\n";
    assert_eq!(read_all(&[(".github/workflows/ci.yml", literal)]).len(), 2);
}

#[test]
fn versions_come_from_files_and_images() {
    let text = "jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/setup-python@v5\n      - run: pytest\n  b:\n    runs-on: ubuntu-latest\n    container: python:3.8-slim\n    steps:\n      - run: pytest\n  c:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/setup-python@v5\n        with: {python-version: 3.10}\n      - run: pytest\n";
    let found = read_all(&[(".github/workflows/ci.yml", text), (".python-version", "3.12.1\n")]);
    let versions: Vec<_> =
        found.iter().map(|one| one.session.state.python.version().map(|version| version.minor)).collect();
    // An unquoted 3.10 is 3.1.
    assert_eq!(versions, [Some(12), Some(8), None]);
}

#[test]
fn gitlab_has_images_scripts_and_a_matrix() {
    let text = r#"
image: python:3.12
variables:
  PIP_CACHE_DIR: "$CI_PROJECT_DIR/.cache"
.base:
  before_script:
    - pip install -e .[test]
test:
  extends: .base
  image: python:${PY}-slim
  parallel:
    matrix:
      - PY: ["3.9", "3.11"]
        DB: [pg, lite]
  script:
    - |
      pip install psycopg2
      pytest --db=$DB
lint:
  script: [ruff check]
"#;
    let found = read_all(&[(".gitlab-ci.yml", text)]);
    assert_eq!(found.len(), 4);
    assert_eq!(show(&found[3]), "test 3.11 linux x86_64 (lite) [project test/:7, psycopg2:17] --db=lite:18");
}

#[test]
fn azure_has_a_matrix_of_named_rows() {
    let text = r"
jobs:
- job: Test
  pool: {vmImage: $(image)}
  strategy:
    matrix:
      linux39: {image: ubuntu-latest, python.version: '3.9'}
      win312: {image: windows-latest, python.version: '3.12'}
  steps:
  - task: UsePythonVersion@0
    inputs: {versionSpec: '$(python.version)'}
  - script: |
      python -m pip install -r requirements.txt
      pytest
    displayName: tests
";
    let found = read_all(&[("azure-pipelines.yml", text)]);
    let lines: Vec<_> = found.iter().map(show).collect();
    assert_eq!(
        lines,
        [
            "Test 3.9 linux x86_64 () [-r /p/requirements.txt:13] :14",
            "Test 3.12 windows AMD64 () [-r /p/requirements.txt:13] :14",
        ]
    );
}

#[test]
fn a_broken_workflow_is_an_error_with_a_place() {
    let fs =
        FileSystem::with_overlay([("/p/.github/workflows/a.yml".into(), Arc::from(b"jobs: [\n".as_slice()))]);
    let files = Files::new(&fs, Path::new("/p"), &|_| None);
    assert_eq!(read(&files).1.len(), 1);
}
