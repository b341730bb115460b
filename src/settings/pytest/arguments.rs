//! pytest's command line, understood as its `argparse` parser understands it.
//!
//! Long options cannot be abbreviated; short ones can be bundled (`-xvs`, `-kname`). What plugins
//! and conftests add is asked for; an option that nobody knows is kept, for pytest complains about
//! it only after the conftests.

use std::path::Path;

use super::options::{self, OptionSpec, Takes};
use super::rootdir::is_directory;
use super::{Arity, ConftestAdditions, Known, Origin, Plugins};
use crate::environment::{Observed, PytestVersion, PythonVersion};
use crate::fs::FileSystem;
use crate::settings::path::absolute;
use crate::settings::python::repr;

/// One word of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) origin: Origin,
}

/// What the parser has to know besides the words.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) fs: &'a FileSystem,
    pub(super) cwd: &'a Path,
    pub(super) version: PytestVersion,
    pub(super) python: Observed<PythonVersion>,
    /// Plugins that `-p no:NAME` on the command line keeps out from the start.
    pub(super) blocked: &'a [String],
    /// `None` before plugins are loaded.
    pub(super) plugins: Option<&'a dyn Plugins>,
    /// `None` before conftests are loaded.
    pub(super) conftests: Option<&'a ConftestAdditions>,
}

impl Context<'_> {
    fn runs_twice(&self) -> bool {
        let is_last = self.conftests.is_some();
        is_last && self.version.at_least(9, 0) && self.python < PythonVersion::new(3, 12)
    }
}

/// One use of an option of pytest's own.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) option: &'static OptionSpec,
    pub(super) value: Option<String>,
    pub(super) origin: Origin,
}

/// A word that nobody takes.
#[derive(Clone, Debug)]
pub(super) struct Extra {
    pub(super) word: Word,
    /// An option that nobody is known to define, although somebody may.
    pub(super) maybe_known: bool,
}

#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) uses: Vec<Use>,
    /// Paths and node ids, all of them.
    pub(super) positionals: Vec<Word>,
    /// Those before the second run of options. Up to pytest 8.4 the others are left over, like
    /// unknown options.
    pub(super) first_positionals: Vec<Word>,
    /// Unknown options, and up to 8.4 the positionals after the first, in their order.
    pub(super) extras: Vec<Extra>,
}

impl Parsed {
    /// The last use of the option that has `name` among its names.
    pub(super) fn last(&self, name: &str) -> Option<&Use> {
        self.all(name).last()
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &Use> {
        self.uses.iter().filter(move |used| used.option.names.contains(&name))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.last(name).is_some()
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.last(name)?.value.as_deref()
    }

    pub(super) fn values(&self, name: &str) -> Vec<String> {
        self.all(name).filter_map(|used| used.value.clone()).collect()
    }
}

/// What `argparse` rejects at once.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// `argument --maxfail: invalid int value: 'x'`, or a usage error of its own.
    pub(super) message: String,
    /// Whether it is an error of the parser, which names the program and shows the usage.
    pub(super) by_parser: bool,
    pub(super) origin: Origin,
}

/// An option as the parser meets it.
enum Meaning {
    Own(&'static OptionSpec),
    /// Of a plugin or conftest; `None` where nobody knows what it takes.
    Added(Option<Arity>),
    Unknown,
}

impl Meaning {
    fn arity(&self) -> Option<Arity> {
        match self {
            Self::Own(option) => Some(option.takes.arity()),
            Self::Added(arity) => *arity,
            Self::Unknown => None,
        }
    }
}

/// What a word is, before the parser consumes it.
enum Class {
    Positional,
    /// `--`.
    Separator,
    /// An option: its name, and what was attached to it.
    Option {
        name: String,
        option: Meaning,
        attached: Option<String>,
    },
}

pub(super) fn parse(words: &[Word], context: &Context<'_>) -> Result<Parsed, Failure> {
    let expanded = expand_files(words, context)?;
    let mut parser = Parser { context, words: &expanded, parsed: Parsed::default(), first: First::Awaited };
    parser.run()?;
    Ok(parser.parsed)
}

/// How far the first run of positionals has come.
#[derive(PartialEq, Eq)]
enum First {
    Awaited,
    Running,
    Over,
}

struct Parser<'a> {
    context: &'a Context<'a>,
    words: &'a [Word],
    parsed: Parsed,
    first: First,
}

