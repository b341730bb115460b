use super::super::ParsedFile;
use super::{CompileWarning, WarningKind};
use crate::environment::PythonVersion;

const CASES: &str = include_str!("../../../testdata/syntax/compile_warnings.json");

fn warnings(text: &str, minor: u8) -> Vec<CompileWarning> {
    let file = ParsedFile::new("test_it.py".into(), text.as_bytes());
    file.compile_warnings(PythonVersion::new(3, minor))
}

/// `testdata/syntax/record.py` recorded what each Python says.
#[test]
fn every_python_warns_as_predicted() {
    let cases: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(CASES).unwrap();
    assert!(cases.len() > 150);
    let mut wrong = Vec::new();
    for case in &cases {
        let source = case["source"].as_str().unwrap();
        for minor in 8..=13 {
            let version = format!("3.{minor}");
            let Some(expected) = case.get(&version) else { continue };
            if case
                .get("differs")
                .is_some_and(|differs| differs.as_array().unwrap().contains(&version.into()))
            {
                continue;
            }
            let said: Vec<_> = warnings(source, minor)
                .into_iter()
                .map(|warning| (warning.category, warning.line, warning.message))
                .collect();
            let said = serde_json::to_value(said).unwrap();
            if said != *expected {
                wrong.push(format!("3.{minor} {source:?}: {expected}, not {said}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pytest_takes_comparisons_of_asserts_apart() {
    let lost = |text: &str| warnings(text, 12).first().map(|warning| warning.lost_by_rewriting);
    for text in [
        "assert x is 1\n",
        "assert not x is 1\n",
        "assert x and y is 1\n",
        "assert f(x is 1)\n",
        "assert f(*(x is 1))\n",
        "assert f(a=x is 1)\n",
        "assert 1()\n",
        "assert (x, 'm')\n",
    ] {
        assert_eq!(lost(text), Some(true), "{text}");
    }
    for text in [
        "assert x, y is 1\n",
        "assert [x is 1 for x in y]\n",
        "assert (x is 1 if y else z)\n",
        "assert x[y is 1]\n",
        "assert None[0]\n",
        "assert (z := x is 1)\n",
        "assert '\\d'\n",
        "x is 1\n",
    ] {
        assert_eq!(lost(text), Some(false), "{text}");
    }
}

#[test]
fn leaving_a_finally_block_is_warned_of_from_3_14_on() {
    let said = |text: &str, minor| warnings(text, minor).into_iter().map(|warning| warning.message).next();
    let text = "def f():\n    try: pass\n    finally: return\n";
    assert_eq!(said(text, 14).as_deref(), Some("'return' in a 'finally' block"));
    assert_eq!(said(text, 13), None);
    assert_eq!(said("try: pass\nfinally:\n    for x in y: break\n", 14), None);
    assert_eq!(said("try: pass\nfinally:\n    def f(): return\n", 14), None);
    let text = "for x in y:\n    try: pass\n    finally: continue\n";
    assert_eq!(said(text, 14).as_deref(), Some("'continue' in a 'finally' block"));
}

#[test]
fn escape_sequences_have_their_place() {
    let text = "x = '''a\n  \\d'''\n";
    let warning = warnings(text, 12).remove(0);
    assert_eq!(warning.kind, WarningKind::EscapeSequence);
    assert_eq!(&text[warning.span.range()], "\\d");
    assert_eq!(
        warnings(text, 14)[0].message,
        "\"\\d\" is an invalid escape sequence. Did you mean \"\\\\d\"? A raw string is also an option."
    );
}
