//! What the commands of workflows, tox, nox and task files do: install, and run pytest.
//!
//! A [`Runner`] stands for the machine of one job. It is told the commands in their order, keeps what is
//! installed and which variables are set, and writes down every session of pytest with all that. A
//! command that it does not understand may install anything: from then on `everything_known` is false.

mod arguments;
mod conda;
mod effects;
mod hatch;
mod nox;
mod pip;
mod poetry;
mod pytest;
pub mod shell;
mod tasks;
mod tox;
mod uv;

use std::path::{Path, PathBuf};

use crate::fs::FileSystem;

use super::declare::{Declarations, Outline, ReadOutline};
use super::install::{Install, Installs, What};
use super::interpreter::Interpreter;
use super::tox::Tox;
use super::variables::{Host, Variables};
use super::{Machine, Place, Platform};
use shell::Shell;

pub use pytest::PytestCall;

/// The project's files that commands refer to.
pub struct Files<'a> {
    pub fs: &'a FileSystem,
    /// The root of the repository.
    pub root: &'a Path,
    pub outline: &'a ReadOutline<'a>,
    declarations: elsa::sync::FrozenMap<PathBuf, Box<Declarations>>,
    tox: elsa::sync::FrozenMap<PathBuf, Box<Option<Tox>>>,
    outlines: elsa::sync::FrozenMap<PathBuf, Box<Option<Outline>>>,
}

/// What a machine is like at one moment.
#[derive(Clone, Debug)]
pub struct State {
    pub python: Interpreter,
    /// What uv is told to take whatever Python there is.
    pub pinned_python: Option<Interpreter>,
    pub platform: Option<Platform>,
    pub machine: Option<Machine>,
    pub host: Host,
    pub variables: Variables,
    pub installed: Installs,
    /// The working directory, absolute.
    pub directory: PathBuf,
}

/// One start of pytest.
#[derive(Clone, Debug)]
pub struct Session {
    pub state: State,
    pub pytest: PytestCall,
    pub place: Place,
    /// The tox, nox or hatch environment.
    pub label: Option<String>,
}

/// The machine of one job.
pub struct Runner<'a> {
    files: &'a Files<'a>,
    pub state: State,
    pub sessions: Vec<Session>,
    label: Option<String>,
    /// Scripts, task files and environments that call each other.
    depth: usize,
    /// Commands that were run because of one command of the job.
    steps: usize,
}

const DEEPEST: usize = 8;
/// Task files that call each other twice multiply.
const MOST_STEPS: usize = 3000;

/// Where a command stands, and whether it certainly runs.
#[derive(Clone, Copy)]
pub struct At<'p> {
    pub place: &'p Place,
    pub certain: bool,
}

impl<'a> Files<'a> {
    pub fn new(fs: &'a FileSystem, root: &'a Path, outline: &'a ReadOutline<'a>) -> Self {
        Self {
            fs,
            root,
            outline,
            declarations: elsa::sync::FrozenMap::new(),
            tox: elsa::sync::FrozenMap::new(),
            outlines: elsa::sync::FrozenMap::new(),
        }
    }

    /// What the files of a directory declare, read once.
    pub fn declarations(&self, directory: &Path) -> &Declarations {
        self.declarations.get(directory).unwrap_or_else(|| {
            let read = Declarations::read(self.fs, directory, self.outline);
            self.declarations.insert(directory.to_path_buf(), Box::new(read))
        })
    }

    fn tox(&self, directory: &Path) -> Option<&Tox> {
        let known = self.tox.get(directory);
        known
            .unwrap_or_else(|| {
                self.tox.insert(directory.to_path_buf(), Box::new(Tox::read(self.fs, directory)))
            })
            .as_ref()
    }

    fn outline(&self, path: &Path) -> Option<&Outline> {
        let known = self.outlines.get(path);
        known
            .unwrap_or_else(|| {
                let read = if self.fs.is_file(path) { (self.outline)(path) } else { None };
                self.outlines.insert(path.to_path_buf(), Box::new(read))
            })
            .as_ref()
    }
}

impl<'a> Runner<'a> {
    pub fn new(files: &'a Files<'a>, state: State) -> Self {
        Self { files, state, sessions: Vec::new(), label: None, depth: 0, steps: 0 }
    }

    /// Runs a script; `place` tells where each of its 0-based lines stands. What it does to the working
    /// directory and to variables ends with it, as in a step of a workflow.
    pub fn run_script(&mut self, script: &str, shell: Shell, certain: bool, place: &dyn Fn(u32) -> Place) {
        let directory = self.state.directory.clone();
        let variables = self.state.variables.clone();
        let mut lasting = Variables::new();
        for command in shell::commands(script, shell, &variables) {
            let place = place(command.line);
            let at = At { place: &place, certain: certain && command.certain };
            if let Some((name, value)) = effects::written_to_github_env(&command) {
                lasting.insert(name, value);
                continue;
            }
            let before: Vec<_> = command
                .assignments
                .iter()
                .map(|(name, value)| {
                    let value = shell::is_known(value).then(|| value.clone());
                    (name.clone(), self.state.variables.insert(name.clone(), value))
                })
                .collect();
            self.run(&command.words, at);
            for (name, value) in before {
                match value {
                    Some(value) => self.state.variables.insert(name, value),
                    None => self.state.variables.remove(&name),
                };
            }
        }
        self.state.directory = directory;
        self.state.variables = variables;
        self.state.variables.extend(lasting);
    }

