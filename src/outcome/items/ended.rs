//! How collecting a module or class ends when it does not end well.

use super::super::Failure;
use crate::interp::{Cause, Interp, Outside, Refused, Site, Stop, Trace, Truth};
use crate::settings::pytest::PytestSettings;

/// Why pytest refuses a module or class that was imported: what rules judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureKind {
    /// The number of names is not the number of values.
    ParametrizeCount,
    /// `parametrize` is called with wrong arguments.
    ParametrizeCall,
    /// The argument values cannot be iterated.
    ArgumentValues,
    /// The function has no such argument.
    UnknownArgument,
    /// The argument has a default value.
    ArgumentWithDefault,
    /// An argument is parametrized twice.
    DuplicateParametrization,
    /// Ids that are not unique, under `strict_parametrization_ids`.
    DuplicateIds,
    /// The number or the type of the ids, or an id function that raises.
    BadIds,
    /// `indirect` is no bool or sequence, or names what is not parametrized.
    BadIndirect,
    /// `pytest.HIDDEN_PARAM` for more than one set of one call.
    HiddenTwice,
    /// `request` is parametrized.
    ReservedName,
    /// `empty_parameter_set_mark = fail_at_collect`.
    EmptyParameterSet,
    /// A scope of `parametrize` that does not exist.
    BadScope,
    /// A scope of a fixture that does not exist.
    FixtureScope,
    /// `pytestmark` holds what is no mark.
    PytestmarkType,
    /// `usefixtures` is given what cannot be a name.
    UsefixturesType,
    YieldTest,
    /// The test class cannot be instantiated.
    Instantiation,
    /// A text is too long for an id, under `parametrize_long_str_id_strategy = disallow`.
    LongId,
    /// A `pytest_generate_tests` hook, or other code of the project that pytest calls, raises.
    Hook,
    /// A warning of pytest that a filter turns into an error.
    Warning,
}

impl FailureKind {
    const fn cause(self) -> Cause {
        Cause::Refused(match self {
            Self::ParametrizeCount
            | Self::ParametrizeCall
            | Self::ArgumentValues
            | Self::UnknownArgument
            | Self::ArgumentWithDefault
            | Self::DuplicateParametrization
            | Self::DuplicateIds
            | Self::BadIds
            | Self::BadIndirect
            | Self::HiddenTwice
            | Self::ReservedName
            | Self::EmptyParameterSet
            | Self::BadScope
            | Self::LongId => Refused::Parametrize,
            Self::FixtureScope => Refused::Fixture,
            Self::PytestmarkType | Self::UsefixturesType => Refused::Mark,
            Self::YieldTest => Refused::YieldTest,
            Self::Instantiation => Refused::TestClass,
            Self::Hook => Refused::Hook,
            Self::Warning => return Cause::Warning,
        })
    }
}

/// A module or class that pytest refuses, after it was imported.
#[derive(Clone, Debug)]
pub struct CollectFailure {
    pub kind: FailureKind,
    pub failure: Failure,
}

/// Why collecting a node ends early.
#[derive(Debug)]
pub(super) enum Ended {
    Failed(Box<CollectFailure>),
    /// `pytest.skip`, `unittest.SkipTest`.
    Skipped(Box<Failure>),
    /// The session ends.
    Aborts(Box<Failure>),
    /// It is not known how it goes on.
    Unknown,
}

pub(super) type Collected<T> = Result<T, Ended>;

impl Ended {
    /// `pytest.fail(message, pytrace=False)` in pytest's own code.
    pub(super) fn failed(kind: FailureKind, message: impl Into<String>, site: Option<&Site>) -> Self {
        Self::refused("Failed", kind, message, site)
    }

    /// An exception that pytest's own code raises; `site` is what is to blame.
    pub(super) fn refused(
        exception: &str,
        kind: FailureKind,
        message: impl Into<String>,
        site: Option<&Site>,
    ) -> Self {
        let failure = Failure {
            exception: exception.to_owned(),
            message: Some(message.into()),
            trace: Trace::default(),
            cause: Some(kind.cause()),
            halt: None,
            site: site.cloned(),
            line: None,
            certain: true,
        };
        Self::Failed(Box::new(CollectFailure { kind, failure }))
    }

    /// What an exception of the program's, met while collecting, does to the node.
    pub(super) fn of_stop(
        stop: &Stop,
        kind: FailureKind,
        interp: &Interp<'_>,
        settings: &PytestSettings,
    ) -> Self {
        let Some(failure) = Failure::of_stop(stop, interp) else { return Self::Unknown };
        let class = match stop {
            Stop::Raise(raised) if raised.certain => &raised.class,
            Stop::Raise(_) | Stop::Budget => return Self::Unknown,
            Stop::Halt(halt) if halt.certain => return Self::Aborts(Box::new(failure)),
            Stop::Halt(_) => return Self::Unknown,
        };
        if class.is_unknown() {
            return Self::Unknown;
        }
        let is = |ancestor: &str| interp.derives(class, ancestor);
        let skipped = is("pytest.skip.Exception").or(is("unittest.SkipTest"));
        // pytest 8.2.1 lets these through
        let version = settings.version;
        let ends_session =
            version.at_least(8, 3) || (version.at_least(8, 2) && (version.minor, version.patch) >= (2, 1));
        let exits = is("builtins.SystemExit").or(is("builtins.KeyboardInterrupt"));
        match (skipped, exits) {
            (Truth::Yes, _) => Self::Skipped(Box::new(failure)),
            (Truth::No, Truth::Yes) if ends_session => Self::Aborts(Box::new(failure)),
            (Truth::No, Truth::No | Truth::Yes) => Self::Failed(Box::new(CollectFailure { kind, failure })),
            (Truth::Maybe, _) | (_, Truth::Maybe) => Self::Unknown,
        }
    }

    /// The value of a call into the program, or what its exception does to the node.
    pub(super) fn of_outside<T>(
        outside: Outside<T>,
        kind: FailureKind,
        interp: &Interp<'_>,
        settings: &PytestSettings,
    ) -> Collected<T> {
        match outside.result {
            Ok(value) => Ok(value),
            Err(_) if outside.doubtful => Err(Self::Unknown),
            Err(stop) => Err(Self::of_stop(&stop, kind, interp, settings)),
        }
    }
}
