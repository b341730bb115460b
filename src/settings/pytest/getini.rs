//! `Config.getini`: the value of a key, converted to its type, with pytest's errors.

use std::path::{Path, PathBuf};

use super::keys::{Or, Type};
use super::value::{Mode, Setting, Value};
use super::{Mistake, Origin, Phase, Refusal, keys};
use crate::environment::PytestVersion;
use crate::settings::ini::Text;
use crate::settings::python::{is_space, repr, strip};
use crate::settings::shlex;
use crate::text::Span;

/// The settings in force: those of the file, then those of `-o`.
pub(super) struct Ini<'a> {
    pub(super) version: PytestVersion,
    pub(super) settings: &'a [Setting],
    pub(super) inipath: Option<&'a Path>,
    /// What paths are relative to.
    pub(super) directory: &'a Path,
}

/// A value that cannot be converted.
#[derive(Clone, Debug)]
pub(super) struct Invalid {
    pub(super) key: String,
    pub(super) exception: &'static str,
    pub(super) message: String,
    pub(super) origin: Origin,
    /// Whether pytest checks it by itself and says so, in every release.
    pub(super) usage: bool,
    /// Whether the mistake shows only when the value is used, so that no release turns it into a message.
    pub(super) late: bool,
}

impl Invalid {
    fn new(setting: &Setting, exception: &'static str, message: impl Into<String>) -> Self {
        Self {
            key: setting.key.clone(),
            exception,
            message: message.into(),
            origin: setting.origin.clone(),
            usage: false,
            late: false,
        }
    }

    fn at(self, setting: &Setting, span: Option<Span>) -> Self {
        Self { origin: setting.origin_at(span), ..self }
    }

    fn usage(self) -> Self {
        Self { usage: true, ..self }
    }

    fn late(self) -> Self {
        Self { late: true, ..self }
    }

    /// What becomes of it when the value is read in `phase`: since pytest 9.2 a message and exit code
    /// 4, before that a traceback, whose exit code depends on who catches it. A module that cannot be
    /// collected is an ordinary collection error.
    pub(super) fn refusal(self, version: PytestVersion, phase: Phase, certain: bool) -> Refusal {
        let message_only = (version.at_least(9, 2) && !self.late) || self.usage;
        let exit_code = match phase {
            Phase::Collection => 2,
            _ if message_only => 4,
            Phase::Startup | Phase::BeforeConftests | Phase::AfterConftests => 1,
            Phase::AfterCollection if self.key == "max_warnings" => 1,
            Phase::Configure | Phase::AfterCollection => 3,
        };
        let exception = match phase {
            Phase::Collection if message_only => Some("UsageError"),
            _ if message_only => None,
            _ => Some(self.exception),
        };
        Refusal {
            mistake: Mistake::InvalidValue { key: self.key },
            message: self.message,
            exception,
            exit_code,
            phase,
            certain,
            origin: self.origin,
        }
    }
}

/// A word of a list with the place it was written at.
pub(super) type Worded = Vec<(String, Origin)>;

