//! Which environments are looked at, and where findings strike. The projects are held in memory.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::environment::StatedCell;
use crate::fs::FileSystem;

const WORKFLOW: &str = r#"
jobs:
  test:
    runs-on: ${{ matrix.os }}
    strategy:
      matrix:
        os: [ubuntu-latest, windows-latest]
        python-version: ["3.9", "3.10", "3.12"]
    steps:
      - uses: actions/setup-python@v5
        with: {python-version: "${{ matrix.python-version }}"}
      - run: pip install -e .[test]
      - run: pytest tests/unit
  e2e:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - run: pip install -e .[test,e2e]
      - run: pytest tests/e2e
"#;

const PYPROJECT: &str =
    "[project]\nname = 'shop'\n[project.optional-dependencies]\ntest = ['pytest']\ne2e = ['playwright']\n";

const BROWSER: &str = "import playwright\ndef test_a(): pass\n";
const TOML: &str = "import tomllib\ndef test_a(): pass\n";

fn request() -> Request {
    Request { working_directory: "/p".into(), ..Request::default() }
}

/// One line for each finding: its code, its place, where it strikes.
fn found(files: &[(&str, &str)], request: &Request) -> Vec<String> {
    let overlay = files.iter().map(|(path, text)| (Path::new("/p").join(path), Arc::from(text.as_bytes())));
    let fs = FileSystem::with_overlay(overlay);
    let checked = run(&Sources::new(&fs), request).unwrap();
    let line = |finding: &Diagnostic| {
        let path = finding.primary.path.strip_prefix("/p").unwrap().display();
        let cells = if finding.cells.is_empty() { "everywhere".to_owned() } else { finding.cells.join(" ") };
        format!("{} {path} {} {cells}", finding.code, finding.severity.name())
    };
    checked.diagnostics.iter().map(line).collect()
}

#[test]
fn a_finding_says_in_which_cells_it_strikes() {
    let files = [
        (".github/workflows/ci.yml", WORKFLOW),
        ("pyproject.toml", PYPROJECT),
        ("tests/unit/test_a.py", TOML),
    ];
    let expected = "CL107 tests/unit/test_a.py error py3.9-ubuntu py3.10-ubuntu py3.9-windows py3.10-windows";
    assert_eq!(found(&files, &request()), [expected]);
}

#[test]
fn a_cell_judges_only_what_its_pytest_collects() {
    let with =
        |path| [(".github/workflows/ci.yml", WORKFLOW), ("pyproject.toml", PYPROJECT), (path, BROWSER)];
    assert_eq!(found(&with("tests/e2e/test_a.py"), &request()), [""; 0]);
    let cells = "py3.9-ubuntu py3.10-ubuntu py3.12-ubuntu-test py3.9-windows py3.10-windows py3.12-windows";
    assert_eq!(
        found(&with("tests/unit/test_a.py"), &request()),
        [format!("CL902 .github/workflows/ci.yml error {cells}")]
    );
}

#[test]
fn only_the_paths_that_are_asked_for_are_told_of() {
    let files = [
        (".github/workflows/ci.yml", WORKFLOW),
        ("tests/unit/test_a.py", TOML),
        ("tests/unit/test_b.py", TOML),
    ];
    let request = Request { paths: vec!["/p/tests/unit/test_b.py".into()], ..request() };
    let found = found(&files, &request);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("CL107 tests/unit/test_b.py"), "{found:?}");
}

#[test]
fn a_cell_that_is_named_is_looked_at_alone() {
    let files = [
        (".github/workflows/ci.yml", WORKFLOW),
        ("pyproject.toml", PYPROJECT),
        ("tests/unit/test_a.py", TOML),
    ];
    let named = |name: &str| {
        let target = Target { cells: vec![name.to_owned()], ..Target::default() };
        Request { target, ..request() }
    };
    assert_eq!(found(&files, &named("py3.12-windows")), [""; 0]);
    assert_eq!(found(&files, &named("py3.9-windows")), ["CL107 tests/unit/test_a.py error everywhere"]);
    let fs = FileSystem::new();
    let error = run(&Sources::new(&fs), &named("py3.7")).unwrap_err();
    assert!(error.to_string().starts_with("there is no cell `py3.7`"), "{error}");
}

#[test]
fn each_version_and_platform_that_is_stated_makes_an_environment() {
    let files = [("tests/test_a.py", TOML), ("tests/test_b.py", "import fcntl\ndef test_b(): pass\n")];
    let target = Target {
        python_versions: vec![PythonVersion::new(3, 9), PythonVersion::new(3, 12)],
        platforms: vec![Platform::Linux, Platform::Windows],
        ..Target::default()
    };
    assert_eq!(
        found(&files, &Request { target, ..request() }),
        [
            "CL107 tests/test_a.py error py3.9-linux py3.9-windows",
            "CL107 tests/test_b.py error py3.9-windows py3.12-windows",
        ]
    );
}

