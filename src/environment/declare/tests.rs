//! Declarations of small projects, held in memory.

use std::sync::Arc;

use super::*;

fn read(files: &[(&str, &str)]) -> Declarations {
    let overlay = files.iter().map(|(path, text)| (Path::new("/p").join(path), Arc::from(text.as_bytes())));
    Declarations::read(&FileSystem::with_overlay(overlay), Path::new("/p"), &|_| None)
}

fn show(dependencies: &Dependencies) -> String {
    let mut parts: Vec<String> = dependencies
        .items
        .iter()
        .map(|item| match item {
            Item::Dependency(found) => {
                let extras: Vec<_> = found.extras.iter().map(ToString::to_string).collect();
                let name = found.name.as_ref().map_or("?".to_owned(), ToString::to_string);
                let extras =
                    if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
                format!("{name}{extras}:{}", found.place.line)
            }
            Item::Requirements(path, place) => format!("-r {}:{}", path.display(), place.line),
            Item::Group(group, place) => format!("group {group}:{}", place.line),
        })
        .collect();
    if !dependencies.complete {
        parts.push("…".to_owned());
    }
    parts.join(" ")
}

fn extra(declarations: &Declarations, name: &str) -> String {
    show(&declarations.extras[&name.parse().unwrap()])
}

fn group(declarations: &Declarations, name: &str) -> String {
    show(&declarations.groups[&name.parse().unwrap()].dependencies)
}

#[test]
fn pep_621_has_dependencies_extras_and_groups() {
    let declarations = read(&[(
        "pyproject.toml",
        r#"
[project]
name = "Acme.Rocket"
requires-python = ">=3.9"
dependencies = [
  "httpx>=0.27",
  "tomli; python_version < '3.11'",  # old Pythons
]
[project.optional-dependencies]
test = ["pytest", "acme-rocket[e2e]"]
e2e = ["playwright>=1.40"]
[dependency-groups]
dev = [{include-group = "lint"}, "ipython"]
lint = ["ruff"]
[tool.uv]
dev-dependencies = ["rich"]
default-groups = ["lint"]
[tool.uv.sources]
httpx = { path = "../httpx", editable = true }
"#,
    )]);
    assert_eq!(declarations.name.as_ref().unwrap().to_string(), "acme-rocket");
    assert_eq!(show(&declarations.dependencies), "httpx:6 tomli:7");
    assert_eq!(extra(&declarations, "test"), "pytest:10 acme-rocket[e2e]:10");
    assert_eq!(group(&declarations, "dev"), "group lint:13 ipython:13 rich:16");
    assert_eq!(declarations.uv_default_groups, DefaultGroups::Named(vec!["lint".parse().unwrap()]));
    assert_eq!(declarations.sources[&"httpx".parse().unwrap()], Path::new("/httpx"));
    assert!(declarations.is_project && !declarations.hidden_extras);
}

#[test]
fn dynamic_fields_come_from_setuptools_or_are_hidden() {
    let dynamic = "[project]\nname = 'a'\ndynamic = ['dependencies', 'optional-dependencies']\n";
    let hidden = read(&[("pyproject.toml", dynamic)]);
    assert_eq!(show(&hidden.dependencies), "…");
    assert!(hidden.hidden_extras);
    let files = "[tool.setuptools.dynamic]\ndependencies = {file = ['reqs/base.txt']}\n\
                 optional-dependencies.test = {file = 'reqs/test.txt'}\n";
    let stated = read(&[
        ("pyproject.toml", &format!("{dynamic}{files}")),
        ("reqs/base.txt", "numpy\n-r more.txt\n"),
        ("reqs/more.txt", "six"),
    ]);
    assert_eq!(show(&stated.dependencies), "-r /p/reqs/base.txt:5");
    assert_eq!(extra(&stated, "test"), "-r /p/reqs/test.txt:6");
    assert_eq!(stated.requirements.len(), 2);
    let cfg = "[options]\ninstall_requires = numpy; scipy\n[options.extras_require]\nTest =\n  pytest; python_version>'3'\n";
    let older = read(&[("pyproject.toml", dynamic), ("setup.cfg", cfg)]);
    assert_eq!(show(&older.dependencies), "numpy:2 scipy:2");
    assert_eq!(extra(&older, "test"), "pytest:5");
    assert!(!older.hidden_extras);
}

#[test]
fn poetry_has_optional_dependencies_and_groups() {
    let declarations = read(&[(
        "pyproject.toml",
        r#"
[tool.poetry]
name = "acme"
[tool.poetry.dependencies]
python = "^3.9"
requests = { version = "^2.0", extras = ["socks"] }
torch = { version = "*", optional = true }
colorama = { version = "*", platform = "win32" }
tomli = [{ version = "^1", python = "<3.7" }, { version = "^2", python = ">=3.7,<3.11" }]
common = { path = "../common", develop = true }
[tool.poetry.extras]
gpu = ["torch"]
[tool.poetry.group.test.dependencies]
pytest = "^8"
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
sphinx = "*"
"#,
    )]);
    assert_eq!(show(&declarations.dependencies), "requests[socks]:6 colorama:8 tomli:9 tomli:9 common:10");
    assert_eq!(extra(&declarations, "gpu"), "torch:7");
    assert_eq!(group(&declarations, "test"), "pytest:14");
    assert!(declarations.groups[&"docs".parse().unwrap()].optional);
    let python = Some(crate::environment::PythonVersion::new(3, 9));
    let context = MarkerContext::new(python, Some(crate::environment::Platform::Linux), None);
    let applies: Vec<_> = declarations
        .dependencies
        .items
        .iter()
        .map(|item| match item {
            Item::Dependency(found) => context.evaluate(&found.marker, &[]),
            Item::Requirements(..) | Item::Group(..) => Applies::Maybe,
        })
        .collect();
    assert_eq!(applies, [Applies::Yes, Applies::No, Applies::No, Applies::Yes, Applies::Yes]);
}

