//! Repairs that provably work: each is made in memory, and everything is predicted again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::{Request, judge, runs};
use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, RuleCode};
use crate::fs::FileSystem;
use crate::outcome::{ModulePrediction, Outcome, Prediction};
use crate::rules::{self, Evidence, Run, Selection};
use crate::syntax::{Sources, edits};

/// Gives each finding the first of its repairs that is safe, else the first that at least mends it.
pub(super) fn offer(
    evidence: &Evidence<'_>,
    selection: &Selection,
    request: &Request,
    found: &mut [Diagnostic],
) {
    let candidates: Vec<Vec<Fix>> = found
        .iter()
        .map(|finding| {
            let rule = rules::find(finding.code.0);
            let mut fixes = rule.map(|rule| rule.fix.repairs(evidence, finding)).unwrap_or_default();
            for fix in &mut fixes {
                normalize(&mut fix.edits);
            }
            fixes.retain(|fix| !fix.edits.is_empty());
            fixes
        })
        .collect();
    let open: Vec<usize> = (0..found.len()).filter(|&index| !candidates[index].is_empty()).collect();
    if open.is_empty() {
        return;
    }
    let before = Before::new(evidence, request, found);
    let judge = Judge { evidence, selection, request, found, before: &before };
    let mut verdicts: BTreeMap<usize, Fix> = BTreeMap::new();
    // Most of the time all first choices are right, also together: one prediction settles them.
    let together: Vec<(usize, &Fix)> = open
        .iter()
        .map(|&index| (index, &candidates[index][0]))
        .filter(|(_, fix)| fix.applicability == Applicability::Safe)
        .collect();
    let settled = judge.settle(&[], &together);
    let alone: Vec<usize> =
        open.into_iter().filter(|index| !settled.iter().any(|(of, _)| of == index)).collect();
    let chosen: Vec<(usize, Fix)> = alone
        .into_par_iter()
        .filter_map(|index| Some((index, judge.choose(&settled, index, &candidates[index])?)))
        .collect();
    verdicts.extend(settled.into_iter().map(|(index, fix)| (index, fix.clone())));
    verdicts.extend(chosen);
    for (index, fix) in verdicts {
        found[index].fix = Some(fix);
    }
}

fn normalize(edits: &mut Vec<Edit>) {
    edits.sort();
    edits.dedup();
}

fn with(fix: &Fix, applicability: Applicability) -> Fix {
    Fix { applicability, ..fix.clone() }
}

/// What a finding is recognised by after the text has changed.
type Key = (RuleCode, PathBuf, String);

fn keys(found: &[Diagnostic]) -> BTreeMap<Key, usize> {
    let mut keys = BTreeMap::new();
    for finding in found {
        *keys.entry(key(finding)).or_default() += 1;
    }
    keys
}

fn key(finding: &Diagnostic) -> Key {
    (finding.code, finding.primary.path.to_path_buf(), finding.symbol.clone())
}

/// The state that a repair must not make worse.
struct Before {
    found: BTreeMap<Key, usize>,
    /// The environment without what the request states as absent, which no run looks at.
    complement: Option<Run>,
}

impl Before {
    fn new(evidence: &Evidence<'_>, request: &Request, found: &[Diagnostic]) -> Self {
        let stated = &request.target.absent;
        let complement = match evidence.runs.first() {
            Some(run) if !stated.is_empty() || request.target.bare => {
                let mut environment = run.environment.clone();
                let absent: BTreeSet<&String> = stated.iter().chain(&run.absent).collect();
                environment.absent.retain(|module| !absent.contains(module));
                Some(runs::elsewhere(evidence.sources, request, run, environment))
            }
            _ => None,
        };
        Self { found: keys(found), complement }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The findings are gone and nothing else is worse in any environment.
    Safe,
    /// The findings are gone, and something else is worse.
    Unsafe,
    /// They are still there, or the text cannot be edited so.
    Useless,
}

struct Judge<'e> {
    evidence: &'e Evidence<'e>,
    selection: &'e Selection,
    request: &'e Request,
    found: &'e [Diagnostic],
    before: &'e Before,
}

