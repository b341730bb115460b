//! How a session ends: pytest's exit code for what is raised where.

use super::{Driver, Finish};
use crate::interp::{Cause, HaltKind, Instance, Object, Payload, Stop, Truth, Value};
use crate::outcome::{ExitCode, Failure};

impl Driver<'_, '_> {
    /// The exit code when a hook raises.
    pub(super) fn exit_of_hook(&self, stop: &Stop) -> ExitCode {
        match stop {
            Stop::Halt(halt) => exit_of_halt(halt.how),
            Stop::Budget => ExitCode::Unknown,
            Stop::Raise(raised) => {
                let is = |ancestor: &str| self.interp.derives(&raised.class, ancestor) == Truth::Yes;
                match &raised.cause {
                    Cause::PytestExit { returncode: Some(code) } => ExitCode::Code(*code),
                    Cause::PytestExit { returncode: None } => ExitCode::INTERRUPTED,
                    _ if is("pytest.UsageError") => ExitCode::USAGE_ERROR,
                    _ if is("builtins.KeyboardInterrupt") => ExitCode::INTERRUPTED,
                    _ => ExitCode::INTERNAL_ERROR,
                }
            }
        }
    }

    /// The exit code when nobody but `main` catches it.
    pub(super) fn exit_of_uncaught(&self, stop: &Stop) -> ExitCode {
        match stop {
            Stop::Raise(raised)
                if self.interp.derives(&raised.class, "pytest.UsageError") != Truth::Yes
                    && self.interp.derives(&raised.class, "builtins.Exception") == Truth::Yes =>
            {
                ExitCode::TESTS_FAILED
            }
            _ => self.exit_of_start(stop),
        }
    }

    /// The exit code when an initial conftest raises.
    pub(super) fn exit_of_start(&self, stop: &Stop) -> ExitCode {
        match stop {
            Stop::Halt(halt) => exit_of_halt(halt.how),
            Stop::Budget => ExitCode::Unknown,
            Stop::Raise(raised) => {
                let is = |ancestor: &str| self.interp.derives(&raised.class, ancestor);
                if is("builtins.SystemExit") == Truth::Yes {
                    return self.exit_status(&raised.value);
                }
                if is("builtins.KeyboardInterrupt") == Truth::Yes {
                    // Python ends itself by the signal
                    return ExitCode::Code(-2);
                }
                match is("builtins.Exception") {
                    Truth::Yes => ExitCode::USAGE_ERROR,
                    Truth::No => ExitCode::TESTS_FAILED,
                    Truth::Maybe => ExitCode::Unknown,
                }
            }
        }
    }

    /// What the shell sees of `SystemExit(value)`.
    pub(super) fn exit_status(&self, exception: &Value) -> ExitCode {
        let Some(Object::Instance(Instance { payload: Payload::Exception(args), .. })) =
            self.interp.object(exception)
        else {
            return ExitCode::Unknown;
        };
        match args.first() {
            None | Some(Value::None) => ExitCode::OK,
            Some(Value::Int(code)) => ExitCode::Code(i32::try_from(code & 0xff).unwrap_or(1)),
            Some(Value::Bool(code)) => ExitCode::Code(i32::from(*code)),
            Some(value) if value.is_unknown() => ExitCode::Unknown,
            Some(_) => ExitCode::TESTS_FAILED,
        }
    }

    /// Notes that a module or conftest ends the session; later ones are still looked at.
    pub(super) fn abort(&mut self, node: &str, stop: &Stop) {
        if self.aborted_by.is_none() {
            let exit = match stop {
                Stop::Halt(halt) => exit_of_halt(halt.how),
                Stop::Raise(raised)
                    if self.interp.derives(&raised.class, "builtins.KeyboardInterrupt") == Truth::Yes =>
                {
                    ExitCode::INTERRUPTED
                }
                Stop::Raise(_) => ExitCode::INTERNAL_ERROR,
                Stop::Budget => ExitCode::Unknown,
            };
            self.aborted_by = Some((node.to_owned(), exit));
            self.ended = true;
            // `os._exit`: no hook runs after that
            if matches!(stop, Stop::Halt(_)) {
                self.finish = Finish::Silent;
            }
        }
    }

    pub(super) fn abort_by(&mut self, node: &str, failure: Option<&Failure>) {
        if self.aborted_by.is_none() {
            let exit = exit_of_abort(failure);
            if failure.is_some_and(|failure| failure.halt.is_some()) {
                self.finish = Finish::Silent;
            }
            self.aborted_by = Some((node.to_owned(), exit));
            self.ended = true;
        }
    }
}

/// `pytest.skip`, not `unittest.SkipTest`.
pub(super) fn is_skip(stop: &Stop) -> bool {
    match stop {
        Stop::Raise(raised) => {
            matches!(&raised.cause, Cause::Skip { call, .. } if !call.starts_with("unittest"))
        }
        Stop::Halt(_) | Stop::Budget => false,
    }
}

fn exit_of_abort(failure: Option<&Failure>) -> ExitCode {
    match failure {
        Some(Failure { halt: Some(how), .. }) => exit_of_halt(*how),
        Some(failure) if failure.exception == "KeyboardInterrupt" => ExitCode::INTERRUPTED,
        _ => ExitCode::INTERNAL_ERROR,
    }
}

pub(super) fn exit_of_halt(how: HaltKind) -> ExitCode {
    match how {
        HaltKind::Exit(Some(status)) => ExitCode::Code(status),
        HaltKind::Exit(None) => ExitCode::Unknown,
        HaltKind::Signal(signal) => ExitCode::Code(-signal),
        HaltKind::Hang => ExitCode::Hangs,
    }
}
