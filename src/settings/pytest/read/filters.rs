//! `filterwarnings` and `-W`, and warnings about the configuration itself.

use super::Reader;
use crate::settings::pytest::arguments::Parsed;
use crate::settings::pytest::getini::Worded;
use crate::settings::pytest::warnings::{self, Problem, category_problem};
use crate::settings::pytest::{Mistake, Origin, Phase, Refusal, Remark, RemarkKind, WarningFilters};

impl Reader<'_> {
    pub(super) fn read_filters(&mut self, known: &Parsed) {
        let version = self.out.version;
        let phase = if version.at_least(9, 2) { Phase::Startup } else { Phase::BeforeConftests };
        self.out.warnings = WarningFilters::of(version);
        self.out.warnings.switched_off = self.out.blocks("warnings");
        if self.out.warnings.switched_off {
            return;
        }
        // Python itself reads `PYTHONWARNINGS` and skips what is wrong in it.
        if let Some(value) = self.variable("PYTHONWARNINGS") {
            let origin = Origin::Variable("PYTHONWARNINGS");
            let filters =
                value.split(',').filter_map(|filter| warnings::parse(filter, true, origin.clone()).ok());
            let filters: Vec<_> = filters.collect();
            self.out.warnings.filters.splice(0..0, filters);
        }
        // A wrong type is found with those of the other keys.
        let lines = self.ini().lines("filterwarnings").ok().flatten().unwrap_or_default();
        let command_line: Worded =
            known.all("-W").filter_map(|used| Some((used.value.clone()?, used.origin.clone()))).collect();
        let lines = lines.into_iter().map(|line| (line, false));
        let command_line = command_line.into_iter().map(|line| (line, true));
        let mut missing = Vec::new();
        for ((line, origin), escape) in lines.chain(command_line) {
            let filter = match warnings::parse(&line, escape, origin.clone()) {
                Ok(filter) => filter,
                Err(invalid) => {
                    let refusal = match invalid.regex_problem().filter(|_| !version.at_least(8, 4)) {
                        Some(problem) => {
                            filter_refusal(problem.to_owned(), phase, origin).raising("re.error", 1)
                        }
                        None => filter_refusal(in_filter(&line, &invalid.to_string()), phase, origin),
                    };
                    self.refuse(refusal);
                    continue;
                }
            };
            let is_first_party = |top: &str| self.is_first_party(top);
            match category_problem(&filter.category, self.environment, is_first_party) {
                None => self.out.warnings.filters.push(filter),
                Some(Problem::Module(name)) if version.at_least(9, 0) => {
                    missing.push((format!("Failed to import filter module '{name}': {line}"), origin, name));
                }
                Some(Problem::Module(name)) => {
                    let problem = format!("ModuleNotFoundError: No module named '{name}'");
                    self.refuse(filter_refusal(in_filter(&line, &problem), phase, origin));
                }
                Some(Problem::Class(problem)) => {
                    self.refuse(filter_refusal(in_filter(&line, &problem), phase, origin));
                }
            }
        }
        // Since 9.0 a missing module is a warning, and filters may turn that into an error. They are
        // applied more than once, so that their order does not matter.
        self.check_deprecated_strict(known);
        for (message, origin, name) in missing {
            self.config_warning(RemarkKind::FilterModule(name), &message, Some(origin), phase, 1);
        }
    }

    /// Up to 8.0 `--strict` alone is warned about.
    fn check_deprecated_strict(&mut self, known: &Parsed) {
        let Some(used) = known.last("--strict").filter(|_| !self.out.version.at_least(8, 1)) else { return };
        let message = "The --strict option is deprecated, use --strict-markers instead.";
        let category =
            ["PytestRemovedIn8Warning", "PytestDeprecationWarning", "PytestWarning", "UserWarning"];
        let category = category.into_iter().chain(["DeprecationWarning", "Warning"]).collect::<Vec<_>>();
        // pytest's own filters are not applied to warnings about its configuration.
        let mut filters = self.out.warnings.clone();
        filters.filters.retain(|filter| filter.origin.is_some());
        if filters.is_error(&category, message, "_pytest.config") == Some(true) {
            let origin = used.origin.clone();
            let refusal = Refusal::usage(Mistake::WarningIsError, message, Phase::BeforeConftests, origin);
            self.refuse(refusal.raising("PytestRemovedIn8Warning", 1));
        }
    }

    /// A warning about the configuration: a remark, or an error where a filter says so.
    pub(super) fn config_warning(
        &mut self,
        kind: RemarkKind,
        message: &str,
        origin: Option<Origin>,
        phase: Phase,
        exit_code: i32,
    ) {
        if self.out.warnings.is_config_error(message) {
            let cause = origin.clone().unwrap_or(Origin::CommandLine);
            let refusal = Refusal::usage(Mistake::WarningIsError, message.trim_end(), phase, cause);
            self.refuse(refusal.raising("PytestConfigWarning", exit_code));
        }
        self.out.remarks.push(Remark { kind, message: message.trim_end().to_owned(), origin });
    }

    /// Whether a file or folder of the project may be the top-level module `name`.
    pub(super) fn is_first_party(&self, name: &str) -> bool {
        let pythonpath = self.ini().paths("pythonpath").ok().flatten().unwrap_or_default();
        let here = [&self.invocation.cwd, &self.out.rootdir];
        let directories = here.into_iter().chain(&pythonpath).chain(&self.environment.python_path);
        let mut places =
            directories.flat_map(|directory| [directory.join(name), directory.join(format!("{name}.py"))]);
        places.any(|place| self.fs.exists(&place))
    }
}

fn in_filter(line: &str, problem: &str) -> String {
    format!(
        "while parsing the following warning configuration:\n\n  {line}\n\nThis error occurred:\n\n{problem}"
    )
}

fn filter_refusal(message: String, phase: Phase, origin: Origin) -> Refusal {
    Refusal::usage(Mistake::WarningFilter, message, phase, origin)
}