impl Judge<'_> {
    /// Those of the repairs that are safe together and with `others`, found by halving.
    fn settle<'f>(&self, others: &[(usize, &'f Fix)], repairs: &[(usize, &'f Fix)]) -> Vec<(usize, &'f Fix)> {
        if repairs.is_empty() {
            return Vec::new();
        }
        let all = [others, repairs].concat();
        if self.verdict(&all) == Verdict::Safe {
            return repairs.to_vec();
        }
        if repairs.len() == 1 {
            return Vec::new();
        }
        let (first, second) = repairs.split_at(repairs.len() / 2);
        let first = self.settle(others, first);
        let second = self.settle(&[others, &first].concat(), second);
        [first, second].concat()
    }

    /// The best repair of one finding: one that is safe with what is settled, before one that only is by
    /// itself.
    fn choose(&self, settled: &[(usize, &Fix)], index: usize, candidates: &[Fix]) -> Option<Fix> {
        let is_safe = |fix: &Fix| fix.applicability == Applicability::Safe;
        let mut mending = Vec::new();
        for fix in candidates {
            match self.verdict(&[(index, fix)]) {
                Verdict::Safe if is_safe(fix) => {
                    let together = [settled, &[(index, fix)]].concat();
                    if settled.is_empty() || self.verdict(&together) == Verdict::Safe {
                        return Some(fix.clone());
                    }
                    mending.push(fix.clone());
                }
                Verdict::Safe | Verdict::Unsafe => mending.push(with(fix, Applicability::Unsafe)),
                Verdict::Useless => {}
            }
        }
        let best = mending.iter().position(is_safe).unwrap_or_default();
        mending.into_iter().nth(best)
    }

    fn verdict(&self, repairs: &[(usize, &Fix)]) -> Verdict {
        let edits = repairs.iter().flat_map(|(_, fix)| &fix.edits);
        let Some(repaired) = overlaid(self.evidence.sources, edits) else { return Verdict::Useless };
        let sources = Sources::new(&repaired);
        let edited = repairs.iter().flat_map(|(_, fix)| &fix.edits).map(|edit| &edit.path);
        // What a project declares decides which environments there are.
        let declares = |path: &Path| path.extension().is_none_or(|extension| extension != "py");
        // For each of the runs, which of those before it repeats.
        let mut of: Vec<usize> = Vec::new();
        let runs: Vec<Run>;
        let surroundings = if edited.into_iter().any(|path| declares(path)) {
            match super::survey(&sources, self.request) {
                Ok((surroundings, surveyed)) => {
                    runs = surveyed;
                    Some(surroundings)
                }
                Err(_) => return Verdict::Useless,
            }
        } else {
            let again = |(place, run): (usize, &Run)| {
                self.again(&sources, run).into_iter().map(move |new| (place, new)).collect::<Vec<_>>()
            };
            (of, runs) = self.evidence.runs.par_iter().enumerate().flat_map_iter(again).unzip();
            None
        };
        let evidence = judge::evidence(&sources, &runs, self.request);
        let evidence = match &surroundings {
            Some(new) => evidence.in_project(Some(&new.project), new.repository.as_ref()),
            None => evidence.in_project(self.evidence.project, self.evidence.repository),
        };
        let found = judge::findings(&evidence, self.selection);
        let after = keys(&found);
        let mut wanted: BTreeMap<Key, usize> = BTreeMap::new();
        for (index, _) in repairs {
            *wanted.entry(key(&self.found[*index])).or_default() += 1;
        }
        let count = |keys: &BTreeMap<Key, usize>, key: &Key| keys.get(key).copied().unwrap_or(0);
        let gone =
            wanted.iter().all(|(key, mended)| count(&after, key) + mended <= count(&self.before.found, key));
        if !gone {
            return Verdict::Useless;
        }
        // One failure in place of another is no repair.
        let is_new = |key: &Key| count(&after, key) > count(&self.before.found, key);
        if found.iter().any(|finding| finding.pytest_says.is_some() && is_new(&key(finding))) {
            return Verdict::Useless;
        }
        let others = after.keys().any(is_new);
        let counterparts = |place: usize, old: &Run| -> Vec<&Run> {
            if surroundings.is_none() {
                return runs.iter().zip(&of).filter(|(_, of)| **of == place).map(|(new, _)| new).collect();
            }
            let names = old.names();
            runs.iter().filter(|new| new.names().iter().any(|name| names.contains(name))).collect()
        };
        let run_is_worse = |(place, old): (usize, &Run)| {
            let new = counterparts(place, old);
            new.is_empty() || new.iter().any(|new| is_worse(&old.prediction, &new.prediction))
        };
        let mut worse = others || self.evidence.runs.iter().enumerate().any(run_is_worse);
        if let Some(complement) = self.before.complement.as_ref().filter(|_| !worse) {
            let again = self.again(&sources, complement);
            worse = again.iter().any(|again| is_worse(&complement.prediction, &again.prediction));
        }
        if worse { Verdict::Unsafe } else { Verdict::Safe }
    }

    fn again(&self, sources: &Sources<'_>, run: &Run) -> Vec<Run> {
        runs::again(sources, self.request, run)
    }
}

