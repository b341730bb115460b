//! The files pytest's configuration may stand in, read as `_pytest/config/findpaths.py` does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::value::{Mode, Setting, Value, entries, span_of};
use super::{Mistake, Origin, Phase, Refusal};
use crate::environment::{Place, PytestVersion};
use crate::fs::FileSystem;
use crate::settings::ini;
use crate::text::{SourceFile, Span};

/// What a file says: its settings, or `None` where it is no configuration of pytest.
pub(super) type Loaded = Result<Option<Vec<Setting>>, Refusal>;

/// The names pytest looks for, in the order in which they win over each other.
pub(super) const fn names(version: PytestVersion) -> &'static [&'static str] {
    const ALL: [&str; 7] = [
        "pytest.toml",
        ".pytest.toml",
        "pytest.ini",
        ".pytest.ini",
        "pyproject.toml",
        "tox.ini",
        "setup.cfg",
    ];
    if version.at_least(9, 0) { &ALL } else { ALL.split_at(2).1 }
}

/// Extensions of files that `-c` accepts; pytest 9.2 says so when it meets another.
pub(super) fn is_supported(path: &Path) -> bool {
    matches!(kind(path, PytestVersion::NEWEST), Kind::Ini { .. } | Kind::Cfg | Kind::Toml(_))
}

/// How a file is read, by its name.
enum Kind {
    Ini { always: bool },
    Cfg,
    Toml(Tables),
    Other,
}

/// Which tables of a TOML file count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tables {
    /// `[pytest]`, as in pytest.toml; always a configuration.
    Pytest,
    /// `[tool.pytest]` and `[tool.pytest.ini_options]`.
    Tool,
    /// Either: a file of any name given with `-c`, since 9.2.
    Any,
}

fn kind(path: &Path, version: PytestVersion) -> Kind {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    // `Path.suffix`: a name that only starts with a dot has none.
    let suffix = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    match (name, suffix) {
        ("pytest.ini", _) => Kind::Ini { always: true },
        (".pytest.ini", _) => Kind::Ini { always: version.at_least(9, 0) },
        (_, "ini") => Kind::Ini { always: false },
        (_, "cfg") => Kind::Cfg,
        ("pytest.toml" | ".pytest.toml", _) if version.at_least(9, 0) => Kind::Toml(Tables::Pytest),
        ("pyproject.toml", _) => Kind::Toml(Tables::Tool),
        (_, "toml") => Kind::Toml(if version.at_least(9, 2) { Tables::Any } else { Tables::Tool }),
        _ => Kind::Other,
    }
}

/// Reads a file that exists.
pub(super) fn load(fs: &FileSystem, path: &Path, version: PytestVersion) -> Loaded {
    let kind = kind(path, version);
    if matches!(kind, Kind::Other) {
        return Ok(None);
    }
    let file = File::open(fs, path)?;
    match kind {
        Kind::Ini { always } => file.ini("pytest").map(|found| found.or(always.then(Vec::new))),
        Kind::Cfg => file.cfg(),
        Kind::Toml(tables) => file.toml(tables, version),
        Kind::Other => Ok(None),
    }
}

/// A file that is being read.
struct File {
    path: Arc<PathBuf>,
    source: Arc<SourceFile>,
}

