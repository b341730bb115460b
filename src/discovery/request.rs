//! What a walk needs to know about the settings.

use std::path::{Component, Path, PathBuf};

use crate::environment::{Observed, Platform, PytestVersion};
use crate::settings::pytest::PytestSettings;

/// The settings that decide what is met. Paths are absolute.
#[expect(clippy::struct_excessive_bools, reason = "these are pytest's switches, each on its own")]
#[derive(Clone, Debug)]
pub struct Request {
    pub pytest: PytestVersion,
    pub platform: Observed<Platform>,
    pub rootdir: PathBuf,
    pub invocation_dir: PathBuf,
    /// What pytest looks at to find the initial conftests.
    pub initial_args: Vec<String>,
    /// What is collected: paths, node ids, or dotted names under `--pyargs`. Never empty.
    pub args: Vec<String>,
    pub confcutdir: PathBuf,
    pub noconftest: bool,
    pub pyargs: bool,
    pub keep_duplicates: bool,
    pub collect_in_virtualenv: bool,
    pub ignore: Vec<String>,
    pub ignore_glob: Vec<String>,
    pub python_files: Vec<String>,
    pub norecursedirs: Vec<String>,
    /// Whether pytest's `python` plugin collects modules; `-p no:python` switches it off.
    pub python: bool,
    /// Whether pytest's `doctest` plugin looks at files; `-p no:doctest` switches it off.
    pub doctest: bool,
    pub doctest_modules: bool,
    pub doctest_glob: Vec<String>,
    pub consider_namespace_packages: bool,
}

impl Request {
    /// `pytest` without any setting, started in `directory`.
    pub fn new(pytest: PytestVersion, directory: &Path) -> Self {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let start = directory.display().to_string();
        Self {
            pytest,
            platform: Platform::host().into(),
            rootdir: directory.to_path_buf(),
            invocation_dir: directory.to_path_buf(),
            initial_args: vec![start.clone()],
            args: vec![start],
            confcutdir: directory.to_path_buf(),
            noconftest: false,
            pyargs: false,
            keep_duplicates: false,
            collect_in_virtualenv: false,
            ignore: Vec::new(),
            ignore_glob: Vec::new(),
            python_files: words("test_*.py *_test.py"),
            norecursedirs: words("*.egg .* _darcs build CVS dist node_modules venv {arch}"),
            python: true,
            doctest: true,
            doctest_modules: false,
            doctest_glob: words("test*.txt"),
            consider_namespace_packages: false,
        }
    }

    /// What `settings` ask for.
    pub fn from_settings(settings: &PytestSettings, platform: Observed<Platform>) -> Self {
        Self {
            pytest: settings.version,
            platform,
            rootdir: settings.rootdir.clone(),
            invocation_dir: settings.invocation_dir.clone(),
            initial_args: settings.initial_args.clone(),
            args: settings.args.iter().map(|argument| argument.text.clone()).collect(),
            confcutdir: settings.confcutdir.clone(),
            noconftest: settings.noconftest,
            pyargs: settings.pyargs,
            keep_duplicates: settings.keep_duplicates,
            collect_in_virtualenv: settings.collect_in_virtualenv,
            ignore: settings.ignore.clone(),
            ignore_glob: settings.ignore_glob.clone(),
            python_files: settings.python_files.clone(),
            norecursedirs: settings.norecursedirs.clone(),
            python: !settings.blocks("python"),
            doctest: !settings.blocks("doctest"),
            doctest_modules: settings.doctest_modules,
            doctest_glob: settings.doctest_glob.clone(),
            consider_namespace_packages: settings.consider_namespace_packages,
        }
    }

    /// `os.path.abspath(text)` in the invocation directory.
    pub(super) fn absolute(&self, text: &str) -> PathBuf {
        absolute(&self.invocation_dir, text)
    }

    /// Whether conftests of `directory` count: only what lies above `confcutdir` does not.
    pub(super) fn in_confcutdir(&self, directory: &Path) -> bool {
        self.confcutdir == directory || !self.confcutdir.starts_with(directory)
    }
}

/// `os.path.abspath(os.path.join(base, text))`: `.` and `..` are resolved in the text alone.
pub(super) fn absolute(base: &Path, text: impl AsRef<Path>) -> PathBuf {
    let mut absolute = PathBuf::new();
    for component in base.join(text).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                absolute.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => absolute.push(component),
        }
    }
    absolute
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_resolved_without_looking_at_the_disk() {
        assert_eq!(absolute(Path::new("/a/b"), "../c/./d"), Path::new("/a/c/d"));
        assert_eq!(absolute(Path::new("/a"), "../../.."), Path::new("/"));
        assert_eq!(absolute(Path::new("/a"), "/x/"), Path::new("/x"));
        assert_eq!(absolute(Path::new("/a"), ""), Path::new("/a"));
    }

    #[test]
    fn only_directories_above_confcutdir_are_cut_off() {
        let mut request = Request::new(PytestVersion::NEWEST, Path::new("/p/tests"));
        request.confcutdir = PathBuf::from("/p");
        assert!(!request.in_confcutdir(Path::new("/")));
        assert!(request.in_confcutdir(Path::new("/p")));
        assert!(request.in_confcutdir(Path::new("/p/tests")));
        assert!(request.in_confcutdir(Path::new("/elsewhere")));
    }
}
