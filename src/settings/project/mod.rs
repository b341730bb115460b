//! collectlint's own configuration: `.collectlint.toml`, `collectlint.toml`, or `[tool.collectlint]` of
//! `pyproject.toml`, in the nearest folder that has one; a file may extend another.
//!
//! Every mistake is reported, all at once, with its place: an unknown key is never passed over. What rules
//! there are is not known here, so names of rules are checked by `rules::selection`.

mod keys;
mod options;
mod patterns;
mod read;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::environment::document::{Document, Format, Node};
use crate::fs::FileSystem;

pub use keys::{KEYS, Key};
pub use options::{ClashStyle, FixStyle, Level, Options, PerFileIgnores, RuleSelection};
pub use patterns::{InvalidPattern, Pattern};
pub use read::NoSuchWord;

/// The files that may hold the configuration; of those in one folder the first counts.
const FILES: [&str; 3] = [".collectlint.toml", "collectlint.toml", "pyproject.toml"];

/// How many files may extend one another.
const LONGEST_CHAIN: usize = 16;

/// A mistake of the user in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("{}:{line}: {message}", path.display())]
    Mistake { path: PathBuf, line: u32, message: String },
    /// What `--config` or `extend` names.
    #[error("{} cannot be read as a configuration file", .0.display())]
    Unreadable(PathBuf),
    #[error("{}: the files that it extends extend one another", .0.display())]
    Circle(PathBuf),
    /// `--config` with neither a file nor a key.
    #[error("`--config {0}` is neither a file nor `KEY=VALUE`")]
    Neither(String),
}

/// What is configured, the files and the command line together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectSettings {
    /// The file that was found, if there is one.
    pub file: Option<PathBuf>,
    pub options: Options,
}

impl ProjectSettings {
    /// The nearest configuration at or above `folder`; the default where there is none.
    pub fn find(fs: &FileSystem, folder: &Path) -> Result<Self, Vec<ConfigError>> {
        for directory in folder.ancestors() {
            for name in FILES {
                let path = directory.join(name);
                let Some(document) = Document::read(fs, &path, Format::Toml) else { continue };
                let document = match document {
                    Ok(document) => document,
                    // NOTE: a broken pyproject.toml is a finding about pytest, which reads it too.
                    Err(_) if name == "pyproject.toml" => continue,
                    Err(error) => {
                        return Err(vec![mistake(&error.place.path, error.place.line, error.message)]);
                    }
                };
                if table(&document, &path).is_some() {
                    let options = load(fs, &path, &document, &mut Vec::new())?;
                    return Ok(Self { file: Some(path), options });
                }
            }
        }
        Ok(Self::default())
    }

    /// The configuration in the file that the user names.
    pub fn from_file(fs: &FileSystem, path: &Path) -> Result<Self, Vec<ConfigError>> {
        let options = load_file(fs, path, &mut Vec::new())?;
        Ok(Self { file: Some(path.to_path_buf()), options })
    }

    /// The same with `options` over it.
    #[must_use]
    pub fn with(self, options: Options) -> Self {
        Self { options: options.over(self.options), ..self }
    }
}

/// `KEY=VALUE` of the command line, in TOML; paths in it are relative to `folder`.
pub fn inline(text: &str, folder: &Path) -> Result<Options, Vec<ConfigError>> {
    let path = folder.join("--config");
    match Document::parse(&path, text, Format::Toml) {
        Ok(document) => read::options(&document, &document.root, folder),
        Err(_) if !text.contains('=') => Err(vec![ConfigError::Neither(text.to_owned())]),
        Err(error) => Err(vec![mistake(Path::new("--config"), error.place.line, error.message)]),
    }
}

fn load_file(fs: &FileSystem, path: &Path, chain: &mut Vec<PathBuf>) -> Result<Options, Vec<ConfigError>> {
    match Document::read(fs, path, Format::Toml) {
        None => Err(vec![ConfigError::Unreadable(path.to_path_buf())]),
        Some(Err(error)) => Err(vec![mistake(&error.place.path, error.place.line, error.message)]),
        Some(Ok(document)) => load(fs, path, &document, chain),
    }
}

/// The options of the file over those that it extends.
fn load(
    fs: &FileSystem,
    path: &Path,
    document: &Document,
    chain: &mut Vec<PathBuf>,
) -> Result<Options, Vec<ConfigError>> {
    if chain.len() >= LONGEST_CHAIN || chain.iter().any(|known| known == path) {
        return Err(vec![ConfigError::Circle(path.to_path_buf())]);
    }
    chain.push(path.to_path_buf());
    let Some(table) = table(document, path) else { return Ok(Options::default()) };
    let options = read::options(document, table, document.directory())?;
    match &options.extend {
        None => Ok(options),
        Some(base) => {
            let base = load_file(fs, base, chain)?;
            Ok(options.over(base))
        }
    }
}

/// Where the options are: the whole file, or a table of `pyproject.toml`.
fn table<'a>(document: &'a Document, path: &Path) -> Option<&'a Node> {
    if path.ends_with("pyproject.toml") {
        document.root.get("tool")?.get("collectlint")
    } else {
        Some(&document.root)
    }
}

fn mistake(path: &Path, line: u32, message: String) -> ConfigError {
    ConfigError::Mistake { path: path.to_path_buf(), line, message }
}
