//! Which rule tells of a failure: one alone, so that a cause is reported once.
//!
//! | what fails | rule |
//! | --- | --- |
//! | the process ends, or pytest is told to end | CL001, CL002, CL003 |
//! | the process hangs or waits for input | CL005 |
//! | an import | CL101 to CL110, CL902 ([`blame`]), CL302 |
//! | a name that only a guarded import binds | CL104 |
//! | a skip | CL202, CL206 |
//! | the file does not compile | CL401, CL402, CL403 |
//! | something that pytest refuses | CL301, CL305, CL307, CL501 to CL506, CL701 |
//! | an environment variable, a name or a file that is not there | CL601, CL602, CL604 |
//! | anything else in a hook | CL505 |
//! | anything else in a conftest | CL004 |
//! | anything else | CL603 |

use std::path::Path;

use super::evidence::Reach;
use super::{Evidence, Incident, blame, guards};
use crate::diagnostic::RuleCode;
use crate::interp::{Cause, HaltKind, Refused, StepKind};

/// The incidents that are a rule's.
pub(super) fn incidents<'e>(
    evidence: &'e Evidence<'_>,
    rule: RuleCode,
) -> impl Iterator<Item = &'e Incident> {
    evidence.incidents.iter().filter(move |incident| of(evidence, incident) == rule.0)
}

/// The code of the rule that an incident belongs to; those of the imports stand for all of them.
fn of(evidence: &Evidence<'_>, incident: &Incident) -> &'static str {
    let Some(cause) = incident.cause() else {
        return if incident.failure.halt == Some(HaltKind::Hang) { "CL005" } else { "CL002" };
    };
    match cause {
        Cause::Exit { .. } => "CL001",
        Cause::PytestExit { .. } => "CL003",
        Cause::Input => "CL005",
        Cause::MissingModule { .. } | Cause::MissingName { .. } | Cause::Circular { .. } => "CL1",
        Cause::MissingAttribute { .. } if blame::of(evidence, incident).is_some() => "CL1",
        Cause::RelativeImport => "CL302",
        Cause::Unbound { name } => match guards::optional_import_of(evidence, incident, name) {
            Some(_) => "CL104",
            None => "CL602",
        },
        Cause::Skip { .. } if is_conftest(&incident.path) => "CL206",
        Cause::Skip { .. } => "CL202",
        Cause::EnvironmentVariable { .. } => "CL601",
        Cause::MissingFile { .. } => "CL604",
        Cause::Compile(_) => "CL4",
        Cause::Refused(refused) => of_refused(*refused, incident),
        Cause::MissingAttribute { .. }
        | Cause::Outcome { .. }
        | Cause::Statement
        | Cause::Assertion
        | Cause::Recursion
        | Cause::Warning
        | Cause::Python
        | Cause::External => of_exception(incident),
    }
}

fn of_refused(refused: Refused, incident: &Incident) -> &'static str {
    match refused {
        Refused::Parametrize => "CL501",
        Refused::UnknownMark | Refused::Mark => "CL502",
        Refused::MisspelledMark => "CL503",
        Refused::Fixture => "CL504",
        Refused::Hook | Refused::Option | Refused::Node => "CL505",
        Refused::YieldTest => "CL506",
        Refused::TestClass => "CL305",
        Refused::NestedPlugins => "CL307",
        Refused::FileMismatch => "CL301",
        Refused::Usage => "CL701",
        Refused::Plugin | Refused::Doctest => of_exception(incident),
    }
}

fn of_exception(incident: &Incident) -> &'static str {
    if hook_of(incident).is_some() {
        "CL505"
    } else if is_conftest(&incident.path) || incident.reach == Reach::Start {
        "CL004"
    } else {
        "CL603"
    }
}

/// The hook that pytest calls and that fails.
pub(super) fn hook_of(incident: &Incident) -> Option<&str> {
    match &incident.failure.trace.0.first()?.kind {
        StepKind::Call(function) if function.starts_with("pytest_") => Some(function),
        _ => None,
    }
}

pub(super) fn is_conftest(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "conftest.py")
}
