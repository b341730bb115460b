"""Imports the module of every example in a process of its own and writes what it leaves behind."""

import json
import os
import signal
import sys
import types

OWN = {
    "__name__", "__doc__", "__package__", "__loader__", "__spec__", "__path__", "__file__", "__cached__",
    "__builtins__", "__annotations__", "__warningregistry__", "__annotate__", "__conditional_annotations__",
    "__annotate_func__", "__annotations_cache__",
}
FUNCTIONS = (types.FunctionType,)
ITERATORS = ("generator", "map", "zip", "filter", "enumerate", "reversed", "coroutine", "async_generator")


def show(value, depth=0):
    import enum
    import functools
    import pathlib

    kind = type(value)
    if depth > 6:
        return "unknown"

    def everything(values):
        return ", ".join(show(item, depth + 1) for item in values)

    if value is None or value is Ellipsis or value is NotImplemented:
        return repr(value)
    if kind in (bool, int, float, str, bytes, complex):
        return repr(value)
    if kind is tuple:
        return "(%s,)" % show(value[0], depth + 1) if len(value) == 1 else "(%s)" % everything(value)
    if kind is list:
        return "[%s]" % everything(value)
    if kind.__name__ in ("dict_keys", "dict_values", "dict_items"):
        return "[%s]" % everything(value)
    if kind is dict or kind.__module__ == "collections" and isinstance(value, dict):
        pairs = ("%s: %s" % (show(k, depth + 1), show(v, depth + 1)) for k, v in value.items())
        return "{%s}" % ", ".join(pairs)
    if kind is set or kind is frozenset:
        return "%s({%s})" % (kind.__name__, ", ".join(sorted(show(item, depth + 1) for item in value)))
    if kind is range:
        return "range(%d, %d, %d)" % (value.start, value.stop, value.step)
    if kind is slice:
        return "slice(%s)" % everything((value.start, value.stop, value.step))
    if isinstance(value, types.ModuleType):
        return "<module %s>" % value.__name__
    if isinstance(value, type):
        return "<class %s>" % value.__name__
    if isinstance(value, enum.Enum):
        return "<%s.%s: %s>" % (kind.__name__, value.name, show(value._value_, depth))
    if isinstance(value, FUNCTIONS):
        return "<function %s>" % value.__name__
    if isinstance(value, types.MethodType):
        return "<method>"
    if isinstance(value, functools.partial):
        return "<partial>"
    if kind.__name__ in ITERATORS or kind.__name__.endswith("iterator") or kind.__module__ == "itertools":
        return "<iterator>"
    if isinstance(value, (staticmethod, classmethod, property)):
        return "<%s>" % kind.__name__
    if isinstance(value, BaseException):
        return "%s(%s)" % (kind.__name__, everything(value.args))
    if isinstance(value, pathlib.PurePath):
        return "Path(%r)" % str(value)
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return "%s(%s)" % (kind.__name__, " ".join("%s=%s" % (f, show(v, depth + 1)) for f, v in zip(value._fields, value)))
    for base in (str, int, float, bytes, tuple):
        if isinstance(value, base):
            return "%s(%s)" % (kind.__name__, show(base(value) if base is not str else str.__str__(value), depth))
    names = getattr(value, "__dict__", {})
    return "<%s%s>" % (kind.__name__, "".join(" %s=%s" % (n, show(v, depth + 1)) for n, v in names.items()))


def run(example):
    folder = example["folder"]
    os.chdir(folder)
    sys.path[0:0] = [folder]
    sys.argv[:] = ["pytest"]
    sys.dont_write_bytecode = True
    import importlib
    import warnings

    warnings.simplefilter("error" if example["strict"] else "ignore")
    sys.stdout = open(os.devnull, "w")
    sys.stderr = sys.__stdout__ = sys.__stderr__ = sys.stdout
    try:
        module = importlib.import_module("module")
    except BaseException as error:
        line, trace = 0, error.__traceback__
        while trace:
            if trace.tb_frame.f_code.co_filename.startswith(folder):
                line = trace.tb_lineno
            trace = trace.tb_next
        if isinstance(error, SyntaxError) and (error.filename or "").startswith(folder):
            line = error.lineno
        text = str(error.args[0]) if isinstance(error, SyntaxError) else str(error)
        return "raises %s on line %d: %s\n" % (type(error).__name__, line, text.replace("\n", "\\n"))
    names = vars(module).items()
    return "".join("%s = %s\n" % (name, show(value)) for name, value in list(names) if name not in OWN)


def main():
    results = []
    for example in json.load(sys.stdin):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            signal.alarm(5)
            text = "fails\n"
            try:
                text = run(example)
            except BaseException as error:
                text = "cannot be shown: %r\n" % error
            finally:
                os.write(writer, text.replace(example["folder"], "/project").encode("utf-8", "surrogatepass"))
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            text = pipe.read().decode("utf-8", "replace")
        _, status = os.waitpid(child, 0)
        if not text:
            if os.WIFEXITED(status):
                text = "exits with %d\n" % os.WEXITSTATUS(status) if status else ""
            elif os.WTERMSIG(status) == signal.SIGALRM:
                text = "hangs\n"
            else:
                text = "dies of signal %d\n" % os.WTERMSIG(status)
        results.append(text)
    json.dump(results, sys.stdout)


main()
