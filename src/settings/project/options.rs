//! The options, and how those of one source lie over those of another.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::patterns::Pattern;
use crate::diagnostic::Severity;
use crate::environment::cells::StatedCell;
use crate::environment::{Platform, PytestVersion, PythonVersion};

/// What one source says: a file, `--config KEY=VALUE`, or the flags. What is `None` or empty is left to the
/// source below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Absolute.
    pub extend: Option<PathBuf>,
    /// One for each source that chooses rules, the weakest first.
    pub rules: Vec<RuleSelection>,
    pub per_file_ignores: Option<Vec<PerFileIgnores>>,
    pub extend_per_file_ignores: Vec<PerFileIgnores>,
    pub levels: BTreeMap<String, Level>,
    pub exclude: Option<Vec<Pattern>>,
    pub extend_exclude: Vec<Pattern>,
    pub error_on_warning: Option<bool>,
    /// Absolute.
    pub baseline: Option<PathBuf>,
    pub fix_style: Option<FixStyle>,
    pub clash_style: Option<ClashStyle>,
    /// Absolute.
    pub python: Option<PathBuf>,
    pub python_versions: Vec<PythonVersion>,
    pub platforms: Vec<Platform>,
    pub pytest: Option<PytestVersion>,
    pub absent: Vec<String>,
    pub use_cells: Option<Vec<String>>,
    pub cells: Vec<StatedCell>,
    pub module_names: BTreeMap<String, Vec<String>>,
}

/// The rules that one source chooses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleSelection {
    /// `None` leaves the choice of the weaker sources.
    pub select: Option<Vec<String>>,
    pub extend_select: Vec<String>,
    pub ignore: Vec<String>,
    /// Where it is said, for complaints: a file, or `the command line`.
    pub source: String,
}

/// Rules that are not used in some files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerFileIgnores {
    pub pattern: Pattern,
    pub rules: Vec<String>,
}

/// How bad a rule's findings are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Ignore,
    At(Severity),
}

/// How a module with an optional dependency is repaired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum FixStyle {
    /// Where the dependency is missing, the module is skipped by `pytest.skip(…, allow_module_level=True)`.
    #[default]
    SkipModule,
    /// The same by `pytest.importorskip`, in place of the guard.
    Importorskip,
    /// Only the tests that need the dependency are skipped, by `pytest.mark.skipif`.
    Skipif,
}

/// How test files of the same name are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClashStyle {
    /// Their folders become packages, with an `__init__.py`.
    #[default]
    Package,
    /// pytest imports by path, with `--import-mode=importlib`.
    Importlib,
}

impl Options {
    /// These options where they say something, else those of `base`.
    #[must_use]
    pub fn over(self, base: Self) -> Self {
        let or = |one: Vec<_>, other: Vec<_>| if one.is_empty() { other } else { one };
        let stated: Vec<String> = self.cells.iter().map(|cell| cell.name.clone()).collect();
        let cells = base.cells.into_iter().filter(|cell| !stated.contains(&cell.name));
        Self {
            extend: self.extend,
            rules: base.rules.into_iter().chain(self.rules).collect(),
            per_file_ignores: self.per_file_ignores.or(base.per_file_ignores),
            extend_per_file_ignores: joined(base.extend_per_file_ignores, self.extend_per_file_ignores),
            levels: base.levels.into_iter().chain(self.levels).collect(),
            exclude: self.exclude.or(base.exclude),
            extend_exclude: joined(base.extend_exclude, self.extend_exclude),
            error_on_warning: self.error_on_warning.or(base.error_on_warning),
            baseline: self.baseline.or(base.baseline),
            fix_style: self.fix_style.or(base.fix_style),
            clash_style: self.clash_style.or(base.clash_style),
            python: self.python.or(base.python),
            python_versions: if self.python_versions.is_empty() {
                base.python_versions
            } else {
                self.python_versions
            },
            platforms: if self.platforms.is_empty() { base.platforms } else { self.platforms },
            pytest: self.pytest.or(base.pytest),
            absent: or(self.absent, base.absent),
            use_cells: self.use_cells.or(base.use_cells),
            cells: cells.chain(self.cells).collect(),
            module_names: base.module_names.into_iter().chain(self.module_names).collect(),
        }
    }

    /// Whether nothing is reported in the file at an absolute path.
    pub fn excludes(&self, path: &std::path::Path) -> bool {
        self.exclude.iter().flatten().chain(&self.extend_exclude).any(|pattern| pattern.covers(path))
    }
}

fn joined<T>(mut one: Vec<T>, other: Vec<T>) -> Vec<T> {
    one.extend(other);
    one
}
