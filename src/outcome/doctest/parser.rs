//! `doctest.DocTestParser`: where the examples of a text are, and what is wrong with them.

use crate::settings::python::repr;

/// What `doctest` raises for a text that it cannot parse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(in crate::outcome) struct Mistake(pub(in crate::outcome) String);

/// The names that `# doctest: +NAME` may use.
#[derive(Clone, Debug)]
pub(in crate::outcome) struct Flags<'f> {
    /// Names that the project registers with `doctest.register_optionflag`.
    pub(in crate::outcome) registered: &'f [String],
    /// Plugins may register others.
    pub(in crate::outcome) open: bool,
}

impl Flags<'_> {
    pub(in crate::outcome) fn has(&self, name: &str) -> bool {
        const OWN: [&str; 14] = [
            "DONT_ACCEPT_TRUE_FOR_1",
            "DONT_ACCEPT_BLANKLINE",
            "NORMALIZE_WHITESPACE",
            "ELLIPSIS",
            "SKIP",
            "IGNORE_EXCEPTION_DETAIL",
            "REPORT_UDIFF",
            "REPORT_CDIFF",
            "REPORT_NDIFF",
            "REPORT_ONLY_FIRST_FAILURE",
            "FAIL_FAST",
            // pytest's own
            "ALLOW_UNICODE",
            "ALLOW_BYTES",
            "NUMBER",
        ];
        self.open || OWN.contains(&name) || self.registered.iter().any(|own| own == name)
    }
}

/// The number of examples in the docstring or file called `name`.
pub(in crate::outcome) fn examples(text: &str, name: &str, flags: &Flags<'_>) -> Result<usize, Mistake> {
    let text = expand_tabs(text);
    let all: Vec<&str> = text.split('\n').collect();
    let least = all.iter().filter_map(|line| indent_of(line)).min().unwrap_or(0);
    let lines: Vec<&str> = all.iter().map(|line| line.get(least..).unwrap_or("")).collect();
    let mut count = 0;
    let mut at = 0;
    while at < lines.len() {
        let Some(indent) = prompt(lines[at], ">>>") else {
            at += 1;
            continue;
        };
        let more = lines[at + 1..].iter().take_while(|line| prompt(line, "...").is_some()).count();
        let source = &lines[at..=at + more];
        let wanted = &lines[at + more + 1..];
        let wanted = &wanted[..wanted.iter().take_while(|line| is_wanted(line)).count()];
        check_blanks(source, indent, name, at)?;
        let prefix = " ".repeat(indent);
        check_prefix(&source[1..], &format!("{prefix}."), name, at)?;
        let code: Vec<&str> = source.iter().map(|line| line.get(indent + 4..).unwrap_or("")).collect();
        check_prefix(wanted, &prefix, name, at + source.len())?;
        let has_options = check_options(&code, name, at, flags)?;
        let is_blank = code.len() == 1 && is_blank_or_comment(code[0]);
        if is_blank && has_options {
            let shown = repr(&code.join("\n"));
            let message = format!(
                "line {} of the doctest for {name} has an option directive on a line with no example: {shown}",
                at + 1
            );
            return Err(Mistake(message));
        }
        count += usize::from(!is_blank);
        at += source.len() + wanted.len();
    }
    Ok(count)
}

/// Whether a text may hold an example at all.
pub(super) fn has_prompt(text: &str) -> bool {
    text.contains(">>>")
}

/// `str.expandtabs()`
fn expand_tabs(text: &str) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut column = 0;
    for char in text.chars() {
        match char {
            '\t' => {
                let width = 8 - column % 8;
                expanded.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            '\n' | '\r' => {
                expanded.push(char);
                column = 0;
            }
            _ => {
                expanded.push(char);
                column += 1;
            }
        }
    }
    expanded
}

/// The indentation of a line that is not blank.
fn indent_of(line: &str) -> Option<usize> {
    let rest = line.trim_start_matches(' ');
    let is_blank = rest.trim_start().is_empty();
    (!is_blank).then(|| line.len() - rest.len())
}

/// The indentation of a line that begins with the prompt.
fn prompt(line: &str, prompt: &str) -> Option<usize> {
    let rest = line.trim_start_matches(' ');
    rest.starts_with(prompt).then(|| line.len() - rest.len())
}

