//! pytest itself, and Python running modules.

use crate::environment::interpreter::Interpreter;

use super::shell::is_known;
use super::{At, Runner, arguments};

/// How pytest is started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PytestCall {
    /// The arguments that are known.
    pub arguments: Vec<String>,
    /// Whether `arguments` are all of them.
    pub complete: bool,
    /// `python -m pytest`: the working directory is then on `sys.path`.
    pub as_module: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Program,
    Module,
}

pub(super) fn run(runner: &mut Runner<'_>, rest: &[String], start: Start, at: At<'_>) {
    const NO_SESSION: [&str; 6] = ["--version", "-V", "--help", "-h", "--markers", "--fixtures"];
    if rest.iter().any(|word| NO_SESSION.contains(&word.as_str())) {
        return;
    }
    let call = PytestCall {
        arguments: rest.iter().filter(|word| is_known(word)).cloned().collect(),
        complete: rest.iter().all(|word| is_known(word)),
        as_module: start == Start::Module,
    };
    runner.start(call, at);
}

const COVERAGE_VALUED: [&str; 8] = [
    "--source",
    "--include",
    "--omit",
    "--rcfile",
    "--context",
    "--concurrency",
    "--data-file",
    "--contexts",
];

/// `coverage run --source=src -m pytest -q`
pub(super) fn run_coverage(runner: &mut Runner<'_>, rest: &[String], at: At<'_>) {
    let Some(("run", rest)) = rest.split_first().map(|(command, rest)| (command.as_str(), rest)) else {
        return;
    };
    let (_, rest) = arguments::skip_options(rest, &COVERAGE_VALUED);
    // `-m` is an option without value here: what follows begins the command.
    if let Some((module, rest)) = rest.split_first() {
        run_module(runner, module, rest, at);
    }
}

pub(super) fn is_python(name: &str) -> bool {
    matches!(name, "python" | "python3" | "py" | "pypy3" | "pypy" | "coverage3")
        || name.strip_prefix("python3.").is_some_and(|minor| minor.chars().all(|c| c.is_ascii_digit()))
}

/// `python -X dev -m pytest`, `py -3.9 -m pip install x`, `python script.py`
pub(super) fn run_python(runner: &mut Runner<'_>, name: &str, rest: &[String], at: At<'_>) {
    let before = runner.state.python;
    let mut rest = rest;
    if let found @ Interpreter::CPython(_) = Interpreter::parse(name) {
        runner.state.python = found;
    }
    if name == "py"
        && let Some((first, others)) = rest.split_first()
        && let Some(version) = first.strip_prefix('-')
        && let found @ Interpreter::CPython(_) = Interpreter::parse(version)
    {
        runner.state.python = found;
        rest = others;
    }
    let mut at_word = 0;
    while let Some(word) = rest.get(at_word) {
        match word.as_str() {
            "-m" => {
                if let Some((module, rest)) = rest.get(at_word + 1..).and_then(<[String]>::split_first) {
                    run_module(runner, module, rest, at);
                }
                break;
            }
            "-c" | "-V" | "--version" => break,
            "-X" | "-W" => at_word += 2,
            option if option.starts_with('-') => at_word += 1,
            script => {
                run_python_file(runner, script, &rest[at_word + 1..], at);
                break;
            }
        }
    }
    runner.state.python = before;
}

fn run_module(runner: &mut Runner<'_>, module: &str, rest: &[String], at: At<'_>) {
    const TOOLS: [&str; 9] = ["pip", "tox", "nox", "hatch", "poetry", "pdm", "pipenv", "uv", "poethepoet"];
    const HARMLESS: [&str; 12] = [
        "venv",
        "virtualenv",
        "build",
        "compileall",
        "ensurepip",
        "flake8",
        "mypy",
        "black",
        "ruff",
        "twine",
        "playwright",
        "pylint",
    ];
    match module {
        "pytest" => run(runner, rest, Start::Module, at),
        "coverage" => run_coverage(runner, rest, at),
        _ if TOOLS.contains(&module) => {
            let words: Vec<String> = [module.to_owned()].into_iter().chain(rest.iter().cloned()).collect();
            runner.run(&words, at);
        }
        _ if HARMLESS.contains(&module) => {}
        _ => runner.lose_track(),
    }
}

fn run_python_file(runner: &mut Runner<'_>, script: &str, rest: &[String], at: At<'_>) {
    let is_setup = script == "setup.py";
    match rest.first().map(String::as_str) {
        Some("install" | "develop") if is_setup => super::pip::install_project(runner, ".", at),
        Some("build_ext" | "sdist" | "bdist_wheel" | "check" | "clean" | "build") if is_setup => {}
        // A manage.py or a script of the project's: it may do anything.
        Some(_) | None => runner.lose_track(),
    }
}
