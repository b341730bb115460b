//! What importing a module of the standard library loads beside it. A submodule is an attribute of its
//! package from the moment anybody has imported it.

use std::collections::BTreeSet;

use super::table::{Cell, block};
use crate::environment::{Platform, PythonVersion};

/// The standard library modules in `sys.modules` after `import module`, the module and its packages
/// included; what every Python loads before the first line of a program is left out.
pub fn loads(module: &str, python: PythonVersion, platform: Platform) -> BTreeSet<&'static str> {
    let cell = Cell::new(python, platform);
    let mut loaded = BTreeSet::new();
    let mut todo: Vec<&str> = vec![module];
    while let Some(name) = todo.pop() {
        let Some(block) = block(name) else { continue };
        if !loaded.insert(block.name) {
            continue;
        }
        todo.extend(block.name.rsplit_once('.').map(|(parent, _)| parent));
        let lines = block.loads().iter();
        todo.extend(lines.filter(|(cells, _)| cell.is_in(*cells)).flat_map(|(_, names)| names));
    }
    loaded
}

/// The submodules that become attributes of `module` when it is imported: `path` of `os`,
/// `_base` of `concurrent.futures`, none of `xml`.
pub fn imported_submodules(module: &str, python: PythonVersion, platform: Platform) -> Vec<&'static str> {
    if module == "os" {
        return vec!["path"];
    }
    loads(module, python, platform)
        .into_iter()
        .filter_map(|loaded| loaded.strip_prefix(module)?.strip_prefix('.'))
        .filter(|rest| !rest.contains('.'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: Platform = Platform::Linux;
    const PYTHON: PythonVersion = PythonVersion::new(3, 11);

    #[test]
    fn a_package_binds_only_what_it_imports() {
        assert_eq!(imported_submodules("os", PYTHON, LINUX), ["path"]);
        assert!(imported_submodules("xml", PYTHON, LINUX).is_empty());
        assert_eq!(imported_submodules("concurrent.futures", PYTHON, LINUX), ["_base"]);
        assert!(imported_submodules("json", PYTHON, LINUX).contains(&"decoder"));
        assert!(!imported_submodules("importlib", PYTHON, LINUX).contains(&"util"));
        assert!(!imported_submodules("logging", PYTHON, LINUX).contains(&"handlers"));
    }

    #[test]
    fn loading_is_transitive() {
        let loaded = loads("xml.dom.minidom", PYTHON, LINUX);
        for name in ["xml", "xml.dom", "xml.dom.minicompat", "xml.dom.domreg"] {
            assert!(loaded.contains(name), "{name}");
        }
        assert!(loads("unittest.mock", PYTHON, LINUX).contains("asyncio.events"));
        assert!(loads("no_such_module", PYTHON, LINUX).is_empty());
    }
}
