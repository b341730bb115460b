//! `tox.ini`, `setup.cfg` and `legacy_tox_ini`.

use std::cell::Cell;
use std::path::PathBuf;

use crate::environment::Place;
use crate::environment::command::shell::{self, Shell, UNKNOWN};
use crate::environment::document::ini::{Ini, Line};
use crate::environment::interpreter::Interpreter;
use crate::environment::variables::Variables;

use super::factors::{expand_list, holds, select};
use super::{Invocation, Tox, ToxCommand, ToxEnvironment, python_of};

/// The text of an INI file inside another file, moved down so that its lines have that file's numbers.
pub(super) fn aligned(text: &str, line: u32) -> String {
    // NOTE: TOML drops the newline that follows the opening quotes.
    "\n".repeat(line as usize) + text
}

pub(super) fn env_list(ini: &Ini) -> Vec<String> {
    let value = ["tox", "tox:tox"]
        .iter()
        .find_map(|section| ini.entry(section, "env_list").or_else(|| ini.entry(section, "envlist")));
    value.map_or_else(|| vec!["py".to_owned()], |entry| expand_list(&entry.text()))
}

pub(super) fn github_environments(ini: &Ini, version: &str) -> Option<Vec<String>> {
    let lines = &ini.entry("gh-actions", "python").or_else(|| ini.entry("gh", "python"))?.lines;
    let mut found = None;
    for line in lines {
        let (key, factors) = line.text.split_once([':', '='])?;
        if key.trim() == version {
            found = Some(expand_list(factors));
        }
    }
    let factors = found?;
    // The factors choose among the environments of the list.
    let chosen = env_list(ini).into_iter().filter(|name| factors.iter().any(|factor| holds(factor, name)));
    Some(chosen.collect())
}

pub(super) fn environment(tox: &Tox, ini: &Ini, name: &str, invocation: &Invocation<'_>) -> ToxEnvironment {
    let reader = Reader { tox, ini, name, invocation, references: Cell::new(0) };
    let place = reader.place();
    let explicit = reader.value(&["base_python", "basepython"]);
    let explicit = explicit.first().map(|line| Interpreter::parse(&line.text));
    let lines = reader.value(&["deps"]);
    let complete = lines.iter().all(|line| shell::is_known(&line.text));
    let flag = |keys: &[&str]| {
        let lines = reader.value(keys);
        lines.first().is_some_and(|line| {
            matches!(line.text.to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "on")
        })
    };
    let no_package = ["tox", "tox:tox"].iter().any(|section| {
        let entry = |key| ini.entry(section, key);
        let skips = entry("skipsdist").or_else(|| entry("no_package"));
        skips.is_some_and(|entry| entry.text().eq_ignore_ascii_case("true"))
    });
    let develop = flag(&["usedevelop", "use_develop"]);
    let package = reader.value(&["package"]);
    let skips = package.first().is_some_and(|line| matches!(line.text.as_str(), "skip" | "deps-only"));
    let words = |keys: &[&str]| -> Vec<String> {
        let lines = reader.value(keys);
        let words = lines.iter().flat_map(|line| line.text.split([',', ' ']));
        words.map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let directory = reader.value(&["change_dir", "changedir"]);
    let directory = directory.first().map_or_else(PathBuf::new, |line| PathBuf::from(&line.text));
    ToxEnvironment {
        name: name.to_owned(),
        python: python_of(name).or(explicit),
        deps: lines.into_iter().map(|line| (line.text, ini.place(line.span))).collect(),
        extras: words(&["extras"]),
        groups: words(&["dependency_groups"]),
        installs_project: !flag(&["skip_install"]) && !skips && (develop || !no_package),
        commands: reader.commands(),
        set_env: reader.set_env(),
        pass_env: words(&["pass_env", "passenv"]),
        directory: tox.root.join(directory),
        complete,
        place,
    }
}

struct Reader<'a> {
    tox: &'a Tox,
    ini: &'a Ini,
    name: &'a str,
    invocation: &'a Invocation<'a>,
    /// How many references were followed: they may multiply.
    references: Cell<u32>,
}

const MOST_REFERENCES: u32 = 5000;

