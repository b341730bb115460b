//! `testdata/catalogue/disagreements.txt`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// What is known to differ: `CASE | RELEASES | WHAT | REASON`, a line each.
#[derive(Clone, Debug)]
pub(crate) struct Disagreement {
    pub(crate) case: String,
    /// `9.2.0`, or with one Python only `9.2.0/3.13`. Empty: all of them.
    releases: Vec<String>,
    what: Vec<String>,
}

impl Disagreement {
    pub(crate) fn read_all(file: &Path) -> Result<Vec<Self>> {
        let text = fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines
            .map(|line| {
                let parts: Vec<&str> = line.split(" | ").map(str::trim).collect();
                let [case, releases, what, _reason] = parts.as_slice() else {
                    bail!("four parts, `CASE | RELEASES | WHAT | REASON`: {line}");
                };
                let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
                let releases = if *releases == "all" { Vec::new() } else { words(releases) };
                Ok(Self { case: (*case).to_owned(), releases, what: words(what) })
            })
            .collect()
    }

    /// Whether it says that `what` differs with this release.
    pub(crate) fn covers(&self, case: &str, release: &str, python: &str, what: &str) -> bool {
        let named = |known: &String| {
            let (of_pytest, of_python) = known.split_once('/').unwrap_or((known, python));
            of_pytest == release && of_python == python
        };
        self.case == case
            && (self.releases.is_empty() || self.releases.iter().any(named))
            && self.what.iter().any(|known| known == what)
    }
}
