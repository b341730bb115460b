//! What scripts install and how they start pytest.

use std::sync::Arc;

use super::*;
use crate::environment::PythonVersion;
use crate::environment::declare::literal::{Call, Function, Literal, Located};
use crate::environment::install::{Parts, ProjectInstall, Selection};
use crate::text::{SourceFile, Span};

fn sessions(files: &[(&str, &str)], script: &str) -> Vec<Session> {
    let overlay = files.iter().map(|(path, text)| (Path::new("/p").join(path), Arc::from(text.as_bytes())));
    let fs = FileSystem::with_overlay(overlay);
    let outline = |path: &Path| path.ends_with("noxfile.py").then(|| noxfile(path));
    let files = Files::new(&fs, Path::new("/p"), &outline);
    let state = State {
        python: Interpreter::CPython(PythonVersion::new(3, 11)),
        pinned_python: None,
        platform: Some(Platform::Linux),
        machine: Some(Machine::X86_64),
        host: Host::Anyone,
        variables: Variables::new(),
        installed: Installs::default(),
        directory: "/p".into(),
    };
    let mut runner = Runner::new(&files, state);
    let path = Arc::new(PathBuf::from("/p/ci.yml"));
    runner.run_script(script, Shell::Posix, true, &|line| Place {
        path: Arc::clone(&path),
        span: Span::default(),
        line: line + 1,
    });
    runner.sessions
}

/// One line for each session: what is installed, and how pytest is started.
fn show(files: &[(&str, &str)], script: &str) -> Vec<String> {
    sessions(files, script).iter().map(describe).collect()
}

fn describe(session: &Session) -> String {
    let steps: Vec<_> = session.state.installed.steps.iter().map(step).collect();
    let unknown = if session.state.installed.everything_known { "" } else { " …" };
    let program = if session.pytest.as_module { "python -m pytest" } else { "pytest" };
    let arguments = session.pytest.arguments.join(" ");
    let more = if session.pytest.complete { "" } else { " …" };
    let label = session.label.as_ref().map(|label| format!(" @{label}")).unwrap_or_default();
    let python = session.state.python.version().map_or("?".to_owned(), |version| version.to_string());
    format!("[{}{unknown}] {python}: {program} {arguments}{more}{label}", steps.join(", "))
}

fn step(install: &Install) -> String {
    let maybe = if install.certain { "" } else { "?" };
    let what = match &install.what {
        What::Project(project) => project_text(project),
        What::Requirements(path) => format!("-r {}", path.display()),
        What::Package(dependency) => dependency.text.clone(),
        What::CondaEnvironment(path) => format!("conda {}", path.display()),
        What::Pipfile { dev, .. } => format!("Pipfile{}", if *dev { " dev" } else { "" }),
    };
    format!("{what}{maybe}")
}

fn project_text(project: &ProjectInstall) -> String {
    let mut text = format!("{:?} {}", project.installer, project.root.display()).to_lowercase();
    let mut add = |name: &str, selection: &Selection<pep508_rs::ExtraName>| {
        let all = if selection.all { vec!["*".to_owned()] } else { Vec::new() };
        let named = selection.named.iter().map(ToString::to_string);
        let without = selection.without.iter().map(|name| format!("-{name}"));
        let names: Vec<_> = all.into_iter().chain(named).chain(without).collect();
        if !names.is_empty() {
            text += &[" ", name, "=", &names.join("+")].concat();
        }
    };
    add("extras", &project.extras);
    add("groups", &project.groups);
    match project.parts {
        Parts::Both => {}
        Parts::Dependencies => text += " dependencies",
        Parts::Itself => text += " itself",
        Parts::Neither => text += " only",
    }
    if project.default_groups { text + " +defaults" } else { text }
}

/// ```python
/// @nox.session(python=["3.9", "3.11"])
/// def tests(session):
///     session.install("-e", ".[test]")
///     session.run("pytest", *session.posargs, env={"MODE": "x"})
///
/// @nox.session
/// def linked(session):
///     prepare(session)
///     session.run("pytest")
/// ```
fn noxfile(path: &Path) -> Outline {
    let at = |literal| Located { literal, span: Span::new(0, 1) };
    let texts =
        |items: &[&str]| items.iter().map(|item| at(Literal::Text((*item).to_owned()))).collect::<Vec<_>>();
    let call = |callee: &str, arguments: Vec<Located>, keywords: Vec<(String, Located)>| Call {
        callee: callee.to_owned(),
        arguments,
        keywords,
        span: Span::new(0, 1),
        conditional: false,
    };
    let pythons = ("python".to_owned(), at(Literal::List(texts(&["3.9", "3.11"]))));
    let mode = Literal::Table(vec![(at(Literal::Text("MODE".into())), at(Literal::Text("x".into())))]);
    let mut arguments = texts(&["pytest"]);
    arguments.push(at(Literal::Hidden));
    Outline {
        source: SourceFile::new(path, "import nox\n"),
        calls: Vec::new(),
        functions: vec![
            Function {
                name: "tests".into(),
                decorators: vec![call("nox.session", Vec::new(), vec![pythons])],
                calls: vec![
                    call("session.install", texts(&["-e", ".[test]"]), Vec::new()),
                    call("session.run", arguments, vec![("env".into(), at(mode))]),
                ],
                span: Span::new(0, 1),
            },
            Function {
                name: "linked".into(),
                decorators: vec![call("nox.session", Vec::new(), Vec::new())],
                calls: vec![
                    call("prepare", vec![at(Literal::Hidden)], Vec::new()),
                    call("session.run", texts(&["pytest"]), Vec::new()),
                ],
                span: Span::new(0, 1),
            },
            Function {
                name: "prepare".into(),
                decorators: Vec::new(),
                calls: Vec::new(),
                span: Span::new(0, 1),
            },
        ],
        assignments: vec![("nox.options.sessions".into(), at(Literal::List(texts(&["tests"]))))],
    }
}

