//! The types of expressions as the code generator sees them, after constants were folded.

use ruff_python_ast::{Expr, Number, Operator, UnaryOp};

/// Whether it is one constant by then. From 3.14 on only literals are.
pub(super) fn is_constant(expr: &Expr, minor: u8) -> bool {
    match expr {
        Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::EllipsisLiteral(_) => true,
        _ if minor >= 14 => false,
        Expr::Tuple(tuple) => tuple.elts.iter().all(|element| is_constant(element, minor)),
        Expr::UnaryOp(_) | Expr::BinOp(_) => folded_number(expr, minor).is_some(),
        _ => false,
    }
}

/// `type(expr).__name__`, where the text tells.
pub(super) fn type_name(expr: &Expr, minor: u8) -> Option<&'static str> {
    Some(match expr {
        Expr::StringLiteral(_) | Expr::FString(_) => "str",
        Expr::BytesLiteral(_) => "bytes",
        Expr::NumberLiteral(literal) => match literal.value {
            Number::Int(_) => "int",
            Number::Float(_) => "float",
            Number::Complex { .. } => "complex",
        },
        Expr::BooleanLiteral(_) => "bool",
        Expr::NoneLiteral(_) => "NoneType",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Tuple(_) => "tuple",
        Expr::List(_) | Expr::ListComp(_) => "list",
        Expr::Dict(_) | Expr::DictComp(_) => "dict",
        Expr::Set(_) | Expr::SetComp(_) => "set",
        Expr::Generator(_) => "generator",
        Expr::Lambda(_) => "function",
        Expr::UnaryOp(_) | Expr::BinOp(_) if minor < 14 => folded_number(expr, minor)?,
        _ => return None,
    })
}

/// The type of arithmetic on literals, where it certainly succeeds.
fn folded_number(expr: &Expr, minor: u8) -> Option<&'static str> {
    let number =
        |expr: &Expr| type_name(expr, minor).filter(|name| matches!(*name, "int" | "float" | "complex"));
    match expr {
        Expr::UnaryOp(unary) => match unary.op {
            UnaryOp::USub | UnaryOp::UAdd => number(&unary.operand),
            UnaryOp::Invert => number(&unary.operand).filter(|name| *name == "int"),
            UnaryOp::Not => None,
        },
        Expr::BinOp(binary) => match binary.op {
            Operator::Add | Operator::Sub | Operator::Mult => {
                let (left, right) = (number(&binary.left)?, number(&binary.right)?);
                Some(if left == "complex" || right == "complex" {
                    "complex"
                } else if left == "float" || right == "float" {
                    "float"
                } else {
                    "int"
                })
            }
            _ => None,
        },
        _ => None,
    }
}
