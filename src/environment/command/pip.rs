//! `pip install` and `uv pip install`.

use std::path::Path;

use crate::environment::declare::Dependency;
use crate::environment::install::{Installer, Parts, ProjectInstall, Selection, What};

use super::arguments::{self, Argument};
use super::shell::is_known;
use super::{At, Runner};

const VALUED: [&str; 44] = [
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-e",
    "--editable",
    "-t",
    "--target",
    "--platform",
    "--python-version",
    "--implementation",
    "--abi",
    "--root",
    "--prefix",
    "--src",
    "--upgrade-strategy",
    "-C",
    "--config-settings",
    "--global-option",
    "--no-binary",
    "--only-binary",
    "--progress-bar",
    "--report",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "--python",
    "-p",
    "--log",
    "--proxy",
    "--retries",
    "--timeout",
    "--exists-action",
    "--trusted-host",
    "--cert",
    "--client-cert",
    "--cache-dir",
    "--group",
    "--extra",
    "--resolution",
    "--override",
    "--default-index",
];

pub(super) fn run(runner: &mut Runner<'_>, rest: &[String], at: At<'_>) {
    match rest.split_first().map(|(command, rest)| (command.as_str(), rest)) {
        Some(("install", rest)) => install(runner, rest, at),
        Some(("sync", rest)) => {
            for argument in arguments::read(rest, &VALUED) {
                if let Argument::Positional(file) = argument {
                    requirements(runner, file, at);
                }
            }
        }
        Some(("uninstall", _)) | None => runner.lose_track(),
        // `list`, `freeze`, `check`, `cache`, `download`, …
        Some(_) => {}
    }
}

/// `pip install ./lib[extra]`
pub(super) fn install_project(runner: &mut Runner<'_>, directory: &str, at: At<'_>) {
    install(runner, &[directory.to_owned()], at);
}

fn install(runner: &mut Runner<'_>, rest: &[String], at: At<'_>) {
    let arguments = arguments::read(rest, &VALUED);
    let has = |names: &[&str]| {
        arguments.iter().any(|argument| match argument {
            Argument::Flag(name) | Argument::Option(name, _) => names.contains(name),
            Argument::Positional(_) => false,
        })
    };
    // Elsewhere than in the environment.
    if has(&["-t", "--target", "--root", "--prefix", "--dry-run"]) {
        return;
    }
    let dependencies = !has(&["--no-deps"]);
    let extras = arguments.iter().filter_map(|argument| match argument {
        Argument::Option("--extra", extra) => Some(*extra),
        Argument::Flag(_) | Argument::Option(..) | Argument::Positional(_) => None,
    });
    // `uv pip install -r pyproject.toml --extra test`
    let extras: Vec<&str> = extras.collect();
    for argument in &arguments {
        match argument {
            Argument::Option("-r" | "--requirement", file) if file.ends_with("pyproject.toml") => {
                let directory = Path::new(file).parent().unwrap_or(Path::new("")).to_string_lossy();
                let directory = format!("./{directory}[{}]", extras.join(","));
                one(runner, &directory, Parts::Dependencies, at);
            }
            Argument::Option("-r" | "--requirement", file) => requirements(runner, file, at),
            Argument::Option("--group", group) => group_of(runner, group, at),
            Argument::Option("-e" | "--editable", text) | Argument::Positional(text) => {
                one(runner, text, if dependencies { Parts::Both } else { Parts::Itself }, at);
            }
            Argument::Option(..) | Argument::Flag(_) => {}
        }
    }
}

fn requirements(runner: &mut Runner<'_>, file: &str, at: At<'_>) {
    match runner.path(file) {
        Some(path) => runner.install(What::Requirements(path), at),
        None => runner.lose_track(),
    }
}

/// `--group test`, `--group sub/pyproject.toml:test`
fn group_of(runner: &mut Runner<'_>, text: &str, at: At<'_>) {
    let (file, group) = text.split_once(':').unwrap_or(("pyproject.toml", text));
    let directory = runner.path(file).and_then(|path| path.parent().map(Path::to_path_buf));
    match (directory, group.parse()) {
        (Some(root), Ok(group)) => {
            let groups = Selection { named: [group].into(), ..Selection::default() };
            let parts = Parts::Neither;
            runner.install(What::Project(ProjectInstall { parts, groups, ..plain(root) }), at);
        }
        _ => runner.lose_track(),
    }
}

/// A directory with its dependencies, as pip takes it.
pub(super) fn plain(root: std::path::PathBuf) -> ProjectInstall {
    ProjectInstall {
        root,
        installer: Installer::Pip,
        parts: Parts::Both,
        extras: Selection::default(),
        groups: Selection::default(),
        default_groups: false,
        locked: false,
    }
}

fn one(runner: &mut Runner<'_>, text: &str, parts: Parts, at: At<'_>) {
    // Unknown extras of a known directory are unknown dependencies.
    let dependency = Dependency::parse(text, &runner.state.directory, at.place);
    let Some(dependency) = dependency.filter(|_| is_known(text) && !text.starts_with('~')) else {
        return runner.lose_track();
    };
    match dependency.directory.clone() {
        Some(root) if dependency.name.is_none() => {
            // A wheel that a step built, or an archive: `dist/*.whl`.
            if text.contains('*')
                || root.extension().is_some_and(|extension| extension == "whl" || extension == "gz")
            {
                return built(runner, at);
            }
            let extras = Selection { named: dependency.extras.into_iter().collect(), ..Selection::default() };
            runner.install(What::Project(ProjectInstall { parts, extras, ..plain(root) }), at);
        }
        Some(_) | None if text.contains('*') => built(runner, at),
        Some(_) | None => runner.install(What::Package(dependency), at),
    }
}

/// `pip install dist/*.whl`: most likely the project itself; its extras are not known to be wanted.
fn built(runner: &mut Runner<'_>, at: At<'_>) {
    let root = runner.files.root.to_path_buf();
    runner.install(What::Project(plain(root)), at);
    runner.lose_track();
}
