//! Reads the specifications of the interpreter: `testdata/specs/*.md`.
//!
//! An example is a fenced `python` block, the module, and the `result` block behind it, what the module's
//! import does:
//!
//! ````markdown
//! ```python
//! text = "a,b".split(",")
//! int("x")
//! ```
//!
//! ```result
//! text = ['a', 'b']
//! raises ValueError on line 2: invalid literal for int() with base 10: 'x'
//! ```
//! ````
//!
//! `unknown` stands for what the interpreter does not know, `name ?= value` for a name that may be unbound.
//! A `python` block with a `title` is another file of the next example.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

#[derive(Clone, Debug)]
pub(crate) struct SpecFile {
    pub(crate) path: PathBuf,
    pub(crate) examples: Vec<Spec>,
}

#[derive(Clone, Debug)]
pub(crate) struct Spec {
    /// The last heading above it.
    pub(crate) heading: String,
    /// The line of the module's fence.
    pub(crate) line: usize,
    /// The version of Python, `3.11`.
    pub(crate) python: String,
    /// `filterwarnings = error`
    pub(crate) strict: bool,
    pub(crate) module: String,
    /// Other files, by path.
    pub(crate) files: Vec<(String, String)>,
    pub(crate) result: String,
    /// The lines of the page that hold the result with its fences; empty behind the module where there is
    /// none yet.
    pub(crate) place: std::ops::Range<usize>,
}

/// All specifications of the folder, by name.
pub(crate) fn read_all(folder: &Path) -> Result<Vec<SpecFile>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} is missing", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path)?;
            let examples = parse(&text).with_context(|| format!("in {}", path.display()))?;
            Ok(SpecFile { path, examples })
        })
        .collect()
}

fn parse(text: &str) -> Result<Vec<Spec>> {
    let mut examples: Vec<Spec> = Vec::new();
    let mut heading = String::new();
    let mut files = Vec::new();
    let mut open: Option<(usize, String, String)> = None;
    for (index, line) in text.lines().enumerate() {
        if let Some((begin, info, body)) = &mut open {
            if line.trim_end() != "```" {
                body.push_str(line);
                body.push('\n');
                continue;
            }
            let (language, attributes) = info.split_once(' ').unwrap_or((info, ""));
            match language {
                "python" => match attribute(attributes, "title") {
                    Some(title) => files.push((title.to_owned(), std::mem::take(body))),
                    None => examples.push(Spec {
                        heading: heading.clone(),
                        line: *begin + 1,
                        python: attribute(attributes, "python").unwrap_or("3.11").to_owned(),
                        strict: attributes.contains("strict"),
                        module: std::mem::take(body),
                        files: std::mem::take(&mut files),
                        result: String::new(),
                        place: index + 1..index + 1,
                    }),
                },
                "result" => {
                    let example = examples.last_mut().context("a result follows a module")?;
                    ensure!(example.place.is_empty(), "line {}: a second result", *begin + 1);
                    example.result = std::mem::take(body);
                    example.place = *begin..index + 1;
                }
                other => bail!("line {}: a fence of `{other}`", *begin + 1),
            }
            open = None;
        } else if let Some(info) = line.strip_prefix("```") {
            open = Some((index, info.trim().to_owned(), String::new()));
        } else if line.starts_with('#') {
            line.trim_start_matches('#').trim().clone_into(&mut heading);
        }
    }
    ensure!(open.is_none(), "the last fence is not closed");
    Ok(examples)
}

/// `name="value"` or `name=value`
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let rest = attributes.split_once(&format!("{name}="))?.1;
    Some(match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => rest.split(' ').next().unwrap_or_default(),
    })
}

/// The page with other results.
pub(crate) fn with_results(text: &str, examples: &[Spec], results: &[String]) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut changed = String::new();
    let mut next = 0;
    for (example, result) in examples.iter().zip(results) {
        for line in &lines[next..example.place.start] {
            changed.push_str(line);
            changed.push('\n');
        }
        if example.place.is_empty() {
            changed.push('\n');
        }
        changed.push_str("```result\n");
        changed.push_str(result);
        changed.push_str("```\n");
        next = example.place.end;
    }
    for line in &lines[next..] {
        changed.push_str(line);
        changed.push('\n');
    }
    changed
}

/// Whether what really happens is what was stated; `unknown` stands for anything.
pub(crate) fn agrees(stated: &str, real: &str) -> bool {
    fn name(line: &str) -> &str {
        line.split_once([' ', ':']).map_or(line, |(name, _)| name)
    }
    let open = stated.lines().any(|line| line == "open");
    let mut real: Vec<&str> = real.lines().collect();
    for line in stated.lines().filter(|line| *line != "open") {
        let maybe = line.contains(" ?= ");
        let plain = line.replacen(" ?= ", " = ", 1);
        let Some(place) = real.iter().position(|known| name(known) == name(&plain)) else {
            if maybe {
                continue;
            }
            return false;
        };
        if !matches(&plain, real.remove(place)) {
            return false;
        }
    }
    open || real.is_empty()
}

fn matches(stated: &str, real: &str) -> bool {
    let pattern = regex::escape(stated).replace(" unknown", ".*").replace("unknown", ".*");
    regex::Regex::new(&format!("^(?s:{pattern})$")).is_ok_and(|pattern| pattern.is_match(real))
}

/// What to state where the interpreter says `guess` and Python does `real`: the guess, but never what is wrong.
pub(crate) fn corrected(guess: &str, real: &str) -> String {
    if agrees(guess, real) { guess.to_owned() } else { real.to_owned() }
}