/// The files with the edits made; `None` where they touch each other or cannot be written.
fn overlaid<'e>(sources: &Sources<'_>, all: impl Iterator<Item = &'e Edit>) -> Option<FileSystem> {
    let mut by_path: BTreeMap<&Path, Vec<&Edit>> = BTreeMap::new();
    for edit in all {
        by_path.entry(edit.path.as_path()).or_default().push(edit);
    }
    let mut overlay: Vec<(PathBuf, Arc<[u8]>)> =
        sources.fs().overlay().map(|(path, content)| (path.to_path_buf(), Arc::clone(content))).collect();
    for (path, edits) in by_path {
        let bytes = if sources.fs().exists(path) {
            let file = sources.get(path).ok()?;
            file.encode(&edits::apply(file.source.text(), edits).ok()?)?
        } else {
            edits::apply("", edits).ok()?.into_bytes()
        };
        overlay.push((path.to_path_buf(), bytes.into()));
    }
    Some(FileSystem::with_overlay(overlay))
}

/// Whether a module comes out worse, or a test is lost that was collected.
fn is_worse(before: &Prediction, after: &Prediction) -> bool {
    let now: BTreeMap<&Path, &ModulePrediction> =
        after.modules.iter().map(|module| (module.path.as_path(), module)).collect();
    let module_is_worse = |module: &ModulePrediction| {
        let Some(new) = now.get(module.path.as_path()) else {
            // A folder that failed as a whole is no entry any more where its modules are collected.
            let is_opened = || after.modules.iter().any(|new| new.path.starts_with(&module.path));
            return !(module.outcome.fails() && is_opened());
        };
        let doubtful = module.certain && !new.certain;
        let kept: BTreeSet<&str> = new.items.iter().map(|item| &*item.text).collect();
        let lost = module.outcome == Outcome::Collected
            && module.items.iter().any(|item| !kept.contains(&*item.text));
        new.outcome > module.outcome || doubtful || lost
    };
    // One failure in place of another is no repair.
    let fails_anew = |module: &&ModulePrediction| {
        let fails_so = |old: &&ModulePrediction| old.path == module.path && words(old) == words(module);
        module.outcome.fails() && !before.modules.iter().any(|old| fails_so(&old))
    };
    let failing = |prediction: &Prediction| {
        prediction.conftests.iter().filter(|conftest| conftest.failure.is_some()).count()
    };
    let refused = |prediction: &Prediction| prediction.session.failure.is_some();
    before.modules.iter().any(module_is_worse)
        || after.modules.iter().any(|module| fails_anew(&module))
        || failing(after) > failing(before)
        || (refused(after) && !refused(before))
}

/// What pytest says about the failure of a module.
fn words(module: &ModulePrediction) -> Option<(&str, Option<&str>)> {
    module.failure.as_ref().map(|failure| (failure.exception.as_str(), failure.message.as_deref()))
}
