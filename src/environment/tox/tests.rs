//! tox in its several files.

use std::sync::Arc;

use super::*;

fn tox(name: &str, text: &str) -> Tox {
    let fs = FileSystem::with_overlay([(Path::new("/p").join(name), Arc::from(text.as_bytes()))]);
    Tox::read(&fs, Path::new("/p")).unwrap()
}

fn deps(environment: &ToxEnvironment) -> Vec<String> {
    environment.deps.iter().map(|(text, place)| format!("{text}:{}", place.line)).collect()
}

fn commands(environment: &ToxEnvironment) -> Vec<String> {
    environment.commands.iter().map(|command| command.words.join(" ")).collect()
}

const INI: &str = "\
[tox]
envlist = py{39,311}-{django42,django5}, lint

[gh-actions]
python =
    3.9: py39
    3.11: py311, lint

[base]
deps =
    pytest
    pytest-cov

[testenv]
deps =
    {[base]deps}
    -r {toxinidir}/requirements/test.txt
    django42: Django>=4.2,<5
    py39: tomli
extras = web, cli
setenv =
    MODE = {env:MODE:fast}
passenv = CI, GITHUB_*
commands =
    pytest {posargs:tests} \\
        --cov

[testenv:lint]
skip_install = true
basepython = python3.12
deps = ruff
commands = ruff check .
";

#[test]
fn ini_files_have_factors_references_and_a_base() {
    let tox = tox("tox.ini", INI);
    assert_eq!(tox.env_list(), ["py39-django42", "py39-django5", "py311-django42", "py311-django5", "lint"]);
    let environment = tox.environment("py39-django42", &Invocation::default());
    assert_eq!(
        deps(&environment),
        ["pytest:11", "pytest-cov:12", "-r /p/requirements/test.txt:17", "Django>=4.2,<5:18", "tomli:19"]
    );
    assert_eq!(environment.python, Some(Interpreter::parse("3.9")));
    assert_eq!(environment.extras, ["web", "cli"]);
    assert_eq!(environment.set_env, [("MODE".to_owned(), Some("fast".to_owned()))]);
    assert_eq!(environment.pass_env, ["CI", "GITHUB_*"]);
    assert_eq!(commands(&environment), ["pytest tests --cov"]);
    assert!(environment.installs_project && environment.complete);
    let words = ["-k".to_owned(), "slow".to_owned()];
    let invocation = Invocation { posargs: Some(&words), variables: None };
    assert_eq!(commands(&tox.environment("py311-django5", &invocation)), ["pytest -k slow --cov"]);
    let lint = tox.environment("lint", &Invocation::default());
    assert_eq!((deps(&lint), lint.installs_project), (vec!["ruff:31".to_owned()], false));
    assert_eq!(lint.python, Some(Interpreter::parse("3.12")));
    assert_eq!(tox.github_environments("3.11").unwrap(), ["py311-django42", "py311-django5", "lint"]);
}

#[test]
fn toml_files_have_replacements() {
    let tox = tox(
        "tox.toml",
        r#"
env_list = ["3.9", { product = [["3.11"], ["a", "b"]] }]
[env_run_base]
deps = ["pytest>=8", "-r{tox_root}/reqs.txt"]
dependency_groups = ["test"]
commands = [["pytest", { replace = "posargs", default = ["tests"], extend = true }]]
[env."3.11-a"]
deps = [{ replace = "ref", of = ["env_run_base", "deps"], extend = true }, "numpy"]
set_env.MODE = "x"
skip_install = true
"#,
    );
    assert_eq!(tox.env_list(), ["3.9", "3.11-a", "3.11-b"]);
    let environment = tox.environment("3.11-a", &Invocation::default());
    assert_eq!(deps(&environment), ["pytest>=8:4", "-r/p/reqs.txt:4", "numpy:8"]);
    assert_eq!(environment.groups, ["test"]);
    assert_eq!(commands(&environment), ["pytest tests"]);
    assert!(!environment.installs_project);
    assert!(tox.environment("3.9", &Invocation::default()).installs_project);
}

#[test]
fn an_ini_text_in_pyproject_keeps_its_lines() {
    let text = "[tool.tox]\nlegacy_tox_ini = \"\"\"\n[testenv]\ndeps = pytest\n\"\"\"\n";
    let environment = tox("pyproject.toml", text).environment("py39", &Invocation::default());
    assert_eq!(deps(&environment), ["pytest:4"]);
}

#[test]
fn references_in_circles_end() {
    let text = "[testenv]\ndeps = {[testenv]deps}\ncommands = {[a]b}\n[a]\nb = x{[a]b}\n";
    let environment = tox("tox.ini", text).environment("py", &Invocation::default());
    assert!(environment.deps.len() < 5);
}
