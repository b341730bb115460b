//! Bytes → text → tree, once per file; the only user of the parser.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};

use crate::environment::PythonVersion;
use crate::fs::FileSystem;
use crate::text::{SourceFile, Span};

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
    parsed: Option<Parsed<ModModule>>,
    decode_error: Option<CompileError>,
}

impl ParsedFile {
    pub fn new(path: PathBuf, bytes: &[u8]) -> Self {
        let text: Arc<str> = String::from_utf8_lossy(bytes).into();
        let parsed = parse_unchecked(&text, ParseOptions::from(PySourceType::Python)).try_into_module();
        Self { source: SourceFile::new(path, text), parsed, decode_error: None }
    }

    /// The tree; empty where the file cannot be decoded.
    pub fn tree(&self) -> Option<&ModModule> {
        self.parsed.as_ref().map(Parsed::syntax)
    }

    /// What `compile()` of this Python version raises, if anything.
    pub fn compile_error(&self, _python: PythonVersion) -> Option<CompileError> {
        self.decode_error.clone()
    }
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
