//! Stand-ins for third-party modules that an example imports.

use std::fs;

use anyhow::Result;
use tempfile::TempDir;

/// A folder for `PYTHONPATH` in which `modules` (dotted names) can be imported: any submodule, and any name
/// in them, is there.
pub(crate) fn stubs(modules: &[String]) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for module in modules {
        let package = folder.path().join(module.split('.').next().unwrap_or(module));
        fs::create_dir_all(&package)?;
        fs::write(package.join("__init__.py"), STUB)?;
    }
    Ok(folder)
}

/// A package in which everything can be imported, called, subclassed, and used as a decorator.
const STUB: &str = r#"
import importlib.abc
import importlib.machinery
import sys


class _Meta(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(name)

    def __getitem__(cls, item):
        return cls


class _StandIn(metaclass=_Meta):
    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return args[0] if len(args) == 1 and callable(args[0]) else self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _StandIn()


def _stand_in(name):
    return _Meta(name, (_StandIn,), {})


def _attribute(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _stand_in(name)


class _Loader(importlib.abc.Loader):
    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__getattr__ = _attribute
        module.__path__ = []


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.startswith(_NAME + "."):
            return importlib.machinery.ModuleSpec(name, _Loader(), is_package=True)


_NAME = __name__
__version__ = "1.0.0"
__getattr__ = _attribute
sys.meta_path.append(_Finder())
"#;
