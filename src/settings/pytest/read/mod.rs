//! The order in which pytest learns its settings: `Config.parse` of `_pytest/config/__init__.py`.

mod collection;
mod command_line;
mod filters;
mod plugins;
mod setup;
mod values;

use std::path::Path;

use super::arguments::Word;
use super::getini::Ini;
use super::value::Setting;
use super::{Invocation, Origin, Plugins, PytestSettings, Refusal};
use crate::environment::Environment;
use crate::fs::FileSystem;
use plugins::blocked_from_the_start;

/// Reads pytest's settings as `environment`'s pytest would when it is started so.
pub fn read(
    fs: &FileSystem,
    environment: &Environment,
    invocation: &Invocation,
    plugins: &dyn Plugins,
) -> PytestSettings {
    let mut reader = Reader {
        fs,
        environment,
        invocation,
        plugins,
        blocked: blocked_from_the_start(&invocation.arguments),
        out: PytestSettings::defaults(environment, invocation),
        inicfg: Vec::new(),
    };
    reader.run();
    let mut settings = reader.out;
    settings.refusals.sort_by_key(|refusal| refusal.phase);
    settings
}

struct Reader<'a> {
    fs: &'a FileSystem,
    environment: &'a Environment,
    invocation: &'a Invocation,
    plugins: &'a dyn Plugins,
    /// Plugins that are never loaded.
    blocked: Vec<String>,
    out: PytestSettings,
    /// The settings of the file, then those of `-o`.
    inicfg: Vec<Setting>,
}

impl Reader<'_> {
    fn run(&mut self) {
        let mut words = self.environment_words();
        words.extend(
            self.invocation
                .arguments
                .iter()
                .map(|text| Word { text: text.clone(), origin: Origin::CommandLine }),
        );
        let early = self.parse(&words, Stage::Early, "");
        self.determine_setup(&early);
        self.override_ini(&early);

        let addopts = self.addopts();
        self.parse(&addopts, Stage::Early, "via addopts config");
        self.note_ignored_arguments(&addopts);
        words.splice(0..0, addopts);
        self.out.words = words.iter().map(|word| word.text.clone()).collect();
        // Plugins that are asked for here are loaded now, and with them their options become known.
        let known = self.parse(&words, Stage::Plugins, "");
        if self.out.version.at_least(9, 1) {
            self.inicfg.retain(|setting| !setting.overrides);
            self.override_ini(&known);
        }
        self.check_minversion();
        self.load_plugins(&known);
        self.read_filters(&known);
        self.check_required_plugins();
        self.check_values();
        self.read_values();
        self.read_strictness(&known);
        self.read_collection_options(&known);
        self.decide_initial_args(&known);

        let last = self.parse(&words, Stage::Conftests, "");
        self.decide_args(&last);
        self.check_unknown_keys();
    }

    fn refuse(&mut self, refusal: Refusal) {
        if self.out.refusals.iter().all(|known| known.message != refusal.message) {
            self.out.refusals.push(refusal);
        }
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.environment.variables.get(name)?.as_deref().filter(|value| !value.is_empty())
    }

    fn ini(&self) -> Ini<'_> {
        let directory = self.out.inipath.as_deref().and_then(Path::parent);
        Ini {
            version: self.out.version,
            settings: &self.inicfg,
            inipath: self.out.inipath.as_deref(),
            directory: directory.unwrap_or(&self.invocation.cwd),
        }
    }
}

/// What is known of options when the command line is parsed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Those of pytest itself.
    Early,
    /// Those of plugins too.
    Plugins,
    /// And those of the initial conftests.
    Conftests,
}