    /// Runs one command.
    pub(super) fn run(&mut self, words: &[String], at: At<'_>) {
        self.steps = if self.depth == 0 { 0 } else { self.steps + 1 };
        if self.depth > DEEPEST || self.steps > MOST_STEPS {
            self.state.installed.everything_known = false;
            return;
        }
        self.depth += 1;
        self.dispatch(words, at);
        self.depth -= 1;
    }

    fn dispatch(&mut self, words: &[String], at: At<'_>) {
        let Some((command, rest)) = words.split_first() else { return };
        let name = program(command);
        if let Some(inner) = effects::wrapped(name, rest) {
            return self.run(inner, at);
        }
        match name {
            "pytest" | "py.test" => pytest::run(self, rest, pytest::Start::Program, at),
            "coverage" => pytest::run_coverage(self, rest, at),
            "pip" | "pip3" => pip::run(self, rest, at),
            "uv" => uv::run(self, rest, at),
            "uvx" => uv::run_tool(self, rest, at),
            "poetry" => poetry::run_poetry(self, rest, at),
            "pdm" => poetry::run_pdm(self, rest, at),
            "pipenv" => poetry::run_pipenv(self, rest, at),
            "hatch" => hatch::run(self, rest, at),
            "conda" | "mamba" | "micromamba" => conda::run(self, rest, at),
            "tox" => tox::run(self, rest, at),
            "nox" => nox::run(self, rest, at),
            "make" | "gmake" => tasks::run_make(self, rest, at),
            "just" => tasks::run_just(self, rest, at),
            "poe" | "task" | "poethepoet" => tasks::run_python_task(self, rest, at),
            "bash" | "sh" | "zsh" | "dash" | "." | "source" => tasks::run_shell(self, rest, at),
            "" if rest.first().is_some_and(|word| word == "-m") => {
                pytest::run_python(self, "python", rest, at);
            }
            _ if pytest::is_python(name) => pytest::run_python(self, name, rest, at),
            _ if command.contains('/') && tasks::run_file(self, command, at) => {}
            _ => effects::run_other(self, name, rest, at),
        }
    }

    pub(super) fn install(&mut self, what: What, at: At<'_>) {
        let install = Install { what, certain: at.certain, place: at.place.clone() };
        if !self.state.installed.steps.contains(&install) {
            self.state.installed.steps.push(install);
        }
    }

    /// Something may have been installed that nobody knows of.
    pub(super) fn lose_track(&mut self) {
        self.state.installed.everything_known = false;
    }

    /// An absolute path; `None` where it is not known as a whole.
    pub(super) fn path(&self, text: &str) -> Option<PathBuf> {
        (shell::is_known(text) && !text.starts_with('~')).then(|| {
            super::declare::dependency::normalize(&self.state.directory.join(text.replace('\\', "/")))
        })
    }

    /// An absolute path that starts from the repository's root.
    pub(super) fn path_in_root(&self, text: &str) -> Option<PathBuf> {
        shell::is_known(text).then(|| super::declare::dependency::normalize(&self.files.root.join(text)))
    }

    /// The Python that a file asks for: `.python-version`, `.tool-versions`, `pyproject.toml`.
    pub(super) fn version_in(&self, path: &Path) -> Interpreter {
        if !self.files.fs.is_file(path) {
            return Interpreter::Unknown;
        }
        let Ok(bytes) = self.files.fs.read(path) else { return Interpreter::Unknown };
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        match path.file_name().and_then(|name| name.to_str()) {
            Some(".tool-versions") => lines
                .find_map(|line| line.strip_prefix("python "))
                .map_or(Interpreter::Unknown, Interpreter::parse),
            // A range does not say which.
            Some("pyproject.toml") => Interpreter::Unknown,
            Some(_) | None => lines.next().map_or(Interpreter::Unknown, Interpreter::parse),
        }
    }

    fn start(&mut self, pytest: PytestCall, at: At<'_>) {
        // PyPy and others are not predicted.
        if self.state.python == Interpreter::Other {
            return;
        }
        let (state, label) = (self.state.clone(), self.label.clone());
        self.sessions.push(Session { state, pytest, place: at.place.clone(), label });
    }

    /// Runs something in an environment of its own: nothing is installed in it but what `inside` does.
    fn isolated(&mut self, label: &str, inside: impl FnOnce(&mut Self)) {
        let outside = self.state.clone();
        let label = self.label.replace(label.to_owned());
        self.state.installed = Installs::default();
        inside(self);
        self.state = outside;
        self.label = label;
    }
}

/// A program's name without directories and `.exe`; what is unknown before it is a directory:
/// `${PREFIX}pytest`.
fn program(command: &str) -> &str {
    let name = command.rsplit(['/', '\\', shell::UNKNOWN]).next().unwrap_or(command);
    name.strip_suffix(".exe").unwrap_or(name)
}

#[cfg(test)]
mod tests;
