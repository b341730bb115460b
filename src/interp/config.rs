//! pytest's `Config` and `Parser`, as far as hooks of the project see and change them.

use rustc_hash::FxHashSet;

use super::value::Value;

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
