//! The catalogue: small projects in `testdata/catalogue/*.json`, each with what pytest did with it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use collectlint::check::{Request, Target};
use collectlint::environment::Platform;
use serde::Deserialize;

/// One project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// What it is about.
    #[serde(rename = "title")]
    _title: String,
    /// Whether the text decides what happens.
    #[serde(default)]
    pub(crate) decided: Decided,
    /// pytest's own arguments.
    #[serde(default)]
    pub(crate) arguments: Vec<String>,
    /// Modules that were made to look uninstalled.
    #[serde(default)]
    pub(crate) absent: Vec<String>,
    /// Where pytest was started, below the project's folder.
    #[serde(default)]
    pub(crate) folder: String,
    #[serde(default)]
    pub(crate) python_m: bool,
    files: BTreeMap<String, Content>,
    pub(crate) observed: Vec<Observed>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Decided {
    #[default]
    Yes,
    Partly,
    No,
}

/// What is in a file.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    /// Two hexadecimal digits for each byte.
    Bytes {
        bytes: String,
    },
    /// A symbolic link.
    Link {
        link: String,
    },
}

/// What these releases of pytest did.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Observed {
    pub(crate) pytest: Vec<String>,
    #[serde(default = "usual_python")]
    pub(crate) python: String,
    pub(crate) exit: i64,
    /// How the session ended: `completed`, `aborted`, `not started`, …
    pub(crate) session: String,
    /// By path: `collected 2`, `error`, `error (session dies here)`, `skipped`, `not reached`, …
    pub(crate) modules: BTreeMap<String, String>,
    /// The type of the first failure, and its innermost line of the project.
    pub(crate) exception: Option<String>,
    pub(crate) line: Option<String>,
    /// Tests that their author believes to run are silently not collected.
    #[serde(default)]
    pub(crate) lost: bool,
}

fn usual_python() -> String {
    "3.11".to_owned()
}

impl Observed {
    /// Whether everything was collected or skipped.
    pub(crate) fn is_healthy(&self) -> bool {
        matches!(self.exit, 0 | 5) && self.session == "completed"
    }

    /// What became of the modules that pytest reached: the outcome, and the number of tests.
    pub(crate) fn outcomes(&self) -> BTreeMap<&str, (&'static str, Option<u64>)> {
        let died_at = self.line.as_deref().and_then(|line| line.rsplit_once(':')).map(|(path, _)| path);
        let died = matches!(self.session.as_str(), "aborted" | "killed" | "hung");
        let python = |path: &&String| Path::new(path).extension().is_some_and(|suffix| suffix == "py");
        let modules = self.modules.iter().filter(|(path, _)| python(path));
        modules
            .filter_map(|(path, said)| {
                let outcome = match said.as_str() {
                    _ if said.starts_with("collected") => {
                        ("collected", said.split(' ').nth(1).and_then(|count| count.parse().ok()))
                    }
                    _ if said.starts_with("error (session dies") => ("aborts", None),
                    _ if said.starts_with("error") => ("error", None),
                    "skipped" => ("skipped", None),
                    "not reached" if died && Some(path.as_str()) == died_at => ("aborts", None),
                    _ => return None,
                };
                Some((path.as_str(), outcome))
            })
            .collect()
    }
}

impl Case {
    /// How collectlint is asked about it, where its files are in `root`.
    pub(crate) fn request(&self, root: &Path, release: &str, python: &str) -> Result<Request> {
        let target = Target {
            python_versions: vec![python.parse()?],
            platforms: vec![Platform::Linux],
            pytest: Some(release.parse()?),
            absent: self.absent.clone(),
            installed: Some(Vec::new()),
            ..Target::default()
        };
        Ok(Request {
            working_directory: self.working_directory(root),
            pytest_arguments: self.arguments.clone(),
            python_m: self.python_m,
            target,
            ..Request::default()
        })
    }

    /// Where pytest was started.
    pub(crate) fn working_directory(&self, root: &Path) -> PathBuf {
        if self.folder.is_empty() { root.to_path_buf() } else { root.join(&self.folder) }
    }

    /// Writes its files.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        for (path, content) in &self.files {
            let file = folder.join(path);
            fs::create_dir_all(file.parent().context("a file is in a folder")?)?;
            match content {
                Content::Text(text) => fs::write(&file, text)?,
                Content::Bytes { bytes } => fs::write(&file, from_hex(bytes)?)?,
                Content::Link { link } => make_link(link, &file)?,
            }
        }
        Ok(())
    }

    /// Whether it can be had on this platform.
    pub(crate) fn is_possible(&self) -> bool {
        cfg!(unix) || !self.files.values().any(|content| matches!(content, Content::Link { .. }))
    }
}

fn from_hex(text: &str) -> Result<Vec<u8>> {
    let digit = |digit: char| digit.to_digit(16).context("a hexadecimal digit");
    let digits: Vec<u32> = text.chars().map(digit).collect::<Result<_>>()?;
    digits
        .chunks(2)
        .map(|pair| Ok(u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit))?))
        .collect()
}

#[cfg(unix)]
fn make_link(target: &str, link: &Path) -> Result<()> {
    Ok(std::os::unix::fs::symlink(target, link)?)
}

#[cfg(not(unix))]
fn make_link(_target: &str, _link: &Path) -> Result<()> {
    bail!("no symbolic links here")
}

/// Reads all categories, in order.
pub(crate) fn read_all(folder: &Path) -> Result<Vec<(String, Vec<Case>)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|suffix| suffix == "json") {
            let category = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path)?;
            let cases = serde_json::from_str(&text).with_context(|| format!("{}", path.display()))?;
            found.push((category, cases));
        }
    }
    if found.is_empty() {
        bail!("no catalogue in {}", folder.display());
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(found)
}
