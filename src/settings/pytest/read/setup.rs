//! The configuration file that is in force, and what `-o` changes in it.

use std::path::Path;
use std::str::FromStr as _;

use super::Reader;
use crate::settings::ini::Text;
use crate::settings::pytest::arguments::Parsed;
use crate::settings::pytest::rootdir::{self, Setup};
use crate::settings::pytest::value::{Mode, Setting, Value};
use crate::settings::pytest::{Mistake, Origin, Phase, Refusal};
use crate::settings::python::repr;

impl Reader<'_> {
    pub(super) fn determine_setup(&mut self, early: &Parsed) {
        let mut args: Vec<String> = early.first_positionals.iter().map(|word| word.text.clone()).collect();
        if self.out.version.at_least(9, 0) {
            args = early.positionals.iter().map(|word| word.text.clone()).collect();
        } else {
            args.extend(early.extras.iter().map(|extra| extra.word.text.clone()));
        }
        let rootdir = early.value("--rootdir").map(|value| self.expand_variables(value));
        let origin = |name: &str| early.last(name).map_or(&Origin::CommandLine, |used| &used.origin);
        let request = rootdir::Request {
            inifile: early.value("-c").filter(|file| !file.is_empty()).map(|file| (file, origin("-c"))),
            rootdir: rootdir
                .as_deref()
                .filter(|rootdir| !rootdir.is_empty())
                .map(|rootdir| (rootdir, origin("--rootdir"))),
            args: &args,
            cwd: &self.invocation.cwd,
        };
        match rootdir::determine(self.fs, self.out.version, &request) {
            Ok(Setup { rootdir, inipath, settings, ignored }) => {
                self.out.confcutdir =
                    inipath.as_deref().and_then(Path::parent).unwrap_or(&rootdir).to_path_buf();
                self.out.ignored_files = ignored.iter().map(|name| rootdir.join(name)).collect();
                self.out.rootdir = rootdir;
                self.out.inipath = inipath;
                self.inicfg = settings;
            }
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// `os.path.expandvars`.
    fn expand_variables(&self, text: &str) -> String {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            expanded.push_str(&rest[..at]);
            let tail = &rest[at + 1..];
            let (name, length) = match tail.strip_prefix('{') {
                Some(braced) => braced.find('}').map_or(("", 0), |end| (&braced[..end], end + 2)),
                None => {
                    let end =
                        tail.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(tail.len());
                    (&tail[..end], end)
                }
            };
            match self.environment.variables.get(name) {
                Some(Some(value)) => expanded.push_str(value),
                Some(None) | None => expanded.push_str(&rest[at..=at + length]),
            }
            rest = &tail[length..];
        }
        expanded + rest
    }

    /// Adds what `-o` says, and `--strict…` since they stand for it.
    pub(super) fn override_ini(&mut self, parsed: &Parsed) {
        let flags = self.out.version.at_least(9, 0);
        for used in &parsed.uses {
            let text = match (used.option.name(), &used.value) {
                ("--override-ini", Some(value)) => value.clone(),
                ("--strict" | "--strict-markers" | "--strict-config", None) if flags => {
                    format!("{}=true", used.option.name().trim_start_matches('-').replace('-', "_"))
                }
                _ => continue,
            };
            let Some((key, value)) = text.split_once('=') else {
                let message = format!("-o/--override-ini expects option=value style (got: {}).", repr(&text));
                let origin = used.origin.clone();
                self.refuse(Refusal::usage(Mistake::InvalidArgument, message, Phase::Startup, origin));
                continue;
            };
            self.inicfg.push(Setting {
                key: key.to_owned(),
                value: Value::Str(Text::opaque(value)),
                mode: Mode::Ini,
                overrides: true,
                origin: used.origin.clone(),
                source: None,
            });
        }
    }

    pub(super) fn check_minversion(&mut self) {
        let version = self.out.version;
        let ini = self.ini();
        let setting = if version.at_least(9, 0) {
            ini.find("minversion")
        } else {
            self.inicfg.iter().find(|setting| setting.key == "minversion" && !setting.overrides)
        };
        let Some(setting) = setting else { return };
        let path =
            self.out.inipath.as_deref().map_or_else(|| "None".to_owned(), |path| path.display().to_string());
        let refusal = |message: String, exception: Option<&'static str>, exit_code: i32| Refusal {
            mistake: Mistake::MinVersion,
            message,
            exception,
            exit_code,
            phase: Phase::Startup,
            certain: true,
            origin: setting.origin.clone(),
        };
        let refused = match &setting.value {
            Value::Str(text) if text.text.is_empty() => return,
            Value::Str(text) => {
                let running = pep440_rs::Version::from_str(&version.to_string());
                match (pep440_rs::Version::from_str(&text.text), running) {
                    (Ok(wanted), Ok(running)) if wanted > running => refusal(
                        format!(
                            "{path}: 'minversion' requires pytest-{}, actual pytest-{version}'",
                            text.text
                        ),
                        None,
                        4,
                    ),
                    (Err(_), _) => refusal(
                        format!("Invalid version: {}", repr(&text.text)),
                        Some("packaging.version.InvalidVersion"),
                        1,
                    ),
                    (Ok(_), _) => return,
                }
            }
            _ if !version.at_least(9, 1) => {
                refusal(format!("{path}: 'minversion' must be a single value"), None, 4)
            }
            value if setting.mode == Mode::Ini => refusal(
                format!("Invalid version: {}", value.repr()),
                Some("packaging.version.InvalidVersion"),
                1,
            ),
            // The type is checked with those of the other keys.
            _ => return,
        };
        self.refuse(refused);
    }
}
