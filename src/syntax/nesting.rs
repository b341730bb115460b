//! How deep a module nests: Python gives up on what is too deep, and whatever walks or drops a tree
//! must have the stack for it.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{ElifElseClause, Expr, ModModule, Pattern, Stmt};
use ruff_python_parser::Parsed;

use super::checks::{self, Names, Problem};
use super::private;

/// No Python compiles a module that nests deeper; none such is parsed. This many operators in one
/// expression are needed for it.
pub(super) const MAX_DEPTH: u32 = 100_000;
/// What the stack of any thread has room for.
const SHALLOW: u32 = 150;
/// Room for one level, in bytes: with margin, as it is only reserved, not used.
const LEVEL: usize = 8 * 1024;

/// An upper bound of the depth of a tree, from its tokens: operators add up until a comma or the
/// end of the statement.
#[derive(Debug, Default)]
pub(super) struct Estimate {
    /// Of the innermost open bracket.
    level: Level,
    /// Of the brackets around it.
    outer: Vec<Level>,
    deepest: u32,
    deepest_bracket: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Level {
    /// The operators of the current element.
    current: u32,
    /// The most of any element before.
    most: u32,
}

impl Estimate {
    pub(super) fn operator(&mut self) {
        self.level.current += 1;
    }

    pub(super) fn open(&mut self) {
        self.outer.push(std::mem::take(&mut self.level));
        self.deepest_bracket = self.deepest_bracket.max(self.outer.len());
    }

    pub(super) fn close(&mut self) {
        if let Some(outer) = self.outer.pop() {
            let inner = self.level.current.max(self.level.most);
            self.level = Level { current: outer.current + inner + 1, ..outer };
        }
    }

    pub(super) fn comma(&mut self) {
        self.level = Level { current: 0, most: self.level.most.max(self.level.current) };
    }

    pub(super) fn end_of_statement(&mut self) {
        while !self.outer.is_empty() {
            self.close();
        }
        let Level { current, most } = std::mem::take(&mut self.level);
        self.deepest = self.deepest.max(current).max(most);
    }

    /// The bound, for statements of that many levels, and how many brackets are open at the same
    /// time.
    pub(super) fn finish(mut self, indents: usize) -> (u32, usize) {
        self.end_of_statement();
        let statements = u32::try_from(indents).unwrap_or(u32::MAX).saturating_add(3);
        (self.deepest.saturating_add(statements), self.deepest_bracket)
    }
}

/// Whether the text may hold something so deep that the parser should not see it. Cheap, and nearly
/// always false.
pub(super) fn is_suspicious(text: &str) -> bool {
    const SHORT: usize = 64 * 1024;
    const LONG: usize = 512 * 1024;
    const LONG_ELEMENT: usize = 8 * 1024;
    if text.len() < SHORT {
        return false;
    }
    let mut last = 0;
    for separator in memchr::memchr2_iter(b',', b'\n', text.as_bytes()).chain([text.len()]) {
        if separator - last > LONG_ELEMENT {
            return true;
        }
        last = separator;
    }
    text.len() > LONG && has_long_elements(text, SHORT)
}

/// Whether there is a long stretch without a comma or the end of a line outside of brackets, or more
/// brackets are open than may be. Brackets in strings are taken for brackets.
fn has_long_elements(text: &str, long: usize) -> bool {
    let mut open = 0_u32;
    let mut separator = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => {
                open += 1;
                if open > 200 {
                    return true;
                }
            }
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            b',' => separator = at,
            b'\n' if open == 0 => separator = at,
            _ => {}
        }
        if at - separator > long {
            return true;
        }
    }
    false
}

/// Runs `work` with stack for a tree of this depth.
pub(super) fn with_stack_for<T>(depth: u32, work: impl FnOnce() -> T) -> T {
    if depth <= SHALLOW {
        return work();
    }
    let room = usize::try_from(depth).unwrap_or(usize::MAX).saturating_mul(LEVEL);
    stacker::maybe_grow(room, room.saturating_add(1 << 20), work)
}

/// A tree that is dropped with the stack it needs.
#[derive(Debug)]
pub(super) struct Tree {
    module: Option<ModModule>,
    /// At least its depth.
    pub(super) depth: u32,
}

impl Tree {
    pub(super) fn new(parsed: Parsed<ModModule>, bound: u32) -> Self {
        let module = parsed.into_syntax();
        let depth = if bound <= SHALLOW { bound } else { with_stack_for(bound, || depth(&module)) };
        Self { module: Some(module), depth }
    }

    /// What `compile()` finds.
    pub(super) fn check(&self, text: &str, names: Names) -> Vec<Problem> {
        let Some(module) = &self.module else { return Vec::new() };
        with_stack_for(self.depth, || checks::check(module, text, names))
    }

    /// Puts what private names stand for in their place.
    pub(super) fn mangle(&mut self) {
        if let Some(module) = &mut self.module {
            with_stack_for(self.depth, || private::mangle(module));
        }
    }

    pub(super) fn module(&self) -> Option<&ModModule> {
        self.module.as_ref()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            with_stack_for(self.depth, || drop(module));
        }
    }
}

/// The depth as Python's compiler counts it.
fn depth(module: &ModModule) -> u32 {
    let mut meter = Meter::default();
    meter.visit_body(&module.body);
    meter.deepest
}

#[derive(Default)]
struct Meter {
    current: u32,
    deepest: u32,
}

impl Meter {
    fn within(&mut self, walk: impl FnOnce(&mut Self)) {
        self.current += 1;
        self.deepest = self.deepest.max(self.current);
        walk(self);
        self.current -= 1;
    }
}

impl<'a> Visitor<'a> for Meter {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let before = self.current;
        self.within(|meter| visitor::walk_stmt(meter, stmt));
        self.current = before;
    }

    fn visit_elif_else_clause(&mut self, clause: &'a ElifElseClause) {
        // For Python the rest of the chain is inside of the `else` of this one.
        self.current += 1;
        self.deepest = self.deepest.max(self.current);
        visitor::walk_elif_else_clause(self, clause);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.within(|meter| visitor::walk_expr(meter, expr));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.within(|meter| visitor::walk_pattern(meter, pattern));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(text: &str) -> u32 {
        let mut estimate = Estimate::default();
        for byte in text.bytes() {
            match byte {
                b'(' => estimate.open(),
                b')' => estimate.close(),
                b',' => estimate.comma(),
                b'\n' => estimate.end_of_statement(),
                b'+' => estimate.operator(),
                _ => {}
            }
        }
        estimate.finish(0).0 - 3
    }

    #[test]
    fn operators_add_up_within_an_element() {
        assert_eq!(estimate("a + b + c\n"), 2);
        assert_eq!(estimate("f(a, b + c, d)\n"), 2);
        assert_eq!(estimate("((a) + b)"), 3);
        assert_eq!(estimate("a + b\nc + d\n"), 1);
        assert_eq!(estimate("a)))+ b"), 1);
    }

    #[test]
    fn long_lists_are_not_suspicious_but_long_sums_are() {
        assert!(!is_suspicious(&"x = [1,\n".repeat(100)));
        assert!(!is_suspicious(&format!("x = [{}]", "1, 2\n".repeat(50_000))));
        assert!(is_suspicious(&format!("x = {}1", "1 + ".repeat(50_000))));
        assert!(is_suspicious(&format!("x = {}1", "(".repeat(100_000))));
    }
}
