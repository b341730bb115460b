//! `re` and `textwrap`: texts made of texts.

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::shown::Shown;

pub(super) const MODELS: Models = &[("re.escape", escape), ("textwrap.dedent", dedent)];

/// Flags show themselves by their long name.
pub(super) fn constant(path: &str) -> Option<Shown> {
    const FLAGS: [(&str, &str); 6] = [
        ("A", "ASCII"),
        ("I", "IGNORECASE"),
        ("L", "LOCALE"),
        ("M", "MULTILINE"),
        ("S", "DOTALL"),
        ("X", "VERBOSE"),
    ];
    let name = path.strip_prefix("re.")?;
    let (_, long) = FLAGS.iter().find(|(short, long)| name == *short || name == *long)?;
    Some(Shown::alike("re.RegexFlag", &format!("re.{long}")))
}

fn escape(_: &mut Interp<'_>, args: Args) -> Eval {
    const SPECIAL: &str = "()[]{}?*+-|^$\\.&~# \t\n\r\u{b}\u{c}";
    let Some(text) = args.get(0, "pattern").and_then(Value::as_str) else { return Ok(Value::Unknown) };
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if SPECIAL.contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    Ok(Value::str(escaped))
}

fn dedent(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(args.get(0, "text").and_then(Value::as_str).map_or(Value::Unknown, |text| Value::str(dedented(text))))
}

/// Lines of nothing but blanks become empty; what all others begin with is taken away.
fn dedented(text: &str) -> String {
    let blanks = [' ', '\t'];
    let lines: Vec<&str> = text
        .split('\n')
        .map(|line| if line.trim_start_matches(blanks).is_empty() { "" } else { line })
        .collect();
    let mut margin: Option<&str> = None;
    for line in lines.iter().filter(|line| !line.is_empty()) {
        let indent = &line[..line.len() - line.trim_start_matches(blanks).len()];
        margin = Some(match margin {
            None => indent,
            Some(margin) => {
                let same = margin.bytes().zip(indent.bytes()).take_while(|(one, other)| one == other).count();
                &margin[..same]
            }
        });
    }
    let margin = margin.unwrap_or_default();
    let dedented: Vec<&str> = lines.iter().map(|line| line.strip_prefix(margin).unwrap_or(line)).collect();
    dedented.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_indentation_is_taken_away() {
        for (text, expected) in [
            ("  a\n    b\n", "a\n  b\n"),
            ("  a\n \t \n\tb", "  a\n\n\tb"),
            ("\n    a\n\n    b\n  ", "\na\n\nb\n"),
            ("", ""),
        ] {
            assert_eq!(dedented(text), expected);
        }
    }
}
