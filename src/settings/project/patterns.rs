//! Patterns of files, as ruff understands them: globs, never regular expressions.

use std::fmt;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobMatcher};

/// A glob, which matches a name or a path from the folder of its file.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    /// `!` stood before it.
    negated: bool,
    folder: PathBuf,
    matcher: GlobMatcher,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, &self.folder) == (&other.text, &other.folder)
    }
}

impl Eq for Pattern {}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A text that is no glob.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is no pattern: {reason}")]
pub struct InvalidPattern {
    pattern: String,
    reason: String,
}

impl Pattern {
    /// `folder` is absolute; paths in the pattern start from it.
    pub fn new(text: &str, folder: &Path) -> Result<Self, InvalidPattern> {
        let (negated, glob) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let glob = glob.trim_start_matches("./").trim_end_matches('/');
        let glob = Glob::new(glob)
            .map_err(|error| InvalidPattern { pattern: text.to_owned(), reason: error.kind().to_string() })?;
        let matcher = glob.compile_matcher();
        Ok(Self { text: text.to_owned(), negated, folder: folder.to_path_buf(), matcher })
    }

    /// Whether it matches the file at an absolute path.
    pub fn matches(&self, path: &Path) -> bool {
        self.matches_itself(path) != self.negated
    }

    /// Whether it matches the file, or a folder that the file is in.
    pub fn covers(&self, path: &Path) -> bool {
        let folders = path.ancestors().take_while(|folder| **folder != *self.folder);
        folders.into_iter().any(|part| self.matches_itself(part)) != self.negated
    }

    fn matches_itself(&self, path: &Path) -> bool {
        let below = path.strip_prefix(&self.folder).unwrap_or(path);
        self.matcher.is_match(below) || path.file_name().is_some_and(|name| self.matcher.is_match(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::new(text, Path::new("/p")).expect("it is a pattern")
    }

    #[test]
    fn a_pattern_is_a_name_or_a_path_from_its_folder() {
        assert!(pattern("test_x.py").matches(Path::new("/p/deep/down/test_x.py")));
        assert!(pattern("tests/*.py").matches(Path::new("/p/tests/test_x.py")));
        assert!(!pattern("tests/*.py").matches(Path::new("/p/other/tests/test_x.py")));
        assert!(pattern("!tests/**").matches(Path::new("/p/src/a.py")));
        assert!(Pattern::new("[", Path::new("/p")).is_err());
    }

    #[test]
    fn what_is_in_a_folder_is_covered_by_its_pattern() {
        assert!(pattern("fixtures").covers(Path::new("/p/tests/fixtures/deep/a.py")));
        assert!(pattern("./tests/fixtures/").covers(Path::new("/p/tests/fixtures/a.py")));
        assert!(!pattern("p").covers(Path::new("/p/a.py")));
    }
}
