//! The options that decide what is collected, and the arguments that are.

use super::Reader;
use crate::settings::glob;
use crate::settings::path::absolute;
use crate::settings::pytest::arguments::{Parsed, Word, is_integer};
use crate::settings::pytest::getini::{is_level, level_message};
use crate::settings::pytest::{
    ArgsSource, Argument, Capture, ImportMode, Mistake, Origin, Phase, Refusal, RemarkKind,
};

impl Reader<'_> {
    pub(super) fn read_collection_options(&mut self, known: &Parsed) {
        let cwd = &self.invocation.cwd;
        let level = |name: &str, setting: &str| {
            let used = known.last(name)?;
            let upper = used.value.as_deref()?.to_uppercase();
            let is_wrong = !upper.is_empty() && !is_level(&upper) && !is_integer(&upper);
            let message = level_message(&upper, setting);
            let origin = used.origin.clone();
            is_wrong.then(|| Refusal::usage(Mistake::InvalidArgument, message, Phase::Configure, origin))
        };
        let wrong_levels = [
            level("--log-level", "log_level"),
            level("--log-file-level", "log_file_level"),
            level("--log-cli-level", "log_cli_level"),
        ];
        for refusal in wrong_levels.into_iter().flatten() {
            self.refuse(refusal);
        }
        let out = &mut self.out;
        if let Some(directory) = known.value("--confcutdir") {
            out.confcutdir = absolute(cwd, directory);
        }
        out.noconftest = known.has("--noconftest");
        out.import_mode = match known.value("--import-mode") {
            Some("append") => ImportMode::Append,
            Some("importlib") => ImportMode::Importlib,
            Some(_) | None => ImportMode::Prepend,
        };
        out.pyargs = known.has("--pyargs");
        out.ignore = known.values("--ignore");
        out.ignore_glob = known.values("--ignore-glob");
        out.deselect = known.values("--deselect");
        out.keyword = known.value("-k").filter(|text| !text.is_empty()).map(str::to_owned);
        out.mark_expression = known.value("-m").filter(|text| !text.is_empty()).map(str::to_owned);
        out.keep_duplicates = known.has("--keep-duplicates");
        out.collect_in_virtualenv = known.has("--collect-in-virtualenv");
        out.continue_on_collection_errors = known.has("--continue-on-collection-errors");
        out.collect_only = known.has("--collect-only");
        let mut limits = known.uses.iter().filter_map(|used| match used.option.name() {
            "--exitfirst" => Some(1),
            "--maxfail" => used.value.as_deref()?.trim().parse().ok(),
            _ => None,
        });
        out.maxfail = limits.next_back().unwrap_or(0);
        if let Some(most) = known.value("--max-warnings") {
            out.max_warnings = most.trim().parse().ok();
        }
        let mut captures =
            known.uses.iter().filter_map(|used| match (used.option.name(), used.value.as_deref()) {
                ("-s", _) | ("--capture", Some("no")) => Some(Capture::No),
                ("--capture", Some("sys")) => Some(Capture::Sys),
                ("--capture", Some("tee-sys")) => Some(Capture::TeeSys),
                ("--capture", _) => Some(Capture::Fd),
                _ => None,
            });
        out.capture = captures.next_back().unwrap_or_default();
        out.rewrite_asserts = known.value("--assert") != Some("plain");
        out.doctest_modules = known.has("--doctest-modules");
        let globs = known.values("--doctest-glob");
        if !globs.is_empty() {
            out.doctest_glob = globs;
        }
        out.doctest_ignore_import_errors = known.has("--doctest-ignore-import-errors");
        out.doctest_continue_on_failure = known.has("--doctest-continue-on-failure");
        out.last_failed = known.has("--lf");
    }

    pub(super) fn decide_initial_args(&mut self, known: &Parsed) {
        let words =
            if self.out.version.at_least(9, 0) { &known.positionals } else { &known.first_positionals };
        let (args, _) = self.decide(words);
        self.out.initial_args = args.into_iter().map(|argument| argument.text).collect();
    }

    pub(super) fn decide_args(&mut self, last: &Parsed) {
        let (args, source) = self.decide(&last.positionals);
        let fell_back = source == ArgsSource::InvocationDirectory;
        if fell_back && !self.out.testpaths.is_empty() && self.invocation.cwd == self.out.rootdir {
            let message = "No files were found in testpaths; consider removing or adjusting your testpaths \
                           configuration. Searching recursively from the current directory instead.";
            let origin = self.ini().find("testpaths").map(|setting| setting.origin.clone());
            let kind = RemarkKind::NothingInTestpaths;
            self.config_warning(kind, message, origin, Phase::AfterConftests, 1);
        }
        self.out.args = args;
        self.out.args_source = source;
    }

    /// `_decide_args`.
    fn decide(&self, words: &[Word]) -> (Vec<Argument>, ArgsSource) {
        if !words.is_empty() {
            let argument = |word: &Word| Argument { text: word.text.clone(), origin: word.origin.clone() };
            return (words.iter().map(argument).collect(), ArgsSource::Arguments);
        }
        let cwd = &self.invocation.cwd;
        let mut args = Vec::new();
        if *cwd == self.out.rootdir {
            for (pattern, origin) in self.ini().words("testpaths").ok().flatten().unwrap_or_default() {
                if self.out.pyargs {
                    args.push(Argument { text: pattern, origin });
                    continue;
                }
                let paths = glob::expand(self.fs, cwd, &pattern, self.environment.platform);
                args.extend(paths.into_iter().map(|text| Argument { text, origin: origin.clone() }));
            }
        }
        if args.is_empty() {
            let text = cwd.display().to_string();
            let here = Argument { text, origin: Origin::CommandLine };
            return (vec![here], ArgsSource::InvocationDirectory);
        }
        (args, ArgsSource::Testpaths)
    }
}
