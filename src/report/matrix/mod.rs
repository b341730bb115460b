//! The grid: modules that do not come out the same everywhere, against the cells of the project.
//!
//! A square says what becomes of one module in one cell. What breaks several squares for the same reason is one
//! cause, with one trace.

mod html;
mod text;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Texts;
use super::summary::counted;
use crate::interp::StepKind;
use crate::outcome::{Failure, ModulePrediction, Outcome};
use crate::rules::Run;

pub use html::write_html;
pub use text::write_text;

/// The version of the JSON form: it changes when a key is renamed or removed.
const VERSION: u32 = 1;

/// All that is drawn, and the JSON form at once.
#[derive(Debug, Serialize)]
pub struct Matrix {
    version: u32,
    cells: Vec<Column>,
    /// The modules that break or are skipped in some cell, by path.
    modules: Vec<Row>,
    causes: Vec<Cause>,
    totals: Totals,
}

/// One cell.
#[derive(Debug, Serialize)]
struct Column {
    name: String,
    python: String,
    platform: String,
    machine: String,
    pytest: String,
    /// A number, or `"hangs"` or `"unknown"`.
    exit_code: serde_json::Value,
    /// How many tests pytest collects.
    collected: usize,
    /// Why pytest does not start, or ends after collecting, where no module is to blame.
    failure: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Row {
    path: String,
    /// How many tests it holds where it is collected; `null` where that is not known.
    tests: Option<usize>,
    /// One for each cell; `null` where its pytest does not meet the module.
    squares: Vec<Option<Square>>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Square {
    outcome: &'static str,
    certain: bool,
    /// Place in `causes`.
    cause: Option<usize>,
}

/// Why something breaks.
#[derive(Debug, Serialize)]
struct Cause {
    exception: String,
    message: String,
    /// Outermost first.
    trace: Vec<Step>,
    /// Whether a module or session certainly breaks of it: some are only skipped.
    breaks: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Step {
    path: String,
    line: u32,
    what: String,
    text: String,
}

#[derive(Debug, Default, Serialize)]
struct Totals {
    cells: usize,
    broken_cells: usize,
    /// Every module that some cell meets.
    modules: usize,
    broken_modules: usize,
    /// What certainly breaks something.
    causes: usize,
    /// The most that are not run in one cell, as far as their number is known.
    stopped_tests: usize,
}

impl Matrix {
    /// Brings the runs together; paths are shown below `root`.
    pub fn new(runs: &[Run], texts: &Texts<'_>, root: &Path) -> Self {
        let mut builder = Builder { texts, root, causes: Vec::new(), known: BTreeMap::new() };
        let mut columns: Vec<(&Run, Column)> = Vec::new();
        for run in runs {
            for name in run.names() {
                columns.push((run, builder.column(run, name)));
            }
        }
        let mut modules: BTreeMap<&Path, Vec<Option<&ModulePrediction>>> = BTreeMap::new();
        for (place, (run, _)) in columns.iter().enumerate() {
            for module in &run.prediction.modules {
                let squares = modules.entry(&module.path).or_insert_with(|| vec![None; columns.len()]);
                squares[place] = Some(module);
            }
        }
        let mut conftests: BTreeMap<&Path, Vec<Option<&Failure>>> = BTreeMap::new();
        for (place, (run, _)) in columns.iter().enumerate() {
            for conftest in run.prediction.conftests.iter().filter(|conftest| conftest.initial) {
                if let Some(failure) = &conftest.failure {
                    let squares =
                        conftests.entry(&conftest.path).or_insert_with(|| vec![None; columns.len()]);
                    squares[place] = Some(failure);
                }
            }
        }
        let mut rows: Vec<Row> = Vec::new();
        for (path, failures) in &conftests {
            let squares = failures.iter().map(|failure| failure.map(|failure| builder.aborts(failure)));
            let squares = squares.collect();
            rows.push(Row { path: builder.shown(path), tests: None, squares });
        }
        for (path, squares) in
            modules.iter().filter(|(_, squares)| squares.iter().flatten().any(|m| differs(m)))
        {
            let tests = squares.iter().flatten().filter(|module| !module.outcome.fails());
            let tests = tests.filter_map(|module| module.tests).max().filter(|tests| *tests > 0);
            let squares = squares.iter().map(|module| module.map(|module| builder.square(module))).collect();
            rows.push(Row { path: builder.shown(path), tests, squares });
        }
        let mut causes = builder.causes;
        let cells: Vec<Column> = columns.into_iter().map(|(_, column)| column).collect();
        for place in breaking(&cells, &rows) {
            causes[place].breaks = true;
        }
        let totals = totals(&cells, &rows, &modules, &causes);
        Self { version: VERSION, cells, modules: rows, causes, totals }
    }

    /// Writes the JSON form.
    pub fn write_json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self)?;
        writeln!(out)
    }

    /// "1 broken import stops 7,649 tests in 2 of 8 cells"
    fn sentence(&self) -> String {
        let Totals { cells, broken_cells, modules, causes, stopped_tests, .. } = self.totals;
        let cells = counted(cells, "cell");
        if causes == 0 {
            return format!("{} in {cells}: none breaks", counted(modules, "test module"));
        }
        let breaking = self.causes.iter().filter(|cause| cause.breaks);
        let is_import =
            |cause: &Cause| matches!(cause.exception.as_str(), "ImportError" | "ModuleNotFoundError");
        let what = if breaking.into_iter().all(is_import) { "broken import" } else { "cause" };
        let subject = counted(causes, what);
        let verb = if causes == 1 { "stops" } else { "stop" };
        let tests = match stopped_tests {
            0 => "the tests".to_owned(),
            1 => "1 test".to_owned(),
            several => format!("{} tests", grouped(several)),
        };
        let in_all = broken_cells == self.totals.cells;
        let place = if in_all { format!("all {cells}") } else { format!("{broken_cells} of {cells}") };
        format!("{subject} {verb} {tests} in {place}")
    }
}

/// 7649 → `7,649`
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Whether a module is not simply collected.
fn differs(module: &ModulePrediction) -> bool {
    module.outcome != Outcome::Collected || module.failure.is_some()
}

/// Whether a module certainly breaks.
fn breaks(square: &Square) -> bool {
    square.certain && square.cause.is_some() && square.outcome != Outcome::Skipped.name()
}

/// The causes of what certainly breaks.
fn breaking(cells: &[Column], rows: &[Row]) -> Vec<usize> {
    let squares = rows.iter().flat_map(|row| row.squares.iter().flatten());
    let of_modules = squares.filter(|square| breaks(square)).filter_map(|square| square.cause);
    cells.iter().filter_map(|cell| cell.failure).chain(of_modules).collect()
}

fn totals(
    cells: &[Column],
    rows: &[Row],
    modules: &BTreeMap<&Path, Vec<Option<&ModulePrediction>>>,
    causes: &[Cause],
) -> Totals {
    let mut broken_cells = 0;
    let mut stopped_tests = 0;
    for (place, cell) in cells.iter().enumerate() {
        let broken: Vec<(&Row, &Square)> = rows
            .iter()
            .filter_map(|row| Some((row, row.squares[place].as_ref()?)))
            .filter(|(_, square)| breaks(square))
            .collect();
        let ends = cell.failure.is_some() || broken.iter().any(|(_, square)| square.outcome == "aborts");
        if broken.is_empty() && !ends {
            continue;
        }
        broken_cells += 1;
        // One collection error is enough: pytest then runs no test at all.
        let all = modules.values().map(|squares| {
            let here = squares[place].map(|module| module.outcome);
            let known = squares.iter().flatten().filter_map(|module| module.tests).max();
            if here.is_some() || ends { known.unwrap_or_default() } else { 0 }
        });
        stopped_tests = stopped_tests.max(all.sum());
    }
    let causes = causes.iter().filter(|cause| cause.breaks).count();
    let broken_modules = rows.iter().filter(|row| row.squares.iter().flatten().any(breaks)).count();
    let modules = modules.len();
    Totals { cells: cells.len(), broken_cells, modules, broken_modules, causes, stopped_tests }
}

/// What a cause is recognised by: its place, the exception, its message.
type Key = (Option<(PathBuf, u32)>, String, String);

struct Builder<'b> {
    texts: &'b Texts<'b>,
    root: &'b Path,
    causes: Vec<Cause>,
    known: BTreeMap<Key, usize>,
}

