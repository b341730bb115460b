//! Every example of every rule's page, judged by collectlint. `tests/oracle.rs` lets pytest judge them.

#![expect(clippy::print_stderr, reason = "the test program says why it cannot begin")]

#[path = "support/pages.rs"]
mod pages;
#[path = "support/sandbox.rs"]
mod sandbox;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail, ensure};
use collectlint::rules::{self, FixAvailability};
use libtest_mimic::{Arguments, Trial};
use serde_json::Value;

use pages::{Example, Finding, Kind, Page, Repair};
use sandbox::Sandbox;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Result<Vec<Trial>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let pages: &'static [Page] = Box::leak(pages::read_all(&folder)?.into_boxed_slice());
    let mut trials = vec![trial("pages are those of the rules".to_owned(), move || match_rules(pages))];
    for page in pages {
        for example in &page.examples {
            let name = example.title(page);
            trials.push(trial(name, move || judge(page, example)));
        }
    }
    Ok(trials)
}

fn trial(name: String, test: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, || test().map_err(|error| format!("{error:#}").into()))
}

/// A page without a rule, or a rule without a page, is a mistake.
fn match_rules(pages: &[Page]) -> Result<()> {
    let written: BTreeSet<_> = pages.iter().map(|page| (page.code.as_str(), page.name.as_str())).collect();
    let known: BTreeSet<_> = rules::ALL.iter().map(|rule| (rule.code.0, rule.name)).collect();
    let stray: Vec<_> = written.difference(&known).collect();
    ensure!(stray.is_empty(), "pages without a rule in `src/rules/mod.rs`: {stray:?}");
    let missing: Vec<_> = known.difference(&written).collect();
    ensure!(missing.is_empty(), "rules without a page in `rules/`: {missing:?}");
    Ok(())
}

fn judge(page: &Page, example: &Example) -> Result<()> {
    let sandbox = Sandbox::new(example)?;
    let found = found(&sandbox, example, &page.code)?;
    compare(&announced(example)?, &findings(&found)?)?;
    check_availability(page, &found)?;
    if example.kind == Kind::Good {
        let errors: Vec<_> = findings(&self::found(&sandbox, example, "ALL")?)?
            .into_iter()
            .filter(|finding| finding.severity == "error")
            .map(|finding| finding.to_string())
            .collect();
        ensure!(errors.is_empty(), "another rule calls a good example an error: {errors:?}");
    }
    for repair in &example.repairs {
        let way = if repair.is_unsafe { "--unsafe-fixes" } else { "--fix" };
        check_repair(page, example, repair).with_context(|| format!("repaired with {way}"))?;
    }
    Ok(())
}

/// What the page's markers announce; `also="warning: [CL702]"` announces what has no line.
fn announced(example: &Example) -> Result<BTreeSet<String>> {
    let mut announced: BTreeSet<_> = example.findings.iter().map(Finding::to_string).collect();
    if let Some(also) = example.attributes.get("also") {
        let (severity, code) = also.split_once(": [").context("`also` is like `also=\"error: [CL702]\"`")?;
        announced.insert(format!("elsewhere: {severity}: [{}]", code.trim_end_matches(']')));
    }
    Ok(announced)
}

/// The report's findings; what is not in a file of the example is elsewhere.
fn findings(found: &[Value]) -> Result<Vec<Finding>> {
    found
        .iter()
        .map(|record| {
            let text = |key: &str| -> Result<String> {
                Ok(record[key].as_str().with_context(|| format!("{key} is missing"))?.to_owned())
            };
            Ok(Finding {
                path: text("path")?,
                line: record["location"]["row"].as_u64().context("the row is missing")?,
                severity: text("severity")?,
                code: text("code")?,
            })
        })
        .collect()
}

fn compare(announced: &BTreeSet<String>, findings: &[Finding]) -> Result<()> {
    let found: BTreeSet<_> = findings
        .iter()
        .map(|finding| match finding.path.as_str() {
            "." => format!("elsewhere: {}: [{}]", finding.severity, finding.code),
            _ => finding.to_string(),
        })
        .collect();
    let missed: Vec<_> = announced.difference(&found).collect();
    let unexpected: Vec<_> = found.difference(announced).collect();
    ensure!(
        missed.is_empty() && unexpected.is_empty(),
        "announced and not found: {missed:#?}\nfound and not announced: {unexpected:#?}"
    );
    Ok(())
}

