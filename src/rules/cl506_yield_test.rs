//! A test that pytest does not run as one: a generator, or a coroutine that nobody awaits.

use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::environment::{Environment, Presence, ThirdParty};
use crate::outcome::LostKind;

use super::{Evidence, FixAvailability, Rule, Run, losses, owner};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL506"),
    name: "yield-test",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL506.md"),
    check,
};

/// Plugins that run coroutines.
const RUNNERS: [&str; 6] =
    ["pytest_asyncio", "anyio", "pytest_trio", "pytest_tornasync", "pytest_twisted", "alt_pytest_asyncio"];

/// Hooks by which a conftest can run them itself.
const HOOKS: [&str; 2] = ["pytest_pyfunc_call", "pytest_pycollect_makeitem"];

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in owner::incidents(evidence, RULE.code) {
        let message = format!("a test with `yield`: {}", incident.impact());
        let mut finding = evidence.finding(&RULE, incident, message);
        finding.help = Some("assert in a loop, or parametrize the test".to_owned());
        found.push(finding);
    }
    for loss in losses::all(evidence) {
        let (severity, message, help) = match loss.lost.kind {
            LostKind::YieldTest => (
                Severity::Error,
                format!("test `{}` has `yield` and is never run", loss.lost.name),
                "assert in a loop, or parametrize the test",
            ),
            LostKind::AsyncTest
                if loss.runs.iter().all(|&run| nobody_awaits(evidence, &evidence.runs[run])) =>
            {
                (
                    Severity::Warning,
                    format!("nothing runs the coroutine of test `{}`", loss.lost.name),
                    "install a plugin that does, such as `pytest-asyncio` or `anyio`",
                )
            }
            _ => continue,
        };
        found.extend(loss.finding(evidence, &RULE, severity, message, help));
    }
}

/// Whether no plugin and no conftest runs coroutines in an environment.
fn nobody_awaits(evidence: &Evidence<'_>, run: &Run) -> bool {
    let is_absent =
        |environment: &Environment, plugin: &str| environment.third_party(plugin) == Presence::Absent;
    let has_hook = |path: &std::path::Path| {
        let file = evidence.sources.get(path);
        file.map_or(true, |file| HOOKS.iter().any(|hook| file.source.text().contains(hook)))
    };
    let settings = &run.prediction.settings;
    let mut named = settings
        .plugins
        .iter()
        .filter(|plugin| !plugin.blocked)
        .map(|plugin| &plugin.name)
        .chain(&settings.environment_plugins);
    RUNNERS.iter().all(|plugin| is_absent(&run.environment, plugin))
        && !named.any(|plugin| may_await(&run.environment, plugin))
        && !run.prediction.conftests.iter().any(|conftest| has_hook(&conftest.path))
}

/// Whether a plugin that `-p` names may run coroutines. pytest's own do not.
fn may_await(environment: &Environment, plugin: &str) -> bool {
    match (&environment.third_party, environment.third_party(plugin)) {
        (ThirdParty::Site(site), Presence::Installed(_)) => {
            HOOKS.iter().any(|hook| site.may_mention(plugin, hook))
        }
        (_, Presence::Absent) => plugin.contains('.'),
        (_, Presence::Installed(_) | Presence::Assumed | Presence::Unknown) => true,
    }
}