impl Parser<'_> {
    fn run(&mut self) -> Result<(), Failure> {
        let mut index = 0;
        let mut after_separator = false;
        while let Some(word) = self.words.get(index) {
            index += 1;
            let class = if after_separator { Class::Positional } else { self.classify(word) };
            match class {
                Class::Positional => self.positional(word),
                // The parser runs twice since pytest 9.0, and up to Python 3.11 the second run no longer
                // sees a separator that comes before all paths.
                Class::Separator if self.context.runs_twice() && self.parsed.positionals.is_empty() => {}
                Class::Separator => {
                    after_separator = true;
                    // A separator behind the first run is left over, and then it is an unknown option.
                    if self.first == First::Over && !self.context.version.at_least(9, 0) {
                        self.extra(word, false);
                    }
                }
                Class::Option { name, option, attached } => {
                    self.end_run();
                    index = self.option(word, name, option, attached, index)?;
                }
            }
        }
        Ok(())
    }

    fn end_run(&mut self) {
        if self.first == First::Running {
            self.first = First::Over;
        }
    }

    fn positional(&mut self, word: &Word) {
        self.parsed.positionals.push(word.clone());
        if self.first == First::Over {
            if !self.context.version.at_least(9, 0) {
                self.extra(word, false);
            }
        } else {
            self.first = First::Running;
            self.parsed.first_positionals.push(word.clone());
        }
    }

    fn extra(&mut self, word: &Word, maybe_known: bool) {
        self.parsed.extras.push(Extra { word: word.clone(), maybe_known });
    }

    /// `_parse_optional`.
    fn classify(&self, word: &Word) -> Class {
        let text = word.text.as_str();
        if text == "--" {
            return Class::Separator;
        }
        if !text.starts_with('-') || text.len() == 1 {
            return Class::Positional;
        }
        let found = |name: &str, option: Meaning, attached: Option<&str>| Class::Option {
            name: name.to_owned(),
            option,
            attached: attached.map(str::to_owned),
        };
        match self.find(text) {
            Meaning::Unknown => {}
            option => return found(text, option, None),
        }
        if let Some((name, attached)) = text.split_once('=') {
            match self.find(name) {
                Meaning::Unknown => {}
                option => return found(name, option, Some(attached)),
            }
        }
        if !text.starts_with("--") {
            let end = text.char_indices().nth(2).map_or(text.len(), |(end, _)| end);
            let (name, attached) = text.split_at(end);
            match self.find(name) {
                Meaning::Unknown => {}
                option => return found(name, option, Some(attached)),
            }
            if is_negative_number(text) {
                return Class::Positional;
            }
        }
        if text.contains(' ') {
            return Class::Positional;
        }
        found(text, Meaning::Unknown, None)
    }

    /// `consume_optional`; returns the index of the next word.
    fn option(
        &mut self,
        word: &Word,
        mut name: String,
        mut option: Meaning,
        mut attached: Option<String>,
        next: usize,
    ) -> Result<usize, Failure> {
        loop {
            if matches!(option, Meaning::Unknown) {
                return Ok(self.unknown(word, &name, attached.is_some(), next));
            }
            let Some(rest) = attached.take() else { break };
            match option.arity() {
                // Nobody knows whether it takes what is attached to it; it surely is not rejected here.
                None => return Ok(next),
                Some(Arity::One | Arity::Optional | Arity::Many) => {
                    self.act(&option, Some(rest), word)?;
                    return Ok(next);
                }
                Some(Arity::Flag) => {
                    let first = rest.chars().next().filter(|_| !name.starts_with("--"));
                    let Some(first) = first else {
                        let message = format!(
                            "argument {}: ignored explicit argument {}",
                            display_name(&name, &option),
                            repr(&rest)
                        );
                        return Err(failure(message, word));
                    };
                    self.act(&option, None, word)?;
                    let bundled = format!("-{first}");
                    let tail = &rest[first.len_utf8()..];
                    let following = self.find(&bundled);
                    if matches!(following, Meaning::Unknown)
                        && self.context.python < PythonVersion::new(3, 13)
                    {
                        let message = format!(
                            "argument {}: ignored explicit argument {}",
                            display_name(&name, &option),
                            repr(&rest)
                        );
                        return Err(failure(message, word));
                    }
                    attached = (!tail.is_empty()).then(|| tail.to_owned());
                    name = bundled;
                    option = following;
                }
            }
        }
        self.take_words(word, &name, &option, next)
    }

    /// The words after an option that belong to it.
    fn take_words(
        &mut self,
        word: &Word,
        name: &str,
        option: &Meaning,
        next: usize,
    ) -> Result<usize, Failure> {
        let value_at = |index: usize| {
            self.words.get(index).filter(|value| matches!(self.classify(value), Class::Positional))
        };
        match option.arity() {
            Some(Arity::Flag) => {
                self.act(option, None, word)?;
                Ok(next)
            }
            Some(Arity::One) => {
                let Some(value) = value_at(next) else {
                    let message = format!("argument {}: expected one argument", display_name(name, option));
                    return Err(failure(message, word));
                };
                let value = value.text.clone();
                self.act(option, Some(value), word)?;
                Ok(next + 1)
            }
            Some(Arity::Optional) => {
                let value = value_at(next).map(|value| value.text.clone());
                let taken = usize::from(value.is_some());
                self.act(option, value, word)?;
                Ok(next + taken)
            }
            Some(Arity::Many) => {
                let mut end = next;
                while value_at(end).is_some() {
                    end += 1;
                }
                Ok(end)
            }
            None => Ok(next + usize::from(self.probably_belongs(next))),
        }
    }

    /// An option that nobody defines: argparse leaves it and goes on with the next word.
    fn unknown(&mut self, word: &Word, name: &str, has_attached: bool, next: usize) -> usize {
        let known = self.context.plugins.map_or(Known::No, |plugins| plugins.option(bare(name)));
        let open = self.context.conftests.is_some_and(|conftests| conftests.open);
        let maybe_known = open || matches!(known, Known::Maybe(_));
        self.extra(word, maybe_known);
        let takes_next = match known {
            Known::Maybe(Some(arity)) => arity != Arity::Flag,
            Known::Maybe(None) => self.probably_belongs(next),
            Known::Yes(_) | Known::No => open && self.probably_belongs(next),
        };
        next + usize::from(!has_attached && !name.contains('=') && maybe_known && takes_next)
    }

    /// Whether the word behind an option of which nothing is known is its value: it is, unless it
    /// names something that can be collected.
    fn probably_belongs(&self, index: usize) -> bool {
        let Some(word) = self.words.get(index) else { return false };
        let path = absolute(self.context.cwd, word.text.split("::").next().unwrap_or_default());
        !word.text.starts_with('-') && !self.context.fs.exists(&path)
    }

    fn find(&self, name: &str) -> Meaning {
        let Context { version, blocked, .. } = *self.context;
        let is_blocked = |plugin: &str| blocked.iter().any(|name| name == plugin);
        if let Some(option) = options::find(name, version, is_blocked) {
            return Meaning::Own(option);
        }
        let of_conftest = self
            .context
            .conftests
            .and_then(|conftests| conftests.options.iter().find(|(option, _)| option == name));
        if let Some((_, arity)) = of_conftest {
            return Meaning::Added(Some(*arity));
        }
        match self.context.plugins.map_or(Known::No, |plugins| plugins.option(name)) {
            Known::Yes(arity) | Known::Maybe(Some(arity)) => Meaning::Added(Some(arity)),
            Known::Maybe(None) | Known::No => Meaning::Unknown,
        }
    }

    /// `take_action`: checks the value and notes the use.
    fn act(&mut self, option: &Meaning, value: Option<String>, word: &Word) -> Result<(), Failure> {
        let Meaning::Own(option) = option else { return Ok(()) };
        if let Some(value) = &value {
            self.check(option, value, word)?;
        }
        self.parsed.uses.push(Use { option, value, origin: word.origin.clone() });
        Ok(())
    }

    fn check(&self, option: &OptionSpec, value: &str, word: &Word) -> Result<(), Failure> {
        let names = option.names.join("/");
        let directory = || is_directory(self.context.fs, &absolute(self.context.cwd, value));
        let lower = value.to_lowercase();
        let problem = match option.takes {
            Takes::Nothing | Takes::Word | Takes::Optional => return Ok(()),
            Takes::Int => (!is_integer(value)).then(|| format!("invalid int value: {}", repr(value))),
            Takes::Float => (value.trim().parse::<f64>().is_err())
                .then(|| format!("invalid float value: {}", repr(value))),
            Takes::OneOf(choices) => {
                choices.iter().all(|choice| *choice != value).then(|| bad_choice(value, choices))
            }
            Takes::OneOfLower(choices) => {
                choices.iter().all(|choice| *choice != lower).then(|| bad_choice(&lower, choices))
            }
            Takes::Directory if directory() => None,
            Takes::Directory => {
                let message = format!("{} must be a directory, given: {value}", option.name());
                return Err(Failure { by_parser: false, ..failure(message, word) });
            }
            Takes::FileName if !directory() => None,
            Takes::FileName => {
                let message = format!("{} must be a filename, given: {value}", option.name());
                return Err(Failure { by_parser: false, ..failure(message, word) });
            }
            Takes::TemporaryDirectory => {
                let path = absolute(self.context.cwd, value);
                (value.is_empty() || self.context.cwd.starts_with(&path)).then(|| {
                    "basetemp must not be empty, the current working directory or any parent directory of it"
                        .to_owned()
                })
            }
            Takes::Debugger => (value.matches(':').count() != 1)
                .then(|| format!("{} is not in the format 'modname:classname'", repr(value))),
        };
        match problem {
            None => Ok(()),
            Some(problem) => Err(failure(format!("argument {names}: {problem}"), word)),
        }
    }
}

