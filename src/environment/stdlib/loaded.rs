//! What importing a module of the standard library loads beside it. A submodule is an attribute of its
//! package from the moment anybody has imported it.

use rustc_hash::FxHashMap;

use super::table::{Cell, Cells, block};
use crate::environment::{Observed, Platform, PythonVersion};

/// The modules of the standard library that were imported by somebody, with what they import in turn: for
/// each, the versions and platforms on which it is loaded by now. What every Python loads before the first
/// line of a program is left out.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    modules: FxHashMap<&'static str, Cells>,
}

impl Loaded {
    /// `import module`: the module, its packages and what these import are in `sys.modules` from now on.
    pub fn import(&mut self, module: &str) {
        let mut todo: Vec<(&str, Cells)> = vec![(module, Cells::MAX)];
        while let Some((name, cells)) = todo.pop() {
            let Some(block) = block(name) else { continue };
            let known = self.modules.entry(block.name).or_default();
            let new = cells & !*known;
            if new == 0 {
                continue;
            }
            *known |= new;
            todo.extend(block.name.rsplit_once('.').map(|(parent, _)| (parent, new)));
            let lines = block.loads().iter().filter(|(cells, _)| cells & new != 0);
            todo.extend(lines.flat_map(|(cells, names)| names.iter().map(move |name| (*name, cells & new))));
        }
    }

    /// Whether the module is in `sys.modules` by now.
    pub fn contains(
        &self,
        module: &str,
        python: impl Into<Observed<PythonVersion>>,
        platform: impl Into<Observed<Platform>>,
    ) -> bool {
        let cells = self.modules.get(module).copied().unwrap_or_default();
        Cell::new(python, platform).is_in(cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PYTHON: PythonVersion = PythonVersion::new(3, 11);

    fn loads(module: &str, other: &str) -> bool {
        let mut loaded = Loaded::default();
        loaded.import(module);
        loaded.contains(other, PYTHON, Platform::Linux)
    }

    #[test]
    fn a_package_binds_only_what_it_imports() {
        assert!(loads("concurrent.futures", "concurrent.futures._base"));
        assert!(!loads("concurrent.futures", "concurrent.futures.thread"));
        assert!(loads("json", "json.decoder"));
        assert!(!loads("importlib", "importlib.util"));
        assert!(!loads("logging", "logging.handlers"));
    }

    #[test]
    fn loading_is_transitive() {
        for name in ["xml", "xml.dom", "xml.dom.minicompat", "xml.dom.domreg"] {
            assert!(loads("xml.dom.minidom", name), "{name}");
        }
        assert!(loads("unittest.mock", "asyncio.events"));
        assert!(!loads("no_such_module", "no_such_module"));
    }

    #[test]
    fn what_is_loaded_depends_on_the_version() {
        let mut loaded = Loaded::default();
        loaded.import("asyncio");
        let at = |minor| loaded.contains("asyncio.taskgroups", PythonVersion::new(3, minor), Platform::MacOs);
        assert!(!at(10) && at(11));
    }
}
