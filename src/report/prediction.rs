//! A prediction as text and as JSON.

use std::io;
use std::path::Path;

use serde::Serialize;

use crate::environment::Environment;
use crate::interp::Site;
use crate::outcome::{Failure, ModulePrediction, Prediction};
use crate::syntax::Sources;

/// The version of the JSON form: it changes when a key is renamed or removed.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'p> {
    version: u32,
    environment: EnvironmentRecord<'p>,
    session: SessionRecord<'p>,
    modules: Vec<ModuleRecord<'p>>,
}

#[derive(Serialize)]
struct EnvironmentRecord<'p> {
    python: String,
    platform: String,
    pytest: String,
    source: &'p str,
}

#[derive(Serialize)]
struct SessionRecord<'p> {
    /// A number, or `"hangs"` or `"unknown"`.
    exit_code: serde_json::Value,
    aborted_by: Option<&'p str>,
    collected: usize,
    exception: Option<&'p str>,
    message: Option<&'p str>,
    location: Option<Location>,
    trace: Vec<StepRecord>,
}

#[derive(Serialize)]
struct ModuleRecord<'p> {
    path: &'p str,
    outcome: &'static str,
    certain: bool,
    exception: Option<&'p str>,
    message: Option<&'p str>,
    location: Option<Location>,
    trace: Vec<StepRecord>,
    /// `null` where the number is not known.
    tests: Option<usize>,
    items: Vec<&'p str>,
    /// Those of `items` whose brackets are not known; what stands there is likely.
    unknown_ids: Vec<&'p str>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct StepRecord {
    path: String,
    line: u32,
    column: u32,
    text: String,
}

/// Turns places into lines and columns.
struct Places<'s> {
    sources: &'s Sources<'s>,
    root: &'s Path,
}

impl Places<'_> {
    fn path(&self, path: &Path) -> String {
        let shown = path.strip_prefix(self.root).unwrap_or(path);
        let parts: Vec<_> = shown.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        parts.join("/").replace("//", "/")
    }

    fn location(&self, site: &Site, line: Option<u32>) -> Location {
        let path = self.path(&site.path);
        match self.sources.get(&site.path) {
            Ok(file) => {
                let start = file.source.line_column(site.span.start);
                Location { path, line: line.unwrap_or(start.line), column: start.column }
            }
            Err(_) => Location { path, line: line.unwrap_or(1), column: 1 },
        }
    }

    fn of_failure(&self, failure: &Failure) -> Option<Location> {
        failure.site.as_ref().map(|site| self.location(site, failure.line))
    }

    fn trace(&self, failure: &Failure) -> Vec<StepRecord> {
        failure
            .trace
            .0
            .iter()
            .map(|step| {
                let Location { path, line, column } = self.location(&step.site, None);
                let text = self.sources.get(&step.site.path).map_or_else(
                    |_| String::new(),
                    |file| file.source.slice(file.source.line_span(line)).trim().to_owned(),
                );
                StepRecord { path, line, column, text }
            })
            .collect()
    }
}

/// Writes the prediction as one JSON object.
///
/// # Errors
///
/// The stream's.
pub fn write_json(
    prediction: &Prediction,
    environment: &Environment,
    sources: &Sources<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let places = Places { sources, root: &prediction.settings.rootdir };
    let session = &prediction.session;
    let failure = session.failure.as_ref();
    let document = Document {
        version: VERSION,
        environment: EnvironmentRecord {
            python: environment.python.peek().to_string(),
            platform: environment.platform.peek().to_string(),
            pytest: environment.pytest.to_string(),
            source: environment.source,
        },
        session: SessionRecord {
            exit_code: match session.exit_code.code() {
                Some(code) => code.into(),
                None => session.exit_code.to_string().into(),
            },
            aborted_by: session.aborted_by.as_deref(),
            collected: session.collected,
            exception: failure.map(|failure| failure.exception.as_str()),
            message: failure.and_then(|failure| failure.message.as_deref()),
            location: failure.and_then(|failure| places.of_failure(failure)),
            trace: failure.map(|failure| places.trace(failure)).unwrap_or_default(),
        },
        modules: prediction.modules.iter().map(|module| record(module, &places)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn record<'p>(module: &'p ModulePrediction, places: &Places<'_>) -> ModuleRecord<'p> {
    let failure = module.failure.as_ref();
    ModuleRecord {
        path: &module.node,
        outcome: module.outcome.name(),
        certain: module.certain,
        exception: failure.map(|failure| failure.exception.as_str()),
        message: failure.and_then(|failure| failure.message.as_deref()),
        location: failure.and_then(|failure| places.of_failure(failure)),
        trace: failure.map(|failure| places.trace(failure)).unwrap_or_default(),
        tests: module.tests,
        items: module.items.iter().map(|item| &*item.text).collect(),
        unknown_ids: module.items.iter().filter(|item| !item.known).map(|item| &*item.text).collect(),
    }
}

/// How much of a prediction people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    Modules,
    /// The node ids as well.
    Items,
}

/// Writes the prediction for people: a line for each module, then the session.
///
/// # Errors
///
/// The stream's.
pub fn write_text(
    prediction: &Prediction,
    environment: &Environment,
    sources: &Sources<'_>,
    detail: Detail,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let places = Places { sources, root: &prediction.settings.rootdir };
    let Environment { pytest, source, .. } = environment;
    let (python, platform) = (environment.python.peek(), environment.platform.peek());
    writeln!(out, "Python {python} on {platform}, pytest {pytest} ({source})")?;
    for module in &prediction.modules {
        let tests = match module.tests {
            Some(1) => "1 test".to_owned(),
            Some(tests) => format!("{tests} tests"),
            None => "an unknown number of tests".to_owned(),
        };
        let doubt = if module.certain { "" } else { " (perhaps)" };
        write!(out, "{}: {}{doubt}", module.node, module.outcome.name())?;
        match &module.failure {
            Some(failure) => {
                if let Some(location) = places.of_failure(failure) {
                    write!(out, " at {}:{}", location.path, location.line)?;
                }
                write!(out, ": {}", failure.exception)?;
                match failure.message.as_deref().and_then(|message| message.lines().next()) {
                    Some(message) if !message.is_empty() => writeln!(out, ": {message}")?,
                    _ => writeln!(out)?,
                }
            }
            None => writeln!(out, ", {tests}")?,
        }
        if detail == Detail::Items {
            for item in &module.items {
                writeln!(out, "  {item}")?;
            }
        }
    }
    let session = &prediction.session;
    if let Some(failure) = &session.failure {
        let message = failure.message.as_deref().unwrap_or_default();
        writeln!(out, "{}: {message}", failure.exception)?;
    }
    if let Some(module) = &session.aborted_by {
        writeln!(out, "{module} ends the session")?;
    }
    writeln!(out, "pytest collects {} tests and exits with {}", session.collected, session.exit_code)
}
