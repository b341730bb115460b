//! What holds for the repository as a whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use collectlint::rules::{self, FixAvailability, Rule};

use crate::pages;

/// A module uses only those to its left.
const LAYERS: [&str; 16] = [
    "text",
    "diagnostic",
    "fs",
    "environment",
    "settings",
    "discovery",
    "syntax",
    "resolve",
    "interp",
    "outcome",
    "rules",
    "check",
    "fix",
    "report",
    "cli",
    "server",
];

const LONGEST_FILE: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files below `folder` with their texts.
fn sources(folder: &str) -> Result<BTreeMap<PathBuf, String>> {
    walkdir::WalkDir::new(root().join(folder))
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .map(|entry| {
            let below = entry.path().strip_prefix(root())?.to_path_buf();
            Ok((below, fs::read_to_string(entry.path())?))
        })
        .collect()
}

/// The layer that a file of `src/` belongs to; `lib.rs` and `main.rs` are above them all.
fn layer(path: &Path) -> Option<&str> {
    let first = path.components().nth(1)?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (name != "lib" && name != "main").then_some(name)
}

/// The modules of the crate that a line of code names: `crate::fs`, also in `use crate::{fs, text}`.
fn used(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or_default();
    let mut names = Vec::new();
    for (start, prefix) in code.match_indices("crate::") {
        let after = &code[start + prefix.len()..];
        let name = after.split(|character: char| !character.is_alphanumeric() && character != '_').next();
        names.extend(name.filter(|name| !name.is_empty()));
    }
    names
}

