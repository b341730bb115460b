//! pytest's functions, as they behave while a module is imported.

use std::sync::Arc;

use crate::environment::PytestVersion;
use crate::interp::snippet::Mode;

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Cause, Missing, Object, Parameter, Payload, Refused, Stop, Truth, name};

pub(super) const MODELS: Models = &[
    ("pytest.skip", skip),
    ("pytest.skip.Exception", skipped),
    ("pytest.fail", fail),
    ("pytest.xfail", xfail),
    ("pytest.exit", exit),
    ("pytest.importorskip", importorskip),
    ("pytest.raises", raises),
    ("pytest.param", param),
    ("pytest.approx", super::something),
    ("pytest.warns", super::something),
    ("pytest.deprecated_call", super::something),
    ("pytest.register_assert_rewrite", super::nothing),
    ("pytest.hookimpl", hookimpl),
    ("pytest.hookspec", hookimpl),
    ("collectlint.mark_hook", super::identity),
    ("pytest.main", super::something),
    ("pytest.set_trace", super::something),
];

/// `pytest.skip(reason)`; with `allow_module_level=True` the module is skipped, else it is an error.
fn skip(interp: &mut Interp<'_>, args: Args) -> Eval {
    let modern = interp.environment.pytest.at_least(7, 0);
    let gone = interp.environment.pytest.at_least(8, 0);
    if gone && args.keyword("msg").is_some() && modern {
        return interp.type_error("skip() got an unexpected keyword argument 'msg'");
    }
    if let Some(unexpected) = unexpected(&args, &["reason", "msg", "allow_module_level"]) {
        return interp.type_error(format!("skip() got an unexpected keyword argument '{unexpected}'"));
    }
    // the flag may stand second from 9.0 on
    let places = if interp.environment.pytest.at_least(9, 0) { 2 } else { 1 };
    if args.positional.len() > places && !args.open {
        let given = args.positional.len();
        return interp.type_error(format!(
            "skip() takes from 0 to {places} positional arguments but {given} were given"
        ));
    }
    let reason = args.positional.first().or_else(|| args.keyword("reason")).or_else(|| args.keyword("msg"));
    let reason = reason.cloned().unwrap_or_else(|| Value::str(""));
    let allowed = args.get(1, "allow_module_level").map_or(Truth::No, |flag| interp.plain_truth(flag));
    outcome(
        interp,
        "pytest.skip.Exception",
        reason,
        |message| Cause::Skip { call: Arc::from(message), module_level: allowed != Truth::No },
        "pytest.skip",
    )
}

fn unexpected<'args>(args: &'args Args, known: &[&str]) -> Option<&'args str> {
    args.keywords.iter().map(|(keyword, _)| keyword.as_str()).find(|keyword| !known.contains(keyword))
}

