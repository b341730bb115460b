//! `strategy.matrix` of GitHub: the product, what is excluded, what is included.

use crate::environment::document::{Key, Kind, Node};
use crate::text::Span;

/// One combination: names with their values, in the order of the file.
pub(super) type Combination = Vec<(String, Node)>;

/// GitHub's own limit.
const MOST: usize = 256;

/// What a matrix comes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Matrix {
    /// There is none: the job runs once.
    None,
    Combinations(Vec<Combination>),
    /// Part of it is an expression: the job runs, nobody knows how often or with what.
    Hidden,
}

/// Multiplies out a matrix. `resolve` decides values that are expressions.
pub(super) fn expand(matrix: &Node, resolve: &dyn Fn(&Node) -> Option<Node>) -> Matrix {
    if matrix.is_null() {
        return Matrix::None;
    }
    let Some(matrix) = resolve(matrix).filter(Node::is_table) else { return Matrix::Hidden };
    let mut combinations: Vec<Combination> = vec![Vec::new()];
    let mut axes: Vec<String> = Vec::new();
    for (key, values) in matrix.entries() {
        if matches!(key.text.as_str(), "include" | "exclude") {
            continue;
        }
        let Some(values) = resolve(values).filter(Node::is_list) else { return Matrix::Hidden };
        let items = values.items();
        if combinations.len().saturating_mul(items.len()) > MOST {
            return Matrix::Hidden;
        }
        axes.push(key.text.clone());
        combinations = combinations
            .iter()
            .flat_map(|start| {
                items.iter().map(move |value| {
                    let mut combination = start.clone();
                    combination.push((key.text.clone(), value.clone()));
                    combination
                })
            })
            .collect();
    }
    if axes.is_empty() {
        combinations.clear();
    }
    let Some(excluded) = list(&matrix, "exclude", resolve) else { return Matrix::Hidden };
    combinations.retain(|combination| !excluded.iter().any(|entry| fits(entry, combination)));
    let Some(included) = list(&matrix, "include", resolve) else { return Matrix::Hidden };
    include(&mut combinations, &axes, &included);
    combinations.truncate(MOST);
    Matrix::Combinations(combinations)
}

fn list(matrix: &Node, key: &str, resolve: &dyn Fn(&Node) -> Option<Node>) -> Option<Vec<Node>> {
    let node = matrix.at(&[key]);
    if node.is_null() {
        return Some(Vec::new());
    }
    Some(resolve(node).filter(Node::is_list)?.items().to_vec())
}

/// Whether all of an entry's values are the combination's.
fn fits(entry: &Node, combination: &Combination) -> bool {
    entry
        .entries()
        .all(|(key, value)| combination.iter().any(|(name, known)| *name == key.text && same(known, value)))
}

/// An entry adds to every combination whose axes it does not change, or else it is one more.
fn include(combinations: &mut Vec<Combination>, axes: &[String], included: &[Node]) {
    let originals = combinations.len();
    for entry in included {
        let mut added = false;
        for combination in &mut combinations[..originals] {
            let keeps_axes = entry.entries().all(|(key, value)| {
                !axes.contains(&key.text)
                    || combination.iter().any(|(name, known)| *name == key.text && same(known, value))
            });
            if keeps_axes {
                for (key, value) in entry.entries() {
                    set(combination, &key.text, value);
                }
                added = true;
            }
        }
        if !added {
            let own = entry.entries().map(|(key, value)| (key.text.clone(), value.clone()));
            combinations.push(own.collect());
        }
    }
}

fn set(combination: &mut Combination, name: &str, value: &Node) {
    match combination.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => *known = value.clone(),
        None => combination.push((name.to_owned(), value.clone())),
    }
}

/// Whether two values are the same wherever they stand.
fn same(left: &Node, right: &Node) -> bool {
    match (&left.kind, &right.kind) {
        (Kind::List(a), Kind::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Kind::Table(a), Kind::Table(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((k, a), (l, b))| k.text == l.text && same(a, b))
        }
        _ => left.scalar().is_some() && left.scalar() == right.scalar() || left.is_null() && right.is_null(),
    }
}

/// The combination as a table, for `matrix.a.b`.
pub(super) fn as_node(combination: &Combination) -> Node {
    let key = |name: &String| Key { text: name.clone(), span: Span::default() };
    let entries = combination.iter().map(|(name, value)| (key(name), value.clone()));
    Node { kind: Kind::Table(entries.collect()), span: Span::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::document::yaml_value;

    fn show(text: &str) -> Vec<String> {
        let node = yaml_value(text).unwrap();
        let literal =
            |node: &Node| node.text().is_none_or(|text| !text.contains("${{")).then(|| node.clone());
        match expand(&node, &literal) {
            Matrix::None => vec!["none".into()],
            Matrix::Hidden => vec!["hidden".into()],
            Matrix::Combinations(all) => all
                .iter()
                .map(|one| {
                    let parts: Vec<_> = one
                        .iter()
                        .map(|(name, value)| format!("{name}={}", value.scalar().unwrap_or("…")))
                        .collect();
                    parts.join(" ")
                })
                .collect(),
        }
    }

    #[test]
    fn the_example_of_githubs_documentation_comes_out() {
        let text = "
fruit: [apple, pear]
animal: [cat, dog]
include:
  - color: green
  - {color: pink, animal: cat}
  - {fruit: apple, shape: circle}
  - fruit: banana
  - {fruit: banana, animal: cat}
";
        assert_eq!(
            show(text),
            [
                "fruit=apple animal=cat color=pink shape=circle",
                "fruit=apple animal=dog color=green shape=circle",
                "fruit=pear animal=cat color=pink",
                "fruit=pear animal=dog color=green",
                "fruit=banana",
                "fruit=banana animal=cat",
            ]
        );
    }

    #[test]
    fn exclusions_fit_partly_and_includes_stand_alone() {
        assert_eq!(
            show("{os: [a, b], py: ['3.9', 3.11], exclude: [{os: a, py: '3.9'}, {os: b, py: '3.11'}]}"),
            ["os=a py=3.11", "os=b py=3.9"]
        );
        assert_eq!(show("include: [{os: a}, {os: b, py: '3.9'}]"), ["os=a", "os=b py=3.9"]);
        assert_eq!(show("{os: '${{ fromJSON(x) }}'}"), ["hidden"]);
        assert_eq!(show("'${{ x }}'"), ["hidden"]);
    }
}
