//! `verify`, with a real pytest.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::project::Project;
use crate::python::Venv;

const FILES: [(&str, &str); 7] = [
    ("tests/test_dies.py", "import os\n\nos._exit(0)\n"),
    ("tests/test_exits.py", "import sys\n\nsys.exit(1)\n"),
    ("tests/test_fails.py", "import helper\n"),
    ("tests/helper.py", "\nimport certainly_not_installed\n"),
    ("tests/test_good.py", "def test_a(): pass\n"),
    ("tests/test_needs.py", "import pip\n"),
    ("tests/test_skips.py", "import pytest\n\npytest.skip('no', allow_module_level=True)\n"),
];

fn python() -> Result<String> {
    let venv = Venv::with("pytest-9.2.0", &["pytest==9.2.0"])?;
    Ok(venv.program("python").to_str().context("the path is UTF-8")?.to_owned())
}

#[test]
fn a_prediction_that_is_right_is_said_to_be() -> Result<()> {
    let project = Project::new(&FILES)?;
    let ran = project.run(&["verify", "--python", &python()?])?;
    insta::assert_snapshot!(ran.stdout, @r"
    modules            6 of 6 agree
    outcomes           6 of 6 agree
    exceptions         3 of 3 agree
    lines              3 of 3 agree
    numbers of tests   2 of 2 agree
    node ids           1 of 1 agree
    known node ids     1 of 1 agree
    exit code          1 of 1 agree
    ");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    Ok(())
}

#[test]
fn ids_that_are_not_known_are_told_apart() -> Result<()> {
    let module = "import os\n\nimport pytest\n\n\n@pytest.mark.parametrize('value', [1, os.getpid()])\n\
                  def test_it(value):\n    pass\n";
    let project = Project::new(&[("tests/test_it.py", module)])?;
    let ran = project.run(&["predict", "--output-format", "json"])?;
    let predicted: Value = serde_json::from_str(&ran.stdout)?;
    let module = &predicted["modules"][0];
    assert_eq!(module["items"], json!(["tests/test_it.py::test_it[1]", "tests/test_it.py::test_it[value1]"]));
    assert_eq!(module["unknown_ids"], json!(["tests/test_it.py::test_it[value1]"]));
    let ran = project.run(&["predict", "--verbose"])?;
    insta::assert_snapshot!(ran.stdout, @r"
    Python 3.13 on linux, pytest 9.2.0 (default)
    tests/test_it.py: collected, 2 tests
      tests/test_it.py::test_it[1]
      tests/test_it.py::test_it[value1] (what is in brackets is not known)
    pytest collects 2 tests and exits with 0
    ");
    Ok(())
}

#[test]
fn the_variables_of_the_process_are_for_both() -> Result<()> {
    let module = "import os\n\nimport pytest\n\nCASES = ['a', 'b'] if os.environ.get('MORE_CASES') == '1' else ['a']\n\n\n\
                  @pytest.mark.parametrize('case', CASES)\ndef test_it(case):\n    pass\n";
    let project = Project::new(&[("tests/test_it.py", module)])?;
    let python = python()?;
    let arguments = ["verify", "--python", &python, "--output-format", "json"];
    for (value, tests) in [(None, 1), (Some("1"), 2)] {
        let mut command = project.command(&arguments);
        command.envs(value.map(|value| ("MORE_CASES", value)));
        let ran = project.finish(command)?;
        let compared: Value = serde_json::from_str(&ran.stdout)?;
        assert_eq!(compared["known_items"], json!({"agree": tests, "of": tests}), "{}", ran.stdout);
        assert_eq!(compared["unknown_tests"], 0, "{}", ran.stdout);
    }
    // who only predicts does not know them
    let ran = project.run(&["predict", "--python", &python, "--output-format", "json"])?;
    let predicted: Value = serde_json::from_str(&ran.stdout)?;
    assert_eq!(predicted["modules"][0]["tests"], Value::Null, "{}", ran.stdout);
    Ok(())
}

#[test]
fn a_module_that_is_made_absent_is_absent_for_both() -> Result<()> {
    let project = Project::new(&FILES[3..6])?;
    let arguments = ["verify", "--python", &python()?, "--absent", "pip", "--output-format", "json"];
    let ran = project.run(&arguments)?;
    let compared: Value = serde_json::from_str(&ran.stdout)?;
    assert_eq!(compared["exceptions"]["of"], 1, "{}", ran.stdout);
    assert_eq!(compared["agrees"], true, "{}", ran.stdout);
    Ok(())
}

#[test]
fn pytests_own_arguments_are_for_both() -> Result<()> {
    let project = Project::new(&FILES)?;
    let ran = project.run(&[
        "verify",
        "--python",
        &python()?,
        "--",
        "tests/test_good.py",
        "--import-mode=importlib",
    ])?;
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("1 of 1 agree"));
    Ok(())
}

#[test]
fn without_an_interpreter_there_is_nothing_to_verify_with() -> Result<()> {
    let project = Project::new(&FILES)?;
    let ran = project.run(&["verify"])?;
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("say with `--python`"), "{}", ran.stderr);
    let ran = project.run(&["verify", "--bare"])?;
    assert!(ran.stderr.contains("use `--absent`"), "{}", ran.stderr);
    Ok(())
}

#[test]
fn the_story_of_a_module_is_told() -> Result<()> {
    let project = Project::new(&FILES)?;
    let options = ["--installed", "", "--python-version", "3.11", "--python-platform", "linux"];
    let ran = project.run(&[&["explain", "tests/test_fails.py"][..], &options].concat())?;
    insta::assert_snapshot!(ran.stdout);
    let ran = project.run(&[&["explain", "tests/test_good.py::test_a"][..], &options].concat())?;
    assert!(ran.stdout.ends_with("\npytest collects\n  tests/test_good.py::test_a\n"), "{}", ran.stdout);
    let ran = project.run(&[&["explain", "tests/helper.py"][..], &options].concat())?;
    assert!(ran.stdout.starts_with("A plain pytest does not meet this module."), "{}", ran.stdout);
    Ok(())
}
