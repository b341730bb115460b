//! `sorted(glob.iglob(pattern, recursive=True))`: how pytest expands `testpaths`.

use std::path::Path;

use super::fnmatch::fnmatch;
use super::path::{absolute, join, split};
use crate::environment::{Observed, Platform};
use crate::fs::{EntryKind, FileSystem};

/// How deep `**` goes; links may lead in circles.
const DEEPEST: usize = 64;
/// How many paths one pattern may yield.
const MOST: usize = 100_000;

/// The paths that match `pattern` below `cwd`, as relative or absolute as the pattern, sorted.
pub(crate) fn expand(
    fs: &FileSystem,
    cwd: &Path,
    pattern: &str,
    platform: Observed<Platform>,
) -> Vec<String> {
    let glob = Glob { fs, cwd, platform };
    let mut paths = glob.expand(pattern, Only::Anything);
    paths.retain(|path| !path.is_empty());
    paths.sort();
    paths
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Only {
    Anything,
    Directories,
}

struct Glob<'a> {
    fs: &'a FileSystem,
    cwd: &'a Path,
    platform: Observed<Platform>,
}

impl Glob<'_> {
    fn expand(&self, pattern: &str, only: Only) -> Vec<String> {
        let (directory, name) = split(pattern);
        if !has_magic(pattern) {
            let exists = if name.is_empty() { self.is_dir(directory) } else { self.exists(pattern) };
            return if exists { vec![pattern.to_owned()] } else { Vec::new() };
        }
        let directories = if directory.is_empty() || !has_magic(directory) {
            vec![directory.to_owned()]
        } else {
            self.expand(directory, Only::Directories)
        };
        let mut paths = Vec::new();
        for directory in directories {
            let names = if name == "**" {
                self.below(&directory, only)
            } else if has_magic(name) {
                self.matching(&directory, name, only)
            } else if name.is_empty() {
                if self.is_dir(&directory) { vec![String::new()] } else { Vec::new() }
            } else if self.exists(&join(&directory, name)) {
                vec![name.to_owned()]
            } else {
                Vec::new()
            };
            paths.extend(names.into_iter().map(|name| join(&directory, &name)));
            if paths.len() > MOST {
                break;
            }
        }
        paths
    }

    fn matching(&self, directory: &str, pattern: &str, only: Only) -> Vec<String> {
        self.list(directory, only)
            .into_iter()
            .filter(|name| pattern.starts_with('.') || !name.starts_with('.'))
            .filter(|name| fnmatch(name, pattern, self.platform))
            .collect()
    }

    /// `**`: the directory itself and everything below it that is not hidden.
    fn below(&self, directory: &str, only: Only) -> Vec<String> {
        let mut found = Vec::new();
        if directory.is_empty() || self.is_dir(directory) {
            found.push(String::new());
        }
        let mut pending = vec![(String::new(), 0)];
        while let Some((relative, depth)) = pending.pop() {
            let here = join(directory, &relative);
            for name in self.list(here.trim_end_matches('/'), only) {
                if name.starts_with('.') {
                    continue;
                }
                let path = join(&relative, &name);
                if depth < DEEPEST && found.len() < MOST && self.is_dir(&join(directory, &path)) {
                    pending.push((path.clone(), depth + 1));
                }
                found.push(path);
            }
        }
        found
    }

    fn list(&self, directory: &str, only: Only) -> Vec<String> {
        let path = if directory.is_empty() { self.cwd.to_path_buf() } else { self.cwd.join(directory) };
        let Some(listing) = self.fs.list(&path) else { return Vec::new() };
        listing
            .iter()
            .filter(|(_, kind)| only == Only::Anything || **kind == EntryKind::Directory)
            .map(|(name, _)| name.to_string_lossy().into_owned())
            .collect()
    }

    fn exists(&self, path: &str) -> bool {
        self.is_dir(path) || self.fs.exists(&absolute(self.cwd, path))
    }

    fn is_dir(&self, path: &str) -> bool {
        let path = absolute(self.cwd, path);
        path.parent().is_none() || self.fs.is_dir(&path)
    }
}

fn has_magic(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn expanded(pattern: &str) -> Vec<String> {
        let files = ["a/tests/x.py", "a/.hid/y.py", "b/tests/sub/z.py", "c.py"];
        let overlay = files.map(|file| (Path::new("/nowhere").join(file), Arc::from(&b""[..])));
        let fs = FileSystem::with_overlay(overlay);
        expand(&fs, Path::new("/nowhere"), pattern, Platform::Linux.into())
    }

    #[test]
    fn patterns_expand_as_pythons_do() {
        assert_eq!(expanded("*/tests"), ["a/tests", "b/tests"]);
        assert_eq!(expanded("*/tests/"), ["a/tests/", "b/tests/"]);
        assert_eq!(expanded("b/**"), ["b/", "b/tests", "b/tests/sub", "b/tests/sub/z.py"]);
        assert_eq!(expanded("**/*.py"), ["a/tests/x.py", "b/tests/sub/z.py", "c.py"]);
        assert_eq!(expanded("a/.h*"), ["a/.hid"]);
        assert_eq!(expanded("[ab]/tes?s/*"), ["a/tests/x.py", "b/tests/sub"]);
    }

    #[test]
    fn a_plain_path_stays_as_it_is_written_if_it_exists() {
        assert_eq!(expanded("./a/../a/tests/"), ["./a/../a/tests/"]);
        assert!(expanded("c.py/").is_empty());
        assert!(expanded("gone").is_empty());
        assert_eq!(expanded("/nowhere/a/*"), ["/nowhere/a/tests"]);
    }
}
