//! Command-line arguments as most tools read them.

/// One argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument<'a> {
    /// `-q`, `--frozen`
    Flag(&'a str),
    /// `--extra test`, `--extra=test`, `-Gtest`
    Option(&'a str, &'a str),
    Positional(&'a str),
}

/// Reads arguments; options whose names are in `valued` take the next word. `--` is left out.
pub(super) fn read<'a>(words: &'a [String], valued: &[&str]) -> Vec<Argument<'a>> {
    let mut arguments = Vec::new();
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        if word == "--" {
            arguments.extend(words.by_ref().map(Argument::Positional));
        } else if !word.starts_with('-') || word == "-" {
            arguments.push(Argument::Positional(word));
        } else if valued.contains(&word) {
            arguments.push(words.next().map_or(Argument::Flag(word), |value| Argument::Option(word, value)));
        } else if let Some((name, value)) = word.split_once('=')
            && word.starts_with("--")
        {
            arguments.push(Argument::Option(name, value));
        } else if let Some(short) = word.get(..2)
            && !word.starts_with("--")
            && word.len() > 2
            && valued.contains(&short)
        {
            arguments.push(Argument::Option(short, word[2..].trim_start_matches([':', '='])));
        } else {
            arguments.push(Argument::Flag(word));
        }
    }
    arguments
}

/// The words after the options at the start: the command of `uv run --extra x pytest -q`.
pub(super) fn skip_options<'a>(words: &'a [String], valued: &[&str]) -> (&'a [String], &'a [String]) {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if word == "--" {
            return (&words[..at], &words[at + 1..]);
        }
        if !word.starts_with('-') {
            break;
        }
        at += if valued.contains(&word.as_str()) { 2 } else { 1 };
    }
    words.split_at(at.min(words.len()))
}

/// `a,b c` → a, b, c
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn options_take_values_in_all_spellings() {
        let words = words("a --extra x --extra=y -Gz -q -- -w");
        assert_eq!(
            read(&words, &["--extra", "-G"]),
            [
                Argument::Positional("a"),
                Argument::Option("--extra", "x"),
                Argument::Option("--extra", "y"),
                Argument::Option("-G", "z"),
                Argument::Flag("-q"),
                Argument::Positional("-w"),
            ]
        );
    }

    #[test]
    fn the_command_begins_after_the_options() {
        let line = words("--extra x --frozen pytest -q");
        let (options, command) = skip_options(&line, &["--extra"]);
        assert_eq!((options.len(), command.join(" ").as_str()), (3, "pytest -q"));
        let dashes = words("-q -- -x");
        assert_eq!(skip_options(&dashes, &[]).1, ["-x"]);
    }
}
