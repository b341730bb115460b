//! `match` statements: which case is taken is rarely known; each one may be.

use ruff_python_ast::{MatchCase, Pattern, Singleton, StmtMatch};

use super::flow::{Eval, Flow};
use super::{Interp, Truth, Value};

impl<'a> Interp<'a> {
    pub(super) fn exec_match(&mut self, stmt: &'a StmtMatch) -> Eval<Flow> {
        let subject = self.eval(&stmt.subject)?;
        self.exec_cases(&subject, &stmt.cases)
    }

    fn exec_cases(&mut self, subject: &Value, cases: &'a [MatchCase]) -> Eval<Flow> {
        let Some((case, rest)) = cases.split_first() else { return Ok(Flow::Next) };
        let mut matches = self.matches(subject, &case.pattern)?;
        if matches != Truth::No
            && let Some(guard) = &case.guard
        {
            let value = self.eval(guard)?;
            matches = matches.and(self.truth(&value)?);
        }
        match matches {
            Truth::Yes => self.exec_block(&case.body),
            Truth::No => self.exec_cases(subject, rest),
            Truth::Maybe => {
                self.fork(|interp| interp.exec_block(&case.body), |interp| interp.exec_cases(subject, rest))
            }
        }
    }

    fn matches(&mut self, subject: &Value, pattern: &'a Pattern) -> Eval<Truth> {
        match pattern {
            Pattern::MatchValue(pattern) => {
                let value = self.eval(&pattern.value)?;
                Ok(self.equal(subject, &value))
            }
            Pattern::MatchSingleton(pattern) => {
                let value = match pattern.value {
                    Singleton::None => Value::None,
                    Singleton::True => Value::Bool(true),
                    Singleton::False => Value::Bool(false),
                };
                Ok(self.identical(subject, &value))
            }
            Pattern::MatchOr(pattern) => {
                let mut result = Truth::No;
                for alternative in &pattern.patterns {
                    result = result.or(self.matches(subject, alternative)?);
                    if result == Truth::Yes {
                        break;
                    }
                }
                Ok(result)
            }
            Pattern::MatchAs(pattern) => {
                let result = match &pattern.pattern {
                    Some(inner) => self.matches(subject, inner)?,
                    None => Truth::Yes,
                };
                if let Some(name) = &pattern.name {
                    self.bind_name(&name.id, subject.clone());
                }
                Ok(result)
            }
            Pattern::MatchSequence(_)
            | Pattern::MatchMapping(_)
            | Pattern::MatchClass(_)
            | Pattern::MatchStar(_) => {
                for name in captured(pattern) {
                    self.bind_name(name, Value::Unknown);
                }
                Ok(Truth::Maybe)
            }
        }
    }
}

/// The names that a pattern binds.
fn captured(pattern: &Pattern) -> Vec<&ruff_python_ast::name::Name> {
    let mut names = Vec::new();
    let mut open = vec![pattern];
    while let Some(pattern) = open.pop() {
        match pattern {
            Pattern::MatchAs(pattern) => {
                names.extend(pattern.name.iter().map(|name| &name.id));
                open.extend(pattern.pattern.as_deref());
            }
            Pattern::MatchStar(pattern) => names.extend(pattern.name.iter().map(|name| &name.id)),
            Pattern::MatchMapping(pattern) => {
                names.extend(pattern.rest.iter().map(|name| &name.id));
                open.extend(&pattern.patterns);
            }
            Pattern::MatchSequence(pattern) => open.extend(&pattern.patterns),
            Pattern::MatchOr(pattern) => open.extend(&pattern.patterns),
            Pattern::MatchClass(pattern) => {
                open.extend(&pattern.arguments.patterns);
                open.extend(pattern.arguments.keywords.iter().map(|keyword| &keyword.pattern));
            }
            Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        }
    }
    names
}
