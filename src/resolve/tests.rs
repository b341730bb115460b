//! Trees built in a temporary directory, and what names lead to in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;
use crate::environment::{
    Environment, Machine, Platform, Presence, PytestVersion, PythonVersion, ThirdParty,
};
use crate::fs::FileSystem;
use crate::settings::pytest::ImportMode;

/// A project on disk; files are empty.
struct Project {
    directory: tempfile::TempDir,
    environment: Environment,
    fs: FileSystem,
}

impl Project {
    fn new(files: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for file in files {
            let path = directory.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let environment = Environment {
            name: String::new(),
            python: PythonVersion::new(3, 11).into(),
            platform: Platform::Linux.into(),
            machine: Machine::X86_64.into(),
            pytest: PytestVersion::NEWEST,
            third_party: ThirdParty::Stated(["numpy".to_owned()].into()),
            absent: BTreeSet::new(),
            variables: BTreeMap::new(),
            all_variables: false,
            python_path: Vec::new(),
            source: "stated",
        };
        Self { directory, environment, fs: FileSystem::new() }
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.directory.path().join(relative)
    }

    fn resolver(&self) -> Resolver<'_> {
        Resolver { fs: &self.fs, environment: &self.environment, loaded: &|name| name == "string" }
    }

    /// What `name` leads to with these directories on the path, as text.
    fn top(&self, name: &str, directories: &[&str]) -> String {
        let path = SearchPath::new(directories.iter().map(|directory| self.path(directory)));
        self.show(&self.resolver().find_top(name, &path))
    }

    fn show(&self, lookup: &Lookup) -> String {
        let relative = |path: &Path| path.strip_prefix(self.directory.path()).unwrap().display().to_string();
        let text = match &lookup.origin {
            Origin::BuiltIn => "built in".to_owned(),
            Origin::StandardLibrary => "stdlib".to_owned(),
            Origin::Source { path, .. } => relative(path),
            Origin::Extension { path, .. } => format!("extension {}", relative(path)),
            Origin::Bytecode { path, .. } => format!("bytecode {}", relative(path)),
            Origin::Namespace { portions } => {
                portions.iter().map(|path| format!("{}/", relative(path))).collect::<Vec<_>>().join(" ")
            }
            Origin::ThirdParty(presence) => format!("third party {presence:?}"),
            Origin::Missing => "missing".to_owned(),
        };
        if lookup.certain { text } else { format!("{text}?") }
    }

    fn import(&self, mode: ImportMode, pytest: PytestVersion, file: &str) -> ModuleImport {
        let root = self.path("");
        let context = ImportContext { pytest, mode, rootdir: &root, consider_namespace_packages: false };
        context.import(&self.path(file), &self.resolver(), &SearchPath::new([]))
    }

    fn prepended(&self, file: &str) -> (String, String) {
        let ModuleImport { name, manner } = self.import(ImportMode::Prepend, PytestVersion::NEWEST, file);
        let Manner::ByName(PathChange::Prepend(root)) = manner else { panic!("not by name") };
        let root = root.strip_prefix(self.directory.path()).map(|root| root.display().to_string());
        (name, root.unwrap_or_else(|_| "outside".to_owned()))
    }
}

#[test]
fn a_package_comes_before_a_module_and_an_extension_before_both_kinds_of_files() {
    let project =
        Project::new(&["a.py", "a/__init__.py", "b.py", "b.so", "c.pyc", "d.abi3.so", "e.pyc", "e.py"]);
    assert_eq!(project.top("a", &[""]), "a/__init__.py");
    assert_eq!(project.top("b", &[""]), "extension b.so");
    assert_eq!(project.top("c", &[""]), "bytecode c.pyc");
    assert_eq!(project.top("d", &[""]), "extension d.abi3.so");
    assert_eq!(project.top("e", &[""]), "e.py");
}

#[test]
fn names_are_compared_exactly() {
    let project = Project::new(&["Upper.py"]);
    assert_eq!(project.top("Upper", &[""]), "Upper.py");
    assert_eq!(project.top("upper", &[""]), "missing");
}

