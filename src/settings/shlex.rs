//! `shlex.split`: how pytest splits `addopts`, `testpaths` and other lists of words.

use std::ops::Range;

/// A word, and the part of the text it was written as, quotes included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub text: String,
    pub range: Range<usize>,
}

/// What `shlex` raises, a `ValueError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ShlexError {
    #[error("No closing quotation")]
    Quotation,
    #[error("No escaped character")]
    Escape,
}

/// `shlex.split(text)`: POSIX rules, `#` is an ordinary character.
pub(crate) fn split(text: &str) -> Result<Vec<Word>, ShlexError> {
    let mut words = Vec::new();
    let mut current: Option<Word> = None;
    let mut characters = text.char_indices();
    while let Some((offset, c)) = characters.next() {
        if matches!(c, ' ' | '\t' | '\r' | '\n') {
            words.extend(current.take());
            continue;
        }
        let word = current.get_or_insert_with(|| Word { text: String::new(), range: offset..offset });
        let mut end = offset + c.len_utf8();
        match c {
            '\\' => {
                let (at, escaped) = characters.next().ok_or(ShlexError::Escape)?;
                word.text.push(escaped);
                end = at + escaped.len_utf8();
            }
            '\'' | '"' => loop {
                let (at, inner) = characters.next().ok_or(ShlexError::Quotation)?;
                end = at + inner.len_utf8();
                if inner == c {
                    break;
                }
                if inner == '\\' && c == '"' {
                    let (_, escaped) = characters.next().ok_or(ShlexError::Escape)?;
                    if !matches!(escaped, '\\' | '"') {
                        word.text.push('\\');
                    }
                    word.text.push(escaped);
                } else {
                    word.text.push(inner);
                }
            },
            _ => word.text.push(c),
        }
        word.range.end = end;
    }
    words.extend(current);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        split(text).unwrap().into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn quotes_and_escapes_are_a_posix_shells() {
        assert_eq!(
            texts("-k 'a and b' -m\"x y\"z \\ q '' # c"),
            ["-k", "a and b", "-mx yz", " q", "", "#", "c"]
        );
        assert_eq!(texts(r#""a\b\"c\\" 'a\b'"#), [r#"a\b"c\"#, r"a\b"]);
    }

    #[test]
    fn what_is_not_closed_is_an_error() {
        assert_eq!(split("'a"), Err(ShlexError::Quotation));
        assert_eq!(split("\"a\\\""), Err(ShlexError::Quotation));
        assert_eq!(split("a\\"), Err(ShlexError::Escape));
        assert_eq!(split("\"a\\"), Err(ShlexError::Escape));
    }

    #[test]
    fn words_know_where_they_were_written() {
        let words = split("  -x 'a b'").unwrap();
        assert_eq!(words[1].range, 5..10);
    }
}