#[test]
fn pip_installs_projects_files_and_packages() {
    assert_eq!(
        show(
            &[],
            "python -m pip install --upgrade pip\npip install -e '.[test,docs]' -r requirements/dev.txt \"numpy>=2\"\npytest -q tests"
        ),
        ["[pip, pip /p extras=docs+test, -r /p/requirements/dev.txt, numpy>=2] 3.11: pytest -q tests"]
    );
    assert_eq!(
        show(
            &[],
            "pip install --no-deps . && python3.9 -m pip install --group dev -c constraints.txt\npython3.9 -X dev -m pytest"
        ),
        ["[pip /p itself, pip /p groups=dev only] 3.9: python -m pytest "]
    );
    assert_eq!(
        show(&[], "pip install $EXTRA dist/*.whl; coverage run --source x -m pytest"),
        ["[pip /p …] 3.11: python -m pytest "]
    );
}

#[test]
fn uv_syncs_before_it_runs() {
    assert_eq!(
        show(&[], "uv sync --locked --extra web --group=test --no-dev\nuv run --no-sync pytest"),
        ["[uv /p extras=web groups=test+-dev +defaults] 3.11: pytest "]
    );
    assert_eq!(
        show(&[], "uv run --python 3.9 --all-extras --with httpx -- python -m pytest -x"),
        ["[uv /p extras=* +defaults, httpx] 3.9: python -m pytest -x"]
    );
    assert_eq!(
        show(&[], "uv sync --only-group test\nuv pip install -r pyproject.toml --extra a\npytest"),
        ["[uv /p groups=test only, pip /p extras=a dependencies] 3.11: pytest "]
    );
    assert_eq!(show(&[], "uvx --with pytest-cov pytest@8 -q"), ["[pytest-cov] 3.11: pytest -q @uvx"]);
}

#[test]
fn poetry_pdm_and_pipenv_have_groups() {
    assert_eq!(
        show(&[], "poetry install --with test,e2e --without dev -E \"a b\"\npoetry run pytest"),
        ["[poetry /p extras=a+b groups=e2e+test+-dev +defaults] 3.11: pytest "]
    );
    assert_eq!(
        show(&[], "poetry -C sub install --only test --no-root\npytest"),
        ["[poetry /p/sub groups=test only] 3.11: pytest "]
    );
    assert_eq!(show(&[], "pdm sync -dG test && pdm run pytest"), ["[pdm /p +defaults] 3.11: pytest "]);
    assert_eq!(
        show(&[], "pdm install -d -G test\npdm run pytest"),
        ["[pdm /p extras=test groups=test] 3.11: pytest "]
    );
    assert_eq!(
        show(&[], "pipenv install --dev --deploy\npipenv run pytest"),
        ["[Pipfile dev] 3.11: pytest "]
    );
}

#[test]
fn tox_runs_each_environment_by_itself() {
    let tox = "[tox]\nenvlist = py{39,311}, lint\n[testenv]\ndeps =\n  -rreqs.txt\n  pytest\nextras = web\n\
               commands = pytest {posargs:tests}\n[testenv:lint]\ncommands = ruff check\n";
    let files = [("tox.ini", tox)];
    assert_eq!(
        show(&files, "pip install tox\ntox"),
        ["[-r /p/reqs.txt, pytest, pip /p extras=web] 3.11: pytest tests @py311"]
    );
    assert_eq!(
        show(&files, "tox run -e py39,lint -- -k fast"),
        ["[-r /p/reqs.txt, pytest, pip /p extras=web] 3.9: pytest -k fast @py39"]
    );
    assert_eq!(
        show(&files, "TOXENV=py39 python -m tox")[0].split(": ").next().unwrap(),
        "[-r /p/reqs.txt, pytest, pip /p extras=web] 3.9"
    );
    assert_eq!(show(&files, "tox -e $UNKNOWN"), ["[ …] ?: pytest  … @tox"]);
}

