//! conda, mamba and micromamba.

use crate::environment::declare::Dependency;
use crate::environment::install::What;

use super::arguments::{self, Argument};
use super::{At, Runner};

const VALUED: [&str; 9] = ["-n", "--name", "-f", "--file", "-c", "--channel", "-p", "--prefix", "--solver"];

pub(super) fn run(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    let (_, rest) = arguments::skip_options(words, &[]);
    let Some((command, rest)) = rest.split_first() else { return };
    match command.as_str() {
        "run" => {
            let (_, inner) = arguments::skip_options(rest, &VALUED);
            runner.run(inner, at);
        }
        "env" if matches!(rest.first().map(String::as_str), Some("create" | "update")) => {
            install(runner, &rest[1..], Names::InFile, at);
        }
        "create" | "install" | "update" => install(runner, rest, Names::Positional, at),
        // `activate`, `info`, `list`, `config`, …
        _ => {}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    InFile,
    Positional,
}

fn install(runner: &mut Runner<'_>, rest: &[String], names: Names, at: At<'_>) {
    // What conda's packages need in turn nobody knows.
    runner.lose_track();
    let mut file = None;
    for argument in arguments::read(rest, &VALUED) {
        match argument {
            Argument::Option("-f" | "--file", path) => file = Some(path),
            Argument::Positional(text) if names == Names::Positional => {
                let spec = text.rsplit("::").next().unwrap_or(text);
                let name = spec.split(['=', '<', '>', ' ']).next().unwrap_or(spec);
                let dependency = Dependency::parse(name, &runner.state.directory, at.place);
                if let Some(dependency) = dependency.filter(|_| !matches!(name, "python" | "pip")) {
                    runner.install(What::Package(dependency), at);
                }
            }
            Argument::Option(..) | Argument::Flag(_) | Argument::Positional(_) => {}
        }
    }
    let file = file.or((names == Names::InFile).then_some("environment.yml"));
    if let Some(path) = file.and_then(|file| runner.path(file)) {
        runner.install(What::CondaEnvironment(path), at);
    }
}
