//! Small repositories with workflows: what collectlint finds out about every cell is what `expected.toml` says,
//! and in one cell of each a real environment is made and a real pytest agrees. Needs git and `python3` and, the
//! first time, the package index.

#[path = "support/python.rs"]
mod python;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use collectlint::environment::cells::{Cell, Knowledge, Project};
use collectlint::environment::git::{Repository, SubmoduleProblem, Tracking};
use collectlint::environment::{
    Absence, Environment, Machine, Platform, Presence, PytestVersion, PythonVersion, ThirdParty,
};
use collectlint::fs::FileSystem;
use collectlint::outcome;
use collectlint::settings::pytest::{AnyPlugins, Invocation};
use collectlint::syntax::{Sources, literals};
use serde::Deserialize;

use python::Venv;

/// `expected.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// What `collectlint` reports, as [`findings`] writes it.
    findings: Vec<String>,
    cells: BTreeMap<String, ExpectedCell>,
    real: Real,
    git: Option<Git>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedCell {
    pytest: String,
    there: Vec<String>,
    absent: Vec<String>,
    /// The modules that cannot be imported, relative to the repository.
    errors: Vec<String>,
}

/// How the environment of one cell is made with pip.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Real {
    /// One for each Python that may run these tests.
    cells: Vec<String>,
    install: Vec<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Git {
    renamed: BTreeMap<String, String>,
    untracked: Vec<String>,
    ignored: Vec<String>,
    embedded: Vec<String>,
    errors_in_a_clean_checkout: Vec<String>,
    findings: Vec<String>,
}

/// A project, copied to where it may be changed.
struct Scratch {
    name: String,
    root: PathBuf,
    expected: Expected,
}

impl Scratch {
    fn copy(name: &str) -> Result<Self> {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/projects").join(name);
        // The folder is always the same: an environment that was made earlier refers to it.
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects").join(name);
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        let expected: Expected = toml::from_str(&fs::read_to_string(from.join("expected.toml"))?)?;
        for entry in walkdir::WalkDir::new(&from) {
            let entry = entry?;
            let below = entry.path().strip_prefix(&from)?;
            let below = below.to_str().context("a path that is no text")?.replace('\\', "/");
            let renamed = expected.git.as_ref().and_then(|git| git.renamed.get(&below)).unwrap_or(&below);
            let target = root.join(renamed);
            if entry.file_type().is_dir() {
                fs::create_dir_all(target)?;
            } else if below != "expected.toml" {
                fs::copy(entry.path(), target)?;
            }
        }
        let root = root.canonicalize()?;
        Ok(Self { name: name.to_owned(), root, expected })
    }

    fn read(&self, fs: &FileSystem) -> Project {
        let outline = |path: &Path| literals::outline(path, &fs.read(path).ok()?);
        Project::read(fs, &self.root, &outline, Knowledge::default())
    }

    fn git(&self, folder: &str, arguments: &[&str]) -> Result<String> {
        let settings = ["-c", "user.email=a@example.org", "-c", "user.name=a"];
        let mut command = Command::new("git");
        command.args(settings).args(arguments).current_dir(self.root.join(folder));
        for variable in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
            command.env_remove(variable);
        }
        let output = command.output().context("these tests need git")?;
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// The cell whose environment this machine can make: that of its Python, else the newest of an older one. `None`
    /// where the project is not for a Python as old as this machine's.
    fn real_cell(&self) -> Result<Option<&str>> {
        let here = host_python()?;
        let python = |name: &str| name.strip_prefix("py")?.split('-').next()?.parse::<PythonVersion>().ok();
        let cells = self.expected.real.cells.iter().map(String::as_str);
        let fitting = cells.filter(|name| python(name).is_some_and(|python| python <= here));
        Ok(fitting.max_by_key(|name| python(name)))
    }