impl File {
    fn open(fs: &FileSystem, path: &Path) -> Result<Self, Refusal> {
        let path = Arc::new(path.to_path_buf());
        let bytes = fs.read(&path).map_err(|error| {
            let (exception, reason) = match error.kind() {
                std::io::ErrorKind::NotFound => ("FileNotFoundError", "[Errno 2] No such file or directory"),
                std::io::ErrorKind::IsADirectory => ("IsADirectoryError", "[Errno 21] Is a directory"),
                _ => ("PermissionError", "[Errno 13] Permission denied"),
            };
            let message = format!("{reason}: '{}'", path.display());
            Refusal::usage(Mistake::MissingFile, message, Phase::Startup, Origin::CommandLine)
                .raising(exception, 1)
        })?;
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text,
            Err(error) => return Err(not_utf8(&path, &bytes, error)),
        };
        Ok(Self { source: Arc::new(SourceFile::new(path.as_path(), text)), path })
    }

    fn origin(&self, span: Span) -> Origin {
        Origin::File(Place::new(&self.path, &self.source, span))
    }

    /// A message that pytest prints before it exits with 4.
    fn refuse(&self, mistake: Mistake, message: String, span: Span) -> Refusal {
        Refusal::usage(mistake, message, Phase::Startup, self.origin(span))
    }

    /// A traceback that Python prints before it exits with 1.
    fn crash(&self, mistake: Mistake, exception: &'static str, message: String, span: Span) -> Refusal {
        self.refuse(mistake, message, span).raising(exception, 1)
    }

    fn parse_ini(&self) -> Result<ini::Ini, Refusal> {
        ini::parse(&self.source).map_err(|error| {
            let message = format!("{}:{}: {}", self.path.display(), error.line, error.reason);
            self.refuse(Mistake::Syntax, message, error.span)
        })
    }

    fn ini(&self, section: &str) -> Loaded {
        Ok(self.section(&self.parse_ini()?, section))
    }

    fn section(&self, ini: &ini::Ini, name: &str) -> Option<Vec<Setting>> {
        let section = ini.section(name)?;
        let setting = |entry: &ini::Entry| Setting {
            key: entry.key.clone(),
            value: Value::Str(entry.value.clone()),
            mode: Mode::Ini,
            overrides: false,
            origin: self.origin(entry.span),
            source: Some(Arc::clone(&self.source)),
        };
        Some(section.entries.iter().map(setting).collect())
    }

    fn cfg(&self) -> Loaded {
        let ini = self.parse_ini()?;
        if let Some(settings) = self.section(&ini, "tool:pytest") {
            return Ok(Some(settings));
        }
        let Some(section) = ini.section("pytest") else { return Ok(None) };
        let message = "[pytest] section in setup.cfg files is no longer supported, \
                       change to [tool:pytest] instead.";
        Err(self.crash(Mistake::WrongSection, "Failed", message.to_owned(), section.span))
    }

    fn toml(&self, tables: Tables, version: PytestVersion) -> Loaded {
        let text = self.source.text();
        if text.starts_with('\u{feff}') {
            let message = format!("{}: Invalid statement (at line 1, column 1)", self.path.display());
            return Err(self.refuse(Mistake::Syntax, message, Span::new(0, 3)));
        }
        // Python reads files with universal newlines; for TOML a lone carriage return is an error.
        let text = lone_carriage_returns_to_newlines(text);
        let document = DeTable::parse(&text).map_err(|error| {
            let span = error.span().map_or(Span::default(), |range| span_of(&range));
            let at = self.source.line_column(span.start);
            let reason = error.message().replace('\n', ", ");
            let message =
                format!("{}: {reason} (at line {}, column {})", self.path.display(), at.line, at.column);
            self.refuse(Mistake::Syntax, message, span)
        })?;
        let document = document.get_ref();
        match tables {
            Tables::Tool => self.tool_tables(document, version),
            Tables::Pytest => Ok(Some(self.pytest_table(document, version)?.unwrap_or_default())),
            Tables::Any => match self.tool_tables(document, version)? {
                None => self.pytest_table(document, version),
                Some(settings) => match entries(document).find(|(key, ..)| *key == "pytest") {
                    None => Ok(Some(settings)),
                    Some((_, span, _)) => {
                        let message = format!(
                            "{}: Cannot use both [pytest] and [tool.pytest]/[tool.pytest.ini_options] in \
                             the same file. Please use [pytest], which is what pytest's own configuration \
                             files use; the [tool.pytest] tables are meant for pyproject.toml.",
                            self.path.display()
                        );
                        Err(self.refuse(Mistake::WrongSection, message, span))
                    }
                },
            },
        }
    }

    /// `[pytest]` of pytest.toml.
    fn pytest_table(&self, document: &DeTable<'_>, version: PytestVersion) -> Loaded {
        if let Some((_, span, value)) = entries(document).find(|(key, ..)| *key == "pytest") {
            return Ok(Some(self.native(self.table(value.get_ref(), span, "items")?)));
        }
        let stray: Vec<_> =
            entries(document).filter(|(_, _, value)| value.get_ref().as_table().is_none()).collect();
        match stray.first() {
            Some((_, span, _)) if version.at_least(9, 2) => {
                let names: Vec<_> = stray.iter().map(|(key, ..)| *key).collect();
                let message = format!(
                    "{}: pytest configuration must be under a [pytest] table (found top-level options: {})",
                    self.path.display(),
                    names.join(", ")
                );
                Err(self.refuse(Mistake::WrongSection, message, *span))
            }
            Some(_) | None => Ok(None),
        }
    }

    /// `[tool.pytest]` and `[tool.pytest.ini_options]`.
    fn tool_tables(&self, document: &DeTable<'_>, version: PytestVersion) -> Loaded {
        let Some((_, span, tool)) = entries(document).find(|(key, ..)| *key == "tool") else {
            return Ok(None);
        };
        let tool = self.table(tool.get_ref(), span, "get")?;
        let Some((_, span, table)) = entries(tool).find(|(key, ..)| *key == "pytest") else {
            return Ok(None);
        };
        let attribute = if version.at_least(9, 0) { "items" } else { "get" };
        let table = self.table(table.get_ref(), span, attribute)?;
        let options = entries(table).find(|(key, ..)| *key == "ini_options");
        let first_native = entries(table).find(|(key, ..)| *key != "ini_options");
        if version.at_least(9, 0)
            && let Some((_, span, _)) = first_native
        {
            if options.as_ref().is_some_and(|(_, _, value)| is_true(value.get_ref())) {
                let message = format!(
                    "{}: Cannot use both [tool.pytest] (native TOML types) and [tool.pytest.ini_options] \
                     (string-based INI format) simultaneously. Please use [tool.pytest] with native TOML \
                     types (recommended) or [tool.pytest.ini_options] for backwards compatibility.",
                    self.path.display()
                );
                return Err(self.refuse(Mistake::WrongSection, message, span));
            }
            let mut settings = self.native(table);
            settings.retain(|setting| setting.key != "ini_options");
            return Ok(Some(settings));
        }
        let Some((_, span, options)) = options else { return Ok(None) };
        let options = self.table(options.get_ref(), span, "items")?;
        let mut settings = self.native(options);
        for setting in &mut settings {
            setting.mode = Mode::Ini;
            let value = std::mem::replace(&mut setting.value, Value::Bool(false));
            setting.value = match value {
                Value::List(_) => value,
                other => Value::Str(other.into_text()),
            };
        }
        Ok(Some(settings))
    }

    fn native(&self, table: &DeTable<'_>) -> Vec<Setting> {
        entries(table)
            .map(|(key, span, value)| Setting {
                key: key.to_owned(),
                value: Value::from_toml(value, &self.source),
                mode: Mode::Native,
                overrides: false,
                origin: self.origin(span),
                source: Some(Arc::clone(&self.source)),
            })
            .collect()
    }

    /// The table, or the `AttributeError` that pytest runs into when it is something else.
    fn table<'v, 'i>(
        &self,
        value: &'v DeValue<'i>,
        span: Span,
        attribute: &str,
    ) -> Result<&'v DeTable<'i>, Refusal> {
        value.as_table().ok_or_else(|| {
            let name = match value {
                DeValue::String(_) => "str",
                DeValue::Integer(_) => "int",
                DeValue::Float(_) => "float",
                DeValue::Boolean(_) => "bool",
                DeValue::Datetime(_) => "datetime",
                DeValue::Array(_) => "list",
                DeValue::Table(_) => "dict",
            };
            let message = format!("'{name}' object has no attribute '{attribute}'");
            self.crash(Mistake::WrongSection, "AttributeError", message, span)
        })
    }
}

