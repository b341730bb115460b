//! Edits of TOML that keep everything else as it is written.

use toml_edit::{Array, Value};

/// Adds an item, on a line of its own where the others are.
pub fn push(array: &mut Array, item: &str) {
    let before = array.iter().last().map(|last| {
        let before = last.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
        before.rfind('\n').map_or(" ", |line| &before[line..]).to_owned()
    });
    // What stands behind the last comma is a comment on the last item.
    let trailing = array.trailing().as_str().unwrap_or_default().to_owned();
    let (comment, rest) = match trailing.split_once('\n') {
        Some((comment, rest)) if array.trailing_comma() => (comment.to_owned(), Some(format!("\n{rest}"))),
        _ => (String::new(), None),
    };
    let before = before.map(|before| comment + &before);
    if let Some(rest) = rest {
        array.set_trailing(rest);
    }
    let mut value = Value::from(item);
    if let Some(before) = before {
        value.decor_mut().set_prefix(before);
    }
    array.push_formatted(value);
}
