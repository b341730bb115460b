//! Why something fails, in pytest's words.

use crate::interp::{Cause, HaltKind, Interp, Refused, Site, Stop, Trace};
use crate::settings::pytest::Refusal;

/// An exception, or the end of the process.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Name of the exception's type; `exit 1`, `signal 6` or `hang` where the process ends.
    pub exception: String,
    /// `str(exception)`, where it is known.
    pub message: Option<String>,
    pub trace: Trace,
    /// The fact behind it; `None` where the process ends or hangs.
    pub cause: Option<Cause>,
    pub halt: Option<HaltKind>,
    /// The innermost project line; `None` where pytest names none.
    pub site: Option<Site>,
    /// The line that pytest names, where it is not the start of `site` (a syntax error's).
    pub line: Option<u32>,
    pub certain: bool,
}

impl Failure {
    /// A failure of pytest's own making, without a place in the project.
    pub fn of_pytest(exception: &str, message: impl Into<String>, cause: Cause) -> Self {
        Self {
            exception: exception.to_owned(),
            message: Some(message.into()),
            trace: Trace::default(),
            cause: Some(cause),
            halt: None,
            site: None,
            line: None,
            certain: true,
        }
    }

    /// A configuration that pytest rejects.
    pub fn of_refusal(refusal: &Refusal) -> Self {
        let exception = refusal.exception.unwrap_or("UsageError");
        let exception = exception.rsplit('.').next().unwrap_or(exception);
        let site = refusal
            .origin
            .place()
            .map(|place| Site { path: std::sync::Arc::clone(&place.path), span: place.span });
        Self::of_pytest(exception, &refusal.message, Cause::Refused(Refused::Usage)).at(site)
    }

    /// The same, at the place that is to blame.
    #[must_use]
    pub fn at(self, site: Option<Site>) -> Self {
        Self { site, ..self }
    }

    pub fn of_stop(stop: &Stop, interp: &Interp<'_>) -> Option<Self> {
        match stop {
            Stop::Raise(raised) => {
                let line = match &raised.cause {
                    Cause::Compile(error) => Some(error.line),
                    _ => None,
                };
                Some(Self {
                    exception: interp.class_name(&raised.class),
                    message: raised.message.clone(),
                    site: raised.site().cloned(),
                    trace: raised.trace.clone(),
                    cause: Some(raised.cause.clone()),
                    halt: None,
                    line,
                    certain: raised.certain,
                })
            }
            Stop::Halt(halt) => {
                let exception = match halt.how {
                    HaltKind::Exit(Some(status)) => format!("exit {status}"),
                    HaltKind::Exit(None) => "exit".to_owned(),
                    HaltKind::Signal(signal) => format!("signal {signal}"),
                    HaltKind::Hang => "hang".to_owned(),
                };
                Some(Self {
                    exception,
                    message: Some(halt.call.to_string()),
                    site: halt.trace.innermost().cloned(),
                    trace: halt.trace.clone(),
                    cause: None,
                    halt: Some(halt.how),
                    line: None,
                    certain: halt.certain,
                })
            }
            Stop::Budget => None,
        }
    }
}
