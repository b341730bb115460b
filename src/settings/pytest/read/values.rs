//! The values of the file: those that pytest rejects, and those that decide what is collected.

use std::collections::BTreeSet;

use super::Reader;
use crate::settings::path::absolute;
use crate::settings::pytest::arguments::Parsed;
use crate::settings::pytest::getini::{Invalid, Worded};
use crate::settings::pytest::value::{Setting, Value};
use crate::settings::pytest::{EmptyParameterSet, Known, Mistake, Origin, Phase, Refusal, RemarkKind, keys};

impl Reader<'_> {
    /// Values that pytest rejects when it reads them.
    pub(super) fn check_values(&mut self) {
        let version = self.out.version;
        let mut refusals = Vec::new();
        let ini = self.ini();
        for name in keys::names(version) {
            let Some(key) = keys::find(name, version).filter(|key| key.name == name) else { continue };
            let Some((mut phase, certain)) = keys::read_at(name, version) else { continue };
            if let Err(invalid) = ini.check(key) {
                // A wrong type in TOML is noticed where a wrong text is not.
                if name == "python_files" && invalid.exception == "TypeError" {
                    phase = Phase::Startup;
                }
                refusals.push(invalid.refusal(version, phase, certain));
            }
        }
        for refusal in refusals {
            self.refuse(refusal);
        }
    }

    pub(super) fn read_values(&mut self) {
        fn texts(words: Result<Option<Worded>, Invalid>) -> Option<Vec<String>> {
            words.ok().flatten().map(|words| words.into_iter().map(|(text, _)| text).collect())
        }
        let ini = self.ini();
        let words = |key: &str| texts(ini.words(key));
        let flag = |key: &str| ini.bool(key).ok().flatten();
        let defaults = &self.out;
        let version = self.out.version;
        let or = |key: &str, default: &[String]| words(key).unwrap_or_else(|| default.to_vec());
        let python_files = or("python_files", &defaults.python_files);
        let python_classes = or("python_classes", &defaults.python_classes);
        let python_functions = or("python_functions", &defaults.python_functions);
        let norecursedirs = or("norecursedirs", &defaults.norecursedirs);
        let doctest_optionflags = or("doctest_optionflags", &defaults.doctest_optionflags);
        let testpaths = or("testpaths", &[]);
        let usefixtures = or("usefixtures", &[]);
        let required_plugins = or("required_plugins", &[]);
        let markers = texts(ini.lines("markers")).unwrap_or_default();
        let pythonpath = ini.paths("pythonpath").ok().flatten().unwrap_or_default();
        let pythonpath =
            pythonpath.iter().map(|path| absolute(&self.invocation.cwd, &path.to_string_lossy()));
        let pythonpath = pythonpath.collect();
        let escape = "disable_test_id_escaping_and_forfeit_all_rights_to_community_support";
        let escape_ids = !flag(escape).unwrap_or(false);
        let namespaces = version.at_least(8, 1) && flag("consider_namespace_packages").unwrap_or(false);
        let imported = !version.at_least(8, 4) || flag("collect_imported_tests").unwrap_or(true);
        let empty_parameter_set = match ini.text("empty_parameter_set_mark") {
            Some("xfail") => EmptyParameterSet::Xfail,
            Some("fail_at_collect") => EmptyParameterSet::FailAtCollect,
            Some(_) | None => EmptyParameterSet::Skip,
        };
        let encoding = ini.text("doctest_encoding").unwrap_or("utf-8").to_owned();
        let ids = version
            .at_least(9, 2)
            .then(|| ini.text("parametrize_long_str_id_strategy").unwrap_or("short").to_owned());
        let max_warnings = version.at_least(9, 1).then(|| ini.number("max_warnings")).flatten();
        let mut settings: Vec<_> = ini.settings.iter().collect();
        settings.sort_by_key(|setting| setting.overrides);
        let of_plugin = |setting: &Setting| match &setting.value {
            Value::Str(text) if keys::find(&setting.key, version).is_none() => {
                Some((setting.key.clone(), text.text.clone()))
            }
            _ => None,
        };
        let plugin_values = settings.into_iter().filter_map(of_plugin).collect();
        let out = &mut self.out;
        out.plugin_values = plugin_values;
        out.max_warnings = out.max_warnings.or(max_warnings);
        out.warnings.is_counted = out.max_warnings.is_some();
        out.python_files = python_files;
        out.python_classes = python_classes;
        out.python_functions = python_functions;
        out.norecursedirs = norecursedirs;
        out.doctest_optionflags = doctest_optionflags;
        out.doctest_encoding = encoding;
        out.testpaths = testpaths;
        out.usefixtures = usefixtures;
        out.required_plugins = required_plugins;
        out.markers = markers;
        out.pythonpath = pythonpath;
        out.escape_ids = escape_ids;
        out.consider_namespace_packages = namespaces;
        out.collect_imported_tests = imported;
        out.empty_parameter_set = empty_parameter_set;
        out.long_string_ids = ids;
    }

    pub(super) fn read_strictness(&mut self, known: &Parsed) {
        let ini = self.ini();
        let flag = |key: &str| ini.bool(key).ok().flatten();
        let (markers, config, xfail, ids) = if self.out.version.at_least(9, 0) {
            let strict = flag("strict").unwrap_or(false);
            let or_strict = |key: &str| flag(key).unwrap_or(strict);
            (
                or_strict("strict_markers"),
                or_strict("strict_config"),
                or_strict("strict_xfail"),
                or_strict("strict_parametrization_ids"),
            )
        } else {
            let strict = known.has("--strict");
            let markers = known.has("--strict-markers") || strict;
            (markers, known.has("--strict-config"), flag("xfail_strict").unwrap_or(false), false)
        };
        self.out.strict_markers = markers;
        self.out.strict_config = config;
        self.out.strict_xfail = xfail;
        self.out.strict_parametrization_ids = ids;
    }

    /// Keys that nobody knows: pytest looks for them when everything is collected.
    pub(super) fn check_unknown_keys(&mut self) {
        let version = self.out.version;
        let known: BTreeSet<_> = keys::names(version).collect();
        let added = &self.invocation.conftests;
        let mut unknown: Vec<(String, Origin)> = self
            .inicfg
            .iter()
            .filter(|setting| version.at_least(9, 0) || !setting.overrides)
            .filter(|setting| !known.contains(setting.key.as_str()) && !added.keys.contains(&setting.key))
            .filter(|setting| !added.open && self.plugins.key(&setting.key) == Known::No)
            .map(|setting| (setting.key.clone(), setting.origin.clone()))
            .collect();
        unknown.sort_by(|one, other| one.0.cmp(&other.0));
        for (key, origin) in unknown {
            let nearest = keys::nearest(&key, version);
            let message = format!("Unknown config option: {key}\n");
            if self.out.strict_config {
                self.refuse(Refusal::usage(
                    Mistake::UnknownKey { key, nearest },
                    message.trim_end().to_owned(),
                    Phase::AfterCollection,
                    origin,
                ));
                continue;
            }
            let kind = RemarkKind::UnknownKey { key, nearest };
            self.config_warning(kind, &message, Some(origin), Phase::AfterCollection, 3);
        }
    }
}
