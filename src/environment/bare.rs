//! What is there in an environment that holds pytest and its dependencies alone.

use super::{Platform, Presence, PytestVersion, PythonVersion, pytest_facts};

/// Whether `dotted` can be imported in a fresh virtual environment, made by `python -m venv`, in which
/// nothing but pytest was installed.
///
/// Such an environment holds pip, and up to Python 3.11 setuptools.
pub fn bare_pytest(
    dotted: &str,
    pytest: PytestVersion,
    python: PythonVersion,
    platform: Platform,
) -> Presence {
    let (top, rest) = dotted.split_once('.').unwrap_or((dotted, ""));
    let older_than = |minor| python < PythonVersion::new(3, minor);
    let there = match top {
        "pytest" | "_pytest" => return presence(pytest_facts::has_module(dotted, pytest)),
        // NOTE: a file that puts `py.path` and `py.error` into `sys.modules`.
        "py" => return presence(matches!(rest, "" | "path" | "error")),
        "pluggy" | "iniconfig" | "packaging" => true,
        "pygments" => pytest.at_least(8, 4),
        "exceptiongroup" | "tomli" | "typing_extensions" => older_than(11),
        "colorama" => platform == Platform::Windows,
        "pip" => true,
        "setuptools" | "pkg_resources" | "_distutils_hack" => older_than(12),
        _ => false,
    };
    let has_submodule = || match pytest_facts::dependency(top) {
        Some(submodules) if !submodules.is_empty() || top == "typing_extensions" => {
            submodules.contains(&rest)
        }
        // Nobody looked into it.
        Some(_) | None => true,
    };
    presence(there && (rest.is_empty() || has_submodule()))
}

/// Whether pytest itself cannot do without the top-level module `name`.
pub fn pytest_needs(name: &str, pytest: PytestVersion, python: PythonVersion, platform: Platform) -> bool {
    let is_tool = matches!(name, "pip" | "setuptools" | "pkg_resources" | "_distutils_hack");
    !is_tool && bare_pytest(name, pytest, python, platform) == Presence::Assumed
}

const fn presence(there: bool) -> Presence {
    if there { Presence::Assumed } else { Presence::Absent }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(dotted: &str, pytest: (u16, u16), minor: u8) -> bool {
        let pytest = PytestVersion::new(pytest.0, pytest.1, 0);
        bare_pytest(dotted, pytest, PythonVersion::new(3, minor), Platform::Linux) == Presence::Assumed
    }

    #[test]
    fn pytest_brings_its_dependencies() {
        for name in
            ["pytest", "_pytest.python", "pluggy", "iniconfig.exceptions", "packaging.version", "py.path"]
        {
            assert!(at(name, (9, 2), 11), "{name}");
        }
        for name in ["packaging.nope", "pytest.nope", "py.xml", "numpy", "attr", "tomli", "colorama"] {
            assert!(!at(name, (9, 2), 11), "{name}");
        }
    }

    #[test]
    fn the_dependencies_depend_on_versions() {
        assert!(!at("pygments", (8, 3), 11) && at("pygments.lexers.python", (8, 4), 11));
        assert!(at("exceptiongroup", (8, 3), 10) && at("tomli", (7, 4), 10) && !at("tomli", (7, 4), 11));
        assert!(at("pkg_resources", (9, 2), 11) && !at("pkg_resources", (9, 2), 12));
    }

    #[test]
    fn windows_needs_colorama() {
        let there = |platform| {
            bare_pytest("colorama", PytestVersion::NEWEST, PythonVersion::new(3, 12), platform)
                == Presence::Assumed
        };
        assert!(there(Platform::Windows) && !there(Platform::MacOs));
    }
}
