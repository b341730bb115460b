//! What was predicted, held against what pytest did.

use std::collections::HashSet;
use std::io::{self, Write};

use serde::Serialize;

use super::observe::{Observed, Truth};
use crate::outcome::NodeId;

/// What was predicted of one module, in the words of the observer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Predicted {
    pub(super) path: String,
    pub(super) outcome: String,
    pub(super) exception: Option<String>,
    pub(super) place: Option<String>,
    /// `None` where it is not known.
    pub(super) tests: Option<usize>,
    pub(super) items: Vec<NodeId>,
}

/// How often the two agree, of how many times there was something to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Score {
    agree: usize,
    of: usize,
}

impl Score {
    fn count(&mut self, agrees: bool) {
        self.agree += usize::from(agrees);
        self.of += 1;
    }
}

/// One thing that pytest does otherwise than predicted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Disagreement {
    path: String,
    /// `module`, `outcome`, `exception`, `line`, `tests`, `items`, `exit_code`.
    about: &'static str,
    pytest: String,
    predicted: String,
}

/// The whole comparison; its JSON form is this object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Comparison {
    version: u32,
    pub(super) agrees: bool,
    /// Modules that one side or both met.
    modules: Score,
    outcomes: Score,
    /// Modules that pytest collects or skips and that are predicted to fail.
    false_alarms: usize,
    /// Modules that fail and that are predicted to be collected or skipped.
    missed: usize,
    exceptions: Score,
    lines: Score,
    tests: Score,
    /// Tests that pytest collects in modules whose number of tests is predicted.
    items: Score,
    /// Node ids that are predicted as known.
    known_items: Score,
    exit_code: Score,
    /// Modules whose number of tests is not predicted.
    unknown_tests: usize,
    disagreements: Vec<Disagreement>,
}

pub(super) fn compare(truth: &Truth, exit_code: Option<&str>, predicted: &[Predicted]) -> Comparison {
    let mut comparison = Comparison { version: 1, ..Comparison::default() };
    for (path, observed) in &truth.modules {
        let found = predicted.iter().find(|module| module.path == *path);
        comparison.modules.count(found.is_some());
        match found {
            Some(module) => comparison.module(observed, module),
            None => comparison.disagree(path, "module", &observed.outcome, "not met"),
        }
    }
    for module in predicted.iter().filter(|module| !truth.modules.contains_key(&module.path)) {
        comparison.modules.count(false);
        comparison.disagree(&module.path, "module", "not met", &module.outcome);
    }
    if let Some(predicted) = exit_code {
        let real = truth.exit_code.map_or_else(|| "hangs".to_owned(), |code| code.to_string());
        comparison.exit_code.count(real == predicted);
        if real != predicted {
            comparison.disagree(".", "exit_code", &real, predicted);
        }
    }
    comparison.agrees = comparison.disagreements.is_empty();
    comparison
}

impl Comparison {
    fn module(&mut self, observed: &Observed, predicted: &Predicted) {
        let path = &predicted.path;
        self.outcomes.count(observed.outcome == predicted.outcome);
        if observed.outcome != predicted.outcome {
            let fails = |outcome: &str| matches!(outcome, "error" | "aborts");
            match (fails(&observed.outcome), fails(&predicted.outcome)) {
                (false, true) => self.false_alarms += 1,
                (true, false) => self.missed += 1,
                _ => {}
            }
            let why = |outcome: &str, exception: &Option<String>| match exception {
                Some(exception) => format!("{outcome} ({exception})"),
                None => outcome.to_owned(),
            };
            let real = why(&observed.outcome, &observed.exception);
            self.disagree(path, "outcome", &real, &why(&predicted.outcome, &predicted.exception));
            return;
        }
        if let Some(exception) = &observed.exception {
            let said = predicted.exception.as_deref().unwrap_or("none");
            self.exceptions.count(said == exception);
            if said != exception {
                self.disagree(path, "exception", exception, said);
            }
        }
        if let Some(place) = &observed.place {
            let said = predicted.place.as_deref().unwrap_or("none");
            self.lines.count(said == place);
            if said != place {
                self.disagree(path, "line", place, said);
            }
        }
        if observed.outcome != "collected" {
            return;
        }
        let Some(tests) = predicted.tests else {
            self.unknown_tests += 1;
            return;
        };
        self.tests.count(tests == observed.items.len());
        if tests != observed.items.len() {
            self.disagree(path, "tests", &observed.items.len().to_string(), &tests.to_string());
        }
        let real: HashSet<&str> = observed.items.iter().map(String::as_str).collect();
        let said: HashSet<&str> = predicted.items.iter().map(|item| &*item.text).collect();
        for item in &observed.items {
            self.items.count(said.contains(item.as_str()));
            if !said.contains(item.as_str()) {
                self.disagree(path, "items", item, "not known");
            }
        }
        for item in &predicted.items {
            let is_real = real.contains(&*item.text);
            if item.known {
                self.known_items.count(is_real);
            }
            if !is_real {
                self.disagree(path, "items", "not collected", &item.text);
            }
        }
    }

