//! `pytest_plugins` stands in a conftest below rootdir.

use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Edit, Fix, RuleCode, Severity};
use crate::syntax::ParsedFile;
use crate::syntax::repairs::conftest_of_plugins;
use crate::text::Span;

use super::{Evidence, FixAvailability, Rule, owner, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL307"),
    name: "nested-pytest-plugins",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL307.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let message =
            format!("`pytest_plugins` in a conftest that is not the top one: {}", incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("move it into the top conftest".to_owned());
        "pytest_plugins".clone_into(&mut finding.symbol);
        found.push(finding);
    }
}

/// It moves into a conftest above: those that are there first, the outermost before the others, else a new one
/// in rootdir. Which of them pytest loads as it starts is for the prediction to say.
fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let place = &finding.primary;
    let repairer = |path| evidence.sources.get(path).ok().and_then(ParsedFile::repairer);
    let Some(run) = evidence.runs.first() else { return Vec::new() };
    let rootdir = &run.prediction.settings.rootdir;
    let Some((names, taken)) = repairer(&place.path).and_then(|nested| nested.take_plugins(place.span))
    else {
        return Vec::new();
    };
    let mut above: Vec<_> =
        place.path.ancestors().skip(2).filter(|folder| folder.starts_with(rootdir)).collect();
    above.reverse();
    let conftests: Vec<_> = above.into_iter().map(|folder| folder.join("conftest.py")).collect();
    let exists = |path: &PathBuf| evidence.sources.fs().exists(path);
    let known =
        conftests.iter().filter(|path| exists(path)).filter_map(|path| repairer(path)?.add_plugins(&names));
    let new = rootdir.join("conftest.py");
    let new = (!exists(&new) && *place.path != new).then(|| {
        vec![Edit { path: Arc::new(new), span: Span::default(), content: conftest_of_plugins(&names) }]
    });
    known
        .chain(new)
        .filter_map(|added| {
            let edits = taken.iter().cloned().chain(added).collect();
            repairs::proposal("move it into the top conftest", Some(edits))
        })
        .collect()
}
