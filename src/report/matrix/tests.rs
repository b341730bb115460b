//! A project in memory with four cells, drawn in every form.

use std::sync::Arc;

use super::*;
use crate::check::{self, Request};
use crate::fs::FileSystem;
use crate::report::Style;
use crate::syntax::Sources;

const WORKFLOW: &str = r#"
jobs:
  test:
    runs-on: ${{ matrix.os }}
    strategy:
      matrix:
        os: [ubuntu-latest, windows-latest]
        python: ["3.10", "3.12"]
    steps:
      - uses: actions/setup-python@v5
        with: {python-version: "${{ matrix.python }}"}
      - run: pip install pytest
      - run: pytest
"#;

const FILES: [(&str, &str); 5] = [
    (".github/workflows/ci.yml", WORKFLOW),
    ("tests/test_fine.py", "def test_a(): pass\ndef test_b(): pass\n"),
    ("tests/test_toml.py", "import helper\ndef test_c(): pass\n"),
    ("tests/helper.py", "import tomllib  # </script><b>\n"),
    (
        "tests/test_unix.py",
        "import sys, pytest\nif sys.platform == 'win32':\n    pytest.skip('no', allow_module_level=True)\ndef test_d(): pass\n",
    ),
];

fn drawn(files: &[(&str, &str)], draw: impl FnOnce(&Matrix) -> String) -> String {
    let overlay = files.iter().map(|(path, text)| (Path::new("/p").join(path), Arc::from(text.as_bytes())));
    let fs = FileSystem::with_overlay(overlay);
    let sources = Sources::new(&fs);
    let request = Request { working_directory: PathBuf::from("/p"), ..Request::default() };
    let runs = check::matrix(&sources, &request).unwrap();
    let texts = Texts::new(&sources);
    draw(&Matrix::new(&runs, &texts, Path::new("/p")))
}

fn text(width: usize) -> impl FnOnce(&Matrix) -> String {
    move |matrix| {
        let mut out = Vec::new();
        write_text(matrix, Style { colour: false, width, summary: true }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}

#[test]
fn the_grid_shows_what_differs_and_sums_up() {
    let drawn = drawn(&FILES, text(80));
    let expected = "                    1  2  3  4
tests/test_toml.py  ✗  ·  ✗  ·
tests/test_unix.py  ·  ·  s  s
pytest exits with   2  0  2  0

· collected   s skipped   ✗ collection error

  1 py3.10-ubuntu   Python 3.10, linux x86_64, pytest 9.2.0
  2 py3.12-ubuntu   Python 3.12, linux x86_64, pytest 9.2.0
  3 py3.10-windows  Python 3.10, windows AMD64, pytest 9.2.0
  4 py3.12-windows  Python 3.12, windows AMD64, pytest 9.2.0

tests/helper.py:1: ModuleNotFoundError: No module named 'tomllib'
1 broken import stops 4 tests in 2 of 4 cells
";
    assert_eq!(drawn, expected);
}

#[test]
fn columns_that_do_not_fit_come_in_blocks() {
    let pythons: Vec<String> = (8..=14).map(|minor| format!("\"3.{minor}\"")).collect();
    let workflow = WORKFLOW.replace("\"3.10\", \"3.12\"", &pythons.join(", "));
    let files: Vec<(&str, &str)> = FILES
        .iter()
        .map(|(path, text)| (*path, if path.ends_with("yml") { workflow.as_str() } else { *text }))
        .collect();
    let drawn = drawn(&files, text(20));
    let heads: Vec<&str> = drawn.lines().filter(|line| line.starts_with("     ")).collect();
    assert_eq!(heads.len(), 2, "{drawn}");
    assert!(heads[1].ends_with(" 9 10 11 12 13 14"), "{drawn}");
}

#[test]
fn the_page_holds_everything_and_quotes_what_it_shows() {
    let page = drawn(&FILES, |matrix| {
        let mut out = Vec::new();
        write_html(matrix, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    });
    assert_eq!(page.matches("<th scope=\"col\" class=\"cell\"").count(), 4);
    assert_eq!(page.matches("data-cause=\"0\"").count(), 2, "one button for each broken square");
    assert!(page.contains("import tomllib  # &lt;/script&gt;&lt;b&gt;"));
    assert!(page.contains("<span class=\"at\">tests/test_toml.py:1</span> imports helper"), "{page}");
    assert!(!page.contains("http"), "it loads nothing");
    assert_eq!(page.matches("</script>").count(), 1);
}

#[test]
fn the_json_form_has_a_square_for_each_module_and_cell() {
    let json = drawn(&FILES, |matrix| serde_json::to_string(matrix).unwrap());
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["modules"][0]["squares"][0]["outcome"], "error");
    assert_eq!(json["modules"][0]["squares"][0]["cause"], 0);
    assert_eq!(json["modules"][0]["tests"], 1);
    assert_eq!(json["causes"][0]["trace"][1]["path"], "tests/helper.py");
    assert_eq!(json["totals"]["broken_cells"], 2);
    assert_eq!(json["totals"]["modules"], 3);
}

#[test]
fn where_nothing_breaks_there_is_no_grid() {
    let files: Vec<_> =
        FILES.iter().copied().filter(|(path, _)| !path.contains("toml") && !path.contains("unix")).collect();
    let drawn = drawn(&files, text(80));
    assert!(drawn.ends_with("\n\n1 test module in 4 cells: none breaks\n"), "{drawn}");
    assert!(!drawn.contains("tests/"), "{drawn}");
}

#[test]
fn thousands_are_told_apart() {
    assert_eq!([7, 7649, 1_234_567].map(grouped), ["7", "7,649", "1,234,567"]);
}