#[test]
fn older_tools_have_their_own_tables() {
    let declarations = read(&[
        (
            "pyproject.toml",
            "[project]\nname='a'\n[tool.pdm.dev-dependencies]\ntest = ['pytest', '-e file:///p/lib#egg=lib']\n\
             [tool.poetry.dev-dependencies]\nmypy = '*'\n",
        ),
        (
            "Pipfile",
            "[packages]\nflask = '*'\n[dev-packages]\npytest = {version='*', sys_platform=\"== 'linux'\"}\n",
        ),
        (
            "environment.yml",
            "dependencies:\n  - python=3.9\n  - conda-forge::pytorch>=2\n  - pip:\n    - -r requirements.txt\n    - rich\n",
        ),
    ]);
    assert_eq!(group(&declarations, "test"), "pytest:4 lib:4");
    assert_eq!(group(&declarations, "dev"), "mypy:6");
    let pipfile = declarations.pipfile.as_ref().unwrap();
    assert_eq!(show(&pipfile.packages), "flask:2");
    assert_eq!(show(&pipfile.dev_packages), "pytest:4");
    assert_eq!(show(&declarations.conda[0].dependencies), "torch:3 -r /p/requirements.txt:5 rich:6 …");
}

#[test]
fn hatch_environments_inherit_from_the_default_one() {
    let declarations = read(&[(
        "pyproject.toml",
        r#"
[tool.hatch.envs.default]
dependencies = ["pytest", "coverage"]
[tool.hatch.envs.default.scripts]
test = "pytest {args:tests}"
[tool.hatch.envs.e2e]
extra-dependencies = ["playwright"]
features = ["web"]
[[tool.hatch.envs.e2e.matrix]]
python = ["3.9", "3.12"]
[tool.hatch.envs.hatch-test]
extra-dependencies = ["httpx"]
"#,
    )]);
    let e2e = &declarations.hatch["e2e"];
    assert_eq!(show(&e2e.dependencies), "pytest:3 coverage:3 playwright:7");
    assert_eq!(e2e.pythons, ["3.9", "3.12"]);
    assert_eq!(e2e.scripts["test"][0].0, "pytest {args:tests}");
    assert_eq!(show(&declarations.hatch["default"].dependencies), "pytest:3 coverage:3");
}

#[test]
fn a_broken_file_is_an_error_with_a_place() {
    let declarations = read(&[("pyproject.toml", "[project\n")]);
    assert_eq!(declarations.errors.len(), 1);
    assert_eq!(declarations.errors[0].place.line, 1);
}

mod setup_py {
    use super::super::literal::{Call, Located};
    use super::super::*;
    use crate::environment::declare::literal::Literal;
    use crate::text::{SourceFile, Span};

    fn at(literal: Literal) -> Located {
        Located { literal, span: Span::new(0, 1) }
    }

    fn texts(items: &[&str]) -> Located {
        at(Literal::List(items.iter().map(|item| at(Literal::Text((*item).to_owned()))).collect()))
    }

    fn declare(keywords: Vec<(&str, Located)>) -> Declarations {
        let keywords: Vec<_> = keywords.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let overlay = [("/p/setup.py".into(), std::sync::Arc::from(b"".as_slice()))];
        Declarations::read(&FileSystem::with_overlay(overlay), Path::new("/p"), &|path| {
            let call = Call {
                callee: "setuptools.setup".into(),
                arguments: Vec::new(),
                keywords: keywords.clone(),
                span: Span::new(0, 5),
                conditional: false,
            };
            let source = SourceFile::new(path, "setup()\n");
            Some(Outline { source, calls: vec![call], functions: Vec::new(), assignments: Vec::new() })
        })
    }

    #[test]
    fn literal_arguments_are_declarations() {
        let extras = at(Literal::Table(vec![
            (at(Literal::Text("test".into())), texts(&["pytest"])),
            (at(Literal::Text("web".into())), at(Literal::Lines("reqs/web.txt".into()))),
        ]));
        let found =
            declare(vec![("install_requires", texts(&["six", "attrs>=1"])), ("extras_require", extras)]);
        assert_eq!(super::show(&found.dependencies), "six:1 attrs:1");
        assert_eq!(super::extra(&found, "web"), "-r /p/reqs/web.txt:1");
        assert!(!found.hidden_extras);
    }

    #[test]
    fn computed_arguments_are_hidden() {
        let found = declare(vec![("install_requires", at(Literal::Hidden)), ("**", at(Literal::Hidden))]);
        assert!(!found.dependencies.complete);
        assert!(found.hidden_extras);
    }
}
