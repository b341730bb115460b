//! `.github/workflows/*.yml`

use std::path::{Path, PathBuf};

use crate::environment::Place;
use crate::environment::command::shell::{Shell, is_known};
use crate::environment::command::{At, Files, Runner, State};
use crate::environment::document::{Document, Format, Kind, Node};
use crate::environment::install::Installs;
use crate::environment::interpreter::Interpreter;
use crate::environment::variables::{self, Host, Variables};
use crate::environment::{Machine, Platform};

use super::expression::{self, Context, Value};
use super::matrix::{self, Combination, Matrix};
use super::{Found, actions, labels};

pub(super) fn jobs(document: &Document, files: &Files<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    workflow(document, files, &Inputs::NotCalled, "", 0, &mut found);
    found
}

/// What `inputs` stands for.
enum Inputs {
    NotCalled,
    Given(Vec<(String, Value)>),
}

fn workflow(
    document: &Document,
    files: &Files<'_>,
    inputs: &Inputs,
    prefix: &str,
    depth: usize,
    found: &mut Vec<Found>,
) {
    for (key, job) in document.root.at(&["jobs"]).entries() {
        let name = format!("{prefix}{}", key.text);
        let job = Job { document, files, inputs, name, node: job, depth };
        job.run(found);
    }
}

struct Job<'a> {
    document: &'a Document,
    files: &'a Files<'a>,
    inputs: &'a Inputs,
    name: String,
    node: &'a Node,
    depth: usize,
}

/// The names that expressions may use in one place.
struct Names<'a> {
    /// `None` where the matrix is hidden.
    matrix: Option<&'a Node>,
    variables: &'a Variables,
    inputs: &'a Inputs,
    platform: Option<Platform>,
    machine: Option<Machine>,
    root: &'a Path,
}

impl Context for Names<'_> {
    fn lookup(&self, path: &[String]) -> Value {
        let Some((first, rest)) = path.split_first() else { return Value::Unknown };
        let start = match (first.as_str(), rest.first().map(String::as_str)) {
            ("matrix", _) => match self.matrix {
                Some(matrix) => Value::of(matrix),
                None => return Value::Unknown,
            },
            ("env", Some(name)) => {
                return match self.variables.get(name) {
                    Some(Some(value)) => Value::Text(value.clone()),
                    Some(None) | None => Value::Unknown,
                };
            }
            ("inputs", Some(name)) => {
                return match self.inputs {
                    Inputs::NotCalled => Value::Unknown,
                    Inputs::Given(given) => {
                        let known = given.iter().find(|(known, _)| known == name);
                        known.map_or(Value::Null, |(_, value)| value.clone())
                    }
                };
            }
            ("runner", Some("os")) => {
                return self.platform.map_or(Value::Unknown, |platform| {
                    Value::Text(match platform {
                        Platform::Linux => "Linux".to_owned(),
                        Platform::MacOs => "macOS".to_owned(),
                        Platform::Windows => "Windows".to_owned(),
                    })
                });
            }
            ("runner", Some("arch")) => {
                return self.machine.map_or(Value::Unknown, |machine| {
                    Value::Text(match machine {
                        Machine::X86_64 => "X64".to_owned(),
                        Machine::Aarch64 => "ARM64".to_owned(),
                    })
                });
            }
            ("github", Some("workspace")) => return Value::Text(self.root.to_string_lossy().into_owned()),
            _ => return Value::Unknown,
        };
        rest.iter().fold(start, |value, key| expression::member(&value, key))
    }
}

