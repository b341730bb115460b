//! Setup files of the usual kinds.

use std::sync::Arc;

use super::*;
use crate::environment::declare::{Declarations, Item};
use crate::fs::FileSystem;

fn declare(setup: &str) -> Declarations {
    let fs = FileSystem::with_overlay([("/p/setup.py".into(), Arc::from(setup.as_bytes()))]);
    Declarations::read(&fs, Path::new("/p"), &|path| outline(path, setup.as_bytes()))
}

fn show(list: &crate::environment::declare::Dependencies) -> String {
    let mut parts: Vec<String> = list
        .items
        .iter()
        .map(|item| match item {
            Item::Dependency(dependency) => format!("{}:{}", dependency.text, dependency.place.line),
            Item::Requirements(path, place) => format!("-r {}:{}", path.display(), place.line),
            Item::Group(group, _) => group.to_string(),
        })
        .collect();
    if !list.complete {
        parts.push("…".to_owned());
    }
    parts.join(" ")
}

#[test]
fn names_bound_to_literals_are_followed() {
    let found = declare(
        r#"
import sys
from setuptools import setup
REQUIRES = ["six"]
REQUIRES += [
    "attrs",
]
REQUIRES.append("idna")
TESTS = ("pytest", *REQUIRES)
extras = {"test": list(TESTS)}
extras["all"] = extras["test"] + ["sphinx"]
extras.update(dict(web="flask werkzeug".split()))
if __name__ == "__main__":
    setup(name="acme", install_requires=REQUIRES, extras_require=extras, python_requires=">=3.8")
"#,
    );
    assert_eq!(found.name.as_ref().unwrap().to_string(), "acme");
    assert_eq!(show(&found.dependencies), "six:4 attrs:6 idna:8");
    assert_eq!(show(&found.extras[&"test".parse().unwrap()]), "pytest:9 six:4 attrs:6 idna:8");
    assert_eq!(show(&found.extras[&"all".parse().unwrap()]), "pytest:9 six:4 attrs:6 idna:8 sphinx:11");
    assert_eq!(show(&found.extras[&"web".parse().unwrap()]), "flask:12 werkzeug:12");
    assert!(!found.hidden_extras);
}

#[test]
fn conditions_leave_lists_open() {
    let found = declare(
        "requires = ['six']\nif sys.platform == 'win32':\n    requires.append('pywin32')\nsetup(install_requires=requires, **more)\n",
    );
    assert_eq!(show(&found.dependencies), "six:1 …");
    assert!(found.hidden_extras);
}

#[test]
fn requirements_files_that_are_opened_are_followed() {
    for reading in [
        "with open('reqs.txt') as f:\n    required = f.read().splitlines()\n",
        "required = [line.strip() for line in open(os.path.join(here, 'reqs.txt'))]\n",
        "required = (here / 'reqs.txt').read_text().splitlines()\n",
        "required = Path('reqs.txt').read_text().split('\\n')\n",
        "def parse_requirements(name):\n    return []\nrequired = parse_requirements('reqs.txt')\n",
    ] {
        let found = declare(&format!("{reading}setup(install_requires=required)\n"));
        assert!(
            show(&found.dependencies).starts_with("-r /p/reqs.txt:"),
            "{reading}: {}",
            show(&found.dependencies)
        );
        assert!(found.dependencies.complete);
    }
}

#[test]
fn a_table_of_arguments_may_be_passed_as_a_whole() {
    let found = declare(
        "kwargs = {'name': 'x', 'install_requires': ['six']}\ndef main():\n    setup(**kwargs)\nmain()\n",
    );
    assert_eq!(show(&found.dependencies), "six:1");
    assert_eq!(show(&declare("setup(install_requires=compute())").dependencies), "…");
}

#[test]
fn nox_sessions_have_decorators_and_calls() {
    let text = "import nox\nnox.options.sessions = ['tests']\nDEPS = ['pytest', 'attrs']\n\n@nox.session(python=['3.9', '3.12'])\n\
                def tests(session):\n    session.install('-e', '.[test]', *DEPS)\n    if session.posargs:\n        session.run('echo')\n    session.run('pytest', *session.posargs, env={'A': '1'})\n";
    let outline = outline(Path::new("/p/noxfile.py"), text.as_bytes()).unwrap();
    assert_eq!(outline.assignments[0].0, "nox.options.sessions");
    let tests = &outline.functions[0];
    assert_eq!(tests.decorators[0].callee, "nox.session");
    let shown: Vec<_> = tests
        .calls
        .iter()
        .map(|call| (call.callee.as_str(), call.arguments.len(), call.conditional))
        .collect();
    assert_eq!(shown, [("session.install", 4, false), ("session.run", 1, true), ("session.run", 2, false)]);
    assert_eq!(tests.calls[0].arguments[3].text(), Some("attrs"));
    assert_eq!(tests.calls[2].arguments[1].literal, Literal::Hidden);
}

#[test]
fn values_that_multiply_are_cut_off() {
    let mut text = String::from("a = ['x', 'y']\n");
    text += &"a = a + a\na += a\n".repeat(60);
    let found = declare(&(text + "setup(install_requires=a)\n"));
    assert!(!found.dependencies.complete);
    assert!(found.dependencies.items.len() <= 6000);
}
