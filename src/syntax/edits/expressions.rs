//! Replacing expressions, adding arguments, and comments that silence.

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged as _;

use super::super::span;
use super::style::line_indentation;
use super::{Editor, offset};
use crate::diagnostic::Edit;
use crate::text::Span;

impl Editor<'_> {
    /// Other code in place of an expression. The caller knows whether it needs parentheses.
    pub fn replace(&self, expression: Span, code: &str) -> Vec<Edit> {
        vec![self.edit(expression, code)]
    }

    /// `name=value` in a call: added behind the other arguments, or in place of the value it has.
    pub fn set_keyword(&self, call: &ExprCall, name: &str, value: &str) -> Vec<Edit> {
        let known = call
            .arguments
            .keywords
            .iter()
            .find(|keyword| keyword.arg.as_ref().is_some_and(|argument| argument.as_str() == name));
        if let Some(keyword) = known {
            return vec![self.edit(span(keyword.value.range()), value)];
        }
        let argument = format!("{name}={value}");
        let arguments = span(call.arguments.range);
        let closing = arguments.end.saturating_sub(1);
        let Some(last) = last_argument(call) else {
            return vec![self.edit(Span::at(arguments.start + 1), argument)];
        };
        let end = self.end_of_code_before(closing);
        let mut edits = Vec::new();
        if let [Expr::Generator(generator)] = &*call.arguments.args {
            // A generator may only stay without parentheses of its own where it is alone.
            if !generator.parenthesized {
                edits.push(self.edit(Span::at(span(generator.range).start), "("));
                edits.push(self.edit(Span::at(end), format!("), {argument}")));
                return edits;
            }
        }
        let trailing_comma = end > arguments.start + 1 && self.text().as_bytes()[end as usize - 1] == b',';
        let text = self.text();
        let on_own_line = line_indentation(text, last.start as usize);
        let closing_on_own_line = line_indentation(text, closing as usize).is_some();
        let content = match (trailing_comma, on_own_line) {
            (true, Some(indentation)) if closing_on_own_line => {
                format!("{}{indentation}{argument},", self.style.newline)
            }
            (true, _) => format!(" {argument}"),
            (false, Some(indentation)) if closing_on_own_line => {
                format!(",{}{indentation}{argument}", self.style.newline)
            }
            (false, _) => format!(", {argument}"),
        };
        edits.push(self.edit(Span::at(end), content));
        edits
    }

    /// Where the code before `position` ends: blanks and comments are skipped.
    fn end_of_code_before(&self, position: u32) -> u32 {
        let mut end = position;
        loop {
            let code = self.text()[..end as usize].trim_end_matches([' ', '\t', '\u{c}', '\n', '\r', '\\']);
            end = offset(code.len());
            match self.comment_at(end).filter(|comment| comment.end == end) {
                Some(comment) => end = comment.start,
                None => return end,
            }
        }
    }

    /// A comment behind the line on which `place` ends that silences `rule` there; a comment that
    /// silences other rules already takes it in.
    pub fn silence(&self, place: Span, rule: &str, reason: Option<&str>) -> Option<Vec<Edit>> {
        let statement = super::layout::innermost(&self.module.body, place.start)?;
        let header = super::layout::suites(statement.statement)
            .first()
            .and_then(|suite| suite.first())
            .map(|first| span(first.range()).start);
        // The line on which the statement, or the header of its block, ends.
        let last = match header {
            Some(body) => self.end_of_code_before(body).saturating_sub(1),
            None => statement.span().end.saturating_sub(1),
        };
        let line = self.file.source.line_span(self.file.source.line(last));
        let existing = self.file.suppressions().iter().find(|suppression| {
            suppression.target.is_some_and(|target| target.contains(place.start))
                && suppression.style == super::super::suppression::Style::Collectlint
        });
        if let Some(existing) = existing {
            let (_, last_rule) = existing.rules.last()?;
            return Some(vec![self.edit(Span::at(last_rule.end), format!(", {rule}"))]);
        }
        let reason = reason.map(|reason| format!(" {reason}")).unwrap_or_default();
        let kept = self.file.source.slice(line).trim_end().len();
        let end = Span::new(line.start + offset(kept), line.end);
        Some(vec![self.edit(end, format!("  # collectlint: ignore[{rule}]{reason}"))])
    }

    /// Deletes a comment, with its line if nothing else is on it.
    pub fn delete_comment(&self, comment: Span) -> Vec<Edit> {
        let text = self.text();
        let before = text[..comment.start as usize].trim_end_matches([' ', '\t']).len();
        let line = self.file.source.line(comment.start);
        let start = self.file.source.line_start(line);
        let at_end = comment.end >= self.file.source.line_span(line).end;
        if offset(before) <= start && at_end {
            return vec![self.edit(Span::new(start, self.file.source.line_start(line + 1)), "")];
        }
        let start = if at_end { offset(before).max(start) } else { comment.start };
        let skipped = text[comment.end as usize..].len()
            - text[comment.end as usize..].trim_start_matches([' ', '\t']).len();
        let end = if at_end { comment.end } else { comment.end + offset(skipped) };
        vec![self.edit(Span::new(start, end), "")]
    }
}

fn last_argument(call: &ExprCall) -> Option<Span> {
    let positional = call.arguments.args.iter().map(|argument| span(argument.range()));
    let named = call.arguments.keywords.iter().map(|keyword| span(keyword.range));
    positional.chain(named).max_by_key(|argument| argument.start)
}
