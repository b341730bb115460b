"""Starts pytest and notes what it really does with each module, as JSON lines.

observer.py OPTIONS [PYTEST ARGUMENTS ...], where OPTIONS is a JSON object:
    record    the file that the notes are appended to
    python_m  whether pytest is started as `python -m pytest`
    absent    names of modules that are made to look uninstalled
    passes    whether a module that would end the session is noted and passed over
    patience  seconds that one module may take

PYTEST_DONT_REWRITE: it is imported already, and pytest would warn of that.
"""
import importlib.machinery
import json
import os
import sys
import threading
import time
import traceback

OPTIONS = json.loads(sys.argv[1])
RECORD = os.open(OPTIONS["record"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
PROCESS = os.getpid()
ABSENT = tuple(OPTIONS["absent"])
SUFFIXES = tuple(importlib.machinery.all_suffixes())

sys.argv[:] = ["pytest"] + sys.argv[2:]
# What is beside this file must not be importable; `python -m` puts the working directory there.
sys.path[0:1] = [os.getcwd()] if OPTIONS["python_m"] else []
sys.modules["_collectlint_observer"] = sys.modules["__main__"]


def note(**event):
    os.write(RECORD, json.dumps(event).encode("utf-8", "backslashreplace") + b"\n")


# --- modules that look uninstalled --------------------------------------------------------------


def is_hidden(name):
    return any(name == absent or name.startswith(absent + ".") for absent in ABSENT)


def is_installed(path):
    return "site-packages" in str(path) or "dist-packages" in str(path)


def supplies_hidden(distribution):
    """Whether an absent top-level module is of it: then its plugins are not there, either."""
    files = (str(path).replace(os.sep, "/").split("/") for path in distribution.files or ())
    tops = {parts[0] if len(parts) > 1 else parts[0].split(".")[0] for parts in files if parts[-1].endswith(SUFFIXES)}
    return not tops.isdisjoint(ABSENT)


class Hiding:
    """A finder that does not find absent modules where they are installed."""

    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        if not is_hidden(name):
            return self.finder.find_spec(name, path, target)
        if self.finder is not importlib.machinery.PathFinder:
            return None
        entries = sys.path if path is None else path
        return self.finder.find_spec(name, [entry for entry in entries if not is_installed(entry)], target)

    def find_distributions(self, *arguments, **keywords):
        find = getattr(self.finder, "find_distributions", None)
        found = find(*arguments, **keywords) if find else ()
        return (distribution for distribution in found if not supplies_hidden(distribution))

    def __getattr__(self, name):
        return getattr(self.finder, name)


if ABSENT:
    sys.meta_path[:] = [Hiding(finder) for finder in sys.meta_path]

import pytest  # noqa: E402
from _pytest.assertion.rewrite import AssertionRewritingHook  # noqa: E402

if ABSENT:
    for loaded in [name for name in sys.modules if is_hidden(name)]:
        del sys.modules[loaded]
    find_spec = AssertionRewritingHook.find_spec
    # pytest's own hook asks PathFinder directly.
    AssertionRewritingHook.find_spec = lambda self, name, path=None, target=None: (
        None if is_hidden(name) else find_spec(self, name, path, target)
    )


# --- where and why ------------------------------------------------------------------------------

root = os.getcwd()
current = {"id": None, "since": time.monotonic()}
finished = {}


def below_root(filename):
    if not filename or filename.startswith("<"):
        return None
    below = os.path.relpath(os.path.abspath(filename), root)
    if below.startswith("..") or os.path.isabs(below) or is_installed(below):
        return None
    return below.replace(os.sep, "/")


def innermost(frames):
    places = [(below_root(frame.filename), frame.lineno) for frame in frames]
    places = ["%s:%s" % place for place in places if place[0]]
    return places[-1] if places else None


def crash(error):
    """The innermost line of the project, and the exception."""
    where = innermost(traceback.extract_tb(error.__traceback__))
    if isinstance(error, SyntaxError) and below_root(error.filename):
        where = "%s:%s" % (below_root(error.filename), error.lineno)
    try:
        message = str(error)
    except Exception:
        message = ""
    return {"where": where, "exception": type(error).__name__, "message": message[:500]}


def cause(error, collector):
    """The exception that pytest wraps in one of its own."""
    is_wrapper = isinstance(error, collector.CollectError) or type(error).__name__ == "ConftestImportFailure"
    return error.__cause__ if is_wrapper and error.__cause__ else error


# --- pytest's hooks -----------------------------------------------------------------------------


def pytest_sessionstart(session):
    global root
    root = str(session.config.rootpath)
    note(event="session", rootdir=root)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_make_collect_report(collector):
    is_session = isinstance(collector, pytest.Session)
    is_module = type(collector).__name__ in ("Module", "Package") or isinstance(collector, pytest.Module)
    outer = dict(current)
    path = str(getattr(collector, "path", ""))
    if not is_session:
        current.update(id=collector.nodeid, since=time.monotonic())
        note(event="start", id=collector.nodeid, path=path)
    outcome = yield
    current.update(id=outer["id"], since=time.monotonic())
    try:
        report = outcome.get_result()
    except BaseException as error:
        if is_session or isinstance(error, pytest.Session.Interrupted):
            return
        note(event="report", id=collector.nodeid, outcome="aborts", **crash(error))
        if OPTIONS["passes"]:
            outcome.force_result(pytest.CollectReport(collector.nodeid, "failed", repr(error), []))
        return
    details = {}
    if report.outcome == "failed":
        call = getattr(report, "call", None)
        if call is not None and call.excinfo is not None:
            details = crash(cause(call.excinfo.value, collector))
        else:
            details = {"where": None, "exception": None, "message": str(report.longrepr)[-500:]}
    if not is_session and (is_module or report.outcome != "passed"):
        names = {"passed": "collected", "failed": "error", "skipped": "skipped"}
        note(event="report", id=collector.nodeid, outcome=names[report.outcome], **details)


def pytest_itemcollected(item):
    note(event="item", id=item.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    note(event="end", code=int(exitstatus))
    finished.update(code=int(exitstatus), since=time.monotonic())


# --- processes that die or never come back --------------------------------------------------------

real_exit = os._exit


def exit_noted(status):
    if os.getpid() == PROCESS and not finished:
        note(
            event="dies",
            id=current["id"],
            exception="exit %s" % status,
            message="os._exit",
            where=innermost(traceback.extract_stack()[:-1]),
        )
    real_exit(status)


os._exit = exit_noted


def watch(main):
    while True:
        time.sleep(0.2)
        if finished:
            # A thread that the project left running must not keep us.
            if time.monotonic() - finished["since"] > 20:
                real_exit(finished["code"])
        elif current["id"] and time.monotonic() - current["since"] > OPTIONS["patience"]:
            frame = sys._current_frames().get(main)
            where = innermost(traceback.extract_stack(frame)) if frame else None
            note(event="dies", id=current["id"], exception="hang", message="it does not end", where=where)
            real_exit(124)


if __name__ == "__main__":
    threading.Thread(target=watch, args=(threading.main_thread().ident,), daemon=True).start()
    arguments = ["-p", "_collectlint_observer", "--collect-only", "-q"] + sys.argv[1:]
    sys.exit(pytest.main(arguments + (["--maxfail=0"] if OPTIONS["passes"] else [])))
