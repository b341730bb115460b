//! Which pytest a cell gets.

use std::str::FromStr as _;

use pep440_rs::{Version, VersionSpecifiers};

use crate::environment::{PytestVersion, PythonVersion};

/// The releases that pip may choose, the newest first.
const RELEASES: [&str; 37] = [
    "9.2.0", "9.1.1", "9.1.0", "9.0.3", "9.0.2", "9.0.1", "9.0.0", "8.4.2", "8.4.1", "8.4.0", "8.3.5",
    "8.3.4", "8.3.3", "8.3.2", "8.3.1", "8.2.2", "8.2.1", "8.2.0", "8.1.2", "8.1.1", "8.0.2", "8.0.1",
    "8.0.0", "7.4.4", "7.4.3", "7.4.2", "7.4.1", "7.4.0", "7.3.2", "7.3.1", "7.2.2", "7.2.1", "7.2.0",
    "7.1.3", "7.0.1", "6.2.5", "6.0.2",
];

/// The oldest Python that a pytest runs on.
fn oldest_python(pytest: PytestVersion) -> PythonVersion {
    let minor = match (pytest.major, pytest.minor) {
        (9.., _) => 10,
        (8, 4..) => 9,
        (8, _) => 8,
        (7, 1..) => 7,
        _ => 6,
    };
    PythonVersion::new(3, minor)
}

/// The newest release that the specifiers allow on this Python. A version that is stated exactly is taken as
/// it is.
pub(super) fn choose(specifiers: &[VersionSpecifiers], python: PythonVersion) -> Option<PytestVersion> {
    let exact = specifiers.iter().flat_map(|all| all.iter()).find_map(|one| {
        let text = one.to_string();
        let version = text.strip_prefix("==").filter(|version| !version.contains('*'))?;
        version.trim_start_matches('=').parse::<PytestVersion>().ok()
    });
    let allowed = |text: &&&str| {
        let Ok(version) = Version::from_str(text) else { return false };
        specifiers.iter().all(|all| all.contains(&version))
    };
    exact.or_else(|| {
        let parsed = RELEASES.iter().filter(allowed).filter_map(|text| text.parse::<PytestVersion>().ok());
        let mut fitting = parsed.into_iter().filter(|release| oldest_python(*release) <= python);
        fitting.next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_and_specifiers_limit_the_release() {
        let ask = |specifier: &str, minor| {
            let specifiers = VersionSpecifiers::from_str(specifier).unwrap();
            choose(&[specifiers], PythonVersion::new(3, minor)).map(|release| release.to_string())
        };
        assert_eq!(ask(">=7", 13).unwrap(), "9.2.0");
        assert_eq!(ask(">=7", 9).unwrap(), "8.4.2");
        assert_eq!(ask(">=7", 8).unwrap(), "8.3.5");
        assert_eq!(ask("<8", 13).unwrap(), "7.4.4");
        assert_eq!(ask("~=8.2.0", 13).unwrap(), "8.2.2");
        assert_eq!(ask("==8.3.0", 13).unwrap(), "8.3.0");
        assert_eq!(ask("==8.*", 13).unwrap(), "8.4.2");
        assert_eq!(ask(">=100", 13), None);
    }
}