/// Raises one of pytest's outcome exceptions; the reason must be a text.
fn outcome(
    interp: &mut Interp<'_>,
    class: &str,
    reason: Value,
    cause: impl FnOnce(&'static str) -> Cause,
    call: &'static str,
) -> Eval {
    let kind = match interp.object(&reason) {
        Some(Object::Function(_)) => Some("function"),
        Some(Object::Class(_)) => Some("type"),
        _ => match &reason {
            Value::Int(_) => Some("int"),
            Value::Bool(_) => Some("bool"),
            _ => None,
        },
    };
    if let Some(kind) = kind
        && class != "pytest.exit.Exception"
    {
        let shown = interp.class_name(&Value::external(class));
        return interp.type_error(format!(
            "{shown} expected string as 'msg' parameter, got '{kind}' instead.\nPerhaps you meant to use a mark?"
        ));
    }
    let message = interp.text_of(&reason);
    let value = interp.new_exception(Value::external(class), Args::of([reason]));
    interp.raise_value(Value::external(class), value, message, cause(call))
}

/// `raise pytest.skip.Exception(reason, allow_module_level=True)`
fn skipped(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(interp.new_exception(Value::external("pytest.skip.Exception"), args))
}

fn reason(args: &Args) -> Value {
    args.get(0, "reason").or_else(|| args.keyword("msg")).cloned().unwrap_or_else(|| Value::str(""))
}

fn fail(interp: &mut Interp<'_>, args: Args) -> Eval {
    if interp.environment.pytest.at_least(8, 0) && args.keyword("msg").is_some() {
        return interp.type_error("fail() got an unexpected keyword argument 'msg'");
    }
    let reason = reason(&args);
    outcome(
        interp,
        "pytest.fail.Exception",
        reason,
        |call| Cause::Outcome { call: Arc::from(call) },
        "pytest.fail",
    )
}

fn xfail(interp: &mut Interp<'_>, args: Args) -> Eval {
    let reason = reason(&args);
    outcome(
        interp,
        "pytest.xfail.Exception",
        reason,
        |call| Cause::Outcome { call: Arc::from(call) },
        "pytest.xfail",
    )
}

fn exit(interp: &mut Interp<'_>, args: Args) -> Eval {
    let returncode = match args.get(1, "returncode") {
        Some(Value::Int(code)) => i32::try_from(*code).ok(),
        _ => None,
    };
    let reason = reason(&args);
    outcome(interp, "pytest.exit.Exception", reason, |_| Cause::PytestExit { returncode }, "pytest.exit")
}

/// `pytest.importorskip(name, minversion=None, reason=None, *, exc_type=None)`
fn importorskip(interp: &mut Interp<'_>, args: Args) -> Eval {
    let version = interp.environment.pytest;
    if args.keyword("exc_type").is_some() && !version.at_least(8, 2) {
        return interp.type_error("importorskip() got an unexpected keyword argument 'exc_type'");
    }
    let Some(module) = args.get(0, "modname") else {
        return interp.type_error("importorskip() missing 1 required positional argument: 'modname'");
    };
    if matches!(module, Value::None | Value::Int(_) | Value::Bool(_) | Value::Tuple(_)) {
        return interp.type_error("compile() arg 1 must be a string, bytes or AST object");
    }
    let Some(module) = module.as_str().map(str::to_owned) else {
        interp.may_skip();
        return Ok(Value::Unknown);
    };
    let skip = |interp: &mut Interp<'_>, why: String| {
        let reason = match args.get(2, "reason") {
            Some(Value::Str(reason)) => reason.to_string(),
            _ => why,
        };
        interp.raise(
            "pytest.skip.Exception",
            reason,
            Cause::Skip { call: Arc::from("pytest.importorskip"), module_level: true },
        )
    };
    // pytest compiles the name before it imports it
    interp.compile_text(&module, Mode::Eval)?;
    if !module.split('.').all(is_identifier) {
        if !module.contains(' ')
            && module.split(['-', '.']).all(|part| is_identifier(part) || part.is_empty())
        {
            // `scikit-learn` is a subtraction: it compiles, and no such module can ever be imported
            return skip(interp, format!("could not import '{module}': No module named '{module}'"));
        }
        return interp.raise("SyntaxError", "invalid syntax", Cause::Python);
    }
    interp.skipping_imports += 1;
    let imported = interp.import_module(&module);
    interp.skipping_imports -= 1;
    let found = match imported {
        Ok(found) => found,
        Err(Stop::Raise(raised)) => {
            let caught = match args.keyword("exc_type") {
                Some(classes) => {
                    let classes = classes.clone();
                    interp.catches(&classes, &raised.class)
                }
                None => {
                    let is_missing = interp.derives(&raised.class, "builtins.ModuleNotFoundError");
                    let is_import_error = interp.derives(&raised.class, "builtins.ImportError");
                    if version.at_least(9, 1) { is_missing } else { is_import_error }
                }
            };
            let hidden = matches!(&raised.cause, Cause::MissingModule { why: Missing::FirstParty, .. });
            let _ = hidden;
            return match caught {
                Truth::Yes => {
                    let why = raised.message.clone().unwrap_or_default();
                    skip(interp, format!("could not import '{module}': {why}"))
                }
                Truth::No => Err(Stop::Raise(raised)),
                Truth::Maybe => {
                    interp.may_skip();
                    Ok(Value::Unknown)
                }
            };
        }
        Err(stop) => return Err(stop),
    };
    if let Some(wanted) = args.get(1, "minversion")
        && !matches!(wanted, Value::None)
    {
        return check_version(interp, &module, found, wanted.as_str());
    }
    Ok(found)
}