#[test]
fn a_module_uses_only_modules_to_its_left() -> Result<()> {
    let mut wrong = Vec::new();
    for (path, text) in sources("src")? {
        let Some(own) = layer(&path) else { continue };
        let place = LAYERS
            .iter()
            .position(|name| *name == own)
            .with_context(|| format!("{} belongs to no layer of tests/it/repo.rs", path.display()))?;
        for (number, line) in text.lines().enumerate() {
            let at = format!("{}:{}", path.display(), number + 1);
            ensure!(!line.contains("use crate::{"), "{at}: one `use crate::module::…` per module, please");
            for name in used(line) {
                match LAYERS.iter().position(|layer| *layer == name) {
                    Some(other) if other > place => wrong.push(format!("{at}: `{own}` uses `{name}`")),
                    Some(_) | None => {}
                }
            }
        }
    }
    ensure!(wrong.is_empty(), "upward uses:\n{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn files_are_short_enough_to_read() -> Result<()> {
    let mut long = Vec::new();
    for folder in ["src", "tests"] {
        for (path, text) in sources(folder)? {
            let lines = text.lines().count();
            if lines > LONGEST_FILE {
                long.push(format!("{}: {lines} lines", path.display()));
            }
        }
    }
    ensure!(long.is_empty(), "longer than {LONGEST_FILE} lines, split by concept:\n{}", long.join("\n"));
    Ok(())
}

#[test]
fn only_the_full_report_draws_and_only_syntax_parses() -> Result<()> {
    let mut wrong = Vec::new();
    for (path, text) in sources("src")? {
        let own = layer(&path).unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let draws = code.contains("miette::") && !path.ends_with("report/full.rs");
            let parses = code.contains("ruff_python_parser::") && own != "syntax";
            let reads_flags = code.contains("clap::") && own != "cli";
            let blurs = code.contains("anyhow::") && own != "cli";
            if draws || parses || reads_flags || blurs {
                wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    ensure!(wrong.is_empty(), "a library is used outside of its place:\n{}", wrong.join("\n"));
    Ok(())
}

/// The words of a finding: one fact, lower case, no final stop. The test looks at the string literals that
/// rules give to a message, help or label.
#[test]
fn messages_follow_the_convention() -> Result<()> {
    let mut wrong = Vec::new();
    for (path, text) in sources("src/rules")? {
        for (number, line) in text.lines().enumerate() {
            let says = ["message:", "message =", "help:", "help =", "text:", "format!("];
            if !says.iter().any(|word| line.contains(word)) {
                continue;
            }
            let Some(words) = line.split('"').nth(1) else { continue };
            let begins_loud = words.chars().next().is_some_and(char::is_uppercase)
                && !words.starts_with("SystemExit")
                && !words.starts_with("Python");
            if begins_loud || words.ends_with('.') {
                wrong.push(format!("{}:{}: {words}", path.display(), number + 1));
            }
        }
    }
    ensure!(wrong.is_empty(), "messages are in lower case without a final stop:\n{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn rules_are_sorted_and_their_names_are_unique() {
    let codes: Vec<_> = rules::ALL.iter().map(|rule| rule.code).collect();
    assert!(codes.is_sorted_by(|one, next| one < next), "{codes:?}");
    let mut names: Vec<_> = rules::ALL.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), codes.len());
}

#[test]
fn pages_and_rules_belong_together() -> Result<()> {
    let pages = pages::read_all(&root().join("rules"))?;
    let pages: Vec<_> =
        pages.iter().map(|page| (page.code.as_str(), page.name.as_str(), page.examples.len())).collect();
    for (code, name, _) in &pages {
        ensure!(
            rules::ALL.iter().any(|rule| rule.code.0 == *code && rule.name == *name),
            "rules/{code}.md has no rule in src/rules/mod.rs"
        );
    }
    for rule in rules::ALL {
        ensure!(pages.iter().any(|(code, _, _)| *code == rule.code.0), "{rule:?} has no page");
        ensure!(rule.summary().ends_with('.'), "{rule:?}: the page begins with a sentence");
    }
    Ok(())
}

/// The rows of the table under `## Fix` of a page: repair, by, why.
fn repairs_of(rule: &Rule) -> Vec<&'static str> {
    let section = rule.page.split("\n## Fix\n").nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().skip_while(|line| *line != "| repair | by | why |");
    rows.skip(2).take_while(|line| line.starts_with('|')).collect()
}

#[test]
fn pages_say_what_is_repaired_and_why_it_is_safe() {
    for rule in rules::ALL {
        let repairs = repairs_of(rule);
        let is_repaired = !matches!(rule.fix, FixAvailability::None);
        assert_eq!(!repairs.is_empty(), is_repaired, "{rule:?}: a table under Fix goes with repairs");
        for repair in repairs {
            assert_eq!(repair.matches(" | ").count(), 2, "{rule:?}: {repair}");
            assert!(repair.contains("`--fix") || repair.contains("`--unsafe-fixes`"), "{rule:?}: {repair}");
        }
    }
}

/// `UPDATE=1 cargo test --test it` writes the index anew.
#[test]
fn the_index_of_rules_is_the_generated_one() -> Result<()> {
    const BEGIN: &str = "<!-- begin: generated by tests/it/repo.rs -->\n";
    const END: &str = "<!-- end -->\n";
    let path = root().join("rules/README.md");
    let text = fs::read_to_string(&path)?.replace("\r\n", "\n");
    let (before, rest) = text.split_once(BEGIN).context("the index has no beginning")?;
    let (_, after) = rest.split_once(END).context("the index has no end")?;
    let expected = format!("{before}{BEGIN}{}{END}{after}", index()?);
    if text != expected {
        if std::env::var_os("UPDATE").is_some() {
            fs::write(path, expected)?;
        } else {
            let diff = similar::TextDiff::from_lines(text, expected);
            bail!(
                "rules/README.md is out of date; run `UPDATE=1 cargo test --test it`:\n{}",
                diff.unified_diff()
            );
        }
    }
    Ok(())
}

fn index() -> Result<String> {
    let mut index = String::new();
    for group in rules::ALL.chunk_by(|one, next| one.group() == next.group()) {
        let Some(first) = group.first() else { continue };
        writeln!(index, "\n## {}\n", first.group())?;
        writeln!(index, "| code | name | severity | fix | what it finds |")?;
        writeln!(index, "| --- | --- | --- | --- | --- |")?;
        for rule in group {
            let Rule { code, name, severity, fix, .. } = rule;
            let summary = rule.summary();
            let (severity, fix) = (severity.name(), fix.name());
            writeln!(index, "| [{code}]({code}.md) | {name} | {severity} | {fix} | {summary} |")?;
        }
    }
    writeln!(index, "\n## Repairs\n")?;
    writeln!(
        index,
        "Whatever a row says, `--fix` takes only what the prediction on the repaired text proves right.\n"
    )?;
    writeln!(index, "| rule | repair | by | why |")?;
    writeln!(index, "| --- | --- | --- | --- |")?;
    for rule in rules::ALL {
        let code = rule.code;
        for repair in repairs_of(rule) {
            writeln!(index, "| [{code}]({code}.md) {repair}")?;
        }
    }
    writeln!(index)?;
    Ok(index)
}

/// The first thing that readers see is what the program prints.
#[test]
fn the_output_in_the_readme_is_real() -> Result<()> {
    let readme = fs::read_to_string(root().join("README.md"))?;
    let (_, rest) = readme.split_once("$ collectlint testdata/").context("the README shows an example")?;
    let (arguments, shown) = rest.split_once('\n').context("it has output")?;
    let (shown, _) = shown.split_once("\n```").context("its block ends")?;
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_collectlint"))
        .arg(format!("testdata/{arguments}"))
        .current_dir(root())
        .env_clear()
        .env("COLUMNS", "100")
        .output()?;
    let printed = String::from_utf8(output.stdout)?;
    assert_eq!(printed.trim(), shown.trim());
    assert_eq!(output.status.code(), Some(1));
    Ok(())
}
