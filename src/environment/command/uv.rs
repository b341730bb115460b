//! uv: `uv sync`, `uv run`, `uv pip`, `uv tool run`.

use crate::environment::declare::Dependency;
use crate::environment::install::{Installer, Parts, ProjectInstall, Selection, What};
use crate::environment::interpreter::Interpreter;

use super::arguments::{self, Argument};
use super::shell::is_known;
use super::{At, Runner};

const VALUED: [&str; 36] = [
    "--extra",
    "--no-extra",
    "--group",
    "--no-group",
    "--only-group",
    "--with",
    "--with-editable",
    "--with-requirements",
    "--python",
    "-p",
    "--directory",
    "--project",
    "--package",
    "--env-file",
    "--no-install-package",
    "--index",
    "--default-index",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "--upgrade-package",
    "-P",
    "--resolution",
    "--prerelease",
    "--link-mode",
    "--color",
    "--cache-dir",
    "--config-file",
    "--config-setting",
    "-C",
    "--from",
    "-w",
    "--refresh-package",
    "--reinstall-package",
];

pub(super) fn run(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    let (global, rest) = arguments::skip_options(words, &VALUED);
    let Some((command, rest)) = rest.split_first() else { return };
    let directory = runner.state.directory.clone();
    let options: Vec<String> = global.to_vec();
    match command.as_str() {
        "sync" => {
            let all: Vec<String> = options.into_iter().chain(rest.iter().cloned()).collect();
            sync(runner, &arguments::read(&all, &VALUED), at);
        }
        "run" => {
            let (own, inner) = arguments::skip_options(rest, &VALUED);
            let all: Vec<String> = options.into_iter().chain(own.iter().cloned()).collect();
            run_in_project(runner, &arguments::read(&all, &VALUED), inner, at);
        }
        "pip" => {
            enter(runner, &arguments::read(&options, &VALUED));
            super::pip::run(runner, rest, at);
        }
        "tool" if rest.first().is_some_and(|word| word == "run") => run_tool(runner, &rest[1..], at),
        "python" if rest.first().is_some_and(|word| word == "pin") => {
            let version = rest.iter().skip(1).find(|word| !word.starts_with('-'));
            runner.state.pinned_python = version.map(|version| Interpreter::parse(version));
        }
        "venv" => {
            if let Some(text) = value(&arguments::read(rest, &VALUED), "--python") {
                runner.state.python = Interpreter::parse(text);
            }
        }
        "add" => runner.lose_track(),
        // `python install`, `lock`, `build`, `tool install`, `cache`, `export`, …
        _ => {}
    }
    if !matches!(command.as_str(), "cd") {
        runner.state.directory = directory;
    }
}

/// `uvx --with pytest-cov pytest`: an environment of its own.
pub(super) fn run_tool(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    let (options, inner) = arguments::skip_options(words, &VALUED);
    let options = arguments::read(options, &VALUED);
    let Some((tool, rest)) = inner.split_first() else { return };
    let name = tool.split(['@', '=']).next().unwrap_or(tool).to_owned();
    let command: Vec<String> = [name.clone()].into_iter().chain(rest.iter().cloned()).collect();
    match name.as_str() {
        "pytest" | "coverage" => runner.isolated("uvx", |runner| {
            python(runner, &options);
            with(runner, &options, at);
            runner.run(&command, at);
        }),
        "tox" | "nox" | "hatch" | "poetry" | "pdm" | "poe" => runner.run(&command, at),
        _ => {}
    }
}

fn run_in_project(runner: &mut Runner<'_>, options: &[Argument<'_>], inner: &[String], at: At<'_>) {
    let has = |name: &str| options.contains(&Argument::Flag(name));
    let working_directory = runner.state.directory.clone();
    let interpreter = runner.state.python;
    python(runner, options);
    let isolated = has("--isolated");
    let before = runner.state.installed.clone();
    if isolated {
        runner.state.installed = crate::environment::install::Installs::default();
    }
    if !has("--no-project") && !has("--no-sync") {
        sync(runner, options, at);
    }
    with(runner, options, at);
    // `--project` chooses the project, `--directory` changes to it.
    runner.state.directory = working_directory;
    if let Some(directory) = value(options, "--directory").and_then(|directory| runner.path(directory)) {
        runner.state.directory = directory;
    }
    runner.run(inner, at);
    if isolated {
        runner.state.installed = before;
    }
    runner.state.python = interpreter;
}

