//! Inserting, replacing, deleting and wrapping statements.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Decorator, ExceptHandlerExceptHandler, Expr, Stmt};
use ruff_text_size::Ranged as _;

use super::super::span;
use super::layout::{After, Before, Place};
use super::{Editor, offset};
use crate::diagnostic::Edit;
use crate::text::Span;

/// What becomes of the comment behind a statement that is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrailingComment {
    /// It stays, on a line of its own.
    Keep,
    Delete,
}

impl Editor<'_> {
    /// Code on lines of its own above a statement (below the comments above it).
    pub fn insert_before(&self, statement: Span, code: &str) -> Option<Vec<Edit>> {
        let place = self.place(statement)?;
        let indentation = self.indentation(&place);
        let code = self.style.lines(code, &indentation);
        let newline = self.style.newline;
        Some(match self.before(&place) {
            Before::Line(_) => {
                vec![self.edit(Span::at(statement.start), format!("{code}{newline}{indentation}"))]
            }
            Before::Semicolon(gap) => {
                let content = format!("{newline}{indentation}{code}{newline}{indentation}");
                self.break_header(&place, &indentation).into_iter().chain([self.edit(gap, content)]).collect()
            }
            Before::Header(gap) => {
                vec![self.edit(gap, format!("{newline}{indentation}{code}{newline}{indentation}"))]
            }
        })
    }

    /// Code on lines of its own below a statement and the comment on its last line.
    pub fn insert_after(&self, statement: Span, code: &str) -> Option<Vec<Edit>> {
        let place = self.place(statement)?;
        let indentation = self.indentation(&place);
        let code = self.style.lines(code, &indentation);
        let newline = self.style.newline;
        let mut edits: Vec<Edit> = self.break_header(&place, &indentation).into_iter().collect();
        edits.push(match self.after(&place) {
            After::Line { end, .. } => self.edit(Span::at(end), format!("{newline}{indentation}{code}")),
            After::Semicolon(gap) => {
                self.edit(gap, format!("{newline}{indentation}{code}{newline}{indentation}"))
            }
        });
        Some(edits)
    }

    /// Other code in place of a statement; the comment behind it stays behind the last line.
    pub fn replace_statement(&self, statement: Span, code: &str) -> Option<Vec<Edit>> {
        let place = self.place(statement)?;
        let simple = !code.contains('\n') && !code.trim_end().ends_with(':') && !starts_block(code);
        let alone = matches!(self.before(&place), Before::Line(_))
            && matches!(self.after(&place), After::Line { .. });
        if simple || alone {
            let indentation = self.indentation(&place);
            return Some(vec![self.edit(statement, self.style.lines(code, &indentation))]);
        }
        let indentation = self.indentation(&place);
        let mut edits = self.own_line(&place, &indentation);
        edits.push(self.edit(statement, self.style.lines(code, &indentation)));
        if let After::Semicolon(gap) = self.after(&place) {
            edits.push(self.edit(gap, format!("{}{indentation}", self.style.newline)));
        }
        Some(edits)
    }

    /// The line breaks, if needed, that put a statement on a line of its own.
    fn own_line(&self, place: &Place<'_>, indentation: &str) -> Vec<Edit> {
        let line_break = match self.before(place) {
            Before::Line(_) | Before::Header(_) => None,
            Before::Semicolon(gap) => Some(self.edit(gap, format!("{}{indentation}", self.style.newline))),
        };
        self.break_header(place, indentation).into_iter().chain(line_break).collect()
    }

    /// The line break, if needed, between the header of a block and the statements on its line.
    fn break_header(&self, place: &Place<'_>, indentation: &str) -> Option<Edit> {
        let mut place = *place;
        loop {
            match self.before(&place) {
                Before::Line(_) => return None,
                Before::Header(gap) => {
                    return Some(self.edit(gap, format!("{}{indentation}", self.style.newline)));
                }
                Before::Semicolon(_) => {
                    let index = place.index.checked_sub(1)?;
                    place = Place { statement: place.suite.get(index)?, index, ..place };
                }
            }
        }
    }

    /// Deletes a statement; a block that would be empty gets a `pass`.
    pub fn delete_statement(&self, statement: Span, comment: TrailingComment) -> Option<Vec<Edit>> {
        let place = self.place(statement)?;
        if place.suite.len() == 1 && place.owner.is_some() {
            return Some(vec![self.edit(statement, "pass")]);
        }
        Some(vec![match (self.before(&place), self.after(&place)) {
            (Before::Line(line), After::Line { comment: behind, end, .. }) => match behind {
                Some(behind) if comment == TrailingComment::Keep => {
                    self.edit(Span::new(statement.start, behind.start), "")
                }
                Some(_) | None => {
                    let after = self.after_line_ending(end);
                    self.edit(Span::new(self.without_blank_lines(line, after), after), "")
                }
            },
            (Before::Line(_) | Before::Header(_) | Before::Semicolon(_), After::Semicolon(gap)) => {
                self.edit(Span::new(statement.start, gap.end), "")
            }
            (Before::Semicolon(gap), After::Line { code, .. }) => self.edit(Span::new(gap.start, code), ""),
            // Alone in its block, which was handled above.
            (Before::Header(_), After::Line { .. }) => self.edit(statement, "pass"),
        }])
    }

    /// Where lines that go begin: with the blank lines above them if there are blank lines below as well.
    fn without_blank_lines(&self, line: u32, after: u32) -> u32 {
        let text = self.text();
        let below = text[after as usize..].lines().next();
        if below.is_some_and(|below| !below.trim().is_empty()) {
            return line;
        }
        let kept = text[..line as usize].trim_end_matches([' ', '\t', '\n', '\r']);
        if kept.is_empty() { line } else { self.after_line_ending(offset(kept.len())).min(line) }
    }

    fn after_line_ending(&self, end: u32) -> u32 {
        let rest = &self.text()[end as usize..];
        let length = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\n', '\r'])) };
        end + offset(length)
    }

    /// Puts the statements from `first` to `last`, neighbours in the module, under a header such as
    /// `if __name__ == "__main__":`. Lines inside of strings stay as they are.
    pub fn wrap(&self, first: Span, last: Span, header: &str) -> Option<Vec<Edit>> {
        let (start, end) = (self.place(first)?, self.place(last)?);
        let same_block = std::ptr::eq(start.suite.as_ptr(), end.suite.as_ptr());
        if !same_block || start.index > end.index {
            return None;
        }
        let newline = self.style.newline;
        let outer = self.indentation(&start);
        let unit = &self.style.indent;
        let opening = match self.before(&start) {
            Before::Line(_) => self.edit(Span::at(first.start), format!("{header}{newline}{outer}{unit}")),
            Before::Semicolon(gap) | Before::Header(gap) => {
                self.edit(gap, format!("{newline}{outer}{header}{newline}{outer}{unit}"))
            }
        };
        let mut edits = vec![opening];
        let strings = long_strings(&start.suite[start.index..=end.index]);
        for line in self.file.source.line(first.start) + 1..=self.file.source.line(last.end.saturating_sub(1))
        {
            let content = self.file.source.line_span(line);
            let in_string =
                strings.iter().any(|string| string.start < content.start && content.start < string.end);
            let blank = self.file.source.slice(content).trim().is_empty();
            if !in_string && !blank {
                edits.push(self.edit(Span::at(content.start), unit.clone()));
            }
        }
        if let After::Semicolon(gap) = self.after(&end) {
            edits.push(self.edit(gap, format!("{newline}{outer}")));
        }
        Some(edits)
    }

    /// A decorator (without its `@`) on top of those of a function or class.
    pub fn decorate(&self, definition: Span, decorator: &str) -> Option<Vec<Edit>> {
        let place = self.place(definition)?;
        let indentation = self.indentation(&place);
        let code =
            format!("@{}{}{indentation}", self.style.lines(decorator, &indentation), self.style.newline);
        Some(vec![self.edit(Span::at(definition.start), code)])
    }

    /// Takes decorators off, with their lines; `None` where something else is on those lines.
    pub fn undecorate(&self, decorators: &[&Decorator]) -> Option<Vec<Edit>> {
        let source = &self.file.source;
        let take_off = |decorator: &&Decorator| {
            let own = span(decorator.range());
            let first = source.line_span(source.line(own.start));
            let last = source.line_span(source.line(own.end));
            let behind = source.slice(Span::new(own.end, last.end)).trim_start();
            let alone = source.slice(Span::new(first.start, own.start)).trim().is_empty()
                && (behind.is_empty() || behind.starts_with('#'));
            alone.then(|| self.edit(Span::new(first.start, self.after_line_ending(last.end)), ""))
        };
        decorators.iter().map(take_off).collect()
    }

    /// A statement at the start of the block of an exception handler; it takes the place of a `pass`
    /// or `...`.
    pub fn bind_in_handler(&self, handler: &ExceptHandlerExceptHandler, code: &str) -> Option<Vec<Edit>> {
        let first = handler.body.first()?;
        let placeholder = match first {
            Stmt::Pass(_) => true,
            Stmt::Expr(expr) => expr.value.is_ellipsis_literal_expr(),
            _ => false,
        };
        let statement = span(first.range());
        if placeholder {
            self.replace_statement(statement, code)
        } else {
            self.insert_before(statement, code)
        }
    }
}

/// Whether the code is a compound statement on one line.
fn starts_block(code: &str) -> bool {
    let word = code.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let keywords = ["if", "for", "while", "with", "try", "def", "class", "async", "match"];
    code.starts_with('@') || keywords.contains(&word)
}

/// String literals that go over several lines, or may.
fn long_strings(body: &[Stmt]) -> Vec<Span> {
    struct Strings(Vec<Span>);
    impl<'a> Visitor<'a> for Strings {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::StringLiteral(string) => {
                    self.0.extend(string.value.iter().map(|part| span(part.range)));
                }
                Expr::BytesLiteral(bytes) => self.0.extend(bytes.value.iter().map(|part| span(part.range))),
                Expr::FString(string) => self.0.extend(string.value.iter().map(|part| span(part.range()))),
                Expr::TString(string) => self.0.extend(string.value.iter().map(|part| span(part.range))),
                _ => visitor::walk_expr(self, expr),
            }
        }
    }
    let mut strings = Strings(Vec::new());
    strings.visit_body(body);
    strings.0
}
