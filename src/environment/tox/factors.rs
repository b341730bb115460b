//! Generative names and lines that are for some factors only.

/// `py{39,310}-{a,b}` → the four names; `{1-3}` is a range. Commas and newlines separate names.
pub(super) fn expand_list(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut name = String::new();
    for c in text.chars().chain(['\n']) {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (c == ',' || c == '\n') {
            names.extend(expand(name.trim()));
            name.clear();
        } else {
            name.push(c);
        }
    }
    names
}

/// As many names as a configuration may sensibly ask for.
const MOST: usize = 2000;

fn expand(name: &str) -> Vec<String> {
    if name.is_empty() {
        return Vec::new();
    }
    let mut expanded = vec![String::new()];
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((choices, tail)) = after.split_once('}') else { break };
        let choices: Vec<String> = choices.split(',').flat_map(|choice| range(choice.trim())).collect();
        expanded = expanded
            .iter()
            .flat_map(|start| choices.iter().map(move |choice| format!("{start}{before}{choice}")))
            .take(MOST)
            .collect();
        rest = tail;
    }
    for name in &mut expanded {
        name.push_str(rest);
        name.retain(|c| !c.is_whitespace());
    }
    expanded
}

/// `9-11` → 9, 10, 11
fn range(choice: &str) -> Vec<String> {
    let number = |text: &str| text.parse::<u32>().ok();
    let bounds = choice.split_once('-').and_then(|(low, high)| Some((number(low)?, number(high)?)));
    match bounds {
        Some((low, high)) if low <= high && high - low < 100 => (low..=high).map(|n| n.to_string()).collect(),
        _ => vec![choice.to_owned()],
    }
}

/// The text of a line that applies to the environment: `py39,django{4,5}: text`, or a plain text.
pub(super) fn select<'line>(line: &'line str, environment: &str) -> Option<&'line str> {
    let Some((condition, text)) = line.split_once(':') else { return Some(line) };
    let is_condition = !condition.is_empty()
        && condition.trim_end().chars().all(|c| c.is_alphanumeric() || "_{}.!,- ".contains(c))
        && (text.is_empty() || text.starts_with(char::is_whitespace))
        && (!condition.contains(' ') || condition.contains(','));
    if !is_condition {
        return Some(line);
    }
    holds(condition, environment).then(|| text.trim())
}

/// `a-b,!c`: one of the alternatives, whose factors the environment all has, or has not.
pub(super) fn holds(condition: &str, environment: &str) -> bool {
    let factors: Vec<&str> = environment.split('-').collect();
    expand_list(condition).iter().any(|alternative| {
        alternative.split('-').all(|factor| match factor.strip_prefix('!') {
            Some(factor) => !factors.contains(&factor),
            None => factors.contains(&factor) || alternative == environment,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_multiplied_out() {
        assert_eq!(
            expand_list("py{39,310}-{a,b}, lint\npy3{11-12}"),
            ["py39-a", "py39-b", "py310-a", "py310-b", "lint", "py311", "py312"]
        );
        assert!(expand_list(&"{1-99}".repeat(9)).len() <= MOST);
    }

    #[test]
    fn lines_are_chosen_by_factors() {
        assert_eq!(select("pytest>=7", "py39"), Some("pytest>=7"));
        assert_eq!(select("django42: Django>=4.2", "py39-django42"), Some("Django>=4.2"));
        assert_eq!(select("py{39,310}: old", "py311"), None);
        assert_eq!(select("!dev-py39: stable", "py39-dev"), None);
        assert_eq!(select("git+https://x.org/y", "py39"), Some("git+https://x.org/y"));
        assert_eq!(select("pkg @ https://x.org/y", "py39"), Some("pkg @ https://x.org/y"));
        assert_eq!(select("-c constraints: x", "py39"), Some("-c constraints: x"));
    }
}
