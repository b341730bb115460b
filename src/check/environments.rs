//! Which environments are looked at: what the user states, what is found, what is assumed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::surroundings::Surroundings;
use super::{CheckError, Request};
use crate::environment::{
    Environment, Installed, Machine, Platform, PytestVersion, PythonVersion, ThirdParty,
};
use crate::fs::FileSystem;

/// The Python that is assumed where nothing says which one it is.
const USUAL_PYTHON: PythonVersion = PythonVersion::new(3, 13);

/// Environment variables that are set wherever tests run.
const ALWAYS_SET: [&str; 14] = [
    "PATH",
    "HOME",
    "USER",
    "PWD",
    "LANG",
    "SHELL",
    "TMPDIR",
    "TEMP",
    "TMP",
    "TERM",
    "LOGNAME",
    "USERPROFILE",
    "CI",
    "TZ",
];

/// The environment that the request states.
///
/// # Errors
///
/// The interpreter that was named cannot be read.
pub(super) fn stated(request: &Request, fs: &FileSystem) -> Result<Environment, CheckError> {
    let target = &request.target;
    let site = match (&target.installed, &target.python) {
        (Some(_), _) => None,
        (None, Some(python)) => Some(python.clone()),
        (None, None) => discovered(&request.working_directory, fs),
    };
    let site = match site {
        Some(python) => {
            let python = request.working_directory.join(python);
            Some(Arc::new(
                Installed::read(&python).map_err(|error| CheckError::Environment(Box::new(error)))?,
            ))
        }
        None => None,
    };
    let python = target
        .python_versions
        .first()
        .copied()
        .or_else(|| site.as_ref().map(|site| site.python_version()))
        .unwrap_or(USUAL_PYTHON);
    let pytest = target
        .pytest
        .or_else(|| site.as_ref().and_then(|site| site.pytest_version()))
        .unwrap_or(PytestVersion::NEWEST);
    let platform = target.platforms.first().copied().unwrap_or_else(Platform::host);
    let (third_party, source) = match (&target.installed, site) {
        (Some(names), _) => {
            (ThirdParty::Stated(names.iter().cloned().collect::<BTreeSet<String>>()), "stated")
        }
        (None, Some(site)) => (ThirdParty::Site(site), "venv"),
        (None, None) => (ThirdParty::Everything, "default"),
    };
    Ok(Environment {
        name: name(python, platform),
        python: python.into(),
        platform: platform.into(),
        machine: Machine::default().into(),
        pytest,
        third_party,
        absent: target.absent.iter().cloned().collect(),
        variables: if target.process { of_process(pytest) } else { variables(pytest, platform) },
        all_variables: target.process,
        python_path: python_path(),
        source,
    })
}

/// Whether nothing is said about the environment on the command line: then the cells of the project count.
pub(super) fn are_open(request: &Request) -> bool {
    let (target, configured) = (&request.target, &request.options);
    target.installed.is_none()
        && target.absent.is_empty()
        && !target.bare
        && target.python == configured.python
        && target.python_versions == configured.python_versions
        && target.platforms == configured.platforms
        && target.pytest == configured.pytest
}

/// Takes from the project what the user does not state.
pub(super) fn settle(base: &mut Environment, request: &Request, surroundings: &Surroundings) {
    if matches!(base.third_party, ThirdParty::Everything) {
        let newest = surroundings.settle(base, request);
        base.name = name(base.python.peek(), base.platform.peek());
        base.variables = variables(base.pytest, base.platform.peek());
        // What the workflow sets is what the tests are written for.
        base.variables.extend(newest.map(|newest| newest.variables.clone()).unwrap_or_default());
    }
}

/// The other environments that are stated: every version of Python on every platform.
pub(super) fn others(base: &Environment, request: &Request) -> Vec<Environment> {
    let target = &request.target;
    let or = |stated: &[PythonVersion]| match stated {
        [] => vec![base.python.peek()],
        stated => stated.to_vec(),
    };
    let platforms = match target.platforms.as_slice() {
        [] => vec![base.platform.peek()],
        stated => stated.to_vec(),
    };
    let mut others: Vec<Environment> = Vec::new();
    for python in or(&target.python_versions) {
        for &platform in &platforms {
            let is_known = |known: &Environment| known.python == python && known.platform == platform;
            if !is_known(base) && !others.iter().any(is_known) {
                let name = name(python, platform);
                let variables = variables(base.pytest, platform);
                let (python, platform) = (python.into(), platform.into());
                others.push(Environment { name, python, platform, variables, ..base.clone() });
            }
        }
    }
    others
}

fn name(python: PythonVersion, platform: Platform) -> String {
    format!("py{python}-{platform}")
}

/// A virtual environment that is active, or lies in the working directory.
fn discovered(working_directory: &Path, fs: &FileSystem) -> Option<PathBuf> {
    if let Some(active) = std::env::var_os("VIRTUAL_ENV").map(PathBuf::from)
        && fs.is_file(&active.join("pyvenv.cfg"))
    {
        return Some(active);
    }
    [".venv", "venv"]
        .iter()
        .map(|name| working_directory.join(name))
        .find(|folder| fs.is_file(&folder.join("pyvenv.cfg")))
}

fn python_path() -> Vec<PathBuf> {
    std::env::var_os("PYTHONPATH")
        .map(|value| std::env::split_paths(&value).filter(|path| !path.as_os_str().is_empty()).collect())
        .unwrap_or_default()
}

/// The variables of this process, which starts pytest.
fn of_process(pytest: PytestVersion) -> BTreeMap<String, Option<String>> {
    let mut variables: BTreeMap<String, Option<String>> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok())))
        .collect();
    if pytest.at_least(8, 2) {
        variables.insert("PYTEST_VERSION".to_owned(), Some(pytest.to_string()));
    }
    variables
}

/// Variables that are set while pytest collects.
fn variables(pytest: PytestVersion, platform: Platform) -> BTreeMap<String, Option<String>> {
    let mut variables: BTreeMap<String, Option<String>> =
        ALWAYS_SET.iter().map(|name| ((*name).to_owned(), None)).collect();
    if platform == Platform::Windows {
        for name in ["APPDATA", "LOCALAPPDATA", "SYSTEMROOT", "USERNAME", "COMPUTERNAME", "PROGRAMFILES"] {
            variables.insert(name.to_owned(), None);
        }
    }
    if pytest.at_least(8, 2) {
        variables.insert("PYTEST_VERSION".to_owned(), Some(pytest.to_string()));
    }
    variables
}