#[test]
fn a_namespace_package_gives_way_to_any_module_and_joins_its_portions() {
    let project = Project::new(&["x/ns/one.py", "y/ns/two.py", "z/ns.py", "w/numpy/data.txt"]);
    assert_eq!(project.top("ns", &["x", "y"]), "x/ns/ y/ns/");
    assert_eq!(project.top("ns", &["x", "y", "z"]), "z/ns.py");
    assert_eq!(project.top("numpy", &["w"]), "third party Assumed");
    let portions = [project.path("x/ns"), project.path("y/ns")];
    assert_eq!(project.show(&project.resolver().find_in(&portions, "two")), "y/ns/two.py");
    assert_eq!(project.show(&project.resolver().find_in(&portions, "three")), "missing");
}

#[test]
fn a_directory_called_like_a_missing_dependency_is_that_dependency() {
    let mut project = Project::new(&["tests/numpy/data.txt"]);
    project.environment.absent.insert("numpy".to_owned());
    assert_eq!(project.top("numpy", &["tests"]), "tests/numpy/");
    project.environment.absent.clear();
    project.environment.third_party = ThirdParty::Everything;
    assert_eq!(project.top("numpy", &["tests"]), "tests/numpy/?");
    assert_eq!(project.top("tests", &[""]), "tests/");
    assert_eq!(project.top("scipy", &["tests"]), "third party Assumed");
}

#[test]
fn the_standard_library_is_shadowed_unless_it_is_loaded_or_built_in() {
    let project = Project::new(&["t/statistics.py", "t/string.py", "t/time.py"]);
    assert_eq!(project.top("statistics", &["t"]), "t/statistics.py");
    assert_eq!(project.top("string", &["t"]), "stdlib");
    assert_eq!(project.top("time", &["t"]), "built in");
    assert_eq!(project.top("statistics", &[]), "stdlib");
    let mut path = SearchPath::new([]);
    path.append(&project.path("t"));
    assert_eq!(project.show(&project.resolver().find_top("statistics", &path)), "stdlib");
}

#[test]
fn what_cannot_be_seen_makes_an_answer_uncertain() {
    let project = Project::new(&["m.py", "lib.zip", "pkg/_ext.pyx", "pkg/_other.cpython-310-darwin.so"]);
    assert_eq!(project.top("nothing", &["lib.zip"]), "missing?");
    let mut path = SearchPath::new([project.path("")]);
    path.insert(0, PathEntry::Unknown);
    assert_eq!(project.show(&project.resolver().find_top("m", &path)), "m.py?");
    assert_eq!(project.top("_ext", &["pkg"]), "missing?");
    assert_eq!(project.top("_other", &["pkg"]), "missing?");
    assert_eq!(project.top("_else", &["pkg"]), "missing");
}

#[test]
fn a_build_may_make_what_the_sources_lack() {
    let project = Project::new(&["plain/pyproject.toml", "plain/app/__init__.py", "rust/app/__init__.py"]);
    let scm = "[tool.setuptools_scm]\nversion_file = 'app/_version.py'\n";
    std::fs::write(project.path("plain/pyproject.toml"), scm).unwrap();
    let maturin = "[build-system]\nrequires = ['maturin']\n";
    std::fs::write(project.path("rust/pyproject.toml"), maturin).unwrap();
    let inside =
        |package: &str, name| project.show(&project.resolver().find_in(&[project.path(package)], name));
    assert_eq!(inside("plain/app", "_version"), "missing?");
    assert_eq!(inside("plain/app", "_native"), "missing");
    assert_eq!(inside("plain/app", "api_pb2"), "missing?");
    assert_eq!(inside("rust/app", "_native"), "missing?");
}

#[test]
fn a_module_that_may_be_installed_is_neither_there_nor_missing() {
    let mut project = Project::new(&["a.py"]);
    project.environment.third_party = ThirdParty::Everything;
    assert_eq!(project.top("a", &[""]), "a.py");
    let mut appended = SearchPath::new([]);
    appended.append(&project.path(""));
    assert_eq!(project.show(&project.resolver().find_top("a", &appended)), "a.py");
    let lookup = project.resolver().find_top("b", &appended);
    assert_eq!(lookup.origin, Origin::ThirdParty(Presence::Assumed));
}

