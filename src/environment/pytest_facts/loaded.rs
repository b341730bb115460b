//! Which modules pytest has loaded before the project's own code runs.
//!
//! They cannot be shadowed by files of the project, and submodules among them are attributes of their
//! packages although nobody in the project imports them: `import importlib; importlib.util` works
//! under pytest.

use super::table::{Release, table};
use crate::environment::{PytestVersion, PythonVersion};

/// When one looks into `sys.modules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The first conftest is imported.
    Conftest,
    /// The first test module is imported.
    TestModule,
}

/// Whether the module (of the standard library, of pytest or of what comes with it) is in
/// `sys.modules` then. Measured on Linux, with no plugin beyond pytest's own.
pub fn is_loaded(dotted: &str, stage: Stage, pytest: PytestVersion, python: PythonVersion) -> bool {
    const OLDEST: u8 = 8;
    const PYTHONS: u32 = 8;
    let loaded = match stage {
        Stage::Conftest => &table().early,
        Stage::TestModule => &table().late,
    };
    let minor = u32::from(python.minor.clamp(OLDEST, OLDEST + 7) - OLDEST);
    let bit = u32::from(Release::of(pytest).index) * PYTHONS + minor;
    loaded.get(dotted).is_some_and(|set| set >> bit & 1 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pytest_loads_some_submodules_and_not_others() {
        for pytest in [PytestVersion::new(7, 4, 4), PytestVersion::new(8, 4, 2), PytestVersion::NEWEST] {
            for minor in 8..=15 {
                let loaded = |name| is_loaded(name, Stage::TestModule, pytest, PythonVersion::new(3, minor));
                for name in ["importlib.util", "os.path", "string", "unittest", "_pytest.python", "pluggy"] {
                    assert!(loaded(name), "{name} with {pytest} on 3.{minor}");
                }
                for name in
                    ["xml.dom", "statistics", "logging.handlers", "concurrent.futures.thread", "tomli_w"]
                {
                    assert!(!loaded(name), "{name} with {pytest} on 3.{minor}");
                }
            }
        }
    }

    #[test]
    fn conftests_come_before_the_debugger() {
        let at = |stage| is_loaded("pdb", stage, PytestVersion::NEWEST, PythonVersion::new(3, 11));
        assert!(!at(Stage::Conftest) && at(Stage::TestModule));
    }
}
