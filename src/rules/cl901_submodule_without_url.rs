//! The index and `.gitmodules` do not agree on a submodule.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Edit, Fix, Label, RuleCode, Severity};
use crate::environment::git::{Repository, SubmoduleProblem};
use crate::text::Span;

use super::{Evidence, FixAvailability, Rule, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL901"),
    name: "submodule-without-url",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL901.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    let Some(repository) = evidence.repository else { return };
    found.extend(repository.submodule_problems().iter().map(|problem| finding(repository, problem)));
}

fn finding(repository: &Repository, problem: &SubmoduleProblem<'_>) -> Diagnostic {
    let said = Said::of(problem);
    let place = match problem {
        SubmoduleProblem::WithoutEntry { .. } => None,
        SubmoduleProblem::WithoutUrl { entry }
        | SubmoduleProblem::WithoutGitlink { entry }
        | SubmoduleProblem::WithoutPath { entry }
        | SubmoduleProblem::Duplicate { entry, .. } => Some(entry.place.clone()),
    };
    let primary = match (place, repository.modules()) {
        (Some(place), _) => Label { path: place.path, span: place.span, text: String::new() },
        (None, Some(modules)) => {
            Label { path: Arc::clone(&modules.path), span: Span::default(), text: String::new() }
        }
        (None, None) => {
            let root = Arc::new(repository.root().to_path_buf());
            Label { path: root, span: Span::default(), text: String::new() }
        }
    };
    let mut finding = Diagnostic::new(RULE.code, RULE.name, said.severity, said.message, primary);
    finding.help = Some(said.help);
    finding.symbol = said.symbol;
    if let SubmoduleProblem::Duplicate { first, .. } = problem {
        finding.related.push(Label {
            path: first.place.path.clone(),
            span: first.place.span,
            text: "the first entry for this path".to_owned(),
        });
    }
    finding
}

/// The entry, or its url, where git's own files say from where the submodule comes.
fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let Some(repository) = evidence.repository else { return Vec::new() };
    let fs = evidence.sources.fs();
    let problems = repository.submodule_problems().into_iter();
    let edit = problems.filter(|problem| Said::of(problem).symbol == finding.symbol).find_map(|problem| {
        let modules = Arc::new(repository.root().join(".gitmodules"));
        match problem {
            SubmoduleProblem::WithoutEntry { path } => {
                let url = repository.submodule_url(fs, path)?;
                let text = fs.read(&modules).map_or_else(|_| Vec::new(), |bytes| bytes.to_vec());
                let separator = if text.is_empty() || text.ends_with(b"\n") { "" } else { "\n" };
                let entry = format!("{separator}[submodule \"{path}\"]\n\tpath = {path}\n\turl = {url}\n");
                let end = Span::at(u32::try_from(text.len()).ok()?);
                Some(Edit { path: modules, span: end, content: entry })
            }
            SubmoduleProblem::WithoutUrl { entry } => {
                let url = repository.submodule_url(fs, &entry.path.as_ref()?.value)?;
                Some(Edit {
                    path: modules,
                    span: Span::at(entry.section.end),
                    content: format!("\n\turl = {url}"),
                })
            }
            SubmoduleProblem::WithoutGitlink { .. }
            | SubmoduleProblem::WithoutPath { .. }
            | SubmoduleProblem::Duplicate { .. } => None,
        }
    });
    let edits = edit.map(|edit| vec![edit]);
    repairs::proposal("write its url into `.gitmodules`", edits).into_iter().collect()
}

struct Said {
    severity: Severity,
    message: String,
    help: String,
    /// The path or name of the submodule.
    symbol: String,
}

impl Said {
    fn of(problem: &SubmoduleProblem<'_>) -> Self {
        match problem {
            SubmoduleProblem::WithoutEntry { path } => Self {
                severity: Severity::Error,
                message: format!("the submodule `{path}` has no entry in `.gitmodules`"),
                help: format!(
                    "add it with `git submodule add URL {path}`, or take it out with `git rm --cached {path}`"
                ),
                symbol: (*path).to_owned(),
            },
            SubmoduleProblem::WithoutUrl { entry } => Self {
                severity: Severity::Error,
                message: format!("the submodule `{}` has no url", entry.name),
                help: "add a line `url = …` to its entry in `.gitmodules`".to_owned(),
                symbol: entry.name.clone(),
            },
            SubmoduleProblem::WithoutGitlink { entry } => {
                let path = entry.path.as_ref().map_or(entry.name.as_str(), |path| path.value.as_str());
                Self {
                    severity: Severity::Warning,
                    message: format!("`{path}` is no submodule in the index"),
                    help: format!(
                        "take the entry out, or add the submodule with `git submodule add URL {path}`"
                    ),
                    symbol: entry.name.clone(),
                }
            }
            SubmoduleProblem::WithoutPath { entry } => Self {
                severity: Severity::Warning,
                message: format!("the submodule `{}` has no path", entry.name),
                help: "add a line `path = …` to its entry, or take the entry out".to_owned(),
                symbol: entry.name.clone(),
            },
            SubmoduleProblem::Duplicate { entry, first } => Self {
                severity: Severity::Warning,
                message: format!("the submodules `{}` and `{}` have the same path", first.name, entry.name),
                help: "keep one of the two entries".to_owned(),
                symbol: entry.name.clone(),
            },
        }
    }
}