#[test]
fn dotted_names_are_followed_through_packages() {
    let project = Project::new(&["ns/pkg/__init__.py", "ns/pkg/core.py"]);
    let path = SearchPath::new([project.path("")]);
    let resolver = project.resolver();
    assert_eq!(project.show(&resolver.find_spec("ns.pkg.core", &path)), "ns/pkg/core.py");
    assert_eq!(project.show(&resolver.find_spec("ns.pkg.gone", &path)), "missing");
    assert!(resolver.is_importable("ns.pkg", &path, &project.path("ns/pkg/__init__.py")));
    assert!(!resolver.is_importable("pkg", &path, &project.path("ns/pkg/__init__.py")));
}

#[test]
fn by_name_the_package_decides_what_goes_on_the_path() {
    let files = [
        "flat/test_a.py",
        "pkg/__init__.py",
        "pkg/sub/__init__.py",
        "pkg/sub/test_b.py",
        "my-dir/__init__.py",
        "my-dir/test_c.py",
        "pkg/in/my-dir/__init__.py",
        "pkg/in/my-dir/sub/__init__.py",
        "pkg/in/my-dir/sub/test_d.py",
        "flat/test_v1.2.py",
    ];
    let project = Project::new(&files);
    let expect = |file: &str, name: &str, root: &str| {
        assert_eq!(project.prepended(file), (name.to_owned(), root.to_owned()));
    };
    expect("flat/test_a.py", "test_a", "flat");
    expect("pkg/sub/test_b.py", "pkg.sub.test_b", "");
    expect("my-dir/test_c.py", "test_c", "my-dir");
    expect("pkg/in/my-dir/sub/test_d.py", "sub.test_d", "pkg/in/my-dir");
    expect("flat/test_v1.2.py", "test_v1.2", "flat");
    expect("pkg/sub/__init__.py", "pkg.sub", "");
}

#[test]
fn by_path_the_name_is_made_up_and_parents_are_imported_by_newer_releases() {
    let project =
        Project::new(&["a.b/test_v1.2.py", "pkg/__init__.py", "pkg/test_p.py", "tests/unit/test_u.py"]);
    let name = |pytest: PytestVersion, file: &str| project.import(ImportMode::Importlib, pytest, file).name;
    let parents = |pytest: PytestVersion, file: &str| {
        let Manner::ByPath { parents, inserts_missing, .. } =
            project.import(ImportMode::Importlib, pytest, file).manner
        else {
            panic!("not by path")
        };
        (parents.into_iter().map(|parent| parent.name).collect::<Vec<_>>(), inserts_missing)
    };
    let old = PytestVersion::new(7, 4, 4);
    let middle = PytestVersion::new(8, 2, 2);
    assert_eq!(name(old, "a.b/test_v1.2.py"), "a.b.test_v1.2");
    assert_eq!(name(PytestVersion::NEWEST, "a.b/test_v1.2.py"), "a_b.test_v1_2");
    assert_eq!(name(old, "pkg/test_p.py"), "pkg.test_p");
    assert_eq!(parents(old, "pkg/test_p.py"), (vec![], true));
    assert_eq!(parents(middle, "pkg/test_p.py"), (vec!["pkg".to_owned()], false));
    assert_eq!(parents(middle, "tests/unit/test_u.py"), (vec![], true));
    let both = vec!["tests.unit".to_owned(), "tests".to_owned()];
    assert_eq!(parents(PytestVersion::NEWEST, "tests/unit/test_u.py"), (both, true));
}

#[test]
fn two_packages_called_tests_get_the_same_name_by_path_from_8_1_on() {
    let project = Project::new(&[
        "a/tests/__init__.py",
        "a/tests/test_it.py",
        "b/tests/__init__.py",
        "b/tests/test_it.py",
    ]);
    let name = |pytest, file: &str| project.import(ImportMode::Importlib, pytest, file).name;
    let (old, new) = (PytestVersion::new(8, 0, 2), PytestVersion::new(8, 1, 2));
    assert_eq!(name(old, "b/tests/test_it.py"), "b.tests.test_it");
    assert_eq!(name(new, "a/tests/test_it.py"), "tests.test_it");
    assert_eq!(name(new, "b/tests/test_it.py"), "tests.test_it");
}