impl Builder<'_> {
    fn column(&mut self, run: &Run, name: String) -> Column {
        let environment = &run.environment;
        let session = &run.prediction.session;
        let of_conftest = run.prediction.conftests.iter().any(|conftest| conftest.failure.is_some());
        Column {
            name,
            python: environment.python.peek().to_string(),
            platform: environment.platform.peek().to_string(),
            machine: environment.machine.peek().name(environment.platform.peek()).to_owned(),
            pytest: environment.pytest.to_string(),
            exit_code: match session.exit_code.code() {
                Some(code) => code.into(),
                None => session.exit_code.to_string().into(),
            },
            collected: session.collected,
            failure: session.failure.as_ref().filter(|_| !of_conftest).map(|failure| self.cause(failure)),
        }
    }

    fn square(&mut self, module: &ModulePrediction) -> Square {
        let cause = module.failure.as_ref().map(|failure| self.cause(failure));
        Square { outcome: module.outcome.name(), certain: module.certain, cause }
    }

    fn aborts(&mut self, failure: &Failure) -> Square {
        let cause = Some(self.cause(failure));
        Square { outcome: Outcome::Aborts.name(), certain: failure.certain, cause }
    }

    fn cause(&mut self, failure: &Failure) -> usize {
        let place = failure.site.as_ref().map(|site| (site.path.to_path_buf(), site.span.start));
        let message = failure.message.clone().unwrap_or_default();
        let key = (place, failure.exception.clone(), message.clone());
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let trace = failure.trace.0.iter().map(|step| {
            let text = self.texts.get(&step.site.path);
            let line = text.map_or(1, |text| text.line(step.site.span.start));
            Step {
                path: self.shown(&step.site.path),
                line,
                what: match &step.kind {
                    StepKind::Import(module) => format!("imports {module}"),
                    StepKind::Call(function) => format!("calls {function}"),
                    StepKind::Branch => "takes this branch".to_owned(),
                    StepKind::Statement => "runs this".to_owned(),
                },
                text: text
                    .map_or_else(String::new, |text| text.slice(text.line_span(line)).trim().to_owned()),
            }
        });
        let mut trace: Vec<Step> = trace.collect();
        trace.dedup();
        let place = self.causes.len();
        self.causes.push(Cause { exception: failure.exception.clone(), message, trace, breaks: false });
        self.known.insert(key, place);
        place
    }

    fn shown(&self, path: &Path) -> String {
        super::shown(path, self.root).replace('\\', "/")
    }
}

