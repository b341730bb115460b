"""Becomes `conftest.py` of an empty project: asks the pytest that runs it. Python 3.8 or newer.

NOTE: until the session is over nothing is imported here: it would count as loaded by pytest.
"""

import sys

EARLY = sorted(sys.modules)


def pytest_sessionfinish(session):
    late = sys.modules["test_probe"].LATE
    import json
    import os

    answer = json.dumps(dict(facts(session), early=EARLY, late=late), sort_keys=True, default=str)
    with open(os.environ["PYTEST_FACTS"], "w") as out:
        out.write(answer)


def facts(session):
    config = session.config
    return {
        "distribution": distribution(),
        "implemented": list(implemented(config)),
        "options": list(options(config)),
        "inis": list(inis(config)),
        "marks": list(config.getini("markers")),
        "fixtures": fixtures(session),
        "hooks": dict(hooks(config)),
        "plugins": sorted(name for name, plugin in config.pluginmanager.list_name_plugin() if plugin),
        "default_plugins": sorted(default_plugins()),
        "modules": modules(),
        "trees": {name: tree(name) for name in DEPENDENCIES},
    }


def distribution():
    import importlib.metadata
    import os

    name = os.environ.get("PYTEST_FACTS_OF")
    if not name:
        return None
    found = importlib.metadata.distribution(name)
    points = [point for point in found.entry_points if point.group == "pytest11"]
    return {"version": found.version, "entry_points": [(point.name, point.value.split(":")[0]) for point in points]}


def implemented(config):
    """The hooks of pytest that the distribution in question implements."""
    import os

    if not os.environ.get("PYTEST_FACTS_OF"):
        return
    packages = {module.split(".")[0] for _, module in distribution()["entry_points"]}
    for plugin in config.pluginmanager.get_plugins():
        name = getattr(plugin, "__name__", None) or type(plugin).__module__
        if name.split(".")[0] in packages:
            for caller in config.pluginmanager.get_hookcallers(plugin) or ():
                yield caller.name


def options(config):
    parser = config._parser
    argparser = getattr(parser, "optparser", None) or parser._getparser()
    for action in argparser._actions:
        if not action.option_strings:
            continue
        yield {
            "names": list(action.option_strings),
            "dest": action.dest,
            "action": type(action).__name__,
            "nargs": action.nargs,
            "choices": [str(choice) for choice in action.choices or []],
            "type": getattr(action.type, "__name__", None),
            "default": repr(action.default),
        }


def fixtures(session):
    manager = session._fixturemanager
    known = getattr(manager, "_arg2fixturedefs", None) or manager._arg2node2fixturedefs
    return sorted(known)


def inis(config):
    aliases = getattr(config._parser, "_ini_aliases", {})
    for name, entry in config._parser._inidict.items():
        yield {
            "name": name,
            "type": entry[1] if isinstance(entry[1], str) else None,
            "default": repr(entry[2]),
            "aliases": sorted(alias for alias, real in aliases.items() if real == name),
        }


def hooks(config):
    # NOTE: up to 9.0 `config.hook` is a proxy that knows only the hooks that were called.
    for name, caller in vars(config.pluginmanager.hook).items():
        spec = getattr(caller, "spec", None)
        if spec is not None:
            yield name, {
                "arguments": list(spec.argnames),
                "firstresult": bool(spec.opts.get("firstresult")),
                "historic": bool(spec.opts.get("historic")),
                "deprecated": bool(spec.opts.get("warn_on_impl")),
                "deprecated_arguments": sorted(spec.opts.get("warn_on_impl_args") or ()),
            }


def default_plugins():
    import _pytest.config

    return set(_pytest.config.default_plugins) | set(_pytest.config.builtin_plugins)


DEPENDENCIES = (
    "pluggy", "iniconfig", "packaging", "pygments", "exceptiongroup", "tomli", "typing_extensions", "colorama", "py",
)  # fmt: skip


def tree(name):
    """The submodules of a package, by the names of its files."""
    import importlib.util
    import pkgutil

    spec = importlib.util.find_spec(name)
    if spec is None:
        return None
    found = []

    def walk(paths, prefix):
        for info in pkgutil.iter_modules(paths):
            found.append(prefix + info.name)
            if info.ispkg:
                walk([path + "/" + info.name for path in paths], prefix + info.name + ".")

    walk(list(spec.submodule_search_locations or []), "")
    return sorted(found)


def modules():
    import importlib
    import warnings

    warnings.simplefilter("ignore")
    result = {}
    names = ["pytest", "_pytest", *("pytest." + rest for rest in tree("pytest")), *("_pytest." + rest for rest in tree("_pytest"))]
    for name in names:
        if name == "pytest.__main__":
            result[name] = None
            continue
        try:
            result[name] = describe(importlib.import_module(name))
        except BaseException:
            result[name] = None
    return result


def describe(module):
    module_type = type(sys)
    names, classes = {}, {}
    values = dict(vars(module))
    # Names that only a module `__getattr__` knows.
    for extra in ("Instance", "FSCollector", "FixtureFunctionMarker", "collect"):
        if extra not in values and hasattr(module, extra):
            values[extra] = getattr(module, extra)
    for name, value in values.items():
        if isinstance(value, module_type):
            names[name] = "m"
        elif isinstance(value, type):
            names[name] = "e" if issubclass(value, BaseException) else "c"
            classes[name] = {
                "name": canonical(value),
                "exception": issubclass(value, BaseException),
                "bases": [canonical(base) for base in value.__bases__ if base is not object],
                "abstract": bool(getattr(value, "__abstractmethods__", None)),
                "final": not value.__flags__ & (1 << 10),
                "init": value.__init__ is not object.__init__,
                "new": value.__new__ is not object.__new__,
            }
        elif callable(value):
            names[name] = "f"
        else:
            names[name] = "v"
    return {
        "names": names,
        "classes": classes,
        "all": list(getattr(module, "__all__", ())) or None,
        "dynamic": "__getattr__" in values,
        "package": hasattr(module, "__path__"),
    }


def canonical(cls):
    import builtins

    if cls.__module__ == "builtins" and not hasattr(builtins, cls.__qualname__):
        # `Skipped` and `Failed` pretend to be builtins.
        return "_pytest.outcomes." + cls.__qualname__
    name = "{}.{}".format(cls.__module__, cls.__qualname__)
    return name[len("builtins.") :] if name.startswith("builtins.") else name
