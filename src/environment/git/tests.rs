//! Repositories that a real git makes, in a temporary folder.

use std::process::Command;

use super::*;

struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    fn new() -> Self {
        let scratch = Self { folder: tempfile::tempdir().unwrap() };
        scratch.git(&["init", "-q"]);
        scratch
    }

    fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        let settings = ["-c", "user.email=a@b", "-c", "user.name=n", "-c", "advice.addEmbeddedRepo=false"];
        command.args(settings).args(arguments).current_dir(self.folder.path());
        for variable in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
            command.env_remove(variable);
        }
        let output = command.output().unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self) -> Repository {
        Repository::read(&FileSystem::new(), &self.root()).unwrap().unwrap()
    }

    /// A repository inside, added without being a submodule.
    fn embed(&self, path: &str) {
        self.write(&format!("{path}/file.py"), "");
        self.git(&["-C", path, "init", "-q"]);
        self.git(&["-C", path, "add", "."]);
        self.git(&["-C", path, "commit", "-q", "-m", "x"]);
        self.git(&["add", path]);
        self.git(&["commit", "-q", "-m", "x"]);
    }
}

#[test]
fn files_are_tracked_untracked_or_ignored() {
    let scratch = Scratch::new();
    scratch.write(".gitignore", "*.log\n/build/\n!keep.log\ngenerated_*.py\n");
    scratch.write("tests/.gitignore", "local/\n!generated_kept.py\n");
    for path in
        ["tests/test_a.py", "tests/helper.py", "tests/local/x.py", "build/keep.log", "a.log", "keep.log"]
    {
        scratch.write(path, "");
    }
    scratch.write("generated_a.py", "");
    scratch.write("tests/generated_kept.py", "");
    scratch.write("new/é.py", "");
    scratch.git(&["add", ".gitignore", "tests/test_a.py", "new"]);
    scratch.git(&["add", "-N", "tests/helper.py"]);
    scratch.git(&["add", "-f", "a.log"]);
    let repository = scratch.read();
    let fs = FileSystem::new();
    let ask = |path: &str| repository.tracking(&fs, &scratch.root().join(path));
    assert_eq!(ask("tests/test_a.py"), Tracking::Tracked);
    assert_eq!(ask("new/é.py"), Tracking::Tracked);
    assert_eq!(ask("tests/helper.py"), Tracking::Untracked);
    assert_eq!(ask("tests/local/x.py"), Tracking::Ignored);
    assert_eq!(ask("build/keep.log"), Tracking::Ignored);
    assert_eq!(ask("a.log"), Tracking::Tracked);
    assert_eq!(ask("keep.log"), Tracking::Untracked);
    assert_eq!(ask("generated_a.py"), Tracking::Ignored);
    assert_eq!(ask("tests/generated_kept.py"), Tracking::Untracked);
    assert_eq!(repository.tracking(&fs, Path::new("/elsewhere/x.py")), Tracking::Outside);
    assert!(repository.has_directory(&scratch.root().join("tests")));
    assert!(!repository.has_directory(&scratch.root().join("build")));
}

#[test]
fn an_index_of_any_version_is_read() {
    for version in ["2", "3", "4"] {
        let scratch = Scratch::new();
        for path in ["a/b/c.py", "a/b/d.py", "a/e.py"] {
            scratch.write(path, "");
        }
        scratch.git(&["-c", &format!("index.version={version}"), "add", "."]);
        scratch.git(&["update-index", "--index-version", version]);
        assert_eq!(scratch.read().tracked.len(), 3, "version {version}");
    }
}

#[test]
fn a_folder_without_commits_and_a_broken_index() {
    let scratch = Scratch::new();
    scratch.write("a.py", "");
    let fs = FileSystem::new();
    assert_eq!(scratch.read().tracking(&fs, &scratch.root().join("a.py")), Tracking::Untracked);
    for bytes in [
        &b""[..],
        b"DIRC",
        b"DIRC\0\0\0\x02\xff\xff\xff\xff",
        b"not an index at all, but long enough to be one",
    ] {
        std::fs::write(scratch.root().join(".git/index"), bytes).unwrap();
        assert!(Repository::read(&FileSystem::new(), &scratch.root()).unwrap().is_err());
    }
    assert!(Repository::read(&FileSystem::new(), Path::new("/nowhere/at/all")).is_none());
}

