//! Task files: `Makefile`, `justfile`, scripts in `pyproject.toml`, shell scripts of the project.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::environment::Place;
use crate::environment::document::{Document, Format, Kind, Node};
use crate::text::SourceFile;

use super::arguments::{self, Argument};
use super::shell::{self, Shell, UNKNOWN};
use super::{At, Runner};

/// `make -C dir target VAR=value`
pub(super) fn run_make(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    const VALUED: [&str; 6] = ["-C", "--directory", "-f", "--file", "-j", "-o"];
    let mut directory = runner.state.directory.clone();
    let mut file = None;
    let mut targets = Vec::new();
    let mut variables = BTreeMap::new();
    for argument in arguments::read(words, &VALUED) {
        match argument {
            Argument::Option("-C" | "--directory", path) => match runner.path(path) {
                Some(path) => directory = path,
                None => return runner.lose_track(),
            },
            Argument::Option("-f" | "--file", path) => file = Some(path.to_owned()),
            Argument::Positional(word) => match word.split_once('=') {
                Some((name, value)) => drop(variables.insert(name.to_owned(), value.to_owned())),
                None => targets.push(word.to_owned()),
            },
            Argument::Option(..) | Argument::Flag(_) => {}
        }
    }
    let names = file.as_ref().map_or(vec!["GNUmakefile", "makefile", "Makefile"], |file| vec![file.as_str()]);
    let Some(tasks) =
        names.iter().find_map(|name| TaskFile::read(runner, &directory.join(name), Syntax::Make))
    else {
        return runner.lose_track();
    };
    run_targets(runner, &tasks, targets, &variables, &directory, at);
}

/// `just recipe`
pub(super) fn run_just(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    let directory = runner.state.directory.clone();
    let (_, rest) =
        arguments::skip_options(words, &["-f", "--justfile", "-d", "--working-directory", "--set"]);
    let names = ["justfile", "Justfile", ".justfile"];
    let Some(tasks) =
        names.iter().find_map(|name| TaskFile::read(runner, &directory.join(name), Syntax::Just))
    else {
        return runner.lose_track();
    };
    // What follows the recipe are its arguments.
    let targets = rest.first().cloned().into_iter().collect();
    run_targets(runner, &tasks, targets, &BTreeMap::new(), &directory, at);
}

fn run_targets(
    runner: &mut Runner<'_>,
    tasks: &TaskFile,
    mut targets: Vec<String>,
    variables: &BTreeMap<String, String>,
    directory: &Path,
    at: At<'_>,
) {
    if targets.is_empty() {
        targets.extend(tasks.first.clone());
    }
    let outside = std::mem::replace(&mut runner.state.directory, directory.to_path_buf());
    let mut done = BTreeSet::new();
    for target in targets {
        tasks.run(runner, &target, variables, at.certain, &mut done);
    }
    runner.state.directory = outside;
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Make,
    Just,
}

/// A file of named tasks.
struct TaskFile {
    path: Arc<PathBuf>,
    source: SourceFile,
    syntax: Syntax,
    variables: BTreeMap<String, String>,
    tasks: BTreeMap<String, Task>,
    first: Option<String>,
}

#[derive(Default)]
struct Task {
    needs: Vec<String>,
    /// The lines of the recipe, joined where they are continued, with the 1-based number of the first.
    lines: Vec<(u32, String)>,
}

impl TaskFile {
    fn read(runner: &Runner<'_>, path: &Path, syntax: Syntax) -> Option<Self> {
        if !runner.files.fs.is_file(path) {
            return None;
        }
        let bytes = runner.files.fs.read(path).ok()?;
        let source = SourceFile::new(path, String::from_utf8_lossy(&bytes));
        let mut file = Self {
            path: Arc::new(path.to_path_buf()),
            source,
            syntax,
            variables: BTreeMap::new(),
            tasks: BTreeMap::new(),
            first: None,
        };
        file.parse();
        Some(file)
    }

    fn parse(&mut self) {
        let mut current: Vec<String> = Vec::new();
        let mut continues = false;
        for number in 1..=self.source.line_count() {
            let line = self.source.slice(self.source.line_span(number)).to_owned();
            let is_recipe = line.starts_with('\t') || line.starts_with(' ') && self.syntax == Syntax::Just;
            if is_recipe || continues {
                for name in &current {
                    let task = self.tasks.entry(name.clone()).or_default();
                    let text = line.trim();
                    match task.lines.last_mut() {
                        Some((_, last)) if continues => {
                            last.push('\n');
                            last.push_str(text);
                        }
                        _ if text.is_empty() => {}
                        _ => task.lines.push((number, text.to_owned())),
                    }
                }
                continues = line.ends_with('\\') && !current.is_empty();
                continue;
            }
            let text = line.split('#').next().unwrap_or_default().trim_end();
            if text.is_empty() {
                continue;
            }
            current = self.head(text);
        }
    }

