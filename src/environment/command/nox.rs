//! Literal sessions of `noxfile.py`.

use std::path::Path;

use crate::environment::declare::literal::{Call, Function, Literal, Located, Outline};
use crate::environment::interpreter::Interpreter;

use super::arguments::{self, Argument};
use super::shell::{UNKNOWN, is_known};
use super::{At, Runner};

const VALUED: [&str; 14] = [
    "-s",
    "--session",
    "--sessions",
    "-e",
    "-f",
    "--noxfile",
    "-p",
    "--python",
    "--pythons",
    "-t",
    "--tags",
    "-k",
    "--force-python",
    "-P",
];

pub(super) fn run(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    let (own, posargs) = match words.iter().position(|word| word == "--") {
        Some(split) => (&words[..split], &words[split + 1..]),
        None => (words, &[][..]),
    };
    let mut chosen: Vec<&str> = Vec::new();
    let mut python = None;
    let mut file = "noxfile.py";
    let mut takes_names = false;
    let own: Vec<String> = own.iter().flat_map(|word| apart(word)).collect();
    for argument in arguments::read(&own, &VALUED) {
        match argument {
            Argument::Option("-s" | "--session" | "--sessions" | "-e", name) => {
                chosen.extend(arguments::names(name));
                takes_names = true;
            }
            // `-s a b`
            Argument::Positional(name) if takes_names => chosen.push(name),
            Argument::Option("-p" | "--python" | "--pythons" | "-P" | "--force-python", text) => {
                python = Some(Interpreter::parse(text));
            }
            Argument::Option("-f" | "--noxfile", path) => file = path,
            Argument::Option("-t" | "--tags" | "-k", _) => return unknown(runner, at),
            Argument::Flag("-l" | "--list" | "--version" | "--install-only") => return,
            Argument::Option(..) | Argument::Flag(_) | Argument::Positional(_) => takes_names = false,
        }
    }
    let files = runner.files;
    let Some(path) = runner.path(file) else { return unknown(runner, at) };
    let Some(outline) = files.outline(&path) else { return unknown(runner, at) };
    if chosen.iter().any(|name| !is_known(name)) {
        return unknown(runner, at);
    }
    let nox = Nox { outline, root: path.parent().unwrap_or(Path::new("")) };
    let defaults = nox.default_sessions();
    for function in &outline.functions {
        let Some(decorator) = function.decorators.iter().find(|call| is_session(call)) else { continue };
        let name = decorator.keyword("name").and_then(Located::text).unwrap_or(&function.name);
        let wanted: Vec<Choice> = if chosen.is_empty() {
            let is_default = defaults.as_ref().is_none_or(|known| known.iter().any(|known| known == name));
            vec![if is_default { Choice::AnyVersion } else { Choice::No }]
        } else {
            chosen.iter().map(|choice| chosen_as(choice, name)).collect()
        };
        for choice in wanted {
            let version = match choice {
                Choice::No => continue,
                Choice::AnyVersion => python,
                Choice::Version(version) => Some(version),
            };
            nox.enter(runner, function, decorator, version, (name, posargs), at);
        }
    }
}

/// `-vs tests` is `-v -s tests`.
fn apart(word: &str) -> Vec<String> {
    const FLAGS: [char; 6] = ['v', 'r', 'R', 'x', 'N', 'h'];
    let short = word.strip_prefix('-').filter(|letters| letters.len() > 1 && !letters.starts_with('-'));
    match short.and_then(|letters| letters.char_indices().next_back().map(|(at, _)| letters.split_at(at))) {
        Some((flags, last)) if flags.chars().all(|flag| FLAGS.contains(&flag)) => {
            let flags = flags.chars().map(|flag| format!("-{flag}"));
            flags.chain([format!("-{last}")]).collect()
        }
        Some(_) | None => vec![word.to_owned()],
    }
}

fn is_session(call: &Call) -> bool {
    matches!(call.callee.as_str(), "nox.session" | "session" | "nox_poetry.session" | "nox.sessions.session")
}

#[derive(Clone, Copy)]
enum Choice {
    No,
    AnyVersion,
    Version(Interpreter),
}

/// Whether `-s CHOICE` means the session: `tests`, `tests-3.9`, `tests(django='4')`.
fn chosen_as(choice: &str, name: &str) -> Choice {
    let choice = choice.split('(').next().unwrap_or(choice);
    match choice.strip_prefix(name) {
        None => Choice::No,
        Some("") => Choice::AnyVersion,
        Some(rest) => match rest.strip_prefix('-').map(Interpreter::parse) {
            Some(version @ (Interpreter::CPython(_) | Interpreter::Other)) => Choice::Version(version),
            Some(Interpreter::Unknown) | None => Choice::No,
        },
    }
}

