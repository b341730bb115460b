//! Findings that are known: they stay silent until they are mended, and new ones fail.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::fingerprint::{Fingerprint, fingerprints, portable};
use crate::fs::FileSystem;

const VERSION: u32 = 1;

/// The findings that a file lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// What the paths in it begin at.
    root: PathBuf,
    known: BTreeMap<Fingerprint, Entry>,
}

/// One finding, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    fingerprint: String,
    code: String,
    path: String,
    message: String,
}

#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    findings: Vec<Entry>,
}

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    #[error("{}: the baseline cannot be read: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: this is no baseline: {source}", path.display())]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("{}: version {version} of baselines is not known; write it anew with `--write-baseline`", path.display())]
    Version { path: PathBuf, version: u32 },
    #[error("{}: {source}; write the baseline anew with `--write-baseline`", path.display())]
    Fingerprint { path: PathBuf, source: crate::diagnostic::fingerprint::InvalidFingerprint },
}

impl Baseline {
    /// The findings that `found` lists.
    pub fn of(found: &[Diagnostic], root: &Path) -> Self {
        let entries = fingerprints(found, root).into_iter().zip(found).map(|(fingerprint, finding)| {
            let entry = Entry {
                fingerprint: fingerprint.to_string(),
                code: finding.code.to_string(),
                path: portable(&finding.primary.path, root),
                message: finding.message.clone(),
            };
            (fingerprint, entry)
        });
        Self { root: root.to_path_buf(), known: entries.collect() }
    }

    /// The file at an absolute path, as [`Self::render`] writes it.
    pub fn read(fs: &FileSystem, path: &Path, root: &Path) -> Result<Self, BaselineError> {
        let at = || path.to_path_buf();
        let bytes = fs.read(path).map_err(|source| BaselineError::Read { path: at(), source })?;
        let document: Document =
            serde_json::from_slice(&bytes).map_err(|source| BaselineError::Json { path: at(), source })?;
        if document.version != VERSION {
            return Err(BaselineError::Version { path: at(), version: document.version });
        }
        let mut known = BTreeMap::new();
        for entry in document.findings {
            let fingerprint = entry
                .fingerprint
                .parse()
                .map_err(|source| BaselineError::Fingerprint { path: at(), source })?;
            known.insert(fingerprint, entry);
        }
        Ok(Self { root: root.to_path_buf(), known })
    }

    /// The file's text: one finding after the other, by path, so that a diff shows what changed.
    pub fn render(&self) -> String {
        let mut findings: Vec<Entry> = self.known.values().cloned().collect();
        findings.sort_by(|a, b| (&a.path, &a.code, &a.fingerprint).cmp(&(&b.path, &b.code, &b.fingerprint)));
        let document = Document { version: VERSION, findings };
        let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The findings that are not known.
    #[must_use]
    pub fn unknown(&self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let fingerprints = fingerprints(&found, &self.root);
        let known = fingerprints.into_iter().map(|fingerprint| self.known.contains_key(&fingerprint));
        found.into_iter().zip(known).filter(|(_, known)| !known).map(|(finding, _)| finding).collect()
    }

    /// This without what `other` does not list: a baseline only shrinks.
    #[must_use]
    pub fn within(mut self, other: &Self) -> Self {
        self.known.retain(|fingerprint, _| other.known.contains_key(fingerprint));
        self
    }

    pub fn len(&self) -> usize {
        self.known.len()
    }

    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::{Label, RuleCode, Severity};
    use crate::text::Span;

    fn finding(symbol: &str, at: u32) -> Diagnostic {
        let path = Arc::new(PathBuf::from("/p/tests/test_x.py"));
        let primary = Label { path, span: Span::at(at), text: String::new() };
        let mut finding = Diagnostic::new(RuleCode("CL101"), "name", Severity::Error, "message", primary);
        symbol.clone_into(&mut finding.symbol);
        finding
    }

    #[test]
    fn a_finding_is_known_wherever_its_line_moves() {
        let root = Path::new("/p");
        let text = Baseline::of(&[finding("a", 3)], root).render();
        let file = PathBuf::from("/p/baseline.json");
        let fs = FileSystem::with_overlay([(file.clone(), Arc::from(text.as_bytes()))]);
        let baseline = Baseline::read(&fs, &file, root).expect("it was just written");
        let new = baseline.unknown(vec![finding("a", 70), finding("a", 90), finding("b", 1)]);
        let left: Vec<_> =
            new.iter().map(|finding| (finding.symbol.as_str(), finding.primary.span.start)).collect();
        assert_eq!(left, [("a", 90), ("b", 1)]);
    }

    #[test]
    fn it_shrinks() {
        let root = Path::new("/p");
        let old = Baseline::of(&[finding("a", 3), finding("b", 5)], root);
        let new = Baseline::of(&[finding("b", 3), finding("c", 5)], root).within(&old);
        assert_eq!(new, Baseline::of(&[finding("b", 3)], root));
    }

    #[test]
    fn what_is_no_baseline_is_told() {
        let file = PathBuf::from("/p/baseline.json");
        let error = |text: &str| {
            let fs = FileSystem::with_overlay([(file.clone(), Arc::from(text.as_bytes()))]);
            Baseline::read(&fs, &file, Path::new("/p")).expect_err("it is none").to_string()
        };
        assert!(error("[]").starts_with("/p/baseline.json: this is no baseline: "));
        assert!(error("{\"version\": 9, \"findings\": []}").contains("version 9 of baselines is not known"));
    }
}
