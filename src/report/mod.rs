//! Says what was found, in the form that is asked for: one file per form.
//!
//! Every form takes the same [`Report`] and writes to a stream; none of them decides anything. Rows and
//! columns count from 1, columns in Unicode scalar values and ends exclusive, unless the form itself
//! prescribes otherwise.

mod azure;
mod concise;
mod full;
mod github;
mod gitlab;
mod grouped;
mod json;
mod junit;
mod markdown;
pub mod matrix;
mod paint;
mod place;
pub mod prediction;
mod pylint;
mod rdjson;
mod sarif;
mod statistics;
pub mod story;
mod summary;
mod texts;

#[cfg(test)]
mod samples;

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::diagnostic::fingerprint::{Fingerprint, fingerprints};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::rules;

pub use statistics::statistics;
pub use texts::Texts;

/// The forms of the report, under ruff's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Full,
    Concise,
    Grouped,
    Json,
    JsonLines,
    Junit,
    Github,
    Gitlab,
    Pylint,
    Rdjson,
    Azure,
    Sarif,
    Markdown,
}

impl Format {
    pub const ALL: [Self; 13] = [
        Self::Full,
        Self::Concise,
        Self::Grouped,
        Self::Json,
        Self::JsonLines,
        Self::Junit,
        Self::Github,
        Self::Gitlab,
        Self::Pylint,
        Self::Rdjson,
        Self::Azure,
        Self::Sarif,
        Self::Markdown,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Concise => "concise",
            Self::Grouped => "grouped",
            Self::Json => "json",
            Self::JsonLines => "json-lines",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Pylint => "pylint",
            Self::Rdjson => "rdjson",
            Self::Azure => "azure",
            Self::Sarif => "sarif",
            Self::Markdown => "markdown",
        }
    }

    /// Whether people read it: such a form ends with a summary line, and may be coloured.
    pub const fn is_for_people(self) -> bool {
        match self {
            Self::Full | Self::Concise | Self::Grouped => true,
            Self::Json
            | Self::JsonLines
            | Self::Junit
            | Self::Github
            | Self::Gitlab
            | Self::Pylint
            | Self::Rdjson
            | Self::Azure
            | Self::Sarif
            | Self::Markdown => false,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no form of the report has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an output format: {names}", names = Format::ALL.map(Format::name).join(", "))]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    /// `json-v1` is `json`: the name for those who want to be told when the records change.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = if text == "json-v1" { "json" } else { text };
        Self::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// What paths in a report are relative to. All three are absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Where the command runs: forms for people.
    pub working_directory: PathBuf,
    /// The repository, or the folder of the configuration: fingerprints, JSON's `path`.
    pub root: PathBuf,
    /// The checkout as the CI system that shows the report knows it: annotations, SARIF, GitLab.
    pub workspace: PathBuf,
}

/// How forms for people are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub colour: bool,
    pub width: usize,
    /// Whether a summary line follows the findings.
    pub summary: bool,
}

/// All that there is to say.
#[derive(Debug)]
pub struct Report<'a> {
    /// In the order in which they are told.
    pub diagnostics: &'a [Diagnostic],
    /// One for each diagnostic.
    fingerprints: Vec<Fingerprint>,
    pub texts: &'a Texts<'a>,
    pub paths: &'a Paths,
    pub style: Style,
    /// How many findings `--fix` has repaired.
    pub fixed: usize,
    /// The least safe fixes that the user asked for.
    pub wanted: Applicability,
    /// How many test modules were looked at.
    pub modules: usize,
}

impl<'a> Report<'a> {
    pub fn new(diagnostics: &'a [Diagnostic], texts: &'a Texts<'a>, paths: &'a Paths, style: Style) -> Self {
        Self {
            diagnostics,
            fingerprints: fingerprints(diagnostics, &paths.root),
            texts,
            paths,
            style,
            fixed: 0,
            wanted: Applicability::Safe,
            modules: 0,
        }
    }

    /// Writes the report in one form.
    pub fn write(&self, format: Format, out: &mut dyn io::Write) -> io::Result<()> {
        match format {
            Format::Full => full::write(self, out),
            Format::Concise => concise::write(self, out),
            Format::Grouped => grouped::write(self, out),
            Format::Json => json::write(self, out),
            Format::JsonLines => json::write_lines(self, out),
            Format::Junit => junit::write(self, out),
            Format::Github => github::write(self, out),
            Format::Gitlab => gitlab::write(self, out),
            Format::Pylint => pylint::write(self, out),
            Format::Rdjson => rdjson::write(self, out),
            Format::Azure => azure::write(self, out),
            Format::Sarif => sarif::write(self, out),
            Format::Markdown => markdown::write(self, out),
        }
    }

    /// The findings with their fingerprints.
    fn findings(&self) -> impl Iterator<Item = (&'a Diagnostic, Fingerprint)> {
        self.diagnostics.iter().zip(self.fingerprints.iter().copied())
    }

    /// The worst first; those equally bad stay in their order. Some readers show only the first few.
    fn by_severity(&self) -> Vec<(&'a Diagnostic, Fingerprint)> {
        let mut findings: Vec<_> = self.findings().collect();
        findings.sort_by_key(|(diagnostic, _)| std::cmp::Reverse(diagnostic.severity));
        findings
    }

    /// Whether `--fix`, with the options it was given, would repair it.
    fn is_fixable(&self, diagnostic: &Diagnostic) -> bool {
        diagnostic.fix.as_ref().is_some_and(|fix| fix.applicability >= self.wanted)
    }
}

/// A message on one line, whatever it quotes.
fn one_line(message: &str) -> Cow<'_, str> {
    if message.contains(['\n', '\r']) {
        Cow::Owned(message.lines().collect::<Vec<_>>().join(" "))
    } else {
        Cow::Borrowed(message)
    }
}

/// Where the rule's page can be read online.
fn url(diagnostic: &Diagnostic) -> Option<String> {
    rules::find(diagnostic.code.0).and_then(rules::Rule::url)
}

/// The path as people see it in a terminal: below the working directory, else absolute.
fn shown(path: &Path, working_directory: &Path) -> String {
    match path.strip_prefix(working_directory) {
        Ok(below) if below.as_os_str().is_empty() => ".".to_owned(),
        Ok(below) => below.display().to_string(),
        Err(_) => path.display().to_string(),
    }
}
