//! pytest's configuration: `Config` and `Parser` as hooks of the project see and change them, and what it
//! makes of the compiler's warnings.

use std::path::Path;

use ruff_text_size::TextRange;
use rustc_hash::FxHashSet;

use super::Interp;
use super::flow::{Cause, Eval, Refused};
use super::value::{Id, Object, Value};
use crate::settings::fnmatch::path_matches;
use crate::syntax::warnings::WarningKind;
use crate::syntax::{CompileError, ParsedFile};
use crate::text::Span;

/// What `config` and `parser` know.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub marks: Marks,
    /// What hooks of the project added to the command line.
    pub options: Vec<AddedOption>,
    /// Keys of the configuration file that hooks of the project added.
    pub keys: Vec<String>,
    /// Hooks may have added other options or keys.
    pub open: bool,
    /// The words of the command line, those of `addopts` among them.
    pub words: Vec<String>,
    /// Names of files whose assertions pytest rewrites, as `python_files` has them.
    pub rewritten: Vec<String>,
    /// What the program gave to `doctest.register_optionflag`.
    pub doctest_flags: Vec<String>,
    /// pytest refuses the options when it builds its parser: the conflict, in its words.
    pub conflict: Option<String>,
    /// The `config` of this session.
    pub object: Option<Value>,
}

/// An option of the command line that a hook of the project adds.
#[derive(Clone, Debug)]
pub struct AddedOption {
    /// All spellings.
    pub names: Vec<String>,
    pub dest: String,
    /// The group it was added to; empty for the parser itself.
    pub group: String,
    pub takes: OptionTakes,
    pub default: Value,
    /// It must be given.
    pub required: bool,
}

impl Config {
    /// Whether the command line gives an option.
    pub fn is_given(&self, option: &AddedOption) -> bool {
        self.words.iter().any(|word| {
            let word = word.split('=').next().unwrap_or(word);
            option.names.iter().any(|own| own == word || !own.starts_with("--") && word.starts_with(own))
        })
    }
}

/// How many words after an option belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionTakes {
    Nothing,
    One,
    AtMostOne,
    Any,
    Unknown,
}

/// The registered marks, and what becomes of others.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    pub registered: FxHashSet<String>,
    /// Unregistered marks are refused.
    pub strict: bool,
    /// Other marks may be registered.
    pub open: bool,
    /// pytest is not configured yet: marks are not looked at.
    pub unchecked: bool,
}

impl Marks {
    /// Registers a line of `markers`: `slow(reason): takes long`.
    pub fn register(&mut self, line: &str) {
        let signature = line.split(':').next().unwrap_or(line);
        let name = signature.split('(').next().unwrap_or(signature).trim();
        self.registered.insert(name.to_owned());
    }
}

impl<'a> Interp<'a> {
    /// What the compiler warns about, where a filter makes an error of it. A compiled file of an earlier
    /// run would hide it; there is none on a clean checkout.
    pub(super) fn check_compile_warnings(&mut self, file: &'a ParsedFile) -> Eval<()> {
        if !self.options.warnings.makes_errors() {
            return Ok(());
        }
        let path = file.source.path().to_path_buf();
        let is_rewritten = self.is_rewritten(&path);
        let issuer = path.with_extension("").to_string_lossy().into_owned();
        for warning in file.compile_warnings(self.environment.python) {
            let of_pytest = is_rewritten && warning.kind == WarningKind::AssertOnTuple;
            if of_pytest {
                let names = ["PytestAssertRewriteWarning", "PytestWarning", "UserWarning", "Warning"];
                let message = "assertion is always true, perhaps remove parentheses?";
                if self.options.warnings.is_error(&names, message, &issuer) == Some(true) {
                    self.stand_at(warning.span);
                    return self.raise("pytest.PytestAssertRewriteWarning", message, Cause::Warning);
                }
            } else if !(is_rewritten && warning.lost_by_rewriting) {
                let names = [warning.category, "Warning"];
                if self.options.warnings.is_error(&names, &warning.message, &issuer) == Some(true) {
                    let error = CompileError {
                        exception: "SyntaxError",
                        message: warning.message,
                        span: warning.span,
                        line: warning.line,
                        located: true,
                    };
                    return self.refuse_source(&error);
                }
            }
        }
        Ok(())
    }

    /// Whether pytest rewrites the assertions of a file.
    pub(super) fn is_rewritten(&self, path: &Path) -> bool {
        let named = |pattern: &String| path_matches(pattern, path, self.environment.platform);
        let patterns = &self.options.config.rewritten;
        !patterns.is_empty()
            && (path.file_name().is_some_and(|name| name == "conftest.py") || patterns.iter().any(named))
    }

    /// A node of pytest's tree is made by `from_parent` only.
    pub(super) fn refuse_construction(&mut self, class: Id) -> Eval {
        let Object::Class(definition) = self.heap.get(class) else { return Ok(Value::Unknown) };
        let module = self.heap.value(definition.module, "__name__").and_then(Value::as_str);
        let name = format!("{}.{}", module.unwrap_or_default(), definition.name);
        let message = format!(
            "Direct construction of {name} has been deprecated, please use {name}.from_parent.\n\
             See https://docs.pytest.org/en/stable/deprecations.html#node-construction-changed-to-node-from-parent \
             for more details."
        );
        self.raise("pytest.fail.Exception", message, Cause::Refused(Refused::Node))
    }

    fn stand_at(&mut self, span: Span) {
        if let Some(frame) = self.frames.last_mut() {
            frame.position = TextRange::new(span.start.into(), span.end.into());
        }
    }
}

/// Whether a class is one of pytest's nodes.
pub(super) fn is_node_class(path: &str) -> bool {
    const NODES: [&str; 9] =
        ["Item", "Collector", "File", "Module", "Class", "Function", "Package", "Directory", "Dir"];
    path.strip_prefix("pytest.").is_some_and(|name| NODES.contains(&name))
}
