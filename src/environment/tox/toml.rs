//! `tox.toml` and `[tool.tox]`.

use std::path::PathBuf;

use crate::environment::command::shell::{self, UNKNOWN};
use crate::environment::document::{Document, Node};
use crate::environment::interpreter::Interpreter;

use super::{Invocation, Tox, ToxCommand, ToxEnvironment, python_of};

pub(super) fn env_list(table: &Node) -> Vec<String> {
    let list = table.at(&["env_list"]);
    if list.is_null() {
        return vec!["py".to_owned()];
    }
    let mut names = Vec::new();
    for item in list.items() {
        if let Some(name) = item.text() {
            names.push(name.to_owned());
            continue;
        }
        // `{ product = [["3.9", "3.10"], ["a", "b"]] }`
        let mut product = vec![String::new()];
        for factors in item.at(&["product"]).items() {
            let factors: Vec<&str> = factors.items().iter().filter_map(Node::text).collect();
            product = product
                .iter()
                .flat_map(|start| {
                    factors.iter().map(move |factor| {
                        if start.is_empty() { (*factor).to_owned() } else { format!("{start}-{factor}") }
                    })
                })
                .take(2000)
                .collect();
        }
        names.extend(product.into_iter().filter(|name| !name.is_empty()));
    }
    names
}

pub(super) fn environment(
    tox: &Tox,
    document: &Document,
    path: &[&str],
    name: &str,
    invocation: &Invocation<'_>,
) -> ToxEnvironment {
    let table = document.root.at(path);
    let own = table.at(&["env", name]);
    let reader = Reader { tox, document, table, own, name, invocation };
    let span = if own.is_null() { table.at(&["env_run_base"]).span } else { own.span };
    let texts = |key: &str| reader.list(reader.value(key), 0);
    let explicit = texts("base_python").first().map(|text| Interpreter::parse(text));
    let deps: Vec<_> = reader.located(reader.value("deps"), 0);
    let no_package =
        table.at(&["no_package"]).flag() == Some(true) || table.at(&["skipsdist"]).flag() == Some(true);
    let skips = reader.value("skip_install").flag() == Some(true)
        || matches!(reader.value("package").text(), Some("skip" | "deps-only"));
    let directory =
        reader.value("change_dir").text().map_or_else(PathBuf::new, |text| PathBuf::from(reader.text(text)));
    ToxEnvironment {
        name: name.to_owned(),
        python: python_of(name).or(explicit),
        complete: deps.iter().all(|(text, _)| shell::is_known(text)),
        deps,
        extras: texts("extras"),
        groups: texts("dependency_groups"),
        installs_project: !skips && !no_package,
        commands: reader.commands(),
        set_env: reader.set_env(),
        pass_env: texts("pass_env"),
        directory: tox.root.join(directory),
        place: document.place(span),
    }
}

struct Reader<'a> {
    tox: &'a Tox,
    document: &'a Document,
    table: &'a Node,
    own: &'a Node,
    name: &'a str,
    invocation: &'a Invocation<'a>,
}

impl<'a> Reader<'a> {
    fn value(&self, key: &str) -> &'a Node {
        let own = self.own.at(&[key]);
        if own.is_null() { self.table.at(&["env_run_base", key]) } else { own }
    }

    fn list(&self, node: &Node, depth: usize) -> Vec<String> {
        self.located(node, depth).into_iter().map(|(text, _)| text).collect()
    }

    /// The texts of a list; a table among them stands for others: `{ replace = "ref", of = […] }`.
    fn located(&self, node: &Node, depth: usize) -> Vec<(String, crate::environment::Place)> {
        let mut found = Vec::new();
        for item in node.one_or_more() {
            if let Some(text) = item.text() {
                found.push((self.text(text), self.document.place(item.span)));
            } else if depth >= 3 {
                found.push((UNKNOWN.to_string(), self.document.place(item.span)));
            } else {
                match item.at(&["replace"]).text() {
                    Some("ref") => found.extend(self.located(self.referred(item), depth + 1)),
                    Some("posargs") => match self.invocation.posargs {
                        Some(words) => {
                            found.extend(
                                words.iter().map(|word| (word.clone(), self.document.place(item.span))),
                            );
                        }
                        None => found.extend(self.located(item.at(&["default"]), depth + 1)),
                    },
                    Some(_) | None => found.push((UNKNOWN.to_string(), self.document.place(item.span))),
                }
            }
        }
        found
    }

    /// `of = ["env_run_base", "deps"]`, or `env = "x", key = "deps"`
    fn referred(&self, item: &Node) -> &Node {
        let of: Vec<&str> = item.at(&["of"]).items().iter().filter_map(Node::text).collect();
        match (item.at(&["env"]).text(), item.at(&["key"]).text()) {
            (Some(environment), Some(key)) => self.table.at(&["env", environment, key]),
            _ => self.table.at(&of),
        }
    }

    fn text(&self, text: &str) -> String {
        let root = self.tox.root.to_string_lossy();
        let known = text
            .replace("{tox_root}", &root)
            .replace("{toxinidir}", &root)
            .replace("{env_name}", self.name)
            .replace("{envname}", self.name)
            .replace("{env_python}", "python")
            .replace("{/}", "/");
        match known.split_once('{') {
            Some((before, _)) => format!("{before}{UNKNOWN}"),
            None => known,
        }
    }

    fn commands(&self) -> Vec<ToxCommand> {
        let mut commands = Vec::new();
        self.add_commands(self.value("commands"), 0, &mut commands);
        commands
    }

    fn add_commands(&self, node: &Node, depth: usize, commands: &mut Vec<ToxCommand>) {
        for item in node.items() {
            if item.is_list() {
                let mut words = self.list(item, 0);
                words.retain(|word| word != "-");
                commands.push(ToxCommand { words, place: self.document.place(item.span) });
            } else if item.at(&["replace"]).text() == Some("ref") && depth < 3 {
                self.add_commands(self.referred(item), depth + 1, commands);
            }
        }
    }

    fn set_env(&self) -> Vec<(String, Option<String>)> {
        let mut variables = Vec::new();
        for layer in [self.table.at(&["env_run_base", "set_env"]), self.own.at(&["set_env"])] {
            for (key, value) in layer.entries() {
                let value = value.scalar().map(|text| self.text(text)).filter(|text| shell::is_known(text));
                variables.push((key.text.clone(), value));
            }
        }
        variables
    }
}