#[test]
fn nox_runs_its_literal_sessions() {
    let files = [("noxfile.py", "")];
    assert_eq!(show(&files, "nox -vs tests-3.9 -- -q"), show(&files, "nox -s tests-3.9 -- -q"));
    let all = sessions(&files, "nox -s tests-3.9 -- -q");
    assert_eq!(describe(&all[0]), "[pip /p extras=test] 3.9: pytest -q @tests");
    assert_eq!(all[0].state.variables["MODE"].as_deref(), Some("x"));
    assert_eq!(show(&files, "nox"), ["[pip /p extras=test] 3.11: pytest  @tests"]);
    assert_eq!(show(&files, "nox -s linked"), ["[ …] 3.11: pytest  @linked"]);
    assert!(show(&files, "nox -s lint").is_empty());
}

#[test]
fn hatch_has_environments_with_scripts() {
    let text = "[project]\nname='a'\n[tool.hatch.envs.test]\ndependencies=['pytest']\nfeatures=['web']\n\
                [tool.hatch.envs.test.scripts]\nrun = 'pytest {args:tests}'\ncov = ['run --cov']\n\
                [[tool.hatch.envs.test.matrix]]\npython = ['3.9', '3.12']\n";
    let files = [("pyproject.toml", text)];
    assert_eq!(
        show(&files, "hatch run test:cov"),
        [
            "[pytest, pip /p extras=web] 3.9: pytest --cov @test",
            "[pytest, pip /p extras=web] 3.12: pytest --cov @test"
        ]
    );
    let default = show(&files, "hatch test -py 3.10 -c -- -x");
    assert!(default[0].ends_with("pip /p] 3.10: pytest -x @hatch-test"), "{default:?}");
}

#[test]
fn task_files_and_scripts_are_followed() {
    let make = "PY ?= python\nEXTRA=dev\n.PHONY: test\nall: install\ninstall:\n\t@$(PY) -m pip install -e .[$(EXTRA)]\n\
                test: install ## tests\n\t$(PY) -m pytest \\\n\t  -q $(ARGS)\nci:\n\t$(MAKE) test ARGS=-x\n";
    let files = [
        ("Makefile", make),
        ("justfile", "t := 'x'\ntest *args: deps\n    pytest {{args}}\ndeps:\n    pip install a\n"),
        ("scripts/test", "#!/bin/sh -e\nset -x\n${PREFIX}pytest tests\n"),
        (
            "pyproject.toml",
            "[tool.poe.tasks]\nall = ['one', {cmd='pytest b'}]\none = 'pytest a'\n[tool.pdm.scripts]\nt = {shell='pytest c'}\n",
        ),
    ];
    assert_eq!(show(&files, "make test EXTRA=ci"), ["[pip /p extras=ci] 3.11: python -m pytest -q"]);
    assert_eq!(show(&files, "make ci"), ["[pip /p extras=dev] 3.11: python -m pytest -q -x"]);
    assert_eq!(show(&files, "just test"), ["[a] 3.11: pytest  …"]);
    assert_eq!(show(&files, "scripts/test"), ["[] 3.11: pytest tests"]);
    assert_eq!(show(&files, "PREFIX=venv/bin/ bash scripts/test"), ["[] 3.11: pytest tests"]);
    assert_eq!(
        show(&files, "if [ -d venv ]; then PREFIX=x; fi; ${PREFIX}pytest a; $PY -m pytest b").len(),
        2
    );
    assert_eq!(show(&files, "poe all").len(), 2);
    assert_eq!(show(&files, "pdm run t"), ["[] 3.11: pytest c"]);
    assert_eq!(show(&files, "make nothing; pytest"), ["[ …] 3.11: pytest "]);
    assert_eq!(
        show(&[("Makefile", "a: b\n\tmake b\nb: a\n\tmake a\n\tmake a\n")], "make a; pytest").len(),
        1
    );
}

#[test]
fn wrappers_directories_and_variables() {
    let all = sessions(
        &[],
        "cd backend && sudo -E env MODE=1 xvfb-run -a timeout 10m pytest --flag\nexport A=1\nB=$A pytest\necho 'C=2' >> \"$GITHUB_ENV\"",
    );
    assert_eq!(all[0].state.directory, Path::new("/p/backend"));
    assert_eq!(all[0].pytest.arguments, ["--flag"]);
    assert_eq!(all[1].state.variables["B"].as_deref(), Some("1"));
    assert_eq!(all[1].place.line, 3);
    assert_eq!(show(&[], "apt-get install x; ./unknown; pytest || true"), ["[ …] 3.11: pytest "]);
    assert!(show(&[], "pytest --version; python -m unittest").is_empty());
}
