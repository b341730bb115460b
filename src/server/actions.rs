//! Code actions: one per fix, and one that applies all safe fixes of a file.

use std::path::Path;

use gen_lsp_types::{CodeAction, CodeActionKind, CodeActionParams, TextEdit, WorkspaceEdit};
use similar::{ChangeTag, TextDiff};

use super::client::FIX_ALL;
use super::position::Encoding;
use super::session::Found;
use crate::diagnostic::Applicability;
use crate::text::{SourceFile, Span};

/// The fixes of the findings that `parameters` point at, the safe ones first.
pub(super) fn quick_fixes(found: &[Found], parameters: &CodeActionParams) -> Vec<CodeAction> {
    if !wants(parameters, "quickfix") {
        return Vec::new();
    }
    let asked = parameters.range;
    let mut actions: Vec<_> = found
        .iter()
        .filter(|found| found.shown.range.start <= asked.end && asked.start <= found.shown.range.end)
        .filter_map(|found| {
            let fix = found.fix.as_ref()?;
            let is_safe = fix.applicability == Applicability::Safe;
            let caution = if is_safe { "" } else { " (unsafe)" };
            Some(CodeAction {
                title: format!("{}: {}{caution}", found.code, fix.title),
                kind: Some(CodeActionKind::QuickFix),
                diagnostics: Some(vec![found.shown.clone()]),
                is_preferred: Some(is_safe),
                edit: Some(fix.edit.clone()),
                ..CodeAction::default()
            })
        })
        .collect();
    actions.sort_by_key(|action| action.is_preferred != Some(true));
    actions
}

/// Whether the client wants actions of `kind`: it says nothing, or names it or a kind above it.
pub(super) fn wants(parameters: &CodeActionParams, kind: &str) -> bool {
    parameters.context.only.as_ref().is_none_or(|only| {
        only.iter().any(|wanted| {
            let wanted = wanted.to_string();
            wanted.is_empty() || kind == wanted || kind.starts_with(&format!("{wanted}."))
        })
    })
}

/// The action that turns a text into its repaired form.
pub(super) fn fix_all(edit: WorkspaceEdit) -> CodeAction {
    CodeAction {
        title: "collectlint: apply all safe fixes of this file".to_owned(),
        kind: Some(CodeActionKind::new(FIX_ALL)),
        edit: Some(edit),
        ..CodeAction::default()
    }
}

/// The edits that turn one text into another, line by line, so that cursors and folds elsewhere stay.
pub(super) fn edits(path: &Path, before: &str, after: &str, encoding: Encoding) -> Vec<TextEdit> {
    let text = SourceFile::new(path, before);
    let mut edits: Vec<(Span, String)> = Vec::new();
    let mut offset = 0;
    let mut follows = false;
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        let length = u32::try_from(change.value().len()).unwrap_or(u32::MAX);
        if change.tag() == ChangeTag::Equal {
            offset += length;
            follows = false;
            continue;
        }
        if !follows {
            edits.push((Span::at(offset), String::new()));
        }
        follows = true;
        let Some((span, content)) = edits.last_mut() else { continue };
        if change.tag() == ChangeTag::Delete {
            offset += length;
            span.end = offset;
        } else {
            content.push_str(change.value());
        }
    }
    edits
        .into_iter()
        .map(|(span, new_text)| TextEdit { range: encoding.range(&text, span), new_text })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_turn_the_one_text_into_the_other() {
        for (before, after) in [
            ("a\nb\nc\n", "a\nB\nc\n"),
            ("a\nb\nc", "x\na\nc\nd"),
            ("", "new\n"),
            ("a\r\nb\r\n", "b\r\n"),
            ("𝐀\nold\n𝐀", "𝐀\nnew\n𝐀𝐀"),
        ] {
            let mut text = before.to_owned();
            for edit in edits(Path::new("a.py"), before, after, Encoding::Utf16).into_iter().rev() {
                let file = SourceFile::new("a.py", text.as_str());
                text.replace_range(Encoding::Utf16.span(&file, edit.range).range(), &edit.new_text);
            }
            assert_eq!(text, after, "from {before:?}");
        }
    }
}
