//! What `Installed` reads from disk is what that environment's Python says of itself. Needs `python3` and, the
//! first time, the package index.

#[path = "support/python.rs"]
mod python;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use collectlint::environment::{Installed, Presence};

use python::Venv;

/// Prints the top-level modules beyond the standard library, then the modules that a search finds below some.
const ASK: &str = r#"
import importlib.util, importlib.metadata, os, pkgutil, sys, sysconfig
stdlib = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib")}
stdlib |= {path + "/lib-dynload" for path in stdlib}
paths = [path for path in sys.path if path and path not in stdlib and not path.endswith(".zip")]
top = {module.name for module in pkgutil.iter_modules(paths)}
if hasattr(importlib.metadata, "packages_distributions"):
    top |= set(importlib.metadata.packages_distributions())
for name in sorted(top):
    print("top", name)
for path in paths:
    if os.path.isabs(path):
        print("path", path)
def found(name):
    try:
        return importlib.util.find_spec(name) is not None
    except Exception:
        return False
for name in sys.argv[1:]:
    print("found" if found(name) else "missing", name)
"#;

/// What the environment's own Python says.
struct Truth {
    top: BTreeSet<String>,
    paths: Vec<PathBuf>,
    found: Vec<String>,
    missing: Vec<String>,
}

fn ask(venv: &Venv, names: &[&str]) -> Result<Truth> {
    let output = Command::new(venv.program("python")).args(["-I", "-c", ASK]).args(names).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let with = |tag: &str| -> Vec<String> {
        text.lines().filter_map(|line| line.strip_prefix(tag)?.strip_prefix(' ').map(str::to_owned)).collect()
    };
    Ok(Truth {
        top: with("top").into_iter().collect(),
        paths: with("path").into_iter().map(PathBuf::from).collect(),
        found: with("found"),
        missing: with("missing"),
    })
}

fn agrees(venv: &Venv, submodules: &[&str]) -> Result<()> {
    let python = venv.program("python");
    let installed = Installed::read(&python)?;
    let truth = ask(venv, submodules)?;
    assert_eq!(installed.top_level_modules(), truth.top);
    let real = |path: &PathBuf| fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    assert_eq!(installed.paths(), truth.paths.iter().map(real).collect::<Vec<_>>());
    for name in truth.top.iter().chain(&truth.found) {
        assert!(
            matches!(installed.find(name), Presence::Installed(_) | Presence::Assumed),
            "{name} is there"
        );
    }
    for name in &truth.missing {
        assert!(!matches!(installed.find(name), Presence::Installed(_)), "{name} is not there");
    }
    let version =
        Command::new(&python).args(["-c", "import sys; print(*sys.version_info[:2], sep='.')"]).output()?;
    assert_eq!(installed.python_version().to_string(), String::from_utf8(version.stdout)?.trim());
    Ok(())
}

/// `site-packages` of an environment.
fn site_packages(venv: &Venv) -> Result<PathBuf> {
    let output = Command::new(venv.program("python"))
        .args(["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
        .output()?;
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}

/// A project for `pip install --editable`, written once.
fn project(name: &str, files: &[(&str, &str)]) -> Result<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects").join(name);
    for (file, text) in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        fs::write(path, text)?;
    }
    Ok(folder.display().to_string())
}

#[test]
fn namespace_packages_agree() -> Result<()> {
    let wanted = ["zope.interface", "zope.event", "jaraco.functools", "backports.tarfile", "ruamel.yaml"];
    let venv = Venv::with("installed-namespaces", &wanted)?;
    agrees(
        &venv,
        &[
            "zope.interface.verify",
            "zope.component",
            "jaraco.functools",
            "jaraco.nope",
            "backports",
            "ruamel.yaml",
        ],
    )
}

#[test]
fn editable_installs_agree() -> Result<()> {
    let pyproject = |name: &str, more: &str| {
        format!(
            "[build-system]\nrequires = [\"setuptools>=68\"]\nbuild-backend = \"setuptools.build_meta\"\n\
             [project]\nname = \"{name}\"\nversion = \"0.1\"\n{more}"
        )
    };
    let source = project(
        "in-src",
        &[
            ("pyproject.toml", &pyproject("in-src", "")),
            ("src/in_src/__init__.py", ""),
            ("src/in_src/deep/mod.py", ""),
        ],
    )?;
    let mapped = project(
        "mapped",
        &[
            (
                "pyproject.toml",
                &pyproject(
                    "mapped",
                    "[tool.setuptools]\npy-modules = [\"lone_module\"]\npackages = [\"renamed\", \"mapped_space.part\"]\n\
                     [tool.setuptools.package-dir]\nrenamed = \"lib/original\"\n",
                ),
            ),
            ("lib/original/__init__.py", ""),
            ("lib/original/inner.py", ""),
            ("mapped_space/part/__init__.py", ""),
            ("lone_module.py", ""),
            ("not_installed.py", ""),
        ],
    )?;
    let hatch = project(
        "hatched",
        &[
            (
                "pyproject.toml",
                "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\
                 [project]\nname = \"hatched\"\nversion = \"0.1\"\n",
            ),
            ("src/hatched/__init__.py", ""),
        ],
    )?;
    let venv = Venv::with("installed-editable", &["-e", &source, "-e", &mapped, "-e", &hatch])?;
    agrees(
        &venv,
        &[
            "in_src.deep.mod",
            "in_src.nope",
            "renamed.inner",
            "renamed.nope",
            "mapped_space.part",
            "lone_module",
            "not_installed",
            "original",
            "hatched",
        ],
    )
}

#[test]
fn path_files_agree() -> Result<()> {
    let venv = Venv::with("installed-paths", &["coverage", "setuptools<80"])?;
    let site = site_packages(&venv)?;
    let elsewhere = project("elsewhere", &[("added_module.py", ""), ("added_package/__init__.py", "")])?;
    fs::create_dir_all(site.join("extra-folder"))?;
    fs::write(site.join("extra-folder/inside.py"), "")?;
    fs::write(
        site.join("zz-extra.pth"),
        format!("# added\n\n{elsewhere}\nextra-folder\n/no/such/folder\nimport sys\n"),
    )?;
    agrees(
        &venv,
        &["added_module", "added_package", "inside", "added_nope", "_distutils_hack", "coverage.data"],
    )
}

#[test]
fn extension_modules_agree() -> Result<()> {
    let venv = Venv::with("installed-extensions", &["MarkupSafe", "PyYAML", "cffi", "msgpack"])?;
    agrees(
        &venv,
        &["markupsafe._speedups", "yaml._yaml", "_cffi_backend", "_yaml", "msgpack._cmsgpack", "yaml.nope"],
    )
}

#[test]
fn vendored_names_agree() -> Result<()> {
    let venv =
        Venv::with("installed-vendored", &["six", "attrs", "python-dateutil", "requests", "pytest", "py"])?;
    agrees(
        &venv,
        &[
            "attr.validators",
            "six.moves",
            "dateutil.parser",
            "requests.packages",
            "pip._vendor.rich",
            "_pytest.python",
            "py.path",
        ],
    )?;
    let installed = Installed::read(&venv.program("python"))?;
    assert!(installed.pytest_version().is_some());
    let suppliers: Vec<&str> =
        installed.distributions_of("dateutil").iter().map(|d| d.name.as_str()).collect();
    assert_eq!(suppliers, ["python-dateutil"]);
    Ok(())
}
