//! `sys`, `platform`, `time`, `signal`, `logging`: ends of the process, and what the environment decides.

use std::sync::Arc;

use super::{Args, Eval, Interp, Models, Value, nothing, something};
use crate::environment::{Platform, PythonVersion};
use crate::interp::{Cause, HaltKind, Instance, Namespace, Object, Payload};

pub(super) const MODELS: Models = &[
    ("sys.exit", exit),
    ("builtins.exit", builtin_exit),
    ("builtins.quit", builtin_quit),
    ("os._exit", hard_exit),
    ("os.abort", abort),
    ("os.kill", kill),
    ("os.killpg", kill_group),
    ("os.execv", replace_process),
    ("os.execve", replace_process),
    ("os.execvp", replace_process),
    ("os.execvpe", replace_process),
    ("os.execl", replace_process),
    ("os.execle", replace_process),
    ("os.execlp", replace_process),
    ("os.execlpe", replace_process),
    ("signal.raise_signal", raise_signal),
    ("signal.pause", pause),
    ("sys.getrecursionlimit", something),
    ("sys.setrecursionlimit", nothing),
    ("sys.getsizeof", something),
    ("sys.getdefaultencoding", utf8),
    ("sys.getfilesystemencoding", utf8),
    ("sys.stdout.write", something),
    ("sys.stderr.write", something),
    ("sys.stdout.flush", nothing),
    ("sys.stderr.flush", nothing),
    ("sys.stdout.reconfigure", nothing),
    ("sys.stderr.reconfigure", nothing),
    ("time.sleep", nothing),
    ("time.time", something),
    ("time.perf_counter", something),
    ("time.monotonic", something),
    ("platform.system", system),
    ("platform.machine", machine),
    ("platform.python_implementation", implementation),
    ("platform.python_version", something),
    ("platform.python_version_tuple", version_tuple),
    ("sys.stdin.isatty", isatty),
    ("sys.stdout.isatty", isatty),
    ("sys.stderr.isatty", isatty),
    ("sys.stdin.read", super::builtins::input_read),
    ("sys.stdin.readline", super::builtins::input_read),
    ("sys.stdin.readlines", super::builtins::input_read),
    ("platform.platform", something),
    ("platform.release", something),
    ("platform.node", something),
    ("logging.getLogger", something),
    ("logging.basicConfig", nothing),
    ("logging.disable", nothing),
    ("logging.debug", nothing),
    ("logging.info", nothing),
    ("logging.warning", nothing),
    ("logging.error", nothing),
    ("random.seed", nothing),
    ("select.poll", poll),
    ("select.poll.register", nothing),
    ("select.poll.poll", something),
    ("gc.collect", something),
    ("faulthandler.enable", nothing),
    ("atexit.register", super::identity),
];

