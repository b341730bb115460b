//! The command line.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use anyhow::{Context as _, Result};

use crate::project::{Project, Ran};

fn run(arguments: &[&str]) -> Result<Ran> {
    Project::new(&[("tests/test_x.py", "def test_a(): pass\n")])?.run(arguments)
}

#[test]
fn help_tells_the_commands() -> Result<()> {
    insta::assert_snapshot!(run(&["--help"])?.stdout);
    Ok(())
}

#[test]
fn help_of_check_tells_its_options() -> Result<()> {
    insta::assert_snapshot!(run(&["check", "--help"])?.stdout);
    Ok(())
}

#[test]
fn help_of_predict_tells_its_options() -> Result<()> {
    insta::assert_snapshot!(run(&["predict", "--help"])?.stdout);
    Ok(())
}

#[test]
fn a_clean_suite_is_said_to_be_clean() -> Result<()> {
    for arguments in [&[][..], &["check"], &["tests"], &["check", "tests/test_x.py"], &["-j", "1"]] {
        let ran = run(arguments)?;
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(ran.stdout.starts_with("All checks passed"), "{arguments:?}: {}", ran.stdout);
    }
    assert_eq!(run(&["-q"])?.stdout, "");
    assert_eq!(run(&["--silent"])?.stdout, "");
    Ok(())
}

#[test]
fn what_cannot_be_done_ends_with_two_and_a_reason() -> Result<()> {
    for (arguments, reason) in [
        (&["nowhere"][..], "`[PROJECT]/nowhere` does not exist"),
        (&["-"], "`-` needs `--stdin-filename FILE`"),
        (&["--output-format", "yaml"], "`yaml` is not an output format: full, concise"),
        (&["--python-version", "three"], "`three` is not a version such as `3.11`"),
        (&["--python-platform", "amiga"], "`amiga` is not a platform"),
        (&["rule", "CL000"], "there is no rule `CL000`"),
        (&["rule"], "<RULE>"),
        (&["--output-file", "no/such/folder/out.txt"], "out.txt"),
        (&["--quiet", "--silent"], "--silent"),
        (&["--select", "CL999"], "the command line: there is no rule `CL999`"),
        (&["--per-file-ignores", "tests"], "`--per-file-ignores tests` is not `PATTERN:RULE`"),
        (&["--exclude", "["], "`[` is no pattern"),
        (&["--config", "nowhere.toml"], "`--config nowhere.toml` is neither a file nor `KEY=VALUE`"),
        (&["--config", "selct = []"], "did you mean `select`?"),
        (&["config", "selct"], "there is no key `selct`"),
    ] {
        let ran = run(arguments)?;
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        let stderr = ran.stderr.replace('\\', "/");
        assert!(stderr.contains(reason), "{arguments:?}: {stderr}");
    }
    Ok(())
}

#[test]
fn a_mistake_in_the_configuration_is_told_with_its_place() -> Result<()> {
    let files = [
        ("pyproject.toml", "[project]\n[tool.collectlint]\nselct = []\nfix-style = 1\n"),
        ("a.toml", ""),
        ("test_x.py", "def test_x():\n    pass\n"),
    ];
    let project = Project::new(&files)?;
    let ran = project.run(&["check"])?;
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    insta::assert_snapshot!(ran.stderr.replace('\\', "/"), @r"
    collectlint: error: [PROJECT]/pyproject.toml:3: there is no key `selct`; did you mean `select`?
    [PROJECT]/pyproject.toml:4: `fix-style` is a string
    ");
    assert_eq!(project.run(&["--isolated"])?.code, 0);
    assert_eq!(project.run(&["--config", "a.toml"])?.code, 0);
    assert_eq!(project.run(&["--config", "a.toml", "--config", "error-on-warning = true"])?.code, 0);
    Ok(())
}

#[test]
fn the_keys_of_the_configuration_are_printed() -> Result<()> {
    let ran = run(&["config"])?;
    assert!(ran.stdout.starts_with("extend\nselect\n"), "{}", ran.stdout);
    insta::assert_snapshot!(run(&["config", "fix-style"])?.stdout);
    let keys: serde_json::Value =
        serde_json::from_str(&run(&["config", "select", "--output-format", "json"])?.stdout)?;
    assert_eq!(keys[0]["key"], "select");
    Ok(())
}

#[test]
fn several_reports_come_from_one_run() -> Result<()> {
    let project = Project::new(&[("test_x.py", "def test_x():\n    pass\n")])?;
    let ran =
        project.run(&["--output-format", "json,sarif=out.sarif", "--output-format", "junit=out.xml"])?;
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "[]\n"));
    assert!(project.read("out.sarif")?.contains("\"results\": []"));
    assert!(project.read("out.xml")?.contains("No errors found"));

    let ran = project.run(&["--output-format", "json", "--output-file", "out.json"])?;
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    assert_eq!(project.read("out.json")?, "[]\n");
    Ok(())
}

