//! A module of that name was imported from another file.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Edit, Fix, RuleCode, Severity};
use crate::settings::project::ClashStyle;
use crate::settings::pytest::edit;
use crate::text::Span;

use super::{Evidence, FixAvailability, Rule, owner, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL301"),
    name: "import-file-mismatch",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL301.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let message = format!("another file is imported under the same name: {}", incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("give the file a name of its own, make its folder a package with `__init__.py`, or use `--import-mode=importlib`".to_owned());
        finding.symbol = String::new();
        found.push(finding);
    }
}

/// pytest's option that imports by path.
const BY_PATH: &str = "--import-mode=importlib";

fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    match evidence.clash_style {
        // Where no `__init__.py` helps, as in a folder whose name is no identifier, all modules have to be
        // imported in another way.
        ClashStyle::Package => {
            let by_path = import_by_path(evidence).map(repairs::doubtful);
            repairs::packages(evidence, finding).into_iter().chain(by_path).collect()
        }
        ClashStyle::Importlib => import_by_path(evidence).into_iter().collect(),
    }
}

/// The option goes into the configuration file that pytest reads, else into a new one.
fn import_by_path(evidence: &Evidence<'_>) -> Option<Fix> {
    let settings = &evidence.runs.first()?.prediction.settings;
    let edits = match &settings.inipath {
        Some(path) => {
            let bytes = evidence.sources.fs().read(path).ok()?;
            let text = std::str::from_utf8(&bytes).ok()?;
            repairs::rewriting(path, text, &edit::with_option(path, text, BY_PATH)?)
        }
        None => {
            let path = Arc::new(settings.rootdir.join("pytest.ini"));
            let content = format!("[pytest]\naddopts = {BY_PATH}\n");
            vec![Edit { path, span: Span::default(), content }]
        }
    };
    repairs::proposal("let pytest import by path", Some(edits))
}