impl Job<'_> {
    fn run(&self, found: &mut Vec<Found>) {
        let variables = Variables::new();
        let names = self.names(None, &variables, None, None);
        let resolve = |node: &Node| match expression::resolve(node, &names) {
            Value::Tree(node) => Some(node),
            Value::Unknown => None,
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => {
                is_literal(node).then(|| node.clone())
            }
        };
        match matrix::expand(self.node.at(&["strategy", "matrix"]), &resolve) {
            Matrix::None => self.run_once(Some(&Vec::new()), found),
            Matrix::Hidden => self.run_once(None, found),
            Matrix::Combinations(combinations) => {
                for combination in &combinations {
                    self.run_once(Some(combination), found);
                }
            }
        }
    }

    fn names<'n>(
        &'n self,
        matrix: Option<&'n Node>,
        variables: &'n Variables,
        platform: Option<Platform>,
        machine: Option<Machine>,
    ) -> Names<'n> {
        Names { matrix, variables, inputs: self.inputs, platform, machine, root: self.files.root }
    }

    /// Runs the job with one combination of its matrix.
    fn run_once(&self, combination: Option<&Combination>, found: &mut Vec<Found>) {
        let matrix = combination.map(matrix::as_node);
        let nothing = Variables::new();
        let outer = self.names(matrix.as_ref(), &nothing, None, None);
        if expression::condition(self.node.at(&["if"]), &outer) == Some(false) {
            return;
        }
        if let Some(uses) = self.node.at(&["uses"]).text() {
            return self.call(uses, &outer, found);
        }
        let (platform, machine) = labels::runner(&runs_on(self.node.at(&["runs-on"]), &outer));
        let container = self.node.at(&["container"]);
        let image = if container.is_table() { container.at(&["image"]) } else { container };
        let image = image.text().map(|text| expression::substitute(text, &outer));
        let platform = if image.is_some() { Some(Platform::Linux) } else { platform };
        let state = State {
            python: image.as_deref().map_or(Interpreter::Unknown, labels::image),
            pinned_python: None,
            platform,
            machine,
            host: Host::GitHub,
            variables: variables::well_known(platform.unwrap_or(Platform::Linux), machine, Host::GitHub),
            installed: Installs::default(),
            directory: self.files.root.to_path_buf(),
        };
        let mut runner = Runner::new(self.files, state);
        let levels = [self.document.root.at(&["env"]), self.node.at(&["env"]), container.at(&["env"])];
        for level in levels {
            self.set_variables(&mut runner, level, matrix.as_ref());
        }
        let steps =
            Steps { job: self, document: self.document, matrix: matrix.as_ref(), inputs: self.inputs };
        let mut names = Vec::new();
        for step in self.node.at(&["steps"]).items() {
            let before = runner.sessions.len();
            steps.run(&mut runner, step, true, 0);
            let name = step.at(&["name"]).text().filter(|name| !name.contains("${{")).map(str::to_owned);
            names.extend(std::iter::repeat_n(name, runner.sessions.len() - before));
        }
        let values = combination.map_or_else(Vec::new, values_of);
        for (session, step) in runner.sessions.into_iter().zip(names) {
            found.push(Found { session, job: self.name.clone(), step, values: values.clone() });
        }
    }

    fn set_variables(&self, runner: &mut Runner<'_>, level: &Node, matrix: Option<&Node>) {
        for (key, value) in level.entries() {
            let names =
                self.names(matrix, &runner.state.variables, runner.state.platform, runner.state.machine);
            let value = expression::resolve(value, &names).text();
            let value = is_known(&value).then_some(value);
            runner.state.variables.insert(key.text.clone(), value);
        }
    }

    /// `uses: ./.github/workflows/test.yml`
    fn call(&self, uses: &str, names: &Names<'_>, found: &mut Vec<Found>) {
        let Some(path) = uses.strip_prefix("./").filter(|_| self.depth < 3) else { return };
        let path = self.files.root.join(path);
        let Some(Ok(document)) = Document::read(self.files.fs, &path, Format::Yaml) else { return };
        // NOTE: `on` is a key like others here; YAML 1.1 would make it true.
        let declared = document.root.at(&["on", "workflow_call", "inputs"]);
        let given = inputs(declared, self.node.at(&["with"]), names);
        workflow(&document, self.files, &given, &format!("{}/", self.name), self.depth + 1, found);
    }
}

/// A value in which no expression stands.
fn is_literal(node: &Node) -> bool {
    node.text().is_none_or(|text| !text.contains("${{"))
}

/// The values that are given, and the defaults of the others.
fn inputs(declared: &Node, with: &Node, names: &Names<'_>) -> Inputs {
    let mut given: Vec<(String, Value)> =
        with.entries().map(|(key, value)| (key.text.clone(), expression::resolve(value, names))).collect();
    for (key, input) in declared.entries() {
        if !given.iter().any(|(known, _)| *known == key.text) {
            given.push((key.text.clone(), Value::of(input.at(&["default"]))));
        }
    }
    Inputs::Given(given)
}

/// The labels of the runner.
fn runs_on(node: &Node, names: &Names<'_>) -> Vec<String> {
    let text = |node: &Node| expression::resolve(node, names).text();
    match &node.kind {
        Kind::List(items) => items.iter().map(text).collect(),
        Kind::Table(_) => node.at(&["labels"]).one_or_more().iter().map(text).collect(),
        Kind::Null | Kind::Flag(_) | Kind::Number(_) => Vec::new(),
        Kind::Text(_) | Kind::Block(_) => match expression::resolve(node, names) {
            Value::Tree(list) => list.one_or_more().iter().map(text).collect(),
            value => vec![value.text()],
        },
    }
}

/// The values that tell combinations apart, beside the Python version and the system.
fn values_of(combination: &Combination) -> Vec<String> {
    let is_told = |name: &str| {
        let name = name.to_lowercase();
        name.contains("python")
            || matches!(name.as_str(), "os" | "runner" | "runs-on" | "platform" | "py" | "version")
    };
    combination
        .iter()
        .filter(|(name, _)| !is_told(name))
        .filter_map(|(_, value)| value.scalar().map(str::to_owned))
        .filter(|value| !value.is_empty() && value.len() <= 40)
        .collect()
}

/// Steps of a job, or of a composite action.
struct Steps<'a> {
    job: &'a Job<'a>,
    document: &'a Document,
    matrix: Option<&'a Node>,
    inputs: &'a Inputs,
}

