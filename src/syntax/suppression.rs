//! Comments that silence findings: `# collectlint: ignore[CL001] reason`, `# noqa: CL001`.
//!
//! A comment speaks for the whole statement on one of whose lines it is, or, on a line of its own,
//! for the statement below it; `file-ignore` speaks for the file. A `def` or `class` with its
//! decorators counts as one statement, without its body.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::Ranged as _;

use super::span;
use crate::diagnostic::RuleCode;
use crate::text::Span;

/// All such comments of a file, in order.
#[derive(Debug, Default)]
pub struct Suppressions {
    comments: Vec<Suppression>,
    malformed: Vec<Malformed>,
}

/// One comment that silences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// From its `#` to the end of what belongs to it.
    pub span: Span,
    pub style: Style,
    /// The rules that it names, with the place of each; empty means all of them.
    pub rules: Vec<(String, Span)>,
    /// What the author gave as reason.
    pub reason: Option<String>,
    /// The text that it speaks for; `None` is the whole file.
    pub target: Option<Span>,
}

/// Whose comment it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Collectlint,
    /// Other tools read it as well.
    Noqa,
}

/// A comment that was meant to silence and does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    pub span: Span,
    /// What is wrong, lower case.
    pub message: &'static str,
}

/// The comment that silences a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'a> {
    pub suppression: &'a Suppression,
    /// Which of its rules; `None` where it names none.
    pub rule: Option<usize>,
}

impl Suppressions {
    /// The comment that silences rule `code`, also called `name`, at `place`.
    pub fn find(&self, code: RuleCode, name: &str, place: Span) -> Option<Match<'_>> {
        self.comments.iter().find_map(|suppression| {
            let in_target = suppression
                .target
                .is_none_or(|target| target.start <= place.start && place.start < target.end);
            if !in_target {
                return None;
            }
            if suppression.rules.is_empty() {
                return Some(Match { suppression, rule: None });
            }
            let names_it = |(rule, _): &(String, Span)| rule.eq_ignore_ascii_case(code.0) || rule == name;
            let rule = suppression.rules.iter().position(names_it)?;
            Some(Match { suppression, rule: Some(rule) })
        })
    }

    /// All comments, used or not.
    pub fn iter(&self) -> impl Iterator<Item = &Suppression> {
        self.comments.iter()
    }

    pub fn malformed(&self) -> &[Malformed] {
        &self.malformed
    }

    pub(super) fn new(tokens: &[Token], comments: &[Span], text: &str) -> Self {
        let mut suppressions = Self::default();
        let mut lines = None;
        for &comment in comments {
            let content = text.get(comment.range()).unwrap_or_default();
            if !content.contains("collectlint") && !contains_noqa(content) {
                continue;
            }
            let lines: &Vec<Span> = lines.get_or_insert_with(|| statement_lines(tokens));
            let index = lines.partition_point(|line| line.end <= comment.start);
            let line = lines.get(index).copied();
            let own_line = line.is_none_or(|line| comment.start < line.start);
            for directive in directives(content, comment.start) {
                suppressions.add(directive, own_line, line);
            }
        }
        suppressions
    }

    fn add(&mut self, directive: Directive, own_line: bool, line: Option<Span>) {
        match directive {
            Directive::Malformed(malformed) => self.malformed.push(malformed),
            Directive::File(suppression) => self.comments.push(suppression),
            // Other tools ignore a `# noqa` above a statement; naming the rule shows what is meant.
            Directive::Statement(suppression)
                if own_line && suppression.style == Style::Noqa && suppression.rules.is_empty() => {}
            Directive::Statement(mut suppression) => {
                suppression.target = Some(line.unwrap_or(Span::at(suppression.span.start)));
                self.comments.push(suppression);
            }
        }
    }
}

/// The lines of statements, from their first token to the end of the line: bodies have lines of their
/// own, decorators have not.
fn statement_lines(tokens: &[Token]) -> Vec<Span> {
    let mut lines: Vec<Span> = Vec::new();
    let mut start = None;
    let mut first = TokenKind::Newline;
    let mut after_decorator = false;
    for token in tokens {
        match token.kind() {
            TokenKind::Comment | TokenKind::NonLogicalNewline | TokenKind::Indent | TokenKind::Dedent => {}
            TokenKind::Newline | TokenKind::EndOfFile => {
                let Some(begin) = start.take() else { continue };
                let end = span(token.range()).end.max(begin + 1);
                match lines.last_mut() {
                    Some(decorated) if after_decorator => decorated.end = end,
                    _ => lines.push(Span::new(begin, end)),
                }
                after_decorator = first == TokenKind::At;
            }
            kind => {
                if start.is_none() {
                    start = Some(span(token.range()).start);
                    first = kind;
                }
            }
        }
    }
    lines
}