#[test]
fn worktrees_have_their_own_index() {
    let scratch = Scratch::new();
    scratch.write("a.py", "");
    scratch.git(&["add", "."]);
    scratch.git(&["commit", "-q", "-m", "x"]);
    scratch.git(&["worktree", "add", "-q", "tree"]);
    scratch.write("tree/b.py", "");
    let root = scratch.root().join("tree");
    let repository = Repository::read(&FileSystem::new(), &root).unwrap().unwrap();
    let fs = FileSystem::new();
    assert_eq!(repository.root(), root);
    assert_eq!(repository.tracking(&fs, &root.join("a.py")), Tracking::Tracked);
    assert_eq!(repository.tracking(&fs, &root.join("b.py")), Tracking::Untracked);
}

#[test]
fn a_gitlink_without_entry_fails_as_git_says() {
    let scratch = Scratch::new();
    scratch.embed("vendor/lib");
    let repository = scratch.read();
    assert_eq!(repository.submodule_problems(), [SubmoduleProblem::WithoutEntry { path: "vendor/lib" }]);
    let inside = scratch.root().join("vendor/lib/file.py");
    assert_eq!(repository.tracking(&FileSystem::new(), &inside), Tracking::InSubmodule);
    let said = scratch.git(&["submodule", "status"]);
    assert!(said.contains("no submodule mapping found in .gitmodules for path 'vendor/lib'"), "{said}");
    // The first repair: the entry.
    scratch
        .write(".gitmodules", "[submodule \"lib\"]\n\tpath = vendor/lib\n\turl = https://example.org/lib\n");
    assert_eq!(scratch.git(&["submodule", "status"]), "");
    assert!(scratch.read().submodule_problems().is_empty());
    // The second: no gitlink.
    std::fs::remove_file(scratch.root().join(".gitmodules")).unwrap();
    scratch.git(&["rm", "-q", "--cached", "vendor/lib"]);
    assert_eq!(scratch.git(&["submodule", "status"]), "");
    assert!(scratch.read().submodule_problems().is_empty());
}

#[test]
fn entries_may_lack_url_gitlink_and_path() {
    let scratch = Scratch::new();
    scratch.embed("lib");
    scratch.write(".gitmodules", "[submodule \"lib\"]\n\tpath = lib\n");
    let said = scratch.git(&["submodule", "update", "--init"]);
    assert!(said.contains("No url found for submodule path 'lib' in .gitmodules"), "{said}");
    assert!(matches!(scratch.read().submodule_problems()[..], [SubmoduleProblem::WithoutUrl { .. }]));
    scratch.write(
        ".gitmodules",
        "# vendored\n[submodule \"lib\"]\n\tpath = lib/\n\turl =\n[submodule \"gone\"]\n  path = \"gone\" ; was here\n  url = x\n\
         [submodule \"again\"]\n\tPath = lib\n\turl = y\n[submodule \"empty\"]\n[other]\n\tpath = z\n",
    );
    let repository = scratch.read();
    let names: Vec<_> = repository
        .submodule_problems()
        .iter()
        .map(|problem| match problem {
            SubmoduleProblem::WithoutEntry { path } => format!("no entry {path}"),
            SubmoduleProblem::WithoutUrl { entry } => format!("no url {} {}", entry.name, entry.place.line),
            SubmoduleProblem::WithoutGitlink { entry } => {
                format!("no gitlink {} {}", entry.name, entry.place.line)
            }
            SubmoduleProblem::WithoutPath { entry } => format!("no path {} {}", entry.name, entry.place.line),
            SubmoduleProblem::Duplicate { entry, first } => format!("{} like {}", entry.name, first.name),
        })
        .collect();
    assert_eq!(names, ["again like lib", "no path empty 11", "no gitlink gone 5"]);
}
