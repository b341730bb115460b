//! The case that collectlint was made for, repaired in each style, and judged by a real pytest with and
//! without the module.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use walkdir::WalkDir;

use crate::project::Project;
use crate::python::Venv;
use crate::stubs::stubs;

fn workflow() -> Result<Project> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/projects/huggingface-workflow");
    let project = Project::new(&[])?;
    for entry in WalkDir::new(&from) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(&from)?.to_str().context("the path is UTF-8")?;
            project.write(path, &fs::read_to_string(entry.path())?)?;
        }
    }
    Ok(project)
}

/// pytest's exit code, and what it prints.
fn collect(project: &Project, installed: &[&str]) -> Result<(i32, String)> {
    let venv = Venv::with("pytest-9.2.0", &["pytest==9.2.0"])?;
    let stubs = stubs(&installed.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())?;
    let output = Command::new(venv.program("pytest"))
        .args(["--collect-only", "-q", "-p", "no:cacheprovider"])
        .current_dir(project.path())
        .env("PYTHONPATH", stubs.path())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok((output.status.code().context("it was killed")?, text))
}

#[test]
fn each_style_lets_pytest_collect_with_and_without_the_module() -> Result<()> {
    let broken = workflow()?;
    let (code, output) = collect(&broken, &["requests"])?;
    ensure!(code == 3 && output.contains("INTERNALERROR"), "the project is not broken: {code}\n{output}");

    for style in ["skip-module", "importorskip", "skipif"] {
        let project = workflow()?;
        let ran = project.run(&["--fix", "--fix-style", style])?;
        ensure!(ran.code == 0, "{style}: {}{}", ran.stdout, ran.stderr);
        for installed in [&["requests"][..], &["requests", "playwright"]] {
            let (code, output) = collect(&project, installed)?;
            ensure!(matches!(code, 0 | 5), "{style}, with {installed:?}: pytest exits with {code}\n{output}");
            let skips_module = style != "skipif" && installed.len() == 1;
            ensure!(
                output.contains("TestWorkflow::test_search") != skips_module,
                "{style}, with {installed:?}: the wrong tests are there\n{output}"
            );
            ensure!(output.contains("test_count"), "{style}: a healthy test is lost\n{output}");
        }
        let repaired = project.read("tests/test_browser_workflow.py")?;
        let again = project.run(&["--fix", "--fix-style", style])?;
        assert_eq!(again.code, 0, "{style}: {}", again.stdout);
        assert_eq!(project.read("tests/test_browser_workflow.py")?, repaired, "{style} is repaired twice");
    }
    Ok(())
}

#[test]
fn what_is_shown_as_json_carries_the_fix() -> Result<()> {
    let ran = workflow()?.run(&["--output-format", "json"])?;
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let records: serde_json::Value = serde_json::from_str(&ran.stdout)?;
    let record = &records[0];
    assert_eq!(record["code"], "CL001", "{}", ran.stdout);
    assert_eq!(record["fix"]["applicability"], "safe", "{}", ran.stdout);
    assert_eq!(record["fix"]["edits"].as_array().map(Vec::len), Some(2), "{}", ran.stdout);
    Ok(())
}

#[test]
fn a_diff_changes_no_file() -> Result<()> {
    let project = workflow()?;
    let before = project.read("tests/test_browser_workflow.py")?;
    let ran = project.run(&["--diff"])?;
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("+    pytest.skip(\"playwright is not installed\""), "{}", ran.stdout);
    assert_eq!(project.read("tests/test_browser_workflow.py")?, before);
    Ok(())
}

#[test]
fn known_findings_stay_silent_and_the_baseline_only_shrinks() -> Result<()> {
    let project = workflow()?;
    let written = project.run(&["--write-baseline", "known.json"])?;
    assert_eq!(written.code, 0, "{}", written.stderr);
    let known = project.run(&["--baseline", "known.json"])?;
    assert_eq!(known.code, 0, "{}", known.stdout);

    project.write("tests/test_new.py", "import sys\n\nsys.exit(1)\n")?;
    let new = project.run(&["--baseline", "known.json", "--output-format", "concise"])?;
    assert_eq!(new.code, 1, "{}", new.stderr);
    assert!(
        new.stdout.contains("test_new.py:3:1: CL001") && !new.stdout.contains("workflow.py"),
        "{}",
        new.stdout
    );

    let before = project.read("known.json")?;
    let refused = project.run(&["--write-baseline", "known.json"])?;
    assert_eq!((refused.code, project.read("known.json")?), (1, before), "{}", refused.stderr);
    let forced = project.run(&["--write-baseline", "known.json", "--force"])?;
    assert_eq!(forced.code, 0, "{}", forced.stderr);
    assert_eq!(project.run(&["--baseline", "known.json"])?.code, 0);
    Ok(())
}

#[test]
fn ignores_are_added_to_the_lines() -> Result<()> {
    let project = workflow()?;
    let ran = project.run(&["--add-ignore=known since spring"])?;
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let text = project.read("tests/test_browser_workflow.py")?;
    assert!(text.contains("    sys.exit(1)  # collectlint: ignore[CL001] known since spring\n"), "{text}");
    assert_eq!(project.run(&[])?.code, 0);
    Ok(())
}
