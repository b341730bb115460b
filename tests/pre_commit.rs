//! The real pre-commit runs the hooks of this repository on a small project. Needs git, `python3` and, the
//! first time, the package indexes.

#[path = "support/python.rs"]
mod python;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use python::Venv;

const BROKEN: &str = "\
import sys

try:
    import playwright
except ImportError:
    sys.exit(1)


def test_page():
    assert playwright
";

fn git(folder: &Path, arguments: &[&str]) -> Result<()> {
    let output = Command::new("git")
        .args(["-c", "user.name=test", "-c", "user.email=test@localhost"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .context("this test needs git")?;
    ensure!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs one hook of this repository in `project`.
fn try_repo(project: &Path, hook: &str) -> Result<Output> {
    let venv = Venv::with("pre-commit", &["pre-commit==4.3.0"])?;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = Path::new(env!("CARGO_BIN_EXE_collectlint")).parent().context("it is in a folder")?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([program.to_path_buf()].into_iter().chain(std::env::split_paths(&path)))?;
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pre-commit");
    Ok(Command::new(venv.program("pre-commit"))
        .args(["try-repo", "--all-files", "--color=never"])
        .arg(here)
        .arg(hook)
        .current_dir(project)
        .env("PATH", path)
        .env("PRE_COMMIT_HOME", built.join("home"))
        // Built as quickly as can be: this is about the hook, not about speed.
        .env("CARGO_TARGET_DIR", built.join("target"))
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "none")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .output()?)
}

#[test]
fn the_hooks_fail_until_the_project_is_repaired() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let project = folder.path();
    fs::write(project.join("test_page.py"), BROKEN)?;
    git(project, &["init", "--quiet"])?;
    git(project, &["add", "."])?;
    git(project, &["commit", "--quiet", "-m", "begin"])?;

    let system = try_repo(project, "collectlint-system")?;
    ensure!(!system.status.success() && said(&system).contains("CL001"), "{}", said(&system));
    let built = try_repo(project, "collectlint")?;
    ensure!(!built.status.success() && said(&built).contains("CL001"), "{}", said(&built));

    let fixed = Command::new(env!("CARGO_BIN_EXE_collectlint")).arg("--fix").current_dir(project).output()?;
    ensure!(fixed.status.success(), "{}", said(&fixed));
    for hook in ["collectlint-system", "collectlint"] {
        let repaired = try_repo(project, hook)?;
        ensure!(repaired.status.success(), "{}", said(&repaired));
    }
    Ok(())
}
