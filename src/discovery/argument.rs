//! Arguments: what they name, and which of them pytest refuses.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use crate::environment::PytestVersion;
use crate::fs::FileSystem;

use super::request::Request;
use super::visitor::{Located, Visitor};

/// An argument pytest refuses before it collects anything: it ends with exit code 4.
///
/// The user is at fault, or a setting such as `addopts`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    #[error("file or directory not found: {0}")]
    NoSuchFile(String),
    /// Under `--pyargs`.
    #[error("module or package not found: {0} (missing __init__.py?)")]
    NoSuchModule(String),
    #[error("directory argument cannot contain :: selection parts: {0}")]
    PartsOfDirectory(String),
    /// Under `--pyargs`.
    #[error("package argument cannot contain :: selection parts: {0}")]
    PartsOfPackage(String),
    /// From 9.0 on.
    #[error("path cannot contain [] parametrization: {0}")]
    ParametrizedPath(String),
}

impl UsageError {
    /// The argument as it was given.
    pub fn argument(&self) -> &str {
        match self {
            Self::NoSuchFile(argument)
            | Self::NoSuchModule(argument)
            | Self::PartsOfDirectory(argument)
            | Self::PartsOfPackage(argument)
            | Self::ParametrizedPath(argument) => argument,
        }
    }
}

/// The part of a node id after its path: `::TestA::test_b[1]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// `["TestA", "test_b"]`; up to 8.4 the last one holds the brackets as well.
    pub names: Vec<String>,
    /// From 9.0 on: `[1]`.
    pub parametrization: Option<String>,
    exact: bool,
}

impl Selection {
    /// What is selected in the node that the first name selects; `None` where that is all of it.
    pub(super) fn inner(&self) -> Option<Self> {
        let names = self.names.get(1..).filter(|names| !names.is_empty())?.to_vec();
        Some(Self { names, parametrization: self.parametrization.clone(), exact: self.exact })
    }

    /// Whether the node called `name`, `level` levels below the module, is selected.
    pub fn matches(&self, level: usize, name: &str) -> bool {
        let Some(wanted) = self.names.get(level) else { return level >= self.names.len() };
        let stem = name.split('[').next().unwrap_or(name);
        if !self.exact {
            return name == wanted || stem == wanted;
        }
        if level + 1 < self.names.len() {
            return name == wanted;
        }
        match &self.parametrization {
            Some(parametrization) => {
                name.strip_prefix(wanted.as_str()).is_some_and(|rest| rest == parametrization)
            }
            None => stem == wanted,
        }
    }
}

/// A resolved argument.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub(super) path: PathBuf,
    pub(super) names: Vec<String>,
    pub(super) parametrization: Option<String>,
    /// The dotted name that led here under `--pyargs`.
    pub(super) module_name: Option<String>,
    index: usize,
}

impl Argument {
    pub(super) fn selection(&self, pytest: PytestVersion) -> Option<Selection> {
        (!self.names.is_empty()).then(|| Selection {
            names: self.names.clone(),
            parametrization: self.parametrization.clone(),
            exact: pytest.at_least(9, 0),
        })
    }

    /// How pytest names it when it matches nothing.
    pub(super) fn report(&self) -> String {
        let mut text = self.path.display().to_string();
        for name in &self.names {
            text.push_str("::");
            text.push_str(name);
        }
        text
    }

    /// Whether everything it selects is selected by `by` already.
    fn is_subsumed_by(&self, by: &Self) -> bool {
        if by.path != self.path {
            return by.names.is_empty() && self.path.starts_with(&by.path);
        }
        self.names.starts_with(&by.names)
            && (by.parametrization.is_none() || by.parametrization == self.parametrization)
    }

    fn order(&self, other: &Self) -> Ordering {
        let key = |argument: &Self| {
            (
                argument.path.clone(),
                argument.names.clone(),
                argument.parametrization.clone().unwrap_or_default(),
            )
        };
        key(self).cmp(&key(other))
    }
}

/// The path before `::`, as pytest takes it when it looks for initial conftests.
pub(super) fn path_part(argument: &str) -> &str {
    argument.split("::").next().unwrap_or(argument)
}

/// Resolves all arguments; the first that names nothing is pytest's error.
pub(super) fn resolve(
    request: &Request,
    fs: &FileSystem,
    visitor: &mut dyn Visitor,
) -> Result<Vec<Argument>, UsageError> {
    let mut arguments = Vec::with_capacity(request.args.len());
    for (index, text) in request.args.iter().enumerate() {
        arguments.push(resolve_one(request, fs, visitor, text, index)?);
    }
    if request.pytest.at_least(9, 0) && !request.keep_duplicates {
        return Ok(normalize(arguments));
    }
    Ok(arguments)
}

fn resolve_one(
    request: &Request,
    fs: &FileSystem,
    visitor: &mut dyn Visitor,
    text: &str,
    index: usize,
) -> Result<Argument, UsageError> {
    let (base, bracket) = match text.find('[') {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    };
    let mut parts = base.split("::");
    let path_text = parts.next().unwrap_or_default();
    let mut names: Vec<String> = parts.map(str::to_owned).collect();
    let mut parametrization = None;
    if request.pytest.at_least(9, 0) {
        if bracket.is_some() && names.is_empty() {
            return Err(UsageError::ParametrizedPath(text.to_owned()));
        }
        parametrization = bracket.map(str::to_owned);
    } else if let (Some(last), Some(bracket)) = (names.last_mut(), bracket) {
        last.push_str(bracket);
    }

    let located = request.pyargs.then(|| visitor.locate(path_text)).flatten();
    let located = located.and_then(|located| match located {
        Located::Module(path) => Some(path),
        Located::Package(init) => init.parent().map(Path::to_path_buf),
        Located::Namespace(directory) => request.namespace_arguments().then_some(directory),
    });
    // Up to 8.0 pytest did not keep the dotted name.
    let module_name = (located.is_some() && request.pytest.at_least(8, 1)).then(|| path_text.to_owned());
    let path = match located {
        Some(path) => request.absolute(&path.to_string_lossy()),
        None => request.absolute(path_text),
    };
    let is_dir = fs.is_dir(&path);
    if !is_dir && !fs.is_file(&path) {
        let text = text.to_owned();
        return Err(if request.pyargs {
            UsageError::NoSuchModule(text)
        } else {
            UsageError::NoSuchFile(text)
        });
    }
    if is_dir && !names.is_empty() {
        let text = text.to_owned();
        return Err(if request.pyargs {
            UsageError::PartsOfPackage(text)
        } else {
            UsageError::PartsOfDirectory(text)
        });
    }
    Ok(Argument { path, names, parametrization, module_name, index })
}

/// `normalize_collection_arguments`: of overlapping arguments the wider one stays.
fn normalize(mut arguments: Vec<Argument>) -> Vec<Argument> {
    arguments.sort_by(Argument::order);
    let mut kept: Vec<Argument> = Vec::with_capacity(arguments.len());
    for argument in arguments {
        if !kept.last().is_some_and(|last| argument.is_subsumed_by(last)) {
            kept.push(argument);
        }
    }
    kept.sort_by_key(|argument| argument.index);
    kept
}