    /// `NAME := value`, or `targets: needs`; the targets.
    fn head(&mut self, text: &str) -> Vec<String> {
        let assignment = [":=", "?=", "="].iter().find_map(|operator| {
            let (name, value) = text.split_once(operator)?;
            let name = name.trim().trim_start_matches("export ").trim();
            let is_name =
                !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
            is_name.then(|| (name.to_owned(), value.trim().to_owned()))
        });
        if let Some((name, value)) = assignment {
            self.variables.insert(name, value);
            return Vec::new();
        }
        let Some((names, needs)) = text.split_once(':') else { return Vec::new() };
        let mut names: Vec<String> =
            names.trim_start_matches('@').split_whitespace().map(str::to_owned).collect();
        if self.syntax == Syntax::Just {
            // What follows the name are parameters.
            names.truncate(1);
        }
        let needs =
            needs.trim_start_matches(':').split_whitespace().map(|need| need.trim_matches(['(', ')']));
        let needs: Vec<String> =
            needs.take_while(|need| *need != "|" && *need != "##").map(str::to_owned).collect();
        for name in &names {
            self.tasks.entry(name.clone()).or_default().needs.extend(needs.iter().cloned());
            if self.first.is_none() && !name.starts_with('.') {
                self.first = Some(name.clone());
            }
        }
        names
    }

    fn run(
        &self,
        runner: &mut Runner<'_>,
        target: &str,
        given: &BTreeMap<String, String>,
        certain: bool,
        done: &mut BTreeSet<String>,
    ) {
        if !done.insert(target.to_owned()) || done.len() > 200 {
            return;
        }
        // A file, or a pattern rule that nobody follows.
        let Some(task) = self.tasks.get(target) else { return runner.lose_track() };
        for need in &task.needs {
            if self.tasks.contains_key(need) {
                self.run(runner, need, given, certain, done);
            }
        }
        for (number, line) in &task.lines {
            let text = line.trim_start_matches(['@', '-', '+']).trim_start();
            let script = match self.syntax {
                Syntax::Make => self.expand(text, given, 0),
                Syntax::Just => without_braces(text),
            };
            let place = |line: u32| Place::of_line(&self.path, &self.source, number + line);
            self.run_line(runner, &script, given, certain, &place);
        }
    }

    fn run_line(
        &self,
        runner: &mut Runner<'_>,
        script: &str,
        given: &BTreeMap<String, String>,
        certain: bool,
        place: &dyn Fn(u32) -> Place,
    ) {
        // `$(MAKE) other` keeps the variables of the command line.
        if self.syntax == Syntax::Make && !given.is_empty() && script.starts_with("make ") {
            let variables: Vec<_> = given.iter().map(|(name, value)| format!("{name}='{value}'")).collect();
            return runner.run_script(
                &format!("{script} {}", variables.join(" ")),
                Shell::Posix,
                certain,
                place,
            );
        }
        runner.run_script(script, Shell::Posix, certain, place);
    }

    /// `$(NAME)`, `${NAME}`, `$$`; functions are not known.
    fn expand(&self, text: &str, given: &BTreeMap<String, String>, depth: usize) -> String {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            result.push_str(before);
            let close = match after.chars().next() {
                Some('(') => ')',
                Some('{') => '}',
                Some('$') => {
                    result.push('$');
                    rest = &after[1..];
                    continue;
                }
                Some(_) | None => {
                    result.push(UNKNOWN);
                    rest = after.get(1..).unwrap_or_default();
                    continue;
                }
            };
            let Some(end) = after.find(close) else { break };
            let name = &after[1..end];
            let value = given.get(name).or_else(|| self.variables.get(name));
            match value {
                _ if name == "MAKE" => result.push_str("make"),
                Some(value) if depth < 5 => result.push_str(&self.expand(value, given, depth + 1)),
                // A variable that is set nowhere is empty in Make.
                None if name.chars().all(|c| c.is_alphanumeric() || c == '_') => {}
                Some(_) | None => result.push(UNKNOWN),
            }
            rest = &after[end + 1..];
        }
        result.push_str(rest);
        result
    }
}