impl<'a> Ini<'a> {
    /// The setting in force for a key: `-o` wins over the file, the key's own name over its alias.
    pub(super) fn find(&self, key: &str) -> Option<&'a Setting> {
        let known = keys::find(key, self.version);
        let is_meant = |setting: &&Setting| {
            setting.key == key
                || known.is_some_and(|known| {
                    keys::find(&setting.key, self.version).is_some_and(|found| found.name == known.name)
                })
        };
        // The last of equals wins, as `-o` may come twice.
        self.settings.iter().filter(is_meant).max_by_key(|setting| (setting.overrides, setting.key == key))
    }

    /// A value of the type `args`.
    pub(super) fn words(&self, key: &str) -> Result<Option<Worded>, Invalid> {
        let Some(setting) = self.find(key) else { return Ok(None) };
        match (&setting.value, setting.mode) {
            (Value::Str(text), Mode::Ini) => match shlex::split(&text.text) {
                Ok(words) => {
                    let worded = words
                        .into_iter()
                        .map(|word| (word.text, setting.origin_of(text, word.range)))
                        .collect();
                    Ok(Some(worded))
                }
                Err(error) => Err(Invalid::new(setting, "ValueError", error.to_string())),
            },
            (value, mode) => self.items(setting, value, mode, "args").map(Some),
        }
    }

    /// A value of the type `linelist`.
    pub(super) fn lines(&self, key: &str) -> Result<Option<Worded>, Invalid> {
        let Some(setting) = self.find(key) else { return Ok(None) };
        match (&setting.value, setting.mode) {
            (Value::Str(text), Mode::Ini) => Ok(Some(lines_of(setting, text))),
            (value, mode) => self.items(setting, value, mode, "linelist").map(Some),
        }
    }

    /// A value of the type `paths`, made absolute.
    pub(super) fn paths(&self, key: &str) -> Result<Option<Vec<PathBuf>>, Invalid> {
        let Some(setting) = self.find(key) else { return Ok(None) };
        let words = match (&setting.value, setting.mode) {
            (Value::Str(_), Mode::Ini) => self.words(key)?.unwrap_or_default(),
            (value, mode) => self.items(setting, value, mode, "paths")?,
        };
        Ok(Some(words.into_iter().map(|(path, _)| self.directory.join(path)).collect()))
    }

    /// A whole number; `None` where none is given, or it is none.
    pub(super) fn number(&self, key: &str) -> Option<i64> {
        match &self.find(key)?.value {
            Value::Int(number) => number.parse().ok(),
            Value::Str(text) => text.text.trim().parse().ok(),
            _ => None,
        }
    }

    pub(super) fn bool(&self, key: &str) -> Result<Option<bool>, Invalid> {
        let Some(setting) = self.find(key) else { return Ok(None) };
        match (&setting.value, setting.mode) {
            (Value::Bool(flag), Mode::Native) => Ok(Some(*flag)),
            (value, Mode::Native) => Err(self.wrong_type(setting, "a bool", value)),
            (value, Mode::Ini) => {
                let text = match value {
                    Value::Str(text) => text.text.clone(),
                    other => other.repr(),
                };
                let lower = strip(&text).to_lowercase();
                match lower.as_str() {
                    "y" | "yes" | "t" | "true" | "on" | "1" => Ok(Some(true)),
                    "n" | "no" | "f" | "false" | "off" | "0" => Ok(Some(false)),
                    _ => Err(Invalid::new(
                        setting,
                        "ValueError",
                        format!("invalid truth value {}", repr(&lower)),
                    )),
                }
            }
        }
    }

    /// A text; what is no text is `None`.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        match &self.find(key)?.value {
            Value::Str(text) => Some(&text.text),
            Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Datetime(_)
            | Value::List(_)
            | Value::Dict(_) => None,
        }
    }

    /// Whether the value of a key is one that pytest accepts when it reads it.
    pub(super) fn check(&self, key: &keys::Key) -> Result<(), Invalid> {
        let Some(setting) = self.find(key.name) else { return Ok(()) };
        match key.value {
            Type::Args => self.words(key.name).map(|_| ()),
            Type::Paths => self.paths(key.name).map(|_| ()),
            Type::Lines => self.lines(key.name).map(|_| ()),
            Type::Bool => self.bool(key.name).map(|_| ()),
            Type::Text => self.check_text(setting),
            Type::Literal(choices) => self.check_literal(setting, key.name, choices),
            Type::Number(or) => self.check_number(setting, key.name, or),
        }
    }

    fn check_text(&self, setting: &Setting) -> Result<(), Invalid> {
        match (&setting.value, setting.mode) {
            (Value::Str(_), _) | (_, Mode::Ini) => Ok(()),
            (value, Mode::Native) => Err(self.wrong_type(setting, "a string", value)),
        }
    }

    fn check_literal(&self, setting: &Setting, key: &str, choices: &[&str]) -> Result<(), Invalid> {
        let Value::Str(text) = &setting.value else {
            return if self.version.at_least(9, 2) || setting.mode == Mode::Native {
                Err(self.wrong_type(setting, "a string", &setting.value))
            } else {
                Ok(())
            };
        };
        let text = text.text.as_str();
        if choices.contains(&text) {
            return Ok(());
        }
        if self.version.at_least(9, 2) {
            let choices: Vec<_> = choices.iter().map(|choice| repr(choice)).collect();
            let message = format!(
                "{}: config option '{key}' expects one of {}, got {}",
                self.path(),
                choices.join(" | "),
                repr(text)
            );
            return Err(Invalid::new(setting, "ValueError", message));
        }
        // Before, whoever reads the value checks it, or nobody does.
        match key {
            "empty_parameter_set_mark" if !text.is_empty() => Err(Invalid::new(
                setting,
                "UsageError",
                format!("{key} must be one of skip, xfail or fail_at_collect but it is {}", repr(text)),
            )
            .usage()),
            "assertion_text_diff_style" => {
                let choices: Vec<_> = choices.iter().map(|choice| repr(choice)).collect();
                let message = format!("{key} must be one of {}; got {}", choices.join(", "), repr(text));
                Err(Invalid::new(setting, "UsageError", message).usage())
            }
            "tmp_path_retention_policy" => Err(Invalid::new(
                setting,
                "ValueError",
                format!("{key} must be either all, failed, none. Current input: {text}."),
            )),
            _ => Ok(()),
        }
    }

    fn check_number(&self, setting: &Setting, key: &str, or: Or) -> Result<(), Invalid> {
        let text = match (&setting.value, setting.mode) {
            (Value::Str(text), _) => text.text.as_str(),
            (_, Mode::Ini) => return Ok(()),
            (Value::Int(_), Mode::Native) if self.version.at_least(9, 2) => return Ok(()),
            (Value::Float(_), Mode::Native)
                if key == "faulthandler_timeout" && self.version.at_least(9, 2) =>
            {
                return Ok(());
            }
            (Value::Bool(_), Mode::Native) if or == Or::BoolOrText && self.version.at_least(9, 2) => {
                return Ok(());
            }
            (value, Mode::Native) if self.version.at_least(9, 2) => {
                return Err(self.wrong_number(setting, key, or, value));
            }
            (value, Mode::Native) => return Err(self.wrong_type(setting, "a string", value)),
        };
        let is_number = super::arguments::is_integer(text);
        let not_a_number = || {
            let message = format!("invalid literal for int() with base 10: {}", repr(text));
            Invalid::new(setting, "ValueError", message)
        };
        match key {
            "tmp_path_retention_count" if !is_number => Err(not_a_number().late()),
            "max_warnings" if !is_number && !text.is_empty() => Err(not_a_number().late()),
            "log_level" | "log_file_level" | "log_cli_level" if !is_number && !text.is_empty() => {
                let upper = text.to_uppercase();
                if is_level(&upper) {
                    return Ok(());
                }
                let message = level_message(&upper, key);
                Err(Invalid::new(setting, "UsageError", message).usage())
            }
            _ if or == Or::Auto && text != "auto" && !(is_number && setting.mode == Mode::Ini) => {
                if self.version.at_least(9, 2) {
                    Err(self.wrong_number(setting, key, or, &setting.value))
                } else if is_number {
                    Ok(())
                } else {
                    Err(not_a_number())
                }
            }
            _ => Ok(()),
        }
    }

    /// A list that was not written as text.
    fn items(&self, setting: &Setting, value: &Value, mode: Mode, kind: &str) -> Result<Worded, Invalid> {
        let Value::List(items) = value else {
            let message = format!(
                "{}: config option '{}' expects a list for type '{kind}', got {}: {}",
                self.path(),
                self.canonical(setting),
                value.type_name(),
                value.repr()
            );
            return Err(Invalid::new(setting, "TypeError", message));
        };
        let mut worded = Vec::with_capacity(items.len());
        for (index, (item, span)) in items.iter().enumerate() {
            match item {
                Value::Str(text) => worded.push((text.text.clone(), setting.origin_at(Some(*span)))),
                other if mode == Mode::Ini => {
                    worded.push((other.repr(), setting.origin_at(Some(*span))));
                }
                other => {
                    let message = format!(
                        "{}: config option '{}' expects a list of strings, but item at index {index} is {}: {}",
                        self.path(),
                        self.canonical(setting),
                        other.type_name(),
                        other.repr()
                    );
                    return Err(Invalid::new(setting, "TypeError", message).at(setting, Some(*span)));
                }
            }
        }
        Ok(worded)
    }

    fn wrong_type(&self, setting: &Setting, expected: &str, value: &Value) -> Invalid {
        let message = format!(
            "{}: config option '{}' expects {expected}, got {}: {}",
            self.path(),
            self.canonical(setting),
            value.type_name(),
            value.repr()
        );
        Invalid::new(setting, "TypeError", message)
    }

    fn wrong_number(&self, setting: &Setting, key: &str, or: Or, value: &Value) -> Invalid {
        let kinds = match (or, key) {
            (_, "faulthandler_timeout") => "float | string",
            (Or::Text, _) => "int | string",
            (Or::Auto, _) => "int | 'auto'",
            (Or::BoolOrText, _) => "int | bool | string",
        };
        let message = format!(
            "{}: config option '{key}' expects one of {kinds}, got {}: {}",
            self.path(),
            value.type_name(),
            value.repr()
        );
        Invalid::new(setting, "TypeError", message)
    }

    fn canonical<'s>(&self, setting: &'s Setting) -> &'s str {
        keys::find(&setting.key, self.version).map_or(&setting.key, |key| key.name)
    }

    fn path(&self) -> String {
        self.inipath.map_or_else(|| "None".to_owned(), |path| path.display().to_string())
    }
}

/// The lines of a text that are not blank.
fn lines_of(setting: &Setting, text: &Text) -> Worded {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.text.split('\n') {
        let blank = line.len() - line.trim_start_matches(is_space).len();
        let stripped = strip(line);
        if !stripped.is_empty() {
            let from = start + blank;
            lines.push((stripped.to_owned(), setting.origin_of(text, from..from + stripped.len())));
        }
        start += line.len() + 1;
    }
    lines
}

/// Whether `logging` has a level of this name.
pub(super) fn is_level(upper: &str) -> bool {
    matches!(upper, "CRITICAL" | "FATAL" | "ERROR" | "WARNING" | "WARN" | "INFO" | "DEBUG" | "NOTSET")
}

pub(super) fn level_message(upper: &str, setting: &str) -> String {
    format!(
        "{} is not recognized as a logging level name for '{setting}'. \
         Please consider passing the logging level num instead.",
        repr(upper)
    )
}