fn failure(message: String, word: &Word) -> Failure {
    Failure { message, by_parser: true, origin: word.origin.clone() }
}

fn bad_choice(value: &str, choices: &[&str]) -> String {
    let choices: Vec<_> = choices.iter().map(|choice| repr(choice)).collect();
    format!("invalid choice: {} (choose from {})", repr(value), choices.join(", "))
}

/// `-x/--exitfirst`, as argparse names an option in a message.
fn display_name(name: &str, option: &Meaning) -> String {
    match option {
        Meaning::Own(option) => option.names.join("/"),
        Meaning::Added(_) | Meaning::Unknown => name.to_owned(),
    }
}

/// The option without an attached value.
fn bare(name: &str) -> &str {
    name.split('=').next().unwrap_or(name)
}

fn is_negative_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    all_digits(whole) && all_digits(fraction) && !fraction.is_empty() && !digits.is_empty()
}

/// Whether `int(text)` succeeds.
pub(super) fn is_integer(text: &str) -> bool {
    let text = crate::settings::python::strip(text);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty()
        && digits.split('_').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()))
}

/// How deep files of arguments may name each other.
const DEEPEST_FILE: usize = 20;

/// Since pytest 8.2, `@FILE` stands for the lines of FILE.
fn expand_files(words: &[Word], context: &Context<'_>) -> Result<Vec<Word>, Failure> {
    if context.version.at_least(8, 2) {
        let mut expanded = Vec::with_capacity(words.len());
        expand(words, context, 0, &mut expanded)?;
        Ok(expanded)
    } else {
        Ok(words.to_vec())
    }
}

fn expand(words: &[Word], context: &Context<'_>, depth: usize, out: &mut Vec<Word>) -> Result<(), Failure> {
    for word in words {
        let Some(name) = word.text.strip_prefix('@').filter(|_| depth < DEEPEST_FILE) else {
            out.push(word.clone());
            continue;
        };
        let path = absolute(context.cwd, name);
        let Ok(bytes) = context.fs.read(&path) else {
            return Err(Failure {
                message: format!("[Errno 2] No such file or directory: {}", repr(name)),
                by_parser: true,
                origin: word.origin.clone(),
            });
        };
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<_> = crate::settings::python::split_lines(&text)
            .into_iter()
            .map(|(_, line)| Word {
                text: line.trim_end_matches(['\r', '\n']).to_owned(),
                origin: word.origin.clone(),
            })
            .collect();
        expand(&lines, context, depth + 1, out)?;
    }
    Ok(())
}