/// `{{ variable }}` of just.
fn without_braces(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        result.push_str(before);
        result.push(UNKNOWN);
        rest = after.split_once("}}").map_or("", |(_, tail)| tail);
    }
    result + rest
}

/// `poe test`, `task test`
pub(super) fn run_python_task(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    let (_, rest) = arguments::skip_options(words, &["-C", "--directory"]);
    let found = run_pyproject_script(runner, &["tool", "poe", "tasks"], rest, at)
        || run_pyproject_script(runner, &["tool", "taskipy", "tasks"], rest, at);
    if !found {
        runner.lose_track();
    }
}

/// Runs a script that `pyproject.toml` names; whether there is one.
pub(super) fn run_pyproject_script(
    runner: &mut Runner<'_>,
    table: &[&str],
    words: &[String],
    at: At<'_>,
) -> bool {
    let Some((name, arguments)) = words.split_first() else { return false };
    let path = runner.state.directory.join("pyproject.toml");
    let Some(Ok(document)) = Document::read(runner.files.fs, &path, Format::Toml) else { return false };
    let scripts = document.root.at(table);
    let script = scripts.at(&[name.as_str()]);
    if script.is_null() {
        return false;
    }
    run_node(runner, &document, scripts, script, arguments, at, 0);
    true
}

/// A command, a table with `cmd` or `shell`, or a list of other scripts.
fn run_node(
    runner: &mut Runner<'_>,
    document: &Document,
    scripts: &Node,
    script: &Node,
    arguments: &[String],
    at: At<'_>,
    depth: usize,
) {
    if depth > 5 {
        return runner.lose_track();
    }
    let command = match &script.kind {
        Kind::Text(text) | Kind::Block(text) => Some(text.as_str()),
        Kind::Table(_) => ["cmd", "shell"].iter().find_map(|key| script.at(&[key]).text()),
        Kind::Null | Kind::Flag(_) | Kind::Number(_) | Kind::List(_) => None,
    };
    let sequence = [script.items(), script.at(&["sequence"]).items(), script.at(&["composite"]).items()];
    if let Some(command) = command {
        let place = document.place(script.span);
        let line = format!("{command} {}", arguments.join(" "));
        runner.run_script(&line, Shell::Posix, at.certain, &|_| place.clone());
    } else if let Some(items) = sequence.into_iter().find(|items| !items.is_empty()) {
        for item in items {
            match item.text().map(|name| scripts.at(&[name])).filter(|node| !node.is_null()) {
                Some(node) => run_node(runner, document, scripts, node, &[], at, depth + 1),
                None => run_node(runner, document, scripts, item, &[], at, depth + 1),
            }
        }
    } else {
        runner.lose_track();
    }
}

/// `bash script.sh`, `sh -c "…"`, `source venv/bin/activate`
pub(super) fn run_shell(runner: &mut Runner<'_>, words: &[String], at: At<'_>) {
    for (position, word) in words.iter().enumerate() {
        if word == "-c" || word.starts_with('-') && word.ends_with('c') {
            if let Some(script) = words.get(position + 1) {
                let place = at.place.clone();
                runner.run_script(script, Shell::Posix, at.certain, &|_| place.clone());
            }
            return;
        }
        if !word.starts_with('-') {
            let is_activation =
                word.contains("activate") || word.ends_with("conda.sh") || word.contains("bashrc");
            if !is_activation && !run_file(runner, word, at) {
                runner.lose_track();
            }
            return;
        }
    }
}

/// Runs a shell script of the project; whether there is one.
pub(super) fn run_file(runner: &mut Runner<'_>, command: &str, at: At<'_>) -> bool {
    let Some(path) = runner.path(command) else { return false };
    if !path.starts_with(runner.files.root) || !runner.files.fs.is_file(&path) {
        return false;
    }
    let Ok(bytes) = runner.files.fs.read(&path) else { return false };
    let source = SourceFile::new(path.as_path(), String::from_utf8_lossy(&bytes));
    let text = Arc::clone(source.text());
    let first = text.lines().next().unwrap_or_default();
    let is_script = path.extension().is_some_and(|extension| extension == "sh" || extension == "bash")
        || first.starts_with("#!") && first.split_whitespace().any(|word| word.ends_with("sh"));
    if !is_script || !shell::is_known(&text) {
        return false;
    }
    let path = Arc::new(path);
    runner.run_script(&text, Shell::Posix, at.certain, &|line| Place::of_line(&path, &source, line + 1));
    true
}
