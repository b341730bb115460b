//! Tests that pytest never runs, each once over all runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Evidence, Rule};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::outcome::{Lost, LostKind};
use crate::text::Span;

/// Something that looks like a test and is none.
pub(super) struct Loss<'p> {
    pub(super) lost: &'p Lost,
    /// The file that says so.
    pub(super) path: PathBuf,
    /// Places in [`Evidence::runs`].
    pub(super) runs: Vec<usize>,
}

/// What is lost for certain, in the order of the places.
pub(super) fn all<'p>(evidence: &Evidence<'p>) -> Vec<Loss<'p>> {
    let mut found: BTreeMap<(PathBuf, Span, LostKind, &str), Loss<'p>> = BTreeMap::new();
    for (place, run) in evidence.runs.iter().enumerate() {
        for module in &run.prediction.modules {
            for lost in module.lost.iter().filter(|lost| lost.certain) {
                let path: &Path = lost.site.as_ref().map_or(&module.path, |site| &site.path);
                let span = lost.site.as_ref().map_or_else(Span::default, |site| site.span);
                let loss = found
                    .entry((path.to_path_buf(), span, lost.kind, &lost.name))
                    .or_insert_with(|| Loss { lost, path: path.to_path_buf(), runs: Vec::new() });
                if loss.runs.last() != Some(&place) {
                    loss.runs.push(place);
                }
            }
        }
    }
    found.into_values().collect()
}

impl Loss<'_> {
    /// A finding about it; `None` where its place is not known.
    pub(super) fn finding(
        &self,
        evidence: &Evidence<'_>,
        rule: &Rule,
        severity: Severity,
        message: impl Into<String>,
        help: &str,
    ) -> Option<Diagnostic> {
        let span = match &self.lost.site {
            Some(site) => site.span,
            None => evidence.sources.get(&self.path).ok()?.definition_of(&self.lost.name)?,
        };
        let primary = Label { path: Arc::new(self.path.clone()), span, text: String::new() };
        let mut finding = Diagnostic::new(rule.code, rule.name, severity, message, primary);
        finding.help = Some(help.to_owned());
        finding.symbol.clone_from(&self.lost.name);
        evidence.locate(&mut finding, &self.runs);
        Some(finding)
    }
}
