use super::super::ParsedFile;
use crate::environment::PythonVersion;

const CASES: &str = include_str!("../../../testdata/syntax/compile_errors.json");

/// `testdata/syntax/record.py` recorded what each Python says.
#[test]
fn every_python_says_what_is_predicted() {
    let cases: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(CASES).unwrap();
    assert!(cases.len() > 300);
    let mut wrong = Vec::new();
    for case in &cases {
        let bytes: Vec<u8> = match case.get("bytes") {
            Some(bytes) => bytes.as_str().unwrap().chars().map(|c| u8::try_from(c).unwrap()).collect(),
            None => case["source"].as_str().unwrap().into(),
        };
        let file = ParsedFile::new("test_it.py".into(), &bytes);
        for minor in 8..=13 {
            let version = format!("3.{minor}");
            let Some(expected) = case.get(&version) else { continue };
            // Known, and not worth the words it would take.
            if case
                .get("differs")
                .is_some_and(|differs| differs.as_array().unwrap().contains(&version.into()))
            {
                continue;
            }
            let error = file.compile_error(PythonVersion::new(3, minor));
            let said = error.map(|error| (error.exception, error.line, error.message));
            let said = serde_json::to_value(said).unwrap();
            if said != *expected {
                wrong
                    .push(format!("3.{minor} {:?}: {expected}, not {said}", String::from_utf8_lossy(&bytes)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn error(text: &str, minor: u8) -> Option<String> {
    let file = ParsedFile::new("test_it.py".into(), text.as_bytes());
    let error = file.compile_error(PythonVersion::new(3, minor))?;
    Some(format!("{}:{}: {}", error.exception, error.line, error.message))
}

#[test]
fn newer_syntax_is_refused_by_older_versions() {
    for (text, minor) in [
        ("match x:\n    case 1: pass\n", 10),
        ("try: pass\nexcept* E: pass\n", 11),
        ("def f[T](x: T): pass\n", 12),
        ("type X = int\n", 12),
        ("f'{x['a']}'\n", 12),
        ("class A[T = int]: pass\n", 13),
        ("try: pass\nexcept A, B: pass\n", 14),
        ("t'{x}'\n", 14),
        ("a[*b]\n", 11),
        ("@a[0].b\ndef f(): pass\n", 9),
        ("with (a as b): pass\n", 9),
    ] {
        assert_eq!(error(text, minor), None, "{text}");
        assert!(error(text, minor - 1).is_some(), "{text}");
    }
}

#[test]
fn what_nests_too_deep_is_refused_without_exhausting_the_stack() {
    let chain = |operator: &str, times: usize| format!("x = {}a\n", operator.repeat(times));
    let recursion = Some("RecursionError:0: maximum recursion depth exceeded during compilation".to_owned());
    assert_eq!(error(&chain("a+", 100_000), 11), recursion);
    assert_eq!(error(&chain("a+", 20_000), 13), recursion);
    assert_eq!(error(&chain("a+", 2_000), 11), None);
    assert_eq!(error(&chain("a, ", 50_000), 11), None);
    assert_eq!(error(&chain("a and ", 50_000), 11), None);
    for operator in ["not ", "-", "lambda: ", "a if b else ", "a**", "await "] {
        assert!(error(&chain(operator, 20_000), 12).is_some(), "{operator}");
    }
    assert_eq!(error(&format!("{}pass\n", "if x: pass\n".repeat(20_000)), 12), None);
    let elifs = format!("if x: pass\n{}", "elif x: pass\n".repeat(20_000));
    assert_eq!(error(&elifs, 12), recursion);
}

#[test]
fn brackets_and_indentation_have_their_limits() {
    let brackets = |count: usize| format!("x = {}{}\n", "(".repeat(count), ")".repeat(count));
    assert_eq!(error(&brackets(200), 11), None);
    assert_eq!(error(&brackets(99), 8), None);
    assert_eq!(error(&brackets(100), 8).as_deref(), Some("MemoryError:0: "));
    let too_many = Some("SyntaxError:1: too many nested parentheses".to_owned());
    assert_eq!(error(&brackets(201), 11), too_many);
    for text in [
        brackets(20_000),
        brackets(1_000_000),
        "(".repeat(1_000_000),
        "f(".repeat(20_000),
        "[".repeat(20_000),
    ] {
        assert_eq!(error(&text, 12), too_many);
    }
    let indents = |count: usize| (0..count).map(|level| " ".repeat(level) + "if x:\n").collect::<String>();
    let body = |count: usize| indents(count) + &" ".repeat(count) + "pass\n";
    assert_eq!(error(&body(99), 11), None);
    assert_eq!(
        error(&body(100), 11).as_deref(),
        Some("IndentationError:101: too many levels of indentation")
    );
}

#[test]
fn many_operators_in_one_expression_never_reach_the_parser() {
    let text = format!("x = {}a\n", "-".repeat(500_000));
    let file = ParsedFile::new("test_it.py".into(), text.as_bytes());
    assert!(file.tree().is_none());
    assert!(file.compile_error(PythonVersion::new(3, 12)).is_some());
}
