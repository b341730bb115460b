//! Plugins that are asked for, blocked or required.

use std::str::FromStr as _;

use super::Reader;
use crate::environment::PytestVersion;
use crate::settings::pytest::arguments::Parsed;
use crate::settings::pytest::getini::Worded;
use crate::settings::pytest::{Known, Mistake, Phase, PluginArgument, Refusal};
use crate::settings::python::strip;

/// Plugins that cannot be blocked.
const ESSENTIAL: [&str; 5] = ["mark", "main", "runner", "fixtures", "helpconfig"];

const FORBIDS_BLOCKED_CONFTESTS: PytestVersion = PytestVersion::new(9, 0, 3);

impl Reader<'_> {
    /// `consider_preparse`: the plugins that `-p` asks for or blocks.
    pub(super) fn load_plugins(&mut self, known: &Parsed) {
        let version = self.out.version;
        self.out.disable_plugin_autoload = known.has("--disable-plugin-autoload")
            || self.variable("PYTEST_DISABLE_PLUGIN_AUTOLOAD").is_some();
        let from_variable = self.variable("PYTEST_PLUGINS").map(str::to_owned);
        self.out.environment_plugins =
            from_variable.map(|names| names.split(',').map(str::to_owned).collect()).unwrap_or_default();
        for used in known.all("-p") {
            let Some(value) = &used.value else { continue };
            let value = strip(value);
            let (name, blocked) = value.strip_prefix("no:").map_or((value, false), |name| (name, true));
            self.out.plugins.push(PluginArgument {
                name: name.to_owned(),
                blocked,
                origin: used.origin.clone(),
            });
            let problem = if blocked && ESSENTIAL.contains(&name) {
                format!("plugin {name} cannot be disabled")
            } else if blocked && name.ends_with("conftest.py") && version >= FORBIDS_BLOCKED_CONFTESTS {
                format!(
                    "Blocking conftest files using -p is not supported: -p no:{name}\n\
                     conftest.py files are not plugins and cannot be disabled via -p.\n"
                )
            } else {
                continue;
            };
            self.refuse(Refusal::usage(
                Mistake::InvalidArgument,
                problem,
                Phase::Startup,
                used.origin.clone(),
            ));
        }
    }

    pub(super) fn check_required_plugins(&mut self) {
        let Ok(Some(required)) = self.ini().words("required_plugins") else { return };
        let mut missing: Worded =
            required.into_iter().filter(|(requirement, _)| self.is_missing_plugin(requirement)).collect();
        missing.sort_by(|one, other| one.0.cmp(&other.0));
        let names: Vec<_> = missing.iter().map(|(name, _)| name.clone()).collect();
        let Some((_, origin)) = missing.into_iter().next() else { return };
        self.refuse(Refusal {
            message: format!("Missing required plugins: {}", names.join(", ")),
            mistake: Mistake::RequiredPlugins(names),
            exception: None,
            exit_code: 4,
            phase: Phase::Startup,
            certain: true,
            origin,
        });
    }

    fn is_missing_plugin(&self, requirement: &str) -> bool {
        type Requirement = pep508_rs::Requirement<pep508_rs::VerbatimUrl>;
        let Ok(parsed) = Requirement::from_str(requirement) else { return true };
        let end = requirement.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'));
        let name = &requirement[..end.unwrap_or(requirement.len())];
        let version = match self.plugins.distribution(name) {
            Known::No => return true,
            Known::Maybe(_) => return false,
            Known::Yes(version) => version,
        };
        match (parsed.version_or_url, pep440_rs::Version::from_str(&version)) {
            (Some(pep508_rs::VersionOrUrl::VersionSpecifier(wanted)), Ok(version)) => {
                !wanted.contains(&version)
            }
            _ => false,
        }
    }
}

/// The plugins that `-p no:NAME` on the command line itself keeps from being loaded at all. What
/// the file blocks has been loaded by then, and its options stay.
pub(super) fn blocked_from_the_start(arguments: &[String]) -> Vec<String> {
    let mut blocked = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix("-p") {
            Some("") => arguments.next().map(String::as_str),
            attached => attached,
        };
        if let Some(name) = value.and_then(|value| strip(value).strip_prefix("no:")) {
            blocked.push(name.to_owned());
            if name == "cacheprovider" {
                blocked.push("stepwise".to_owned());
            }
        }
    }
    blocked
}