/// Values that the environment decides.
pub(super) fn constant(interp: &mut Interp<'_>, dotted: &str) -> Option<Value> {
    let on_windows = || interp.environment.platform == Platform::Windows;
    Some(match dotted {
        "sys.platform" => Value::str(interp.environment.platform.known().sys_platform()),
        "os.name" => Value::str(interp.environment.platform.ask(Platform::os_name)),
        "sys.version_info" => {
            // a comparison says itself what it asks
            let python = interp.environment.python;
            let python = if interp.compares_version { python.peek() } else { python.known() };
            let parts = Value::tuple([
                Value::Int(python.major.into()),
                Value::Int(python.minor.into()),
                // NOTE: which patch release it is, is not known
                Value::Unknown,
                Value::str("final"),
                Value::Int(0),
            ]);
            interp.new_instance(Value::external("sys.version_info"), Payload::Data(parts))
        }
        "sys.hexversion" | "sys.version" | "sys.executable" | "sys.prefix" | "sys.base_prefix" => {
            Value::Unknown
        }
        "sys.maxsize" => Value::Int(i64::MAX),
        "sys.byteorder" => Value::str("little"),
        "sys.implementation" => Value::external("sys.implementation"),
        "sys.dont_write_bytecode" => Value::Unknown,
        "sys.flags" => flags(interp),
        "sys.argv" => {
            // one list for all
            interp.change_shared();
            let items = interp.options.arguments.iter().map(Value::str).collect();
            let list = interp.new_list(items);
            if let Value::Object(sys) = interp.library_module("sys") {
                interp.heap.bind(sys, &crate::interp::name("argv"), list.clone());
            }
            list
        }
        "os.sep" | "os.path.sep" => Value::str(if on_windows() { "\\" } else { "/" }),
        "os.pathsep" | "os.path.pathsep" => Value::str(if on_windows() { ";" } else { ":" }),
        "os.linesep" => Value::str(if on_windows() { "\r\n" } else { "\n" }),
        "os.curdir" | "os.path.curdir" => Value::str("."),
        "os.pardir" | "os.path.pardir" => Value::str(".."),
        "os.devnull" => Value::Unknown,
        "os.extsep" => Value::str("."),
        "os.altsep" => {
            if on_windows() {
                Value::str("/")
            } else {
                Value::None
            }
        }
        "typing.TYPE_CHECKING" => Value::Bool(false),
        "string.ascii_lowercase" => Value::str("abcdefghijklmnopqrstuvwxyz"),
        "string.ascii_uppercase" => Value::str("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        "string.ascii_letters" => Value::str("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        "string.digits" => Value::str("0123456789"),
        "string.hexdigits" => Value::str("0123456789abcdefABCDEF"),
        "string.octdigits" => Value::str("01234567"),
        "string.punctuation" => Value::str("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
        "string.whitespace" => Value::str(" \t\n\r\u{b}\u{c}"),
        "pickle.HIGHEST_PROTOCOL" => Value::Int(5),
        "pickle.DEFAULT_PROTOCOL" => {
            Value::Int(if interp.environment.python >= PythonVersion::new(3, 14) { 5 } else { 4 })
        }
        "math.pi" => Value::Float(std::f64::consts::PI),
        "math.e" => Value::Float(std::f64::consts::E),
        "math.tau" => Value::Float(std::f64::consts::TAU),
        "math.inf" => Value::Float(f64::INFINITY),
        "math.nan" => Value::Float(f64::NAN),
        _ => return None,
    })
}

/// `sys.flags`, as Python sets them where no environment variable does: pytest is started without options.
fn flags(interp: &mut Interp<'_>) -> Value {
    const BY_VARIABLE: &[(&str, &str)] = &[
        ("debug", "PYTHONDEBUG"),
        ("dont_write_bytecode", "PYTHONDONTWRITEBYTECODE"),
        ("inspect", "PYTHONINSPECT"),
        ("interactive", "PYTHONINSPECT"),
        ("no_user_site", "PYTHONNOUSERSITE"),
        ("optimize", "PYTHONOPTIMIZE"),
        ("verbose", "PYTHONVERBOSE"),
    ];
    const BY_OPTION: &[&str] = &["bytes_warning", "ignore_environment", "isolated", "no_site", "quiet"];
    let mut attributes = Namespace::default();
    attributes.open = true;
    for (flag, variable) in BY_VARIABLE {
        let unset = !interp.environment.variables.contains_key(*variable)
            && interp.sets_variable(variable) == Some(false);
        attributes.bind(*flag, if unset { Value::Int(0) } else { Value::Unknown });
    }
    for flag in BY_OPTION {
        attributes.bind(*flag, Value::Int(0));
    }
    let instance = Instance { class: Value::external("sys.flags"), attributes, payload: Payload::Nothing };
    Value::Object(interp.heap.add(Object::Instance(instance)))
}

/// `sys.exit(code)`
fn exit(interp: &mut Interp<'_>, args: Args) -> Eval {
    system_exit(interp, args, "sys.exit")
}

fn builtin_exit(interp: &mut Interp<'_>, args: Args) -> Eval {
    system_exit(interp, args, "exit")
}

fn builtin_quit(interp: &mut Interp<'_>, args: Args) -> Eval {
    system_exit(interp, args, "quit")
}

pub(super) fn system_exit(interp: &mut Interp<'_>, args: Args, call: &str) -> Eval {
    let class = Value::builtin("SystemExit");
    let code = args.positional.first().cloned().unwrap_or(Value::None);
    let message = match &code {
        Value::None if args.positional.is_empty() && call == "sys.exit" => Some(String::new()),
        code => interp.text_of(code),
    };
    let value = interp.new_exception(class.clone(), Args::of([code]));
    interp.raise_value(class, value, message, Cause::Exit { call: Arc::from(call) })
}

/// `select.poll()`, where there is such a thing.
fn poll(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(interp.new_instance(Value::external("select.poll"), Payload::Nothing))
}

fn status(args: &Args, position: usize) -> Option<i32> {
    match args.positional.get(position) {
        Some(Value::Int(status)) => i32::try_from(*status).ok(),
        Some(Value::Bool(status)) => Some(i32::from(*status)),
        _ => None,
    }
}

fn hard_exit(interp: &mut Interp<'_>, args: Args) -> Eval {
    // the operating system keeps the low eight bits
    let status = status(&args, 0).map(|status| status & 0xff);
    interp.halt(HaltKind::Exit(status), "os._exit")
}

fn abort(interp: &mut Interp<'_>, _: Args) -> Eval {
    interp.halt(HaltKind::Signal(6), "os.abort")
}

fn replace_process(interp: &mut Interp<'_>, args: Args) -> Eval {
    // what the new program ends with is not known; `true` and `echo` end with 0
    let program = args.positional.first().and_then(Value::as_str).unwrap_or_default();
    let status = matches!(program.rsplit('/').next(), Some("true" | "echo")).then_some(0);
    interp.halt(HaltKind::Exit(status), "os.exec")
}

/// `os.kill(os.getpid(), signal)`
fn kill(interp: &mut Interp<'_>, args: Args) -> Eval {
    let own =
        matches!(&args.positional.first(), Some(Value::Extern(external)) if &*external.path == "os.getpid");
    if !own {
        interp.may_raise_anything();
        return Ok(Value::None);
    }
    let signal = args.positional.get(1).and_then(signal_number);
    send(interp, signal, "os.kill")
}

fn kill_group(interp: &mut Interp<'_>, args: Args) -> Eval {
    let own = matches!(&args.positional.first(), Some(Value::Extern(external)) if &*external.path == "os.getpgrp" || &*external.path == "os.getpgid")
        || matches!(args.positional.first(), Some(Value::Int(0)));
    if !own {
        interp.may_raise_anything();
        return Ok(Value::None);
    }
    let signal = args.positional.get(1).and_then(signal_number);
    send(interp, signal, "os.killpg")
}

fn raise_signal(interp: &mut Interp<'_>, args: Args) -> Eval {
    let signal = args.positional.first().and_then(signal_number);
    send(interp, signal, "signal.raise_signal")
}

fn send(interp: &mut Interp<'_>, signal: Option<i32>, call: &str) -> Eval {
    match signal {
        // SIGINT becomes KeyboardInterrupt in the main thread
        Some(2) => interp.raise("KeyboardInterrupt", "", Cause::Exit { call: Arc::from(call) }),
        Some(0) => Ok(Value::None),
        Some(signal @ (3 | 4 | 6 | 7 | 8 | 9 | 11 | 14 | 15)) => interp.halt(HaltKind::Signal(signal), call),
        _ => {
            interp.may_raise_anything();
            Ok(Value::None)
        }
    }
}

fn signal_number(value: &Value) -> Option<i32> {
    if let Value::Int(number) = value {
        return i32::try_from(*number).ok();
    }
    let name = value.extern_path()?.rsplit('.').next()?;
    Some(match name {
        "SIGINT" => 2,
        "SIGQUIT" => 3,
        "SIGABRT" => 6,
        "SIGFPE" => 8,
        "SIGKILL" => 9,
        "SIGSEGV" => 11,
        "SIGALRM" => 14,
        "SIGTERM" => 15,
        _ => return None,
    })
}

fn pause(interp: &mut Interp<'_>, _: Args) -> Eval {
    interp.halt(HaltKind::Hang, "signal.pause")
}

fn version_tuple(interp: &mut Interp<'_>, _: Args) -> Eval {
    let python = interp.environment.python.known();
    Ok(Value::tuple([
        Value::str(python.major.to_string()),
        Value::str(python.minor.to_string()),
        Value::Unknown,
    ]))
}

/// What pytest puts in the place of the standard streams is no terminal.
fn isatty(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(if interp.options.captured { Value::Bool(false) } else { Value::Unknown })
}

fn utf8(_: &mut Interp<'_>, _: Args) -> Eval {
    Ok(Value::str("utf-8"))
}

fn system(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(Value::str(interp.environment.platform.known().system()))
}

fn machine(interp: &mut Interp<'_>, _: Args) -> Eval {
    let (machine, platform) = (interp.environment.machine, interp.environment.platform);
    Ok(Value::str(machine.known().name(platform.known())))
}

fn implementation(_: &mut Interp<'_>, _: Args) -> Eval {
    Ok(Value::str("CPython"))
}