#[test]
fn the_output_format_may_come_from_the_environment() -> Result<()> {
    let project = Project::new(&[("test_x.py", "def test_x():\n    pass\n")])?;
    let mut command = project.command(&[]);
    command.env("COLLECTLINT_OUTPUT_FORMAT", "gitlab");
    assert_eq!(project.finish(command)?.stdout, "[]\n");
    Ok(())
}

#[test]
fn standard_input_stands_for_the_file_that_is_named() -> Result<()> {
    let project = Project::new(&[])?;
    for arguments in
        [&["--stdin-filename", "tests/test_new.py", "-"][..], &["--stdin-filename", "test_new.py"]]
    {
        let mut command = project.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        child.stdin.take().context("standard input is piped")?.write_all(b"def test_a(): pass\n")?;
        let output = child.wait_with_output()?;
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
    Ok(())
}

#[test]
fn completions_are_written_for_every_shell() -> Result<()> {
    for shell in ["bash", "elvish", "fish", "nushell", "powershell", "zsh"] {
        let ran = run(&["completions", shell])?;
        assert_eq!(ran.code, 0);
        assert!(ran.stdout.contains("output-format"), "{shell}");
    }
    Ok(())
}

#[test]
fn a_reader_that_stops_reading_is_no_failure() -> Result<()> {
    let project = Project::new(&[])?;
    let mut child =
        project.command(&["completions", "zsh"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().context("standard error is piped")?.read_to_string(&mut said)?;
    assert_eq!((child.wait()?.code(), said.as_str()), (Some(0), ""));
    Ok(())
}

#[test]
fn the_version_is_told_in_both_forms() -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(run(&["--version"])?.stdout, format!("collectlint {version}\n"));
    assert!(run(&["version"])?.stdout.contains(version));
    let told: serde_json::Value =
        serde_json::from_str(&run(&["version", "--output-format", "json"])?.stdout)?;
    assert_eq!(told["version"], version);
    Ok(())
}

#[test]
fn what_foreign_code_makes_of_a_class_is_unknown() -> Result<()> {
    let text = "from attrs import define, fields\n\n\n@define\nclass Point:\n    x: int\n\n\n\
                names = [field.name for field in fields(Point)]\n\n\n\
                def test_names():\n    assert names\n";
    let project = Project::new(&[("test_point.py", text)])?;
    let ran = project.run(&["predict"])?;
    assert!(ran.stdout.contains("test_point.py: collected, 1 test"), "{}", ran.stdout);
    Ok(())
}

#[test]
fn what_hooks_ask_of_an_item_may_be_a_property() -> Result<()> {
    let conftest = "def pytest_collection_modifyitems(items):\n    \
                    items.sort(key=lambda item: item.location[0].startswith('tests/slow'))\n    \
                    for item in items:\n        item.user_properties.append(('kind', item.own_markers))\n";
    let project = Project::new(&[
        ("conftest.py", conftest),
        ("test_a.py", "def test_a(): pass\n\ndef test_b(): pass\n"),
    ])?;
    let ran = project.run(&["check"])?;
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    Ok(())
}

#[test]
fn findings_are_those_of_the_session_that_is_stated() -> Result<()> {
    let project =
        Project::new(&[("test_a.py", "import sys\n\nsys.exit(1)\n"), ("test_b.py", "def test_b(): pass\n")])?;
    assert_eq!(project.run(&["check"])?.code, 1);
    let ran = project.run(&["check", "--", "--ignore=test_a.py"])?;
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let refused = project.run(&["check", "--output-format", "concise", "--", "--no-such-option"])?;
    assert_eq!(refused.code, 1, "{}{}", refused.stdout, refused.stderr);
    Ok(())
}