fn is_identifier(part: &str) -> bool {
    let mut characters = part.chars();
    characters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && characters.all(|c| c.is_alphanumeric() || c == '_')
}

/// `minversion`: skipped where the module's `__version__` is older, or is not there.
fn check_version(interp: &mut Interp<'_>, module: &str, found: Value, wanted: Option<&str>) -> Eval {
    let own = found
        .as_id()
        .and_then(|id| interp.heap.value(id, "__version__"))
        .and_then(Value::as_str)
        .and_then(|version| version.parse::<pep440_rs::Version>().ok());
    let wanted = wanted.and_then(|wanted| wanted.parse::<pep440_rs::Version>().ok());
    let older = match (&own, wanted) {
        (Some(have), Some(wanted)) => Some((*have < wanted, have.to_string(), wanted)),
        // which patch release of pytest it is may not be known
        (None, Some(wanted)) if module == "pytest" => {
            let PytestVersion { major, minor, patch } = interp.environment.pytest;
            let (major, minor) = (u64::from(major), u64::from(minor));
            let asked = (wanted.release()[0], wanted.release().get(1).copied().unwrap_or(0));
            let known = asked != (major, minor) || wanted.release().len() < 3;
            known.then(|| (asked > (major, minor), format!("{major}.{minor}.{patch}"), wanted))
        }
        (None, Some(wanted))
            if interp.library_lacks(module, "__version__") || interp.stub_lacks(&found, "__version__") =>
        {
            Some((true, "None".to_owned(), wanted))
        }
        _ => None,
    };
    let Some((older, have, wanted)) = older else {
        interp.may_skip();
        return Ok(found);
    };
    if older {
        return interp.raise(
            "pytest.skip.Exception",
            format!("module '{module}' has __version__ {have:?}, required is: '{wanted}'"),
            Cause::Skip { call: Arc::from("pytest.importorskip"), module_level: true },
        );
    }
    Ok(found)
}

/// `with pytest.raises(X):`, or `pytest.raises(X, function, …)`
fn raises(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(classes) = args.get(0, "expected_exception").cloned() else { return Ok(Value::Unknown) };
    if args.positional.len() > 1 {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    }
    let payload = Payload::Expects { classes, must_raise: true };
    Ok(interp.new_instance(Value::external("pytest.RaisesContext"), payload))
}

/// `pytest.param(*values, marks=(), id=None)`
fn param(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(unexpected) = unexpected(&args, &["marks", "id"]) {
        return interp.type_error(format!("param() got an unexpected keyword argument '{unexpected}'"));
    }
    if args.open {
        return Ok(Value::Unknown);
    }
    let marks = args.keyword("marks").cloned().unwrap_or_else(|| Value::tuple([]));
    let id = args.keyword("id").cloned().unwrap_or(Value::None);
    match &marks {
        // up to 8.3 it is refused where the values are used
        Value::Str(_) if interp.environment.pytest.at_least(8, 4) => {
            // assert isinstance(marks, collections.abc.Collection): then each of its letters is no mark
            return interp.raise(
                "AttributeError",
                "'str' object has no attribute 'name'",
                Cause::Refused(Refused::Parametrize),
            );
        }
        Value::None | Value::Int(_) | Value::Bool(_) => {
            return interp.raise("AssertionError", "", Cause::Refused(Refused::Parametrize));
        }
        _ => {}
    }
    if interp.environment.pytest.at_least(8, 4) {
        check_marks_of_param(interp, &marks)?;
    }
    if let Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Tuple(_) | Value::Bytes(_) = &id {
        let (kind, shown) = (interp.type_name(&id), interp.repr_of(&id).unwrap_or_default());
        return interp.type_error(format!("Expected id to be a string, got <class '{kind}'>: {shown}"));
    }
    let parameter = Parameter { values: args.positional, marks, id };
    Ok(Value::Object(interp.heap.add(Object::Parameter(parameter))))
}