#[test]
fn a_cell_of_the_configuration_counts_like_one_of_a_workflow() {
    let old = StatedCell {
        name: "old".to_owned(),
        python: Some(PythonVersion::new(3, 9)),
        platform: Some(Platform::Linux),
        extras: Some(vec!["test".to_owned()]),
        ..StatedCell::default()
    };
    let options = Options { cells: vec![old], ..Options::default() };
    let files = [("pyproject.toml", PYPROJECT), ("tests/test_a.py", TOML), ("tests/test_b.py", BROWSER)];
    assert_eq!(
        found(&files, &Request { options, ..request() }),
        ["CL107 tests/test_a.py error everywhere", "CL105 tests/test_b.py error everywhere"]
    );
}

#[test]
fn without_workflows_an_extra_may_be_missing_but_nothing_is_certain() {
    let files =
        [("pyproject.toml", PYPROJECT), ("tests/test_a.py", BROWSER), ("tests/test_b.py", "import numpy\n")];
    assert_eq!(found(&files, &request()), ["CL101 tests/test_a.py warning without playwright"]);
    assert_eq!(found(&files[1..], &request()), [""; 0]);
}

#[test]
fn the_python_that_a_project_accepts_is_the_one_that_is_assumed() {
    let old = "[project]\nname = 'shop'\nrequires-python = '>=3.8,<3.12'\n";
    let files = [("pyproject.toml", old), ("tests/test_a.py", "import imp\ndef test_a(): pass\n")];
    assert_eq!(found(&files, &request()), [""; 0]);
    assert_eq!(found(&files[1..], &request()), ["CL107 tests/test_a.py error everywhere"]);
}

#[test]
fn what_the_workflow_sets_is_set() {
    let workflow = WORKFLOW.replace("jobs:", "env: {TOKEN: x}\njobs:");
    let text = "import os\nTOKEN = os.environ['TOKEN']\ndef test_a(): pass\n";
    let files = [(".github/workflows/ci.yml", workflow.as_str()), ("tests/unit/test_a.py", text)];
    assert_eq!(found(&files, &request()), [""; 0]);
}

/// Every way in which a module may learn where it is imported.
const ASKING: [(&str, &str); 16] = [
    ("nothing", "import json, os, pytest\ndef test_a(): pass\n"),
    ("compares", "import sys\nif sys.version_info >= (3, 10):\n    def test_a(): pass\n"),
    ("compares_the_other_way", "import sys\nif (3, 10) <= sys.version_info[:2]:\n    def test_a(): pass\n"),
    ("compares_a_part", "import sys\nif sys.version_info.minor > 9:\n    def test_a(): pass\n"),
    ("from_import", "from sys import version_info\nif version_info < (3, 10): raise ValueError\n"),
    ("on_platform", "import sys\nif sys.platform == 'win32': raise OSError\n"),
    ("os_name", "import os\nif os.name == 'nt': raise OSError\n"),
    ("separator", "import os\nassert os.sep == '/'\n"),
    ("new_module", "import tomllib\n"),
    ("old_module", "import distutils\n"),
    ("posix_module", "import fcntl\n"),
    ("attribute", "import os\nos.geteuid\n"),
    ("syntax", "match 1:\n    case _: pass\n"),
    ("annotation", "def f(x: int | None): pass\n"),
    ("variable", "import os\nos.environ['WINDIR']\n"),
    ("dependency", "import exceptiongroup\n"),
];

/// What becomes of each module in each cell, with all that the interpreter met.
fn outcomes(files: &[(&str, &str)], cells: &[&str], parts: usize) -> Vec<String> {
    let overlay = files.iter().map(|(path, text)| (Path::new("/p").join(path), Arc::from(text.as_bytes())));
    let fs = FileSystem::with_overlay(overlay);
    let mut request = Request { parts: Some(parts), ..request() };
    request.target.cells = cells.iter().map(|&cell| cell.to_owned()).collect();
    let runs = matrix(&Sources::new(&fs), &request).unwrap();
    // where something lies on the heap is nobody's business
    let placeless = |text: &str| {
        let digits = |part: &str| part.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned();
        text.split("Id(").map(digits).collect::<Vec<_>>().join("Id(")
    };
    let line = |run: &Run, module: &crate::outcome::ModulePrediction| {
        let failure = module.failure.as_ref().map(|failure| (&failure.exception, &failure.message));
        let (outcome, certain) = (module.outcome, module.certain);
        format!(
            "{:?} {} {outcome:?} {certain} {failure:?} {:?} {}",
            run.names(),
            module.node,
            module.items,
            placeless(&format!("{:?}", module.events))
        )
    };
    let session = |run: &Run| format!("{:?} {:?}", run.names(), run.prediction.session.exit_code);
    let modules =
        |run: &Run| run.prediction.modules.iter().map(|module| line(run, module)).collect::<Vec<_>>();
    runs.iter().flat_map(|run| modules(run).into_iter().chain([session(run)])).collect()
}