/// Python's `bool(value)`.
fn is_true(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::String(text) => !text.is_empty(),
        DeValue::Boolean(flag) => *flag,
        DeValue::Array(items) => !items.is_empty(),
        DeValue::Table(table) => !table.is_empty(),
        DeValue::Integer(number) => number.as_str().chars().any(|digit| matches!(digit, '1'..='9')),
        DeValue::Float(_) | DeValue::Datetime(_) => true,
    }
}

fn lone_carriage_returns_to_newlines(text: &str) -> std::borrow::Cow<'_, str> {
    let lone = |index: usize| text.as_bytes().get(index + 1) != Some(&b'\n');
    if text.match_indices('\r').any(|(index, _)| lone(index)) {
        text.char_indices().map(|(index, c)| if c == '\r' && lone(index) { '\n' } else { c }).collect()
    } else {
        text.into()
    }
}

/// `UnicodeDecodeError`, as Python's utf-8 codec words it.
fn not_utf8(path: &Arc<PathBuf>, bytes: &[u8], error: std::str::Utf8Error) -> Refusal {
    let start = error.valid_up_to();
    let length = error.error_len().unwrap_or(bytes.len() - start);
    let first = bytes.get(start).copied().unwrap_or_default();
    let reason = match error.error_len() {
        None => "unexpected end of data",
        Some(_) if matches!(first, 0xc2..=0xf4) => "invalid continuation byte",
        Some(_) => "invalid start byte",
    };
    let what = if length == 1 {
        format!("byte 0x{first:02x} in position {start}")
    } else {
        format!("bytes in position {start}-{}", start + length - 1)
    };
    // Positions are those of the lossy text that everything else shows.
    let shown = String::from_utf8_lossy(bytes.get(..start).unwrap_or_default());
    let source = SourceFile::new(path.as_path(), String::from_utf8_lossy(bytes).as_ref());
    let at = u32::try_from(shown.len()).unwrap_or(u32::MAX);
    let origin = Origin::File(Place::new(path, &source, Span::new(at, at + 3)));
    let message = format!("'utf-8' codec can't decode {what}: {reason}");
    Refusal::usage(Mistake::Syntax, message, Phase::Startup, origin).raising("UnicodeDecodeError", 1)
}