struct Nox<'a> {
    outline: &'a Outline,
    root: &'a Path,
}

impl Nox<'_> {
    /// `nox.options.sessions = ["tests"]`
    fn default_sessions(&self) -> Option<Vec<String>> {
        let assigned = self.outline.assignments.iter().rev().find(|(name, _)| name == "nox.options.sessions");
        let Literal::List(items) = &assigned?.1.literal else { return None };
        Some(items.iter().filter_map(|item| item.text().map(str::to_owned)).collect())
    }

    /// Runs the session, once for each of its Pythons.
    fn enter(
        &self,
        runner: &mut Runner<'_>,
        function: &Function,
        decorator: &Call,
        version: Option<Interpreter>,
        (name, posargs): (&str, &[String]),
        at: At<'_>,
    ) {
        let stated = decorator.keyword("python").or_else(|| decorator.keyword("py"));
        let mut pythons: Vec<Interpreter> = match stated.map(|value| &value.literal) {
            Some(Literal::Text(text)) => vec![Interpreter::parse(text)],
            Some(Literal::List(items)) => items
                .iter()
                .map(|item| item.text().map_or(Interpreter::Unknown, Interpreter::parse))
                .collect(),
            None | Some(Literal::Null | Literal::Flag(_)) => vec![version.unwrap_or(runner.state.python)],
            Some(Literal::Number(_) | Literal::Table(_) | Literal::Lines(_) | Literal::Hidden) => {
                vec![version.unwrap_or(Interpreter::Unknown)]
            }
        };
        if let Some(version) = version {
            pythons.retain(|python| *python == version);
        } else if pythons.contains(&runner.state.python) && pythons.len() > 1 {
            // The machine has one Python: the other sessions are skipped.
            pythons.retain(|python| *python == runner.state.python);
        }
        // A parametrized session has arguments that nobody follows.
        let is_parametrized = function.decorators.iter().any(|call| call.callee.ends_with("parametrize"));
        let place = self.outline.path();
        for python in pythons {
            runner.isolated(name, |runner| {
                runner.state.python = python;
                runner.state.directory = self.root.to_path_buf();
                if is_parametrized {
                    runner.lose_track();
                }
                for call in &function.calls {
                    // A function of the file may do anything with the session that it gets.
                    if self.outline.functions.iter().any(|function| function.name == call.callee) {
                        runner.lose_track();
                    }
                    let place = self.outline.place(&place, call.span);
                    let inside = At { place: &place, certain: at.certain && !call.conditional };
                    run_call(runner, call, posargs, inside);
                }
            });
        }
    }
}

/// `session.install("-e", ".[test]")`, `session.run("pytest", *session.posargs)`
fn run_call(runner: &mut Runner<'_>, call: &Call, posargs: &[String], at: At<'_>) {
    let Some((_, method)) = call.callee.split_once('.') else { return };
    let mut words: Vec<String> = Vec::new();
    let mut hidden = 0;
    for argument in &call.arguments {
        match &argument.literal {
            Literal::Text(text) => words.push(text.clone()),
            Literal::Number(_)
            | Literal::Flag(_)
            | Literal::Null
            | Literal::List(_)
            | Literal::Table(_)
            | Literal::Lines(_)
            | Literal::Hidden => {
                hidden += 1;
                words.push(UNKNOWN.to_string());
            }
        }
    }
    match method {
        "install" => {
            let words: Vec<String> = ["install".to_owned()].into_iter().chain(words).collect();
            super::pip::run(runner, &words, at);
        }
        "conda_install" | "conda_run" => runner.lose_track(),
        "run" | "run_always" | "run_install" => {
            // `*session.posargs` stands at the end, and without `--` it is nothing.
            if hidden == 1 && words.last().is_some_and(|word| !is_known(word)) {
                words.pop();
                words.extend(posargs.iter().cloned());
            }
            let before = runner.state.variables.clone();
            set_variables(runner, call);
            runner.run(&words, at);
            runner.state.variables = before;
        }
        "chdir" | "cd" => match words.first().and_then(|word| runner.path(word)) {
            Some(directory) => runner.state.directory = directory,
            None => runner.lose_track(),
        },
        _ => {}
    }
}

/// `env={"MODE": "test"}`
fn set_variables(runner: &mut Runner<'_>, call: &Call) {
    let Some(Literal::Table(entries)) = call.keyword("env").map(|value| &value.literal) else { return };
    for (name, value) in entries {
        if let Some(name) = name.text() {
            runner.state.variables.insert(name.to_owned(), value.text().map(str::to_owned));
        }
    }
}

fn unknown(runner: &mut Runner<'_>, at: At<'_>) {
    runner.isolated("nox", |runner| {
        runner.lose_track();
        runner.state.python = Interpreter::Unknown;
        runner.start(super::PytestCall::default(), at);
    });
}
