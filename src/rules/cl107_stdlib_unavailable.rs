//! A part of the standard library is used that this version or platform does not have.

use super::blame::{self, Blame};
use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::environment::{Environment, Platform, PythonVersion};
use crate::interp::Cause;

use super::{Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL107"),
    name: "stdlib-unavailable",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL107.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        if blame::of(evidence, incident) != Some(Blame::StandardLibrary) {
            continue;
        }
        let Some(run) = incident.runs.first().map(|&run| &evidence.runs[run]) else { continue };
        let (thing, lack) = match incident.cause() {
            Some(Cause::MissingModule { name, .. }) => {
                let is_there = |python, platform| blame::has_module(name, python, platform);
                (name.to_string(), Lack::of(&run.environment, &is_there))
            }
            Some(Cause::MissingName { module, name } | Cause::MissingAttribute { owner: module, name }) => {
                let is_there = |python, platform| blame::has_name(module, name, python, platform);
                (format!("{module}.{name}"), Lack::of(&run.environment, &is_there))
            }
            _ => continue,
        };
        let impact = incident.impact();
        let says = lack.says();
        let mut finding = evidence.finding(&RULE, incident, format!("`{thing}` {says}: {impact}"));
        finding.help = Some(lack.help(&thing));
        finding.symbol = thing;
        found.push(finding);
    }
}

/// Why something of the standard library is not there.
enum Lack {
    Platform(Platform),
    NewIn(PythonVersion),
    GoneSince(PythonVersion),
    Unknown,
}

impl Lack {
    fn of(environment: &Environment, is_there: &dyn Fn(PythonVersion, Platform) -> bool) -> Self {
        let (python, platform) = (environment.python.peek(), environment.platform.peek());
        if Platform::ALL.into_iter().any(|other| is_there(python, other)) {
            return Self::Platform(platform);
        }
        let there: Vec<PythonVersion> = blame::somewhere()
            .filter(|(version, system)| is_there(*version, *system))
            .map(|(version, _)| version)
            .collect();
        let later = there.iter().copied().filter(|version| *version > python).min();
        let earlier = there.iter().copied().filter(|version| *version < python).max();
        match (later, earlier) {
            (Some(new), _) => Self::NewIn(new),
            (None, Some(old)) => Self::GoneSince(PythonVersion::new(old.major, old.minor + 1)),
            (None, None) => Self::Unknown,
        }
    }

    fn says(&self) -> String {
        match self {
            Self::Platform(platform) => format!("is not in the standard library on {}", title(*platform)),
            Self::NewIn(python) => format!("is in the standard library from Python {python} on"),
            Self::GoneSince(python) => {
                format!("is no longer in the standard library since Python {python}")
            }
            Self::Unknown => "is not in the standard library".to_owned(),
        }
    }

    fn help(&self, thing: &str) -> String {
        let top = thing.split('.').next().unwrap_or(thing);
        match (self, top) {
            (Self::Platform(platform), _) => {
                let platform = title(*platform);
                format!("skip the module on {platform} before it is imported")
            }
            (Self::NewIn(python), "tomllib") => {
                format!("import `tomli` instead before Python {python}, and declare it")
            }
            (Self::NewIn(python), "typing" | "collections") => {
                format!("take it from `typing_extensions` before Python {python}, and declare that")
            }
            (Self::NewIn(python), _) => {
                format!("import it only where `sys.version_info` is at least {python}")
            }
            (Self::GoneSince(_), "distutils") => {
                "use `packaging`, `shutil` or `sysconfig` instead, or install `setuptools`".to_owned()
            }
            (Self::GoneSince(_), "imp") => "use `importlib` instead".to_owned(),
            (Self::GoneSince(_), "asyncore" | "asynchat") => "use `asyncio` instead".to_owned(),
            (Self::GoneSince(_) | Self::Unknown, _) => "use what replaces it".to_owned(),
        }
    }
}

const fn title(platform: Platform) -> &'static str {
    match platform {
        Platform::Linux => "Linux",
        Platform::MacOs => "macOS",
        Platform::Windows => "Windows",
    }
}