enum Directive {
    Statement(Suppression),
    File(Suppression),
    Malformed(Malformed),
}

fn contains_noqa(comment: &str) -> bool {
    comment.as_bytes().windows(4).any(|window| window.eq_ignore_ascii_case(b"noqa"))
}

/// What a comment says; one comment may hold several, each after a `#`.
fn directives(comment: &str, offset: u32) -> Vec<Directive> {
    let mut found = Vec::new();
    let starts: Vec<usize> = comment.match_indices('#').map(|(at, _)| at).collect();
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(comment.len());
        let piece = comment[start..end].trim_end();
        let at = offset + u32::try_from(start).unwrap_or(u32::MAX);
        let body = piece[1..].trim_start();
        let skipped = piece.len() - body.len();
        let cursor = Cursor { rest: body, at: at + length(&piece[..skipped]) };
        let place = Span::new(at, at + length(piece));
        if body.starts_with("collectlint:") {
            found.push(collectlint(cursor, place));
        } else if body.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("noqa")) {
            found.extend(noqa(cursor, place));
        }
    }
    found
}

/// A text that is being read, and where it is in the file.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    rest: &'a str,
    at: u32,
}

impl<'a> Cursor<'a> {
    fn skip(&mut self, bytes: usize) -> &'a str {
        let (skipped, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        self.at += length(skipped);
        skipped
    }

    fn skip_blanks(&mut self) {
        self.skip(self.rest.len() - self.rest.trim_start().len());
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.rest.starts_with(word);
        if found {
            self.skip(word.len());
        }
        found
    }

    /// Letters of a rule's code or name.
    fn word(&mut self) -> Option<(String, Span)> {
        let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
        let start = self.at;
        let word = self.skip(self.rest.find(ends).unwrap_or(self.rest.len()));
        (!word.is_empty()).then(|| (word.to_owned(), Span::new(start, self.at)))
    }
}

fn collectlint(mut cursor: Cursor<'_>, place: Span) -> Directive {
    let malformed = |message| Directive::Malformed(Malformed { span: place, message });
    cursor.skip("collectlint:".len());
    cursor.skip_blanks();
    let whole_file = cursor.eat("file-");
    if !cursor.eat("ignore") {
        return malformed("expected `ignore` or `file-ignore`");
    }
    let mut rules = Vec::new();
    if cursor.eat("[") {
        loop {
            cursor.skip_blanks();
            rules.extend(cursor.word());
            cursor.skip_blanks();
            if cursor.eat("]") {
                break;
            }
            if !cursor.eat(",") {
                return malformed("expected `,` or `]` after a rule");
            }
        }
        if rules.is_empty() {
            return malformed("no rule is named between `[` and `]`");
        }
    } else if !cursor.rest.is_empty() && !cursor.rest.starts_with(char::is_whitespace) {
        return malformed("expected `[` or a blank after `ignore`");
    }
    let reason = Some(cursor.rest.trim().to_owned()).filter(|reason| !reason.is_empty());
    let suppression = Suppression { span: place, style: Style::Collectlint, rules, reason, target: None };
    if whole_file { Directive::File(suppression) } else { Directive::Statement(suppression) }
}

/// `noqa` or `noqa: CL001, E501`; nothing where it is about other tools' rules only.
fn noqa(mut cursor: Cursor<'_>, place: Span) -> Option<Directive> {
    cursor.skip("noqa".len());
    let mut rules = Vec::new();
    if cursor.eat(":") {
        loop {
            while cursor.rest.starts_with([',', ' ', '\t']) {
                cursor.skip(1);
            }
            match cursor.word() {
                Some((word, at)) if is_code(&word) => rules.push((word, at)),
                _ => break,
            }
        }
        rules.retain(|(rule, _)| rule.get(..2).is_some_and(|group| group.eq_ignore_ascii_case("CL")));
        if rules.is_empty() {
            return None;
        }
    } else if cursor.rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let suppression = Suppression { span: place, style: Style::Noqa, rules, reason: None, target: None };
    Some(Directive::Statement(suppression))
}