fn value<'a>(options: &[Argument<'a>], name: &str) -> Option<&'a str> {
    options.iter().rev().find_map(|option| match option {
        Argument::Option(known, value) if *known == name => Some(*value),
        Argument::Option(..) | Argument::Flag(_) | Argument::Positional(_) => None,
    })
}

fn enter(runner: &mut Runner<'_>, options: &[Argument<'_>]) {
    for name in ["--directory", "--project"] {
        if let Some(directory) = value(options, name) {
            match runner.path(directory) {
                Some(directory) => runner.state.directory = directory,
                None => runner.lose_track(),
            }
        }
    }
}

/// `--python 3.9`
fn python(runner: &mut Runner<'_>, options: &[Argument<'_>]) {
    if let Some(text) = value(options, "--python").or_else(|| value(options, "-p")) {
        runner.state.python = Interpreter::parse(text);
    } else if let Some(stated) = runner.state.variables.get("UV_PYTHON") {
        runner.state.python = stated.as_deref().map_or(Interpreter::Unknown, Interpreter::parse);
    } else if let Some(pinned) = runner.state.pinned_python {
        runner.state.python = pinned;
    } else {
        let file = runner.state.directory.join(".python-version");
        if let found @ (Interpreter::CPython(_) | Interpreter::Other) = runner.version_in(&file) {
            runner.state.python = found;
        }
    }
}

/// `--with x`, `--with-requirements file`, `--with-editable .`
fn with(runner: &mut Runner<'_>, options: &[Argument<'_>], at: At<'_>) {
    for option in options {
        match option {
            Argument::Option("--with" | "-w", text) => {
                for part in text.split(',') {
                    match Dependency::parse(part, &runner.state.directory, at.place)
                        .filter(|_| is_known(part))
                    {
                        Some(dependency) => runner.install(What::Package(dependency), at),
                        None => runner.lose_track(),
                    }
                }
            }
            Argument::Option("--with-requirements", file) => match runner.path(file) {
                Some(path) => runner.install(What::Requirements(path), at),
                None => runner.lose_track(),
            },
            Argument::Option("--with-editable", directory) => {
                super::pip::install_project(runner, directory, at);
            }
            Argument::Option(..) | Argument::Flag(_) | Argument::Positional(_) => {}
        }
    }
}

fn sync(runner: &mut Runner<'_>, options: &[Argument<'_>], at: At<'_>) {
    enter(runner, options);
    python(runner, options);
    let mut project = ProjectInstall {
        installer: Installer::Uv,
        default_groups: true,
        locked: true,
        ..super::pip::plain(runner.state.directory.clone())
    };
    let dev = "dev".parse();
    let mut only = Selection::default();
    for option in options {
        match *option {
            Argument::Flag("--all-extras") => project.extras.all = true,
            Argument::Flag("--all-groups") => project.groups.all = true,
            Argument::Flag("--no-dev") => project.groups.without.extend(dev.clone()),
            Argument::Flag("--dev") => project.groups.named.extend(dev.clone()),
            Argument::Flag("--only-dev") => only.named.extend(dev.clone()),
            Argument::Flag("--no-default-groups") => project.default_groups = false,
            Argument::Flag("--no-install-project" | "--no-install-workspace") => {
                project.parts = Parts::Dependencies;
            }
            Argument::Flag("--all-packages") => runner.lose_track(),
            Argument::Option(name, value) => {
                if matches!(name, "--extra" | "--group" | "--only-group") && !is_known(value) {
                    runner.lose_track();
                }
                let Ok(value) = value.parse() else { continue };
                match name {
                    "--extra" => drop(project.extras.named.insert(value)),
                    "--no-extra" => drop(project.extras.without.insert(value)),
                    "--group" => drop(project.groups.named.insert(value)),
                    "--no-group" => drop(project.groups.without.insert(value)),
                    "--only-group" => drop(only.named.insert(value)),
                    "--package" => runner.lose_track(),
                    _ => {}
                }
            }
            Argument::Flag(_) | Argument::Positional(_) => {}
        }
    }
    if !only.named.is_empty() {
        project.parts = Parts::Neither;
        project.default_groups = false;
        project.groups = only;
    }
    runner.install(What::Project(project), at);
}
