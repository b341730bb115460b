"""Asks a real Python about its standard library. Runs inside that Python, 3.8 or newer.

    python -I -S probe.py list                     the dotted names of all modules it holds
    python -I -S probe.py module NAME < CLAIMED    what importing NAME in this fresh process does

Both print one JSON document. CLAIMED is a JSON list of names which somebody says the module has;
the answer tells which of them it really has, also where only a module `__getattr__` knows them.

NOTE: nothing may be imported before the module in question: it would not count as loaded by it.
`os` and what it loads is always there before any test.
"""

import os
import sys


def list_modules():
    import importlib.machinery
    import sysconfig

    stdlib = sysconfig.get_path("stdlib")
    folders = [stdlib, sysconfig.get_path("platstdlib"), os.path.join(stdlib, "lib-dynload")]
    suffixes = sorted(importlib.machinery.all_suffixes(), key=len, reverse=True)
    found = {name: "builtin" for name in sys.builtin_module_names}

    def walk(folder, prefix):
        try:
            entries = sorted(os.listdir(folder))
        except OSError:
            return
        for entry in entries:
            path = os.path.join(folder, entry)
            if os.path.isdir(path):
                if not entry.isidentifier() or entry in ("__pycache__", "lib2to3_tests"):
                    continue
                if os.path.isfile(os.path.join(path, "__init__.py")):
                    found[prefix + entry] = "package"
                    walk(path, prefix + entry + ".")
                continue
            for suffix in suffixes:
                if entry.endswith(suffix):
                    name = entry[: -len(suffix)]
                    if name.isidentifier() and name != "__init__" and not name.startswith("_sysconfigdata"):
                        kind = "source" if suffix == ".py" else "extension"
                        found.setdefault(prefix + name, kind)
                    break

    for folder in dict.fromkeys(folders):
        walk(folder, "")
    return found


def canonical(cls):
    return "{}.{}".format(getattr(cls, "__module__", "?"), getattr(cls, "__qualname__", "?"))


def describe_class(cls):
    return {
        "name": canonical(cls),
        "bases": [canonical(base) for base in cls.__bases__],
        "mro": [canonical(base) for base in cls.__mro__],
        "exception": issubclass(cls, BaseException),
        "abstract": bool(getattr(cls, "__abstractmethods__", None)) if cls is not type else False,
        "init": cls.__init__ is not object.__init__,
        "new": cls.__new__ is not object.__new__,
        "final": not cls.__flags__ & (1 << 10),
        "metaclass": canonical(type(cls)),
        "attributes": sorted(name for name in dir(cls) if isinstance(name, str) and not name.startswith("_")),
    }


def kind_of(value, module_type):
    if isinstance(value, module_type):
        return "m"
    if isinstance(value, type):
        return "e" if issubclass(value, BaseException) else "c"
    if callable(value) and (hasattr(value, "__name__") or hasattr(value, "__wrapped__")):
        # NOTE: typing.List and its like are callable, yet nobody calls them.
        return "v" if type(value).__module__ == "typing" else "f"
    return "v"


def lazy_names(getter):
    """The texts that a module's `__getattr__` is written with: it supplies no other names. `None` where
    that cannot be told."""
    if not hasattr(getter, "__code__"):
        return None
    try:
        getter("_collectlint_no_such_name")
    except AttributeError:
        pass
    except BaseException:
        return None
    else:
        return None
    texts, waiting = set(), [getter.__code__]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            texts.add(item)
        elif isinstance(item, (tuple, list, set, frozenset, dict)):
            waiting.extend(item)
        elif hasattr(item, "co_consts"):
            waiting.extend(item.co_consts)
            for found in (getter.__globals__.get(name) for name in item.co_names):
                table = getattr(found, "__all__", ()) if isinstance(found, type(sys)) else found
                if isinstance(table, (tuple, list, set, frozenset, dict)):
                    waiting.append(table)
    return {text for text in texts if text.isidentifier()}


def module(name):
    module_type = type(sys)
    before = set(sys.modules)
    result = {"loads": [], "names": {}, "classes": {}, "submodules": []}
    try:
        __import__(name)
    except BaseException as error:
        result["error"] = type(error).__name__
        result["message"] = str(error)
        return result
    result["loads"] = sorted(set(sys.modules) - before - {name})
    value = sys.modules[name]
    names = dict(vars(value)) if hasattr(value, "__dict__") else {}
    import json
    import warnings

    claimed = json.load(sys.stdin)

    warnings.simplefilter("ignore")
    lazy = lazy_names(names["__getattr__"]) if "__getattr__" in names else set()
    result["dynamic"] = lazy is None or type(value) is not module_type
    for claim in sorted(set(claimed) | (lazy or set())):
        if claim not in names:
            try:
                names[claim] = getattr(value, claim)
            except BaseException:
                pass
    exported = names.get("__all__")
    if exported is not None:
        try:
            result["all"] = [str(item) for item in exported]
        except TypeError:
            pass
    prefix = name + "."
    for key, item in sorted(names.items()):
        if not isinstance(key, str):
            continue
        result["names"][key] = kind_of(item, module_type)
        if isinstance(item, type):
            result["classes"][key] = describe_class(item)
        if isinstance(item, module_type) and sys.modules.get(prefix + key) is item:
            result["submodules"].append(key)
        elif isinstance(item, module_type):
            result.setdefault("modules", {})[key] = item.__name__
    return result


def main():
    # What importing a module prints must not mix with the answer.
    out, sys.stdout = sys.stdout, sys.stderr
    result = list_modules() if sys.argv[1] == "list" else module(sys.argv[2])
    import json

    json.dump(result, out)


if __name__ == "__main__":
    main()
