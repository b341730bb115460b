//! What the actions do that steps of GitHub use.

use crate::environment::command::shell::{Shell, is_known};
use crate::environment::command::{At, Runner};
use crate::environment::install::What;
use crate::environment::interpreter::Interpreter;

use super::super::command::shell;

/// Owners whose actions install no distribution for Python, and single actions of others.
const HARMLESS: [&str; 61] = [
    "abatilo/actions-poetry",
    "actions/",
    "actions-rs/",
    "actions-rust-lang/",
    "ankane/",
    "astral-sh/ruff-action",
    "aws-actions/",
    "awalsh128/cache-apt-pkgs-action",
    "azure/",
    "browser-actions/",
    "bufbuild/",
    "chartboost/",
    "codacy/",
    "codecov/",
    "codespaceapp/",
    "conventional-actions/",
    "coverallsapp/",
    "crazy-max/",
    "cypress-io/",
    "daspn/",
    "docker/",
    "dorny/",
    "dtolnay/",
    "easimon/maximize-build-space",
    "enricomi/",
    "excitedleigh/setup-nox",
    "extractions/setup-just",
    "github/",
    "google-github-actions/",
    "gradle/",
    "gr1n/setup-poetry",
    "harmon758/postgresql-action",
    "hynek/build-and-inspect-python-package",
    "ikalnytskyi/action-setup-postgres",
    "ilammy/",
    "insightsengineering/disk-space-reclaimer",
    "jlumbroso/free-disk-space",
    "julia-actions/",
    "korthout/",
    "maxim-lobanov/",
    "microsoft/setup-msbuild",
    "mikepenz/",
    "mozilla-actions/",
    "msys2/",
    "nanasess/",
    "orhun/",
    "peter-evans/",
    "pnpm/",
    "pre-commit/",
    "psf/black",
    "pypa/cibuildwheel",
    "pypa/gh-action",
    "pypa/hatch",
    "snok/install-poetry",
    "step-security/",
    "supercharge/",
    "swatinem/",
    "taiki-e/",
    "tj-actions/",
    "tlambert03/setup-qt-libs",
    "wntrblm/nox",
];

/// Runs an action of somebody else's. `input` gives the value of an input as a text.
pub(super) fn run(runner: &mut Runner<'_>, uses: &str, input: &dyn Fn(&str) -> Option<String>, at: At<'_>) {
    let name = uses.split('@').next().unwrap_or(uses).to_lowercase();
    match name.as_str() {
        "actions/setup-python"
        | "deadsnakes/action"
        | "matteoh2o1999/setup-python"
        | "pdm-project/setup-pdm" => {
            setup_python(runner, input);
        }
        "astral-sh/setup-uv" => {
            if let Some(version) = input("python-version").filter(|version| !version.is_empty()) {
                let python = Interpreter::parse(&version);
                runner.state.python = python;
                runner.state.pinned_python = Some(python);
                runner.state.variables.insert("UV_PYTHON".to_owned(), is_known(&version).then_some(version));
            }
        }
        "conda-incubator/setup-miniconda"
        | "mamba-org/setup-micromamba"
        | "mamba-org/provision-with-micromamba" => {
            conda(runner, input, at);
        }
        "py-actions/py-dependency-install" => {
            let file = input("path").unwrap_or_else(|| "requirements.txt".to_owned());
            match runner.path(&file) {
                Some(path) => runner.install(What::Requirements(path), at),
                None => runner.lose_track(),
            }
        }
        // Actions that run a command they are given.
        "gabrielbb/xvfb-action"
        | "coactions/setup-xvfb"
        | "nick-fields/retry"
        | "nick-invision/retry"
        | "wandalen/wretry.action" => {
            let place = at.place.clone();
            if let Some(script) = input("run").or_else(|| input("command")) {
                runner.run_script(&script, Shell::Posix, at.certain, &|_| place.clone());
            }
        }
        _ if HARMLESS.iter().any(|known| name.starts_with(known)) => {}
        _ => runner.lose_track(),
    }
}

fn setup_python(runner: &mut Runner<'_>, input: &dyn Fn(&str) -> Option<String>) {
    let stated = input("python-version").filter(|version| !version.trim().is_empty());
    runner.state.python = match stated {
        // Of several versions the last is the default.
        Some(versions) => {
            let last = versions.lines().map(str::trim).rfind(|line| !line.is_empty());
            last.map_or(Interpreter::Unknown, Interpreter::parse)
        }
        None => {
            let file = input("python-version-file").unwrap_or_else(|| ".python-version".to_owned());
            runner.path_in_root(&file).map_or(Interpreter::Unknown, |path| runner.version_in(&path))
        }
    };
}

fn conda(runner: &mut Runner<'_>, input: &dyn Fn(&str) -> Option<String>, at: At<'_>) {
    runner.lose_track();
    if let Some(version) = input("python-version") {
        runner.state.python = Interpreter::parse(&version);
    }
    if let Some(path) = input("environment-file").and_then(|file| runner.path(&file)) {
        runner.install(What::CondaEnvironment(path), at);
    }
    let arguments = input("create-args").unwrap_or_default();
    let words =
        shell::commands(&format!("conda create {arguments}"), Shell::Posix, &runner.state.variables.clone());
    for command in words {
        for word in command.words.iter().filter(|word| word.starts_with("python=")) {
            runner.state.python = Interpreter::parse(word);
        }
        runner.run(&command.words, at);
    }
}