impl Reader<'_> {
    /// The section of the environment: its own, whose name may be generative, or the base.
    fn own_section(&self) -> Option<&str> {
        self.ini.sections().iter().map(|section| section.name.as_str()).find(|section| {
            section.strip_prefix("testenv:").is_some_and(|names| {
                names == self.name || expand_list(names).iter().any(|name| name == self.name)
            })
        })
    }

    fn place(&self) -> Place {
        let own = self.own_section().unwrap_or("testenv");
        let section = self.ini.sections().iter().find(|section| section.name == own);
        self.ini.place(section.map_or(crate::text::Span::default(), |section| section.span))
    }

    /// The lines of the first of the keys that the environment or its base has.
    fn value(&self, keys: &[&str]) -> Vec<Line> {
        let sections = self.own_section().into_iter().chain(["testenv"]);
        for section in sections {
            if let Some(entry) = keys.iter().find_map(|key| self.ini.entry(section, key)) {
                return self.lines(&entry.lines, 0);
            }
        }
        Vec::new()
    }

    /// Selects the lines for the environment's factors, follows references and joins continued lines.
    fn lines(&self, lines: &[Line], depth: usize) -> Vec<Line> {
        let mut found: Vec<Line> = Vec::new();
        let mut continues = false;
        for line in lines {
            let Some(text) = select(&line.text, self.name) else {
                continues = false;
                continue;
            };
            if text.is_empty() {
                continue;
            }
            // `{[testenv]deps}` stands for all lines of the other value.
            let reference = text
                .strip_prefix("{[")
                .and_then(|rest| rest.strip_suffix('}'))
                .and_then(|rest| rest.split_once(']'));
            if let Some((section, key)) = reference
                && self.may_follow(depth)
                && !key.contains('{')
                && let Some(entry) = self.ini.entry(section, key)
            {
                found.extend(self.lines(&entry.lines, depth + 1));
                continue;
            }
            let joined = text.strip_suffix('\\');
            let text = self.substitute(joined.unwrap_or(text), 0);
            match found.last_mut() {
                Some(last) if continues => last.text.push_str(&text),
                _ => found.push(Line { text, span: line.span }),
            }
            continues = joined.is_some();
        }
        found
    }

    fn may_follow(&self, depth: usize) -> bool {
        self.references.set(self.references.get().saturating_add(1));
        depth < 10 && self.references.get() < MOST_REFERENCES
    }

    /// `{toxinidir}`, `{env:NAME:default}`, `{[section]key}`, `{posargs:default}`
    fn substitute(&self, text: &str, depth: usize) -> String {
        let mut result = String::new();
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            let Some(end) = matching_brace(&rest[start..]) else { break };
            result.push_str(&rest[..start]);
            let inside = &rest[start + 1..start + end];
            if self.may_follow(depth) {
                self.replace(inside, depth + 1, &mut result);
            } else {
                result.push(UNKNOWN);
            }
            rest = &rest[start + end + 1..];
        }
        result.push_str(rest);
        result
    }

    fn replace(&self, inside: &str, depth: usize, result: &mut String) {
        if let Some((section, key)) = inside.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            match self.ini.entry(section, key) {
                Some(entry) => result.push_str(&self.substitute(&entry.text().replace('\n', " "), depth)),
                None => result.push(UNKNOWN),
            }
            return;
        }
        let (kind, argument) = inside.split_once(':').unwrap_or((inside, ""));
        match kind {
            "toxinidir" | "tox_root" => result.push_str(&self.tox.root.to_string_lossy()),
            "envname" | "env_name" => result.push_str(self.name),
            "envpython" | "env_python" => result.push_str("python"),
            "/" => result.push('/'),
            "posargs" => match self.invocation.posargs {
                Some(words) => result.push_str(&words.join(" ")),
                None => result.push_str(&self.substitute(argument, depth)),
            },
            "env" => {
                let (name, default) =
                    argument.split_once(':').map_or((argument, None), |(n, d)| (n, Some(d)));
                let known = self.invocation.variables.and_then(|variables| variables.get(name));
                match (known, default) {
                    (Some(Some(value)), _) => result.push_str(value),
                    (Some(None), _) => result.push(UNKNOWN),
                    (None, Some(default)) => result.push_str(&self.substitute(default, depth)),
                    (None, None) => {}
                }
            }
            _ => result.push(UNKNOWN),
        }
    }

    fn commands(&self) -> Vec<ToxCommand> {
        let nothing = Variables::new();
        let mut commands = Vec::new();
        for line in self.value(&["commands"]) {
            // `-`: its failure is ignored; `!`: it must fail.
            let text = line.text.trim_start_matches(['-', '!', '@']).trim_start();
            let place = self.ini.place(line.span);
            for command in shell::commands(text, Shell::Posix, &nothing) {
                commands.push(ToxCommand { words: command.words, place: place.clone() });
            }
        }
        commands
    }

    fn set_env(&self) -> Vec<(String, Option<String>)> {
        let lines = self.value(&["set_env", "setenv"]);
        let pairs = lines.iter().filter_map(|line| line.text.split_once('='));
        pairs
            .map(|(name, value)| {
                let value = value.trim();
                (name.trim().to_owned(), shell::is_known(value).then(|| value.to_owned()))
            })
            .collect()
    }
}

/// The offset of the brace that closes the one at the start.
fn matching_brace(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}
