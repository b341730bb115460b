//! A module is imported that is not there.

use super::blame::{self, Blame};
use crate::diagnostic::{Diagnostic, RuleCode, Severity};
use crate::environment::cells::{DeclaredAt, List};
use crate::environment::names::Names;
use crate::interp::{Cause, Missing};

use super::{Evidence, FixAvailability, Rule};

pub(super) static RULE: Rule = Rule {
    code: RuleCode("CL105"),
    name: "missing-module",
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../rules/CL105.md"),
    check,
};

fn check(evidence: &Evidence<'_>, found: &mut Vec<Diagnostic>) {
    for incident in &evidence.incidents {
        let Some(Cause::MissingModule { name, why }) = incident.cause() else { continue };
        if blame::of(evidence, incident) != Some(Blame::Module) {
            continue;
        }
        let impact = incident.impact();
        let mut finding = evidence.finding(&RULE, incident, format!("no module named `{name}`: {impact}"));
        finding.help = Some(match why {
            Missing::ThirdParty => install(evidence, name),
            Missing::FirstParty | Missing::StandardLibrary => {
                "create the module, or correct its name".to_owned()
            }
            Missing::Blocked => format!("do not put `None` into `sys.modules` for `{name}`"),
        });
        finding.symbol = name.to_string();
        found.push(finding);
    }
}

/// How a third party's module comes into the environment.
fn install(evidence: &Evidence<'_>, module: &str) -> String {
    let distributions = Names::default().providers(module).distributions;
    let declared = evidence.project.and_then(|project| {
        distributions.iter().find_map(|name| project.declared_at(name).into_iter().next())
    });
    if let Some(declared) = declared {
        return format!("install {}, which declares it", called(&declared));
    }
    match distributions.first() {
        Some(name) => format!("declare `{name}` and install it, or correct the name"),
        None => "declare and install it, or correct the name".to_owned(),
    }
}

/// What a list of dependencies is called.
pub(super) fn called(declared: &DeclaredAt) -> String {
    match &declared.list {
        List::Dependencies => "the project".to_owned(),
        List::Extra(name) => format!("the extra `{name}`"),
        List::Group(name) => format!("the group `{name}`"),
        List::Environment(name) => format!("the environment `{name}`"),
        List::Pipfile | List::PipfileDev => "the packages of `Pipfile`".to_owned(),
        List::Requirements(path) => {
            let below = path.strip_prefix(&declared.project).unwrap_or(path);
            format!("`{}`", below.display())
        }
        List::Conda | List::Nothing => {
            let file = declared
                .place
                .path
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            format!("what `{file}` lists")
        }
    }
}
