//! `azure-pipelines.yml`, as far as it is literal.

use crate::environment::Platform;
use crate::environment::command::shell::{Shell, UNKNOWN, is_known};
use crate::environment::command::{Files, Runner, State};
use crate::environment::document::{Document, Node};
use crate::environment::install::Installs;
use crate::environment::interpreter::Interpreter;
use crate::environment::variables::{self, Host};

use super::{Found, labels};

pub(super) fn jobs(document: &Document, files: &Files<'_>) -> Vec<Found> {
    let root = &document.root;
    let mut found = Vec::new();
    let mut run = |levels: &[&Node], node: &Node| Job { document, files, levels, node }.run(&mut found);
    for stage in root.at(&["stages"]).items() {
        for job in stage.at(&["jobs"]).items() {
            run(&[root, stage, job], job);
        }
    }
    for job in root.at(&["jobs"]).items() {
        run(&[root, job], job);
    }
    if root.at(&["jobs"]).is_null() && root.at(&["stages"]).is_null() {
        run(&[root], root);
    }
    found
}

struct Job<'a> {
    document: &'a Document,
    files: &'a Files<'a>,
    /// Where variables and the pool may be stated, the job last.
    levels: &'a [&'a Node],
    node: &'a Node,
}

impl Job<'_> {
    fn run(&self, found: &mut Vec<Found>) {
        let matrix = self.node.at(&["strategy", "matrix"]);
        let name = self.node.at(&["job"]).text().unwrap_or("job");
        if matrix.is_table() {
            for (key, row) in matrix.entries() {
                self.run_once(name, Some(&key.text), row, found);
            }
        } else {
            self.run_once(name, None, matrix, found);
        }
    }

    fn run_once(&self, name: &str, label: Option<&str>, row: &Node, found: &mut Vec<Found>) {
        let mut values = Values::default();
        for level in self.levels {
            values.add(level.at(&["variables"]));
        }
        values.add(row);
        let pool = self.levels.iter().rev().map(|level| level.at(&["pool"])).find(|pool| !pool.is_null());
        let image = pool.map(|pool| pool.at(&["vmImage"])).and_then(Node::text).unwrap_or_default();
        let image = values.expand(image);
        let (platform, machine) = labels::runner(&[image]);
        let mut variables = variables::well_known(platform.unwrap_or(Platform::Linux), machine, Host::Azure);
        for (key, value) in &values.known {
            // `python.version` is `PYTHON_VERSION` in a script.
            variables
                .insert(key.to_uppercase().replace(['.', ' '], "_"), is_known(value).then(|| value.clone()));
        }
        let state = State {
            python: Interpreter::Unknown,
            pinned_python: None,
            platform,
            machine,
            host: Host::Azure,
            variables,
            installed: Installs::default(),
            directory: self.files.root.to_path_buf(),
        };
        let mut runner = Runner::new(self.files, state);
        for step in self.node.at(&["steps"]).items() {
            self.step(&mut runner, step, &values);
        }
        for session in runner.sessions {
            let label = label
                .filter(|_| session.state.python == Interpreter::Unknown || session.state.platform.is_none());
            let values = label.map(str::to_owned).into_iter().collect();
            found.push(Found { session, job: name.to_owned(), step: None, values });
        }
    }

    fn step(&self, runner: &mut Runner<'_>, step: &Node, values: &Values) {
        // Conditions are functions of the run: `succeeded()`, `eq(variables['x'], 'y')`.
        let certain =
            step.at(&["condition"]).is_null() || step.at(&["condition"]).text() == Some("succeeded()");
        let outside = runner.state.directory.clone();
        if let Some(directory) = step.at(&["workingDirectory"]).text()
            && let Some(directory) = runner.path_in_root(&values.expand(directory))
        {
            runner.state.directory = directory;
        }
        let is_windows = runner.state.platform == Some(Platform::Windows);
        let scripts = [
            ("script", if is_windows { Shell::Cmd } else { Shell::Posix }),
            ("bash", Shell::Posix),
            ("powershell", Shell::PowerShell),
            ("pwsh", Shell::PowerShell),
        ];
        for (key, shell) in scripts {
            let node = step.at(&[key]);
            if let Some(script) = node.text() {
                let script = values.expand(script);
                let before = runner.state.variables.clone();
                for (name, value) in step.at(&["env"]).entries() {
                    let value = value.scalar().map(|text| values.expand(text)).filter(|text| is_known(text));
                    runner.state.variables.insert(name.text.clone(), value);
                }
                runner.run_script(&script, shell, certain, &|line| self.document.place_of_line(node, line));
                runner.state.variables = before;
            }
        }
        if let Some(task) = step.at(&["task"]).text() {
            match task.split('@').next().unwrap_or(task) {
                "UsePythonVersion" => {
                    let version = step.at(&["inputs", "versionSpec"]).scalar().unwrap_or_default();
                    runner.state.python = Interpreter::parse(&values.expand(version));
                }
                "PublishTestResults"
                | "PublishCodeCoverageResults"
                | "Cache"
                | "PublishBuildArtifacts"
                | "CopyFiles" => {}
                _ => runner.lose_track(),
            }
        }
        if !step.at(&["template"]).is_null() {
            runner.lose_track();
        }
        runner.state.directory = outside;
    }
}

/// Variables of the pipeline, for `$(name)`.
#[derive(Default)]
struct Values {
    known: Vec<(String, String)>,
}

impl Values {
    /// A table of names, or a list of `{name: …, value: …}`.
    fn add(&mut self, node: &Node) {
        let pairs = node.entries().map(|(key, value)| (key.text.clone(), value)).collect::<Vec<_>>();
        let listed = node
            .items()
            .iter()
            .filter_map(|item| Some((item.at(&["name"]).text()?.to_owned(), item.at(&["value"]))));
        for (name, value) in pairs.into_iter().chain(listed) {
            let value = value.scalar().map_or_else(|| UNKNOWN.to_string(), |text| self.expand(text));
            self.known.retain(|(known, _)| *known != name);
            self.known.push((name, value));
        }
    }

    fn expand(&self, text: &str) -> String {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("$(") {
            let Some((name, tail)) = after.split_once(')') else { break };
            result.push_str(before);
            match self.known.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some((_, value)) => result.push_str(value),
                // In a shell it may be a command: what it prints is not known either.
                None => result.push(UNKNOWN),
            }
            rest = tail;
        }
        let result = result + rest;
        match result.split_once("${{") {
            Some((before, _)) => format!("{before}{UNKNOWN}"),
            None => result,
        }
    }
}