/// Whether a line behind an example is its output.
fn is_wanted(line: &str) -> bool {
    let rest = line.trim_start_matches(' ');
    !rest.is_empty() && !rest.starts_with(">>>")
}

/// `IS_BLANK_OR_COMMENT`
fn is_blank_or_comment(code: &str) -> bool {
    let rest = code.trim_start_matches(' ');
    rest.is_empty() || rest.starts_with('#')
}

fn check_blanks(source: &[&str], indent: usize, name: &str, at: usize) -> Result<(), Mistake> {
    for (place, line) in source.iter().enumerate() {
        let behind = line.as_bytes().get(indent + 3);
        if behind.is_some_and(|&byte| byte != b' ') {
            let shown = line.get(indent..indent + 3).unwrap_or("");
            return Err(Mistake(format!(
                "line {} of the docstring for {name} lacks blank after {shown}: {}",
                at + place + 1,
                repr(line)
            )));
        }
    }
    Ok(())
}

fn check_prefix(lines: &[&str], prefix: &str, name: &str, at: usize) -> Result<(), Mistake> {
    for (place, line) in lines.iter().enumerate() {
        if !line.is_empty() && !line.starts_with(prefix) {
            return Err(Mistake(format!(
                "line {} of the docstring for {name} has inconsistent leading whitespace: {}",
                at + place + 1,
                repr(line)
            )));
        }
    }
    Ok(())
}

/// Whether there is a `# doctest: +OPTION`, all of whose options are known.
fn check_options(code: &[&str], name: &str, at: usize, flags: &Flags<'_>) -> Result<bool, Mistake> {
    let mut found = false;
    for directive in code.iter().filter_map(|line| directive(line)) {
        for option in directive.replace(',', " ").split_whitespace() {
            found = true;
            let known = option.strip_prefix(['+', '-']).is_some_and(|option| flags.has(option));
            if !known {
                return Err(Mistake(format!(
                    "line {} of the doctest for {name} has an invalid option: {}",
                    at + 1,
                    repr(option)
                )));
            }
        }
    }
    Ok(found)
}

/// What stands behind `# doctest:`; quotes make it part of a string.
fn directive(line: &str) -> Option<&str> {
    line.match_indices('#').find_map(|(place, _)| {
        let rest = line[place + 1..].trim_start();
        let rest = rest.strip_prefix("doctest:")?.trim_start();
        (!rest.contains(['\'', '"'])).then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<usize, String> {
        let flags = Flags { registered: &[], open: false };
        examples(text, "m.f", &flags).map_err(|mistake| mistake.0)
    }

    #[test]
    fn examples_are_counted_without_comments() {
        assert_eq!(parse("\n    >>> a = 1\n    >>> a\n    1\n\n    text\n    >>> # no example\n"), Ok(2));
        assert_eq!(parse("nothing >>> here"), Ok(0));
        assert_eq!(parse(">>> for x in y:\n...     pass\n>>>\n"), Ok(1));
        assert_eq!(parse(">>> x = (\n"), Ok(1));
    }

    #[test]
    fn mistakes_are_worded_as_doctest_words_them() {
        let error = |text: &str| parse(text).unwrap_err();
        assert_eq!(error(">>>x"), "line 1 of the docstring for m.f lacks blank after >>>: '>>>x'");
        assert_eq!(
            error("text\n    >>> f(\n  ... )\n"),
            "line 2 of the docstring for m.f has inconsistent leading whitespace: '  ... )'"
        );
        assert_eq!(
            error("  a\n    >>> f()\n  1\n"),
            "line 3 of the docstring for m.f has inconsistent leading whitespace: '1'"
        );
        assert_eq!(
            error("\n    >>> 1 # doctest: +NOPE\n    1\n"),
            "line 2 of the doctest for m.f has an invalid option: '+NOPE'"
        );
        assert_eq!(
            error(">>> # doctest: +SKIP\n"),
            "line 1 of the doctest for m.f has an option directive on a line with no example: '# doctest: +SKIP'"
        );
    }

    #[test]
    fn options_in_strings_are_none_and_several_may_be_given() {
        assert_eq!(parse(">>> x = '# doctest: +NOPE'"), Ok(1));
        assert_eq!(parse(">>> f()  # doctest: +SKIP, -ELLIPSIS +NUMBER"), Ok(1));
    }
}