    fn disagree(&mut self, path: &str, about: &'static str, pytest: &str, predicted: &str) {
        self.disagreements.push(Disagreement {
            path: path.to_owned(),
            about,
            pytest: pytest.to_owned(),
            predicted: predicted.to_owned(),
        });
    }

    pub(super) fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for Disagreement { path, about, pytest, predicted } in &self.disagreements {
            writeln!(out, "{path}: {about}: pytest {pytest}, predicted {predicted}")?;
        }
        if !self.disagreements.is_empty() {
            writeln!(out)?;
        }
        for (name, score) in [
            ("modules", self.modules),
            ("outcomes", self.outcomes),
            ("exceptions", self.exceptions),
            ("lines", self.lines),
            ("numbers of tests", self.tests),
            ("node ids", self.items),
            ("known node ids", self.known_items),
            ("exit code", self.exit_code),
        ] {
            if score.of > 0 {
                writeln!(out, "{name:<18} {} of {} agree", score.agree, score.of)?;
            }
        }
        for (name, modules) in [
            ("false alarms", self.false_alarms),
            ("failures missed", self.missed),
            ("number not told", self.unknown_tests),
        ] {
            if modules > 0 {
                writeln!(out, "{name:<18} {modules} modules")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(outcome: &str, exception: Option<&str>, items: &[&str]) -> Observed {
        Observed {
            outcome: outcome.to_owned(),
            exception: exception.map(str::to_owned),
            place: exception.map(|_| "a.py:1".to_owned()),
            items: items.iter().map(|item| (*item).to_owned()).collect(),
        }
    }

    fn predicted(outcome: &str, exception: Option<&str>, items: &[&str]) -> Predicted {
        let Observed { outcome, exception, place, items } = observed(outcome, exception, items);
        let items: Vec<_> = items.into_iter().map(NodeId::known).collect();
        Predicted { path: "a.py".to_owned(), outcome, exception, place, tests: Some(items.len()), items }
    }

    fn compared(real: Observed, said: Predicted) -> (bool, Vec<&'static str>) {
        let truth =
            Truth { exit_code: Some(0), modules: [("a.py".to_owned(), real)].into(), ..Truth::default() };
        let comparison = compare(&truth, Some("0"), &[said]);
        (comparison.agrees, comparison.disagreements.iter().map(|found| found.about).collect())
    }

    #[test]
    fn all_that_is_told_is_compared() {
        let good = || observed("collected", None, &["a.py::x", "a.py::y"]);
        let bad = || observed("error", Some("NameError"), &[]);
        for (real, said, expected) in [
            (good(), predicted("collected", None, &["a.py::x", "a.py::y"]), vec![]),
            (good(), predicted("collected", None, &["a.py::x"]), vec!["tests", "items"]),
            (good(), predicted("collected", None, &["a.py::x", "a.py::z"]), vec!["items", "items"]),
            (good(), Predicted { tests: None, ..predicted("collected", None, &[]) }, vec![]),
            (bad(), predicted("error", Some("NameError"), &[]), vec![]),
            (bad(), predicted("error", Some("KeyError"), &[]), vec!["exception"]),
            (bad(), Predicted { place: None, ..predicted("error", Some("NameError"), &[]) }, vec!["line"]),
            (bad(), predicted("aborts", Some("NameError"), &[]), vec!["outcome"]),
        ] {
            assert_eq!(compared(real, said), (expected.is_empty(), expected));
        }
    }

    #[test]
    fn failures_that_do_not_happen_and_failures_that_are_missed_are_told_apart() {
        for (real, said, expected) in [
            ("collected", "error", (1, 0)),
            ("skipped", "aborts", (1, 0)),
            ("error", "collected", (0, 1)),
            ("aborts", "error", (0, 0)),
            ("collected", "skipped", (0, 0)),
        ] {
            let truth = Truth {
                modules: [("a.py".to_owned(), observed(real, None, &[]))].into(),
                ..Truth::default()
            };
            let compared = compare(&truth, None, &[predicted(said, None, &[])]);
            assert_eq!((compared.false_alarms, compared.missed), expected, "{real} {said}");
        }
    }

    #[test]
    fn modules_that_one_side_does_not_know_and_exit_codes_count() {
        let truth = Truth {
            exit_code: Some(3),
            modules: [("b.py".to_owned(), observed("collected", None, &[]))].into(),
            ..Truth::default()
        };
        let comparison = compare(&truth, Some("2"), &[predicted("collected", None, &[])]);
        let mut text = Vec::new();
        comparison.write_text(&mut text).expect("a vector can be written to");
        insta::assert_snapshot!(String::from_utf8_lossy(&text), @r"
        b.py: module: pytest collected, predicted not met
        a.py: module: pytest not met, predicted collected
        .: exit_code: pytest 3, predicted 2

        modules            0 of 2 agree
        exit code          0 of 1 agree
        ");
    }
}
