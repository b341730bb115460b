//! Node ids: their parts, and whether an argument selects them.

use crate::discovery::Selection;

/// The path of a node id, and the names of its classes and its function; brackets may hold anything.
pub(super) fn split(id: &str) -> (&str, Vec<&str>) {
    let (path, inner) = id.split_once("::").unwrap_or((id, ""));
    let bracket = inner.find('[').unwrap_or(inner.len());
    let (plain, parameters) = inner.split_at(bracket);
    let mut names: Vec<&str> = plain.split("::").filter(|name| !name.is_empty()).collect();
    if !parameters.is_empty()
        && let Some(last) = names.last_mut()
    {
        let start = inner.len() - parameters.len() - last.len();
        *last = &inner[start..];
    }
    (path, names)
}

/// Whether the item of that node id is selected in its module.
pub(in crate::outcome) fn selects(selection: &Selection, id: &str) -> bool {
    let (_, names) = split(id);
    names.len() >= selection.names.len()
        && names.iter().enumerate().all(|(level, name)| selection.matches(level, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_belong_to_the_last_name() {
        assert_eq!(split("a/test_b.py::TestA::test_c[x::y]"), ("a/test_b.py", vec!["TestA", "test_c[x::y]"]));
        assert_eq!(split("test_b.py::test_c"), ("test_b.py", vec!["test_c"]));
        assert_eq!(split("test_b.py"), ("test_b.py", vec![]));
    }
}
