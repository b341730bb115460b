//! A module is imported only because pytest met another one before it.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Label, RuleCode, Severity};
use crate::text::Span;

use super::{Dependent, Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL110"),
    name: "order-dependent-import",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL110.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for Dependent { path, found: file, brought_by, failure } in &evidence.dependents {
        let Some(site) = &failure.site else { continue };
        let name = file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let name = match (name.as_str(), file.parent().and_then(|folder| folder.file_name())) {
            ("__init__", Some(folder)) => folder.to_string_lossy().into_owned(),
            _ => name,
        };
        let message = format!("`{name}` is found only if pytest has collected its neighbours before");
        let primary = Label { path: Arc::clone(&site.path), span: site.span, text: String::new() };
        let mut finding = Diagnostic::new(RULE.code, RULE.name, RULE.severity, message, primary);
        if let Some(other) = brought_by {
            finding.related.push(Label {
                path: Arc::new(other.clone()),
                span: Span::default(),
                text: "collecting this puts the folder on `sys.path`".to_owned(),
            });
        }
        let says = failure.message.as_deref().unwrap_or_default();
        finding.pytest_says = Some(format!("{}: {says}", failure.exception));
        let below = |folder: &std::path::Path| {
            let root = evidence.project.map(|project| project.root.as_path());
            root.and_then(|root| folder.strip_prefix(root).ok()).unwrap_or(folder).display().to_string()
        };
        finding.help = file.parent().map(|folder| {
            format!(
                "add `{}` to `pythonpath` in pytest's configuration, or move `{name}` to a package",
                below(folder)
            )
        });
        if **site.path != *path {
            finding.stops = vec![path.clone()];
        }
        finding.symbol = name;
        found.push(finding);
    }
}
