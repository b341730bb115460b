//! Trees built in a temporary directory, and what the walk meets in them.

use std::path::{Path, PathBuf};

use super::*;
use crate::environment::PytestVersion;
use crate::fs::FileSystem;

const V7: PytestVersion = PytestVersion::new(7, 4, 4);
const V8: PytestVersion = PytestVersion::new(8, 4, 2);
const V9: PytestVersion = PytestVersion::NEWEST;

/// A project on disk; files are given by their relative paths and are empty.
struct Project {
    directory: tempfile::TempDir,
}

impl Project {
    fn new(files: &[&str]) -> Self {
        let project = Self { directory: tempfile::tempdir().unwrap() };
        for file in files {
            project.write(file, "");
        }
        project
    }

    fn write(&self, file: &str, content: &str) {
        let path = self.root().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn root(&self) -> PathBuf {
        self.directory.path().canonicalize().unwrap()
    }

    fn request(&self, pytest: PytestVersion, args: &[&str]) -> Request {
        let mut request = Request::new(pytest, &self.root());
        if !args.is_empty() {
            request.args = args.iter().map(|&argument| argument.to_owned()).collect();
            request.initial_args.clone_from(&request.args);
        }
        request
    }

    fn walk(&self, pytest: PytestVersion, args: &[&str]) -> Vec<String> {
        self.walk_as(&self.request(pytest, args))
    }

    fn walk_as(&self, request: &Request) -> Vec<String> {
        drive(request, Recorder::new(&self.root())).0
    }
}

/// Runs a session; the result is what was met, with what it came to at the end where that is not plain.
fn drive(request: &Request, mut recorder: Recorder) -> (Vec<String>, Recorder) {
    let fs = FileSystem::new();
    let mut session = Session::new(request, &fs);
    if session.load_initial_conftests(&mut recorder) != Control::Continue {
        recorder.log.push("not started".to_owned());
        return (std::mem::take(&mut recorder.log), recorder);
    }
    match session.collect(&mut recorder) {
        Ok(collection) => {
            for missing in &collection.not_found {
                let text = missing.message(request).replace(&recorder.root.display().to_string(), "ROOT");
                recorder.log.push(text);
            }
            match collection.end {
                End::Completed => {}
                End::Stopped => recorder.log.push("stopped".to_owned()),
                End::Abandoned => recorder.log.push("abandoned".to_owned()),
            }
        }
        Err(error) => recorder.log.push(error.to_string()),
    }
    (std::mem::take(&mut recorder.log), recorder)
}

/// Writes down what it is asked.
struct Recorder {
    root: PathBuf,
    log: Vec<String>,
    /// Conftests and directories that fail, by their relative path.
    failing: Vec<&'static str>,
    ignored: Option<(&'static str, Declared<Vec<IgnoreEntry>>)>,
    missing: Vec<&'static str>,
}

impl Recorder {
    fn new(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            log: Vec::new(),
            failing: Vec::new(),
            ignored: None,
            missing: Vec::new(),
        }
    }

    fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

impl Visitor for Recorder {
    fn conftest(&mut self, path: &Path, stage: Stage) -> Control {
        let name = self.relative(path);
        let mark = if stage == Stage::Initial { "initial " } else { "" };
        self.log.push(format!("{mark}{name}"));
        if self.failing.contains(&name.as_str()) { Control::Abandon } else { Control::Continue }
    }

    fn module(&mut self, module: &ModuleFile) -> Collected {
        let mut text = module.node.clone();
        match module.kind {
            ModuleKind::Module => {}
            ModuleKind::Doctest | ModuleKind::TextDoctest => text.push_str(" (doctest)"),
        }
        if !module.certain {
            text.push_str(" (perhaps)");
        }
        if let Some(selection) = &module.selection {
            text = format!("{text} {:?}", selection.names);
        }
        self.log.push(text);
        if self.failing.contains(&module.node.as_str()) {
            Collected::Abandoned
        } else if module
            .selection
            .as_ref()
            .is_some_and(|selection| self.missing.contains(&&*selection.names[0]))
        {
            Collected::NotFound(Vec::new())
        } else {
            Collected::Passed
        }
    }

