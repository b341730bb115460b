//! What lies in the site-packages of an environment: the project's own copy, and other people's modules.

use anyhow::Result;
use serde_json::Value;

use crate::project::Project;

const SITE: &str = "env/lib/python3.11/site-packages";

/// A project with `src/shop`, and an environment that holds these files in its site-packages.
fn predicted(tests: &str, installed: &[(&str, &str)]) -> Result<Value> {
    let project = Project::new(&[
        ("env/pyvenv.cfg", "home = /nowhere\nversion = 3.11.7\n"),
        ("src/shop/__init__.py", ""),
        ("tests/test_shop.py", tests),
    ])?;
    for (path, text) in installed {
        project.write(&format!("{SITE}/{path}"), text)?;
    }
    let ran = project.run(&["predict", "--python", "env", "--output-format", "json"])?;
    let mut predicted: Value = serde_json::from_str(&ran.stdout)?;
    Ok(predicted["modules"][0].take())
}

#[test]
fn the_installed_copy_of_the_project_is_interpreted() -> Result<()> {
    let tests = "import pytest\nfrom shop.prices import PRICES\n\n@pytest.mark.parametrize('price', PRICES)\n\
                 def test_price(price): pass\n";
    let copy = [("shop/__init__.py", ""), ("shop/prices.py", "PRICES = [3, 5]\n")];
    let module = predicted(tests, &copy)?;
    assert_eq!(module["items"][1], "tests/test_shop.py::test_price[5]", "{module}");
    Ok(())
}

#[test]
fn what_fails_in_the_installed_copy_is_told_at_the_line_that_imports_it() -> Result<()> {
    let module = predicted("\nimport shop\n", &[("shop/__init__.py", "import certainly_missing\n")])?;
    assert_eq!(module["exception"], "ModuleNotFoundError", "{module}");
    assert_eq!(module["location"]["path"], "tests/test_shop.py");
    assert_eq!(module["location"]["line"], 2);
    Ok(())
}

#[test]
fn other_modules_are_not_interpreted() -> Result<()> {
    let module = predicted("import other\n", &[("other/__init__.py", "import certainly_missing\n")])?;
    assert_eq!(module["outcome"], "collected", "{module}");
    Ok(())
}

#[test]
fn a_name_that_another_module_certainly_lacks_cannot_be_imported() -> Result<()> {
    let other = [("other/__init__.py", "def present(): pass\n")];
    let module = predicted("from other import present\n", &other)?;
    assert_eq!(module["outcome"], "collected", "{module}");
    let module = predicted("from other import missing\n", &other)?;
    assert_eq!((&module["outcome"], &module["exception"]), (&"error".into(), &"ImportError".into()));
    Ok(())
}

#[test]
fn a_plugin_may_be_asked_for_by_the_name_of_its_entry_point() -> Result<()> {
    let project = Project::new(&[
        ("env/pyvenv.cfg", "home = /nowhere\nversion = 3.11.7\n"),
        (&format!("{SITE}/home_made.py"), ""),
        (&format!("{SITE}/home_made-1.dist-info/METADATA"), "Name: home-made\nVersion: 1\n"),
        (&format!("{SITE}/home_made-1.dist-info/entry_points.txt"), "[pytest11]\nhome = home_made\n"),
        ("tests/test_it.py", "def test_it(): pass\n"),
    ])?;
    let exit_code = |arguments: &[&str]| -> Result<Value> {
        let ran = project.run(&[&["predict", "--output-format", "json"], arguments].concat())?;
        Ok(serde_json::from_str::<Value>(&ran.stdout)?["session"]["exit_code"].take())
    };
    for (plugin, code) in [("home", 0), ("home_made", 0), ("other", 4)] {
        assert_eq!(exit_code(&["--python", "env", "--", "-p", plugin])?, code, "{plugin}");
    }
    // the name of another version's entry point
    for (plugin, code) in [("timeout", 0), ("pytest_timeout", 0), ("other", 4)] {
        assert_eq!(exit_code(&["--installed", "pytest_timeout", "--", "-p", plugin])?, code, "{plugin}");
    }
    Ok(())
}

#[test]
fn coroutines_run_with_each_backend_of_anyio() -> Result<()> {
    let conftest = "import pytest\n\n\n@pytest.fixture(params=['one', 'two'])\ndef anyio_backend(request):\n    \
                    return request.param\n";
    let tests = "import pytest\n\n\nasync def test_plain():\n    pass\n\n\n@pytest.mark.anyio\nasync def \
                 test_marked():\n    pass\n\n\ndef test_function(anyio_backend_name):\n    pass\n";
    let project = Project::new(&[
        ("env/pyvenv.cfg", "home = /nowhere\nversion = 3.11.7\n"),
        (&format!("{SITE}/anyio/__init__.py"), ""),
        (
            &format!("{SITE}/anyio/pytest_plugin.py"),
            "def anyio_backend(): 'a mark'; 'anyio_mode'; 'anyio-mode'\n",
        ),
        (&format!("{SITE}/anyio-4.dist-info/METADATA"), "Name: anyio\nVersion: 4\n"),
        (&format!("{SITE}/anyio-4.dist-info/entry_points.txt"), "[pytest11]\nanyio = anyio.pytest_plugin\n"),
        ("tests/conftest.py", conftest),
        ("tests/test_it.py", tests),
    ])?;
    for (ini, arguments, count) in [
        ("", &[][..], 5),
        ("[pytest]\nanyio_mode = auto\n", &[][..], 6),
        ("[pytest]\nanyio_mode = strict\n", &[][..], 5),
        ("[pytest]\nanyio_mode = auto\n", &["--", "-o", "anyio_mode=strict"][..], 5),
        ("", &["--", "--anyio-mode=auto"][..], 6),
    ] {
        project.write("pytest.ini", ini)?;
        let ran =
            project.run(&[&["predict", "--python", "env", "--output-format", "json"], arguments].concat())?;
        let predicted: Value = serde_json::from_str(&ran.stdout)?;
        assert_eq!(predicted["modules"][0]["tests"], count, "{ini}{arguments:?}: {}", ran.stdout);
    }
    Ok(())
}