fn check_availability(page: &Page, found: &[Value]) -> Result<()> {
    let Some(rule) = rules::find(&page.code) else { bail!("there is no rule {}", page.code) };
    let fixable = found.iter().filter(|record| !record["fix"].is_null()).count();
    match rule.fix {
        FixAvailability::None => ensure!(fixable == 0, "a fix is offered by a rule that says it has none"),
        FixAvailability::Always(_) => {
            ensure!(fixable == found.len(), "a finding has no fix, and the rule says that it always has one");
        }
        FixAvailability::Sometimes(_) => {}
    }
    Ok(())
}

/// The repaired files are as the page says, nothing is left to repair, and the rule is silent.
fn check_repair(page: &Page, example: &Example, repair: &Repair) -> Result<()> {
    let sandbox = Sandbox::new(example)?;
    let before = files(&sandbox)?;
    sandbox.repair(repair)?;
    let expected = files(&sandbox)?;

    let sandbox = Sandbox::new(example)?;
    let mut options = vec!["--fix", "--quiet", "--select", &page.code];
    if let Some(style) = &repair.style {
        options.extend(["--fix-style", style]);
    }
    let has_safe = example.repairs.iter().any(|other| !other.is_unsafe && other.style == repair.style);
    if repair.is_unsafe {
        if !has_safe {
            collectlint(&sandbox, example, &options)?;
            compare_files(&before, &files(&sandbox)?).context("`--fix` alone changes something")?;
        }
        options.push("--unsafe-fixes");
    }
    collectlint(&sandbox, example, &options)?;
    compare_files(&expected, &files(&sandbox)?)?;
    collectlint(&sandbox, example, &options)?;
    compare_files(&expected, &files(&sandbox)?).context("the second time")?;
    let left = findings(&found(&sandbox, example, &page.code)?)?;
    ensure!(left.is_empty(), "the rule still finds {left:?}");
    Ok(())
}

/// All files of the project, by path with `/`.
fn files(sandbox: &Sandbox) -> Result<BTreeMap<String, Vec<u8>>> {
    let project = sandbox.project();
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(&project) {
        let entry = entry?;
        let below = entry.path().strip_prefix(&project)?.to_string_lossy().replace('\\', "/");
        if entry.file_type().is_file() && !below.starts_with(".git/") {
            files.insert(below, fs::read(entry.path())?);
        }
    }
    Ok(files)
}

fn compare_files(expected: &BTreeMap<String, Vec<u8>>, actual: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    let paths: BTreeSet<_> = expected.keys().chain(actual.keys()).collect();
    for path in paths {
        match (expected.get(path), actual.get(path)) {
            (Some(expected), Some(actual)) => {
                let (expected, actual) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(actual));
                let diff = similar::TextDiff::from_lines(expected.as_ref(), actual.as_ref());
                let diff = diff.unified_diff().header("as the page says", "as it came out").to_string();
                ensure!(expected == actual, "{path}:\n{diff}");
            }
            (Some(_), None) => bail!("{path} is missing"),
            (None, Some(_)) => bail!("{path} is new"),
            (None, None) => {}
        }
    }
    Ok(())
}

fn found(sandbox: &Sandbox, example: &Example, select: &str) -> Result<Vec<Value>> {
    let output = collectlint(sandbox, example, &["--select", select, "--output-format", "json"])?;
    serde_json::from_str(&output).context("the report is not JSON")
}

/// Runs collectlint in the project as a user would, and gives what it prints.
fn collectlint(sandbox: &Sandbox, example: &Example, options: &[&str]) -> Result<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_collectlint"));
    command.arg("check").args(options).current_dir(sandbox.project()).env_clear();
    for (attribute, option) in
        [("python", "--python-version"), ("platform", "--python-platform"), ("pytest", "--pytest-version")]
    {
        if let Some(value) = example.attributes.get(attribute) {
            command.args([option, value]);
        }
    }
    command.args(example.attributes.get("options").unwrap_or_default().split_whitespace());
    let output = command.output()?;
    ensure!(
        output.status.code().is_some_and(|code| code < 2),
        "collectlint fails: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