/// From 8.4 on `pytest.param` asks each of its marks for its name.
fn check_marks_of_param(interp: &mut Interp<'_>, marks: &Value) -> Eval<()> {
    let listed = match (marks, interp.object(marks)) {
        (Value::Tuple(marks), _) => marks.to_vec(),
        (_, Some(Object::List(list))) => list.items.clone(),
        (_, Some(Object::Mark(_))) => vec![marks.clone()],
        _ => return Ok(()),
    };
    for mark in listed {
        let kind = interp.type_name(&mark);
        match (&mark, interp.object(&mark)) {
            (_, Some(Object::Mark(mark))) if &*mark.name == "usefixtures" => {
                return interp.raise(
                    "ValueError",
                    "pytest.param cannot add pytest.mark.usefixtures; see \
                     https://docs.pytest.org/en/stable/reference/reference.html#pytest-param",
                    Cause::Refused(Refused::Parametrize),
                );
            }
            (Value::Str(_) | Value::Int(_) | Value::None | Value::Bool(_) | Value::Tuple(_), _)
            | (_, Some(Object::List(_))) => {
                let message = format!("'{kind}' object has no attribute 'name'");
                return interp.raise("AttributeError", message, Cause::Refused(Refused::Parametrize));
            }
            _ => {}
        }
    }
    Ok(())
}

/// `@pytest.hookimpl(…)` and `@pytest.hookimpl`
fn hookimpl(interp: &mut Interp<'_>, args: Args) -> Eval {
    match args.only().and_then(|only| interp.object(only)) {
        Some(Object::Function(_)) => super::identity(interp, args),
        _ => {
            let known = [
                "hookwrapper",
                "optionalhook",
                "tryfirst",
                "trylast",
                "specname",
                "wrapper",
                "firstresult",
                "historic",
                "warn_on_impl",
                "warn_on_impl_args",
            ];
            if let Some(unexpected) = unexpected(&args, &known) {
                return interp.type_error(format!(
                    "HookimplMarker.__call__() got an unexpected keyword argument '{unexpected}'"
                ));
            }
            let options = Value::Object(interp.heap.add(Object::Dict(crate::interp::Dict::default())));
            for (option, value) in args.keywords {
                let index = Value::str(&option);
                interp.set_item(&options, &index, value)?;
            }
            let function = Value::external("collectlint.hook_options");
            Ok(Value::Object(
                interp.heap.add(Object::Method(crate::interp::Method { function, receiver: options })),
            ))
        }
    }
}

/// Remembers the options of `@pytest.hookimpl(…)` on the function, as pytest does.
pub(super) fn hook_options(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [options, function] = args.positional.as_slice() else { return Ok(Value::Unknown) };
    if let Some(id) = function.as_id() {
        interp.heap.bind(id, &name("pytest_impl"), options.clone());
    }
    Ok(function.clone())
}

impl Interp<'_> {
    /// The module may be skipped here: what comes after may not run.
    pub(crate) fn may_skip(&mut self) {
        self.maybe += 1;
        let stop = self.raise::<()>(
            "pytest.skip.Exception",
            "",
            Cause::Skip { call: Arc::from("pytest.importorskip"), module_level: true },
        );
        self.maybe -= 1;
        if let Err(stop) = stop {
            self.perhaps(stop);
        }
    }
}
