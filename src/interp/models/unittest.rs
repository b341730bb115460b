//! `unittest`, `unittest.mock`, `argparse`.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Cause, Object, name};

pub(super) const MODELS: Models = &[
    ("unittest.main", main),
    ("unittest.TestProgram", main),
    ("unittest.skip", skip),
    ("unittest.skipIf", skip_if),
    ("unittest.skipUnless", skip_unless),
    ("unittest.expectedFailure", super::identity),
    ("collectlint.skip_decorator", skip_decorator),
];

/// `unittest.main()` reads pytest's own arguments and exits.
fn main(interp: &mut Interp<'_>, args: Args) -> Eval {
    let has_argv =
        args.keyword("argv").is_some_and(|argv| !matches!(argv, Value::None)) || args.positional.len() > 2;
    let exits = args.keyword("exit").is_none_or(|exit| interp.plain_truth(exit) != crate::interp::Truth::No);
    if has_argv && !exits {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    }
    interp.raise("SystemExit", "2", Cause::Exit { call: Arc::from("unittest.main") })
}

/// `@unittest.skip(reason)`, also without a reason, on a class or function.
fn skip(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(only) = args.only()
        && matches!(interp.object(only), Some(Object::Function(_)))
    {
        return Ok(only.clone());
    }
    // a class is taken for a reason: what stands under its name is the decorator
    Ok(Value::external("collectlint.skip_decorator"))
}

fn skip_if(interp: &mut Interp<'_>, args: Args) -> Eval {
    conditional_skip(interp, &args, "skipIf")
}

fn skip_unless(interp: &mut Interp<'_>, args: Args) -> Eval {
    conditional_skip(interp, &args, "skipUnless")
}

/// `@unittest.skipIf(condition, reason)`: both must be given.
fn conditional_skip(interp: &mut Interp<'_>, args: &Args, function: &str) -> Eval {
    let missing: Vec<&str> = ["condition", "reason"]
        .into_iter()
        .enumerate()
        .filter(|(place, name)| args.get(*place, name).is_none())
        .map(|(_, name)| name)
        .collect();
    if args.open || missing.is_empty() {
        return Ok(Value::external("collectlint.skip_decorator"));
    }
    let shown: Vec<String> = missing.iter().map(|name| format!("'{name}'")).collect();
    let (count, plural) = (missing.len(), if missing.len() == 1 { "" } else { "s" });
    interp.type_error(format!(
        "{function}() missing {count} required positional argument{plural}: {}",
        shown.join(" and ")
    ))
}

fn skip_decorator(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(target) = args.positional.first().cloned() else { return Ok(Value::Unknown) };
    if let Some(id) = target.as_id() {
        interp.heap.bind(id, &name("__unittest_skip__"), Value::Unknown);
    }
    Ok(target)
}
