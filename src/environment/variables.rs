//! Environment variables that are set without anybody in the project saying so.
//!
//! Sources: for a user's shell, POSIX.1-2017 (8.3, "Other Environment Variables") and Microsoft's list of
//! "recognized environment variables"; for GitHub, "Default environment variables" of its documentation; for
//! GitLab, "Predefined CI/CD variables reference"; for Azure, "Use predefined variables"; for tox,
//! `_default_pass_env` of tox 4. Only those that are set in every run are here.

use std::collections::BTreeMap;

use super::{Machine, Platform};

/// The variables of an environment with their value where it is known.
pub type Variables = BTreeMap<String, Option<String>>;

/// Whose machine runs the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// A user's own.
    Anyone,
    GitHub,
    GitLab,
    Azure,
}

const EVERYWHERE: [&str; 1] = ["PATH"];
const POSIX: [&str; 3] = ["HOME", "PWD", "LANG"];
const WINDOWS: [&str; 22] = [
    "ALLUSERSPROFILE",
    "APPDATA",
    "COMPUTERNAME",
    "COMSPEC",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "NUMBER_OF_PROCESSORS",
    "OS",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PUBLIC",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "USERDOMAIN",
    "USERNAME",
    "USERPROFILE",
    "WINDIR",
];

const GITHUB: [(&str, Option<&str>); 39] = [
    ("CI", Some("true")),
    ("GITHUB_ACTIONS", Some("true")),
    ("GITHUB_ACTION", None),
    ("GITHUB_ACTION_REF", None),
    ("GITHUB_ACTION_REPOSITORY", None),
    ("GITHUB_ACTOR", None),
    ("GITHUB_ACTOR_ID", None),
    ("GITHUB_API_URL", None),
    ("GITHUB_BASE_REF", None),
    ("GITHUB_ENV", None),
    ("GITHUB_EVENT_NAME", None),
    ("GITHUB_EVENT_PATH", None),
    ("GITHUB_GRAPHQL_URL", None),
    ("GITHUB_HEAD_REF", None),
    ("GITHUB_JOB", None),
    ("GITHUB_OUTPUT", None),
    ("GITHUB_PATH", None),
    ("GITHUB_REF", None),
    ("GITHUB_REF_NAME", None),
    ("GITHUB_REF_PROTECTED", None),
    ("GITHUB_REF_TYPE", None),
    ("GITHUB_REPOSITORY", None),
    ("GITHUB_REPOSITORY_ID", None),
    ("GITHUB_REPOSITORY_OWNER", None),
    ("GITHUB_REPOSITORY_OWNER_ID", None),
    ("GITHUB_RETENTION_DAYS", None),
    ("GITHUB_RUN_ATTEMPT", None),
    ("GITHUB_RUN_ID", None),
    ("GITHUB_RUN_NUMBER", None),
    ("GITHUB_SERVER_URL", None),
    ("GITHUB_SHA", None),
    ("GITHUB_STEP_SUMMARY", None),
    ("GITHUB_TRIGGERING_ACTOR", None),
    ("GITHUB_WORKFLOW", None),
    ("GITHUB_WORKFLOW_REF", None),
    ("GITHUB_WORKFLOW_SHA", None),
    ("GITHUB_WORKSPACE", None),
    ("RUNNER_NAME", None),
    ("RUNNER_TEMP", None),
];
const GITHUB_TOOLS: [&str; 2] = ["RUNNER_TOOL_CACHE", "RUNNER_ENVIRONMENT"];

const GITLAB: [(&str, Option<&str>); 17] = [
    ("CI", Some("true")),
    ("GITLAB_CI", Some("true")),
    ("CI_BUILDS_DIR", None),
    ("CI_COMMIT_REF_NAME", None),
    ("CI_COMMIT_REF_SLUG", None),
    ("CI_COMMIT_SHA", None),
    ("CI_COMMIT_SHORT_SHA", None),
    ("CI_JOB_ID", None),
    ("CI_JOB_NAME", None),
    ("CI_JOB_STAGE", None),
    ("CI_JOB_TOKEN", None),
    ("CI_PIPELINE_ID", None),
    ("CI_PROJECT_DIR", None),
    ("CI_PROJECT_NAME", None),
    ("CI_PROJECT_PATH", None),
    ("CI_SERVER", Some("yes")),
    ("CI_SERVER_URL", None),
];

const AZURE: [(&str, Option<&str>); 8] = [
    ("TF_BUILD", Some("True")),
    ("AGENT_ID", None),
    ("AGENT_NAME", None),
    ("AGENT_OS", None),
    ("BUILD_BUILDID", None),
    ("BUILD_SOURCEBRANCH", None),
    ("BUILD_SOURCESDIRECTORY", None),
    ("SYSTEM_TEAMPROJECT", None),
];

