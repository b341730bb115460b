//! Bytes → text → tree, once per file; the only user of the parser.
//!
//! A file is decoded as `compile(bytes)` decodes it, parsed once for all Python versions, and asked
//! per version what `compile()` would raise.

use std::path::PathBuf;
use std::sync::OnceLock;

use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{ParseOptions, parse_unchecked};
use ruff_text_size::TextRange;

use crate::environment::{Observed, PythonVersion};
use crate::text::{SourceFile, Span};

mod checks;
mod codecs;
mod decode;
pub mod edits;
mod errors;
mod facts;
pub mod guards;
mod imports;
pub mod literals;
mod nesting;
mod places;
mod private;
pub mod repairs;
mod sources;
pub mod suppression;
mod tokenizer;
pub mod warnings;

use decode::{DecodeError, Decoded, SourceEncoding};
use errors::{Findings, MAX_PARSE_ERRORS, NewerSyntax};
use facts::Facts;
use nesting::Tree;
pub use places::WrittenTest;
pub use sources::Sources;
use suppression::Suppressions;

/// Why Python refuses to compile a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// `SyntaxError`, `IndentationError`, `TabError`, `UnicodeDecodeError`, `ValueError`,
    /// `RecursionError`, `MemoryError`.
    pub exception: &'static str,
    /// In Python's words as far as they are known.
    pub message: String,
    pub span: Span,
    /// 1-based line that Python names; 0 where it names none.
    pub line: u32,
    /// Whether Python names the file at all.
    pub located: bool,
}

/// A file, decoded and parsed.
#[derive(Debug)]
pub struct ParsedFile {
    pub source: SourceFile,
    tree: Option<Tree>,
    encoding: Option<SourceEncoding>,
    findings: Findings,
    suppressions: Suppressions,
    /// `from __future__ import annotations` holds although it is not in the text.
    pub(crate) delays_annotations: bool,
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
                findings: Findings { decode: Some(error), ..Findings::default() },
                suppressions: Suppressions::default(),
                delays_annotations: false,
                errors: Default::default(),
            },
        }
    }

    fn parse(path: PathBuf, decoded: Decoded) -> Self {
        let Decoded { text, encoding, invalid } = decoded;
        let mut suppressions = Suppressions::default();
        let (tree, findings) = if nesting::is_suspicious(&text) && tokenizer::is_too_deep(&text) {
            (None, Findings { invalid, ..Findings::default() })
        } else {
            let options = ParseOptions::from(PySourceType::Python).with_target_version(errors::OLDEST);
            match parse_unchecked(&text, options).try_into_module() {
                Some(parsed) => {
                    let facts = Facts::new(parsed.tokens(), &text);
                    suppressions = Suppressions::new(parsed.tokens(), &facts.comments, &text);
                    let parse = parsed.errors().iter().take(MAX_PARSE_ERRORS).cloned().collect();
                    let newer = parsed
                        .unsupported_syntax_errors()
                        .iter()
                        .map(|error| NewerSyntax::new(error, &text))
                        .collect();
                    let valid = parsed.has_valid_syntax();
                    let mut tree = Tree::new(parsed, facts.depth);
                    let problems = if valid { tree.check(&text, facts.names) } else { Vec::new() };
                    if private::may_occur(&text) {
                        tree.mangle();
                    }
                    (
                        Some(tree),
                        Findings { decode: None, invalid, parse, newer, problems, facts: Some(facts) },
                    )
                }
                None => (None, Findings { invalid, ..Findings::default() }),
            }
        };
        Self {
            source: SourceFile::new(path, text),
            tree,
            encoding: Some(encoding),
            findings,
            suppressions,
            delays_annotations: false,
            errors: Default::default(),
        }
    }

    /// Whether it is no file but a text that the program runs.
    pub fn is_snippet(&self) -> bool {
        self.source.path() == std::path::Path::new(sources::SNIPPET)
    }

    /// The tree; `None` where the file cannot be decoded. A file with [errors](Self::compile_error)
    /// has a tree of what could be understood.
    pub fn tree(&self) -> Option<&ModModule> {
        self.tree.as_ref().and_then(Tree::module)
    }

    /// What `compile()` of this Python version raises, if anything.
    pub fn compile_error(&self, python: impl Into<Observed<PythonVersion>>) -> Option<CompileError> {
        python.into().ask(|python| self.compile_error_in(python))
    }

    fn compile_error_in(&self, python: PythonVersion) -> Option<CompileError> {
        let class = usize::from(python.minor.saturating_sub(8)).min(VERSION_CLASSES - 1);
        let find = || self.findings.first(&self.source, self.tree.as_ref(), python).map(Box::new);
        let error = self.errors[class].get_or_init(find);
        error.as_deref().cloned()
    }

    /// Whether its bytes are not text in the encoding that they are to be read in.
    pub fn is_undecodable(&self) -> bool {
        self.findings.decode.is_some() || !self.findings.invalid.is_empty()
    }

    /// The comments that silence findings in it.
    pub fn suppressions(&self) -> &Suppressions {
        &self.suppressions
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
