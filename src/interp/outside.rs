//! What pytest itself does with a program's objects after their module is imported: it calls them,
//! iterates them and asks for attributes, outside of every module.

use ruff_python_ast::ExprLambda;

use super::scope::ScopeInfo;
use super::{Interp, Stop};

/// How such a call ends.
#[derive(Debug)]
pub struct Outside<T> {
    pub result: Result<T, Stop>,
    /// Whether it may have ended in another way than `result`.
    pub doubtful: bool,
}

impl<T> Outside<T> {
    /// The value, where it certainly ends with one.
    pub fn certain(self) -> Option<T> {
        if self.doubtful { None } else { self.result.ok() }
    }
}

impl Interp<'_> {
    /// Runs something on behalf of pytest, with a budget of its own.
    pub(crate) fn outside<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Outside<T> {
        let left = self.budget.begin();
        let result = run(self);
        self.budget.end(left);
        let ways = self.take_ways_out();
        Outside { result, doubtful: !ways.is_empty() }
    }

    /// The same, where what is only likely is taken for true: it gives a guess.
    pub(crate) fn supposing<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Option<T> {
        self.supposes = true;
        let result = self.outside(run).result.ok();
        self.supposes = false;
        result
    }

    /// Whether a lambda makes a generator: `lambda: (yield)`.
    pub(crate) fn lambda_yields(lambda: &ExprLambda) -> bool {
        ScopeInfo::of_lambda(lambda.parameters.as_deref(), &lambda.body).yields
    }
}
