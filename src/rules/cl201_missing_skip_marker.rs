//! A test uses an optional module, and nothing skips it where the module is missing.

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Fix, Label, RuleCode, Severity};
use crate::interp::{Event, EventKind};
use crate::outcome::Outcome;
use crate::syntax::guards::GuardedImport;

use super::{Evidence, FixAvailability, Rule, Run, repairs};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL201"),
    name: "missing-skip-marker",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(repair),
    page: include_str!("../../rules/CL201.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    let Some(first) = evidence.runs.first() else { return };
    for module in &first.prediction.modules {
        let Ok(file) = evidence.sources.get(&module.path) else { continue };
        let guards = file.guarded_imports();
        if guards.is_empty() {
            continue;
        }
        let Some(repairer) = file.repairer() else { continue };
        let tests = evidence.tests_of(&module.path);
        let flags: Vec<String> = guards.iter().flat_map(flags).collect();
        for guard in &guards {
            let Some((optional, runs)) = missing_in(evidence, guard) else { continue };
            if !runs.iter().any(|run| collects(run, &module.path, &optional)) {
                continue;
            }
            let replaced = guard.replaced_in_handlers();
            let names: Vec<String> = guard
                .imported
                .iter()
                .filter(|imported| !replaced.contains(&imported.name))
                .map(|imported| imported.name.clone())
                .collect();
            let unskipped = repairer.unskipped(&names, &flags, &tests);
            let others = flags_of_others(&guards, guard);
            for test in repairer.unskipped_but_for(&others, &names, &flags, &tests) {
                let is_marked = !unskipped.contains(&test);
                let message = if is_marked {
                    format!(
                        "test `{}` needs `{optional}`, and its `skipif` looks at something else",
                        test.name
                    )
                } else {
                    format!("test `{}` needs `{optional}` and is not skipped without it", test.name)
                };
                let primary =
                    Label { path: Arc::new(module.path.clone()), span: test.name_span, text: String::new() };
                let mut finding = Diagnostic::new(RULE.code, RULE.name, RULE.severity, message, primary);
                // What it looks at may need the module itself.
                finding.severity = if is_marked { Severity::Info } else { RULE.severity };
                finding.related.push(Label {
                    path: Arc::new(module.path.clone()),
                    span: guard.span(),
                    text: "the import is guarded here".to_owned(),
                });
                finding.help = Some("mark it with `@pytest.mark.skipif`".to_owned());
                finding.cells_total = evidence.runs.len();
                finding.cells = runs.iter().map(|run| run.environment.name.clone()).collect();
                finding.symbol = test.name;
                found.push(finding);
            }
        }
    }
}

/// The optional module that a guard imports, and the runs in which it is missing.
fn missing_in<'e>(evidence: &'e Evidence<'_>, guard: &GuardedImport<'_>) -> Option<(String, Vec<&'e Run>)> {
    let module = guard.modules().into_iter().find(|module| evidence.is_optional(module))?;
    let top = module.split('.').next().unwrap_or(module);
    let is_missing = |run: &&Run| run.absent.iter().any(|absent| absent == top || absent == module);
    Some((top.to_owned(), evidence.runs.iter().filter(is_missing).collect()))
}

/// Whether pytest collects the module's tests in a run, and the optional module is certainly missed.
fn collects(run: &Run, path: &Path, optional: &str) -> bool {
    let misses = |event: &Event| match &event.kind {
        EventKind::Import { module, found: false, .. } => module.split('.').next() == Some(optional),
        _ => false,
    };
    run.prediction.modules.iter().any(|module| {
        module.path == path
            && module.outcome == Outcome::Collected
            && module.certain
            && module.events.iter().any(misses)
    })
}

/// Names by which tests can see that an import failed.
fn flags(guard: &GuardedImport<'_>) -> Vec<String> {
    let imported = |name: &String| guard.imported.iter().any(|imported| imported.name == *name);
    guard.flag().into_iter().chain(guard.bound_in_handlers()).filter(|name| !imported(name)).collect()
}

/// The names by which tests can see that the import of another guard failed.
fn flags_of_others(guards: &[GuardedImport<'_>], guard: &GuardedImport<'_>) -> Vec<String> {
    let names = |guard: &GuardedImport<'_>| {
        let imported = guard.imported.iter().map(|imported| imported.name.clone());
        flags(guard).into_iter().chain(imported).collect::<Vec<_>>()
    };
    let own = names(guard);
    let others = guards.iter().filter(|other| other.span() != guard.span()).flat_map(names);
    others.filter(|name| !own.contains(name)).collect()
}

fn repair(evidence: &Evidence<'_>, finding: &Diagnostic) -> Vec<Fix> {
    let place = &finding.primary;
    let Some(repairer) = repairs::of_test_module(evidence, place) else { return Vec::new() };
    let Ok(file) = evidence.sources.get(&place.path) else { return Vec::new() };
    let guards = file.guarded_imports();
    let is_it =
        |guard: &&GuardedImport<'_>| finding.related.first().is_some_and(|label| label.span == guard.span());
    let Some(guard) = guards.iter().find(is_it) else { return Vec::new() };
    let names: Vec<String> = guard.imported.iter().map(|imported| imported.name.clone()).collect();
    let others = flags_of_others(&guards, guard);
    let tests = repairer.unskipped_but_for(&others, &names, &[], std::slice::from_ref(&finding.symbol));
    let edits = tests.first().and_then(|test| repairer.mark_one(&names, test));
    let fix = repairs::proposal("skip the test where it is missing", edits);
    let is_marked = finding.severity == Severity::Info;
    fix.map(|fix| if is_marked { repairs::doubtful(fix) } else { fix }).into_iter().collect()
}
