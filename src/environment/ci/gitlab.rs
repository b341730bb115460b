//! `.gitlab-ci.yml`, as far as it is literal.

use crate::environment::command::shell::{Shell, UNKNOWN, is_known};
use crate::environment::command::{Files, Runner, State};
use crate::environment::document::{Document, Node};
use crate::environment::install::Installs;
use crate::environment::variables::{self, Host, Variables};
use crate::environment::{Machine, Platform};

use super::{Found, labels};

/// Keys of the file that are no jobs.
const RESERVED: [&str; 14] = [
    "after_script",
    "before_script",
    "cache",
    "default",
    "image",
    "include",
    "pages",
    "services",
    "spec",
    "stages",
    "types",
    "variables",
    "workflow",
    "artifacts",
];

pub(super) fn jobs(document: &Document, files: &Files<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (key, node) in document.root.entries() {
        if RESERVED.contains(&key.text.as_str()) || key.text.starts_with('.') || !node.is_table() {
            continue;
        }
        let job = Job { document, chain: chain(document, node, 0) };
        for combination in combinations(job.value("parallel").at(&["matrix"])) {
            job.run(files, &key.text, &combination, &mut found);
        }
    }
    found
}

/// The job and what it extends, the nearest first.
fn chain<'d>(document: &'d Document, node: &'d Node, depth: usize) -> Vec<&'d Node> {
    let mut nodes = vec![node];
    if depth < 8 {
        // The last of several wins.
        for name in node.at(&["extends"]).one_or_more().iter().rev().filter_map(Node::text) {
            nodes.extend(chain(document, document.root.at(&[name]), depth + 1));
        }
    }
    nodes.truncate(100);
    nodes
}

/// One list of variables for each run of `parallel: matrix`.
fn combinations(matrix: &Node) -> Vec<Vec<(String, String)>> {
    if matrix.is_null() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for row in matrix.items() {
        let mut product: Vec<Vec<(String, String)>> = vec![Vec::new()];
        for (key, values) in row.entries() {
            let values: Vec<&str> = values.one_or_more().iter().filter_map(Node::scalar).collect();
            product = product
                .iter()
                .flat_map(|start| {
                    values.iter().map(move |value| {
                        let mut next = start.clone();
                        next.push((key.text.clone(), (*value).to_owned()));
                        next
                    })
                })
                .take(200)
                .collect();
        }
        all.extend(product);
    }
    all
}

struct Job<'d> {
    document: &'d Document,
    chain: Vec<&'d Node>,
}

impl<'d> Job<'d> {
    /// The job's own value, or an inherited one, or the default.
    fn value(&self, key: &str) -> &'d Node {
        let root = &self.document.root;
        let levels = self
            .chain
            .iter()
            .map(|node| node.at(&[key]))
            .chain([root.at(&["default", key]), root.at(&[key])]);
        levels.into_iter().find(|node| !node.is_null()).unwrap_or(root.at(&["", ""]))
    }

    fn run(&self, files: &Files<'_>, name: &str, combination: &[(String, String)], found: &mut Vec<Found>) {
        let mut variables = variables::well_known(Platform::Linux, None, Host::GitLab);
        let levels = [self.document.root.at(&["variables"])].into_iter();
        let levels = levels.chain(self.chain.iter().rev().map(|node| node.at(&["variables"])));
        for (key, value) in levels.flat_map(Node::entries) {
            let value = if value.is_table() { value.at(&["value"]) } else { value };
            let value = value.scalar().map(|text| expand(text, &variables)).filter(|text| is_known(text));
            variables.insert(key.text.clone(), value);
        }
        for (key, value) in combination {
            variables.insert(key.clone(), Some(value.clone()));
        }
        let image = self.value("image");
        let image = if image.is_table() { image.at(&["name"]) } else { image };
        let image = image.text().map(|text| expand(text, &variables)).unwrap_or_default();
        let tags: Vec<String> =
            self.value("tags").items().iter().filter_map(|tag| tag.text().map(str::to_owned)).collect();
        let (platform, machine) = labels::runner(&tags);
        let platform = platform.or((!image.is_empty()).then_some(Platform::Linux));
        let is_shared = tags.is_empty();
        let state = State {
            python: labels::image(&image),
            pinned_python: None,
            platform,
            machine: machine.or(is_shared.then_some(Machine::X86_64)),
            host: Host::GitLab,
            variables,
            installed: Installs::default(),
            directory: files.root.to_path_buf(),
        };
        let mut runner = Runner::new(files, state);
        // The lines of both share one shell.
        let nodes =
            self.value("before_script").one_or_more().iter().chain(self.value("script").one_or_more());
        let mut script = String::new();
        let mut places = Vec::new();
        for node in nodes {
            let Some(text) = node.text() else {
                // `!reference [.job, script]`
                runner.lose_track();
                continue;
            };
            for (line, text) in (0..).zip(text.lines()) {
                script.push_str(text);
                script.push('\n');
                places.push(self.document.place_of_line(node, line));
            }
        }
        let Some(last) = places.last().cloned() else { return };
        let place = |line: u32| places.get(line as usize).unwrap_or(&last).clone();
        runner.run_script(&script, Shell::Posix, true, &place);
        let values: Vec<String> = combination
            .iter()
            .filter(|(key, _)| !key.to_lowercase().contains("py"))
            .map(|(_, value)| value.clone())
            .collect();
        for session in runner.sessions {
            found.push(Found { session, job: name.to_owned(), step: None, values: values.clone() });
        }
    }
}

/// `$NAME` and `${NAME}` in a value that is no script.
fn expand(text: &str, variables: &Variables) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        let inner = after.strip_prefix('{').unwrap_or(after);
        let length = inner.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(inner.len());
        let (name, tail) = inner.split_at(length);
        match variables.get(name) {
            Some(Some(value)) => result.push_str(value),
            Some(None) | None => result.push(UNKNOWN),
        }
        rest = tail.strip_prefix('}').unwrap_or(tail);
    }
    result + rest
}
