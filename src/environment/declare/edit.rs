//! Edits of `pyproject.toml` that keep everything else as it is written.

use toml_edit::DocumentMut;

use crate::environment::document::edit::push;

/// The text of `pyproject.toml` with a requirement added to an extra; `None` where it has no such extra.
pub fn with_requirement(text: &str, extra: &str, requirement: &str) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    let extras = document.get_mut("project")?.get_mut("optional-dependencies")?;
    push(extras.get_mut(extra)?.as_array_mut()?, requirement);
    Some(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_is_added_to_an_extra() {
        let text = "[project]\nname = 'a'  # us\noptional-dependencies.test = ['pytest']\n";
        let wanted = "[project]\nname = 'a'  # us\noptional-dependencies.test = ['pytest', \"attrs\"]\n";
        assert_eq!(with_requirement(text, "test", "attrs").as_deref(), Some(wanted));
        assert_eq!(with_requirement(text, "docs", "attrs"), None);
    }
}