/// What is set on a machine before a workflow sets anything.
pub fn well_known(platform: Platform, machine: Option<Machine>, host: Host) -> Variables {
    let own: &[&str] = match platform {
        Platform::Linux | Platform::MacOs => &POSIX,
        Platform::Windows => &WINDOWS,
    };
    let mut variables: Variables =
        EVERYWHERE.iter().chain(own).map(|name| ((*name).to_owned(), None)).collect();
    let add = |variables: &mut Variables, known: &[(&str, Option<&str>)]| {
        variables.extend(known.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))));
    };
    match host {
        Host::Anyone => {
            if platform != Platform::Windows {
                variables.insert("USER".to_owned(), None);
            }
        }
        Host::GitHub => {
            add(&mut variables, &GITHUB);
            variables.extend(GITHUB_TOOLS.iter().map(|name| ((*name).to_owned(), None)));
            let system = match platform {
                Platform::Linux => "Linux",
                Platform::MacOs => "macOS",
                Platform::Windows => "Windows",
            };
            variables.insert("RUNNER_OS".to_owned(), Some(system.to_owned()));
            let arch = machine.map(|machine| match machine {
                Machine::X86_64 => "X64".to_owned(),
                Machine::Aarch64 => "ARM64".to_owned(),
            });
            variables.insert("RUNNER_ARCH".to_owned(), arch);
        }
        Host::GitLab => add(&mut variables, &GITLAB),
        Host::Azure => add(&mut variables, &AZURE),
    }
    variables
}

const TOX_PASSES: [&str; 22] = [
    "PATH",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "LANG",
    "LANGUAGE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
    "CC",
    "CFLAGS",
    "CCSHARED",
    "CXX",
    "CPPFLAGS",
    "LD_LIBRARY_PATH",
    "LDFLAGS",
    "HOME",
    "FORCE_COLOR",
    "NO_COLOR",
    "NETRC",
    "PYTHON_GIL",
    "SSH_AGENT_PID",
    "SSH_AUTH_SOCK",
];
const TOX_PASSES_ON_WINDOWS: [&str; 16] = [
    "TEMP",
    "TMP",
    "USERPROFILE",
    "PATHEXT",
    "MSYSTEM",
    "WINDIR",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "COMSPEC",
    "APPDATA",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PROGRAMFILES(X86)",
    "LOCALAPPDATA",
    "NUMBER_OF_PROCESSORS",
    "PROCESSOR_ARCHITECTURE",
];

/// What tox 4 leaves of the variables for the commands of an environment, with those that it sets.
/// `passed` are the patterns of `pass_env`; they are not case-sensitive.
pub fn through_tox(outside: &Variables, passed: &[String], name: &str) -> Variables {
    let is_passed = |variable: &str| {
        let variable = variable.to_uppercase();
        TOX_PASSES.contains(&variable.as_str())
            || TOX_PASSES_ON_WINDOWS.contains(&variable.as_str())
            || ["TMPDIR", "NIX_LD"].contains(&variable.as_str())
            || ["PIP_", "UV_", "VIRTUALENV_"].iter().any(|prefix| variable.starts_with(prefix))
            || passed.iter().any(|pattern| matches_pattern(&pattern.to_uppercase(), &variable))
    };
    let mut variables: Variables = outside
        .iter()
        .filter(|(variable, _)| is_passed(variable))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    variables.insert("TOX_ENV_NAME".to_owned(), Some(name.to_owned()));
    for variable in ["TOX_WORK_DIR", "TOX_ENV_DIR", "VIRTUAL_ENV"] {
        variables.insert(variable.to_owned(), None);
    }
    variables
}

/// `GITHUB_*`; `?` stands for one character.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    globset::Glob::new(pattern).is_ok_and(|glob| glob.compile_matcher().is_match(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_set_their_variables() {
        let github = well_known(Platform::Windows, Some(Machine::Aarch64), Host::GitHub);
        assert_eq!(github["CI"].as_deref(), Some("true"));
        assert_eq!(github["RUNNER_ARCH"].as_deref(), Some("ARM64"));
        assert!(github.contains_key("USERPROFILE") && !github.contains_key("HOME"));
        assert!(!well_known(Platform::Linux, None, Host::Anyone).contains_key("CI"));
    }

    #[test]
    fn tox_hides_most_variables() {
        let outside = well_known(Platform::Linux, None, Host::GitHub);
        let inside = through_tox(&outside, &["GITHUB_*".to_owned()], "py39");
        assert!(!inside.contains_key("CI"));
        assert!(inside.contains_key("HOME") && inside.contains_key("GITHUB_SHA"));
        assert_eq!(inside["TOX_ENV_NAME"].as_deref(), Some("py39"));
    }
}
