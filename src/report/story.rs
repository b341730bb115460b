//! What becomes of one module, told in the order in which it happens.

use std::io;
use std::path::Path;

use super::summary::counted;
use crate::environment::Environment;
use crate::interp::{Step, StepKind};
use crate::outcome::{Failure, ModulePrediction, Outcome, Prediction};
use crate::syntax::Sources;

/// Tells of `module`, whose session `prediction` is.
pub fn of_module(
    module: &ModulePrediction,
    prediction: &Prediction,
    environment: &Environment,
    sources: &Sources<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let Environment { pytest, source, .. } = environment;
    let (python, platform) = (environment.python.peek(), environment.platform.peek());
    let tells = Teller { sources, root: &prediction.settings.rootdir };
    writeln!(out, "{} with Python {python} on {platform}, pytest {pytest} ({source})\n", module.node)?;
    match &module.failure {
        Some(failure) => {
            writeln!(out, "pytest imports {}", module.node)?;
            tells.failure(failure, out)?;
        }
        None => {
            writeln!(out, "pytest imports {}, and nothing stops it", module.node)?;
        }
    }
    let perhaps = if module.certain { "" } else { ", or perhaps not" };
    let tests = match module.tests {
        Some(tests) => counted(tests, "test"),
        None => "an unknown number of tests".to_owned(),
    };
    match module.outcome {
        Outcome::Collected => writeln!(out, "→ it is collected{perhaps}: {tests}")?,
        Outcome::Skipped => writeln!(out, "→ the module is skipped{perhaps}, with all its tests")?,
        Outcome::Error => writeln!(out, "→ a collection error{perhaps}: no test of the session runs")?,
        Outcome::Aborts => writeln!(out, "→ the session ends here{perhaps}: no test runs")?,
    }
    for failure in &module.perhaps {
        writeln!(out, "\nIt may also happen that")?;
        tells.failure(failure, out)?;
    }
    let session = &prediction.session;
    match &session.aborted_by {
        Some(culprit) if *culprit != module.node => {
            writeln!(out, "\nThe session is ended by {culprit}; pytest exits with {}", session.exit_code)
        }
        Some(_) | None => writeln!(out, "\nThe session: pytest exits with {}", session.exit_code),
    }
}

struct Teller<'s> {
    sources: &'s Sources<'s>,
    root: &'s Path,
}

impl Teller<'_> {
    fn failure(&self, failure: &Failure, out: &mut dyn io::Write) -> io::Result<()> {
        for step in &failure.trace.0 {
            self.step(step, out)?;
        }
        match failure.message.as_deref() {
            Some(message) if !message.is_empty() => {
                writeln!(out, "{}: {}", failure.exception, super::one_line(message))
            }
            Some(_) | None => writeln!(out, "{}", failure.exception),
        }
    }

    /// The place, what happens there, and the line.
    fn step(&self, step: &Step, out: &mut dyn io::Write) -> io::Result<()> {
        let path = step.site.path.strip_prefix(self.root).unwrap_or(&step.site.path);
        let what = match &step.kind {
            StepKind::Import(module) => format!("imports {module}"),
            StepKind::Call(function) => format!("calls {function}"),
            StepKind::Branch => "takes this branch".to_owned(),
            StepKind::Statement => "runs this".to_owned(),
        };
        let Ok(file) = self.sources.get(&step.site.path) else {
            return writeln!(out, "  {} {what}", path.display());
        };
        let line = file.source.line(step.site.span.start);
        writeln!(out, "  {}:{line} {what}", path.display())?;
        writeln!(out, "      {}", file.source.slice(file.source.line_span(line)).trim())
    }
}
