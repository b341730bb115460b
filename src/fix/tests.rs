use std::convert::Infallible;
use std::path::Path;

use super::*;
use crate::diagnostic::{Edit, Fix, Label, Severity};
use crate::text::Span;

/// A file with this content, and findings whose fixes replace each `old` by its `new`, as often as `old`
/// is there.
fn repaired(content: &[u8], replacements: &[(&str, &str)]) -> Repaired {
    let path = PathBuf::from(if cfg!(windows) { "C:\\p\\a.py" } else { "/p/a.py" });
    let fs = FileSystem::with_overlay([(path.clone(), Arc::from(content))]);
    let mut check = |fs: &FileSystem| Ok::<_, Infallible>(found(fs, &path, replacements));
    let first = found(&fs, &path, replacements);
    match repair(&fs, first, Applicability::Safe, &mut check) {
        Ok(repaired) => repaired,
    }
}

fn found(fs: &FileSystem, path: &Path, replacements: &[(&str, &str)]) -> Checked {
    let sources = Sources::new(fs);
    let text = Arc::clone(sources.get(path).expect("the file is there").source.text());
    let path = Arc::new(path.to_path_buf());
    let mut diagnostics = Vec::new();
    for (old, new) in replacements {
        for (start, _) in text.match_indices(old) {
            let offset = |at: usize| u32::try_from(at).expect("the text is short");
            let span = Span::new(offset(start), offset(start + old.len()));
            let primary = Label { path: Arc::clone(&path), span, text: String::new() };
            let mut diagnostic =
                Diagnostic::new(RuleCode("CL001"), "name", Severity::Error, "message", primary);
            let import =
                Edit { path: Arc::clone(&path), span: Span::at(0), content: "import it\n".to_owned() };
            let edit = Edit { path: Arc::clone(&path), span, content: (*new).to_owned() };
            let edits = if text.starts_with("import it") { vec![edit] } else { vec![import, edit] };
            diagnostic.fix =
                Some(Fix { applicability: Applicability::Safe, message: format!("write {new}"), edits });
            diagnostics.push(diagnostic);
        }
    }
    Checked { diagnostics, modules: 1, environments: 1 }
}

fn after(repaired: &Repaired) -> &[u8] {
    &repaired.changes.first().expect("something has changed").after
}

#[test]
fn fixes_that_share_an_edit_are_applied_together() {
    let repaired = repaired(b"# top\na()\nb()\n", &[("a()", "c()"), ("b()", "d()")]);
    assert_eq!(after(&repaired), b"import it\n# top\nc()\nd()\n");
    assert_eq!(repaired.applied.len(), 2);
    assert!(repaired.rest.diagnostics.is_empty());
}

#[test]
fn fixes_that_overlap_are_applied_one_after_the_other() {
    let repaired = repaired(b"# top\nabc\n", &[("ab", "x"), ("bc", "y"), ("xc", "z")]);
    assert_eq!(after(&repaired), b"import it\n# top\nz\n");
}

#[test]
fn fixes_that_undo_each_other_come_to_an_end() {
    let repaired = repaired(b"import it\na\n", &[("a", "b"), ("b", "a")]);
    assert!(repaired.applied.len() <= ROUNDS);
}

#[test]
fn a_fix_that_never_converges_comes_to_an_end() {
    let repaired = repaired(b"import it\na\n", &[("a", "ab")]);
    assert!(!repaired.rest.diagnostics.is_empty());
}

#[test]
fn a_byte_order_mark_and_line_endings_stay() {
    let repaired = repaired("\u{feff}# top\r\nold\r\n".as_bytes(), &[("old", "new\nline")]);
    let text = String::from_utf8_lossy(after(&repaired)).into_owned();
    assert!(text.starts_with('\u{feff}'), "{text:?}");
    assert!(text.ends_with("# top\r\nnew\r\nline\r\n"), "{text:?}");
}

#[test]
fn bytes_that_are_not_utf_8_stay() {
    let repaired = repaired(b"# -*- coding: latin-1 -*-\n# caf\xe9\nold\n", &[("old", "new")]);
    assert_eq!(after(&repaired), b"import it\n# -*- coding: latin-1 -*-\n# caf\xe9\nnew\n");
}

#[test]
fn what_an_encoding_may_lack_is_refused() {
    let repaired = repaired(b"# -*- coding: latin-1 -*-\n# caf\xe9\nold\n", &[("old", "𝐀")]);
    assert!(repaired.changes.is_empty());
    assert_eq!(repaired.refused.values().collect::<Vec<_>>(), [&Refusal::Characters]);
}
