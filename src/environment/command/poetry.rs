//! Poetry, PDM and Pipenv.

use crate::environment::declare::Dependency;
use crate::environment::install::{Installer, Parts, ProjectInstall, Selection, What};

use super::arguments::{self, Argument, names};
use super::shell::is_known;
use super::{At, Runner, tasks};

const POETRY: [&str; 12] = [
    "--with",
    "--without",
    "--only",
    "--extras",
    "-E",
    "-C",
    "--directory",
    "-P",
    "--project",
    "--group",
    "-G",
    "--source",
];

pub(super) fn run_poetry(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    let (global, rest) = arguments::skip_options(words, &POETRY);
    let Some((command, rest)) = rest.split_first() else { return };
    let outside = runner.state.directory.clone();
    let options: Vec<String> = global.iter().chain(rest).cloned().collect();
    let options = arguments::read(&options, &POETRY);
    match command.as_str() {
        "install" | "sync" => {
            enter(runner, &options);
            install_poetry(runner, &options, at);
        }
        "run" => {
            enter(runner, &arguments::read(global, &POETRY));
            runner.run(rest, at);
        }
        "add" => add(runner, &options, at),
        // `config`, `build`, `check`, `export`, `lock`, `env`, `show`, `self`, …
        _ => {}
    }
    runner.state.directory = outside;
}

fn enter(runner: &mut Runner<'_>, options: &[Argument<'_>]) {
    for option in options {
        if let Argument::Option("-C" | "--directory" | "-P" | "--project", directory) = option {
            match runner.path(directory) {
                Some(directory) => runner.state.directory = directory,
                None => runner.lose_track(),
            }
        }
    }
}

fn add(runner: &mut Runner<'_>, options: &[Argument<'_>], at: At<'_>) {
    for option in options {
        if let Argument::Positional(text) = option {
            let text = text.split('@').next().unwrap_or(text);
            match Dependency::parse(text, &runner.state.directory, at.place).filter(|_| is_known(text)) {
                Some(dependency) => runner.install(What::Package(dependency), at),
                None => runner.lose_track(),
            }
        }
    }
}

fn install_poetry(runner: &mut Runner<'_>, options: &[Argument<'_>], at: At<'_>) {
    let mut project = project(runner, Installer::Poetry);
    let mut only = Selection::default();
    let mut only_main = false;
    for option in options {
        match *option {
            Argument::Flag("--all-extras") => project.extras.all = true,
            Argument::Flag("--all-groups") => project.groups.all = true,
            Argument::Flag("--no-root") => project.parts = Parts::Dependencies,
            Argument::Flag("--only-root") => project.parts = Parts::Itself,
            Argument::Flag("--no-dev") => project.default_groups = false,
            Argument::Option(option, value) => {
                if !is_known(value) {
                    runner.lose_track();
                }
                let values = names(value).filter_map(|name| name.parse().ok());
                match option {
                    "-E" | "--extras" => project.extras.named.extend(values),
                    "--with" => project.groups.named.extend(values),
                    "--without" => project.groups.without.extend(values),
                    "--only" => {
                        only_main |= names(value).any(|name| name == "main");
                        only.named.extend(values);
                    }
                    _ => {}
                }
            }
            Argument::Flag(_) | Argument::Positional(_) => {}
        }
    }
    if !only.named.is_empty() {
        project.default_groups = false;
        project.groups = only;
        if !only_main {
            project.parts = Parts::Neither;
        }
    }
    runner.install(What::Project(project), at);
}

fn project(runner: &Runner<'_>, installer: Installer) -> ProjectInstall {
    ProjectInstall {
        installer,
        default_groups: true,
        locked: true,
        ..super::pip::plain(runner.state.directory.clone())
    }
}

const PDM: [&str; 12] = [
    "-G",
    "--group",
    "--with",
    "--without",
    "-p",
    "--project",
    "-L",
    "--lockfile",
    "--venv",
    "-c",
    "--config",
    "-k",
];

pub(super) fn run_pdm(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    let (global, rest) = arguments::skip_options(words, &PDM);
    let Some((command, rest)) = rest.split_first() else { return };
    let outside = runner.state.directory.clone();
    let options: Vec<String> = global.iter().chain(rest).cloned().collect();
    let options = arguments::read(&options, &PDM);
    for option in &options {
        if let Argument::Option("-p" | "--project", directory) = option {
            match runner.path(directory) {
                Some(directory) => runner.state.directory = directory,
                None => runner.lose_track(),
            }
        }
    }
    match command.as_str() {
        "install" | "sync" => install_pdm(runner, &options, at),
        "run" => {
            let (_, inner) = arguments::skip_options(rest, &PDM);
            if !tasks::run_pyproject_script(runner, &["tool", "pdm", "scripts"], inner, at) {
                runner.run(inner, at);
            }
        }
        "add" | "update" => runner.lose_track(),
        // A script may be run by its name alone.
        _ => {
            let inner: Vec<String> = [command.clone()].into_iter().chain(rest.iter().cloned()).collect();
            tasks::run_pyproject_script(runner, &["tool", "pdm", "scripts"], &inner, at);
        }
    }
    runner.state.directory = outside;
}

fn install_pdm(runner: &mut Runner<'_>, options: &[Argument<'_>], at: At<'_>) {
    let mut project = project(runner, Installer::Pdm);
    let mut chosen = Selection::default();
    let mut only_dev = false;
    for option in options {
        match *option {
            Argument::Flag("--prod" | "--production" | "--no-dev") => project.default_groups = false,
            Argument::Flag("-d" | "--dev") => only_dev = true,
            Argument::Flag("--no-default") => project.parts = Parts::Neither,
            Argument::Flag("--no-self") => project.parts = Parts::Dependencies,
            Argument::Option("-G" | "--group" | "--with", ":all") => {
                project.groups.all = true;
                project.extras.all = true;
            }
            Argument::Option("-G" | "--group" | "--with", value) => {
                if !is_known(value) {
                    runner.lose_track();
                }
                chosen.named.extend(names(value).filter_map(|name| name.parse().ok()));
            }
            Argument::Option("--without", value) => {
                project.groups.without.extend(names(value).filter_map(|name| name.parse().ok()));
            }
            Argument::Option(..) | Argument::Flag(_) | Argument::Positional(_) => {}
        }
    }
    if only_dev && !chosen.named.is_empty() {
        project.default_groups = false;
    }
    // `-G` takes extras and groups alike.
    project.extras.named.extend(chosen.named.iter().cloned());
    project.groups.named.extend(chosen.named);
    runner.install(What::Project(project), at);
}

pub(super) fn run_pipenv(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    let (_, rest) = arguments::skip_options(words, &["--python"]);
    let Some((command, rest)) = rest.split_first() else { return };
    match command.as_str() {
        "install" | "sync" => {
            let options = arguments::read(rest, &["--python", "-r", "-i", "--categories"]);
            let dev = options.contains(&Argument::Flag("--dev")) || options.contains(&Argument::Flag("-d"));
            if options.iter().any(|option| matches!(option, Argument::Positional(_))) {
                add(runner, &options, at);
            }
            runner.install(What::Pipfile { directory: runner.state.directory.clone(), dev }, at);
        }
        "run" => runner.run(rest, at),
        _ => {}
    }
}
