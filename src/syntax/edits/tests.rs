use ruff_python_ast::{ExceptHandler, Expr, Stmt};
use ruff_text_size::Ranged as _;

use super::super::{ParsedFile, span};
use super::{Editor, TrailingComment, apply};
use crate::diagnostic::Edit;
use crate::text::Span;

/// The text after the edits that `make` makes of it; what comes out must parse.
fn edited(text: &str, make: impl FnOnce(&Editor<'_>) -> Option<Vec<Edit>>) -> String {
    let file = ParsedFile::new("test_it.py".into(), text.as_bytes());
    let editor = file.editor().unwrap();
    let result = apply(text, &make(&editor).unwrap()).unwrap();
    let repaired = ParsedFile::new("test_it.py".into(), result.as_bytes());
    assert!(repaired.findings.parse.is_empty(), "{result}");
    result
}

/// The innermost statement that begins with `needle`.
fn statement(editor: &Editor<'_>, needle: &str) -> Span {
    let at = u32::try_from(editor.text().find(needle).unwrap()).unwrap();
    span(editor.statement_at(at).unwrap().range())
}

fn before(text: &str, needle: &str, code: &str) -> String {
    edited(text, |editor| editor.insert_before(statement(editor, needle), code))
}

fn after(text: &str, needle: &str, code: &str) -> String {
    edited(text, |editor| editor.insert_after(statement(editor, needle), code))
}

fn replaced(text: &str, needle: &str, code: &str) -> String {
    edited(text, |editor| editor.replace_statement(statement(editor, needle), code))
}

fn deleted(text: &str, needle: &str, comment: TrailingComment) -> String {
    edited(text, |editor| editor.delete_statement(statement(editor, needle), comment))
}

fn imported(text: &str, user: &str) -> String {
    edited(text, |editor| {
        let user = u32::try_from(text.rfind(user).unwrap()).unwrap();
        Some(editor.import("pytest", user)?.edits)
    })
}

#[test]
fn statements_are_inserted_with_the_indentation_of_their_neighbour() {
    assert_eq!(
        before("if x:\n\ta()\n", "a", "b()\nif c:\n    d()"),
        "if x:\n\tb()\n\tif c:\n\t\td()\n\ta()\n"
    );
    assert_eq!(after("if x:\r\n  a()  # why\r\n", "a", "b()"), "if x:\r\n  a()  # why\r\n  b()\r\n");
    assert_eq!(after("x = 1", "x", "y = 2"), "x = 1\ny = 2");
    assert_eq!(before("@a\ndef f(): pass\n", "@a", "x = 1"), "x = 1\n@a\ndef f(): pass\n");
    assert_eq!(
        after("with (a as b,\n      c as d):\n    e()  # e\nf()\n", "with", "g()"),
        "with (a as b,\n      c as d):\n    e()  # e\ng()\nf()\n"
    );
}

#[test]
fn statements_that_share_a_line_are_taken_apart_where_needed() {
    assert_eq!(before("a(); b()  # c\n", "b", "x()"), "a()\nx()\nb()  # c\n");
    assert_eq!(after("a(); b()\n", "a", "x()"), "a()\nx()\nb()\n");
    assert_eq!(after("a(); b();  # c\n", "b", "x()"), "a(); b();  # c\nx()\n");
    assert_eq!(
        before("try: import x\nexcept E: pass\n", "import", "a()"),
        "try:\n    a()\n    import x\nexcept E: pass\n"
    );
    assert_eq!(
        after("try: import x\nexcept E: pass\n", "pass", "a()"),
        "try: import x\nexcept E:\n    pass\n    a()\n"
    );
    assert_eq!(
        after("if x:\n  if y: a(); b()\n", "a()", "c()"),
        "if x:\n  if y:\n    a()\n    c()\n    b()\n"
    );
    assert_eq!(before("if x: \\\n  a()\n", "a", "b()"), "if x:\n  b()\n  a()\n");
}

#[test]
fn a_replaced_statement_keeps_its_place_and_comment() {
    assert_eq!(replaced("if x:\n    exit(1)  # bye\n", "exit", "skip()"), "if x:\n    skip()  # bye\n");
    assert_eq!(replaced("a(); exit(1); b()\n", "exit", "skip()"), "a(); skip(); b()\n");
    assert_eq!(replaced("if x: exit(1)\n", "exit", "skip()"), "if x: skip()\n");
    assert_eq!(
        replaced("if x: a(); exit(1); b()  # c\n", "exit", "if y:\n    skip()"),
        "if x:\n    a()\n    if y:\n        skip()\n    b()  # c\n"
    );
}

#[test]
fn deleted_statements_leave_no_trace() {
    use TrailingComment::{Delete, Keep};
    assert_eq!(deleted("a()\nb()  # c\nd()\n", "b", Delete), "a()\nd()\n");
    assert_eq!(deleted("a()\nb()  # c\nd()\n", "b", Keep), "a()\n# c\nd()\n");
    assert_eq!(deleted("a(); b(); c()\n", "b", Keep), "a(); c()\n");
    assert_eq!(deleted("a(); b()  # c\n", "a", Keep), "b()  # c\n");
    assert_eq!(deleted("a(); b();  # c\n", "b", Keep), "a()  # c\n");
    assert_eq!(deleted("if x:\n    b()  # c\n", "b", Keep), "if x:\n    pass  # c\n");
    assert_eq!(deleted("if x: b()\r\nc()\r\n", "b", Keep), "if x: pass\r\nc()\r\n");
    assert_eq!(deleted("@d\ndef f():\n    pass\nx = 1\n", "@d", Keep), "x = 1\n");
    assert_eq!(deleted("b()", "b", Keep), "");
}

#[test]
fn wrapped_statements_are_indented_but_not_their_strings() {
    let text = "import sys\n# above\na('''\nx\n  y''' % \\\n  1)\n\n# note\nexit(1)  # bye\nb()\n";
    let wrapped = edited(text, |editor| {
        editor.wrap(statement(editor, "a("), statement(editor, "exit"), "if __name__ == \"__main__\":")
    });
    assert_eq!(
        wrapped,
        "import sys\n# above\nif __name__ == \"__main__\":\n    a('''\nx\n  y''' % \\\n      1)\n\n    # note\n    exit(1)  # bye\nb()\n"
    );
    let wrapped = edited("x = 1; exit(x); y = 2\r\n", |editor| {
        editor.wrap(statement(editor, "exit"), statement(editor, "exit"), "if main:")
    });
    assert_eq!(wrapped, "x = 1\r\nif main:\r\n    exit(x)\r\ny = 2\r\n");
}

#[test]
fn decorators_go_on_top() {
    let decorated = edited("class A:\n  @a\n  def f(self): pass\n", |editor| {
        editor.decorate(statement(editor, "@a"), "pytest.mark.skip(reason=\"x\")")
    });
    assert_eq!(decorated, "class A:\n  @pytest.mark.skip(reason=\"x\")\n  @a\n  def f(self): pass\n");
}

#[test]
fn keywords_are_added_behind_the_last_argument() {
    let set = |text: &str| {
        edited(text, |editor| {
            let Some(Stmt::Expr(stmt)) = editor.module.body.first() else { panic!() };
            let Expr::Call(call) = &*stmt.value else { panic!() };
            Some(editor.set_keyword(call, "flag", "True"))
        })
    };
    assert_eq!(set("f()\n"), "f(flag=True)\n");
    assert_eq!(set("f( # why\n)\n"), "f(flag=True # why\n)\n");
    assert_eq!(set("f((a))\n"), "f((a), flag=True)\n");
    assert_eq!(set("f(a, )\n"), "f(a, flag=True )\n");
    assert_eq!(set("f(\n    a,  # why\n)\n"), "f(\n    a,\n    flag=True,  # why\n)\n");
    assert_eq!(set("f(\n    a  # why, not\n)\n"), "f(\n    a,\n    flag=True  # why, not\n)\n");
    assert_eq!(set("f(a, flag=x, b=1)\n"), "f(a, flag=True, b=1)\n");
    assert_eq!(set("f(x for x in y)\n"), "f((x for x in y), flag=True)\n");
    assert_eq!(set("f((x for x in y))\n"), "f((x for x in y), flag=True)\n");
    assert_eq!(set("f(**a)\n"), "f(**a, flag=True)\n");
}

#[test]
fn a_handler_gets_its_binding_first() {
    let bind = |text: &str| {
        edited(text, |editor| {
            let Some(Stmt::Try(stmt)) = editor.module.body.first() else { panic!() };
            let ExceptHandler::ExceptHandler(handler) = stmt.handlers.first()?;
            editor.bind_in_handler(handler, "Page = None")
        })
    };
    assert_eq!(
        bind("try:\n  import x\nexcept E:\n  HAS = False\n"),
        "try:\n  import x\nexcept E:\n  Page = None\n  HAS = False\n"
    );
    assert_eq!(bind("try: import x\nexcept E: pass  # ok\n"), "try: import x\nexcept E: Page = None  # ok\n");
    assert_eq!(
        bind("try: import x\nexcept E: HAS = 0\n"),
        "try: import x\nexcept E:\n    Page = None\n    HAS = 0\n"
    );
}

#[test]
fn an_import_goes_to_its_section() {
    for (text, expected) in [
        ("import os\n\nx = use\n", "import os\n\nimport pytest\n\nx = use\n"),
        (
            "import os\nimport sys\n\nimport numpy\nimport requests\nx = use\n",
            "import os\nimport sys\n\nimport numpy\nimport pytest\nimport requests\nx = use\n",
        ),
        (
            "import os\n\nimport numpy  # np\nx = use\n",
            "import os\n\nimport numpy  # np\nimport pytest\nx = use\n",
        ),
        ("from numpy import a\nx = use\n", "import pytest\nfrom numpy import a\nx = use\n"),
        ("from . import a\nx = use\n", "import pytest\n\nfrom . import a\nx = use\n"),
        ("\"\"\"doc\"\"\"\nx = use\n", "\"\"\"doc\"\"\"\n\nimport pytest\nx = use\n"),
        (
            "\"\"\"doc\"\"\"\nfrom __future__ import annotations\nx = use\n",
            "\"\"\"doc\"\"\"\nfrom __future__ import annotations\n\nimport pytest\nx = use\n",
        ),
        (
            "#!/usr/bin/python\n# coding: utf-8\nx = use\n",
            "#!/usr/bin/python\n# coding: utf-8\nimport pytest\n\nx = use\n",
        ),
        ("x = use; import os\n", "import pytest\n\nx = use; import os\n"),
        ("import os; x = use\n", "import os\n\nimport pytest\nx = use\n"),
        (
            "if TYPE_CHECKING:\n    import pytest\nx = use\n",
            "import pytest\n\nif TYPE_CHECKING:\n    import pytest\nx = use\n",
        ),
        ("def f():\n    import pytest\nx = use\n", "import pytest\n\ndef f():\n    import pytest\nx = use\n"),
        ("x = use\nimport pytest\n", "import pytest\n\nx = use\nimport pytest\n"),
        ("# only a comment\n# use\n", "# only a comment\n# use\nimport pytest\n"),
        ("import os\r\nx = use\r\n", "import os\r\n\r\nimport pytest\r\nx = use\r\n"),
        ("pytest = None\nx = use\n", "import pytest as _pytest\n\npytest = None\nx = use\n"),
    ] {
        assert_eq!(imported(text, "use"), expected);
    }
}

#[test]
fn a_module_that_is_there_is_used_by_its_name() {
    for (text, expected) in [
        ("import pytest\nx = use\n", "pytest"),
        ("import os, pytest as pt\nx = use\n", "pt"),
        ("import pytest.mark\nx = use\n", "pytest"),
    ] {
        let file = ParsedFile::new("test_it.py".into(), text.as_bytes());
        let user = u32::try_from(text.find("use").unwrap()).unwrap();
        let import = file.editor().unwrap().import("pytest", user).unwrap();
        assert_eq!((import.name.as_str(), import.edits.len()), (expected, 0));
    }
}

#[test]
fn annotations_are_made_strings() {
    let future = |text: &str| edited(text, |editor: &Editor<'_>| editor.future_annotations());
    let import = "from __future__ import annotations";
    assert_eq!(future("import os\n"), format!("{import}\n\nimport os\n"));
    assert_eq!(future("'doc'; import os\n"), format!("'doc'\n\n{import}\nimport os\n"));
    assert_eq!(
        future("'doc'\nfrom __future__ import division\n"),
        format!("'doc'\nfrom __future__ import division\n{import}\n")
    );
    let known = format!("{import}\n");
    assert_eq!(future(&known), known);
}

#[test]
fn comments_that_silence_are_added_and_deleted() {
    let silenced = |text: &str, needle: &str, reason: Option<&str>| {
        edited(text, |editor| {
            let at = u32::try_from(text.find(needle).unwrap()).unwrap();
            editor.silence(Span::at(at), "CL001", reason)
        })
    };
    assert_eq!(
        silenced("exit(1)  # x\n", "exit", Some("y")),
        "exit(1)  # x  # collectlint: ignore[CL001] y\n"
    );
    assert_eq!(silenced("exit(\n  1\n)\r\n", "1", None), "exit(\n  1\n)  # collectlint: ignore[CL001]\r\n");
    assert_eq!(
        silenced("@a\ndef f(\n  x):\n  pass\n", "@a", None),
        "@a\ndef f(\n  x):  # collectlint: ignore[CL001]\n  pass\n"
    );
    assert_eq!(
        silenced("exit(1)  # collectlint: ignore[CL002] z\n", "exit", None),
        "exit(1)  # collectlint: ignore[CL002, CL001] z\n"
    );
    let deleted = |text: &str| {
        edited(text, |editor| {
            let comment = editor.file.suppressions().iter().next().unwrap().span;
            Some(editor.delete_comment(comment))
        })
    };
    assert_eq!(deleted("a()\n  # collectlint: ignore\nb()\n"), "a()\nb()\n");
    assert_eq!(deleted("a()  # collectlint: ignore\nb()\n"), "a()\nb()\n");
    assert_eq!(deleted("a()  # noqa: CL001  # why\n"), "a()  # why\n");
    assert_eq!(deleted("a()  # why  # noqa: CL001\n"), "a()  # why\n");
}

#[test]
fn overlapping_edits_are_refused() {
    let file = ParsedFile::new("test_it.py".into(), b"abc");
    let editor = file.editor().unwrap();
    let edits = [editor.edit(Span::new(0, 2), "x"), editor.edit(Span::new(1, 3), "y")];
    assert!(apply("abc", &edits).is_err());
    let edits =
        [editor.edit(Span::new(0, 1), "x"), editor.edit(Span::at(1), "y"), editor.edit(Span::new(1, 3), "")];
    assert_eq!(apply("abc", &edits).unwrap(), "xy");
}

#[test]
fn files_that_cannot_be_written_back_are_not_edited() {
    assert!(ParsedFile::new("a.py".into(), b"# \xe9\nx = 1\n").editor().is_none());
    assert!(ParsedFile::new("a.py".into(), b"x = = 1\n").editor().is_none());
}
