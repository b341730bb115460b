//! `tox run -e py39 -- -k fast`

use std::path::Path;

use crate::environment::declare::Item;
use crate::environment::declare::requirements::RequirementsFile;
use crate::environment::install::{Parts, ProjectInstall, Selection, What};
use crate::environment::interpreter::Interpreter;
use crate::environment::tox::{Invocation, ToxEnvironment};
use crate::environment::variables::{self, Host};

use super::arguments::{self, Argument, names};
use super::shell::is_known;
use super::{At, Runner};

const VALUED: [&str; 18] = [
    "-e",
    "-c",
    "--conf",
    "--workdir",
    "--root",
    "-x",
    "--override",
    "--result-json",
    "-o",
    "--installpkg",
    "--skip-env",
    "-m",
    "-f",
    "-p",
    "--parallel",
    "--colored",
    "--discover",
    "--parallel-no-spinner",
];

pub(super) fn run(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    let (own, posargs) = match words.iter().position(|word| word == "--") {
        Some(split) => (&words[..split], Some(&words[split + 1..])),
        None => (words, None),
    };
    let mut chosen: Option<Vec<String>> = None;
    let mut directory = runner.state.directory.clone();
    for argument in arguments::read(own, &VALUED) {
        match argument {
            Argument::Positional("run" | "r" | "run-parallel" | "p") => {}
            // `config`, `list`, `devenv`: no tests.
            Argument::Positional(_) | Argument::Flag("--version" | "--help" | "--notest" | "-l") => return,
            Argument::Option("-e", list) => {
                chosen.get_or_insert_default().extend(names(list).map(str::to_owned));
            }
            Argument::Option("-c" | "--conf", file) => {
                let Some(path) = runner.path(file) else { return unknown(runner, at) };
                let is_file = path.extension().is_some();
                directory =
                    if is_file { path.parent().map(Path::to_path_buf).unwrap_or_default() } else { path };
            }
            Argument::Option("-m" | "-f", _) => return unknown(runner, at),
            Argument::Option(..) | Argument::Flag(_) => {}
        }
    }
    let files = runner.files;
    let Some(tox) = files.tox(&directory) else { return unknown(runner, at) };
    if chosen.is_none()
        && let Some(value) =
            runner.state.variables.get("TOXENV").or_else(|| runner.state.variables.get("TOX_ENV"))
    {
        match value {
            Some(list) => chosen = Some(names(list).map(str::to_owned).collect()),
            None => return unknown(runner, at),
        }
    }
    if chosen.as_ref().is_some_and(|names| names.iter().any(|name| name == "ALL")) {
        chosen = None;
    }
    let outside = runner.state.python;
    let names = chosen.clone().unwrap_or_else(|| {
        let version = outside.version().map(|version| version.to_string());
        let mapped = version.filter(|_| runner.state.host == Host::GitHub);
        let mapped = mapped.and_then(|version| tox.github_environments(&version));
        mapped.unwrap_or_else(|| tox.env_list())
    });
    for name in names {
        if !is_known(&name) {
            unknown(runner, at);
            continue;
        }
        let variables = runner.state.variables.clone();
        let environment = tox.environment(&name, &Invocation { posargs, variables: Some(&variables) });
        let python = environment.python.unwrap_or(outside);
        // Of a list that nobody chose from, what the machine has no Python for is skipped or fails.
        let is_elsewhere =
            matches!((python, outside), (Interpreter::CPython(a), Interpreter::CPython(b)) if a != b);
        if chosen.is_none() && is_elsewhere {
            continue;
        }
        enter(runner, &environment, python, &tox.root, at);
    }
}

fn enter(
    runner: &mut Runner<'_>,
    environment: &ToxEnvironment,
    python: Interpreter,
    root: &Path,
    at: At<'_>,
) {
    let outside = variables::through_tox(&runner.state.variables, &environment.pass_env, &environment.name);
    runner.isolated(&environment.name, |runner| {
        runner.state.python = python;
        runner.state.variables = outside;
        runner.state.variables.extend(environment.set_env.iter().cloned());
        for (line, place) in &environment.deps {
            let inside = At { place, certain: at.certain };
            // `-r`, `-c`, `-e` and names: one line of a requirements file in tox's root.
            let file = RequirementsFile::parse(&root.join("tox.ini"), line);
            for item in file.items {
                match item {
                    Item::Dependency(mut dependency) => {
                        dependency.place = place.clone();
                        runner.install(What::Package(dependency), inside);
                    }
                    Item::Requirements(path, _) => runner.install(What::Requirements(path), inside),
                    Item::Group(..) => runner.lose_track(),
                }
            }
            if !file.complete || !is_known(line) {
                runner.lose_track();
            }
        }
        let named = |names: &[String]| Selection {
            named: names.iter().filter_map(|name| name.parse().ok()).collect(),
            ..Selection::default()
        };
        let project = ProjectInstall {
            extras: named(&environment.extras),
            groups: named(&environment.groups),
            parts: if environment.installs_project { Parts::Both } else { Parts::Neither },
            ..super::pip::plain(root.to_path_buf())
        };
        runner.install(What::Project(project), At { place: &environment.place, certain: at.certain });
        if !environment.complete {
            runner.lose_track();
        }
        runner.state.directory.clone_from(&environment.directory);
        for command in &environment.commands {
            runner.run(&command.words, At { place: &command.place, certain: at.certain });
        }
    });
}

/// A run of tox of which nothing is known but that there is one.
fn unknown(runner: &mut Runner<'_>, at: At<'_>) {
    runner.isolated("tox", |runner| {
        runner.lose_track();
        runner.state.python = Interpreter::Unknown;
        runner.start(super::PytestCall::default(), at);
    });
}
