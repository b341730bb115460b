//! The command line: `PYTEST_ADDOPTS`, `addopts`, the arguments themselves, and what is wrong with them.

use super::{Reader, Stage};
use crate::settings::pytest::arguments::{self, Context, Failure, Parsed, Word};
use crate::settings::pytest::{Mistake, Origin, Phase, Refusal, Remark, RemarkKind, options};
use crate::settings::shlex;

impl Reader<'_> {
    /// The words of `PYTEST_ADDOPTS`.
    pub(super) fn environment_words(&mut self) -> Vec<Word> {
        const NAME: &str = "PYTEST_ADDOPTS";
        let origin = Origin::Variable(NAME);
        let Some(value) = self.variable(NAME) else { return Vec::new() };
        match shlex::split(value) {
            Ok(words) => {
                let words: Vec<_> =
                    words.into_iter().map(|word| Word { text: word.text, origin: origin.clone() }).collect();
                self.parse(&words, Stage::Early, "via PYTEST_ADDOPTS");
                words
            }
            Err(error) => {
                let mistake = Mistake::InvalidArgument;
                let refusal = Refusal::usage(mistake, error.to_string(), Phase::Startup, origin);
                self.refuse(refusal.raising("ValueError", 1));
                Vec::new()
            }
        }
    }

    /// Parses the command line with what is known at `stage`.
    pub(super) fn parse(&mut self, words: &[Word], stage: Stage, via: &str) -> Parsed {
        let context = Context {
            fs: self.fs,
            cwd: &self.invocation.cwd,
            version: self.out.version,
            python: self.environment.python,
            blocked: &self.blocked,
            plugins: (stage >= Stage::Plugins).then_some(self.plugins),
            conftests: (stage >= Stage::Conftests).then_some(&self.invocation.conftests),
        };
        match arguments::parse(words, &context) {
            Ok(parsed) => {
                if stage == Stage::Conftests {
                    self.refuse_unknown_arguments(&parsed);
                }
                parsed
            }
            Err(failure) => {
                let refusal = self.argument_refusal(failure, via);
                self.refuse(refusal);
                Parsed::default()
            }
        }
    }

    fn argument_refusal(&self, failure: Failure, via: &str) -> Refusal {
        let message = match (failure.by_parser, via) {
            (false, _) => failure.message,
            (true, "") => format!("{}: error: {}", self.program(), failure.message),
            (true, via) => format!("{}: error: {} ({via})", self.program(), failure.message),
        };
        Refusal::usage(Mistake::InvalidArgument, message, Phase::Startup, failure.origin)
    }

    /// What pytest calls itself in a usage error.
    fn program(&self) -> &'static str {
        match (self.out.python_m, self.out.version.at_least(9, 1)) {
            (false, _) => "pytest",
            (true, true) => "python -m pytest",
            (true, false) => "__main__.py",
        }
    }

    fn refuse_unknown_arguments(&mut self, parsed: &Parsed) {
        let is_option = |text: &str| text.starts_with('-');
        let unknown = parsed.extras.iter().filter(|extra| is_option(&extra.word.text));
        let certain: Vec<_> = unknown.clone().filter(|extra| !extra.maybe_known).collect();
        let nearest = |text: &str| options::nearest(text, self.out.version);
        let misspelt = unknown.clone().find(|extra| nearest(&extra.word.text).is_some());
        // What some plugin may define is only worth a word where it looks like a misspelling.
        let Some(first) = certain.first().copied().or(misspelt) else { return };
        let listed: Vec<_> = parsed
            .extras
            .iter()
            .filter(|extra| certain.is_empty() || !extra.maybe_known)
            .map(|extra| extra.word.text.as_str())
            .collect();
        let nearest = nearest(&first.word.text);
        let message = format!("{}: error: unrecognized arguments: {}", self.program(), listed.join(" "));
        let mistake = Mistake::UnknownArgument { nearest };
        let origin = first.word.origin.clone();
        let refusal = Refusal::usage(mistake, message, Phase::AfterConftests, origin);
        self.refuse(Refusal { certain: !certain.is_empty(), ..refusal });
    }

    pub(super) fn addopts(&mut self) -> Vec<Word> {
        match self.ini().words("addopts") {
            Ok(words) => {
                words.unwrap_or_default().into_iter().map(|(text, origin)| Word { text, origin }).collect()
            }
            Err(invalid) => {
                self.refuse(invalid.refusal(self.out.version, Phase::Startup, true));
                Vec::new()
            }
        }
    }

    /// Options that come too late when they stand in the file: it was found without them.
    pub(super) fn note_ignored_arguments(&mut self, addopts: &[Word]) {
        for word in addopts {
            let name = word.text.split('=').next().unwrap_or_default();
            if matches!(name, "--rootdir" | "-c" | "--config-file") {
                self.out.remarks.push(Remark {
                    kind: RemarkKind::IgnoredArgument(name.to_owned()),
                    message: format!("`{name}` in `addopts` has no effect"),
                    origin: Some(word.origin.clone()),
                });
            }
        }
    }
}
