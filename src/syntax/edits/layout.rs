//! Where a statement stands: on lines of its own, after a `;`, or on the line of its header.

use ruff_python_ast::{ExceptHandler, Stmt};
use ruff_text_size::Ranged as _;

use super::super::span;
use super::style::line_indentation;
use super::{Editor, offset};
use crate::text::Span;

/// A statement with its neighbours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) statement: &'a Stmt,
    pub(super) suite: &'a [Stmt],
    pub(super) index: usize,
    /// Where the statement begins whose block this is.
    pub(super) owner: Option<u32>,
}

/// The blocks of a statement.
pub(in crate::syntax) fn suites(stmt: &Stmt) -> Vec<&[Stmt]> {
    let mut suites: Vec<&[Stmt]> = match stmt {
        Stmt::FunctionDef(function) => vec![&function.body],
        Stmt::ClassDef(class) => vec![&class.body],
        Stmt::For(statement) => vec![&statement.body, &statement.orelse],
        Stmt::While(statement) => vec![&statement.body, &statement.orelse],
        Stmt::If(statement) => std::iter::once(&*statement.body)
            .chain(statement.elif_else_clauses.iter().map(|clause| &*clause.body))
            .collect(),
        Stmt::With(statement) => vec![&statement.body],
        Stmt::Match(statement) => statement.cases.iter().map(|case| &*case.body).collect(),
        Stmt::Try(statement) => std::iter::once(&*statement.body)
            .chain(statement.handlers.iter().map(|ExceptHandler::ExceptHandler(handler)| &*handler.body))
            .chain([&*statement.orelse, &*statement.finalbody])
            .collect(),
        Stmt::Return(_)
        | Stmt::Delete(_)
        | Stmt::TypeAlias(_)
        | Stmt::Assign(_)
        | Stmt::AugAssign(_)
        | Stmt::AnnAssign(_)
        | Stmt::Raise(_)
        | Stmt::Assert(_)
        | Stmt::Import(_)
        | Stmt::ImportFrom(_)
        | Stmt::Global(_)
        | Stmt::Nonlocal(_)
        | Stmt::Expr(_)
        | Stmt::Pass(_)
        | Stmt::Break(_)
        | Stmt::Continue(_)
        | Stmt::IpyEscapeCommand(_) => Vec::new(),
    };
    suites.retain(|suite| !suite.is_empty());
    suites
}

/// The innermost statement around `offset`.
pub(super) fn innermost(body: &[Stmt], offset: u32) -> Option<Place<'_>> {
    descend(body, |stmt| stmt.start <= offset && offset < stmt.end.max(stmt.start + 1), |_| false)
}

/// The statement with exactly this span.
pub(super) fn find(body: &[Stmt], wanted: Span) -> Option<Place<'_>> {
    let place =
        descend(body, |stmt| stmt.start <= wanted.start && wanted.end <= stmt.end, |stmt| stmt == wanted)?;
    (span(place.statement.range()) == wanted).then_some(place)
}

/// Follows the statements for which `holds` is true down to the last, or to one that is `wanted`.
fn descend(body: &[Stmt], holds: impl Fn(Span) -> bool, wanted: impl Fn(Span) -> bool) -> Option<Place<'_>> {
    let mut result = None;
    let mut open = vec![(body, None)];
    while let Some((suite, owner)) = open.pop() {
        let Some(index) = suite.iter().position(|stmt| holds(span(stmt.range()))) else { continue };
        let statement = &suite[index];
        result = Some(Place { statement, suite, index, owner });
        if wanted(span(statement.range())) {
            break;
        }
        open.extend(suites(statement).into_iter().map(|inner| (inner, Some(span(statement.range()).start))));
    }
    result
}

/// What is before a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Blanks only, which begin here.
    Line(u32),
    /// Another statement; the gap holds the `;` and blanks.
    Semicolon(Span),
    /// The header of its block, up to the `:`; the gap are blanks.
    Header(Span),
}

