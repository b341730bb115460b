//! `skipif` and `xfail` with a condition and no reason.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged as _;

use super::{Repairer, quoted};
use crate::diagnostic::Edit;
use crate::syntax::{ParsedFile, span};
use crate::text::Span;

/// Longer conditions are no reason to be read.
const LONGEST: usize = 60;

/// A mark that pytest fails for want of a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkWithoutReason {
    /// `skipif` or `xfail`.
    pub name: &'static str,
    /// The call.
    pub span: Span,
}

impl ParsedFile {
    /// Calls of `mark.skipif` and `mark.xfail` with a condition that is no text, and without a reason.
    pub fn marks_without_reason(&self) -> Vec<MarkWithoutReason> {
        self.calls_without_reason()
            .into_iter()
            .map(|(name, call)| MarkWithoutReason { name, span: span(call.range()) })
            .collect()
    }

    fn calls_without_reason(&self) -> Vec<(&'static str, &ExprCall)> {
        let mut search = Search { found: Vec::new() };
        if let Some(tree) = self.tree() {
            search.visit_body(&tree.body);
        }
        search.found
    }
}

impl Repairer<'_> {
    /// The condition's own text as the reason.
    pub fn give_reason(&self, mark: Span) -> Option<Vec<Edit>> {
        let calls = self.file.calls_without_reason();
        let (_, call) = calls.into_iter().find(|(_, call)| span(call.range()) == mark)?;
        let condition = call.arguments.args.first()?;
        let text = self.file.source.slice(span(condition.range()));
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_short = words.len() <= LONGEST && !text.contains('#');
        let reason = if is_short { words } else { "the condition holds".to_owned() };
        Some(self.editor.set_keyword(call, "reason", &quoted(&reason)))
    }
}

struct Search<'a> {
    found: Vec<(&'static str, &'a ExprCall)>,
}

impl<'a> Visitor<'a> for Search<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression
            && let Some(name) = mark_of(call)
            && lacks_reason(call)
        {
            self.found.push((name, call));
        }
        visitor::walk_expr(self, expression);
    }
}

/// `pytest.mark.skipif`, `mark.xfail`
fn mark_of(call: &ExprCall) -> Option<&'static str> {
    let Expr::Attribute(attribute) = &*call.func else { return None };
    let is_mark = match &*attribute.value {
        Expr::Name(name) => name.id.as_str() == "mark",
        Expr::Attribute(inner) => {
            inner.attr.as_str() == "mark"
                && matches!(&*inner.value, Expr::Name(name) if name.id.as_str() == "pytest")
        }
        _ => false,
    };
    match attribute.attr.as_str() {
        "skipif" if is_mark => Some("skipif"),
        "xfail" if is_mark => Some("xfail"),
        _ => None,
    }
}

fn lacks_reason(call: &ExprCall) -> bool {
    let is_reason = |name: Option<&str>| name.is_none_or(|name| name == "reason");
    let has_reason = call
        .arguments
        .keywords
        .iter()
        .any(|keyword| is_reason(keyword.arg.as_ref().map(ruff_python_ast::Identifier::as_str)));
    // a text is its own reason, and a name may be one
    let is_condition = |condition: &Expr| {
        matches!(condition, Expr::BoolOp(_) | Expr::Compare(_) | Expr::UnaryOp(_) | Expr::BooleanLiteral(_))
    };
    !has_reason && !call.arguments.args.is_empty() && call.arguments.args.iter().all(is_condition)
}
