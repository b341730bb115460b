//! `asyncio` and `greenlet`: what they run is run to its end, at once.

use super::{Args, Eval, Interp, Models, Value};
use crate::interp::{Object, name};

pub(super) const MODELS: Models = &[
    ("asyncio.run", run),
    ("asyncio.new_event_loop", event_loop),
    ("asyncio.get_event_loop", event_loop),
    ("asyncio.Runner", runner),
    ("asyncio.Runner.get_loop", event_loop),
    ("asyncio.Runner.run", run_bound),
    ("asyncio.Runner.close", super::nothing),
    (RUN_UNTIL_COMPLETE, run_bound),
    (IS_RUNNING, is_running),
    ("greenlet.greenlet.__init__", greenlet),
    ("greenlet.greenlet.switch", switch),
];

const RUN_UNTIL_COMPLETE: &str = "collectlint.loop.run_until_complete";
const IS_RUNNING: &str = "collectlint.loop.is_running";

/// The attribute of a greenlet, of which no program knows, that holds what it runs.
const RUN: &str = "collectlint.greenlet.run";

/// `asyncio.run(coroutine)`
fn run(interp: &mut Interp<'_>, args: Args) -> Eval {
    let coroutine = args.get(0, "main").cloned().unwrap_or(Value::Unknown);
    interp.run_coroutine(&coroutine)
}

/// `runner.run(coroutine, context=…)`, `loop.run_until_complete(coroutine)`
fn run_bound(interp: &mut Interp<'_>, args: Args) -> Eval {
    let coroutine = args.get(1, "coro").cloned().unwrap_or(Value::Unknown);
    interp.run_coroutine(&coroutine)
}

/// A loop runs coroutines to their end.
#[expect(clippy::unnecessary_wraps, reason = "the shape of a model")]
fn event_loop(interp: &mut Interp<'_>, _: Args) -> Eval {
    let methods = [("run_until_complete", RUN_UNTIL_COMPLETE), ("is_running", IS_RUNNING)];
    interp.may_raise_anything();
    Ok(interp.object_of_pytest("asyncio.AbstractEventLoop", &Value::None, &methods))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a model")]
fn runner(interp: &mut Interp<'_>, _: Args) -> Eval {
    let runner = interp.object_of_pytest("asyncio.Runner", &Value::None, &[]);
    if let Some(id) = runner.as_id() {
        for (method, model) in [
            ("run", "asyncio.Runner.run"),
            ("get_loop", "asyncio.Runner.get_loop"),
            ("close", "asyncio.Runner.close"),
        ] {
            let bound = interp.method(Value::external(model), runner.clone());
            interp.heap.bind(id, &name(method), bound);
        }
    }
    Ok(runner)
}

/// `loop.is_running()`: not where no coroutine runs.
#[expect(clippy::unnecessary_wraps, reason = "the shape of a model")]
fn is_running(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(if interp.is_awaiting() { Value::Unknown } else { Value::Bool(false) })
}

/// `greenlet(run, parent)`
#[expect(clippy::needless_pass_by_value, reason = "the shape of a model")]
fn greenlet(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let (Some(id), Some(function)) = (args.positional.first().and_then(Value::as_id), args.get(1, "run")) {
        interp.heap.bind(id, &name(RUN), function.clone());
        interp.heap.bind(id, &name("dead"), Value::Bool(false));
        let parent = args.get(2, "parent").cloned().unwrap_or(Value::Unknown);
        interp.heap.bind(id, &name("parent"), parent);
    }
    Ok(Value::None)
}

/// `greenlet.switch(…)`: runs its function, which is taken not to switch back before it ends.
fn switch(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    if args.positional.is_empty() {
        return Ok(Value::Unknown);
    }
    let greenlet = args.positional.remove(0);
    let Some(id) = greenlet.as_id().filter(|&id| matches!(interp.heap.get(id), Object::Instance(_))) else {
        return Ok(Value::Unknown);
    };
    let Some(function) = interp.heap.value(id, RUN).cloned() else {
        interp.may_raise_anything();
        return Ok(Value::Unknown);
    };
    // a second switch goes on where it has stopped
    interp.heap.unbind(id, &name(RUN));
    let result = interp.call(&function, args)?;
    interp.heap.bind(id, &name("dead"), Value::Bool(true));
    Ok(result)
}
