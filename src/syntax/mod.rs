//! Bytes → text → tree, once per file; the only user of the parser.
//!
//! A file is decoded as `compile(bytes)` decodes it, parsed once for all Python versions, and asked
//! per version what `compile()` would raise.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{ParseError, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged as _, TextRange};

use crate::environment::PythonVersion;
use crate::fs::FileSystem;
use crate::text::{SourceFile, Span};

mod codecs;
mod decode;
mod unsupported;

use decode::{DecodeError, Decoded, SourceEncoding};
use unsupported::NewerSyntax;

/// Why Python refuses to compile a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// `SyntaxError`, `IndentationError`, `TabError`, `UnicodeDecodeError`, `ValueError`.
    pub exception: &'static str,
    /// In Python's words as far as they are known.
    pub message: String,
    pub span: Span,
    /// 1-based line that Python names; 0 where it names none.
    pub line: u32,
}

/// A file, decoded and parsed.
#[derive(Debug)]
pub struct ParsedFile {
    pub source: SourceFile,
    tree: Option<ModModule>,
    encoding: Option<SourceEncoding>,
    decode_error: Option<DecodeError>,
    parse_error: Option<ParseError>,
    newer_syntax: Box<[NewerSyntax]>,
    /// What `compile()` raises, by minor version.
    errors: [OnceLock<Option<Box<CompileError>>>; VERSION_CLASSES],
}

/// Python 3.8 to 3.15; older and newer ones count as the nearest.
const VERSION_CLASSES: usize = 8;

impl ParsedFile {
    pub fn new(path: PathBuf, bytes: &[u8]) -> Self {
        // NOTE: offsets are 32 bits wide, here and in the parser.
        let decoded = if u32::try_from(bytes.len()).is_ok_and(|length| length < u32::MAX / 4) {
            decode::decode(bytes)
        } else {
            Err((DecodeError::Opaque("of a file that is too long".to_owned()), String::new()))
        };
        match decoded {
            Ok(decoded) => Self::parse(path, decoded),
            Err((error, text)) => Self {
                source: SourceFile::new(path, text),
                tree: None,
                encoding: None,
                decode_error: Some(error),
                parse_error: None,
                newer_syntax: Box::default(),
                errors: Default::default(),
            },
        }
    }

    fn parse(path: PathBuf, decoded: Decoded) -> Self {
        let options = ParseOptions::from(PySourceType::Python).with_target_version(unsupported::OLDEST);
        let parsed = parse_unchecked(&decoded.text, options).try_into_module();
        let parse_error = parsed.as_ref().and_then(|parsed| parsed.errors().first().cloned());
        let newer_syntax = parsed
            .iter()
            .flat_map(|parsed| parsed.unsupported_syntax_errors())
            .map(NewerSyntax::new)
            .collect();
        Self {
            source: SourceFile::new(path, decoded.text),
            tree: parsed.map(ruff_python_parser::Parsed::into_syntax),
            encoding: Some(decoded.encoding),
            decode_error: None,
            parse_error,
            newer_syntax,
            errors: Default::default(),
        }
    }

    /// The tree; `None` where the file cannot be decoded. A file with [errors](Self::compile_error)
    /// has a tree of what could be understood.
    pub fn tree(&self) -> Option<&ModModule> {
        self.tree.as_ref()
    }

    /// What `compile()` of this Python version raises, if anything.
    pub fn compile_error(&self, python: PythonVersion) -> Option<CompileError> {
        let class = usize::from(python.minor.saturating_sub(8)).min(VERSION_CLASSES - 1);
        let error = self.errors[class].get_or_init(|| self.find_error(python).map(Box::new));
        error.as_deref().cloned()
    }

    fn find_error(&self, python: PythonVersion) -> Option<CompileError> {
        if let Some(error) = &self.decode_error {
            return self.undecodable(error, python);
        }
        let parse_error =
            self.parse_error.as_ref().map(|error| self.error(error.to_string(), span(error.range())));
        let newer = self
            .newer_syntax
            .iter()
            .find(|newer| python < newer.since)
            .map(|newer| self.error(newer.message.to_owned(), newer.span));
        parse_error.into_iter().chain(newer).min_by_key(|error| error.span.start)
    }

    fn error(&self, message: String, span: Span) -> CompileError {
        CompileError { exception: "SyntaxError", message, span, line: self.source.line(span.start) }
    }

    fn undecodable(&self, error: &DecodeError, python: PythonVersion) -> Option<CompileError> {
        let exception = match error {
            DecodeError::Opaque(_) => return None,
            DecodeError::NullBytes if python < PythonVersion::new(3, 11) => "ValueError",
            DecodeError::NullBytes
            | DecodeError::UnknownEncoding(_)
            | DecodeError::CookieAgainstBom(_)
            | DecodeError::NotText(_)
            | DecodeError::Undecodable { .. } => "SyntaxError",
        };
        Some(CompileError { exception, message: error.to_string(), span: Span::at(0), line: 0 })
    }

    /// The bytes to write so that Python reads `text` where it read this file: in its encoding, with
    /// its byte order mark. `None` where that cannot be done without harm.
    pub fn encode(&self, text: &str) -> Option<Vec<u8>> {
        self.encoding?.encode(text)
    }
}

fn span(range: TextRange) -> Span {
    Span::new(range.start().to_u32(), range.end().to_u32())
}

/// All files that were read, each parsed once, shared by all threads and environments.
pub struct Sources<'fs> {
    fs: &'fs FileSystem,
    files: elsa::sync::FrozenMap<PathBuf, Box<Result<ParsedFile, std::io::Error>>>,
}

impl<'fs> Sources<'fs> {
    pub fn new(fs: &'fs FileSystem) -> Self {
        Self { fs, files: elsa::sync::FrozenMap::new() }
    }

    pub fn fs(&self) -> &'fs FileSystem {
        self.fs
    }

    /// The parsed file at an absolute path. The error is the operating system's.
    pub fn get(&self, path: &Path) -> Result<&ParsedFile, &std::io::Error> {
        let known = self.files.get(path);
        let file = match known {
            Some(file) => file,
            None => {
                let file = self.fs.read(path).map(|bytes| ParsedFile::new(path.to_path_buf(), &bytes));
                self.files.insert(path.to_path_buf(), Box::new(file))
            }
        };
        file.as_ref()
    }
}