/// Letters and then digits.
fn is_code(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    digits.len() < word.len() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::ParsedFile;
    use super::*;

    const EXIT: RuleCode = RuleCode("CL001");

    fn parse(text: &str) -> ParsedFile {
        ParsedFile::new("test_it.py".into(), text.as_bytes())
    }

    /// Whether CL001 is silenced where `needle` is.
    fn silent(text: &str, needle: &str) -> bool {
        let file = parse(text);
        let at = u32::try_from(text.find(needle).unwrap()).unwrap();
        file.suppressions().find(EXIT, "exit-at-import", Span::at(at)).is_some()
    }

    #[test]
    fn a_comment_on_any_line_of_the_statement_silences_it() {
        assert!(silent("exit(1)  # collectlint: ignore[CL001] a script\n", "exit"));
        assert!(silent("exit(  # collectlint: ignore[exit-at-import]\n  1\n)\n", "exit"));
        assert!(silent("exit(\n  1\n)  # noqa: E501, CL001\n", "exit"));
        assert!(silent("exit(1)  # type: ignore  # noqa", "exit"));
        assert!(silent("exit(1)  # NOQA:cl001 because\n", "exit"));
        assert!(!silent("exit(1)  # noqa: E501\n", "exit"));
        assert!(!silent("exit(1)  # collectlint: ignore[CL002]\n", "exit"));
        assert!(!silent("x = 1  # collectlint: ignore\nexit(1)\n", "exit"));
        assert!(!silent("x = '# collectlint: ignore'; exit(1)\n", "exit"));
        assert!(!silent("x = '''\n# collectlint: ignore\n'''\nexit(1)\n", "exit"));
    }

    #[test]
    fn a_comment_on_its_own_line_silences_the_statement_below() {
        assert!(silent("# collectlint: ignore\n\n# more\nexit(1)\n", "exit"));
        assert!(silent("if x:\n    # noqa: CL001\n    exit(1)\n", "exit"));
        assert!(!silent("# noqa\nexit(1)\n", "exit"));
        assert!(!silent("# collectlint: ignore\nx = 1\nexit(1)\n", "exit"));
        assert!(!silent("def f():  # collectlint: ignore\n    exit(1)\n", "exit"));
        assert!(!silent("exit(1)\n# collectlint: ignore\n", "exit"));
    }

    #[test]
    fn decorators_belong_to_the_definition() {
        let text = "# collectlint: ignore\n@a\n@b(\n  1)\ndef f(\n  x):\n    exit(1)\n";
        for (needle, expected) in [("@a", true), ("@b", true), ("def", true), ("x)", true), ("exit", false)] {
            assert_eq!(silent(text, needle), expected, "{needle}");
        }
        assert!(silent("@a\nclass A:  # collectlint: ignore\n  pass\n", "@a"));
    }

    #[test]
    fn a_file_can_be_silenced() {
        assert!(silent("x = 1\nexit(1)\n# collectlint: file-ignore[CL001]\n", "exit"));
        assert!(!silent("exit(1)\n# collectlint: file-ignore[CL002] later\n", "exit"));
    }

    #[test]
    fn reasons_and_places_are_kept() {
        let text = "f()  # why # collectlint: ignore[CL001, CL002] it is fine\n";
        let file = parse(text);
        let suppression = file.suppressions().iter().next().unwrap();
        assert_eq!(suppression.reason.as_deref(), Some("it is fine"));
        assert_eq!(file.source.slice(suppression.span), "# collectlint: ignore[CL001, CL002] it is fine");
        let places: Vec<_> = suppression.rules.iter().map(|(_, place)| file.source.slice(*place)).collect();
        assert_eq!(places, ["CL001", "CL002"]);
        let found = file.suppressions().find(RuleCode("CL002"), "", Span::at(0)).unwrap();
        assert_eq!(found.rule, Some(1));
    }

    #[test]
    fn what_cannot_be_understood_is_told() {
        for (comment, message) in [
            ("# collectlint: ignore[CL001", "expected `,` or `]` after a rule"),
            ("# collectlint: ignore[]", "no rule is named between `[` and `]`"),
            ("# collectlint: ignored", "expected `[` or a blank after `ignore`"),
            ("# collectlint: disable=CL001", "expected `ignore` or `file-ignore`"),
        ] {
            let file = parse(comment);
            assert_eq!(file.suppressions().malformed()[0].message, message);
            assert_eq!(file.suppressions().iter().count(), 0);
        }
    }
}