const UNIT_CELLS: [&str; 6] = [
    "py3.9-ubuntu",
    "py3.10-ubuntu",
    "py3.12-ubuntu-test",
    "py3.9-windows",
    "py3.10-windows",
    "py3.12-windows",
];

#[test]
fn cells_that_share_a_prediction_come_out_as_each_does_alone() {
    for (name, text) in ASKING {
        let path = format!("tests/unit/test_{name}.py");
        let files = [(".github/workflows/ci.yml", WORKFLOW), ("pyproject.toml", PYPROJECT), (&path, text)];
        assert_shared(name, &files);
    }
}

/// Cells that are looked at together, and modules that are collected at the same time, come out as in a session
/// of their own.
fn assert_shared(name: &str, files: &[(&str, &str)]) {
    let alone: Vec<String> = UNIT_CELLS.iter().flat_map(|cell| outcomes(files, &[cell], 1)).collect();
    for parts in [1, 2, 64] {
        let mut together = outcomes(files, &UNIT_CELLS, parts);
        together.sort_by_key(|line| alone.iter().position(|other| other == line));
        assert_eq!(together, alone, "{name} in {parts} parts");
    }
}

/// Two modules, and what lies beside them. The second may see what the first did.
const TIES: [(&str, &str, &str, &str); 20] = [
    ("nothing", "", "def test_a(): pass\n", "def test_b(): pass\n"),
    (
        "a helper",
        "import sys\nNEW = sys.version_info >= (3, 10)\n",
        "import helpers\n",
        "import helpers\nassert helpers.NEW\n",
    ),
    (
        "a helper of some cells",
        "import playwright\n",
        "import sys\nif sys.version_info >= (3, 10):\n    import helpers\n",
        "import helpers\n",
    ),
    (
        "a helper that fails",
        "import playwright\nimport sys\nsys.exit(1)\n",
        "import helpers\n",
        "import helpers\n",
    ),
    ("a helper that is changed", "", "import helpers\nhelpers.X = 1\n", "import helpers\nhelpers.X\n"),
    (
        "a list that is changed",
        "X = []\n",
        "from helpers import X\nX.append(1)\n",
        "from helpers import X\nX[0]\n",
    ),
    (
        "a class that is changed",
        "class C: pass\n",
        "from helpers import C\nC.x = 1\n",
        "from helpers import C\nC.x\n",
    ),
    (
        "a function that keeps",
        "X = {}\ndef f(): X['a'] = 1\n",
        "from helpers import f\nf()\n",
        "from helpers import X\nX['a']\n",
    ),
    ("sys.path", "", "import sys\nsys.path.insert(0, '/p/other')\n", "import elsewhere\n"),
    (
        "sys.modules",
        "",
        "import sys, types\nsys.modules['fake'] = types.ModuleType('fake')\n",
        "import fake\n",
    ),
    ("a look into sys.modules", "", "import helpers\n", "import sys\nassert 'helpers' in sys.modules\n"),
    ("a submodule", "", "import pkg.sub\n", "import pkg\npkg.sub\n"),
    ("a submodule of the library", "", "import xml.dom.minidom\n", "import xml\nxml.dom\n"),
    ("names of a package", "", "import pkg.sub\n", "from pkg import *\nsub\n"),
    ("a variable", "", "import os\nos.environ['TOKEN'] = 'x'\n", "import os\nos.environ['TOKEN']\n"),
    ("the working directory", "", "import os\nos.chdir('/p/other')\n", "open('elsewhere.py')\n"),
    ("an attribute of the library", "", "import os\nos.extra = 1\n", "import os\nos.extra\n"),
    (
        "what is not interpreted",
        "",
        "import playwright.sync_api\n",
        "try:\n    import playwright.sync_api\nexcept ImportError:\n    import sys\n    sys.exit(1)\n",
    ),
    ("the end of the session", "", "import sys\nsys.exit(1)\n", "import helpers\n"),
    ("each other", "", "import test_b\ntest_b.X\n", "X = 1\nimport helpers\n"),
];

