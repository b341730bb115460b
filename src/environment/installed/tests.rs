//! Environments made of files in a temporary folder.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

/// A virtual environment for Python 3.11 with these files in its site-packages.
struct Site {
    root: TempDir,
}

impl Site {
    fn new(files: &[(&str, &str)]) -> Self {
        let site = Self { root: TempDir::new().unwrap() };
        write(&site.root.path().join("pyvenv.cfg"), "home = /nowhere/bin\nversion = 3.11.7\n");
        fs::create_dir_all(site.packages()).unwrap();
        for (name, text) in files {
            write(&site.packages().join(name), text);
        }
        site
    }

    fn packages(&self) -> PathBuf {
        self.root.path().join("lib/python3.11/site-packages")
    }

    fn read(&self) -> Installed {
        Installed::read(self.root.path()).unwrap()
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn is_installed(presence: &Presence) -> bool {
    matches!(presence, Presence::Installed(_))
}

#[test]
fn packages_files_and_namespaces_are_found() {
    let site = Site::new(&[
        ("pkg/__init__.py", ""),
        ("pkg/sub.py", ""),
        ("pkg/deep/__init__.py", ""),
        ("single.py", ""),
        ("space/one/__init__.py", ""),
        ("space/two.py", ""),
        ("foo-stubs/__init__.pyi", ""),
        ("typed_only/__init__.pyi", ""),
        ("six-1.0.dist-info/METADATA", "Name: six\n"),
    ]);
    let installed = site.read();
    let packages = fs::canonicalize(site.packages()).unwrap();
    assert_eq!(installed.find("pkg"), Presence::Installed(Some(packages.join("pkg/__init__.py"))));
    assert_eq!(installed.find("pkg.sub"), Presence::Installed(Some(packages.join("pkg/sub.py"))));
    for name in ["pkg.deep", "single", "space", "space.one", "space.two"] {
        assert!(is_installed(&installed.find(name)), "{name}");
    }
    for name in ["pkg.nope", "single.x", "space.nope", "foo", "numpy", "pkg.deep.x", "", "pkg."] {
        assert_eq!(installed.find(name), Presence::Absent, "{name}");
    }
    let names: Vec<String> = installed.top_level_modules().into_iter().collect();
    assert_eq!(names, ["pkg", "single", "space"]);
    // Python sees a folder as a namespace package whatever it holds.
    assert!(is_installed(&installed.find("typed_only")));
}

#[test]
fn an_extension_module_must_fit_the_python() {
    let site = Site::new(&[
        ("fits.cpython-311-x86_64-linux-gnu.so", ""),
        ("stable.abi3.so", ""),
        ("plain.so", ""),
        ("other.cpython-310-x86_64-linux-gnu.so", ""),
        ("windows.cp311-win_amd64.pyd", ""),
        ("compiled/__init__.cpython-311-x86_64-linux-gnu.so", ""),
        ("both/__init__.py", ""),
        ("both.py", ""),
    ]);
    let installed = site.read();
    for name in ["fits", "stable", "plain", "windows", "compiled"] {
        assert_eq!(installed.find(name), Presence::Installed(None), "{name}");
    }
    assert_eq!(installed.find("other"), Presence::Absent);
    assert_eq!(installed.find("compiled.sub"), Presence::Assumed);
    assert!(
        matches!(installed.find("both"), Presence::Installed(Some(path)) if path.ends_with("both/__init__.py"))
    );
}

#[test]
fn a_package_that_changes_its_path_hides_its_submodules() {
    let site = Site::new(&[
        ("tricky/__init__.py", "import sys\nsys.modules[__name__ + '.moves'] = object()\n"),
        ("plain/__init__.py", ""),
    ]);
    let installed = site.read();
    assert_eq!(installed.find("tricky.moves"), Presence::Assumed);
    assert_eq!(installed.find("tricky.moves.urllib"), Presence::Assumed);
    assert_eq!(installed.find("plain.moves"), Presence::Absent);
}

#[test]
fn path_files_add_folders() {
    let project = TempDir::new().unwrap();
    write(&project.path().join("src/app/__init__.py"), "");
    write(&project.path().join("src/app.egg-info/PKG-INFO"), "Name: app\nVersion: 0.1\n\nName: not this\n");
    let source = project.path().join("src");
    let site = Site::new(&[
        ("easy-install.pth", &format!("# a comment\n\n{}\n/no/such/folder\n", source.display())),
        ("sub/inner.py", ""),
        ("relative.pth", "sub\n"),
    ]);
    let installed = site.read();
    let real = fs::canonicalize(&source).unwrap();
    assert_eq!(installed.find("app"), Presence::Installed(Some(real.join("app/__init__.py"))));
    assert!(is_installed(&installed.find("inner")));
    assert_eq!(installed.paths().len(), 3);
    assert_eq!(installed.paths()[1], real);
    assert_eq!(installed.distribution("App").unwrap().version, "0.1");
}

#[test]
fn the_finder_of_an_editable_install_maps_modules_to_the_project() {
    let project = TempDir::new().unwrap();
    write(&project.path().join("lib/app/__init__.py"), "");
    write(&project.path().join("lib/app/io.py"), "");
    write(&project.path().join("lone.py"), "");
    write(&project.path().join("spaces/part/mod.py"), "");
    let at = |name: &str| project.path().join(name).display().to_string();
    let finder = format!(
        "from __future__ import annotations\nimport sys\n\nMAPPING: dict[str, str] = {{'app': {:?}, 'lone': {:?}}}\n\
         NAMESPACES: dict[str, list[str]] = {{'spaces': [{:?}]}}\n\ndef install():\n    sys.meta_path.append(F)\n",
        at("lib/app"),
        at("lone"),
        at("spaces"),
    );
    let site = Site::new(&[
        ("__editable___app_0_1_finder.py", &finder),
        (
            "__editable__.app-0.1.pth",
            "import __editable___app_0_1_finder; __editable___app_0_1_finder.install()",
        ),
    ]);
    let installed = site.read();
    assert!(
        matches!(installed.find("app.io"), Presence::Installed(Some(path)) if path.ends_with("lib/app/io.py"))
    );
    assert!(matches!(installed.find("lone"), Presence::Installed(Some(path)) if path.ends_with("lone.py")));
    assert!(is_installed(&installed.find("spaces.part.mod")));
    assert_eq!(installed.find("app.nope"), Presence::Absent);
    assert_eq!(installed.find("numpy"), Presence::Absent);
    let names: Vec<String> = installed.top_level_modules().into_iter().collect();
    assert_eq!(names, ["__editable___app_0_1_finder", "app", "lone", "spaces"]);
}

#[test]
fn an_unknown_import_hook_may_supply_the_modules_it_mentions() {
    let site = Site::new(&[
        ("_hook.py", "import sys\nsys.meta_path.insert(0, Finder({'secret': '/x'}))\n"),
        ("hook.pth", "import _hook\n"),
        ("distutils-precedence.pth", "import os; enabled and __import__('_distutils_hack').add_shim(); "),
    ]);
    let installed = site.read();
    assert_eq!(installed.find("secret.sub"), Presence::Assumed);
    assert_eq!(installed.find("numpy"), Presence::Absent);
    assert_eq!(installed.find("distutils"), Presence::Absent);
}

#[test]
fn old_namespace_packages_are_read_from_their_path_file() {
    let site = Site::new(&[
        (
            "zope-nspkg.pth",
            "import sys, types, os;p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('zope',));m = p\n",
        ),
        ("zope/interface/__init__.py", ""),
    ]);
    let installed = site.read();
    assert!(is_installed(&installed.find("zope.interface")));
    assert_eq!(installed.find("zope.component"), Presence::Absent);
}

#[test]
fn distributions_say_what_they_supply_and_which_plugins_they_bring() {
    let site = Site::new(&[
        ("yaml/__init__.py", ""),
        (
            "PyYAML-6.0.2.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: PyYAML\nVersion: 6.0.2\nRequires-Dist: six ; python_version < '3'\n\nText\n",
        ),
        ("PyYAML-6.0.2.dist-info/top_level.txt", "_yaml\nyaml\n"),
        ("pytest-8.4.2.dist-info/METADATA", "Name: pytest\nVersion: 8.4.2\n"),
        (
            "pytest-8.4.2.dist-info/RECORD",
            "_pytest/__init__.py,sha256=x,10\n../../../bin/pytest,,\npy.py,,\n\"pytest/__init__.py\",,\npytest-8.4.2.dist-info/RECORD,,\n",
        ),
        ("pytest_mock-3.14.0.dist-info/METADATA", "Name: pytest-mock\nVersion: 3.14.0\n"),
        (
            "pytest_mock-3.14.0.dist-info/entry_points.txt",
            "[console_scripts]\nx = y:z\n\n[pytest11]\npytest_mock = pytest_mock\nother=pkg.plugin:attr\n",
        ),
        ("old-1.0-py3.11.egg-info", "Name: Old.Name\nVersion: 1.0\n"),
        ("pytest_mock/__init__.py", ""),
    ]);
    let installed = site.read();
    assert_eq!(installed.pytest_version(), Some(PytestVersion::new(8, 4, 2)));
    assert_eq!(installed.python_version(), PythonVersion::new(3, 11));
    assert_eq!(installed.distribution("old_name").unwrap().version, "1.0");
    assert_eq!(installed.distribution("pyyaml").unwrap().requires, ["six ; python_version < '3'"]);
    let of = |module: &str| -> Vec<&str> {
        installed.distributions_of(module).iter().map(|d| d.name.as_str()).collect()
    };
    assert_eq!(of("yaml.nodes"), ["PyYAML"]);
    assert_eq!(of("py"), ["pytest"]);
    assert_eq!(of("_pytest"), ["pytest"]);
    assert!(of("numpy").is_empty());
    let plugins: Vec<_> = installed.plugins().iter().map(|p| (p.name.as_str(), p.module.as_str())).collect();
    assert_eq!(plugins, [("pytest_mock", "pytest_mock"), ("other", "pkg.plugin")]);
}

#[test]
fn an_environment_may_see_the_packages_of_its_base() {
    let base = TempDir::new().unwrap();
    write(&base.path().join("bin/python3.11"), "");
    write(&base.path().join("lib/python3.11/site-packages/shared.py"), "");
    let root = TempDir::new().unwrap();
    write(&root.path().join("lib/python3.11/site-packages/own.py"), "");
    let home = base.path().join("bin").display().to_string();
    for (flag, sees) in [("true", true), ("false", false)] {
        let config =
            format!("home = {home}\ninclude-system-site-packages = {flag}\nversion_info = 3.11.4.final.0\n");
        write(&root.path().join("pyvenv.cfg"), &config);
        let installed = Installed::read(root.path()).unwrap();
        assert!(is_installed(&installed.find("own")));
        assert_eq!(is_installed(&installed.find("shared")), sees, "{flag}");
    }
}

#[test]
fn windows_keeps_packages_elsewhere() {
    let root = TempDir::new().unwrap();
    write(&root.path().join("pyvenv.cfg"), "home = C:\\Python312\nversion = 3.12.1\n");
    write(&root.path().join("Scripts/python.exe"), "");
    write(&root.path().join("Lib/site-packages/own.py"), "");
    let installed = Installed::read(&root.path().join("Scripts/python.exe")).unwrap();
    assert!(is_installed(&installed.find("own")));
    assert_eq!(installed.python_version(), PythonVersion::new(3, 12));
}

#[cfg(unix)]
#[test]
fn an_interpreter_leads_to_its_environment() {
    let base = TempDir::new().unwrap();
    write(&base.path().join("bin/python3.11"), "");
    write(&base.path().join("lib/python3.11/site-packages/of_base.py"), "");
    let site = Site::new(&[("own.py", "")]);
    fs::create_dir(site.root.path().join("bin")).unwrap();
    let link = site.root.path().join("bin/python");
    std::os::unix::fs::symlink(base.path().join("bin/python3.11"), &link).unwrap();
    let installed = Installed::read(&link).unwrap();
    assert!(is_installed(&installed.find("own")) && installed.find("of_base") == Presence::Absent);
    let installed = Installed::read(&base.path().join("bin/python3.11")).unwrap();
    assert!(is_installed(&installed.find("of_base")));
}

#[test]
fn what_is_no_environment_is_refused() {
    let folder = TempDir::new().unwrap();
    let error = |path: &Path| Installed::read(path).unwrap_err();
    assert!(matches!(error(folder.path()), EnvironmentError::NotAnEnvironment(_)));
    assert!(matches!(error(&folder.path().join("bin/python")), EnvironmentError::Missing(_)));
    write(&folder.path().join("shims/python"), "#!/bin/sh\n");
    assert!(matches!(error(&folder.path().join("shims/python")), EnvironmentError::Shim(_)));
    write(&folder.path().join("pyvenv.cfg"), "home = /x\n");
    assert!(matches!(error(folder.path()), EnvironmentError::NoVersion(_)));
}

#[test]
fn a_name_that_a_plain_module_does_not_mention_is_lacking() {
    let site = Site::new(&[
        ("plain/__init__.py", "from ._impl import (\n    there,\n)\nlogger = getLogger(__name__)\n"),
        ("plain/inner.py", ""),
        ("lazy.py", "def __getattr__(name): ...\n"),
        ("star.py", "from plain import *\n"),
        ("filled.py", "globals().update(x)\n"),
    ]);
    let installed = site.read();
    assert!(installed.lacks("plain", "missing") && installed.lacks("plain", "the"));
    for there in ["there", "inner", "logger", "__path__"] {
        assert!(!installed.lacks("plain", there), "{there}");
    }
    for module in ["lazy", "star", "filled", "nowhere"] {
        assert!(!installed.lacks(module, "missing"), "{module}");
    }
}
