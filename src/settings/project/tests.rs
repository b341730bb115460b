use std::sync::Arc;

use super::*;
use crate::environment::PythonVersion;

fn root() -> PathBuf {
    PathBuf::from(if cfg!(windows) { "C:\\p" } else { "/p" })
}

fn find(files: &[(&str, &str)], folder: &str) -> Result<ProjectSettings, Vec<String>> {
    let overlay = files.iter().map(|(path, text)| (root().join(path), Arc::from(text.as_bytes())));
    let fs = FileSystem::with_overlay(overlay);
    ProjectSettings::find(&fs, &root().join(folder))
        .map_err(|errors| errors.iter().map(|error| error.to_string().replace('\\', "/")).collect())
}

#[test]
fn every_key_that_is_printed_is_read_and_its_example_is_right() {
    for key in &KEYS {
        let text = key.example.replace("extend = \"../collectlint.toml\"", "extend = \"base.toml\"");
        let found = find(&[("collectlint.toml", &text), ("base.toml", "")], "");
        assert!(found.is_ok(), "{}: {found:?}", key.name);
        assert_ne!(found.map(|found| found.options), Ok(Options::default()), "{}", key.name);
    }
}

#[test]
fn the_nearest_file_counts_and_of_one_folder_the_first() {
    let files = [
        ("pyproject.toml", "[tool.collectlint]\nselect = [\"far\"]"),
        ("a/collectlint.toml", "select = [\"near\"]"),
        ("a/.collectlint.toml", "select = [\"hidden\"]"),
        ("a/b/pyproject.toml", "[tool.other]"),
        ("c/pyproject.toml", "this is no TOML"),
    ];
    for (folder, selected) in [("a/b", "hidden"), ("a", "hidden"), ("c", "far"), ("", "far")] {
        let found = find(&files, folder).expect("there is no mistake");
        assert_eq!(found.options.rules[0].select, Some(vec![selected.to_owned()]), "{folder}");
    }
    assert_eq!(find(&[], "a"), Ok(ProjectSettings::default()));
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let text = "selct = []\nignore = \"CL001\"\nfix-style = \"nice\"\npython-version = [\"3.9\", \"three\"]\n\
                [levels]\nCL001 = \"fatal\"\n[cells.a]\npyton = \"3.9\"\n";
    let place = root().join("collectlint.toml").display().to_string().replace('\\', "/");
    let expected = [
        ":1: there is no key `selct`; did you mean `select`?",
        ":2: `ignore` is a list of strings",
        ":3: `fix-style`: `nice` is none of skip-module, importorskip, skipif",
        ":4: `python-version`: `three` is not a version such as `3.11`",
        ":6: `CL001`: `fatal` is none of error, warning, info, ignore",
        ":8: there is no key `pyton`; did you mean `python`?",
    ];
    let expected: Vec<_> = expected.iter().map(|message| format!("{place}{message}")).collect();
    assert_eq!(find(&[("collectlint.toml", text)], ""), Err(expected));
}

#[test]
fn a_file_lies_over_the_one_that_it_extends() {
    let files = [
        (
            "base.toml",
            "select = [\"CL0\"]\nerror-on-warning = true\nextend-exclude = [\"x\"]\nabsent = [\"a\"]",
        ),
        (
            "collectlint.toml",
            "extend = \"base.toml\"\nignore = [\"CL001\"]\nextend-exclude = [\"y\"]\nabsent = []",
        ),
    ];
    let options = find(&files, "").expect("there is no mistake").options;
    assert_eq!(options.rules.len(), 2);
    assert_eq!(options.error_on_warning, Some(true));
    assert_eq!(options.extend_exclude.len(), 2);
    assert!(options.excludes(&root().join("x/a.py")) && options.excludes(&root().join("y")));
    assert_eq!(options.absent, ["a"]);
}

#[test]
fn files_that_extend_one_another_are_a_mistake() {
    let files = [("collectlint.toml", "extend = \"b.toml\""), ("b.toml", "extend = \"collectlint.toml\"")];
    let errors = find(&files, "").expect_err("it is a circle");
    assert!(errors[0].ends_with("the files that it extends extend one another"), "{errors:?}");
    let errors = find(&[("collectlint.toml", "extend = \"no.toml\"")], "").expect_err("it is not there");
    assert!(errors[0].ends_with("no.toml cannot be read as a configuration file"), "{errors:?}");
}

#[test]
fn a_key_may_be_given_on_the_command_line() {
    let options = inline("python-version = \"3.9\"", &root()).expect("there is no mistake");
    assert_eq!(options.python_versions, [PythonVersion::new(3, 9)]);
    assert_eq!(inline("nonsense", &root()), Err(vec![ConfigError::Neither("nonsense".to_owned())]));
    assert!(inline("select = [", &root()).is_err());
}