#[test]
fn modules_that_are_collected_apart_come_out_as_in_one_session() {
    for (name, helpers, first, second) in TIES {
        let files = [
            (".github/workflows/ci.yml", WORKFLOW),
            ("pyproject.toml", PYPROJECT),
            ("tests/unit/helpers.py", helpers),
            ("tests/unit/pkg/__init__.py", ""),
            ("tests/unit/pkg/sub.py", ""),
            ("other/elsewhere.py", ""),
            ("tests/unit/test_0.py", "import json\ndef test_0(): pass\n"),
            ("tests/unit/test_a.py", first),
            ("tests/unit/test_b.py", second),
            ("tests/unit/test_c.py", second),
            ("tests/unit/test_d.py", "import sys\nif sys.platform == 'win32': raise OSError\n"),
            ("tests/unit/low/test_b.py", "def test_low(): pass\n"),
        ];
        assert_shared(name, &files);
    }
}

#[test]
fn cells_are_told_apart_only_by_what_is_asked() {
    let environments = |text: &str| {
        let files = [
            (".github/workflows/ci.yml", WORKFLOW),
            ("pyproject.toml", PYPROJECT),
            ("tests/unit/test_a.py", text),
        ];
        let overlay =
            files.iter().map(|(path, text)| (Path::new("/p").join(path), Arc::from(text.as_bytes())));
        let fs = FileSystem::with_overlay(overlay);
        let mut request = request();
        request.target.cells = UNIT_CELLS.map(str::to_owned).to_vec();
        run(&Sources::new(&fs), &request).unwrap().environments
    };
    // with Python 3.9 comes another release of pytest
    assert_eq!(environments("import json, os, pytest\ndef test_a(): pass\n"), 2);
    assert_eq!(environments("import sys\nif sys.version_info >= (3, 12):\n    import tomllib\n"), 3);
    assert_eq!(environments("import sys\nprint(sys.platform)\n"), 4);
    assert_eq!(environments("import sys\nprint(sys.platform, sys.version_info)\n"), 6);
}

/// All that is found in files that say nothing of an environment.
fn diagnostics(files: &[(&str, &str)]) -> Vec<Diagnostic> {
    let overlay = files.iter().map(|(path, text)| (Path::new("/p").join(path), Arc::from(text.as_bytes())));
    let fs = FileSystem::with_overlay(overlay);
    run(&Sources::new(&fs), &request()).unwrap().diagnostics
}

#[test]
fn a_handler_that_hands_its_exception_over_may_raise_it() {
    let module = |call: &str| {
        format!(
            "from helper import complain\ntry:\n    import trustme\nexcept ImportError as error:\n    {call}\n\
             CA = trustme.CA()\ndef test_a(): pass\n"
        )
    };
    assert_eq!(diagnostics(&[("test_a.py", &module("complain(error)"))]), []);
    assert_eq!(diagnostics(&[("test_a.py", &module("print(error)"))]).len(), 1);
}

#[test]
fn a_guard_that_raises_says_that_the_module_is_needed() {
    let test = ("test_a.py", "import hypothesis\ndef test_a(): pass\n");
    let guard = |handler: &str| format!("try:\n    import hypothesis\nexcept ImportError:\n    {handler}\n");
    assert_eq!(diagnostics(&[("conftest.py", &guard("raise ImportError('needed')")), test]), []);
    assert_eq!(diagnostics(&[("conftest.py", &guard("hypothesis = None")), test]).len(), 1);
    let helper = ("helper.py", "STRICT = True\ndef complain(error):\n    if STRICT:\n        raise error\n");
    let asked = "from helper import complain\ntry:\n    import astor\nexcept ImportError as error:\n    \
                 complain(error)\ndef test_a(): pass\n";
    assert_eq!(diagnostics(&[helper, ("test_a.py", asked)]), []);
}

#[test]
fn what_no_session_starts_without_is_not_optional() {
    let guarded = "try:\n    import brotli\nexcept ImportError:\n    brotli = None\ndef test_a(): pass\n";
    assert_eq!(diagnostics(&[("conftest.py", "import brotli\n"), ("test_a.py", guarded)]), []);
}

#[test]
fn only_test_modules_are_skipped() {
    let ini = ("pytest.ini", "[pytest]\naddopts = --doctest-modules\n");
    let guarded = "try:\n    import brotli\nexcept ImportError:\n    brotli = None\ndef test_a(): pass\n";
    let found = diagnostics(&[ini, ("shop.py", "import brotli\n"), ("a_test.py", guarded)]);
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((finding.code.0, &finding.fix), ("CL101", &None));
}
