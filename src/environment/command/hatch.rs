//! `hatch test`, `hatch run`.

use crate::environment::Place;
use crate::environment::declare::{Dependency, HatchEnvironment, Item};
use crate::environment::install::{Parts, ProjectInstall, Selection, What};
use crate::environment::interpreter::Interpreter;

use super::arguments::{self, Argument};
use super::shell::{self, Shell};
use super::{At, Runner};

pub(super) fn run(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    const GLOBAL: [&str; 6] = ["-e", "--env", "-p", "--project", "--data-dir", "--config"];
    let (global, rest) = arguments::skip_options(words, &GLOBAL);
    let Some((command, rest)) = rest.split_first() else { return };
    let chosen = arguments::read(global, &GLOBAL).into_iter().find_map(|argument| match argument {
        Argument::Option("-e" | "--env", name) => Some(name.to_owned()),
        Argument::Option(..) | Argument::Flag(_) | Argument::Positional(_) => None,
    });
    match command.as_str() {
        "test" => test(runner, rest, at),
        "run" => {
            let Some((first, arguments)) = rest.split_first() else { return };
            let (environment, script) = match first.rsplit_once(':') {
                Some((environment, script)) => (environment.to_owned(), script.to_owned()),
                None => (chosen.unwrap_or_else(|| "default".to_owned()), first.clone()),
            };
            let (environment, python) = version_in(&environment);
            enter(runner, &environment, python, at, &mut |runner, environment| {
                run_script(runner, environment, &script, arguments, at, 0);
            });
        }
        // `env`, `build`, `fmt`, `version`, …
        _ => {}
    }
}

/// `+py=3.9 test`, `test.py3.9`: the version that chooses from the matrix.
fn version_in(environment: &str) -> (String, Option<Interpreter>) {
    if let Some((name, variant)) = environment.split_once('.')
        && let found @ Interpreter::CPython(_) =
            Interpreter::parse(variant.split('-').next().unwrap_or(variant))
    {
        return (name.to_owned(), Some(found));
    }
    (environment.to_owned(), None)
}

fn test(runner: &mut Runner<'_>, rest: &[String], at: At<'_>) {
    const VALUED: [&str; 6] = ["-py", "--python", "-i", "--include", "-x", "--exclude"];
    let mut python = None;
    let mut words = rest;
    let mut all = false;
    let mut pytest = Vec::new();
    while let Some((word, tail)) = words.split_first() {
        words = tail;
        match word.as_str() {
            "--" => {
                pytest.extend(tail.iter().cloned());
                break;
            }
            "-a" | "--all" => all = true,
            "-py" | "--python" => python = tail.first().map(|text| Interpreter::parse(text)),
            "-c" | "--cover" | "--cover-quiet" | "-r" | "--randomize" | "-p" | "--parallel" | "-s"
            | "--show" => {}
            _ if VALUED.contains(&word.as_str()) => {}
            _ => {
                pytest.push(word.clone());
                continue;
            }
        }
        if VALUED.contains(&word.as_str()) {
            words = tail.get(1..).unwrap_or_default();
        }
    }
    if !all && python.is_none() {
        python = Some(runner.state.python);
    }
    enter(runner, "hatch-test", python, at, &mut |runner, _| {
        super::pytest::run(runner, &pytest, super::pytest::Start::Program, at);
    });
}

/// Runs `inside` in the environment, once for each Python that it has.
fn enter(
    runner: &mut Runner<'_>,
    name: &str,
    python: Option<Interpreter>,
    at: At<'_>,
    inside: &mut dyn FnMut(&mut Runner<'_>, Option<&HatchEnvironment>),
) {
    let root = runner.state.directory.clone();
    let files = runner.files;
    let environment = files.declarations(&root).hatch.get(name);
    let pythons = match (python, environment) {
        (Some(python), _) => vec![python],
        (None, Some(environment)) if !environment.pythons.is_empty() => {
            environment.pythons.iter().map(|text| Interpreter::parse(text)).collect()
        }
        (None, _) => vec![runner.state.python],
    };
    for python in pythons {
        runner.isolated(name, |runner| {
            runner.state.python = python;
            match environment {
                Some(environment) => install(runner, environment, at),
                None => install_default(runner, name, at),
            }
            inside(runner, environment);
        });
    }
}

fn install(runner: &mut Runner<'_>, environment: &HatchEnvironment, at: At<'_>) {
    let place: Place = environment.place.clone();
    let inside = At { place: &place, certain: at.certain };
    for item in &environment.dependencies.items {
        match item {
            Item::Dependency(dependency) => runner.install(What::Package(dependency.clone()), inside),
            Item::Requirements(path, _) => runner.install(What::Requirements(path.clone()), inside),
            Item::Group(..) => runner.lose_track(),
        }
    }
    if !environment.dependencies.complete {
        runner.lose_track();
    }
    let project = ProjectInstall {
        extras: Selection { named: environment.features.iter().cloned().collect(), ..Selection::default() },
        groups: Selection { named: environment.groups.iter().cloned().collect(), ..Selection::default() },
        parts: if environment.skip_install { Parts::Neither } else { Parts::Both },
        ..super::pip::plain(runner.state.directory.clone())
    };
    runner.install(What::Project(project), inside);
    let variables = environment.variables.iter().map(|(name, value)| (name.clone(), Some(value.clone())));
    runner.state.variables.extend(variables);
}

/// An environment that the project does not describe: `default`, or the one of `hatch test`.
fn install_default(runner: &mut Runner<'_>, name: &str, at: At<'_>) {
    if name == "hatch-test" {
        for text in crate::environment::declare::hatch::TEST_DEPENDENCIES {
            if let Some(dependency) = Dependency::parse(text, &runner.state.directory, at.place) {
                runner.install(What::Package(dependency), at);
            }
        }
    }
    runner.install(What::Project(super::pip::plain(runner.state.directory.clone())), at);
}

fn run_script(
    runner: &mut Runner<'_>,
    environment: Option<&HatchEnvironment>,
    script: &str,
    arguments: &[String],
    at: At<'_>,
    depth: usize,
) {
    let Some(lines) =
        environment.and_then(|environment| environment.scripts.get(script)).filter(|_| depth < 5)
    else {
        let words: Vec<String> = [script.to_owned()].into_iter().chain(arguments.iter().cloned()).collect();
        return runner.run(&words, at);
    };
    for (line, place) in lines {
        let line = with_arguments(line.trim_start_matches("- "), arguments);
        let inside = At { place, certain: at.certain };
        for command in shell::commands(&line, Shell::Posix, &runner.state.variables.clone()) {
            let Some((first, rest)) = command.words.split_first() else { continue };
            run_script(runner, environment, first, rest, inside, depth + 1);
        }
    }
}

/// `pytest {args:tests}`
fn with_arguments(line: &str, arguments: &[String]) -> String {
    let Some((before, after)) = line.split_once("{args") else { return line.to_owned() };
    let Some((default, rest)) = after.split_once('}') else { return line.to_owned() };
    let given = arguments.join(" ");
    let given = if arguments.is_empty() { default.trim_start_matches(':') } else { &given };
    format!("{before}{given}{rest}").replace("{root}", ".").replace('{', &shell::UNKNOWN.to_string())
}
