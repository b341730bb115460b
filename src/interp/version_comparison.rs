//! Comparisons with `sys.version_info`: what they ask of the environment.

use ruff_python_ast::{CmpOp, Expr, ExprCompare, Number};

use super::flow::Eval;
use super::{Instance, Interp, Object, Value};
use crate::environment::PythonVersion;

impl<'a> Interp<'a> {
    /// The left side of a comparison. Of `sys.version_info >= (3, 11)` only the outcome is asked of the
    /// environment: whole ranges of versions are alike.
    pub(super) fn eval_compared(&mut self, compare: &'a ExprCompare) -> Eval {
        let Some((op, release)) = version_comparison(compare) else { return self.eval(&compare.left) };
        let before = std::mem::replace(&mut self.compares_version, true);
        let left = self.eval(&compare.left);
        self.compares_version = before;
        if let Ok(Value::Object(id)) = &left
            && let Object::Instance(Instance { class, .. }) = self.heap.get(*id)
            && class.is_extern("sys.version_info")
        {
            self.environment.python.ask(|python| op.holds(python, &release));
        }
        left
    }
}

/// How `sys.version_info` is compared, with at most a major and a minor number.
enum VersionTest {
    AtLeast,
    Older,
    Never,
    Always,
}

impl VersionTest {
    fn holds(&self, python: PythonVersion, release: &[u8]) -> bool {
        let version = [python.major, python.minor];
        // of two that begin alike the longer one is greater, and `sys.version_info` has five parts
        let at_least = version[..release.len()] >= release[..];
        match self {
            Self::AtLeast => at_least,
            Self::Older => !at_least,
            Self::Never => false,
            Self::Always => true,
        }
    }
}

/// `module.version_info >= (3, 11)`
fn version_comparison(compare: &ExprCompare) -> Option<(VersionTest, Vec<u8>)> {
    let attribute = compare.left.as_attribute_expr()?;
    if &*attribute.attr != "version_info" || !attribute.value.is_name_expr() {
        return None;
    }
    let ([op], [right]) = (&*compare.ops, &*compare.comparators) else { return None };
    let test = match op {
        CmpOp::Gt | CmpOp::GtE => VersionTest::AtLeast,
        CmpOp::Lt | CmpOp::LtE => VersionTest::Older,
        CmpOp::Eq => VersionTest::Never,
        CmpOp::NotEq => VersionTest::Always,
        CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => return None,
    };
    let number = |part: &Expr| match &part.as_number_literal_expr()?.value {
        Number::Int(number) => number.as_u8(),
        Number::Float(_) | Number::Complex { .. } => None,
    };
    let release: Vec<u8> = right.as_tuple_expr()?.elts.iter().map(number).collect::<Option<_>>()?;
    (release.len() <= 2).then_some((test, release))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_begins_alike_is_the_greater_one() {
        let holds = |test: VersionTest, minor| test.holds(PythonVersion::new(3, minor), &[3, 11]);
        assert!(!holds(VersionTest::AtLeast, 10) && holds(VersionTest::AtLeast, 11));
        assert!(holds(VersionTest::Older, 10) && !holds(VersionTest::Older, 11));
        assert!(VersionTest::AtLeast.holds(PythonVersion::new(3, 8), &[3]));
    }
}