    fn venv(&self) -> Result<Venv> {
        let is_own = |word: &&String| self.root.join(word.split('[').next().unwrap_or(word)).exists();
        let absolute = |word: &String| {
            if is_own(&word) { self.root.join(word).to_string_lossy().into_owned() } else { word.clone() }
        };
        let install: Vec<String> = self.expected.real.install.iter().map(absolute).collect();
        let install: Vec<&str> = install.iter().map(String::as_str).collect();
        Venv::with(&format!("project-{}", self.name), &install)
    }
}

/// The Python that runs the real pytest.
fn host_python() -> Result<PythonVersion> {
    let ask = "import sys; print('%d.%d' % sys.version_info[:2])";
    let output = Command::new("python3").args(["-c", ask]).output().context("these tests need python3")?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

fn usual() -> Environment {
    Environment {
        name: "usual".to_owned(),
        python: PythonVersion::new(3, 13).into(),
        platform: Platform::Linux.into(),
        machine: Machine::X86_64.into(),
        pytest: PytestVersion::NEWEST,
        third_party: ThirdParty::Everything,
        absent: BTreeSet::new(),
        variables: BTreeMap::new(),
        all_variables: false,
        python_path: Vec::new(),
        source: "default",
    }
}

/// The modules that collectlint says cannot be imported in a cell.
fn predicted(root: &Path, fs: &FileSystem, cell: &Cell, environment: &Environment) -> Vec<String> {
    let ThirdParty::Declared(declared) = &environment.third_party else { return Vec::new() };
    let sources = Sources::new(fs);
    let invocation = Invocation {
        cwd: cell.working_directory.clone(),
        arguments: cell.pytest.arguments.clone(),
        python_m: cell.pytest.as_module,
        ..Invocation::default()
    };
    let request = outcome::Request {
        invocation,
        plugins: &AnyPlugins,
        installed_roots: declared.import_roots(fs),
        absence: Absence::Supposed,
        parts: None,
    };
    let prediction = outcome::predict(&sources, environment, &request);
    let failing = prediction.modules.iter().filter(|module| module.outcome.fails() && module.certain);
    let mut paths: Vec<String> = failing.map(|module| below(root, &module.path)).collect();
    paths.sort();
    paths
}

fn below(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// What `collectlint` reports: `tests/test_a.py:1 error CL107 in 2 of 8`.
fn findings(root: &Path) -> Result<Vec<String>> {
    let output = Command::new(env!("CARGO_BIN_EXE_collectlint"))
        .args(["check", "--select", "CL1,CL9", "--output-format", "json"])
        .current_dir(root)
        .env_clear()
        .output()?;
    let code = output.status.code();
    ensure!(matches!(code, Some(0 | 1)), "{code:?}: {}", String::from_utf8_lossy(&output.stderr));
    let found: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout)?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let finding = |record: &serde_json::Value| {
        let (path, severity, code) = (
            below(root, Path::new(&text(&record["filename"]))),
            text(&record["severity"]),
            text(&record["code"]),
        );
        let row = &record["location"]["row"];
        let cells = record["cells"].as_array().map_or(0, Vec::len);
        let strikes =
            if cells == 0 { String::new() } else { format!(" in {cells} of {}", record["cells_total"]) };
        format!("{path}:{row} {severity} {code}{strikes}")
    };
    Ok(found.iter().map(finding).collect())
}

/// The modules that a real pytest cannot import.
fn observed(scratch: &Scratch, venv: &Venv, cell: &Cell) -> Result<Vec<String>> {
    let output = Command::new(venv.program("python"))
        .args(["-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"])
        .args(&cell.pytest.arguments)
        .current_dir(&cell.working_directory)
        .env_clear()
        .envs(["PATH", "HOME", "SYSTEMROOT"].iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
        .envs(&scratch.expected.real.environment)
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let errors: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("ERROR ")?.split(" - ").next())
        .map(|path| below(&scratch.root, &cell.working_directory.join(path)))
        .collect();
    let code = output.status.code();
    ensure!(code == Some(if errors.is_empty() { 0 } else { 2 }), "pytest ended with {code:?}:\n{text}");
    Ok(errors.into_iter().collect())
}

fn agrees(name: &str) -> Result<Scratch> {
    let scratch = Scratch::copy(name)?;
    let fs = FileSystem::new();
    let project = scratch.read(&fs);
    assert!(project.errors.is_empty(), "{:?}", project.errors);
    let environments = project.environments(&usual());
    let names: BTreeSet<&str> = environments.iter().map(|(cell, _)| cell.name.as_str()).collect();
    let wanted: BTreeSet<&str> = scratch.expected.cells.keys().map(String::as_str).collect();
    assert_eq!(names, wanted, "{name}: the cells");
    assert_eq!(findings(&scratch.root)?, scratch.expected.findings, "{name}: the findings");
    let real = scratch.real_cell()?;
    for (cell, environment) in &environments {
        let expected = &scratch.expected.cells[&cell.name];
        let at = format!("{name} in {}", cell.name);
        assert_eq!(environment.pytest.to_string(), expected.pytest, "{at}: pytest");
        for module in &expected.there {
            let presence = environment.third_party(module);
            assert!(matches!(presence, Presence::Assumed), "{at}: {module} is {presence:?}");
        }
        for module in &expected.absent {
            assert_eq!(environment.third_party(module), Presence::Absent, "{at}: {module}");
        }
        assert_eq!(predicted(&scratch.root, &fs, cell, environment), expected.errors, "{at}: errors");
        if Some(cell.name.as_str()) == real {
            let venv = scratch.venv()?;
            let observed = observed(&scratch, &venv, cell)?;
            let here = Environment { python: host_python()?.into(), ..environment.clone() };
            assert_eq!(observed, predicted(&scratch.root, &fs, cell, &here), "{at}: a real pytest");
            if here.python == environment.python {
                assert_eq!(observed, expected.errors, "{at}: a real pytest");
                modules_are_there(&venv, expected).with_context(|| at.clone())?;
            }
        }
    }
    Ok(scratch)
}

/// The real environment has the modules that are expected, and not the others.
fn modules_are_there(venv: &Venv, expected: &ExpectedCell) -> Result<()> {
    const ASK: &str = "import importlib.util, sys\n\
                       for name in sys.argv[1:]: print(name, importlib.util.find_spec(name) is not None)";
    let names = expected.there.iter().chain(&expected.absent);
    let output = Command::new(venv.program("python")).args(["-I", "-c", ASK]).args(names).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let said: Vec<&str> = text.lines().collect();
    let lines = |names: &[String], there: &str| {
        names.iter().map(|name| format!("{name} {there}")).collect::<Vec<_>>()
    };
    let wanted: Vec<String> =
        lines(&expected.there, "True").into_iter().chain(lines(&expected.absent, "False")).collect();
    ensure!(said == wanted, "{said:?}\n{wanted:?}");
    Ok(())
}

#[test]
fn a_matrix_with_extras() -> Result<()> {
    agrees("extras-matrix").map(drop)
}

#[test]
fn dependency_groups_with_the_lock_file_of_uv() -> Result<()> {
    agrees("groups-uv").map(drop)
}

#[test]
fn groups_of_poetry_with_its_lock_file() -> Result<()> {
    agrees("poetry-groups").map(drop)
}

#[test]
fn a_monorepo_with_the_lock_file_of_pdm() -> Result<()> {
    agrees("pdm-monorepo").map(drop)
}

#[test]
fn tox_with_factors() -> Result<()> {
    agrees("tox-factors").map(drop)
}

#[test]
fn a_clean_checkout_lacks_what_git_does_not_track() -> Result<()> {
    let scratch = agrees("clean-checkout")?;
    let git = scratch.expected.git.as_ref().context("no git section")?;
    scratch.git("", &["init", "-q"])?;
    for embedded in &git.embedded {
        scratch.git(embedded, &["init", "-q"])?;
        scratch.git(embedded, &["add", "."])?;
        scratch.git(embedded, &["commit", "-q", "-m", "x"])?;
    }
    scratch.git("", &["add", "."])?;
    for untracked in &git.untracked {
        scratch.git("", &["rm", "-q", "--cached", untracked])?;
    }
    scratch.git("", &["commit", "-q", "-m", "x"])?;
    let fs = FileSystem::new();
    let repository = Repository::read(&fs, &scratch.root).context("no repository")??;
    let ask = |path: &String| repository.tracking(&fs, &scratch.root.join(path));
    assert!(git.untracked.iter().all(|path| ask(path) == Tracking::Untracked));
    assert!(git.ignored.iter().all(|path| ask(path) == Tracking::Ignored));
    let inside = git.embedded.iter().map(|folder| format!("{folder}/core.py"));
    assert!(inside.into_iter().all(|path| ask(&path) == Tracking::InSubmodule));
    assert_eq!(ask(&"tests/shared.py".to_owned()), Tracking::Tracked);
    let links: Vec<_> = git.embedded.iter().map(|path| SubmoduleProblem::WithoutEntry { path }).collect();
    assert_eq!(repository.submodule_problems(), links);
    let said = scratch.git("", &["submodule", "status"])?;
    assert!(said.contains("no submodule mapping found in .gitmodules for path"), "{said}");
    assert_eq!(findings(&scratch.root)?, git.findings);
    // What a colleague gets.
    let clone = scratch.root.with_extension("clone");
    if clone.exists() {
        fs::remove_dir_all(&clone)?;
    }
    scratch.git("", &["clone", "-q", ".", &clone.to_string_lossy()])?;
    let Some(real) = scratch.real_cell()? else { return Ok(()) };
    let mut cells = scratch.read(&fs).cells.into_iter();
    let mut cell = cells.find(|cell| cell.name == real).context("no cell")?;
    let colleague =
        Scratch { root: clone.canonicalize()?, name: scratch.name.clone(), expected: scratch.expected };
    cell.working_directory.clone_from(&colleague.root);
    let errors = observed(&colleague, &colleague.venv()?, &cell)?;
    assert_eq!(errors, colleague.expected.git.context("no git section")?.errors_in_a_clean_checkout);
    Ok(())
}

/// A repository with another one in it that was added without an entry in `.gitmodules`.
fn with_embedded_repository(name: &str) -> Result<Scratch> {
    let scratch = Scratch::copy("clean-checkout")?;
    let root = scratch.root.with_file_name(name);
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    fs::create_dir_all(root.join("vendor/lib"))?;
    let scratch = Scratch { root: root.canonicalize()?, ..scratch };
    fs::write(scratch.root.join("test_nothing.py"), "def test_nothing(): pass\n")?;
    fs::write(scratch.root.join("vendor/lib/core.py"), "")?;
    for folder in ["vendor/lib", ""] {
        scratch.git(folder, &["init", "-q"])?;
        scratch.git(folder, &["add", "."])?;
        scratch.git(folder, &["commit", "-q", "-m", "x"])?;
    }
    Ok(scratch)
}

#[test]
fn both_repairs_of_a_submodule_without_an_entry_satisfy_git() -> Result<()> {
    const ENTRY: &str = "[submodule \"vendor/lib\"]\n\tpath = vendor/lib\n\turl = ../lib.git\n";
    type Repair<'a> = &'a dyn Fn(&Scratch) -> Result<()>;
    let repairs: [(&str, Repair<'_>); 2] = [
        ("with-entry", &|scratch| Ok(fs::write(scratch.root.join(".gitmodules"), ENTRY)?)),
        ("without-gitlink", &|scratch| scratch.git("", &["rm", "-q", "--cached", "vendor/lib"]).map(drop)),
    ];
    for (name, repair) in repairs {
        let scratch = with_embedded_repository(name)?;
        let said = scratch.git("", &["submodule", "status"])?;
        assert_eq!(said, "fatal: no submodule mapping found in .gitmodules for path 'vendor/lib'\n");
        let found = findings(&scratch.root)?;
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].ends_with(" error CL901"), "{found:?}");
        repair(&scratch)?;
        assert_eq!(scratch.git("", &["submodule", "status"])?, "", "{name}");
        assert_eq!(findings(&scratch.root)?, [""; 0], "{name}");
    }
    Ok(())
}