#[test]
fn release_8_1_could_load_another_file_of_that_name() {
    let project = Project::new(&["conftest.py", "tests/__init__.py", "tests/conftest.py"]);
    let loads = |pytest| match project.import(ImportMode::Importlib, pytest, "tests/conftest.py").manner {
        Manner::ByPath { loads, .. } => loads,
        Manner::ByName(_) => panic!("not by path"),
    };
    assert_eq!(loads(PytestVersion::new(8, 1, 2)), project.path("conftest.py"));
    assert_eq!(loads(PytestVersion::new(8, 2, 0)), project.path("tests/conftest.py"));
}

#[test]
fn conftests_outside_packages_replace_each_other() {
    let project = Project::new(&["tests/conftest.py", "pkg/__init__.py", "pkg/conftest.py"]);
    let root = project.path("");
    let context = ImportContext {
        pytest: PytestVersion::NEWEST,
        mode: ImportMode::Prepend,
        rootdir: &root,
        consider_namespace_packages: false,
    };
    let conftest =
        |file: &str| context.import_conftest(&project.path(file), &project.resolver(), &SearchPath::new([]));
    assert!(conftest("tests/conftest.py").forgets_conftest);
    assert_eq!(conftest("tests/conftest.py").import.name, "conftest");
    assert!(!conftest("pkg/conftest.py").forgets_conftest);
    assert_eq!(conftest("pkg/conftest.py").import.name, "pkg.conftest");
}

#[test]
fn namespace_packages_count_where_the_setting_says_so() {
    let project = Project::new(&["src/ns/pkg/__init__.py", "src/ns/pkg/test_a.py", "src/ns/test_b.py"]);
    let root = project.path("");
    let path = SearchPath::new([project.path("src")]);
    let name = |pytest, file: &str| {
        let context = ImportContext {
            pytest,
            mode: ImportMode::Prepend,
            rootdir: &root,
            consider_namespace_packages: true,
        };
        context.import(&project.path(file), &project.resolver(), &path).name
    };
    let (v8_0, v8_1) = (PytestVersion::new(8, 0, 2), PytestVersion::new(8, 1, 2));
    assert_eq!(name(v8_0, "src/ns/pkg/test_a.py"), "pkg.test_a");
    assert_eq!(name(v8_1, "src/ns/pkg/test_a.py"), "ns.pkg.test_a");
    assert_eq!(name(PytestVersion::NEWEST, "src/ns/pkg/test_a.py"), "ns.pkg.test_a");
    assert_eq!(name(v8_1, "src/ns/test_b.py"), "test_b");
    assert_eq!(name(PytestVersion::NEWEST, "src/ns/test_b.py"), "ns.test_b");
}

#[test]
fn another_file_of_the_same_name_is_a_mismatch() {
    let project = Project::new(&["a/test_it.py", "b/test_it.py", "c/test_it/__init__.py", "c/test_it.py"]);
    let check = |wanted: &str, file: Option<&str>| {
        let file = file.map(|file| project.path(file).display().to_string());
        FileCheck::of(&project.fs, &project.path(wanted), file.as_deref(), Path::new("/"))
    };
    assert_eq!(check("a/test_it.py", Some("a/test_it.py")), FileCheck::Same);
    assert_eq!(check("a/test_it.py", Some("a/test_it.pyc")), FileCheck::Same);
    assert_eq!(check("b/test_it.py", Some("a/test_it.py")), FileCheck::Mismatch);
    assert_eq!(check("c/test_it.py", Some("c/test_it/__init__.py")), FileCheck::Mismatch);
    assert_eq!(check("a/test_it.py", Some("gone.py")), FileCheck::Mismatch);
    assert_eq!(check("a/test_it.py", None), FileCheck::Mismatch);
    assert_eq!(check("c/test_it/__init__.py", None), FileCheck::Same);
}