    fn collect_ignore(&mut self, conftest: &Path) -> Declared<Vec<IgnoreEntry>> {
        match &self.ignored {
            Some((declaring, entries)) if self.relative(conftest) == *declaring => entries.clone(),
            _ => Declared::Absent,
        }
    }
}

#[test]
fn entries_are_sorted_together_from_8_0_on_and_files_come_first_before() {
    let project = Project::new(&["b/test_b.py", "test_a.py", "test_c.py", "z_test.py", "a/test_a1.py"]);
    assert_eq!(project.walk(V9, &[]), ["a/test_a1.py", "b/test_b.py", "test_a.py", "test_c.py", "z_test.py"]);
    assert_eq!(project.walk(V7, &[]), ["test_a.py", "test_c.py", "z_test.py", "a/test_a1.py", "b/test_b.py"]);
}

#[test]
fn conftests_of_test_directories_are_initial_and_others_wait() {
    let files = [
        "conftest.py",
        "tests/conftest.py",
        "tests/unit/conftest.py",
        "tests/unit/test_a.py",
        "other/conftest.py",
    ];
    let project = Project::new(&files);
    assert_eq!(
        project.walk(V9, &[]),
        [
            "initial conftest.py",
            "initial tests/conftest.py",
            "other/conftest.py",
            "tests/unit/conftest.py",
            "tests/unit/test_a.py"
        ]
    );
    assert_eq!(
        project.walk(V9, &["tests/unit"]),
        [
            "initial conftest.py",
            "initial tests/conftest.py",
            "initial tests/unit/conftest.py",
            "tests/unit/test_a.py"
        ]
    );
}

#[test]
fn with_7_x_every_conftest_is_loaded_before_the_first_module() {
    let project =
        Project::new(&["a/conftest.py", "a/test_a.py", "b/conftest.py", "b/c/conftest.py", "test_x.py"]);
    assert_eq!(
        project.walk(V7, &[]),
        ["a/conftest.py", "b/conftest.py", "b/c/conftest.py", "test_x.py", "a/test_a.py"]
    );
    assert_eq!(
        project.walk(V8, &[]),
        ["a/conftest.py", "a/test_a.py", "b/conftest.py", "b/c/conftest.py", "test_x.py"]
    );
}

#[test]
fn a_failing_conftest_loses_its_directory_and_with_7_x_the_session() {
    let project = Project::new(&["a/conftest.py", "a/test_a.py", "test_x.py"]);
    let mut recorder = Recorder::new(&project.root());
    recorder.failing.push("a/conftest.py");
    assert_eq!(drive(&project.request(V9, &[]), recorder).0, ["a/conftest.py", "test_x.py"]);
    let mut recorder = Recorder::new(&project.root());
    recorder.failing.push("a/conftest.py");
    assert_eq!(drive(&project.request(V7, &[]), recorder).0, ["a/conftest.py", "abandoned"]);
    let mut recorder = Recorder::new(&project.root());
    recorder.failing.push("a/conftest.py");
    assert_eq!(drive(&project.request(V9, &["a"]), recorder).0, ["initial a/conftest.py", "not started"]);
}

#[test]
fn arguments_that_name_nothing_are_refused() {
    let project = Project::new(&["tests/test_a.py", "README.md"]);
    assert_eq!(project.walk(V9, &["nope"]), ["file or directory not found: nope"]);
    assert_eq!(
        project.walk(V9, &["tests::test_x"]),
        ["directory argument cannot contain :: selection parts: tests::test_x"]
    );
    assert_eq!(
        project.walk(V9, &["tests/test_a.py[1]"]),
        ["path cannot contain [] parametrization: tests/test_a.py[1]"]
    );
    let name = project.root().file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(
        project.walk(V9, &["README.md"]),
        [format!("not found: ROOT/README.md\n(no match in any of [<Dir {name}>])")]
    );
    assert_eq!(project.walk(V7, &["README.md"]), ["found no collectors for ROOT/README.md"]);
}

#[test]
fn a_name_that_is_not_there_is_reported_with_what_was_searched() {
    let project = Project::new(&["tests/test_a.py"]);
    let mut recorder = Recorder::new(&project.root());
    recorder.missing.push("test_gone");
    assert_eq!(
        drive(&project.request(V9, &["tests/test_a.py::test_gone"]), recorder).0,
        [
            "tests/test_a.py [\"test_gone\"]",
            "not found: ROOT/tests/test_a.py::test_gone\n(no match in any of [<Module test_a.py>])"
        ]
    );
}

#[test]
fn explicit_files_are_collected_whatever_their_name() {
    let project = Project::new(&["tests/foo_tests.py", "tests/test_a.py"]);
    for version in [V7, V8, V9] {
        assert_eq!(project.walk(version, &["tests/foo_tests.py"]), ["tests/foo_tests.py"]);
    }
}

#[test]
fn overlapping_arguments_differ_by_release() {
    let project = Project::new(&["tests/test_a.py", "tests/test_b.py"]);
    let both = ["tests/test_a.py", "tests"];
    assert_eq!(project.walk(V9, &both), ["tests/test_a.py", "tests/test_b.py"]);
    assert_eq!(project.walk(V8, &both), ["tests/test_a.py"]);
    assert_eq!(project.walk(V7, &both), ["tests/test_a.py", "tests/test_a.py", "tests/test_b.py"]);
}

#[test]
fn collect_ignore_of_the_innermost_conftest_counts() {
    let project = Project::new(&["conftest.py", "tests/test_a.py", "tests/test_b.py", "data/test_d.py"]);
    let text = |text: &str| IgnoreEntry::Text(text.to_owned());
    let mut recorder = Recorder::new(&project.root());
    recorder.ignored = Some(("conftest.py", Declared::Value(vec![text("data"), text("tests/test_b.py")])));
    assert_eq!(drive(&project.request(V9, &[]), recorder).0, ["initial conftest.py", "tests/test_a.py"]);
    let mut recorder = Recorder::new(&project.root());
    recorder.ignored = Some(("conftest.py", Declared::Unknown));
    assert_eq!(
        drive(&project.request(V9, &["tests"]), recorder).0,
        ["initial conftest.py", "tests/test_a.py (perhaps)", "tests/test_b.py (perhaps)"]
    );
}

#[test]
fn ignored_directories_and_virtual_environments_are_not_entered() {
    let files = [
        "build/test_a.py",
        "x.egg/test_b.py",
        ".hidden/test_c.py",
        "__pycache__/test_d.py",
        "old/bin/activate",
        "old/test_e.py",
        "new/pyvenv.cfg",
        "new/test_f.py",
        "kept/test_g.py",
        "test_dir.py/test_h.py",
    ];
    let project = Project::new(&files);
    assert_eq!(project.walk(V9, &[]), ["kept/test_g.py", "old/test_e.py", "test_dir.py/test_h.py"]);
    assert_eq!(
        project.walk(PytestVersion::new(8, 2, 2), &[]),
        ["kept/test_g.py", "new/test_f.py", "test_dir.py/test_h.py"]
    );
    let mut request = project.request(V9, &[]);
    request.norecursedirs = vec!["kept".to_owned()];
    request.ignore = vec!["build".to_owned()];
    request.ignore_glob = vec!["*/test_h.py".to_owned()];
    assert_eq!(project.walk_as(&request), [".hidden/test_c.py", "old/test_e.py", "x.egg/test_b.py"]);
}

#[test]
fn doctest_modules_collect_every_python_file_but_some() {
    let project =
        Project::new(&["app/__main__.py", "app/core.py", "test_a.py", "test_notes.txt", "notes.txt"]);
    project.write("setup.py", "import setuptools");
    project.write("sub/setup.py", "print()");
    let mut request = project.request(V9, &[]);
    request.doctest_modules = true;
    assert_eq!(
        project.walk_as(&request),
        [
            "app/core.py (doctest)",
            "sub/setup.py (doctest)",
            "test_a.py (doctest)",
            "test_a.py",
            "test_notes.txt (doctest)"
        ]
    );
}

#[test]
fn packages_of_7_x_are_collected_after_the_modules_around_them() {
    let files = [
        "tests/__init__.py",
        "tests/test_a.py",
        "tests/data/test_d.py",
        "tests/unit/__init__.py",
        "tests/unit/test_u.py",
    ];
    let project = Project::new(&files);
    assert_eq!(project.walk(V7, &[]), ["tests/test_a.py", "tests/data/test_d.py", "tests/unit/test_u.py"]);
    assert_eq!(project.walk(V9, &[]), ["tests/data/test_d.py", "tests/test_a.py", "tests/unit/test_u.py"]);
}

#[test]
fn an_init_file_is_a_module_only_where_python_files_says_so() {
    let project = Project::new(&["tests/__init__.py", "tests/test_a.py"]);
    for version in [V7, V9] {
        let mut request = project.request(version, &[]);
        request.python_files = vec!["*.py".to_owned()];
        assert_eq!(project.walk_as(&request), ["tests/__init__.py", "tests/test_a.py"]);
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_those_that_never_end_are_given_up() {
    let project = Project::new(&["tests/test_a.py"]);
    std::os::unix::fs::symlink("test_a.py", project.root().join("tests/test_b.py")).unwrap();
    assert_eq!(project.walk(V9, &[]), ["tests/test_a.py", "tests/test_b.py"]);
    for name in ["loop", "pool"] {
        std::os::unix::fs::symlink(".", project.root().join("tests").join(name)).unwrap();
    }
    for version in [V7, V9] {
        let request = project.request(version, &["tests"]);
        let fs = FileSystem::new();
        let mut recorder = Recorder::new(&project.root());
        assert!(Session::new(&request, &fs).collect(&mut recorder).unwrap().truncated);
    }
}

#[test]
fn candidates_hold_what_the_walk_meets() {
    let files =
        ["conftest.py", "tests/__init__.py", "tests/test_a.py", "tests/helpers.py", "build/test_b.py"];
    let project = Project::new(&files);
    let request = project.request(V9, &["tests"]);
    let found = candidates(&request, &FileSystem::new());
    let found: Vec<String> =
        found.iter().map(|path| path.strip_prefix(project.root()).unwrap().display().to_string()).collect();
    assert_eq!(found, ["conftest.py", "tests/__init__.py", "tests/test_a.py"]);
}