/// What is after a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// Blanks, perhaps a `;`, perhaps a comment.
    Line {
        /// Where the code of the line ends.
        code: u32,
        comment: Option<Span>,
        /// Before the line ending.
        end: u32,
    },
    /// Another statement; the gap holds the `;` and blanks.
    Semicolon(Span),
}

impl Place<'_> {
    pub(super) fn span(&self) -> Span {
        span(self.statement.range())
    }
}

impl Editor<'_> {
    pub(super) fn before(&self, place: &Place<'_>) -> Before {
        let start = place.span().start;
        let bytes = self.text().as_bytes();
        let mut at = start as usize;
        let mut line_start = None;
        while at > 0 {
            match bytes[at - 1] {
                b' ' | b'\t' | 0x0c => at -= 1,
                b'\n' | b'\r' => {
                    let ending = if bytes[..at].ends_with(b"\r\n") { 2 } else { 1 };
                    line_start.get_or_insert(at);
                    if at <= ending || bytes[at - ending - 1] != b'\\' {
                        break;
                    }
                    // A backslash joins the lines; in a comment it would not, but then no `;` or `:`
                    // before it counts either.
                    if self.comment_at(offset(at - ending)).is_some() {
                        break;
                    }
                    at -= ending + 1;
                }
                b';' if !self.is_in_comment(at - 1) => {
                    return Before::Semicolon(Span::new(offset(at - 1), start));
                }
                b':' if place.owner.is_some() && !self.is_in_comment(at - 1) => {
                    return Before::Header(Span::new(offset(at), start));
                }
                _ => break,
            }
        }
        Before::Line(offset(line_start.unwrap_or(at)))
    }

    fn is_in_comment(&self, at: usize) -> bool {
        self.comment_at(offset(at)).is_some_and(|comment| comment.end > offset(at))
    }

    pub(super) fn after(&self, place: &Place<'_>) -> After {
        let code = place.span().end;
        let bytes = self.text().as_bytes();
        let mut at = code as usize;
        let mut code_end = code;
        while at < bytes.len() {
            match bytes[at] {
                b' ' | b'\t' | 0x0c => at += 1,
                b';' => {
                    at += 1;
                    code_end = offset(at);
                }
                b'\\' if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => {
                    at += if bytes[at + 1..].starts_with(b"\r\n") { 3 } else { 2 };
                }
                b'#' => {
                    let comment = self.comment_at(offset(at));
                    let end = comment.map_or(offset(bytes.len()), |comment| comment.end);
                    return After::Line { code: code_end, comment, end };
                }
                b'\n' | b'\r' => break,
                _ => return After::Semicolon(Span::new(code, offset(at))),
            }
        }
        After::Line { code: code_end, comment: None, end: offset(at) }
    }

    /// The blanks at the start of the line of a statement, or of its header.
    pub(super) fn indentation(&self, place: &Place<'_>) -> String {
        let start = place.span().start;
        match self.before(place) {
            Before::Line(line) => self.text()[line as usize..start as usize].to_owned(),
            Before::Semicolon(_) => match place.index.checked_sub(1).and_then(|index| place.suite.get(index))
            {
                Some(previous) => {
                    let neighbour = Place { statement: previous, index: place.index - 1, ..*place };
                    self.indentation(&neighbour)
                }
                None => String::new(),
            },
            Before::Header(gap) => self.header_indentation(gap.start, place) + &self.style.indent,
        }
    }

    /// The blanks before the header that ends at `colon`: an `else:` has its own line.
    fn header_indentation(&self, colon: u32, place: &Place<'_>) -> String {
        let text = self.text();
        let owner = place.owner.unwrap_or(0) as usize;
        let first = line_indentation(text, owner).unwrap_or_default();
        let line_start = text[..colon as usize].rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let line = &text[line_start..colon as usize];
        let own = &line[..line.len() - line.trim_start_matches([' ', '\t', '\u{c}']).len()];
        // The last line of a long header may be anywhere; all clauses begin below each other.
        let clause = ["else", "elif", "except", "finally", "case"]
            .iter()
            .any(|word| line.trim_start().starts_with(word));
        if clause { own.to_owned() } else { first.to_owned() }
    }
}