impl Cause {
    /// As pytest prints it, on one line.
    fn says(&self) -> String {
        match self.message.lines().next() {
            None | Some("") => self.exception.clone(),
            Some(message) => format!("{}: {message}", self.exception),
        }
    }
}

/// What a square looks like, with its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Collected,
    Skipped,
    /// It may break.
    Perhaps,
    Error,
    Aborts,
    NotMet,
}

impl Mark {
    const ALL: [Self; 6] =
        [Self::Collected, Self::Skipped, Self::Perhaps, Self::Error, Self::Aborts, Self::NotMet];

    fn of(square: Option<&Square>) -> Self {
        match square {
            None => Self::NotMet,
            Some(Square { outcome: "skipped", .. }) => Self::Skipped,
            Some(Square { cause: None, .. }) => Self::Collected,
            Some(Square { certain: false, .. }) => Self::Perhaps,
            Some(Square { outcome: "aborts", .. }) => Self::Aborts,
            Some(_) => Self::Error,
        }
    }

    const fn symbol(self) -> &'static str {
        match self {
            Self::Collected => "·",
            Self::Skipped => "s",
            Self::Perhaps => "?",
            Self::Error => "✗",
            Self::Aborts => "!",
            Self::NotMet => " ",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Collected => "collected",
            Self::Skipped => "skipped",
            Self::Perhaps => "perhaps",
            Self::Error => "error",
            Self::Aborts => "aborts",
            Self::NotMet => "not-met",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::Collected => "collected",
            Self::Skipped => "skipped",
            Self::Perhaps => "may break",
            Self::Error => "collection error",
            Self::Aborts => "ends the session",
            Self::NotMet => "not in this cell's session",
        }
    }
}

#[cfg(test)]
mod tests;
