//! What the rules report about the catalogue: where pytest fails or loses tests some rule fires, at the line
//! where there is one; where all is well no error is reported.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail, ensure};
use collectlint::check;
use collectlint::diagnostic::{Diagnostic, Severity};
use collectlint::fs::FileSystem;
use collectlint::syntax::Sources;
use rayon::prelude::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::catalogue::{Case, Decided, Observed};

/// The share of the projects that fail or lose tests for which some rule fires, and at the line.
const LEAST: f64 = 0.98;

/// The release and the Python that are looked at.
const RELEASE: (&str, &str) = ("9.2.0", "3.11");

/// Rules whose pages say why they warn of a suite that pytest collects or skips.
const ARGUED: [&str; 4] = ["CL204", "CL205", "CL506", "CL702"];

/// What came out for one project.
struct Judged<'c> {
    category: &'c str,
    name: &'c str,
    /// pytest fails, or tests are lost, and the text decides it.
    is_wrong: bool,
    fired: bool,
    /// Whether a finding is at the line of the failure, where pytest names one.
    at_line: Option<bool>,
    /// All is well, and an error or a warning is reported: `CL001 on line 3`.
    alarms: Vec<String>,
}

/// How many projects of a category.
#[derive(Clone, Copy, Default)]
struct Tally {
    projects: usize,
    wrong: usize,
    fired: usize,
    with_line: usize,
    at_line: usize,
    alarms: usize,
}

pub(crate) fn judge(cases: &[(&str, &Case)]) -> Result<()> {
    let observed = |case: &Case| {
        let here = |observed: &&Observed| {
            observed.python == RELEASE.1 && observed.pytest.iter().any(|release| release == RELEASE.0)
        };
        case.observed.iter().position(|observed| here(&observed))
    };
    let judged: Vec<Judged<'_>> = cases
        .par_iter()
        .filter_map(|(category, case)| Some((category, case, observed(case)?)))
        .map(|(category, case, index)| one(category, case, &case.observed[index]))
        .collect::<Result<_>>()?;
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for judged in &judged {
        for category in [judged.category, "~ all"] {
            tallies.entry(category).or_default().add(judged);
        }
    }
    if std::env::var_os("SHOW").is_some() {
        show(&judged, &tallies);
    }
    let alarms: Vec<String> = judged.iter().flat_map(|judged| judged.alarms.clone()).collect();
    ensure!(alarms.is_empty(), "reported where all is well:\n{}", alarms.join("\n"));
    let all = tallies.get("~ all").copied().unwrap_or_default();
    for (what, number, of) in
        [("fires", all.fired, all.wrong), ("is at the line", all.at_line, all.with_line)]
    {
        if share(number, of) < LEAST {
            bail!("a rule {what} in {number} of {of} projects, wanted {LEAST}");
        }
    }
    Ok(())
}

fn one<'c>(category: &'c str, case: &'c Case, observed: &Observed) -> Result<Judged<'c>> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().canonicalize()?.join("project");
    case.write(&root)?;
    let fs = FileSystem::new();
    let sources = Sources::new(&fs);
    let request = case.request(&root, RELEASE.0, RELEASE.1)?;
    let found = check::run(&sources, &request)?.diagnostics;
    let line = |finding: &Diagnostic| {
        let file = sources.get(&finding.primary.path).ok();
        file.map_or(1, |file| file.source.line(finding.primary.span.start))
    };
    let place = |finding: &Diagnostic| {
        let path = finding.primary.path.strip_prefix(&root).unwrap_or(&finding.primary.path);
        format!("{}:{}", portable(path), line(finding))
    };
    let decided = case.decided == Decided::Yes;
    let is_healthy = observed.is_healthy();
    let is_wrong = decided && (!is_healthy || observed.lost);
    let is_alarm = |finding: &&Diagnostic| match finding.severity {
        Severity::Error => true,
        Severity::Warning => !ARGUED.contains(&finding.code.0),
        Severity::Info => false,
    };
    let alarms = found.iter().filter(|_| is_healthy && decided && !observed.lost).filter(is_alarm);
    let fired = is_wrong && !found.is_empty();
    let wanted = observed.line.as_ref().filter(|_| fired);
    Ok(Judged {
        category,
        name: &case.name,
        is_wrong,
        fired,
        // A file that cannot be decoded fails before its first line.
        at_line: wanted.map(|wanted| {
            found.iter().any(|finding| {
                place(finding)
                    == wanted.strip_suffix(":0").map_or_else(|| wanted.clone(), |path| format!("{path}:1"))
            })
        }),
        alarms: alarms
            .map(|finding| format!("{}: {} at {}", case.name, finding.code, place(finding)))
            .collect(),
    })
}

fn portable(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

impl Tally {
    fn add(&mut self, judged: &Judged<'_>) {
        self.projects += 1;
        self.wrong += usize::from(judged.is_wrong);
        self.fired += usize::from(judged.fired);
        self.with_line += usize::from(judged.at_line.is_some());
        self.at_line += usize::from(judged.at_line == Some(true));
        self.alarms += judged.alarms.len();
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are some hundred projects")]
fn share(number: usize, of: usize) -> f64 {
    if of == 0 { 1.0 } else { number as f64 / of as f64 }
}

fn show(judged: &[Judged<'_>], tallies: &BTreeMap<&str, Tally>) {
    for judged in judged.iter().filter(|judged| judged.is_wrong && !judged.fired) {
        eprintln!("nothing is reported: {}", judged.name);
    }
    for judged in judged.iter().filter(|judged| judged.at_line == Some(false)) {
        eprintln!("not at the line: {}", judged.name);
    }
    eprintln!("\n{:<20} projects  fail or lose  reported  with line  at line  alarms", "findings");
    for (category, tally) in tallies {
        let Tally { projects, wrong, fired, with_line, at_line, alarms } = tally;
        eprintln!(
            "{category:<20} {projects:>8} {wrong:>13} {fired:>9} {with_line:>10} {at_line:>8} {alarms:>7}"
        );
    }
}