impl Steps<'_> {
    fn run(&self, runner: &mut Runner<'_>, step: &Node, certain: bool, depth: usize) {
        let outside = runner.state.variables.clone();
        self.set_variables(runner, step.at(&["env"]));
        let variables = runner.state.variables.clone();
        let names = self.names(runner, &variables);
        let condition = expression::condition(step.at(&["if"]), &names);
        let certain = certain && condition == Some(true);
        if condition != Some(false) {
            if let Some(uses) = step.at(&["uses"]).text() {
                self.run_action(runner, uses, step, &names, certain, depth);
            } else if let Some(script) = step.at(&["run"]).text() {
                self.run_script(runner, script, step, &names, certain);
            }
        }
        // What the step wrote to GITHUB_ENV stays; its own variables do not.
        let own: Vec<String> = step.at(&["env"]).entries().map(|(key, _)| key.text.clone()).collect();
        for name in own {
            match outside.get(&name) {
                Some(value) => drop(runner.state.variables.insert(name, value.clone())),
                None => drop(runner.state.variables.remove(&name)),
            }
        }
    }

    fn set_variables(&self, runner: &mut Runner<'_>, level: &Node) {
        for (key, value) in level.entries() {
            let variables = runner.state.variables.clone();
            let value = expression::resolve(value, &self.names(runner, &variables)).text();
            let value = is_known(&value).then_some(value);
            runner.state.variables.insert(key.text.clone(), value);
        }
    }

    fn names<'n>(&'n self, runner: &Runner<'_>, variables: &'n Variables) -> Names<'n> {
        Names {
            matrix: self.matrix,
            variables,
            inputs: self.inputs,
            platform: runner.state.platform,
            machine: runner.state.machine,
            root: self.job.files.root,
        }
    }

    fn run_script(
        &self,
        runner: &mut Runner<'_>,
        script: &str,
        step: &Node,
        names: &Names<'_>,
        certain: bool,
    ) {
        let node = step.at(&["run"]);
        let setting = |key: &str| -> Option<String> {
            let levels = [
                step.at(&[key]),
                self.job.node.at(&["defaults", "run", key]),
                self.job.document.root.at(&["defaults", "run", key]),
            ];
            let text = levels.into_iter().find_map(Node::text)?;
            Some(expression::substitute(text, names))
        };
        let shell = match setting("shell") {
            Some(shell) if shell.starts_with("bash") || shell.starts_with("sh") => Shell::Posix,
            Some(shell) if shell.starts_with("pwsh") || shell.starts_with("powershell") => Shell::PowerShell,
            Some(shell) if shell.starts_with("cmd") => Shell::Cmd,
            // Python, or something else that may do anything.
            Some(_) => return runner.lose_track(),
            None if runner.state.platform == Some(Platform::Windows) => Shell::PowerShell,
            None => Shell::Posix,
        };
        let outside = runner.state.directory.clone();
        if let Some(directory) = setting("working-directory") {
            match runner.path_in_root(&directory) {
                Some(directory) => runner.state.directory = directory,
                None => runner.lose_track(),
            }
        }
        // Git's bash sets it on Windows too.
        let needs_home = shell == Shell::Posix && !runner.state.variables.contains_key("HOME");
        if needs_home {
            runner.state.variables.insert("HOME".to_owned(), None);
        }
        let script = expression::substitute(script, names);
        runner.run_script(&script, shell, certain, &|line| self.document.place_of_line(node, line));
        if needs_home {
            runner.state.variables.remove("HOME");
        }
        runner.state.directory = outside;
    }

    fn run_action(
        &self,
        runner: &mut Runner<'_>,
        uses: &str,
        step: &Node,
        names: &Names<'_>,
        certain: bool,
        depth: usize,
    ) {
        let with = step.at(&["with"]);
        let Some(path) = uses.strip_prefix("./") else {
            let place: Place = self.document.place(step.at(&["uses"]).span);
            let input = |key: &str| {
                let value = with.get(key)?;
                Some(expression::resolve(value, names).text())
            };
            return actions::run(runner, uses, &input, At { place: &place, certain });
        };
        let directory = self.job.files.root.join(path);
        let document = composite(self.job.files, &directory).filter(|_| depth < 4);
        let Some(document) = document else { return runner.lose_track() };
        let given = inputs(document.root.at(&["inputs"]), with, names);
        let steps = Steps { job: self.job, document: &document, matrix: self.matrix, inputs: &given };
        let inside = document.root.at(&["runs", "steps"]).items();
        if inside.is_empty() {
            runner.lose_track();
        }
        for step in inside {
            steps.run(runner, step, certain, depth + 1);
        }
    }
}

/// `action.yml` of a local action.
fn composite(files: &Files<'_>, directory: &Path) -> Option<Document> {
    let names: [PathBuf; 2] = [directory.join("action.yml"), directory.join("action.yaml")];
    names.iter().find_map(|path| Document::read(files.fs, path, Format::Yaml)?.ok())
}
