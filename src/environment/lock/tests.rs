//! The four lock files say the same of the same project.

use std::sync::Arc;

use super::*;
use crate::environment::declare::{Applies, MarkerContext};
use crate::environment::{Platform, PythonVersion};

fn lock(name: &str, text: &str) -> Lock {
    let fs = FileSystem::with_overlay([(Path::new("/p").join(name), Arc::from(text.as_bytes()))]);
    let (mut locks, errors) = read(&fs, Path::new("/p"));
    assert!(errors.is_empty(), "{errors:?}");
    locks.remove(0)
}

fn reached(graph: &Graph, root: &str, extras: &[&str], python: (u8, u8), platform: Platform) -> String {
    let context = MarkerContext::new(Some(PythonVersion::new(python.0, python.1)), Some(platform), None);
    let root = Root {
        name: root.parse().unwrap(),
        extras: extras.iter().map(|extra| extra.parse().unwrap()).collect(),
        applies: Applies::Yes,
    };
    let closure = graph.closure(&[root], &context);
    let names: Vec<_> = closure
        .reached
        .iter()
        .map(|(name, applies)| match applies {
            Applies::Yes => name.to_string(),
            Applies::Maybe => format!("{name}?"),
            Applies::No => format!("not {name}"),
        })
        .collect();
    let open: Vec<_> = closure.open.iter().map(|name| format!(" …{name}")).collect();
    names.join(" ") + &open.concat()
}

const UV: &str = r#"
version = 1
[[package]]
name = "frob"
version = "1.0"
dependencies = [{ name = "six-like" }, { name = "colorama", marker = "sys_platform == 'win32'" }]
[package.optional-dependencies]
fast = [{ name = "speed", extra = ["simd"] }]
[[package]]
name = "six-like"
version = "2.0"
resolution-markers = ["python_full_version >= '3.10'"]
dependencies = [{ name = "newer" }]
[[package]]
name = "six-like"
version = "1.0"
resolution-markers = ["python_full_version < '3.10'"]
[[package]]
name = "colorama"
version = "0.4"
[[package]]
name = "newer"
version = "1"
[[package]]
name = "speed"
version = "1"
[package.optional-dependencies]
simd = [{ name = "newer" }]
"#;

#[test]
fn uv_has_extras_markers_and_forks() {
    let lock = lock("uv.lock", UV);
    let show = |extras: &[&str], python, platform| reached(&lock.graph, "frob", extras, python, platform);
    assert_eq!(show(&[], (3, 9), Platform::Linux), "frob six-like");
    assert_eq!(show(&[], (3, 11), Platform::Windows), "colorama frob newer six-like");
    assert_eq!(show(&["fast"], (3, 9), Platform::Linux), "frob newer six-like speed");
    let six = &lock.packages[&"six-like".parse().unwrap()];
    let versions: Vec<_> = six.versions.iter().map(|(version, _)| version.as_str()).collect();
    assert_eq!((versions.as_slice(), six.place.line), (["2.0", "1.0"].as_slice(), 10));
}

#[test]
fn poetry_marks_optional_dependencies_with_their_extra() {
    let lock = lock(
        "poetry.lock",
        r#"
[[package]]
name = "frob"
version = "1.0"
[package.dependencies]
six-like = ">=1"
colorama = { version = "*", markers = "sys_platform == \"win32\"" }
speed = { version = "*", optional = true, markers = "extra == \"fast\"" }
[package.extras]
fast = ["speed"]
[[package]]
name = "six-like"
[[package]]
name = "speed"
[[package]]
name = "colorama"
"#,
    );
    let show = |extras: &[&str], platform| reached(&lock.graph, "frob", extras, (3, 9), platform);
    assert_eq!(show(&[], Platform::Windows), "colorama frob six-like");
    assert_eq!(show(&["fast"], Platform::Linux), "frob six-like speed");
}

#[test]
fn pdm_has_an_entry_for_each_set_of_extras() {
    let lock = lock(
        "pdm.lock",
        r#"
[[package]]
name = "frob"
dependencies = ["six-like>=1", "colorama; sys_platform == 'win32'"]
[[package]]
name = "frob"
extras = ["fast"]
dependencies = ["frob==1.0", "speed"]
[[package]]
name = "six-like"
[[package]]
name = "speed"
"#,
    );
    assert_eq!(reached(&lock.graph, "frob", &["fast"], (3, 9), Platform::Linux), "frob six-like speed");
    assert_eq!(reached(&lock.graph, "frob", &[], (3, 9), Platform::Linux), "frob six-like");
}

#[test]
fn pylock_lists_what_is_installed() {
    let text = r#"
lock-version = "1.0"
default-groups = ["dev"]
[[packages]]
name = "frob"
[[packages]]
name = "colorama"
marker = "sys_platform == 'win32'"
[[packages]]
name = "pytest"
marker = "'dev' in dependency_groups or python_version < '3'"
[[packages]]
name = "sphinx"
marker = "\"docs\" in dependency_groups or 'all' in extras"
"#;
    let document = Document::parse(Path::new("/p/pylock.toml"), text, Format::Toml).unwrap();
    let context = MarkerContext::new(None, Some(Platform::Linux), None);
    let names: Vec<_> = read_pylock(&document, &context).iter().map(|root| root.name.to_string()).collect();
    assert_eq!(names, ["frob", "pytest"]);
}

#[test]
fn the_table_speaks_where_no_lock_does() {
    let graph = Graph::default();
    let linux = Platform::Linux;
    assert_eq!(reached(&graph, "scipy", &[], (3, 11), linux), "numpy scipy");
    assert_eq!(reached(&graph, "never-heard", &[], (3, 11), linux), "never-heard …never-heard");
    assert_eq!(reached(&graph, "requests", &["other"], (3, 11), linux), "requests …requests");
    let metadata = Graph::from_metadata([
        ("frob".parse().unwrap(), vec!["six-like; python_version > '3'", "speed; extra == 'fast'"]),
        ("six-like".parse().unwrap(), vec![]),
    ]);
    assert_eq!(reached(&metadata, "frob", &[], (3, 11), linux), "frob six-like");
}

#[test]
fn cycles_end() {
    let metadata =
        Graph::from_metadata([("a".parse().unwrap(), vec!["b"]), ("b".parse().unwrap(), vec!["a[x]"])]);
    assert_eq!(reached(&metadata, "a", &[], (3, 11), Platform::Linux), "a b");
}
